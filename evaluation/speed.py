"""How long the detector takes for very many series, beside a plain z on the same counts."""

from dataclasses import dataclass
from time import process_time

import numpy as np

from signals.detector import Rules, score
from signals.expectation.series import CountTable

DAYS_TOLD = 3.0
"""Days on which a pair is told of, on average. In 90 days of 361,000 real items it is 1.9."""


@dataclass(frozen=True)
class SpeedResult:
    """Seconds of CPU, the best of some runs."""

    series: int
    detector: float
    plain: float
    """(count − mean) / (standard deviation + 1) over an array with all the zeros, in single precision."""


def evaluate_speed(series: int, seed: int, runs: int = 5) -> SpeedResult:
    """Scores `series` pairs over 90 days and a tested one."""
    rules = Rules()
    rng = np.random.default_rng(seed)
    windows = rules.history + 1
    told = rng.poisson(DAYS_TOLD, series)
    row = np.repeat(np.arange(series), told)
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
