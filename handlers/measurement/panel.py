"""Counts in the store, scored: the one way in which commands, alerts and replays look at the news."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from threading import Lock
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session

from handlers.measurement.exposure import SourceExposure
from models import count
from models.article import outlet_counts, story_ids
from models.entity import Entity, kind_by_id, relatives
from models.load_state import counts_state
from signals.detector import Rules, Scores, concat_scores, score
from signals.expectation.baseline import fit_baseline
from signals.expectation.series import CountTable, sum_windows
from signals.expectation.series import Windows as Counts
from signals.expectation.shrinkage import Prior, fit_prior
from signals.false_discovery import (
    Cutoff,
    common_cutoff,
    expected_false_alarms,
    p_values,
    passes_cutoff,
    required_counts,
)

Ids = tuple[int, ...]

RAISED = 2.0
"""The z from which what is told is set against each source."""

TOGETHER = 2
"""Stories that name two from which they are partners."""

SHIFT = 2**31
"""More than any id."""

KEPT = 3
"""Panels kept in memory for each store: the one of now, and those of days that people look back at."""

_kept: WeakKeyDictionary[object, OrderedDict[object, "Panel"]] = WeakKeyDictionary()
_lock = Lock()


@dataclass(frozen=True)
class Reading:
    """A name or a pair in one window, and what its z is made of."""

    ids: Ids
    count: int
    expected: float
    sigma: float
    z: float
    windows: int
    floored: bool
    p: float
    """The probability of this count or more in a window, by chance."""
    needed: int
    """The fewest stories with which it would be a spike, at the bot's own level."""
    episodes: float
    """How often in a window chance would bring the series to this count or above; see signals.false_discovery."""
    outlets: int = 0
    stories: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Window:
    """The hours that are tested: up to, not including, `end`."""

    end: int
    width: int
    asked: datetime | None = field(default=None, compare=False)
    """The moment that was asked for, if the window's last hour is under way at it."""

    @property
    def first(self) -> int:
        """The first hour."""
        return self.end - self.width

    @property
    def last(self) -> int:
        """The last hour."""
        return self.end - 1

    @property
    def until(self) -> datetime:
        """The moment at which it ends, or at which it was looked at when its last hour was under way."""
        end = count.start_of(self.end)
        return end if self.asked is None else min(end, self.asked)

    @property
    def day(self) -> date:
        """The day on which it ends."""
        return count.start_of(self.last).date()


def window(session: Session, moment: datetime, rules: Rules) -> Window | None:
    """The window that ends at a moment, or with the newest data when that is older; None for an empty store.

    The hour under way is part of it: what happened minutes ago counts.
    """
    asked = count.hour_of(moment - timedelta(microseconds=1))
    newest = count.last_read(session, asked)
    if newest is None:
        return None
    # As long as data come in, a quiet hour is a quiet hour; after a whole window without any, they have ended.
    return Window((asked if asked - newest < rules.width else newest) + 1, rules.width, moment)


@dataclass(frozen=True)
class Panel:
    """All names and pairs of the store, scored together in one window: names first, then pairs."""

    at: Window
    rules: Rules
    ids: list[Ids]
    places: dict[Ids, int]
    table: CountTable
    read: Counts
    """Stories read in each window: shape (history + 1,)."""
    kin: Prior
    scores: Scores
    cut: Cutoff
    """From where a count is no chance any more, at the bot's own level; see `at_level` for others."""

    def reading(self, ids: Ids) -> Reading:
        """One of them. Names without any story are in the panel only if they were asked for."""
        return self.readings([self.places[ids]])[0]

    def readings(self, rows: Sequence[int] | NDArray[np.int64]) -> list[Reading]:
        """Some of them, in the order given."""
        found = self.scores.take(np.asarray(rows, dtype=np.int64))
        chances = p_values(found)
        rates = expected_false_alarms(found)
        return [
            Reading(
                self.ids[row],
                int(found.count[n]),
                float(found.expected[n]),
                float(found.sigma[n]),
                round(float(found.z[n]), 6) + 0.0,  # no “-0.0” for a person
                found.windows,
                bool(found.floored[n]),
                float(chances[n]),
                needed,
                float(rates[n]),
            )
            for n, (row, needed) in enumerate(zip(rows, required_counts(found, self.rules, self.cut), strict=True))
        ]

    def counts(self, ids: Ids) -> Counts:
        """The stories of one of them in every window: shape (history + 1,)."""
        found: Counts = self.table.take(np.array([self.places[ids]])).array()[0]
        return found

    def at_level(self, level: float) -> Cutoff:
        """From where a count is no chance any more, at another level."""
        return self.cut if level == self.rules.level else common_cutoff(self.scores, self.rules, level)

    def risen(self, level: float) -> list[Reading]:
        """Those above a level with enough stories, and rarer than chance at that level."""
        if self.scores.windows < self.rules.least_history:
            return []
        return self.readings(np.flatnonzero(passes_cutoff(self.scores, self.rules, self.at_level(level))))


def panel(session: Session, at: Window, rules: Rules, also: Sequence[Ids] = ()) -> Panel:
    """Scores every name and pair with a story in the past or in the window, and those of `also`.

    A panel is kept in memory until the counts change: the scores of all take long, the look at one does not.
    """
    engine = session.get_bind()
    with _lock:
        kept = _kept.setdefault(engine.engine.pool, OrderedDict())
    key = (at, rules, counts_state(session))
    found = kept.get(key)
    if found is None:
        found = _panel(session, at, rules, ())
        with _lock:
            kept[key] = found
            while len(kept) > KEPT:
                kept.popitem(last=False)
    return found if all(one in found.places for one in also) else _panel(session, at, rules, also)


