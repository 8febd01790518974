"""Typed lines become words, and words become options."""

import pytest

from chat.errors import UserError
from chat.reply import Reply
from handlers import commands
from handlers.command import Command, Option, OptionKind, check_options, command_line, parse_options, split_line
from signals.detector import Rules


def unused(*_: object) -> Reply:
    raise AssertionError("reading a line answers nothing")


TREND = Command(
    "trend",
    "",
    "/trend Meta",
    unused,
    (Option("name", "who", OptionKind.NAME, required=True), Option("as-of", "when", OptionKind.DATE, keyword=True)),
)
SPIKES = Command("spikes", "", "/spikes", unused, (Option("as-of", "when", OptionKind.DATE, keyword=True),))
WATCH = Command(
    "watch",
    "",
    "/watch add Meta",
    unused,
    (
        Option("action", "what", OptionKind.CHOICE, choices=("add", "list", "remove")),
        Option("name", "who", OptionKind.NAME),
        Option("level", "z", keyword=True),
    ),
)
BARE = Command("bare", "", "/bare", unused)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        pytest.param("", [], id="nothing"),
        pytest.param("  \t ", [], id="blanks"),
        pytest.param("/trend Meta", ["/trend", "Meta"], id="words"),
        pytest.param("/trend   Meta\tAI ", ["/trend", "Meta", "AI"], id="blanks between"),
        pytest.param('/trend "Muse Spark"', ["/trend", "Muse Spark"], id="quotes"),
        pytest.param("/trend “Muse Spark”", ["/trend", "Muse Spark"], id="curly quotes"),
        pytest.param("/trend „Muse Spark“", ["/trend", "Muse Spark"], id="German quotes"),
        pytest.param("/trend «Muse Spark»", ["/trend", "Muse Spark"], id="French quotes"),
        pytest.param('as-of="9 Apr 2026"', ["as-of=9 Apr 2026"], id="quotes inside a word"),
        pytest.param('/trend Meta "AI', ["/trend", "Meta", '"AI'], id="stray quote"),
        pytest.param("/trend O'Reilly", ["/trend", "O'Reilly"], id="apostrophe"),
        pytest.param("/trend Wang’s 'lab'", ["/trend", "Wang’s", "'lab'"], id="single quotes are letters"),
        pytest.param("/trend #1 C:\\x", ["/trend", "#1", "C:\\x"], id="no comments, no escapes"),
        pytest.param("/trend AT&T; (x) | y", ["/trend", "AT&T;", "(x)", "|", "y"], id="signs are letters"),
        pytest.param("/trend\u00a0Muse\u202fSpark", ["/trend", "Muse", "Spark"], id="spaces that do not break"),
        pytest.param("/trend\u3000谷歌", ["/trend", "谷歌"], id="wide space"),
        pytest.param('/trend ""', ["/trend", ""], id="empty quotes"),
        pytest.param("/trend Meta\nnow", ["/trend", "Meta", "now"], id="line break"),
    ],
)
def test_split(line, words):
    assert split_line(line) == words


