import asyncio
import hashlib
import hmac
import logging
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import unused_port

from bot.platform import PostBlocked, PostDelayed, PostRefused, StartRefused
from bot.slack import adapter, api_errors
from bot.slack.adapter import Slack
from bot.slack.app import workspaces
from chat.errors import UserError
from chat.reply import Action, Chart, Field, ListItem, Reply, Section
from chat.request import Place
from tests.bot.slack.fakes import CHART, CHARTED, HELP, PLACE, TREND, FakeRouter, settings_for
from tests.loopback.slack import WAIT, SlackServer
from tests.loopback.slack_rules import pings, shown

Start = Callable[..., Awaitable[Slack]]


async def test_trend(server: SlackServer, router: FakeRouter, start: Start):
    await start()
    delivery = await server.command("/trend", "Meta as-of 2026-04-09", channel="C7", user="U7")
    answer = await server.answer(delivery)
    place = Place("slack", "T1", "C7")
    assert router.lines == [("/trend Meta as-of 2026-04-09", place, "U7", True)]
    assert not answer.ephemeral
    assert answer.text == "Meta: spiking: 41 stories today."
    assert "📈 Meta: spiking" in shown(answer.blocks)
    assert "Meta opens Muse Spark (https://example.com/a) (Reuters)" in shown(answer.blocks)
    buttons = answer.blocks[-1]["elements"]
    assert [(button["text"]["text"], button["value"]) for button in buttons] == [("Watch Meta", "/watch Meta")]
    ack = server.ack(delivery)
    assert ack.at < answer.at
    assert ack.payload == {}
    assert server.uploads == []


async def test_the_chart_follows_the_answer(server: SlackServer, router: FakeRouter, start: Start, drawn: list[Chart]):
    await start()
    router.reply = CHARTED
    answer = await server.answer(await server.command("/trend", "Meta", channel="C7"))
    assert "`▂█` 8 Apr to 9 Apr 2026" in shown(answer.blocks)
    await server.until(lambda: server.uploads)
    upload = server.uploads[0]
    assert drawn == [CHART]
    assert (upload.channel, upload.thread_ts, upload.data) == ("C7", "", b"\x89PNG a picture")
    assert (upload.title, upload.alt) == ("Meta, stories per day", "41 on 9 April, usually 3.")


async def test_the_picture_is_a_picture(server: SlackServer, router: FakeRouter, start: Start):
    pytest.importorskip("bot.charts", reason="charts are not drawn yet")
    await start()
    router.reply = CHARTED
    await server.command("/trend", "Meta")
    await server.until(lambda: server.uploads)
    assert server.uploads[0].data.startswith(b"\x89PNG")
    assert server.uploads[0].filename.endswith(".png")


@pytest.mark.parametrize(
    ("method", "error"),
    [
        ("files.getUploadURLExternal", {"error": "missing_scope", "needed": "files:write"}),
        ("files.completeUploadExternal", {"error": "not_in_channel"}),
        ("upload", {"status": 500}),
        ("files.getUploadURLExternal", {"error": "file_upload_size_restricted"}),
    ],
)
async def test_a_chart_that_cannot_be_shown_hurts_nothing(
    server: SlackServer, router: FakeRouter, start: Start, drawn: list[Chart], method: str, error: dict[str, Any]
):
    await start()
    router.reply = CHARTED
    server.fail(method, **error)
    assert (await server.answer(await server.command("/trend", "Meta"))).text.startswith("Meta")
    await server.until(lambda: not server.faults_left(method))
    router.reply = TREND
    assert (await server.answer(await server.command("/trend", "Meta"))).text.startswith("Meta")
    assert server.uploads == []
    assert len(server.responses) == 2


async def test_a_chart_that_cannot_be_drawn_hurts_nothing(
    server: SlackServer, router: FakeRouter, start: Start, monkeypatch: pytest.MonkeyPatch
):
    await start()
    router.reply = CHARTED
    monkeypatch.setitem(sys.modules, "bot.charts", SimpleNamespace())
    assert (await server.answer(await server.command("/trend", "Meta"))).text.startswith("Meta")


