"""What runs by itself: poll the feeds, count and detect, deliver. Each run leaves its mark in the store."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy import Engine

from bot import metrics
from bot.delivery import Delivery
from bot.router import Clock
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
from ingest.sources.poll import PollReport, PollSettings, poll_sources
from models.database import free_bytes, transaction
from models.schedule import Schedule
from signals.detector import Rules

log = structlog.get_logger()

DELIVER_SECONDS = 15
"""How often the outbox is looked at for messages whose time has come."""

DIGEST_SECONDS = 60
"""How often it is seen whether the hour of a digest has come."""

LOOK_SECONDS = 60
"""How often a bot that polls nothing itself looks at the counts."""

ROUND_SECONDS = 240
"""After them a round of reading begins nothing more: what is read by then must not wait for slow servers to be told."""

READ_AT_ONCE = 20_000
"""Articles read for facts after one poll: after a large import the rest waits for the next."""

GRACE_SECONDS = 3600
"""A run that was missed by up to this is made up for: APScheduler's default of one second drops it."""


class Jobs:
    """The jobs, each safe to run at any time and as often as one likes."""

    def __init__(
        self,
        engine: Engine,
        delivery: Delivery,
        clock: Clock,
        rules: Rules,
        proposing: Callable[[], object] | None = None,
        manner: PollSettings | None = None,
        rhythm: bool = False,
    ) -> None:
        self.engine = engine
        self.delivery = delivery
        self.clock = clock
        self.rules = rules
        self.proposing = proposing
        """Lets the language model read new articles, where there is one that may."""
        self.manner = manner or PollSettings()
        self.rhythm = rhythm
        """Whether each source is read in its own time, and not all in every round."""
        self.operator: Place | None = None
        """Where trouble with sources is told."""
        self._running = 0
        self._idle = asyncio.Event()
        self._idle.set()

    async def finish(self, seconds: float) -> None:
        """Waits for what is running, so that nothing is cut off between being sent and being marked so."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), seconds)

    async def news(self) -> None:
        """Reads the feeds that are due, counts, notices spikes, and delivers the alerts at once."""
        with self._busy():
            await self._run("poll", lambda: asyncio.to_thread(self._poll))
            await self.look()
            await self._run("index", lambda: asyncio.to_thread(index_articles, self.engine))
            await self._run("extract", lambda: asyncio.to_thread(self._extract))

    async def look(self) -> None:
        """Finds new names, notices spikes in what is counted, and delivers the alerts at once."""
        with self._busy():
            await self._run("names", lambda: asyncio.to_thread(discover_names, self.engine, self.clock()))
            await self._run("notice", lambda: asyncio.to_thread(self._notice))
            await self.deliver()

    async def digests(self) -> None:
        """Sends the digests whose hour has come, and forgets the workspaces that have been left for long."""
        with self._busy():
            await self._run("digest", lambda: asyncio.to_thread(self._digests))
            await self.deliver()

    async def deliver(self) -> None:
        """Sends what is due."""
        with self._busy():
            await self._run("deliver", self.delivery.deliver)

    async def prune(self) -> None:
        """Deletes articles that are older than the operator keeps them."""
        days = self.manner.days
        if days:
            with self._busy():
                await self._run("prune", lambda: asyncio.to_thread(prune_articles, self.engine, self.clock(), days))

    async def propose(self) -> None:
        """Lets the language model propose facts; beside the others, as it may be slow."""
        proposing = self.proposing
        if proposing:
            with self._busy():
                await self._run("propose", lambda: asyncio.to_thread(proposing))

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
        done = poll_sources(self.engine, self.clock(), manner=self.manner, rhythm=self.rhythm, seconds=ROUND_SECONDS)
        with transaction(self.engine, writes=True) as session:
            tell_operator(session, self.clock(), self.operator)
        return done if done.feeds else None

    def _extract(self) -> ExtractionReport | None:
        found = extract_facts(self.engine, self.clock(), limit=READ_AT_ONCE)
        return found if found.articles else None

    def _notice(self) -> int:
        with transaction(self.engine, writes=True) as session:
            return len(detect_spikes(session, self.clock(), self.rules))

    def _digests(self) -> int:
        with transaction(self.engine, writes=True) as session:
            note_troubles(session, self.clock(), self.operator, free_bytes(self.engine))
            return enqueue_due_digests(session, self.clock()) + forget_left_workspaces(session, self.clock())

    async def _run(self, name: str, job: Callable[[], Awaitable[object]]) -> None:
        started = self.clock()
        error = ""
        try:
            done = await job()
            if done:
                log.info("ran", job=name, done=str(done))
        except Exception as failure:
            # One failed run must not end the schedule: it is logged, shown by /help, and tried again.
            error = f"{type(failure).__name__} at {started:%H:%M} UTC; see the log"
            log.exception("job failed", job=name)
        metrics.JOBS.labels(name, "failed" if error else "ok").inc()
        await asyncio.to_thread(self._note, name, started, error)

    def _note(self, name: str, started: datetime, error: str) -> None:
        try:
            with transaction(self.engine, writes=True) as session:
                session.merge(Schedule(name=name, started_at=started, finished_at=self.clock(), error=error))
        except Exception:
            log.exception("run not noted", job=name)


def schedule(jobs: Jobs, poll_minutes: float | None) -> AsyncIOScheduler:
    """The scheduler, not started yet; without minutes it looks at what others bring in, and polls nothing itself.

    The jobs live in memory: what they work on are rows, so that a restart loses nothing.
    """
    scheduler = AsyncIOScheduler(
        timezone="UTC", job_defaults={"misfire_grace_time": GRACE_SECONDS, "coalesce": True, "max_instances": 1}
    )
    if poll_minutes is None:
        scheduler.add_job(jobs.look, "interval", seconds=LOOK_SECONDS, id="look")
    else:
        # By the machine's time, which the scheduler goes by, and not by the jobs' clock, which may stand still.
        scheduler.add_job(jobs.news, "interval", minutes=poll_minutes, next_run_time=datetime.now(UTC), id="news")
        if jobs.proposing:
            scheduler.add_job(jobs.propose, "interval", minutes=poll_minutes, id="propose")
        if jobs.manner.days:
            scheduler.add_job(jobs.prune, "interval", hours=24, id="prune")
    scheduler.add_job(jobs.digests, "interval", seconds=DIGEST_SECONDS, id="digest")
    scheduler.add_job(jobs.deliver, "interval", seconds=DELIVER_SECONDS, id="deliver")
    return scheduler
