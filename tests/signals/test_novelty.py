"""Which candidates are new names: by spelling, stories and outlets, or by leading a page."""

from dataclasses import replace

import pytest

from signals.novelty import CandidateUsage, is_bare_size, is_new_name, is_run_mode, required_support

FAMILIES = {"qwen", "gpt5.2"}
WORD = CandidateUsage("Simile", "simile", "", stories=5, outlets=2, launched=0, before=0, hours=10)
MODEL = CandidateUsage("Qwen9-Coder", "qwen9coder", "model", 1, 1, 1, 0, 0, family="qwen")


@pytest.mark.parametrize(
    ("usage", "new"),
    [
        (WORD, True),
        (replace(WORD, stories=4), False),
        (replace(WORD, outlets=1), False),
        (replace(WORD, stories=4, kind="product"), True),
        (MODEL, True),
        (replace(MODEL, launched=0), False),
        (replace(MODEL, launched=0, stories=2), True),
        (replace(WORD, stories=2, outlets=1, weight=5.0), True),
        (replace(WORD, stories=2, outlets=1, weight=4.9), False),
        (replace(WORD, stories=1, outlets=1, weight=7.0), False),
        (replace(WORD, stories=6, outlets=1, weight=6.0), False),
        (replace(WORD, stories=2, outlets=1, weight=9.0, hours=8 * 24), False),
        (replace(MODEL, text="GPT-5.2 high", key="gpt5.2high", stories=9), False),
    ],
    ids=[
        "five stories, two outlets",
        "four are too few for a word",
        "one outlet is too few",
        "a word with a kind needs four",
        "a version of a family, launched",
        "the same, not launched",
        "the same, twice",
        "two stories that lead a page",
        "two that do not quite",
        "one that leads a page may be anything",
        "many in the middle of a page lead nothing",
        "what was about for a week is not new because it leads",
        "a mode of a listed model",
    ],
)
def test_new_names(usage: CandidateUsage, new: bool) -> None:
    assert is_new_name(usage, FAMILIES) is new


def test_an_old_name_must_burst_against_its_own_past() -> None:
    # Ten stories in 60 days: a third of one is usual in two days. z = (5 - 0.33) / sqrt(1.33) = 4.05.
    old = CandidateUsage("Foo-3", "foo3", "model", stories=5, outlets=2, launched=0, before=10, hours=60 * 24)
    assert is_new_name(old, FAMILIES)
    assert not is_new_name(replace(old, before=30), FAMILIES)
    assert not is_new_name(replace(old, text="Foo", key="foo", kind=""), FAMILIES)


def test_what_a_spelling_needs() -> None:
    assert required_support(replace(MODEL, text="Qwen-7B", key="qwen7b", launched=0)) == (4, 2)
    assert required_support(replace(WORD, text="Foo 2", key="foo2")) == (4, 2)
    assert required_support(replace(WORD, text="Foo 2", key="foo2", launched=1)) == (2, 1)


def test_modes() -> None:
    assert is_run_mode("gpt5.2high", FAMILIES)
    assert not is_run_mode("gpt5.3high", FAMILIES)


def test_a_family_and_a_size_are_short_for_one_of_its_versions() -> None:
    counted = FAMILIES | {"qwen3", "qwen4"}
    assert is_bare_size("qwen4b", counted)
    assert is_bare_size("qwen3binstruct", counted)
    assert not is_new_name(replace(MODEL, text="Qwen 4B", key="qwen4b", stories=9, outlets=3), counted)
    # Of a family without versions a size is a name, and so is one of a version, or of nobody's.
    assert not is_bare_size("qwen4b", FAMILIES)
    assert not is_bare_size("qwen3·4b", counted)
    assert not is_bare_size("sera14b", counted)
    assert not is_bare_size("4b", counted)
