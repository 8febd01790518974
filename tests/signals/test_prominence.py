"""How much the items of a page weigh, what is news beside yesterday's, and who bears it."""

import numpy as np
import pytest

from signals.prominence import (
    FIRST,
    HEAD,
    INTRODUCTION,
    PAGE,
    REMARK,
    SINGLE_VOICE,
    page_weights,
    placements,
    prominence_z,
    voice_factor,
)


def test_the_head_of_a_page_weighs_more_and_alike_on_short_and_long_ones() -> None:
    for items in (1, 2, 30, 200):
        found = page_weights(items)
        assert found[0] == FIRST
        assert (np.diff(found) < 0).all()
    # By hand: the item after HEAD others weighs half of the first.
    assert page_weights(60)[int(HEAD)] == pytest.approx(FIRST / 2)
    assert page_weights(70).mean() == pytest.approx(1, abs=0.05)
    assert not len(page_weights(0))


def test_a_story_with_a_page_of_its_own_weighs_one() -> None:
    found = placements(["a", "letter", "", *["letter"] * 29, "", "b"], [1, 2, 3, *[2] * 29, 3, 4])
    first, *others = page_weights(30).tolist()
    assert found.weight.tolist() == [1.0, first, 1.0, *others, 1.0, 1.0]


def test_a_few_items_that_share_an_address_are_no_newsletter() -> None:
    # A launch told by the lab and linked by two forums.
    assert placements(["lab", "lab", "lab"], [1, 2, 3]).weight.tolist() == [1.0] * 3
    some = placements(["lab"] * PAGE, [1] * INTRODUCTION + [2] * (PAGE - INTRODUCTION))
    assert not some.opening.any()
    assert not some.remark.any()


def test_the_few_words_of_who_opens_a_page_are_its_introduction() -> None:
    editor, others = 1, 2
    found = placements(["letter"] * 30, [editor] * 4 + [others] * 26)
    assert found.opening.tolist() == [True] * 4 + [False] * 26
    assert not found.remark.any()


def test_a_word_or_two_are_a_remark_and_no_introduction() -> None:
    found = placements(["letter"] * 30, [1] * REMARK + [2] * (30 - REMARK))
    assert found.remark.tolist() == [True] * REMARK + [False] * (30 - REMARK)
    assert not found.opening.any()


@pytest.mark.parametrize(
    ("pages", "sources"),
    [
        (["letter"] * 30, [1] * 11 + [2] * 19),
        (["letter"] * 30, [1] * (INTRODUCTION - 1) + [2] * (31 - INTRODUCTION)),
        (["letter"] * 30, [1] * 30),
        (["a", "b"], [1, 1]),
        (["", ""], [1, 1]),
        ([], []),
    ],
    ids=["a long list", "a few items", "one source", "pages of their own", "no page", "nothing"],
)
def test_no_introduction(pages: list[str], sources: list[int]) -> None:
    assert not placements(pages, sources).opening.any()


@pytest.mark.parametrize(
    ("outlets", "opening", "stories", "part"),
    [
        (1, 0, 1, SINGLE_VOICE),
        (2, 0, 9, SINGLE_VOICE),
        (1, 1, 1, SINGLE_VOICE),
        (1, 1, 2, 1.0),
        (1, 2, 2, 1.0),
        (3, 0, 3, 1.0),
        (9, 9, 9, 1.0),
    ],
    ids=[
        "one",
        "two outlets",
        "a word of the editor",
        "a word of the editor, and a story",
        "the introduction is about it",
        "three outlets",
        "everybody",
    ],
)
def test_a_single_voice_counts_for_less(outlets: int, opening: int, stories: int, part: float) -> None:
    assert voice_factor(outlets, opening, stories) == part


def test_what_was_told_yesterday_is_less_of_a_news() -> None:
    # Without a past: 6 stories, z = 6 / 1.5; with 10 the day before, 4 are expected: (6 - 4) / sqrt(4 + 1.5^2).
    found = prominence_z(np.array([6.0, 6.0]), 1.0, np.zeros(2), np.full(2, 1.5), np.array([0.0, 10.0]), 1.5)
    assert found.tolist() == pytest.approx([4.0, 2 / 6.25**0.5])
    assert not len(prominence_z(np.zeros(0), 1.0, *[np.zeros(0)] * 3, 1.5))


def test_what_is_usual_weighs_as_stories_do_today() -> None:
    # 4 stories are usual and sigma is 2.5; stories weigh half today: (6 - 2) / sqrt(0.5 x 4 + 1.5^2).
    found = prominence_z(np.array([6.0]), 0.5, np.array([4.0]), np.array([2.5]), np.array([0.0]), 1.5)
    assert found.tolist() == pytest.approx([4 / 4.25**0.5])
