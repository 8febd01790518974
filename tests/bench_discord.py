"""How soon Discord has its acknowledgement, and names while somebody types: python -m tests.bench_discord [COMMANDS].

A Discord on the loopback address dispatches commands, one every 20 ms, to the real adapter, whose answers take five
seconds; then it asks for names out of a store of 10,000, as somebody types them letter by letter. Measured is the time
from dispatch to the callback, as Discord would see it. Discord allows 3 s for both; the aims are 300 ms for 99 of 100
acknowledgements, and 100 ms for 95 of 100 lists of names.
"""

import asyncio
import logging
import os
import random
import resource
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine, insert

from bot import app
from bot.discord.adapter import Discord
from bot.router import Router
from bot.settings import Settings
from chat.reply import Reply
from chat.request import Request
from gazetteer.spelling import fold
from handlers import commands
from models.database import table, transaction
from models.entity import Alias, Entity
from signals.detector import Rules
from tests.bot.discord.people import FakeRouter
from tests.loopback.discord import TOKEN, DiscordServer
from tests.loopback.openapi import Description

SECONDS = 5.0
APART = 0.02
NAMES = 10_000
PARTS = (
    "an",
    "ber",
    "cor",
    "dal",
    "el",
    "fen",
    "gra",
    "hol",
    "in",
    "jor",
    "ka",
    "lum",
    "mer",
    "nov",
    "or",
    "pel",
    "zen",
)
TYPED = ("Meta Superintelligence", "claude opus 4.5", "Antropic", "gpt-5.2", "Qwen3.6-Plus", "zhipu", "xqzv", "Nova 77")


class Slow(FakeRouter):
    """Answers after five seconds, in a thread, as a handler would."""

    async def answer(self, request: Request) -> Reply:
        await asyncio.to_thread(time.sleep, SECONDS)
        return self.reply


def settings(server: DiscordServer, folder: Path) -> Settings:
    return Settings(
        _env_file=None,
        database_url=f"sqlite:///{folder / 'names.db'}",
        discord_token=TOKEN,  # type: ignore[arg-type]
        discord_api_base_url=server.api_url,
        discord_gateway_url=server.gateway_url,
    )


async def acknowledged(number: int, folder: Path) -> list[float]:
    """Milliseconds to the acknowledgement of each command, in order of size."""

    async def one(server: DiscordServer) -> float:
        started = time.perf_counter()
        response = await server.command("trend", {"name": "Meta"}, wait=False)
        await response.changed.wait()
        return 1000 * (time.perf_counter() - started)

    async with DiscordServer(Description(Path())) as server:  # its side must not cost us time
        bot = Discord(settings(server, folder), Slow(), commands(Rules()))  # type: ignore[arg-type]
        await bot.start()
        asked = []
        for _ in range(number):
            asked.append(asyncio.create_task(one(server)))
            await asyncio.sleep(APART)
        took = await asyncio.gather(*asked)
        await bot.stop()
    return sorted(took)


def made(chance: random.Random) -> str:
    """A name that nobody has."""
    return "".join(chance.choices(PARTS, k=3)).capitalize()


def fill(engine: Engine) -> int:
    """Makes up names until there are so many; how many there are."""
    chance = random.Random(7)
    with transaction(engine, writes=True) as session:
        held = session.connection()
        have = held.execute(table(Entity).select()).all()
        rows = [
            {"key": f"bench-{at}", "name": f"{made(chance)} {at % 97}", "kind": "model", "origin": "found"}
            for at in range(NAMES - len(have))
        ]
        held.execute(insert(Entity), rows)
        ids = {row.key: row.id for row in held.execute(table(Entity).select())}
        held.execute(
            insert(Alias),
            [
                {"entity_id": ids[row["key"]], "text": row["name"], "folded": fold(row["name"]), "rule": {}}
                for row in rows
            ],
        )
        return len(ids)


async def suggested(folder: Path) -> tuple[int, list[float]]:
    """Milliseconds to the names for each beginning that somebody types."""
    async with DiscordServer(Description(Path())) as server:
        configured = settings(server, folder)
        engine = app.open_store(configured)
        number = fill(engine)
        now = datetime(2026, 4, 9, 12, tzinfo=UTC)
        found = commands(Rules())
        bot = Discord(configured, Router(engine, found, lambda: now), found)
        await bot.start()
        took = []
        for words in TYPED:
            for length in range(len(words) + 1):
                started = time.perf_counter()
                await server.autocomplete("trend", "name", words[:length])
                took.append(1000 * (time.perf_counter() - started))
        await bot.stop()
        engine.dispose()
    return number, sorted(took)


def told(took: Sequence[float]) -> str:
    at = {share: took[min(int(len(took) * share), len(took) - 1)] for share in (0.5, 0.95, 0.99)}
    return f"p50 {at[0.5]:.0f}, p95 {at[0.95]:.0f}, p99 {at[0.99]:.0f}, most {took[-1]:.0f}"


def main() -> None:
    """Prints the figures."""
    logging.getLogger().setLevel(logging.CRITICAL)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        os.environ.pop(name, None)
        os.environ.pop(name.lower(), None)
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with TemporaryDirectory() as folder:
        took = asyncio.run(acknowledged(number, Path(folder)))
        print(f"{number} commands, each answered after {SECONDS:g} s; milliseconds to the acknowledgement:")
        print(told(took))
        names, took = asyncio.run(suggested(Path(folder)))
        print(f"{len(took)} lists of names out of {names:,}; milliseconds from dispatch to callback:")
        print(told(took))
    cpu = resource.getrusage(resource.RUSAGE_SELF)
    print(f"CPU {cpu.ru_utime + cpu.ru_stime:.1f} s, Discord's side included")


if __name__ == "__main__":
    main()
