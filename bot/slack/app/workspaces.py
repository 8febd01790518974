"""The bot's identity and web client in each workspace: one for a bot token, any number for an OAuth app."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from itertools import chain, repeat
from typing import TYPE_CHECKING

from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.platform import PostBlocked, PostDelayed, StartRefused
from bot.settings import Settings
from bot.slack.api_errors import FAILURES, ShortRateLimitRetry, error_code, post_error
from bot.slack.app.manifest import INSTALL_PATH
from bot.slack.inbound import ALL_COMMANDS

if TYPE_CHECKING:
    from bot.slack.app.install import Installations

log = logging.getLogger(__name__)

CALL_SECONDS = 15
"""Timeout of one call to Slack."""
POST_SECONDS = 60
"""Timeout of a call that posts from the outbox: one that is given up too early may have arrived."""
START_PAUSES = (1.0, 2.0, 5.0, 10.0, 30.0)
"""Seconds between attempts at startup; the last one repeats."""
BOT_REFUSED = (
    "Slack does not accept SLACK_BOT_TOKEN ({code}). "
    "Copy the Bot User OAuth Token (xoxb-…) from the app's page under OAuth & Permissions."
)
APP_REFUSED = (
    "Slack does not accept SLACK_APP_TOKEN ({code}). "
    "Make one on the app's page under Basic Information, App-Level Tokens, with the scope connections:write."
)
NOT_INSTALLED = "The Slack app is no longer installed in this workspace: add it again{where}."


class Workspaces:
    """Web clients and identities by workspace."""

    def __init__(self, settings: Settings, installations: "Installations | None", logger: logging.Logger) -> None:
        self._base = settings.slack_api_base_url or AsyncWebClient.BASE_URL
        self._installations = installations
        self._logger = logger
        self._known: dict[str, AuthorizeResult] = {}
        self._clients: dict[str, AsyncWebClient] = {}
        self._only = ""
        self.bot = ALL_COMMANDS
        """The bot's name, as people mention it."""
        where = settings.slack_public_url and f" at {settings.slack_public_url.rstrip('/')}{INSTALL_PATH}"
        self.reinstall = NOT_INSTALLED.format(where=where) if installations else ""
        """How to install an OAuth app again; "" for one with a bot token."""
        self.plain = self._client("")
        """A client without a workspace's token, for calls that bring their own."""
        self._token = settings.slack_bot_token.get_secret_value()

    async def sign_in(self) -> str:
        """Checks the bot token and returns its workspace. Raises StartRefused for a token that Slack rejects.

        For an OAuth app it checks the encryption key instead and returns "".
        """
        if self._installations is not None:
            await self._installations.check()
            return ""
        client = self._client(self._token)
        me = await call_when_reachable(client.auth_test, BOT_REFUSED)
        self.bot = str(me.get("user") or ALL_COMMANDS)
        self._only = str(me.get("team_id") or "")
        self._clients[self._only] = client
        self._known[self._only] = AuthorizeResult(
            enterprise_id=me.get("enterprise_id"),
            team_id=self._only,
            team=me.get("team"),
            url=me.get("url"),
            bot_user_id=me.get("user_id"),
            bot_id=me.get("bot_id"),
            bot_token=self._token,
        )
        return self._only

    async def authorize(self, team_id: str | None) -> AuthorizeResult | None:
        """The bot's identity in a workspace; None if the app is not installed there.

        Bolt's own authorization would call Slack before the first command can be acknowledged (bolt-python#947).
        """
        if self._installations is None:
            return self._known.get(self._only)
        team = team_id or ""
        if team not in self._known:
            bot = await self._installations.bot(team)
            if bot is None:
                return None
            self._known[team] = AuthorizeResult(
                enterprise_id=bot.enterprise_id,
                team_id=team,
                bot_user_id=bot.bot_user_id,
                bot_id=bot.bot_id,
                bot_token=bot.bot_token,
            )
        return self._known[team]

    async def client(self, team: str) -> AsyncWebClient:
        """The client for a workspace. Raises PostRefused if the app is not installed there."""
        if self._installations is None:
            team = self._only
        if team not in self._clients:
            known = await self.authorize(team)
            if known is None and self._installations is not None:
                raise PostBlocked(self.reinstall)
            self._clients[team] = self._client(str(known.bot_token) if known else self._token)
        return self._clients[team]

    async def poster(self, team: str) -> AsyncWebClient:
        """A client with a long timeout, for messages of the outbox. Raises PostBlocked if the app is not installed."""
        return self._client((await self.client(team)).token or "", POST_SECONDS)

    async def forget(self, team: str) -> None:
        """Forgets a workspace that removed the app or whose token was revoked."""
        if self._installations is not None:
            self.reload(team)
            await self._installations.remove(team)

    def reload(self, team: str) -> None:
        """Drops a workspace's cached token, so that it is read again when next needed."""
        self._known.pop(team, None)
        self._clients.pop(team, None)

    def _client(self, token: str, seconds: int | None = None) -> AsyncWebClient:
        # Without the SDK's retry after a lost connection: Slack may already have posted the message, and whether to
        # risk a duplicate is for the outbox to decide.
        return AsyncWebClient(
            token=token or None,
            base_url=self._base,
            timeout=seconds or CALL_SECONDS,
            retry_handlers=[ShortRateLimitRetry()],
            logger=self._logger,
        )


async def call_when_reachable(call: Callable[[], Awaitable[AsyncSlackResponse]], refusal: str) -> AsyncSlackResponse:
    """Calls Slack, again and again while it can't be reached. Raises StartRefused with `refusal` if it says no."""
    for pause in chain(START_PAUSES, repeat(START_PAUSES[-1])):
        try:
            return await call()
        except FAILURES as error:
            outcome = post_error(error, ALL_COMMANDS)
            if not isinstance(outcome, PostDelayed):
                raise StartRefused(refusal.format(code=error_code(error))) from error
            seconds = outcome.seconds or pause
            log.warning("slack_unreachable", extra={"reason": outcome.reason, "retry_seconds": seconds})
            await asyncio.sleep(seconds)
    raise AssertionError("repeat() never ends")
