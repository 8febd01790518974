"""The Slack platform: connects, acknowledges what Slack delivers, and posts alerts.

Slack -> Bolt -> acknowledge -> background task: router -> Reply -> blocks -> response_url or post -> chart
"""

import asyncio
import logging
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from bot.platform import PostDelayed, PostRefused, StartRefused
from bot.settings import Settings
from bot.slack import inbound
from bot.slack.access.rights import Rights
from bot.slack.api_errors import BLOCKS_REFUSED, FAILURES, GONE, error_code, post_error
from bot.slack.app.manifest import EVENTS_PATH
from bot.slack.app.workspaces import APP_REFUSED, Workspaces, call_when_reachable
from bot.slack.blocks import render
from bot.slack.forms import Forms
from bot.slack.home import Home
from bot.slack.inbound import NAME, Occasion
from bot.slack.responder import AS_WRITTEN, NO_PREVIEWS, Responder, details
from bot.slack.socket_mode import SocketConnection
from bot.slack.tasks import DeliveryTasks
from bot.slack.views import PICK, read_memo
from chat.reply import Reply
from chat.request import Place

if TYPE_CHECKING:
    from bot.router import Router

log = logging.getLogger(__name__)

STOP_SECONDS = 5.0
"""How long answers under way may take at shutdown."""
EVENT = "trendbot_alert"
"""The type of the metadata on each alert."""
SKEW = timedelta(minutes=1)
"""Difference allowed between our clock and Slack's."""
LOOKED_AT = 100
"""Number of a channel's newest messages that are searched for one that may have arrived."""

Body = dict[str, Any]


