"""How prominently something is told: by its place on the page. Pure.

A newsletter of sixty items is not sixty stories of equal weight: its editor leads with the news. So the items of one
page share the weight that they have together, the first ones more of it:

    weight of item i of n (from 0) = n · f(i) / Σ f,   f(i) = 1 / (1 + i / HEAD)

The mean weight on a page is 1. A story with a page of its own weighs 1, and what is usual of a name, counted in whole
stories, can be set against what it weighs today.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

HEAD = 5.0
"""Items after which weight has halved: the length of an introduction."""

YESTERDAY = 0.4
"""Part of the stories of the window before that is expected again: what was told of yesterday is less of a news."""


def weights(items: int) -> Array:
    """The weights of the items of one page, first to last; their mean is 1."""
    fall = 1 / (1 + np.arange(items) / HEAD)
    found: Array = fall * (items / fall.sum()) if items else fall
    return found


def places(pages: Sequence[str]) -> Array:
    """The weight of each item, given the page on which it stands ("" for none), in the order of the pages' items."""
    found = np.ones(len(pages))
    rows: dict[str, list[int]] = {}
    for row, page in enumerate(pages):
        if page:
            rows.setdefault(page, []).append(row)
    for some in rows.values():
        if len(some) > 1:
            found[some] = weights(len(some))
    return found


def news(weight: Array, expected: Array, sigma: Array, before: Array, bias: float) -> Array:
    """Z of what each series weighs in a window, against what is usual and what was told in the window before.

    weight: of its stories, in stories; expected, sigma: as the detector scores them; before: its stories in the
    window before; bias: as in the detector's rules. All of shape (series,).
    """
    likely = np.maximum(expected, YESTERDAY * before)
    found: Array = (weight - likely) / np.maximum(sigma, np.sqrt(likely + bias**2))
    return found
