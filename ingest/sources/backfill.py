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
from ingest.sources.poll import ARCHIVE_KEY, PollSettings, SourceReading, shorten_text, source_request
from models.database import chunks, transaction
from models.host import hosts
from models.source import Source, SourceState, polled_sources

log = structlog.get_logger()

ALERT_WINDOW = timedelta(days=2)
"""How new an article must be to count in a window that is still looked at."""

MAX_WAIT = 120.0
"""Seconds that a server may ask us to wait; for a longer rest the source is left, to be gone on with later."""

ATTEMPTS = 4
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
    complete: bool = False
    """It had been read that far before."""

    def __str__(self) -> str:
        if self.complete:
            return f"{self.source}: read that far before."
        back = f", back to {self.back_to:%Y-%m-%d}" if self.back_to else ""
        end = f". It {self.problem}; run the same again to go on" if self.problem else ""
        return f"{self.source}: {self.added:,} new articles, {self.known:,} known already{back}{end}."


Progress = Callable[[BackfillReport], None]


def sources_with_archive(sources: Sequence[Source]) -> list[Source]:
    """The sources that have a past that can be asked for."""
    return [source for source in sources if source.kind in KINDS and KINDS[source.kind].archive is not None]


def backfill_sources(
    engine: Engine,
    since: datetime,
    now: datetime,
    names: Sequence[str] = (),
    settings: PollSettings | None = None,
    progress: Progress | None = None,
) -> Iterator[BackfillReport]:
    """Reads the past of some sources (all that have one), one after the other; says of each how it went."""
    settings = settings or PollSettings()
    with transaction(engine) as session:
        wanted = {name.casefold() for name in names}
        candidates = sources_with_archive(polled_sources(session, paused=bool(wanted)))
        chosen = [source for source in candidates if not wanted or source.name.casefold() in wanted]
        chosen = [source for source in chosen if wanted or source.state != SourceState.PAUSED]
        known = hosts(session, (server_of(source.url) for source in chosen))
        session.expunge_all()
    ingest = Ingest(engine)
    with http_client(settings.contact) as http:
        web = PoliteClient(http, known, now, settings.requests)
        for source in chosen:
            yield _backfill(engine, ingest, web, source, since, now, settings, progress or (lambda _: None))
            with transaction(engine, writes=True) as session:
                for host in list(web.hosts.values()):
                    session.merge(host)


def _backfill(
    engine: Engine,
    ingest: Ingest,
    web: PoliteClient,
    source: Source,
    since: datetime,
    now: datetime,
    settings: PollSettings,
    progress: Progress,
) -> BackfillReport:
    report = BackfillReport(source.name)
    position = _archive_position(source, since, now)
    if position["done"]:
        report.complete = True
        return report
    until = datetime.fromisoformat(position["until"])
    kind = KINDS[source.kind]
    failures = 0
    while True:
        try:
            for result in _pages(web, source, kind, position["memory"], since, until, now, settings):
                _take(engine, ingest, source, result, since, until, now, settings, report)
                position["memory"], failures = result.memory, 0
                _store_position(engine, source, position)
                progress(report)
            position["done"] = True
            _store_position(engine, source, position)
            return report
        except KindError as error:
            report.problem = str(error)
            return report
        except Unchanged:
            report.problem = "says that nothing has changed, though it was asked for its past"
            return report
        except FetchError as error:
            failures += 1
            wait = error.retry_after if error.retry_after is not None else 5.0 * 2**failures
            permanent = 400 <= error.status < 500 and error.status not in (408, 425, 429)
            if (
                permanent
                or failures >= ATTEMPTS
                or wait > MAX_WAIT
                or (isinstance(error, ServerBusy) and error.retry_after is None)
            ):
                report.problem = error.reason
                return report
            log.info("past waits", source=source.name, reason=error.reason, seconds=wait)
            sleep(wait)
        except Exception as error:
            # A kind that stumbles over one page must not end the others.
            log.exception("past not read", source=source.name)
            report.problem = f"can't be read ({type(error).__name__})"
            return report


def _pages(
    web: PoliteClient,
    source: Source,
    kind: SourceKind,
    memory: Any,
    since: datetime,
    until: datetime,
    now: datetime,
    settings: PollSettings,
) -> Iterator[SourceResult]:
    # Without the tags of its last reading: a past is asked for, whether anything is new or not.
    untagged = Source(**source.model_dump(exclude={"id", "etag", "modified", "memory"}), memory=memory)
    request = source_request(web, untagged, kind, now, settings, SourceReading(untagged))
    return kind.archive(request, since, until) if kind.archive else iter(())


def _take(
    engine: Engine,
    ingest: Ingest,
    source: Source,
    result: SourceResult,
    since: datetime,
    until: datetime,
    now: datetime,
    settings: PollSettings,
    report: BackfillReport,
) -> None:
    items = [
        shorten_text(item, settings.summary)
        for item in result.items
        if isinstance(item, Item) and since <= item.published_at <= until
    ]
    if not items:
        return
    oldest = min(item.published_at for item in items)
    report.back_to = oldest if report.back_to is None else min(report.back_to, oldest)
    added = BatchReport()
    for batch in chunks(items, BATCH):
        added += ingest.add(batch, now)
    report.added += added.new
    report.known += added.known
    if added.new and any(item.published_at > now - ALERT_WINDOW for item in items):
        with transaction(engine, writes=True) as session:
            row = session.get_one(Source, source.id)
            if row.history_last is None or row.history_first is None or report.added == added.new:
                row.history_first = added.first
            row.history_last = added.last


def _archive_position(source: Source, since: datetime, now: datetime) -> dict[str, Any]:
    """How far the past of a source was read; from the start if it is to go further back than before."""
    position = source.memory.get(ARCHIVE_KEY)
    if isinstance(position, dict) and datetime.fromisoformat(position["since"]) <= since:
        return dict(position)
    return {"since": since.isoformat(), "until": now.astimezone(UTC).isoformat(), "memory": {}, "done": False}


def _store_position(engine: Engine, source: Source, position: dict[str, Any]) -> None:
    with transaction(engine, writes=True) as session:
        row = session.get_one(Source, source.id)
        # A new value: a change inside the old one would not be seen.
        row.memory = {**row.memory, ARCHIVE_KEY: dict(position)}