async def test_a_private_answer_is_ephemeral_and_uploads_nothing(
    server: SlackServer, router: FakeRouter, start: Start, drawn: list[Chart]
):
    bot = await start()
    router.reply = Reply("For you", chart=CHART, private=True)
    assert (await server.answer(await server.command("/trend", "Meta"))).ephemeral
    await bot.stop()
    assert drawn == []
    assert server.uploads == []


@pytest.mark.parametrize(("text", "line"), [("help", "help"), ("", "/help"), ("trend R&D <x>", "trend R&D <x>")])
async def test_trendbot_takes_any_line(server: SlackServer, router: FakeRouter, start: Start, text: str, line: str):
    await start()
    router.reply = HELP
    answer = await server.answer(await server.command("/trendbot", text))
    assert answer.ephemeral
    assert answer.text == "What I know: /trend, /help"
    assert router.lines == [(line, PLACE, "U1", True)]


async def test_a_command_that_is_not_ours_is_left_to_the_router(server: SlackServer, router: FakeRouter, start: Start):
    await start()
    router.reply = UserError("There is no command “trent”.", "See /help.").reply()
    assert (await server.answer(await server.command("/trent", "Meta"))).ephemeral
    assert router.lines[0][0] == "/trent Meta"


async def test_a_private_conversation_belongs_to_its_workspace(server: SlackServer, router: FakeRouter, start: Start):
    await start()
    await server.answer(await server.command("/trend", "Meta", channel="D1"))
    assert router.lines[0][1] == Place("slack", "T1", "D1")


async def test_a_slow_answer_does_not_hold_the_acknowledgement(server: SlackServer, router: FakeRouter, start: Start):
    await start()
    router.ready.clear()
    delivery = await server.command("/trend", "Meta")
    assert server.ack(delivery)
    assert server.responses == []
    router.ready.set()
    assert (await server.answer(delivery)).text.startswith("Meta")


async def test_slow_answers_do_not_wait_for_each_other(server: SlackServer, router: FakeRouter, start: Start):
    await start()
    router.ready.clear()
    deliveries = [await server.command("/trend", f"Meta {number}") for number in range(8)]
    async with asyncio.timeout(WAIT):
        for _ in deliveries:
            await router.heard.acquire()
    router.ready.set()
    for delivery in deliveries:
        await server.answer(delivery)


async def test_an_error_is_answered_with_a_ticket(
    server: SlackServer, router: FakeRouter, start: Start, caplog: pytest.LogCaptureFixture
):
    await start()
    router.reply = RuntimeError("password=hunter2")
    answer = await server.answer(await server.command("/trend", "Meta"))
    assert answer.ephemeral
    assert "Something went wrong here." in shown(answer.blocks)
    assert "hunter2" not in str(answer.sent)
    ticket = shown(answer.blocks).rsplit(" ", 1)[1].rstrip(".")
    assert [record.ticket for record in caplog.records] == [ticket]


async def test_a_retried_envelope_runs_once(server: SlackServer, router: FakeRouter, start: Start):
    await start()
    delivery = await server.command("/trend", "Meta")
    await server.answer(delivery)
    await server.resend(delivery)
    button = await server.press("/facts Meta")
    await server.answer(button)
    await server.resend(button)
    await server.answer(await server.command("/trend", "Google"))
    assert len(server.responses) == 3
    assert len(server.acks) == 5
    assert len(router.lines) == 3


async def test_a_button_says_its_line(server: SlackServer, router: FakeRouter, start: Start):
    await start()
    delivery = await server.press("/trend R&amp;D", channel="C3", user="U3", action_id="say:24")
    answer = await server.answer(delivery)
    assert router.lines == [("/trend R&D", Place("slack", "T1", "C3"), "U3", True)]
    assert not answer.ephemeral
    assert answer.sent["replace_original"] is False
    assert server.ack(delivery).at < answer.at


