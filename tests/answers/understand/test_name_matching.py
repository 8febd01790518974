"""Typed names against the real catalogue: who is meant, and who is offered."""

import re

import pytest
from sqlalchemy import Engine

from answers.understand.name_matching import Resolved, resolve_name, suggest_names
from models.database import transaction

OFFERED = 4
"""How many near names a reply shows."""


@pytest.fixture
def ask(store: Engine):
    def answer(text: str):
        with transaction(store) as session:
            return resolve_name(session, text)

    return answer


@pytest.fixture
def typed(store: Engine):
    def answer(text: str, limit: int = 25):
        with transaction(store) as session:
            return suggest_names(session, text, limit)

    return answer


@pytest.mark.parametrize(
    ("text", "name"),
    [
        pytest.param("Meta", "Meta", id="as it is"),
        pytest.param("meta", "Meta", id="small letters"),
        pytest.param("  META \n", "Meta", id="capitals and blanks"),
        pytest.param("Facebook", "Meta", id="alias"),
        pytest.param("谷歌", "Google", id="another script"),
        pytest.param("ＯｐｅｎＡＩ", "OpenAI", id="full-width letters"),
        pytest.param("Muse Spark", "Muse Spark", id="two words"),
        pytest.param("Muse-Spark", "Muse Spark", id="hyphen for space"),
        pytest.param("Muse‑Spark", "Muse Spark", id="hyphen that does not break"),
        pytest.param("muse   spark", "Muse Spark", id="several spaces"),
        pytest.param("Muse\u00a0Spark", "Muse Spark", id="space that does not break"),
        pytest.param("“Muse Spark”", "Muse Spark", id="curly quotes"),
        pytest.param('"Muse Spark"', "Muse Spark", id="quotes"),
        pytest.param("GLM-5.1", "GLM-5.1", id="version"),
        pytest.param("GLM 5.1", "GLM-5.1", id="version with a space"),
        pytest.param("glm5.1", "GLM-5.1", id="version closed up"),
        pytest.param("claude opus 4.5", "Claude Opus 4.5", id="three words"),
        pytest.param("Claude-Opus-4.5", "Claude Opus 4.5", id="hyphens throughout"),
        pytest.param("opus 4.5", "Claude Opus 4.5", id="short form"),
        pytest.param("HuggingFace", "Hugging Face", id="closed up"),
        pytest.param("Meta\u200b", "Meta", id="invisible character"),
    ],
)
def test_a_known_spelling_is_sure(ask, text: str, name: str):
    found = ask(text)
    assert found.entity is not None
    assert (found.entity.name, found.sure) == (name, True)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("antropic", "Anthropic"),
        ("anthropc", "Anthropic"),
        ("anthorpic", "Anthropic"),
        ("gogle", "Google"),
        ("googel", "Google"),
        ("gooogle", "Google"),
        ("nvidea", "NVIDIA"),
        ("nvdia", "NVIDIA"),
        ("nvidai", "NVIDIA"),
        ("mistrall", "Mistral AI"),
        ("mistal", "Mistral AI"),
        ("opneai", "OpenAI"),
        ("openia", "OpenAI"),
        ("open aii", "OpenAI"),
        ("muse sparc", "Muse Spark"),
        ("musespark", "Muse Spark"),
        ("mues spark", "Muse Spark"),
        ("claud opus 4.5", "Claude Opus 4.5"),
        ("cluade opus 4.5", "Claude Opus 4.5"),
        ("claude opsu 4.5", "Claude Opus 4.5"),
        ("midjorney", "Midjourney"),
        ("midjourny", "Midjourney"),
        ("huging face", "Hugging Face"),
        ("hugginface", "Hugging Face"),
        ("perplexty", "Perplexity AI"),
        ("preplexity", "Perplexity AI"),
        ("sam altmann", "Sam Altman"),
        ("sam atlman", "Sam Altman"),
        ("demis hasabis", "Demis Hassabis"),
        ("dario amodey", "Dario Amodei"),
        ("corewave", "CoreWeave"),
        ("databrics", "Databricks"),
        ("stabilty ai", "Stability AI"),
        ("microsft", "Microsoft"),
        ("cerebas", "Cerebras"),
        ("elevenlab", "ElevenLabs"),
        ("gemni", "Gemini"),
        ("deepseak", "DeepSeek"),
    ],
)
def test_a_misspelt_name_is_understood_or_offered(ask, text: str, name: str):
    found = ask(text)
    if found.entity:
        assert (found.entity.name, found.sure) == (name, False)
    else:
        assert name in [entity.name for entity in found.near[:OFFERED]]


