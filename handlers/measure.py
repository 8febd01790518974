"""Counts in the store, scored: the one way in which commands, alerts and replays look at the news."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import numpy as np
from sqlmodel import Session

from models import count
from models.article import outlets, story_ids
from models.entity import Entity, ancestors, by_id
from signals.detector import Rules, Scores, score
from signals.events import Risen, events
from signals.series import Windows as Counts
from signals.series import table, windows

Ids = tuple[int, ...]

NEARLY = 0.6
"""Share of a level from which a name may lead an event that another brought above it."""


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
    outlets: int = 0
    stories: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Window:
    """The hours that are tested: up to, not including, `end`."""

    end: int
    width: int

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
        """The moment at which it ends."""
        return count.start_of(self.end)

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
    return Window((asked if asked - newest < rules.width else newest) + 1, rules.width)


def read(session: Session, at: Window, rules: Rules) -> Counts:
    """Stories read in each window: shape (history + 1,)."""
    hours, stories = count.read(session, at.end - at.width * (rules.history + 1), at.last)
    return windows(hours, stories, at.end, at.width, rules.history + 1)


def scores(session: Session, keys: Sequence[Ids], at: Window, rules: Rules, exposure: Counts) -> Scores:
    """Scores of names, or of pairs, in the order of `keys`."""
    first = at.end - at.width * (rules.history + 1)
    number = rules.history + 1
    if not keys or len(keys[0]) == 1:
        found = count.name_series(session, [key[0] for key in keys], first, at.last)
        return score(table([found[key] for key in keys], at.end, at.width, number), exposure, rules)
    found = count.pair_series(session, [(key[0], key[1]) for key in keys], first, at.last)
    singles = sorted({one for key in keys for one in key})
    names = scores(session, [(one,) for one in singles], at, rules, exposure)
    share = dict(zip(singles, names.expected / max(exposure[-1], 1.0), strict=True))
    chance = np.array([share[one] * share[other] * exposure[-1] for one, other in keys])
    return score(table([found[key] for key in keys], at.end, at.width, number), exposure, rules, chance)


def readings(keys: Sequence[Ids], found: Scores) -> list[Reading]:
    """Scores as readings, in the same order."""
    return [
        Reading(
            key,
            int(found.count[row]),
            float(found.expected[row]),
            float(found.sigma[row]),
            round(float(found.z[row]), 6) + 0.0,  # no “-0.0” for a person
            found.windows,
            bool(found.floored[row]),
        )
        for row, key in enumerate(keys)
    ]


def partners(
    session: Session, entity: Entity, at: Window, rules: Rules, exposure: Counts, least: int = 2
) -> list[Reading]:
    """Who an entity is named together with in the window, the most unusual first."""
    keys = count.busy_pairs(session, at.first, at.last, least, entity.id)
    found = readings(keys, scores(session, keys, at, rules, exposure))
    return sorted(found, key=lambda one: (-one.z, -one.count, one.ids))


def spiking(session: Session, at: Window, rules: Rules, level: float) -> list[list[Reading]]:
    """The events in which a name or pair is above a level, strongest first; in each, the leading one first.

    A name nearly at the level is looked at too: when a lab rises for the stories of its new model, the
    model is the news, even if it is one story short itself.
    """
    events = _grouped(session, _risen(session, at, rules, level * NEARLY), level)
    return [event for event in events if max(one.z for one in event) >= level]


def _risen(session: Session, at: Window, rules: Rules, level: float) -> list[Reading]:
    """Names and pairs above a level with enough stories from enough outlets, strongest first."""
    exposure = read(session, at, rules)
    if int((exposure[:-1] > 0).sum()) < rules.least_history:
        return []
    names: list[Ids] = [(key,) for key in count.busy_names(session, at.first, at.last, rules.min_stories)]
    pairs: list[Ids] = list(count.busy_pairs(session, at.first, at.last, rules.min_stories))
    found = readings(names, scores(session, names, at, rules, exposure))
    found += readings(pairs, scores(session, pairs, at, rules, exposure)) if pairs else []
    high = []
    for one in found:
        if one.z >= level:
            stories = story_ids(session, list(one.ids), at.first, at.last)
            some, _ = outlets(session, stories, at.last)
            if len(stories) < one.count:
                # These counts came ready-made: there are not enough articles to ask for their outlets.
                high.append(one)
            elif some >= rules.min_outlets:
                high.append(replace(one, outlets=some, stories=frozenset(stories)))
    return sorted(high, key=lambda one: (-one.z, one.ids))


def _grouped(session: Session, high: list[Reading], level: float) -> list[list[Reading]]:
    """Readings grouped into events, the leading one first in each."""
    entities = by_id(session, (key for one in high for key in one.ids))
    above = {key: frozenset(ancestors(session, entity)) for key, entity in entities.items()}
    by_ids = {one.ids: one for one in high}
    groups = events(
        [
            Risen(one.ids, one.z, one.count, one.stories, frozenset().union(*(above[key] for key in one.ids)))
            for one in high
        ],
        level,
    )
    return [[by_ids[one.ids] for one in group] for group in groups]


def names_and_windows(
    session: Session, ids: Ids, at: Window, rules: Rules, exposure: Counts
) -> tuple[Reading, Counts, Counts]:
    """One name or pair: its reading, its count in every window, and what was expected in each."""
    first = at.end - at.width * (rules.history + 1)
    series = (
        count.name_series(session, ids, first, at.last)
        if len(ids) == 1
        else count.pair_series(session, [(ids[0], ids[1])], first, at.last)
    )
    hours, counts = series[ids]
    found = scores(session, [ids], at, rules, exposure)
    return readings([ids], found)[0], windows(hours, counts, at.end, at.width, rules.history + 1), found.baseline[0]