async def test_a_button_in_a_thread_answers_there(
    server: SlackServer, router: FakeRouter, start: Start, drawn: list[Chart]
):
    await start()
    router.reply = CHARTED
    answer = await server.answer(await server.press("/trend Meta", ts="2.0", thread_ts="1.0"))
    assert answer.thread_ts == "1.0"
    assert router.lines[0][1].thread == "1.0"
    await server.until(lambda: server.uploads)
    assert server.uploads[0].thread_ts == "1.0"


async def test_a_button_of_a_threads_first_message_answers_in_the_channel(
    server: SlackServer, router: FakeRouter, start: Start
):
    await start()
    assert (await server.answer(await server.press("/trend Meta", ts="1.0", thread_ts="1.0"))).thread_ts == ""


async def test_a_button_of_an_ephemeral_message(server: SlackServer, router: FakeRouter, start: Start):
    await start()
    router.reply = HELP
    assert (await server.answer(await server.press("/help", ephemeral=True))).ephemeral
    assert router.lines[0][1] == PLACE


async def test_blocks_that_slack_refuses_become_text(server: SlackServer, router: FakeRouter, start: Start):
    await start()
    server.fail("response_url", "invalid_blocks", status=400)
    answer = await server.answer(await server.command("/trend", "Meta"))
    assert answer.blocks == []
    assert answer.sent["mrkdwn"] is False
    assert "Meta opens Muse Spark" in answer.text
    assert "https://example.com/a" in answer.text


async def test_a_refusal_with_status_200_is_one_too(server: SlackServer, router: FakeRouter, start: Start):
    await start()
    server.fail("response_url", "invalid_blocks")
    assert (await server.answer(await server.command("/trend", "Meta"))).blocks == []


@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 429, "retry_after": 0}], ids=["500", "429"])
async def test_an_answer_is_tried_again(server: SlackServer, router: FakeRouter, start: Start, fault: dict[str, Any]):
    await start()
    server.fail("response_url", **fault)
    assert (await server.answer(await server.command("/trend", "Meta"))).text.startswith("Meta")


async def test_an_answer_that_nobody_takes_is_given_up(server: SlackServer, router: FakeRouter, start: Start):
    await start()
    server.fail("response_url", "used_url", status=404, times=2)
    await server.command("/trend", "Meta")
    await server.until(lambda: not server.faults_left("response_url"))
    await server.answer(await server.command("/trend", "Google"))
    assert len(server.responses) == 1


HOSTILE = "<!channel> <@U1> &<> *b* _i_ `c` " + "\u202eميتا 🔥🧑‍🚀" + "x" * 10_000


async def test_hostile_words_arrive_and_ping_nobody(
    server: SlackServer, router: FakeRouter, start: Start, drawn: list[Chart]
):
    bot = await start()
    url = f"https://example.com/{HOSTILE[:50]}"
    sections = (Section(HOSTILE, (ListItem(HOSTILE, url, HOSTILE),) * 30),) * 5
    chart = Chart(HOSTILE, CHART.days, CHART.counts, CHART.expected, HOSTILE)
    fields, actions = (Field(HOSTILE, HOSTILE),) * 20, (Action(HOSTILE, HOSTILE),)
    router.reply = Reply(HOSTILE, HOSTILE, fields, sections, chart, actions, HOSTILE)
    answer = await server.answer(await server.command("/trend", HOSTILE[:200]))
    assert answer.blocks
    assert pings(answer.sent) == []
    ts = await bot.post(PLACE, router.reply, "spike-1")
    message = server.messages[0]
    assert message.ts == ts
    assert message.blocks
    assert pings(message.sent) == []
    await server.until(lambda: len(server.uploads) == 2)
    assert len(server.uploads[0].alt) <= 1000


