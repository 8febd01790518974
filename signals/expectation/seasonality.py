"""The rhythm of a series: how its share differs by weekday, and by part of the day where windows are shorter.

What is read already follows the week: on a Sunday half as much is read, so half as much is expected. Left over is
that some names have a week of their own (papers are announced on weekdays, games on weekends). A name's factor of a
phase is its stories in that phase against what its share lets expect, shrunk towards 1:

    factor = (stories + 1/tau²) / (expected + 1/tau²)             gamma-Poisson, mean 1 and variance tau²

tau² is how much such factors differ among series of the kind (`signals.expectation.shrinkage`). Where they differ no
more than counting makes them, tau² is 0 and every factor is 1: then there is no rhythm, and none is made up. Pure.
"""

import numpy as np
from numpy.typing import NDArray

from signals.expectation.series import CountTable, safe_ratio, sum_by_row

Array = NDArray[np.float64]
DAY, WEEK = 24, 168


def season_phases(windows: int, width: int) -> list[tuple[NDArray[np.int64], int]]:
    """For each rhythm that windows of `width` hours can follow: the phase of every window, and their number.

    Counted back from the last window, whose phase is 0: what matters is which windows lie at the same place.
    """
    back = np.arange(windows - 1, -1, -1)
    found = []
    if width < DAY and DAY % width == 0:
        found.append((back % (DAY // width), DAY // width))
    if width <= DAY and DAY % width == 0:
        found.append((back * width // DAY % 7, 7))
    return found


def seasonal_factor(
    clipped: CountTable, share: Array, read: Array, weight: Array, variance: Array, width: int, tau: Array | float
) -> tuple[Array, Array]:
    """The factor of the last window for each series, and the variance of that factor: shape (series,) both.

    weight: of each earlier window; variance: of one count of each series; tau: tau² for each series, or for all.
    """
    factor, doubt = np.ones(clipped.rows), np.zeros(clipped.rows)
    tau = np.broadcast_to(np.asarray(tau, dtype=np.float64), (clipped.rows,))
    if not (tau > 0).any():
        return factor, doubt
    for phase, _ in season_phases(clipped.windows, width):
        stories, expected, noise = season_sums(clipped, share, read, weight, variance, phase[:-1] == 0)
        clump = safe_ratio(noise, expected)
        strength = safe_ratio(tau * expected, tau * expected + clump)
        factor *= 1 + strength * (safe_ratio(stories, expected) - 1) * (expected > 0)
        doubt += tau * (1 - strength)
    return np.maximum(factor, 0.0), doubt


def season_sums(
    clipped: CountTable, share: Array, read: Array, weight: Array, variance: Array, chosen: NDArray[np.bool_]
) -> tuple[Array, Array, Array]:
    """For each series over some of its windows: weighted stories, those expected, and the noise of their sum."""
    # The tested window is no part of it.
    faded = np.append(weight * chosen, 0.0)
    stories = sum_by_row(clipped.row, faded[clipped.window] * clipped.count, clipped.rows)
    exposed = (read[..., :-1] * weight * chosen).sum(-1)
    mean = share * exposed
    # Each count has the variance of its series, or of counting; weights fade it.
    fading = safe_ratio((read[..., :-1] * weight**2 * chosen).sum(-1), exposed)
    usual = share * safe_ratio((read[..., :-1] * weight).sum(-1), weight.sum())
    clump = np.maximum(safe_ratio(variance, usual), 1.0)
    return stories, mean, mean * fading * clump
