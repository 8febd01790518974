"""Alerts: which channel gets which spike, once, and the feedback on it."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col, func, select

from models import spike, watch  # noqa: F401 - keys point at their tables


class Alert(SQLModel, table=True):
    """A spike that matches a watch of a channel.

    Unique per channel, so that neither a second detection nor a second watch alerts anybody twice.
    """

    __table_args__ = (UniqueConstraint("spike_id", "channel_id"),)

    id: int | None = Field(default=None, primary_key=True)
    spike_id: int = Field(foreign_key="spike.id")
    watch_id: int | None = Field(default=None, foreign_key="watch.id", ondelete="SET NULL")
    channel_id: int = Field(foreign_key="channel.id", index=True)
    created_at: datetime
    held: str = ""
    """Why the alert was not sent: paused, muted, cooldown. Empty if it was."""
    told_stories: int = 0
    told_outlets: int = 0
    """The figures in the posted message; when they grow, the message is edited."""


class Feedback(SQLModel, table=True):
    """A person found an alert not useful; each person counts once."""

    alert_id: int = Field(foreign_key="alert.id", primary_key=True)
    author: str = Field(primary_key=True)
    at: datetime


def alerts_of(session: Session, spikes: Iterable[int]) -> list[Alert]:
    """The alerts of some spikes that were not held back."""
    query = select(Alert).where(col(Alert.spike_id).in_(list(spikes)), Alert.held == "")
    return list(session.exec(query.order_by(col(Alert.id))))


def feedback_counts(session: Session, watches: Iterable[int]) -> dict[int, tuple[int, int]]:
    """For each watch: its alerts so far, and how many of them somebody found not useful."""
    wanted = list(watches)
    sent = session.exec(
        select(Alert.watch_id, func.count())
        .where(col(Alert.watch_id).in_(wanted), Alert.held == "")
        .group_by(col(Alert.watch_id))
    ).all()
    not_useful = dict(
        session.exec(
            select(Alert.watch_id, func.count(func.distinct(Alert.id)))
            .join(Feedback, col(Feedback.alert_id) == Alert.id)
            .where(col(Alert.watch_id).in_(wanted))
            .group_by(col(Alert.watch_id))
        ).all()
    )
    return {key or 0: (number, not_useful.get(key, 0)) for key, number in sent}
