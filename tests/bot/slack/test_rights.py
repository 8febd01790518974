"""Who may do what, through Slack and the real router: nobody reaches further than he can see."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from bot.router import Router
from bot.slack.adapter import Slack
from handlers import commands
from models.database import transaction
from models.watch import Watch
from signals.detector import Rules
from tests.bot.slack.fakes import settings_for
from tests.loopback.slack import SlackServer
from tests.loopback.slack_rules import shown

NOON = datetime(2026, 4, 9, 12, tzinfo=UTC)
SECRET = "C0SECRET1"


@pytest.fixture
async def server(store: Engine) -> AsyncIterator[SlackServer]:
    async with SlackServer() as server:
        server.members[SECRET] = True
        server.private[SECRET] = {"UB", "U2"}
        bot = Slack(settings_for(server), Router(store, commands(Rules()), lambda: NOON, ["slack:T1:U2"]))
        await bot.start()
        yield server
        await bot.stop()


def watches(store: Engine) -> int:
    with transaction(store) as session:
        return len(session.exec(select(Watch)).all())


async def words(server: SlackServer, command: str, text: str, user: str = "U1", channel: str = "C1") -> str:
    answer = await server.answer(await server.command(command, text, user=user, channel=channel))
    return shown(answer.blocks)


@pytest.mark.parametrize("text", [f"add Meta channel {SECRET}", f"list channel {SECRET}", f"test channel {SECRET}"])
async def test_a_private_channel_is_for_its_members(server: SlackServer, store: Engine, text: str):
    said = await words(server, "/watch", text)
    assert "Slack can't find this channel" in said
    assert watches(store) == 0
    assert "Slack can't find this channel" not in await words(server, "/watch", text, user="U2")


async def test_another_persons_conversation_is_nobody_elses(server: SlackServer, store: Engine):
    for text in ("add Meta channel D0OTHER9", "list channel D0OTHER9"):
        assert "Slack can't find this channel" in await words(server, "/watch", text)
    assert watches(store) == 0


async def test_what_could_not_be_checked_is_not_shown(server: SlackServer):
    server.fail("conversations.info", "missing_scope", needed="groups:read")
    assert "I can't check that channel" in await words(server, "/watch", f"list channel {SECRET}")


async def test_nothing_is_confirmed_in_a_private_channel_without_the_bot(server: SlackServer, store: Engine):
    for command, text in (("/watch", "add Meta"), ("/digest", "set hour 9"), ("/watch", "test")):
        said = await words(server, command, text, channel="G0WITHOUT")
        assert "Invite me there with /invite @trendbot" in said
    assert watches(store) == 0


@pytest.mark.parametrize(
    ("command", "text"), [("/names", "reject Meta"), ("/sources", "remove TechCrunch"), ("/fact", "retract 1")]
)
async def test_what_concerns_every_workspace_is_for_operators(server: SlackServer, command: str, text: str):
    assert "is for the operators of this bot" in await words(server, command, text)
    assert "operators" not in await words(server, command, text, user="U2")
