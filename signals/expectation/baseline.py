"""What the earlier windows of many series tell: shares and variances, spikes clipped off. Pure."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from signals.expectation.series import CountTable, safe_ratio, sum_by_row

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Baseline:
    """What the earlier windows tell; arrays of one number for each series, but for the first two."""

    weight: Array
    """Of each earlier window, 0 where nothing was read: shape (windows - 1,)."""
    clipped: CountTable
    """The earlier counts without what was clipped off."""
    stories: Array
    """Weighted sum of the clipped counts."""
    read: Array
    """Weighted sum of what was read: shape () where it is the same for all."""
    share: Array
    variance: Array
    """Weighted mean of the squared residuals of the clipped counts."""
    squared: Array
    """Weighted sum of the squares of what was read: shape () where it is the same for all."""
    total: Array
    """Sum of the weights."""
    doubt: Array
    """Variance of the expectation, as a part of the variance of one count."""


def fit_baseline(table: CountTable, read: Array, half_life: float, bias: float, clip: float, rounds: int) -> Baseline:
    """What the earlier windows tell of each series. `table` and `read` hold usable numbers, and fit."""
    before = read[..., :-1]
    age = np.arange(table.windows - 1, 0, -1)
    weight = 0.5 ** (age / half_life)
    own = read.ndim == 2
    known = before > 0
    # Where each series has an exposure of its own, a window that is empty for one may tell of another.
    weight = np.where(known.any(axis=0) if own else known, weight, 0.0)
    weights = weight * known
    heard = weights @ np.ones(table.windows - 1)
    summed, squared = (weights * before).sum(-1), (weights * before**2).sum(-1)
    # The tested window weighs nothing, so its counts need not be taken out.
    faded = np.append(weights, np.zeros((*weights.shape[:-1], 1)), axis=-1)
    row, window, count = table.row, table.window, table.count
    heavy = faded[row, window] if own else faded[window]
    weighed = heavy * count
    stories = sum_by_row(row, weighed, table.rows)
    share = safe_ratio(stories, summed)
    # The variance that clips is the counting noise, never the spike's own. Only what is higher than it is for a
    # mean of 0 can be clipped at all, and that is little.
    high = np.flatnonzero((count > clip * bias) & (heavy > 0))
    if len(high):
        tall, full, weighs = row[high], count[high], heavy[high]
        at = read[tall, window[high]] if own else read[window[high]]
        for _ in range(rounds):
            mean = share[tall] * at
            kept = np.minimum(full, mean + clip * np.sqrt(mean + bias**2))
            cut = sum_by_row(tall, weighs * (full - kept), table.rows)
            share = safe_ratio(stories - cut, summed)
        stories = stories - cut
        count = count.copy()
        count[high] = kept
        weighed[high] = weighs * kept
    # Σ w (c - share r)² over all windows, those without a count too.
    squares = sum_by_row(
        row, weighed * (count - 2 * share[row] * (read[row, window] if own else read[window])), table.rows
    )
    variance = safe_ratio(np.maximum(squares + share**2 * squared, 0.0), heard)
    doubt = safe_ratio((weights**2 * before).sum(-1), summed**2) * read[..., -1]
    clipped = CountTable(row, window, count, table.rows, table.windows)
    doubt = np.broadcast_to(doubt, (table.rows,))
    return Baseline(weight, clipped, stories, summed, share, variance, squared, heard, doubt)
