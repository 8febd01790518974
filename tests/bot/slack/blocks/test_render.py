from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from bot.outside_text import utf16_length
from bot.slack.blocks import render
from bot.slack.blocks.mrkdwn import clip, cut, escape, safe_address
from chat.reply import Action, Chart, Field, ListItem, Mood, Reply, Section, Style, Table, TableRow
from tests.bot.slack.taken import taken
from tests.loopback.slack_rules import pings, shown

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
    (Section("Stories", (ListItem("Meta opens Muse Spark", "https://example.com/a?b=1&c=2", "Reuters, 9 Apr"),)),),
    chart(),
    (Action("Watch Meta", "/watch Meta"), Action("Facts", "/facts Meta")),
    "As of 9 Apr 2026, 12:00 UTC",
    Mood.SPIKE,
)


def everything(text: str) -> Reply:
    """A reply with the same text wherever one may stand."""
    item = ListItem(text, f"https://example.com/{text}", text)
    return Reply(
        text,
        text,
        tuple(Field(text, text) for _ in range(12)),
        tuple(Section(text, (item,) * 30) for _ in range(4)),
        chart(60, text),
        tuple(Action(text, f"/trend {text}") for _ in range(30)),
        text,
        table=Table((text, text), (TableRow(text, (item, ListItem(""))),) * 20),
    )


OUTSIZED = Reply(
    "A title " * 100,
    "Words and words. " * 1000,
    tuple(Field(f"Figure {n}", "9" * 300) for n in range(70)),
    tuple(
        Section(f"List {n} " * 20, tuple(ListItem(f"Item {i} " * 40, "", "note") for i in range(40))) for n in range(45)
    ),
    chart(5000, "In words. " * 400),
    tuple(Action(f"Do {n}", f"/trend {n} {'x' * 400}") for n in range(40)),
    "Footer. " * 500,
)


def accept(reply: Reply) -> list[dict[str, Any]]:
    """The first page's blocks, once all pages are found to be such as Slack takes."""
    return taken(reply)[0]


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
        "`▁▃▆█` 1 Mar to 4 Mar 2026",
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
        Reply(
            "T", sections=(Section(text, ()), Section("", (ListItem(text), ListItem("", text), ListItem("", "", text))))
        ),
        Reply("T", actions=(Action(text, "/help"), Action("", text))),
        Reply("T", footer=text),
    ):
        accept(reply)


def test_a_title_cannot_format_or_link():
    blocks = accept(Reply("T", sections=(Section("S", (ListItem("*x* <https://evil.example|bank>", "", ""),)),)))
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
    assert safe_address(url) == written


def test_an_address_that_is_no_link_is_shown():
    blocks = accept(Reply("T", sections=(Section("S", (ListItem("Press", "javascript:alert(1)"),)),)))
    assert "Press javascript:alert(1)" in shown(blocks)


def test_a_long_list_goes_on_on_another_page():
    items = tuple(ListItem(f"Headline number {n} " + "x" * 300) for n in range(90))
    reply = Reply("Stories", sections=(Section("All", items),), line="/why Meta")
    first, second, *_ = taken(reply)
    assert first[-1]["elements"] == [
        {
            "type": "button",
            "action_id": "more:2",
            "text": {"type": "plain_text", "text": "More (2 of 3)", "emoji": False},
            "value": "/why Meta",
        }
    ]
    assert [one["action_id"] for one in second[-1]["elements"]] == ["more:3", "more:1"]
    assert "Stories (2 of 3)" in shown(second)
    assert render.blocks(reply, 99) == render.blocks(reply, 3)


def test_a_private_answer_can_be_shared():
    reply = Reply("Yours", private=True, line="/watch list")
    assert render.blocks(reply, share=True)[-1]["elements"][0]["action_id"] == "share:1"
    assert render.blocks(replace(reply, mood=Mood.TROUBLE), share=True)[-1]["type"] == "header"
    assert render.blocks(replace(reply, line=""), share=True)[-1]["type"] == "header"


@pytest.mark.parametrize("words", ["", "<!channel>", "channel", "S1 <!here>", "U123", "S12345678>"])
def test_only_the_id_of_a_group_pings(words: str):
    assert pings([render.blocks(Reply("T", mention=words)), render.fallback(Reply("T", mention=words))]) == []


def test_a_group_that_was_chosen_is_pinged_once():
    reply = Reply("T", "x" * 30_000, mention="S0123ABC", line="/trend Meta")
    assert pings(render.blocks(reply)) == ["<!subteam"]
    assert "<!subteam^S0123ABC>" in shown(render.blocks(reply))
    assert pings(render.blocks(reply, 2)) == []
    assert pings(render.fallback(reply)) == ["<!subteam"]


def test_a_long_chart_is_as_many_bars_as_a_phone_shows():
    said = shown(accept(Reply("T", chart=chart(90))))
    bars = said.split("`")[1]
    assert len(bars) == 30
    assert "` 30 Apr to 29 May 2026 (the last 30 of 90 days)" in said


def test_styles_of_buttons():
    reply = Reply("T", actions=(Action("Go", "/a", Style.PRIMARY), Action("No", "/b", Style.DANGER), Action("C", "/c")))
    assert [one.get("style") for one in accept(reply)[-1]["elements"]] == ["primary", "danger", None]


def test_a_long_title_is_in_the_header_and_whole_below():
    title = "Meta & friends " * 20
    header, section = accept(Reply(title))
    assert header["text"]["text"].endswith("…")
    assert utf16_length(header["text"]["text"]) <= 150
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
    assert utf16_length(cut("&" * 1000, 100)) <= 100
    assert clip("abcdef", 4) == "abc…"
