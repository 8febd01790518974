"""People write to the bot on Discord in their own words, and are answered below their message."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from models.database import transaction
from models.watch import Watch
from tests.bot.discord.people import NOON, connected_bot
from tests.loopback.discord import APPLICATION, CHANNEL, GUILD, PRIVATE, USER, DiscordServer


@pytest.fixture
async def talking(server: DiscordServer, store: Engine) -> AsyncIterator[DiscordServer]:
    bot = await connected_bot(server, store)
    yield server
    await bot.stop()


def person(key: str, bot: bool = False) -> dict[str, Any]:
    return {"id": key, "username": "ada", "discriminator": "0", "avatar": None, "global_name": "Ada", "bot": bot}


async def write(server: DiscordServer, text: str, guild: str = "", mention: bool = True, bot: bool = False) -> None:
    await server.gateway.dispatch(
        "MESSAGE_CREATE",
        {
            "id": "900000000000000001",
            "channel_id": CHANNEL if guild else PRIVATE,
            "author": person(USER, bot),
            "content": text,
            "timestamp": NOON.isoformat(),
            "edited_timestamp": None,
            "tts": False,
            "mention_everyone": False,
            "mentions": [person(APPLICATION, True)] if mention and guild else [],
            "mention_roles": [],
            "attachments": [],
            "embeds": [],
            "pinned": False,
            "type": 0,
            **({"guild_id": guild} if guild else {}),
        },
    )


async def answer(server: DiscordServer, text: str, guild: str = "") -> str:
    before = len(server.messages)
    await write(server, text, guild)
    async with asyncio.timeout(20):
        while len(server.messages) == before:  # noqa: ASYNC110 - the server has no event for it
            await asyncio.sleep(0.01)
    return server.messages[-1].words


@pytest.mark.parametrize("guild", ["", GUILD])
async def test_a_message_is_answered_by_the_command_that_it_means(talking: DiscordServer, guild: str) -> None:
    asked = f"<@{APPLICATION}> how is meta trending" if guild else "how is meta trending"
    assert "Meta" in await answer(talking, asked, guild)
    assert talking.messages[-1].payload["message_reference"]["message_id"] == 900000000000000001


async def test_a_mention_alone_is_a_call_for_help(talking: DiscordServer) -> None:
    assert "trendbot" in await answer(talking, f"<@{APPLICATION}>", GUILD)


@pytest.mark.parametrize("text", ["keep an eye on Meta", "/watch add Meta", "watch add Meta"])
async def test_nothing_is_set_by_words_alone(talking: DiscordServer, store: Engine, text: str) -> None:
    await answer(talking, f"<@{APPLICATION}> {text}", GUILD)
    assert talking.messages[-1].buttons.get("say:/watch add Meta")
    with transaction(store) as session:
        assert session.exec(select(Watch)).all() == []


async def test_what_people_write_to_each_other_is_not_looked_at(talking: DiscordServer) -> None:
    await write(talking, "how is meta trending", GUILD, mention=False)
    await write(talking, "how is meta trending", bot=True)
    assert "Meta" in await answer(talking, "trend Meta")
    assert len(talking.messages) == 1
