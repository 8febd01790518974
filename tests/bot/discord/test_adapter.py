"""The adapter with the real discord.py against a Discord of our own."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import discord
import jsonschema
import pytest
from sqlmodel import Session

from bot import charts
from bot.discord import adapter
from bot.discord.adapter import Discord
from bot.platform import PostDelayed, PostRefused, StartRefused
from bot.settings import Settings
from chat.reply import Action, Chart, Field, Item, Mood, Reply, Section
from chat.request import Place, Request
from handlers.command import Command, Kind, Option
from tests.loopback.discord import CHANNEL, GUILD, MANAGE_GUILD, PRIVATE, TOKEN, DiscordServer

PNG = b"\x89PNG\r\n\x1a\n picture"
DAYS = tuple(date(2026, 3, 13) + timedelta(days) for days in range(28))
CHART = Chart("Meta", DAYS, (2.0,) * 27 + (41.0,), (2.0,) * 28, "Two stories a day, then 41 on 9 April.")
SPIKE = Reply(
    "Meta: spiking",
    "41 stories since yesterday.",
    fields=(Field("Stories", "41"),),
    sections=(Section("Stories", (Item("Meta opens Muse Spark", "https://a.example/1", "The Paper"),)),),
    chart=CHART,
    actions=(Action("Watch", "/watch Meta"),),
    footer="Counted at 12:00 UTC.",
    mood=Mood.SPIKE,
)
HERE = Place("discord", GUILD, CHANNEL)
SPECIFICATION = Path(__file__).parents[4] / "shared" / "specs" / "discord" / "openapi.json"


def handler(request: Request, session: Session, now: datetime) -> Reply:
    raise AssertionError("the adapter's tests have a router of their own")


COMMANDS = {
    command.name: command
    for command in (
        Command(
            "trend",
            "Is a name talked about more than usual?",
            "/trend Meta",
            handler,
            (
                Option("as-of", "a day in the past", Kind.DATE, keyword=True),
                Option("name", "company, model or person", Kind.NAME, required=True),
            ),
        ),
        Command(
            "watch",
            "Tell this channel when a name spikes. " * 5,
            "/watch Meta",
            handler,
            (Option("name", "", Kind.NAME), Option("level", "how early", Kind.CHOICE, choices=("early", "late"))),
            configures=True,
        ),
        Command("help", "What I know.", "/help", handler),
    )
}


class FakeRouter:
    """Says what it was told to, and remembers what it was asked."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.said: list[tuple[str, Place, str, bool]] = []
        self.reply = SPIKE
        self.error: Exception | None = None
        self.asked = asyncio.Event()
        self.ready = asyncio.Event()
        self.ready.set()
        self.names = ["Meta", "Meta AI", "", "Meta", "x" * 140, *(f"Name {number}" for number in range(40))]

    async def answer(self, request: Request) -> Reply:
        self.requests.append(request)
        self.asked.set()
        await self.ready.wait()
        if self.error:
            raise self.error
        return self.reply

    async def say(self, line: str, place: Place, author: str = "", may_configure: bool = True) -> Reply:
        self.said.append((line, place, author, may_configure))
        return self.reply

    async def suggest(self, text: str, limit: int = 25) -> list[str]:
        await self.ready.wait()
        if self.error:
            raise self.error
        return self.names


Start = Callable[..., Awaitable[Discord]]


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy, no leftovers of the library's two addresses, and a chart that costs nothing."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setattr(discord.http.Route, "BASE", discord.http.Route.BASE)
    gateway = discord.gateway.DiscordWebSocket
    monkeypatch.setattr(gateway, "DEFAULT_GATEWAY", gateway.DEFAULT_GATEWAY)
    monkeypatch.setattr(charts, "png", lambda chart: PNG)


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    async with DiscordServer() as server:
        yield server


@pytest.fixture
def router() -> FakeRouter:
    return FakeRouter()


