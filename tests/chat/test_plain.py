"""Replies as plain text."""

import math
from datetime import date
from textwrap import dedent

import pytest

from chat.errors import UserError
from chat.plain import plain, plain_headline, spark, sparkline
from chat.reply import Action, Chart, Field, ListItem, Mood, Reply, Section, Table, TableRow

CHART = Chart("Meta: stories a day", (date(2026, 4, 7), date(2026, 4, 8), date(2026, 4, 9)), (0, 7, 14), (3, 3, 3), "…")


def test_a_full_reply():
    reply = Reply(
        "Meta: spiking",
        "14 stories today.",
        fields=(Field("z", "4.00"), Field("Expected", "4")),
        sections=(
            Section("Stories", (ListItem("Meta opens Muse Spark", "https://example.com/a", "Reuters"),)),
            Section("Known", (ListItem("released Muse Spark"), ListItem("", note="bare note"))),
        ),
        chart=CHART,
        actions=(Action("Watch Meta", "/watch add Meta"), Action("All spikes", "/spikes")),
        footer="Data as of 9 Apr 2026.",
        mood=Mood.SPIKE,
    )
    assert plain(reply) == dedent("""\
        Meta: spiking
        14 stories today.
          z         4.00
          Expected  4
          7 Apr ▁▅█ 9 Apr 2026

        Stories
          - Meta opens Muse Spark (Reuters)
            https://example.com/a

        Known
          - released Muse Spark
          - bare note

        Next: /watch add Meta · /spikes

        Data as of 9 Apr 2026.""")


def test_a_table_has_columns_and_its_sources_below():
    reply = Reply(
        "One and Two",
        table=Table(
            ("One", "Two"),
            (
                TableRow("Price", (ListItem("$2", "https://example.com/a", "a.example"), ListItem(""))),
                TableRow("模型", (ListItem("a text that is too long for one line of a column"), ListItem("b"))),
            ),
        ),
        sections=(Section("More", (ListItem("x"),)),),
    )
    assert plain(reply) == dedent("""\
        One and Two

                 One                              Two
          Price  $2 [1]                           unknown
          模型   a text that is too long for one  b
                 line of a column
          [1] a.example https://example.com/a

        More
          - x""")
    assert [section.title for section in reply.lists()] == ["Price", "模型", "More"]
    assert reply.lists()[0].items == (
        ListItem("One: $2", "https://example.com/a", "a.example"),
        ListItem("Two: unknown"),
    )


def test_a_title_alone_is_one_line():
    assert plain(Reply("No spikes")) == "No spikes"


@pytest.mark.parametrize(
    ("reply", "line"),
    [
        pytest.param(Reply("Meta: as usual"), "Meta: as usual", id="title alone"),
        pytest.param(Reply("Meta", "Two stories.\nAnd more."), "Meta: Two stories.", id="first line"),
        pytest.param(Reply("Meta", "  wide \t gaps  "), "Meta: wide gaps", id="blanks drawn together"),
        pytest.param(Reply("Meta", "\nlater"), "Meta", id="first line is empty"),
    ],
)
def test_headlines(reply: Reply, line: str):
    assert plain_headline(reply) == line


@pytest.mark.parametrize(
    ("values", "line"),
    [
        pytest.param([], "", id="nothing"),
        pytest.param([0], "▁", id="zero"),
        pytest.param([0, 0, 0], "▁▁▁", id="only zeros"),
        pytest.param([5], "█", id="one"),
        # 7 steps: 7/14 is 3.5, which rounds to the even 4.
        pytest.param([0, 7, 14], "▁▅█", id="scaled to the largest"),
        pytest.param([0.1, 0.2], "▂▂", id="below one story nothing is blown up"),
        pytest.param([-5, 7], "▁█", id="negative"),
        pytest.param([math.nan, 7], "▁█", id="not a number"),
        pytest.param([1e308, 0], "█▁", id="huge"),
    ],
)
def test_sparklines(values, line):
    assert sparkline(values) == line


def test_a_chart_without_days_is_empty():
    assert spark(Chart("", (), (), (), "")) == ""


def test_an_error_is_private_and_says_the_next_step():
    reply = UserError("I don't know the name “x”.", "See /help.", (Action("Help", "/help"),)).reply()
    assert (reply.private, reply.mood) == (True, Mood.TROUBLE)
    assert plain(reply) == "I don't know the name “x”.\nSee /help.\n\nNext: /help"
