"""Slack on 127.0.0.1: the documented Web API, Socket Mode, signed HTTP and response_url, for a real bot to talk to.

async with SlackServer() as server:
    ... start a bot with server.api as SLACK_API_BASE_URL, server.bot_token and server.app_token ...
    delivery = await server.command("/trend", "Meta")
    answer = await server.answer(delivery)

It refuses blocks that break the documented limits, so an answer that arrives is one that Slack would take.
Every call is also held against Slack's own descriptions, where they are at hand; what it minds is in `wrong`, and
fails the test at the end. Not checked: scopes and membership (`fail` plays them), and rate limits over time.
"""

import asyncio
import json
import re
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Self

import aiohttp
from aiohttp import WSMsgType, web

from tests.loopback.slack_people import Ack, Delivery, People
from tests.loopback.slack_rules import faults, read, view_faults
from tests.loopback.slack_schema import call_faults

Body = dict[str, Any]
WAIT = 60.0
"""Seconds after which something that is waited for will not come: long, for a machine may be busy."""
ANSWER = {
    "text",
    "blocks",
    "response_type",
    "replace_original",
    "delete_original",
    "thread_ts",
    "mrkdwn",
    "unfurl_links",
    "unfurl_media",
}
"""What may be sent to a response_url: https://docs.slack.dev/interactivity/handling-user-interaction#message_responses"""


@dataclass(frozen=True)
class Message:
    """A message posted with the Web API."""

    channel: str
    text: str
    blocks: list[Body]
    thread_ts: str
    metadata: Body
    ts: str
    sent: Body
    """All that was sent."""


@dataclass(frozen=True)
class Response:
    """What was sent to a response_url, and when."""

    url: str
    text: str
    blocks: list[Body]
    ephemeral: bool
    thread_ts: str
    at: float
    sent: Body


@dataclass
class Upload:
    """A file on its way, and where it was shown."""

    id: str
    filename: str
    length: int
    alt: str
    data: bytes = b""
    title: str = ""
    channel: str = ""
    thread_ts: str = ""


@dataclass
class Fault:
    """How the next call of a method goes wrong."""

    error: str = ""
    status: int = 200
    retry_after: int | None = None
    more: Body = field(default_factory=dict)
    """Beside the error: `needed` for a missing scope."""
    after: bool = False
    """Whether Slack has done what it was asked before it goes wrong."""
    seconds: float = 0.0
    """What the answer takes; without an error or a status, it is only late."""


