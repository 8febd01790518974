"""Which articles tell the same story."""

import random

import pytest

from ingest.articles.near_duplicates import Sketch, address_hash, make_sketch, similarity


def _sketch(title: str, source: str = "Wire", url: str = "", summary: str = "") -> Sketch:
    return make_sketch(source, url, title, summary)


def _found(one: Sketch, other: Sketch) -> bool:
    """As the pipeline does it: a shared mark, then a comparison."""
    return bool(set(one.marks) & set(other.marks)) and similarity(one, other) > 0


LONG = "Meta opens Muse Spark to developers in twelve countries"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(LONG, LONG, id="word for word"),
        pytest.param(LONG, f"{LONG} - The Daily Planet", id="with the outlet behind it"),
        pytest.param(LONG, f"{LONG} | Planet", id="with the outlet behind a bar"),
        pytest.param(LONG, LONG.upper(), id="in capitals"),
        pytest.param(LONG, "Meta opens Muse Spark to developers in twelve nations", id="one word changed"),
        pytest.param(LONG, "Meta opens up Muse Spark to developers in twelve nations", id="one changed, one added"),
        pytest.param(LONG, "Meta opens Muse\u2011Spark to developers in twelve countries", id="another hyphen"),
        pytest.param(
            "Meta 发布 Muse Spark 模型并向开发者开放", "Meta发布Muse Spark模型并向开发者开放", id="Chinese, spaced"
        ),
        pytest.param(
            "月之暗面发布新一代开源大模型引发关注", "月之暗面发布新一代开源大模型引发热议", id="Chinese, a word"
        ),
    ],
)
def test_syndicated_headlines_are_one_story(one: str, other: str):
    assert _found(_sketch(one, "Wire"), _sketch(other, "Planet"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(
            "OpenAI releases GPT-5.1 to all its users", "OpenAI releases GPT-5.2 to all its users", id="version"
        ),
        pytest.param("Startup raises $50 million for chips", "Startup raises $70 million for chips", id="amount"),
        pytest.param("Meta opens an office in Berlin", "Anthropic closes a round of funding", id="other story"),
        pytest.param("Meta opens Muse Spark to developers", "Meta lays off developers", id="one name in common"),
        pytest.param("月之暗面发布新一代开源大模型", "阿里巴巴公布季度财报超出预期", id="Chinese, other story"),
        pytest.param("", "", id="nothing said"),
        pytest.param("!!!", "???", id="no words"),
    ],
)
def test_other_headlines_are_other_stories(one: str, other: str):
    assert not _found(_sketch(one, "Wire"), _sketch(other, "Planet"))


def test_a_column_title_in_one_source_is_one_story_only_with_the_same_text():
    monday = _sketch("The morning in five charts", summary="Chips were up, and memory was down on Monday.")
    tuesday = _sketch("The morning in five charts", summary="A court heard the case about training on books.")
    assert not _found(monday, tuesday)
    assert _found(
        monday, _sketch("The morning in five charts", summary="Chips were up, and memory was down on Monday!")
    )


def test_one_source_under_one_address_tells_other_stories_under_other_titles():
    page = "https://status.example.com/history"
    assert not _found(_sketch("Outage of the API in Europe", url=page), _sketch("Billing is slow today", url=page))


def test_two_sources_under_one_address_tell_one_story_whatever_the_title():
    page = "https://example.com/2026/04/muse"
    one = _sketch("Muse Spark is here", "Hacker News", f"{page}?utm_source=hn")
    assert _found(one, _sketch("What Meta shipped this week, explained", "Planet", page))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://example.com/a?utm_source=x&utm_medium=y", "https://example.com/a", True),
        ("https://example.com/a?fbclid=1&id=2", "https://example.com/a?id=2", True),
        ("https://example.com/a?b=1&a=2", "https://example.com/a?a=2&b=1", True),
        ("http://www.example.com/a/", "https://example.com/a", True),
        ("https://m.example.com/a/amp", "https://example.com/a", True),
        ("https://EXAMPLE.com/a", "https://example.com/a", True),
        ("https://example.com/a?id=1", "https://example.com/a?id=2", False),
        ("https://forum.example.com/thread.php?one-title", "https://forum.example.com/thread.php?other-title", False),
        ("https://example.com/a#one", "https://example.com/a#two", False),
        ("https://example.com/a", "https://example.org/a", False),
    ],
)
def test_an_address_is_what_leads_to_the_page(one: str, other: str, same: bool):
    assert (address_hash(one) == address_hash(other)) is same


@pytest.mark.parametrize(
    "url", ["", "https://example.com", "https://example.com/", "https://[broken", "nonsense", "?utm_id=1"]
)
def test_a_home_page_is_no_address_of_a_story(url: str):
    assert address_hash(url) == 0


WORDS = [
    *("meta", "opens", "muse", "spark", "gpt", "5.1", "5.2", "raises", "50", "70", "million", "chips", "model"),
    *("the", "a", "of", "发布", "模型", "新", "court", "books", "developers", "İ", "ẞ", "-", "|", "'s", "“ai”", "ＡＩ"),
]


def test_alike_is_symmetric_and_marks_never_change():
    rng = random.Random(5)

    def some() -> tuple[str, str, str, str]:
        title = " ".join(rng.choices(WORDS, k=rng.randrange(9)))
        return (
            rng.choice("AB"),
            rng.choice(["", "https://e.com/1", "https://e.com/2"]),
            title,
            rng.choice(["", "chips"]),
        )

    told = 0
    for _ in range(3000):
        first, second = some(), some()
        one, other = make_sketch(*first), make_sketch(*second)
        assert similarity(one, other) == similarity(other, one)
        assert 0 <= similarity(one, other) <= 1
        assert make_sketch(*first) == one
        assert all(0 < mark < 2**63 for mark in one.marks)
        told += similarity(one, other) > 0
    assert told > 50


def test_a_story_is_like_itself():
    one = _sketch(LONG, summary="Developers get keys.")
    assert similarity(one, one) == 1.0
