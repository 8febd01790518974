"""Empties the outbox: compose, post, mark; tries again later, and gives up in the open.

Posting and marking cannot be one act. A row is marked "sending" before it is posted; one that is found
so at start was cut off in between and is sent again, with the same key, so that a platform that can
will drop the repeat: a crash costs at most one repeated alert, never a lost one.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy import Engine

from bot.platform import Platform, PostDelayed, PostRefused
from bot.router import Clock
from chat.reply import Reply
from chat.request import Place
from handlers.alerts import compose
from models.database import transaction
from models.outbox import Outbox, State, due, in_flight
from signals.detector import Rules

log = structlog.get_logger()

WAITS = (5, 15, 60, 300, 900, 1800, 3600, 7200, 14400)
"""Seconds before each further try; after the last one, some eight hours on, an alert is no news any more."""


@dataclass(frozen=True)
class Parcel:
    """One message on its way."""

    row: int
    attempts: int
    place: Place
    reply: Reply


class Delivery:
    """Delivers what is due, one run at a time."""

    def __init__(self, engine: Engine, platforms: Mapping[str, Platform], clock: Clock, rules: Rules) -> None:
        self.engine = engine
        self.platforms = platforms
        self.clock = clock
        self.rules = rules
        self._running = asyncio.Lock()

    def recover(self) -> int:
        """Makes due again what was cut off while being sent; says how many. For the start alone."""
        with transaction(self.engine, writes=True) as session:
            rows = in_flight(session)
            for row in rows:
                row.state = State.DUE
        return len(rows)

    async def deliver(self) -> int:
        """Sends what is due; says how many messages arrived."""
        async with self._running:
            parcels = await asyncio.to_thread(self._pack)
            return sum(await asyncio.gather(*(self._send(parcel) for parcel in parcels)))

    def _pack(self) -> list[Parcel]:
        now = self.clock()
        parcels = []
        with transaction(self.engine, writes=True) as session:
            for row in due(session, now):
                composed = compose(session, row, now, self.rules)
                if composed is None:
                    row.state, row.error = State.FAILED, "The channel or its news are gone."
                    continue
                place, reply = composed
                if place.platform not in self.platforms:
                    # Kept, not failed: the platform may be switched on again tomorrow.
                    row.due_at = now + timedelta(seconds=WAITS[-1])
                    continue
                row.state = State.SENDING
                row.attempts += 1
                parcels.append(Parcel(row.id or 0, row.attempts, place, reply))
        return parcels

    async def _send(self, parcel: Parcel) -> bool:
        place = parcel.place
        try:
            message = await self.platforms[place.platform].post(place, parcel.reply, f"trendbot-{parcel.row}")
        except PostRefused as refusal:
            log.error("alert refused", platform=place.platform, channel=place.channel, reason=refusal.reason)
            await asyncio.to_thread(self._mark, parcel, State.FAILED, refusal.reason)
        except PostDelayed as delay:
            await asyncio.to_thread(self._later, parcel, delay.reason, delay.seconds)
        except Exception as error:
            log.exception("alert failed", platform=place.platform, channel=place.channel)
            await asyncio.to_thread(self._later, parcel, type(error).__name__, None)
        else:
            log.info("alert sent", platform=place.platform, channel=place.channel, message=message)
            await asyncio.to_thread(self._mark, parcel, State.SENT, "", message)
            return True
        return False

    def _mark(self, parcel: Parcel, state: State, error: str, message: str = "") -> None:
        with transaction(self.engine, writes=True) as session:
            row = session.get_one(Outbox, parcel.row)
            row.state, row.error, row.message_id = state, error, message
            if state is State.SENT:
                row.sent_at = self.clock()

    def _later(self, parcel: Parcel, reason: str, seconds: float | None) -> None:
        if parcel.attempts > len(WAITS):
            log.error("alert given up", channel=parcel.place.channel, reason=reason, attempts=parcel.attempts)
            self._mark(parcel, State.FAILED, f"Given up after {parcel.attempts} tries: {reason}")
            return
        wait = max(seconds or 0.0, WAITS[parcel.attempts - 1])
        log.warning("alert delayed", channel=parcel.place.channel, reason=reason, seconds=wait)
        with transaction(self.engine, writes=True) as session:
            row = session.get_one(Outbox, parcel.row)
            row.state, row.error, row.due_at = State.DUE, reason, self.clock() + timedelta(seconds=wait)
