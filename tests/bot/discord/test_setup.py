"""`trendbot setup discord`: what is there and what is missing, in words."""

from urllib.parse import parse_qs, urlsplit

import discord
import pytest
from typer.testing import CliRunner

from bot.__main__ import app
from bot.discord.access.permissions import NEEDED, invitation_url
from bot.discord.setup import findings
from bot.platform import Finding
from bot.settings import Settings
from tests.loopback.discord import APPLICATION, CHANNEL, FORUM, GUILD, TOKEN, DiscordServer


async def found(server: DiscordServer, *channels: str, **more: str) -> list[Finding]:
    values = {"discord_token": TOKEN, "discord_api_base_url": server.api_url} | more
    return [one async for one in findings(Settings(_env_file=None, **values), channels)]  # type: ignore[arg-type]


def test_the_invitation_asks_for_what_is_needed_and_no_more() -> None:
    query = parse_qs(urlsplit(invitation_url(123)).query)
    assert query["client_id"] == ["123"]
    assert query["scope"] == ["bot applications.commands"]
    asked = discord.Permissions(int(query["permissions"][0]))
    assert {name for name, given in asked if given} == {"read_messages", *NEEDED} - {"view_channel"}


async def test_all_is_there(server: DiscordServer) -> None:
    *rest, last = await found(server, CHANNEL, FORUM, discord_test_guild=GUILD)
    assert [one.text for one in rest] == [
        f"DISCORD_TOKEN belongs to the application trendbot ({APPLICATION}).",
        "The bot needs no privileged intents. Anyone can invite it.",
        "DISCORD_TEST_GUILD is Readers: commands are registered only there.",
        "In #news of Readers the bot has all permissions it needs.",
        "In #reading of Readers the bot has all permissions it needs.",
    ]
    assert last.text.endswith(invitation_url(int(APPLICATION)))
    assert all(one.good for one in rest)


async def test_what_is_missing_in_a_channel_is_named(server: DiscordServer) -> None:
    server.overwrites[CHANNEL] = [
        {"id": GUILD, "type": 0, "allow": "0", "deny": str(discord.Permissions(attach_files=True).value)}
    ]
    for channel in (CHANNEL, f"<#{CHANNEL}>"):
        bad = [one.text for one in await found(server, channel) if not one.good]
        told = "In #news of Readers the bot lacks Attach Files (to show charts)."
        assert bad == [f"{told} Allow this in the channel's permissions."]
    server.granted = "0"
    bad = [one.text for one in await found(server, FORUM) if not one.good]
    assert "View Channel" in bad[0]
    assert "Send Messages in Threads" in bad[0]


async def test_a_channel_that_cannot_be_seen(server: DiscordServer) -> None:
    assert "invite it with" in next(one.text for one in await found(server, "42") if not one.good)
    assert "Copy Channel ID" in next(one.text for one in await found(server, "#news") if not one.good)
    server.refuse(403, 50001, path="^/channels", method="GET")
    assert "View Channel" in next(one.text for one in await found(server, CHANNEL) if not one.good)


async def test_a_token_or_a_server_that_is_none(server: DiscordServer) -> None:
    assert "DISCORD_TOKEN is not set" in (await found(server, discord_token=""))[0].text
    assert "does not accept DISCORD_TOKEN" in (await found(server, discord_token="a.b.c"))[0].text
    for guild, words in (("42", "not in server 42"), ("mine", "not a server ID")):
        assert words in next(one.text for one in await found(server, discord_test_guild=guild) if not one.good)


def test_without_a_token_it_says_where_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "")
    done = CliRunner().invoke(app, ["setup", "discord"])
    assert done.exit_code == 1
    assert "missing  DISCORD_TOKEN is not set" in done.stdout
