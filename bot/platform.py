"""The interface of a chat platform, and how a platform reports that it can't deliver."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chat.reply import Mood, Reply
from chat.request import Place


class PostDelayed(Exception):
    """The platform is slow, down or rate-limits us. `seconds` is how long it asked us to wait, if it said so."""

    def __init__(self, reason: str, seconds: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.seconds = seconds


class PostRefused(Exception):
    """Another try can't help: unknown channel, missing permission, revoked token. `reason` is a sentence for people."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class PostBlocked(PostRefused):
    """Refused for a removable cause: somebody can invite the bot, grant a permission or install the app again."""


class Platform(Protocol):
    """A chat platform. Only adapters are async."""

    name: str
    failed: asyncio.Future[str]
    """Set from `start` on; holds a sentence for the operator once the connection is lost for good."""

    async def start(self) -> None:
        """Connects and starts answering commands; returns once connected, and keeps trying while out of reach.

        Raises StartRefused for a wrong token.
        """

    async def post(self, place: Place, reply: Reply, key: str, under: str = "", since: datetime | None = None) -> str:
        """Posts an unprompted message and returns its id, opaque to everyone but the platform.

        `key` is the same for every attempt at one message, so that a platform that can do so drops repeats. `under`
        is the id of the message whose thread this one belongs to. `since` is the time of the first attempt, if there
        was one before: the message may have arrived, so the platform looks for it first. Raises PostDelayed,
        PostBlocked or PostRefused.
        """

    async def edit(self, place: Place, message: str, reply: Reply) -> None:
        """Replaces the content of a message of ours. Raises PostDelayed, or PostRefused if it is gone."""

    async def stop(self) -> None:
        """Disconnects; safe to call twice."""


class StartRefused(Exception):
    """The platform does not let us in; the message says what to fix."""


@dataclass(frozen=True)
class Finding:
    """The result of one setup check: whether it passed, and a sentence that says so."""

    good: bool
    text: str


def cannot_post_reply(reason: str) -> Reply:
    """The reply to someone who directs alerts to a channel that the bot can't post in; `reason` says what to do."""
    return Reply("I can't post there.", reason, mood=Mood.TROUBLE, private=True)
