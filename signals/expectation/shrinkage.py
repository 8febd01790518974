"""Shrinkage (empirical Bayes): priors fitted to all series of a kind, for series with little data. Pure.

A name mentioned twice in ninety days can't show how much its counts vary. Its kind can:

    variance of a count = mean·(1 + clump) + mean²·spread                    overdispersion, linear and quadratic

`clump`: stories come in bunches, one event makes several. `spread`: shares drift. Both are fitted to the clipped
residuals of all series of the kind, by least squares weighted by the inverse of counting noise. For counts that vary
by chance alone both are 0, and the count is a Poisson count.

How far the variance of a series is trusted over that of its kind follows from how much the series of the kind differ
in it, beyond sampling error (`heterogeneity`): shrinkage of variances in the manner of Smyth (Statistical Applications
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

SHARE_STRENGTH = 0.13
"""Stories that the share of the kind weighs in that of a series. Measured on two corpora of AI news: a name hardly ever
mentioned so far has 0.003 stories a day more than its past suggests, at about 40 windows of weight."""

MIN_SERIES = 30
"""Series below which a kind leans on all kinds together."""


@dataclass(frozen=True)
class Prior:
    """What is usual for the kind of each series; each field a number, or an array of shape (series,)."""

    share: Array | float = 0.0
    """Stories on one series per story read."""
    clump: Array | float = 0.0
    spread: Array | float = 0.0
    heterogeneity: Array | float = 0.0
    """Variance of the variances of the series around that of the kind, relative to it."""
    seasonality: Array | float = 0.0
    """Variance of seasonal factors (tau²); see signals.expectation.seasonality."""
    strength: float = 0.0
    """Stories that `share` weighs in the share of a series."""

    def variance(self, expected: Array, observed: Array, mean_variance: Array) -> Array:
        """The variance of a count by chance, at least counting noise; all of shape (series,).

        observed: variance of the past counts; mean_variance: see Baseline.
        """
        if self is NO_PRIOR:
            return expected
        kind = expected * (1 + self.clump) + expected**2 * self.spread
        if not np.any(self.heterogeneity):
            return np.maximum(kind, expected)
        # Sampling error of a variance over few windows: 2/n for a normal count, plus 1/mean of that for a rare one.
        noise = (2 + 1 / np.maximum(expected, 1e-12)) * mean_variance
        trust = safe_ratio(self.heterogeneity, self.heterogeneity + noise)
        found: Array = np.maximum(kind * (1 + trust * (safe_ratio(observed, kind) - 1)), expected)
        return found

    def concat(self, other: "Prior") -> "Prior":
        """The priors of two sets of series, given as arrays, one after the other."""
        pairs = zip(self._parts(), other._parts(), strict=True)
        share, clump, spread, heterogeneity, seasonality = (
            np.concatenate([np.atleast_1d(a), np.atleast_1d(b)]) for a, b in pairs
        )
        return Prior(share, clump, spread, heterogeneity, seasonality, self.strength)

    def take(self, rows: NDArray[np.int64]) -> "Prior":
        """The priors of some of the series."""
        share, clump, spread, heterogeneity, seasonality = (np.asarray(part)[rows] for part in self._parts())
        return Prior(share, clump, spread, heterogeneity, seasonality, self.strength)

    def _parts(self) -> tuple[Array | float, ...]:
        return self.share, self.clump, self.spread, self.heterogeneity, self.seasonality


NO_PRIOR = Prior()
"""For a series without a kind: its share is its own, and its counts vary by chance."""


def fit_prior(past: Baseline, read: Array, group: NDArray[np.int64], width: int) -> Prior:
    """The prior of each series, fitted to the baselines of all series of its kind.

    read: exposure, shape (windows,); group: number of the kind of each series, from 0, shape (series,); width: hours
    of a window. Kinds with few series lean on all kinds.
    """
    if not len(group) or not past.read > 0:
        none = np.zeros(len(group))
        return Prior(none, none, none, none, none, SHARE_STRENGTH)
    number = int(group.max()) + 1

    def summed(part: Array) -> Array:
        by_kind: Array = np.bincount(group, weights=part, minlength=number).astype(np.float64)
        return by_kind + float(by_kind.sum()) * min(1.0, MIN_SERIES / len(group))

    mean, square = past.share * past.read, past.share**2 * past.squared_read
    # The share took one degree of freedom.
    freedom = 1 - float((past.weight**2).sum()) / float(past.weight_sum) ** 2
    excess = past.variance * past.weight_sum / max(freedom, 0.1) - mean
    # Weighted least squares through the origin with two regressors; the variance of a count is mean + 2 mean².
    weight = safe_ratio(1.0, mean + 2 * square)
    aa, ab, bb = summed(weight * mean**2), summed(weight * mean * square), summed(weight * square**2)
    ae, be = summed(weight * mean * excess), summed(weight * square * excess)
    clump, spread = _solve(aa, ab, bb, ae, be)
    clump, spread = clump[group], spread[group]
    usual = mean / past.weight_sum
    kind = usual * (1 + clump) + usual**2 * spread
    noise = (2 + (1 + clump) / np.maximum(usual, 1e-12)) * (1 - freedom)
    sure = (noise < 1) & (usual > 0)
    precision = np.where(sure, 1 / np.maximum(noise, 1e-3) ** 2, 0.0)
    beyond = np.where(sure, (safe_ratio(past.variance / max(freedom, 0.1), kind) - 1) ** 2 - noise, 0.0)
    heterogeneity = np.maximum(safe_ratio(summed(precision * beyond), summed(precision)), 0.0)[group]
    return Prior(
        (safe_ratio(summed(past.stories), summed(np.ones(len(group))) * past.read))[group],
        clump,
        spread,
        heterogeneity,
        _season_variance(past, read, summed, width)[group],
        SHARE_STRENGTH,
    )


def _solve(aa: Array, ab: Array, bb: Array, ae: Array, be: Array) -> tuple[Array, Array]:
    """The two coefficients of the regression from its normal equations, neither below 0."""
    determinant = aa * bb - ab**2
    one, two = safe_ratio(ae * bb - be * ab, determinant), safe_ratio(be * aa - ae * ab, determinant)
    alone, other = np.maximum(safe_ratio(ae, aa), 0.0), np.maximum(safe_ratio(be, bb), 0.0)
    good = (one >= 0) & (two >= 0)
    first = two < one
    return np.where(good, one, np.where(first, alone, 0.0)), np.where(good, two, np.where(first, 0.0, other))


def _season_variance(past: Baseline, read: Array, summed: Callable[[Array], Array], width: int) -> Array:
    """The variance of seasonal factors among the series of each kind, beyond counting noise."""
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
