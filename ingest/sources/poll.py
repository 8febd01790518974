"""One round of polling: reads due sources in parallel, stores what is new, and records how each source is doing.

    due -> grouped by server -> threads, one server each (ingest.http.politeness, ingest.sources.kinds) -> items
        -> store -> state of the source

A bad source never stops the others, and one that hangs is abandoned.
"""

import contextlib
import logging
import queue
import random
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from statistics import median
from time import monotonic

from sqlalchemy import Connection, Engine
from sqlmodel import Session

from ingest.articles.item import Item
from ingest.formats.files import Reject
from ingest.http.fetch import MAX_SECONDS, FetchError, http_client
from ingest.http.politeness import PoliteClient, ServerBusy, server_of
from ingest.http.source_keys import hide_keys
from ingest.pipeline import BATCH, BatchReport, Ingest
from ingest.sources.interval import is_flood, items_per_day, next_interval
from ingest.sources.reading import PollSettings, SourceReading, read_source, shorten_text
from models.count import hour_of
from models.database import transaction
from models.host import hosts
from models.source import Source, SourceState, polled_sources, source_state
from signals.expectation.exposure import NEW, flood_limit

log = logging.getLogger(__name__)

THREADS = 32
"""Servers read in parallel."""

FIRST_RETRY, MAX_RETRY = timedelta(minutes=10), timedelta(hours=24)
"""How long a failing source is left alone: doubled with each failure in a row, up to a maximum."""

BATCH_READINGS = 100
"""Sources whose items are stored together, if that many are ready."""

GIVE_UP_AFTER = 2 * MAX_SECONDS
"""Seconds after which a source that neither answers nor fails is abandoned."""


ARCHIVE_KEY = "past"
"""Key in a source's memory for how far its archive was read (ingest.sources.backfill)."""

NOT_READING = (0.0, Source(name=""))
"""Stands for "no reading in progress"."""


@dataclass
class PollReport:
    """How a round went."""

    feeds: int = 0
    waiting: int = 0
    """Sources that were not due."""
    unchanged: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    """The reason for each source that failed, by name."""
    moved: dict[str, str] = field(default_factory=dict)
    """The new address of each source that has moved, by name."""
    added: BatchReport = field(default_factory=BatchReport)
    rejects: list[Reject] = field(default_factory=list)

    def __str__(self) -> str:
        waiting = f", {self.waiting} not due" if self.waiting else ""
        return (
            f"{self.feeds} feeds read: {self.added.new} new articles, {self.unchanged} unchanged, "
            f"{len(self.failed)} failed, {len(self.rejects)} items rejected{waiting}"
        )


def poll_sources(
    engine: Engine,
    now: datetime,
    force: bool = False,
    settings: PollSettings | None = None,
    due_only: bool = False,
    seconds: float | None = None,
) -> PollReport:
    """Reads the sources that are due, or all of them with `force`, and stores what is new.

    Without `due_only`, sources are read before their time unless they are failing. After `seconds` nothing more is
    started; the rest stays due. Failures end up in the report and are not raised.
    """
    settings = settings or PollSettings()
    with transaction(engine) as session:
        sources = polled_sources(session)
        due = [source for source in sources if force or _due(source, now, due_only)]
        known = hosts(session, (server_of(source.url) for source in due))
        session.expunge_all()
    done = PollReport(waiting=len(sources) - len(due))
    if not due:
        return done
    ingest = Ingest(engine)
    with http_client(settings.contact) as http:
        web = PoliteClient(http, known, now, settings.requests, seed=hour_of(now))
        for readings in side_by_side(due, lambda source: read_source(web, source, now, settings), seconds):
            answered = []
            for reading in readings:
                if isinstance(reading.error, ServerBusy):
                    _wait(engine, reading.source, reading.error, now)
                else:
                    answered.append(reading)
            done.feeds += len(answered)
            _take(engine, ingest, answered, now, settings, done)
    done.waiting = len(sources) - done.feeds
    with transaction(engine, writes=True) as session:
        for host in list(web.hosts.values()):
            session.merge(host)
    return done


