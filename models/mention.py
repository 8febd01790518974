"""Which story names which entity: what all counts are made of."""

from sqlalchemy import Index
from sqlmodel import Field, SQLModel


class Mention(SQLModel, table=True):
    """A story names an entity, counted once, in the hour of the first of its articles that does."""

    __table_args__ = (Index("ix_mention_story", "story_id", "entity_id"), {"sqlite_with_rowid": False})

    entity_id: int = Field(foreign_key="entity.id", primary_key=True)
    hour: int = Field(primary_key=True)
    story_id: int = Field(primary_key=True)
    named: int | None
    """The hour of the first article that names it in so many words; None when only a child of it was named."""
