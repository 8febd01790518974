"""Delivers the outbox: claim due rows -> compose -> post -> mark sent, or retry later, or give up with a reason.

    due -> a channel's next message is claimed -> posted -> sent
                                               -> due later: the platform is slow or down (WAITS)
                                               -> kept for a day: refused for a removable cause
                                               -> failed: refused for good, or after the last attempt

Posting and marking can't be one act. A row is claimed with a lease before it is posted. If the process dies in
between, the lease runs out and the message is sent again with the same key, after a check whether it has arrived.
One message per channel is claimed at a time, so a crash repeats one per channel at most. Messages that were cut off
are then sent one by one: a message that crashes its process ends as a dead letter and takes no others with it.
"""

import asyncio
import logging
import os
import secrets
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import Session

from bot import metrics
from bot.clock import Clock, ClockWatch
from bot.platform import Platform, PostBlocked, PostDelayed, PostRefused
from handlers.composition import ComposedMessage, compose
from models.database import transaction
from models.outbox import (
    CUT_OFF,
    KEPT_REFUSED,
    DeliveryState,
    MessageKind,
    Outbox,
    abandoned_messages,
    claim_next,
    cut_off_messages,
    due_channels,
    renew_leases,
)
from signals.detector import Rules

log = logging.getLogger(__name__)

WAITS = (5, 15, 60, 300, 900, 1800, 3600, 7200, 14400)
"""Seconds before each retry. After the last one, about eight hours in, an alert is no longer news."""

STALE = timedelta(seconds=sum(WAITS))
"""A message overdue by more than this, because the bot or its platform was down, is not sent."""

LEASE = timedelta(seconds=60)
"""How long a claim holds without being renewed; after that another process takes over."""

RENEW_SECONDS = 15.0

CHANNELS = 100
"""Channels served in parallel."""

REFUSED_WAITS = timedelta(minutes=1), timedelta(hours=1)
"""Minimum and maximum pause between two attempts of a refused message; in between, as long as it has been refused."""


STORE_AWAY = (OperationalError, PoolTimeout)
"""Errors of a store that is locked, full or out of reach."""


@dataclass(frozen=True)
class PendingPost:
    """A composed message, ready to post, or to replace one that was posted."""

    row: int
    """The id of its outbox row."""
    kind: MessageKind
    message: ComposedMessage
    since: datetime | None
    """The first attempt, if there was one before: the message may have arrived."""


