"""What a watch would have told lately: the detector's own score for every hour of the past, at once."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session

from handlers.measure import Ids, Panel, panel, window
from models import count
from models.article import outlets, story_ids
from signals.detector import Rules, Scores, score
from signals.discovery import passes
from signals.life import Life, begins
from signals.series import Windows as Counts

Integers = NDArray[np.int64]

DAYS = 60
"""How far a preview looks back."""


@dataclass(frozen=True)
class Fired:
    """A spike that would have been told."""

    at: datetime
    z: float
    count: int


def preview(session: Session, ids: Ids, level: float, now: datetime, rules: Rules) -> list[Fired]:
    """The spikes of a name or pair that would have begun in the last DAYS days at a level, oldest first.

    Looked at once an hour, like alerts are, and from what was known then; how names of its kind vary is taken from
    now. What other names' events would have brought is not among them.
    """
    at = window(session, now, rules)
    if at is None:
        return []
    seen = panel(session, at, rules, [ids, *((one,) for one in ids)])
    scores = _hourly(session, ids, seen)
    high = passes(scores, rules, seen.at_level(level))
    fired: list[Fired] = []
    life: Life | None = None
    for look, z in enumerate(scores.z.tolist()):
        end = at.end - len(high) + 1 + look
        moment, stories = count.start_of(end), int(scores.count[look])
        if not high[look]:
            life = life and life.below(z, stories, level, rules.min_stories)
        elif not begins(life, moment, stories):
            life = life and life.seen(moment, stories)
        elif _told_enough(session, ids, end - at.width, end - 1, stories, rules):
            fired.append(Fired(moment, z, stories))
            life = Life(moment, stories)
    return fired


def _told_enough(session: Session, ids: Ids, first: int, last: int, stories: int, rules: Rules) -> bool:
    """Whether enough outlets told the stories; of counts that came ready-made that is not known."""
    told = story_ids(session, list(ids), first, last)
    return len(told) < stories or outlets(session, told, last)[0] >= rules.min_outlets


def _hourly(session: Session, ids: Ids, seen: Panel) -> Scores:
    """The scores of one name or pair at every hour of the last DAYS days: one row each, oldest first."""
    at, rules = seen.at, seen.rules
    first = at.end - at.width * (rules.history + 1) - DAYS * 24
    read = _slid(*count.read(session, first, at.last), seen)

    def scored(some: Ids, chance: Counts | None = None) -> Scores:
        kin = seen.kin.take(np.full(len(read), seen.places[some]))
        return score(_slid(*count.series(session, some, first, at.last), seen), read, rules, chance, kin)

    if len(ids) == 1:
        return scored(ids)
    one, other = (scored((key,)).expected for key in ids)
    return scored(ids, one * other / np.maximum(read[:, -1], 1.0))


def _slid(hours: Integers, counts: Integers, seen: Panel) -> Counts:
    """Windows that end at every hour of the last DAYS days: shape (hours, history + 1)."""
    width, number, looks = seen.at.width, seen.rules.history + 1, DAYS * 24
    first = seen.at.end - width * number - looks
    sums = np.append(0, np.cumsum(np.bincount(hours - first, weights=counts, minlength=width * number + looks)))
    ends = np.arange(looks)[:, None] + 1 + width * np.arange(1, number + 1)
    found: Counts = sums[ends] - sums[ends - width]
    return found
