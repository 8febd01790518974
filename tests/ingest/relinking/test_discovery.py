"""Names that nobody listed come from the news, are counted as if they had been listed, and go again. On both stores."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlmodel import Session

from ingest.relinking import gazetteer_changes
from ingest.relinking.discovery import DROP_AFTER, SIGHTING_HOURS, discover_names
from ingest.relinking.recount import recount_articles
from models.candidate import (
    MERGED,
    REJECTED,
    Candidate,
    Sighting,
    confirm_name,
    merge_name,
    provisional_names,
    reject_name,
)
from models.count import NameCount, PairCount, ReadCount
from models.database import table, transaction
from models.entity import DISCOVERED, FROM_FACT, Alias, Entity, by_key, parents_by_child
from models.mention import Mention
from tests.conftest import NOON
from tests.news import DAY, HOUR, stories, story, tell

LATER = NOON + HOUR


def _counts(engine: Engine) -> dict[str, list[Any]]:
    with engine.connect() as connection:
        found = {}
        for model in (NameCount, PairCount, ReadCount, Mention):
            rows = connection.execute(select(table(model))).all()
            found[model.__name__] = sorted((tuple(row) for row in rows if any(row[2:])), key=str)
    return found


def _launch(engine: Engine) -> None:
    """Five stories on a new model of Meta's, the first of them two days after anything else."""
    tell(engine, stories("Meta in brief", 4, NOON - 2 * DAY))
    tell(engine, story("Meta’s Zorblax 7 is out", NOON - HOUR, "Wired"))
    tell(engine, stories("Meta launches Zorblax 7", 4, NOON))


def _one(session: Session) -> Entity:
    (found,) = provisional_names(session, 10)
    return found.entity


def test_a_new_name_becomes_an_entity_with_its_maker_and_is_counted_back(stocked: Engine) -> None:
    _launch(stocked)
    assert discover_names(stocked, LATER) == ["Zorblax 7"]
    with transaction(stocked) as session:
        entity = _one(session)
        assert (entity.name, entity.kind, entity.origin, entity.confirmed) == ("Zorblax 7", "model", DISCOVERED, False)
        assert entity.first_seen == NOON - HOUR
        meta = by_key(session, "meta")
        assert meta is not None
        assert parents_by_child(session)[entity.id or 0] == [meta.id]
    counted = _counts(stocked)
    assert sum(row[-1] for row in counted["NameCount"] if row[0] == entity.id) == 5
    recount_articles(stocked)
    assert _counts(stocked) == counted


def test_what_is_found_is_linked_from_then_on_and_not_found_again(stocked: Engine) -> None:
    _launch(stocked)
    discover_names(stocked, LATER)
    tell(stocked, story("Zorblax-7 beats them all", LATER))
    assert discover_names(stocked, LATER + HOUR) == []
    with transaction(stocked) as session:
        entity = _one(session)
    with stocked.connect() as connection:
        told = connection.execute(select(table(Mention)).where(table(Mention).c.entity_id == entity.id)).all()
    assert len(told) == 6


def test_the_future_is_not_looked_at(stocked: Engine) -> None:
    _launch(stocked)
    assert discover_names(stocked, NOON - 2 * HOUR) == []


def test_versions_stay_apart_and_a_family_takes_its_new_child(stocked: Engine) -> None:
    tell(stocked, stories("Try Gemini 99 Flash and Gemini 98 Flash", 4, NOON))
    assert sorted(discover_names(stocked, LATER)) == ["Gemini 98 Flash", "Gemini 99 Flash"]
    with transaction(stocked) as session:
        gemini = by_key(session, "gemini")
        assert gemini is not None
        above = parents_by_child(session)
        assert [above[one.entity.id or 0] for one in provisional_names(session, 9)] == [[gemini.id]] * 2


def test_other_spellings_of_a_found_name_are_the_same(stocked: Engine) -> None:
    tell(stocked, stories("Try Opus 99 today", 4, NOON))
    assert discover_names(stocked, LATER) == ["Opus 99"]
    tell(stocked, stories("Claude Opus 99 is better", 4, LATER))
    assert discover_names(stocked, LATER + HOUR) == ["Claude Opus 99"]
    with transaction(stocked) as session:
        assert _one(session).name == "Claude Opus 99"
    counted = _counts(stocked)
    recount_articles(stocked)
    assert _counts(stocked) == counted


def test_a_version_is_the_same_with_a_nought_or_a_v(stocked: Engine) -> None:
    tell(stocked, stories("Try Seedling-99 today", 4, NOON))
    assert discover_names(stocked, LATER) == ["Seedling-99"]
    tell(stocked, stories("Seedling v99.0 is better", 4, LATER))
    tell(stocked, stories("Seedling 99.1 is another", 4, LATER))
    assert sorted(discover_names(stocked, LATER + HOUR)) == ["Seedling 99.1", "Seedling v99.0"]
    with transaction(stocked) as session:
        assert sorted(one.entity.name for one in provisional_names(session, 9)) == ["Seedling 99.1", "Seedling v99.0"]


