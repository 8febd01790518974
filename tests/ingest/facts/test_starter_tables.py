"""The facts from public tables that come with the program: chosen, written, loaded and asked for."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from gazetteer.files import default_files, default_tables
from gazetteer.reader import read_gazetteer
from ingest.facts.starter_selection import choose_statements
from ingest.facts.starter_tables import load_starter_tables, read_starter_table, table_bytes
from ingest.facts.tables.statement import TableStatement
from ingest.formats.files import FileError
from ingest.relinking.gazetteer_changes import load_gazetteer
from models.database import transaction
from models.entity import FROM_FACT, Entity
from models.fact import Fact
from models.mention import Mention
from tests.news import story, tell

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY = date(2026, 4, 30)


def price(subject: str, value: float, row: str, *other_names: str, **qualifiers: str) -> TableStatement:
    told = {"token_type": "input", **qualifiers}
    return TableStatement(
        row, subject, "price", value=value, unit="USD/1M tokens", qualifiers=told, url="https://a.example/p",
        other_names=other_names,
    )  # fmt: skip


def test_they_hold_what_is_promised():
    found = [one for path in default_tables() for one in read_starter_table(path)]
    models = {one.row for one in read_starter_table(default_tables()[0])}
    leaders = [one for one in found if one.predicate == "role"]
    assert len(models) >= 600
    assert len(leaders) >= 40
    assert all(one.url.startswith("https://") or one.url.startswith("http://") for one in found)
    assert all(one.said_on for one in found)
    assert sum(path.stat().st_size for path in default_tables()) < 200_000


def test_a_model_with_two_keys_is_one_and_the_key_without_a_date_wins():
    table = [
        price("o3 snapshot", 10, "openai/o3-2025-04-16", "o3-2025-04-16", "o3"),
        price("o3", 2, "openai/o3", "o3"),
        price("o3", 1, "openai/o3", "o3", tier="batch"),
        price("Nothing that anyone lists", 7, "x"),
    ]
    found = choose_statements([table], read_gazetteer(default_files()), [], DAY)
    assert [(one.subject, one.value, one.qualifiers.get("tier"), one.said_on) for one in found] == [
        ("o3", 2, None, DAY),
        ("o3", 1, "batch", DAY),
    ]


def test_free_previews_and_what_is_curated_are_left_out():
    size = TableStatement("r", "o3", "parameters", value=9e9, unit="parameters", said_on=DAY, url="https://a.example")
    curated = [{"subject": "o3", "predicate": "parameters"}]
    assert choose_statements([[price("o3", 0, "r"), size]], read_gazetteer(default_files()), curated, DAY) == []


def release(maker: str, model: str) -> TableStatement:
    return TableStatement(
        model, maker, "released", object=model, object_kind="model", kind="company", valid_from="2026-04-01",
        said_on=DAY, url="https://a.example/m",
    )  # fmt: skip


def test_names_that_could_be_words_or_abbreviations_are_left_out():
    size = TableStatement("q", "Q7-T", "parameters", value=9e9, unit="parameters", said_on=DAY, url="https://a.example")
    table = [release("Moonshot", "Tundra-100"), release("Sundial", "Tundra-200"), size]
    found = choose_statements([table], read_gazetteer(default_files()), [], DAY)
    assert [(one.subject, one.object) for one in found] == [("Moonshot AI", "Tundra-100")]


def test_names_from_tables_are_not_linked_in_news(empty: Engine, tmp_path: Path):
    file = tmp_path / "a.csv.gz"
    file.write_bytes(table_bytes([release("Meta", "Tundra-100")]))
    load_gazetteer(empty)
    load_starter_tables(empty, [file], NOW)
    tell(empty, [story("Meta and Tundra-100 in one headline", NOW)])
    with transaction(empty) as session:
        linked = session.exec(select(Entity.name).join(Mention, Mention.entity_id == Entity.id)).all()
        known = session.exec(select(Entity.name).where(Entity.origin == FROM_FACT)).all()
    assert known == ["Tundra-100"]
    assert set(linked) == {"Meta"}


def test_what_is_written_is_read_and_the_same_facts_give_the_same_bytes(tmp_path: Path):
    file = tmp_path / "a.csv.gz"
    one = TableStatement(
        "o3", "o3", "price", value=2, qualifiers={"token_type": "input"}, said_on=DAY, url="https://a.b"
    )
    file.write_bytes(table_bytes([one]))
    (read,) = read_starter_table(file)
    assert (read.subject, read.value, read.qualifiers, read.said_on) == ("o3", 2, {"token_type": "input"}, DAY)
    assert table_bytes([one]) == file.read_bytes()


def test_a_mistake_is_reported_with_its_line(tmp_path: Path):
    file = tmp_path / "a.csv"
    file.write_text("row,subject\no3,o3\n", encoding="utf-8")
    with pytest.raises(FileError, match=r"a\.csv:2"):
        list(read_starter_table(file))


def test_they_are_loaded_once_and_retired_when_the_file_drops_them(empty: Engine, tmp_path: Path):
    file = tmp_path / "a.csv.gz"
    later = date(2027, 1, 1)
    rows = [
        TableStatement(name, name, "context_window", value=1e6, unit="tokens", said_on=said, url="https://a.b")
        for name, said in (("Tundra-1", DAY), ("Tundra-2", later), ("Tundra-3", DAY))
    ]
    file.write_bytes(table_bytes(rows))
    assert load_starter_tables(empty, [file], NOW) == 3
    assert load_starter_tables(empty, [file], NOW) == 0
    file.write_bytes(table_bytes(rows[:2]))
    assert load_starter_tables(empty, [file], NOW) == 2
    with transaction(empty) as session:
        live = session.exec(select(Fact.said_on).where(Fact.retired_at.is_(None)).order_by(Fact.id)).all()
    assert live == [DAY, later]
