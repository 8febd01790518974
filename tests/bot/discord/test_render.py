"""Any Reply becomes a message that Discord accepts, in which outside words stay words."""

from datetime import date, timedelta

import pytest

from bot.discord.markdown import cut, escape, link, safe_address, width
from bot.discord.render import Message, content, render
from chat.reply import Action, Chart, Field, Item, Mood, Reply, Section
from tests.loopback.discord import message_faults

PNG = b"\x89PNG..."
DAYS = tuple(date(2026, 3, 13) + timedelta(days) for days in range(28))
CHART = Chart("Meta", DAYS, (2.0,) * 27 + (41.0,), (2.0,) * 28, "Two stories a day, then 41 on 9 April.")
SPIKE = Reply(
    "Meta: spiking",
    "41 stories since yesterday; 2.1 a day are usual.",
    fields=(Field("Stories", "41"), Field("z", "13.3")),
    sections=(Section("Stories", (Item("Meta opens Muse Spark", "https://a.example/1", "The Paper, 9 Apr"),)),),
    chart=CHART,
    actions=(Action("Watch", "/watch Meta"), Action("Facts", "/facts Meta")),
    footer="Counted at 12:00 UTC.",
    mood=Mood.SPIKE,
)
LONG = "Muse Spark 🚀 " * 800
FAMILY = "👩‍👩‍👧‍👦" * 2000
HOSTILE = [
    "**bold** _it_ ~~gone~~ ||hidden|| `code` ```block```",
    "@everyone @here <@123> <@&456> <#789> <:x:1> </say:1> <t:1>",
    "[Click](https://evil.example) ](https://evil.example)[x",
    "xhttps://[Click](https://evil.example)",
    "# Head\n> quote\n- list\n1. one\n-# small\n>>> all",
    "\u202eright to left\u202c מטא \u0645\u062a\u0627",
    "half \ud83d and \x00 control \x1b[31m",
    "\\" * 3000,
    "*" * 10_000,
    "https://a.example/" + "x" * 9_000,
    LONG,
    FAMILY,
    "   \n\t ",
]


def payload(message: Message) -> dict[str, object]:
    buttons = [button.to_component_dict() for button in message.buttons]
    return {
        "embeds": [embed.to_dict() for embed in message.embeds],
        "components": [{"components": buttons[at : at + 5]} for at in range(0, len(buttons), 5)],
        "attachments": [{"description": file.description} for file in message.files],
    }


def faults(reply: Reply, picture: bytes | None = None) -> list[str]:
    message = render(reply, picture)
    return message_faults(payload(message), {file.filename: PNG for file in message.files})


def words(reply: Reply) -> str:
    parts = []
    for embed in render(reply).embeds:
        parts += [embed.title or "", embed.description or ""]
        parts += [f"{field.name}: {field.value}" for field in embed.fields]
        parts.append(embed.footer.text or "")
    return "\n".join(parts)


def test_spike_with_picture() -> None:
    message = render(SPIKE, PNG)
    first, second = message.embeds
    assert first.title == "Meta: spiking"
    assert first.description == SPIKE.text
    assert [(field.name, field.value) for field in first.fields] == [("Stories", "41"), ("z", "13.3")]
    assert all(field.inline for field in first.fields)
    assert first.image.url == "attachment://trend.png"
    assert second.description == "**Stories**\n- [Meta opens Muse Spark](https://a.example/1) · The Paper, 9 Apr"
    assert second.footer.text == "Counted at 12:00 UTC."
    assert first.colour == second.colour
    assert [(file.filename, file.description) for file in message.files] == [("trend.png", CHART.alt)]
    assert [(button.item.label, button.custom_id) for button in message.buttons] == [
        ("Watch", "say:/watch Meta"),
        ("Facts", "say:/facts Meta"),
    ]


def test_without_picture_the_chart_is_words() -> None:
    message = render(SPIKE)
    assert not message.files
    assert not message.embeds[0].image.url
    assert "▁▁█ 9 Apr 2026" in words(SPIKE)
    assert CHART.alt in words(SPIKE)


def test_a_reply_without_figures_is_one_embed() -> None:
    message = render(Reply("Help", "Ask away.", sections=(Section("Commands", (Item("/trend Meta"),)),)))
    assert len(message.embeds) == 1
    assert message.embeds[0].description == "Ask away.\n\n**Commands**\n- /trend Meta"


def test_moods_differ() -> None:
    assert len({render(Reply("x", mood=mood)).embeds[0].colour for mood in Mood}) == len(Mood)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("picture", [None, PNG])
