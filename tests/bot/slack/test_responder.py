"""Questions without a command, pages, and what is shared: the real library against a Slack on the loopback address."""

from collections.abc import Awaitable, Callable

import pytest

from bot.platform import PostDelayed, PostRefused
from bot.slack.adapter import Slack
from chat.reply import Chart, Reply
from chat.request import Place
from tests.bot.slack.fakes import CHARTED, HELP, LONG, FakeRouter
from tests.loopback.slack import SlackServer
from tests.loopback.slack_rules import pings, shown

Start = Callable[..., Awaitable[Slack]]


async def test_a_mention_is_a_question_and_opens_a_thread(
    server: SlackServer, router: FakeRouter, start: Start, drawn: list[Chart]
):
    await start()
    router.reply = CHARTED
    mention = await server.mention("why is Meta in the news?", channel="C7", user="U7")
    await server.until(lambda: server.uploads)
    ts = mention.payload["event"]["ts"]
    assert router.lines == [("/ask why is Meta in the news?", Place("slack", "T1", "C7", ts), "U7", True)]
    (message,) = server.messages
    assert (message.channel, message.thread_ts) == ("C7", ts)
    assert message.sent["link_names"] is False
    assert server.uploads[0].thread_ts == ts


async def test_a_follow_up_stays_in_its_thread(server: SlackServer, router: FakeRouter, start: Start):
    await start()
    await server.mention("and OpenAI?", thread="1.0")
    await server.until(lambda: server.messages)
    assert router.lines[0][1] == Place("slack", "T1", "C1", "1.0")
    assert server.messages[0].thread_ts == "1.0"


async def test_a_private_answer_to_a_mention_is_for_its_asker(server: SlackServer, router: FakeRouter, start: Start):
    await start()
    router.reply = HELP
    mention = await server.mention("help", user="U9")
    await server.until(lambda: server.whispers)
    said = server.whispers[0]
    assert (said["channel"], said["user"], said["thread_ts"]) == ("C1", "U9", mention.payload["event"]["ts"])
    assert "Share with channel" in shown(said["blocks"])
    assert server.messages == []


async def test_a_message_to_the_bot_is_answered_there(
    server: SlackServer, router: FakeRouter, start: Start, drawn: list[Chart]
):
    await start()
    router.reply = Reply("Yours", chart=CHARTED.chart, private=True, line="/x")
    await server.direct("who is the CEO of OpenAI?")
    await server.until(lambda: server.uploads)
    assert router.lines == [("/ask who is the CEO of OpenAI?", Place("slack", "T1", "D1"), "U1", True)]
    assert (server.messages[0].channel, server.messages[0].thread_ts) == ("D1", "")
    assert "Share" not in shown(server.messages[0].blocks)
    assert server.whispers == []


async def test_the_bot_does_not_talk_to_itself(server: SlackServer, router: FakeRouter, start: Start):
    await start()
    await server.direct("an answer", user="UB")
    await server.direct("a bot's words", bot_id="B9")
    await server.direct("an edit", subtype="message_changed")
    await server.direct("who?")
    await server.until(lambda: server.messages)
    assert [line for line, *_ in router.lines] == ["/ask who?"]


async def test_a_retried_event_runs_once(server: SlackServer, router: FakeRouter, start: Start):
    await start()
    mention = await server.mention("who?")
    await server.until(lambda: server.messages)
    await server.resend(mention)
    await server.mention("who else?")
    await server.until(lambda: len(server.messages) == 2)
    assert len(router.lines) == 2


@pytest.mark.parametrize(
    "fault", [{"status": 429, "retry_after": 0}, {"status": 500}, {"error": "internal_error"}], ids=str
)
async def test_an_answer_to_a_mention_is_tried_again(
    server: SlackServer, router: FakeRouter, start: Start, fault: dict[str, object]
):
    await start()
    server.fail("chat.postMessage", **fault)  # type: ignore[arg-type]
    await server.mention("who?")
    await server.until(lambda: server.messages)


async def test_blocks_that_are_refused_become_text_here_too(server: SlackServer, router: FakeRouter, start: Start):
    await start()
    server.fail("chat.postMessage", "invalid_blocks")
    await server.mention("who?")
    await server.until(lambda: server.messages)
    assert server.messages[0].blocks == []
    router.reply = HELP
    server.fail("chat.postEphemeral", "invalid_blocks")
    await server.mention("help")
    await server.until(lambda: server.whispers)
    assert not server.whispers[0].get("blocks")


async def test_a_mention_where_the_bot_may_not_post_hurts_nothing(
    server: SlackServer, router: FakeRouter, start: Start, caplog: pytest.LogCaptureFixture
):
    await start()
    server.fail("chat.postMessage", "not_in_channel")
    await server.mention("who?")
    await server.until(lambda: not server.faults_left("chat.postMessage"))
    await server.mention("who else?")
    await server.until(lambda: server.messages)
    assert any("invite me with /invite @trendbot" in getattr(record, "reason", "") for record in caplog.records)