class Delivery:
    """Delivers due messages, one run at a time."""

    def __init__(
        self,
        engine: Engine,
        platforms: Mapping[str, Platform],
        clock: Clock,
        rules: Rules,
        watch: ClockWatch | None = None,
    ) -> None:
        self.engine = engine
        self.platforms = platforms
        self.clock = clock
        self.rules = rules
        self.watch = watch or ClockWatch()
        self.owner = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self.stopping = False
        """Once set, messages being sent are finished and no more are claimed."""
        self._running = asyncio.Lock()
        self._unsaved: dict[int, Callable[[], None]] = {}
        """Outcomes that could not be stored yet, by row."""
        self._clock_jumped = False

    def recover(self, sole: bool = False) -> int:
        """Makes messages due again whose process died while sending them; returns how many.

        With `sole` this is the only process, so any claim of another one is void, whatever its lease says.
        """
        now, owner = self.clock(), self.owner if sole else ""

        def abandoned(session: Session) -> list[Outbox]:
            found = abandoned_messages(session, self.platforms, now, LEASE, owner)
            return [row for row in found if row.id not in self._unsaved]

        with transaction(self.engine) as session:
            if not abandoned(session):
                return 0
        with transaction(self.engine, writes=True) as session:
            rows = abandoned(session)
            for row in rows:
                if row.attempts > len(WAITS):
                    _give_up(row, CUT_OFF)
                else:
                    row.state, row.error = DeliveryState.DUE, CUT_OFF
        return len(rows)

    async def deliver(self) -> int:
        """Sends due messages and returns how many arrived."""
        async with self._running:
            for row, outcome in list(self._unsaved.items()):
                await self._save(row, outcome)
            self._clock_jumped = self.watch.jumped(self.clock())
            if recovered := await asyncio.to_thread(self.recover):
                log.warning("messages were cut off while being sent, and are sent again", extra={"number": recovered})
            channels, alone = await asyncio.to_thread(self._look)
            if not channels and not alone:
                return 0
            renewing = asyncio.create_task(self._renew())
            try:
                served = (self._serve(channel_id=channel) for channel in channels[:CHANNELS])
                # All are waited for, also when one fails: what is being sent must be marked so.
                results = await asyncio.gather(*served, return_exceptions=True)
                sent = sum(one for one in results if isinstance(one, int))
                for error in (one for one in results if isinstance(one, BaseException)):
                    raise error
                for row in alone:
                    sent += await self._serve(id=row)
            finally:
                renewing.cancel()
            return sent

    def _look(self) -> tuple[list[int], list[int]]:
        now = self.clock()
        with transaction(self.engine) as session:
            return due_channels(session, self.platforms, now), cut_off_messages(session, self.platforms, now)

    async def _renew(self) -> None:
        """Renews our claims while messages are being sent; runs until it is cancelled."""
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            try:
                await asyncio.to_thread(self._renew_once)
            except STORE_AWAY:
                log.exception("claims not renewed")

    def _renew_once(self) -> None:
        with transaction(self.engine, writes=True) as session:
            renew_leases(session, self.owner, self.clock() + LEASE)

    async def _serve(self, **which: int) -> int:
        """Sends a channel's due messages one after the other, or a single message by id; returns how many arrived."""
        sent = 0
        while not self.stopping and (claim := await self._claimed(**which)):
            post = await self._prepare(*claim)
            state = await self._send(post) if post else DeliveryState.FAILED
            sent += state is DeliveryState.SENT
            if state is DeliveryState.DUE or "id" in which:
                # What holds one message up would hold up the channel's others; they are tried with the next run.
                break
        return sent

    async def _claimed(self, **which: int) -> tuple[int, datetime | None] | None:
        try:
            return await asyncio.to_thread(self._claim, **which)
        except STORE_AWAY:
            # A store that is held by a long import: the next run finds the message still due.
            log.exception("nothing claimed")
            return None

    def _claim(self, **which: int) -> tuple[int, datetime | None] | None:
        """Marks a due row as being sent; returns its id and the time of its first attempt, if there was one before.

        Composing here would block every other writer.
        """
        now = self.clock()
        with transaction(self.engine, writes=True) as session:
            while row := claim_next(session, now, self.owner, LEASE, **which):
                if self._expired(row, now):
                    log.error("alert given up", extra={"row": row.id, "reason": "stale"})
                    row.state = DeliveryState.FAILED
                    if row.refused_at is None:
                        row.error = "The bot or this platform was down while it was news."
                    continue
                since, row.first_tried_at = row.first_tried_at, row.first_tried_at or now
                return row.id or 0, since
        return None

    def _expired(self, row: Outbox, now: datetime) -> bool:
        if self._clock_jumped:
            # It may only seem overdue.
            return False
        if row.refused_at is not None:
            return now - row.refused_at > KEPT_REFUSED
        return now - row.due_at > STALE

    async def _prepare(self, row: int, since: datetime | None) -> PendingPost | None:
        """Composes the message of a row; None if there is nothing to send, which is recorded."""
        try:
            composed = await asyncio.to_thread(self._compose, row, since)
        except Exception as error:
            # One alert that can't be composed must not hold back the others.
            log.exception("alert not composed", extra={"row": row})
            await self._save(row, partial(self._retry, row, type(error).__name__, None))
            return None
        if composed is None:
            await self._save(
                row, partial(self._mark, row, DeliveryState.FAILED, "The channel or its news no longer exist.")
            )
            return None
        return composed

    def _compose(self, row_id: int, since: datetime | None) -> PendingPost | None:
        with transaction(self.engine) as session:
            row = session.get_one(Outbox, row_id)
            message = compose(session, row, self.clock(), self.rules)
            return PendingPost(row_id, MessageKind(row.what), message, since) if message else None

    async def _send(self, post: PendingPost) -> DeliveryState:
        row, place = post.row, post.message.place
        try:
            message = await self._post(post)
        except PostBlocked as refusal:
            metrics.POSTS.labels(place.platform, "refused").inc()
            log.warning(
                "alert refused for now",
                extra={"platform": place.platform, "channel": place.channel, "reason": refusal.reason},
            )
            await self._save(row, partial(self._keep, row, refusal.reason))
        except PostRefused as refusal:
            log.error(
                "alert refused", extra={"platform": place.platform, "channel": place.channel, "reason": refusal.reason}
            )
            metrics.POSTS.labels(place.platform, "refused").inc()
            await self._save(row, partial(self._mark, row, DeliveryState.FAILED, refusal.reason))
            return DeliveryState.FAILED
        except PostDelayed as delay:
            metrics.POSTS.labels(place.platform, "delayed").inc()
            await self._save(row, partial(self._retry, row, delay.reason, delay.seconds))
        except Exception as error:
            metrics.POSTS.labels(place.platform, "failed").inc()
            log.exception("alert failed", extra={"platform": place.platform, "channel": place.channel})
            await self._save(row, partial(self._retry, row, type(error).__name__, None))
        else:
            metrics.POSTS.labels(place.platform, "sent").inc()
            log.info("alert sent", extra={"platform": place.platform, "channel": place.channel, "message_id": message})
            await self._save(row, partial(self._mark, row, DeliveryState.SENT, "", message))
            return DeliveryState.SENT
        return DeliveryState.DUE

    async def _post(self, post: PendingPost) -> str:
        """Posts or edits, and returns the message's id. Raises PostDelayed or PostRefused."""
        place, reply, earlier = post.message.place, post.message.reply, post.message.message
        platform = self.platforms[place.platform]
        if post.kind is MessageKind.EDIT:
            await platform.edit(place, earlier, reply)
            return earlier
        under = earlier if post.kind is MessageKind.UPDATE else ""
        return await platform.post(place, reply, f"trendbot-{post.row}", under, post.since)

    async def _save(self, row: int, outcome: Callable[[], None]) -> None:
        """Writes an outcome to the store, or keeps it for the next run if that fails: nothing may be sent twice."""
        try:
            await asyncio.to_thread(outcome)
        except STORE_AWAY:
            log.exception("outcome not saved")
            self._unsaved[row] = outcome
        else:
            self._unsaved.pop(row, None)

    def _mark(self, row_id: int, state: DeliveryState, error: str, message: str = "") -> None:
        with transaction(self.engine, writes=True) as session:
            row = session.get(Outbox, row_id)
            if row is None or (state is not DeliveryState.SENT and not self._ours(row)):
                return
            if state is DeliveryState.SENT:
                row.sent_at, row.refused_at = self.clock(), None
            row.state, row.error, row.message_id = state, error, message

    def _retry(self, row_id: int, reason: str, seconds: float | None) -> None:
        """Makes a row due again after a wait of at least `seconds`, or failed after its last attempt."""
        with transaction(self.engine, writes=True) as session:
            row = session.get(Outbox, row_id)
            if row is None or not self._ours(row):
                return
            if row.attempts > len(WAITS):
                _give_up(row, reason)
                return
            wait = max(min(seconds or 0.0, WAITS[-1]), WAITS[row.attempts - 1])
            log.warning("alert delayed", extra={"row": row.id, "reason": reason, "seconds": wait})
            self._put_off(row, reason, timedelta(seconds=wait))

    def _keep(self, row_id: int, reason: str) -> None:
        """Keeps a message that was refused for a removable cause: it is tried for a day, after growing pauses."""
        with transaction(self.engine, writes=True) as session:
            row = session.get(Outbox, row_id)
            if row is None or not self._ours(row):
                return
            now = self.clock()
            row.refused_at = min(row.refused_at or now, now)
            # The platform has answered, so none of these attempts was cut off.
            row.attempts = 0
            shortest, longest = REFUSED_WAITS
            self._put_off(row, reason, min(max(now - row.refused_at, shortest), longest))

    def _put_off(self, row: Outbox, reason: str, wait: timedelta) -> None:
        row.state, row.error, row.due_set_at = DeliveryState.DUE, reason, self.clock()
        row.due_at = row.due_set_at + wait

    def _ours(self, row: Outbox) -> bool:
        """Whether this process still holds the claim; after a long pause another one may have taken it over."""
        return row.state == DeliveryState.SENDING and row.owner == self.owner


def _give_up(row: Outbox, reason: str) -> None:
    log.error("alert given up", extra={"row": row.id, "reason": reason, "attempts": row.attempts})
    row.state, row.error = DeliveryState.FAILED, f"Gave up after {row.attempts} attempts: {reason}"
