from typing import Any

import pytest

from bot.slack import inbound
from chat.request import Place


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("<@UB> what is the latest Claude Opus?", "/ask what is the latest Claude Opus?"),
        ("<@UB|trendbot>   why is Meta in the news", "/ask why is Meta in the news"),
        ("<@UB> /facts Meta", "/facts Meta"),
        ("<@UB> /watch add Meta channel <#C2|general>", "/watch add Meta channel <#C2|general>"),
        ("<@UB> help", "/help"),
        ("<@UB> SPIKES", "/spikes"),
        ("<@UB>", "/help"),
        ("", "/help"),
        ("<@UB> R&amp;D &lt;b&gt;", "/ask R&D <b>"),
        ("<@UB> is <https://example.com/a|this page> about Meta?", "/ask is this page about Meta?"),
        ("<@UB> see <https://example.com/a>", "/ask see https://example.com/a"),
        ("<@UB> ask <@U2> in <#C2|general>", "/ask ask in general"),
        ("<@UB> <!channel> hello", "/ask <!channel> hello"),
        ("🔥🔥", "/ask 🔥🔥"),
        ("<@UB> 2026", "/ask 2026"),
    ],
)
def test_what_a_message_asks(text: str, line: str):
    assert inbound.line_from_message(text) == line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("add Meta channel <#C2|general>", "/watch add Meta channel <#C2|general>"),
        ("add Meta mention <!subteam^S0ONCALL|@oncall>", "/watch add Meta mention <!subteam^S0ONCALL|@oncall>"),
        ("<https://example.com/a?b=1&amp;c=2>", "/watch https://example.com/a?b=1&c=2"),
        ("<http://example.com|example.com> <@U2|ann>", "/watch http://example.com @ann"),
        ("R&amp;D &lt;b&gt;", "/watch R&D <b>"),
        ("  ", "/watch"),
    ],
)
def test_what_a_command_says(text: str, line: str):
    body = {"command": "/watch", "text": text, "team_id": "T1", "channel_id": "C1", "user_id": "U1"}
    assert inbound.command_occasion(body).line == line


def event(**more: Any) -> dict[str, Any]:
    said = {"type": "app_mention", "user": "U1", "text": "<@UB> who leads?", "ts": "5.0", "channel": "C1", **more}
    return {"team_id": "T1", "event_id": "Ev1", "event": said}


def test_a_mention_opens_a_thread_that_its_question_belongs_to():
    occasion = inbound.message_occasion(event())
    assert occasion is not None
    assert (occasion.place, occasion.thread, occasion.key) == (Place("slack", "T1", "C1", "5.0"), "5.0", "Ev1")


def test_what_a_command_sets_is_meant_for_the_channel():
    occasion = inbound.message_occasion(event(text="<@UB> /watch add Meta"))
    assert occasion is not None
    assert (occasion.place, occasion.thread) == (Place("slack", "T1", "C1"), "5.0")


def test_a_command_in_a_thread_is_meant_for_the_thread():
    occasion = inbound.message_occasion(event(text="<@UB> /watch add Meta", thread_ts="2.0"))
    assert occasion is not None
    assert (occasion.place, occasion.thread) == (Place("slack", "T1", "C1", "2.0"), "2.0")


def test_a_conversation_of_two_needs_no_threads():
    occasion = inbound.message_occasion(event(type="message", channel_type="im", channel="D1"))
    assert occasion is not None
    assert (occasion.place, occasion.thread) == (Place("slack", "T1", "D1"), "")


@pytest.mark.parametrize(
    "more",
    [
        {"subtype": "message_changed"},
        {"subtype": "channel_join"},
        {"subtype": "bot_message", "bot_id": "B2"},
        {"bot_id": "B2"},
        {"type": "message", "channel_type": "channel"},
        {"type": "message", "channel_type": "mpim"},
    ],
    ids=str,
)
def test_nobody_spoke_to_us(more: dict[str, Any]):
    assert inbound.message_occasion(event(**more)) is None
