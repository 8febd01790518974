"""Facts: statements with their qualifiers, two time axes, and sources.

A fact is never overwritten. A newer one supersedes it when facts are read (models.supersession decides which one
holds), and one that is no longer believed is retired with a note, so that the store can be read as of any day.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, and_, or_
from sqlmodel import Field, Session, SQLModel, col, func, select

from models import article, entity  # noqa: F401 - keys point at their tables
from models.database import chunks

CURATED, EXTRACTED, IMPORTED, OPERATOR, LLM = "curated", "extracted", "imported", "operator", "llm:"
"""Origins: our own file, a rule, a public table, a person in chat, a language model (followed by its name)."""

UNREALISED = ("rumoured", "in talks", "planned", "conditional", "denied")
"""Statuses of what has not happened, as far as the source knows: shown with the status, never superseding a fact."""

PRIMARY, PRESS, NEWSLETTER, FORUM = 1, 2, 3, 4
"""Tiers of sources: the party itself; an outlet; a digest of others; a forum."""


class Fact(SQLModel, table=True):
    """A statement: a subject, a predicate, and an object, a value with its unit, or a short text.

    Valid time: `valid_from` and `valid_to` say when it holds in the world, as precisely as stated ("2027", "2027-03",
    "2027-03-31"); the strings sort by time. `said_on` and `seen_on` are the days it was first and last said.
    Transaction time: `recorded_at` and `retired_at` are when we learned it and when we stopped believing it.
    """

    __table_args__ = (
        Index("ix_fact_subject", "subject_id", "predicate"),
        Index("ix_fact_object", "object_id"),
        Index("ix_fact_predicate", "predicate", "said_on"),
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    """Its lasting identity, by which loading it again updates it instead of adding a second one."""
    subject_id: int = Field(foreign_key="entity.id")
    predicate: str
    object_id: int | None = Field(default=None, foreign_key="entity.id")
    value: float | None = None
    high: float | None = None
    """The upper end where the source gave a range; `value` is then the lower end."""
    op: str = ""
    """How the number is qualified: "" exactly, "~" about, ">" over, ">=" at least, "<" under, "<=" up to."""
    unit: str = ""
    text: str = ""
    qualifiers: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    valid_from: str = ""
    valid_to: str = ""
    said_on: date
    seen_on: date | None = None
    """None if it was said once."""
    recorded_at: datetime
    retired_at: datetime | None = None
    retired_by: str = ""
    """Who retired it: "rules", "file", "table:NAME" or a person; the reason is in its changes."""
    status: str = "announced"
    rank: str = "normal"
    """preferred, normal or deprecated, where dates can't decide. A deprecated fact is never current."""
    certainty: float = 1.0
    """How certain we are that the source says this: 0 to 1."""
    origin: str = CURATED
    additional_to: str = ""
    """Key of the fact whose amount this one adds to."""
    disagrees_with: str = ""
    """Key of a fact that says otherwise; both are shown."""

    @property
    def last_said(self) -> date:
        """The day it was last said."""
        return self.seen_on or self.said_on


