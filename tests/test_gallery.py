"""The page on which people look at replies shows them as the platforms do."""

import re
from html import unescape

import pytest

from chat.reply import Reply
from tests.gallery.__main__ import shown
from tests.gallery.kinds import MARKUP, made_up


def seen(html: str) -> str:
    """What is to be read on a page."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).replace("\u200b", "").split())


@pytest.mark.parametrize(("what", "reply"), [(what, reply) for what, _, reply in made_up()])
def test_each_kind_is_shown_on_both_platforms(what: str, reply: Reply) -> None:
    phones = list(shown(reply))
    assert len(phones) == 4
    for phone in phones:
        assert ("Only you" in phone) is reply.private
        assert all(action.label in seen(phone) for action in reply.actions)


def test_hostile_markup_is_seen_letter_by_letter() -> None:
    hostile = next(reply for what, _, reply in made_up() if what == "Hostile markup")
    discord = next(iter(shown(hostile)))
    # In title, text, a figure's name and value, a list's title, two items, a note, and the footer.
    assert seen(discord).count(MARKUP) == 9
    assert "evil.example" not in "".join(re.findall(r'href="([^"]*)"', discord))
