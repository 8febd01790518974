"""Made-up facts: a lab and its models that no list holds, so that no real fact stands among them."""

from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from sqlalchemy import Engine
from sqlmodel import col, select

from gazetteer.spelling import fold, squash
from models.database import transaction
from models.entity import Alias, Entity, entity_from_fact
from models.fact import Fact, FactSource

LAB, ONE, TWO = "Borealis Labs", "Tundra-1", "Tundra-2"
KINDS = {LAB: "company", ONE: "model", TWO: "model"}
_NUMBERS = count()


def day(words: str) -> date:
    return date.fromisoformat(words)


def know(
    engine: Engine,
    subject: str,
    predicate: str,
    other: str = "",
    said: str = "2026-04-08",
    url: str = "https://journal.example/a",
    quote: str = "",
    **columns: Any,
) -> int:
    """Notes a fact; gives its number."""
    with transaction(engine, writes=True) as session:

        def entity(name: str) -> int:
            known = session.exec(
                select(Entity).join(Alias, col(Alias.entity_id) == Entity.id).where(Alias.folded == fold(name))
            ).first()
            return (
                known or entity_from_fact(session, squash(name), name, fold(name), KINDS.get(name, "company"))
            ).id or 0

        fact = Fact(
            subject_id=entity(subject),
            predicate=predicate,
            object_id=entity(other) if other else None,
            said_on=day(said),
            **{"key": f"test-{next(_NUMBERS)}", "recorded_at": datetime(2026, 4, 9, tzinfo=UTC), **columns},
        )
        session.add(fact)
        session.flush()
        if url:
            session.add(FactSource(fact_id=fact.id or 0, url=url, quote=quote, said_on=day(said)))
        return fact.id or 0


def key(engine: Engine, number: int) -> str:
    """The lasting identity of a fact."""
    with transaction(engine) as session:
        return session.get_one(Fact, number).key
