"""The outbox: alerts on their way to a channel. Written with the alert, emptied by delivery."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, Session, SQLModel, col, select


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


def due(session: Session, now: datetime, limit: int = 100) -> list[Outbox]:
    """Messages to send now, oldest first."""
    query = select(Outbox).where(Outbox.state == State.DUE, Outbox.due_at <= now).order_by(col(Outbox.id)).limit(limit)
    return list(session.exec(query.with_for_update(skip_locked=True)))


def in_flight(session: Session) -> list[Outbox]:
    """Messages that were being sent."""
    return list(session.exec(select(Outbox).where(Outbox.state == State.SENDING)))
