"""Who we are in each workspace, and the client that speaks there.

With one token there is one workspace. With an OAuth app there are as many as have installed it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from itertools import chain, repeat
from typing import TYPE_CHECKING

import structlog
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.platform import PostDelayed, PostRefused, StartRefused
from bot.settings import Settings
from bot.slack.api_errors import FAILURES, ShortRateLimitRetry, error_code, post_error
from bot.slack.inbound import ALL_COMMANDS

if TYPE_CHECKING:
    from bot.slack.app.install import Installations

log = structlog.get_logger()

CALL_SECONDS = 15
START_PAUSES = (1.0, 2.0, 5.0, 10.0, 30.0)
BOT_REFUSED = (
    "Slack does not accept SLACK_BOT_TOKEN ({code}). "
    "Copy the Bot User OAuth Token (xoxb-...) from the app's page under OAuth & Permissions."
)
ADD = "The Slack app is not installed in this workspace any more: add it again{where}."


class Workspaces:
    """Clients and identities, by workspace."""

    def __init__(self, settings: Settings, installations: "Installations | None", logger: logging.Logger) -> None:
        self._base = settings.slack_api_base_url or AsyncWebClient.BASE_URL
        self._installations = installations
        self._logger = logger
        self._known: dict[str, AuthorizeResult] = {}
        self._clients: dict[str, AsyncWebClient] = {}
        self._only = ""
        self.bot = ALL_COMMANDS
        """How people call us."""
        where = settings.slack_public_url and f" at {settings.slack_public_url.rstrip('/')}/slack/install"
        self.again = ADD.format(where=where) if installations else ""
        self.plain = self._client("")
        """A client without a token of a workspace, for calls that bring their own."""
        self._token = settings.slack_bot_token.get_secret_value()

    async def meet(self) -> str:
        """Asks Slack who we are, which also tries the token; gives the workspace.

        With an OAuth app the first installation's key is tried instead, and there is no one workspace: "".
        """
        if self._installations is not None:
            await self._installations.check()
            return ""
        client = self._client(self._token)
        me = await signed_in(client.auth_test, BOT_REFUSED)
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
        """Who we are where something happened; None where the app is not installed.

        Bolt's own authorization would ask Slack before it lets the first command acknowledge (bolt-python#947).
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
        """The client for a workspace. Raises PostRefused where the app is not installed."""
        if self._installations is None:
            team = self._only
        if team not in self._clients:
            known = await self.authorize(team)
            if known is None and self._installations is not None:
                raise PostRefused(self.again)
            self._clients[team] = self._client(str(known.bot_token) if known else self._token)
        return self._clients[team]

    async def forget(self, team: str) -> None:
        """Lets go of a workspace that removed the app, or whose token is not accepted any more."""
        if self._installations is not None:
            self.renew(team)
            await self._installations.remove(team)

    def renew(self, team: str) -> None:
        """Reads a workspace's token anew when it is next needed."""
        self._known.pop(team, None)
        self._clients.pop(team, None)

    def _client(self, token: str) -> AsyncWebClient:
        # Without the SDK's retry after a lost connection: Slack may have posted the message already,
        # and whether an alert is worth a repeat is for the outbox to say.
        return AsyncWebClient(
            token=token or None,
            base_url=self._base,
            timeout=CALL_SECONDS,
            retry_handlers=[ShortRateLimitRetry()],
            logger=self._logger,
        )


async def signed_in(call: Callable[[], Awaitable[AsyncSlackResponse]], refusal: str) -> AsyncSlackResponse:
    """The answer to a call that opens the door. Raises StartRefused when Slack says no; else waits for it."""
    for pause in chain(START_PAUSES, repeat(START_PAUSES[-1])):
        try:
            return await call()
        except FAILURES as error:
            means = post_error(error, ALL_COMMANDS)
            if not isinstance(means, PostDelayed):
                raise StartRefused(refusal.format(code=error_code(error))) from error
            log.warning("slack_out_of_reach", reason=means.reason, again_in=means.seconds or pause)
            await asyncio.sleep(means.seconds or pause)
    raise AssertionError("repeat() never ends")
