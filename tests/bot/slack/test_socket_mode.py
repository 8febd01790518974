"""The connection: dropped, deaf, and the acknowledgement on it."""

from collections.abc import Awaitable, Callable

import pytest

from bot.slack import socket_mode
from bot.slack.adapter import Slack
from tests.bot.slack.fakes import FakeRouter
from tests.loopback.slack import SlackServer

Start = Callable[..., Awaitable[Slack]]


async def test_a_connection_that_is_not_greeted_is_renewed(
    server: SlackServer, router: FakeRouter, start: Start, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(socket_mode, "GREETING_SECONDS", 0.2)
    server.greets = False
    await start()
    await server.until(lambda: server.opened == 2)
    server.greets = True
    await server.until(lambda: server.opened == 3)
    await server.answer(await server.command("/trend", "Meta"))
    assert len(server.sockets) == 1


async def test_a_connection_that_says_nothing_is_renewed(
    server: SlackServer, router: FakeRouter, start: Start, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(socket_mode, "SILENCE_SECONDS", 0.3)
    await start()
    await server.until(lambda: server.opened == 3)
    await server.answer(await server.command("/trend", "Meta"))


async def test_a_connection_that_speaks_is_kept(
    server: SlackServer, router: FakeRouter, start: Start, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(socket_mode, "GREETING_SECONDS", 0.1)
    await start()
    for _ in range(5):
        await server.answer(await server.command("/trend", "Meta"))
    assert server.opened == 1


async def test_a_deaf_connection_that_cannot_be_renewed_is_tried_again(
    server: SlackServer, router: FakeRouter, start: Start, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(socket_mode, "GREETING_SECONDS", 0.2)
    server.greets = False
    await start()
    server.fail("apps.connections.open", "internal_error")
    await server.until(lambda: not server.faults_left("apps.connections.open"))
    server.greets = True
    await server.until(lambda: server.opened == 2)
    await server.answer(await server.command("/trend", "Meta"))
