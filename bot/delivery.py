"""Delivers the outbox: claim due rows -> compose -> post -> mark sent, or retry later, or give up with a reason.

Posting and marking can't be one transaction. A row is marked "sending" before it is posted; a row found in that state
at startup was interrupted and is sent again with the same key, which lets some platforms drop the repeat. So a crash
costs at most one repeated alert, and never loses one.
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
"""Seconds before each retry. After the last one, about eight hours in, an alert is no longer news."""

STALE = timedelta(seconds=sum(WAITS))
"""A message overdue by more than this, because the bot or its platform was down, is not sent."""


@dataclass(frozen=True)
class PendingPost:
    """A composed message, ready to post, or to replace one that was posted."""

    row: int
    """The id of its outbox row."""
    kind: MessageKind
    message: ComposedMessage


class Delivery:
    """Delivers due messages, one run at a time."""

    def __init__(self, engine: Engine, platforms: Mapping[str, Platform], clock: Clock, rules: Rules) -> None:
        self.engine = engine
        self.platforms = platforms
        self.clock = clock
        self.rules = rules
        self._running = asyncio.Lock()
        self._unsaved: list[Callable[[], None]] = []
        """Outcomes that could not be written to the store yet."""

    def recover(self) -> int:
        """Makes messages due again that were interrupted while being sent. Returns how many; for startup only."""
        with transaction(self.engine, writes=True) as session:
            rows = messages_in_flight(session, self.platforms)
            for row in rows:
                row.state = DeliveryState.DUE
        return len(rows)

    async def deliver(self) -> int:
        """Sends due messages and returns how many arrived."""
        async with self._running:
            unsaved, self._unsaved = self._unsaved, []
            for outcome in unsaved:
                await self._save(outcome)
            rows = await asyncio.to_thread(self._claim)
            posts = [post for row in rows if (post := await self._prepare(row))]
            return sum(await asyncio.gather(*(self._send(post) for post in posts)))

    def _claim(self) -> list[int]:
        """Marks the due rows as being sent and returns their ids. Composing here would block every other writer."""
        now = self.clock()
        claimed = []
        with transaction(self.engine, writes=True) as session:
            for row in due_messages(session, self.platforms, now):
                if now - row.due_at > STALE:
                    log.error("alert given up", row=row.id, reason="stale")
                    row.state, row.error = DeliveryState.FAILED, "The bot or this platform was down while it was news."
                    continue
                row.state = DeliveryState.SENDING
                row.attempts += 1
                claimed.append(row.id or 0)
        return claimed

    async def _prepare(self, row: int) -> PendingPost | None:
        """Composes the message of a row; None if there is nothing to send, which is recorded."""
        try:
            composed = await asyncio.to_thread(self._compose, row)
        except Exception as error:
            # One alert that can't be composed must not hold back the others.
            log.exception("alert not composed", row=row)
            await self._save(partial(self._retry, row, type(error).__name__, None))
            return None
        if composed is None:
            await self._save(partial(self._mark, row, DeliveryState.FAILED, "The channel or its news no longer exist."))
            return None
        return composed

    def _compose(self, row_id: int) -> PendingPost | None:
        with transaction(self.engine) as session:
            row = session.get_one(Outbox, row_id)
            message = compose(session, row, self.clock(), self.rules)
            return PendingPost(row_id, MessageKind(row.what), message) if message else None

    async def _send(self, post: PendingPost) -> bool:
        row, place = post.row, post.message.place
        try:
            message = await self._post(post)
        except PostRefused as refusal:
            log.error("alert refused", platform=place.platform, channel=place.channel, reason=refusal.reason)
            metrics.POSTS.labels(place.platform, "refused").inc()
            await self._save(partial(self._mark, row, DeliveryState.FAILED, refusal.reason))
        except PostDelayed as delay:
            metrics.POSTS.labels(place.platform, "delayed").inc()
            await self._save(partial(self._retry, row, delay.reason, delay.seconds))
        except Exception as error:
            metrics.POSTS.labels(place.platform, "failed").inc()
            log.exception("alert failed", platform=place.platform, channel=place.channel)
            await self._save(partial(self._retry, row, type(error).__name__, None))
        else:
            metrics.POSTS.labels(place.platform, "sent").inc()
            log.info("alert sent", platform=place.platform, channel=place.channel, message=message)
            await self._save(partial(self._mark, row, DeliveryState.SENT, "", message))
            return True
        return False

    async def _post(self, post: PendingPost) -> str:
        """Posts or edits, and returns the message's id. Raises PostDelayed or PostRefused."""
        place, reply, earlier = post.message.place, post.message.reply, post.message.message
        platform = self.platforms[place.platform]
        if post.kind is MessageKind.EDIT:
            await platform.edit(place, earlier, reply)
            return earlier
        under = earlier if post.kind is MessageKind.UPDATE else ""
        return await platform.post(place, reply, f"trendbot-{post.row}", under)

    async def _save(self, outcome: Callable[[], None]) -> None:
        """Writes an outcome to the store, or keeps it for the next run if that fails: nothing may be sent twice."""
        try:
            await asyncio.to_thread(outcome)
        except OperationalError:
            log.exception("outcome not saved")
            self._unsaved.append(outcome)

    def _mark(self, row_id: int, state: DeliveryState, error: str, message: str = "") -> None:
        with transaction(self.engine, writes=True) as session:
            row = session.get_one(Outbox, row_id)
            row.state, row.error, row.message_id = state, error, message
            if state is DeliveryState.SENT:
                row.sent_at = self.clock()

    def _retry(self, row_id: int, reason: str, seconds: float | None) -> None:
        """Makes a row due again after a wait of at least `seconds`, or failed after its last retry."""
        with transaction(self.engine, writes=True) as session:
            row = session.get_one(Outbox, row_id)
            if row.attempts > len(WAITS):
                log.error("alert given up", row=row.id, reason=reason, attempts=row.attempts)
                row.state, row.error = DeliveryState.FAILED, f"Gave up after {row.attempts} attempts: {reason}"
                return
            wait = max(seconds or 0.0, WAITS[row.attempts - 1])
            log.warning("alert delayed", row=row.id, reason=reason, seconds=wait)
            row.state, row.error, row.due_at = DeliveryState.DUE, reason, self.clock() + timedelta(seconds=wait)
