"""Alerts: which channel is told of which spike, once."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel


class Alert(SQLModel, table=True):
    """A spike concerns a watch of a channel.

    Unique by channel, so that neither noticing it again nor a second watch tells anybody twice.
    """

    __table_args__ = (UniqueConstraint("spike_id", "channel_id"),)

    id: int | None = Field(default=None, primary_key=True)
    spike_id: int = Field(foreign_key="spike.id")
    watch_id: int | None = Field(default=None, foreign_key="watch.id", ondelete="SET NULL")
    channel_id: int = Field(foreign_key="channel.id", index=True)
    created_at: datetime
