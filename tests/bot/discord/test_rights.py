"""Who may do what, through Discord and the real router: nobody reaches further than he can see."""

from collections.abc import AsyncIterator

import discord
import pytest
from sqlalchemy import Engine
from sqlmodel import select

from models.database import transaction
from models.watch import Watch
from tests.bot.discord.people import connected_bot
from tests.loopback.discord import ANNOUNCEMENTS, CHANNEL, GUILD, MANAGE_GUILD, PRIVATE, USER, DiscordServer

OWNER = "400000000000000099"
ADD = {"action": "add", "name": "Meta"}


def denied(**permissions: bool) -> list[dict[str, str | int]]:
    return [{"id": GUILD, "type": 0, "allow": "0", "deny": str(discord.Permissions(**permissions).value)}]


@pytest.fixture
async def talking(server: DiscordServer, store: Engine) -> AsyncIterator[DiscordServer]:
    server.owner = OWNER
    bot = await connected_bot(server, store)
    yield server
    await bot.stop()


def watches(store: Engine) -> int:
    with transaction(store) as session:
        return len(session.exec(select(Watch)).all())


async def words(server: DiscordServer, name: str, options: dict[str, str], **more: object) -> str:
    response = await server.command(name, options, **more)  # type: ignore[arg-type]
    message = response.followups[-1] if response.followups else response.message
    assert message is not None
    return message.words


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("names", {"action": "reject", "name": "Meta"}),
        ("sources", {"action": "remove", "what": "TechCrunch"}),
        ("sources", {"action": "add", "what": "https://example.org/feed.xml"}),
        ("fact", {"action": "retract", "what": "1"}),
    ],
)
@pytest.mark.parametrize("guild", [None, GUILD])
async def test_what_concerns_every_server_is_for_operators(
    talking: DiscordServer, name: str, options: dict[str, str], guild: str | None
) -> None:
    where = {"guild": None, "channel": PRIVATE} if guild is None else {"permissions": MANAGE_GUILD}
    assert "is for the operators of this bot" in await words(talking, name, options, **where)


async def test_an_operator_is_known_by_his_id(server: DiscordServer, store: Engine) -> None:
    bot = await connected_bot(server, store, f"discord:{USER}")
    said = await words(server, "names", {"action": "reject", "name": "Meta"}, guild=None, channel=PRIVATE)
    await bot.stop()
    assert "operators" not in said


async def test_a_direct_message_reaches_no_servers_channel(talking: DiscordServer, store: Engine) -> None:
    for action in ("add", "test", "list"):
        options = {"action": action, "channel": CHANNEL} | ({"name": "Meta"} if action == "add" else {})
        said = await words(talking, "watch", options, guild=None, channel=PRIVATE)
        assert "From a direct message" in said
    assert watches(store) == 0
    # What comes to the conversation itself is one's own.
    await words(talking, "watch", ADD, guild=None, channel=PRIVATE)
    assert watches(store) == 1


@pytest.mark.parametrize("action", ["add", "list", "test"])
async def test_a_channel_that_somebody_cannot_see(talking: DiscordServer, store: Engine, action: str) -> None:
    talking.overwrites[ANNOUNCEMENTS] = denied(view_channel=True)
    await talking.gateway.dispatch("GUILD_CREATE", talking._guild())
    options = {"action": action, "channel": ANNOUNCEMENTS} | ({"name": "Meta"} if action == "add" else {})
    said = await words(talking, "watch", options, permissions=MANAGE_GUILD)
    assert "that both you and I can see" in said
    assert "press" not in said
    assert watches(store) == 0


async def test_nothing_is_confirmed_where_the_bot_cannot_post(talking: DiscordServer, store: Engine) -> None:
    some = discord.Permissions(view_channel=True, read_message_history=True, attach_files=True)
    talking.app_permissions = str(some.value)
    for name, options in (("watch", ADD), ("digest", {"action": "set", "hour": "9"}), ("watch", {"action": "test"})):
        said = await words(talking, name, options, permissions=MANAGE_GUILD)
        assert "In #news I lack Send Messages" in said
    assert watches(store) == 0
    # To look at what is there needs no permission of ours.
    assert "No watches in this channel yet" in await words(talking, "watch", {"action": "list"})
