"""What tests of the Slack adapter share: replies, and a router that answers with what a test lays ready."""

import asyncio
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Engine

from bot.settings import Settings
from chat.reply import Action, Chart, Field, ListItem, Mood, Reply, Section
from chat.request import Place, Request
from handlers import commands
from handlers.alerts.matching import WatchInfo
from handlers.command import Command, OptionKind, parse_options, split_line
from signals.detector import Rules
from tests.loopback.slack import SlackServer

CHART = Chart(
    "Meta, stories per day", (date(2026, 4, 8), date(2026, 4, 9)), (3, 41), (3, 3), "41 on 9 April, usually 3."
)
TREND = Reply(
    "Meta: spiking",
    "41 stories today.",
    (Field("z", "37.2"),),
    (Section("Stories", (ListItem("Meta opens Muse Spark", "https://example.com/a", "Reuters"),)),),
    actions=(Action("Watch Meta", "/watch Meta"),),
    mood=Mood.SPIKE,
)
CHARTED = Reply("Meta: spiking", "41 stories today.", chart=CHART, mood=Mood.SPIKE)
HELP = Reply("What I know", "/trend, /help", private=True, line="/help")
LONG = Reply("Stories", sections=(Section("All", tuple(ListItem(f"Story {n} " * 40) for n in range(100))),))
PLACE = Place("slack", "T1", "C1")


class FakeRouter:
    """Answers with what a test lays ready, and remembers what was asked."""

    def __init__(self, engine: Engine | None = None) -> None:
        self.engine = engine
        self.commands: dict[str, Command] = dict(commands(Rules()))
        self.reply: Reply | Exception = TREND
        self.ready = asyncio.Event()
        """Cleared, it holds every answer back: a bot that takes long."""
        self.ready.set()
        self.heard = asyncio.Semaphore(0)
        """Released with each line that comes in."""
        self.requests: list[Request] = []
        self.lines: list[tuple[str, Place, str, bool]] = []
        self.names = ["Meta", "Meta Superintelligence Labs"]
        self.asked: list[tuple[str, OptionKind, int]] = []
        self.watches: list[WatchInfo] = []
        self.stays: list[tuple[str, str]] = []
        """Who joined and who left."""
        self.known: list[str] = []
        """The workspaces that the store holds."""
        self.gone = asyncio.Event()

    async def answer(self, request: Request) -> Reply:
        self.requests.append(request)
        return await self._reply()

    async def answer_line(self, line: str, place: Place, author: str = "", may_configure: bool = True) -> Reply:
        self.lines.append((line, place, author, may_configure))
        self.heard.release()
        reply = await self._reply()
        return reply if reply.line else replace(reply, line=line)

    def parse_line(self, line: str, place: Place) -> Request:
        words = split_line(line)
        command = (
            self.commands.get(words[0].removeprefix("/"), self.commands["help"]) if words else self.commands["help"]
        )
        return Request(command.name, place, parse_options(command, words[1:]))

    async def suggest(self, typed: str, kind: OptionKind = OptionKind.NAME, limit: int = 25) -> list[str]:
        self.asked.append((typed, kind, limit))
        await self.ready.wait()
        return ["Europe/Berlin"] if kind is OptionKind.ZONE else self.names

    async def workspace_watches(self, platform: str, workspace: str) -> list[WatchInfo]:
        return self.watches

    async def joined(self, platform: str, workspace: str) -> None:
        self.stays.append(("joined", workspace))

    async def left(self, platform: str, workspace: str) -> None:
        self.stays.append(("left", workspace))
        self.gone.set()

    async def invited(self, platform: str, workspace: str, channel: str = "") -> None:
        self.stays.append(("invited", f"{workspace} {channel}".rstrip()))
        self.gone.set()

    async def workspaces(self, platform: str) -> list[str]:
        return self.known

    async def _reply(self) -> Reply:
        await self.ready.wait()
        if isinstance(self.reply, Exception):
            raise self.reply
        return self.reply


def settings_for(server: SlackServer, **more: Any) -> Settings:
    """What a bot that talks to this server is told."""
    known = {
        "slack_bot_token": server.bot_token,
        "slack_api_base_url": server.api,
        **({"slack_signing_secret": server.secret} if server.http else {"slack_app_token": server.app_token}),
    }
    return Settings(_env_file=None, **{**known, **more})
