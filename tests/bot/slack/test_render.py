import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from bot.slack import render
from bot.slack.mrkdwn import address, clip, cut, escape, size
from chat.reply import Action, Chart, Field, Item, Mood, Reply, Row, Section, Table
from tests.loopback.slack import faults, pings, shown

SCHEMA = Path(__file__).parents[4] / "shared" / "specs" / "slack" / "types.schema.json"

HOSTILE = {
    "broadcast": "<!channel> <!here|here> <!everyone>",
    "person": "<@U1> and <@W2|boss> and <!subteam^S1>",
    "entities": "R&D <b>bold</b> &lt;!channel&gt; a < b > c &",
    "mrkdwn": "*bold* _italic_ ~gone~ `code` ```block``` >quote\n> quote",
    "link": "<https://evil.example|https://bank.example>",
    "long": "x" * 10_000,
    "long escaped": "&" * 10_000,
    "long words": "Muse Spark is out. " * 600,
    "rtl": "ميتا تطلق نموذجاً جديداً \u202eevil\u202c",
    "emoji": "🧑‍🚀🔥" * 3000,
    "control": "a\x00b\x1bc\ud800d\r\ne\tf",
    "lines": "\n\n\nfirst\n\n\nsecond\n",
    "blank": " \n\t ",
}


def days(count: int) -> tuple[date, ...]:
    return tuple(date(2026, 3, 1) + timedelta(days=day) for day in range(count))


def chart(count: int = 4, words: str = "A quiet month, then 41 stories on 9 April.") -> Chart:
    counts = tuple(float(day % 7) for day in range(count))
    return Chart("Stories per day", days(count), counts, counts, words)


TREND = Reply(
    "Meta: spiking",
    "41 stories today, where 3 were expected.",
    (Field("Stories", "41"), Field("z", "37.2")),
    (Section("Stories", (Item("Meta opens Muse Spark", "https://example.com/a?b=1&c=2", "Reuters, 9 Apr"),)),),
    chart(),
    (Action("Watch Meta", "/watch Meta"), Action("Facts", "/facts Meta")),
    "As of 9 Apr 2026, 12:00 UTC",
    Mood.SPIKE,
)


def everything(text: str) -> Reply:
    """A reply with the same text wherever one may stand."""
    item = Item(text, f"https://example.com/{text}", text)
    return Reply(
        text,
        text,
        tuple(Field(text, text) for _ in range(12)),
        tuple(Section(text, (item,) * 30) for _ in range(4)),
        chart(60, text),
        tuple(Action(text, f"/trend {text}") for _ in range(30)),
        text,
        table=Table((text, text), (Row(text, (item, Item(""))),) * 20),
    )


OUTSIZED = Reply(
    "A title " * 100,
    "Words and words. " * 1000,
    tuple(Field(f"Figure {n}", "9" * 300) for n in range(70)),
    tuple(Section(f"List {n} " * 20, tuple(Item(f"Item {i} " * 40, "", "note") for i in range(40))) for n in range(45)),
    chart(5000, "In words. " * 400),
    tuple(Action(f"Do {n}", f"/trend {n} {'x' * 400}") for n in range(40)),
    "Footer. " * 500,
)


def accept(reply: Reply) -> list[dict[str, Any]]:
    """The blocks, once found to be within Slack's limits, without a ping, and with all texts filled."""
    blocks = render.blocks(reply)
    text, plain = render.notification(reply), render.fallback(reply)
    assert faults(blocks) == []
    assert pings([blocks, text, plain]) == []
    assert blocks
    assert text.strip()
    assert plain.strip()
    assert size(text) <= 1000
    assert size(plain) <= 4000
    assert sum(render._letters(block) for block in blocks) <= 12_000
    json.dumps([blocks, text, plain]).encode()
    return blocks


def test_a_trend_reads_whole():
    blocks = accept(TREND)
    assert shown(blocks).split("\n") == [
        "📈 Meta: spiking",
        "41 stories today, where 3 were expected.",
        "*Stories*",
        "41",
        "*z*",
        "37.2",
        "*Stories per day*",
        "`1 Mar ▁▃▆█ 4 Mar 2026`",
        "A quiet month, then 41 stories on 9 April.",
        "*Stories*",
        "• Meta opens Muse Spark (https://example.com/a?b=1&c=2) (Reuters, 9 Apr)",
        "Watch Meta",
        "Facts",
        "As of 9 Apr 2026, 12:00 UTC",
    ]
    assert [block["type"] for block in blocks] == ["header", *["section"] * 4, "actions", "context"]
    assert render.notification(TREND) == "Meta: spiking: 41 stories today, where 3 were expected."


def test_buttons_carry_their_command():
    buttons = accept(TREND)[-2]["elements"]
    assert [(button["action_id"], button["value"]) for button in buttons] == [
        ("say:0", "/watch Meta"),
        ("say:1", "/facts Meta"),
    ]


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_words_everywhere(text: str):
    accept(everything(text))


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_words_one_at_a_time(text: str):
    for reply in (
        Reply(text),
        Reply("", text),
        Reply("T", fields=(Field(text, ""), Field("", text))),
        Reply("T", sections=(Section(text, ()), Section("", (Item(text), Item("", text), Item("", "", text))))),
        Reply("T", actions=(Action(text, "/help"), Action("", text))),
        Reply("T", footer=text),
    ):
        accept(reply)


