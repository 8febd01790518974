"""Facts from articles into the store: once, with their places, and taken back when no longer read. On both stores."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlmodel
from sqlalchemy import Engine, func, select, update

from ingest.articles.item import Item
from ingest.facts import article_facts
from ingest.facts.article_facts import extract_facts, source_tier
from ingest.pipeline import Ingest
from ingest.relinking import gazetteer_changes
from models.article import Article
from models.database import table, transaction
from models.entity import FROM_FACT, Entity
from models.fact import EXTRACTED, FORUM, NEWSLETTER, PRESS, PRIMARY, Fact, FactChange, FactSource
from tests.conftest import NOON

RAISED = "Sunder Robotics raised $40M in a Series B round."


def _item(text: str, source: str = "Wire", hours: int = 0, title: str = "") -> Item:
    return Item(source, f"{source}{text}{hours}", f"https://e.com/{hours}", title, text, NOON + timedelta(hours=hours))


def _facts(engine: Engine) -> list[Any]:
    with engine.connect() as connection:
        return list(connection.execute(select(table(Fact)).where(table(Fact).c.origin == EXTRACTED)))


def _count(engine: Engine, model: Any) -> int:
    with engine.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(table(model))).scalar_one())


def test_a_fact_is_stored_with_its_sentence(stocked: Engine):
    text = f"Markets were calm. {RAISED} Nobody else did."
    Ingest(stocked).add([_item(text, title="In brief")])
    found = extract_facts(stocked, NOON)
    assert (found.articles, found.facts, found.sources) == (1, 1, 1)
    (fact,) = _facts(stocked)
    assert (fact.predicate, fact.value, fact.unit, fact.qualifiers) == (
        "funding_round",
        4e7,
        "USD",
        {"round": "Series B"},
    )
    with transaction(stocked) as session:
        (source,) = session.exec(sqlmodel.select(FactSource).where(FactSource.fact_id == fact.id))
        assert source.quote == RAISED
        whole = f"In brief\n{text}"
        assert whole[source.start : source.end] == RAISED
        subject = session.get_one(Entity, fact.subject_id)
        assert (subject.name, subject.origin) == ("Sunder Robotics", FROM_FACT)


def test_what_was_read_is_not_read_again(stocked: Engine):
    Ingest(stocked).add([_item(RAISED)])
    extract_facts(stocked, NOON)
    before = _count(stocked, FactSource)
    assert extract_facts(stocked, NOON).articles == 0
    assert extract_facts(stocked, NOON, reread=True).facts == 0
    assert (len(_facts(stocked)), _count(stocked, FactSource)) == (1, before)


def test_told_by_two_outlets_it_is_one_fact_and_surer(stocked: Engine):
    ingest = Ingest(stocked)
    ingest.add([_item(RAISED)])
    extract_facts(stocked, NOON)
    (alone,) = _facts(stocked)
    ingest.add([_item(RAISED, "Courier", hours=30)])
    extract_facts(stocked, NOON)
    (fact,) = _facts(stocked)
    assert fact.id == alone.id
    assert fact.certainty > alone.certainty
    assert (fact.said_on, fact.seen_on) == (NOON.date(), (NOON + timedelta(hours=30)).date())
    sure = fact.certainty
    extract_facts(stocked, NOON, reread=True)
    assert _facts(stocked)[0].certainty == sure, "reading again is no second witness"


def test_statements_that_differ_stand_side_by_side(stocked: Engine):
    Ingest(stocked).add([_item(RAISED), _item(RAISED.replace("40M", "45M"), "Courier")])
    extract_facts(stocked, NOON)
    assert {fact.value for fact in _facts(stocked)} == {4e7, 4.5e7}


def test_what_rules_no_longer_read_is_retired_and_comes_back(stocked: Engine, monkeypatch: pytest.MonkeyPatch):
    Ingest(stocked).add([_item(RAISED)])
    extract_facts(stocked, NOON)
    with stocked.begin() as connection:
        connection.execute(update(table(Article)).values(summary="Nothing happened."))
    later = NOON + timedelta(days=1)
    assert extract_facts(stocked, later, reread=True).retired == 1
    (fact,) = _facts(stocked)
    assert (fact.retired_by, fact.retired_at) == ("rules", later)
    assert _count(stocked, FactSource) > 0
    with stocked.begin() as connection:
        connection.execute(update(table(Article)).values(summary=RAISED))
    extract_facts(stocked, later, reread=True)
    (fact,) = _facts(stocked)
    assert fact.retired_at is None
    with stocked.connect() as connection:
        actions = connection.execute(select(table(FactChange).c.action).order_by(table(FactChange).c.id)).scalars()
        assert list(actions) == ["retired", "restored"]


def test_what_a_person_retracted_stays_retracted(stocked: Engine):
    Ingest(stocked).add([_item(RAISED)])
    extract_facts(stocked, NOON)
    with stocked.begin() as connection:
        connection.execute(
            update(table(Fact)).where(table(Fact).c.origin == EXTRACTED).values(retired_at=NOON, retired_by="slack:U1")
        )
    extract_facts(stocked, NOON, reread=True)
    assert _facts(stocked)[0].retired_by == "slack:U1"


def test_money_on_top_of_older_money_is_linked(stocked: Engine):
    Ingest(stocked).add(
        [
            _item(
                "Meta committed an additional $9 billion to CoreWeave for cloud capacity from 2028 to 2031. "
                "Meta already has a $4B cloud contract with CoreWeave."
            )
        ]
    )
    extract_facts(stocked, NOON)
    more, base = sorted(
        (fact for fact in _facts(stocked) if fact.predicate == "compute_deal"), key=lambda one: -one.value
    )
    assert more.additional_to == base.key
    assert (more.valid_from, more.valid_to) == ("2028", "2031")


def test_a_told_name_is_not_linked(stocked: Engine):
    Ingest(stocked).add([_item(RAISED)])
    extract_facts(stocked, NOON)
    assert not Ingest(stocked).linker.names("Sunder Robotics again", "")


def test_a_told_name_that_is_listed_later_gives_its_facts_to_the_listed_one(stocked: Engine, tmp_path: Path):
    Ingest(stocked).add([_item(RAISED)])
    extract_facts(stocked, NOON)
    own = tmp_path / "own.toml"
    own.write_text('[company]\nsunder = { name = "Sunder Robotics" }\n', encoding="utf-8")
    gazetteer_changes.load_gazetteer(stocked, own)
    extract_facts(stocked, NOON)
    with transaction(stocked) as session:
        (fact,) = _facts(stocked)
        assert session.get_one(Entity, fact.subject_id).key == "sunder"
        told = session.exec(sqlmodel.select(Entity).where(Entity.origin == FROM_FACT)).all()
        assert [one.active for one in told] == [False]


def test_stopped_between_batches_it_goes_on_where_it_was(stocked: Engine, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(article_facts, "BATCH", 2)
    Ingest(stocked).add([_item(RAISED.replace("40", str(40 + number)), hours=number) for number in range(5)])
    assert extract_facts(stocked, NOON, limit=2).articles == 2
    assert extract_facts(stocked, NOON).articles == 3
    assert len(_facts(stocked)) == 5


@pytest.mark.parametrize(
    ("source", "party", "who"),
    [
        ("OpenAI", True, PRIMARY),
        ("The Verge", False, PRESS),
        ("Weekly digest", False, NEWSLETTER),
        ("Hacker News", False, FORUM),
        ("r/LocalLlama on reddit", True, FORUM),
    ],
)
def test_who_says_it(source: str, party: bool, who: int):
    assert source_tier(source, party) == who
