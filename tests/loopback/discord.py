"""A Discord of our own on 127.0.0.1: REST v10 and gateway as far as the adapter uses them, by the documentation.

It answers as Discord does, also in refusing (limits, unknown channels, second responses), records every
request, and lets a test act as a person: `command`, `autocomplete`, `press`.
"""

import asyncio
import json
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self

import aiohttp
from aiohttp import web

TOKEN = "MTAwMDAw.loopback.token"
APPLICATION = "100000000000000001"
GUILD = "200000000000000001"
CHANNEL = "300000000000000001"
PRIVATE = "300000000000000009"
USER = "400000000000000001"
MANAGE_GUILD = 1 << 5
EPHEMERAL = 1 << 6
PATIENCE = 10.0
DEFERRED = 5


@dataclass
class Request:
    """One REST request as it came."""

    method: str
    path: str
    json: Any
    files: dict[str, bytes] = field(default_factory=dict)
    authorization: str = ""


@dataclass
class Message:
    """One message as it stands."""

    id: str
    channel: str
    payload: dict[str, Any]
    files: dict[str, bytes] = field(default_factory=dict)
    ephemeral: bool = False

    @property
    def content(self) -> str:
        return self.payload.get("content") or ""

    @property
    def embeds(self) -> list[dict[str, Any]]:
        return self.payload.get("embeds") or []

    @property
    def nonce(self) -> str:
        return self.payload.get("nonce") or ""

    @property
    def pings(self) -> bool:
        """Whether this message may notify anybody."""
        return (self.payload.get("allowed_mentions") or {"parse": ["everyone"]}).get("parse") != []

    @property
    def buttons(self) -> dict[str, str]:
        """Labels by custom_id."""
        rows = self.payload.get("components") or []
        return {button["custom_id"]: button["label"] for row in rows for button in row["components"]}

    @property
    def words(self) -> str:
        """All that is to be read in it."""
        texts = [self.content]
        for embed in self.embeds:
            texts += [embed.get("title") or "", embed.get("description") or ""]
            texts += [f"{part['name']}: {part['value']}" for part in embed.get("fields") or ()]
            texts.append((embed.get("footer") or {}).get("text") or "")
        return "\n".join(filter(None, texts))


@dataclass
class Response:
    """One interaction and all that was answered to it."""

    id: str
    kind: int
    channel: str
    type: int = 0
    payload: dict[str, Any] = field(default_factory=dict)
    message: Message | None = None
    followups: list[Message] = field(default_factory=list)
    original_deleted: bool = False
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def deferred(self) -> bool:
        return self.type == DEFERRED

    @property
    def choices(self) -> list[str]:
        return [choice["name"] for choice in self.payload["data"]["choices"]]

    @property
    def answered(self) -> bool:
        """Whether a person has something to read, or names to choose from."""
        return self.type == 8 or self.message is not None or bool(self.followups)


@dataclass
class Refusal:
    """What to answer instead, and how often."""

    status: int
    body: dict[str, Any]
    path: str
    method: str
    times: int
    headers: dict[str, str]


