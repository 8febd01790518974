"""/ask where no article is stored: answered from the curated facts, with the address of each."""

from datetime import UTC, datetime

import pytest

from tests.conftest import Say


def first(said: str) -> str:
    """The answer itself: the line below the question."""
    return said.split("\n")[1]


@pytest.mark.parametrize(
    ("question", "answer", "source"),
    [
        (
            "How much has Meta committed to CoreWeave?",
            "$21B for 2027–2032, in addition to $14.2B through 2031",
            "cnbc.com",
        ),
        ("How much has Meta committed to CoreWeave in total?", "= $35.2B", "readhub.cn"),
        ("When was Muse Spark launched?", "8 April 2026", "techcrunch.com"),
        ("Who leads Meta Superintelligence Labs?", "Alexandr Wang", "readhub.cn"),
        ("What is Muse Spark's score on Humanity's Last Exam?", "39.9%", "news.smol.ai"),
        ("How many parameters does DeepSeek V3 have?", "671B", "news.smol.ai"),
        ("Which came first, GPT-5 or Grok 4?", "Grok 4 (9 July 2025) came before GPT-5", "x.ai"),
        ("Which is cheaper on input, GPT-5 or Claude Opus 4.5?", "GPT-5: $1.25", "news.smol.ai"),
        ("Which models did Anthropic release in February 2026?", "Claude Opus 4.6 (5 February 2026)", "anthropic.com"),
    ],
)
async def test_curated_facts_answer(say: Say, question: str, answer: str, source: str):
    said = await say(f"/ask {question}")
    assert answer in first(said)
    assert source in said.split("Said by\n")[1]


async def test_sources_that_differ_are_all_told(say: Say):
    said = await say("/ask Is Muse Spark open source?", datetime(2026, 6, 1, tzinfo=UTC))
    assert "told in several ways" in said
    assert "proprietary" in first(said)
    assert "open versions intended later" in first(said)


async def test_an_address_is_no_quotation(say: Say):
    said = await say("/ask When was Muse Spark launched?")
    assert "“" not in said.split("Said by\n")[1]


@pytest.mark.parametrize(
    "question",
    [
        "Who is the CEO of Meta?",  # another post of Meta is known
        "How much did Meta pay for CoreWeave?",  # a deal is no purchase
        "How much did Anthropic commit to CoreWeave?",
        "What revenue does Meta earn from Muse Spark?",
    ],
)
async def test_what_the_facts_do_not_hold_is_not_answered(say: Say, question: str):
    said = await say(f"/ask {question}")
    assert first(said).startswith("I don't know")
    assert "Said by" not in said


async def test_a_stake_is_no_purchase(say: Say):
    assert "Nothing that I know says so." in first(await say("/ask Did Meta acquire Scale AI?"))
