"""The program itself, started as an operator starts it: feeds in over HTTP, alerts out, and a clean end."""

import asyncio
import signal
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from aiohttp import web

from gazetteer.opml import ListedSource
from tests.e2e.bot_process import on_discord, on_slack, run_bot, until
from tests.e2e.launch import LAUNCH, QUIET
from tests.loopback.discord import DiscordServer
from tests.loopback.slack import SlackServer

pytestmark = pytest.mark.long

MANAGE_SERVER = 1 << 5


class Feeds:
    """Three outlets' RSS feeds on loopback: five quiet weeks, and the launch once it has happened."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)
        self.launched = False
        self.asked = [0, 0, 0]
        """How often each outlet's feed was asked for."""

    def _rss(self, outlet: int) -> str:
        items = [
            (f"q{day}-{number}", title.format(day), self.now - timedelta(days=day, hours=3))
            for day in range(1, 36)
            for number, title in enumerate(QUIET)
            if number % 3 == outlet
        ]
        if self.launched:
            items += [
                (f"launch-{number}", title, self.now - timedelta(minutes=90 - number))
                for number, title in enumerate(LAUNCH)
                if number % 3 == outlet
            ]
        rows = "".join(
            f"<item><guid>{key}</guid><title>{escape(title)}</title><link>https://outlet{outlet}.example/{key}</link>"
            f"<pubDate>{format_datetime(at)}</pubDate></item>"
            for key, title, at in items
        )
        return f'<rss version="2.0"><channel><title>Outlet {outlet}</title>{rows}</channel></rss>'

    async def answer(self, request: web.Request) -> web.Response:
        outlet = int(request.match_info["outlet"])
        self.asked[outlet] += 1
        return web.Response(text=self._rss(outlet), content_type="application/rss+xml")

    async def read(self, bot: Process, rounds: int) -> None:
        """Waits until so many rounds more are over: a round begins when the one before it is taken in."""
        last = [times + rounds + 1 for times in self.asked]
        await until(bot, lambda: all(times >= wanted for times, wanted in zip(self.asked, last, strict=True)))


@asynccontextmanager
async def served(feeds: Feeds) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_get("/{outlet}.xml", feeds.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def test_the_bot_runs_polls_alerts_and_stops(tmp_path: Path):
    feeds = Feeds()
    async with served(feeds) as address, SlackServer() as slack, DiscordServer() as discord:
        rows = [ListedSource(f"Outlet {n}", f"{address}/{n}.xml") for n in range(3)]
        # One that does not answer: it must not keep the others from being read.
        rows.append(ListedSource("Dead", "http://127.0.0.1:9/feed.xml"))
        bot = await run_bot(tmp_path, {**on_slack(slack), **on_discord(discord), "TRENDBOT_POLL_MINUTES": "0.02"}, rows)
        assert bot.stderr is not None
        log = asyncio.create_task(bot.stderr.read())
        try:
            await until(bot, lambda: bool(discord.gateway.identified and slack.sockets))
            # The launch comes between two rounds of a bot that has read every source, and so counts in one.
            await feeds.read(bot, rounds=1)
            answer = await discord.command("watch", {"action": "add", "name": "everything"}, permissions=MANAGE_SERVER)
            assert answer.message is not None
            answered = await slack.answer(await slack.command("/watch", "add Muse Spark", channel="C9"))
            assert "Watching Muse Spark" in answered.text
            feeds.launched = True
            await until(bot, lambda: bool(discord.messages and slack.messages))
            # Several more polls of the same feeds: nobody is told twice.
            await feeds.read(bot, rounds=2)
        finally:
            if bot.returncode is None:
                bot.send_signal(signal.SIGTERM)
            status = await asyncio.wait_for(bot.wait(), 60)
            print((await log).decode())
        assert status == 0, (await log).decode()
        assert [message.title for message in discord.messages] == ["Muse Spark is spiking"]
        assert [message.channel for message in slack.messages] == ["C9"]
        assert slack.messages[0].text.startswith("Muse Spark is spiking: 9 stories (9 articles from 3 outlets)")
        assert b"Traceback" not in await log, (await log).decode()


@pytest.mark.parametrize("platform", ["slack", "discord"])
async def test_a_wrong_token_is_told_and_ends_the_bot(tmp_path: Path, platform: str):
    async with SlackServer() as slack, DiscordServer() as discord:
        wrong = (
            {**on_slack(slack), "SLACK_BOT_TOKEN": "xoxb-wrong"}
            if platform == "slack"
            else {**on_discord(discord), "DISCORD_TOKEN": "wrong"}
        )
        bot = await run_bot(tmp_path, {**wrong, "TRENDBOT_LOG_LEVEL": "ERROR"})
        _, said = await asyncio.wait_for(bot.communicate(), 240)
        assert bot.returncode == 1
        assert f"does not accept {platform.upper()}" in said.decode()
        assert "Traceback" not in said.decode()


async def test_one_platform_that_refuses_us_does_not_end_the_other(tmp_path: Path):
    async with SlackServer() as slack, DiscordServer() as discord:
        bot = await run_bot(tmp_path, {**on_slack(slack), **on_discord(discord), "SLACK_BOT_TOKEN": "xoxb-wrong"})
        assert bot.stderr is not None
        said = b""
        async with asyncio.timeout(240):
            while b"does not accept SLACK" not in said:
                said += await bot.stderr.readline()
        await until(bot, lambda: bool(discord.gateway.identified))
        answer = await discord.command("help")
        bot.send_signal(signal.SIGTERM)
        log = said + await bot.stderr.read()
        assert await asyncio.wait_for(bot.wait(), 60) == 0
        assert answer.message is not None
        assert b"Traceback" not in log
