"""The App Home: this workspace's watches, with buttons to add, change and remove them, and a name to look up."""

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.platform import PostRefused
from bot.slack import views
from bot.slack.access.post_check import private_channels
from bot.slack.api_errors import FAILURES, error_code
from bot.slack.app.workspaces import Workspaces
from bot.slack.forms import ADD, EDIT, SET, Forms
from bot.slack.inbound import NAME, Occasion, place, private, team, user
from bot.slack.responder import Responder
from bot.slack.tasks import Tasks

if TYPE_CHECKING:
    from bot.router import Router

log = structlog.get_logger()

Body = dict[str, Any]


class Home:
    """Shows the App Home, and does what its buttons say."""

    def __init__(
        self, router: "Router", workspaces: Workspaces, answers: Responder, forms: Forms, tasks: Tasks
    ) -> None:
        self._router = router
        self._workspaces = workspaces
        self._answers = answers
        self._forms = forms
        self._tasks = tasks
        forms.saved = self.publish

    def register(self, app: AsyncApp) -> None:
        """Listens for what concerns the Home."""
        app.event("app_home_opened")(self._on_opened)
        app.action("home_add")(self._on_add)
        app.action("home_digest")(self._on_digest)
        app.action(views.LOOK)(self._on_look)
        app.action(re.compile(r"^home_edit:\d+$"))(self._on_edit)
        app.action(re.compile(r"^home_remove:\d+$"))(self._on_remove)
        app.action(re.compile(r"^home_page:\d+$"))(self._on_page)

    async def publish(self, workspace: str, person: str, dm: str, page: int = 1) -> None:
        """Writes the Home of one person anew."""
        try:
            client = await self._workspaces.client(workspace)
            found = await self._router.watched(NAME, workspace)
            hidden = await _hidden(client, person)
            listed = [
                views.HomeWatch(one.place, one.name, one.words)
                for one in found
                if one.place.channel == dm or not (private(one.place.channel) or one.place.channel in hidden)
            ]
            await client.views_publish(user_id=person, view=views.home_view(listed, dm, page))
        except PostRefused as refused:
            log.warning("slack_home_not_shown", reason=refused.reason)
        except FAILURES as error:
            log.warning("slack_home_not_shown", error=error_code(error) or repr(error))

    async def _on_opened(self, body: Body) -> None:
        event: Body = body["event"]
        if event.get("tab") == "home":
            workspace = str(body.get("team_id") or "")
            self._tasks.begin(self.publish(workspace, str(event["user"]), str(event.get("channel") or "")))

    async def _on_add(self, ack: AsyncAck, body: Body) -> None:
        await ack()
        await self._forms.open(body, self._forms.watch(views.Memo(place(team(body), ""), ADD, home=_value(body))))

    async def _on_digest(self, ack: AsyncAck, body: Body) -> None:
        await ack()
        await self._forms.open(body, self._forms.digest(views.Memo(place(team(body), ""), SET)))

    async def _on_edit(self, ack: AsyncAck, body: Body) -> None:
        await ack()
        kept = replace(views.memo({"private_metadata": _value(body)}, team(body)), action=EDIT)
        watches = await self._router.watched(NAME, team(body))
        now = next((one.words for one in watches if (one.place, one.name) == (kept.place, kept.name)), "")
        await self._forms.open(body, self._forms.watch(kept, now))

    async def _on_remove(self, ack: AsyncAck, body: Body) -> None:
        await ack()
        kept = views.memo({"private_metadata": _value(body)}, team(body))
        self._tasks.begin(self._remove(body, kept))

    async def _remove(self, body: Body, kept: views.Memo) -> None:
        occasion = Occasion("", kept.place, user(body), f"/watch remove {kept.name}")
        reply = await self._answers.reply(occasion)
        await self._forms.open(body, views.result_modal(reply, kept))
        await self.publish(team(body), user(body), kept.home)

    async def _on_page(self, ack: AsyncAck, body: Body) -> None:
        await ack()
        page = int(str(body["actions"][0]["action_id"]).partition(":")[2])
        self._tasks.begin(self.publish(team(body), user(body), _value(body), page))

    async def _on_look(self, ack: AsyncAck, body: Body) -> None:
        """A name was chosen: a modal opens at once, within Slack's three seconds, and fills with the answer."""
        await ack()
        chosen = (body["actions"][0].get("selected_option") or {}).get("value", "")
        kept = views.Memo(place(team(body), ""))
        view = await self._forms.open(body, views.waiting_modal(kept))
        if view:
            occasion = Occasion("", kept.place, user(body), f"/trend {chosen}", view=view)
            self._tasks.begin(self._answers.answer(occasion))


def _value(body: Body) -> str:
    return str(body["actions"][0].get("value", ""))


async def _hidden(client: AsyncWebClient, person: str) -> set[str]:
    """Private channels that the bot is in and this person is not: what they watch is not for everybody to see."""
    return await private_channels(client) - await private_channels(client, person)
