"""A chat in the terminal."""

import asyncio
import sys
from typing import TextIO

from bot.router import Router
from chat.plain import plain
from chat.reply import Mood, Reply
from chat.request import Place

PLACE = Place("terminal", "", "terminal")
FIRST = "/trend Meta"
WELCOME = "Type a command, /help for all of them, or an empty line to leave."


class Terminal:
    """Prints replies; reads commands line by line."""

    name = "terminal"
    failed: asyncio.Future[str]

    def __init__(self, router: Router, out: TextIO | None = None) -> None:
        self.router = router
        self.out = out or sys.stdout
        self.posted = 0

    async def start(self) -> None:
        """There is nothing to connect to, and nothing to lose."""
        self.failed = asyncio.get_running_loop().create_future()

    async def stop(self) -> None:
        """There is nothing to disconnect from."""

    async def post(self, place: Place, reply: Reply, key: str) -> str:  # noqa: ARG002 - there is one place here
        """Prints an alert."""
        self.show(reply)
        self.posted += 1
        return f"{key}-{self.posted}"

    def show(self, reply: Reply) -> None:
        """Prints a reply without the control characters that outside text may hold: they would steer the terminal."""
        text = "".join(char for char in plain(reply) if char.isprintable() or char == "\n")
        print(text, file=self.out, flush=True)

    async def say(self, line: str) -> bool:
        """Answers one line; False when it could not be answered."""
        reply = await self.router.say(line, PLACE, author="terminal")
        self.show(reply)
        return reply.mood is not Mood.TROUBLE

    async def chat(self) -> None:
        """Answers `/trend Meta`, then what is typed, until an empty line or the end."""
        print(f"> {FIRST}\n", file=self.out)
        await self.say(FIRST)
        print(f"\n{WELCOME}", file=self.out)
        while True:
            try:
                line = await asyncio.to_thread(input, "\n> ")
            except (EOFError, KeyboardInterrupt):
                return
            if not line.strip():
                return
            await self.say(line if line.startswith("/") else f"/{line}")
