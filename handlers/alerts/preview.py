"""What a watch would have told lately: the detector's own score for every hour of the past, at once."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session

from handlers.alerts.headlines import story_coverage
from handlers.measurement.panel import Ids, Panel, panel, window
from models import count
from models.article import first_sources, outlet_counts, story_ids
from signals.detector import Rules, Scores, score
from signals.expectation.series import Windows as Counts
from signals.false_discovery import Cutoff, episode_rate, passes_cutoff
from signals.lifecycle import SpikeState, begins_new_spike
from signals.prominence import prominence_z

Integers = NDArray[np.int64]

DAYS = 60
"""How far a preview looks back."""


@dataclass(frozen=True)
class PreviewedSpike:
    """A spike that would have been told."""

    at: datetime
    z: float
    count: int


def preview_watch(session: Session, ids: Ids, level: float, now: datetime, rules: Rules) -> list[PreviewedSpike]:
    """The spikes of a name or pair that would have begun in the last DAYS days at a level, oldest first.

    Looked at once an hour, like alerts are, and from what was known then; how names of its kind vary is taken from
    now. What other names' events would have brought is not among them.
    """
    at = window(session, now, rules)
    if at is None:
        return []
    seen = panel(session, at, rules, [ids, *((one,) for one in ids)])
    scores = _hourly(session, ids, seen)
    bar = seen.at_level(level)
    high = passes_cutoff(scores, rules, bar)
    leading = _leading(session, ids[0], seen, scores, bar) if len(ids) == 1 else {}
    fired: list[PreviewedSpike] = []
    life: SpikeState | None = None
    for look, z in enumerate(scores.z.tolist()):
        end = at.end - len(high) + 1 + look
        moment, stories = count.start_of(end), int(scores.count[look])
        if not high[look] and look not in leading:
            life = life and life.below(z, stories, level, rules.min_stories)
        elif not begins_new_spike(life, moment, stories):
            life = life and life.seen(moment, stories)
        elif high[look] and _told_enough(session, ids, end - at.width, end - 1, stories, rules):
            fired.append(PreviewedSpike(moment, z, stories))
            life = SpikeState(moment, stories)
        elif look in leading:
            fired.append(PreviewedSpike(moment, leading[look], stories))
            life = SpikeState(moment, stories)
    return fired


def _leading(session: Session, key: int, seen: Panel, scores: Scores, bar: Cutoff) -> dict[int, float]:
    """The looks at which a name would have led a page, and its z then, as handlers.alerts.headlines has it.

    Its own stories are its event: what others of the event alone would have added is not known here.
    """
    width, rules, looks = seen.at.width, seen.rules, len(scores.z)
    first = seen.at.end - looks - width + 1
    told = first_sources(session, [key], first, seen.at.last)
    _, stories, hours, named, _ = told[told[:, 3] >= 0].T
    whole = story_coverage(session, sorted(stories.tolist()), first, seen.at.last)
    paged = np.array([whole.weights.get(story, 1.0) != 1 for story in stories.tolist()], dtype=np.bool_)
    before = _slid(*count.count_series(session, (key,), _start(seen), seen.at.last), seen)[:, -2]
    found: dict[int, float] = {}
    same: frozenset[int] = frozenset()
    for look in range(looks):
        last = first + width - 1 + look
        inside = (hours > last - width) & (hours <= last) & (named <= last)
        now = frozenset(stories[inside].tolist()) if (inside & paged).any() else frozenset()
        if now == same:
            # Nothing came and nothing went: it leads as it did an hour before.
            found |= {look: found[look - 1]} if look - 1 in found else {}
            continue
        same = now
        how = story_coverage(session, sorted(now), last - width + 1, last)
        weight, row = np.array([how.weight(now)]), slice(look, look + 1)
        z = prominence_z(weight, how.mean, scores.expected[row], scores.sigma[row], before[row], rules.bias)
        rate = episode_rate(np.round(weight), scores.expected[row], scores.variance[row])
        z = how.borne(now, now) * z
        if (
            z[0] >= bar.level
            and weight[0] >= rules.min_stories
            and how.leads(now, rules.min_outlets)
            and rate[0] <= bar.episodes
        ):
            found[look] = float(z[0])
    return found


def _told_enough(session: Session, ids: Ids, first: int, last: int, stories: int, rules: Rules) -> bool:
    """Whether enough outlets told the stories; of counts that came ready-made that is not known."""
    told = story_ids(session, list(ids), first, last)
    return len(told) < stories or outlet_counts(session, told, last)[0] >= rules.min_outlets


def _hourly(session: Session, ids: Ids, seen: Panel) -> Scores:
    """The scores of one name or pair at every hour of the last DAYS days: one row each, oldest first."""
    at, rules, first = seen.at, seen.rules, _start(seen)
    read = _slid(*count.stories_read(session, first, at.last), seen)

    def scored(some: Ids, chance: Counts | None = None) -> Scores:
        kin = seen.kin.take(np.full(len(read), seen.places[some]))
        return score(_slid(*count.count_series(session, some, first, at.last), seen), read, rules, chance, kin)

    if len(ids) == 1:
        return scored(ids)
    one, other = (scored((key,)).expected for key in ids)
    return scored(ids, one * other / np.maximum(read[:, -1], 1.0))


def _start(seen: Panel) -> int:
    """The first hour of the past of the oldest look."""
    return seen.at.end - seen.at.width * (seen.rules.history + 1) - DAYS * 24


def _slid(hours: Integers, counts: Integers, seen: Panel) -> Counts:
    """Windows that end at every hour of the last DAYS days: shape (hours, history + 1)."""
    width, number, looks, first = seen.at.width, seen.rules.history + 1, DAYS * 24, _start(seen)
    sums = np.append(0, np.cumsum(np.bincount(hours - first, weights=counts, minlength=width * number + looks)))
    ends = np.arange(looks)[:, None] + 1 + width * np.arange(1, number + 1)
    found: Counts = sums[ends] - sums[ends - width]
    return found
