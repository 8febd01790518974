"""What may be a name is found by its spelling alone."""

import pytest

from ingest.entities.candidates import KnownSpan, find_candidates, unlisted


def names(text: str) -> list[str]:
    """The candidates of a text."""
    return [one.text for one in find_candidates(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It beats GLM-5.1, Qwen3-Coder-Next and gpt-oss-120b.", ["GLM-5.1", "Qwen3-Coder-Next", "gpt-oss-120b"]),
        ("We ran o4-mini against Claude Opus 4.5 today", ["o4-mini", "Claude Opus 4.5"]),
        ("How Kimi K2.5 compares with Nano Banana Pro", ["Kimi K2.5", "Nano Banana Pro"]),
        ("Two sizes, Llama 3.1 8B and Qwen3 32B, are out", ["Llama 3.1 8B", "Qwen3 32B"]),
        ("Try GPT-5.2 pro, it is better", ["GPT-5.2 pro"]),
        ("Weights are at zai-org/GLM-4.7-Flash now", ["GLM-4.7-Flash"]),
        ("Everybody talks of #MuseSpark", ["MuseSpark"]),
        ("Their system, called “Operator”, is private", ["Operator"]),
    ],
)
def test_names_as_they_are_written(text: str, expected: list[str]) -> None:
    assert names(text) == expected


def test_what_is_done_with_a_version_is_no_part_of_its_name() -> None:
    assert names("They use GLM-9-based and GLM-9-retrained models") == ["GLM-9", "GLM-9"]
    assert names("We ran Foo-8B VS Bar-9B at home") == ["Foo-8B", "Bar-9B"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Meta’s Muse Spark is out", ["Meta", "Muse Spark"]),
        ("Meta Launches Muse Spark, Its First Closed Model", ["Meta", "Muse Spark"]),
        ("Why Agents Are the Next Big Thing for Your Business", []),
        ("Companies are hiring. Most are not.", []),
        ("On 12 March 2026 the house said so in London", []),
        ("RAG, API and LLM are short forms", []),
        ("It made $4B in Q3 2025, up 50% from Q2", []),
        ("Theme 3 and Source 2 and Top 10", []),
        ("Read https://example.com/GLM-9/Model-7B and write to Joe-5@example.com", []),
        ("Thanks to @GLM-9 and @someone", []),
        ("Turn to Engram 4 million times", ["Engram"]),
        ("It is out now (OfficialJoe), and there is code (JoeEng; other).", []),
        ("It comes with the GNU 3.0 licence, not under CC0 1.0", []),
    ],
)
def test_capitals_that_make_no_name(text: str, expected: list[str]) -> None:
    assert names(text) == expected


def test_latin_names_in_chinese_text_and_titles_in_brackets() -> None:
    assert names("某公司发布Seedance 2.0模型，又推出《千问》") == ["Seedance 2.0", "千问"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("GLM-5.1 is out", "model"),
        ("Terminal-Bench 2.0 is hard", "benchmark"),
        ("we met Sam Fooman there", "person"),
        ("and Sakana Foo Labs closed", "company"),
        ("the startup Foobarium closed", "company"),
        ("and Foobarium raises money", "company"),
        ("with Foobarium, a new open-weight model", "model"),
        ("in Foobarium, a browser", "product"),
        ("then Foobarium fell", ""),
    ],
)
def test_kind_is_guessed_from_shape_and_neighbours(text: str, kind: str) -> None:
    assert [one.kind for one in find_candidates(text)] == [kind]


def test_places_are_those_of_the_text() -> None:
    text = "First line\nthen Muse Spark (and Foo-7B),\n\nlast GLM-5.1"
    assert [(one.text, text[one.start : one.end]) for one in find_candidates(text)] == [
        ("Muse Spark", "Muse Spark"),
        ("Foo-7B", "Foo-7B"),
        ("GLM-5.1", "GLM-5.1"),
    ]


def test_listed_names_are_cut_off_but_a_family_stays_part_of_its_child() -> None:
    text = "see OpenAI GPT-9, then Gemini 9 Flash and Gemini by Google"
    maker = KnownSpan(4, 10, True)
    first, second = text.index("Gemini"), text.rindex("Gemini")
    google = text.index("Google")
    known = [
        maker,
        KnownSpan(first, first + 6, False),
        KnownSpan(second, second + 6, False),
        KnownSpan(google, google + 6, True),
    ]
    rest = unlisted(find_candidates(text), known)
    assert [(one.text, text[one.start : one.end]) for one in rest] == [("GPT-9", "GPT-9"), ("Gemini 9 Flash",) * 2]


@pytest.mark.parametrize(
    "text", ["", " ", "\n\n", "A", "-", "A" * 20_000, "A-" * 10_000, "a1" * 10_000, "A " * 10_000, "X, Y: Q and Z"]
)
def test_odd_texts_give_few_or_none(text: str) -> None:
    assert len(find_candidates(text)) <= 1
