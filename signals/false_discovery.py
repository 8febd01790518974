"""How often chance alone would raise an alarm, over all series and all looks: the control of false discoveries.

Thousands of names and pairs are looked at with every poll, and windows of 24 hours that are looked at every hour
overlap. A p of one in a thousand would then be an alarm many times a day. So what is controlled is what a reader
notices: how many alarms a day chance makes, in all names and pairs together. For a setting that number is stated
(`alarms`), and it is reached, not only bounded.

One series. Let f be the probability of a count in one window: gamma-Poisson with the mean and the variance of the
detector's score; Poisson where counts vary by chance alone. Its window slides. With rate λ of stories, it enters "k or
more" with the rate λ f(k-1) = k f(k) / width, and of those entries the part mean/k only returns to where it was a
moment ago. What is left are episodes, one alarm each:

    episodes a window = k·f(k) − (k+1)·f(k+1)              the mean of (k − rate)·Poisson(k; rate) over all rates

For a fixed rate this is (k − mean)·f(k): Alm's approximation of the scan statistic (Alm, On the distribution of the
scan statistic of a Poisson process, 1983; Glaz, Naus and Wallenstein, Scan Statistics, 2001). Who looks once an hour,
not at every moment, misses some: in simulations of 0.1 to 50 stories a day over 18 million hours the part that is seen
is exp(−0.22·sqrt(k/looks)) within 0.03, looks = 24 a window.

All series. Each needs its z (level) and its fewest stories; beyond that an alarm must be rarer than a common cut:

    cut = the largest with  Σ over series of episodes(smallest count that passes) ≤ alarms stated

Counts are whole, so each series lies somewhat below the cut; but the sum over all of them is what is set, exactly.
That is a per-family error rate, stricter than a share of false discoveries (Benjamini and Hochberg, 1995), which on a
quiet day would let one in ten of nothing through. Pure.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import erfc

import numpy as np
from numpy.typing import NDArray

from signals.detector import Rules, Scores

Array = NDArray[np.float64]

LOOKS = 24
"""Looks at a window while it moves by its own width."""

UNSEEN = 0.22
STEPS = 48
"""Counts above its z from which a series is searched for its bar; what is rarer still adds nothing."""

TINY = 1e-12
"""A mean that stands for none."""

BROAD = 1e6
"""A mean from which a count is as good as normal."""


TERMS = 3000
"""Counts that are summed one by one for a probability."""


class Sensitivity(StrEnum):
    """How readily alarms are raised, in a word."""

    FEW = "few"
    BALANCED = "balanced"
    MANY = "many"


LEVELS = {Sensitivity.FEW: 4.5, Sensitivity.BALANCED: 4.0, Sensitivity.MANY: 3.5}
"""The z of each word."""


def alarms_per_day(level: float) -> float:
    """How many false alarms a day go with a level, over all names and pairs: 1 at 3.5, 0.2 at 4, 0.04 at 4.5.

    Five times fewer for each half of a sigma. Of series whose counts come by chance, with 0.05 to 20 stories a day,
    more reach each of these levels than that, so that it is this number which decides.
    """
    return float(5.0 ** (2 * (3.5 - level)))


@dataclass(frozen=True)
class Cutoff:
    """From where a count is no chance any more."""

    level: float
    episodes: float
    """Episodes a window (of one series) that must not be exceeded."""
    series: int
    """How many were looked at."""


def common_cutoff(scores: Scores, rules: Rules, level: float | None = None) -> Cutoff:
    """The common cut of all series that are looked at together, for a level."""
    level = rules.level if level is None else level
    wanted = alarms_per_day(level) * rules.width / 24
    least = np.maximum(float(rules.min_stories), np.ceil(scores.expected + level * scores.sigma))
    usual = scores.expected - scores.extra
    first = episode_rate(least - scores.extra, usual, scores.variance)
    # Together these can't make one in ten thousand of the alarms.
    some = first > wanted * 1e-4 / max(len(first), 1)
    rates = _onward(least[some] - scores.extra[some], usual[some], scores.variance[some])
    rates = np.minimum.accumulate(np.hstack([rates, np.zeros((len(rates), 1))]), axis=1)
    low, high = np.log(1e-18), 0.0

    def total(at: float) -> float:
        return float(rates[np.arange(len(rates)), (rates <= np.exp(at)).argmax(axis=1)].sum())

    if total(high) > wanted:
        for _ in range(50):
            middle = (low + high) / 2
            low, high = (middle, high) if total(middle) <= wanted else (low, middle)
    else:
        low = high
    return Cutoff(level, float(np.exp(low)), len(first))


def passes_cutoff(scores: Scores, rules: Rules, at: Cutoff) -> NDArray[np.bool_]:
    """Which series are above their level, their fewest stories and the cut."""
    enough = (scores.z >= at.level) & (scores.count >= rules.min_stories)
    found = np.zeros(len(enough), dtype=np.bool_)
    some = np.flatnonzero(enough)
    found[some] = expected_false_alarms(scores)[some] <= at.episodes
    return found


def required_counts(scores: Scores, rules: Rules, at: Cutoff) -> list[int]:
    """The fewest stories with which each series would pass."""
    least = np.maximum(float(rules.min_stories), np.ceil(scores.expected + at.level * scores.sigma))
    good = _onward(least - scores.extra, scores.expected - scores.extra, scores.variance) <= at.episodes
    found = least + np.where(good.any(axis=1), good.argmax(axis=1), STEPS)
    return [int(one) for one in found]


def expected_false_alarms(scores: Scores) -> Array:
    """How many times in a window chance would bring each series to its count or above."""
    return episode_rate(scores.count - scores.extra, scores.expected - scores.extra, scores.variance)


def p_values(scores: Scores) -> Array:
    """P: the probability that one window has each count or more by chance."""
    return tail_probability(scores.count - scores.extra, scores.expected - scores.extra, scores.variance)


def episode_rate(count: Array, expected: Array, variance: Array) -> Array:
    """How many times in a window each series would by chance enter `count` or more: from 0 to 1."""
    return _onward(count, expected, variance, 1)[:, 0]


def _onward(count: Array, expected: Array, variance: Array, steps: int = STEPS) -> Array:
    """Episodes of each count and the next ones: shape (series, steps)."""
    here = count_probability(count, expected, variance)
    more = _more(expected, variance)
    size = np.maximum(expected, TINY) / more
    usual = expected + np.maximum(1.0, np.sqrt(variance))
    found = np.empty((len(count), steps))
    for step in range(steps):
        after = here * (count + size) / (count + 1) * (more / (1 + more))
        seen = np.exp(-UNSEEN * np.sqrt(count / LOOKS))
        # Near what is usual the formula says nothing: there a count is entered all the time.
        found[:, step] = np.where(count > usual, (count * here - (count + 1) * after) * seen, 1.0)
        here, count = after, count + 1
    return np.clip(found, 0.0, 1.0)


def count_probability(count: Array, expected: Array, variance: Array) -> Array:
    """The probability of exactly this count: gamma-Poisson with this mean and variance, Poisson when they are equal."""
    count, more = np.maximum(count, 0.0), _more(expected, variance)
    size = np.maximum(expected, TINY) / more
    log = log_gamma(count + size) - log_gamma(size) - log_gamma(count + 1)
    log = log - size * np.log1p(more) + count * (np.log(more) - np.log1p(more))
    found: Array = np.exp(np.minimum(log, 0.0))
    return found


def _more(expected: Array, variance: Array) -> Array:
    """By how much counts vary more than by chance, as a part of the mean.

    Never quite 0: a hundredth of a percent keeps the differences of large logarithms exact.
    """
    found: Array = np.maximum(variance / np.maximum(expected, TINY) - 1, 1e-4)
    return found


def tail_probability(count: Array, expected: Array, variance: Array) -> Array:
    """P, the probability of this count or more in one window by chance; arrays of one shape."""
    sigma = np.sqrt(np.maximum(variance, 1e-12))
    broad = (expected > BROAD) | (sigma > np.sqrt(BROAD))
    normal = np.array([erfc(one) / 2 for one in ((count - 0.5 - expected) / sigma / np.sqrt(2)).tolist()])
    found = np.where(broad, normal, 0.0)
    narrow = np.flatnonzero(~broad)
    mean, noise = np.maximum(expected[narrow], TINY), variance[narrow]
    more = _more(mean, noise)
    size, part = mean / more, more / (1 + more)
    number, sums = np.maximum(count[narrow], 0.0), np.zeros(len(narrow))
    above = number > mean
    # Terms upwards from the count where it is above the mean; downwards, and taken from 1, where it is not.
    number = np.where(above, number, number - 1)
    term = np.where(number < 0, 0.0, count_probability(number, mean, noise))
    for _ in range(TERMS):
        if not (term > 1e-17 * np.maximum(sums, 1e-300)).any():
            break
        sums += term
        rising = (number + size) / np.maximum(number + 1, 1) * part
        falling = number / np.maximum(number - 1 + size, 1e-300) / part
        term = term * np.where(above, rising, falling)
        number = np.where(above, number + 1, number - 1)
        term = np.where(number < 0, 0.0, term)
    # What is left of a long tail falls from term to term by hardly less than `part`.
    sums += np.where(above, term / np.maximum(1 - part, 1e-6), 0.0)
    found[narrow] = np.where(above, sums, 1 - sums)
    return np.clip(found, 0.0, 1.0)


def log_gamma(x: Array) -> Array:
    """The logarithm of the gamma function for x > 0: Stirling's series (Abramowitz and Stegun, 6.1.41)."""
    product = x * (x + 1) * (x + 2) * (x + 3) * (x + 4) * (x + 5) * (x + 6) * (x + 7)
    y = x + 8
    series = (1 / 12 - (1 / 360 - (1 / 1260 - 1 / (1680 * y**2)) / y**2) / y**2) / y
    found: Array = (y - 0.5) * np.log(y) - y + 0.5 * np.log(2 * np.pi) + series - np.log(product)
    return found
