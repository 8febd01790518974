"""From news to an alert in a channel, with the real client libraries on both platforms.

`test_a_launch` runs on news made up here. `test_april_2026` replays a real month hour by hour: it needs
the shared news, and is the slower one.
"""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from bot.delivery import Delivery
from bot.discord.adapter import Discord
from bot.platform import Platform
from bot.router import Router
from bot.schedule import Jobs
from bot.settings import Settings
from bot.slack.adapter import Slack
from handlers import commands
from ingest.articles.item import Item, make_item
from ingest.pipeline import BATCH, Ingest
from models.count import hour_of, start_of
from signals.detector import Rules
from tests.e2e.launch import LAUNCH, QUIET
from tests.loopback.discord import CHANNEL, TOKEN, DiscordServer
from tests.loopback.slack import SlackServer

RULES = Rules()
SLACK = "C0001"
MANAGE_SERVER = 1 << 5
"""https://docs.discord.com/developers/topics/permissions"""


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Slack's library sends even loopback traffic to a proxy."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)


class Bot:
    """The bot with both platforms connected to their loopback servers, and a clock that we turn."""

    def __init__(self, engine: Engine, slack: SlackServer, discord: DiscordServer, start: datetime) -> None:
        self.now = start
        self.slack, self.discord = slack, discord
        settings = Settings(
            _env_file=None,
            slack_bot_token=slack.bot_token,
            slack_app_token=slack.app_token,
            slack_api_base_url=slack.api,
            discord_token=TOKEN,
            discord_api_base_url=discord.api_url,
            discord_gateway_url=discord.gateway_url,
        )
        found = commands(RULES)
        self.router = Router(engine, found, lambda: self.now)
        self.platforms: dict[str, Platform] = {
            "slack": Slack(settings, self.router),
            "discord": Discord(settings, self.router, found),
        }
        self.jobs = Jobs(engine, Delivery(engine, self.platforms, lambda: self.now, RULES), lambda: self.now, RULES)

    async def look(self, now: datetime) -> None:
        """What the schedule does after each poll: notice, then deliver."""
        self.now = now
        await self.jobs.detect()

    async def watch_everything(self) -> None:
        """Somebody in each channel types the command."""
        answer = await self.discord.command("watch", {"action": "add", "name": "everything"}, permissions=MANAGE_SERVER)
        assert answer.message is not None
        assert answer.message.title == "Watching everything"
        delivery = await self.slack.command("/watch", "add everything", channel=SLACK)
        answered = await self.slack.answer(delivery)
        assert "Watching everything" in answered.text

    def slack_titles(self) -> list[str]:
        """What stands first in each alert that Slack was sent; how one has grown is told in its thread."""
        return [message.text for message in self.slack.messages if not message.thread_ts]

    def discord_titles(self) -> list[str]:
        """The same for Discord."""
        return [message.title for message in self.discord.messages if message.channel == CHANNEL]


@asynccontextmanager
async def running(engine: Engine, start: datetime) -> AsyncIterator[Bot]:
    async with SlackServer() as slack, DiscordServer() as discord:
        bot = Bot(engine, slack, discord, start)
        await asyncio.gather(*(platform.start() for platform in bot.platforms.values()))
        try:
            yield bot
        finally:
            await asyncio.gather(*(platform.stop() for platform in bot.platforms.values()))


def told(source: str, title: str, at: datetime, number: int) -> Item:
    return make_item(
        source, f"{source}-{number}", f"https://{source.lower()}.example/{number}", title, "", at.isoformat(), "", at
    )


def quiet_month(until: datetime) -> Iterator[Item]:
    """Five weeks of quiet days."""
    for day in range(35):
        at = until - timedelta(days=day + 1)
        for number, title in enumerate(QUIET):
            source = ("Gazette", "Courier", "Herald")[number % 3]
            yield told(source, title.format(day), at + timedelta(hours=number), day * 10 + number)


def launch(at: datetime) -> list[Item]:
    """A launch, told by six outlets in the same two hours, in their own words."""
    return [
        told(f"Outlet{number % 6}", title, at + timedelta(minutes=12 * number), 9000 + number)
        for number, title in enumerate(LAUNCH)
    ]


async def test_a_launch(store: Engine):
    day = datetime(2026, 4, 8, tzinfo=UTC)
    ingest = Ingest(store)
    ingest.add(list(quiet_month(day)))
    async with running(store, day) as bot:
        await bot.watch_everything()
        await bot.look(day + timedelta(hours=12))
        assert bot.slack.messages == []
        assert bot.discord.messages == []
        ingest.add(launch(day + timedelta(hours=15)))
        for hour in range(16, 30):
            await bot.look(day + timedelta(hours=hour))
        assert len(bot.slack_titles()) == 1
        assert bot.slack_titles()[0].startswith("Muse Spark is spiking: 9 stories (9 articles from 6 outlets)")
        assert bot.discord_titles() == ["Muse Spark is spiking"]
        [sent] = bot.slack.messages
        assert sent.channel == SLACK
        [sent] = bot.discord.messages
        assert sent.channel == CHANNEL
        shown = sent.words
        # Nothing was expected of a new name, so sigma is the bias of 1.5 stories: z = 9 / 1.5.
        for part in ("Meta (", "Meta AI (", "z 6.0", "https://outlet0.example/9000", "Data as of"):
            assert part in shown


CORPORA = ("press", "hn", "labs")


def news(shared: Path, first: datetime, last: datetime) -> list[Item]:
    """Real items by the hour in which they count, as a poll of that hour would have read them."""
    items = []
    for name in CORPORA:
        with gzip.open(shared / "corpus" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                if first.isoformat() <= row["published_at"].replace("Z", "+00:00") < last.isoformat():
                    fields = (
                        row[key] for key in ("source", "id", "url", "title", "summary", "published_at", "precision")
                    )
                    items.append(make_item(*fields, last))
    return sorted(items, key=lambda one: (hour(one), one.source, one.external_id))


def hour(one: Item) -> int:
    found = hour_of(one.published_at)
    return found if one.precise else found // 24 * 24 + 23


def batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    batch: list[Item] = []
    for one in items:
        batch.append(one)
        if len(batch) == BATCH:
            yield batch
            batch = []
    yield batch


@pytest.mark.long
async def test_april_2026(store: Engine, shared: Path):
    first, last = datetime(2026, 4, 1, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC)
    items = news(shared, datetime(2025, 12, 25, tzinfo=UTC), last)
    ingest = Ingest(store)
    for batch in batches(one for one in items if hour(one) < hour_of(first)):
        ingest.add(batch)
    coming: dict[int, list[Item]] = {}
    for one in items:
        if hour(one) >= hour_of(first):
            coming.setdefault(hour(one), []).append(one)
    async with running(store, first) as bot:
        await bot.watch_everything()
        days = {"slack": [], "discord": []}
        for at in range(hour_of(first), hour_of(last)):
            ingest.add(coming.get(at, []))
            now = start_of(at + 1)
            await bot.look(now)
            for name, titles in (("slack", bot.slack_titles()), ("discord", bot.discord_titles())):
                days[name] += [now.date().isoformat()] * (len(titles) - len(days[name]))
        for name, titles in (("slack", bot.slack_titles()), ("discord", bot.discord_titles())):
            spark = [
                (day, title)
                for day, title in zip(days[name], titles, strict=True)
                if "Muse Spark" in title.split(":")[0]
            ]
            assert [day for day, _ in spark] == ["2026-04-08"], name
            # A month of a channel that watches everything: fewer than one alert a day.
            assert 5 <= len(titles) <= 30, titles
