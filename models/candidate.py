"""Candidate names: possible names that are not listed, how often they occur, and what became of them.

A candidate is counted from its first story. Sightings are kept for some days, totals for longer, and both are dropped
if nothing comes of them (see `ingest.relinking.discovery`), so that the store stays bounded.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, Session, SQLModel, col, func, select

from models.entity import Alias, Entity

WAITING, FOUND, MERGED, REJECTED = "waiting", "found", "merged", "rejected"
"""What became of a candidate: nothing yet; an entity; another spelling of one; not a name."""


class Candidate(SQLModel, table=True):
    """A possible name, by its squashed spelling (see gazetteer.spelling.squash)."""

    __table_args__ = (Index("ix_candidate_state", "state"),)

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    text: str
    """The spelling in which it first occurred."""
    first_hour: int
    last_hour: int
    stories: int = 0
    state: str = WAITING
    entity_id: int | None = Field(default=None, foreign_key="entity.id", index=True)
    """The entity it became, or that it is another spelling of."""
    into_id: int | None = Field(default=None, foreign_key="entity.id")
    """The entity that an operator, or a new gazetteer, merged it into."""
    found_at: datetime | None = None
    settled: bool = True
    """False until counts reflect an operator's decision."""


class Sighting(SQLModel, table=True):
    """A story that mentions a candidate."""

    __table_args__ = (Index("ix_sighting_hour", "hour"), {"sqlite_with_rowid": False})

    candidate_id: int = Field(foreign_key="candidate.id", primary_key=True)
    story_id: int = Field(primary_key=True)
    hour: int
    source_id: int
    kind: str
    """The kind guessed from neighbouring words, "" for none."""
    launched: bool
    """Whether the text presents it as new: released, launched or the like."""


@dataclass(frozen=True)
class Provisional:
    """A discovered entity, with the candidate it came from."""

    entity: Entity
    candidate: Candidate


def provisional_names(session: Session, limit: int) -> list[Provisional]:
    """Discovered names that await an operator's decision, newest first."""
    query = (
        select(Entity, Candidate)
        .join(Candidate, col(Candidate.entity_id) == Entity.id)
        .where(Candidate.state == FOUND, col(Entity.active), ~col(Entity.confirmed))
        .order_by(col(Candidate.found_at).desc(), col(Candidate.id).desc())
        .limit(limit)
    )
    return [Provisional(entity, candidate) for entity, candidate in session.exec(query)]


def count_provisional(session: Session) -> int:
    """The number of discovered names that await an operator's decision."""
    query = select(func.count()).select_from(Candidate).join(Entity, col(Candidate.entity_id) == Entity.id)
    return session.exec(query.where(Candidate.state == FOUND, col(Entity.active), ~col(Entity.confirmed))).one()


def candidate_of(session: Session, entity: Entity) -> Candidate | None:
    """The candidate that became an entity; None for a listed one."""
    query = select(Candidate).where(Candidate.entity_id == entity.id, Candidate.state == FOUND)
    return session.exec(query.order_by(col(Candidate.id))).first()


def confirm_name(session: Session, entity: Entity) -> None:
    """Confirms a discovered name."""
    entity.confirmed = True
    session.add(entity)


def reject_name(session: Session, entity: Entity) -> None:
    """Rejects a discovered name, so that it isn't found again. Its counts follow with the next ingestion."""
    entity.active = False
    session.add(entity)
    for candidate in session.exec(select(Candidate).where(Candidate.entity_id == entity.id)):
        candidate.state, candidate.settled = REJECTED, False
        session.add(candidate)


def merge_name(session: Session, entity: Entity, into: Entity) -> None:
    """Merges a discovered name's spellings into another entity. Its counts follow with the next ingestion."""
    entity.active = False
    session.add(entity)
    taken = set(session.exec(select(Alias.folded).where(Alias.entity_id == into.id)))
    for alias in session.exec(select(Alias).where(Alias.entity_id == entity.id)).all():
        if alias.folded in taken:
            session.delete(alias)
        else:
            alias.entity_id = into.id or 0
            session.add(alias)
    for candidate in session.exec(select(Candidate).where(Candidate.entity_id == entity.id)):
        candidate.state, candidate.into_id, candidate.settled = MERGED, into.id, False
        session.add(candidate)
