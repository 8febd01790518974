"""What people do on the Slack that is played: they type, mention, press, choose and submit.

Each gives the delivery once the bot has acknowledged it, or turned it away.
"""

import hashlib
import hmac
import json
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import urlencode

import aiohttp
from aiohttp import web

from tests.loopback.slack_rules import option_faults

Body = dict[str, Any]


@dataclass(frozen=True)
class Ack:
    """An envelope's acknowledgement (its HTTP answer in HTTP mode), and when it came."""

    envelope_id: str
    at: float
    payload: Body
    status: int = 200


@dataclass
class Delivery:
    """An occasion that was sent to the bot."""

    id: str
    kind: str
    payload: Body
    url: str
    sent: float
    taken: int = field(default=0, repr=False)
    """How many of its answers a test has looked at."""


class People(ABC):
    """Everybody in a workspace, and how what they do reaches the bot: over its socket, or by signed HTTP."""

    http: str
    secret: str
    team: str
    base: str
    deaf: bool
    wrong: list[str]
    acks: list[Ack]
    sockets: list[web.WebSocketResponse]
    _numbers: "count[int]"

    @abstractmethod
    async def until(self, true: Callable[[], Any], seconds: float = 60.0) -> None:
        """Waits for something to become true."""

    @abstractmethod
    async def _tell(self) -> None: ...

    async def command(
        self, command: str, text: str = "", *, channel: str = "C1", user: str = "U1", marked: bool = False, **http: Any
    ) -> Delivery:
        """Types a slash command. `marked` is a text in which Slack has marked channels, people and addresses."""
        # Slack sends what was typed with its three control characters escaped.
        escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        payload = {
            "token": "verification",
            "command": command,
            "text": text if marked else escaped,
            "team_id": self.team,
            "team_domain": "loopback",
            "channel_id": channel,
            "channel_name": "directmessage" if channel.startswith("D") else "general",
            "user_id": user,
            "user_name": "asker",
            "api_app_id": "A1",
            "is_enterprise_install": "false",
        }
        return await self._occur("slash_commands", payload, http)

    async def press(
        self,
        value: str,
        *,
        action_id: str = "say:0",
        channel: str = "C1",
        user: str = "U1",
        ts: str = "1700000000.000100",
        thread_ts: str = "",
        ephemeral: bool = False,
        view: Body | None = None,
        **http: Any,
    ) -> Delivery:
        """Presses a button of a message, or of a view."""
        message = {"type": "message", "ts": ts, "text": "", "user": "UB"}
        container = {"type": "message", "message_ts": ts, "channel_id": channel, "is_ephemeral": ephemeral}
        if thread_ts:
            message["thread_ts"] = container["thread_ts"] = thread_ts
        text = {"type": "plain_text", "text": "Press"}
        action = {"type": "button", "action_id": action_id, "block_id": "b", "value": value, "text": text}
        payload = {
            "type": "block_actions",
            "token": "verification",
            "api_app_id": "A1",
            "team": {"id": self.team, "domain": "loopback"},
            "user": {"id": user, "username": "asker", "team_id": self.team},
            "channel": {"id": channel, "name": "general"},
            "container": container,
            "actions": [{**action, "action_ts": f"{time.time():.6f}"}],
        }
        if view is not None:
            payload["view"] = {"id": "V1", "hash": "h1", **view}
            payload["container"] = {"type": "view", "view_id": payload["view"]["id"]}
            del payload["channel"]
        elif not ephemeral:
            payload["message"] = message
        return await self._occur("interactive", payload, http, view is None)

    async def pick(self, value: str, block_id: str, channel: str = "C1", user: str = "U1", **http: Any) -> Delivery:
        """Chooses a name in the menu of a message that only this person sees."""
        option = {"text": {"type": "plain_text", "text": value}, "value": value}
        payload = {
            "type": "block_actions",
            **self._who(user),
            "channel": {"id": channel, "name": "general"},
            "container": {"type": "message", "message_ts": "1.0", "channel_id": channel, "is_ephemeral": True},
            "actions": [
                {"type": "external_select", "action_id": "pick", "block_id": block_id, "selected_option": option}
            ],
        }
        return await self._occur("interactive", payload, http)

    async def choose(self, value: str, *, action_id: str, view: Body, user: str = "U1", **http: Any) -> Delivery:
        """Chooses an option of a menu in a view."""
        option = {"text": {"type": "plain_text", "text": value}, "value": value}
        action = {"type": "external_select", "action_id": action_id, "block_id": "b", "selected_option": option}
        payload = {
            "type": "block_actions",
            **self._who(user),
            "container": {"type": "view", "view_id": "V1"},
            "view": {"id": "V1", "hash": "h1", **view},
            "actions": [action],
        }
        return await self._occur("interactive", payload, http, False)

    async def event(self, event: Body, **http: Any) -> Delivery:
        """Something that the app subscribed to."""
        number = next(self._numbers)
        payload = {
            "token": "verification",
            "team_id": self.team,
            "api_app_id": "A1",
            "type": "event_callback",
            "event_id": f"Ev{number}",
            "event_time": 1700000000,
            "authorizations": [{"team_id": self.team, "user_id": "UB", "is_bot": True}],
            "event": event,
        }
        delivery = Delivery(f"e{number}", "events_api", payload, "", time.monotonic())
        await self._deliver(delivery, http)
        return delivery

    async def mention(self, text: str, *, channel: str = "C1", user: str = "U1", thread: str = "") -> Delivery:
        """Mentions the bot in a channel."""
        ts = f"{1_600_000_000 + next(self._numbers)}.000100"
        event = {"type": "app_mention", "user": user, "text": f"<@UB> {text}", "ts": ts, "channel": channel}
        return await self.event({**event, **({"thread_ts": thread} if thread else {}), "event_ts": ts})

    async def direct(self, text: str, *, user: str = "U1", thread: str = "", **more: Any) -> Delivery:
        """Writes to the bot in their own conversation."""
        ts = f"{1_600_000_000 + next(self._numbers)}.000100"
        event = {"type": "message", "channel_type": "im", "user": user, "text": text, "ts": ts, "channel": "D1"}
        return await self.event({**event, **({"thread_ts": thread} if thread else {}), "event_ts": ts, **more})

    async def home(self, user: str = "U1", tab: str = "home") -> Delivery:
        """Opens the bot's App Home."""
        return await self.event({"type": "app_home_opened", "user": user, "channel": "D1", "tab": tab})

    async def shortcut(self, callback: str, message: Body | None = None, user: str = "U1", **http: Any) -> Delivery:
        """Uses a shortcut: on a message, or from anywhere."""
        payload = {"type": "shortcut", "callback_id": callback, **self._who(user), "action_ts": "1.0"}
        if message is not None:
            payload |= {"type": "message_action", "channel": {"id": "C1", "name": "general"}, "message": message}
            payload |= {"message_ts": message["ts"]}
        return await self._occur("interactive", payload, http, message is not None)

    async def suggestions(self, action_id: str, typed: str, **http: Any) -> list[str]:
        """Types into a menu; gives the options that the bot offers."""
        payload = {
            "type": "block_suggestion",
            **self._who("U1"),
            "container": {"type": "view", "view_id": "V1"},
            "view": {"id": "V1", "type": "modal"},
            "action_id": action_id,
            "block_id": "b",
            "value": typed,
        }
        delivery = await self._occur("interactive", payload, http, False)
        answer = self.ack(delivery).payload
        options = (json.loads(answer["text"]) if self.http else answer)["options"]
        self.wrong += option_faults(options)
        return [option["value"] for option in options]

    async def submit(self, view: Body, values: Body, user: str = "U1", **http: Any) -> Delivery:
        """Submits a modal; `values` holds what was filled in, by block and element as Slack sends it."""
        payload = {"type": "view_submission", **self._who(user), "response_urls": []}
        payload["view"] = {"id": "V1", "hash": "h1", **view, "state": {"values": values}}
        return await self._occur("interactive", payload, http, False)

    def _who(self, user: str) -> Body:
        return {
            "token": "verification",
            "api_app_id": "A1",
            "team": {"id": self.team, "domain": "loopback"},
            "user": {"id": user, "username": "asker", "team_id": self.team},
        }

    def ack(self, delivery: Delivery) -> Ack:
        """The first acknowledgement of a delivery."""
        return self._acks(delivery)[0]

    async def _occur(self, kind: str, payload: Body, http: Body, answerable: bool = True) -> Delivery:
        number = next(self._numbers)
        url = f"{self.base}/response/{number}" if answerable else ""
        payload |= {"trigger_id": f"{number}.trigger", **({"response_url": url} if url else {})}
        delivery = Delivery(f"e{number}", kind, payload, url, time.monotonic())
        await self._deliver(delivery, http)
        return delivery

    async def _deliver(self, delivery: Delivery, http: Body) -> None:
        """`http` may hold another `secret`, or an `age` in seconds, to sign wrongly."""
        before = len(self._acks(delivery))
        if self.http:
            await self._send_http(delivery, **http)
        else:
            await self.until(lambda: self.sockets and not self.deaf)
            envelope = {"envelope_id": delivery.id, "type": delivery.kind, "accepts_response_payload": True}
            await self.sockets[-1].send_json({**envelope, "payload": delivery.payload})
        await self.until(lambda: len(self._acks(delivery)) > before)

    async def _send_http(self, delivery: Delivery, secret: str = "", age: float = 0) -> None:
        fields = delivery.payload
        if delivery.kind == "interactive":
            fields = {"payload": json.dumps(fields)}
        events = delivery.kind == "events_api"
        body = json.dumps(fields) if events else urlencode(fields)
        stamp = str(int(time.time() - age))
        key = (secret or self.secret).encode()
        signature = "v0=" + hmac.new(key, f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/json" if events else "application/x-www-form-urlencoded",
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": signature,
        }
        async with aiohttp.ClientSession() as session, session.post(self.http, data=body, headers=headers) as said:
            payload = {"text": await said.text()}
            self.acks.append(Ack(delivery.id, time.monotonic(), payload, said.status))
        await self._tell()

    def _acks(self, delivery: Delivery) -> list[Ack]:
        return [ack for ack in self.acks if ack.envelope_id == delivery.id]
