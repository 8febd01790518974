"""What the rest of the bot asks of a platform, and how a platform says no."""

import asyncio
from dataclasses import dataclass
from typing import Protocol

from chat.reply import Reply
from chat.request import Place


class PostDelayed(Exception):
    """Not now: the platform is slow, down or limits us. `seconds` says when to try again, if it told."""

    def __init__(self, reason: str, seconds: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.seconds = seconds


class PostRefused(Exception):
    """Never like this: unknown channel, missing permission, revoked token. `reason` is a sentence for people."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Platform(Protocol):
    """A place where people talk. Adapters alone are async."""

    name: str
    failed: asyncio.Future[str]
    """From `start` on: holds a sentence for the operator once the connection is lost for good."""

    async def start(self) -> None:
        """Connects and answers commands; returns once connected, and waits for a platform that is out of reach.

        Raises StartRefused for a wrong token.
        """

    async def post(self, place: Place, reply: Reply, key: str, under: str = "") -> str:
        """Posts without being asked; gives the message's id, which only the platform itself can read.

        `key` is the same for every try of one message, so that a platform that can will drop repeats. `under` is the
        id of a message in whose thread this one belongs. Raises PostDelayed or PostRefused.
        """

    async def edit(self, place: Place, message: str, reply: Reply) -> None:
        """Writes a message of ours anew, in its place. Raises PostDelayed, or PostRefused when it is gone."""

    async def stop(self) -> None:
        """Disconnects; safe to call twice."""


class StartRefused(Exception):
    """The platform does not let us in: a sentence that says what to put right."""


@dataclass(frozen=True)
class Finding:
    """One thing that the bot needs of a platform and that was looked at: whether it is there, in a sentence."""

    good: bool
    text: str
