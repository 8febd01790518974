"""The past, told again: history runs hour by hour through the same code as the news does, in a store of its own.

    the operator's store --(rows up to the hour)--> a temporary store --> notice, as live --> what would have been told

The operator's store is only read. The future is not hidden from the detector but absent: rows of an hour come into
the temporary store when its clock has reached that hour. The names are those of today.
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
from handlers.wording import time_words
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
"""Partners that are told with an alert."""

AHEAD = 7 * 24
"""Hours of news that are held in memory at a time."""

WORLD = (Source, Entity, Alias, Parent, Snapshot)
"""What there is, whenever it was learnt: there from the start."""

NEWS = (Article, Mention, NameCount, PairCount, ReadCount)
"""What is read and counted, by the hour."""


@dataclass(frozen=True)
class ReplayedAlert:
    """An alert as it would have been sent."""

    at: datetime
    ids: Ids
    names: str
    z: float
    """Of the leading name."""
    most: float
    """The largest z in the event."""
    count: int
    expected: float
    outlets: int
    members: tuple[Ids, ...]
    """Names and pairs that are part of the event."""
    rising: tuple[str, ...]
    """Their names, the strongest first."""
    partners: tuple[str, ...]
    """Whom else it was named with more than usual, the most unusual first."""
    beside: str
    """Who stands beside the leading name in the headline, or of all these the first that is not its ancestor; "" for
    none."""

    def concerns(self, ids: Ids) -> bool:
        """Whether a name or pair leads the event, or is part of it."""
        return ids in (self.ids, *self.members)

    def __str__(self) -> str:
        outlets = f", {self.outlets} outlets" if self.outlets else ""
        with_it = [*self.rising, *self.partners]
        others = f"; with {', '.join(with_it)}" if with_it else ""
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
    """What a channel with these watches would have been told from `start` to `end`, in order; () is everything.

    What was high already at the start is not told, as for a new watch. Raises ValueError for an end before the start
    or a step below an hour.
    """
    _check(start, end, step)
    with TemporaryDirectory(prefix="trendbot-replay-") as folder:
        past = connect(f"sqlite:///{Path(folder) / 'past.db'}")
        try:
            upgrade(past)
            news = _News(engine, past, hour_of(start) - rules.width * (rules.history + 1) - PAIR_SPAN)
            with transaction(past, writes=True) as session:
                add_replay_channel(session, targets, start)
            now = start - step
            while now <= end:
                # The hour under way is not over, and was not known.
                news.until(hour_of(now))
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
    """What a channel that watches everything would have been told, with names found as they came up.

    The news are read in anew (evaluation.reingest); `names` is the operator's own catalogue file. Otherwise as
    `replay`.
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
    """What is meant by some names or pairs; everything when there is none. Raises UserError for an unknown one."""
    with transaction(engine) as session:
        found = [tuple(sorted(one.id or 0 for one in parse_entities(session, name, "--watch"))) for name in names]
    return found or [()]


def replay_step(session: Session, now: datetime, rules: Rules) -> Iterator[ReplayedAlert]:
    """Looks at a store as the live program would at a moment; gives what a channel is told of then."""
    for alert in detect_spikes(session, now, rules):
        yield _told(session, session.get_one(Spike, alert.spike_id), now, rules)


def add_replay_channel(session: Session, targets: Sequence[Ids], start: datetime) -> None:
    """Makes the channel of a replay, with watches from `start` on; () is everything."""
    channel = get_channel(session, "replay", "", "replay", "")
    for ids in targets:
        first, second = [*ids, None, None][:2]
        wish = Watch(
            channel_id=channel.id or 0,
            target=name_target(ids),
            entity_id=first,
            other_id=second,
            created_by="replay",
            created_at=start,
        )
        session.add(wish)


