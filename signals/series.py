"""Counts per hour brought into even windows that end at the same moment."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

Hours = NDArray[np.int64]
Counts = NDArray[np.int64]
Windows = NDArray[np.float64]


def windows(hours: Hours, counts: Counts, end: int, width: int, number: int) -> Windows:
    """Sums of `number` windows of `width` hours, oldest first; the last one ends before hour `end`.

    `hours` need not be sorted; hours outside all windows are left out. Gives an array of length `number`.
    """
    back = (end - 1 - hours) // width
    inside = (hours < end) & (back < number)
    return np.bincount(number - 1 - back[inside], weights=counts[inside], minlength=number).astype(np.float64)


def table(series: Iterable[tuple[Hours, Counts]], end: int, width: int, number: int) -> Windows:
    """The windows of many series, one row each: shape (series, number)."""
    rows = [windows(hours, counts, end, width, number) for hours, counts in series]
    return np.array(rows).reshape(len(rows), number)
