"""The operator's channel hears of each trouble once a day, and never of its own notes."""

from datetime import timedelta

from sqlalchemy import Engine
from sqlmodel import select

from chat.request import Place
from handlers.operator_notes import LOW, note_lost_platform, note_troubles
from models.channel import get_channel
from models.database import transaction
from models.outbox import DeliveryState, MessageKind, Outbox, enqueue
from models.schedule import Schedule
from tests.conftest import NOON

OPERATOR = Place("slack", "T1", "C9")
PLENTY = 10 * LOW


def notes(engine: Engine) -> list[str]:
    with transaction(engine) as session:
        rows = session.exec(select(Outbox).where(Outbox.what == MessageKind.NOTE)).all()
        return [row.text.split("\n")[0] for row in rows]


def run(engine: Engine, now=NOON, place: Place | None = OPERATOR, free: int = PLENTY) -> int:
    with transaction(engine, writes=True) as session:
        return note_troubles(session, now, place, free)


def fail(engine: Engine, what: MessageKind = MessageKind.TEST) -> None:
    with transaction(engine, writes=True) as session:
        channel = get_channel(session, "discord", "1", "2")
        row = enqueue(session, what, channel.id or 0, NOON, f"{what} that fails", text="x")
        assert row is not None
        row.state, row.error = DeliveryState.FAILED, "I lack Send Messages."


def test_all_is_well(stocked: Engine):
    assert run(stocked) == 0


def test_each_trouble_is_told_once_a_day(stocked: Engine):
    fail(stocked)
    with transaction(stocked, writes=True) as session:
        session.merge(Schedule(name="poll", started_at=NOON, finished_at=NOON, error="KeyError at 12:00 UTC"))
    assert run(stocked, free=LOW - 1) == 3
    assert notes(stocked) == [
        "1 message could not be delivered",
        "The job poll fails",
        "Only 499 MB are free on the store's disk",
    ]
    assert run(stocked, NOON + timedelta(hours=3), free=LOW - 1) == 0
    # The next day what still is wrong is told again; the message of yesterday is not.
    assert run(stocked, NOON + timedelta(days=1), free=LOW - 1) == 2


def test_a_note_that_is_not_delivered_breeds_no_other(stocked: Engine):
    fail(stocked, MessageKind.NOTE)
    assert run(stocked) == 0


def test_without_a_channel_nothing_is_kept(stocked: Engine):
    fail(stocked)
    assert run(stocked, place=None) == 0
    assert notes(stocked) == []


def test_a_lost_platform_is_told_on_the_other_one(stocked: Engine):
    with transaction(stocked, writes=True) as session:
        assert note_lost_platform(session, NOON, OPERATOR, "slack", "The token is revoked.") == 0
        assert note_lost_platform(session, NOON, OPERATOR, "discord", "The token is revoked.") == 1
        assert note_lost_platform(session, NOON, OPERATOR, "discord", "The token is revoked.") == 0
    assert notes(stocked) == ["Discord is lost"]
