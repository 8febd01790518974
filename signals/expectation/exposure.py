"""Exposure by source, so that a source that is added, lost, backfilled or flooding raises no alarm.

Stories on a name are measured against the exposure, the stories read. One exposure for all sources fails when sources
with different topics come and go: without the source on chips, all others seem to write more about models. So each
source has its own share of a name, and the exposure is weighted by it:

    factor[s]   = (stories of the name from s + S) / (stories expected from s + S)      gamma-Poisson, mean 1
    exposure[w] = Σ over s of factor[s] · read[s, w]                                    S = SHARE_STRENGTH

A source that is down is not read, so nothing is expected of it. One that is backfilled has a past of its own, and only
that. Of one that floods (an old archive republished as new) or has just been added, no more than usual counts:

    usual[s]    = median of its stories in windows with any; 0 in its first NEW windows
    limit[s]    = max(2·usual, usual + 3·sqrt(usual) + 3)
    rise[w]     = median of read[s, w] / usual[s] over the sources with any stories; at least 1
    part[s, w]  = min(1, limit[s]·rise[w] / read[s, w])

The remainder of a story in the tested window, 1 − part, is added to the expectation: the count that people see stays,
the expectation changes. So an unknown outlet with three stories on a launch counts in full, and one that brings two
hundred on its first day counts as three; unless more than half of the known sources are silent: then there is nothing
to compare new ones with. Pure.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from signals.expectation.series import safe_ratio, sum_by_row

Array = NDArray[np.float64]
Integers = NDArray[np.int64]

SHARE_STRENGTH = 2.0
"""Stories that the share of all sources weighs in that of one source."""

NEW = 7
"""Windows after its first story in which a source has no usual volume yet."""


@dataclass(frozen=True)
class SourceCounts:
    """Stories of some series by source, in sparse form: arrays of the same length, one entry for each count."""

    row: Integers
    source: Integers
    window: Integers
    count: Array
    rows: int


@dataclass(frozen=True)
class ExposedSeries:
    """Counts and exposure of some series, ready to be scored."""

    counts: Array
    """Shape (series, windows): past windows without what a flood brought, the tested window in full."""
    exposure: Array
    """Shape (series, windows), in stories."""
    extra: Array
    """Shape (series,): stories of the tested window that a flooding source explains."""
    known: Array | None = None
    """Shape (series,): stories of the tested window that are no news at all, not included in `extra`."""


def flood_limit(usual: float) -> float:
    """Stories of a window above which a source is taken to flood; usual: stories of its usual window."""
    return max(2 * usual, usual + 3 * math.sqrt(usual) + 3)


def exposure_shares(read: Array) -> Array:
    """The part of a story that counts, 0 to 1. read: stories; both by source and window, shape (sources, windows)."""
    some = read > 0
    active = np.where(some, read, np.nan)
    usual = np.zeros(len(read))
    # The tested window says nothing about what is usual.
    past = some[:, :-1].any(axis=1)
    low, high = _middle(active[past, :-1])
    usual[past] = (low + high) / 2
    age = np.where(past, read.shape[1] - 1 - some.argmax(axis=1), 0)
    usual = np.where(age >= NEW, usual, 0.0)
    limit = np.array([flood_limit(one) for one in usual.tolist()])[:, None]
    # On a day on which all sources write more there is more news.
    rise = np.where(some & (usual > 0)[:, None], safe_ratio(read, usual[:, None]), np.nan)
    all_of_them = np.isfinite(rise).any(axis=0)
    limit = np.tile(limit, read.shape[1])
    more = np.ones(read.shape[1])
    more[all_of_them] = np.maximum(1.0, _middle(rise[:, all_of_them].T)[0])
    limit[usual > 0] *= more
    found: Array = np.minimum(1.0, safe_ratio(limit, read) + ~some)
    # The first windows of a source belong to its usual volume once it has one.
    found[age < NEW, :-1] = 1.0
    # Where most known sources are silent, the new ones are all there is.
    if np.minimum(read, limit)[age >= NEW, -1].sum() <= usual.sum() / 2:
        found[age < NEW, -1] = 1.0
    return found


def _middle(values: Array) -> tuple[Array, Array]:
    """The lower and upper of the two middle values of each row, which are one where their number is odd; NaN is none.

    NumPy's own functions for this go row by row, or import its masked arrays.
    """
    ordered = np.sort(values, axis=1)
    number = np.isfinite(ordered).sum(axis=1, keepdims=True)
    low, high = (np.take_along_axis(ordered, place // 2, axis=1)[:, 0] for place in (number - 1, number))
    return low, high


def match_exposure(by_source: SourceCounts, read: Array, part: Array, half_life: float) -> ExposedSeries:
    """The counts of some series, and the exposure of each.

    read: stories by source and window, shape (sources, windows); part: the part of each that counts, same shape;
    half_life: in windows.
    """
    windows = read.shape[1]
    counted = read * part
    last = by_source.window == windows - 1
    counted_stories = by_source.count * np.where(last, 1.0, part[by_source.source, by_source.window])
    counts = sum_by_row(by_source.row * windows + by_source.window, counted_stories, by_source.rows * windows).reshape(
        by_source.rows, windows
    )
    extra = sum_by_row(
        by_source.row[last], (by_source.count * (1 - part[by_source.source, by_source.window]))[last], by_source.rows
    )
    weight = 0.5 ** (np.arange(windows - 1, 0, -1) / half_life)
    whole = counted[:, :-1] @ weight
    share = safe_ratio(counts[:, :-1] @ weight, whole.sum())
    place = by_source.row * len(read) + by_source.source
    past = np.where(last, 0.0, counted_stories * np.append(weight, 0.0)[by_source.window])
    stories = sum_by_row(place, past, by_source.rows * len(read)).reshape(by_source.rows, len(read))
    factor = (stories + SHARE_STRENGTH) / (share[:, None] * whole + SHARE_STRENGTH)
    return ExposedSeries(counts, factor @ counted, extra)
