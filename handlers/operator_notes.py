"""What the operator's channel hears by itself: messages given up, jobs that fail, a full disk, a platform that is lost.

Each trouble is told once a day at most: its outbox key says what it is and of which day.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session, col, select

from chat.request import Place
from handlers.wording import counted
from models.channel import get_channel
from models.outbox import DeliveryState, MessageKind, Outbox, enqueue
from models.schedule import last_runs

LOW = 500 * 1024 * 1024
"""Free bytes below which a store may soon be unable to grow: an import batch and its journal take some 100 MB."""


def note_troubles(session: Session, now: datetime, place: Place | None, free: int) -> int:
    """Stores a note for each trouble of the day that was not told yet; gives their number.

    `free`: bytes on the disk of the store. Without an operator's channel nothing is stored.
    """
    if place is None:
        return 0
    notes = [*_undelivered(session, now), *_failing_jobs(session), *_full_disk(free)]
    return sum(_note(session, now, place, key, text) for key, text in notes)


def note_lost_platform(session: Session, now: datetime, place: Place | None, platform: str, reason: str) -> int:
    """Stores a note on a platform that does not let the bot in, for a channel on another one."""
    if place is None or place.platform == platform:
        return 0
    title = f"{platform.capitalize()} is lost"
    return _note(session, now, place, f"platform:{platform}", f"{title}\n{reason} It is tried again by itself.")


def _note(session: Session, now: datetime, place: Place, key: str, text: str) -> int:
    channel = get_channel(session, place.platform, place.workspace, place.channel, place.thread)
    stored = enqueue(session, MessageKind.NOTE, channel.id or 0, now, f"{key}:{now:%Y-%m-%d}", text=text)
    return 0 if stored is None else 1


def _undelivered(session: Session, now: datetime) -> Iterable[tuple[str, str]]:
    """Messages that were given up since the day began. Notes themselves are left out: they would breed others."""
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    query = (
        select(Outbox)
        .where(Outbox.state == DeliveryState.FAILED, Outbox.what != MessageKind.NOTE, Outbox.due_at >= day)
        .order_by(col(Outbox.id))
    )
    rows = list(session.exec(query))
    if rows:
        yield (
            "undelivered",
            f"{counted(len(rows), 'message')} could not be delivered\n"
            f"The last one because: {rows[-1].error}\n"
            "`trendbot outbox list --state failed` shows them, `trendbot outbox retry --all` tries again.",
        )


def _failing_jobs(session: Session) -> Iterable[tuple[str, str]]:
    for job in last_runs(session):
        if job.error:
            yield f"job:{job.name}", f"The job {job.name} fails\n{job.error}. It is tried again by itself."


def _full_disk(free: int) -> Iterable[tuple[str, str]]:
    if free < LOW:
        yield (
            "disk",
            f"Only {free // (1024 * 1024)} MB are free on the store's disk\n"
            "Make room, or set TRENDBOT_KEEP_DAYS so that old articles go; what is stored is safe.",
        )
