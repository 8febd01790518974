"""Counts the detector's false alarms on random counts at each sensitivity, beside the documented rate."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from signals.detector import Rules, score
from signals.expectation.baseline import fit_baseline
from signals.expectation.series import CountTable
from signals.expectation.shrinkage import fit_prior
from signals.false_discovery import LEVELS, Sensitivity, alarms_per_day, common_cutoff, passes_cutoff

LOWEST, HIGHEST = 0.05, 20.0
"""Stories a day of the quietest and the busiest series; the others are spaced evenly on a logarithmic scale."""

QUIET = 7 * 24
"""Hours in which a series that was high starts no new spike, as in handlers.alerts.detect."""


@dataclass(frozen=True)
class NoiseResult:
    """False alarms at one sensitivity."""

    setting: Sensitivity
    level: float
    """Lowest z of an alarm."""
    stated: float
    """Documented alarms a day."""
    alarms: int
    days: int

    @property
    def measured(self) -> float:
        """Measured alarms a day."""
        return self.alarms / self.days

    @property
    def error(self) -> float:
        """Standard deviation of the measured alarms a day, if alarms are Poisson counts at the documented rate."""
        return float(max(self.stated * self.days, 1.0) ** 0.5 / self.days)


def repeat_noise(
    series: int, days: int, runs: int, seed: int, progress: Callable[[int, int], None] | None = None
) -> list[NoiseResult]:
    """Adds up the alarms of several runs, each with a seed of its own, as rare alarms need many days to count."""
    total: list[NoiseResult] = []
    for run in range(runs):
        more = evaluate_noise(series, days, seed + run)
        pairs = zip(total, more, strict=True)
        total = [replace(a, alarms=a.alarms + b.alarms, days=a.days + b.days) for a, b in pairs] if total else more
        if progress:
            progress(run + 1, runs)
    return total


def evaluate_noise(series: int, days: int, seed: int, rules: Rules | None = None) -> list[NoiseResult]:
    """Counts alarms on `series` Poisson series of mixed rates, checked hourly for `days` days after a full history."""
    rules = rules or Rules()
    rng = np.random.default_rng(seed)
    rates = np.geomspace(LOWEST, HIGHEST, series)
    before = rules.width * (rules.history + 1)
    # Cumulative counts by hour: the sum of a window is the difference of two rows.
    sums = np.zeros((before + days * 24 + 1, series), dtype=np.int32)
    for hour in range(1, len(sums)):
        sums[hour] = sums[hour - 1] + rng.poisson(rates / 24)
    # For each sensitivity: the hour at which each series was last high, and the number of alarms.
    last = {word: np.full(series, -QUIET) for word in Sensitivity}
    alarms = dict.fromkeys(Sensitivity, 0)
    for hour in range(days * 24):
        end = before + hour + 1
        ends = sums[end - before : end + 1 : rules.width]
        read = np.diff(ends.sum(axis=1)).astype(np.float64)
        if hour % 24 == 0:
            counts = np.diff(ends, axis=0).astype(np.float64).T
            past = fit_baseline(CountTable.dense(counts), read, rules.half_life, rules.bias, rules.clip, rules.rounds)
            prior = fit_prior(past, read, np.zeros(series, dtype=np.int64), rules.width)
            scores = score(counts, read, rules, prior=prior)
            cuts = {word: common_cutoff(scores, rules, LEVELS[word]) for word in Sensitivity}
        # No series below this can reach any sensitivity's z; scoring all of them every hour would take an hour.
        mean = (ends[-2] - ends[0]) / rules.history
        rows = np.flatnonzero(ends[-1] - ends[-2] >= np.maximum(mean + 2.5 * np.sqrt(mean), rules.min_stories))
        counts = np.diff(ends[:, rows], axis=0).astype(np.float64).T
        scores = score(counts, read, rules, prior=prior.take(rows))
        for word in Sensitivity:
            high = rows[passes_cutoff(scores, rules, cuts[word])]
            alarms[word] += int((hour - last[word][high] > QUIET).sum())
            last[word][high] = hour
    return [NoiseResult(word, LEVELS[word], alarms_per_day(LEVELS[word]), alarms[word], days) for word in Sensitivity]
