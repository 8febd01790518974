"""The baseline: share and variance of the earlier windows of many series, past spikes clipped. Pure."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from signals.expectation.series import CountTable, safe_ratio, sum_by_row

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Baseline:
    """The earlier windows of each series; arrays of shape (series,) unless stated.

    w is the weight of a window, c a clipped count, r the exposure.
    """

    weight: Array
    """w of each earlier window, 0 without exposure: shape (windows - 1,)."""
    clipped: CountTable
    """The counts with spikes clipped."""
    stories: Array
    """Sum of w c."""
    read: Array
    """Sum of w r: shape () where the exposure is the same for all series."""
    share: Array
    """Sum of w c / sum of w r."""
    variance: Array
    """Weighted mean of the squared residuals: sum of w (c - share r)^2 / sum of w."""
    squared_read: Array
    """Sum of w r^2: shape () where the exposure is the same for all series."""
    weight_sum: Array
    """Sum of w."""
    mean_variance: Array
    """Variance of the expected count, relative to the variance of one count."""


def fit_baseline(table: CountTable, read: Array, half_life: float, bias: float, clip: float, rounds: int) -> Baseline:
    """Fits the baseline of each series to its earlier windows; the last window is ignored.

    table: counts; read: exposure, shape (windows,) or (series, windows), both free of bad values; half_life: in
    windows; bias: in stories; clip: in sigma; rounds: iterations of clipping.
    """
    before = read[..., :-1]
    age = np.arange(table.windows - 1, 0, -1)
    weight = 0.5 ** (age / half_life)
    per_series = read.ndim == 2
    exposed = before > 0
    # With an exposure per series, a window that is empty for one series may count for another.
    weight = np.where(exposed.any(axis=0) if per_series else exposed, weight, 0.0)
    weights = weight * exposed
    weight_sum = weights @ np.ones(table.windows - 1)
    read_sum, squared_read = (weights * before).sum(-1), (weights * before**2).sum(-1)
    # The tested window has weight 0, so its counts need not be removed.
    padded = np.append(weights, np.zeros((*weights.shape[:-1], 1)), axis=-1)
    row, window, count = table.row, table.window, table.count
    cell_weight = padded[row, window] if per_series else padded[window]
    weighted = cell_weight * count
    stories = sum_by_row(row, weighted, table.rows)
    share = safe_ratio(stories, read_sum)
    # Clipping uses counting noise, never the variance of the spike itself. Only counts above the limit for a mean
    # of 0 can be clipped at all, and those are few.
    high = np.flatnonzero((count > clip * bias) & (cell_weight > 0))
    if len(high):
        high_row, high_count, high_weight = row[high], count[high], cell_weight[high]
        high_read = read[high_row, window[high]] if per_series else read[window[high]]
        for _ in range(rounds):
            mean = share[high_row] * high_read
            kept = np.minimum(high_count, mean + clip * np.sqrt(mean + bias**2))
            cut = sum_by_row(high_row, high_weight * (high_count - kept), table.rows)
            share = safe_ratio(stories - cut, read_sum)
        stories = stories - cut
        count = count.copy()
        count[high] = kept
        weighted[high] = high_weight * kept
    # Sum of w (c - share r)^2 over all windows, those without a count included.
    squares = sum_by_row(
        row, weighted * (count - 2 * share[row] * (read[row, window] if per_series else read[window])), table.rows
    )
    variance = safe_ratio(np.maximum(squares + share**2 * squared_read, 0.0), weight_sum)
    mean_variance = safe_ratio((weights**2 * before).sum(-1), read_sum**2) * read[..., -1]
    mean_variance = np.broadcast_to(mean_variance, (table.rows,))
    clipped = CountTable(row, window, count, table.rows, table.windows)
    return Baseline(weight, clipped, stories, read_sum, share, variance, squared_read, weight_sum, mean_variance)
