"""The facts that come with the program, mistakes in a file of facts, and loading it again."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from gazetteer.files import default_facts
from gazetteer.reader import GazetteerError
from ingest.facts import starter_facts
from ingest.relinking import gazetteer_changes
from models.database import table, transaction
from models.entity import Entity
from models.fact import Fact, FactSource, change_fact
from models.predicate import PREDICATES
from tests.conftest import NOON

GOOD = (
    'f1 = { subject = "meta", predicate = "released", object = "muse-spark", from = "2026-04-08", said = "2026-04-08", '
    'status = "announced", sources = ["https://e.com/1"] }\n'
)


def _rows(engine: Engine, model: Any) -> list[Any]:
    with engine.connect() as connection:
        return sorted(connection.execute(select(table(model))).all(), key=str)


def _write(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "facts.toml"
    path.write_text("[fact]\n" + "".join(lines), encoding="utf-8")
    return path


def test_the_shipped_facts_are_all_stored_each_with_a_source(stocked: Engine):
    rows = starter_facts.read_starter_facts(default_facts())
    assert len(rows) >= 150
    stored = _rows(stocked, Fact)
    assert {fact.key for fact in stored} == set(rows), "none is left out: everybody in them is in the gazetteer"
    sourced = {source.fact_id for source in _rows(stocked, FactSource)}
    assert sourced == {fact.id for fact in stored}
    assert all(source.url.startswith("http") for source in _rows(stocked, FactSource))
    assert {fact.predicate for fact in stored} <= PREDICATES.keys()


def test_muse_sparks_openness_stands_in_disagreement(stocked: Engine):
    with stocked.connect() as connection:
        spark = connection.execute(select(table(Entity).c.id).where(table(Entity).c.key == "muse-spark")).scalar_one()
    said = [fact for fact in _rows(stocked, Fact) if fact.subject_id == spark and fact.predicate == "openness"]
    assert len(said) >= 2
    keys = {fact.key for fact in said}
    assert any(fact.disagrees_with in keys for fact in said)
    assert len({fact.text for fact in said}) == len(said)


def test_loading_again_changes_nothing_and_adds_nothing(stocked: Engine, tmp_path: Path):
    before = _rows(stocked, Fact), _rows(stocked, FactSource)
    later = NOON + timedelta(days=30)
    assert starter_facts.load_starter_facts(stocked, default_facts(), later) == 0
    # The same lines in a file with other bytes are read, and found to be what is known.
    copy = tmp_path / "copy.toml"
    copy.write_text(default_facts().read_text(encoding="utf-8") + "\n# a remark\n", encoding="utf-8")
    assert starter_facts.load_starter_facts(stocked, copy, later) == len(before[0])
    assert (_rows(stocked, Fact), _rows(stocked, FactSource)) == before


@pytest.mark.parametrize(
    ("old", "new", "column", "value"),
    [
        ('"announced"', '"confirmed"', "status", "confirmed"),
        ('from = "2026-04-08"', 'from = "2026-04"', "valid_from", "2026-04"),
        ('object = "muse-spark"', 'text = "a model"', "object_id", None),
    ],
)
def test_a_line_that_changes_changes_its_fact(
    empty: Engine, tmp_path: Path, old: str, new: str, column: str, value: object
):
    gazetteer_changes.load_gazetteer(empty)
    starter_facts.load_starter_facts(empty, _write(tmp_path, GOOD), NOON)
    (before,) = _rows(empty, Fact)
    assert (
        starter_facts.load_starter_facts(empty, _write(tmp_path, GOOD.replace(old, new)), NOON + timedelta(days=1)) == 1
    )
    (after,) = _rows(empty, Fact)
    assert getattr(after, column) == value
    assert (after.id, after.recorded_at) == (before.id, before.recorded_at)


def test_a_source_that_changes_is_the_one_that_stands(empty: Engine, tmp_path: Path):
    gazetteer_changes.load_gazetteer(empty)
    starter_facts.load_starter_facts(empty, _write(tmp_path, GOOD), NOON)
    starter_facts.load_starter_facts(empty, _write(tmp_path, GOOD.replace("e.com/1", "e.com/2")), NOON)
    assert [source.url for source in _rows(empty, FactSource)] == ["https://e.com/2"]


def test_a_fact_that_the_file_no_longer_tells_is_retired_and_comes_back_with_it(empty: Engine, tmp_path: Path):
    gazetteer_changes.load_gazetteer(empty)
    other = GOOD.replace("f1 =", "f2 =")
    starter_facts.load_starter_facts(empty, _write(tmp_path, GOOD, other), NOON)
    assert starter_facts.load_starter_facts(empty, _write(tmp_path, other), NOON) == 1
    assert {fact.key: fact.retired_by for fact in _rows(empty, Fact)} == {"f1": "file", "f2": ""}
    assert starter_facts.load_starter_facts(empty, _write(tmp_path, GOOD, other), NOON) == 2
    assert {fact.key: fact.retired_at for fact in _rows(empty, Fact)} == {"f1": None, "f2": None}


def test_what_people_changed_stays_as_they_left_it(empty: Engine, tmp_path: Path):
    gazetteer_changes.load_gazetteer(empty)
    starter_facts.load_starter_facts(empty, _write(tmp_path, GOOD), NOON)
    with transaction(empty, writes=True) as session:
        fact = session.exec(select(Fact)).scalars().one()
        change_fact(session, fact, NOON, "slack:U1", "disputed", "why", status="disputed")
        session.add(FactSource(fact_id=fact.id or 0, url="https://e.com/another", position=1))
    starter_facts.load_starter_facts(empty, _write(tmp_path, GOOD.replace('"announced"', '"confirmed"')), NOON)
    assert [fact.status for fact in _rows(empty, Fact)] == ["disputed"]
    assert len(_rows(empty, FactSource)) == 2
    starter_facts.load_starter_facts(empty, _write(tmp_path, GOOD.replace("f1 =", "f2 =")), NOON)
    assert {fact.key: fact.retired_by for fact in _rows(empty, Fact)} == {"f1": "file", "f2": ""}


def test_a_fact_on_somebody_unknown_is_left_out(empty: Engine, tmp_path: Path):
    gazetteer_changes.load_gazetteer(empty)
    other = GOOD.replace("f1", "f2").replace('"muse-spark"', '"nobody"')
    assert starter_facts.load_starter_facts(empty, _write(tmp_path, GOOD, other), NOON) == 1


def test_a_fact_comes_back_with_the_one_it_is_about(empty: Engine, tmp_path: Path):
    own = tmp_path / "own.toml"
    own.write_text("[model]\nmuse-spark = { off = true }\n", encoding="utf-8")
    gazetteer_changes.load_gazetteer(empty, own)
    assert starter_facts.load_starter_facts(empty, _write(tmp_path, GOOD), NOON) == 0
    gazetteer_changes.load_gazetteer(empty)
    assert starter_facts.load_starter_facts(empty, _write(tmp_path, GOOD), NOON) == 1


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("f2 = 3\n", "must be a table in braces"),
        (GOOD.replace("status", "state").replace("f1", "f2"), "“state” is not a field of a fact"),
        (GOOD.replace('"meta"', "3").replace("f1", "f2"), "“subject” must be a text"),
        (GOOD.replace('subject = "meta", ', "").replace("f1", "f2"), "“subject” is missing"),
        (GOOD.replace('["https://e.com/1"]', "[]").replace("f1", "f2"), "“sources” is missing"),
        (GOOD.replace('"https://e.com/1"', '"e.com"').replace("f1", "f2"), "source “e.com” is not an http address"),
        (GOOD.replace('"https://e.com/1"', "3").replace("f1", "f2"), "source “3” is not an http address"),
        (GOOD.replace("released", "invented").replace("f1", "f2"), "“invented” is not a predicate"),
        (GOOD.replace("announced", "certain").replace("f1", "f2"), "“certain” is not a status"),
        (
            GOOD.replace('object = "muse-spark", ', "").replace("f1", "f2"),
            "states nothing: give an object, a value or a text",
        ),
        (GOOD.replace('said = "2026-04-08"', 'said = "2026-04"').replace("f1", "f2"), "“said” is not a date"),
        (GOOD.replace('from = "2026-04-08"', 'from = "2026-13"').replace("f1", "f2"), "“from” is not a date"),
        (GOOD.replace('from = "2026-04-08"', 'to = "soon"').replace("f1", "f2"), "“to” is not a date"),
        (
            GOOD.replace(" }", ', disagrees_with = "f9" }').replace("f1", "f2"),
            "“disagrees_with” is not the key of a fact",
        ),
        (
            GOOD.replace(" }", ', additional_to = "f9" }').replace("f1", "f2"),
            "“additional_to” is not the key of a fact",
        ),
        (GOOD, "is not valid TOML"),
    ],
)
def test_a_mistake_is_told_with_its_file_and_line(store: Engine, tmp_path: Path, line: str, sentence: str):
    before = _rows(store, Fact)
    path = _write(tmp_path, GOOD, line)
    with pytest.raises(GazetteerError) as caught:
        starter_facts.load_starter_facts(store, path, NOON)
    (mistake,) = caught.value.mistakes
    assert mistake.startswith(f"{path}:3: ")
    assert sentence in mistake
    assert _rows(store, Fact) == before


@pytest.mark.parametrize("text", ["fact = 3\n", "[facts]\n" + GOOD])
def test_lines_outside_of_the_facts_are_a_mistake(tmp_path: Path, text: str):
    path = tmp_path / "facts.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(GazetteerError, match=r"is not allowed here: write tables under \[fact\]"):
        starter_facts.read_starter_facts(path)
