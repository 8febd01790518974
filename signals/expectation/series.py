"""Counts of many series in even windows that end at the same moment. Pure."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Windows = NDArray[np.float64]

HUGE = 1e12
"""Larger counts are clipped to this: no window holds so many stories, and squares stay finite."""


@dataclass(frozen=True)
class CountTable:
    """Counts of many series in even windows, in sparse (COO) form: most names are mentioned on few days.

    `row`, `window` and `count` have the same length; window 0 is the oldest. Entries for the same cell are summed.
    """

    row: Integers
    window: Integers
    count: Windows
    rows: int
    windows: int

    @classmethod
    def dense(cls, counts: Windows) -> "CountTable":
        """From an array of shape (rows, windows)."""
        row, window = np.nonzero(counts)
        return cls(row, window, np.asarray(counts, dtype=np.float64)[row, window], *counts.shape)

    def array(self) -> Windows:
        """Shape (rows, windows)."""
        places = self.row * self.windows + self.window
        return sum_by_row(places, self.count, self.rows * self.windows).reshape(self.rows, self.windows)

    def concat(self, other: "CountTable") -> "CountTable":
        """The rows of this table, then those of another with the same windows."""
        return CountTable(
            np.concatenate([self.row, other.row + self.rows]),
            np.concatenate([self.window, other.window]),
            np.concatenate([self.count, other.count]),
            self.rows + other.rows,
            self.windows,
        )

    def take(self, rows: Integers) -> "CountTable":
        """Some rows, each at most once, in the given order."""
        place = np.full(self.rows, -1, dtype=np.int64)
        place[rows] = np.arange(len(rows))
        row = place[self.row]
        kept = row >= 0
        return CountTable(row[kept], self.window[kept], self.count[kept], len(rows), self.windows)


def sum_windows(hours: Integers, counts: Integers, end: int, width: int, number: int) -> Windows:
    """Sums of hourly counts over `number` windows of `width` hours, oldest first: shape (number,).

    The last window ends before hour `end`. `hours` need not be sorted; hours outside all windows are ignored.
    """
    back = (end - 1 - hours) // width
    inside = (hours < end) & (back < number)
    return np.bincount(number - 1 - back[inside], weights=counts[inside], minlength=number).astype(np.float64)


def clean_counts(counts: Windows) -> Windows:
    """Counts without bad values: negative and NaN become 0, larger than HUGE becomes HUGE."""
    if counts.size and counts.min() >= 0 and counts.max() <= HUGE:  # False for what is no number
        return counts
    return np.clip(np.nan_to_num(counts, nan=0.0, posinf=0.0, neginf=0.0), 0.0, HUGE)


def sum_by_row(row: Integers, numbers: Windows, rows: int) -> Windows:
    """The sum of the numbers of each row: shape (rows,)."""
    found: Windows = np.bincount(row, weights=numbers, minlength=rows).astype(np.float64, copy=False)
    return found


def safe_ratio(above: Windows | float, below: Windows | float) -> Windows:
    """The element-wise quotient, 0 where the divisor is not positive; shapes broadcast."""
    if np.ndim(below) == 0:
        return np.asarray(above, dtype=np.float64) * (1 / float(below) if below > 0 else 0.0)
    above, below = np.broadcast_arrays(np.asarray(above, dtype=np.float64), np.asarray(below, dtype=np.float64))
    return np.divide(above, below, out=np.zeros(above.shape), where=below > 0)