def side_by_side(
    sources: Sequence[Source], work: Callable[[Source], SourceReading], seconds: float | None = None
) -> Iterator[list[SourceReading]]:
    """Runs `work` on all sources, one thread per server, and yields the results in batches as they arrive."""
    groups: defaultdict[str, list[Source]] = defaultdict(list)
    for source in sorted(sources, key=lambda reading: (-reading.weight, reading.name)):
        groups[server_of(source.url)].append(source)
    waiting: queue.SimpleQueue[list[Source]] = queue.SimpleQueue()
    for group in groups.values():
        waiting.put(group)
    finished: queue.SimpleQueue[SourceReading | None] = queue.SimpleQueue()
    stop = threading.Event()
    in_progress: dict[int, tuple[float, Source]] = {}

    def run() -> None:
        me = threading.get_ident()
        while not stop.is_set():
            try:
                group = waiting.get_nowait()
            except queue.Empty:
                break
            for source in group:
                if stop.is_set():
                    break
                in_progress[me] = (monotonic(), source)
                completed = work(source)
                if in_progress.pop(me, NOT_READING) is NOT_READING:
                    # Abandoned and reported in the meantime.
                    return
                finished.put(completed)
        finished.put(None)

    start = monotonic()
    # Not a pool of the standard library: at the end it would wait for a thread that hangs.
    threads = [threading.Thread(target=run, daemon=True) for _ in range(min(THREADS, len(groups)))]
    for thread in threads:
        thread.start()
    running = len(threads)
    while running:
        completed: list[SourceReading] = []
        with contextlib.suppress(queue.Empty):
            while running and len(completed) < BATCH_READINGS:
                reading = finished.get_nowait() if completed else finished.get(timeout=0.5)
                if reading is None:
                    running -= 1
                else:
                    completed.append(reading)
        if seconds is not None and monotonic() - start > seconds:
            stop.set()
        for key, (since, source) in list(in_progress.items()):
            if monotonic() - since > GIVE_UP_AFTER and in_progress.pop(key, NOT_READING) is not NOT_READING:
                running -= 1
                completed.append(
                    SourceReading(source, error=FetchError(f"takes longer than {GIVE_UP_AFTER:.0f} seconds"))
                )
        if completed:
            yield completed


def _due(source: Source, now: datetime, due_only: bool) -> bool:
    if source.due_at is None or source.due_at <= now:
        return True
    if source.due_at > now + MAX_RETRY or (source.polled_at is not None and source.polled_at > now):
        # Put off by a clock that was ahead, or before it was set back.
        return True
    # Someone who polls by hand wants what there is now; only failing sources are left alone.
    return not due_only and not source.failures and not source.error


def _wait(engine: Engine, source: Source, error: ServerBusy, now: datetime) -> None:
    with transaction(engine, writes=True) as session:
        row = session.get_one(Source, source.id)
        row.due_at = now + timedelta(seconds=min(error.retry_after or 0.0, MAX_RETRY.total_seconds()))


def _take(
    engine: Engine,
    ingest: Ingest,
    readings: Sequence[SourceReading],
    now: datetime,
    settings: PollSettings,
    done: PollReport,
) -> None:
    """Stores the items of some readings, and records how their sources are doing."""
    items: dict[int, list[Item]] = {}
    for number, reading in enumerate(readings):
        entries = reading.result.items if reading.result else []
        oldest = now - timedelta(days=settings.days) if settings.days else datetime.min.replace(tzinfo=UTC)
        items[number] = [
            shorten_text(item, settings.summary)
            for item in entries
            if isinstance(item, Item) and item.published_at >= oldest
        ]
        done.rejects += [
            Reject(reading.source.url, item.place, item.reason, item.text)
            for item in entries
            if not isinstance(item, Item)
        ]
    # A first reading that does not show what is usual for its source is history: stored in a batch of its own.
    first_readings = {
        number
        for number, reading in enumerate(readings)
        if reading.source.read_at is None and reading.result is not None and not shows_past(items[number], now)
    }
    for first in (True, False):
        for batch in _batches([number for number in items if (number in first_readings) == first], items):

            def record(
                connection: Connection, added: BatchReport, batch: list[int] = batch, first: bool = first
            ) -> None:
                span = (added.first, added.last) if first and added.new else None
                with Session(connection) as session:
                    for number in batch:
                        reading = readings[number]
                        row = session.get_one(Source, reading.source.id)
                        _note(row, reading, items[number], span, added, now, done)
                        if not row.added_by.startswith("chat:"):
                            # An address that was stored before keys were hidden.
                            row.url = hide_keys(row.url, settings.keys)
                    session.commit()

            batch_items = [item for number in batch for item in items[number]]
            if batch_items:
                # One transaction: without the mark, the articles of a first reading would count as news after a crash.
                done.added += ingest.add(batch_items, now, record=record)
            else:
                with transaction(engine, writes=True) as session:
                    record(session.connection(), BatchReport())


