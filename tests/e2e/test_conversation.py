"""One conversation, held on every platform with the real client libraries: the same words, the same meaning."""

import html
import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from chat.reply import Reply
from chat.request import Place
from ingest.pipeline import Ingest
from tests.e2e.test_alert import MANAGE_SERVER, Bot, launch, no_proxy, quiet_month, running
from tests.loopback.discord import CHANNEL, Response
from tests.loopback.slack_rules import shown

DAY = datetime(2026, 4, 8, tzinfo=UTC)
NOW = DAY + timedelta(hours=18)
SLACK = "C0001"

CONVERSATION = (
    "/help",
    "/help trend",
    "/trend Meta",
    "/trend mta",
    "/trend Antropic",
    "/trend Muse Spark",
    "/trend Meta + Muse Spark",
    "/trend Meta window week",
    "/trend qqqzzzxxjj",
    "/trend Meta as-of 2026-04-31",
    "/trend Meta as-of 2031-01-01",
    "/trend Meta as-of 2026-04-05",
    "/why Muse Spark",
    "/why Meta",
    "/spikes",
    "/spikes week",
    "/spikes since 2026-04-07",
    "/spikes as-of 2026-04-06",
    "/facts Meta",
    "/facts CoreWeave as-of 2026-01-01",
    "/timeline Meta",
    "/compare OpenAI, Anthropic",
    "/ask How much has Meta committed to CoreWeave?",
    "/ask and OpenAI?",
    "/ask Who is the king of Atlantis?",
    "/ask",
    "/names",
    "/watch",
    "/watch preview Muse Spark level 6",
    "/watch add Muse Spark level 6",
    "/watch add Meta level abc",
    "/watch add Meta level -1",
    "/watch add all models quiet 22-7 zone Europe/Berlin",
    "/watch add everything",
    "/watch list",
    "/watch pause Muse Spark",
    "/watch resume Muse Spark",
    "/watch mute Meta",
    "/watch remove everything",
    "/watch edit Muse Spark level few",
    "/watch list",
    "/why Muse Spark",
    "/digest",
    "/digest preview",
    "/digest set hour 9 days mon-fri zone Europe/Berlin",
    "/digest show",
    "/digest off",
    "/nonsense",
    "/trend @everyone <!channel> *bold* _x_ `y` ||z||",
    "/trend 🚀🚀🚀",
    "/trend مرحبا",
)


LIKE = str.maketrans({"‹": "<", "›": ">", **dict.fromkeys("\u200b\ufe0f*_`|~∗ˍˋ∼")})
"""Marks of a platform's own, and the letters that stand for them in outside words."""


def words(text: str) -> str:
    """What a person reads: without markup, and without where lines break."""
    text = html.unescape(re.sub(r"\\([^a-zA-Z0-9\s])", r"\1", text))
    return " ".join(text.translate(LIKE).split()).casefold()


def meant(reply: Reply) -> list[str]:
    """What a person must find in a reply on whatever platform: title, sentence, figures, first lines."""
    found = [reply.title, *reply.text.split("\n")[:1]]
    found += [field.value for field in reply.fields]
    found += [item.text for section in reply.lists() for item in section.items[:2]]
    return [words(one)[:60] for one in found if words(one)]


async def on_slack(bot: Bot, line: str) -> tuple[str, bool]:
    name, _, rest = line.removeprefix("/").partition(" ")
    known = name in bot.router.commands
    delivery = (
        await bot.slack.command("/" + name, rest, channel=SLACK)
        if known
        else await bot.slack.command("/trendbot", line, channel=SLACK)
    )
    answer = await bot.slack.answer(delivery)
    return words(answer.text + "\n" + shown(answer.blocks)), answer.ephemeral


async def on_discord(bot: Bot, line: str) -> tuple[str, bool]:
    name, _, rest = line.removeprefix("/").partition(" ")
    if name not in bot.router.commands:
        return "", True
    given = dict(bot.router.parse_line(line, Place("discord", "", CHANNEL)).options) if rest else {}
    if any(option.required and option.name not in given for option in bot.router.commands[name].options):
        return "", True  # Discord itself asks for what is required
    answer: Response = await bot.discord.command(name, given, permissions=MANAGE_SERVER)
    if answer.type == 9:
        return "", True  # A form asks for what is missing.
    message = answer.followups[-1] if answer.followups else answer.message
    assert message is not None
    return words(message.words), message.ephemeral


@pytest.mark.usefixtures(no_proxy.__name__)
async def test_the_same_on_every_platform(store: Engine):
    ingest = Ingest(store)
    ingest.add(list(quiet_month(DAY)))
    ingest.add(launch(DAY + timedelta(hours=15)))
    assert len(CONVERSATION) >= 40
    async with running(store, DAY) as bot:
        bot.now = NOW
        for line in CONVERSATION:
            reply = await bot.router.answer_line(line, Place("terminal", "", "terminal"), "asker")
            slack, slack_private = await on_slack(bot, line)
            missing = [part for part in meant(reply) if part not in slack]
            assert not missing, f"Slack, {line}: {missing} not in {slack}"
            assert slack_private == reply.private, line
            discord, discord_private = await on_discord(bot, line)
            if not discord:
                continue
            missing = [part for part in meant(reply) if part not in discord]
            assert not missing, f"Discord, {line}: {missing} not in {discord}"
            assert discord_private == reply.private, line