class Slack:
    """The Slack platform, over Socket Mode if there is an app token, else over signed HTTP."""

    name = NAME

    failed: asyncio.Future[str]
    """Never done: the connection is retried for ever, and each post reports why Slack refuses it."""

    def __init__(self, settings: Settings, router: "Router") -> None:
        self.settings = settings
        self.router = router
        self._tasks = DeliveryTasks()
        self._socket: SocketConnection | None = None
        self._http: web.AppRunner | None = None
        self._logger = logging.getLogger(__name__)
        self._logger.addFilter(_worth_logging)
        installations, self._installing = None, None
        if settings.slack_oauth:
            # Imported only if needed: it loads database libraries that single-workspace bots don't use.
            from bot.slack.app.install import Installations, InstallPages  # noqa: PLC0415

            installations = Installations(settings, router.engine)
        self._workspaces = Workspaces(settings, installations, self._logger)
        if installations:
            self._installing = InstallPages(
                settings, router.engine, installations, self._workspaces.plain, self._added, self._logger
            )
        rights = Rights(settings.slack_configure, self._workspaces)
        self._responder = Responder(router, self._workspaces, rights, self._logger)

        async def authorize(team_id: str | None) -> AuthorizeResult | None:
            return await self._workspaces.authorize(team_id)

        self._app = AsyncApp(
            name=inbound.ALL_COMMANDS,
            logger=self._logger,
            client=AsyncWebClient(base_url=self._workspaces.plain.base_url, logger=self._logger),
            authorize=authorize,  # type: ignore[arg-type]
            signing_secret=settings.slack_signing_secret.get_secret_value(),
            user_facing_authorize_error_message="trendbot is not installed in this workspace: add the app again.",
        )
        self._app.command(re.compile(r".*"))(self._on_command)
        self._app.action(re.compile(r"^(?:say|more|share):\d+$"))(self._on_button)
        self._app.action(PICK)(self._on_button)
        self._app.event("app_mention")(self._on_message)
        self._app.event("message")(self._on_message)
        self._app.event("app_uninstalled")(self._on_removed)
        self._app.event("tokens_revoked")(self._on_removed)
        self._app.event("member_joined_channel")(self._on_member_joined)
        self._forms = Forms(router, self._workspaces, self._responder, self._tasks)
        self._forms.register(self._app)
        Home(router, self._workspaces, self._responder, self._forms, self._tasks).register(self._app)

    async def start(self) -> None:
        """Connects, and keeps trying while Slack is out of reach. Raises StartRefused for a token it rejects."""
        self.failed = asyncio.get_running_loop().create_future()
        try:
            team = await self._workspaces.sign_in()
            if team:
                # Not awaited: an import that locks the store must not keep the bot from answering.
                self._tasks.begin(self.router.joined(NAME, team))
            else:
                self._tasks.begin(self._notice_removals())
            app_token = self.settings.slack_app_token.get_secret_value()
            if app_token:
                await self._connect(app_token)
            if self._installing or not app_token:
                await self._listen(events=not app_token)
        except BaseException:
            await self.stop()
            raise

    async def post(self, place: Place, reply: Reply, key: str, under: str = "", since: datetime | None = None) -> str:
        """Posts to a channel or thread; returns the message's timestamp, which is its id."""
        thread = place.thread or under
        draft: Body = {
            "channel": place.channel,
            "thread_ts": thread or None,
            "metadata": {"event_type": EVENT, "event_payload": {"key": key}},
            **NO_PREVIEWS,
            **AS_WRITTEN,
        }
        client = await self._workspaces.poster(place.workspace)
        if since is not None and (found := await self._posted(client, place, thread, key, since)):
            return found
        rendered: Body = {"text": render.notification(reply), "blocks": render.blocks(reply)}
        try:
            try:
                posted = await client.chat_postMessage(**draft, **rendered)
            except SlackApiError as error:
                if error_code(error) not in BLOCKS_REFUSED:
                    raise
                log.warning("slack_blocks_refused", extra={"error": error_code(error), "details": details(error)})
                posted = await client.chat_postMessage(**draft, text=render.fallback(reply), mrkdwn=False)
        except FAILURES as error:
            raise await self._post_error(error, place.workspace) from error
        ts = str(posted["ts"])
        if reply.chart is not None:
            # In the alert's thread, and not awaited: the alert stands even if the picture fails.
            self._tasks.begin(self._responder.upload_chart(place.workspace, place.channel, thread or ts, reply.chart))
        return ts

    async def _posted(self, client: AsyncWebClient, place: Place, thread: str, key: str, since: datetime) -> str:
        """Returns the message that an earlier attempt with this key has posted, or "" if none is found.

        Slack does not drop repeats, but the key travels as metadata. Where the app may not read the channel (scopes
        channels:history and groups:history), a response lost after the post remains the one cause of a duplicate.
        """
        where: Body = {
            "channel": place.channel,
            "oldest": f"{(since - SKEW).timestamp():.6f}",
            "include_all_metadata": True,
            "limit": LOOKED_AT,
        }
        try:
            if thread:
                found = await client.conversations_replies(ts=thread, **where)
            else:
                found = await client.conversations_history(**where)
        except FAILURES as error:
            if isinstance(means := await self._post_error(error, place.workspace), PostDelayed):
                raise means from error
            log.info("slack_not_looked", extra={"channel": place.channel, "error": error_code(error)})
            return ""
        for message in found.get("messages") or []:
            metadata: Body = message.get("metadata") or {}
            if metadata.get("event_type") == EVENT and (metadata.get("event_payload") or {}).get("key") == key:
                return str(message["ts"])
        return ""

    async def edit(self, place: Place, message: str, reply: Reply) -> None:
        """Replaces the content of a message of ours. Raises PostDelayed, or PostRefused if it is gone."""
        client = await self._workspaces.client(place.workspace)
        where: Body = {"channel": place.channel, "ts": message, **AS_WRITTEN}
        try:
            await client.chat_update(**where, text=render.notification(reply), blocks=render.blocks(reply))
        except FAILURES as error:
            raise await self._post_error(error, place.workspace) from error

    async def stop(self) -> None:
        """Stops listening, then lets answers under way finish; safe to call twice."""
        http, self._http = self._http, None
        if http is not None:
            await http.cleanup()
        socket, self._socket = self._socket, None
        if socket is not None:
            await socket.close()
        await self._tasks.finish(STOP_SECONDS)

    async def _connect(self, app_token: str) -> None:
        client = self._workspaces.plain
        # Called here and not by the SDK, which would retry a wrong token for ever.
        opened = await call_when_reachable(
            lambda: client.apps_connections_open(app_token=app_token), f"{APP_REFUSED} Then switch Socket Mode on."
        )
        self._socket = SocketConnection(self._app, app_token, client, self._logger)
        await self._socket.open(opened["url"])
        log.info("slack_connected", extra={"mode": "socket", "bot": self._workspaces.bot})

    async def _listen(self, events: bool) -> None:
        """Serves the installation pages, and with `events` what Slack sends.

        Not the events in Socket Mode: there may be no signing secret then to verify them with.
        """
        host, port = self.settings.slack_http_host, self.settings.slack_http_port
        served = web.Application()
        if events:
            served.router.add_post(EVENTS_PATH, self._on_http)
        if self._installing:
            served.add_routes(self._installing.routes)
        self._http = web.AppRunner(served, access_log=None, shutdown_timeout=STOP_SECONDS)
        await self._http.setup()
        try:
            await web.TCPSite(self._http, host, port).start()
        except OSError as error:
            raise StartRefused(
                f"Can't listen on {host}:{port} ({error.strerror}). "
                "Set SLACK_HTTP_HOST and SLACK_HTTP_PORT to a free address."
            ) from error
        log.info(
            "slack_connected",
            extra={"mode": "http", "host": host, "port": port, "events": events, "bot": self._workspaces.bot},
        )

    async def _on_http(self, request: web.Request) -> web.Response:
        # Checked before anything is read from it: Bolt parses a body first, and fails on one that is no form or JSON.
        body = await request.read()
        if not self._signed(body, request.headers):
            log.warning("slack_unsigned", extra={"remote": request.remote})
            return web.Response(status=401, text="The signature is missing or wrong.\n")
        try:
            parsed = await to_bolt_request(request)
        except Exception as error:
            # Bolt fails in several ways on JSON that is no object, too deep or in no known letters.
            log.warning("slack_unreadable", extra={"error": f"{type(error).__name__}: {error}"[:200]})
            return web.Response(status=400, text="The body can't be read.\n")
        return await to_aiohttp_response(await self._app.async_dispatch(parsed))

    def _signed(self, body: bytes, headers: Mapping[str, str]) -> bool:
        """Whether Slack signed this, within the last five minutes."""
        verifier = SignatureVerifier(self.settings.slack_signing_secret.get_secret_value())
        try:
            return verifier.is_valid_request(body, dict(headers))
        except (TypeError, ValueError, OverflowError):
            # A timestamp that is no number, a signature or a body in no known letters: Slack sends none of them.
            return False

    async def _on_command(self, ack: AsyncAck, body: Body) -> None:
        await ack()
        occasion = inbound.command_occasion(body)
        if self._tasks.is_new(occasion.key):
            self._tasks.begin(self._command(body, occasion))

    async def _command(self, body: Body, occasion: Occasion) -> None:
        if not await self._forms.open_for(body, occasion):
            await self._responder.answer(occasion)

    async def _on_button(self, ack: AsyncAck, body: Body) -> None:
        await ack()
        occasion = inbound.button_occasion(body)
        if occasion.view:
            # A modal is in no channel: it remembers which one it is about.
            occasion = replace(occasion, place=read_memo(body["view"], occasion.place.workspace).place)
        self._serve(occasion)

    async def _on_message(self, body: Body) -> None:
        occasion = inbound.message_occasion(body)
        if occasion is not None:
            self._serve(occasion)

    def _serve(self, occasion: Occasion) -> None:
        """Answers an occasion in the background, once, however often Slack delivers it."""
        if self._tasks.is_new(occasion.key):
            self._tasks.begin(self._responder.answer(occasion))

    async def _on_removed(self, body: Body) -> None:
        """Handles the removal of the app, or the revocation of its bot token; users' tokens are not ours."""
        event: Body = body["event"]
        if event["type"] == "app_uninstalled" or (event.get("tokens") or {}).get("bot"):
            await self._left(str(body.get("team_id") or ""))

    async def _on_member_joined(self, body: Body) -> None:
        """Retries what was refused in a channel that the bot was added to; ignores other members."""
        event: Body = body["event"]
        team = str(body.get("team_id") or event.get("team") or "")
        us = await self._workspaces.authorize(team)
        if us is not None and event.get("user") == us.bot_user_id:
            await self.router.invited(NAME, team, str(event.get("channel") or ""))

    async def _notice_removals(self) -> None:
        """Notes which workspaces removed the app while the bot was off."""
        for team in await self.router.workspaces(NAME):
            try:
                await (await self._workspaces.client(team)).auth_test()
            except PostRefused:
                await self._left(team)
            except FAILURES as error:
                await self._post_error(error, team)

    async def _added(self, team: str) -> None:
        self._workspaces.reload(team)
        await self.router.joined(NAME, team)

    async def _left(self, team: str) -> None:
        log.warning("slack_removed", extra={"team": team})
        await self._workspaces.forget(team)
        await self.router.left(NAME, team)

    async def _post_error(self, error: Exception, team: str) -> PostDelayed | PostRefused:
        """What a failed post means; forgets a workspace that turns out to have removed the app."""
        outcome = post_error(error, self._workspaces.bot, self._workspaces.reinstall)
        if isinstance(outcome, PostRefused) and error_code(error) in GONE and self._installing:
            await self._left(team)
        return outcome


def _worth_logging(record: logging.LogRecord) -> bool:
    """Drops Bolt's remark about SLACK_BOT_TOKEN in the environment beside a client with a token of its own."""
    return "`token` will be unused" not in record.getMessage()
