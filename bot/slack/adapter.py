"""Slack: slash commands and buttons in, answers and alerts out.

Slack -> Bolt -> ack at once -> task: router -> Reply -> render -> response_url -> chart, if the bot is there
"""

import asyncio
import logging
import re
import secrets
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any

import structlog
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncConnectionErrorRetryHandler
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.platform import PostDelayed, StartRefused
from bot.settings import Settings
from bot.slack import render
from bot.slack.mrkdwn import clean, unescape
from bot.slack.trouble import BLOCKS_REFUSED, FAILURES, Patience, code, trouble
from chat.errors import UserError
from chat.reply import Chart, Mood, Reply
from chat.request import Place, Request
from handlers.command import Command, options, split

if TYPE_CHECKING:
    from bot.router import Router

log = structlog.get_logger()

ALL_COMMANDS = "trendbot"
"""`/trendbot <any line>`: Slack keeps /help for itself, and another app may own /watch."""
HTTP_PATH = "/slack/events"
CALL_SECONDS = 15
HEAD_START = 0.05
"""Bolt looks only every 10 ms whether we acknowledged; an answer must not overtake the acknowledgement."""
ANSWER_PAUSES = (1.0, 5.0)
"""Between tries to deliver an answer; with the plain-text one that is four of the five that Slack allows."""
START_PAUSES = (1.0, 2.0, 5.0, 10.0, 30.0)
PING_SECONDS = 5.0
"""How soon a dead socket is noticed: within twice this."""
WATCH_SECONDS = 30.0
STOP_SECONDS = 5.0
"""What answers on their way get at the end."""
REMEMBERED = 2000
ALT = 1000
EVENT = "trendbot_alert"

Body = dict[str, Any]