class FactSource(SQLModel, table=True):
    """Where a fact was said: the article or page, and the sentence word for word."""

    __tablename__ = "fact_source"
    __table_args__ = (
        Index("ix_fact_source_fact", "fact_id", "position"),
        Index("ix_fact_source_article", "article_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    fact_id: int = Field(foreign_key="fact.id")
    url: str = ""
    position: int = 0
    """Its place among the fact's sources; the lowest is shown first."""
    article_id: int | None = Field(default=None, foreign_key="article.id")
    quote: str = ""
    start: int | None = None
    end: int | None = None
    """Span of the quote in "title, line break, summary" of the article."""
    said_on: date | None = None
    tier: int = PRESS


class FactChange(SQLModel, table=True):
    """Who changed what in a fact after it was recorded, and why. Append-only."""

    __tablename__ = "fact_change"

    id: int | None = Field(default=None, primary_key=True)
    fact_id: int = Field(foreign_key="fact.id", index=True)
    at: datetime
    by: str
    """One of "rules", "file", table:NAME or platform:user."""
    action: str
    """added, changed, disputed, retired or restored."""
    why: str = ""
    before: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    """The former values of the changed columns."""


def believed(known: datetime | None = None) -> Any:
    """The SQL condition that a fact is believed: now, or at a moment in the past."""
    if known is None:
        return col(Fact.retired_at).is_(None)
    return and_(col(Fact.recorded_at) <= known, or_(col(Fact.retired_at).is_(None), col(Fact.retired_at) > known))


def facts_about(
    session: Session,
    entity_id: int,
    until: date,
    limit: int | None = None,
    known: datetime | None = None,
    predicates: Collection[str] = (),
) -> list[Fact]:
    """The facts with an entity as subject or object that were said by a day, newest first.

    `known` asks for what we believed at that moment instead of now.
    """
    query = select(Fact).where(
        or_(col(Fact.subject_id) == entity_id, col(Fact.object_id) == entity_id), Fact.said_on <= until, believed(known)
    )
    if predicates:
        query = query.where(col(Fact.predicate).in_(predicates))
    return list(session.exec(query.order_by(col(Fact.said_on).desc(), col(Fact.id)).limit(limit)))


def facts_stated(
    session: Session,
    predicates: Collection[str],
    until: date,
    subjects: Collection[int] | None = None,
    objects: Collection[int] | None = None,
    since: date | None = None,
    known: datetime | None = None,
) -> list[Fact]:
    """The facts of some predicates that were said from `since` to `until`, oldest first.

    `subjects` and `objects` restrict them to these entities, where given.
    """
    query = select(Fact).where(col(Fact.predicate).in_(predicates), Fact.said_on <= until, believed(known))
    if subjects is not None:
        query = query.where(col(Fact.subject_id).in_(subjects))
    if objects is not None:
        query = query.where(col(Fact.object_id).in_(objects))
    if since is not None:
        query = query.where(func.coalesce(Fact.seen_on, Fact.said_on) >= since)
    return list(session.exec(query.order_by(col(Fact.said_on), col(Fact.id))))


def facts_by_key(session: Session, keys: list[str]) -> list[Fact]:
    """Facts by key."""
    return list(session.exec(select(Fact).where(col(Fact.key).in_(keys)))) if keys else []


def fact_sources(session: Session, facts: Sequence[Fact]) -> dict[int, list[FactSource]]:
    """The sources of some facts, by fact; the one to show first comes first."""
    found: dict[int, list[FactSource]] = {}
    for batch in chunks([fact.id for fact in facts]):
        query = (
            select(FactSource)
            .where(col(FactSource.fact_id).in_(batch))
            .order_by(col(FactSource.position), col(FactSource.id))
        )
        for source in session.exec(query):
            found.setdefault(source.fact_id, []).append(source)
    return found


def changes_of(session: Session, fact: Fact) -> list[FactChange]:
    """The changes of a fact, oldest first."""
    return list(session.exec(select(FactChange).where(FactChange.fact_id == fact.id).order_by(col(FactChange.id))))


def change_fact(
    session: Session, fact: Fact, at: datetime, by: str, action: str, why: str = "", **columns: Any
) -> None:
    """Changes columns of a fact, and records who did so, when and why, with the former values."""
    before = {name: getattr(fact, name) for name, value in columns.items() if getattr(fact, name) != value}
    for name, value in columns.items():
        setattr(fact, name, value)
    session.add(fact)
    session.flush()
    plain = {name: value.isoformat() if isinstance(value, date) else value for name, value in before.items()}
    session.add(FactChange(fact_id=fact.id or 0, at=at, by=by, action=action, why=why, before=plain))


def retire_fact(session: Session, fact: Fact, at: datetime, by: str, why: str = "") -> None:
    """Stops believing a fact; it stays in the store and in answers as of earlier days."""
    change_fact(session, fact, at, by, "retired", why, retired_at=at, retired_by=by)


def restore_fact(session: Session, fact: Fact, at: datetime, by: str, why: str = "") -> None:
    """Believes a retired fact again."""
    change_fact(session, fact, at, by, "restored", why, retired_at=None, retired_by="")
