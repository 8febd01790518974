"""The jobs that run by themselves: poll, detect, deliver, send digests. Each run is recorded in the store.

poll -> discover names -> detect spikes -> deliver -> index -> extract facts
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy import Engine

from bot import metrics
from bot.clock import Clock, ClockWatch
from bot.delivery import Delivery
from chat.request import Place
from handlers.alerts.detect import detect_spikes
from handlers.digest import enqueue_due_digests
from handlers.operator_notes import note_troubles
from handlers.status import tell_operator
from handlers.workspace_removal import forget_left_workspaces
from ingest.articles.full_text import index_articles
from ingest.articles.retention import prune_articles
from ingest.facts.article_facts import ExtractionReport, extract_facts
from ingest.relinking.discovery import discover_names
from ingest.sources.poll import PollReport, poll_sources
from ingest.sources.reading import PollSettings
from models.database import free_bytes, transaction
from models.schedule import Schedule
from signals.detector import Rules

log = logging.getLogger(__name__)

DELIVER_SECONDS = 15
"""Interval at which due messages in the outbox are sent."""

DIGEST_SECONDS = 60
"""Interval at which due digests are looked for."""

DETECT_SECONDS = 60
"""Interval of detection in a bot that does not poll by itself."""

ROUND_SECONDS = 240
"""Time after which a poll starts no more sources, so that slow servers don't delay alerts on what it has read."""

EXTRACTED_AT_ONCE = 20_000
"""Articles from which facts are extracted after one poll; after a large import the rest waits for the next poll."""

CLOCK_SECONDS = 5
"""Pause between two checks whether the clock was set back."""

PRUNE_SECONDS = 600
"""Pause between two checks whether pruning is due."""

PRUNE_EVERY = timedelta(hours=24)


class Jobs:
    """The jobs, each safe to run at any time and as often as you like."""

    def __init__(
        self,
        engine: Engine,
        delivery: Delivery,
        clock: Clock,
        rules: Rules,
        fact_proposer: Callable[[], object] | None = None,
        polling: PollSettings | None = None,
        own_intervals: bool = False,
    ) -> None:
        self.engine = engine
        self.delivery = delivery
        self.clock = clock
        self.rules = rules
        self.fact_proposer = fact_proposer
        """Lets the language model propose facts from new articles; None if it is off."""
        self.polling = polling or PollSettings()
        self.own_intervals = own_intervals
        """Whether each source has its own interval; otherwise every poll reads all of them."""
        self.operator: Place | None = None
        """Channel for warnings about failing sources."""
        self.watch = ClockWatch()
        self._running = 0
        self._idle = asyncio.Event()
        self._idle.set()

    async def finish(self, seconds: float) -> None:
        """Waits up to `seconds` for running jobs, so that no message is cut off between being sent and marked sent."""
        self.delivery.stopping = True
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), seconds)

    async def news(self) -> None:
        """Polls the due sources, detects spikes and delivers the alerts; then indexes articles and extracts facts."""
        with self._busy():
            await self._run("poll", lambda: asyncio.to_thread(self._poll))
            await self.detect()
            await self._run("index", lambda: asyncio.to_thread(index_articles, self.engine))
            await self._run("extract", lambda: asyncio.to_thread(self._extract))

    async def detect(self) -> None:
        """Discovers new names, detects spikes in the counts, and delivers the alerts."""
        with self._busy():
            await self._run("names", lambda: asyncio.to_thread(discover_names, self.engine, self.clock()))
            await self._run("notice", lambda: asyncio.to_thread(self._detect))
            await self.deliver()

    async def digests(self) -> None:
        """Sends due digests, and forgets workspaces that removed the bot long ago."""
        with self._busy():
            await self._run("digest", lambda: asyncio.to_thread(self._digests))
            await self.deliver()

    async def deliver(self) -> None:
        """Sends due messages."""
        with self._busy():
            await self._run("deliver", self.delivery.deliver)

    async def prune(self) -> None:
        """Deletes articles older than the configured age, once a day however often the bot is restarted."""
        days = self.polling.days
        if days and await asyncio.to_thread(self._prunes):
            with self._busy():
                await self._run("prune", lambda: asyncio.to_thread(prune_articles, self.engine, self.clock(), days))

    async def propose(self) -> None:
        """Lets the language model propose facts; a job of its own, as it may be slow."""
        propose = self.fact_proposer
        if propose:
            with self._busy():
                await self._run("propose", lambda: asyncio.to_thread(propose))

    @contextlib.contextmanager
    def _busy(self) -> Iterator[None]:
        self._running += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._running -= 1
            if not self._running:
                self._idle.set()

    def _poll(self) -> PollReport | None:
        report = poll_sources(
            self.engine, self.clock(), settings=self.polling, due_only=self.own_intervals, seconds=ROUND_SECONDS
        )
        with transaction(self.engine, writes=True) as session:
            tell_operator(session, self.clock(), self.operator)
        return report if report.feeds else None

    def _prunes(self) -> bool:
        if self.watch.jumped(self.clock()):
            return False
        with transaction(self.engine) as session:
            last = session.get(Schedule, "prune")
        if last is None or last.started_at is None or last.error:
            return True
        # A last time that is still to come is of a clock that was ahead.
        return not timedelta(0) <= self.clock() - last.started_at < PRUNE_EVERY

    def _extract(self) -> ExtractionReport | None:
        report = extract_facts(self.engine, self.clock(), limit=EXTRACTED_AT_ONCE)
        return report if report.articles else None

    def _detect(self) -> int:
        with transaction(self.engine, writes=True) as session:
            return len(detect_spikes(session, self.clock(), self.rules))

    def _digests(self) -> int:
        with transaction(self.engine, writes=True) as session:
            note_troubles(session, self.clock(), self.operator, free_bytes(self.engine))
            number = enqueue_due_digests(session, self.clock())
            return number if self.watch.jumped(self.clock()) else number + forget_left_workspaces(session, self.clock())

    async def _run(self, name: str, job: Callable[[], Awaitable[object]]) -> None:
        started = self.clock()
        error = ""
        try:
            result = await job()
            if result:
                log.info("ran", extra={"job": name, "result": str(result)})
        except Exception as failure:
            # One failed run must not end the schedule: it is logged, shown by /help status, and tried again.
            error = f"{type(failure).__name__} at {started:%H:%M} UTC; see the log"
            log.exception("job failed", extra={"job": name})
        metrics.JOBS.labels(name, "failed" if error else "ok").inc()
        await asyncio.to_thread(self._record, name, started, error)

    def _record(self, name: str, started: datetime, error: str) -> None:
        try:
            with transaction(self.engine, writes=True) as session:
                session.merge(Schedule(name=name, started_at=started, finished_at=self.clock(), error=error))
        except Exception:
            log.exception("run not recorded", extra={"job": name})


