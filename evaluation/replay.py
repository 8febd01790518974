"""Replays the past hour by hour through the live detector, and yields the alerts that would have been sent.

    the operator's store --(rows up to the hour)--> a temporary store -> live detection -> replayed alerts

The operator's store is only read. The future can't leak into the detector, as it is not there: the rows of an hour
are copied to the temporary store when its clock has reached that hour. Only the names are those of today.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection, Engine, Table, select
from sqlmodel import Session

from chat.reply import Chart
from evaluation.reingest import reingested_stores
from handlers.alerts.detect import detect_spikes
from handlers.alerts.headlines import top_headlines
from handlers.arguments.subject import parse_entities
from handlers.measurement.panel import Ids, Panel, Reading, panel, partners_of, window
from handlers.spikes import ids_label
from handlers.wording import counted, stories_words, time_words
from migrations import upgrade
from models.article import PAIR_SPAN, Article
from models.channel import get_channel
from models.count import NameCount, PairCount, ReadCount, Snapshot, hour_of
from models.database import connect, insert_rows, table, transaction, writing
from models.entity import Alias, Entity, Parent, ancestors, by_id
from models.mention import Mention
from models.source import Source
from models.spike import Spike, ids_of, led_by
from models.watch import Watch, all_watches, name_target
from signals.detector import Rules

PARTNERS = 4
"""Partners listed with an alert."""

HOURS_LOADED = 7 * 24
"""Hours of rows held in memory at a time."""

TIMELESS = (Source, Entity, Alias, Parent, Snapshot)
"""Tables copied as a whole at the start."""

HOURLY = (Article, Mention, NameCount, PairCount, ReadCount)
"""Tables copied hour by hour."""


@dataclass(frozen=True)
class ReplayedAlert:
    """An alert that would have been sent."""

    at: datetime
    ids: Ids
    """The leading name or pair."""
    names: str
    z: float
    """z of the leading name or pair."""
    highest_z: float
    """Highest z in the event."""
    count: int
    """Stories in the window."""
    expected: float
    """Expected stories in the window."""
    outlets: int
    members: tuple[Ids, ...]
    """Other names and pairs in the event."""
    rising: tuple[str, ...]
    """Names of the members, strongest first."""
    partners: tuple[str, ...]
    """Other names mentioned together with it more than usual, most unusual first."""
    second: str
    """The other name in its headline, else the first of the names above that is not its ancestor; "" for none."""

    def concerns(self, ids: Ids) -> bool:
        """Whether a name or pair leads the event or belongs to it."""
        return ids in (self.ids, *self.members)

    def __str__(self) -> str:
        outlets = f", {self.outlets} outlets" if self.outlets else ""
        names = [*self.rising, *self.partners]
        others = f"; with {', '.join(names)}" if names else ""
        return (
            f"{time_words(self.at)}  {self.names}: z {self.z:.1f}, {self.count} stories, "
            f"{self.expected:.1f} expected{outlets}{others}"
        )


def replay_alerts(
    engine: Engine,
    start: datetime,
    end: datetime,
    rules: Rules,
    targets: Sequence[Ids] = ((),),
    step: timedelta = timedelta(hours=1),
) -> Iterator[ReplayedAlert]:
    """The alerts that a channel with these watches would have received from `start` to `end`, oldest first.

    The target () watches everything. As for a new watch, what is already high at the start gives no alert. Raises
    ValueError for an end before the start or a step below an hour.
    """
    _check(start, end, step)
    with TemporaryDirectory(prefix="trendbot-replay-") as folder:
        past = connect(f"sqlite:///{Path(folder) / 'past.db'}")
        try:
            upgrade(past)
            feed = _HourlyFeed(engine, past, hour_of(start) - rules.width * (rules.history + 1) - PAIR_SPAN)
            with transaction(past, writes=True) as session:
                add_replay_channel(session, targets, start)
            now = start - step
            while now <= end:
                # The current hour is not over yet, so its counts were not known.
                feed.copy_until(hour_of(now))
                with transaction(past, writes=True) as session:
                    yield from replay_step(session, now, rules)
                now += step
        finally:
            past.dispose()


def replay_with_discovery(
    engine: Engine,
    start: datetime,
    end: datetime,
    rules: Rules,
    names: Path | None,
    step: timedelta = timedelta(hours=1),
) -> Iterator[ReplayedAlert]:
    """Like `replay_alerts` for a watch on everything, with names discovered as they came up (evaluation.reingest).

    `names` is the operator's own catalogue file.
    """
    _check(start, end, step)
    for past, now in reingested_stores(engine, start - step, end, rules, names, step):
        if now < start - step:
            continue
        with transaction(past, writes=True) as session:
            if not all_watches(session):
                add_replay_channel(session, [()], start)
            yield from replay_step(session, now, rules)


def _check(start: datetime, end: datetime, step: timedelta) -> None:
    if end < start or step < timedelta(hours=1):
        raise ValueError("a replay needs an end after its start, and steps of an hour or more")


def parse_targets(engine: Engine, names: Sequence[str]) -> list[Ids]:
    """The ids of names or pairs; () for everything if there are none. Raises UserError for an unknown name."""
    with transaction(engine) as session:
        targets = [tuple(sorted(one.id or 0 for one in parse_entities(session, name, "--watch"))) for name in names]
    return targets or [()]


def replay_step(session: Session, now: datetime, rules: Rules) -> Iterator[ReplayedAlert]:
    """Runs the live detector on a store at one moment, and yields the alerts that a watching channel receives."""
    for alert in detect_spikes(session, now, rules):
        yield _replayed(session, session.get_one(Spike, alert.spike_id), now, rules)


def add_replay_channel(session: Session, targets: Sequence[Ids], start: datetime) -> None:
    """Adds the channel of a replay, with watches on `targets` from `start` on; () watches everything."""
    channel = get_channel(session, "replay", "", "replay", "")
    for ids in targets:
        first, second = [*ids, None, None][:2]
        watch = Watch(
            channel_id=channel.id or 0,
            target=name_target(ids),
            entity_id=first,
            other_id=second,
            created_by="replay",
            created_at=start,
        )
        session.add(watch)


def _replayed(session: Session, spike: Spike, now: datetime, rules: Rules) -> ReplayedAlert:
    """The alert of a spike, with the names that belong to its event."""
    led = led_by(session, spike)
    members = tuple(ids_of(member) for member in led)
    ids = ids_of(spike)
    at = window(session, now, rules)
    counts = None if at is None else panel(session, at, rules)
    rising = {key for member in (ids, *members) for key in member}
    partners = [] if counts is None else _partners(session, counts, ids)
    partners = [reading for reading in partners if not rising.issuperset(reading.ids)]
    headlines = [] if counts is None else [one.ids for one in top_headlines(session, counts)]
    headlines = [headline for headline in headlines if set(ids) & set(headline)]
    second = next((key for headline in headlines for key in headline if key not in ids), None)
    keys = [key for member in members for key in member] + [key for one in partners[:PARTNERS] for key in one.ids]
    known = by_id(session, [*ids, *keys, *filter(None, [second])])
    others = list(dict.fromkeys(key for key in keys if key not in ids))
    number = len(rising - set(ids))
    above = {key for leader in ids for key in ancestors(session, known[leader])}
    return ReplayedAlert(
        now,
        ids,
        ids_label(ids, known),
        spike.z,
        max(one.z for one in (spike, *led)),
        spike.count,
        spike.expected,
        spike.outlets,
        members,
        tuple(known[key].name for key in others[:number]),
        tuple(known[key].name for key in others[number:]),
        known[second].name if second else next((known[key].name for key in others if key not in above), ""),
    )


def _partners(session: Session, counts: Panel, ids: Ids) -> list[Reading]:
    """The pairs of the leading name in the window, most unusual first."""
    lead = by_id(session, ids[:1])
    return partners_of(session, counts, lead[ids[0]]) if ids[0] in lead else []


class _HourlyFeed:
    """Copies rows from one store to another, hour by hour. Hours are counted as in `models.count.hour_of`."""

    def __init__(self, source: Engine, store: Engine, first: int) -> None:
        self.source, self.store = source, store
        self.tables = [table(model) for model in HOURLY]
        self.copied = self.loaded = first
        self.rows: dict[str, list[dict[str, Any]]] = {}
        with source.connect() as connection:
            timeless = [[row._asdict() for row in connection.execute(select(table(model)))] for model in TIMELESS]
        with writing(store) as connection:
            for model, rows in zip(TIMELESS, timeless, strict=True):
                insert_rows(connection, table(model), rows)

    def copy_until(self, hour: int) -> None:
        """Copies the rows of all hours before `hour`."""
        while self.copied < hour:
            if self.copied == self.loaded:
                self._load(max(hour, self.loaded + HOURS_LOADED))
            end = min(hour, self.loaded)
            with writing(self.store) as connection:
                for hourly in self.tables:
                    waiting = self.rows[hourly.name]
                    due = bisect_left(waiting, end, key=lambda row: row["hour"])
                    insert_rows(connection, hourly, waiting[:due])
                    self.rows[hourly.name] = waiting[due:]
            self.copied = end

    def _load(self, end: int) -> None:
        with self.source.connect() as connection:
            for hourly in self.tables:
                self.rows[hourly.name] = _rows(connection, hourly, self.loaded, end)
        self.loaded = end


def _rows(connection: Connection, of: Table, first: int, last: int) -> list[dict[str, Any]]:
    hour = of.c.hour
    query = select(of).where(hour >= first, hour < last).order_by(hour, *of.primary_key.columns)
    return [row._asdict() for row in connection.execute(query)]


def replay_charts(
    engine: Engine,
    start: datetime,
    end: datetime,
    rules: Rules,
    targets: Sequence[Ids],
    alerts: Sequence[ReplayedAlert],
) -> list[Chart]:
    """A chart for each target: its stories a day, the usual range as known at the time, and its alerts."""
    readings: dict[Ids, list[tuple[date, Reading]]] = {ids: [] for ids in targets}
    now = start.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    with transaction(engine) as session:
        while now <= end:
            at = window(session, now, rules)
            if at is not None and now - at.until < timedelta(hours=at.width):
                counts = panel(session, at, rules, targets)
                for ids in targets:
                    readings[ids].append((at.day, counts.reading(ids)))
            now += timedelta(days=1)
        known = by_id(session, (key for ids in targets for key in ids))
    return [
        _chart(ids_label(ids, known), rows, [alert.at for alert in alerts if alert.concerns(ids)], rules)
        for ids, rows in readings.items()
    ]


def _chart(name: str, rows: Sequence[tuple[date, Reading]], alerts: Sequence[datetime], rules: Rules) -> Chart:
    most = max((reading.count for _, reading in rows), default=0)
    alt = f"{name}: {counted(len(rows), 'day')}, at most {stories_words(most)} a day, {counted(len(alerts), 'alert')}"
    return Chart(
        name,
        tuple(day for day, _ in rows),
        tuple(float(reading.count) for _, reading in rows),
        tuple(reading.expected for _, reading in rows),
        alt,
        tuple(reading.expected + rules.level * reading.sigma for _, reading in rows),
        tuple((moment - timedelta(microseconds=1)).date() for moment in alerts),
    )
