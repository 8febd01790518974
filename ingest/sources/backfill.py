"""The past of sources that have an archive: a page at a time, politely, to be stopped anywhere and gone on with.

    kind.past -> page -> store -> how far it came (in the source's memory) -> the next page

What comes in so is counted in its days. What of it is of the last days is history: no occasion for an alert.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import sleep
from typing import Any

import structlog
from sqlalchemy import Engine

from ingest.articles.item import Item
from ingest.http.fetch import FetchError, http_client
from ingest.http.politeness import PoliteClient, ServerBusy, server_of
from ingest.pipeline import BATCH, BatchReport, Ingest
from ingest.sources.kinds import KINDS
from ingest.sources.kinds.base import KindError, SourceKind, SourceResult, Unchanged
from ingest.sources.poll import PAST, PollSettings, SourceReading, shorten_text, source_request
from models.database import chunks, transaction
from models.host import hosts
from models.source import Source, SourceState, polled_sources

log = structlog.get_logger()

FRESH = timedelta(days=2)
"""How new an article must be to count in a window that is still looked at."""

LONGEST_WAIT = 120.0
"""Seconds that a server may ask us to wait; for a longer rest the source is left, to be gone on with later."""

TRIES = 4
"""How often a page is asked for that can't be had."""


@dataclass
class BackfillReport:
    """How the past of one source went."""

    source: str
    added: int = 0
    known: int = 0
    back_to: datetime | None = None
    """The oldest article that was seen."""
    problem: str = ""
    """Why it ended before its time, as the rest of a sentence that begins with the source's name."""
    done: bool = False
    """It had been read that far before."""

    def __str__(self) -> str:
        if self.done:
            return f"{self.source}: read that far before."
        back = f", back to {self.back_to:%Y-%m-%d}" if self.back_to else ""
        end = f". It {self.problem}; run the same again to go on" if self.problem else ""
        return f"{self.source}: {self.added:,} new articles, {self.known:,} known already{back}{end}."


Progress = Callable[[BackfillReport], None]


def sources_with_archive(sources: Sequence[Source]) -> list[Source]:
    """The sources that have a past that can be asked for."""
    return [one for one in sources if one.kind in KINDS and KINDS[one.kind].past is not None]


def backfill_sources(
    engine: Engine,
    since: datetime,
    now: datetime,
    names: Sequence[str] = (),
    manner: PollSettings | None = None,
    progress: Progress | None = None,
) -> Iterator[BackfillReport]:
    """Reads the past of some sources (all that have one), one after the other; says of each how it went."""
    manner = manner or PollSettings()
    with transaction(engine) as session:
        wanted = {name.casefold() for name in names}
        every = sources_with_archive(polled_sources(session, paused=bool(wanted)))
        some = [one for one in every if not wanted or one.name.casefold() in wanted]
        some = [one for one in some if wanted or one.state != SourceState.PAUSED]
        known = hosts(session, (server_of(one.url) for one in some))
        session.expunge_all()
    ingest = Ingest(engine)
    with http_client(manner.contact) as http:
        web = PoliteClient(http, known, now, manner.requests)
        for source in some:
            yield _fill(engine, ingest, web, source, since, now, manner, progress or (lambda _: None))
            with transaction(engine, writes=True) as session:
                for host in list(web.hosts.values()):
                    session.merge(host)


def _fill(
    engine: Engine,
    ingest: Ingest,
    web: PoliteClient,
    source: Source,
    since: datetime,
    now: datetime,
    manner: PollSettings,
    progress: Progress,
) -> BackfillReport:
    found = BackfillReport(source.name)
    place = _place(source, since, now)
    if place["done"]:
        found.done = True
        return found
    until = datetime.fromisoformat(place["until"])
    kind = KINDS[source.kind]
    failures = 0
    while True:
        try:
            for told in _pages(web, source, kind, place["memory"], since, until, now, manner):
                _take(engine, ingest, source, told, since, until, now, manner, found)
                place["memory"], failures = told.memory, 0
                _remember(engine, source, place)
                progress(found)
            place["done"] = True
            _remember(engine, source, place)
            return found
        except KindError as error:
            found.problem = str(error)
            return found
        except Unchanged:
            found.problem = "says that nothing has changed, though it was asked for its past"
            return found
        except FetchError as error:
            failures += 1
            wait = error.wait if error.wait is not None else 5.0 * 2**failures
            lasting = 400 <= error.status < 500 and error.status not in (408, 425, 429)
            if (
                lasting
                or failures >= TRIES
                or wait > LONGEST_WAIT
                or (isinstance(error, ServerBusy) and error.wait is None)
            ):
                found.problem = error.reason
                return found
            log.info("past waits", source=source.name, reason=error.reason, seconds=wait)
            sleep(wait)
        except Exception as error:
            # A kind that stumbles over one page must not end the others.
            log.exception("past not read", source=source.name)
            found.problem = f"can't be read ({type(error).__name__})"
            return found


def _pages(
    web: PoliteClient,
    source: Source,
    kind: SourceKind,
    memory: Any,
    since: datetime,
    until: datetime,
    now: datetime,
    manner: PollSettings,
) -> Iterator[SourceResult]:
    # Without the tags of its last reading: a past is asked for, whether anything is new or not.
    bare = Source(**source.model_dump(exclude={"id", "etag", "modified", "memory"}), memory=memory)
    asked = source_request(web, bare, kind, now, manner, SourceReading(bare))
    return kind.past(asked, since, until) if kind.past else iter(())


def _take(
    engine: Engine,
    ingest: Ingest,
    source: Source,
    told: SourceResult,
    since: datetime,
    until: datetime,
    now: datetime,
    manner: PollSettings,
    found: BackfillReport,
) -> None:
    items = [
        shorten_text(one, manner.summary)
        for one in told.items
        if isinstance(one, Item) and since <= one.published_at <= until
    ]
    if not items:
        return
    oldest = min(one.published_at for one in items)
    found.back_to = oldest if found.back_to is None else min(found.back_to, oldest)
    added = BatchReport()
    for lot in chunks(items, BATCH):
        added += ingest.add(lot, now)
    found.added += added.new
    found.known += added.known
    if added.new and any(one.published_at > now - FRESH for one in items):
        with transaction(engine, writes=True) as session:
            row = session.get_one(Source, source.id)
            if row.history_last is None or row.history_first is None or found.added == added.new:
                row.history_first = added.first
            row.history_last = added.last


def _place(source: Source, since: datetime, now: datetime) -> dict[str, Any]:
    """How far the past of a source was read; from the start if it is to go further back than before."""
    place = source.memory.get(PAST)
    if isinstance(place, dict) and datetime.fromisoformat(place["since"]) <= since:
        return dict(place)
    return {"since": since.isoformat(), "until": now.astimezone(UTC).isoformat(), "memory": {}, "done": False}


def _remember(engine: Engine, source: Source, place: dict[str, Any]) -> None:
    with transaction(engine, writes=True) as session:
        row = session.get_one(Source, source.id)
        # A new value: a change inside the old one would not be seen.
        row.memory = {**row.memory, PAST: dict(place)}