class Every(IntervalTrigger):  # type: ignore[misc]
    """Fires one interval after the last run, and once for all missed runs.

    Counted from now and not from the due time: when the clock moves ahead by decades, as on a machine without a
    clock battery, APScheduler's own trigger would list millions of missed runs.
    """

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:  # noqa: ARG002 - the library's signature
        """The next time from now."""
        then: datetime = now + self.interval
        return then


def schedule(jobs: Jobs, poll_minutes: float | None) -> AsyncIOScheduler:
    """The scheduler, not started yet. Without `poll_minutes` it does not poll, and detects in what others import.

    Jobs live in memory only: their work is rows in the store, so a restart loses nothing.
    """
    scheduler = AsyncIOScheduler(
        timezone="UTC", job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
    )
    if poll_minutes is None:
        scheduler.add_job(jobs.detect, Every(seconds=DETECT_SECONDS), id="detect")
    else:
        # The machine's time, which the scheduler uses, and not the jobs' clock, which may be fixed.
        poll = Every(seconds=poll_minutes * 60)
        scheduler.add_job(jobs.news, poll, next_run_time=datetime.now(UTC), id="news")
        if jobs.fact_proposer:
            scheduler.add_job(jobs.propose, poll, id="propose")
        if jobs.polling.days:
            scheduler.add_job(jobs.prune, Every(seconds=PRUNE_SECONDS), id="prune")
    scheduler.add_job(jobs.digests, Every(seconds=DIGEST_SECONDS), id="digest")
    scheduler.add_job(jobs.deliver, Every(seconds=DELIVER_SECONDS), id="deliver")
    return scheduler


def catch_up(scheduler: AsyncIOScheduler, now: datetime) -> None:
    """Makes jobs due now whose next run is further ahead than their interval: the clock was set back.

    APScheduler keeps due times by the clock and would wait until the clock reaches them again.
    """
    for job in scheduler.get_jobs():
        if job.next_run_time is not None and job.next_run_time > now + job.trigger.interval:
            log.warning("the clock was set back", extra={"job": job.id, "due": job.next_run_time.isoformat()})
            job.modify(next_run_time=now)


async def keep_time(scheduler: AsyncIOScheduler) -> None:
    """Calls `catch_up` every few seconds; runs until it is cancelled."""
    while True:
        await asyncio.sleep(CLOCK_SECONDS)
        catch_up(scheduler, datetime.now(UTC))
