"""How many false alarms a day the detector raises on nothing but chance, at each setting, beside what is stated."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from signals.detector import Rules, score
from signals.expectation.baseline import fit_baseline
from signals.expectation.series import CountTable
from signals.expectation.shrinkage import fit_prior
from signals.false_discovery import LEVELS, Sensitivity, alarms_per_day, common_cutoff, passes_cutoff

LOWEST, HIGHEST = 0.05, 20.0
"""Stories a day of the most quiet series and of the busiest; the others lie between at even steps of the logarithm."""

QUIET = 7 * 24
"""Hours for which a series that was high starts no new spike, as in handlers.alerts.detect."""


@dataclass(frozen=True)
class NoiseResult:
    """False alarms of one setting."""

    setting: Sensitivity
    level: float
    stated: float
    alarms: int
    days: int

    @property
    def measured(self) -> float:
        """Alarms a day."""
        return self.alarms / self.days

    @property
    def error(self) -> float:
        """By how much that varies from one piece of chance to the next: a standard deviation, as alarms are counted."""
        return float(max(self.stated * self.days, 1.0) ** 0.5 / self.days)


def repeat_noise(
    series: int, days: int, runs: int, seed: int, progress: Callable[[int, int], None] | None = None
) -> list[NoiseResult]:
    """The alarms of some runs together, each on a chance of its own: rare ones take long to count."""
    found: list[NoiseResult] = []
    for run in range(runs):
        more = evaluate_noise(series, days, seed + run)
        pairs = zip(found, more, strict=True)
        found = [replace(a, alarms=a.alarms + b.alarms, days=a.days + b.days) for a, b in pairs] if found else more
        if progress:
            progress(run + 1, runs)
    return found


def evaluate_noise(series: int, days: int, seed: int, rules: Rules | None = None) -> list[NoiseResult]:
    """Alarms on Poisson counts of mixed rates, looked at hourly for `days` days, after a full history of them."""
    rules = rules or Rules()
    rng = np.random.default_rng(seed)
    rates = np.geomspace(LOWEST, HIGHEST, series)
    before = rules.width * (rules.history + 1)
    # What had been counted up to each hour: the sum of a window is the difference of two rows.
    sums = np.zeros((before + days * 24 + 1, series), dtype=np.int32)
    for hour in range(1, len(sums)):
        sums[hour] = sums[hour - 1] + rng.poisson(rates / 24)
    # A state for each setting: when each series was last high, and the cut of the day.
    last = {word: np.full(series, -QUIET) for word in Sensitivity}
    found = dict.fromkeys(Sensitivity, 0)
    for look in range(days * 24):
        end = before + look + 1
        ends = sums[end - before : end + 1 : rules.width]
        read = np.diff(ends.sum(axis=1)).astype(np.float64)
        if look % 24 == 0:
            counts = np.diff(ends, axis=0).astype(np.float64).T
            past = fit_baseline(CountTable.dense(counts), read, rules.half_life, rules.bias, rules.clip, rules.rounds)
            kin = fit_prior(past, read, np.zeros(series, dtype=np.int64), rules.width)
            scores = score(counts, read, rules, prior=kin)
            cuts = {word: common_cutoff(scores, rules, LEVELS[word]) for word in Sensitivity}
        # Nothing below this can have the z of any setting; a full look at all would take an hour.
        mean = (ends[-2] - ends[0]) / rules.history
        rows = np.flatnonzero(ends[-1] - ends[-2] >= np.maximum(mean + 2.5 * np.sqrt(mean), rules.min_stories))
        counts = np.diff(ends[:, rows], axis=0).astype(np.float64).T
        scores = score(counts, read, rules, prior=kin.take(rows))
        for word in Sensitivity:
            high = rows[passes_cutoff(scores, rules, cuts[word])]
            found[word] += int((look - last[word][high] > QUIET).sum())
            last[word][high] = look
    return [NoiseResult(word, LEVELS[word], alarms_per_day(LEVELS[word]), found[word], days) for word in Sensitivity]
