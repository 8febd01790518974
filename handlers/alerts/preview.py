"""Previews a watch: scores every hour of the past weeks with the detector itself, all at once."""

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
"""Days that a preview looks back."""


@dataclass(frozen=True)
class PreviewedSpike:
    """A spike that would have raised an alert: its start, its z, and its stories then."""

    at: datetime
    z: float
    count: int


def preview_watch(session: Session, ids: Ids, level: float, now: datetime, rules: Rules) -> list[PreviewedSpike]:
    """Returns the spikes of a name or pair that would have begun in the last DAYS days at a level, oldest first.

    Checks once an hour, as alerts do, with the counts known then; the prior of its kind is the current one. Alerts
    that another name's event would have raised are not included.
    """
    at = window(session, now, rules)
    if at is None:
        return []
    measured = panel(session, at, rules, [ids, *((one,) for one in ids)])
    scores = _hourly(session, ids, measured)
    cutoff = measured.at_level(level)
    high = passes_cutoff(scores, rules, cutoff)
    leading = _leading(session, ids[0], measured, scores, cutoff) if len(ids) == 1 else {}
    fired: list[PreviewedSpike] = []
    state: SpikeState | None = None
    for look, z in enumerate(scores.z.tolist()):
        end = at.end - len(high) + 1 + look
        moment, stories = count.start_of(end), int(scores.count[look])
        if not high[look] and look not in leading:
            state = state and state.below(z, stories, level, rules.min_stories)
        elif not begins_new_spike(state, moment, stories):
            state = state and state.seen(moment, stories)
        elif high[look] and _enough_outlets(session, ids, end - at.width, end - 1, stories, rules):
            fired.append(PreviewedSpike(moment, z, stories))
            state = SpikeState(moment, stories)
        elif look in leading:
            fired.append(PreviewedSpike(moment, leading[look], stories))
            state = SpikeState(moment, stories)
    return fired


def _leading(session: Session, key: int, measured: Panel, scores: Scores, cutoff: Cutoff) -> dict[int, float]:
    """Returns the hours (by index) at which a name would have led a page, with its z, as in alerts.headlines.

    Only its own stories count as its event: what other names of the event would have added is not known here.
    """
    width, rules, looks = measured.at.width, measured.rules, len(scores.z)
    first = measured.at.end - looks - width + 1
    rows = first_sources(session, [key], first, measured.at.last)
    _, stories, hours, mentioned, _ = rows[rows[:, 3] >= 0].T
    whole = story_coverage(session, sorted(stories.tolist()), first, measured.at.last)
    paged = np.array([whole.weights.get(story, 1.0) != 1 for story in stories.tolist()], dtype=np.bool_)
    before = _sliding_sums(*count.count_series(session, (key,), _start(measured), measured.at.last), measured)[:, -2]
    found: dict[int, float] = {}
    same: frozenset[int] = frozenset()
    for look in range(looks):
        last = first + width - 1 + look
        inside = (hours > last - width) & (hours <= last) & (mentioned <= last)
        now = frozenset(stories[inside].tolist()) if (inside & paged).any() else frozenset()
        if now == same:
            # The stories are those of an hour before, so it leads or not as it did then.
            found |= {look: found[look - 1]} if look - 1 in found else {}
            continue
        same = now
        how = story_coverage(session, sorted(now), last - width + 1, last)
        weight, row = np.array([how.weight(now)]), slice(look, look + 1)
        z = prominence_z(weight, how.mean, scores.expected[row], scores.sigma[row], before[row], rules.bias)
        rate = episode_rate(np.round(weight), scores.expected[row], scores.variance[row])
        z = how.credit(now, now) * z
        if (
            z[0] >= cutoff.level
            and weight[0] >= rules.min_stories
            and how.leads(now, rules.min_outlets)
            and rate[0] <= cutoff.episodes
        ):
            found[look] = float(z[0])
    return found


def _enough_outlets(session: Session, ids: Ids, first: int, last: int, stories: int, rules: Rules) -> bool:
    """Whether enough outlets carried the stories; assumed for imported counts, which have no outlets."""
    found = story_ids(session, list(ids), first, last)
    return len(found) < stories or outlet_counts(session, found, last)[0] >= rules.min_outlets


def _hourly(session: Session, ids: Ids, measured: Panel) -> Scores:
    """Returns the scores of a name or pair at every hour of the last DAYS days: one row each, oldest first."""
    at, rules, first = measured.at, measured.rules, _start(measured)
    read = _sliding_sums(*count.stories_read(session, first, at.last), measured)

    def scored(key: Ids, chance: Counts | None = None) -> Scores:
        prior = measured.prior.take(np.full(len(read), measured.places[key]))
        return score(
            _sliding_sums(*count.count_series(session, key, first, at.last), measured), read, rules, chance, prior
        )

    if len(ids) == 1:
        return scored(ids)
    one, other = (scored((key,)).expected for key in ids)
    return scored(ids, one * other / np.maximum(read[:, -1], 1.0))


def _start(measured: Panel) -> int:
    """Returns the first hour of the history that the oldest check needs."""
    return measured.at.end - measured.at.width * (measured.rules.history + 1) - DAYS * 24


def _sliding_sums(hours: Integers, counts: Integers, measured: Panel) -> Counts:
    """Sums counts into windows that end at every hour of the last DAYS days: shape (hours, history + 1)."""
    width, number, looks, first = measured.at.width, measured.rules.history + 1, DAYS * 24, _start(measured)
    sums = np.append(0, np.cumsum(np.bincount(hours - first, weights=counts, minlength=width * number + looks)))
    ends = np.arange(looks)[:, None] + 1 + width * np.arange(1, number + 1)
    found: Counts = sums[ends] - sums[ends - width]
    return found
