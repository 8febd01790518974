"""How much the items of a page weigh, and what is news beside yesterday's."""

import numpy as np
import pytest

from signals.prominence import HEAD, news, places, weights


def test_a_page_weighs_as_much_as_it_has_items_and_its_head_more() -> None:
    for items in (1, 2, 30, 200):
        found = weights(items)
        assert found.sum() == pytest.approx(items)
        assert (np.diff(found) < 0).all()
    # By hand: the item after HEAD others weighs half of the first.
    assert weights(60)[int(HEAD)] == pytest.approx(weights(60)[0] / 2)
    assert not len(weights(0))


def test_a_story_with_a_page_of_its_own_weighs_one() -> None:
    pages = ["a", "letter", "", "letter", "", "b"]
    first, second = weights(2)
    assert places(pages).tolist() == [1.0, first, 1.0, second, 1.0, 1.0]


def test_what_was_told_yesterday_is_less_of_a_news() -> None:
    # Without a past: 6 stories, z = 6 / 1.5; with 10 the day before, 4 are expected: (6 - 4) / sqrt(4 + 1.5^2).
    found = news(np.array([6.0, 6.0]), np.zeros(2), np.full(2, 1.5), np.array([0.0, 10.0]), 1.5)
    assert found.tolist() == pytest.approx([4.0, 2 / 6.25**0.5])
    assert not len(news(*[np.zeros(0)] * 4, 1.5))
