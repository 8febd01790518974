"""The health endpoint: alive, ready or not and why, and metrics that Prometheus's own parser reads."""

from collections.abc import AsyncIterator
from datetime import timedelta

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Engine

from bot.health import OVERDUE, Health
from bot.platform import StartRefused
from bot.router import Router
from chat.request import Place
from handlers import commands
from models.database import transaction
from models.schedule import Schedule
from signals.detector import Rules
from tests.conftest import NOON


class Bot:
    """A health endpoint on a free port, and what it looks at."""

    def __init__(self, engine: Engine) -> None:
        self.connected = {"slack": True}
        self.now = NOON
        self.health = Health(engine, lambda: self.now, lambda: self.connected)
        self.url = ""

    async def get(self, path: str) -> tuple[int, str]:
        async with aiohttp.ClientSession() as http, http.get(self.url + path) as answer:
            return answer.status, await answer.text()


@pytest.fixture
async def bot(store: Engine, unused_tcp_port: int) -> AsyncIterator[Bot]:
    bot = Bot(store)
    bot.url = f"http://127.0.0.1:{unused_tcp_port}"
    await bot.health.start("127.0.0.1", unused_tcp_port)
    yield bot
    await bot.health.stop()


async def test_alive_and_ready(bot: Bot):
    assert (await bot.get("/healthz"))[0] == 200
    assert await bot.get("/readyz") == (200, '{"ready": true, "troubles": []}')


async def test_a_platform_that_is_lost(bot: Bot):
    bot.connected["slack"] = False
    status, said = await bot.get("/readyz")
    assert (status, "slack is not connected" in said) == (503, True)
    assert (await bot.get("/healthz"))[0] == 200


async def test_a_job_that_is_stuck(bot: Bot, store: Engine):
    with transaction(store, writes=True) as session:
        session.merge(Schedule(name="poll", started_at=NOON, finished_at=NOON))
    bot.now = NOON + OVERDUE
    assert (await bot.get("/readyz"))[0] == 200
    bot.now += timedelta(minutes=1)
    status, said = await bot.get("/readyz")
    assert (status, "the job poll has not run since" in said) == (503, True)


async def test_a_store_that_is_gone(bot: Bot, store: Engine):
    with store.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE schedule RENAME TO elsewhere")
    assert (await bot.get("/readyz"))[0] == 503
    assert (await bot.get("/healthz"))[0] == 200


async def test_metrics(bot: Bot, store: Engine):
    def counted(text: str) -> float:
        families = {family.name: family for family in text_string_to_metric_families(text)}
        assert "trendbot_outbox_messages" in families
        return sum(
            one.value
            for one in families["trendbot_requests"].samples
            if one.name == "trendbot_requests_total" and one.labels["command"] == "status"
        )

    before = counted((await bot.get("/metrics"))[1])
    await Router(store, commands(Rules()), lambda: NOON).answer_line("/status", Place("slack", "T1", "C1"))
    assert counted((await bot.get("/metrics"))[1]) == before + 1


async def test_a_port_that_is_taken(bot: Bot, store: Engine):
    port = int(bot.url.rpartition(":")[2])
    with pytest.raises(StartRefused, match="choose another"):
        await Bot(store).health.start("127.0.0.1", port)