async def test_post(server: SlackServer, start: Start, drawn: list[Chart]):
    bot = await start()
    ts = await bot.post(Place("slack", "T1", "C5"), CHARTED, "spike-1")
    (message,) = server.messages
    assert (message.channel, message.ts, message.thread_ts) == ("C5", ts, "")
    assert message.text == "Meta: spiking: 41 stories today."
    assert message.metadata == {"event_type": "trendbot_alert", "event_payload": {"key": "spike-1"}}
    assert message.sent["unfurl_links"] is message.sent["unfurl_media"] is message.sent["link_names"] is False
    assert message.sent["parse"] == "none"
    await server.until(lambda: server.uploads)
    assert (server.uploads[0].channel, server.uploads[0].thread_ts) == ("C5", ts)


EARLIER = datetime(2023, 11, 14, tzinfo=UTC)
"""Before the loopback's first message."""


@pytest.mark.parametrize("place", [PLACE, Place("slack", "T1", "C1", "1.0")], ids=["channel", "thread"])
@pytest.mark.parametrize("fault", [{"status": 500}, {"error": "internal_error"}, {"seconds": 1.0}], ids=str)
async def test_an_answer_that_is_lost_after_the_post_is_no_second_post(
    server: SlackServer, start: Start, monkeypatch: pytest.MonkeyPatch, place: Place, fault: dict[str, Any]
):
    monkeypatch.setattr(workspaces, "POST_SECONDS", 0.5)
    server.reads = True
    bot = await start()
    await bot.post(place, TREND, "spike-1")
    server.fail("chat.postMessage", after=True, **fault)
    with pytest.raises(PostDelayed):
        await bot.post(place, TREND, "spike-2")
    assert await bot.post(place, TREND, "spike-2", since=EARLIER) == server.messages[1].ts
    assert len(server.messages) == 2
    # What has not arrived is posted.
    await bot.post(place, TREND, "spike-3", since=EARLIER)
    await bot.post(place, TREND, "spike-2", since=datetime(2100, 1, 1, tzinfo=UTC))
    assert len(server.messages) == 4


async def test_where_the_app_may_not_read_the_channel_it_posts_again(server: SlackServer, start: Start):
    bot = await start()
    server.fail("chat.postMessage", status=500, after=True)
    with pytest.raises(PostDelayed):
        await bot.post(PLACE, TREND, "spike-1")
    await bot.post(PLACE, TREND, "spike-1", since=EARLIER)
    assert len(server.messages) == 2


async def test_a_slack_in_trouble_is_not_posted_to_unseen(server: SlackServer, start: Start):
    bot = await start()
    server.fail("conversations.history", status=503)
    with pytest.raises(PostDelayed):
        await bot.post(PLACE, TREND, "spike-1", since=EARLIER)
    assert server.messages == []


