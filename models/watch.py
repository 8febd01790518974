"""What a channel asked to be told of."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col, select

from models.channel import Channel

EVERYTHING = "everything"
NAME = "name"
PAIR = "pair"


class Watch(SQLModel, table=True):
    """One wish of one channel: everything, a name, or a pair (smaller id first)."""

    __table_args__ = (UniqueConstraint("channel_id", "target"),)

    id: int | None = Field(default=None, primary_key=True)
    channel_id: int = Field(foreign_key="channel.id", index=True)
    target: str
    """everything, name:12 or pair:12:40: one text, so that the same wish can't be stored twice."""
    entity_id: int | None = Field(default=None, foreign_key="entity.id")
    other_id: int | None = Field(default=None, foreign_key="entity.id")
    level: float | None = None
    """The z from which this channel is told; None for the bot's own."""
    created_by: str = ""
    created_at: datetime


def target(ids: list[int]) -> str:
    """The text that stands for what is watched: no ids for everything."""
    if not ids:
        return EVERYTHING
    return ":".join([NAME if len(ids) == 1 else PAIR, *(str(key) for key in sorted(ids))])


def watches(session: Session, channel: Channel) -> list[Watch]:
    """The watches of a channel, oldest first."""
    return list(session.exec(select(Watch).where(Watch.channel_id == channel.id).order_by(col(Watch.id))))


def concerned(session: Session, channel: Channel, ids: Sequence[int]) -> list[Watch]:
    """The watches of a channel that ask for a name or pair: the nearest first, everything last."""
    wanted = [target(list(ids)), *(target([key]) for key in ids), EVERYTHING]
    found = {watch.target: watch for watch in watches(session, channel)}
    return [found[one] for one in dict.fromkeys(wanted) if one in found]


def find_watch(session: Session, channel: Channel, ids: list[int]) -> Watch | None:
    """A channel's watch on exactly this."""
    return session.exec(select(Watch).where(Watch.channel_id == channel.id, Watch.target == target(ids))).first()


def all_watches(session: Session) -> list[Watch]:
    """Every watch, oldest first."""
    return list(session.exec(select(Watch).order_by(col(Watch.id))))
