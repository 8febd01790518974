"""A round: the sources that are due are read side by side, and what they tell is taken in; one file, end to end.

    due -> by server -> threads: one server each (ingest.http.politeness, ingest.sources.kinds) -> items -> store ->
    how it went

Bad sources never stop the rest, and one that hangs is given up, not waited for.
"""

import contextlib
import queue
import random
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from textwrap import shorten
from time import monotonic

import structlog
from sqlalchemy import Engine

from ingest.articles.canonical_url import is_short_link
from ingest.articles.item import Item
from ingest.formats.feed_parser import RefusedEntry
from ingest.formats.files import Reject
from ingest.http.fetch import LONGEST, Fetched, FetchError, http_client
from ingest.http.politeness import REQUESTS, PoliteClient, ServerBusy, server_of
from ingest.pipeline import BATCH, BatchReport, Ingest
from ingest.sources.interval import is_flood, items_per_day, next_interval
from ingest.sources.kinds import KINDS
from ingest.sources.kinds.base import KindError, SourceKind, SourceRequest, SourceResult, Unchanged
from models.count import hour_of
from models.database import chunks, transaction
from models.host import hosts
from models.source import Source, SourceState, polled_sources, source_state

log = structlog.get_logger()

AT_ONCE = 32
"""Servers that are asked side by side."""

FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=10), timedelta(hours=24)
"""How long a source that fails is left alone: doubled with each failure in a row."""

TOGETHER = 100
"""Sources whose items are taken in at once, where so many are ready."""

GIVEN_UP = 2 * LONGEST
"""Seconds after which one that neither answers nor fails is given up."""

SHORT = "short"
"""Under this name it keeps where short links lead."""

SHORT_AT_ONCE = 20
"""Short links of one source that are followed in one reading; the others keep their address."""

PAST = "past"
"""Under this name a source's memory keeps how far its past was read (ingest.sources.backfill)."""

NOBODY = (0.0, Source(name=""))
"""Stands for no reading under way."""

SUMMARY = 2000
"""Characters kept of a summary."""


@dataclass(frozen=True)
class PollSettings:
    """How the operator wants sources to be read."""

    contact: str = ""
    requests: int = REQUESTS
    """To one server on a day."""
    summary: int = SUMMARY
    """Characters kept of a summary; 0 keeps the whole text."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """What stands for {key:NAME} in an address."""
    days: int | None = None
    """Days for which articles are kept; older ones are not taken in."""


@dataclass
class PollReport:
    """How a round went."""

    feeds: int = 0
    waiting: int = 0
    """Sources that are left alone until later."""
    unchanged: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    """The reason for each source that failed, by name."""
    moved: dict[str, str] = field(default_factory=dict)
    """The new address of each source that has moved, by name."""
    added: BatchReport = field(default_factory=BatchReport)
    rejects: list[Reject] = field(default_factory=list)

    def __str__(self) -> str:
        waiting = f", {self.waiting} left alone for now" if self.waiting else ""
        return (
            f"{self.feeds} feeds read: {self.added.new} new articles, {self.unchanged} unchanged, "
            f"{len(self.failed)} failed, {len(self.rejects)} items rejected{waiting}"
        )


@dataclass
class SourceReading:
    """What came of reading one source."""

    source: Source
    told: SourceResult | None = None
    """None when nothing has changed, or it failed."""
    error: FetchError | None = None
    own: Fetched | None = None
    """The answer at the source's own address."""


def poll_sources(
    engine: Engine,
    now: datetime,
    every: bool = False,
    manner: PollSettings | None = None,
    rhythm: bool = False,
    seconds: float | None = None,
) -> PollReport:
    """Reads the sources that are not left alone because of trouble (or every one), and takes in what is new.

    `rhythm`: only those whose time has come. `seconds`: after them nothing more is begun; the rest stays due.
    """
    manner = manner or PollSettings()
    with transaction(engine) as session:
        sources = polled_sources(session)
        due = [one for one in sources if every or _due(one, now, rhythm)]
        known = hosts(session, (server_of(one.url) for one in due))
        session.expunge_all()
    done = PollReport(waiting=len(sources) - len(due))
    if not due:
        return done
    ingest = Ingest(engine)
    with http_client(manner.contact) as http:
        web = PoliteClient(http, known, now, manner.requests, seed=hour_of(now))
        for readings in side_by_side(due, lambda one: read_source(web, one, now, manner), seconds):
            asked = []
            for reading in readings:
                if isinstance(reading.error, ServerBusy):
                    _wait(engine, reading.source, reading.error, now)
                else:
                    asked.append(reading)
            done.feeds += len(asked)
            _take(engine, ingest, asked, now, manner, done)
    done.waiting = len(sources) - done.feeds
    with transaction(engine, writes=True) as session:
        for host in list(web.hosts.values()):
            session.merge(host)
    return done