class Slack:
    """The Slack platform: Socket Mode where there is an app token, else signed HTTP.

    Everyone may configure: unlike Discord's, Slack's payloads do not tell who manages a channel, so in
    this version whoever can type in a channel can say what it gets.
    """

    name = "slack"

    failed: asyncio.Future[str]
    """Never done: a Slack that is lost is asked again and again, and says why it refuses with each post."""

    def __init__(self, settings: Settings, router: "Router", commands: Mapping[str, Command]) -> None:
        self.settings = settings
        self.router = router
        self.commands = commands
        self.bot = ALL_COMMANDS
        self._known = AuthorizeResult(enterprise_id=None, team_id=None)
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()
        self._socket: AsyncSocketModeHandler | None = None
        self._watch: asyncio.Task[None] | None = None
        self._http: web.AppRunner | None = None
        self._logger = logging.getLogger(__name__)
        self._logger.addFilter(_expected)
        base = settings.slack_api_base_url or AsyncWebClient.BASE_URL
        # Without the SDK's retry after a lost connection: Slack may have posted the message already,
        # and whether an alert is worth a repeat is for the outbox to say.
        self._client = AsyncWebClient(
            token=settings.slack_bot_token.get_secret_value(),
            base_url=base,
            timeout=CALL_SECONDS,
            retry_handlers=[Patience()],
            logger=self._logger,
        )

        async def known() -> AuthorizeResult:
            return self._known

        self._app = AsyncApp(
            name=ALL_COMMANDS,
            logger=self._logger,
            # Bolt's own authorization would ask Slack who we are before it lets the first command
            # acknowledge (slackapi/bolt-python#947); start() has asked already.
            client=AsyncWebClient(base_url=base, logger=self._logger),
            authorize=known,
            signing_secret=settings.slack_signing_secret.get_secret_value(),
        )
        self._app.command(re.compile(r".*"))(self._on_command)
        self._app.action(re.compile(r"^say:\d+$"))(self._on_button)

    async def start(self) -> None:
        """Connects; waits for a Slack that is out of reach. Raises StartRefused for a token it does not accept."""
        self.failed = asyncio.get_running_loop().create_future()
        try:
            await self._meet()
            app_token = self.settings.slack_app_token.get_secret_value()
            if app_token:
                await self._connect(app_token)
            else:
                await self._listen()
        except BaseException:
            await self.stop()
            raise

    async def edit(self, place: Place, message: str, reply: Reply) -> None:
        """Writes a message of ours anew."""
        draft: Body = {"channel": place.channel, "ts": message, "parse": "none", "link_names": False}
        try:
            await self._client.chat_update(**draft, text=render.notification(reply), blocks=render.blocks(reply))
        except FAILURES as error:
            raise trouble(error, self.bot) from error

    async def post(self, place: Place, reply: Reply, key: str, under: str = "") -> str:
        """Posts to a channel or thread; gives the message's timestamp, which is its id."""
        # Slack does not drop repeats of a post. The key travels as metadata, so that a doubled alert can
        # at least be recognised; a timeout after Slack has posted remains the one case of a doubled alert.
        draft: Body = {
            "channel": place.channel,
            "thread_ts": place.thread or under or None,
            "unfurl_links": False,
            "unfurl_media": False,
            "parse": "none",
            "link_names": False,
            "metadata": {"event_type": EVENT, "event_payload": {"key": key}},
        }
        rendered: Body = {"text": render.notification(reply), "blocks": render.blocks(reply)}
        try:
            try:
                posted = await self._client.chat_postMessage(**draft, **rendered)
            except SlackApiError as error:
                if code(error) not in BLOCKS_REFUSED:
                    raise
                log.warning("slack_blocks_refused", error=code(error), details=_details(error))
                posted = await self._client.chat_postMessage(**draft, text=render.fallback(reply), mrkdwn=False)
        except FAILURES as error:
            raise trouble(error, self.bot) from error
        ts = str(posted["ts"])
        if reply.chart is not None:
            # In the alert's thread, and not waited for: the alert stands, whatever becomes of the picture.
            self._spawn(self._draw(place.channel, place.thread or ts, reply.chart))
        return ts

    async def stop(self) -> None:
        """Takes no more commands, lets answers on their way arrive, then closes; safe to call twice."""
        watch, self._watch = self._watch, None
        if watch is not None:
            watch.cancel()
            await asyncio.gather(watch, return_exceptions=True)
        http, self._http = self._http, None
        if http is not None:
            await http.cleanup()
        socket, self._socket = self._socket, None
        if socket is not None:
            await _close(socket.client)
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=STOP_SECONDS)
        left = list(self._tasks)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _meet(self) -> None:
        """Asks Slack who we are, which also tries the token."""
        me = await _admitted(
            self._client.auth_test,
            "Slack does not accept SLACK_BOT_TOKEN ({code}). "
            "Copy the Bot User OAuth Token (xoxb-...) from the app's page under OAuth & Permissions.",
        )
        self.bot = str(me.get("user") or ALL_COMMANDS)
        self._known = AuthorizeResult(
            enterprise_id=me.get("enterprise_id"),
            team_id=me.get("team_id"),
            team=me.get("team"),
            url=me.get("url"),
            bot_user_id=me.get("user_id"),
            bot_id=me.get("bot_id"),
            bot_token=self._client.token,
        )

    async def _connect(self, app_token: str) -> None:
        # Asked here and not left to the SDK, which would try a wrong token for ever.
        opened = await _admitted(
            lambda: self._client.apps_connections_open(app_token=app_token),
            "Slack does not accept SLACK_APP_TOKEN ({code}). Make one under Basic Information, App-Level Tokens, "
            "with the scope connections:write, and switch Socket Mode on.",
        )
        self._socket = AsyncSocketModeHandler(
            self._app, app_token, logger=self._logger, web_client=self._client, ping_interval=PING_SECONDS
        )
        self._socket.client.wss_uri = opened["url"]
        self._watch = asyncio.create_task(_renew(self._socket.client))
        await self._socket.connect_async()  # type: ignore[no-untyped-call]
        log.info("slack_connected", mode="socket", bot=self.bot)

    async def _listen(self) -> None:
        host, port = self.settings.slack_http_host, self.settings.slack_http_port
        self._http = web.AppRunner(self._app.web_app(path=HTTP_PATH), access_log=None, shutdown_timeout=STOP_SECONDS)
        await self._http.setup()
        try:
            await web.TCPSite(self._http, host, port).start()
        except OSError as error:
            raise StartRefused(
                f"Cannot listen on {host}:{port} ({error.strerror}). "
                "Set SLACK_HTTP_HOST and SLACK_HTTP_PORT to a free one."
            ) from error
        log.info("slack_connected", mode="http", host=host, port=port, path=HTTP_PATH, bot=self.bot)

    async def _on_command(self, ack: AsyncAck, body: Body) -> None:
        await ack()
        channel = str(body.get("channel_id", ""))
        place = _place(body.get("team_id"), channel)
        self._serve(body, self._command(body, place), place)

    async def _on_button(self, ack: AsyncAck, body: Body) -> None:
        await ack()
        container: Body = body.get("container") or {}
        message: Body = body.get("message") or {}
        thread = str(message.get("thread_ts") or container.get("thread_ts") or "")
        # The first message of a thread carries the thread's number too, but stands in the channel.
        if thread == str(message.get("ts") or container.get("message_ts") or ""):
            thread = ""
        channel = str((body.get("channel") or {}).get("id") or container.get("channel_id") or "")
        place = _place((body.get("team") or {}).get("id"), channel, thread)
        value = unescape(str(body["actions"][0].get("value", "")))
        author = str((body.get("user") or {}).get("id", ""))
        self._serve(body, self.router.say(value, place, author, True), place)

    async def _command(self, body: Body, place: Place) -> Reply:
        line = unescape(str(body.get("text") or "")).strip()
        name = str(body["command"]).removeprefix("/").lower()
        author = str(body.get("user_id", ""))
        if name == ALL_COMMANDS:
            return await self.router.say(line or "/help", place, author, True)
        command = self.commands.get(name)
        if command is None:
            # A slash command of the app's page that is none of ours: the router names the near ones.
            return await self.router.say(f"/{name} {line}", place, author, True)
        try:
            given = options(command, split(line))
        except UserError as error:
            return error.reply()
        return await self.router.answer(Request(name, place, given, author, True))

    def _serve(self, body: Body, work: Coroutine[Any, Any, Reply], place: Place) -> None:
        """Does the work after the acknowledgement, once, however often Slack delivers the occasion."""
        trigger = str(body.get("trigger_id") or "")
        if trigger and trigger in self._seen:
            work.close()
            return
        self._seen[trigger] = None
        while len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        self._spawn(self._answer(body, work, place))

    async def _answer(self, body: Body, work: Coroutine[Any, Any, Reply], place: Place) -> None:
        started = time.monotonic()
        try:
            reply = await work
            drafts = _drafts(reply)
        except Exception:
            ticket = secrets.token_hex(2)
            log.exception("slack_failed", ticket=ticket)
            text = f"It is logged as {ticket}."
            reply = Reply("Something went wrong here.", text, mood=Mood.TROUBLE, private=True)
            drafts = _drafts(reply)
        await asyncio.sleep(HEAD_START - (time.monotonic() - started))
        manner: Body = {
            "response_type": "ephemeral" if reply.private else "in_channel",
            "replace_original": False,
            "unfurl_links": False,
            "unfurl_media": False,
        }
        if place.thread:
            manner["thread_ts"] = place.thread
        said = await self._respond(str(body.get("response_url") or ""), [{**manner, **draft} for draft in drafts])
        if said and reply.chart is not None and not reply.private:
            await self._draw(place.channel, place.thread, reply.chart)

    async def _respond(self, url: str, drafts: list[Body]) -> bool:
        """Sends the first draft that Slack takes."""
        hook = AsyncWebhookClient(
            url,
            timeout=CALL_SECONDS,
            # Here a repeat is better than silence.
            retry_handlers=[Patience(), AsyncConnectionErrorRetryHandler()],
            logger=self._logger,
        )
        pauses = list(ANSWER_PAUSES)
        while True:
            try:
                response = await hook.send_dict(drafts[0])
                status, said = response.status_code, response.body
            except FAILURES as error:
                status, said = 503, repr(error)
            if status == 200 and '"ok":false' not in said.replace(" ", ""):
                return True
            again = status >= 500 or status == 429
            if again and pauses:
                await asyncio.sleep(pauses.pop(0))
            elif not again and len(drafts) > 1:
                # Slack tells here but roughly what it minds, and blocks are all that it can mind.
                log.warning("slack_blocks_refused", status=status, error=said[:200])
                drafts = drafts[1:]
            else:
                log.error("slack_unanswered", status=status, error=said[:200])
                return False

    async def _draw(self, channel: str, thread: str, chart: Chart) -> None:
        """Shows the chart's picture; the message has its words and bars already, so a failure is only logged."""
        try:
            # Imported at the first picture: drawing costs memory and start-up time.
            from bot.charts import png  # noqa: PLC0415

            image = await asyncio.to_thread(png, chart)
        except Exception:
            log.exception("slack_chart_not_drawn", channel=channel)
            return
        try:
            await self._client.files_upload_v2(
                file=image,
                filename="chart.png",
                title=clean(chart.title)[:ALT] or "Chart",
                alt_txt=clean(chart.alt)[:ALT] or None,
                channel=channel,
                thread_ts=thread or None,
            )
        except FAILURES as error:
            means = trouble(error, self.bot)
            log.warning("slack_chart_not_shown", channel=channel, error=str(error)[:300], reason=means.reason)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        # The set keeps the task from being collected half-way.
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("slack_task_failed", exc_info=task.exception())


