"""Scores the counts in the store: the one measurement behind commands, alerts and replays."""

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
"""Series from this z on are rescored source by source."""

TOGETHER = 2
"""Fewest stories that mention both names of a pair of partners."""

SHIFT = 2**31
"""Greater than any id: packs a pair of ids into one integer."""

KEPT = 3
"""Panels cached per store: the current one, and those of past days that people look at."""

_kept: WeakKeyDictionary[object, OrderedDict[object, "Panel"]] = WeakKeyDictionary()
_lock = Lock()


@dataclass(frozen=True)
class Reading:
    """A name or pair in one window, with the figures behind its z."""

    ids: Ids
    count: int
    expected: float
    sigma: float
    z: float
    windows: int
    floored: bool
    p: float
    """Probability of this count or a higher one in a window, by chance."""
    needed: int
    """Fewest stories that would make it a spike at the bot's own level."""
    episodes: float
    """Expected number of times per window that chance brings the series to this count; see signals.false_discovery."""
    outlets: int = 0
    stories: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Window:
    """A window: `width` hours up to, not including, hour `end` (hours since the epoch)."""

    end: int
    width: int
    asked: datetime | None = field(default=None, compare=False)
    """The moment asked for, if the window's last hour was still under way then."""

    @property
    def first(self) -> int:
        """Returns the first hour."""
        return self.end - self.width

    @property
    def last(self) -> int:
        """Returns the last hour."""
        return self.end - 1

    @property
    def until(self) -> datetime:
        """Returns the moment at which it ends, or the moment asked for if its last hour was under way."""
        end = count.start_of(self.end)
        return end if self.asked is None else min(end, self.asked)

    @property
    def day(self) -> date:
        """Returns the UTC day on which it ends."""
        return count.start_of(self.last).date()


def window(session: Session, moment: datetime, rules: Rules) -> Window | None:
    """Returns the window that ends at a moment, or with the newest data if that is older; None for an empty store.

    It includes the hour under way: what happened minutes ago counts.
    """
    asked = count.hour_of(moment - timedelta(microseconds=1))
    newest = count.last_read(session, asked)
    if newest is None:
        return None
    # An hour without news is a quiet hour; after a whole window without any, the data have ended.
    return Window((asked if asked - newest < rules.width else newest) + 1, rules.width, moment)


@dataclass(frozen=True)
class Panel:
    """All names and pairs of the store, scored together in one window: names first, then pairs.

    `places` maps the ids of a name or pair to its row in `table`, `prior` and `scores`.
    """

    at: Window
    rules: Rules
    ids: list[Ids]
    places: dict[Ids, int]
    table: CountTable
    read: Counts
    """Stories read in each window: shape (history + 1,)."""
    prior: Prior
    scores: Scores
    cut: Cutoff
    """The cutoff at the bot's own level; see `at_level` for others."""

    def reading(self, ids: Ids) -> Reading:
        """Returns the reading of a name or pair. Raises KeyError for one without stories that `also` did not list."""
        return self.readings([self.places[ids]])[0]

    def readings(self, rows: Sequence[int] | NDArray[np.int64]) -> list[Reading]:
        """Returns the readings of some rows, in the order given."""
        found = self.scores.take(np.asarray(rows, dtype=np.int64))
        chances = p_values(found)
        rates = expected_false_alarms(found)
        return [
            Reading(
                self.ids[row],
                int(found.count[n]),
                float(found.expected[n]),
                float(found.sigma[n]),
                round(float(found.z[n]), 6) + 0.0,  # never show "-0.0"
                found.windows,
                bool(found.floored[n]),
                float(chances[n]),
                needed,
                float(rates[n]),
            )
            for n, (row, needed) in enumerate(zip(rows, required_counts(found, self.rules, self.cut), strict=True))
        ]

    def counts(self, ids: Ids) -> Counts:
        """Returns the stories of a name or pair in every window: shape (history + 1,)."""
        found: Counts = self.table.take(np.array([self.places[ids]])).array()[0]
        return found

    def at_level(self, level: float) -> Cutoff:
        """Returns the cutoff at a level."""
        return self.cut if level == self.rules.level else common_cutoff(self.scores, self.rules, level)

    def risen(self, level: float) -> list[Reading]:
        """Returns the readings that pass the cutoff of a level; [] with too little history."""
        if self.scores.windows < self.rules.least_history:
            return []
        return self.readings(np.flatnonzero(passes_cutoff(self.scores, self.rules, self.at_level(level))))


