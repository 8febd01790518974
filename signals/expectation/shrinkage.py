"""What is usual for series of a kind, and what a thin series takes from it: empirical Bayes. Pure.

A name told of twice in ninety days can't say how much its counts vary. Its kind can:

    variance of a count = mean·(1 + clump) + mean²·spread

`clump`: stories come in bunches, one event makes several. `spread`: shares drift. Both are fitted to the clipped
residuals of all series of the kind, by least squares weighted with what counting lets expect. On counts that come by
chance both are 0, and the count is a Poisson count.

How far a series' own variance is believed beside that of its kind follows from how much the series of the kind differ
in it, beyond what so few windows make them differ (`own`): shrinkage in the manner of Smyth (Statistical Applications
in Genetics and Molecular Biology 3, 2004).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from signals.expectation.baseline import Baseline
from signals.expectation.seasonality import season_phases, season_sums
from signals.expectation.series import safe_ratio

Array = NDArray[np.float64]

THIN = 0.13
"""Stories that the kind's share weighs in the share of a series. Measured on two corpora of AI news: a name of which
next to nothing was told so far has 0.003 stories a day more than its past says, with about 40 windows of weight."""

ENOUGH = 30
"""Series that a kind must have to speak for itself; with fewer it leans on all kinds."""


@dataclass(frozen=True)
class Prior:
    """What is usual for the kind of each series; numbers, or arrays of one for each series."""

    share: Array | float = 0.0
    """Of what is read, on one series of the kind."""
    clump: Array | float = 0.0
    spread: Array | float = 0.0
    own: Array | float = 0.0
    """Variance of the series' own variances around the kind's, as a part of it."""
    rhythm: Array | float = 0.0
    """Variance of factors of weekdays; see signals.expectation.seasonality."""
    thin: float = 0.0

    def variance(self, expected: Array, own: Array, doubt: Array) -> Array:
        """The variance of a count that comes by chance, never below that of counting."""
        if self is ALONE:
            return expected
        kind = expected * (1 + self.clump) + expected**2 * self.spread
        if not np.any(self.own):
            return np.maximum(kind, expected)
        # What so few windows make a variance differ: 2/n of a normal count, and 1/mean of that for a rare one.
        noise = (2 + 1 / np.maximum(expected, 1e-12)) * doubt
        trust = safe_ratio(self.own, self.own + noise)
        found: Array = np.maximum(kind * (1 + trust * (safe_ratio(own, kind) - 1)), expected)
        return found

    def beside(self, other: "Prior") -> "Prior":
        """Two lots of series, given as arrays, as one."""
        pairs = zip(self._parts(), other._parts(), strict=True)
        share, clump, spread, own, rhythm = (np.concatenate([np.atleast_1d(a), np.atleast_1d(b)]) for a, b in pairs)
        return Prior(share, clump, spread, own, rhythm, self.thin)

    def take(self, rows: NDArray[np.int64]) -> "Prior":
        """What is usual for some of the series."""
        share, clump, spread, own, rhythm = (np.asarray(part)[rows] for part in self._parts())
        return Prior(share, clump, spread, own, rhythm, self.thin)

    def _parts(self) -> tuple[Array | float, ...]:
        return self.share, self.clump, self.spread, self.own, self.rhythm


ALONE = Prior()
"""A series of which no kin is known: its share is its own, and its counts vary by chance."""


def fit_prior(past: Baseline, read: Array, group: NDArray[np.int64], width: int) -> Prior:
    """What is usual for the kind of each series, fitted to the past of all of them.

    read: shape (windows,); group: the kind of each series, as a number from 0. Small kinds lean on all together.
    """
    if not len(group) or not past.read > 0:
        none = np.zeros(len(group))
        return Prior(none, none, none, none, none, THIN)
    number = int(group.max()) + 1

    def summed(part: Array) -> Array:
        by_kind: Array = np.bincount(group, weights=part, minlength=number).astype(np.float64)
        return by_kind + float(by_kind.sum()) * min(1.0, ENOUGH / len(group))

    mean, square = past.share * past.read, past.share**2 * past.squared
    # One degree of freedom went into the share.
    left = 1 - float((past.weight**2).sum()) / float(past.total) ** 2
    excess = past.variance * past.total / max(left, 0.1) - mean
    # Weighted least squares through the origin, on two regressors; a count's own noise is mean + 2 mean².
    weight = safe_ratio(1.0, mean + 2 * square)
    aa, ab, bb = summed(weight * mean**2), summed(weight * mean * square), summed(weight * square**2)
    ae, be = summed(weight * mean * excess), summed(weight * square * excess)
    clump, spread = _both(aa, ab, bb, ae, be)
    clump, spread = clump[group], spread[group]
    usual = mean / past.total
    kind = usual * (1 + clump) + usual**2 * spread
    noise = (2 + (1 + clump) / np.maximum(usual, 1e-12)) * (1 - left)
    sure = (noise < 1) & (usual > 0)
    precision = np.where(sure, 1 / np.maximum(noise, 1e-3) ** 2, 0.0)
    beyond = np.where(sure, (safe_ratio(past.variance / max(left, 0.1), kind) - 1) ** 2 - noise, 0.0)
    own = np.maximum(safe_ratio(summed(precision * beyond), summed(precision)), 0.0)[group]
    return Prior(
        (safe_ratio(summed(past.stories), summed(np.ones(len(group))) * past.read))[group],
        clump,
        spread,
        own,
        _rhythms(past, read, summed, width)[group],
        THIN,
    )


def _both(aa: Array, ab: Array, bb: Array, ae: Array, be: Array) -> tuple[Array, Array]:
    """The two coefficients of a regression, neither below 0."""
    fall = aa * bb - ab**2
    one, two = safe_ratio(ae * bb - be * ab, fall), safe_ratio(be * aa - ae * ab, fall)
    alone, other = np.maximum(safe_ratio(ae, aa), 0.0), np.maximum(safe_ratio(be, bb), 0.0)
    good = (one >= 0) & (two >= 0)
    first = two < one
    return np.where(good, one, np.where(first, alone, 0.0)), np.where(good, two, np.where(first, 0.0, other))


def _rhythms(past: Baseline, read: Array, summed: Callable[[Array], Array], width: int) -> Array:
    """How much the factors of phases vary among the series of each kind, beyond counting."""
    above, below = np.zeros(len(past.share)), np.zeros(len(past.share))
    for phase, number in season_phases(len(read), width):
        for one in range(number):
            stories, expected, noise = season_sums(
                past.clipped, past.share, read, past.weight, past.variance, phase[:-1] == one
            )
            weight = safe_ratio(1.0, noise)
            above += ((stories - expected) ** 2 - noise) * weight
            below += expected**2 * weight
    found: Array = np.maximum(safe_ratio(summed(above), summed(below)), 0.0)
    return found
