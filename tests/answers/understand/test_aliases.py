"""Spellings are kept at hand, and never told when they are not so any more."""

from sqlalchemy import Engine
from sqlmodel import select

from answers.understand.aliases import alias_index
from answers.understand.name_matching import suggest_names
from models.database import transaction
from models.entity import Alias, Entity


def test_they_are_read_once(stocked: Engine) -> None:
    with transaction(stocked) as session:
        first = alias_index(session)
    with transaction(stocked) as session:
        assert alias_index(session) is first


def test_every_change_of_names_is_seen(stocked: Engine) -> None:
    def near(text: str) -> list[str]:
        with transaction(stocked) as session:
            return suggest_names(session, text, 3)

    assert "Zaphod 9" not in near("zaphod")
    with transaction(stocked, writes=True) as session:
        entity = Entity(key="zaphod", name="Zaphod 9", kind="model", origin="found")
        session.add(entity)
        session.flush()
        session.add(Alias(entity_id=entity.id or 0, text="Zaphod 9", folded="zaphod 9"))
    assert near("zaphod")[0] == "Zaphod 9"
    with transaction(stocked, writes=True) as session:
        session.exec(select(Entity).where(Entity.key == "zaphod")).one().name = "Zaphod IX"
    assert near("zaphod")[0] == "Zaphod IX"
    with transaction(stocked, writes=True) as session:
        meta = session.exec(select(Entity).where(Entity.name == "Meta")).one()
        session.exec(select(Alias).where(Alias.folded == "zaphod 9")).one().entity_id = meta.id or 0
    assert near("zaphod")[0] == "Meta"
    with transaction(stocked, writes=True) as session:
        session.exec(select(Entity).where(Entity.name == "Meta")).one().active = False
    assert "Meta" not in near("zaphod")
