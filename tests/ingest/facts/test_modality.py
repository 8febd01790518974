"""Which cues make a fact reported, rumoured, in talks, planned, conditional or denied, and which don't govern it."""

from datetime import date

import pytest

from ingest.facts.extract.reader import StatementReader
from ingest.facts.extract.statement import Statement

DAY = date(2026, 4, 9)


def one(reading: StatementReader, text: str, predicate: str) -> Statement | None:
    found = [statement for statement in reading.read("", text, DAY) if statement.predicate == predicate]
    assert len(found) <= 1
    return found[0] if found else None


@pytest.mark.parametrize(
    ("text", "predicate", "status"),
    [
        ("Cohere raised $30 million.", "funding_round", "announced"),
        ("Cohere reportedly raised $30 million.", "funding_round", "reported"),
        ("Cohere raised $30 million, sources say.", "funding_round", "reported"),
        ("Cohere raised $30 million, according to people familiar with the matter.", "funding_round", "reported"),
        ("Cohere is said to have raised $30 million.", "funding_round", "reported"),
        ("Cohere reported revenue of $30 million.", "revenue", "reported"),
        ("Cohere is rumoured to have raised $30 million.", "funding_round", "rumoured"),
        ("Sources: Cohere may raise $30 million.", "funding_round", "rumoured"),
        ("Cohere is in talks to raise $30 million.", "funding_round", "in talks"),
        ("Cohere is nearing a deal to raise $30 million.", "funding_round", "in talks"),
        ("Mistral AI is weighing an acquisition of Cohere.", "acquisition", "in talks"),
        ("Cohere to Raise $30 Million", "funding_round", "planned"),
        ("Cohere plans to raise $30 million.", "funding_round", "planned"),
        ("Cohere hopes to raise $30 million.", "funding_round", "planned"),
        ("Meta expects capital expenditure of $70 billion this year.", "capex", "planned"),
        ("Mistral AI is set to acquire Cohere.", "acquisition", "planned"),
        ("Mistral AI said it would acquire Cohere.", "acquisition", "planned"),
        ("Cohere could raise $30 million.", "funding_round", "conditional"),
        ("Cohere should raise $30 million, an analyst said.", "funding_round", "conditional"),
        ("Unless Cohere raised $30 million, the plant would close.", "funding_round", "conditional"),
        ("Had Cohere raised $30 million, the plant would be open.", "funding_round", "conditional"),
        ("Mistral AI denied that it is acquiring Cohere.", "acquisition", "denied"),
        ("Mistral AI has no plans to acquire Cohere.", "acquisition", "denied"),
        ("Mistral AI abandoned its acquisition of Cohere.", "acquisition", "denied"),
    ],
)
def test_a_cue_decides_the_status(reading: StatementReader, text: str, predicate: str, status: str):
    found = one(reading, text, predicate)
    assert found is not None
    assert found.status == status


@pytest.mark.parametrize(
    ("text", "predicate"),
    [
        ("Cohere raised $30 million and plans to hire more people.", "funding_round"),
        ("Cohere raised $30 million, which could help it grow.", "funding_round"),
        ("Cohere raised $30 million to build a data center.", "funding_round"),
        ("Cohere did not say more, but it raised $30 million.", "funding_round"),
        ("Cohere, which is not public, raised $30 million.", "funding_round"),
        ("Cohere not only moved; it also raised $30 million.", "funding_round"),
        ("Mistral AI agreed to acquire Cohere.", "acquisition"),
        ("After talks with Apple, Mistral AI acquired Cohere.", "acquisition"),
    ],
)
def test_a_cue_of_another_clause_does_not(reading: StatementReader, text: str, predicate: str):
    found = one(reading, text, predicate)
    assert found is not None
    assert found.status == "announced"


@pytest.mark.parametrize(
    "text",
    [
        "Cohere did not raise $30 million.",
        "Cohere has yet to raise $30 million.",
        "Cohere failed to raise $30 million.",
        "Cohere denies that it raised $30 million.",
        "Reports that Cohere raised $30 million were not substantiated.",
        "Did Cohere raise $30 million?",
        "Cohere isn't valued at $30 billion.",
    ],
)
def test_a_denied_or_questioned_number_is_no_fact(reading: StatementReader, text: str):
    assert reading.read("", text, DAY) == []


def test_a_role_is_stated_whatever_its_sentence_plans(reading: StatementReader):
    found = one(reading, "Cohere CEO Aidan Gomez said he plans to travel.", "role")
    assert found is not None
    assert found.status == "announced"
