"""The App Home: the workspace's watches, buttons to add, edit and remove them, and a menu to look up a name."""

import logging
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

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
from bot.slack.tasks import DeliveryTasks

if TYPE_CHECKING:
    from bot.router import Router

log = logging.getLogger(__name__)

Body = dict[str, Any]


class Home:
    """Publishes the App Home and handles its buttons."""

    def __init__(
        self, router: "Router", workspaces: Workspaces, responder: Responder, forms: Forms, tasks: DeliveryTasks
    ) -> None:
        self._router = router
        self._workspaces = workspaces
        self._responder = responder
        self._forms = forms
        self._tasks = tasks
        forms.on_saved = self.publish

    def register(self, app: AsyncApp) -> None:
        """Registers the handlers for the App Home."""
        app.event("app_home_opened")(self._on_opened)
        app.action("home_add")(self._on_add)
        app.action("home_digest")(self._on_digest)
        app.action(views.LOOK)(self._on_look)
        app.action(re.compile(r"^home_edit:\d+$"))(self._on_edit)
        app.action(re.compile(r"^home_remove:\d+$"))(self._on_remove)
        app.action(re.compile(r"^home_page:\d+$"))(self._on_page)

    async def publish(self, workspace: str, person: str, dm: str, page: int = 1) -> None:
        """Publishes a person's App Home; `dm` is the channel of their direct messages with the bot."""
        try:
            client = await self._workspaces.client(workspace)
            watches = await self._router.workspace_watches(NAME, workspace)
            hidden = await _hidden_channels(client, person)
            visible = [
                views.HomeWatch(watch.place, watch.name, watch.words)
                for watch in watches
                if watch.place.channel == dm or not (private(watch.place.channel) or watch.place.channel in hidden)
            ]
            await client.views_publish(user_id=person, view=views.home_view(visible, dm, page))
        except PostRefused as refused:
            log.warning("slack_home_not_shown", extra={"reason": refused.reason})
        except FAILURES as error:
            log.warning("slack_home_not_shown", extra={"error": error_code(error) or repr(error)})

    async def _on_opened(self, body: Body) -> None:
        event: Body = body["event"]
        if event.get("tab") == "home":
            workspace = str(body.get("team_id") or "")
            self._tasks.begin(self.publish(workspace, str(event["user"]), str(event.get("channel") or "")))

    async def _on_add(self, ack: AsyncAck, body: Body) -> None:
        await ack()
        await self._forms.open(body, self._forms.watch_form(views.Memo(place(team(body), ""), ADD, home=_value(body))))

    async def _on_digest(self, ack: AsyncAck, body: Body) -> None:
        await ack()
        await self._forms.open(body, self._forms.digest_form(views.Memo(place(team(body), ""), SET)))

    async def _on_edit(self, ack: AsyncAck, body: Body) -> None:
        await ack()
        memo = replace(views.read_memo({"private_metadata": _value(body)}, team(body)), action=EDIT)
        watches = await self._router.workspace_watches(NAME, team(body))
        current = next((watch.words for watch in watches if (watch.place, watch.name) == (memo.place, memo.name)), "")
        await self._forms.open(body, self._forms.watch_form(memo, current))

    async def _on_remove(self, ack: AsyncAck, body: Body) -> None:
        await ack()
        memo = views.read_memo({"private_metadata": _value(body)}, team(body))
        self._tasks.begin(self._remove(body, memo))

    async def _remove(self, body: Body, memo: views.Memo) -> None:
        occasion = Occasion("", memo.place, user(body), f"/watch remove {memo.name}")
        reply = await self._responder.reply(occasion)
        await self._forms.open(body, views.result_modal(reply, memo))
        await self.publish(team(body), user(body), memo.home)

    async def _on_page(self, ack: AsyncAck, body: Body) -> None:
        await ack()
        page = int(str(body["actions"][0]["action_id"]).partition(":")[2])
        self._tasks.begin(self.publish(team(body), user(body), _value(body), page))

    async def _on_look(self, ack: AsyncAck, body: Body) -> None:
        """Opens a modal for a chosen name at once, as Slack allows three seconds, and fills it with the answer."""
        await ack()
        chosen = (body["actions"][0].get("selected_option") or {}).get("value", "")
        memo = views.Memo(place(team(body), ""))
        view = await self._forms.open(body, views.waiting_modal(memo))
        if view:
            occasion = Occasion("", memo.place, user(body), f"/trend {chosen}", view=view)
            self._tasks.begin(self._responder.answer(occasion))


def _value(body: Body) -> str:
    return str(body["actions"][0].get("value", ""))


async def _hidden_channels(client: AsyncWebClient, person: str) -> set[str]:
    """Private channels that the bot is in but this person is not, whose watches they must not see."""
    return await private_channels(client) - await private_channels(client, person)
