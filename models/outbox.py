"""The outbox: messages to channels, written in the transaction that causes them and emptied by delivery.

due -> claimed by one process, which renews its lease -> sent, due again, or failed
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement
from sqlalchemy import text as sql
from sqlmodel import Field, Session, SQLModel, and_, col, func, or_, select, update

from models import alert  # noqa: F401 - keys point at its table
from models.channel import Channel, Workspace

LONGEST_PAUSE = timedelta(hours=24)
"""The longest wait for a retry or for the end of quiet hours. A message due later than that is due now."""

SKEW = timedelta(minutes=1)
"""Difference allowed between the clocks of two machines."""

KEPT_REFUSED = timedelta(hours=24)
"""How long a message is kept that was refused for a removable cause."""

CUT_OFF = "The bot was stopped while it sent this."
"""The `error` of a message whose process ended while it was sent."""

LEFT = "The bot was removed from this workspace."
"""The `error` of a message to a workspace that has removed the bot."""


class DeliveryState(StrEnum):
    """Where a message is on its way."""

    DUE = "due"
    SENDING = "sending"
    """Claimed by a process (`owner`). Once the lease has run out, that process is taken for dead."""
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
    """Claims since the platform last gave a definite answer."""
    due_at: datetime
    due_set_at: datetime | None = None
    """When `due_at` was set. If that lies in the future, the clock has been set back since."""
    owner: str = Field(default="", sa_column_kwargs={"server_default": sql("''")})
    """The process that claimed it last."""
    leased_until: datetime | None = None
    first_tried_at: datetime | None = None
    """When it was first claimed. A copy already on the platform can't be older."""
    refused_at: datetime | None = None
    """Since when it has been refused for a removable cause."""
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
    now: datetime | None = None,
) -> Outbox | None:
    """Stores a message; returns None if it is already stored. `now` is needed only for a message that is due later."""
    key = f"{what}:{key}"
    if session.exec(select(Outbox.id).where(Outbox.key == key)).first() is not None:
        return None
    row = Outbox(
        channel_id=channel_id,
        what=what,
        key=key,
        alert_id=alert_id,
        text=text,
        due_at=due_at,
        due_set_at=now or due_at,
    )
    session.add(row)
    return row


def first_message(session: Session, alert_id: int) -> Outbox | None:
    """An alert's own message, or None."""
    return session.exec(select(Outbox).where(Outbox.alert_id == alert_id, Outbox.what == MessageKind.ALERT)).first()


def due_channels(session: Session, platforms: Iterable[str], now: datetime) -> list[int]:
    """Ids of the channels with due messages on some platforms, longest waiting first; cut-off messages do not count."""
    query = (
        select(Outbox.channel_id)
        .where(_on(platforms), _is_due(now), Outbox.error != CUT_OFF)
        .group_by(col(Outbox.channel_id))
        .order_by(func.min(Outbox.due_at))
    )
    return list(session.exec(query))


def cut_off_messages(session: Session, platforms: Iterable[str], now: datetime) -> list[int]:
    """Ids of due messages whose process died while sending them, least tried first: one of them may be the cause."""
    query = (
        select(Outbox.id)
        .where(_on(platforms), _is_due(now), Outbox.error == CUT_OFF)
        .order_by(col(Outbox.attempts), col(Outbox.id))
    )
    return [key or 0 for key in session.exec(query)]


def claim_next(session: Session, now: datetime, owner: str, lease: timedelta, **which: int) -> Outbox | None:
    """Claims the next message of a channel (`channel_id=`) or a single one (`id=`); returns None if none is due.

    Rows that another process is claiming are skipped. A claim counts as an attempt.
    """
    query = select(Outbox).filter_by(**which).where(_is_due(now)).order_by(col(Outbox.due_at), col(Outbox.id)).limit(1)
    if "channel_id" in which:
        query = query.where(Outbox.error != CUT_OFF)
    row = session.exec(query.with_for_update(skip_locked=True)).first()
    if row is not None:
        row.state, row.owner, row.leased_until = DeliveryState.SENDING, owner, now + lease
        row.attempts += 1
    return row


def renew_leases(session: Session, owner: str, until: datetime) -> None:
    """Extends the leases of everything that a process is sending."""
    session.exec(
        update(Outbox)
        .where(col(Outbox.state) == DeliveryState.SENDING, col(Outbox.owner) == owner)
        .values(leased_until=until)
    )


def abandoned_messages(
    session: Session, platforms: Iterable[str], now: datetime, lease: timedelta, owner: str = ""
) -> list[Outbox]:
    """Claimed messages of some platforms whose lease has run out.

    Given `owner`, that process is the only one, and every claim of another is abandoned too.
    """
    # A lease longer than any that is given comes from a clock that was ahead.
    over = or_(
        col(Outbox.leased_until).is_(None),
        col(Outbox.leased_until) <= now,
        col(Outbox.leased_until) > now + lease + SKEW,
        *([col(Outbox.owner) != owner] if owner else []),
    )
    query = select(Outbox).where(_on(platforms), Outbox.state == DeliveryState.SENDING, over)
    return list(session.exec(query.with_for_update(skip_locked=True)))


def failed_messages(session: Session) -> list[Outbox]:
    """Messages that could not be delivered, oldest first."""
    return list(session.exec(select(Outbox).where(Outbox.state == DeliveryState.FAILED).order_by(col(Outbox.id))))


def hold_back(session: Session, home: Workspace, now: datetime) -> None:
    """Marks the due messages of a workspace that removed the bot as refused, so that they are kept for a day."""
    waiting = and_(_in(home), col(Outbox.state) == DeliveryState.DUE, col(Outbox.refused_at).is_(None))
    session.exec(update(Outbox).where(waiting).values(refused_at=now, error=LEFT))


def retry_refused(session: Session, home: Workspace, now: datetime, channel: str = "") -> int:
    """Makes refused messages of a workspace, or of one of its channels, due now; returns how many."""
    waiting = and_(_in(home, channel), col(Outbox.state) == DeliveryState.DUE, col(Outbox.refused_at).is_not(None))
    rows = list(session.exec(select(Outbox).where(waiting)))
    for row in rows:
        row.due_at = row.due_set_at = now
    return len(rows)


def _is_due(now: datetime) -> ColumnElement[bool]:
    # Due times set by a clock that was ahead, or before it was set back, would be reached too late.
    moved = or_(col(Outbox.due_set_at) > now + SKEW, col(Outbox.due_at) > now + LONGEST_PAUSE)
    return and_(col(Outbox.state) == DeliveryState.DUE, or_(col(Outbox.due_at) <= now, moved))


def _in(home: Workspace, channel: str = "") -> ColumnElement[bool]:
    channels = select(Channel.id).where(Channel.workspace_id == home.id)
    return col(Outbox.channel_id).in_(channels.where(Channel.external_id == channel) if channel else channels)


def _on(platforms: Iterable[str]) -> ColumnElement[bool]:
    channels = (
        select(Channel.id)
        .join(Workspace, col(Workspace.id) == Channel.workspace_id)
        .where(col(Workspace.platform).in_(list(platforms)), col(Workspace.left_at).is_(None))
    )
    return col(Outbox.channel_id).in_(channels)
