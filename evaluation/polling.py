"""Times polling: many feeds on loopback addresses, each answering with the latency of a distant server.

The servers run in another process, so that they use none of the poller's time. Needs Linux, where a program can listen
on any address of 127.0.0.0/8.
"""

import asyncio
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from time import perf_counter, process_time

from aiohttp import web
from sqlalchemy import Engine

from gazetteer.opml import ListedSource
from ingest.relinking import gazetteer_changes
from ingest.sources.poll import PollReport, poll_sources
from ingest.sources.registry import add_list
from migrations import upgrade
from models.database import connect

NAMES = ("OpenAI", "Anthropic", "Meta", "Google", "NVIDIA", "Mistral", "DeepSeek", "Cohere", "Databricks", "Qwen")
WORDS = "opens data centre model chip raises study plans hires tool price launch court law power school bank".split()  # noqa: SIM905


@dataclass(frozen=True)
class PollingRound:
    """One poll of all feeds."""

    done: PollReport
    seconds: float
    cpu: float
    """CPU seconds of the poller's process."""


def evaluate_polling(feeds: int, hosts: int, latency: float, items: int, now: datetime) -> list[PollingRound]:
    """Polls three times on a temporary store: all new, nothing changed, one new item in each feed.

    `latency` is in seconds.
    """
    rounds = []
    with tempfile.TemporaryDirectory() as folder, _served(hosts, latency, items, now) as (addresses, more):
        engine = connect(f"sqlite:///{Path(folder)}/polling.db")
        upgrade(engine)
        gazetteer_changes.load_gazetteer(engine)
        add_list(
            engine,
            [ListedSource(f"Feed {n}", f"http://{addresses[n % len(addresses)]}/{n}.xml") for n in range(feeds)],
            "operator",
        )
        for number in range(3):
            if number == 2:
                more.send(1)
                more.recv()
            rounds.append(_round(engine, now + timedelta(minutes=30 * number)))
        engine.dispose()
    return rounds


def _round(engine: Engine, now: datetime) -> PollingRound:
    start, cpu = perf_counter(), process_time()
    done = poll_sources(engine, now, force=True)
    return PollingRound(done, perf_counter() - start, process_time() - cpu)


@contextmanager
def _served(hosts: int, latency: float, items: int, now: datetime) -> "Iterator[tuple[list[str], Connection]]":
    """Runs the servers; yields their addresses and a connection: a number sent adds as many items to each feed."""
    context = get_context("spawn")
    mine, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, hosts, latency, items, now), daemon=True)
    process.start()
    try:
        yield mine.recv(), mine
    finally:
        process.terminate()
        process.join()


def _serve(line: Connection, hosts: int, latency: float, items: int, now: datetime) -> None:
    asyncio.run(_answer(line, hosts, latency, items, now))


async def _answer(line: Connection, hosts: int, latency: float, items: int, now: datetime) -> None:
    added = 0

    async def feed(request: web.Request) -> web.Response:
        await asyncio.sleep(latency)
        tag = f'"{added}"'
        if request.headers.get("If-None-Match") == tag:
            return web.Response(status=304)
        text = _feed(int(request.match_info["number"]), items, added, now)
        return web.Response(text=text, content_type="application/rss+xml", headers={"ETag": tag})

    async def other(_: web.Request) -> web.Response:
        await asyncio.sleep(latency)
        return web.Response(status=404)

    app = web.Application()
    app.router.add_get("/{number}.xml", feed)
    app.router.add_get("/{rest:.*}", other)
    runner = web.AppRunner(app)
    await runner.setup()
    addresses = []
    port = 0
    for number in range(hosts):
        site = web.TCPSite(runner, f"127.0.{1 + number // 250}.{1 + number % 250}", port)
        await site.start()
        port = port or runner.addresses[0][1]
        addresses.append(f"127.0.{1 + number // 250}.{1 + number % 250}:{port}")
    line.send(addresses)
    while True:
        added += await asyncio.to_thread(line.recv)
        line.send(added)


def _feed(number: int, items: int, added: int, now: datetime) -> str:
    """A feed of generated headlines, newest first."""
    rows = []
    for place in reversed(range(items + added)):
        words = Random(f"{number} {place}")  # noqa: S311 - the same headlines every time
        title = f"{words.choice(NAMES)} {' '.join(words.sample(WORDS, 6))} {number}-{place}"
        at = now - timedelta(hours=3 * (items - place) - number % 3)
        rows.append(
            f"<item><title>{title}</title><link>https://feed{number}.example/{place}</link><guid>{place}</guid>"
            f"<pubDate>{format_datetime(min(at, now).astimezone(UTC))}</pubDate>"
            f"<description>{' '.join(words.choices(WORDS, k=40))}</description></item>"
        )
    return f'<rss version="2.0"><channel><title>Feed {number}</title>{"".join(rows)}</channel></rss>'
