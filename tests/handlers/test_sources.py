"""/sources and /status, and what an operator's channel is told."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from bot.router import Router
from chat.plain import plain
from chat.reply import ListItem
from chat.request import Place
from handlers import commands
from handlers.sources import SourcePreview
from handlers.status import tell_operator
from models.database import transaction
from models.outbox import Outbox
from models.source import Source, SourceState, polled_sources, source_state
from signals.detector import Rules
from tests.conftest import NOON

CHANNEL = Place("slack", "T1", "C1")


def put(engine: Engine, name: str, **more: object) -> None:
    with transaction(engine, writes=True) as session:
        session.add(Source(name=name, url=f"https://{name.lower()}.example/feed", **more))


async def ask(engine: Engine, line: str, place: Place = CHANNEL, operates: bool = True, look=None) -> str:
    router = Router(engine, commands(Rules(), look=look), lambda: NOON, ["slack:T1:U1"] if operates else [])
    return plain(await router.answer_line(line, place, "U1"))


async def test_the_list_names_what_is_in_trouble(store: Engine):
    put(store, "Good", read_at=NOON - timedelta(minutes=5), newest_at=NOON, per_day=4)
    put(store, "Bad", failures=4, error="answers 500 Internal Server Error")
    put(store, "Still", read_at=NOON, newest_at=NOON - timedelta(days=20), per_day=2)
    said = await ask(store, "/sources")
    assert "3 sources" in said
    assert "1 well, 1 failing, 1 quiet" in said
    assert "Bad (answers 500 Internal Server Error, not read yet)" in said
    assert "Good" not in said
    assert "Good (4 a day, read 5 min ago)" in await ask(store, "/sources list well")
    assert "is not a state" in await ask(store, "/sources list happy")


async def test_who_may_adds_pauses_and_takes_out(store: Engine):
    said = await ask(store, "/sources add https://example.org/blog/feed.xml name Example Daily")
    assert "Example Daily is added" in said
    assert "is already a source" in await ask(store, "/sources add https://example.org/blog/feed.xml")
    with transaction(store) as session:
        (one,) = polled_sources(session)
        assert (one.kind, one.added_by, one.url) == ("feed", "chat:slack:U1", "https://example.org/blog/feed.xml")
    assert "is paused" in await ask(store, "/sources pause example daily")
    with transaction(store) as session:
        assert not polled_sources(session)
    assert "State      paused" in await ask(store, "/sources show Example Daily")
    await ask(store, "/sources resume Example Daily")
    with transaction(store) as session:
        assert len(polled_sources(session)) == 1
    assert "is removed" in await ask(store, "/sources remove Example Daily")
    assert "I don't know the source" in await ask(store, "/sources show Example Daily")


@pytest.mark.parametrize("line", ["add https://e.com", "remove X", "pause X", "resume X", "test https://e.com"])
async def test_whoever_is_no_operator_only_looks(store: Engine, line: str):
    assert "is for the operators of this bot" in await ask(store, f"/sources {line}", operates=False)
    assert "operators" not in await ask(store, "/sources list", operates=False)


async def test_an_address_is_looked_at_on_the_open_internet_alone(store: Engine):
    asked = []

    def look(address, now, public):
        asked.append((address, public))
        if "bad" in address:
            return SourcePreview("feed", address, problem="answers 404 Not Found")
        return SourcePreview(
            "feed", "https://e.com/feed", "Example", (ListItem("Meta opens", "https://e.com/1"),) * 10, 2
        )

    said = await ask(store, "/sources test e.com", look=look)
    assert "Example: feed" in said
    assert "I would read 10 articles from it; 2 can't be used." in said
    assert "…and 2 more" in said
    assert "/sources add https://e.com/feed" in said
    assert "answers 404 Not Found" in await ask(store, "/sources test bad.com", look=look)
    await ask(store, "/sources test e.com", Place("terminal", "", ""), look=look)
    assert asked == [("e.com", True), ("bad.com", True), ("e.com", False)]


async def test_what_is_no_address_and_a_folder_from_a_channel_are_refused(store: Engine):
    assert "is not a web address" in await ask(store, "/sources add nothing")
    assert "Only the person who runs the bot can add a folder." in await ask(store, "/sources add file:///etc")
    assert "var news is added" in await ask(store, "/sources add file:///var/news", Place("terminal", "", ""))


async def test_status_says_whether_all_is_well(store: Engine):
    put(store, "Good", read_at=NOON, newest_at=NOON)
    assert "Everything is working.\n" in await ask(store, "/status")
    put(store, "Bad", failures=4, error="answers 500")
    assert "Everything is working, except some sources." in await ask(store, "/status")
    put(store, "Worse", failures=4, error="answers 500")
    assert "Most sources can't be read: check the network." in await ask(store, "/status")


@pytest.mark.parametrize(
    ("row", "state"),
    [
        ({}, SourceState.NEW),
        ({"failures": 2}, SourceState.NEW),
        ({"failures": 3}, SourceState.FAILING),
        ({"failures": 1, "error": "answers 410 Gone"}, SourceState.GONE),
        (
            {"failures": 5, "error": "answers 404 Not Found", "failing_since": NOON - timedelta(days=6)},
            SourceState.FAILING,
        ),
        (
            {"failures": 9, "error": "answers 404 Not Found", "failing_since": NOON - timedelta(days=7)},
            SourceState.GONE,
        ),
        ({"failures": 2, "read_at": NOON, "newest_at": NOON}, SourceState.WELL),
        ({"read_at": NOON, "newest_at": NOON - timedelta(days=2), "per_day": 24.0}, SourceState.WELL),
        ({"read_at": NOON, "newest_at": NOON - timedelta(days=4), "per_day": 24.0}, SourceState.QUIET),
        ({"read_at": NOON, "newest_at": NOON - timedelta(days=20), "per_day": 0.2}, SourceState.WELL),
        ({"read_at": NOON, "newest_at": NOON - timedelta(days=31), "per_day": 0.2}, SourceState.QUIET),
        ({"read_at": NOON, "moved_at": NOON - timedelta(days=1), "newest_at": NOON}, SourceState.MOVED),
        ({"read_at": NOON, "moved_at": NOON - timedelta(days=8), "newest_at": NOON}, SourceState.WELL),
        ({"state": SourceState.PAUSED, "failures": 9}, SourceState.PAUSED),
    ],
)
def test_a_state_follows_from_what_is_noted(row: dict, state: SourceState):
    assert source_state(Source(name="x", url="https://e.com", **row), NOON) == state


def test_where_most_fail_at_once_it_is_told_as_one_trouble(store: Engine):
    for number in range(30):
        put(store, f"S{number}", failures=3, error="can't be reached (no connection)")
    put(store, "Good", read_at=NOON, newest_at=NOON)
    with transaction(store, writes=True) as session:
        assert tell_operator(session, NOON, Place("slack", "T1", "C9")) == 30
    with transaction(store) as session:
        (row,) = session.exec(select(Outbox)).all()
        assert row.text.startswith(
            "30 of 31 sources can't be read\nSo many at once point to the network here: check it first."
        )


def test_an_operator_is_told_of_each_trouble_once(store: Engine):
    for number in range(4):
        put(store, f"Good {number}", read_at=NOON, newest_at=NOON)
    put(store, "Good", read_at=NOON, newest_at=NOON)
    put(store, "Bad", failures=3, error="answers 500 Internal Server Error")
    put(store, "Lost", failures=3, error="answers 410 Gone")
    place = Place("slack", "T1", "C9")
    with transaction(store, writes=True) as session:
        assert tell_operator(session, NOON, place) == 2
    with transaction(store, writes=True) as session:
        assert tell_operator(session, NOON + timedelta(minutes=5), place) == 0
        (row,) = session.exec(select(Outbox)).all()
        assert row.text == (
            "2 sources have problems\n"
            "Bad can't be read: it answers 500 Internal Server Error.\n"
            "Lost is gone: it answers 410 Gone."
        )
        bad = next(one for one in polled_sources(session) if one.name == "Bad")
        bad.failures, bad.error, bad.read_at, bad.newest_at = 0, "", NOON, NOON
    with transaction(store, writes=True) as session:
        assert tell_operator(session, NOON + timedelta(minutes=10), place) == 0
        next(one for one in polled_sources(session) if one.name == "Bad").failures = 3
    with transaction(store, writes=True) as session:
        assert tell_operator(session, NOON + timedelta(minutes=15), place) == 1, (
            "a trouble that comes again is a new one"
        )
        assert len(session.exec(select(Outbox)).all()) == 2


async def test_keys_are_not_shown_and_not_taken_from_a_channel(store: Engine):
    def hide(text: str) -> str:
        return text.replace("s3cret", "{key:news}")

    with transaction(store, writes=True) as session:
        session.add(Source(name="Wire", url="https://wire.example/?key=s3cret"))
    router = Router(store, commands(Rules(), hide=hide), lambda: NOON, ["slack:T1:U1"])
    shown = plain(await router.answer_line("/sources show Wire", CHANNEL, "U1"))
    assert "s3cret" not in shown
    assert "https://wire.example/?key={key:news}" in shown
    refused = plain(await router.answer_line("/sources add https://a.example/?key=s3cret", CHANNEL, "U1"))
    assert "contains a key of this bot" in refused
    assert "s3cret" not in refused
