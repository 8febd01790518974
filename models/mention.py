"""Mentions: which story mentions which entity. All counts derive from them."""

from sqlalchemy import Index
from sqlmodel import Field, Session, SQLModel, and_, col, select

from models.count import NameCount


class Mention(SQLModel, table=True):
    """A story mentions an entity: counted once, in the hour of the first of its articles that does."""

    __table_args__ = (Index("ix_mention_story", "story_id", "entity_id"), {"sqlite_with_rowid": False})

    entity_id: int = Field(foreign_key="entity.id", primary_key=True)
    hour: int = Field(primary_key=True)
    story_id: int = Field(primary_key=True)
    named: int | None
    """The hour of the first article that names it directly; None if only a child of it was named."""


def mentions(session: Session, first: int, last: int) -> list[tuple[int, int, int | None]]:
    """The mentions in the hours first..last: (entity, story, hour in which it is named directly)."""
    # Through the counts, which are indexed by hour; mentions are indexed by entity and hour.
    counted = and_(NameCount.entity_id == Mention.entity_id, NameCount.hour == Mention.hour)
    query = (
        select(Mention.entity_id, Mention.story_id, Mention.named)
        .join(NameCount, counted)
        .where(col(NameCount.hour).between(first, last))
    )
    return list(session.exec(query))
