"""Control of false discoveries: how often chance alone would raise an alarm, over all series and all looks.

Thousands of names and pairs are tested with every poll, and 24-hour windows that are tested every hour overlap. A
p-value of one in a thousand would then be an alarm many times a day. So what is controlled is what a reader notices:
the number of false alarms a day over all names and pairs. Each level has such a number (`alarms_per_day`), and it is
attained, not only bounded.

One series. Let f be the probability mass of the count in one window: gamma-Poisson with the mean and the variance of
the detector; Poisson where counts vary by chance alone. The window slides. With rate λ of stories, it enters "k or
more" with the rate λ f(k-1) = k f(k) / width, and a part mean/k of those entries only returns to where it was a moment
ago. What is left are episodes, one alarm each:

    episodes a window = k·f(k) − (k+1)·f(k+1)              the mean of (k − rate)·Poisson(k; rate) over all rates

For a fixed rate this is (k − mean)·f(k): Alm's approximation of the scan statistic (Alm, On the distribution of the
scan statistic of a Poisson process, 1983; Glaz, Naus and Wallenstein, Scan Statistics, 2001). Hourly looks miss some
episodes: in simulations of 0.1 to 50 stories a day over 18 million hours the part that is observed is
exp(−0.22·sqrt(k/looks)) within 0.03, looks = 24 a window.

All series. Each needs the z-score of the level and the fewest stories; beyond that an alarm must be rarer than a common
cutoff:

    cutoff = the largest with  Σ over series of episodes(smallest count that passes) ≤ alarms of the level

Counts are whole numbers, so each series lies somewhat below the cutoff, but their sum attains the number of the level.
This is a per-family error rate. It is stricter than a false-discovery rate (Benjamini and Hochberg, 1995), which only
bounds the share of false alarms: on a quiet day all of the few alarms could be false. Pure.
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
"""Coefficient of the part of episodes that hourly looks miss, from the simulation above."""

STEPS = 48
"""Counts, from the one that reaches the level, among which a series can pass; larger ones add nothing to the sum."""

TINY = 1e-12
"""A mean in place of 0."""

BROAD = 1e6
"""A mean from which a count is practically normal."""

TERMS = 3000
"""Terms that are summed for a tail probability."""


class Sensitivity(StrEnum):
    """How readily alarms are raised."""

    FEW = "few"
    BALANCED = "balanced"
    MANY = "many"


LEVELS = {Sensitivity.FEW: 4.5, Sensitivity.BALANCED: 4.0, Sensitivity.MANY: 3.5}
"""Level (z-score) of each sensitivity."""


def alarms_per_day(level: float) -> float:
    """False alarms a day of a level, over all names and pairs: 1 at 3.5, 0.2 at 4, 0.04 at 4.5.

    Five times fewer for each half sigma. Among series that vary by chance alone, with 0.05 to 20 stories a day, more
    than that reach each of these levels, so this number is the binding condition.
    """
    return float(5.0 ** (2 * (3.5 - level)))


@dataclass(frozen=True)
class Cutoff:
    """The condition from which a count is not explained by chance."""

    level: float
    """z-score."""
    episodes: float
    """Most episodes per window, by chance, of a series that passes."""
    series: int
    """Number of series tested."""


def common_cutoff(scores: Scores, rules: Rules, level: float | None = None) -> Cutoff:
    """The common cutoff of all series that are tested together; level: that of the rules unless given."""
    level = rules.level if level is None else level
    wanted = alarms_per_day(level) * rules.width / 24
    least = np.maximum(float(rules.min_stories), np.ceil(scores.expected + level * scores.sigma))
    usual = scores.expected - scores.extra
    first = episode_rate(least - scores.extra, usual, scores.variance)
    # The others together make less than one in ten thousand of the alarms.
    some = first > wanted * 1e-4 / max(len(first), 1)
    rates = _episode_rates(least[some] - scores.extra[some], usual[some], scores.variance[some])
    rates = np.minimum.accumulate(np.hstack([rates, np.zeros((len(rates), 1))]), axis=1)
    low, high, settled = np.log(1e-18), 0.0, 0.0
    lower, upper = _largest_below(rates, low), _largest_below(rates, high)
    if upper.sum() <= wanted:
        return Cutoff(level, 1.0, len(first))
    for _ in range(50):
        middle = (low + high) / 2
        between = _largest_below(rates, middle)
        if settled + between.sum() <= wanted:
            low, lower = middle, between
        else:
            high, upper = middle, between
        open_ = lower != upper
        # Series whose rate is the same at both ends need not be looked at again; to leave them out costs a copy.
        if 2 * open_.sum() < len(open_):
            settled += lower[~open_].sum()
            rates, lower, upper = rates[open_], lower[open_], upper[open_]
    return Cutoff(level, float(np.exp(low)), len(first))


def _largest_below(rates: Array, log: float) -> Array:
    """The largest rate of each series up to a limit, given by its logarithm; rates fall along a row and end with 0."""
    found: Array = rates[np.arange(len(rates)), (rates <= np.exp(log)).argmax(axis=1)]
    return found


def passes_cutoff(scores: Scores, rules: Rules, at: Cutoff) -> NDArray[np.bool_]:
    """Which series reach the level, the fewest stories and the cutoff: shape (series,)."""
    enough = (scores.z >= at.level) & (scores.count >= rules.min_stories)
    found = np.zeros(len(enough), dtype=np.bool_)
    some = np.flatnonzero(enough)
    found[some] = expected_false_alarms(scores)[some] <= at.episodes
    return found


def required_counts(scores: Scores, rules: Rules, at: Cutoff) -> list[int]:
    """The fewest stories with which each series would pass: one for each series."""
    least = np.maximum(float(rules.min_stories), np.ceil(scores.expected + at.level * scores.sigma))
    good = _episode_rates(least - scores.extra, scores.expected - scores.extra, scores.variance) <= at.episodes
    found = least + np.where(good.any(axis=1), good.argmax(axis=1), STEPS)
    return [int(one) for one in found]


def expected_false_alarms(scores: Scores) -> Array:
    """Expected number per window of episodes by chance that reach the count of each series: shape (series,)."""
    return episode_rate(scores.count - scores.extra, scores.expected - scores.extra, scores.variance)


def p_values(scores: Scores) -> Array:
    """p-values: the probability of each count or more in one window by chance, shape (series,)."""
    return tail_probability(scores.count - scores.extra, scores.expected - scores.extra, scores.variance)


def episode_rate(count: Array, expected: Array, variance: Array) -> Array:
    """Episodes per window in which each series enters `count` or more by chance: 0 to 1, shape (series,)."""
    return _episode_rates(count, expected, variance, 1)[:, 0]


def _episode_rates(count: Array, expected: Array, variance: Array, steps: int = STEPS) -> Array:
    """Episode rates of each count and the following ones: shape (series, steps)."""
    here = count_probability(count, expected, variance)
    overdispersion = _overdispersion(expected, variance)
    size = np.maximum(expected, TINY) / overdispersion
    near_mean = expected + np.maximum(1.0, np.sqrt(variance))
    found = np.empty((len(count), steps))
    for step in range(steps):
        after = here * (count + size) / (count + 1) * (overdispersion / (1 + overdispersion))
        observed = np.exp(-UNSEEN * np.sqrt(count / LOOKS))
        # Near the mean the formula does not apply: such a count is entered all the time.
        found[:, step] = np.where(count > near_mean, (count * here - (count + 1) * after) * observed, 1.0)
        here, count = after, count + 1
    return np.clip(found, 0.0, 1.0)


def count_probability(count: Array, expected: Array, variance: Array) -> Array:
    """The probability of exactly this count: gamma-Poisson with this mean and variance, Poisson when they are equal."""
    count, overdispersion = np.maximum(count, 0.0), _overdispersion(expected, variance)
    size = np.maximum(expected, TINY) / overdispersion
    log = log_gamma(count + size) - log_gamma(size) - log_gamma(count + 1)
    log = log - size * np.log1p(overdispersion) + count * (np.log(overdispersion) - np.log1p(overdispersion))
    found: Array = np.exp(np.minimum(log, 0.0))
    return found


def _overdispersion(expected: Array, variance: Array) -> Array:
    """Overdispersion: variance / mean - 1, shape (series,).

    At least 1e-4, which keeps the differences of large logarithms exact.
    """
    found: Array = np.maximum(variance / np.maximum(expected, TINY) - 1, 1e-4)
    return found


def tail_probability(count: Array, expected: Array, variance: Array) -> Array:
    """The probability of this count or more in one window by chance; arrays of the same shape."""
    sigma = np.sqrt(np.maximum(variance, 1e-12))
    broad = (expected > BROAD) | (sigma > np.sqrt(BROAD))
    normal = np.array([erfc(one) / 2 for one in ((count - 0.5 - expected) / sigma / np.sqrt(2)).tolist()])
    found = np.where(broad, normal, 0.0)
    narrow = np.flatnonzero(~broad)
    mean, noise = np.maximum(expected[narrow], TINY), variance[narrow]
    overdispersion = _overdispersion(mean, noise)
    size, part = mean / overdispersion, overdispersion / (1 + overdispersion)
    number, sums = np.maximum(count[narrow], 0.0), np.zeros(len(narrow))
    above = number > mean
    # Above the mean the upper tail is summed; below it the lower tail, which is subtracted from 1.
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
    # The rest of a long tail is a geometric series with a ratio of nearly `part`.
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