def test_a_title_cannot_format_or_link():
    blocks = accept(Reply("T", sections=(Section("S", (Item("*x* <https://evil.example|bank>", "", ""),)),)))
    assert blocks[1]["text"]["text"] == "*S*\n• ∗x∗ &lt;https://evil.example|bank&gt;"
    assert blocks[1]["text"]["verbatim"] is True


def test_words_keep_what_formats_nothing():
    assert escape("gpt_4o_mini is 2*3 & up") == "gpt_4o_mini is 2*3 &amp; up"


@pytest.mark.parametrize(
    ("url", "written"),
    [
        ("https://example.com/a|b>c d", "https://example.com/a%7Cb%3Ec%20d"),
        ("http://example.com/?a=1&b=2", "http://example.com/?a=1&amp;b=2"),
        ("javascript:alert(1)", ""),
        ("https://", ""),
        ("https://[bad", ""),
        ("ftp://example.com", ""),
        ("https://example.com/" + "x" * 3000, ""),
        ("", ""),
    ],
)
def test_only_usable_addresses_become_links(url: str, written: str):
    assert address(url) == written


def test_an_address_that_is_no_link_is_shown():
    blocks = accept(Reply("T", sections=(Section("S", (Item("Press", "javascript:alert(1)"),)),)))
    assert "Press javascript:alert(1)" in shown(blocks)


def test_nothing_is_lost_in_silence():
    said = shown(accept(OUTSIZED))
    assert "more characters)" in said
    assert "more figures: Figure" in said
    assert "…and 15 more lists: List 30" in said
    assert "…the last " in said
    assert " of 5,000 days" in said
    assert "more to type: /trend" in said
    assert said.count("List") >= 31
    counted = sum(
        int(text.split()[1]) for text in said.split("\n") if text.startswith("…and") and text.endswith("more")
    )
    assert counted + said.count("• ") == 30 * 40


def test_small_parts_do_not_suffer_from_large_ones():
    small = Section("Small", tuple(Item(f"item {n}") for n in range(5)))
    large = tuple(Section(f"Large {n}", tuple(Item("word " * 50) for _ in range(40))) for n in range(8))
    said = shown(accept(Reply("T", "x" * 5000, (Field("z", "5"),), (*large, small))))
    assert "• item 4" in said
    assert "*z*\n5" in said


def test_a_list_says_how_many_more():
    items = tuple(Item(f"Headline number {n} " + "x" * 100) for n in range(50))
    text = accept(Reply("T", sections=(Section("Stories", items),)))[1]["text"]["text"]
    lines = text.split("\n")
    assert lines[-1] == f"…and {50 - (len(lines) - 2)} more"


def test_a_list_that_just_fits_has_no_more():
    items = tuple(Item(f"Headline {n}") for n in range(5))
    assert "more" not in shown(accept(Reply("T", sections=(Section("Stories", items),))))


def test_a_long_title_is_in_the_header_and_whole_below():
    title = "Meta & friends " * 20
    header, section = accept(Reply(title))
    assert header["text"]["text"].endswith("…")
    assert size(header["text"]["text"]) <= 150
    assert section["text"]["text"] == escape(title.strip())


@pytest.mark.parametrize("mood", Mood)
def test_mood_is_no_colour(mood: Mood):
    header = accept(Reply("Title", mood=mood))[0]["text"]["text"]
    assert header == {Mood.CALM: "Title", Mood.SPIKE: "📈 Title", Mood.TROUBLE: "⚠️ Title"}[mood]


def test_an_empty_reply_says_so():
    assert shown(accept(Reply(""))) == "There is nothing to show."


def test_cut_counts_what_is_missing():
    assert cut("a" * 100, 60) == "a" * 37 + "… (63 more characters)"
    assert cut("short", 60) == "short"
    assert size(cut("&" * 1000, 100)) <= 100
    assert clip("abcdef", 4) == "abc…"


TEXTS = some.text(max_size=400) | some.sampled_from(list(HOSTILE.values()))
REPLIES = some.builds(
    Reply,
    TEXTS,
    TEXTS,
    some.lists(some.builds(Field, TEXTS, TEXTS), max_size=40).map(tuple),
    some.lists(
        some.builds(Section, TEXTS, some.lists(some.builds(Item, TEXTS, TEXTS, TEXTS), max_size=8).map(tuple)),
        max_size=40,
    ).map(tuple),
    some.none() | some.builds(chart, some.integers(0, 500), TEXTS),
    some.lists(some.builds(Action, TEXTS, TEXTS), max_size=40).map(tuple),
    TEXTS,
    some.sampled_from(Mood),
)


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(REPLIES)
def test_any_reply_is_accepted(reply: Reply):
    accept(reply)


@pytest.fixture(scope="module")
def schema() -> Any:
    """Slack's own types as JSON Schema; not part of the project."""
    if not SCHEMA.exists():
        pytest.skip("Slack's types are not at hand (types.schema.json)")
    jsonschema = pytest.importorskip("jsonschema")
    definitions = json.loads(SCHEMA.read_text())["definitions"]
    return jsonschema.Draft7Validator({"$ref": "#/definitions/KnownBlock", "definitions": definitions})


@pytest.mark.parametrize("reply", [TREND, everything("<@U1> & *co*"), Reply("")], ids=["trend", "hostile", "empty"])
def test_blocks_are_of_slacks_types(reply: Reply, schema: Any):
    for block in render.blocks(reply):
        schema.validate(block)
