"""An operator's own tables by a mapping of their columns, and facts out of the store again."""

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from sqlalchemy import Engine

from ingest.facts.tables import export
from ingest.facts.tables.mapped import parse_mapping, read
from ingest.facts.tables.statement import TableStatement
from ingest.facts.tables.store import store_statements
from ingest.formats.files import FileError, Reject
from models.database import transaction
from tests.conftest import NOON
from tests.knowledge import LAB, ONE, know


def short(one):
    if isinstance(one, Reject):
        return one.line, one.reason
    return one.subject, one.predicate, one.value if one.value is not None else one.object or one.text, one.unit


def statements(tmp_path: Path, name: str, text: str, *parts: str):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return list(read(path, parse_mapping(parts)))


def test_a_wide_csv(tmp_path: Path):
    text = (
        "model,params,ctx,licence,page\n"
        'Tundra-1,70B,"128,000",MIT,https://a.example/1\n'
        "Tundra-2,1.6e12,,Apache-2.0,https://a.example/2\n"
        "Tundra-3,lots,1M,,https://a.example/3\n"
        ",7B,,,https://a.example/4\n"
        "Tundra-5,7B,,,nowhere\n"
        "Tundra-6,7B,,,\n"
    )
    parts = ("subject=model,parameters=params,context_window=ctx,licence=licence", "source=page")
    assert [short(one) for one in statements(tmp_path, "a.csv", text, *parts)] == [
        ("Tundra-1", "parameters", 70e9, "parameters"),
        ("Tundra-1", "context_window", 128e3, "tokens"),
        ("Tundra-1", "licence", "MIT", ""),
        ("Tundra-2", "parameters", 1.6e12, "parameters"),
        ("Tundra-2", "licence", "Apache-2.0", ""),
        (4, "parameters: “lots” is not a number"),
        ("Tundra-3", "context_window", 1e6, "tokens"),
        (5, "has no subject"),
        (6, "needs an http address as its source, not “nowhere”"),
        (7, "has no source"),
    ]


def test_a_long_table_with_what_is_the_same_everywhere(tmp_path: Path):
    rows = [
        {"who": "Borealis Labs", "what": "revenue", "much": 2.5, "when": "2026-04-01", "for": {"year": "2025"}},
        {"who": "Borealis Labs", "what": "flurbs", "much": 1, "when": "2026-04-01"},
        {"who": "Borealis Labs", "what": "revenue", "much": 2.5, "when": "spring"},
        {"who": ["a", "b"], "what": "revenue", "much": 2.5},
        "no object",
    ]
    lines = "\n".join(map(json.dumps, rows)) + "\n{broken\n"
    parts = (
        "subject=who,predicate=what,value=much,said=when,qualifier.period=for.year", "unit:=billion USD",
        "source:=https://a.example/?a=1,2", "status:=confirmed",
    )  # fmt: skip
    for name, text in (("a.jsonl", lines), ("a.json", json.dumps(rows))):
        found = statements(tmp_path, name, text, *parts)
        first = found[0]
        assert isinstance(first, TableStatement)
        assert short(first) == ("Borealis Labs", "revenue", 2.5e9, "USD")
        assert (first.qualifiers, first.url, first.status) == (
            {"period": "2025"}, "https://a.example/?a=1,2", "confirmed",
        )  # fmt: skip
        assert [short(one) for one in found[1:5]] == [
            (2, "“flurbs” is not a predicate"),
            (3, "said is not a date: “spring”"),
            (4, "the subject must be a single value"),
            (5, "has no subject"),
        ]


