"""Pages, lists, forms, threads, forums, messages that are written anew, and who may do what."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import discord
import pytest

from bot.discord import post, responder
from bot.platform import PostBlocked, PostDelayed, PostRefused
from chat.reply import Action, ListItem, Reply, Section
from chat.request import Place
from tests.bot.discord.conftest import Start
from tests.bot.discord.people import HERE, PNG, SPIKE, FakeRouter
from tests.loopback.discord import (
    ANNOUNCEMENTS,
    CHANNEL,
    FORUM,
    GUILD,
    MANAGE_GUILD,
    PATIENCE,
    PRIVATE,
    ROLE,
    THREAD,
    USER,
    DiscordServer,
)

LONG = Reply(
    "Meta",
    sections=(Section("Stories", tuple(ListItem(f"Story {number} " + "x" * 150) for number in range(60))),),
    line="/trend Meta",
)


# ---- more than one message holds ----


async def test_more_shows_the_next_page_to_who_asked(server: DiscordServer, router: FakeRouter, start: Start) -> None:
    first = await start()
    router.reply = LONG
    message = (await server.command("trend", {"name": "Meta"})).message
    assert message
    assert "Story 0 " in message.words
    assert "Story 59 " not in message.words
    # The button knows all that is needed: it works after a restart.
    await first.stop()
    await start()
    seen = message.words
    page = 2
    while f"more:{page}:/trend Meta" in message.buttons:
        message = (await server.press(f"more:{page}:/trend Meta")).message
        assert message
        assert message.ephemeral
        seen += message.words
        page += 1
    assert page > 3
    assert [number for number in range(60) if f"Story {number} " not in seen] == []
    assert set(router.said) == {"/trend Meta"}


async def test_a_late_page_is_seen_by_who_asked_alone(
    server: DiscordServer, router: FakeRouter, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    await start()
    router.reply = LONG
    await server.command("trend", {"name": "Meta"})
    monkeypatch.setattr(responder, "PATIENCE", 0.02)
    router.ready.clear()
    pressing = asyncio.create_task(server.press("more:2:/trend Meta"))
    await server.asked("POST", "callback", 2)
    router.ready.set()
    response = await pressing
    assert response.deferred
    assert response.message
    assert response.message.ephemeral
    assert not response.original_deleted


async def test_many_actions_are_a_list_to_choose_from(server: DiscordServer, router: FakeRouter, start: Start) -> None:
    await start()
    router.reply = replace(SPIKE, actions=tuple(Action(f"Name {n}", f"/trend Name {n}") for n in range(20)))
    message = (await server.command("trend", {"name": "Meta"})).message
    assert message
    assert len(message.buttons) == 20
    await server.press("/trend Name 17")
    assert router.said[-1] == "/trend Name 17"


async def test_a_picture_over_the_limit_is_left_to_words(
    server: DiscordServer, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.charts.chart_png", lambda chart: b"x" * (10 * 1024 * 1024 + 1))
    platform = await start()
    await platform.post(HERE, SPIKE, "key")
    assert server.messages[0].files == {}
    assert SPIKE.chart
    assert SPIKE.chart.alt in server.messages[0].words


# ---- messages of our own accord ----


@pytest.mark.parametrize("place", [HERE, Place("discord", GUILD, THREAD), Place("discord", GUILD, ANNOUNCEMENTS)])
async def test_an_alert_is_written_anew(server: DiscordServer, start: Start, place: Place) -> None:
    platform = await start()
    message = await platform.post(place, SPIKE, "key")
    await platform.edit(place, message, replace(SPIKE, title="Meta: cooled", chart=None))
    (kept,) = server.messages
    assert kept.words.startswith("### Meta: cooled")
    assert kept.files == {}
    # Ids that older versions noted had no channel in them.
    await platform.edit(place, kept.id, SPIKE)
    assert kept.files == {"trend.png": PNG}


async def test_an_alert_that_is_gone_is_not_written_anew(server: DiscordServer, start: Start) -> None:
    platform = await start()
    with pytest.raises(PostRefused, match="deleted"):
        await platform.edit(HERE, f"{CHANNEL}/123", SPIKE)
    with pytest.raises(PostRefused, match="not the ID"):
        await platform.edit(HERE, "1712665.003", SPIKE)
    message = await platform.post(HERE, SPIKE, "key")
    # What is older than an hour may be edited now and then.
    server.refuse(429, 30046, method="PATCH", path="messages", retry_after=900.0)
    with pytest.raises(PostDelayed) as delay:
        await platform.edit(HERE, message, SPIKE)
    assert delay.value.seconds == 900.0


async def test_what_follows_goes_into_a_thread(server: DiscordServer, start: Start) -> None:
    platform = await start()
    message = await platform.post(HERE, SPIKE, "key")
    alert = server.messages[0]
    for number in range(2):
        await platform.post(HERE, replace(SPIKE, title=f"Update {number}"), f"update {number}", under=message)
    assert server.threads[alert.id]["name"] == "Update 0"
    assert [one.channel for one in server.messages] == [CHANNEL, alert.id, alert.id]


async def test_what_follows_in_a_thread_answers_there(server: DiscordServer, start: Start) -> None:
    platform = await start()
    place = Place("discord", GUILD, THREAD)
    message = await platform.post(place, SPIKE, "key")
    await platform.post(place, SPIKE, "update", under=message)
    assert server.messages[1].channel == THREAD
    assert server.messages[1].payload["message_reference"]["message_id"] == int(server.messages[0].id)


@pytest.mark.parametrize("place", [HERE, Place("discord", "", PRIVATE)], ids=["forbidden", "private"])
async def test_where_no_thread_may_be_it_is_an_answer(server: DiscordServer, start: Start, place: Place) -> None:
    platform = await start()
    message = await platform.post(place, SPIKE, "key")
    server.refuse(403, 50013, path="threads")
    await platform.post(place, SPIKE, "update", under=message)
    assert server.messages[1].channel == server.messages[0].channel
    assert server.messages[1].payload["message_reference"]["fail_if_not_exists"] is False


async def test_a_forum_gets_posts(server: DiscordServer, router: FakeRouter, start: Start) -> None:
    platform = await start()
    async with asyncio.timeout(PATIENCE):
        await router.moved.wait()  # the server's channels are known
    place = Place("discord", GUILD, FORUM)
    message = await platform.post(place, SPIKE, "key")
    (thread,) = server.threads.values()
    assert (thread["name"], thread["parent_id"]) == ("Meta: spiking", FORUM)
    assert server.requests_to("POST", "threads")[0].json["applied_tags"]
    assert message == f"{thread['id']}/{server.messages[0].id}"
    await platform.post(place, SPIKE, "update", under=message)
    assert server.messages[1].channel == thread["id"]
    await platform.edit(place, message, replace(SPIKE, title="Meta: cooled"))
    assert "cooled" in server.messages[0].words


async def test_only_the_chosen_role_is_pinged(server: DiscordServer, start: Start) -> None:
    platform = await start()
    hostile = replace(SPIKE, text=f"@everyone <@&{ROLE}1> <@{ROLE}>")
    await platform.post(HERE, replace(hostile, mention=ROLE), "first")
    await platform.post(HERE, hostile, "second")
    await platform.post(HERE, replace(hostile, mention=f"{ROLE}> @everyone"), "third")
    assert [message.pings for message in server.messages] == [[f"roles {ROLE}"], [], []]


async def test_a_dropped_answer_to_a_post_is_no_second_post(
    server: DiscordServer, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform = await start()
    monkeypatch.setattr(post, "PATIENCE", 5.0)
    server.refuse(502, path="messages", times=1)
    await platform.post(HERE, SPIKE, "key")
    await platform.post(HERE, SPIKE, "key")
    assert len(server.messages) == 1


async def test_a_lost_answer_to_a_forum_post_is_no_second_post(
    server: DiscordServer, router: FakeRouter, start: Start
) -> None:
    platform = await start()
    async with asyncio.timeout(5):
        await router.moved.wait()
    server.loses = 1
    message = await platform.post(Place("discord", GUILD, FORUM), SPIKE, "key")
    (thread,) = server.threads
    assert message == f"{thread}/{thread}"
    assert len(server.requests_to("POST", f"{FORUM}/threads")) == 1
    # It is a message like others.
    await platform.edit(Place("discord", GUILD, FORUM), message, replace(SPIKE, title="Meta: cooled"))
    assert "cooled" in server.messages[0].words


async def test_a_forum_is_looked_at_before_a_post_is_repeated(
    server: DiscordServer, router: FakeRouter, start: Start
) -> None:
    platform = await start()
    async with asyncio.timeout(5):
        await router.moved.wait()
    place = Place("discord", GUILD, FORUM)
    first = await platform.post(place, SPIKE, "key")
    begun = discord.utils.snowflake_time(int(first.partition("/")[0]))
    assert await platform.post(place, SPIKE, "key", since=begun) == first
    # What is older, or says something else, is another alert.
    for reply, since in ((SPIKE, begun + timedelta(hours=1)), (replace(SPIKE, title="Meta: cooled"), begun)):
        await platform.post(place, reply, "key", since=since)
    assert len(server.threads) == 3


async def test_a_forum_post_without_word_from_the_gateway(
    server: DiscordServer, router: FakeRouter, start: Start
) -> None:
    server.tells = False
    platform = await start()
    async with asyncio.timeout(5):
        await router.moved.wait()
    message = await platform.post(Place("discord", GUILD, FORUM), SPIKE, "key")
    assert message.partition("/")[0] in server.threads


async def test_an_alert_to_a_forum_just_after_the_start(server: DiscordServer, start: Start) -> None:
    platform = await start()
    assert platform._client
    platform._client.get_channel = lambda _: None  # type: ignore[method-assign, assignment]
    await platform.post(Place("discord", GUILD, FORUM), SPIKE, "key")
    assert len(server.threads) == 1


# ---- what is refused for now ----


@pytest.mark.parametrize(
    ("status", "code", "blocked"),
    [
        (403, 50001, True),
        (403, 50013, True),
        (404, 10003, True),
        (401, 0, True),
        (404, 10008, False),
        (400, 50035, False),
    ],
)
async def test_what_somebody_can_put_right_is_no_final_refusal(
    server: DiscordServer, start: Start, status: int, code: int, blocked: bool
) -> None:
    platform = await start()
    server.refuse(status, code, path="messages", times=3)
    with pytest.raises(PostRefused) as refused:
        await platform.post(HERE, SPIKE, "key")
    assert isinstance(refused.value, PostBlocked) is blocked


async def test_a_server_that_removed_the_bot_while_it_was_off_is_noticed(
    server: DiscordServer, router: FakeRouter, start: Start
) -> None:
    gone = "999999999999999999"
    router.known = [gone, GUILD]
    await start()
    async with asyncio.timeout(5):
        while ("discord", gone, "left") not in router.came:
            router.moved.clear()
            await router.moved.wait()
    assert ("discord", GUILD, "left") not in router.came


async def test_another_permission_is_a_reason_to_try_again(
    server: DiscordServer, router: FakeRouter, start: Start
) -> None:
    await start()
    async with asyncio.timeout(5):
        await router.moved.wait()
    channel = server._guild()["channels"][0] | {"guild_id": GUILD}
    role = server._guild()["roles"][0]
    me = {"guild_id": GUILD, "user": server._me(), **server._member([ROLE])}
    may = [{"id": GUILD, "type": 0, "allow": "2048", "deny": "0"}]
    for event, data in (
        ("CHANNEL_UPDATE", channel | {"permission_overwrites": may}),
        ("GUILD_ROLE_UPDATE", {"guild_id": GUILD, "role": role | {"permissions": "8"}}),
        ("GUILD_MEMBER_UPDATE", me),
    ):
        router.moved.clear()
        await server.gateway.dispatch(event, data)
        async with asyncio.timeout(5):
            await router.moved.wait()
    assert router.came.count(("discord", GUILD, "invited")) == 3


# ---- forms ----


async def test_a_watch_by_form(server: DiscordServer, router: FakeRouter, start: Start) -> None:
    first = await start()
    form = (await server.command("watch", {"action": "add"}, permissions=MANAGE_GUILD)).form
    await first.stop()
    await start()
    values = {"name": 'Meta + "Muse Spark"', "level": "few", "quiet": "22-7", "zone": "", "channel": FORUM}
    response = await server.submit(form, values, permissions=MANAGE_GUILD)
    assert response.message
    assert router.said == [f"/watch add Meta + Muse Spark level few quiet 22-7 channel {FORUM}"]
    assert (router.requests[-1].author, router.requests[-1].place) == (USER, HERE)


async def test_a_change_and_a_digest_by_form(server: DiscordServer, router: FakeRouter, start: Start) -> None:
    await start()
    options = {"action": "edit", "name": "Muse Spark"}
    form = (await server.command("watch", options, permissions=MANAGE_GUILD)).form
    await server.submit(form, {"level": "many", "mention": ROLE}, permissions=MANAGE_GUILD)
    assert router.said[-1] == f"/watch edit Muse Spark level many mention {ROLE}"
    form = (await server.command("digest", {"action": "set"}, permissions=MANAGE_GUILD)).form
    await server.submit(form, {"hour": "9", "days": "mon-fri", "zone": "Europe/Berlin"}, permissions=MANAGE_GUILD)
    assert router.said[-1] == "/digest set hour 9 days mon-fri zone Europe/Berlin"


async def test_who_may_not_configure_gets_a_sentence_and_no_form(
    server: DiscordServer, router: FakeRouter, start: Start
) -> None:
    await start()
    assert (await server.command("watch", {"action": "add"})).message
    assert router.requests[0].may_configure is False


# ---- who may ----


async def test_a_server_can_let_others_configure(server: DiscordServer, router: FakeRouter, start: Start) -> None:
    await start()
    watch = next(command for command in server.commands[""] if command["name"] == "watch")
    server.permissions[watch["id"]] = [{"id": ROLE, "type": 1, "permission": True}]
    await server.command("watch", {"action": "add", "name": "Meta"}, roles=[ROLE])
    await server.command("watch", {"action": "add", "name": "Meta"})
    assert [request.may_configure for request in router.requests] == [True, False]
    # Asked once; and again when the server has changed it.
    assert len(server.requests_to("GET", "permissions")) == 1
    server.permissions[watch["id"]] = [{"id": ROLE, "type": 1, "permission": False}]
    await server.gateway.dispatch(
        "APPLICATION_COMMAND_PERMISSIONS_UPDATE",
        {"id": watch["id"], "application_id": "1", "guild_id": GUILD, "permissions": []},
    )
    await server.command("watch", {"action": "add", "name": "Meta"}, roles=[ROLE])
    assert router.requests[-1].may_configure is False


async def test_removal_and_invitation_are_told(server: DiscordServer, router: FakeRouter, start: Start) -> None:
    await start()
    for what, act in (("joined", None), ("left", server.remove), ("joined", server.invite)):
        if act:
            router.moved.clear()
            await act()
        async with asyncio.timeout(PATIENCE):
            await router.moved.wait()
        assert router.came[-1] == ("discord", GUILD, what)


async def test_channels_and_roles_are_offered(server: DiscordServer, router: FakeRouter, start: Start) -> None:
    await start()
    async with asyncio.timeout(PATIENCE):
        await router.moved.wait()
    assert (await server.autocomplete("watch", "channel", "")).choices == ["#news", "#reading", "#press", "#spikes"]
    assert (await server.autocomplete("watch", "channel", "rea")).payload["data"]["choices"][0]["value"] == FORUM
    assert (await server.autocomplete("watch", "mention", "")).choices == ["off", "@AI news"]


# ---- the gateway ----


async def test_no_privileged_intent_and_heartbeats(server: DiscordServer, start: Start) -> None:
    server.gateway.interval = 50
    await start()
    # Guilds, and messages in servers and in private; none of the three (1 << 1, 1 << 8, 1 << 15) is asked for that
    # need Discord's consent.
    assert server.gateway.intents == 1 << 0 | 1 << 9 | 1 << 12
    async with asyncio.timeout(PATIENCE):
        await server.gateway.beats(3)
    assert (await server.command("help")).message


async def test_a_drop_in_mid_reply_loses_no_answer(server: DiscordServer, router: FakeRouter, start: Start) -> None:
    await start()
    router.ready.clear()
    response = await server.command("trend", {"name": "Meta"}, wait=False)
    async with asyncio.timeout(PATIENCE):
        await router.asked.wait()
        await server.gateway.drop()
        router.ready.set()
        await server.answered(response)
        await server.gateway.connected.wait()
    assert response.message
    assert server.gateway.resumed == 1


async def test_a_channel_of_another_server_is_not_posted_to(server: DiscordServer, start: Start) -> None:
    bot = await start()
    for channel in (CHANNEL, FORUM, THREAD):
        with pytest.raises(PostRefused, match="another server"):
            await bot.post(Place("discord", "999999999999999999", channel), SPIKE, "key")
    assert server.messages == []
