"""The jobs: one that fails is noted and shown, and the next run goes on."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from apscheduler.job import Job
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy import Engine
from sqlmodel import select

from bot import schedule as room
from bot.clock import ClockWatch
from bot.delivery import Delivery
from bot.schedule import Jobs, schedule
from chat.request import Place
from ingest.sources.reading import PollSettings
from models.alert import Alert
from models.channel import Workspace
from models.database import connect, transaction
from models.schedule import Schedule, last_runs
from signals.detector import Rules
from tests.conftest import NOON
from tests.news import DAY, HOUR, Talk, busy_day, quiet_month, tell


class Told:
    """How a round went, for the log."""

    feeds = 3

    def __str__(self) -> str:
        return "3 feeds: 20 new articles"


class FakeFeeds:
    """Stands for the poll of the feeds: does what it is told, and remembers when it was asked."""

    def __init__(self) -> None:
        self.asked: list[datetime] = []
        self.trouble: Exception | None = None
        self.bring: Callable[[], object] = lambda: None
        self.polled = asyncio.Event()

    def __call__(self, engine: Engine, now: datetime, **_: object) -> Told:
        self.asked.append(now)
        if self.trouble:
            raise self.trouble
        self.bring()
        return Told()


@pytest.fixture
def feeds(monkeypatch: pytest.MonkeyPatch) -> FakeFeeds:
    feeds = FakeFeeds()
    monkeypatch.setattr(room, "poll_sources", feeds)
    return feeds


def jobs(engine: Engine, now: datetime = NOON) -> Jobs:
    return Jobs(engine, Delivery(engine, {}, lambda: now, Rules()), lambda: now, Rules())


def noted(engine: Engine) -> dict[str, Schedule]:
    with transaction(engine) as session:
        return {run.name: run for run in last_runs(session)}


async def test_a_run_leaves_its_mark(stocked: Engine, feeds: FakeFeeds):
    await jobs(stocked).news()
    found = noted(stocked)
    assert set(found) == {"poll", "index", "extract", "names", "notice", "deliver"}
    for run in found.values():
        assert run.error == ""
        assert run.finished_at is not None
        assert run.finished_at.replace(tzinfo=UTC) == NOON
    assert feeds.asked == [NOON]


async def test_a_failed_poll_is_noted_and_the_rest_goes_on(store: Engine, feeds: FakeFeeds):
    feeds.trouble = OSError("no network; proxy password hunter2")
    await jobs(store).news()
    found = noted(store)
    assert found["poll"].error == "OSError at 12:00 UTC; see the log"
    assert (found["notice"].error, found["deliver"].error) == ("", "")
    assert "poll failed: OSError at 12:00 UTC" in await Talk(store, NOON)("/help")
    # Later the network is back.
    feeds.trouble = None
    await jobs(store, NOON + HOUR).news()
    assert noted(store)["poll"].error == ""
    assert "failed" not in await Talk(store, NOON)("/help")


async def test_failing_to_notice_does_not_keep_alerts_from_going_out(
    store: Engine, feeds: FakeFeeds, monkeypatch: pytest.MonkeyPatch
):
    def broken(*_: object) -> None:
        raise ValueError("a bug")

    monkeypatch.setattr(room, "detect_spikes", broken)
    await jobs(store).news()
    found = noted(store)
    assert found["notice"].error == "ValueError at 12:00 UTC; see the log"
    assert (found["poll"].error, found["deliver"].error) == ("", "")


async def test_a_store_out_of_reach_ends_no_run(feeds: FakeFeeds):
    feeds.trouble = OSError("nothing works today")
    await jobs(connect("postgresql://nobody@/nothing?host=/nowhere")).news()


async def test_what_is_polled_is_noticed_in_the_same_run(store: Engine, feeds: FakeFeeds):
    tell(store, quiet_month("Meta", NOON))
    await Talk(store, NOON - DAY, Place("slack", "T1", "C1"))("/watch add Meta")
    feeds.bring = lambda: tell(store, busy_day("Meta", "Meta opens Muse Spark", NOON - HOUR))
    await jobs(store).news()
    with transaction(store) as session:
        assert len(session.exec(select(Alert)).all()) == 1


async def test_waiting_for_what_is_running(store: Engine, feeds: FakeFeeds):
    some = jobs(store)
    await asyncio.wait_for(some.finish(60), 30)
    running = asyncio.create_task(some.news())
    await asyncio.sleep(0)
    await some.finish(10)
    assert noted(store).keys() == {"poll", "index", "extract", "names", "notice", "deliver"}
    await running


async def test_waiting_has_an_end(store: Engine, feeds: FakeFeeds):
    some = jobs(store)
    release = asyncio.Event()
    some.delivery.deliver = release.wait  # type: ignore[method-assign, assignment]
    running = asyncio.create_task(some.deliver())
    await asyncio.sleep(0)
    await asyncio.wait_for(some.finish(0.05), 60)
    assert not running.done()
    release.set()
    await running


async def test_the_schedule(store: Engine):
    scheduler = schedule(jobs(store), poll_minutes=7)
    found = {job.id: job for job in scheduler.get_jobs()}
    assert set(found) == {"news", "digest", "deliver"}
    assert found["news"].trigger.interval == timedelta(minutes=7)
    assert found["deliver"].trigger.interval == timedelta(seconds=room.DELIVER_SECONDS)


async def test_the_first_poll_is_at_once_and_a_failing_one_ends_nothing(store: Engine, feeds: FakeFeeds):
    loop = asyncio.get_running_loop()
    feeds.bring = lambda: loop.call_soon_threadsafe(feeds.polled.set)
    some = jobs(store)
    # Every tenth of a second; the first two runs fail.
    scheduler = schedule(some, poll_minutes=0.1 / 60)
    failing = iter([OSError("once"), OSError("twice"), None])
    asked = feeds.__call__

    def poll(engine: Engine, now: datetime, **_: object) -> Told:
        feeds.trouble = next(failing, None)
        return asked(engine, now)

    room.poll_sources = poll  # type: ignore[assignment] - the fixture puts it back
    scheduler.start()
    try:
        await asyncio.wait_for(feeds.polled.wait(), 60)
    finally:
        scheduler.shutdown(wait=False)
        await some.finish(10)
    assert len(feeds.asked) >= 3


async def test_the_language_model_reads_when_it_may_and_its_trouble_is_noted(store: Engine):
    ran = []
    asking = jobs(store)
    assert schedule(asking, 10).get_job("propose") is None
    await asking.propose()
    assert "propose" not in noted(store)
    asking.fact_proposer = lambda: ran.append(1)
    assert schedule(asking, 10).get_job("propose") is not None
    await asking.propose()
    assert (ran, noted(store)["propose"].error) == ([1], "")

    def broken() -> None:
        raise ValueError("no")

    asking.fact_proposer = broken
    await asking.propose()
    assert noted(store)["propose"].error.startswith("ValueError")


def started(scheduler: AsyncIOScheduler) -> dict[str, Job]:
    return {job.id: job for job in scheduler.get_jobs()}


@pytest.mark.parametrize("ahead", [timedelta(hours=5), 40 * DAY, timedelta(days=365 * 50)], ids=str)
async def test_a_clock_that_is_set_stops_no_job(store: Engine, ahead: timedelta):
    scheduler = schedule(jobs(store), poll_minutes=1)
    scheduler.start(paused=True)
    try:
        now = datetime.now(UTC)
        # The clock is ahead for a while: each job runs once for all that was missed.
        for job in scheduler.get_jobs():
            assert len(job._get_run_times(now + ahead)) == 1
            job.modify(next_run_time=job.trigger.get_next_fire_time(job.next_run_time, now + ahead))
        # Then it is right again.
        room.catch_up(scheduler, now)
        assert {job.next_run_time for job in scheduler.get_jobs()} == {now}
        due = now + timedelta(seconds=1)
        for job in scheduler.get_jobs():
            job.modify(next_run_time=due)
        room.catch_up(scheduler, now)
        assert {job.next_run_time for job in scheduler.get_jobs()} == {due}, "what is due soon stays so"
    finally:
        scheduler.shutdown(wait=False)


async def test_a_set_clock_is_watched_for(store: Engine, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(room, "CLOCK_SECONDS", 0.01)
    some, ran = jobs(store), asyncio.Event()

    async def deliver() -> None:
        ran.set()

    some.deliver = deliver  # type: ignore[method-assign]
    scheduler = schedule(some, None)
    scheduler.start()
    watch = asyncio.create_task(room.keep_time(scheduler))
    try:
        scheduler.get_job("deliver").modify(next_run_time=datetime.now(UTC) + 5 * HOUR)
        async with asyncio.timeout(10):
            await ran.wait()
    finally:
        watch.cancel()
        scheduler.shutdown(wait=False)
        await some.finish(10)


async def test_old_articles_go_once_a_day_however_often_the_bot_is_started(
    stocked: Engine, monkeypatch: pytest.MonkeyPatch
):
    pruned: list[datetime] = []
    monkeypatch.setattr(room, "prune_articles", lambda _engine, now, _days: pruned.append(now))
    for hours in (0, 1, 23, 24, 47, 48):
        some = jobs(stocked, NOON + hours * HOUR)
        some.polling = PollSettings(days=30)
        assert "prune" in started(schedule(some, 1))
        await some.prune()
    assert pruned == [NOON, NOON + DAY, NOON + 2 * DAY]
    # A clock that was ahead must not stop it for as long.
    for now in (NOON + 40 * DAY, NOON + 3 * DAY):
        some = jobs(stocked, now)
        some.polling = PollSettings(days=30)
        await some.prune()
    assert pruned[3:] == [NOON + 40 * DAY, NOON + 3 * DAY]


async def test_a_clock_that_goes_ahead_deletes_nothing_until_it_has_settled(
    store: Engine, monkeypatch: pytest.MonkeyPatch
):
    now, seconds = NOON, 0.0
    some = Jobs(store, Delivery(store, {}, lambda: now, Rules()), lambda: now, Rules())
    some.polling, some.watch = PollSettings(days=30), ClockWatch(lambda: seconds)
    pruned: list[datetime] = []
    monkeypatch.setattr(room, "prune_articles", lambda _engine, at, _days: pruned.append(at))
    await some.prune()
    with transaction(store, writes=True) as session:
        session.add(Workspace(platform="slack", external_id="T1", left_at=NOON - DAY))

    async def kept() -> bool:
        await some.digests()
        await some.prune()
        with transaction(store) as session:
            return bool(session.exec(select(Workspace)).all())

    now, seconds = NOON + 40 * DAY, 60.0
    assert await kept()
    now, seconds = now + 30 * timedelta(minutes=1), seconds + 1800
    assert await kept()
    assert pruned == [NOON]
    # It was right, after all: the machine's clock had been behind.
    now, seconds = now + HOUR, seconds + 3600
    assert not await kept()
    assert pruned == [NOON, now]