def read_source(web: PoliteClient, source: Source, now: datetime, manner: PollSettings) -> SourceReading:
    """Reads one source as its kind does; never raises."""
    found = SourceReading(source)
    try:
        kind = KINDS.get(source.kind)
        if kind is None:
            raise FetchError(f"is of a kind that is not known here: {source.kind}")
        found.told = follow_links(web, source, kind.read(source_request(web, source, kind, now, manner, found)))
    except Unchanged:
        pass
    except FetchError as error:
        found.error = error
    except KindError as error:
        found.error = FetchError(str(error))
    except Exception as error:
        # A kind that stumbles over one answer must not end the round.
        log.exception("source not read", source=source.name)
        found.error = FetchError(f"can't be read ({type(error).__name__})")
    return found


def follow_links(web: PoliteClient, source: Source, told: SourceResult) -> SourceResult:
    """What a source told, its short links as the addresses to which they lead: some at once, and each once."""
    known = dict(source.memory.get(SHORT) or {})
    kept: dict[str, str] = {}
    asked = 0
    items: list[Item | RefusedEntry] = []
    for one in told.items:
        if not isinstance(one, Item) or not is_short_link(one.url):
            items.append(one)
            continue
        place = known.get(one.url, "")
        if not place and asked < SHORT_AT_ONCE:
            asked += 1
            with contextlib.suppress(FetchError):
                place = web.leads(one.url, public=source.added_by.startswith("chat:"))
        if place:
            kept[one.url] = place
        items.append(one._replace(url=place or one.url))
    return replace(told, items=items, memory={**told.memory, SHORT: kept}) if kept else replace(told, items=items)


def source_request(
    web: PoliteClient, source: Source, kind: SourceKind, now: datetime, manner: PollSettings, found: SourceReading
) -> SourceRequest:
    """What a kind is handed to read a source with; the answer at its own address is noted in `found`."""
    robots = not kind.interface and source.options.get("robots") != "ignore"
    # What somebody adds in a channel must neither look about in our network nor carry our keys away.
    chat = source.added_by.startswith("chat:")

    def get(url: str) -> bytes:
        own = url == source.url
        tags = (source.etag, source.modified) if own else ("", "")
        place = url
        for name, value in manner.keys.items() if not chat else ():
            place = place.replace(f"{{key:{name}}}", value)
        answer = web.get(place, *tags, public=chat, robots=robots)
        if own:
            found.own = answer
        if answer.data is None:
            raise Unchanged
        return answer.data

    options = {name: value for name, value in source.options.items() if name != "robots"}
    return SourceRequest(source.url, source.teller, get, now, options, source.memory)


def side_by_side(
    sources: Sequence[Source], work: Callable[[Source], SourceReading], seconds: float | None = None
) -> Iterator[list[SourceReading]]:
    """Does the work for all, one server a thread, and gives what came of it as it comes: all that is there by then."""
    groups: defaultdict[str, list[Source]] = defaultdict(list)
    for source in sorted(sources, key=lambda one: (-one.weight, one.name)):
        groups[server_of(source.url)].append(source)
    waiting: queue.SimpleQueue[list[Source]] = queue.SimpleQueue()
    for group in groups.values():
        waiting.put(group)
    ready: queue.SimpleQueue[SourceReading | None] = queue.SimpleQueue()
    stop = threading.Event()
    begun: dict[int, tuple[float, Source]] = {}

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
                begun[me] = (monotonic(), source)
                found = work(source)
                if begun.pop(me, NOBODY) is NOBODY:
                    # Given up in the meantime, and told so.
                    return
                ready.put(found)
        ready.put(None)

    start = monotonic()
    # Not a pool of the library: that would wait at the end for one that hangs.
    threads = [threading.Thread(target=run, daemon=True) for _ in range(min(AT_ONCE, len(groups)))]
    for thread in threads:
        thread.start()
    running = len(threads)
    while running:
        found: list[SourceReading] = []
        with contextlib.suppress(queue.Empty):
            while running and len(found) < TOGETHER:
                one = ready.get_nowait() if found else ready.get(timeout=0.5)
                if one is None:
                    running -= 1
                else:
                    found.append(one)
        if seconds is not None and monotonic() - start > seconds:
            stop.set()
        for key, (since, source) in list(begun.items()):
            if monotonic() - since > GIVEN_UP and begun.pop(key, NOBODY) is not NOBODY:
                running -= 1
                found.append(SourceReading(source, error=FetchError(f"takes longer than {GIVEN_UP:.0f} seconds")))
        if found:
            yield found


def _due(source: Source, now: datetime, rhythm: bool) -> bool:
    if source.due_at is None or source.due_at <= now:
        return True
    # Whoever asks by hand wants what there is now; only one in trouble, or whose server asked for it, is left alone.
    return not rhythm and not source.failures and not source.error


def _wait(engine: Engine, source: Source, away: ServerBusy, now: datetime) -> None:
    with transaction(engine, writes=True) as session:
        row = session.get_one(Source, source.id)
        row.due_at = now + timedelta(seconds=min(away.wait or 0.0, LONGEST_WAIT.total_seconds()))