def _place(workspace: object, channel: str, thread: str = "") -> Place:
    """Conversations between two have ids that begin with D."""
    return Place(Slack.name, "" if channel.startswith("D") else str(workspace or ""), channel, thread)


def _drafts(reply: Reply) -> list[Body]:
    """The reply as we want it, and as plain text for when Slack does not."""
    return [
        {"text": render.notification(reply), "blocks": render.blocks(reply)},
        {"text": render.fallback(reply), "mrkdwn": False},
    ]


def _details(error: SlackApiError) -> object:
    """Slack's hints on what it minds about blocks."""
    return (error.response.get("response_metadata") or {}).get("messages")


async def _admitted(call: Callable[[], Awaitable[AsyncSlackResponse]], refusal: str) -> AsyncSlackResponse:
    """The answer to a call that opens the door. Raises StartRefused when Slack says no; else waits for it."""
    for pause in chain(START_PAUSES, repeat(START_PAUSES[-1])):
        try:
            return await call()
        except FAILURES as error:
            means = trouble(error, ALL_COMMANDS)
            if not isinstance(means, PostDelayed):
                raise StartRefused(refusal.format(code=code(error))) from error
            log.warning("slack_out_of_reach", reason=means.reason, again_in=means.seconds or pause)
            await asyncio.sleep(means.seconds or pause)
    raise AssertionError("repeat() never ends")


async def _renew(client: SocketModeClient) -> None:
    """Makes the SDK ask for a new address while it is cut off.

    When a connection fails it tries the same address for ever, and an address is good for one connection.
    """
    while True:
        await asyncio.sleep(WATCH_SECONDS)
        if not await client.is_connected():
            client.wss_uri = None


async def _close(client: SocketModeClient) -> None:
    tasks = [client.message_processor, client.current_session_monitor, client.message_receiver]
    await client.close()  # type: ignore[no-untyped-call]
    # The SDK cancels its tasks without waiting for their end.
    await asyncio.gather(*(task for task in tasks if task is not None), return_exceptions=True)


def _expected(record: logging.LogRecord) -> bool:
    """Leaves out Bolt's remark that it sees SLACK_BOT_TOKEN in the environment and a client with a token of its own."""
    return "`token` will be unused" not in record.getMessage()
