"""Entities, the names they go by, and their parents."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col, func, select

from models.database import chunks

GAZETTEER, OPERATOR, DISCOVERED, FROM_FACT = "catalogue", "operator", "found", "told"
"""Origins of an entity: our files, an operator's file, discovery in the news, or a fact that mentions an unlisted name.
Texts are not searched for names of the last origin, and they are not counted."""


class Entity(SQLModel, table=True):
    """A company, lab, model, person ... `key` is its lasting identity, `name` what people read."""

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    name: str
    kind: str
    origin: str = "catalogue"
    """catalogue, operator, found or told: see the constants above."""
    active: bool = True
    """False once its definition is gone; the row stays because counts and facts refer to it."""
    first_seen: datetime | None = None
    """When the first story on a discovered name was published; None for listed names."""
    confirmed: bool = True
    """False for a discovered name that awaits an operator's decision: it is shown as new."""


class Alias(SQLModel, table=True):
    """One spelling of a name, with the rules that tell it from other things spelt the same."""

    __table_args__ = (UniqueConstraint("folded", "entity_id"), Index("ix_alias_entity", "entity_id"))

    id: int | None = Field(default=None, primary_key=True)
    entity_id: int = Field(foreign_key="entity.id")
    text: str
    folded: str
    """The spelling in the form that texts are searched for (see gazetteer.spelling)."""
    rule: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


class Parent(SQLModel, table=True):
    """Who else is credited when an entity is named: Muse Spark -> Meta Superintelligence Labs."""

    entity_id: int = Field(foreign_key="entity.id", primary_key=True)
    parent_id: int = Field(foreign_key="entity.id", primary_key=True)


def by_id(session: Session, ids: Iterable[int]) -> dict[int, Entity]:
    """Entities by id."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    return {entity.id or 0: entity for entity in session.exec(select(Entity).where(col(Entity.id).in_(wanted)))}


def by_key(session: Session, key: str) -> Entity | None:
    """The active entity with this key, or None."""
    return session.exec(select(Entity).where(Entity.key == key, col(Entity.active))).first()


def by_alias(session: Session, folded: Sequence[str]) -> list[Entity]:
    """The active entities that have exactly one of these folded spellings."""
    query = (
        select(Entity)
        .join(Alias, col(Alias.entity_id) == Entity.id)
        .where(col(Alias.folded).in_(folded), col(Entity.active))
        .distinct()
    )
    return list(session.exec(query))


def alias_names(session: Session) -> list[tuple[str, int, str]]:
    """Every spelling with its entity's id and display name: (folded, id, name)."""
    query = select(Alias.folded, Alias.entity_id, Entity.name).join(Entity).where(col(Entity.active))
    return list(session.exec(query))


def alias_fingerprint(session: Session) -> tuple[int, ...]:
    """A few sums that change when a spelling or a display name is added, removed or changed."""
    aliases = session.exec(select(func.count(), func.max(Alias.id), func.sum(Alias.entity_id)).select_from(Alias)).one()
    names = session.exec(
        select(func.count(), func.sum(func.length(Entity.name))).select_from(Entity).where(col(Entity.active))
    ).one()
    return tuple(int(number or 0) for number in (*aliases, *names))


def kind_by_id(session: Session) -> dict[int, str]:
    """The kind of every entity, by id."""
    return dict(session.exec(select(Entity.id, Entity.kind)).all())  # type: ignore[arg-type]


def aliases_of(session: Session, ids: Sequence[int]) -> list[str]:
    """Every spelling of some entities, as written."""
    return list(session.exec(select(Alias.text).where(col(Alias.entity_id).in_(ids))))


def parents_by_child(session: Session) -> dict[int, list[int]]:
    """Ids of parents by id of the child."""
    found: dict[int, list[int]] = {}
    for child, parent in session.exec(select(Parent.entity_id, Parent.parent_id)):
        found.setdefault(child, []).append(parent)
    return found


def ancestors(session: Session, entity: Entity) -> set[int]:
    """Ids of an entity's parents, their parents and so on; there are few, so they are read level by level."""
    found: set[int] = set()
    level = [entity.id or 0]
    while level:
        rows = session.exec(select(Parent.parent_id).where(col(Parent.entity_id).in_(level)))
        level = [parent for parent in rows if parent not in found]
        found.update(level)
    return found


def relatives(session: Session, entity: Entity) -> set[int]:
    """Ids of an entity's ancestors and all their descendants: Meta, Meta AI and Llama for Muse Spark."""
    found = level = ancestors(session, entity)
    while level:
        rows = session.exec(select(Parent.entity_id).where(col(Parent.parent_id).in_(sorted(level))))
        level = set(rows) - found
        found = found | level
    return found - {entity.id}


def entity_from_fact(session: Session, squashed: str, name: str, folded: str, kind: str) -> Entity:
    """The entity of an unlisted name in a fact (see entities_from_facts)."""
    key = entities_from_facts(session, {squashed: (name, folded, kind)})[squashed]
    return session.exec(select(Entity).where(Entity.id == key)).one()


def entities_from_facts(session: Session, names: Mapping[str, tuple[str, str, str]]) -> dict[str, int]:
    """The ids of the entities of unlisted names in facts; entities are created when a name first occurs.

    `names` holds the name, its folded form and its kind by key spelling (gazetteer.spelling.squash), by which the
    entity is found again; the result has the same keys.
    """
    by_key = {f"told:{squashed}": squashed for squashed in names}
    found: dict[str, int] = {}
    for batch in chunks(list(by_key)):
        for key, entity_id in session.exec(select(Entity.key, Entity.id).where(col(Entity.key).in_(batch))):
            found[by_key[key]] = entity_id or 0
    new = {
        squashed: Entity(key=f"told:{squashed}", name=name, kind=kind, origin=FROM_FACT)
        for squashed, (name, _, kind) in names.items()
        if squashed not in found
    }
    session.add_all(new.values())
    session.flush()
    session.add_all(
        Alias(entity_id=entity.id or 0, text=entity.name, folded=names[squashed][1]) for squashed, entity in new.items()
    )
    return found | {squashed: entity.id or 0 for squashed, entity in new.items()}


def kind_by_alias(session: Session, folded: Sequence[str]) -> dict[str, str]:
    """The kind of the entity with each spelling, for those that are known."""
    query = select(Alias.folded, Entity.kind).join(Entity, col(Entity.id) == Alias.entity_id)
    found: dict[str, str] = {}
    for batch in chunks(folded):
        found.update(session.exec(query.where(col(Alias.folded).in_(batch), col(Entity.active))).all())
    return found
