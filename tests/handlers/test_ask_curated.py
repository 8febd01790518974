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
    assert source in said.split("Sources\n")[1]


async def test_sources_that_differ_are_all_told(say: Say):
    said = await say("/ask Is Muse Spark open source?", datetime(2026, 6, 1, tzinfo=UTC))
    assert "Sources describe it differently." in said
    assert "proprietary" in first(said)
    assert "open versions intended later" in first(said)


async def test_an_address_is_no_quotation(say: Say):
    said = await say("/ask When was Muse Spark launched?")
    assert "“" not in said.split("Sources\n")[1]


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
    assert "Sources" not in said


async def test_a_stake_is_no_purchase(say: Say):
    assert "I found no source that says so." in first(await say("/ask Did Meta acquire Scale AI?"))


async def test_every_source_has_its_outlet(say: Say):
    said = await say("/ask How many models did Mistral release in 2025?")
    assert "(mistral.ai, " in said
    assert "(, " not in said


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("What is GPT-5's context window?", "400K tokens (reported)"),
        ("How much does GPT-5 cost?", "$1.25 per M tokens (input, reported)"),
        ("How much did Mistral raise?", "$830M (debt)"),
    ],
)
async def test_what_facts_say_beside_a_value_is_said(say: Say, question: str, words: str):
    assert words in first(await say(f"/ask {question}", datetime(2026, 6, 20, tzinfo=UTC)))


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("thanks", "You're welcome."),
        ("hello there", "Hello"),
        ("<!channel> what is new", "/spikes"),
        ("asdf qwer zxcv", "What would you like to know?"),
    ],
)
async def test_what_is_no_question_does_not_go_on_with_the_last(say: Say, question: str, words: str):
    at = datetime(2026, 6, 20, tzinfo=UTC)
    await say("/ask What is GPT-5's context window?", at)
    said = await say(f"/ask {question}", at)
    assert words in first(said)
    assert "Sources" not in said


async def test_a_whole_question_is_asked_of_all(say: Say):
    at = datetime(2026, 6, 20, tzinfo=UTC)
    await say("/ask List all acquisitions by OpenAI in 2026", at)
    said = first(await say("/ask which startups raised money in May 2026", at))
    assert "OpenAI" not in said
    assert "Anthropic ($65B)" in said


async def test_it_is_the_subject_of_the_newest_question(say: Say):
    at = datetime(2026, 6, 20, tzinfo=UTC)
    await say("/ask How many parameters does DeepSeek V3 have?", at)
    await say("/ask How much does Quixotron 9 cost?", at)
    assert "Quixotron 9" in first(await say("/ask Who made it?", at))


@pytest.mark.parametrize(
    ("question", "line"),
    [
        ("Why did Anthropic spike?", "/why Anthropic"),
        ("Why is Anthropic in the news?", "/why Anthropic"),
        ("What's spiking today?", "/spikes"),
        ("help", "/help"),
    ],
)
async def test_what_a_command_tells_is_told_by_it(say: Say, question: str, line: str):
    at = datetime(2026, 6, 20, tzinfo=UTC)
    assert await say(f"/ask {question}", at) == await say(line, at)


@pytest.mark.parametrize(
    ("question", "line"),
    [
        ("Who is the head of policy at GPT-5?", "/facts GPT-5"),
        ("What is Anthropic's legal settlement with Zubrowka?", "/facts Anthropic about law"),
    ],
)
async def test_what_is_not_known_leads_on(say: Say, question: str, line: str):
    said = await say(f"/ask {question}", datetime(2026, 6, 20, tzinfo=UTC))
    assert line in said.split("Next: ")[1]
