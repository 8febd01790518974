"""A bot, a Slack to talk to, and a router that answers with what a test lays ready."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import pytest

from bot.slack import responder, socket_mode
from bot.slack.adapter import Slack
from bot.slack.app import workspaces
from chat.reply import Chart
from tests.bot.slack.fakes import FakeRouter, settings_for
from tests.loopback.slack import SlackServer


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy before the loopback, no token from outside, and short waits."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for name in [name for name in os.environ if name.startswith(("SLACK_", "TRENDBOT_"))]:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(responder, "ANSWER_PAUSES", (0.01, 0.01))
    monkeypatch.setattr(workspaces, "START_PAUSES", (0.01,))
    monkeypatch.setattr(socket_mode, "PING_SECONDS", 0.5)
    monkeypatch.setattr(socket_mode, "CHECK_SECONDS", 0.2)


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Chart]:
    """The charts that were drawn; the picture is a stand-in."""
    charts: list[Chart] = []

    def chart_png(chart: Chart) -> bytes:
        charts.append(chart)
        return b"\x89PNG a picture"

    monkeypatch.setitem(sys.modules, "bot.charts", SimpleNamespace(chart_png=chart_png))
    return charts


@pytest.fixture
async def server() -> AsyncIterator[SlackServer]:
    async with SlackServer() as server:
        yield server


@pytest.fixture
def router() -> FakeRouter:
    return FakeRouter()


Start = Callable[..., Awaitable[Slack]]


@pytest.fixture
async def start(server: SlackServer, router: FakeRouter) -> AsyncIterator[Start]:
    """Starts a bot; at the end it is stopped, and no task of it may be left."""
    before = asyncio.all_tasks()
    bots: list[Slack] = []

    async def begin(**more: Any) -> Slack:
        bot = Slack(settings_for(server, **more), router)  # type: ignore[arg-type]
        bots.append(bot)
        await bot.start()
        return bot

    yield begin
    for bot in bots:
        await bot.stop()
        await bot.stop()
    for socket in list(server.sockets):
        await socket.close()
    for _ in range(300):
        left = ours(asyncio.all_tasks() - before - {asyncio.current_task()})
        if not left:
            break
        await asyncio.sleep(0.01)
    assert not left


def ours(tasks: set[asyncio.Task[Any] | None]) -> list[asyncio.Task[Any]]:
    """Without the server's own: those of its connections end with it."""
    return [
        task
        for task in tasks
        if task and "aiohttp/web" not in str(task.get_coro()) and "RequestHandler" not in str(task)
    ]
