"""The program in a process of its own, pointed at the platforms of tests.loopback."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from pathlib import Path
from typing import IO

from gazetteer.opml import ListedSource, write_opml
from tests.conftest import bare_environment
from tests.loopback.discord import TOKEN, DiscordServer
from tests.loopback.slack import SlackServer

ROOT = Path(__file__).resolve().parents[2]


def environment(folder: Path, **more: str) -> dict[str, str]:
    """What an operator would set, and nothing that this machine has set."""
    return {
        **bare_environment(),
        "PYTHONPATH": str(ROOT),
        "TRENDBOT_DATABASE_URL": f"sqlite:///{folder}/bot.db",
        **more,
    }


def on_slack(slack: SlackServer) -> dict[str, str]:
    """The settings of a bot that our Slack lets in."""
    return {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "SLACK_API_BASE_URL": slack.api,
    }


def on_discord(discord: DiscordServer) -> dict[str, str]:
    """The settings of a bot that our Discord lets in."""
    return {
        "DISCORD_TOKEN": TOKEN,
        "DISCORD_API_BASE_URL": discord.api_url,
        "DISCORD_GATEWAY_URL": discord.gateway_url,
    }


async def run_bot(
    folder: Path, variables: dict[str, str], rows: list[ListedSource] | None = None, stderr: IO[bytes] | int = PIPE
) -> Process:
    """Starts `trendbot run` with a list of sources, by default an empty one."""
    sources = folder / "sources.opml"
    sources.write_bytes(write_opml(rows or []))
    words = (sys.executable, "-m", "bot", "run")
    settings = environment(folder, TRENDBOT_SOURCES=str(sources), **variables)
    return await asyncio.create_subprocess_exec(*words, cwd=folder, env=settings, stderr=stderr)


async def until(bot: Process, true: Callable[[], bool], seconds: float = 240.0) -> None:
    """Waits for what happens in another process, as long as it runs."""
    async with asyncio.timeout(seconds):
        while not true():
            assert bot.returncode is None, "the bot has ended"
            await asyncio.sleep(0.05)
