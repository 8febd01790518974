"""What is known: statements with their qualifiers, their two time axes, and where they were said."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, Index
from sqlmodel import Field, Session, SQLModel, col, select


class Fact(SQLModel, table=True):
    """A statement: subject, predicate, and an object, a value with its unit, or a short text.

    `valid_from` and `valid_to` are dates as far as they are known: "2027", "2027-03" or "2027-03-31";
    such strings sort by time. `said_on` is when the source said it, `recorded_at` when we learned it.
    """

    __table_args__ = (Index("ix_fact_subject", "subject_id", "predicate"), Index("ix_fact_object", "object_id"))

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    """Its lasting identity, so that loading it again changes it instead of repeating it."""
    subject_id: int = Field(foreign_key="entity.id")
    predicate: str
    object_id: int | None = Field(default=None, foreign_key="entity.id")
    value: float | None = None
    unit: str = ""
    text: str = ""
    qualifiers: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    valid_from: str = ""
    valid_to: str = ""
    said_on: date
    recorded_at: datetime
    status: str = "announced"
    rank: str = "normal"
    origin: str = "curated"
    additional_to: str = ""
    """Key of the fact that this one comes on top of."""
    disagrees_with: str = ""
    """Key of a fact that says otherwise: both are shown."""


class FactSource(SQLModel, table=True):
    """Where a fact was said."""

    __tablename__ = "fact_source"

    fact_id: int = Field(foreign_key="fact.id", primary_key=True)
    url: str = Field(primary_key=True)
    position: int = 0
    """Its place among the fact's sources: the first is the one that is shown first."""
    article_id: int | None = Field(default=None, foreign_key="article.id")
    quote: str = ""


def about(session: Session, entity_id: int, until: date, limit: int) -> list[Fact]:
    """What is known of an entity, as subject or object, and was said by a day: newest first."""
    query = (
        select(Fact)
        .where((Fact.subject_id == entity_id) | (Fact.object_id == entity_id), Fact.said_on <= until)
        .order_by(col(Fact.said_on).desc(), col(Fact.id))
        .limit(limit)
    )
    return list(session.exec(query))


def by_keys(session: Session, keys: list[str]) -> list[Fact]:
    """Facts by key."""
    return list(session.exec(select(Fact).where(col(Fact.key).in_(keys)))) if keys else []


def sources(session: Session, facts: list[Fact]) -> dict[int, list[FactSource]]:
    """The sources of some facts, by fact."""
    found: dict[int, list[FactSource]] = {}
    query = (
        select(FactSource)
        .where(col(FactSource.fact_id).in_([fact.id for fact in facts]))
        .order_by(col(FactSource.position))
    )
    for source in session.exec(query):
        found.setdefault(source.fact_id, []).append(source)
    return found