async def test_a_post_may_take_longer_than_an_answer(
    server: SlackServer, start: Start, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(workspaces, "CALL_SECONDS", 0.2)
    bot = await start()
    server.fail("chat.postMessage", after=True, seconds=0.5)
    assert await bot.post(PLACE, TREND, "spike-1") == server.messages[0].ts


@pytest.mark.parametrize(
    ("error", "blocked"),
    [
        ("not_in_channel", True),
        ("channel_not_found", True),
        ("missing_scope", True),
        ("org_login_required", True),
        ("token_revoked", True),
        ("message_not_found", False),
        ("user_not_found", False),
    ],
)
async def test_what_somebody_can_put_right_is_no_final_refusal(
    server: SlackServer, start: Start, error: str, blocked: bool
):
    bot = await start()
    server.fail("chat.postMessage", error)
    with pytest.raises(PostRefused) as refused:
        await bot.post(PLACE, TREND, "spike-1")
    assert isinstance(refused.value, PostBlocked) is blocked


async def test_an_invitation_to_a_channel_is_a_reason_to_try_again(
    server: SlackServer, router: FakeRouter, start: Start
):
    await start()
    for user in ("U1", "UB"):
        await server.event({"type": "member_joined_channel", "user": user, "channel": "C7", "team": "T1"})
    async with asyncio.timeout(5):
        await router.gone.wait()
    assert [one for one in router.stays if one[0] == "invited"] == [("invited", "T1 C7")]


async def test_post_into_a_thread(server: SlackServer, start: Start, drawn: list[Chart]):
    bot = await start()
    await bot.post(Place("slack", "T1", "C5", "1.0"), CHARTED, "spike-1")
    await server.until(lambda: server.uploads)
    assert server.messages[0].thread_ts == server.uploads[0].thread_ts == "1.0"


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        ("channel_not_found", "Slack can't find this channel"),
        ("not_in_channel", "/invite @trendbot"),
        ("is_archived", "archived"),
        ("invalid_auth", "SLACK_BOT_TOKEN"),
        ("account_inactive", "SLACK_BOT_TOKEN"),
        ("token_revoked", "reinstall the app"),
        ("restricted_action", "ask an admin to allow @trendbot"),
        ("something_new", "something_new"),
    ],
)
async def test_post_refused(server: SlackServer, start: Start, error: str, reason: str):
    bot = await start()
    server.fail("chat.postMessage", error)
    with pytest.raises(PostRefused) as refused:
        await bot.post(PLACE, TREND, "spike-1")
    assert reason in refused.value.reason
    assert refused.value.reason.endswith(".")


async def test_post_without_the_scope(server: SlackServer, start: Start):
    bot = await start()
    server.fail("chat.postMessage", "missing_scope", needed="chat:write", provided="commands")
    with pytest.raises(PostRefused, match="lacks the scope chat:write: add it under OAuth"):
        await bot.post(PLACE, TREND, "spike-1")


async def test_a_short_rate_limit_is_waited_out(server: SlackServer, start: Start):
    bot = await start()
    server.fail("chat.postMessage", status=429, retry_after=0)
    assert await bot.post(PLACE, TREND, "spike-1") == server.messages[0].ts


@pytest.mark.parametrize(
    ("fault", "seconds"),
    [
        ({"status": 429, "retry_after": 30}, 30),
        ({"error": "ratelimited"}, None),
        ({"error": "internal_error"}, None),
        ({"status": 500}, None),
        ({"status": 503}, None),
    ],
    ids=str,
)
async def test_post_delayed(server: SlackServer, start: Start, fault: dict[str, Any], seconds: float | None):
    bot = await start()
    server.fail("chat.postMessage", **fault)
    with pytest.raises(PostDelayed) as delayed:
        await bot.post(PLACE, TREND, "spike-1")
    assert delayed.value.seconds == seconds
    assert server.messages == []


async def test_post_to_a_slack_that_is_gone(server: SlackServer, router: FakeRouter):
    settings = settings_for(server, slack_api_base_url=f"http://127.0.0.1:{unused_port()}/api/")
    bot = Slack(settings, router)  # type: ignore[arg-type]
    with pytest.raises(PostDelayed, match="can't be reached"):
        await bot.post(PLACE, TREND, "spike-1")


async def test_post_falls_back_to_text(server: SlackServer, start: Start):
    bot = await start()
    server.fail("chat.postMessage", "msg_blocks_too_long")
    await bot.post(PLACE, TREND, "spike-1")
    (message,) = server.messages
    assert message.blocks == []
    assert "Meta opens Muse Spark" in message.text
    assert message.metadata["event_payload"] == {"key": "spike-1"}


async def test_post_falls_back_only_once(server: SlackServer, start: Start):
    bot = await start()
    server.fail("chat.postMessage", "invalid_blocks", times=2)
    with pytest.raises(PostRefused):
        await bot.post(PLACE, TREND, "spike-1")
    assert [method for method, _ in server.calls].count("chat.postMessage") == 2


async def test_a_wrong_bot_token(server: SlackServer, start: Start):
    with pytest.raises(StartRefused, match=r"^Slack does not accept SLACK_BOT_TOKEN \(invalid_auth\)\. Copy"):
        await start(slack_bot_token="xoxb-wrong")


