"""Prominence: the weight of a story by its position on the page, and of an event by the number of outlets. Pure.

The seventy items of a newsletter are not seventy stories of equal weight: its editor leads with the news. The weight of
an item falls with its position:

    weight of item i (from 0) = FIRST / (1 + i / HEAD)

so that the mean weight on a page of seventy is 1, and the first items of short and long pages weigh the same. A story
with a page of its own weighs 1, and so does each of a few that share a URL: no editor has ordered them. The expectation
of a name is in whole stories; it is scaled by the mean weight of today's.

An event with a single voice is less of a news event: it is corroborated if three outlets report it, or the
introduction of a page (the few items of its own that an editor puts first) and another story. On a quiet day the
editor's items are a remark or two, and no introduction.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

FIRST = 7.0
"""Weight of the first item of a page, in stories."""

HEAD = 3.0
"""Items after which the weight has halved: the length of an introduction."""

PAGE = 12
"""Items up to which a shared URL is no page: nobody has ordered them."""

INTRODUCTION = 4
"""Items of one source at the top of a page from which they are its introduction."""

INTRODUCTION_SHARE = 1 / 3
"""Share of a page up to which its opening is an introduction; a longer one is a list."""

REMARK = 2
"""Items up to which an opening is a remark, which does not count as another outlet."""

YESTERDAY = 0.4
"""Share of the previous window's stories that is expected again: yesterday's news is less newsworthy."""

VOICES = 2
"""Stories, one of them in an introduction, or outlets beyond the first, from which it is no single voice."""

SINGLE_VOICE = 0.5
"""Factor for the z-score of an event with a single voice."""


@dataclass(frozen=True)
class Placements:
    """For each item its weight in stories, and whether it is part of an introduction or a remark: shape (items,)."""

    weight: Array
    opening: NDArray[np.bool_]
    remark: NDArray[np.bool_]


def page_weights(items: int) -> Array:
    """The weights of the items of one page, first to last: shape (items,)."""
    found: Array = FIRST / (1 + np.arange(items) / HEAD)
    return found


def placements(pages: Sequence[str], sources: Sequence[int]) -> Placements:
    """The placement of each item, given its page ("" for none) and its source, in the order of the pages."""
    no = np.zeros(len(pages), dtype=np.bool_)
    found = Placements(np.ones(len(pages)), no, no.copy())
    rows: dict[str, list[int]] = {}
    for row, page in enumerate(pages):
        if page:
            rows.setdefault(page, []).append(row)
    for some in rows.values():
        if len(some) > PAGE:
            found.weight[some] = page_weights(len(some))
            opener = [row for row in some if sources[row] == sources[some[0]]]
            found.opening[opener] = INTRODUCTION <= len(opener) <= INTRODUCTION_SHARE * len(some)
            found.remark[opener] = len(opener) <= REMARK
    return found


def story_weights(stories: Sequence[int], weight: Array) -> dict[int, float]:
    """Weight of each story: that of its most prominent item. stories: story id of each item; weight: of each item."""
    found: dict[int, float] = {}
    for story, much in zip(stories, weight.tolist(), strict=True):
        found[story] = max(much, found.get(story, 0.0))
    return found


def prominence_z(weight: Array, mean: float, expected: Array, sigma: Array, before: Array, bias: float) -> Array:
    """z-score of the weight of each series in a window, given its expectation and the window before: shape (series,).

    weight: of its stories, in stories; mean: mean weight of a story of the window (a number); expected, sigma: from
    the detector; before: stories of the window before; bias: in stories, from the detector's rules (a number).
    """
    likely = np.maximum(expected, YESTERDAY * before)
    variance = np.maximum(sigma**2 - bias**2, likely)
    found: Array = (weight - mean * likely) / np.sqrt(mean * variance + bias**2)
    return found


def voice_factor(outlets: int, opening: int, stories: int) -> float:
    """Factor for the z-score of an event, by its corroboration: 1, or SINGLE_VOICE.

    outlets: that mention its lead; stories: on its lead, `opening` of them in the introduction of a page.
    """
    several = outlets > VOICES or (opening > 0 and stories >= VOICES)
    return 1.0 if several else SINGLE_VOICE