def test_an_object_and_its_number(tmp_path: Path):
    text = "buyer,seller,sum,page\nBorealis Labs,Other Lab,$3B,https://a.example/1\n"
    (one,) = statements(tmp_path, "a.csv", text, "subject=buyer,object=seller,compute_deal=sum,source=page")
    assert isinstance(one, TableStatement)
    assert (one.object, one.value, one.unit) == ("Other Lab", 3e9, "USD")


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ([], "has no subject"),
        (["subject=a"], "has no source"),
        (["subject=a,source=b"], "has no predicate"),
        (["subject=a,source=b,colour=c"], "“colour” is not part of a fact"),
        (["subject"], "“subject” maps nothing"),
        (["subject="], "“subject=” maps nothing"),
        (["subject=a,,source=b"], "“” maps nothing"),
    ],
)
def test_a_wrong_mapping_is_told_before_anything_is_read(parts, said):
    with pytest.raises(FileError, match=said):
        parse_mapping(parts)


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        (
            "a.csv",
            b"model,page\nx,https://a.example\n",
            "has no column “params” .for parameters.: its columns are model, page",
        ),
        ("a.csv", b"\xff\xfe", "is not UTF-8"),
        ("a.csv", b'model,params,page\n"x', "is not valid CSV near line 2"),
        ("a.json", b"[{", "is not valid JSON"),
        ("missing.csv", None, "can't be read"),
    ],
)
def test_a_file_that_can_not_be_read(tmp_path: Path, name, data, said):
    if data is not None:
        (tmp_path / name).write_bytes(data)
    with pytest.raises(FileError, match=said):
        list(read(tmp_path / name, parse_mapping(["subject=model,parameters=params,source=page"])))


@settings(max_examples=100, deadline=None, derandomize=True)
@given(some.lists(some.dictionaries(some.sampled_from("abc"), some.text(max_size=20) | some.floats() | some.none())))
def test_any_rows_become_statements_or_rejects(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("any") / "a.json"
    path.write_text(json.dumps(rows), encoding="utf-8")
    for one in read(path, parse_mapping(["subject=a,parameters=b,price=c", "source:=https://a.example"])):
        assert isinstance(one, (TableStatement, Reject))


def test_what_was_written_is_read_again(store: Engine, tmp_path: Path):
    know(store, LAB, "compute_deal", ONE, value=3e9, unit="USD", valid_from="2027", quote="A deal.")
    know(store, ONE, "price", value=2.0, unit="USD/1M tokens", qualifiers={"token_type": "input"})
    out = io.StringIO()
    with transaction(store) as session:
        number = export.export_facts(session, out, "jsonl")
    rows = [json.loads(line) for line in out.getvalue().splitlines()]
    assert len(rows) == number
    mine = [row for row in rows if row["subject"] in (LAB, ONE)]
    assert [(row["subject"], row["object"], row["value"], row["source"], row["quote"]) for row in mine] == [
        (LAB, ONE, 3e9, "https://journal.example/a", "A deal."),
        (ONE, "", 2.0, "https://journal.example/a", ""),
    ]
    path = tmp_path / "again.jsonl"
    path.write_text("\n".join(map(json.dumps, mine)), encoding="utf-8")
    same = ("subject", "object", "predicate", "value", "unit", "from", "said", "source", "quote")
    parts = ",".join(f"{name}={name}" for name in same)
    found = list(read(path, parse_mapping([parts, "qualifier.token_type=qualifiers.token_type"])))
    assert [short(one) for one in found] == [
        (LAB, "compute_deal", 3e9, "USD"),
        (ONE, "price", 2.0, "USD/1M tokens"),
    ]
    done = store_statements(store, "again", found, NOON)
    assert (done.new, done.names, done.rejects) == (2, 0, [])


def test_a_spreadsheet_is_given_no_formulas(store: Engine):
    know(store, LAB, "licence", text="=HYPERLINK(1)")
    out = io.StringIO()
    with transaction(store) as session:
        export.export_facts(session, out, "csv")
    rows = list(csv.DictReader(io.StringIO(out.getvalue())))
    assert rows[-1]["text"] == "'=HYPERLINK(1)"


def test_retired_facts_are_written_when_asked_for(store: Engine):
    know(store, LAB, "licence", text="MIT", retired_at=NOON)
    with transaction(store) as session:
        assert LAB not in {row["subject"] for row in export.export_rows(session)}
        assert [
            row["retired"] for row in export.export_rows(session, include_retired=True) if row["subject"] == LAB
        ] == [NOON.isoformat()]
