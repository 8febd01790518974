"""Views hold outside words too: names of watches, a message that is asked about."""

import pytest

from bot.slack import views
from bot.slack.inbound import place
from handlers import commands
from signals.detector import Rules
from tests.bot.slack.blocks.test_render import HOSTILE
from tests.loopback.slack_rules import option_faults, pings, view_faults

HERE = views.Memo(place("T1", "C1"), "edit", "Meta")


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_words_in_views(text: str):
    watch = commands(Rules())["watch"]
    made = [
        views.home_view([views.HomeWatch(place("T1", "C1", "1.0"), text, text)] * 70, "D1", 2),
        views.options_form(text or "-", watch.options, views.Memo(place("T1", "")), "watch", text),
        views.waiting_modal(HERE),
    ]
    assert pings(made) == []
    # In a field to type into, words are only words.
    for view in [*made, views.question_form(text, HERE, "ask_about")]:
        assert view_faults(view) == []
    assert option_faults(views.menu_choices([(text, text)] * 150)) == []


def test_a_view_remembers():
    kept = views.Memo(place("T1", "C1", "1.0"), "edit", "R&D <b> ميتا 🔥", "https://hooks.example/1", "D1")
    assert views.read_memo({"private_metadata": kept.text()}) == kept


@pytest.mark.parametrize("text", ["", "{}", "[]", "[1]", "null", "nothing of ours", '["T1", "C1"]'])
def test_a_view_that_is_not_ours_remembers_nothing(text: str):
    assert views.read_memo({"private_metadata": text}, "T1") == views.Memo(place("T1", ""))