def panel(session: Session, at: Window, rules: Rules, also: Sequence[Ids] = ()) -> Panel:
    """Scores every name and pair with a story in the window or its history, and those of `also`.

    A panel is cached until the counts change, because scoring all series takes long.
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
    name_prior = _prior(name_table, read, groups, rules)
    name_scores = score(name_table, read, rules, prior=name_prior)
    pair_prior = _prior(pair_table, read, np.zeros(len(couples), dtype=np.int64), rules)
    sources = SourceExposure(session, at.end, at.width, number)
    name_scores = _matched(singles, name_table, name_scores, sources, rules, name_prior)
    share = dict(zip(singles, (name_scores.expected / max(read[-1], 1.0)).tolist(), strict=True))
    chance = np.array([share.get((one,), 0.0) * share.get((other,), 0.0) for one, other in couples]) * read[-1]
    pair_scores = score(pair_table, read, rules, chance, pair_prior)
    pair_scores = _matched(couples, pair_table, pair_scores, sources, rules, pair_prior, chance)
    ids = [*singles, *couples]
    scores = concat_scores(name_scores, pair_scores)
    return Panel(
        at,
        rules,
        ids,
        {one: place for place, one in enumerate(ids)},
        name_table.concat(pair_table),
        read,
        name_prior.concat(pair_prior),
        scores,
        common_cutoff(scores, rules),
    )


def _matched(
    ids: list[Ids],
    table: CountTable,
    scores: Scores,
    sources: SourceExposure,
    rules: Rules,
    prior: Prior,
    chance: Counts | None = None,
) -> Scores:
    """Rescores the raised series source by source.

    This costs a query each, and changes little where all sources publish as much as usual.
    """
    rows = np.flatnonzero((scores.z >= RAISED) & (scores.count >= rules.min_stories))
    if not len(rows):
        return scores
    counts = table.take(rows).array()
    found = sources.match([ids[row] for row in rows], counts, rules.half_life)
    given = None if chance is None else chance[rows]
    scored = score(found.counts, found.exposure, rules, given, prior.take(rows), found.extra)
    if found.known is not None:
        # Replies show every story, so history counts as both seen and expected, without adding variance.
        count, expected, extra = (one + found.known for one in (scored.count, scored.expected, scored.extra))
        scored = replace(scored, count=count, expected=expected, extra=extra)
    return scores.put(rows, scored)


def _rows(found: NDArray[np.int64], also: Sequence[Ids], number: int) -> tuple[list[Ids], CountTable]:
    """Returns the ids with counts and those of `also`, in order, and the counts as a table."""
    extra = np.array(also, dtype=np.int64).reshape(-1, found.shape[1] - 2)
    # One integer per name or pair sorts much faster than rows of two.
    coded = np.vstack([found[:, :-2], extra]) @ (SHIFT ** np.arange(extra.shape[1])[::-1])
    codes, row = np.unique(coded, return_inverse=True)
    ids = list(zip(*(codes // SHIFT**place % SHIFT for place in reversed(range(extra.shape[1]))), strict=True))
    counts = CountTable(row[: len(found)], found[:, -2], found[:, -1].astype(np.float64), len(ids), number)
    return [tuple(map(int, one)) for one in ids], counts


def _prior(table: CountTable, read: Counts, groups: NDArray[np.int64], rules: Rules) -> Prior:
    return fit_prior(
        fit_baseline(table, read, rules.half_life, rules.bias, rules.clip, rules.rounds), read, groups, rules.width
    )


def partners_of(session: Session, measured: Panel, entity: Entity) -> list[Reading]:
    """Returns the pairs of an entity and the names mentioned with it in the window, the most unusual first.

    A single shared story is chance, unless the two are related, like a new model and the app it runs in.
    """
    key, family, counts = entity.id, relatives(session, entity), measured.scores.count
    rows = [
        row
        for row, ids in enumerate(measured.ids)
        if len(ids) > 1 and key in ids and counts[row] >= (TOGETHER if family.isdisjoint(ids) else 1)
    ]
    return sorted(measured.readings(rows), key=lambda one: (-one.z, -one.count, one.ids))


def spiking_readings(session: Session, measured: Panel, level: float) -> list[Reading]:
    """Returns names and pairs above a level with enough stories from enough outlets, strongest first."""
    at = measured.at
    high = []
    for one in measured.risen(level):
        stories = story_ids(session, list(one.ids), at.first, at.last)
        outlets, _ = outlet_counts(session, stories, at.last)
        if len(stories) < one.count:
            # Imported counts: too few articles are stored to count outlets.
            high.append(one)
        elif outlets >= measured.rules.min_outlets:
            high.append(replace(one, outlets=outlets, stories=frozenset(stories)))
    return sorted(high, key=lambda one: (-one.z, one.ids))
