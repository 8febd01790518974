"""A Discord of our own on 127.0.0.1: REST v10 and gateway as far as the adapter uses them, by the documentation.

It answers as Discord does, also in refusing (limits, unknown channels, second responses), records every
request, and lets a test act as a person: `command`, `autocomplete`, `press`.
"""

import asyncio
import json
import re
from dataclasses import dataclass, field
from typing import Any, Self

import aiohttp
import discord
from aiohttp import web

from bot.discord.access.permissions import NEEDED
from tests.loopback.discord_gateway import Gateway
from tests.loopback.discord_rules import (
    BUTTON,
    SELECT,
    TEXT,
    choice_faults,
    command_faults,
    message_faults,
    modal_faults,
    pinged,
)
from tests.loopback.discord_rules import parts as every_part
from tests.loopback.openapi import Description

TOKEN = "MTAwMDAw.loopback.token"
APPLICATION = "100000000000000001"
GUILD = "200000000000000001"
CHANNEL = "300000000000000001"
THREAD = "300000000000000002"
FORUM = "300000000000000003"
ANNOUNCEMENTS = "300000000000000004"
PRIVATE = "300000000000000009"
USER = "400000000000000001"
ROLE = "600000000000000001"
TAGGED = {
    "available_tags": [{"id": ROLE, "name": "AI", "moderated": False, "emoji_id": None, "emoji_name": None}],
    "flags": 1 << 4,
}
"""Of a forum that asks for a tag on each post."""
MANAGE_GUILD = 1 << 5
EPHEMERAL = 1 << 6
PATIENCE = 60.0
"""Seconds after which something that is waited for will not come: long, for a machine may be busy."""
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
    def components(self) -> list[dict[str, Any]]:
        """All of them, those in others too."""
        return list(every_part(self.payload.get("components") or []))

    @property
    def nonce(self) -> str:
        return self.payload.get("nonce") or ""

    @property
    def pings(self) -> list[str]:
        """Whom this message notifies."""
        return pinged(self.payload)

    @property
    def buttons(self) -> dict[str, str]:
        """Labels by custom_id; of a list to choose from by value."""
        found = {part["custom_id"]: part["label"] for part in self.components if part["type"] == BUTTON}
        for part in self.components:
            if part["type"] == SELECT:
                found |= {option["value"]: option["label"] for option in part["options"]}
        return found

    @property
    def title(self) -> str:
        """Its heading."""
        return next((line.removeprefix("### ") for line in self.words.split("\n") if line.startswith("### ")), "")

    @property
    def words(self) -> str:
        """All that is to be read in it."""
        texts = [self.content, *(part["content"] for part in self.components if part["type"] == TEXT)]
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
    def form(self) -> dict[str, Any]:
        """The form that was shown."""
        assert self.type == 9
        return self.payload["data"]

    @property
    def choices(self) -> list[str]:
        return [choice["name"] for choice in self.payload["data"]["choices"]]

    @property
    def answered(self) -> bool:
        """Whether a person has something to read, or names to choose from."""
        return self.type in (8, 9) or self.message is not None or bool(self.followups)


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

    def __init__(self, description: Description | None = None) -> None:
        self.messages: list[Message] = []
        self.responses: list[Response] = []
        self.requests: list[Request] = []
        self.commands: dict[str, list[dict[str, Any]]] = {}
        """By guild; the global ones under ""."""
        self.unknown_channels: set[str] = set()
        self.permissions: dict[str, list[dict[str, Any]]] = {}
        """Who may use a command besides those who may by default, by its id."""
        self.app_permissions = str(discord.Permissions(**dict.fromkeys(NEEDED, True)).value)
        """What the bot may do in the channel of an interaction."""
        self.owner = USER
        self.faults: list[str] = []
        """Whatever in any request was against Discord's description or the rules."""
        self.description = description or Description()
        self.gateway = Gateway(TOKEN, self._ready, lambda: [self._guild()])
        self.granted = str(discord.Permissions(**dict.fromkeys(NEEDED, True)).value)
        """What everyone on the server may, us included."""
        self.overwrites: dict[str, list[dict[str, Any]]] = {}
        """By channel."""
        self.threads: dict[str, dict[str, Any]] = {}
        """Begun by us, by id."""
        self.tells = True
        """Whether the gateway tells of new forum posts."""
        self.loses = 0
        """How many answers to forum posts are lost, though the post is there."""
        self.api_url = self.gateway_url = ""
        self._came = asyncio.Event()
        self._refusals: list[Refusal] = []
        self._by_nonce: dict[tuple[str, str], Message] = {}
        self._by_token: dict[str, Response] = {}
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
        await self.gateway.close()
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
        roles: list[str] | None = None,
        wait: bool = True,
    ) -> Response:
        """A person gives a slash command; with `wait`, back once there is something to read."""
        values = [{"type": 3, "name": key, "value": value} for key, value in (options or {}).items()]
        data = {"id": self._id(), "name": name, "type": 1, "options": values}
        return await self._interact(2, data, guild, channel, permissions, wait, None, roles)

    async def autocomplete(self, name: str, option: str, typed: str) -> Response:
        """A person has typed the beginning of an option."""
        values = [{"type": 3, "name": option, "value": typed, "focused": True}]
        data = {"id": self._id(), "name": name, "type": 1, "options": values}
        return await self._interact(4, data, GUILD, CHANNEL, 0, True)

    async def press(self, custom_id: str, *, permissions: int = 0, roles: list[str] | None = None) -> Response:
        """A person presses a button that stands under a message, or chooses a line of a list."""
        carrier = next(message for message in reversed(self._all_messages()) if custom_id in message.buttons)
        data: dict[str, Any] = {"custom_id": custom_id, "component_type": BUTTON}
        if not any(part.get("custom_id") == custom_id for part in carrier.components):
            data = {"custom_id": "pick", "component_type": SELECT, "values": [custom_id]}
        return await self._interact(3, data, GUILD, carrier.channel, permissions, True, carrier, roles)

    async def submit(self, form: dict[str, Any], values: dict[str, str], *, permissions: int = 0) -> Response:
        """A person fills in a form and sends it."""
        rows = []
        for row in form["components"]:
            inner = row["component"]
            said = values.get(inner["custom_id"], "")
            answer = {"value": said} if inner["type"] == 4 else {"values": [said] if said else []}
            rows.append(
                {
                    "type": 18,
                    "id": 1,
                    "component": {"type": inner["type"], "id": 2, **answer} | {"custom_id": inner["custom_id"]},
                }
            )
        data = {"custom_id": form["custom_id"], "components": rows}
        return await self._interact(5, data, GUILD, CHANNEL, permissions, True)

    async def remove(self) -> None:
        """The bot is removed from its server."""
        await self.gateway.dispatch("GUILD_DELETE", {"id": GUILD})

    async def invite(self) -> None:
        """The bot is invited to its server."""
        # That it is there again and not new would be told by `unavailable` being false.
        new = {key: value for key, value in self._guild().items() if key != "unavailable"}
        await self.gateway.dispatch("GUILD_CREATE", new)

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
        if self.description.there and request.json is not None:
            self.faults += self.description.faults(request.method, request.path, request.json)
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
            case ["GET", "applications", _, "guilds", _, "commands", command, "permissions"]:
                allowed = self.permissions.get(command)
                return _json({"permissions": allowed}) if allowed else _error(404, 10066, "Unknown permissions")
            case ["GET", "guilds", guild] if guild == GUILD:
                return _json(self._guild())
            case ["GET", "guilds", _] | ["GET", "guilds", _, "threads", "active"] if parts[1] != GUILD:
                return _error(403, 50001, "Missing Access")
            case ["GET", "guilds", _, "threads", "active"]:
                return _json({"threads": list(self.threads.values()), "members": []})
            case ["GET", "guilds", guild, "members", _] if guild == GUILD:
                return _json({"user": self._me(), **self._member([])})
            case ["GET", "channels", channel]:
                known = {one["id"]: one for one in self._guild()["channels"]}
                if channel in self.unknown_channels or channel not in known:
                    return _error(404, 10003, "Unknown Channel")
                return _json({**known[channel], "guild_id": GUILD})
            case ["POST", "channels", channel, "threads"]:
                return await self._forum_post(channel, request)
            case ["POST", "channels", channel, "messages", message_id, "threads"]:
                return self._thread(channel, message_id, request)
            case ["POST", "channels", channel, "messages"]:
                return self._channel_message(channel, request)
            case ["PATCH", "channels", channel, "messages", message_id]:
                ours = [message for message in self.messages if (message.channel, message.id) == (channel, message_id)]
                return self._edit(ours[0], request) if ours else _error(404, 10008, "Unknown Message")
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
                return self._invalid(faults)
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
            return self._invalid(faults)
        message = Message(self._id(), channel, request.json, request.files)
        self.messages.append(message)
        self._by_nonce[key] = message
        return _json(self._shown(message))

    async def _forum_post(self, channel: str, request: Request) -> web.Response:
        if channel != FORUM:
            return _error(400, 50024, "Cannot execute action on this channel type")
        if faults := message_faults(request.json["message"], request.files):
            return self._invalid(faults)
        thread = self._new_thread(self._id(), channel, request.json["name"])
        message = Message(thread["id"], thread["id"], request.json["message"], request.files)
        self.messages.append(message)
        if self.tells:
            await self.gateway.dispatch("THREAD_CREATE", {**thread, "newly_created": True})
        if self.loses:
            self.loses -= 1
            return _json({"message": "bad gateway"}, 502, {"Via": "1.1 loopback"})
        return _json({**thread, "message": self._shown(message)}, 201)

    def _thread(self, channel: str, message_id: str, request: Request) -> web.Response:
        if message_id in self.threads:
            return _error(400, 160004, "A thread has already been created for this message")
        if channel in (THREAD, *self.threads):
            return _error(400, 50024, "Cannot execute action on this channel type")
        return _json(self._new_thread(message_id, channel, request.json["name"]), 201)

    def _new_thread(self, id: str, parent: str, name: str) -> dict[str, Any]:
        kind = 10 if parent == ANNOUNCEMENTS else 11
        self.threads[id] = _thread(id, parent, name, kind)
        return self.threads[id]

    def _invalid(self, faults: list[str]) -> web.Response:
        self.faults += faults
        return _error(400, 50035, "Invalid Form Body: " + "; ".join(faults))

    def _edit(self, message: Message, request: Request) -> web.Response:
        changed = {**message.payload, **request.json}
        # Attachments that are not listed go; of those that are, ours are always new ones.
        files = request.files if "attachments" in request.json else message.files
        if faults := message_faults(changed, files):
            return self._invalid(faults)
        message.payload, message.files = changed, files
        return _json(self._shown(message))

    def _callback(self, response: Response | None, request: Request) -> web.Response:
        if response is None:
            return _error(404, 10062, "Unknown interaction")
        if response.type:
            return _error(400, 40060, "Interaction has already been acknowledged.")
        kind, data = request.json["type"], request.json.get("data") or {}
        allowed = {4: (8,), 5: (4, 5, 6, 7), 2: (4, 5, 9), 3: (4, 5, 6, 7, 9)}[response.kind]
        if kind not in allowed:
            return self._invalid(["type does not suit the interaction"])
        if kind == 4 and (faults := message_faults(data, request.files)):
            return self._invalid(faults)
        if kind == 9 and (faults := modal_faults(data)):
            return self._invalid(faults)
        if kind == 8 and (faults := choice_faults(data["choices"])):
            return self._invalid(faults)
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
            return self._invalid(faults)
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
        return self._refused("GET", http.path) or await self.gateway.serve(http)

    def _ready(self) -> dict[str, Any]:
        return {
            "v": 10,
            "user": self._me(),
            "guilds": [{"id": GUILD, "unavailable": True}],
            "resume_gateway_url": self.gateway_url,
            "application": {"id": APPLICATION, "flags": 0},
        }

    async def _interact(
        self,
        kind: int,
        data: dict[str, Any],
        guild: str | None,
        channel: str,
        permissions: int,
        wait: bool,
        carrier: Message | None = None,
        roles: list[str] | None = None,
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
            "app_permissions": self.app_permissions,
        }
        if guild:
            event["guild_id"] = guild
            event["guild"] = {"id": guild, "features": [], "locale": "en-US"}
            event["member"] = {
                "user": user,
                "roles": roles or [],
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
        await self.gateway.dispatch("INTERACTION_CREATE", event)
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
            "embeds": [],
            "components": message.payload.get("components") or [],
            "pinned": False,
            "type": 0,
            "flags": (message.payload.get("flags") or 0) | (EPHEMERAL if message.ephemeral else 0),
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

    def _member(self, roles: list[str]) -> dict[str, Any]:
        return {"roles": roles, "joined_at": "2026-01-01T00:00:00+00:00", "deaf": False, "mute": False, "flags": 0}

    def _guild(self) -> dict[str, Any]:
        kinds = {CHANNEL: ("news", 0), FORUM: ("reading", 15), ANNOUNCEMENTS: ("press", 5)}
        channels = [
            {"id": id, "name": name, "type": kind, "position": at, "permission_overwrites": self.overwrites.get(id, [])}
            | (
                {
                    "available_tags": [
                        {"id": ROLE, "name": "AI", "moderated": False, "emoji_id": None, "emoji_name": None}
                    ],
                    "flags": 1 << 4,
                }
                if kind == 15
                else {}
            )
            for at, (id, (name, kind)) in enumerate(kinds.items())
        ]
        role = {"position": 0, "color": 0, "colors": {"primary_color": 0}, "hoist": False, "managed": False}
        return {
            "id": GUILD,
            "name": "Readers",
            "owner_id": self.owner,
            "channels": channels,
            "roles": [
                {**role, "id": GUILD, "name": "@everyone", "permissions": self.granted, "mentionable": False},
                {**role, "id": ROLE, "name": "AI news", "permissions": "0", "position": 1, "mentionable": True},
            ],
            "members": [{"user": self._me(), **self._member([])}],
            "threads": [_thread(THREAD, CHANNEL, "spikes", 11), *self.threads.values()],
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


def _thread(id: str, parent: str, name: str, kind: int) -> dict[str, Any]:
    state = {
        "archived": False,
        "auto_archive_duration": 1440,
        "archive_timestamp": "2026-04-09T12:00:00+00:00",
        "locked": False,
    }
    return {
        "id": id,
        "parent_id": parent,
        "guild_id": GUILD,
        "owner_id": APPLICATION,
        "name": name,
        "type": kind,
        "message_count": 0,
        "member_count": 1,
        "thread_metadata": state,
    }


def _json(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    # discord.py reads JSON only where the type is exactly this, without a charset.
    exact = {**(headers or {}), "Content-Type": "application/json"}
    return web.Response(body=json.dumps(body).encode(), status=status, headers=exact)


def _error(status: int, code: int, words: str) -> web.Response:
    return _json({"message": words, "code": code}, status)
