"""Request in, Reply out, whatever happens."""

import asyncio
import logging
import re
import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from bot import router as room
from bot.router import Router
from chat.errors import UserError
from chat.plain import plain
from chat.reply import Action, Mood, Reply
from chat.request import Place, Request
from handlers import commands
from handlers.command import Command, Option, OptionKind
from models import database
from models.database import connect, writing
from signals.detector import Rules
from tests.conftest import NOON

PLACE = Place("terminal", "", "terminal")


class Shop:
    """A few commands, each of which ends in its own way."""

    def __init__(self) -> None:
        self.release = threading.Event()

    def fine(self, request: Request, *_: object) -> Reply:
        return Reply("Fine", f"{request.option('word')} by {request.author}")

    def refuses(self, *_: object) -> Reply:
        raise UserError("Not like this.", "Try /fine.", (Action("Fine", "/fine"),))

    def breaks(self, *_: object) -> Reply:
        raise RuntimeError("password hunter2 in /srv/secret")

    def hangs(self, *_: object) -> Reply:
        self.release.wait(1)
        return Reply("Late")

    def __call__(self) -> dict[str, Command]:
        every = [
            Command("fine", "", "/fine", self.fine, (Option("word", "any"),)),
            Command("refuses", "", "/refuses", self.refuses),
            Command("breaks", "", "/breaks", self.breaks),
            Command("hangs", "", "/hangs", self.hangs),
        ]
        return {command.name: command for command in every}


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = Shop()
    yield shop
    shop.release.set()


@pytest.fixture
def router(store: Engine, shop: Shop) -> Router:
    return Router(store, shop(), lambda: NOON)


@pytest.mark.parametrize("line", ["/fine thanks", "/FINE thanks", "  /fine   thanks\n"])
async def test_an_answer(router: Router, line: str):
    assert await router.answer_line(line, PLACE, author="Ann") == Reply("Fine", "thanks by Ann", line="/fine thanks")


async def test_a_refusal_is_told_with_its_next_step(router: Router):
    reply = await router.answer_line("/refuses", PLACE)
    assert (reply.private, reply.mood) == (True, Mood.TROUBLE)
    assert plain(reply) == "Not like this.\nTry /fine.\n\nNext: /fine"


async def test_an_error_leaves_a_ticket_and_nothing_else(router: Router, caplog: pytest.LogCaptureFixture):
    reply = await router.answer_line("/breaks", PLACE)
    assert (reply.title, reply.private, reply.mood) == ("Something went wrong here.", True, Mood.TROUBLE)
    ticket = re.fullmatch(r".* it is logged as ([0-9a-f]{4})\.", reply.text)
    assert ticket is not None
    assert "hunter2" not in plain(reply)
    (failed,) = (vars(record) for record in caplog.records)
    assert (failed["message"], failed["ticket"], failed["command"]) == ("failed", ticket[1], "breaks")
    assert "hunter2" in str(failed["exc_info"][1])


@pytest.mark.parametrize(
    ("line", "outcome"),
    [
        ("/fine", "ok"),
        ("/refuses", "refused"),
        ("/hangs", "timeout"),
        ("/breaks", "failed"),
    ],
)
async def test_one_line_in_the_log_for_each(
    router: Router,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    line: str,
    outcome: str,
):
    if outcome == "timeout":
        monkeypatch.setattr(room, "DEADLINE", 0.1)
    with caplog.at_level(logging.INFO):
        await router.answer_line(line, PLACE)
    answered = [vars(record) for record in caplog.records if record.message == "answered"]
    assert len(answered) == 1
    assert (answered[0]["command"], answered[0]["platform"]) == (line[1:], "terminal")
    assert answered[0]["outcome"] == outcome


