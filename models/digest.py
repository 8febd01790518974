"""Digests: the summary a channel gets at an hour of its choice."""

from datetime import date, datetime

from sqlmodel import Field, Session, SQLModel, col, select

from models.channel import Channel, Workspace

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Digest(SQLModel, table=True):
    """One channel's digest: its local hour and days."""

    channel_id: int = Field(foreign_key="channel.id", primary_key=True)
    hour: int
    days: str
    """Some of DAYS, comma-separated, in their order."""
    zone: str = "UTC"
    """IANA name of the time zone of `hour`."""
    created_by: str = ""
    created_at: datetime
    last_on: date | None = None
    """The local day of the last digest."""


def find_digest(session: Session, channel: Channel | None) -> Digest | None:
    """A channel's digest, or None."""
    return session.get(Digest, channel.id) if channel else None


def digests(session: Session) -> list[Digest]:
    """All digests of the workspaces the bot is in."""
    here = select(Channel.id).join(Workspace).where(col(Workspace.left_at).is_(None))
    return list(session.exec(select(Digest).where(col(Digest.channel_id).in_(here)).order_by(col(Digest.channel_id))))
