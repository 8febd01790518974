"""Whose a fact is, which way round a deal goes, and what kind of sum an amount is."""

from datetime import date

import pytest

from ingest.facts.extract.reader import StatementReader
from ingest.facts.extract.statement import Statement

DAY = date(2026, 4, 9)


def read(reading: StatementReader, text: str, predicate: str) -> list[Statement]:
    return [one for one in reading.read("", text, DAY) if one.predicate == predicate]


@pytest.mark.parametrize(
    "text",
    [
        "Cohere rival raises $60 million.",
        "Former Cohere engineer raises $60 million.",
        "Cohere co-founder raises $60 million.",
        "Ex-Cohere researchers' startup raises $60 million.",
        "Investors in Cohere raised $60 million.",
        "Cohere-backed startup raises $60 million.",
        "Startup spun out of Cohere raises $60 million.",
        "A challenger to Cohere raises $60 million.",
    ],
)
def test_a_company_that_only_describes_another_raised_nothing(reading: StatementReader, text: str):
    assert [one.subject.text for one in read(reading, text, "funding_round")] == []


@pytest.mark.parametrize(
    "text",
    [
        "Mistral AI, a rival to Cohere, raised $60 million.",
        "Cohere rival Mistral AI raises $60 million.",
        "Cohere-backed Mistral AI raises $60 million.",
        "Backed by Cohere, Mistral AI raised $60 million.",
        "Mistral AI, whose investors include Cohere, raised $60 million.",
        "Unlike Cohere, Mistral AI raised $60 million.",
        "Mistral AI Raises $60 Million",
        "Mistral AI CEO Arthur Mensch said the company raised $60 million.",
    ],
)
def test_the_subject_of_the_clause_raised_it(reading: StatementReader, text: str):
    assert [one.subject.text for one in read(reading, text, "funding_round")] == ["Mistral AI"]


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        (
            "Cohere and Mistral AI raised $60 million and $90 million, respectively.",
            {"Cohere": 60e6, "Mistral AI": 90e6},
        ),
        ("Cohere and Mistral AI raised $60 million, $70 million and $90 million, respectively.", {}),
    ],
)
def test_respectively_gives_each_its_own(reading: StatementReader, text: str, amounts: dict[str, float]):
    assert {one.subject.text: one.value for one in read(reading, text, "funding_round")} == amounts


@pytest.mark.parametrize(
    ("text", "deals"),
    [
        ("Cohere was acquired by Mistral AI.", {("Mistral AI", "Cohere")}),
        ("Mistral AI acquired Cohere.", {("Mistral AI", "Cohere")}),
        ("Mistral AI announced the acquisition of Cohere.", {("Mistral AI", "Cohere")}),
        ("Apple buys Mistral AI-backed Cohere.", {("Apple", "Cohere")}),
        ("Mistral AI denied reports and said nothing. It acquired Cohere.", {("Mistral AI", "Cohere")}),
        ("Cohere, an enterprise lab Mistral AI acquired last year, is hiring.", {("Mistral AI", "Cohere")}),
        ("Sunder, the firm formerly known as Cohere, has been acquired by Mistral AI.", set()),
        ("Cohere researcher joins Mistral AI.", set()),
        ("Cohere joins Mistral AI in investing in a startup.", set()),
        ("Mistral AI buys GPUs from Cohere.", set()),
        ("Mistral AI acquires a stake in Cohere.", set()),
        ("Mistral AI acquires Cohere rival.", set()),
    ],
)
def test_who_buys_and_who_is_bought(reading: StatementReader, text: str, deals: set[tuple[str, str]]):
    found = read(reading, text, "acquisition")
    assert {(one.subject.text, one.object.text) for one in found if one.object} == deals


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("Cohere raised $60 million in a seed round.", [60e6]),
        ("Cohere raised $60 million from Founders Fund.", [60e6]),
        ("Cohere closes a $60 million venture fund.", []),
        ("Cohere raises $60 million to back young companies.", []),
        ("Cohere's valuation climbs to $60 million in new funding round.", []),
        ("With its recent $60 million raise, Cohere hires more people.", [60e6]),
        ("It belongs to a $60 million funding round that values Cohere at $2 billion.", [60e6]),
        ("Cohere raised $60 million in debt financing.", []),
        ("Cohere has raised $60 million in total.", []),
        ("Cohere has raised a total of $60 million, including a $10 million Series A.", [10e6]),
        ("Cohere raised $10 million, bringing its total funding to $60 million.", [10e6]),
        ("Sarvam AI raised ₹40 crore in a seed round.", [400e6]),
    ],
)
def test_a_round_is_neither_fund_nor_debt_nor_total(reading: StatementReader, text: str, amounts: list[float]):
    assert [one.value for one in read(reading, text, "funding_round")] == amounts


def test_a_range_keeps_both_ends(reading: StatementReader):
    (one,) = read(reading, "Cohere raised between $40 million and $60 million in a Series C round.", "funding_round")
    assert (one.value, one.high, one.op) == (40e6, 60e6, ">=")


def test_a_rise_is_no_range(reading: StatementReader):
    (one,) = read(reading, "Cohere reached revenue of $60 million, from $40 million a year ago.", "revenue")
    assert (one.value, one.high) == (60e6, None)