async def test_a_wrong_app_token(server: SlackServer, start: Start):
    with pytest.raises(StartRefused, match=r"^Slack does not accept SLACK_APP_TOKEN \(invalid_auth\)\. Make"):
        await start(slack_app_token="xapp-wrong")


async def test_a_slack_that_is_down_at_the_start_is_waited_for(server: SlackServer, start: Start):
    server.fail("auth.test", status=503, times=2)
    server.fail("apps.connections.open", "internal_error")
    await start()
    await server.answer(await server.command("/trend", "Meta"))


async def test_one_call_opens_the_socket(server: SlackServer, start: Start):
    await start()
    assert [method for method, _ in server.calls] == ["auth.test", "apps.connections.open"]


@pytest.mark.parametrize("clean", [True, False], ids=["closed", "cut"])
async def test_a_dropped_socket_comes_back(server: SlackServer, router: FakeRouter, start: Start, clean: bool):
    await start()
    await server.answer(await server.command("/trend", "Meta"))
    await server.drop(clean=clean)
    await server.until(lambda: server.opened == 2 and server.sockets)
    await server.answer(await server.command("/trend", "Google"))
    assert len(router.lines) == 2


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
async def test_a_socket_moves_when_asked(server: SlackServer, router: FakeRouter, start: Start, reason: str):
    await start()
    await server.disconnect(reason)
    await server.until(lambda: server.opened == 2)
    await server.answer(await server.command("/trend", "Meta"))


async def test_an_address_that_fails_is_not_tried_for_ever(server: SlackServer, start: Start):
    await start()
    server.fail("socket", status=503)
    await server.drop()
    await server.until(lambda: server.opened == 2 and server.sockets)
    await server.answer(await server.command("/trend", "Meta"))


async def test_stop_lets_an_answer_arrive(server: SlackServer, router: FakeRouter, start: Start):
    bot = await start()
    router.ready.clear()
    delivery = await server.command("/trend", "Meta")
    await asyncio.wait_for(router.heard.acquire(), WAIT)
    stopping = asyncio.create_task(bot.stop())
    await asyncio.sleep(0)
    assert not stopping.done()
    router.ready.set()
    await stopping
    assert len(server.responses) == 1
    assert (await server.answer(delivery)).text.startswith("Meta")