DIGITS = re.compile(r"\d+(?:\.\d+)*")


@pytest.mark.parametrize(
    "text", ["GLM-5.3", "glm 5.9", "GPT-77", "Claude Opus 9.5", "Muse Spark 41", "H100000", "o999"]
)
def test_an_unknown_version_is_never_answered_with_another(ask, text: str):
    found = ask(text)
    assert found.entity is None or DIGITS.findall(found.entity.name) == DIGITS.findall(text)


def test_a_known_version_misspelt_keeps_its_digits(ask):
    found = ask("GML-5.1")
    names = [found.entity.name] if found.entity else [entity.name for entity in found.near]
    assert names[0] == "GLM-5.1"
    assert "GLM-5" not in names


@pytest.mark.parametrize("text", ["", " ", "\n\t", '""', "“”", "''", "\u200b"], ids=repr)
def test_nothing_means_nobody(ask, text: str):
    found = ask(text)
    assert (found.entity, found.near) == (None, ())


@pytest.mark.parametrize("text", ["qqqzzzxxjj", "zzzzzzzzzzzzzzzzzzzzzzzzz", "ЖЖЖЖЖЖЖЖ"])
def test_a_stranger_is_nobody(ask, text: str):
    assert ask(text).entity is None


HOSTILE = {
    "10,000 letters": "a" * 10_000,
    "10,000 signs": "-" * 10_000,
    "many words": "Meta " * 2_000,
    "many numbers": "1.2.3 " * 2_000,
    "emoji": "🤖🔥👩‍👩‍👧‍👦",
    "right to left": "مايكروسوفت \u202e ateM",
    "combining": "M\u0308\u0323" * 300,
    "SQL": "'; DROP TABLE entity; --",
    "LIKE": "%_%",
    "format": "{0} %s ${HOME} $(id)",
    "markup": "<script>alert(1)</script> @everyone <!channel>",
    "regular expression": "(((((a+)+)+)+)$",
    "backslashes": "\\\\\\'\\\"",
    "null": "Me\x00ta",
    "only null": "\x00",
    "controls": "\x1b[31mMeta\x07",
    "half a surrogate": "Meta \ud83d",
    "number signs": "½ ² ٣ 一",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
class TestHostileText:
    def test_is_nobody_or_somebody_but_no_error(self, ask, text: str):
        assert isinstance(ask(text), Resolved)

    def test_completes_to_names(self, typed, text: str):
        assert len(typed(text)) <= 25

    def test_is_harmless_on_both_stores(self, stocked: Engine, text: str):
        with transaction(stocked) as session:
            resolve_name(session, text)
            suggest_names(session, text)


def test_near_names_begin_with_what_was_typed(typed):
    found = typed("muse s")
    assert found[0] == "Muse Spark"


def test_a_beginning_comes_before_a_likeness(typed):
    found = typed("anth")
    assert found[0] == "Anthropic"
    # "Anthropic" begins so; what is merely similar follows, and nobody stands there twice.
    assert len(found) == len(set(found))


def test_a_slip_still_finds_the_name(typed):
    assert "Anthropic" in typed("antropic")[:5]


def test_an_alias_leads_to_the_displayed_name(typed):
    assert "Meta" in typed("facebo")


@pytest.mark.parametrize("limit", [1, 5, 25, 100])
@pytest.mark.parametrize("text", ["", "a", "qwen", "gpt-5", "zzzz"], ids=repr)
def test_no_more_than_the_limit(typed, text: str, limit: int):
    found = typed(text, limit)
    assert len(found) <= limit
    assert all(1 <= len(name) <= 100 for name in found), "Discord takes choices of 1 to 100 characters"


def test_even_nothing_typed_offers_names(typed):
    assert len(typed("")) == 25


def test_every_offered_name_is_understood(ask, typed):
    for text in ("a", "me", "qwen3", "claude"):
        for name in typed(text):
            found = ask(name)
            assert found.entity is not None, name
            assert found.sure, name
