"""Reads the archives of sources that have one: page by page, politely, and resumable at any point.

    kind.archive -> page -> store -> position saved in the source's memory -> next page

What it brings counts in its own days. Articles of the last days are marked as history, so that they raise no alert.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import sleep
from typing import Any

from sqlalchemy import Connection, Engine
from sqlmodel import Session

from ingest.articles.item import Item
from ingest.http.fetch import FetchError, http_client
from ingest.http.politeness import PoliteClient, ServerBusy, server_of
from ingest.http.source_keys import hide_keys
from ingest.pipeline import BATCH, BatchReport, Ingest
from ingest.sources.kinds import KINDS
from ingest.sources.kinds.base import KindError, SourceKind, SourceResult, Unchanged
from ingest.sources.poll import ARCHIVE_KEY
from ingest.sources.reading import PollSettings, SourceReading, shorten_text, source_request, without_keys
from models.database import chunks, transaction
from models.host import hosts
from models.source import Source, SourceState, polled_sources

log = logging.getLogger(__name__)

ALERT_WINDOW = timedelta(days=2)
"""How recent an article must be to fall into a window that is still being watched for spikes."""

MAX_WAIT = 120.0
"""Maximum seconds we wait for a server; if it asks for more, the source is left for a later run."""

ATTEMPTS = 4
"""Attempts per page."""


@dataclass
class BackfillReport:
    """How the backfill of one source went."""

    source: str
    added: int = 0
    known: int = 0
    back_to: datetime | None = None
    """The date of the oldest article seen."""
    problem: str = ""
    """Why it stopped early; completes a sentence that begins with the source's name."""
    complete: bool = False
    """Whether an earlier run had already read that far."""

    def __str__(self) -> str:
        if self.complete:
            return f"{self.source}: already read that far back."
        back = f", back to {self.back_to:%Y-%m-%d}" if self.back_to else ""
        end = f". It {self.problem}; run the same command again to continue" if self.problem else ""
        return f"{self.source}: {self.added:,} new articles, {self.known:,} already known{back}{end}."


Progress = Callable[[BackfillReport], None]


def sources_with_archive(sources: Sequence[Source]) -> list[Source]:
    """The sources that have an archive."""
    return [source for source in sources if source.kind in KINDS and KINDS[source.kind].archive is not None]


def backfill_sources(
    engine: Engine,
    since: datetime,
    now: datetime,
    names: Sequence[str] = (),
    settings: PollSettings | None = None,
    progress: Progress | None = None,
) -> Iterator[BackfillReport]:
    """Reads the archives of the named sources (or of all that have one), one after the other; yields a report for each.

    `since` is how far to go back. Errors of a source end up in its report and are not raised.
    """
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
            for page in _pages(web, source, kind, position["memory"], since, until, now, settings):
                result = without_keys(page, settings.keys)
                _take(ingest, source, result, since, until, now, settings, report)
                position["memory"], failures = result.memory, 0
                _store_position(engine, source, position)
                progress(report)
            position["done"] = True
            _store_position(engine, source, position)
            return report
        except KindError as error:
            report.problem = hide_keys(str(error), settings.keys)
            return report
        except Unchanged:
            report.problem = "reports no change although its archive was requested"
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
                report.problem = hide_keys(error.reason, settings.keys)
                return report
            reason = hide_keys(error.reason, settings.keys)
            log.info("backfill waits", extra={"source": source.name, "reason": reason, "seconds": wait})
            sleep(wait)
        except Exception:
            # A kind that fails on one page must not stop the others.
            log.exception("backfill failed", extra={"source": source.name})
            report.problem = "can't be read: the log has the details"
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
    # Without the validators (ETag, Last-Modified) of the last poll: the archive is wanted whether or not anything is
    # new.
    untagged = Source(**source.model_dump(exclude={"id", "etag", "modified", "memory"}), memory=memory)
    request = source_request(web, untagged, kind, now, settings, SourceReading(untagged))
    return kind.archive(request, since, until) if kind.archive else iter(())


def _take(
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
    recent = any(item.published_at > now - ALERT_WINDOW for item in items)

    def record(connection: Connection, added: BatchReport) -> None:
        """Runs in the transaction of the articles, which would count as news without this mark."""
        if not (recent and added.new):
            return
        with Session(connection) as session:
            row = session.get_one(Source, source.id)
            if row.history_last is None or row.history_first is None or not report.added:
                row.history_first = added.first
            row.history_last = added.last
            session.commit()

    for batch in chunks(items, BATCH):
        added = ingest.add(batch, now, record=record)
        report.added += added.new
        report.known += added.known


def _archive_position(source: Source, since: datetime, now: datetime) -> dict[str, Any]:
    """How far the archive was read; from the start again if this run goes further back."""
    position = source.memory.get(ARCHIVE_KEY)
    if isinstance(position, dict) and datetime.fromisoformat(position["since"]) <= since:
        return dict(position)
    return {"since": since.isoformat(), "until": now.astimezone(UTC).isoformat(), "memory": {}, "done": False}


def _store_position(engine: Engine, source: Source, position: dict[str, Any]) -> None:
    with transaction(engine, writes=True) as session:
        row = session.get_one(Source, source.id)
        # A new dict: a change inside the old one would go unnoticed.
        row.memory = {**row.memory, ARCHIVE_KEY: dict(position)}