async def test_stop_does_not_wait_for_ever(
    server: SlackServer, router: FakeRouter, start: Start, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(adapter, "STOP_SECONDS", 0.1)
    bot = await start()
    router.ready.clear()
    await server.command("/trend", "Meta")
    await asyncio.wait_for(bot.stop(), WAIT)


class TestHttp:
    """Signed HTTP, for those who cannot use Socket Mode."""

    @pytest.fixture
    async def server(self) -> AsyncIterator[SlackServer]:
        self.port = unused_port()
        async with SlackServer(f"http://127.0.0.1:{self.port}/slack/events") as server:
            yield server

    async def test_a_signed_command_and_button(self, server: SlackServer, router: FakeRouter, start: Start):
        await start(slack_http_port=self.port)
        delivery = await server.command("/trend", "Meta")
        answer = await server.answer(delivery)
        ack = server.ack(delivery)
        assert (ack.status, ack.payload) == (200, {"text": ""})
        assert ack.at < answer.at
        assert answer.text.startswith("Meta")
        await server.answer(await server.press("/help"))
        assert router.lines[1][0] == "/help"
        assert server.opened == 0

    @pytest.mark.parametrize("wrong", [{"secret": "another"}, {"age": 600}], ids=["signature", "timestamp"])
    async def test_a_wrong_signature_is_turned_away(
        self, server: SlackServer, router: FakeRouter, start: Start, wrong: dict[str, Any]
    ):
        await start(slack_http_port=self.port)
        for delivery in (await server.command("/trend", "Meta", **wrong), await server.press("/help", **wrong)):
            assert server.ack(delivery).status == 401
        await server.answer(await server.command("/trend", "Google"))
        assert [line for line, *_ in router.lines] == ["/trend Google"]

    @pytest.mark.parametrize(
        ("body", "headers"),
        [
            (b"\xff\xfe\x00garbage", {}),
            (b"{", {"Content-Type": "application/json"}),
            (b"payload=%7B", {"Content-Type": "application/x-www-form-urlencoded"}),
            (b"x", {"X-Slack-Request-Timestamp": "9" * 400, "X-Slack-Signature": "v0=1"}),
            (b"x", {"X-Slack-Request-Timestamp": "soon", "X-Slack-Signature": "v0=1"}),
            (b"x", {"X-Slack-Request-Timestamp": str(int(time.time())), "X-Slack-Signature": "v0=\u00e9"}),
        ],
    )
    async def test_garbage_is_turned_away_in_one_line(
        self,
        server: SlackServer,
        router: FakeRouter,
        start: Start,
        caplog: pytest.LogCaptureFixture,
        body: bytes,
        headers: dict[str, str],
    ):
        await start(slack_http_port=self.port)
        async with aiohttp.ClientSession() as http:
            answer = await http.post(f"http://127.0.0.1:{self.port}/slack/events", data=body, headers=headers)
            assert answer.status == 401
        assert [(record.message, record.exc_info) for record in caplog.records] == [("slack_unsigned", None)]
        assert router.lines == []

    @pytest.mark.parametrize(
        "body", [b"\x80{", b"payload=1", b"payload=" + b"[" * 5000], ids=["bytes", "number", "deep"]
    )
    async def test_what_is_signed_and_unreadable_is_a_bad_request(
        self, server: SlackServer, router: FakeRouter, start: Start, body: bytes
    ):
        await start(slack_http_port=self.port)
        now = int(time.time())
        signed = hmac.new(server.secret.encode(), b"v0:%d:%s" % (now, body), hashlib.sha256).hexdigest()
        headers = {"X-Slack-Request-Timestamp": str(now), "X-Slack-Signature": f"v0={signed}"}
        async with aiohttp.ClientSession() as http:
            answer = await http.post(f"http://127.0.0.1:{self.port}/slack/events", data=body, headers=headers)
        assert answer.status in (400, 401)

    async def test_signed_events_and_forms(self, server: SlackServer, router: FakeRouter, start: Start):
        await start(slack_http_port=self.port)
        mention = await server.mention("who leads?")
        await server.until(lambda: server.messages)
        assert server.ack(mention).status == 200
        assert await server.suggestions("name", "Met") == [*router.names, "Met"]
        await server.shortcut("watch")
        await server.until(lambda: server.views)
        await server.event({"type": "app_mention", "text": "forged", "user": "U1", "channel": "C1"}, secret="another")
        assert server.acks[-1].status == 401
        await server.event({"type": "app_mention", "text": "late", "user": "U1", "channel": "C1"}, age=400)
        assert server.acks[-1].status == 401
        assert [line for line, *_ in router.lines] == ["/ask who leads?"]

    async def test_a_port_that_is_taken(self, server: SlackServer, start: Start):
        await start(slack_http_port=self.port)
        with pytest.raises(StartRefused, match="Set SLACK_HTTP_HOST and SLACK_HTTP_PORT"):
            await start(slack_http_port=self.port)


async def test_nothing_is_said_about_the_token_in_the_environment(
    server: SlackServer, start: Start, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setenv("SLACK_BOT_TOKEN", server.bot_token)
    with caplog.at_level(logging.WARNING):
        await start()
        await server.answer(await server.command("/trend", "Meta"))
    assert caplog.records == []


def test_retry_after_is_read_whatever_its_case():
    assert api_errors.retry_after({"retry-after": "3"}) == 3
    assert api_errors.retry_after({"Retry-After": "soon"}) is None
    assert api_errors.retry_after({}) is None
