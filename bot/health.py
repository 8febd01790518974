"""Whether all is well, over HTTP: /healthz (the process answers), /readyz (it can do its work) and /metrics.

For the supervisors that restart a process, the balancers that send it work, and Prometheus. Says nothing that is
secret, and listens on the loopback address unless told otherwise.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from aiohttp import web
from sqlalchemy import Engine

from bot import metrics
from bot.platform import StartRefused
from models.database import transaction
from models.schedule import last_runs

log = logging.getLogger(__name__)

OVERDUE = timedelta(minutes=15)
"""A job that has not ended for so long is stuck: the longest round of reading takes four minutes."""

STORE_SECONDS = 5.0
"""What the store gets to answer; a balancer waits no longer."""

JOBS = ("poll", "look", "notice", "deliver")
"""Jobs that run at least every few minutes wherever they run at all."""


class Health:
    """Answers on one port for as long as the bot runs."""

    def __init__(
        self, engine: Engine, clock: Callable[[], datetime], connected: Callable[[], Mapping[str, bool]]
    ) -> None:
        """`connected` says of each platform that is switched on whether it is connected."""
        self._engine = engine
        self._clock = clock
        self._connected = connected
        self._runner: web.AppRunner | None = None
        self._store = metrics.StoreState(engine, clock)

    async def start(self, host: str, port: int) -> None:
        """Listens. Raises StartRefused where the port is taken."""
        app = web.Application()
        app.add_routes(
            [web.get("/healthz", self._alive), web.get("/readyz", self._ready), web.get("/metrics", self._metrics)]
        )
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, host, port).start()
        except OSError as error:
            await self.stop()
            raise StartRefused(
                f"TRENDBOT_HEALTH_PORT {port} can't be used ({error.strerror}): choose another, or leave it empty."
            ) from None
        log.info("health", extra={"host": host, "port": port})

    async def stop(self) -> None:
        """Stops listening; safe to call twice."""
        runner, self._runner = self._runner, None
        if runner:
            await runner.cleanup()

    async def _alive(self, _request: web.Request) -> web.Response:
        return web.json_response({"alive": True})

    async def _ready(self, _request: web.Request) -> web.Response:
        troubles = [f"{name} is not connected" for name, on in self._connected().items() if not on]
        try:
            async with asyncio.timeout(STORE_SECONDS):
                troubles += await asyncio.to_thread(self._overdue)
        except Exception as error:
            log.warning("store not ready", extra={"error": repr(error)})
            troubles.append("the store does not answer")
        return web.json_response({"ready": not troubles, "troubles": troubles}, status=503 if troubles else 200)

    def _overdue(self) -> list[str]:
        now = self._clock()
        with transaction(self._engine) as session:
            runs = last_runs(session)
        late = [one for one in runs if one.name in JOBS and one.finished_at and now - one.finished_at > OVERDUE]
        return [f"the job {one.name} has not run since {one.finished_at:%Y-%m-%d %H:%M} UTC" for one in late]

    async def _metrics(self, _request: web.Request) -> web.Response:
        text = await asyncio.to_thread(metrics.exposition, self._store)
        return web.Response(body=text, headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})
