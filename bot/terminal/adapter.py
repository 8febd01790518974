"""A chat in the terminal."""

import asyncio
import sys
from typing import TextIO

from bot.router import Router
from chat.plain import plain, plain_headline
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

    async def post(self, place: Place, reply: Reply, key: str, under: str = "") -> str:  # noqa: ARG002 - there is one place here
        """Prints an alert, and the prompt that it has pushed away."""
        print(file=self.out)
        self.show(reply)
        print("\n> ", end="", file=self.out, flush=True)
        self.posted += 1
        return f"{key}-{self.posted}"

    async def edit(self, place: Place, message: str, reply: Reply) -> None:  # noqa: ARG002 - what is printed stays
        """Prints in one line how an alert goes on."""
        print(f"\n(goes on) {printable(plain_headline(reply))}\n\n> ", end="", file=self.out, flush=True)

    def show(self, reply: Reply) -> None:
        """Prints a reply without the control characters that outside text may hold: they would steer the terminal."""
        print(printable(plain(reply)), file=self.out, flush=True)

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
            print("\n> ", end="", file=self.out, flush=True)
            line = await _typed()
            if not line.strip():
                return
            await self.say(line if line.startswith("/") else f"/{line}")


def printable(text: str) -> str:
    """The text without control characters."""
    return "".join(char for char in text if char.isprintable() or char == "\n")


async def _typed() -> str:
    """The next line that is typed, "" at the end. Not in a thread: one that waits for a line can't be interrupted."""
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_reader(sys.stdin, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(sys.stdin)
    return sys.stdin.readline()