def test_a_told_name_that_bursts_is_the_same_entity(stocked: Engine) -> None:
    with transaction(stocked, writes=True) as session:
        told = Entity(key="zorblax-7", name="Zorblax 7", kind="model", origin=FROM_FACT)
        session.add(told)
        session.flush()
        session.add(Alias(entity_id=told.id or 0, text="Zorblax 7", folded="zorblax 7"))
    _launch(stocked)
    assert discover_names(stocked, LATER) == ["Zorblax 7"]
    with transaction(stocked) as session:
        assert (_one(session).id, _one(session).origin) == (told.id, DISCOVERED)


def test_what_is_rejected_is_gone_and_never_comes_back(stocked: Engine) -> None:
    _launch(stocked)
    before = _counts(stocked)
    discover_names(stocked, LATER)
    with transaction(stocked, writes=True) as session:
        reject_name(session, _one(session))
    tell(stocked, stories("Meta shows Zorblax 7", 4, LATER))
    assert discover_names(stocked, LATER + HOUR) == []
    with transaction(stocked) as session:
        assert provisional_names(session, 10) == []
        states = session.exec(table(Candidate).select().where(table(Candidate).c.key == "zorblax7")).all()
    assert [(row.state, row.settled) for row in states] == [(REJECTED, True)]
    counted = _counts(stocked)
    recount_articles(stocked)
    assert _counts(stocked) == counted
    assert set(map(str, before["Mention"])) <= set(map(str, counted["Mention"]))


def test_what_is_merged_counts_for_the_other(stocked: Engine) -> None:
    _launch(stocked)
    discover_names(stocked, LATER)
    with transaction(stocked, writes=True) as session:
        other = by_key(session, "muse-spark")
        assert other is not None
        merge_name(session, _one(session), other)
    discover_names(stocked, LATER + HOUR)
    counted = _counts(stocked)
    assert sum(row[-1] for row in counted["NameCount"] if row[0] == other.id) == 5
    recount_articles(stocked)
    assert _counts(stocked) == counted


def test_found_and_merged_names_outlive_a_new_gazetteer(stocked: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    _launch(stocked)
    tell(stocked, stories("Meta launches Quorblax 8", 4, NOON))
    discover_names(stocked, LATER)
    with transaction(stocked, writes=True) as session:
        first, second = sorted(provisional_names(session, 2), key=lambda one: one.entity.name)
        confirm_name(session, second.entity)
        spark = by_key(session, "muse-spark")
        assert spark is not None
        merge_name(session, first.entity, spark)
    monkeypatch.setattr(gazetteer_changes, "VERSION", "next")
    assert gazetteer_changes.load_gazetteer(stocked)
    with transaction(stocked) as session:
        kept = session.get_one(Entity, second.entity.id)
        assert (kept.name, kept.active, kept.confirmed) == ("Zorblax 7", True, True)
        assert parents_by_child(session)[kept.id or 0]
        alias = session.exec(select(Alias.entity_id).where(table(Alias).c.folded == "quorblax 8")).scalars().all()
    assert alias == [spark.id]


def test_a_found_name_that_a_new_gazetteer_lists_becomes_the_listed_one(
    stocked: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    _launch(stocked)
    discover_names(stocked, LATER)
    operator = tmp_path / "names.toml"
    operator.write_text('[model]\nzorblax-7b = { name = "Zorblax 7", parents = ["meta"] }\n')
    assert gazetteer_changes.load_gazetteer(stocked, operator)
    discover_names(stocked, LATER + HOUR)
    with transaction(stocked) as session:
        listed = by_key(session, "zorblax-7b")
        assert listed is not None
        assert provisional_names(session, 9) == []
        row = session.exec(table(Candidate).select().where(table(Candidate).c.key == "zorblax7")).one()
    assert (row.state, row.into_id) == (MERGED, listed.id)
    counted = _counts(stocked)
    assert sum(count[-1] for count in counted["NameCount"] if count[0] == listed.id) == 5
    recount_articles(stocked)
    assert _counts(stocked) == counted


def test_candidates_that_come_to_nothing_are_forgotten(stocked: Engine) -> None:
    tell(stocked, story("They saw Foobarium there", NOON))
    for hours in (SIGHTING_HOURS + 24, DROP_AFTER + 48):
        midnight = (NOON + timedelta(hours=hours)).replace(hour=0)
        assert discover_names(stocked, midnight) == []
        with stocked.connect() as connection:
            number = len(connection.execute(select(table(Sighting))).all())
            left = len(connection.execute(select(table(Candidate))).all())
        assert number == 0
    assert left == 0


def test_an_import_is_asked_for_each_of_its_days(stocked: Engine) -> None:
    _launch(stocked)
    assert discover_names(stocked, NOON + 5 * DAY) == []
    assert discover_names(stocked, NOON + 5 * DAY, days=7) == ["Zorblax 7"]
