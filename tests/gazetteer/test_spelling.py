"""One form for names and texts, and the ways in which people write a name."""

import random

import pytest

from gazetteer.spelling import fold, lower, squash, tidy, variants, well_formed


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        pytest.param("Muse\u2011Spark", "muse-spark", id="non-breaking hyphen"),
        pytest.param("Muse\u2013Spark", "muse-spark", id="en dash"),
        pytest.param("Muse\u2212Spark", "muse-spark", id="minus"),
        pytest.param("Muse\u00a0Spark", "muse spark", id="non-breaking space"),
        pytest.param("Muse\u202fSpark", "muse spark", id="narrow space"),
        pytest.param("  Muse \t\n Spark ", "muse spark", id="spaces"),
        pytest.param("Me\u200bta\u00ad \u2060AI\ufeff", "meta ai", id="zero-width and soft hyphen"),
        pytest.param("\u202bMeta\u202c", "meta", id="direction marks"),
        pytest.param("Ｍｅｔａ　ＡＩ", "meta ai", id="full-width"),
        pytest.param("ＧＰＴ－５．２", "gpt-5.2", id="full-width version"),
        pytest.param("Mu\u0308nchen", "münchen", id="combining mark"),
        pytest.param("ﬁne-tuning", "fine-tuning", id="ligature"),
        pytest.param("o\u2081", "o1", id="subscript digit"),
        pytest.param("Meta’s ‘AI’", "meta's 'ai'", id="curly quotes"),
        pytest.param("发布Muse Spark", "发布muse spark", id="Han"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_names_and_texts_take_one_form(written: str, folded: str):
    assert fold(written) == folded


def test_lower_case_keeps_every_place():
    """ "İ".lower() is two characters: what follows would be looked up one place too far."""
    text = tidy("İstanbul: Meta AI")
    assert len(lower(text)) == len(text)
    start = lower(text).index("meta")
    assert text[start : start + 4] == "Meta"


def test_lower_case_keeps_every_place_whatever_stands_there():
    rng = random.Random(1)
    letters = "aZ0 .-'İẞßΣςǅ中のé\U0001f600ΐﬁ"
    for _ in range(500):
        text = tidy("".join(rng.choice(letters) for _ in range(rng.randrange(12))))
        assert len(lower(text)) == len(text)
        assert tidy(text) == text


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        ("Muse Spark", {"Muse Spark", "Muse-Spark"}),
        ("GPT-5", {"GPT-5", "GPT 5", "GPT5"}),
        ("Claude Opus 4.5", {"Claude Opus 4.5", "Claude-Opus-4.5", "Claude Opus4.5", "Claude-Opus4.5"}),
        ("Meta", {"Meta"}),
        ("文心一言", {"文心一言"}),
    ],
)
def test_names_are_also_written_with_other_joints(name: str, forms: set[str]):
    assert variants(name)[0] == name
    assert set(variants(name)) == forms


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("MuseSpark", "Muse Spark"),
        ("muse-spark", "#Muse Spark"),
        ("GLM-5.1", "glm 5.1"),
        ("GLM-5.1", "glm-5-1"),
        ("Qwen3.5-397B-A17B", "qwen 3.5 397b a17b"),
        ("Ｍuse\u200b Spark", "Muse Spark"),
    ],
)
def test_one_key_for_what_differs_by_joints_and_case(one: str, other: str) -> None:
    assert squash(one) == squash(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("GLM-5.1", "GLM-5.2"), ("GLM-5.1", "GLM-51"), ("Qwen3-32B", "Qwen 33.2B"), ("Llama-3-8B", "Llama 3.8")],
)
def test_digits_must_agree(one: str, other: str) -> None:
    assert squash(one) != squash(other)


def test_marks_without_end_do_not_hold_us_up():
    # Sorting so many, as normalisation must, would take hours.
    assert tidy("a" + "\u0301\u0316" * 500_000 + " b\u0301") == "á" + "\u0316" * 15 + "\u0301" * 14 + " b\u0301"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Meta", "Meta"),
        ("Me\0ta", "Meta"),
        ("Me\ud800ta\udfff", "Me\ufffdta\ufffd"),
        ("\ud83d\udd25", "🔥"),
        ("百度\0", "百度"),
    ],
)
def test_a_well_formed_text_has_no_lone_surrogates_and_no_nul(given: str, kept: str):
    assert well_formed(given) == kept
