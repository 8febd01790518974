"""Runs the assembled bot until it is stopped: its platforms, schedule and alerts, or a chat in the terminal."""

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from bot.app import App, poll_settings
from bot.delivery import Delivery
from bot.health import Health
from bot.leadership import Leader, follow
from bot.platform import Platform, StartRefused
from bot.schedule import Jobs, keep_time, schedule
from bot.settings import Settings
from bot.terminal.adapter import Terminal
from chat.request import Place
from handlers.operator_notes import note_lost_platform
from ingest.facts.language_model import ProposalReport, propose_facts
from models.database import transaction

log = logging.getLogger(__name__)

STOP_SECONDS = 8.0
"""How long a poll or delivery under way may take at shutdown; Docker waits 10 s, systemd 90 s."""

AGAIN_SECONDS = 300.0
"""Until a platform that does not let us in is tried again, while another one runs."""

ROUND_MINUTES = 1.0
"""How often to look for due sources when each has its own interval."""


def operator_place(settings: Settings) -> Place | None:
    """The channel for warnings to the operator, if one is set."""
    return Place(*settings.operator_channel.split(":")) if settings.operator_channel else None


def fact_proposer(app: App) -> Callable[[], ProposalReport | None] | None:
    """The job that lets the language model propose facts from new articles; None unless it is switched on."""
    model = app.model
    if model is None or not app.settings.llm_facts:
        return None

    def run() -> ProposalReport | None:
        report = propose_facts(app.engine, model, app.settings.llm_model, app.clock())
        return report if report.articles else None

    return run


def enabled_platforms(app: App) -> dict[str, Platform]:
    """The platforms whose tokens are set, by name. Imported only if needed: each import takes half a second."""
    platforms: list[Platform] = []
    if app.settings.discord:
        from bot.discord.adapter import Discord

        platforms.append(Discord(app.settings, app.router, app.router.commands))
    if app.settings.slack:
        from bot.slack.adapter import Slack

        platforms.append(Slack(app.settings, app.router))
    return {platform.name: platform for platform in platforms}


async def serve(app: App) -> None:
    """Runs the platforms, the schedule and the alerts until SIGINT or SIGTERM.

    Raises StartRefused for a wrong token, and when the last platform has lost its connection for good.
    """
    # Imported now: the first requests have three seconds to be acknowledged, and should not wait for it.
    tuple(app.router.commands.values())
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    platforms = enabled_platforms(app)
    delivery = Delivery(app.engine, platforms, app.clock, app.rules)
    await _recover(delivery)
    minutes = app.settings.poll_minutes
    jobs = Jobs(
        app.engine, delivery, app.clock, app.rules, fact_proposer(app), poll_settings(app.settings), minutes is None
    )
    jobs.operator = operator_place(app.settings)
    # Concurrently: a platform that is out of reach must not keep the other from answering.
    connected = dict.fromkeys(platforms, False)
    lost: set[str] = set()
    health = await _start_health(app, connected)
    lives = {asyncio.create_task(_live(platform, connected), name=platform.name) for platform in platforms.values()}
    stopped = asyncio.create_task(stop.wait())
    try:
        async with _scheduled(jobs, minutes or ROUND_MINUTES, Leader(app.engine)):
            while lives and not stopped.done():
                await asyncio.wait({*lives, stopped}, return_when=asyncio.FIRST_COMPLETED)
                for life in [one for one in lives if one.done()]:
                    lives.discard(life)
                    name, sentence = life.get_name(), _loss_reason(life)
                    log.error("platform lost", extra={"platform": name, "reason": sentence})
                    lost.add(name)
                    if all(one in lost and not connected[one] for one in platforms):
                        raise StartRefused(sentence)
                    # The other platform goes on, and this one is tried again: a token may be replaced meanwhile.
                    await asyncio.to_thread(_note_lost, app, name, sentence)
                    lives.add(asyncio.create_task(_restart(platforms[name], connected), name=name))
    finally:
        for task in (*lives, stopped):
            task.cancel()
        await asyncio.gather(*lives, stopped, return_exceptions=True)
        if health:
            await health.stop()
        await asyncio.gather(*(platform.stop() for platform in platforms.values()), return_exceptions=True)
        log.info("stopped")


async def converse(app: App) -> None:
    """Runs a chat in the terminal. Its alerts come from news that `trendbot poll` or an import brings in meanwhile."""
    terminal = Terminal(app.router)
    delivery = Delivery(app.engine, {terminal.name: terminal}, app.clock, app.rules)
    await _recover(delivery)
    async with _scheduled(Jobs(app.engine, delivery, app.clock, app.rules), None, None):
        await terminal.chat()


async def _recover(delivery: Delivery) -> None:
    """Makes interrupted messages due again. On SQLite there is no other process that may still be sending them."""
    if recovered := await asyncio.to_thread(delivery.recover, delivery.engine.dialect.name == "sqlite"):
        log.warning("sending again what a crash interrupted", extra={"messages": recovered})


@asynccontextmanager
async def _scheduled(jobs: Jobs, poll_minutes: float | None, leader: Leader | None) -> AsyncIterator[None]:
    """Runs the jobs on their schedule, with a `leader` only while it leads; at the end, lets running jobs finish."""
    scheduler = schedule(jobs, poll_minutes)
    scheduler.start(paused=leader is not None)

    def lead(leads: bool) -> None:
        jobs.delivery.stopping = not leads
        (scheduler.resume if leads else scheduler.pause)()

    watches = [asyncio.create_task(keep_time(scheduler))]
    if leader is not None:
        watches.append(asyncio.create_task(follow(leader, lead)))
    try:
        yield
    finally:
        for watch in watches:
            watch.cancel()
        await asyncio.gather(*watches, return_exceptions=True)
        scheduler.pause()
        await jobs.finish(STOP_SECONDS)
        scheduler.shutdown(wait=False)
        if leader is not None:
            await asyncio.to_thread(leader.resign)


async def _live(platform: Platform, connected: dict[str, bool]) -> str:
    """Starts a platform; returns why its connection is lost for good. Raises StartRefused for a wrong token."""
    await platform.start()
    log.info("connected", extra={"platform": platform.name})
    connected[platform.name] = True
    try:
        return await platform.failed
    finally:
        connected[platform.name] = False


def _loss_reason(life: "asyncio.Task[str]") -> str:
    """Why a platform is lost. Raises whatever else than a refusal ended it."""
    try:
        return life.result()
    except StartRefused as refusal:
        return str(refusal)


def _note_lost(app: App, platform: str, reason: str) -> None:
    with transaction(app.engine, writes=True) as session:
        note_lost_platform(session, app.clock(), operator_place(app.settings), platform, reason)


async def _restart(platform: Platform, connected: dict[str, bool]) -> str:
    """A platform that was lost or refused us, started once more after a while."""
    await asyncio.sleep(AGAIN_SECONDS)
    await platform.stop()
    return await _live(platform, connected)


async def _start_health(app: App, connected: dict[str, bool]) -> Health | None:
    """The health endpoint, where the operator wants one. Raises StartRefused where its port is taken."""
    if app.settings.health_port is None:
        return None
    health = Health(app.engine, app.clock, lambda: connected)
    await health.start(app.settings.health_host, app.settings.health_port)
    return health
