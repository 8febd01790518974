"""The adapter with the real discord.py against a Discord of our own: commands, answers, posts, and its life."""

import asyncio

import discord
import pytest

from bot import charts
from bot.discord import adapter, client, post, responder
from bot.platform import PostDelayed, PostRefused, StartRefused
from chat.reply import Action, Field, ListItem, Mood, Reply, Section
from chat.request import Place
from tests.bot.discord.conftest import Start
from tests.bot.discord.people import CHART, HERE, PNG, SPIKE, FakeRouter
from tests.loopback.discord import CHANNEL, GUILD, MANAGE_GUILD, PATIENCE, PRIVATE, DiscordServer

# ---- commands ----


async def test_commands_are_written_once(server: DiscordServer, start: Start) -> None:
    await (await start()).stop()
    trend, watch, *_ = server.commands[""]
    assert [(option["name"], option["required"]) for option in trend["options"]] == [("name", True), ("as-of", False)]
    assert trend["options"][0]["autocomplete"] is True
    assert len(watch["description"]) == 100
    assert [choice["value"] for choice in watch["options"][2]["choices"]] == ["early", "late", "few", "many"]
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
    assert len(server.commands[GUILD]) == 4
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
    assert message.pings == []
    assert message.words.startswith("### Meta: spiking\n41 stories since yesterday.")
    assert message.files == {"trend.png": PNG}
    assert message.payload["attachments"][0]["description"] == CHART.alt
    assert message.buttons == {"say:/watch add Meta": "Watch"}
    (request,) = router.requests
    assert (request.command, dict(request.options)) == ("trend", {"name": "Meta", "as-of": "2026-04-09"})
    assert request.place == HERE
    assert request.author


@pytest.mark.parametrize(("permissions", "allowed"), [(0, False), (MANAGE_GUILD, True)])
async def test_who_may_configure(
    server: DiscordServer, router: FakeRouter, start: Start, permissions: int, allowed: bool
) -> None:
    await start()
    await server.command("watch", {"action": "add", "name": "Meta"}, permissions=permissions)
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
    monkeypatch.setattr(responder, "PATIENCE", 0.05)
    await start()
    router.reply = Reply("Meta", "At last.", chart=CHART, actions=SPIKE.actions, private=private)
    router.ready.clear()
    response = await server.command("trend", {"name": "Meta"}, wait=False)
    async with asyncio.timeout(PATIENCE):
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
    monkeypatch.setattr(responder, "SUGGEST_PATIENCE", 0.05)
    router.ready.clear()
    await start()
    assert (await server.autocomplete("watch", "name", "me")).choices == []


async def test_a_button_works_after_a_restart(server: DiscordServer, router: FakeRouter, start: Start) -> None:
    first = await start()
    await server.command("trend", {"name": "Meta"})
    await first.stop()
    await start()
    response = await server.press("say:/watch add Meta", permissions=MANAGE_GUILD)
    assert response.type == 4
    (line,) = router.said
    request = router.requests[-1]
    place, author, may_configure = request.place, request.author, request.may_configure
    assert (line, place, may_configure) == ("/watch add Meta", HERE, True)
    assert author
    # The answer has buttons too, and they work as well.
    assert (await server.press("say:/watch add Meta")).message
    assert router.requests[-1].may_configure is False


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
    monkeypatch.delattr(charts, "chart_png")
    await start()
    message = (await server.command("trend", {"name": "Meta"})).message
    assert message
    assert not message.files
    assert CHART.alt in message.words


async def test_a_refused_look_becomes_text(server: DiscordServer, start: Start) -> None:
    await start()
    server.refuse(400, 50035, path="callback", times=2)
    message = (await server.command("trend", {"name": "Meta"})).message
    assert message
    assert message.pings == []
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
    items = (ListItem(text, "https://a.example/" + text, text),) * 30
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
    assert message.pings == []


# ---- posts ----


async def test_a_post_is_made_once(server: DiscordServer, start: Start) -> None:
    platform = await start()
    first = await platform.post(HERE, SPIKE, "spike 7, watch 3")
    again = await platform.post(HERE, SPIKE, "spike 7, watch 3")
    other = await platform.post(HERE, SPIKE, "spike 8, watch 3")
    assert first == again == f"{CHANNEL}/{server.messages[0].id}"
    assert other == f"{CHANNEL}/{server.messages[1].id}"
    assert len(server.messages) == 2
    message = server.messages[0]
    assert message.channel == CHANNEL
    assert message.files == {"trend.png": PNG}
    assert len(message.nonce) == 25
    assert message.payload["enforce_nonce"]
    assert message.pings == []


async def test_a_post_into_a_thread(server: DiscordServer, start: Start) -> None:
    platform = await start()
    await platform.post(Place("discord", GUILD, CHANNEL, "300000000000000002"), SPIKE, "key")
    assert server.messages[0].channel == "300000000000000002"


