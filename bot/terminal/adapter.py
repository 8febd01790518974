"""A chat in the terminal: reads lines from standard input, prints replies and alerts."""

import asyncio
import sys
from datetime import datetime
from typing import TextIO

from bot.router import Router
from chat.plain import plain, plain_headline
from chat.reply import Mood, Reply
from chat.request import Place

PLACE = Place("terminal", "", "terminal")
FIRST = "/trend Meta"
WELCOME = "Type a command, /help for all commands, or an empty line to quit."


class Terminal:
    """The terminal platform, with one person in one channel."""

    name = "terminal"
    failed: asyncio.Future[str]

    def __init__(self, router: Router, out: TextIO | None = None) -> None:
        self.router = router
        self.out = out or sys.stdout
        self.posted = 0

    async def start(self) -> None:
        """Does nothing but prepare `failed`: a terminal has no connection to lose."""
        self.failed = asyncio.get_running_loop().create_future()

    async def stop(self) -> None:
        """Does nothing: there is no connection to close."""

    async def post(
        self,
        place: Place,  # noqa: ARG002 - there is one place here
        reply: Reply,
        key: str,
        under: str = "",  # noqa: ARG002
        since: datetime | None = None,  # noqa: ARG002 - nothing printed can be looked up
    ) -> str:
        """Prints a message, then the prompt that it displaced."""
        print(file=self.out)
        self.show(reply)
        print("\n> ", end="", file=self.out, flush=True)
        self.posted += 1
        return f"{key}-{self.posted}"

    async def edit(self, place: Place, message: str, reply: Reply) -> None:  # noqa: ARG002 - what is printed stays
        """Prints the new headline of a message, as printed text can't be changed."""
        print(f"\n(update) {printable(plain_headline(reply))}\n\n> ", end="", file=self.out, flush=True)

    def show(self, reply: Reply) -> None:
        """Prints a reply, without control characters in outside text that would control the terminal."""
        print(printable(plain(reply)), file=self.out, flush=True)

    async def answer(self, line: str) -> bool:
        """Answers a line, and returns whether that went well."""
        reply = await self.router.answer_line(line, PLACE, author="terminal")
        self.show(reply)
        return reply.mood is not Mood.TROUBLE

    async def chat(self) -> None:
        """Shows `/trend Meta` as an example, then answers typed lines until an empty line or end of input."""
        print(f"> {FIRST}\n", file=self.out)
        await self.answer(FIRST)
        print(f"\n{WELCOME}", file=self.out)
        while True:
            print("\n> ", end="", file=self.out, flush=True)
            line = await _typed()
            if not line.strip():
                return
            await self.answer(line if line.startswith("/") else f"/{line}")


def printable(text: str) -> str:
    """The text without control characters, except line breaks."""
    return "".join(char for char in text if char.isprintable() or char == "\n")


async def _typed() -> str:
    """The next typed line, "" at the end of input. Not read in a thread, which could not be interrupted."""
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_reader(sys.stdin, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(sys.stdin)
    return sys.stdin.readline()
