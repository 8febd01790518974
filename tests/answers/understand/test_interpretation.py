"""What messages mean: made-up sentences about made-up and listed names, one by one and in a conversation."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine

from answers.language.time_range import EVER, Period
from answers.understand.intent import CHANGING, Intent, guess, tokens
from answers.understand.interpretation import Interpretation, interpret_message
from answers.understand.message_time import message_time
from models.database import transaction

TODAY = date(2026, 4, 9)  # a Thursday


def meant(store: Engine, text: str, *context: tuple[str, str]) -> Interpretation:
    with transaction(store) as session:
        return interpret_message(session, text, TODAY, 0, context)


def names(found: Interpretation) -> list[str]:
    return [name.text for name in found.names]


@pytest.mark.parametrize(
    ("text", "intent", "named"),
    [
        ("whats poppin today", Intent.SPIKES, []),
        ("top 5 of the week plz", Intent.SPIKES, []),
        ("is NVIDIA having a moment", Intent.TREND, ["NVIDIA"]),
        ("hows anthropic trending this week", Intent.TREND, ["Anthropic"]),
        ("why is everybody going on about Meta", Intent.WHY, ["Meta"]),
        ("OpenAI vs Anthropic revenue", Intent.COMPARE, ["OpenAI", "Anthropic"]),
        ("how much money did OpenAI raise", Intent.ASK, ["OpenAI"]),
        ("tell me everything about Mistral AI", Intent.FACTS, ["Mistral AI"]),
        ("what happened at Apple in march", Intent.TIMELINE, ["Apple"]),
        ("ping us when NVIDIA ships something", Intent.WATCH_ADD, ["NVIDIA"]),
        ("please stop alerting us about Apple", Intent.WATCH_REMOVE, ["Apple"]),
        ("mute Apple until tomorrow", Intent.WATCH_PAUSE, ["Apple"]),
        ("send us a summary each weekday at 8", Intent.DIGEST_SET, []),
        ("when is the next digest", Intent.DIGEST_SHOW, []),
        ("which names do we watch here", Intent.WATCH_LIST, []),
        ("is the bot down", Intent.STATUS, []),
        ("where does your news come from", Intent.SOURCES, []),
        ("what can you do", Intent.HELP, []),
        ("thanks a bunch", Intent.SMALLTALK, []),
        ("should i buy NVIDIA shares", Intent.OUT_OF_SCOPE, ["NVIDIA"]),
        ("compare Apple", Intent.CLARIFY, ["Apple"]),
        ("warum ist NVIDIA im trend", Intent.WHY, ["NVIDIA"]),
        ("¿qué es tendencia hoy?", Intent.SPIKES, []),
    ],
)
def test_what_a_message_wants(store: Engine, text: str, intent: Intent, named: list[str]):
    found = meant(store, text)
    assert (found.intent, names(found)) == (intent, named)


@pytest.mark.parametrize(
    "text",
    [
        "watch out, Apple people are coming",
        "how do i mute a name",
        "i should follow fewer people",
        "should i watch NVIDIA stock",
        "did anybody set a watch on Apple",
        "stop it lol",
        "what does mute mean",
    ],
)
def test_what_only_sounds_like_an_order(store: Engine, text: str):
    assert meant(store, text).intent not in CHANGING


def test_only_what_is_left_out_is_taken_from_before(store: Engine):
    before = ("how much did OpenAI raise", "OpenAI raised $1B.")
    other = meant(store, "and Anthropic?", before)
    assert (other.intent, names(other), other.predicate, other.inherited) == (
        Intent.ASK,
        ["Anthropic"],
        "funding_round",
        True,
    )
    alone = meant(store, "what happened at Apple this week", before)
    assert (alone.intent, names(alone), alone.inherited) == (Intent.TIMELINE, ["Apple"], False)
    own = meant(store, "does Apple tell its revenue", before)
    assert (names(own), own.inherited) == (["Apple"], False)


def test_a_time_alone_asks_the_same_again(store: Engine):
    found = meant(store, "and last week?", ("is NVIDIA trending", "NVIDIA: as usual."))
    assert (found.intent, names(found)) == (Intent.TREND, ["NVIDIA"])
    assert found.period == Period(date(2026, 3, 30), date(2026, 4, 5))


def test_small_talk_is_not_inherited(store: Engine):
    found = meant(store, "and Apple?", ("should i buy NVIDIA shares", "I don't give investment advice."))
    assert not found.inherited


def test_a_pronoun_means_whom_the_bot_spoke_of(store: Engine):
    found = meant(store, "tell me more about it", ("whats hot", "1 spike. Strongest first: NVIDIA (z 9)"))
    assert (found.intent, names(found)) == (Intent.FACTS, ["NVIDIA"])


def test_one_of_a_list_by_its_place(store: Engine):
    found = meant(
        store, "remove the second one", ("what do we watch", "We watch 2. 1. Apple (balanced) 2. NVIDIA (few)")
    )
    assert (found.intent, names(found)) == (Intent.WATCH_REMOVE, ["NVIDIA"])


def test_two_requests_in_one_message(store: Engine):
    found = meant(store, "is NVIDIA trending and if so why")
    assert [part.intent for part in found.parts] == [Intent.TREND, Intent.WHY]
    assert names(found.parts[1]) == ["NVIDIA"]


@pytest.mark.parametrize(
    "text", ["", "?", "🔥" * 50, "x" * 10_000, "{n} {t} {p}", "\ud800", "a\x00b", "SELECT * FROM x; --"]
)
def test_any_text_has_a_meaning(store: Engine, text: str):
    assert meant(store, text).intent in Intent


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("today", 0, 0),
        ("rn", 0, 0),
        ("yesterday", 1, 1),
        ("this week", 6, 0),
        ("last 7 days", 6, 0),
        ("over the last 3 days", 2, 0),
        ("since monday", 3, 0),
        ("heute", 0, 0),
        ("今日", 0, 0),
    ],
)
def test_times_are_days_back(text: str, first: int, last: int):
    day = timedelta(days=1)
    assert message_time(f"news {text}", TODAY).period == Period(TODAY - first * day, TODAY - last * day)


def test_months_and_no_time():
    assert message_time("Apple timeline for march", TODAY).period == Period(date(2026, 3, 1), date(2026, 3, 31))
    assert message_time("may I ask about Apple", TODAY).period == EVER


def test_a_guess_has_a_probability():
    one = guess("what is trending")
    assert one.intent is Intent.SPIKES
    assert 0.5 < one.probability <= 1
    assert tokens("whats hot rn pls") == ["what", "is", "hot", "right", "now"]