async def test_what_takes_too_long_is_told(router: Router, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(room, "DEADLINE", 0.1)
    reply = await router.answer_line("/hangs", PLACE)
    assert (reply.title, reply.private, reply.mood) == ("That took too long.", True, Mood.TROUBLE)
    # The next one does not wait for it.
    monkeypatch.undo()
    assert (await router.answer_line("/fine", PLACE)).title == "Fine"


async def test_one_persons_slow_requests_hold_up_nobody_else(router: Router, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(room, "DEADLINE", 0.5)
    place = Place("slack", "T1", "C1")
    slow = [asyncio.create_task(router.answer_line("/hangs", place, "U1")) for _ in range(12)]
    await asyncio.sleep(0)
    assert (await router.answer_line("/fine", place, "U2")).title == "Fine"
    said = [reply.title for reply in await asyncio.gather(*slow)]
    assert said.count("That took too long.") == room.AT_ONCE_PERSON
    assert said.count(f"You have {room.AT_ONCE_PERSON} requests that I am still answering.") == 12 - room.AT_ONCE_PERSON
    # Whoever waited for those may ask again, though the work behind them may go on.
    assert (await router.answer_line("/fine", place, "U1")).title == "Fine"


async def test_a_workspace_has_its_share_and_others_theirs(router: Router, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(room, "DEADLINE", 0.5)
    slow = [
        asyncio.create_task(router.answer_line("/hangs", Place("slack", "T1", "C1"), f"U{number}"))
        for number in range(room.AT_ONCE_WORKSPACE)
    ]
    await asyncio.sleep(0)
    busy = await router.answer_line("/fine", Place("slack", "T1", "C2"), "U99")
    assert busy.title.startswith("This workspace has")
    assert (await router.answer_line("/fine", Place("slack", "T2", "C1"), "U1")).title == "Fine"
    await asyncio.gather(*slow)


async def test_being_cancelled_is_not_swallowed(router: Router):
    asking = asyncio.create_task(router.answer_line("/hangs", PLACE))
    await asyncio.sleep(0.05)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking


@pytest.mark.parametrize(
    ("line", "near"),
    [
        pytest.param("/trnd Meta", "/trend Meta", id="a letter missing"),
        pytest.param("/spike", "/spikes", id="singular"),
        pytest.param("/wacht add Meta", "/watch add Meta", id="turned letters"),
    ],
)
async def test_an_unknown_command_comes_with_the_near_one(store: Engine, line: str, near: str):
    reply = await Router(store, commands(Rules()), lambda: NOON).answer_line(line, PLACE)
    assert reply.title == f"There is no command “{line.split(maxsplit=1)[0][1:]}”."
    lines = [action.line for action in reply.actions]
    assert near in lines
    assert lines[-1] == "/help"


@pytest.mark.parametrize("line", ["/", "//", "/" + "x" * 10_000, "/\u202e", "/trend; rm -rf /"])
async def test_no_command_at_all(store: Engine, line: str):
    reply = await Router(store, commands(Rules()), lambda: NOON).answer_line(line, PLACE)
    assert reply.title.startswith("There is no command “")
    assert len(plain(reply)) < 200


@pytest.mark.parametrize("line", ["", "   ", "\n"])
async def test_an_empty_line(router: Router, line: str):
    assert (await router.answer_line(line, PLACE)).title == "The message is empty."


@pytest.mark.parametrize(
    "name", ["Meta\x00", "a" * 10_000, "Meta \ud83d", "'; DROP TABLE entity; --", "\u202eateM", "%s{0}", "+ + +", '"']
)
@pytest.mark.parametrize(
    "line", ["/trend {}", "/watch add {}", "/watch add Meta level {}", "/spikes as-of {}", "/help {}"]
)
async def test_nothing_that_is_typed_breaks_anything(store: Engine, line: str, name: str):
    reply = await Router(store, commands(Rules()), lambda: NOON).answer_line(line.replace("{}", name), PLACE)
    assert reply.title != "Something went wrong here."


async def test_a_request_without_what_it_needs_is_refused(store: Engine):
    router = Router(store, commands(Rules()), lambda: NOON)
    assert (await router.answer(Request("trend", PLACE))).title.startswith("/trend needs a name")
    assert (await router.answer(Request("watch", PLACE, {"action": "sing"}))).title.startswith(
        "“sing” is not a valid action."
    )
    assert (await router.answer(Request("sing", PLACE))).title.startswith("There is no command")


async def test_a_locked_store_is_told(store: Engine, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.1)
    engine = connect(str(store.url))
    router = Router(engine, commands(Rules()), lambda: NOON)
    with writing(store):
        reply = await router.answer_line("/watch add Meta", PLACE)
        assert reply.title == "The database is busy or can't be reached."
        # Who only reads does not wait for who writes.
        assert (await router.answer_line("/trend Meta", PLACE)).title == "Meta: no news yet"
    assert (await router.answer_line("/watch add Meta", PLACE)).title == "Watching Meta"
    engine.dispose()


async def test_a_store_out_of_reach_is_told():
    router = Router(connect("postgresql://nobody@/nothing?host=/nowhere"), commands(Rules()), lambda: NOON)
    reply = await router.answer_line("/trend Meta", PLACE)
    assert (reply.title, reply.private) == ("The database is busy or can't be reached.", True)


async def test_names_are_suggested_while_typing(store: Engine):
    router = Router(store, commands(Rules()), lambda: NOON)
    assert (await router.suggest("muse sp"))[0] == "Muse Spark"
    assert len(await router.suggest("a", limit=5)) == 5
    assert (await router.suggest("Meta + muse sp"))[0] == "Meta + Muse Spark"
    assert (await router.suggest("OpenAI,anthr"))[0] == "OpenAI, Anthropic"
    assert (await router.suggest("berl", OptionKind.ZONE))[0] == "Europe/Berlin"


async def test_many_at_once_are_all_answered(store: Engine):
    router = Router(store, commands(Rules()), lambda: NOON)
    asked = [f"/watch add {name}" for name in ("Meta", "Google", "OpenAI", "NVIDIA")] * 5 + ["/trend Meta"] * 20
    replies = await asyncio.gather(*(router.answer_line(line, PLACE) for line in asked))
    assert {reply.title.split(" ")[0] for reply in replies} == {"Watching", "Already", "Meta:"}


@pytest.mark.parametrize(
    ("typed", "again"), [("/watch list", "/watch list"), ("/watch add Meta", ""), ("/digest set hour 9", "")]
)
async def test_what_changes_something_is_not_said_again(store: Engine, typed: str, again: str):
    router = Router(store, commands(Rules()), lambda: NOON)
    assert (await router.answer_line(typed, PLACE)).line == again


@pytest.mark.parametrize("line", ["/ask what is \ud800?", "/ask \udfff\0", "/trend Me\ud800ta", "/facts \0\ud83d"])
async def test_lone_surrogates_and_nul_are_no_failure(store: Engine, line: str):
    router = Router(store, commands(Rules()), lambda: NOON)
    request = Request(line[1:].split(maxsplit=1)[0], PLACE, {"question": line, "name": line})
    for said in (plain(await router.answer_line(line, PLACE)), plain(await router.answer(request))):
        assert "Something went wrong" not in said
        said.encode()


@pytest.mark.parametrize("words", ["9" * 40, f"9 April 2026 {'9' * 40}:00", "1" * 100_000])
async def test_a_moment_of_absurd_length_is_not_a_date(store: Engine, words: str):
    said = plain(await Router(store, commands(Rules()), lambda: NOON).answer_line(f"/spikes as-of {words}", PLACE))
    assert "is not a date" in said
