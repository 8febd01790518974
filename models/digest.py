"""Digests: the summary that a channel gets at an hour of its own."""

from datetime import date, datetime

from sqlmodel import Field, Session, SQLModel, col, select

from models.channel import Channel, Workspace

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Digest(SQLModel, table=True):
    """One channel's digest: at which local hour of which days."""

    channel_id: int = Field(foreign_key="channel.id", primary_key=True)
    hour: int
    days: str
    """Of DAYS, with commas, in their order."""
    zone: str = "UTC"
    """The IANA name of the time zone that the hour is of."""
    created_by: str = ""
    created_at: datetime
    last_on: date | None = None
    """The local day of the last one."""


def find_digest(session: Session, channel: Channel | None) -> Digest | None:
    """A channel's digest."""
    return session.get(Digest, channel.id) if channel else None


def digests(session: Session) -> list[Digest]:
    """All digests of the workspaces that we are in."""
    here = select(Channel.id).join(Workspace).where(col(Workspace.left_at).is_(None))
    return list(session.exec(select(Digest).where(col(Digest.channel_id).in_(here)).order_by(col(Digest.channel_id))))
