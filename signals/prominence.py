"""How prominently something is told: by its place on the page, and by how many say it. Pure.

A newsletter of seventy items is not seventy stories of equal weight: its editor leads with the news. An item weighs the
less the more stand before it:

    weight of item i (from 0) = FIRST / (1 + i / HEAD)

so that the mean weight on a page of seventy is 1, and the first items of a short page and of a long one weigh alike.
A story with a page of its own weighs 1, and so does each of a few that share an address: they have no editor. What is
usual of a name is counted in whole stories; it is set against what those weigh on average today.

What a single voice says is news for less: an event is borne by several if three outlets tell of it, or a page's
introduction, the few words of its own that an editor puts first, and another story. On a quiet day his words are one
remark or two, and no introduction.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

FIRST = 7.0
"""What the first item of a page weighs, in stories."""

HEAD = 3.0
"""Items after which weight has halved: the length of an introduction."""

PAGE = 12
"""Items that may share an address and be no page: nobody has put them in order."""

INTRODUCTION = 4
"""Items of one source from which they introduce a page that they open."""

PART = 1 / 3
"""Part of a page up to which its opening is an introduction; a longer one is a list."""

REMARK = 2
"""Items of an opening that are a remark: it is not one more outlet that tells of something."""

YESTERDAY = 0.4
"""Part of the stories of the window before that is expected again: what was told of yesterday is less of a news."""

VOICES = 2
"""Stories of which one is in an introduction, or outlets beyond the first, from which it is no single voice."""

ALONE = 0.5
"""What counts of the z of an event that a single voice tells of."""


@dataclass(frozen=True)
class Placements:
    """For each item: what it weighs, whether it is part of an introduction, and whether it is a remark."""

    weight: Array
    opening: NDArray[np.bool_]
    remark: NDArray[np.bool_]


def page_weights(items: int) -> Array:
    """The weights of the items of one page, first to last."""
    found: Array = FIRST / (1 + np.arange(items) / HEAD)
    return found


def placements(pages: Sequence[str], sources: Sequence[int]) -> Placements:
    """The place of each item, given the page on which it stands ("" for none) and who tells it, in the pages' order."""
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
            found.opening[opener] = INTRODUCTION <= len(opener) <= PART * len(some)
            found.remark[opener] = len(opener) <= REMARK
    return found


def story_weights(stories: Sequence[int], weight: Array) -> dict[int, float]:
    """What each story weighs, given the story and the weight of each item: as much as its most prominent item."""
    found: dict[int, float] = {}
    for story, much in zip(stories, weight.tolist(), strict=True):
        found[story] = max(much, found.get(story, 0.0))
    return found


def prominence_z(weight: Array, mean: float, expected: Array, sigma: Array, before: Array, bias: float) -> Array:
    """Z of what each series weighs in a window, against what is usual and what was told in the window before.

    weight: of its stories, in stories; mean: weight of a story of the window; expected, sigma: as the detector scores
    them; before: its stories in the window before; bias: as in the detector's rules. All but two of shape (series,).
    """
    likely = np.maximum(expected, YESTERDAY * before)
    variance = np.maximum(sigma**2 - bias**2, likely)
    found: Array = (weight - mean * likely) / np.sqrt(mean * variance + bias**2)
    return found


def voice_factor(outlets: int, opening: int, stories: int) -> float:
    """What counts of the z of an event, by how many bear it: 1, or ALONE for a single voice.

    outlets: that name what leads it; stories: on it, `opening` of them in the introduction of a page.
    """
    several = outlets > VOICES or (opening > 0 and stories >= VOICES)
    return 1.0 if several else ALONE