async def test_more_shows_the_next_page_to_who_pressed(server: SlackServer, router: FakeRouter, start: Start):
    await start()
    router.reply = LONG
    answer = await server.answer(await server.command("/why", "Meta"))
    more = answer.blocks[-1]["elements"][0]
    assert (more["action_id"], more["value"]) == ("more:2", "/why Meta")
    second = await server.answer(await server.press(more["value"], action_id=more["action_id"]))
    assert [line for line, *_ in router.lines] == ["/why Meta", "/why Meta"]
    assert second.ephemeral
    assert second.sent["replace_original"] is False
    assert "Stories (2 of 4)" in shown(second.blocks)
    forward, back, *_ = second.blocks[-1]["elements"]
    third = await server.answer(await server.press(forward["value"], action_id=forward["action_id"], ephemeral=True))
    assert third.sent["replace_original"] is True
    assert "Stories (3 of 4)" in shown(third.blocks)
    first = await server.answer(await server.press(back["value"], action_id=back["action_id"], ephemeral=True))
    assert first.ephemeral
    assert "Stories (1 of 4)" in shown(first.blocks)


async def test_nothing_of_a_long_answer_is_lost(server: SlackServer, router: FakeRouter, start: Start):
    await start()
    router.reply = LONG
    said = ""
    for page in range(1, 5):
        said += shown((await server.answer(await server.press("/why Meta", action_id=f"more:{page}"))).blocks)
    for item in LONG.sections[0].items:
        assert item.text.strip() in said


async def test_a_private_answer_is_shared(server: SlackServer, router: FakeRouter, start: Start, drawn: list[Chart]):
    await start()
    router.reply = Reply("Yours", chart=CHARTED.chart, private=True, line="/watch list")
    answer = await server.answer(await server.command("/watch", "list"))
    (share,) = answer.blocks[-1]["elements"]
    assert (share["text"]["text"], share["action_id"]) == ("Share with channel", "share:1")
    shared = await server.answer(await server.press(share["value"], action_id="share:1", ephemeral=True))
    assert not shared.ephemeral
    assert "Share" not in shown(shared.blocks)
    await server.until(lambda: server.uploads)
    assert router.lines[-1][0] == "/watch list"


async def test_an_error_is_not_offered_to_everybody(server: SlackServer, router: FakeRouter, start: Start):
    await start()
    router.reply = RuntimeError("no")
    assert "Share" not in shown((await server.answer(await server.command("/trend", "Meta"))).blocks)


async def test_only_admins_may_configure_where_that_is_set(server: SlackServer, router: FakeRouter, start: Start):
    await start(slack_configure="admins")
    for user, may in (("U1", False), ("UADMIN", True), ("UADMIN", True)):
        await server.answer(await server.command("/watch", "add Meta", user=user))
        assert router.lines[-1][3] is may
    assert [method for method, _ in server.calls].count("users.info") == 2
    server.fail("users.info", "missing_scope", needed="users:read")
    await server.answer(await server.command("/watch", "add Meta", user="U5"))
    assert router.lines[-1][3] is False


async def test_an_alert_pings_the_group_that_was_chosen(server: SlackServer, router: FakeRouter, start: Start):
    bot = await start()
    await bot.post(Place("slack", "T1", "C1"), Reply("Meta <!channel>", mention="S0ONCALL"), "k1")
    await bot.post(Place("slack", "T1", "C1"), Reply("Meta", mention="<!channel>"), "k2")
    assert [pings(message.sent) for message in server.messages] == [["<!subteam"], []]


async def test_an_alert_is_written_anew_and_told_of_in_its_thread(
    server: SlackServer, router: FakeRouter, start: Start
):
    bot = await start()
    place = Place("slack", "T1", "C1")
    ts = await bot.post(place, Reply("Meta: 20 stories"), "k1")
    await bot.edit(place, ts, Reply("Meta: 40 stories"))
    await bot.post(place, Reply("Meta doubled"), "k2", under=ts)
    (update,) = server.updates
    assert (update["channel"], update["ts"]) == ("C1", ts)
    assert "Meta: 40 stories" in shown(update["blocks"])
    assert server.messages[1].thread_ts == ts


async def test_an_alert_that_cannot_be_written_anew(server: SlackServer, router: FakeRouter, start: Start):
    bot = await start()
    place = Place("slack", "T1", "C1")
    with pytest.raises(PostRefused, match="no longer exists"):
        await bot.edit(place, "9.9", Reply("Meta"))
    ts = await bot.post(place, Reply("Meta"), "k1")
    server.fail("chat.update", status=429, retry_after=30)
    with pytest.raises(PostDelayed) as delayed:
        await bot.edit(place, ts, Reply("Meta"))
    assert delayed.value.seconds == 30
    server.fail("chat.update", "edit_window_closed")
    with pytest.raises(PostRefused, match="can no longer be edited"):
        await bot.edit(place, ts, Reply("Meta"))
