"""Messages in people's own words, answered by the command that they mean; and short ways to write commands."""

from datetime import date

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from handlers.message_line import digest_options
from handlers.shorthand import spelled_out
from models.database import transaction
from models.digest import Digest
from models.watch import Watch

TODAY = date(2026, 4, 9)


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        ("whats hot today", "No news yet"),
        ("trend Meta", "Meta: "),
        ("is Meta in the news more than usual", "Meta: "),
        ("why is Meta trending", "Meta: "),
        ("tell me about Meta", "Meta: "),
        ("what do we watch", "No watches in this channel yet"),
        ("how fresh is your data", "Status"),
        ("what can you do", "trendbot"),
        ("compare Meta", "What would you like to know about Meta?"),
        ("hello there", ""),
    ],
)
async def test_the_command_that_is_meant_answers(say, text: str, starts: str):
    assert (await say(text)).startswith(starts)


async def test_a_wish_becomes_a_button_and_changes_nothing(say, store: Engine):
    said = await say("let us know when Meta releases something")
    assert said.startswith("Watch Meta here?")
    assert "/watch add Meta" in said
    assert "/digest set hour 8 days mon-fri zone Europe/Berlin" in await say("a digest every weekday at 8 berlin time")
    with transaction(store) as session:
        assert session.exec(select(Watch)).all() == []
        assert session.exec(select(Digest)).all() == []


async def test_a_conversation_goes_on(say):
    assert (await say("trend Meta")).startswith("Meta: ")
    assert (await say("why")).startswith("Meta: ")
    assert "NVIDIA" in (await say("and NVIDIA?")).split("\n")[0]


@pytest.mark.parametrize(
    ("command", "typed", "full"),
    [
        ("watch", "deepseek", "add deepseek"),
        ("watch", "add deepseek", "add deepseek"),
        ("watch", "list", "list"),
        ("digest", "set 9am", "set hour 9"),
        ("digest", "set hour 9 days mon", "set hour 9 days mon"),
        ("digest", "weekdays 17:00", "set hour 17 days mon-fri"),
        ("spikes", "2026-04-08", "as-of 2026-04-08"),
        ("spikes", "week", "week"),
        ("trend", "anthropic week", "anthropic window week"),
        ("trend", "anthropic this week", "anthropic window week"),
        ("trend", "anthropic 2026-04-08", "anthropic as-of 2026-04-08"),
        ("trend", "week", "week"),
        ("facts", "openai revenue", "openai about revenue"),
        ("facts", "openai about revenue", "openai about revenue"),
        ("facts", "thinking machines lab", "thinking machines lab"),
        ("status", "", ""),
    ],
)
def test_short_ways_are_spelled_out(command: str, typed: str, full: str):
    assert " ".join(spelled_out(command, typed.split())) == full


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("every morning at 7", "set hour 7 days daily"),
        ("fridays 4pm", "set hour 16 days fri"),
        ("weekly", "set hour 9 days mon"),
        ("mondays and thursdays at noon new york time", "set hour 12 days mon,thu zone America/New_York"),
        ("turn it off", "off"),
    ],
)
def test_when_a_digest_shall_come(text: str, words: str):
    assert " ".join(digest_options(text)) == words
