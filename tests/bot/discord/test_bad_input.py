"""What people type by mistake or to do harm, through Discord and the real router: one clear private sentence each."""

from collections.abc import AsyncIterator

import discord
import pytest
from sqlalchemy import Engine

from tests.bot.discord.people import connected_bot
from tests.loopback.discord import ANNOUNCEMENTS, FORUM, GUILD, MANAGE_GUILD, DiscordServer

HIDDEN = "300000000000000077"

ADD = {"action": "add", "name": "Meta"}
BAD = {
    "10,000 characters": ("trend", {"name": "x" * 10_000}, "I don't know the name"),
    "10,000 words": ("trend", {"name": "meta " * 2000}, "I don't know the name"),
    "emoji": ("trend", {"name": "🔥🧑‍🚀" * 20}, "I don't know the name"),
    "right to left": ("trend", {"name": "\u202eميتا تطلق"}, "I don't know the name"),
    "everybody": ("trend", {"name": "@everyone <@&600000000000000001> <!channel>"}, "I don't know the name"),
    "markup": ("trend", {"name": "**_~`> [x](http://y) # ||z||"}, "I don't know the name"),
    "nobody": ("trend", {"name": "Zzqxv Industries"}, "I don't know the name"),
    "blank": ("trend", {"name": "   "}, "/trend needs a name"),
    "no date": ("trend", {"name": "Meta", "as-of": "2026-02-31"}, "2026-02-31"),
    "the future": ("trend", {"name": "Meta", "as-of": "2027-04-09"}, "2027"),
    "below zero": ("watch", {**ADD, "level": "-1"}, "is not an alert level"),
    "no number": ("watch", {**ADD, "level": "abc"}, "is not an alert level"),
    "no channel": ("watch", {**ADD, "channel": "nowhere"}, "I can't find the channel"),
    "a channel that is hidden": ("watch", {**ADD, "channel": f"<#{HIDDEN}>"}, "give me View Channel"),
    "a channel to read alone": (
        "watch",
        {**ADD, "channel": ANNOUNCEMENTS},
        "In #press I lack Send Messages, Attach Files:",
    ),
    "another server's channel": (
        "watch",
        {**ADD, "channel": f"https://discord.com/channels/1/{FORUM}"},
        "in another server",
    ),
    "everyone as a role": ("watch", {**ADD, "mention": GUILD}, "I never ping everyone"),
    "no zone": ("watch", {**ADD, "quiet": "22-7", "zone": "Mars/Olympus"}, "Mars/Olympus"),
    "no hours": ("watch", {**ADD, "quiet": "25-99"}, "25-99"),
    "no hour": ("digest", {"action": "set", "hour": "99"}, "is not a full hour"),
    "a question of 10,000 characters": ("ask", {"question": "why " * 2500}, "up to 500 characters"),
    "a question that is none": ("ask", {"question": "🔥"}, ""),
}


@pytest.fixture
async def talking(server: DiscordServer, store: Engine) -> AsyncIterator[DiscordServer]:
    denied = str(discord.Permissions(send_messages=True).value)
    server.overwrites[ANNOUNCEMENTS] = [{"id": GUILD, "type": 0, "allow": "0", "deny": denied}]
    bot = await connected_bot(server, store)
    yield server
    await bot.stop()


async def test_bad_input_gets_a_private_sentence(talking: DiscordServer) -> None:
    await talking.gateway.connected.wait()
    for what, (name, options, sentence) in BAD.items():
        response = await talking.command(name, options, permissions=MANAGE_GUILD)
        message = response.followups[-1] if response.followups else response.message
        assert message, what
        assert message.ephemeral, what
        assert sentence in message.words.replace("\\", "").replace("\u200b", ""), (what, message.words)
        assert message.pings == [], what
        assert "Something went wrong" not in message.words, what
    watching = await talking.command("watch", {"action": "list"})
    assert watching.message
    assert "No watches in this channel yet" in watching.message.words
