"""How many false alarms a day the detector raises on nothing but chance, at each setting, beside what is stated."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from signals.detector import Rules, score
from signals.discovery import LEVELS, Sensitivity, alarms, cut, passes
from signals.kin import kinship
from signals.past import remember
from signals.series import Table

LOWEST, HIGHEST = 0.05, 20.0
"""Stories a day of the most quiet series and of the busiest; the others lie between at even steps of the logarithm."""

QUIET = 7 * 24
"""Hours for which a series that was high starts no new spike, as in handlers.alerts."""


@dataclass(frozen=True)
class Noise:
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


def noise(
    series: int, days: int, seed: int, progress: Callable[[int, int], None] | None = None, rules: Rules | None = None
) -> list[Noise]:
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
        counts = np.diff(ends, axis=0).astype(np.float64).T
        read = counts.sum(axis=0)
        if look % 24 == 0:
            past = remember(Table.dense(counts), read, rules.half_life, rules.bias, rules.clip, rules.rounds)
            kin = kinship(past, read, np.zeros(series, dtype=np.int64), rules.width)
        scores = score(counts, read, rules, kin=kin)
        if look % 24 == 0:
            cuts = {word: cut(scores, rules, LEVELS[word]) for word in Sensitivity}
            if progress:
                progress(look // 24, days)
        for word in Sensitivity:
            high = passes(scores, rules, cuts[word])
            found[word] += int((high & (look - last[word] > QUIET)).sum())
            last[word] = np.where(high, look, last[word])
    return [Noise(word, LEVELS[word], alarms(LEVELS[word]), found[word], days) for word in Sensitivity]