def _told(session: Session, spike: Spike, now: datetime, rules: Rules) -> ReplayedAlert:
    led = led_by(session, spike)
    members = tuple(ids_of(one) for one in led)
    ids = ids_of(spike)
    at = window(session, now, rules)
    seen = None if at is None else panel(session, at, rules)
    rising = {key for some in (ids, *members) for key in some}
    company = [] if seen is None else [one for one in _company(session, seen, ids) if not rising.issuperset(one.ids)]
    headlines = [] if seen is None else [one.ids for one in top_headlines(session, seen) if set(ids) & set(one.ids)]
    second = next((key for some in headlines for key in some if key not in ids), None)
    keys = [key for some in members for key in some] + [key for one in company[:PARTNERS] for key in one.ids]
    known = by_id(session, [*ids, *keys, *filter(None, [second])])
    others = list(dict.fromkeys(key for key in keys if key not in ids))
    number = len(rising - set(ids))
    above = {key for one in ids for key in ancestors(session, known[one])}
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


def _company(session: Session, seen: Panel, ids: Ids) -> list[Reading]:
    """The pairs of the leading name in the window, the most unusual first."""
    lead = by_id(session, ids[:1])
    return partners_of(session, seen, lead[ids[0]]) if ids[0] in lead else []


class _News:
    """Brings rows from one store into another as their hours come."""

    def __init__(self, source: Engine, store: Engine, first: int) -> None:
        self.source, self.store = source, store
        self.timed = [table(model) for model in NEWS]
        self.reached = self.loaded = first
        self.rows: dict[str, list[dict[str, Any]]] = {}
        with source.connect() as connection:
            world = [[row._asdict() for row in connection.execute(select(table(model)))] for model in WORLD]
        with writing(store) as connection:
            for model, rows in zip(WORLD, world, strict=True):
                insert_rows(connection, table(model), rows)

    def until(self, hour: int) -> None:
        """Brings the rows of all hours before this one."""
        while self.reached < hour:
            if self.reached == self.loaded:
                self._load(max(hour, self.loaded + AHEAD))
            upto = min(hour, self.loaded)
            with writing(self.store) as connection:
                for one in self.timed:
                    waiting = self.rows[one.name]
                    due = bisect_left(waiting, upto, key=lambda row: row["hour"])
                    insert_rows(connection, one, waiting[:due])
                    self.rows[one.name] = waiting[due:]
            self.reached = upto

    def _load(self, upto: int) -> None:
        with self.source.connect() as connection:
            for one in self.timed:
                self.rows[one.name] = _rows(connection, one, self.loaded, upto)
        self.loaded = upto


def _rows(connection: Connection, of: Table, first: int, last: int) -> list[dict[str, Any]]:
    hour = of.c.hour
    query = select(of).where(hour >= first, hour < last).order_by(hour, *of.primary_key.columns)
    return [row._asdict() for row in connection.execute(query)]


def replay_charts(
    engine: Engine, start: datetime, end: datetime, rules: Rules, targets: Sequence[Ids], told: Sequence[ReplayedAlert]
) -> list[Chart]:
    """A chart for each target: its stories on each day, what was usual as it was known then, and the alerts on it."""
    found: dict[Ids, list[tuple[date, Reading]]] = {ids: [] for ids in targets}
    now = start.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    with transaction(engine) as session:
        while now <= end:
            at = window(session, now, rules)
            if at is not None and now - at.until < timedelta(hours=at.width):
                seen = panel(session, at, rules, targets)
                for ids in targets:
                    found[ids].append((at.day, seen.reading(ids)))
            now += timedelta(days=1)
        known = by_id(session, (key for ids in targets for key in ids))
    return [
        _chart(ids_label(ids, known), rows, [one.at for one in told if one.concerns(ids)], rules)
        for ids, rows in found.items()
    ]


def _chart(name: str, rows: Sequence[tuple[date, Reading]], alerts: Sequence[datetime], rules: Rules) -> Chart:
    most = max((one.count for _, one in rows), default=0)
    alt = f"{name}: {len(rows)} days, at most {most} stories a day, {len(alerts)} alerts"
    return Chart(
        name,
        tuple(day for day, _ in rows),
        tuple(float(one.count) for _, one in rows),
        tuple(one.expected for _, one in rows),
        alt,
        tuple(one.expected + rules.level * one.sigma for _, one in rows),
        tuple((moment - timedelta(microseconds=1)).date() for moment in alerts),
    )