def _panel(session: Session, at: Window, rules: Rules, also: Sequence[Ids]) -> Panel:
    number = rules.history + 1
    hours, stories = count.stories_read(session, at.end - at.width * number, at.last)
    read = sum_windows(hours, stories, at.end, at.width, number)
    names = count.name_windows(session, at.end, at.width, number)
    pairs = count.pair_windows(session, at.end, at.width, number)
    singles, name_table = _rows(names, [ids for ids in also if len(ids) == 1], number)
    couples, pair_table = _rows(pairs, [ids for ids in also if len(ids) > 1], number)
    kind = kind_by_id(session)
    numbers = {name: place for place, name in enumerate(sorted(set(kind.values())))}
    groups = np.array([numbers[kind[key]] for (key,) in singles], dtype=np.int64)
    name_kin = _kin(name_table, read, groups, rules)
    name_scores = score(name_table, read, rules, prior=name_kin)
    pair_kin = _kin(pair_table, read, np.zeros(len(couples), dtype=np.int64), rules)
    sources = SourceExposure(session, at.end, at.width, number)
    name_scores = _matched(singles, name_table, name_scores, sources, rules, name_kin)
    share = dict(zip(singles, (name_scores.expected / max(read[-1], 1.0)).tolist(), strict=True))
    chance = np.array([share.get((one,), 0.0) * share.get((other,), 0.0) * read[-1] for one, other in couples])
    pair_scores = score(pair_table, read, rules, chance, pair_kin)
    pair_scores = _matched(couples, pair_table, pair_scores, sources, rules, pair_kin, chance)
    ids = [*singles, *couples]
    scores = concat_scores(name_scores, pair_scores)
    return Panel(
        at,
        rules,
        ids,
        {one: place for place, one in enumerate(ids)},
        name_table.concat(pair_table),
        read,
        name_kin.concat(pair_kin),
        scores,
        common_cutoff(scores, rules),
    )


def _matched(
    ids: list[Ids],
    table: CountTable,
    scores: Scores,
    sources: SourceExposure,
    rules: Rules,
    kin: Prior,
    chance: Counts | None = None,
) -> Scores:
    """The scores with a closer look at those that are raised: source by source.

    It costs a query each, and changes little where all sources tell what they usually do.
    """
    rows = np.flatnonzero((scores.z >= RAISED) & (scores.count >= rules.min_stories))
    if not len(rows):
        return scores
    counts = table.take(rows).array()
    found = sources.match([ids[row] for row in rows], counts, rules.half_life)
    given = None if chance is None else chance[rows]
    scored = score(found.counts, found.exposure, rules, given, kin.take(rows), found.extra)
    if found.known is not None:
        # People see every story; what is known is expected to the last one, and makes the rest no less sure.
        count, expected, extra = (one + found.known for one in (scored.count, scored.expected, scored.extra))
        scored = replace(scored, count=count, expected=expected, extra=extra)
    return scores.put(rows, scored)


def _rows(found: NDArray[np.int64], also: Sequence[Ids], number: int) -> tuple[list[Ids], CountTable]:
    """Who has counts, or was asked for, in order; and the counts as a table."""
    asked = np.array(also, dtype=np.int64).reshape(-1, found.shape[1] - 2)
    # One number for each name or pair: far faster to sort than rows of two.
    coded = np.vstack([found[:, :-2], asked]) @ (SHIFT ** np.arange(asked.shape[1])[::-1])
    codes, row = np.unique(coded, return_inverse=True)
    ids = list(zip(*(codes // SHIFT**place % SHIFT for place in reversed(range(asked.shape[1]))), strict=True))
    counts = CountTable(row[: len(found)], found[:, -2], found[:, -1].astype(np.float64), len(ids), number)
    return [tuple(map(int, one)) for one in ids], counts


def _kin(table: CountTable, read: Counts, groups: NDArray[np.int64], rules: Rules) -> Prior:
    return fit_prior(
        fit_baseline(table, read, rules.half_life, rules.bias, rules.clip, rules.rounds), read, groups, rules.width
    )


def partners_of(session: Session, seen: Panel, entity: Entity) -> list[Reading]:
    """Who an entity is named together with in the window, the most unusual first.

    One story for both is chance, unless they are of one house: the app that a new model runs in.
    """
    kin = relatives(session, entity)
    rows = [
        row
        for row, ids in enumerate(seen.ids)
        if len(ids) > 1 and entity.id in ids and seen.scores.count[row] >= (TOGETHER if kin.isdisjoint(ids) else 1)
    ]
    return sorted(seen.readings(rows), key=lambda one: (-one.z, -one.count, one.ids))


def spiking_readings(session: Session, seen: Panel, level: float) -> list[Reading]:
    """Names and pairs above a level with enough stories from enough outlets, strongest first."""
    at = seen.at
    high = []
    for one in seen.risen(level):
        stories = story_ids(session, list(one.ids), at.first, at.last)
        some, _ = outlet_counts(session, stories, at.last)
        if len(stories) < one.count:
            # These counts came ready-made: there are not enough articles to ask for their outlets.
            high.append(one)
        elif some >= seen.rules.min_outlets:
            high.append(replace(one, outlets=some, stories=frozenset(stories)))
    return sorted(high, key=lambda one: (-one.z, one.ids))
