"""The Socket Mode connection: opened, monitored, renewed when it is lost or silent, and closed."""

import asyncio
import logging

from aiohttp import WSMessage
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.api_errors import FAILURES

log = logging.getLogger(__name__)

PING_SECONDS = 5.0
"""A dead socket is noticed within twice this time."""
CHECK_SECONDS = 30.0
"""Interval between checks of the connection."""
GREETING_SECONDS = 20.0
"""Slack sends "hello" at once on every connection that it serves; one without it after this time is dead."""
SILENCE_SECONDS = 600.0
"""A connection that is silent for this long may be dead even if it answers pings (slackapi/bolt-python#1529,
python-slack-sdk#1701). A quiet workspace looks the same, but a new connection costs only one call."""


class SocketConnection:
    """The Socket Mode connection of one app."""

    def __init__(self, app: AsyncApp, app_token: str, client: AsyncWebClient, logger: logging.Logger) -> None:
        self._handler = AsyncSocketModeHandler(
            app, app_token, logger=logger, web_client=client, ping_interval=PING_SECONDS
        )
        self._client = self._handler.client
        self._client.on_message_listeners.append(self._on_message)
        self._monitor: asyncio.Task[None] | None = None
        self._session: object = None
        self._session_since = 0.0
        self._heard_session: object = None
        self._heard_at = 0.0

    async def open(self, address: str) -> None:
        """Connects to the address that Slack issued."""
        self._client.wss_uri = address
        self._monitor = asyncio.create_task(self._keep_alive())
        await self._handler.connect_async()  # type: ignore[no-untyped-call]

    async def close(self) -> None:
        """Disconnects, and waits until all its tasks have ended."""
        if self._monitor is not None:
            self._monitor.cancel()
            await asyncio.gather(self._monitor, return_exceptions=True)
        tasks = [self._client.message_processor, self._client.current_session_monitor, self._client.message_receiver]
        await self._client.close()  # type: ignore[no-untyped-call]
        # The SDK cancels its tasks without waiting for them.
        await asyncio.gather(*(task for task in tasks if task is not None), return_exceptions=True)

    async def _on_message(self, _: WSMessage) -> None:
        self._heard_session, self._heard_at = self._client.current_session, asyncio.get_running_loop().time()

    async def _keep_alive(self) -> None:
        while True:
            await asyncio.sleep(min(CHECK_SECONDS, GREETING_SECONDS, SILENCE_SECONDS))
            if not await self._client.is_connected():
                # The SDK would retry the same address for ever, but each is valid for one connection only.
                self._client.wss_uri = None
            elif self._silent():
                log.debug("slack_renewed")
                try:
                    await self._client.connect_to_new_endpoint(force=True)
                except FAILURES as error:
                    log.warning("slack_not_renewed", extra={"error": repr(error)})

    def _silent(self) -> bool:
        """Whether the current connection seems dead: nothing receives, or nothing has come for too long."""
        now, session = asyncio.get_running_loop().time(), self._client.current_session
        if session is not self._session:
            self._session, self._session_since = session, now
        receiver = self._client.message_receiver
        if receiver is None or receiver.done():
            return True
        if self._heard_session is session:
            return now - self._heard_at > SILENCE_SECONDS
        return now - self._session_since > GREETING_SECONDS
