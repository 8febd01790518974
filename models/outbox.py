"""The outbox: messages to channels, written in the transaction that causes them and emptied by delivery."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, Session, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from models.channel import Channel, Workspace


class DeliveryState(StrEnum):
    """Where a message is on its way."""

    DUE = "due"
    SENDING = "sending"
    """Handed to the platform; if found at start, the program stopped in between."""
    SENT = "sent"
    FAILED = "failed"
    """Dead letter: given up, with the reason in `error`."""


class MessageKind(StrEnum):
    """What a message is."""

    ALERT = "alert"
    EDIT = "edit"
    """Edits the alert's own message, because the spike has grown or cooled."""
    UPDATE = "update"
    """A message in the alert's thread: the spike has doubled."""
    DIGEST = "digest"
    TEST = "test"
    NOTE = "note"
    """A sentence for an operator's channel, kept in `text`."""


class Outbox(SQLModel, table=True):
    """One message to deliver."""

    id: int | None = Field(default=None, primary_key=True)
    channel_id: int = Field(foreign_key="channel.id")
    what: str = MessageKind.ALERT
    key: str = Field(unique=True)
    """Its kind, subject and time: no message is stored twice."""
    alert_id: int | None = Field(default=None, foreign_key="alert.id", index=True)
    text: str = ""
    state: str = Field(default=DeliveryState.DUE, index=True)
    attempts: int = 0
    due_at: datetime
    sent_at: datetime | None = None
    message_id: str = ""
    error: str = ""


def enqueue(
    session: Session,
    what: MessageKind,
    channel_id: int,
    due_at: datetime,
    key: str,
    alert_id: int | None = None,
    text: str = "",
) -> Outbox | None:
    """Stores a message; returns None if it is already stored."""
    key = f"{what}:{key}"
    if session.exec(select(Outbox.id).where(Outbox.key == key)).first() is not None:
        return None
    row = Outbox(channel_id=channel_id, what=what, key=key, alert_id=alert_id, text=text, due_at=due_at)
    session.add(row)
    return row


def first_message(session: Session, alert_id: int) -> Outbox | None:
    """An alert's own message, or None."""
    return session.exec(select(Outbox).where(Outbox.alert_id == alert_id, Outbox.what == MessageKind.ALERT)).first()


def due_messages(session: Session, platforms: Iterable[str], now: datetime, limit: int = 100) -> list[Outbox]:
    """Messages due now on some platforms, oldest first."""
    query = (
        _on(platforms)
        .where(Outbox.state == DeliveryState.DUE, Outbox.due_at <= now)
        .order_by(col(Outbox.id))
        .limit(limit)
    )
    return list(session.exec(query.with_for_update(skip_locked=True)))


def failed_messages(session: Session) -> list[Outbox]:
    """Messages that could not be delivered, oldest first."""
    return list(session.exec(select(Outbox).where(Outbox.state == DeliveryState.FAILED).order_by(col(Outbox.id))))


def messages_in_flight(session: Session, platforms: Iterable[str]) -> list[Outbox]:
    """Messages of some platforms that were being sent."""
    return list(session.exec(_on(platforms).where(Outbox.state == DeliveryState.SENDING)))


def _on(platforms: Iterable[str]) -> SelectOfScalar[Outbox]:
    channels = (
        select(Channel.id)
        .join(Workspace, col(Workspace.id) == Channel.workspace_id)
        .where(col(Workspace.platform).in_(list(platforms)), col(Workspace.left_at).is_(None))
    )
    return select(Outbox).where(col(Outbox.channel_id).in_(channels))