@pytest.fixture
async def start(server: DiscordServer, router: FakeRouter) -> AsyncIterator[Start]:
    started: list[Discord] = []

    async def start(**settings: Any) -> Discord:
        values = {
            "discord_token": TOKEN,
            "discord_api_base_url": server.api_url,
            "discord_gateway_url": server.gateway_url,
            "discord_test_guild": "",
        }
        platform = Discord(Settings(_env_file=None, **(values | settings)), router, COMMANDS)  # type: ignore[arg-type]
        started.append(platform)
        await platform.start()
        return platform

    yield start
    for platform in started:
        await platform.stop()
    await asyncio.sleep(0)
    left = [task.get_coro() for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    assert [coro for coro in left if "aiohttp" not in str(coro) and "RequestHandler" not in str(coro)] == []


# ---- commands ----


async def test_commands_are_written_once(server: DiscordServer, start: Start) -> None:
    await (await start()).stop()
    trend, watch, _ = server.commands[""]
    assert [(option["name"], option["required"]) for option in trend["options"]] == [("name", True), ("as-of", False)]
    assert trend["options"][0]["autocomplete"] is True
    assert len(watch["description"]) == 100
    assert [choice["value"] for choice in watch["options"][1]["choices"]] == ["early", "late"]
    assert watch["default_member_permissions"] is None
    assert watch["contexts"] == [0, 1]
    await start()
    assert len(server.requests_to("PUT", "commands")) == 1


async def test_a_changed_command_is_written_again(server: DiscordServer, start: Start) -> None:
    await (await start()).stop()
    server.commands[""][0]["options"][1]["description"] = "as it was last year"
    await start()
    assert len(server.requests_to("PUT", "commands")) == 2


async def test_a_test_guild_gets_the_commands(server: DiscordServer, start: Start) -> None:
    await (await start(discord_test_guild=GUILD)).stop()
    await start(discord_test_guild=GUILD)
    assert len(server.commands[GUILD]) == 3
    assert "" not in server.commands
    assert len(server.requests_to("PUT", "commands")) == 1
    assert (await server.command("trend", {"name": "Meta"})).message


# ---- answers ----


async def test_trend(server: DiscordServer, router: FakeRouter, start: Start) -> None:
    await start()
    response = await server.command("trend", {"name": "Meta", "as-of": "2026-04-09"})
    message = response.message
    assert message
    assert not response.deferred
    assert not message.ephemeral
    assert not message.pings
    assert message.embeds[0]["title"] == "Meta: spiking"
    assert message.embeds[0]["image"]["url"] == "attachment://trend.png"
    assert message.files == {"trend.png": PNG}
    assert message.payload["attachments"][0]["description"] == CHART.alt
    assert message.buttons == {"say:/watch Meta": "Watch"}
    (request,) = router.requests
    assert (request.command, dict(request.options)) == ("trend", {"name": "Meta", "as-of": "2026-04-09"})
    assert request.place == HERE
    assert request.author


@pytest.mark.parametrize(("permissions", "allowed"), [(0, False), (MANAGE_GUILD, True)])
async def test_who_may_configure(
    server: DiscordServer, router: FakeRouter, start: Start, permissions: int, allowed: bool
) -> None:
    await start()
    await server.command("watch", {"name": "Meta"}, permissions=permissions)
    assert router.requests[0].may_configure is allowed


async def test_a_private_conversation(server: DiscordServer, router: FakeRouter, start: Start) -> None:
    await start()
    await server.command("help", guild=None, channel=PRIVATE)
    assert router.requests[0].place == Place("discord", "", PRIVATE)
    assert router.requests[0].may_configure


async def test_a_private_reply_is_seen_by_the_asker_alone(
    server: DiscordServer, router: FakeRouter, start: Start
) -> None:
    await start()
    router.reply = Reply("There is no name “Mta”.", "Did you mean Meta?", mood=Mood.TROUBLE, private=True)
    message = (await server.command("trend", {"name": "Mta"})).message
    assert message
    assert message.ephemeral


@pytest.mark.parametrize("private", [False, True])
async def test_a_slow_reply_follows_later(
    server: DiscordServer, router: FakeRouter, start: Start, monkeypatch: pytest.MonkeyPatch, private: bool
) -> None:
    monkeypatch.setattr(adapter, "PATIENCE", 0.05)
    await start()
    router.reply = Reply("Meta", "At last.", chart=CHART, actions=SPIKE.actions, private=private)
    router.ready.clear()
    response = await server.command("trend", {"name": "Meta"}, wait=False)
    async with asyncio.timeout(5):
        await response.changed.wait()
    assert response.deferred
    assert not response.answered
    router.ready.set()
    await server.answered(response)
    message = response.followups[0] if private else response.message
    assert message
    assert "At last." in message.words
    assert message.files
    assert message.buttons
    assert message.ephemeral is private
    assert response.original_deleted is private


async def test_autocomplete(server: DiscordServer, router: FakeRouter, start: Start) -> None:
    await start()
    names = (await server.autocomplete("trend", "name", "me")).choices
    assert names[:3] == ["Meta", "Meta AI", "x" * 100]
    assert len(names) == 25
    router.error = RuntimeError("no store")
    assert (await server.autocomplete("trend", "name", "me")).choices == []


async def test_late_names_are_no_names(
    server: DiscordServer, router: FakeRouter, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapter, "SUGGEST_PATIENCE", 0.05)
    router.ready.clear()
    await start()
    assert (await server.autocomplete("watch", "name", "me")).choices == []


async def test_a_button_works_after_a_restart(server: DiscordServer, router: FakeRouter, start: Start) -> None:
    first = await start()
    await server.command("trend", {"name": "Meta"})
    await first.stop()
    await start()
    response = await server.press("say:/watch Meta", permissions=MANAGE_GUILD)
    assert response.type == 4
    ((line, place, author, may_configure),) = router.said
    assert (line, place, may_configure) == ("/watch Meta", HERE, True)
    assert author
    # The answer has buttons too, and they work as well.
    assert (await server.press("say:/watch Meta")).message
    assert router.said[1][3] is False


async def test_an_unknown_command_is_explained(server: DiscordServer, start: Start) -> None:
    await start()
    message = (await server.command("gone")).message
    assert message
    assert message.ephemeral
    assert "Reload Discord" in message.words


async def test_a_broken_answer_is_an_apology(server: DiscordServer, router: FakeRouter, start: Start) -> None:
    await start()
    router.error = RuntimeError("secret")
    message = (await server.command("trend", {"name": "Meta"})).message
    assert message
    assert message.ephemeral
    assert "Something went wrong" in message.words
    assert "secret" not in message.words


async def test_a_chart_that_cannot_be_drawn_is_words(
    server: DiscordServer, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(charts, "png")
    await start()
    message = (await server.command("trend", {"name": "Meta"})).message
    assert message
    assert not message.files
    assert CHART.alt in message.words


async def test_a_refused_look_becomes_text(server: DiscordServer, start: Start) -> None:
    await start()
    server.refuse(400, 50035, path="callback")
    message = (await server.command("trend", {"name": "Meta"})).message
    assert message
    assert not message.embeds
    assert not message.pings
    assert message.content.startswith("Meta: spiking")


@pytest.mark.parametrize(("status", "code", "tries"), [(404, 10062, 1), (400, 40060, 2), (403, 50001, 1)])
async def test_an_answer_that_cannot_be_sent_stops_nothing(
    server: DiscordServer, start: Start, status: int, code: int, tries: int
) -> None:
    await start()
    server.refuse(status, code, path="callback", times=9)
    await server.command("trend", {"name": "Meta"}, wait=False)
    await server.asked("POST", "callback", tries)
    server.relent()
    assert (await server.command("help")).message


HOSTILE = [
    "**bold** @everyone <@123456789012345678> [x](http://evil.example)",
    "](http://evil.example) @here",
    "אאא \u202e gnp.exe مرحبا",
    "👩‍👩‍👧‍👦" * 2000,
    "x" * 10_000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
async def test_hostile_words(server: DiscordServer, router: FakeRouter, start: Start, text: str) -> None:
    await start()
    items = (Item(text, "https://a.example/" + text, text),) * 30
    router.reply = Reply(
        text,
        text,
        (Field(text, text),) * 30,
        (Section(text, items),) * 3,
        CHART,
        (Action(text, "/trend " + text[:20]),),
        text,
    )
    message = (await server.command("trend", {"name": "Meta"})).message
    assert message
    assert message.embeds
    assert not message.pings
    for embed in message.embeds:
        embed.pop("footer", None)  # which knows no markdown
        assert not re.search(r"(?<!\\)\]\(http://evil", json.dumps(embed).replace(r"\\", "\\"))


# ---- posts ----


async def test_a_post_is_made_once(server: DiscordServer, start: Start) -> None:
    platform = await start()
    first = await platform.post(HERE, SPIKE, "spike 7, watch 3")
    again = await platform.post(HERE, SPIKE, "spike 7, watch 3")
    other = await platform.post(HERE, SPIKE, "spike 8, watch 3")
    assert first == again == server.messages[0].id
    assert other == server.messages[1].id
    assert len(server.messages) == 2
    message = server.messages[0]
    assert message.channel == CHANNEL
    assert message.files == {"trend.png": PNG}
    assert len(message.nonce) == 25
    assert message.payload["enforce_nonce"]
    assert not message.pings


async def test_a_post_into_a_thread(server: DiscordServer, start: Start) -> None:
    platform = await start()
    await platform.post(Place("discord", GUILD, CHANNEL, "300000000000000002"), SPIKE, "key")
    assert server.messages[0].channel == "300000000000000002"


@pytest.mark.parametrize(
    ("status", "code", "sentence"),
    [
        (403, 50001, "cannot see channel"),
        (403, 50013, "Embed Links"),
        (403, 50007, "direct messages"),
        (404, 10003, "does not exist any more"),
        (401, 0, "DISCORD_TOKEN"),
        (400, 99999, "code 99999"),
    ],
)
async def test_a_refused_post(server: DiscordServer, start: Start, status: int, code: int, sentence: str) -> None:
    platform = await start()
    server.refuse(status, code, path="messages", times=9)
    with pytest.raises(PostRefused) as error:
        await platform.post(HERE, SPIKE, "key")
    assert sentence in error.value.reason


async def test_an_unknown_channel(server: DiscordServer, start: Start) -> None:
    platform = await start()
    server.unknown_channels.add(CHANNEL)
    with pytest.raises(PostRefused, match="invite the bot again"):
        await platform.post(HERE, SPIKE, "key")
    with pytest.raises(PostRefused, match="not the id"):
        await platform.post(Place("discord", GUILD, "#news"), SPIKE, "key")


async def test_a_channel_that_takes_only_text_gets_text(server: DiscordServer, start: Start) -> None:
    platform = await start()
    server.refuse(403, 50013, path="messages")
    await platform.post(HERE, SPIKE, "key")
    assert server.messages[0].content.startswith("Meta: spiking")


@pytest.mark.parametrize(
    ("status", "retry_after", "via", "seconds"),
    [(429, 120.0, True, 120.0), (429, 7.5, False, 7.5), (429, None, False, None), (503, None, True, None)],
)
async def test_a_delayed_post(
    server: DiscordServer, start: Start, status: int, retry_after: float | None, via: bool, seconds: float | None
) -> None:
    platform = await start()
    server.refuse(status, path="messages", retry_after=retry_after, via=via)
    with pytest.raises(PostDelayed) as error:
        await platform.post(HERE, SPIKE, "key")
    assert error.value.seconds == seconds
    assert await platform.post(HERE, SPIKE, "key") == server.messages[0].id


async def test_a_short_limit_is_waited_for(server: DiscordServer, start: Start) -> None:
    platform = await start()
    server.refuse(429, path="messages", retry_after=0.05, times=2)
    await platform.post(HERE, SPIKE, "key")
    assert len(server.messages) == 1


async def test_a_post_that_takes_too_long(server: DiscordServer, start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    platform = await start()
    monkeypatch.setattr(adapter, "POST_PATIENCE", 0.1)
    server.refuse(500, path="messages", times=9)
    with pytest.raises(PostDelayed, match="cannot be reached"):
        await platform.post(HERE, SPIKE, "key")


async def test_a_post_without_a_connection(server: DiscordServer, start: Start) -> None:
    platform = await start()
    await platform.stop()
    await platform.stop()
    with pytest.raises(PostDelayed, match="not connected"):
        await platform.post(HERE, SPIKE, "key")


# ---- life ----


async def test_a_wrong_token(server: DiscordServer, start: Start) -> None:
    with pytest.raises(StartRefused, match="does not accept DISCORD_TOKEN"):
        await start(discord_token="MTAwMDAw.wrong.token")


async def test_a_token_that_only_the_gateway_refuses(server: DiscordServer, start: Start) -> None:
    server.refuse_identify = True
    with pytest.raises(StartRefused, match="does not accept DISCORD_TOKEN"):
        await start()


async def test_a_wrong_address(server: DiscordServer, start: Start) -> None:
    with pytest.raises(StartRefused, match="DISCORD_API_BASE_URL"):
        await start(discord_api_base_url=server.api_url + "/nowhere")


async def test_a_test_guild_without_the_bot(server: DiscordServer, start: Start) -> None:
    server.refuse(403, 50001, path="guilds", method="GET")
    with pytest.raises(StartRefused, match="Invite the bot"):
        await start(discord_test_guild=GUILD)
    with pytest.raises(StartRefused, match="not a server's id"):
        await start(discord_test_guild="my server")


async def test_the_start_waits_for_discord(
    server: DiscordServer, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapter, "pauses", lambda: iter([0.01] * 9))
    server.refuse(503, path="users/@me", method="GET", times=2)
    server.refuse(503, path="commands", method="GET")
    await start()
    assert server.identified == 1


async def test_a_gateway_that_is_not_there_yet(
    server: DiscordServer, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapter, "pauses", lambda: iter([0.01] * 9))
    server.refuse(503, path="^/gateway$", method="GET", times=2)
    await start()
    assert (await server.command("help")).message


@pytest.mark.parametrize("way", ["drop", "reconnect"])
async def test_a_dropped_gateway_resumes(server: DiscordServer, start: Start, way: str) -> None:
    await start()
    await (server.drop() if way == "drop" else server.reconnect())
    missed = await server.command("trend", {"name": "Meta"}, wait=False)
    async with asyncio.timeout(10):
        await server.connected.wait()
    assert (await server.answered(missed)).message
    assert (await server.command("help")).message
    assert (server.identified, server.resumed) == (1, 1)


async def test_an_ended_session_is_begun_anew(
    server: DiscordServer, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def at_once(client: discord.Client, shard: int | None, *, initial: bool = False) -> None: ...

    monkeypatch.setattr(adapter.Client, "before_identify_hook", at_once)  # five seconds otherwise
    await start()
    await server.invalidate()
    async with asyncio.timeout(10):
        await server.connected.wait()
    assert (await server.command("help")).message
    assert (server.identified, server.resumed) == (2, 0)


@pytest.mark.parametrize(("code", "sentence"), [(4004, "DISCORD_TOKEN"), (4014, "intent"), (4011, "2,500")])
async def test_a_connection_lost_for_good_is_told(
    server: DiscordServer, start: Start, code: int, sentence: str
) -> None:
    platform = await start()
    await server.drop(code)
    assert sentence in await asyncio.wait_for(platform.failed, 5)


async def test_stop_lets_answers_finish(server: DiscordServer, router: FakeRouter, start: Start) -> None:
    platform = await start()
    router.ready.clear()
    response = await server.command("trend", {"name": "Meta"}, wait=False)
    async with asyncio.timeout(5):
        await router.asked.wait()
    stopping = asyncio.create_task(platform.stop())
    await asyncio.sleep(0.05)
    router.ready.set()
    await stopping
    assert response.message


# ---- Discord's own description of its API ----


@pytest.fixture(scope="module")
def specification() -> dict[str, Any]:
    if not SPECIFICATION.exists():
        pytest.skip(f"Discord's OpenAPI description is not at {SPECIFICATION}")
    # By its README: oneOf means "at least one", numbers may come as words and snowflakes as numbers.
    schemas = json.loads(SPECIFICATION.read_text().replace('"oneOf"', '"anyOf"'))["components"]["schemas"]
    return {**schemas, "SnowflakeType": {"type": ["string", "integer"]}}


def accepted(schemas: dict[str, Any], name: str, body: Any) -> None:
    """Raises where a body does not fit."""
    draft = jsonschema.Draft202012Validator
    types = draft.TYPE_CHECKER.redefine("integer", lambda _, value: type(value) is int or str(value).isdecimal())
    document = {"$ref": f"#/components/schemas/{name}", "components": {"schemas": schemas}}
    jsonschema.validators.extend(draft, type_checker=types)(document).validate(body)


async def test_bodies_fit_the_specification(
    server: DiscordServer, router: FakeRouter, start: Start, specification: dict[str, Any]
) -> None:
    platform = await start()
    await server.command("trend", {"name": "Meta"})
    router.reply = Reply("Private", private=True)
    await server.command("help")
    await platform.post(HERE, SPIKE, "key")
    bodies = {
        "PUT commands": ("ApplicationCommandUpdateRequest", 3),
        "POST callback": ("CreateMessageInteractionCallbackRequest", 2),
        "POST messages": ("MessageCreateRequest", 1),
    }
    for route, (name, count) in bodies.items():
        sent = [request.json for request in server.requests_to(*route.split())]
        sent = sent[0] if route.startswith("PUT") else sent
        assert len(sent) == count
        for body in sent:
            accepted(specification, name, body)
