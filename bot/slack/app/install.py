"""Installation by OAuth for an app that many workspaces add; its tokens are stored encrypted.

browser -> /slack/install -> Slack: "Allow" -> /slack/oauth_redirect -> encrypted token -> store
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from aiohttp import web
from cryptography.fernet import Fernet, InvalidToken
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.oauth.async_callback_options import AsyncCallbackOptions, AsyncFailureArgs, AsyncSuccessArgs
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.response import BoltResponse
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.installation_store.models.bot import Bot
from slack_sdk.oauth.installation_store.models.installation import Installation
from slack_sdk.oauth.installation_store.sqlalchemy import SQLAlchemyInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from slack_sdk.oauth.state_store.sqlalchemy import SQLAlchemyOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import Engine, desc

from bot.platform import StartRefused
from bot.settings import Settings
from bot.slack.app.manifest import INSTALL_PATH, REDIRECT_PATH, SCOPES

log = logging.getLogger(__name__)

STATE_SECONDS = 600
"""How long a person may take to press "Allow"."""
WRONG_KEY = (
    "SLACK_TOKEN_KEY is not the key that encrypted the stored Slack tokens. Restore the old key; if it is lost, delete "
    "the rows of slack_bots and slack_installations, and have each workspace add the app again."
)
AddedWorkspace = Callable[[str], Awaitable[None]]


class Installations(AsyncInstallationStore):
    """The SDK's installation store in our database, given only encrypted tokens."""

    def __init__(self, settings: Settings, engine: Engine) -> None:
        self._fernet = Fernet(settings.slack_token_key.get_secret_value())
        # Takes SQLite's write lock at the start of a transaction, as all our writers do.
        self._store = SQLAlchemyInstallationStore(
            settings.slack_client_id, engine.execution_options(writes=True), logger=logging.getLogger(__name__)
        )

    async def check(self) -> None:
        """Raises StartRefused if the key is not the one that encrypted the stored tokens."""
        await asyncio.to_thread(self._newest, None)

    async def bot(self, team: str) -> Bot | None:
        """The bot of a workspace with its token; None if the app is not installed there."""
        return await asyncio.to_thread(self._newest, team)

    async def async_save(self, installation: Installation) -> None:
        """Stores an installation with encrypted tokens."""
        for token in ("bot_token", "bot_refresh_token", "user_token", "user_refresh_token"):
            setattr(installation, token, self._encrypted(getattr(installation, token)))
        await asyncio.to_thread(self._store.save, installation)

    async def remove(self, team: str) -> None:
        """Forgets a workspace that removed the app."""
        await asyncio.to_thread(self._remove, team)

    def _newest(self, team: str | None) -> Bot | None:
        """The newest bot of a workspace, or of any. Raises StartRefused for a token under another key."""
        bots = self._store.bots
        query = bots.select().where(bots.c.client_id == self._store.client_id, bots.c.bot_token.is_not(None))
        if team is not None:
            query = query.where(bots.c.team_id == team)
        with self._store.engine.connect() as connection:
            row = connection.execute(query.order_by(desc(bots.c.installed_at)).limit(1)).mappings().first()
        if row is None:
            return None
        bot = self._store.build_bot_entity(row)
        try:
            bot.bot_token = self._fernet.decrypt(bot.bot_token).decode()
        except InvalidToken:
            raise StartRefused(WRONG_KEY) from None
        return bot

    def _remove(self, team: str) -> None:
        with self._store.engine.begin() as connection:
            for table in (self._store.bots, self._store.installations):
                connection.execute(
                    table.delete().where(table.c.client_id == self._store.client_id, table.c.team_id == team)
                )

    def _encrypted(self, token: str | None) -> str | None:
        return None if token is None else self._fernet.encrypt(token.encode()).decode()


class OAuthStates(AsyncOAuthStateStore):
    """One-time states that tie the returning browser to the one that left for Slack."""

    def __init__(self, engine: Engine) -> None:
        self._store = SQLAlchemyOAuthStateStore(
            STATE_SECONDS, engine.execution_options(writes=True), logger=logging.getLogger(__name__)
        )

    async def async_issue(self, *_: object, **__: object) -> str:
        """Issues a new state and deletes expired ones."""
        return await asyncio.to_thread(self._issue)

    async def async_consume(self, state: str) -> bool:
        """Whether a state was issued recently and not used yet; it can be used once."""
        return await asyncio.to_thread(self._store.consume, state)

    def _issue(self) -> str:
        states = self._store.oauth_states
        with self._store.engine.begin() as connection:
            connection.execute(states.delete().where(states.c.expire_at < datetime.now(UTC).replace(tzinfo=None)))
        return self._store.issue()


class InstallPages:
    """The two web pages of the installation."""

    def __init__(
        self,
        settings: Settings,
        engine: Engine,
        installations: Installations,
        client: AsyncWebClient,
        added: AddedWorkspace,
        logger: logging.Logger,
    ) -> None:
        self._added = added
        public = settings.slack_public_url.rstrip("/")
        oauth = AsyncOAuthSettings(
            client_id=settings.slack_client_id,
            client_secret=settings.slack_client_secret.get_secret_value(),
            scopes=list(SCOPES),
            user_scopes=[],
            redirect_uri=f"{public}{REDIRECT_PATH}" if public else None,
            install_path=INSTALL_PATH,
            # Slack's page asks for consent; one of ours before it would only cost a click.
            install_page_rendering_enabled=False,
            redirect_uri_path=REDIRECT_PATH,
            callback_options=AsyncCallbackOptions(success=self._success, failure=self._failure),
            installation_store=installations,
            state_store=OAuthStates(engine),
            state_expiration_seconds=STATE_SECONDS,
            logger=logger,
        )
        self._flow = AsyncOAuthFlow(client=client, logger=logger, settings=oauth)
        self.routes = [web.get(INSTALL_PATH, self._install), web.get(REDIRECT_PATH, self._callback)]

    async def _install(self, request: web.Request) -> web.Response:
        return await to_aiohttp_response(await self._flow.handle_installation(await to_bolt_request(request)))

    async def _callback(self, request: web.Request) -> web.Response:
        return await to_aiohttp_response(await self._flow.handle_callback(await to_bolt_request(request)))

    async def _success(self, args: AsyncSuccessArgs) -> BoltResponse:
        team = str(args.installation.team_id or "")
        log.info("slack_installed", extra={"team": team})
        await self._added(team)
        return _page(200, "trendbot is installed. In Slack, type /invite @trendbot in a channel, then try /trend Meta.")

    async def _failure(self, args: AsyncFailureArgs) -> BoltResponse:
        log.warning("slack_not_installed", extra={"reason": args.reason, "error": repr(args.error)})
        if args.reason == "access_denied":
            return _page(200, f"trendbot was not installed. To try again, open {INSTALL_PATH}.")
        return _page(
            args.suggested_status_code, f"The installation failed ({args.reason}). Start again at {INSTALL_PATH}."
        )


def _page(status: int, text: str) -> BoltResponse:
    # Plain text, as the reason comes from outside.
    return BoltResponse(status=status, body=text, headers={"Content-Type": "text/plain; charset=utf-8"})
