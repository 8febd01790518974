"""Modals and what is offered in them."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.slack import forms
from bot.slack.adapter import Slack
from chat.errors import UserError
from chat.reply import Action, Reply
from chat.request import Place, Request
from handlers.command import OptionKind
from tests.bot.slack.fakes import LONG, FakeRouter
from tests.loopback.slack import SlackServer
from tests.loopback.slack_rules import shown, view_faults

Start = Callable[..., Awaitable[Slack]]
Body = dict[str, Any]


def blocks(view: Body) -> dict[str, Body]:
    """The inputs of a form, by option."""
    return {block["block_id"]: block["element"] for block in view["blocks"] if block["type"] == "input"}


def filled(**values: str) -> Body:
    """What Slack sends of a form: selects and texts each in their own way."""
    found: Body = {}
    for block, value in values.items():
        if block == "where":
            found[block] = {block: {"type": "conversations_select", "selected_conversation": value}}
        elif block in ("name", "zone", "mention", "level"):
            option = {"text": {"type": "plain_text", "text": value}, "value": value}
            found[block] = {block: {"type": "external_select", "selected_option": option if value else None}}
        else:
            found[block] = {block: {"type": "plain_text_input", "value": value or None}}
    return found


async def opened(server: SlackServer, number: int = 1) -> Body:
    await server.until(lambda: len(server.views) >= number)
    view: Body = server.views[-1]["view"]
    return view


async def test_a_watch_is_set_in_a_form(server: SlackServer, router: FakeRouter, start: Start):
    await start()
    await server.shortcut("watch", user="U3")
    view = await opened(server)
    inputs = blocks(view)
    assert list(inputs)[:3] == ["where", "name", "level"]
    assert {"quiet", "zone", "mention", "stories", "cooldown", "break"} < set(inputs)
    assert inputs["name"]["type"] == inputs["zone"]["type"] == inputs["mention"]["type"] == "external_select"
    assert [one["value"] for one in inputs["level"]["options"]] == ["few", "balanced", "many"]
    router.reply = Reply("Watching Meta", actions=(Action("Undo", "/watch remove Meta"),))
    values = filled(where="C9", name="Meta + Muse Spark", level="few", quiet="22-7", zone="Europe/Berlin", stories="")
    submission = await server.submit(view, values, user="U3")
    assert router.requests == [
        Request(
            "watch",
            Place("slack", "T1", "C9"),
            {"action": "add", "name": "Meta + Muse Spark", "level": "few", "quiet": "22-7", "zone": "Europe/Berlin"},
            "U3",
            True,
        )
    ]
    answer = server.ack(submission).payload
    assert answer["response_action"] == "update"
    assert "Watching Meta" in shown(answer["view"]["blocks"])
    assert view_faults(answer["view"]) == []
    # A button in the answer belongs to the channel that was chosen.
    await server.press("/watch remove Meta", view=answer["view"], user="U3")
    await server.until(lambda: server.views[-1]["method"] == "views.update")
    assert router.lines == [("/watch remove Meta", Place("slack", "T1", "C9"), "U3", True)]


@pytest.mark.parametrize(
    ("sentence", "field"),
    [
        ("“abc” is not an alert level.", "level"),
        ("“25-99” are no hours.", "quiet"),
        ("There is no name “Mta” that I know.", "name"),
        ("The database is busy or can't be reached.", "where"),
    ],
)
async def test_what_is_wrong_stands_below_its_field(
    server: SlackServer, router: FakeRouter, start: Start, sentence: str, field: str
):
    await start()
    await server.shortcut("watch")
    view = await opened(server)
    router.reply = UserError(sentence, "Write it anew.").reply()
    values = filled(where="C9", name="Mta", level="abc", quiet="25-99")
    answer = server.ack(await server.submit(view, values)).payload
    assert answer == {"response_action": "errors", "errors": {field: f"{sentence} Write it anew."}}


async def test_a_form_that_takes_long_says_so_and_fills_later(
    server: SlackServer, router: FakeRouter, start: Start, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(forms, "SUBMIT_SECONDS", 0.05)
    await start()
    await server.shortcut("watch")
    view = await opened(server)
    router.ready.clear()
    router.reply = Reply("Watching Meta")
    answer = server.ack(await server.submit(view, filled(where="C9", name="Meta"))).payload
    assert "One moment" in shown(answer["view"]["blocks"])
    router.ready.set()
    await server.until(lambda: len(server.views) == 2)
    assert server.views[-1]["view_id"] == "V1"
    assert "Watching Meta" in shown(server.views[-1]["view"]["blocks"])


async def test_a_digest_is_set_in_a_form(server: SlackServer, router: FakeRouter, start: Start):
    await start()
    await server.shortcut("digest")
    view = await opened(server)
    assert list(blocks(view)) == ["where", "hour", "days", "zone"]
    router.reply = Reply("Digest set")
    await server.submit(view, filled(where="C9", hour="9", days="mon-fri", zone="Europe/Berlin"))
    (request,) = router.requests
    assert request.command == "digest"
    assert request.options == {"action": "set", "hour": "9", "days": "mon-fri", "zone": "Europe/Berlin"}


@pytest.mark.parametrize(
    ("command", "text"), [("/watch", "add"), ("/digest", "set"), ("/trendbot", "watch add"), ("/watch", "edit Meta")]
)
async def test_a_command_that_does_not_say_what_is_answered_with_its_form(
    server: SlackServer, router: FakeRouter, start: Start, command: str, text: str
):
    await start()
    await server.command(command, text, channel="C9")
    view = await opened(server)
    # The channel is the one in which it was typed.
    assert "where" not in blocks(view)
    router.reply = Reply("Done")
    await server.submit(view, filled(name="Meta") if "name" in blocks(view) else filled(hour="9"))
    (request,) = router.requests
    assert request.place == Place("slack", "T1", "C9")
    assert text.endswith(request.options["action"] + (" Meta" if "edit" in text else ""))
    assert router.lines == []


async def test_who_may_not_configure_gets_no_form(server: SlackServer, router: FakeRouter, start: Start):
    await start(slack_configure="admins")
    await server.answer(await server.command("/watch", "add"))
    assert server.views == []
    await server.command("/watch", "add", user="UADMIN")
    await opened(server)


async def test_a_form_that_does_not_open_is_an_answer(server: SlackServer, router: FakeRouter, start: Start):
    await start()
    server.fail("views.open", "expired_trigger_id")
    await server.answer(await server.command("/watch", "add"))
    assert router.lines[0][0] == "/watch add"


async def test_a_preview_before_anything_is_saved(server: SlackServer, router: FakeRouter, start: Start):
    await start()
    await server.shortcut("watch")
    view = await opened(server)
    router.reply = Reply("It would have fired 3 times")
    state = {"state": {"values": filled(where="C9", name="Meta", level="few", quiet="22-7")}}
    await server.press("watch", action_id="preview", view={**view, **state})
    await server.until(lambda: server.views[-1]["method"] == "views.update")
    assert [one["method"] for one in server.views] == ["views.open", "views.push", "views.update"]
    assert "It would have fired 3 times" in shown(server.views[-1]["view"]["blocks"])
    (request,) = router.requests
    assert request.place == Place("slack", "T1", "C9")
    assert request.options == {"action": "preview", "name": "Meta", "level": "few"}


async def test_a_digest_is_previewed(server: SlackServer, router: FakeRouter, start: Start):
    await start()
    await server.command("/digest", "set", channel="C9")
    view = await opened(server)
    router.reply = Reply("AI news")
    await server.press("digest", action_id="preview", view={**view, "state": {"values": filled(hour="9")}})
    await server.until(lambda: server.views[-1]["method"] == "views.update")
    assert (router.requests[0].command, router.requests[0].options) == ("digest", {"action": "preview"})


async def test_a_question_on_a_message(server: SlackServer, router: FakeRouter, start: Start):
    await start()
    message = {
        "ts": "3.0",
        "thread_ts": "2.0",
        "text": "Meta &amp; <https://example.com|Muse> are <!here> " + "x" * 900,
    }
    shortcut = await server.shortcut("ask_about", message)
    view = await opened(server)
    asked = blocks(view)["question"]
    assert asked["initial_value"].startswith("Meta & Muse are <!here> xxx")
    assert len(asked["initial_value"]) <= asked["max_length"] == 500
    await server.submit(view, filled(question="What is Muse?"), user="U4")
    answer = await server.answer(shortcut)
    assert router.lines == [("/ask What is Muse?", Place("slack", "T1", "C1", "2.0"), "U4", True)]
    assert answer.ephemeral
    assert answer.thread_ts == "2.0"
    assert "Share with channel" in shown(answer.blocks)


async def test_names_are_offered(server: SlackServer, router: FakeRouter, start: Start):
    await start()
    assert await server.suggestions("name", "Met") == ["Meta", "Meta Superintelligence Labs", "Met"]
    assert await server.suggestions("name", "meta") == ["Meta", "Meta Superintelligence Labs"]
    assert await server.suggestions("look", "Meta + Muse &lt;") == [*router.names, "Meta + Muse <"]
    assert await server.suggestions("zone", "berl") == ["Europe/Berlin"]
    assert router.asked[0] == ("Met", OptionKind.NAME, 99)
    assert router.asked[-1] == ("berl", OptionKind.ZONE, 99)


async def test_names_of_any_kind_are_offered_as_slack_takes_them(server: SlackServer, router: FakeRouter, start: Start):
    await start()
    router.names = ["x" * 400, "<!channel>", " ", "ميتا", "🔥" * 60, *(f"Name {number}" for number in range(150))]
    offered = await server.suggestions("name", "x" * 500)
    assert len(offered) == 100
    assert offered[0] == "<!channel>"
    assert "x" * 400 not in offered


async def test_slow_names_are_no_names(
    server: SlackServer, router: FakeRouter, start: Start, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(forms, "SUGGEST_SECONDS", 0.05)
    await start()
    router.ready.clear()
    assert await server.suggestions("name", "Met") == []


async def test_user_groups_are_offered(server: SlackServer, router: FakeRouter, start: Start):
    await start()
    server.groups.append({"id": "S0OTHER", "handle": "design", "name": "Design"})
    assert await server.suggestions("mention", "") == ["S0ONCALL", "S0OTHER"]
    assert await server.suggestions("mention", "@on") == ["S0ONCALL"]
    server.fail("usergroups.list", "missing_scope", needed="usergroups:read")
    assert await server.suggestions("mention", "on") == []


async def test_a_form_that_slack_does_not_open_hurts_nothing(server: SlackServer, router: FakeRouter, start: Start):
    await start()
    server.fail("views.open", "expired_trigger_id")
    await server.shortcut("watch")
    await server.until(lambda: not server.faults_left("views.open"))
    await server.shortcut("watch")
    await opened(server)


async def test_a_long_answer_in_a_modal_has_pages(server: SlackServer, router: FakeRouter, start: Start):
    await start()
    await server.shortcut("watch")
    view = await opened(server)
    router.reply = LONG
    await server.press("/why Meta", action_id="more:2", view=view)
    await server.until(lambda: len(server.views) == 2)
    assert "Stories (2 of 4)" in shown(server.views[-1]["view"]["blocks"])


async def test_a_retried_question_runs_once(server: SlackServer, router: FakeRouter, start: Start):
    await start()
    await server.shortcut("ask_about", {"ts": "3.0", "text": "Muse"})
    submission = await server.submit(await opened(server), filled(question="What is Muse?"))
    await server.until(lambda: server.responses)
    await server.resend(submission)
    await server.answer(await server.command("/trend", "Meta"))
    assert [line for line, *_ in router.lines] == ["/ask What is Muse?", "/trend Meta"]
