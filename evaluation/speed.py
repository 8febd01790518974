"""Times the detector on very many series, beside a plain z-score on the same counts."""

from dataclasses import dataclass
from time import process_time

import numpy as np

from signals.detector import Rules, score
from signals.expectation.series import CountTable

DAYS_MENTIONED = 3.0
"""Mean number of days on which a pair is mentioned; 1.9 in 90 days of 361,000 real items."""


@dataclass(frozen=True)
class SpeedResult:
    """CPU seconds, the best of several runs."""

    series: int
    detector: float
    plain: float
    """(count − mean) / (standard deviation + 1) over a dense single-precision array."""


def evaluate_speed(series: int, seed: int, runs: int = 5) -> SpeedResult:
    """Scores `series` random pairs on one day after 90 days of history."""
    rules = Rules()
    rng = np.random.default_rng(seed)
    windows = rules.history + 1
    row = np.repeat(np.arange(series), rng.poisson(DAYS_MENTIONED, series))
    count = rng.geometric(0.6, len(row)).astype(np.float64)
    table = CountTable(row, rng.integers(0, windows, len(row)), count, series, windows)
    read = rng.integers(300, 600, windows).astype(np.float64)
    dense = np.zeros((series, windows), dtype=np.float32)
    np.add.at(dense, (table.row, table.window), count.astype(np.float32))

    def plain() -> None:
        past = dense[:, :-1]
        (dense[:, -1] - past.mean(axis=1)) / (past.std(axis=1) + 1)

    def detector() -> None:
        score(table, read, rules)

    best = []
    for work in (detector, plain):
        times = []
        for _ in range(runs):
            start = process_time()
            work()
            times.append(process_time() - start)
        best.append(min(times))
    return SpeedResult(series, *best)
