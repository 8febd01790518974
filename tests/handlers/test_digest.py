"""Digests: when they come, once for each local day; and what they say."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from chat.plain import plain
from chat.request import Place
from handlers import composition, digest
from handlers.alerts import detect
from models.channel import Workspace, find_channel
from models.database import transaction
from models.digest import Digest
from models.outbox import MessageKind, Outbox
from signals.detector import Rules
from tests.conftest import NOON
from tests.news import DAY, HOUR, Talk, tell, usual_day

HERE = Place("slack", "T1", "C1")


def due(engine: Engine, now: datetime) -> int:
    with transaction(engine, writes=True) as session:
        return digest.enqueue_due_digests(session, now)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


async def test_set_show_and_off(stocked: Engine):
    talk = Talk(stocked, NOON, HERE)
    assert (await talk("/digest")).startswith("No digest in this channel\n")
    assert (await talk("/digest set hour 9 days mon-fri zone Europe/Berlin")).startswith(
        "Digest set\nPosted Monday to Friday at 09:00 Europe/Berlin. Next: Friday, 10 Apr 2026, 09:00 CEST."
    )
    assert "at 09:00 Europe/Berlin" in await talk("/digest show")
    # What is not named stays.
    assert "Monday to Friday at 17:00 Europe/Berlin" in await talk("/digest set hour 5pm")
    assert (await talk("/digest off")).startswith("Digest turned off\n")
    assert "/digest set hour 17 days mon,tue,wed,thu,fri zone Europe/Berlin" not in await talk("/digest")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("hour 9", "every day at 09:00 UTC"),
        ("hour 9:00 days daily", "every day at 09:00 UTC"),
        ("hour 12am days mon,thu", "Mon, Thu at 00:00 UTC"),
        ("hour 24 days fri-mon", "Mon, Fri, Sat, Sun at 00:00 UTC"),
        ("hour 17 days Monday - Wednesday", "Mon, Tue, Wed at 17:00 UTC"),
        ("hour 8 days weekends", "Sat, Sun at 08:00 UTC"),
    ],
)
async def test_hours_and_days_in_words(store: Engine, words: str, told: str):
    assert f"Posted {told}." in await Talk(store, NOON, HERE)(f"/digest set {words}")


@pytest.mark.parametrize(
    "words", ["", "hour 25", "hour noon", "hour 9 days someday", "hour 9 zone Mars/Base", "hour -1"]
)
async def test_what_cannot_be_set(store: Engine, words: str):
    assert not (await Talk(store, NOON, HERE)(f"/digest set {words}")).startswith("Digest set")
    with transaction(store) as session:
        assert session.exec(select(Digest)).all() == []


async def test_who_may_not_configure(store: Engine):
    said = await Talk(store, NOON, HERE, may_configure=False)("/digest set hour 9")
    assert said.startswith("Only people who manage this channel can use /digest set.")


@pytest.mark.parametrize(
    ("now", "number"),
    [
        ("2026-04-10 06:59", 0),
        ("2026-04-10 07:00", 1),
        ("2026-04-10 12:59", 1),  # six hours late at most
        ("2026-04-10 13:01", 0),
        ("2026-04-11 07:00", 0),  # a Saturday
    ],
)
async def test_it_comes_at_its_hour(store: Engine, now: str, number: int):
    await Talk(store, NOON, HERE)("/digest set hour 9 days mon-fri zone Europe/Berlin")
    assert due(store, at(now)) == number
    # A second look adds nothing.
    assert due(store, at(now)) == 0


@pytest.mark.parametrize(
    ("hour", "now", "number"),
    [
        (22, "2026-04-11 00:01", 1),  # off over midnight: Friday's comes on Saturday
        (23, "2026-04-11 04:59", 1),
        (23, "2026-04-11 05:01", 0),
        (22, "2026-04-12 00:01", 0),  # there is none on Saturdays
        (22, "2026-04-13 00:01", 0),  # nor on Sundays
    ],
)
async def test_a_late_one_is_not_lost_over_midnight(store: Engine, hour: int, now: str, number: int):
    await Talk(store, NOON, HERE)(f"/digest set hour {hour} days mon-fri")
    assert due(store, at(f"2026-04-09 {hour}:00")) == 1
    assert due(store, at(now)) == number
    assert due(store, at(now) + timedelta(minutes=1)) == 0
    assert due(store, at(f"2026-04-13 {hour}:00")) == 1


async def test_one_that_is_set_at_night_does_not_come_for_the_evening_before(store: Engine):
    await Talk(store, at("2026-04-10 01:00"), HERE)("/digest set hour 22")
    assert due(store, at("2026-04-10 01:01")) == 0
    assert due(store, at("2026-04-10 22:00")) == 1


@pytest.mark.parametrize(
    ("moved", "next_words", "then"),
    [
        ("hour 17", "Next: Friday, 10 Apr 2026, 17:00 UTC", "2026-04-10 17:00"),
        ("zone America/New_York", "Next: Friday, 10 Apr 2026, 09:00 EDT", "2026-04-10 13:00"),
    ],
)
async def test_one_that_is_moved_to_a_later_hour_comes_when_it_says(
    store: Engine, moved: str, next_words: str, then: str
):
    await Talk(store, NOON, HERE)("/digest set hour 9")
    assert due(store, at("2026-04-10 09:00")) == 1
    assert next_words in await Talk(store, at("2026-04-10 10:00"), HERE)(f"/digest set {moved}")
    assert due(store, at(then) - timedelta(minutes=1)) == 0
    assert due(store, at(then)) == 1
    assert due(store, at(then) + timedelta(minutes=1)) == 0


async def test_every_hour_of_a_week_brings_one_a_day(store: Engine):
    """Whatever its hour, with the bot off for three hours around each midnight."""
    for hour in range(24):
        await Talk(store, at("2026-04-05 23:59"), Place("slack", "T1", f"C{hour}"))(f"/digest set hour {hour}")
    on = [at("2026-04-06 02:00") + timedelta(hours=n) for n in range(7 * 24)]
    assert sum(due(store, now) for now in on if 2 <= now.hour < 22) == 7 * 24 - 2, "but for the last 22 and 23 o'clock"


async def test_a_clock_that_was_ahead_costs_no_digest(store: Engine):
    await Talk(store, NOON, HERE)("/digest set hour 9")
    assert due(store, NOON + 40 * DAY) == 1
    mornings = [at("2026-04-10 09:00") + n * DAY for n in range(42)]
    assert [due(store, now) for now in mornings] == [1] * 42


async def test_the_hour_that_comes_twice_brings_one(store: Engine):
    await Talk(store, at("2026-10-24 12:00"), HERE)("/digest set hour 2 zone Europe/Berlin")
    # 25 October: 2:00 in Berlin is at 0:00 UTC, and again at 1:00 UTC.
    runs = [due(store, at("2026-10-25 00:00") + timedelta(minutes=30) * n) for n in range(4)]
    assert sum(runs) == 1


async def test_the_hour_that_is_skipped_comes_after_it(store: Engine):
    await Talk(store, at("2026-03-28 12:00"), HERE)("/digest set hour 2 zone Europe/Berlin")
    assert due(store, at("2026-03-29 00:59")) == 0
    assert due(store, at("2026-03-29 01:00")) == 1


async def test_a_workspace_that_was_left_gets_none(store: Engine):
    await Talk(store, NOON, HERE)("/digest set hour 9")
    with transaction(store, writes=True) as session:
        session.exec(select(Workspace)).one().left_at = NOON
    assert due(store, NOON + DAY) == 0


async def test_what_it_says(launch: Engine):
    talk = Talk(launch, NOON - 2 * DAY, HERE)
    await talk("/watch add Meta")
    await talk("/digest set hour 12")
    assert due(launch, NOON) == 1
    with transaction(launch) as session:
        row = session.exec(select(Outbox).where(Outbox.what == MessageKind.DIGEST)).one()
        composed = composition.compose(session, row, NOON, Rules())
    assert composed is not None
    assert composed.place == HERE
    said = plain(composed.reply)
    assert said.startswith(
        "AI news, Thursday 9 Apr 2026\n1 spike in the 24 hours to 9 Apr 2026, 12:00 UTC; 40 stories read."
    )
    titles = [section.title for section in composed.reply.sections]
    assert titles[:2] == ["Spiking", "Top headlines"]
    assert "  - Meta (22 stories, " in said
    assert "Next digest: Friday, 10 Apr 2026, 12:00 UTC" in said


async def test_after_a_weekend_it_tells_of_the_weekend(launch: Engine):
    await Talk(launch, NOON - 7 * DAY, HERE)("/watch add Meta")
    with transaction(launch, writes=True) as session:
        assert len(detect.detect_spikes(session, NOON, Rules())) == 1
    monday = NOON + 4 * DAY
    await Talk(launch, monday - HOUR, HERE)("/digest set hour 12 days mon,thu")
    tell(launch, *(usual_day("Meta", monday - n * DAY - HOUR) for n in range(4)))
    with transaction(launch) as session:
        channel = find_channel(session, "slack", "T1", "C1")
        said = digest.digest_reply(session, channel, monday, Rules())
    before = next(section for section in said.sections if section.title == "Spiked since the last digest")
    assert [(item.text, item.note) for item in before.items] == [
        ("Muse Spark", "from 9 Apr 2026, 12:00 UTC, peak 20 stories, z 13.3")
    ]


async def test_a_preview_is_of_the_newest_news(launch: Engine):
    said = await Talk(launch, NOON + 9 * DAY, HERE)("/digest preview")
    assert said.startswith("AI news, Thursday 9 Apr 2026\n1 spike")
