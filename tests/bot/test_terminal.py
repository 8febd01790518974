"""The terminal as a platform."""

import asyncio
import os
import sys
from collections.abc import Callable, Iterator
from io import StringIO

import pytest
from sqlalchemy import Engine

from bot.router import Router
from bot.terminal import adapter
from bot.terminal.adapter import PLACE, Terminal
from chat.reply import ListItem, Mood, Reply, Section
from handlers import commands
from signals.detector import Rules
from tests.conftest import NOON
from tests.news import HOUR, story, tell


@pytest.fixture
def out() -> StringIO:
    return StringIO()


@pytest.fixture
def terminal(store: Engine, out: StringIO) -> Terminal:
    return Terminal(Router(store, commands(Rules()), lambda: NOON), out)


@pytest.mark.parametrize(
    ("line", "answered"),
    [
        ("/help", True),
        ("/trend Meta", True),
        ("/spikes", True),
        ("/trend", False),
        ("/trend qqqzzzxxjj", False),
        ("/banana", False),
        ("", False),
    ],
)
async def test_say_tells_whether_it_could_answer(terminal: Terminal, out: StringIO, line: str, answered: bool):
    assert await terminal.answer(line) is answered
    assert out.getvalue().strip()


@pytest.mark.parametrize(
    "char",
    ["\x1b", "\x07", "\x08", "\r", "\x00", "\x7f", "\x9b", "\u202e", "\u2066", "\u200b", "\ud83d"],
    ids=lambda char: f"U+{ord(char):04X}",
)
def test_what_would_steer_the_terminal_is_dropped(terminal: Terminal, out: StringIO, char: str):
    terminal.show(
        Reply(f"Me{char}ta", f"a{char}b", sections=(Section(f"S{char}", (ListItem(f"t{char}", f"u{char}"),)),))
    )
    assert char not in out.getvalue()
    assert out.getvalue() == "Meta\nab\n\nS\n  - t\n    u\n"


async def test_a_title_that_would_clear_the_screen(terminal: Terminal, store: Engine, out: StringIO):
    tell(store, story("\x1b[2J\x1b[31mMeta opens Muse Spark\x07", NOON - HOUR))
    await terminal.answer("/trend Muse Spark")
    assert "[2J[31mMeta opens Muse Spark" in out.getvalue()
    assert "\x1b" not in out.getvalue()


def test_other_scripts_and_emoji_stay(terminal: Terminal, out: StringIO):
    terminal.show(Reply("谷歌 و مايكروسوفت 🤖 – “é”"))
    assert out.getvalue() == "谷歌 و مايكروسوفت 🤖 – “é”\n"


async def test_an_alert_is_printed(terminal: Terminal, out: StringIO):
    first = await terminal.post(PLACE, Reply("Meta is spiking", mood=Mood.SPIKE), "trendbot-1")
    second = await terminal.post(PLACE, Reply("Meta is spiking", mood=Mood.SPIKE), "trendbot-1")
    assert out.getvalue().count("Meta is spiking\n") == 2
    assert first != second


@pytest.fixture
def keyboard(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Types at a terminal of our own, which gives one line at a time as real ones do."""
    hand, screen = os.openpty()
    with open(screen, encoding="utf-8") as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)

        def types(text: str) -> None:
            os.write(hand, text.encode())

        yield types
    os.close(hand)


async def test_a_chat(terminal: Terminal, out: StringIO, keyboard: Callable[[str], None]):
    keyboard("help\n/spikes\nbanana\n  \n")
    await asyncio.wait_for(terminal.chat(), 60)
    said = out.getvalue()
    assert said.startswith(f"> {adapter.FIRST}\n\nMeta: no news yet\n")
    assert adapter.WELCOME in said
    for answer in ("trendbot\nI follow the news", "No news yet\n", "There is no command “banana”."):
        assert answer in said


async def test_a_chat_ends_with_its_input(terminal: Terminal, keyboard: Callable[[str], None]):
    keyboard("\x04")
    await asyncio.wait_for(terminal.chat(), 60)


async def test_starting_and_stopping_do_nothing(terminal: Terminal):
    await terminal.start()
    await terminal.stop()
    await terminal.stop()
