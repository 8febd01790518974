"""How unusual the newest window of a series is: a z against its own past, many series at once.

    expected = share of the past x what was read now
    sigma^2  = max(variance of the past, expected) + bias^2
    z        = (count - expected) / sigma

- The tested window is never part of its own baseline: there z could not exceed sqrt(n - 1).
- The share is an exponentially weighted mean (half-life `half_life` windows) of the count per story
  read, so weekends, holidays and sources that come and go change the expectation, not the news.
- Past spikes are clipped: a count above share + `clip` sigma is taken as that, in `rounds` rounds, so
  that yesterday's launch does not hide today's growth and last month's does not dull the month.
- Sigma never falls below what counting itself makes (Poisson: variance = mean), plus `bias` stories
  for what we can't know: SigniTrend's bias term (Schubert, Weiler, Kriegel, KDD 2014). A name with no
  past has expected 0 and z = count / bias: finite, and it grows with the evidence.
- Windows in which nothing was read say nothing and are left out.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Rules:
    """What the detector looks at, and from where it speaks."""

    width: int = 24
    """Hours of a window."""
    history: int = 90
    """Earlier windows looked at."""
    half_life: float = 30.0
    """Windows after which the past weighs half."""
    bias: float = 1.5
    """Stories added to sigma; between 1 (more alerts) and 2 (fewer)."""
    clip: float = 3.0
    rounds: int = 3
    level: float = 5.0
    """The z from which it is a spike."""
    min_stories: int = 5
    min_outlets: int = 3
    least_history: int = 7
    """Earlier windows with anything read, below which there is too little to say."""


@dataclass(frozen=True)
class Scores:
    """For each series, what its z is made of; arrays of the same length."""

    count: Array
    expected: Array
    sigma: Array
    z: Array
    windows: int
    """Earlier windows with anything read: n of the baseline."""
    floored: NDArray[np.bool_]
    """Whether sigma is what counting alone makes."""
    baseline: Array
    """What was expected in every window, for charts: shape (series, windows)."""


def score(counts: Array, read: Array, rules: Rules, chance: Array | None = None) -> Scores:
    """Scores the last window of each series.

    counts: shape (series, windows), oldest first; read: shape (windows,), stories read from all sources.
    chance: for pairs, how many stories in the last window would name both if the names had nothing to
    do with each other; the expectation is never lower.
    Negative and non-finite numbers count as 0. Raises ValueError when the shapes do not fit.
    """
    if counts.ndim != 2 or read.shape != counts.shape[1:] or counts.shape[1] < 1:
        raise ValueError(f"counts {counts.shape} and read {read.shape} do not fit: (series, windows) and (windows,)")
    if chance is not None and chance.shape != counts.shape[:1]:
        raise ValueError(f"chance {chance.shape} does not fit counts {counts.shape}: one for each series")
    counts = np.maximum(np.nan_to_num(counts, nan=0.0, posinf=0.0, neginf=0.0), 0.0)
    read = np.maximum(np.nan_to_num(read, nan=0.0, posinf=0.0, neginf=0.0), 0.0)
    past, exposure = counts[:, :-1], read[:-1]
    known = exposure > 0
    age = np.arange(past.shape[1], 0, -1)
    weight = np.where(known, 0.5 ** (age / rules.half_life), 0.0)
    total = weight.sum()
    exposed = weight @ exposure
    share = np.zeros(len(counts))
    variance = np.zeros(len(counts))
    clipped = past
    for _ in range(rules.rounds if total else 0):
        share = clipped @ weight / exposed
        mean = share[:, None] * exposure
        # The variance that clips is the counting noise, never the spike's own.
        clipped = np.minimum(past, mean + rules.clip * np.sqrt(mean + rules.bias**2))
    if total:
        share = clipped @ weight / exposed
        variance = (clipped - share[:, None] * exposure) ** 2 @ weight / total
    now = counts[:, -1]
    # Nothing was read in the tested window itself: then nothing was missed, and nothing is expected.
    expected = share * read[-1]
    if chance is not None:
        expected = np.maximum(expected, np.nan_to_num(chance, nan=0.0, posinf=0.0, neginf=0.0))
    sigma = np.sqrt(np.maximum(variance, expected) + rules.bias**2)
    z = (now - expected) / sigma
    return Scores(now, expected, sigma, z, int(known.sum()), variance <= expected, share[:, None] * read)
