"""The App Home."""

from collections.abc import Awaitable, Callable
from typing import Any

from bot.slack.adapter import Slack
from chat.errors import UserError
from chat.reply import Reply
from chat.request import Place, Request
from handlers.alerts.matching import WatchInfo
from tests.bot.slack.fakes import FakeRouter
from tests.bot.slack.test_forms import blocks, filled
from tests.loopback.slack import SlackServer
from tests.loopback.slack_rules import pings, shown

Start = Callable[..., Awaitable[Slack]]
Body = dict[str, Any]


def watched(channel: str, name: str, words: str = "from z 4", thread: str = "") -> WatchInfo:
    return WatchInfo(Place("slack", "T1", channel, thread), name, words)


async def shows(server: SlackServer, number: int = 1) -> Body:
    """The Home as it was published last."""
    await server.until(lambda: len([one for one in server.views if one["method"] == "views.publish"]) >= number)
    view: Body = [one for one in server.views if one["method"] == "views.publish"][-1]["view"]
    return view


def buttons(view: Body) -> list[Body]:
    return [one for block in view["blocks"] if block["type"] == "actions" for one in block["elements"]]


async def test_what_is_watched_is_listed(server: SlackServer, router: FakeRouter, start: Start):
    await start()
    router.watches = [watched("C1", "Meta", "from z 4.5; quiet 22:00–7:00"), watched("C2", "all models", "", "5.0")]
    await server.home(user="U3")
    said = shown((await shows(server))["blocks"])
    assert "*Meta* in <#C1>\nfrom z 4.5; quiet 22:00–7:00" in said
    assert "*all models* in a thread of <#C2>" in said
    assert server.views[0]["user_id"] == "U3"


async def test_an_empty_home_says_what_to_do(server: SlackServer, router: FakeRouter, start: Start):
    await start()
    await server.home(tab="messages")
    await server.home()
    assert "Nothing yet. Watch a name" in shown((await shows(server))["blocks"])
    assert len(server.views) == 1


async def test_nobody_sees_what_others_watch_in_private(server: SlackServer, router: FakeRouter, start: Start):
    await start()
    server.private = {"C7": {"UB", "U1"}, "C8": {"UB", "U2"}}
    router.watches = [watched(channel, f"Name {channel}") for channel in ("C1", "C7", "C8", "D1", "D2")]
    await server.home(user="U1")
    said = shown((await shows(server))["blocks"])
    assert [channel for channel in ("C1", "C7", "C8", "D1", "D2") if f"Name {channel}" in said] == ["C1", "C7", "D1"]


async def test_what_cannot_be_told_apart_is_not_shown(server: SlackServer, router: FakeRouter, start: Start):
    await start()
    router.watches = [watched("C7", "Secret")]
    server.fail("users.conversations", "missing_scope", needed="groups:read")
    await server.home()
    await server.until(lambda: not server.faults_left("users.conversations"))
    await server.answer(await server.command("/trend", "Meta"))
    assert server.views == []


async def test_a_watch_is_added_and_the_home_written_anew(server: SlackServer, router: FakeRouter, start: Start):
    await start()
    await server.home()
    home = await shows(server)
    add = next(one for one in buttons(home) if one["action_id"] == "home_add")
    await server.press(add["value"], action_id="home_add", view=home)
    await server.until(lambda: server.views[-1]["method"] == "views.open")
    router.watches = [watched("C9", "Meta")]
    router.reply = Reply("Watching Meta")
    await server.submit(server.views[-1]["view"], filled(where="C9", name="Meta"))
    assert "*Meta* in <#C9>" in shown((await shows(server, 2))["blocks"])


async def test_a_watch_is_changed(server: SlackServer, router: FakeRouter, start: Start):
    await start()
    router.watches = [watched("C1", "Meta"), watched("C2", "OpenAI", "from z 6", "5.0")]
    await server.home()
    home = await shows(server)
    edit = next(one for one in buttons(home) if one["action_id"] == "home_edit:1")
    await server.press(edit["value"], action_id="home_edit:1", view=home)
    await server.until(lambda: server.views[-1]["method"] == "views.open")
    view = server.views[-1]["view"]
    assert "OpenAI, from z 6." in shown(view["blocks"])
    assert "where" not in blocks(view)
    assert "name" not in blocks(view)
    router.reply = Reply("Watching OpenAI")
    await server.submit(view, filled(level="many"))
    place = Place("slack", "T1", "C2", "5.0")
    assert router.requests == [Request("watch", place, {"action": "edit", "name": "OpenAI", "level": "many"}, "U1")]


async def test_a_watch_is_removed(server: SlackServer, router: FakeRouter, start: Start):
    await start()
    router.watches = [watched("C1", "Meta")]
    await server.home(user="U5")
    home = await shows(server)
    remove = next(one for one in buttons(home) if one["action_id"] == "home_remove:0")
    assert remove["style"] == "danger"
    assert remove["confirm"]["text"]["text"] == "Alerts about Meta will stop there."
    router.watches, router.reply = [], Reply("No longer watching Meta")
    await server.press(remove["value"], action_id="home_remove:0", view=home, user="U5")
    assert "Nothing yet" in shown((await shows(server, 2))["blocks"])
    assert router.lines == [("/watch remove Meta", Place("slack", "T1", "C1"), "U5", True)]
    assert "No longer watching Meta" in shown(server.views[-2]["view"]["blocks"])


async def test_who_may_not_remove_is_told_so(server: SlackServer, router: FakeRouter, start: Start):
    await start(slack_configure="admins")
    router.watches = [watched("C1", "Meta")]
    await server.home()
    home = await shows(server)
    router.reply = UserError("/watch remove changes what this channel gets.", "Ask someone who may.").reply()
    await server.press(buttons(home)[-1]["value"], action_id="home_remove:0", view=home)
    await shows(server, 2)
    assert router.lines[0][3] is False
    assert "Ask someone who may." in shown(server.views[-2]["view"]["blocks"])


async def test_many_watches_have_pages(server: SlackServer, router: FakeRouter, start: Start):
    await start()
    router.watches = [watched(f"C{number}", f"Name {number} <!channel> *b*") for number in range(100)]
    await server.home()
    home = await shows(server)
    assert pings(home) == []
    more = buttons(home)[-1]
    assert (more["text"]["text"], more["action_id"]) == ("More", "home_page:2")
    await server.press(more["value"], action_id="home_page:2", view=home)
    second = await shows(server, 2)
    assert "31–60 of 100" in shown(second["blocks"])
    assert "Name 30 " in shown(second["blocks"])
    await server.press(more["value"], action_id="home_page:9", view=home)
    assert "91–100 of 100" in shown((await shows(server, 3))["blocks"])


async def test_a_name_is_looked_up(server: SlackServer, router: FakeRouter, start: Start):
    await start()
    await server.home()
    home = await shows(server)
    await server.choose("Meta & friends", action_id="look", view=home)
    await server.until(lambda: server.views[-1]["method"] == "views.update")
    assert router.lines[0][0] == "/trend Meta & friends"
    assert "One moment" in shown(server.views[-2]["view"]["blocks"])
    assert "Meta: spiking" in shown(server.views[-1]["view"]["blocks"])


async def test_the_digest_form_opens_from_the_home(server: SlackServer, router: FakeRouter, start: Start):
    await start()
    await server.home()
    await server.press("D1", action_id="home_digest", view=await shows(server))
    await server.until(lambda: server.views[-1]["method"] == "views.open")
    assert "hour" in blocks(server.views[-1]["view"])