@pytest.mark.parametrize(
    ("command", "words", "found"),
    [
        pytest.param(TREND, "Meta", {"name": "Meta"}, id="one word"),
        pytest.param(TREND, "Muse Spark", {"name": "Muse Spark"}, id="the last positional takes what is left"),
        pytest.param(TREND, "Meta + Muse Spark", {"name": "Meta + Muse Spark"}, id="pair"),
        pytest.param(TREND, "Meta as-of 2026-04-09", {"name": "Meta", "as-of": "2026-04-09"}, id="keyword"),
        pytest.param(TREND, "as-of 2026-04-09 Meta AI", {"name": "Meta AI", "as-of": "2026-04-09"}, id="keyword first"),
        pytest.param(TREND, "Meta as-of=2026-04-09", {"name": "Meta", "as-of": "2026-04-09"}, id="="),
        pytest.param(TREND, "Meta --as-of 2026-04-09", {"name": "Meta", "as-of": "2026-04-09"}, id="--"),
        pytest.param(TREND, "Meta --as-of=2026-04-09", {"name": "Meta", "as-of": "2026-04-09"}, id="-- and ="),
        pytest.param(TREND, "Meta AS-OF today", {"name": "Meta", "as-of": "today"}, id="capitals"),
        pytest.param(TREND, "Meta as-of 9 Apr 2026", {"name": "Meta", "as-of": "9 Apr 2026"}, id="a date of words"),
        pytest.param(SPIKES, "as-of 9 Apr 2026", {"as-of": "9 Apr 2026"}, id="a date of words, alone"),
        pytest.param(SPIKES, "", {}, id="nothing needed"),
        pytest.param(WATCH, "", {}, id="all left out"),
        pytest.param(WATCH, "add Muse Spark level 6", {"action": "add", "name": "Muse Spark", "level": "6"}, id="all"),
        pytest.param(WATCH, "add level 6 Meta", {"action": "add", "name": "Meta", "level": "6"}, id="keyword between"),
        pytest.param(WATCH, "ADD Meta", {"action": "ADD", "name": "Meta"}, id="choice in capitals"),
        pytest.param(TREND, "Meta x=y", {"name": "Meta x=y"}, id="an unknown keyword is part of the name"),
    ],
)
def test_options(command, words, found):
    assert parse_options(command, words.split()) == found


@pytest.mark.parametrize(
    ("command", "words", "sentence"),
    [
        pytest.param(TREND, "Meta as-of", "“as-of” needs a value.", id="keyword at the end"),
        pytest.param(TREND, "Meta as-of=", "“as-of=” needs a value.", id="nothing after ="),
        pytest.param(WATCH, "add Meta --level", "“--level” needs a value.", id="-- at the end"),
        pytest.param(TREND, "", "/trend needs a name: who.", id="required"),
        pytest.param(TREND, "as-of 2026-04-09", "/trend needs a name: who.", id="required, a keyword alone"),
        pytest.param(SPIKES, "Meta", "/spikes does not take “Meta”.", id="too many words"),
        pytest.param(BARE, "a b", "/bare does not take “a b”.", id="takes none"),
        pytest.param(WATCH, "Meta", "“Meta” is not a valid action.", id="wrong choice"),
    ],
)
def test_what_does_not_fit_is_told_with_an_example(command, words, sentence):
    with pytest.raises(UserError) as told:
        parse_options(command, words.split())
    assert told.value.sentence == sentence
    assert told.value.step.endswith(f"For example: {command.example}")


def test_a_wrong_choice_is_told_with_the_right_ones():
    with pytest.raises(UserError) as told:
        parse_options(WATCH, ["sing"])
    assert told.value.step == f"Choose add, list or remove. For example: {WATCH.example}"


def test_a_long_wrong_word_is_cut():
    with pytest.raises(UserError) as told:
        parse_options(WATCH, ["x" * 10_000])
    assert len(told.value.sentence) < 150


def test_an_empty_required_value_is_missing():
    with pytest.raises(UserError, match="needs a name"):
        check_options(TREND, {"name": "  "})


def test_every_command_reads_its_own_example():
    for command in commands(Rules()).values():
        word, *words = split_line(command.example)
        assert word == f"/{command.name}"
        parse_options(command, words)


@pytest.mark.parametrize(
    ("command", "found"),
    [
        (TREND, {"name": "Meta + Muse Spark", "as-of": "9 Apr 2026"}),
        (WATCH, {"action": "add", "name": "Meta AI, AMD", "level": "6"}),
        (WATCH, {"action": "list"}),
        (SPIKES, {}),
    ],
)
def test_options_as_a_line_again(command: Command, found: dict[str, str]):
    said = command_line(command, found)
    assert parse_options(command, split_line(said)[1:]) == found


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("as-of 9 Apr 2026 list", {"as-of": "9 Apr 2026", "action": "list"}),
        ("list as-of 9 Apr 2026", {"as-of": "9 Apr 2026", "action": "list"}),
    ],
)
def test_a_choice_ends_a_date_in_words(words: str, found: dict[str, str]):
    chosen = Command("x", "", "/x", unused, (WATCH.options[0], SPIKES.options[0]))
    assert parse_options(chosen, split_line(words)) == found