@pytest.mark.parametrize(
    ("status", "code", "sentence"),
    [
        (403, 50001, "can't see channel"),
        (403, 50013, "Attach Files"),
        (403, 50007, "direct messages"),
        (404, 10003, "no longer exists"),
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
    with pytest.raises(PostRefused, match="not the ID"):
        await platform.post(Place("discord", GUILD, "#news"), SPIKE, "key")


async def test_a_channel_that_takes_no_files_gets_words(server: DiscordServer, start: Start) -> None:
    platform = await start()
    server.refuse(403, 50013, path="messages")
    await platform.post(HERE, SPIKE, "key")
    message = server.messages[0]
    assert not message.files
    assert CHART.alt in message.words


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
    assert await platform.post(HERE, SPIKE, "key") == f"{CHANNEL}/{server.messages[0].id}"


async def test_a_short_limit_is_waited_for(server: DiscordServer, start: Start) -> None:
    platform = await start()
    server.refuse(429, path="messages", retry_after=0.05, times=2)
    await platform.post(HERE, SPIKE, "key")
    assert len(server.messages) == 1


async def test_a_post_that_takes_too_long(server: DiscordServer, start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    platform = await start()
    monkeypatch.setattr(post, "PATIENCE", 0.1)
    server.refuse(500, path="messages", times=9)
    with pytest.raises(PostDelayed, match="can't be reached"):
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
    server.gateway.refuses = True
    with pytest.raises(StartRefused, match="does not accept DISCORD_TOKEN"):
        await start()


async def test_a_wrong_address(server: DiscordServer, start: Start) -> None:
    with pytest.raises(StartRefused, match="DISCORD_API_BASE_URL"):
        await start(discord_api_base_url=server.api_url + "/nowhere")


async def test_a_test_guild_without_the_bot(server: DiscordServer, start: Start) -> None:
    server.refuse(403, 50001, path="guilds", method="GET")
    with pytest.raises(StartRefused, match="Invite the bot"):
        await start(discord_test_guild=GUILD)
    with pytest.raises(StartRefused, match="not a server ID"):
        await start(discord_test_guild="my server")


async def test_the_start_waits_for_discord(
    server: DiscordServer, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapter, "reconnect_delays", lambda: iter([0.01] * 9))
    server.refuse(503, path="users/@me", method="GET", times=2)
    server.refuse(503, path="commands", method="GET")
    await start()
    assert server.gateway.identified == 1


async def test_a_gateway_that_is_not_there_yet(
    server: DiscordServer, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Impatient:
        """The library's clock: it waits five seconds before each of its own attempts."""

        def __getattr__(self, name: str) -> object:
            return getattr(asyncio, name)

        async def sleep(self, seconds: float) -> None:
            waited.append(seconds)

    waited: list[float] = []
    monkeypatch.setattr(discord.shard, "asyncio", Impatient())
    monkeypatch.setattr(discord.client, "asyncio", Impatient())
    monkeypatch.setattr(adapter, "reconnect_delays", lambda: iter([0.01] * 9))
    server.refuse(503, path="^/gateway$", method="GET", times=2)
    await start()
    assert (await server.command("help")).message
    assert waited == [5.0] * len(waited)
    assert len(waited) >= 2, "the library waits before it tries again"


@pytest.mark.parametrize("way", ["drop", "reconnect"])
async def test_a_dropped_gateway_resumes(server: DiscordServer, start: Start, way: str) -> None:
    await start()
    await (server.gateway.drop() if way == "drop" else server.gateway.reconnect())
    missed = await server.command("trend", {"name": "Meta"}, wait=False)
    async with asyncio.timeout(PATIENCE):
        await server.gateway.connected.wait()
    assert (await server.answered(missed)).message
    assert (await server.command("help")).message
    assert (server.gateway.identified, server.gateway.resumed) == (1, 1)


async def test_an_ended_session_is_begun_anew(
    server: DiscordServer, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def at_once(client: discord.Client, shard: int | None, *, initial: bool = False) -> None: ...

    monkeypatch.setattr(client.Client, "before_identify_hook", at_once)  # five seconds otherwise
    await start()
    await server.gateway.invalidate()
    async with asyncio.timeout(PATIENCE):
        await server.gateway.connected.wait()
    assert (await server.command("help")).message
    assert (server.gateway.identified, server.gateway.resumed) == (2, 0)


@pytest.mark.parametrize(("code", "sentence"), [(4004, "DISCORD_TOKEN"), (4014, "intent"), (4011, "2,500")])
async def test_a_connection_lost_for_good_is_told(
    server: DiscordServer, start: Start, code: int, sentence: str
) -> None:
    platform = await start()
    await server.gateway.drop(code)
    assert sentence in await asyncio.wait_for(platform.failed, PATIENCE)


async def test_stop_lets_answers_finish(server: DiscordServer, router: FakeRouter, start: Start) -> None:
    platform = await start()
    router.ready.clear()
    response = await server.command("trend", {"name": "Meta"}, wait=False)
    async with asyncio.timeout(PATIENCE):
        await router.asked.wait()
    stopping = asyncio.create_task(platform.stop())
    await asyncio.sleep(0.05)
    router.ready.set()
    await stopping
    assert response.message
