"""A reply becomes a message that people can read at a glance; that Discord takes any is tested in test_any_reply."""

import pytest

from bot.discord.components.markdown import cut, escape, link, safe_address
from bot.discord.components.render import COLOURS, plain_content, render
from bot.outside_text import utf16_length
from chat.reply import Action, Field, ListItem, Mood, Reply, Section, Style
from tests.bot.discord.people import CHART, PNG
from tests.bot.discord.people import SPIKE as ALERT
from tests.bot.discord.test_any_reply import payload
from tests.loopback.discord_rules import BUTTON, SELECT, parts

SPIKE = Reply(
    "Meta: spiking",
    "41 stories since yesterday; 2.1 a day are usual.",
    fields=(Field("Stories", "41"), Field("z", "13.3"), Field("Baseline", "90 earlier windows of 24 h with data")),
    sections=(Section("Stories", (ListItem("Meta opens Muse Spark", "https://a.example/1", "The Paper, 9 Apr"),)),),
    chart=CHART,
    actions=(Action("Watch", "/watch Meta", Style.PRIMARY), Action("Mute", "/watch mute Meta", Style.DANGER)),
    footer="Counted at 12:00 UTC.",
    mood=Mood.SPIKE,
)


def shown(reply: Reply, picture: bytes | None = None) -> list[str]:
    """The texts of a message, from top to bottom."""
    return [part["content"] for part in parts(payload(render(reply, picture))["components"]) if part["type"] == 10]


def test_a_spike_with_its_picture() -> None:
    message = render(SPIKE, PNG)
    (container,) = payload(message)["components"]
    assert container["accent_color"] == COLOURS[Mood.SPIKE]
    assert [part["type"] for part in container["components"]] == [10, 10, 12, 10, 10, 1]
    assert shown(SPIKE, PNG) == [
        "### Meta: spiking\n41 stories since yesterday; 2.1 a day are usual.",
        "**Stories** 41 · **z** 13.3\n**Baseline** 90 earlier windows of 24 h with data",
        "**Stories**\n- [Meta opens Muse Spark](https://a.example/1) · The Paper, 9 Apr",
        "-# Counted at 12:00 UTC.",
    ]
    gallery = container["components"][2]["items"][0]
    assert gallery["media"]["url"] == "attachment://trend.png"
    assert gallery["description"] == CHART.alt
    assert [(file.filename, file.description) for file in message.files] == [("trend.png", CHART.alt)]
    buttons = container["components"][-1]["components"]
    assert [(one["label"], one["custom_id"], one["style"]) for one in buttons] == [
        ("Watch", "say:/watch Meta", 1),
        ("Mute", "say:/watch mute Meta", 4),
    ]


def test_without_a_picture_the_chart_is_words() -> None:
    assert not render(SPIKE).files
    assert "▁▁█ 9 Apr 2026\nTwo stories a day" in shown(SPIKE)[1]


def test_a_role_is_named_above() -> None:
    message = render(Reply("Meta", mention="600000000000000001"))
    assert payload(message)["components"][0] == {"type": 10, "content": "<@&600000000000000001>"}
    assert message.role == 600000000000000001
    for other in ("S0123ABCD", "6> @everyone", "６００"):
        assert render(Reply("Meta", mention=other)).role is None


def test_moods_differ() -> None:
    assert len({COLOURS[mood] for mood in Mood}) == len(Mood)


def test_nothing_at_all() -> None:
    assert shown(Reply("")) == ["\u200b"]
    assert plain_content(Reply(""))


def test_a_long_list_goes_on_upon_the_next_page() -> None:
    many = Reply(
        "Meta", sections=(Section("Stories", tuple(ListItem(f"Story {n}") for n in range(900))),), line="/facts Meta"
    )
    first = payload(render(many))
    assert first["components"][0]["components"][0]["content"] == "### Meta (1 of 3)"
    assert [part["custom_id"] for part in parts(first["components"]) if part["type"] == BUTTON] == [
        "more:2:/facts Meta"
    ]
    last = render(many, number=3)
    assert "Story 899" in str(payload(last))
    # Of what has become shorter since, the last page is shown.
    assert payload(render(many, number=9)) == payload(last)


def test_where_no_button_can_lead_on_the_whole_comes_as_a_file() -> None:
    many = Reply("Meta", sections=(Section("Stories", tuple(ListItem(f"Story {n}") for n in range(900))),))
    (file,) = render(many).files
    assert file.filename == "whole.txt"
    assert b"Story 899" in file.fp.read()
    (file,) = render(Reply("A title " * 100, line="/facts Meta")).files
    assert file.fp.read().startswith(b"A title A title")
    assert render(many, attach_text=False).files == ()


def test_many_actions_are_a_list_to_choose_from() -> None:
    long = "/compare " + "a" * 200
    same = (Action("Watch", "/watch Meta"), Action("Watch it", "/watch Meta"))
    reply = Reply("x", actions=(*same, Action("Compare", long), *(Action(f"b{n}", f"/trend {n}") for n in range(30))))
    every = list(parts(payload(render(reply))["components"]))
    assert len([part for part in every if part["type"] == BUTTON]) == 5
    (menu,) = [part for part in every if part["type"] == SELECT]
    assert len(menu["options"]) == 24
    assert "**To type**" in shown(reply)[-1]
    assert long in shown(reply)[-1]
    assert "/trend 29 · b29" in shown(reply)[-1]


def test_a_huge_picture_is_left_to_words() -> None:
    message = render(ALERT, b"x" * (10 * 1024 * 1024 + 1))
    assert not message.files
    assert CHART.alt in str(payload(message))


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
    assert utf16_length(shortened) <= limit
