"""/ask where tables state what people look up: they answer before the sentences of the articles."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from ingest.facts.starter_tables import load_starter_tables, table_bytes
from ingest.facts.tables.statement import TableStatement
from tests.articles import tell_articles
from tests.conftest import Stores, _stocked
from tests.news import Talk

NOW = datetime(2026, 6, 20, 12, tzinfo=UTC)
DAY = date(2026, 4, 30)
INPUT = {"token_type": "input"}


def row(subject: str, predicate: str, **more) -> TableStatement:
    return TableStatement(subject, subject, predicate, said_on=DAY, url="https://table.example/row", **more)


TABLE = [
    row("Nimbus-400", "price", value=3, unit="USD/1M tokens", qualifiers=INPUT),
    row("Nimbus-400", "price", value=6, unit="USD/1M tokens", qualifiers={**INPUT, "tier": "above 200K tokens"}),
    row("Nimbus-400", "context_window", value=400_000, unit="tokens"),
    # An article says 70B.
    row("Zephyr 2", "parameters", value=72e9, unit="parameters"),
    row("Zephyr 2", "openness", text="open weights"),
    row("Vera Lindqvist", "role", kind="person", object="Kestrel AI", qualifiers={"role": "CEO"}),
    row("Kestrel AI", "founded", kind="company", valid_from="2019"),
]


@pytest.fixture
def asked(stores: Stores, tmp_path: Path):
    """Somebody to ask, over articles and a table."""
    file = tmp_path / "table.csv.gz"
    file.write_bytes(table_bytes(TABLE))
    engine = stores.sqlite("articles", lambda engine: (_stocked(engine), tell_articles(engine)))
    load_starter_tables(engine, [file], NOW)
    yield Talk(engine, NOW)
    engine.dispose()


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("How much does Nimbus-400 cost per million input tokens?", "$3"),
        ("What is the context window of Nimbus-400?", "400K"),
        ("How many parameters does Zephyr 2 have?", "72B"),
        ("Who is the CEO of Kestrel AI?", "Vera Lindqvist"),
        ("When was Kestrel AI founded?", "2019"),
    ],
)
async def test_a_look_up_is_answered_from_the_table(asked: Talk, question: str, answer: str):
    said = await asked(f"/ask {question}")
    assert answer in said.split("\n")[1]
    assert "table.example" in said.split("Sources\n")[1]


@pytest.mark.parametrize(
    "question",
    [
        "How much does Nimbus-900 cost per million input tokens?",
        "What is the context window of Stratus-12?",
        "Who is the CEO of Stratus Labs?",
        "Who is the CFO of Kestrel AI?",
        "Who founded Kestrel AI?",  # the row holds the year alone
    ],
)
async def test_what_no_row_states_of_exactly_this_is_not_answered(asked: Talk, question: str):
    said = await asked(f"/ask {question}")
    assert "table.example" not in said
    assert not {"$3", "400K", "Vera Lindqvist"} & set(said.replace(".", " ").replace(",", " ").split("\n")[1].split())
    assert "Vera Lindqvist" not in said


async def test_a_related_property_is_no_answer_to_a_look_up(asked: Talk):
    said = await asked("/ask What is the licence of Zephyr 2's open weights?")
    assert "Apache" in said.split("\n")[1]
    assert "table.example" not in said


async def test_a_question_about_more_than_a_look_up_begins_with_the_articles(asked: Talk):
    said = await asked("/ask How much did Kestrel AI raise?")
    assert "$420M" in said.split("\n")[1]
    assert "table.example" not in said