def _batches(numbers: Sequence[int], items: Mapping[int, Sequence[Item]]) -> Iterator[list[int]]:
    """Yields readings to store together: each whole, up to BATCH items in all."""
    batch: list[int] = []
    for number in numbers:
        if batch and sum(len(items[one]) for one in [*batch, number]) > BATCH:
            yield batch
            batch = []
        batch.append(number)
    if batch:
        yield batch


def shows_past(items: Sequence[Item], now: datetime) -> bool:
    """Whether a first reading shows what is usual for its source, and its last day is no flood against that.

    Then its newest items are measured against its own past, as if it had always been read. What dates everything
    "now", or reaches back no more than a few days, shows nothing.
    """
    days = Counter((now - one.published_at) // timedelta(days=1) for one in items if one.published_at <= now)
    newest = days.pop(0, 0)
    return len(days) >= NEW and newest <= flood_limit(median(days.values()))


def _note(
    row: Source,
    reading: SourceReading,
    items: Sequence[Item],
    span: tuple[int, int] | None,
    added: BatchReport,
    now: datetime,
    done: PollReport,
) -> None:
    """Records how a source is doing. `span`: first and last id of the articles from first readings that are history."""
    row.polled_at = now
    if reading.error is not None:
        done.failed[row.name] = reading.error.reason
        _note_failure(row, reading.error, now)
        log.info("source failed", extra={"source": row.name, "reason": row.error, "failures": row.failures})
    else:
        done.unchanged += reading.result is None
        if span is not None:
            row.history_first, row.history_last = span
        new = sum(added.by_outlet[name] for name in {item.source for item in items})
        _note_success(row, reading, items, new, now, done)
    row.state = source_state(row, now)


def _note_failure(row: Source, error: FetchError, now: datetime) -> None:
    row.failures += 1
    row.failing_since = row.failing_since or now
    row.error = error.reason
    wait = min(FIRST_RETRY * 2 ** min(row.failures - 1, 10), MAX_RETRY)
    if error.status == 410:
        wait = MAX_RETRY
    row.due_at = now + max(wait, timedelta(seconds=min(error.retry_after or 0, MAX_RETRY.total_seconds())))


def _note_success(
    row: Source, reading: SourceReading, items: Sequence[Item], new: int, now: datetime, done: PollReport
) -> None:
    result, response = reading.result, reading.response
    if response is not None:
        complete = result is None or not result.more
        row.etag, row.modified = (response.etag, response.modified) if complete else ("", "")
        if response.moved and response.moved != row.url and len(response.moved) <= 2000:
            log.info("source moved", extra={"source": row.name, "url": response.moved})
            done.moved[row.name] = row.url = response.moved
            row.moved_at = now
    if result is not None and result.url:
        done.moved[row.name] = row.url = result.url
        row.etag = row.modified = ""
    row.state = SourceState.FLOODING if is_flood(new, row.per_day, row.read_at, now) else SourceState.WELL
    row.failures, row.error, row.failing_since = 0, "", None
    row.read_at = now
    if result is not None:
        # How far the archive was read is not for the kind to forget.
        row.memory = {**{name: value for name, value in row.memory.items() if name == ARCHIVE_KEY}, **result.memory}
        moments = [item.published_at for item in items]
        row.per_day = items_per_day(moments, now) or row.per_day
        newest = [item for item in moments if item <= now]
        if newest and (row.newest_at is None or max(newest) > row.newest_at):
            row.newest_at = max(newest)
    rate = row.per_day
    if rate and row.newest_at is not None:
        # A source that has long been silent is not read as often as when it was active.
        rate = min(rate, 2 * timedelta(days=1) / max(now - row.newest_at, timedelta(minutes=5)))
    chance = random.Random(f"{row.name}{now:%Y%m%d%H%M}").random()  # noqa: S311 - jitter is no secret
    pause = next_interval(rate, row.weight, response.max_age if response else 0.0, chance)
    if result is not None and result.more:
        pause = timedelta(0)
    row.seconds = int(pause.total_seconds())
    row.due_at = now + pause
