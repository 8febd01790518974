"""What each source told: so that a source that comes, goes, is filled up backwards or floods is not taken for news.

A name's stories are measured against what was read. If that is one number for all sources, it goes wrong when sources
with a mix of their own come and go: without the source that tells of chips all others seem to tell more of models.
So each source has its own share of a name, and what was read is weighed with it:

    factor[s]   = (stories of the name from s + LEAN) / (stories expected from s + LEAN)      gamma-Poisson, mean 1
    exposure[w] = Σ over s of factor[s] · read[s, w]

A source that is down is not read, so nothing is expected of it. One that is filled up backwards has a past of its own,
and only that. Of one that floods (an old archive told again as new) or has just been added, no more than usual counts:

    usual[s]    = median of what it told in its windows with anything; 0 in its first NEW windows
    limit[s]    = max(2·usual, usual + 3·sqrt(usual) + 3)
    rise[w]     = median of read[s, w] / usual[s] over those that told anything; at least 1
    part[s, w]  = min(1, limit[s]·rise[w] / read[s, w])

What a story's sources leave of it in the tested window, 1 − part, is added to what was expected: the count that people
see stays the news, the expectation changes. So an unknown outlet that tells three stories of a launch counts wholly,
and one that brings two hundred on its first day counts as three; unless more than half of the sources that are known
are silent: then there is nothing to hold new ones against. Pure.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from signals.expectation.series import safe_ratio, sum_by_row

Array = NDArray[np.float64]
Integers = NDArray[np.int64]

LEAN = 2.0
"""Stories with which a source's share of a name leans on that of all sources."""

NEW = 7
"""Windows after its first story in which a source has no usual yet."""


@dataclass(frozen=True)
class SourceCounts:
    """Stories of some series by the source that told them; arrays of the same length."""

    row: Integers
    source: Integers
    window: Integers
    count: Array
    rows: int


@dataclass(frozen=True)
class ExposedSeries:
    """Series as they are to be scored."""

    counts: Array
    """Shape (series, windows): in the past without what a flood brought, in the tested window whole."""
    exposure: Array
    """Shape (series, windows)."""
    extra: Array
    """Shape (series,): stories of the tested window that a source explains."""
    known: Array | None = None
    """Shape (series,): stories of the tested window that are no news at all, and in none of the others."""


def exposure_shares(read: Array) -> Array:
    """Which part of a story counts, by its source and window; read: what was told, both of shape (sources, windows)."""
    some = read > 0
    told = np.where(some, read, np.nan)
    usual = np.zeros(len(read))
    # The tested window says nothing about what is usual.
    past = some[:, :-1].any(axis=1)
    usual[past] = np.nanmedian(told[past, :-1], axis=1)
    age = np.where(past, read.shape[1] - 1 - some.argmax(axis=1), 0)
    usual = np.where(age >= NEW, usual, 0.0)
    limit = np.maximum(2 * usual, usual + 3 * np.sqrt(usual) + 3)[:, None]
    # On a day on which all tell more there is more to tell.
    rise = np.where(some & (usual > 0)[:, None], safe_ratio(read, usual[:, None]), np.nan)
    all_of_them = np.isfinite(rise).any(axis=0)
    limit = np.tile(limit, read.shape[1])
    more = np.ones(read.shape[1])
    more[all_of_them] = np.maximum(1.0, np.nanquantile(rise[:, all_of_them], 0.5, axis=0, method="lower"))
    limit[usual > 0] *= more
    found: Array = np.minimum(1.0, safe_ratio(limit, read) + ~some)
    # What a source told in its own first windows is its usual once it has one.
    found[age < NEW, :-1] = 1.0
    # Where most of those known are silent, the new ones are all there is.
    if np.minimum(read, limit)[age >= NEW, -1].sum() <= usual.sum() / 2:
        found[age < NEW, -1] = 1.0
    return found


def match_exposure(told: SourceCounts, read: Array, part: Array, half_life: float) -> ExposedSeries:
    """The counts of some series, and what each is to be measured against.

    read: stories of each source in each window, shape (sources, windows); part: which part of each counts.
    """
    windows = read.shape[1]
    counted = read * part
    last = told.window == windows - 1
    kept = told.count * np.where(last, 1.0, part[told.source, told.window])
    counts = sum_by_row(told.row * windows + told.window, kept, told.rows * windows).reshape(told.rows, windows)
    extra = sum_by_row(told.row[last], (told.count * (1 - part[told.source, told.window]))[last], told.rows)
    weight = 0.5 ** (np.arange(windows - 1, 0, -1) / half_life)
    whole = counted[:, :-1] @ weight
    share = safe_ratio(counts[:, :-1] @ weight, whole.sum())
    place = told.row * len(read) + told.source
    faded = np.where(last, 0.0, kept * np.append(weight, 0.0)[told.window])
    stories = sum_by_row(place, faded, told.rows * len(read)).reshape(told.rows, len(read))
    factor = (stories + LEAN) / (share[:, None] * whole + LEAN)
    return ExposedSeries(counts, factor @ counted, extra)
