"""What the rules read from sentences of our own: whose value it is, what is no fact, and when it holds."""

from datetime import date

import pytest

from gazetteer.files import default_files
from gazetteer.reader import read_gazetteer
from gazetteer.spelling import tidy
from ingest.entities.linker import Linker
from ingest.facts.extract.names import NameFinder
from ingest.facts.extract.reader import StatementReader
from ingest.facts.extract.statement import Statement

DAY = date(2026, 4, 9)


@pytest.fixture(scope="module")
def reading() -> StatementReader:
    """A reader with the names of our gazetteer."""
    gazetteer = read_gazetteer(default_files())
    ids = {key: number for number, key in enumerate(gazetteer.entities)}
    spellings = [(folded, text, ids[key], rule.as_json()) for folded, (text, key, rule) in gazetteer.spellings.items()]
    kinds = {ids[key]: entity.kind for key, entity in gazetteer.entities.items()}
    return StatementReader(NameFinder(Linker(spellings, {}), kinds))


def told(one: Statement) -> tuple[str, str, object]:
    thing = one.value if one.value is not None else one.object.text if one.object else one.text
    return one.subject.text, one.predicate, thing


def facts(reading: StatementReader, text: str, title: str = "") -> set[tuple[str, str, object]]:
    return {told(one) for one in reading.read(tidy(title), tidy(text), DAY)}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        # Releases
        ("OpenAI launched Zephyrine 3 on Monday.", {("OpenAI", "released", "Zephyrine 3")}),
        ("Zephyrine 3 was released by Mistral AI.", {("Mistral AI", "released", "Zephyrine 3")}),
        ("Google's Tarnhelm-2 debuts this week.", {("Google", "released", "Tarnhelm-2")}),
        (
            "Anthropic raised prices and introduced Corvid 4, Corvid 5 and Corvid 6.",
            {("Anthropic", "released", f"Corvid {number}") for number in (4, 5, 6)},
        ),
        ("NVIDIA spoke first. The company also open-sourced Quarrel-8B.", {("NVIDIA", "released", "Quarrel-8B")}),
        # Sizes: whose they are
        (
            "Cohere released Umbra 2, a 14B parameter model with a 200K context window under Apache 2.0.",
            {
                ("Cohere", "released", "Umbra 2"),
                ("Umbra 2", "parameters", 14e9),
                ("Umbra 2", "context_window", 200e3),
                ("Umbra 2", "licence", "Apache 2.0"),
            },
        ),
        (
            "Umbra 3 has 300B total parameters, 20B active, surpassing GPT-5.",
            {("Umbra 3", "parameters", 300e9), ("Umbra 3", "active_parameters", 20e9)},
        ),
        (
            "Umbra 3 comes in 3B, 9B and 40B variants.",
            {("Umbra 3", "parameters", 3e9), ("Umbra 3", "parameters", 9e9), ("Umbra 3", "parameters", 40e9)},
        ),
        ("Umbra 3 was trained on 12 trillion tokens.", {("Umbra 3", "training_tokens", 12e12)}),
        ("Umbra 3 runs on a laptop with 24GB of RAM.", {("Umbra 3", "memory_required", 24.0)}),
        # Scores, ranks, prices, speed
        ("Umbra 3 scored 71% on MMLU-Pro, ahead of GPT-4o.", {("Umbra 3", "benchmark_score", 71.0)}),
        ("Umbra 3 ranked #4 on LMArena.", {("Umbra 3", "benchmark_rank", 4.0)}),
        (
            "Umbra 3 is priced at $2 per million input tokens and $8 per million output tokens.",
            {("Umbra 3", "price", 2.0), ("Umbra 3", "price", 8.0)},
        ),
        ("Umbra 3 runs at 300 tokens per second on Groq.", {("Umbra 3", "speed", 300.0)}),
        # Where it can be had, what ends
        (
            "Umbra 3 is now available on Hugging Face and Ollama.",
            {("Umbra 3", "available_on", "Hugging Face"), ("Umbra 3", "available_on", "Ollama")},
        ),
        ("OpenAI said that GPT-4 is being retired.", {("GPT-4", "deprecated", "GPT-4")}),
        # Money
        (
            "Sunder Robotics raised $40M in a Series B round at a $300M valuation.",
            {("Sunder Robotics", "funding_round", 40e6), ("Sunder Robotics", "valuation", 300e6)},
        ),
        ("Anthropic's run-rate revenue surpassed €3B.", {("Anthropic", "revenue", 3e9)}),
        ("Databricks acquired Sunder Robotics for $2B.", {("Databricks", "acquisition", 2e9)}),
        ("Intel will lay off 15,000 workers.", {("Intel", "layoffs", 15e3)}),
        # People and law
        ("Sam Altman joined Microsoft as CEO.", {("Sam Altman", "appointed", "Microsoft")}),
        ("Sam Altman has left OpenAI.", {("Sam Altman", "departed", "OpenAI")}),
        ("Elon Musk sued OpenAI.", {("Elon Musk", "legal_action", "OpenAI")}),
        ("Anthropic suspended access to Claude Opus 4.5.", {("Claude Opus 4.5", "suspended", "suspended")}),
        ("OpenAI completed a major restructuring.", {("OpenAI", "reorganised", "major restructuring")}),
        ("Italy bans ChatGPT over privacy.", {("Italy", "regulation", "ChatGPT")}),
        ("Microsoft formed a new research unit called Ostrolab.", {("Microsoft", "unit_formed", "Ostrolab")}),
        ("OpenAI announced Umbra 3 Launch today.", {("OpenAI", "released", "Umbra 3")}),
        ("Mistral AI partnered with NVIDIA.", {("Mistral AI", "partnership", "NVIDIA")}),
    ],
)
def test_what_a_sentence_tells(reading: StatementReader, text: str, wanted: set[tuple[str, str, object]]):
    assert wanted <= facts(reading, text)