def test_hostile_words_everywhere(text: str, picture: bytes | None) -> None:
    items = tuple(Item(text, url, text) for url in ("https://a.example/" + text, text, ""))
    reply = Reply(
        text,
        text,
        fields=(Field(text, text),) * 40,
        sections=(Section(text, items * 5),) * 12,
        chart=Chart(text, DAYS, CHART.counts, CHART.expected, text),
        actions=tuple(Action(text, f"{text}{number}") for number in range(60)),
        footer=text,
    )
    assert faults(reply, picture) == []
    assert 0 < width(content(reply)) <= 2000
    shown = "".join(str(embed.to_dict()) for embed in render(reply, picture).embeds)
    assert "\u202e" not in shown
    for text_only in (reply.text, reply.title):
        assert faults(Reply(text_only)) == []
        assert faults(Reply("", text_only)) == []
        assert faults(Reply("", footer=text_only)) == []
        assert faults(Reply("", sections=(Section(text_only, ()),))) == []


def test_nothing_at_all() -> None:
    assert faults(Reply("")) == []
    assert content(Reply(""))


def test_left_out_items_are_counted() -> None:
    many = tuple(Item(f"Story number {number}", f"https://a.example/{number}") for number in range(500))
    few = (Item("The only fact"),)
    shown = words(Reply("Meta", "Both lists.", sections=(Section("Stories", many), Section("Facts", few))))
    listed = shown.count("- [Story")
    assert f"…and {500 - listed} more" in shown
    assert listed > 40
    assert "The only fact" in shown


def test_left_out_fields_sections_and_lines_are_counted() -> None:
    shown = words(Reply("x", fields=tuple(Field(f"n{number}", "1") for number in range(30))))
    assert "n23: 1" in shown
    assert "n24" not in shown
    assert "…and 6 more" in shown
    shown = words(Reply("x", sections=tuple(Section("Heading " * 10, (Item("i"),)) for _ in range(200))))
    assert "…and more lists: " in shown
    assert words(Reply("x", "y" * 9000)).rstrip().endswith("…")


def test_actions_that_are_no_buttons_are_lines_to_type() -> None:
    long = "/compare " + "a" * 200
    same = (Action("Watch", "/watch Meta"), Action("Watch it", "/watch Meta"))
    reply = Reply("x", actions=(*same, Action("Compare", long), *(Action(f"b{n}", f"/trend {n}") for n in range(30))))
    message = render(reply)
    assert len(message.buttons) == 25
    assert len({button.custom_id for button in message.buttons}) == 25
    assert "**To type**" in words(reply)
    assert long in words(reply)
    assert "/trend 29 · b29" in words(reply)


def test_a_huge_picture_is_left_to_words() -> None:
    message = render(SPIKE, b"x" * (10 * 1024 * 1024 + 1))
    assert not message.files
    assert CHART.alt in (message.embeds[0].description or "")


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("a_b *c*", r"a\_b \*c\*"),
        ("[x](http://e)", r"\[x\](http://e)"),
        ("<@1> @everyone @Here", "\\<@\u200b1> @\u200beveryone @\u200bHere"),
        ("mail me @ 5", "mail me @ 5"),
        ("# one\n- two\n2. three", "\\# one\n\\- two\n2\\. three"),
        ("z > 4, ~5, 2026-04-09, -3 %", "z > 4, ~5, 2026-04-09, -3 %"),
        ("||a|| ~~b~~", r"\|\|a\|\| \~\~b\~\~"),
        ("see https://a.example/b_c", "see https://a.example/b_c"),
        ("xhttps://a_[b](http://e)", r"xhttps://a\_\[b\](http://e)"),
        ("https://a_[b](http://e)", r"https://a_\[b\](http://e)"),
    ],
)
def test_escape(text: str, safe: str) -> None:
    assert escape(text) == safe


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://a.example/b_(c) d", "https://a.example/b_%28c%29%20d"),
        ("HTTP://a.example", "HTTP://a.example"),
        ("javascript:alert(1)", ""),
        ("https://", ""),
        ("http://[::1", ""),
        ("//a.example", ""),
        ("https://a.example/" + "x" * 5000, ""),
        ('https://a.example/"> [x](http://e)', "https://a.example/%22%3E%20%5Bx%5D%28http://e%29"),
    ],
)
def test_addresses(url: str, safe: str) -> None:
    assert safe_address(url) == safe


def test_link() -> None:
    assert link("A](http://e) https://b", "https://a.example") == r"[A\](http\://e) https\://b](https://a.example)"
    assert link("A", "javascript:alert(1)") == "A (javascript:alert(1))"
    assert link("A", "") == "A"


@pytest.mark.parametrize(
    ("text", "limit", "shortened"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdefg", 6, "abcde…"),
        ("ab\\\\\\*cd", 6, "ab\\\\…"),
        ("🚀🚀🚀", 4, "🚀…"),
        ("see https://a.example/long", 20, "see…"),
    ],
)
def test_cut(text: str, limit: int, shortened: str) -> None:
    assert cut(text, limit) == shortened
    assert width(shortened) <= limit
