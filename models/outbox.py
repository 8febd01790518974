"""The outbox: alerts on their way to a channel. Written with the alert, emptied by delivery."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, Session, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from models.alert import Alert
from models.channel import Channel, Workspace


class State(StrEnum):
    """Where a message is on its way."""

    DUE = "due"
    SENDING = "sending"
    """Handed to the platform; seen again at start, it means that we stopped in between."""
    SENT = "sent"
    FAILED = "failed"
    """Given up, with the reason in `error`."""


class Outbox(SQLModel, table=True):
    """One message to deliver."""

    id: int | None = Field(default=None, primary_key=True)
    alert_id: int = Field(foreign_key="alert.id", unique=True)
    state: str = Field(default=State.DUE, index=True)
    attempts: int = 0
    due_at: datetime
    sent_at: datetime | None = None
    message_id: str = ""
    error: str = ""


def due(session: Session, platforms: Iterable[str], now: datetime, limit: int = 100) -> list[Outbox]:
    """Messages to send now on some platforms, oldest first."""
    query = _on(platforms).where(Outbox.state == State.DUE, Outbox.due_at <= now).order_by(col(Outbox.id)).limit(limit)
    return list(session.exec(query.with_for_update(skip_locked=True)))


def in_flight(session: Session, platforms: Iterable[str]) -> list[Outbox]:
    """Messages that were being sent on some platforms."""
    return list(session.exec(_on(platforms).where(Outbox.state == State.SENDING)))


def _on(platforms: Iterable[str]) -> SelectOfScalar[Outbox]:
    alerts = (
        select(Alert.id)
        .join(Channel, col(Channel.id) == Alert.channel_id)
        .join(Workspace, col(Workspace.id) == Channel.workspace_id)
        .where(col(Workspace.platform).in_(list(platforms)))
    )
    return select(Outbox).where(col(Outbox.alert_id).in_(alerts))