@pytest.mark.parametrize(
    "text",
    [
        "Claude Opus 4.5 will be open-source.",
        "Microsoft pauses Claude Opus 4.5 rollout.",
        "I ran a 7B model on my old laptop with 16GB of RAM.",
        "OpenAI announced a partnership.",
        "Is GPT-5 better than a 70B model?",
        "Users discussed whether the weather in Paris had improved by 20%.",
        "Google has not released Tarnhelm-2.",
        "See pull request #412 and issue #7.",
        "He won 3 of 4 games on Sunday.",
    ],
)
def test_what_tells_no_fact(reading: StatementReader, text: str):
    assert facts(reading, text) == set()


def test_a_value_belongs_to_whom_it_is_told_of_and_not_to_a_rival(reading: StatementReader):
    found = facts(reading, "Beating GPT-5 and Claude Opus 4.5, Umbra 3 scored 88% on GPQA Diamond.")
    assert {who for who, predicate, _ in found if predicate == "benchmark_score"} == {"Umbra 3"}


def test_the_sentence_before_says_who_it_is(reading: StatementReader):
    text = "Cohere showed Umbra 2 in Toronto. It has a 200K context window."
    assert ("Umbra 2", "context_window", 200e3) in facts(reading, text)


def test_digits_tell_models_apart(reading: StatementReader):
    found = facts(reading, "GLM-5.1 has a 128K context window, while GLM-5.2 has a 1M context window.")
    assert {("GLM-5.1", "context_window", 128e3), ("GLM-5.2", "context_window", 1e6)} <= found


def test_qualifiers(reading: StatementReader):
    one, other = reading.read("", "Umbra 3 costs $2 per million input tokens and $8 per million output tokens.", DAY)
    assert (one.qualifiers["token_type"], other.qualifiers["token_type"]) == ("input", "output")
    (score,) = reading.read("", "Umbra 3 scored 71% on MMLU-Pro.", DAY)
    assert score.qualifiers == {"benchmark": "MMLU-Pro"}
    (round_,) = reading.read("", "Sunder Robotics raised over $40M in Series B funding.", DAY)
    assert (round_.qualifiers, round_.op, round_.unit) == ({"round": "Series B"}, ">", "USD")


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("OpenAI released Zephyrine 3.", "announced"),
        ("OpenAI is reportedly releasing Zephyrine 3.", "rumoured"),
        ("OpenAI will release Zephyrine 3.", "planned"),
    ],
)
def test_how_sure_the_source_is(reading: StatementReader, text: str, status: str):
    (one,) = reading.read("", text, DAY)
    assert one.status == status


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("On April 8, OpenAI released Zephyrine 3.", "2026-04-08", ""),
        ("On December 30, OpenAI released Zephyrine 3.", "2025-12-30", ""),
        ("OpenAI released Zephyrine 3 in March 2025.", "2025-03", ""),
        ("OpenAI released Zephyrine 3.", "", ""),
    ],
)
def test_only_stated_dates(reading: StatementReader, text: str, since: str, until: str):
    (one,) = reading.read("", text, DAY)
    assert (one.valid_from, one.valid_to) == (since, until)


def test_the_place_is_that_of_the_sentence(reading: StatementReader):
    title, text = "News", "Nothing here. OpenAI released Zephyrine 3. The end."
    (one,) = reading.read(title, text, DAY)
    assert f"{title}\n{text}"[one.start : one.end] == "OpenAI released Zephyrine 3."


def test_long_capitals_take_no_long(reading: StatementReader):
    # Such a line once kept a pattern busy for minutes.
    assert reading.read("", "OpenAI released " + "AbC-dEf_" * 120, DAY) is not None
