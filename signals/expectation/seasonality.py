"""Seasonality: how the share of a series differs by weekday, and by part of the day where windows are shorter.

The exposure already follows the week: on a Sunday half as much is read, so half as much is expected. What remains is
that some names have a week of their own (papers are announced on weekdays, games on weekends). The seasonal factor of
a phase is its stories relative to those expected from the share, shrunk towards 1:

    factor = (stories + 1/tau²) / (expected + 1/tau²)             gamma-Poisson, mean 1 and variance tau²

tau² is the variance of such factors among series of the kind (signals.expectation.shrinkage). Where they vary no more
than counting noise, tau² is 0 and every factor is 1: no seasonality is invented. Pure.
"""

import numpy as np
from numpy.typing import NDArray

from signals.expectation.series import CountTable, safe_ratio, sum_by_row

Array = NDArray[np.float64]
DAY, WEEK = 24, 168


def season_phases(windows: int, width: int) -> list[tuple[NDArray[np.int64], int]]:
    """For each season that windows of `width` hours can resolve: the phase of each window, and the number of phases.

    Phases, shape (windows,), count back from the last window, whose phase is 0; a season is a day or a week.
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
    """The seasonal factor of the last window and the variance of that factor, both of shape (series,).

    weight: of each earlier window, shape (windows - 1,); variance: of one count of each series, shape (series,);
    tau: tau², shape (series,) or one number for all.
    """
    factor, uncertainty = np.ones(clipped.rows), np.zeros(clipped.rows)
    tau = np.broadcast_to(np.asarray(tau, dtype=np.float64), (clipped.rows,))
    if not (tau > 0).any():
        return factor, uncertainty
    for phase, _ in season_phases(clipped.windows, width):
        stories, expected, noise = season_sums(clipped, share, read, weight, variance, phase[:-1] == 0)
        clump = safe_ratio(noise, expected)
        strength = safe_ratio(tau * expected, tau * expected + clump)
        factor *= 1 + strength * (safe_ratio(stories, expected) - 1) * (expected > 0)
        uncertainty += tau * (1 - strength)
    return np.maximum(factor, 0.0), uncertainty


def season_sums(
    clipped: CountTable, share: Array, read: Array, weight: Array, variance: Array, chosen: NDArray[np.bool_]
) -> tuple[Array, Array, Array]:
    """Weighted stories over the `chosen` windows, their expectation and their variance: shape (series,) each."""
    # The tested window has weight 0.
    padded = np.append(weight * chosen, 0.0)
    stories = sum_by_row(clipped.row, padded[clipped.window] * clipped.count, clipped.rows)
    exposed = (read[..., :-1] * weight * chosen).sum(-1)
    mean = share * exposed
    # Each count has the variance of its series, at least counting noise; weights scale it.
    scale = safe_ratio((read[..., :-1] * weight**2 * chosen).sum(-1), exposed)
    usual = share * safe_ratio((read[..., :-1] * weight).sum(-1), weight.sum())
    clump = np.maximum(safe_ratio(variance, usual), 1.0)
    return stories, mean, mean * scale * clump
