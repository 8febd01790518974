"""What the adapter's tests share: commands, a router that says what it is told to, and a reply."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Engine
from sqlmodel import Session

from bot.discord.adapter import Discord
from bot.router import Router
from bot.settings import Settings
from chat.reply import Action, Chart, Field, ListItem, Mood, Reply, Section
from chat.request import Place, Request
from handlers import commands
from handlers.command import Command, Option, OptionKind
from signals.detector import Rules
from tests.loopback.discord import CHANNEL, GUILD, TOKEN, DiscordServer

PNG = b"\x89PNG\r\n\x1a\n picture"
DAYS = tuple(date(2026, 3, 13) + timedelta(days) for days in range(28))
CHART = Chart("Meta", DAYS, (2.0,) * 27 + (41.0,), (2.0,) * 28, "Two stories a day, then 41 on 9 April.")
SPIKE = Reply(
    "Meta: spiking",
    "41 stories since yesterday.",
    fields=(Field("Stories", "41"),),
    sections=(Section("Stories", (ListItem("Meta opens Muse Spark", "https://a.example/1", "The Paper"),)),),
    chart=CHART,
    actions=(Action("Watch", "/watch add Meta"),),
    footer="Counted at 12:00 UTC.",
    mood=Mood.SPIKE,
)
HERE = Place("discord", GUILD, CHANNEL)


NOON = datetime(2026, 4, 9, 12, tzinfo=UTC)


async def connected_bot(server: DiscordServer, store: Engine, *operators: str) -> Discord:
    """A bot with the product's router and commands at NOON, once the gateway knows it."""
    found = commands(Rules())
    settings = Settings(
        _env_file=None,
        discord_token=TOKEN,  # type: ignore[arg-type]
        discord_api_base_url=server.api_url,
        discord_gateway_url=server.gateway_url,
    )
    bot = Discord(settings, Router(store, found, lambda: NOON, operators), found)
    await bot.start()
    await server.gateway.connected.wait()
    return bot


def handler(request: Request, session: Session, now: datetime) -> Reply:
    raise AssertionError("the adapter's tests have a router of their own")


COMMANDS = {
    command.name: command
    for command in (
        Command(
            "trend",
            "Is a name talked about more than usual?",
            "/trend Meta",
            handler,
            (
                Option("as-of", "a day in the past", OptionKind.DATE, keyword=True),
                Option("name", "company, model or person", OptionKind.NAME, required=True),
            ),
        ),
        Command(
            "watch",
            "Tell this channel when a name spikes. " * 5,
            "/watch add Meta",
            handler,
            (
                Option("action", "", OptionKind.CHOICE, choices=("add", "edit", "list")),
                Option("name", "", OptionKind.NAME),
                Option("level", "how early", keyword=True, choices=("early", "late", "few", "many")),
                Option("quiet", "hours without alerts", keyword=True),
                Option("zone", "of the hours", OptionKind.ZONE, keyword=True),
                Option("channel", "where", OptionKind.CHANNEL, keyword=True),
                Option("mention", "whom", OptionKind.ROLE, keyword=True),
            ),
            configures=True,
            reading=("list",),
        ),
        Command(
            "digest",
            "A summary every morning.",
            "/digest",
            handler,
            (
                Option("action", "", OptionKind.CHOICE, choices=("show", "set")),
                Option("hour", "when", keyword=True),
                Option("days", "which", keyword=True),
                Option("zone", "where", OptionKind.ZONE, keyword=True),
            ),
            configures=True,
            reading=("show",),
        ),
        Command("help", "What I know.", "/help", handler),
    )
}


class FakeRouter:
    """Says what it was told to, and remembers what it was asked."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.said: list[str] = []
        self.commands = COMMANDS
        self.reply = SPIKE
        self.error: Exception | None = None
        self.asked = asyncio.Event()
        self.came: list[tuple[str, str, str]] = []
        self.moved = asyncio.Event()
        self.known: list[str] = []
        """The servers that the store holds."""
        self.ready = asyncio.Event()
        self.ready.set()
        self.names = ["Meta", "Meta AI", "", "Meta", "x" * 140, *(f"Name {number}" for number in range(40))]

    async def answer(self, request: Request) -> Reply:
        self.requests.append(request)
        self.asked.set()
        await self.ready.wait()
        if self.error:
            raise self.error
        return self.reply

    def parse_line(self, typed: str, place: Place, author: str = "", may_configure: bool = True) -> Request:
        """A line of a button or form, as the real router reads it."""
        self.said.append(typed)
        return Router.parse_line(self, typed, place, author, may_configure)  # type: ignore[arg-type]

    def _command(self, name: str, rest: Sequence[str] = ()) -> Command:
        return self.commands[name]

    async def joined(self, platform: str, workspace: str) -> None:
        self.came.append((platform, workspace, "joined"))
        self.moved.set()

    async def left(self, platform: str, workspace: str) -> None:
        self.came.append((platform, workspace, "left"))
        self.moved.set()

    async def invited(self, platform: str, workspace: str, channel: str = "") -> None:
        self.came.append((platform, workspace, "invited"))
        self.moved.set()

    async def workspaces(self, platform: str) -> list[str]:
        return self.known

    async def suggest(self, typed: str, kind: OptionKind = OptionKind.NAME, limit: int = 25) -> list[str]:
        await self.ready.wait()
        if self.error:
            raise self.error
        return self.names
