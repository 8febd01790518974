"""One poll of the configured feeds, end to end: fetch those that are due, take their items in, note how it went."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import structlog
from sqlalchemy import Engine
from sqlmodel import col, select

from catalogue.read import CatalogueError, lines
from catalogue.spelling import tidy
from ingest.feeds import FeedError, parse
from ingest.fetch import Fetched, FetchError, client, fetch
from ingest.files import Reject
from ingest.item import NAME, Item
from ingest.pipeline import BATCH, Added, Ingest
from models.database import transaction
from models.loaded import digest, is_loaded, note_loaded
from models.source import Source, feeds

log = structlog.get_logger()

LOADED = "sources"

AT_ONCE = 8
"""Feeds fetched side by side."""

FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=10), timedelta(hours=24)
"""How long a feed that fails is left alone: doubled with each failure in a row."""


@dataclass
class Polled:
    """How a poll went."""

    feeds: int = 0
    waiting: int = 0
    """Feeds that are left alone until later."""
    unchanged: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    """The reason for each feed that failed, by name."""
    added: Added = field(default_factory=Added)
    rejects: list[Reject] = field(default_factory=list)

    def __str__(self) -> str:
        waiting = f", {self.waiting} left alone for now" if self.waiting else ""
        return (
            f"{self.feeds} feeds read: {self.added.new} new articles, {self.unchanged} unchanged, "
            f"{len(self.failed)} failed, {len(self.rejects)} items rejected{waiting}"
        )


def own_file() -> Path:
    """The list of feeds that comes with the program."""
    return Path(str(files("catalogue"))) / "sources.toml"


def configure(engine: Engine, path: Path | None = None) -> None:
    """Makes the polled feeds those of the list; one that is gone from it is kept as a source, but not polled.

    Raises CatalogueError with the file and line of each mistake.
    """
    path = path or own_file()
    files_wanted = digest([path])
    with transaction(engine) as session:
        if is_loaded(session, LOADED, files_wanted):
            return
    wanted = _wanted(path)
    with transaction(engine, writes=True) as session:
        known = {source.name: source for source in session.exec(select(Source).where(col(Source.name).in_(wanted)))}
        for source in feeds(session):
            if source.name not in wanted:
                source.url = ""
        for name, url in wanted.items():
            source = known.get(name) or Source(name=name)
            if source.url != url:
                source.url, source.etag, source.modified, source.due_at, source.failures = url, "", "", None, 0
            session.add(source)
        note_loaded(session, LOADED, files_wanted)


def poll(engine: Engine, now: datetime, every: bool = False) -> Polled:
    """Fetches the feeds that are due (or every one) and takes in what is new. One bad feed never stops the rest."""
    with transaction(engine) as session:
        listed = feeds(session)
        due = [source for source in listed if every or source.due_at is None or source.due_at <= now]
        session.expunge_all()
    done = Polled(feeds=len(due), waiting=len(listed) - len(due))
    if not due:
        return done
    ingest = Ingest(engine)
    with client() as http, ThreadPoolExecutor(AT_ONCE) as pool:
        for source, answer in zip(due, pool.map(lambda source: _answer(http, source), due), strict=True):
            _take(engine, ingest, source, answer, now, done)
    return done


def _answer(http: httpx.Client, source: Source) -> Fetched | FetchError:
    try:
        return fetch(http, source.url, source.etag, source.modified)
    except FetchError as error:
        return error


def _take(
    engine: Engine, ingest: Ingest, source: Source, answer: Fetched | FetchError, now: datetime, done: Polled
) -> None:
    if isinstance(answer, Fetched) and answer.data is not None:
        try:
            items = []
            for entry in parse(answer.data, source.name, now):
                if isinstance(entry, Item):
                    items.append(entry)
                else:
                    done.rejects.append(Reject(source.url, entry.place, entry.reason, entry.text))
            for start in range(0, len(items), BATCH):
                done.added += ingest.add(items[start : start + BATCH], now)
        except FeedError as error:
            answer = FetchError(str(error))
    with transaction(engine, writes=True) as session:
        row = session.get_one(Source, source.id)
        row.polled_at = now
        if isinstance(answer, FetchError):
            done.failed[source.name] = answer.reason
            log.info("feed failed", source=source.name, reason=answer.reason, failures=row.failures + 1)
            row.failures += 1
            row.error = answer.reason
            wait = min(FIRST_WAIT * 2 ** min(row.failures - 1, 10), LONGEST_WAIT)
            row.due_at = now + max(wait, timedelta(seconds=min(answer.wait or 0, LONGEST_WAIT.total_seconds())))
        else:
            done.unchanged += answer.data is None
            row.etag, row.modified = answer.etag, answer.modified
            row.failures, row.error, row.due_at = 0, "", None


def _wanted(path: Path) -> dict[str, str]:
    tables, places = lines(path)
    mistakes: list[str] = []
    found: dict[str, str] = {}
    for table, rows in tables.items():
        if table != "source" or not isinstance(rows, dict):
            mistakes.append(f"{path}:1: only lines under [source] are read here, not “{table}”")
    for key, row in tables.get("source", {}).items() if not mistakes else ():
        where = f"{path}:{places.get(('source', key), 1)}"
        name, url = (row.get("name", ""), row.get("url", "")) if isinstance(row, dict) else ("", "")
        # As items carry it, so that a feed and its articles are one source.
        name = tidy(name)[:NAME] if isinstance(name, str) else ""
        if not name:
            mistakes.append(f"{where}: “{key}” has no name")
        elif not isinstance(url, str) or urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
            mistakes.append(f"{where}: “{key}” has no http address")
        elif name in found:
            mistakes.append(f"{where}: the name “{name}” stands twice: give each feed its own")
        else:
            found[name] = url
    if mistakes:
        raise CatalogueError(mistakes)
    return found
