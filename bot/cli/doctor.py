"""`trendbot doctor`: looks at everything a bot needs, and says what is missing and how to mend it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import typer

from bot.cli.console import FAILURE, console_settings

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from bot.platform import Finding
    from bot.settings import Settings

app = typer.Typer()

ROOM = 1 << 30
"""Bytes that must be free beside the store: a month of news takes about a tenth."""

BASELINE_DAYS = 28
"""Days with news from which the detector has enough to compare with."""

STALE = timedelta(days=1.5)
"""Without any article for so long something is wrong: the quietest Sunday has some."""

ASKED = 3
"""Sources that are asked to see whether there is a network: seldom are so many down at once."""


@app.command()
def doctor() -> None:
    """Look at tokens, permissions, store, disk, network, sources and baseline; say how to mend what is missing."""
    with console_settings() as settings:
        if not asyncio.run(_look(settings)):
            raise typer.Exit(FAILURE)


async def _look(settings: "Settings") -> bool:
    good = True
    async for finding in _findings(settings):
        print(f"{'ok     ' if finding.good else 'trouble'}  {finding.text}", flush=True)
        good = good and finding.good
    print("All is well." if good else "Something is missing: mend the lines that say trouble, then run this again.")
    return good


async def _findings(settings: "Settings") -> "AsyncIterator[Finding]":
    from sqlalchemy.exc import DBAPIError

    from bot import app as parts
    from bot.platform import Finding
    from models.database import StoreError, store_trouble

    now = parts.clock(settings)()
    try:
        engine = parts.open_store(settings)
        for finding in _store(engine, settings, now):
            yield finding
        if network := await asyncio.to_thread(_network, engine, settings):
            yield network
    except StoreError as error:
        yield Finding(False, str(error))
    except DBAPIError as error:
        yield Finding(False, store_trouble(error))
    if not settings.discord and not settings.slack:
        yield Finding(False, "No platform is set up: `trendbot setup discord` or `trendbot setup slack` says how.")
    if settings.discord:
        from bot.discord import setup as discord

        async for finding in discord.findings(settings, []):
            yield finding
    if settings.slack:
        from bot.slack.app import setup as slack

        async for finding in slack.findings(settings, []):
            yield finding


def _store(engine: "Engine", settings: "Settings", now: datetime) -> "Iterator[Finding]":
    """What the store says of itself, and whether there is room for more."""
    from bot.platform import Finding
    from models.count import days_with_news, hour_of, last_read, start_of
    from models.database import transaction
    from models.outbox import failed_messages
    from models.schedule import last_runs
    from models.source import SourceState, polled_sources, source_state

    with transaction(engine) as session:
        newest = last_read(session, hour_of(now))
        days = days_with_news(session, now)
        states = [source_state(one, now) for one in polled_sources(session)]
        failed = failed_messages(session)
        jobs = [one for one in last_runs(session) if one.error]
    yield Finding(True, f"The store at {engine.url.render_as_string(hide_password=True)} is open and up to date.")
    if engine.dialect.name == "sqlite":
        yield _disk(engine)
    if newest is None or now - start_of(newest) > STALE:
        since = f"since {start_of(newest):%-d %b %Y}" if newest else "so far"
        yield Finding(
            False, f"No news {since}: start the bot (`trendbot run`), which reads its sources, or run `trendbot poll`."
        )
    else:
        yield Finding(True, f"The newest article is of {start_of(newest):%-d %b %Y, %H:%M} UTC.")
    enough = days >= BASELINE_DAYS
    yield Finding(
        enough,
        f"{days} of the last 90 days have news to compare with"
        + (
            "."
            if enough
            else f"; {BASELINE_DAYS} are enough: `trendbot backfill --since {now - timedelta(days=60):%Y-%m-%d}`."
        ),
    )
    failing = sum(state in (SourceState.FAILING, SourceState.GONE) for state in states)
    yield Finding(
        bool(states) and failing * 2 <= len(states),
        f"{len(states) - failing} of {len(states)} sources can be read"
        + ("." if not failing else "; `trendbot sources list --state failing` shows the others."),
    )
    yield Finding(
        not failed,
        "No message is undelivered."
        if not failed
        else f"{len(failed)} could not be delivered, the last one because: {failed[-1].error} "
        "`trendbot outbox list --state failed` shows them, `trendbot outbox retry --all` tries again.",
    )
    for job in jobs:
        yield Finding(False, f"The job {job.name} failed in its last run ({job.error}): see the log.")
    if not settings.contact:
        yield Finding(False, "TRENDBOT_CONTACT is empty: set it to a mail address or page, which servers may ask for.")


def _disk(engine: "Engine") -> "Finding":
    from bot.platform import Finding
    from models.database import free_bytes

    free = free_bytes(engine)
    text = f"{free / (1 << 30):.1f} GB are free on the store's disk"
    return Finding(free >= ROOM, f"{text}." if free >= ROOM else f"{text}: make room, or set TRENDBOT_KEEP_DAYS.")


def _network(engine: "Engine", settings: "Settings") -> "Finding | None":
    """Whether any of the first sources answers; None where none is read over HTTP."""
    from bot.platform import Finding
    from ingest.http.fetch import FetchError, fetch, http_client
    from models.database import transaction
    from models.source import polled_sources

    with transaction(engine) as session:
        urls = [
            one.url for one in polled_sources(session) if one.url and one.url.startswith("http") and not one.failures
        ]
    reasons = []
    with http_client(settings.contact) as http:
        for url in urls[:ASKED]:
            try:
                fetch(http, url)
            except FetchError as error:
                reasons.append(error.reason)
            else:
                return Finding(True, "The network can be reached.")
    if not reasons:
        return None
    return Finding(
        False, f"No source can be reached ({reasons[0]}): see the network, its proxy (HTTPS_PROXY) and its firewall."
    )
