"""Two bots on one PostgreSQL store, as processes: one leads, both answer, and one kill changes who leads."""

import asyncio
import os
import signal
import time
from pathlib import Path

import pytest

from migrations import upgrade
from tests.conftest import Stores
from tests.e2e.bot_process import on_slack, run_bot, until
from tests.loopback.slack import SlackServer

Bot = asyncio.subprocess.Process


async def test_when_the_leader_is_killed_the_other_delivers(
    request: pytest.FixtureRequest, stores: Stores, tmp_path: Path
):
    engine = stores.postgres(request.getfixturevalue("postgres"), "empty", upgrade)
    logs = [tmp_path / "first.log", tmp_path / "second.log"]
    bots: list[Bot] = []
    async with SlackServer() as slack:

        async def start(log: Path) -> None:
            connected = slack.opened
            variables = on_slack(slack) | {"TRENDBOT_DATABASE_URL": engine.url.render_as_string(hide_password=False)}
            with log.open("wb") as out:
                bots.append(await run_bot(tmp_path, variables, stderr=out))
            await until(bots[-1], lambda: slack.opened > connected)

        try:
            for log in logs:
                await start(log)
            await until(bots[0], lambda: b"leading" in logs[0].read_bytes())
            for channel in ("C1", "C2"):
                await slack.answer(await slack.command("/watch", "test", channel=channel))
            await until(bots[-1], lambda: len(slack.messages) >= 2)
            bots[0].send_signal(signal.SIGKILL)
            await bots[0].wait()
            killed = time.monotonic()
            await until(bots[-1], lambda: b"leading" in logs[1].read_bytes(), 10)
            assert time.monotonic() - killed < 10
            await until(bots[-1], lambda: len(slack.sockets) == 1)
            await slack.answer(await slack.command("/watch", "test", channel="C9"))
            await until(bots[-1], lambda: len(slack.messages) >= 3)
        finally:
            for bot in bots:
                if bot.returncode is None:
                    bot.send_signal(signal.SIGTERM)
            status = await asyncio.wait_for(asyncio.gather(*(bot.wait() for bot in bots)), 30)
            engine.dispose()
        assert status == [-signal.SIGKILL, os.EX_OK], logs[1].read_text()
        assert sorted(message.channel for message in slack.messages) == ["C1", "C2", "C9"]
        assert "Traceback" not in logs[1].read_text()
