"""What people type by mistake or to do harm, through Slack and the real router: one clear private sentence each."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from bot.router import Router
from bot.slack.adapter import Slack
from handlers import commands
from signals.detector import Rules
from tests.bot.slack.fakes import settings_for
from tests.loopback.slack import SlackServer
from tests.loopback.slack_rules import pings, shown

NOON = datetime(2026, 4, 9, 12, tzinfo=UTC)

BAD = {
    "nothing": ("/trend", "", "/trend needs a name"),
    "10,000 characters": ("/trend", "x" * 10_000, "I don't know the name"),
    "10,000 words": ("/trend", "meta " * 2000, "I don't know the name"),
    "emoji": ("/trend", "🔥🧑‍🚀" * 20, "I don't know the name"),
    "right to left": ("/trend", "\u202eميتا تطلق", "I don't know the name"),
    "everybody": ("/trend", "<!channel> @everyone <@U1>", "I don't know the name"),
    "markup": ("/trend", "*_~`> [x](http://y) <https://evil.example|bank>", "I don't know the name"),
    "nobody": ("/trend", "Zzqxv Industries", "I don't know the name"),
    "no date": ("/trend", "Meta as-of 2026-02-31", "2026-02-31"),
    "the future": ("/trend", "Meta as-of 2027-04-09", "2027"),
    "below zero": ("/watch", "add Meta level -1", "is not an alert level"),
    "no number": ("/watch", "add Meta level abc", "is not an alert level"),
    "no channel": ("/watch", "add Meta channel nowhere", "I can't find the channel"),
    "a channel that the bot can't see": ("/watch", "add Meta channel <#C0SECRET9|secret>", "I can't post there."),
    "a closed channel": ("/watch", "add Meta channel C0CLOSED", "archived"),
    "no group": ("/watch", "add Meta mention <!channel>", "I never ping everyone"),
    "no zone": ("/watch", "add Meta quiet 22-7 zone Mars/Olympus", "Mars/Olympus"),
    "no hours": ("/watch", "add Meta quiet 25-99", "25-99"),
    "no hour": ("/digest", "set hour 99", "is not a full hour"),
    "no command": ("/trendbot", "/trnd Meta", "There is no command"),
    "quotes": ("/trend", '"', "I don't know the name"),
    "a question of 10,000 characters": ("/ask", "why " * 2500, "up to 500 characters"),
    "a question that is none": ("/ask", "🔥", ""),
}


@pytest.fixture
async def server() -> AsyncIterator[SlackServer]:
    async with SlackServer() as server:
        server.members["C0CLOSED"] = True
        server.closed.add("C0CLOSED")
        yield server


@pytest.fixture
async def bot(server: SlackServer, store: Engine) -> AsyncIterator[Slack]:
    bot = Slack(settings_for(server), Router(store, commands(Rules()), lambda: NOON))
    await bot.start()
    yield bot
    await bot.stop()


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(("command", "text", "said"), BAD.values(), ids=BAD)
async def test_bad_input_is_answered_in_private(server: SlackServer, command: str, text: str, said: str):
    answer = await server.answer(await server.command(command, text))
    assert answer.ephemeral
    assert said in shown(answer.blocks)
    assert pings(answer.sent) == []
    assert len(shown(answer.blocks)) < 1500
    assert len(server.responses) == 1


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(
    "text", ["🔥" * 50, "<!channel> who <@U2>?", "*b* `c` <https://evil.example|bank>", "x" * 4000]
)
async def test_bad_questions_of_a_mention(server: SlackServer, text: str):
    await server.mention(text)
    await server.until(lambda: server.whispers or server.messages)
    for sent in [*server.whispers, *(message.sent for message in server.messages)]:
        assert pings([sent.get("blocks"), sent["text"]]) == []
    await server.answer(await server.command("/trend", "Meta"))


@pytest.mark.usefixtures("bot")
async def test_a_form_tells_of_a_channel_that_the_bot_cannot_see(server: SlackServer):
    await server.shortcut("digest")
    await server.until(lambda: server.views)
    values = {"where": {"where": {"selected_conversation": "C0SECRET9"}}, "hour": {"hour": {"value": "9"}}}
    errors = server.ack(await server.submit(server.views[0]["view"], values)).payload["errors"]
    assert errors["where"].startswith("I can't post there. Slack can't find this channel")
    assert "/invite @trendbot" in errors["where"]


@pytest.mark.usefixtures("bot")
async def test_a_form_tells_what_is_wrong_below_its_field(server: SlackServer):
    await server.shortcut("watch")
    await server.until(lambda: server.views)
    chosen = {"selected_option": {"text": {"type": "plain_text", "text": "Meta"}, "value": "Meta"}}
    values = {
        "where": {"where": {"selected_conversation": "C1"}},
        "name": {"name": chosen},
        "quiet": {"quiet": {"value": "25-99"}},
    }
    errors = server.ack(await server.submit(server.views[0]["view"], values)).payload["errors"]
    assert list(errors) == ["quiet"]
    assert "25-99" in errors["quiet"]