def _take(
    engine: Engine,
    ingest: Ingest,
    readings: Sequence[SourceReading],
    now: datetime,
    manner: PollSettings,
    done: PollReport,
) -> None:
    """Takes in what some sources told, and notes how they are doing."""
    items: dict[int, list[Item]] = {}
    for number, reading in enumerate(readings):
        told = reading.told.items if reading.told else []
        oldest = now - timedelta(days=manner.days) if manner.days else datetime.min.replace(tzinfo=UTC)
        items[number] = [
            shorten_text(one, manner.summary) for one in told if isinstance(one, Item) and one.published_at >= oldest
        ]
        done.rejects += [
            Reject(reading.source.url, one.place, one.reason, one.text) for one in told if not isinstance(one, Item)
        ]
    # The past that a source has when it is met is no news: what is read for the first time is taken in by itself.
    met = {number for number, one in enumerate(readings) if one.source.read_at is None and one.told is not None}
    some = BatchReport()
    for first in (True, False):
        added = BatchReport()
        for lot in chunks([one for number, own in items.items() if (number in met) == first for one in own], BATCH):
            added += ingest.add(lot, now)
        span = (added.first, added.last) if first and added.new else None
        some += added
        with transaction(engine, writes=True) as session:
            for number, reading in enumerate(readings):
                if (number in met) == first:
                    _note(session.get_one(Source, reading.source.id), reading, items[number], span, added, now, done)
    done.added += some


def _note(
    row: Source,
    reading: SourceReading,
    items: Sequence[Item],
    span: tuple[int, int] | None,
    added: BatchReport,
    now: datetime,
    done: PollReport,
) -> None:
    """Notes how a source is doing. `span`: the articles that came with first readings."""
    row.polled_at = now
    if reading.error is not None:
        done.failed[row.name] = reading.error.reason
        _failed(row, reading.error, now)
        log.info("source failed", source=row.name, reason=row.error, failures=row.failures)
    else:
        done.unchanged += reading.told is None
        if span is not None:
            row.history_first, row.history_last = span
        new = sum(added.by[name] for name in {one.source for one in items})
        _well(row, reading, items, new, now, done)
    row.state = source_state(row, now)


def shorten_text(one: Item, most: int) -> Item:
    """An item with no more of its text than is kept: whole words, and a sign that there was more."""
    if not most or len(one.summary) <= most:
        return one
    return one._replace(summary=shorten(one.summary, most, placeholder="…"))


def _failed(row: Source, error: FetchError, now: datetime) -> None:
    row.failures += 1
    row.failing_since = row.failing_since or now
    row.error = error.reason
    wait = min(FIRST_WAIT * 2 ** min(row.failures - 1, 10), LONGEST_WAIT)
    if error.status == 410:
        wait = LONGEST_WAIT
    row.due_at = now + max(wait, timedelta(seconds=min(error.wait or 0, LONGEST_WAIT.total_seconds())))


def _well(
    row: Source, reading: SourceReading, items: Sequence[Item], new: int, now: datetime, done: PollReport
) -> None:
    told, own = reading.told, reading.own
    if own is not None:
        kept = told is None or not told.more
        row.etag, row.modified = (own.etag, own.modified) if kept else ("", "")
        if own.moved and own.moved != row.url and len(own.moved) <= 2000:
            log.info("source moved", source=row.name, url=own.moved)
            done.moved[row.name] = row.url = own.moved
            row.moved_at = now
    if told is not None and told.url:
        done.moved[row.name] = row.url = told.url
        row.etag = row.modified = ""
    row.state = SourceState.FLOODING if is_flood(new, row.per_day, row.read_at, now) else SourceState.WELL
    row.failures, row.error, row.failing_since = 0, "", None
    row.read_at = now
    if told is not None:
        # How far its past was read is not the kind's to forget.
        row.memory = {**{name: value for name, value in row.memory.items() if name == PAST}, **told.memory}
        moments = [one.published_at for one in items]
        row.per_day = items_per_day(moments, now) or row.per_day
        newest = [one for one in moments if one <= now]
        if newest and (row.newest_at is None or max(newest) > row.newest_at):
            row.newest_at = max(newest)
    rate = row.per_day
    if rate and row.newest_at is not None:
        # One that has been silent for long is not asked as often as when it was talkative.
        rate = min(rate, 2 * timedelta(days=1) / max(now - row.newest_at, timedelta(minutes=5)))
    chance = random.Random(f"{row.name}{now:%Y%m%d%H%M}").random()  # noqa: S311 - jitter is no secret
    pause = next_interval(rate, row.weight, own.fresh if own else 0.0, chance)
    if told is not None and told.more:
        pause = timedelta(0)
    row.seconds = int(pause.total_seconds())
    row.due_at = now + pause


def read_for_preview(source: Source, manner: PollSettings, now: datetime) -> tuple[SourceReading, list[Item]]:
    """Reads one source for a look, without a store: what it would tell, cut as it would be kept."""
    with http_client(manner.contact) as http:
        found = read_source(PoliteClient(http, {}, now, manner.requests), source, now, manner)
    items = found.told.items if found.told else []
    return found, [shorten_text(one, manner.summary) for one in items if isinstance(one, Item)]
