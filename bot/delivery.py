"""Empties the outbox: compose, post, mark; tries again later, and gives up in the open.

Posting and marking cannot be one act. A row is marked "sending" before it is posted; one that is found
so at start was cut off in between and is sent again, with the same key, so that a platform that can
will drop the repeat: a crash costs at most one repeated alert, never a lost one.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from bot import metrics
from bot.platform import Platform, PostDelayed, PostRefused
from bot.router import Clock
from handlers.composition import ComposedMessage, compose
from models.database import transaction
from models.outbox import DeliveryState, MessageKind, Outbox, due_messages, messages_in_flight
from signals.detector import Rules

log = structlog.get_logger()

WAITS = (5, 15, 60, 300, 900, 1800, 3600, 7200, 14400)
"""Seconds before each further try; after the last one, some eight hours on, an alert is no news any more."""


STALE = timedelta(seconds=sum(WAITS))
"""A message overdue by more, because we or its platform were off, is not sent any more."""


@dataclass(frozen=True)
class PendingPost:
    """One message on its way, or an edit of one that was sent."""

    row: int
    what: MessageKind
    message: ComposedMessage


class Delivery:
    """Delivers what is due, one run at a time."""

    def __init__(self, engine: Engine, platforms: Mapping[str, Platform], clock: Clock, rules: Rules) -> None:
        self.engine = engine
        self.platforms = platforms
        self.clock = clock
        self.rules = rules
        self._running = asyncio.Lock()
        self._unwritten: list[Callable[[], None]] = []

    def recover(self) -> int:
        """Makes due again what was cut off while being sent; says how many. For the start alone."""
        with transaction(self.engine, writes=True) as session:
            rows = messages_in_flight(session, self.platforms)
            for row in rows:
                row.state = DeliveryState.DUE
        return len(rows)

    async def deliver(self) -> int:
        """Sends what is due; says how many messages arrived."""
        async with self._running:
            unwritten, self._unwritten = self._unwritten, []
            for outcome in unwritten:
                await self._write(outcome)
            rows = await asyncio.to_thread(self._claim)
            parcels = [parcel for row in rows if (parcel := await self._pack(row))]
            return sum(await asyncio.gather(*(self._send(parcel) for parcel in parcels)))

    def _claim(self) -> list[int]:
        """The rows that are due, marked as being sent. Nothing is composed here: it would hold up every writer."""
        now = self.clock()
        claimed = []
        with transaction(self.engine, writes=True) as session:
            for row in due_messages(session, self.platforms, now):
                if now - row.due_at > STALE:
                    log.error("alert given up", row=row.id, reason="stale")
                    row.state, row.error = DeliveryState.FAILED, "The bot or this platform was off while it was news."
                    continue
                row.state = DeliveryState.SENDING
                row.attempts += 1
                claimed.append(row.id or 0)
        return claimed

    async def _pack(self, row: int) -> PendingPost | None:
        """The message of a row, or None when there is nothing to send, which is noted."""
        try:
            composed = await asyncio.to_thread(self._compose, row)
        except Exception as error:
            # One alert that can't be written must not hold back the others.
            log.exception("alert not written", row=row)
            await self._write(partial(self._later, row, type(error).__name__, None))
            return None
        if composed is None:
            await self._write(partial(self._mark, row, DeliveryState.FAILED, "The channel or its news are gone."))
            return None
        return composed

    def _compose(self, row_id: int) -> PendingPost | None:
        with transaction(self.engine) as session:
            row = session.get_one(Outbox, row_id)
            message = compose(session, row, self.clock(), self.rules)
            return PendingPost(row_id, MessageKind(row.what), message) if message else None

    async def _send(self, parcel: PendingPost) -> bool:
        row, place = parcel.row, parcel.message.place
        try:
            message = await self._hand_over(parcel)
        except PostRefused as refusal:
            log.error("alert refused", platform=place.platform, channel=place.channel, reason=refusal.reason)
            metrics.POSTS.labels(place.platform, "refused").inc()
            await self._write(partial(self._mark, row, DeliveryState.FAILED, refusal.reason))
        except PostDelayed as delay:
            metrics.POSTS.labels(place.platform, "delayed").inc()
            await self._write(partial(self._later, row, delay.reason, delay.seconds))
        except Exception as error:
            metrics.POSTS.labels(place.platform, "failed").inc()
            log.exception("alert failed", platform=place.platform, channel=place.channel)
            await self._write(partial(self._later, row, type(error).__name__, None))
        else:
            metrics.POSTS.labels(place.platform, "sent").inc()
            log.info("alert sent", platform=place.platform, channel=place.channel, message=message)
            await self._write(partial(self._mark, row, DeliveryState.SENT, "", message))
            return True
        return False

    async def _hand_over(self, parcel: PendingPost) -> str:
        """Posts or edits; gives the message's id. Raises PostDelayed or PostRefused."""
        place, reply, about = parcel.message.place, parcel.message.reply, parcel.message.message
        platform = self.platforms[place.platform]
        if parcel.what is MessageKind.EDIT:
            await platform.edit(place, about, reply)
            return about
        under = about if parcel.what is MessageKind.UPDATE else ""
        return await platform.post(place, reply, f"trendbot-{parcel.row}", under)

    async def _write(self, outcome: Callable[[], None]) -> None:
        """Writes how it went; with the next run when the store is locked, for what was sent must not be sent again."""
        try:
            await asyncio.to_thread(outcome)
        except OperationalError:
            log.exception("outcome not written")
            self._unwritten.append(outcome)

    def _mark(self, row_id: int, state: DeliveryState, error: str, message: str = "") -> None:
        with transaction(self.engine, writes=True) as session:
            row = session.get_one(Outbox, row_id)
            row.state, row.error, row.message_id = state, error, message
            if state is DeliveryState.SENT:
                row.sent_at = self.clock()

    def _later(self, row_id: int, reason: str, seconds: float | None) -> None:
        with transaction(self.engine, writes=True) as session:
            self._put_off(session.get_one(Outbox, row_id), reason, seconds)

    def _put_off(self, row: Outbox, reason: str, seconds: float | None) -> None:
        """Another try later; after the last one the row has failed, with a reason for people."""
        if row.attempts > len(WAITS):
            log.error("alert given up", row=row.id, reason=reason, attempts=row.attempts)
            row.state, row.error = DeliveryState.FAILED, f"Given up after {row.attempts} tries: {reason}"
            return
        wait = max(seconds or 0.0, WAITS[row.attempts - 1])
        log.warning("alert delayed", row=row.id, reason=reason, seconds=wait)
        row.state, row.error, row.due_at = DeliveryState.DUE, reason, self.clock() + timedelta(seconds=wait)