class SlackServer(People):
    """One workspace with one app. `http` and `secret` make it deliver by signed HTTP instead of Socket Mode."""

    def __init__(self, http: str = "", secret: str = "5ecret") -> None:
        self.http = http
        self.secret = secret
        self.bot_token = "xoxb-loopback"
        self.app_token = "xapp-loopback"
        self.team = "T1"
        self.teams = {self.bot_token: self.team}
        """Whose token is whose."""
        self.messages: list[Message] = []
        self.updates: list[Body] = []
        self.whispers: list[Body] = []
        """Messages to one person, by chat.postEphemeral."""
        self.views: list[Body] = []
        """Views that were opened, updated or published: the call, with its view read."""
        self.wrong: list[str] = []
        """What Slack would mind about calls; a test that expects some empties it."""
        self.members = {"C1": True, "C2": False, "C9": True, "C0001": True}
        """Channels, and whether the bot is in them."""
        self.closed: set[str] = set()
        """Those that are archived."""
        self.private: dict[str, set[str]] = {}
        """Private channels, and who is in them; the bot is UB."""
        self.admins = {"UADMIN"}
        self.groups = [{"id": "S0ONCALL", "handle": "oncall", "name": "On call"}]
        self.reads = False
        """Whether the app may read what is written in channels."""
        self.scopes = ""
        """What the token may, told with each answer."""
        self.greets = True
        """Whether a connection is greeted; a deaf one is not."""
        self.deaf = False
        """Whether occasions are lost on their way to the bot, though the connection is up."""
        self.responses: list[Response] = []
        self.codes = {"a-code": "T2"}
        """What a browser comes back with after "Allow", and from which workspace."""
        self.uploads: list[Upload] = []
        """Only those that were completed."""
        self.acks: list[Ack] = []
        self.calls: list[tuple[str, Body]] = []
        self.sockets: list[web.WebSocketResponse] = []
        """Those that are open, oldest first."""
        self.opened = 0
        """How many were ever opened."""
        self._faults: defaultdict[str, deque[Fault]] = defaultdict(deque)
        self._pending: dict[str, Upload] = {}
        self._tickets: set[str] = set()
        self._transports: dict[web.WebSocketResponse, Any] = {}
        self._used: defaultdict[str, int] = defaultdict(int)
        self._numbers = count(1)
        self._changed = asyncio.Condition()
        self._runner: web.AppRunner | None = None
        self.base = ""

    @property
    def api(self) -> str:
        """For SLACK_API_BASE_URL."""
        return f"{self.base}/api/"

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=20_000_000)
        app.router.add_route("*", "/api/{method}", self._call)
        app.router.add_post("/upload/{id}", self._uploaded)
        app.router.add_post("/response/{id}", self._responded)
        app.router.add_get("/link", self._linked)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.base = f"http://{host}:{port}"
        return self

    async def __aexit__(self, kind: object, *error: object) -> None:
        for socket in list(self.sockets):
            await socket.close()
        if self._runner is not None:
            await self._runner.cleanup()
        assert kind or not self.wrong, self.wrong

    # What a test asks for

    def fail(self, method: str, error: str = "", *, times: int = 1, status: int = 200, **more: Any) -> None:
        """Makes the next calls of a method ("chat.postMessage", "response_url", "upload", "socket") go wrong."""
        retry_after, after, seconds = (
            more.pop("retry_after", None),
            more.pop("after", False),
            more.pop("seconds", 0.0),
        )
        self._faults[method] += [Fault(error, status, retry_after, more, after, seconds)] * times

    def faults_left(self, method: str) -> int:
        """How many of the failures asked for have not happened yet."""
        return len(self._faults[method])

    async def until(self, true: Callable[[], Any], seconds: float = WAIT) -> None:
        """Waits for something to become true with the next thing that happens here."""
        async with self._changed:
            await asyncio.wait_for(self._changed.wait_for(true), seconds)

    async def resend(self, delivery: Delivery) -> None:
        """Delivers the same occasion again, as Slack does when it missed the acknowledgement."""
        await self._deliver(delivery, {})

    async def answer(self, delivery: Delivery, seconds: float = WAIT) -> Response:
        """The next answer to a delivery."""

        def answers() -> list[Response]:
            return [response for response in self.responses if response.url == delivery.url]

        await self.until(lambda: len(answers()) > delivery.taken, seconds)
        delivery.taken += 1
        return answers()[delivery.taken - 1]

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Asks the bot to reconnect: `warning` or `refresh_requested`."""
        await self.sockets[-1].send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "loopback"}})

    async def drop(self, clean: bool = True) -> None:
        """Ends the newest socket: with a closing frame, or as when a cable is pulled."""
        socket = self.sockets[-1]
        if clean:
            await socket.close()
        else:
            self._transports[socket].abort()

    # What the bot asks for

    async def _call(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        sent: Body = dict(request.query)
        if request.content_type == "application/json":
            sent |= await request.json()
        else:
            sent |= dict(await request.post())
        self.calls.append((method, sent))
        try:
            if request.headers.get("Authorization", "").startswith("Basic "):
                # As RFC 6749 has it, and Slack's documentation of oauth.v2.access recommends.
                known = aiohttp.BasicAuth.decode(request.headers["Authorization"])
                sent |= {"client_id": known.login, "client_secret": known.password}
            self.wrong += call_faults(method, sent)
            fault = self._fault(method)
            if fault is not None and not fault.after:
                return _faulty(fault)
            token = request.headers.get("Authorization", "").removeprefix("Bearer ") or sent.get("token")
            known = {self.app_token} if method == "apps.connections.open" else set(self.teams)
            if method != "oauth.v2.access" and token not in known:
                return _refuse("invalid_auth")
            sent["team"] = self.teams.get(str(token), "")
            answer = getattr(self, "_" + re.sub(r"\W", "_", method), None)
            done = answer(sent) if answer else _refuse("unknown_method")
            if fault is not None:
                await asyncio.sleep(fault.seconds)
                if fault.error or fault.status != 200:
                    return _faulty(fault)
            done.headers["x-oauth-scopes"] = self.scopes
            return done
        finally:
            await self._tell()

    def _auth_test(self, sent: Body) -> web.Response:
        return _grant(
            url="https://loopback.slack.com/",
            team="Loopback",
            user="trendbot",
            team_id=sent["team"],
            user_id="UB",
            bot_id="B1",
            is_enterprise_install=False,
        )

    def _oauth_v2_access(self, sent: Body) -> web.Response:
        if (sent["client_id"], sent["client_secret"]) != ("1.2", "client-5ecret"):
            return _refuse("bad_client_secret")
        if sent["code"] not in self.codes:
            return _refuse("invalid_code")
        team = self.codes[sent["code"]]
        token = f"xoxb-{team}"
        self.teams[token] = team
        return _grant(
            app_id="A1",
            access_token=token,
            token_type="bot",
            scope="commands,chat:write",
            bot_user_id="UB",
            team={"id": team, "name": f"Team {team}"},
            enterprise=None,
            authed_user={"id": "UINSTALLER"},
            is_enterprise_install=False,
        )

    def _users_info(self, sent: Body) -> web.Response:
        return _grant(user={"id": sent["user"], "is_admin": sent["user"] in self.admins, "is_owner": False})

    def _users_conversations(self, sent: Body) -> web.Response:
        of = sent.get("user") or "UB"
        return _grant(channels=[{"id": channel} for channel, people in self.private.items() if of in people])

    def _usergroups_list(self, sent: Body) -> web.Response:
        return _grant(usergroups=self.groups)

    def _conversations_history(self, sent: Body) -> web.Response:
        return self._history(sent, "")

    def _conversations_replies(self, sent: Body) -> web.Response:
        return self._history(sent, sent["ts"])

    def _history(self, sent: Body, thread: str) -> web.Response:
        if not self.reads:
            return _refuse("missing_scope", needed="channels:history")
        found = [one for one in self.messages if one.channel == sent["channel"] and one.thread_ts == thread]
        with_metadata = str(sent.get("include_all_metadata")).lower() in ("1", "true")
        messages = [
            {"type": "message", "ts": one.ts, "text": one.text}
            | ({"metadata": read(one.metadata)} if with_metadata else {})
            for one in reversed(found)
            if float(one.ts) > float(sent.get("oldest") or 0)
        ]
        return _grant(messages=messages)

    def _conversations_info(self, sent: Body) -> web.Response:
        if sent["channel"] not in self.members:
            return _refuse("channel_not_found")
        member = self.members[sent["channel"]]
        archived = sent["channel"] in self.closed
        channel = {"id": sent["channel"], "name": "general", "is_member": member, "is_archived": archived}
        return _grant(channel={**channel, "is_private": sent["channel"] in self.private})

    def _views_open(self, sent: Body) -> web.Response:
        return self._viewed("views.open", sent)

    def _views_push(self, sent: Body) -> web.Response:
        return self._viewed("views.push", sent)

    def _views_update(self, sent: Body) -> web.Response:
        return self._viewed("views.update", sent)

    def _views_publish(self, sent: Body) -> web.Response:
        return self._viewed("views.publish", sent)

    def _viewed(self, method: str, sent: Body) -> web.Response:
        view = read(sent["view"])
        wrong = view_faults(view)
        if (method == "views.publish") != (view["type"] == "home"):
            wrong.append(f"{method} of a {view['type']}")
        if wrong:
            self.wrong += wrong
            return _refuse("invalid_arguments", response_metadata={"messages": wrong})
        self.views.append({**sent, "method": method, "view": view})
        return _grant(view={"id": f"V{next(self._numbers)}", "hash": "h1", **view})

    def _chat_postEphemeral(self, sent: Body) -> web.Response:  # noqa: N802
        wrong = faults(sent.get("blocks") or [])
        if wrong:
            return _refuse("invalid_blocks", response_metadata={"messages": wrong})
        self.whispers.append(sent)
        return _grant(message_ts="1.0")

    def _apps_connections_open(self, sent: Body) -> web.Response:
        ticket = f"t{next(self._numbers)}"
        self._tickets.add(ticket)
        return _grant(url=f"{self.base.replace('http', 'ws')}/link?ticket={ticket}")

    def _chat_postMessage(self, sent: Body) -> web.Response:  # noqa: N802
        blocks = sent.get("blocks") or []
        wrong = faults(blocks)
        if wrong:
            return _refuse("invalid_blocks", response_metadata={"messages": wrong})
        if not sent.get("text") and not blocks:
            return _refuse("no_text")
        ts = f"{1_700_000_000 + next(self._numbers)}.000100"
        message = Message(
            sent["channel"],
            sent.get("text", ""),
            blocks,
            sent.get("thread_ts", ""),
            sent.get("metadata", {}),
            ts,
            sent,
        )
        self.messages.append(message)
        return _grant(channel=message.channel, ts=ts, message={"text": message.text, "ts": ts, "type": "message"})

    def _chat_update(self, sent: Body) -> web.Response:
        wrong = faults(sent.get("blocks") or [])
        if wrong:
            return _refuse("invalid_blocks", response_metadata={"messages": wrong})
        if not any(message.ts == sent.get("ts") for message in self.messages):
            return _refuse("message_not_found")
        self.updates.append(sent)
        return _grant(channel=sent["channel"], ts=sent["ts"], text=sent.get("text", ""))

    def _files_getUploadURLExternal(self, sent: Body) -> web.Response:  # noqa: N802
        upload = Upload(f"F{next(self._numbers)}", sent["filename"], int(sent["length"]), sent.get("alt_txt", ""))
        self._pending[upload.id] = upload
        return _grant(upload_url=f"{self.base}/upload/{upload.id}", file_id=upload.id)

    def _files_completeUploadExternal(self, sent: Body) -> web.Response:  # noqa: N802
        files = json.loads(sent["files"]) if isinstance(sent["files"], str) else sent["files"]
        for given in files:
            upload = self._pending.get(given["id"])
            if upload is None or len(upload.data) != upload.length:
                return _refuse("file_not_found")
            upload.title = given.get("title", "")
            upload.channel = sent.get("channel_id", "")
            upload.thread_ts = sent.get("thread_ts", "")
            self.uploads.append(self._pending.pop(upload.id))
        return _grant(files=[{"id": given["id"], "title": given.get("title", "")} for given in files])

    async def _uploaded(self, request: web.Request) -> web.Response:
        fault = self._fault("upload")
        if fault is not None:
            await self._tell()
            return web.Response(status=fault.status, text=fault.error)
        upload = self._pending[request.match_info["id"]]
        upload.data = await request.read()
        return web.Response(text=f"OK - {len(upload.data)}")

    async def _responded(self, request: web.Request) -> web.Response:
        sent: Body = await request.json()
        self.wrong += [f"an answer takes no {name}" for name in sent.keys() - ANSWER]
        try:
            fault = self._fault("response_url")
            if fault is not None:
                return _faulty(fault)
            self._used[request.path] += 1
            if self._used[request.path] > 5:
                return _refuse("used_url", 404)
            if faults(sent.get("blocks") or []):
                return _refuse("invalid_blocks", 400)
            if not sent.get("text") and not sent.get("blocks"):
                return _refuse("no_text", 400)
            response = Response(
                f"{self.base}{request.path}",
                sent.get("text", ""),
                sent.get("blocks") or [],
                sent.get("response_type", "ephemeral") == "ephemeral",
                sent.get("thread_ts", ""),
                time.monotonic(),
                sent,
            )
            self.responses.append(response)
            return web.Response(text="ok")
        finally:
            await self._tell()

    async def _linked(self, request: web.Request) -> web.StreamResponse:
        fault = self._fault("socket")
        ticket = request.query.get("ticket", "")
        if fault is not None or ticket not in self._tickets:
            self._tickets.discard(ticket)
            return web.Response(status=fault.status if fault else 403)
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._transports[socket] = request.transport
        hello = {"type": "hello", "num_connections": 1, "connection_info": {"app_id": "A1"}}
        if self.greets:
            await socket.send_json({**hello, "debug_info": {"host": "loopback", "approximate_connection_time": 18060}})
        self.sockets.append(socket)
        self.opened += 1
        await self._tell()
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    said = json.loads(message.data)
                    self.acks.append(Ack(said["envelope_id"], time.monotonic(), said.get("payload") or {}))
                    await self._tell()
        finally:
            self.sockets.remove(socket)
            del self._transports[socket]
            await self._tell()
        return socket

    def _fault(self, method: str) -> Fault | None:
        return self._faults[method].popleft() if self._faults[method] else None

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()


def _grant(**more: Any) -> web.Response:
    return web.json_response({"ok": True, **more})


def _refuse(error: str, status: int = 200, **more: Any) -> web.Response:
    return web.json_response({"ok": False, "error": error, **more}, status=status)


def _faulty(fault: Fault) -> web.Response:
    if fault.status >= 500:
        return web.Response(status=fault.status, text="<html>Server Error</html>", content_type="text/html")
    headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    error = fault.error or ("ratelimited" if fault.status == 429 else "fatal_error")
    return web.json_response({"ok": False, "error": error, **fault.more}, status=fault.status, headers=headers)
