"""The adapter with the real discord.py against a Discord of our own."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import discord
import pytest

from bot import charts
from bot.discord.adapter import Discord
from bot.settings import Settings
from tests.bot.discord.people import COMMANDS, PNG, FakeRouter
from tests.loopback.discord import TOKEN, DiscordServer

Start = Callable[..., Awaitable[Discord]]


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy, no leftovers of the library's two addresses, and a chart that costs nothing."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setattr(discord.http.Route, "BASE", discord.http.Route.BASE)
    gateway = discord.gateway.DiscordWebSocket
    monkeypatch.setattr(gateway, "DEFAULT_GATEWAY", gateway.DEFAULT_GATEWAY)
    monkeypatch.setattr(charts, "chart_png", lambda chart: PNG)


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    async with DiscordServer() as server:
        yield server
    # Every body was held against Discord's description, where it is there, and against the rules.
    assert server.faults == []


@pytest.fixture
def router() -> FakeRouter:
    return FakeRouter()


@pytest.fixture
async def start(server: DiscordServer, router: FakeRouter) -> AsyncIterator[Start]:
    started: list[Discord] = []

    async def start(**settings: Any) -> Discord:
        values = {
            "discord_token": TOKEN,
            "discord_api_base_url": server.api_url,
            "discord_gateway_url": server.gateway_url,
            "discord_test_guild": "",
        }
        platform = Discord(Settings(_env_file=None, **(values | settings)), router, COMMANDS)  # type: ignore[arg-type]
        started.append(platform)
        await platform.start()
        return platform

    yield start
    for platform in started:
        await platform.stop()
    await asyncio.sleep(0)
    left = [task.get_coro() for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    assert [coro for coro in left if "aiohttp" not in str(coro) and "RequestHandler" not in str(coro)] == []