@pytest.mark.parametrize(
    ("text", "predicate", "told"),
    [
        ("Cohere and Mistral AI strike partnership.", "partnership", ("Cohere", "Mistral AI")),
        ("Cohere and Mistral AI collaborate on robots.", "partnership", ("Cohere", "Mistral AI")),
        ("Cohere signs a research deal with Mistral AI.", "partnership", ("Cohere", "Mistral AI")),
        ("Cohere inks a large compute deal with Nvidia.", "compute_deal", ("Cohere", "Nvidia")),
        ("Nvidia-backed Cohere moves.", "investor", ("Nvidia", "Cohere")),
        ("Cohere raised $60 million, with Nvidia contributing $9 million.", "investor", ("Nvidia", "Cohere")),
        ("Introducing Zephyrine 3, Cohere's latest model", "released", ("Cohere", "Zephyrine 3")),
        ("Cohere open-sources Zephyrine 3.", "released", ("Cohere", "Zephyrine 3")),
    ],
)
def test_relations_of_headlines(reading: StatementReader, text: str, predicate: str, told: tuple[str, str]):
    (one,) = read(reading, text, predicate)
    assert one.object is not None
    assert (one.subject.text, one.object.text) == told


@pytest.mark.parametrize(
    ("text", "predicate"),
    [
        ("Cohere and Mistral AI strike different tones.", "partnership"),
        ("Cohere settles its dispute with Mistral AI.", "partnership"),
        ("Nvidia-like Cohere moves.", "investor"),
        ("Zephyrine 3, unlike Cohere's latest model, is small.", "released"),
        ("Cohere might open-source Zephyrine 3.", "openness"),
    ],
)
def test_what_headlines_do_not_relate(reading: StatementReader, text: str, predicate: str):
    assert read(reading, text, predicate) == []


def test_a_title_in_capitals_keeps_the_name_short(reading: StatementReader):
    (window,) = read(reading, "OpenAI Launches GPT-7 With 2 Million Token Context Window", "context_window")
    assert window.subject.text == "GPT-7"


def test_what_several_share(reading: StatementReader):
    found = read(reading, "1M context is now available for Umbra 4 and Umbra 5.", "context_window")
    assert {one.subject.text for one in found} == {"Umbra 4", "Umbra 5"}


@pytest.mark.parametrize(
    ("text", "predicate"),
    [
        ("Cohere has made its tool available to all 5,000 employees.", "headcount"),
        ("Cohere announced a workforce reduction impacting 5,000 employees.", "headcount"),
        ("A breach of Cohere's records exposed 5,000 users.", "users"),
        ("Nvidia rushes to fulfil a $20 billion funding commitment to Cohere.", "compute_deal"),
        ("Cohere leapfrogs Mistral AI with a $60 million round.", "valuation"),
    ],
)
def test_figures_of_something_else(reading: StatementReader, text: str, predicate: str):
    assert read(reading, text, predicate) == []


@pytest.mark.parametrize(
    ("text", "predicate", "value"),
    [
        ("Cohere has 5,000 employees.", "headcount", 5000),
        ("Cohere now has 5,000 users.", "users", 5000),
        ("Nvidia commits $20 billion to Amazon for cloud capacity.", "compute_deal", 20e9),
    ],
)
def test_figures_of_its_own(reading: StatementReader, text: str, predicate: str, value: float):
    assert [one.value for one in read(reading, text, predicate)] == [value]


@pytest.mark.parametrize(
    ("text", "predicate", "told"),
    [
        ("OpenAI hires Mary Roe from Cohere.", "departed", {("Mary Roe", "Cohere")}),
        ("OpenAI hires Mary Roe from Cohere.", "appointed", {("Mary Roe", "OpenAI")}),
        ("Mary Roe, Cohere's head of safety, is resigning.", "departed", {("Mary Roe", "Cohere")}),
        ("Mary Roe will replace John Doe as CEO of Cohere.", "appointed", {("Mary Roe", "Cohere")}),
        ("Mary Roe will replace John Doe as CEO of Cohere.", "departed", {("John Doe", "Cohere")}),
        ("Mary Roe, Cohere's head of safety, is optimistic.", "departed", set()),
        ("OpenAI hires Mary Roe from afar.", "departed", set()),
    ],
)
def test_who_comes_and_goes(reading: StatementReader, text: str, predicate: str, told: set[tuple[str, str]]):
    assert {(one.subject.text, one.object.text) for one in read(reading, text, predicate) if one.object} == told


@pytest.mark.parametrize(
    ("text", "predicate", "values"),
    [
        ("Umbra 4 (300B-A20B) is out.", "parameters", [300e9]),
        ("Umbra 4 (300B-A20B) is out.", "active_parameters", [20e9]),
        ("Cohere, a 30-person startup, moves.", "headcount", [30]),
        ("Cohere raises its spending plan to $2 billion.", "funding_round", []),
        ("Cohere raises its spending plan to $2 billion.", "capex", [2e9]),
        ("Cohere's annualized revenue tops $2 billion.", "revenue", [2e9]),
        ("Cohere prepared a 30-person dinner.", "headcount", []),
    ],
)
def test_figures_in_a_few_words(reading: StatementReader, text: str, predicate: str, values: list[float]):
    assert [one.value for one in read(reading, text, predicate)] == values


def test_open_models_after_their_kind(reading: StatementReader):
    found = read(reading, "It is among the leading open weights models with Umbra 4 and Umbra 5.", "openness")
    assert {one.subject.text for one in found} == {"Umbra 4", "Umbra 5"}
    assert read(reading, "It beats the leading open weights models.", "openness") == []
