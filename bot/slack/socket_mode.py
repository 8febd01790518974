"""The Socket Mode connection: opened, watched, renewed when it is cut off or deaf, and closed."""

import asyncio
import logging

import structlog
from aiohttp import WSMessage
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.api_errors import FAILURES

log = structlog.get_logger()

PING_SECONDS = 5.0
"""How soon a dead socket is noticed: within twice this."""
WATCH_SECONDS = 30.0
GREETING_SECONDS = 20.0
"""Slack greets each connection that it serves ("hello") at once; one that is open without is deaf."""
SILENCE_SECONDS = 600.0
"""A connection that said nothing for so long may be deaf though it answers pings (slackapi/bolt-python#1529,
python-slack-sdk#1701). Whether it is can't be told apart from a quiet workspace, and a new one costs one call."""


class SocketConnection:
    """One app's connection."""

    def __init__(self, app: AsyncApp, app_token: str, client: AsyncWebClient, logger: logging.Logger) -> None:
        self._handler = AsyncSocketModeHandler(
            app, app_token, logger=logger, web_client=client, ping_interval=PING_SECONDS
        )
        self._client = self._handler.client
        self._client.on_message_listeners.append(self._on_message)
        self._watch: asyncio.Task[None] | None = None
        self._session: object = None
        self._since = 0.0
        self._heard_from: object = None
        self._heard = 0.0

    async def open(self, address: str) -> None:
        """Connects to an address that Slack gave."""
        self._client.wss_uri = address
        self._watch = asyncio.create_task(self._renew())
        await self._handler.connect_async()  # type: ignore[no-untyped-call]

    async def close(self) -> None:
        """Disconnects, and waits until nothing of it runs."""
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
        tasks = [self._client.message_processor, self._client.current_session_monitor, self._client.message_receiver]
        await self._client.close()  # type: ignore[no-untyped-call]
        # The SDK cancels its tasks without waiting for their end.
        await asyncio.gather(*(task for task in tasks if task is not None), return_exceptions=True)

    async def _on_message(self, _: WSMessage) -> None:
        self._heard_from, self._heard = self._client.current_session, asyncio.get_running_loop().time()

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(min(WATCH_SECONDS, GREETING_SECONDS, SILENCE_SECONDS))
            if not await self._client.is_connected():
                # When a connection fails, the SDK tries the same address for ever, and one is good for one connection.
                self._client.wss_uri = None
            elif self._deaf():
                log.debug("slack_renewed")
                try:
                    await self._client.connect_to_new_endpoint(force=True)
                except FAILURES as error:
                    log.warning("slack_not_renewed", error=repr(error))

    def _deaf(self) -> bool:
        now, session = asyncio.get_running_loop().time(), self._client.current_session
        if session is not self._session:
            self._session, self._since = session, now
        receiver = self._client.message_receiver
        if receiver is None or receiver.done():
            return True
        if self._heard_from is session:
            return now - self._heard > SILENCE_SECONDS
        return now - self._since > GREETING_SECONDS