class DiscordServer:
    """The server; an async context manager."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.responses: list[Response] = []
        self.requests: list[Request] = []
        self.commands: dict[str, list[dict[str, Any]]] = {}
        """By guild; the global ones under ""."""
        self.unknown_channels: set[str] = set()
        self.refuse_identify = False
        self.identified = 0
        self.resumed = 0
        self.connected = asyncio.Event()
        self.api_url = self.gateway_url = ""
        self._came = asyncio.Event()
        self._refusals: list[Refusal] = []
        self._by_nonce: dict[tuple[str, str], Message] = {}
        self._by_token: dict[str, Response] = {}
        self._socket: web.WebSocketResponse | None = None
        self._pack: Callable[[str], bytes] = str.encode
        self._history: list[dict[str, Any]] = []
        self._session = ""
        self._last_id = 500000000000000000

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=30 * 1024 * 1024)
        app.router.add_get("/gateway", self._gateway)
        app.router.add_route("*", "/api/v10/{path:.*}", self._rest)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self.api_url = f"http://127.0.0.1:{port}/api/v10"
        self.gateway_url = f"ws://127.0.0.1:{port}/gateway"
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._socket:
            await self._socket.close()
        await self._runner.cleanup()

    # ---- what a test can ask for ----

    def refuse(
        self,
        status: int,
        code: int = 0,
        *,
        path: str = "",
        method: str = "POST",
        times: int = 1,
        retry_after: float | None = None,
        via: bool = True,
    ) -> None:
        """Answers the next requests whose path matches with an error; without `via` like the shield before Discord."""
        body: dict[str, Any] = {"message": f"refused with {status}", "code": code}
        headers = {"Via": "1.1 loopback"} if via else {}
        if retry_after is not None:
            body |= {"retry_after": retry_after, "global": False}
            headers["Retry-After"] = str(retry_after)
        self._refusals.append(Refusal(status, body, path, method, times, headers))

    def relent(self) -> None:
        """Refuses nothing any more."""
        self._refusals.clear()

    async def command(
        self,
        name: str,
        options: dict[str, str] | None = None,
        *,
        guild: str | None = GUILD,
        channel: str = CHANNEL,
        permissions: int = 0,
        wait: bool = True,
    ) -> Response:
        """A person gives a slash command; with `wait`, back once there is something to read."""
        values = [{"type": 3, "name": key, "value": value} for key, value in (options or {}).items()]
        data = {"id": self._id(), "name": name, "type": 1, "options": values}
        return await self._interact(2, data, guild, channel, permissions, wait)

    async def autocomplete(self, name: str, option: str, typed: str) -> Response:
        """A person has typed the beginning of an option."""
        values = [{"type": 3, "name": option, "value": typed, "focused": True}]
        data = {"id": self._id(), "name": name, "type": 1, "options": values}
        return await self._interact(4, data, GUILD, CHANNEL, 0, True)

    async def press(self, custom_id: str, *, permissions: int = 0) -> Response:
        """A person presses a button that stands under a message."""
        carrier = next(message for message in reversed(self._all_messages()) if custom_id in message.buttons)
        data = {"custom_id": custom_id, "component_type": 2}
        return await self._interact(3, data, GUILD, carrier.channel, permissions, True, carrier)

    async def drop(self, code: int = 4000) -> None:
        """Closes the gateway's socket."""
        assert self._socket
        self.connected.clear()
        await self._socket.close(code=code)

    async def reconnect(self) -> None:
        """Asks the client to come again and resume (op 7)."""
        self.connected.clear()
        await self._send({"op": 7, "d": None})

    async def invalidate(self) -> None:
        """Ends the session (op 9): the client must identify anew."""
        self.connected.clear()
        self._session = ""
        await self._send({"op": 9, "d": False})

    def requests_to(self, method: str, path: str) -> list[Request]:
        """The recorded requests whose path matches."""
        return [request for request in self.requests if request.method == method and re.search(path, request.path)]

    async def asked(self, method: str, path: str, count: int = 1) -> None:
        """Waits until so many requests have come whose path matches."""
        async with asyncio.timeout(PATIENCE):
            while len(self.requests_to(method, path)) < count:
                self._came.clear()
                await self._came.wait()

    # ---- REST ----

    async def _rest(self, http: web.Request) -> web.Response:
        request = await self._record(http)
        if refused := self._refused(request.method, request.path):
            return refused
        parts = request.path.strip("/").split("/")
        open_to_all = parts[0] in ("interactions", "webhooks")
        if not open_to_all and request.authorization != f"Bot {TOKEN}":
            return _error(401, 0, "401: Unauthorized")
        match [request.method, *parts]:
            case ["GET", "users", "@me"]:
                return _json(self._me())
            case ["GET", "oauth2" | "applications", *_, "@me"]:
                return _json(self._application())
            case ["GET", "gateway", "bot"]:
                limit = {"total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 1}
                return _json({"url": self.gateway_url, "shards": 1, "session_start_limit": limit})
            case [method, "applications", _, "commands"]:
                return self._commands(method, "", request.json)
            case [method, "applications", _, "guilds", guild, "commands"]:
                return self._commands(method, guild, request.json)
            case ["GET", "channels", channel]:
                return _json({"id": channel, "type": 0, "guild_id": GUILD, "name": "news"})
            case ["POST", "channels", channel, "messages"]:
                return self._channel_message(channel, request)
            case ["PATCH", "channels", _, "messages", message_id]:
                return self._edit(next(message for message in self.messages if message.id == message_id), request)
            case ["POST", "interactions", _, token, "callback"]:
                return self._callback(self._by_token.get(token), request)
            case [method, "webhooks", _, token, *rest] if token in self._by_token:
                return self._webhook(method, self._by_token[token], rest, request)
        return _error(404, 0, "404: Not Found")

    def _refused(self, method: str, path: str) -> web.Response | None:
        for refusal in self._refusals:
            if refusal.times and refusal.method == method and re.search(refusal.path, path):
                refusal.times -= 1
                return _json(refusal.body, refusal.status, refusal.headers)
        return None

    async def _record(self, http: web.Request) -> Request:
        body: Any = None
        files: dict[str, bytes] = {}
        if http.content_type == "multipart/form-data":
            async for part in await http.multipart():
                assert isinstance(part, aiohttp.BodyPartReader)
                if part.name == "payload_json":
                    body = await part.json()
                else:
                    files[part.filename or ""] = bytes(await part.read())
        elif http.can_read_body:
            body = await http.json()
        path = http.path.removeprefix("/api/v10")
        request = Request(http.method, path, body, files, http.headers.get("Authorization", ""))
        self.requests.append(request)
        self._came.set()
        return request

    def _commands(self, method: str, guild: str, wanted: Any) -> web.Response:
        if method == "PUT":
            if faults := command_faults(wanted):
                return _invalid(faults)
            extra = {"application_id": APPLICATION, "version": self._id(), "default_permission": True}
            self.commands[guild] = [
                {**command, **extra, "id": self._id(), "options": command.get("options") or []} for command in wanted
            ]
        return _json(self.commands.get(guild, []))

    def _channel_message(self, channel: str, request: Request) -> web.Response:
        if channel in self.unknown_channels:
            return _error(404, 10003, "Unknown Channel")
        key = (channel, str(request.json.get("nonce", "")))
        if request.json.get("enforce_nonce") and key in self._by_nonce:
            return _json(self._shown(self._by_nonce[key]))
        if faults := message_faults(request.json, request.files):
            return _invalid(faults)
        message = Message(self._id(), channel, request.json, request.files)
        self.messages.append(message)
        self._by_nonce[key] = message
        return _json(self._shown(message))

    def _edit(self, message: Message, request: Request) -> web.Response:
        changed = {**message.payload, **request.json}
        files = request.files or message.files
        if faults := message_faults(changed, files):
            return _invalid(faults)
        message.payload, message.files = changed, files
        return _json(self._shown(message))

    def _callback(self, response: Response | None, request: Request) -> web.Response:
        if response is None:
            return _error(404, 10062, "Unknown interaction")
        if response.type:
            return _error(400, 40060, "Interaction has already been acknowledged.")
        kind, data = request.json["type"], request.json.get("data") or {}
        if (response.kind == 4) != (kind == 8):
            return _invalid(["type does not suit the interaction"])
        if kind == 4 and (faults := message_faults(data, request.files)):
            return _invalid(faults)
        if kind == 8 and (faults := choice_faults(data["choices"])):
            return _invalid(faults)
        response.type, response.payload = kind, request.json
        interaction = {"id": response.id, "type": response.kind, "response_message_loading": kind == DEFERRED}
        answer: dict[str, Any] = {"interaction": interaction}
        if kind == 4:
            ephemeral = bool(data.get("flags", 0) & EPHEMERAL)
            response.message = Message(self._id(), response.channel, data, request.files, ephemeral)
            interaction["response_message_id"] = response.message.id
            answer["resource"] = {"type": 4, "message": self._shown(response.message)}
        elif kind == DEFERRED:
            interaction["response_message_id"] = self._id()
        response.changed.set()
        return _json(answer)

    def _webhook(self, method: str, response: Response, rest: list[str], request: Request) -> web.Response:
        if not response.type:
            return _error(404, 10015, "Unknown Webhook")
        if method == "DELETE":
            response.original_deleted, response.message = True, None
            return web.Response(status=204)
        if faults := message_faults(request.json, request.files):
            return _invalid(faults)
        flags = request.json.get("flags", 0)
        waiting = response.deferred and not response.message and not response.original_deleted
        if waiting:
            # The first words after "thinking" take its place, and its visibility.
            flags = (response.payload.get("data") or {}).get("flags", 0)
        message = Message(self._id(), response.channel, request.json, request.files, bool(flags & EPHEMERAL))
        if waiting:
            response.message = message
        elif method == "POST":
            response.followups.append(message)
        elif response.message:
            return self._edit(response.message, request)
        else:
            return _error(404, 10008, "Unknown Message")
        response.changed.set()
        return _json(self._shown(message))

    # ---- gateway ----

    async def _gateway(self, http: web.Request) -> web.StreamResponse:
        if refused := self._refused("GET", http.path):
            return refused
        socket = web.WebSocketResponse()
        await socket.prepare(http)
        self._socket = socket
        if http.query.get("compress") == "zlib-stream":
            stream = zlib.compressobj()
            self._pack = lambda text: stream.compress(text.encode()) + stream.flush(zlib.Z_SYNC_FLUSH)
        elif http.query.get("compress") == "zstd-stream":
            # discord.py asks for this only where zstandard is installed.
            import zstandard  # type: ignore[import-not-found]  # noqa: PLC0415

            frames = zstandard.ZstdCompressor().compressobj()
            self._pack = lambda text: frames.compress(text.encode()) + frames.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
        else:
            self._pack = str.encode
        await self._send({"op": 10, "d": {"heartbeat_interval": 41250}})
        async for frame in socket:
            if frame.type is not aiohttp.WSMsgType.TEXT:
                continue
            said = json.loads(frame.data)
            if said["op"] == 1:
                await self._send({"op": 11, "d": None})
            elif said["op"] == 2:
                await self._identify(socket, said["d"])
            elif said["op"] == 6:
                await self._resume(said["d"])
        return socket

    async def _identify(self, socket: web.WebSocketResponse, said: dict[str, Any]) -> None:
        if said["token"] != TOKEN or self.refuse_identify:
            await socket.close(code=4004, message=b"Authentication failed.")
            return
        self.identified += 1
        self._session, self._history = f"session-{self.identified}", []
        ready = {
            "v": 10,
            "user": self._me(),
            "guilds": [{"id": GUILD, "unavailable": True}],
            "session_id": self._session,
            "resume_gateway_url": self.gateway_url,
            "application": {"id": APPLICATION, "flags": 0},
        }
        if "shard" in said:
            ready["shard"] = said["shard"]
        await self._dispatch("READY", ready)
        await self._dispatch("GUILD_CREATE", self._guild())
        self.connected.set()

    async def _resume(self, said: dict[str, Any]) -> None:
        if said["session_id"] != self._session:
            await self._send({"op": 9, "d": False})
            return
        self.resumed += 1
        for missed in self._history[said["seq"] :]:
            await self._send(missed)
        await self._dispatch("RESUMED", {})
        self.connected.set()

    async def _dispatch(self, event: str, data: dict[str, Any]) -> None:
        frame = {"op": 0, "t": event, "s": len(self._history) + 1, "d": data}
        self._history.append(frame)
        await self._send(frame)

    async def _send(self, frame: dict[str, Any]) -> None:
        """Sends one frame; what finds nobody is in the history and follows on resume."""
        if self._socket and not self._socket.closed:
            packed = self._pack(json.dumps(frame))
            if self._pack is str.encode:
                await self._socket.send_str(packed.decode())
            else:
                await self._socket.send_bytes(packed)

    async def _interact(
        self,
        kind: int,
        data: dict[str, Any],
        guild: str | None,
        channel: str,
        permissions: int,
        wait: bool,
        carrier: Message | None = None,
    ) -> Response:
        response = Response(self._id(), kind, channel)
        self.responses.append(response)
        token = f"token-{response.id}"
        self._by_token[token] = response
        user = {"id": USER, "username": "ada", "discriminator": "0", "avatar": None, "global_name": "Ada"}
        event: dict[str, Any] = {
            "id": response.id,
            "application_id": APPLICATION,
            "type": kind,
            "token": token,
            "version": 1,
            "data": data,
            "channel_id": channel,
            "channel": {"id": channel, "type": 0 if guild else 1, "name": "news", "position": 0},
            "attachment_size_limit": 10 * 1024 * 1024,
            "entitlements": [],
            "authorizing_integration_owners": {"0": guild or "0"},
            "context": 0 if guild else 1,
            "locale": "en-US",
            "app_permissions": "0",
        }
        if guild:
            event["guild_id"] = guild
            event["guild"] = {"id": guild, "features": [], "locale": "en-US"}
            event["member"] = {
                "user": user,
                "roles": [],
                "joined_at": "2026-01-01T00:00:00+00:00",
                "deaf": False,
                "mute": False,
                "flags": 0,
                "permissions": str(permissions),
            }
        else:
            event["user"] = user
            event["channel"]["recipients"] = [user]
        if carrier:
            event["message"] = self._shown(carrier)
        await self._dispatch("INTERACTION_CREATE", event)
        if wait:
            await self.answered(response)
        return response

    async def answered(self, response: Response) -> Response:
        """Waits until a person has something to read."""
        async with asyncio.timeout(PATIENCE):
            while not response.answered:
                await response.changed.wait()
                response.changed.clear()
        return response

    # ---- things as Discord shows them ----

    def _all_messages(self) -> list[Message]:
        answers = [message for response in self.responses for message in [response.message, *response.followups]]
        return self.messages + [message for message in answers if message]

    def _shown(self, message: Message) -> dict[str, Any]:
        attachments = [
            {"id": self._id(), "filename": name, "size": len(body), "url": f"{self.api_url}/{name}", "proxy_url": ""}
            for name, body in message.files.items()
        ]
        return {
            "id": message.id,
            "channel_id": message.channel,
            "author": self._me(),
            "content": message.content,
            "timestamp": "2026-04-09T12:00:00+00:00",
            "edited_timestamp": None,
            "tts": False,
            "mention_everyone": False,
            "mentions": [],
            "mention_roles": [],
            "attachments": attachments,
            "embeds": [{"type": "rich", **embed} for embed in message.embeds],
            "components": message.payload.get("components") or [],
            "pinned": False,
            "type": 0,
            "flags": EPHEMERAL if message.ephemeral else 0,
        }

    def _me(self) -> dict[str, Any]:
        return {"id": APPLICATION, "username": "trendbot", "discriminator": "0", "avatar": None, "bot": True}

    def _application(self) -> dict[str, Any]:
        return {
            "id": APPLICATION,
            "name": "trendbot",
            "icon": None,
            "description": "",
            "bot_public": True,
            "bot_require_code_grant": False,
            "verify_key": "0",
            "flags": 0,
            "owner": {"id": USER, "username": "ada", "discriminator": "0", "avatar": None},
            "team": None,
        }

    def _guild(self) -> dict[str, Any]:
        channel = {"id": CHANNEL, "type": 0, "name": "news", "position": 0, "permission_overwrites": []}
        return {
            "id": GUILD,
            "name": "Readers",
            "owner_id": USER,
            "channels": [channel],
            "roles": [{"id": GUILD, "name": "@everyone", "permissions": "0", "position": 0, "color": 0}],
            "members": [],
            "threads": [],
            "emojis": [],
            "stickers": [],
            "features": [],
            "voice_states": [],
            "presences": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
            "member_count": 2,
            "unavailable": False,
        }

    def _id(self) -> str:
        self._last_id += 1
        return str(self._last_id)


# ---- what Discord refuses ----


def units(text: str | None) -> int:
    """Length in UTF-16 units, the strictest count."""
    return len((text or "").encode("utf-16-le", "surrogatepass")) // 2


def message_faults(payload: dict[str, Any], files: dict[str, bytes]) -> list[str]:
    """What Discord would refuse in a message, by its documented limits."""
    faults = []
    embeds, rows = payload.get("embeds") or [], payload.get("components") or []

    def within(name: str, text: str | None, limit: int, least: int = 0) -> int:
        size = units((text or "").strip())
        if not least <= size <= limit:
            faults.append(f"{name}: {size} is not {least} to {limit}")
        if any(0xD800 <= ord(letter) <= 0xDFFF for letter in text or ""):
            faults.append(f"{name}: half a character")
        return size

    within("content", payload.get("content"), 2000)
    if not (payload.get("content") or embeds or rows or files):
        faults.append("empty message")
    if len(embeds) > 10:
        faults.append("more than 10 embeds")
    total = 0
    for embed in embeds:
        fields = embed.get("fields") or []
        shows = [embed.get("title"), embed.get("description"), fields, embed.get("image"), embed.get("footer")]
        if not any(shows):
            faults.append("empty embed")
        total += within("title", embed.get("title"), 256)
        total += within("description", embed.get("description"), 4096)
        total += within("footer", (embed.get("footer") or {}).get("text"), 2048, least=1 if embed.get("footer") else 0)
        if len(fields) > 25:
            faults.append("more than 25 fields")
        for part in fields:
            total += within("field name", part["name"], 256, least=1) + within("field", part["value"], 1024, least=1)
        image = (embed.get("image") or {}).get("url", "")
        if image.startswith("attachment://") and image.removeprefix("attachment://") not in files:
            faults.append(f"{image} is not attached")
    if total > 6000:
        faults.append(f"embeds hold {total} of 6000")
    if len(rows) > 5 or any(not 1 <= len(row["components"]) <= 5 for row in rows):
        faults.append("more than 5 rows of 1 to 5 buttons")
    ids = [button["custom_id"] for row in rows for button in row["components"]]
    if len(ids) != len(set(ids)):
        faults.append("a custom_id stands twice")
    for row in rows:
        for button in row["components"]:
            within("custom_id", button["custom_id"], 100, least=1)
            within("label", button["label"], 80, least=1)
    for attachment in payload.get("attachments") or []:
        within("description", attachment.get("description"), 1024)
    if any(len(body) > 10 * 1024 * 1024 for body in files.values()):
        faults.append("a file is larger than 10 MiB")
    if payload.get("nonce") is not None:
        within("nonce", str(payload["nonce"]), 25)
    return faults


def command_faults(commands: list[dict[str, Any]]) -> list[str]:
    """What Discord would refuse in a list of commands."""
    faults = []
    if len(commands) > 100 or len({command["name"] for command in commands}) < len(commands):
        faults.append("more than 100 commands, or a name twice")
    for command in commands:
        options = command.get("options") or []
        for named in [command, *options]:
            if not re.fullmatch(r"[-_\w]{1,32}", named["name"]) or named["name"] != named["name"].lower():
                faults.append(f"name {named['name']}")
            if not 1 <= units(named["description"]) <= 100:
                faults.append(f"description of {named['name']}")
        required = [option.get("required", False) for option in options]
        if required != sorted(required, reverse=True) or len(options) > 25:
            faults.append(f"options of {command['name']}")
        for option in options:
            if option.get("choices") and option.get("autocomplete"):
                faults.append(f"{option['name']} has choices and autocomplete")
            faults += choice_faults(option.get("choices") or [])
    return faults


def choice_faults(choices: list[dict[str, Any]]) -> list[str]:
    """What Discord would refuse in a list of choices."""
    wrong = [item for item in choices if not 1 <= units(item["name"]) <= 100 or not 1 <= units(item["value"]) <= 100]
    return [f"choice {item['name'][:20]}" for item in wrong] + (["more than 25 choices"] if len(choices) > 25 else [])


def _json(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    # discord.py reads JSON only where the type is exactly this, without a charset.
    exact = {**(headers or {}), "Content-Type": "application/json"}
    return web.Response(body=json.dumps(body).encode(), status=status, headers=exact)


def _error(status: int, code: int, words: str) -> web.Response:
    return _json({"message": words, "code": code}, status)


def _invalid(faults: list[str]) -> web.Response:
    return _error(400, 50035, "Invalid Form Body: " + "; ".join(faults))
