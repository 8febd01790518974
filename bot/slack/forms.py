"""Forms: shortcuts and buttons that open a modal, the names offered while somebody types, and what a modal says.

A form only gathers options; the router answers them as it answers a typed command.
"""

import asyncio
import re
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.platform import PostRefused
from bot.slack import inbound, views
from bot.slack.api_errors import FAILURES, error_code
from bot.slack.app.manifest import ASK_ABOUT, DIGEST, WATCH
from bot.slack.app.workspaces import Workspaces
from bot.slack.blocks.limits import OPTIONS
from bot.slack.blocks.mrkdwn import clip, unescape
from bot.slack.blocks.render import Block
from bot.slack.inbound import Occasion, place, team, user
from bot.slack.responder import Responder
from bot.slack.tasks import Tasks
from chat.errors import UserError
from chat.reply import Mood, Reply
from chat.request import Request
from handlers.command import OptionKind

if TYPE_CHECKING:
    from bot.router import Router

log = structlog.get_logger()

SUBMIT_SECONDS = 2.0
"""How long a submission may take before the modal says "One moment": Slack waits for three."""
SUGGEST_SECONDS = 2.5
SENTENCE = 300
"""Characters of an error below a field; more would push the field out of sight."""
ADD, EDIT, SET = "add", "edit", "set"
LEFT_OUT = ("action", "name", "hours", "channel", "as-of")
"""Options of a form's command that the form settles by itself, or has no use for."""

Body = dict[str, Any]
Saved = Callable[[str, str, str], Coroutine[Any, Any, None]]


class Forms:
    """Opens modals, and answers what they send."""

    def __init__(self, router: "Router", workspaces: Workspaces, answers: Responder, tasks: Tasks) -> None:
        self._router = router
        self._workspaces = workspaces
        self._answers = answers
        self._tasks = tasks
        self.saved: Saved | None = None
        """What is done when a form of somebody's App Home was saved."""

    def register(self, app: AsyncApp) -> None:
        """Listens for what concerns forms."""
        app.shortcut(WATCH)(self._on_watch)
        app.shortcut(DIGEST)(self._on_digest)
        app.shortcut(ASK_ABOUT)(self._on_ask_about)
        app.view(re.compile(f"^(?:{WATCH}|{DIGEST})$"))(self._on_form)
        app.view(ASK_ABOUT)(self._on_question)
        app.action(views.PREVIEW)(self._on_preview)
        app.options(re.compile(f"^(?:{'|'.join([*views.SUGGESTED, views.GROUP, views.LOOK, views.PICK])})$"))(
            self._on_typing
        )

    async def open(self, body: Body, view: Block) -> str:
        """Opens a modal, above the one that is open; gives its id, "" when Slack does not open it."""
        try:
            client = await self._workspaces.client(team(body))
            above = (body.get("view") or {}).get("type") == "modal"
            call = client.views_push if above else client.views_open
            opened = await call(trigger_id=str(body.get("trigger_id", "")), view=view)
        except PostRefused as refused:
            log.warning("slack_view_not_opened", reason=refused.reason)
        except FAILURES as error:
            log.warning("slack_view_not_opened", error=error_code(error) or repr(error))
        else:
            return str((opened.get("view") or {}).get("id", ""))
        return ""

    async def offered(self, body: Body, occasion: Occasion) -> bool:
        """Whether a command that sets something, and does not say what, was answered with its form."""
        try:
            request = self._router.read(occasion.line, occasion.place)
        except UserError:
            return False
        given = dict(request.options)
        kept = views.Memo(occasion.place, given.pop("action", "").lower(), given.get("name", ""))
        match request.command, kept.action, list(given):
            case ("watch", "add", []) | ("watch", "edit", ["name"]):
                view = self.watch(kept)
            case ("digest", "set", []):
                view = self.digest(kept)
            case _:
                return False
        return await self._answers.may_configure(occasion) and bool(await self.open(body, view))

    def watch(self, kept: views.Memo, now: str = "") -> Block:
        """The form to add a watch, or to change one."""
        options = self._router.commands[WATCH].options
        if kept.action == EDIT:
            intro = f"{kept.name}{f', {now}' if now else ''}. What you leave empty stays; “off” takes a wish back."
            asked = [one for one in options if one.name not in LEFT_OUT]
            return views.options_form("Change a watch", asked, kept, WATCH, intro)
        named = [replace(one, required=True) for one in options if one.name == "name"]
        asked = named + [one for one in options if one.name not in LEFT_OUT]
        return views.options_form("Watch a name", asked, kept, WATCH)

    def digest(self, kept: views.Memo) -> Block:
        """The form for a channel's digest."""
        options = [one for one in self._router.commands[DIGEST].options if one.name not in LEFT_OUT]
        asked = [replace(one, required=one.name == "hour") for one in options]
        return views.options_form("Set the digest", asked, kept, DIGEST)

    async def _on_watch(self, ack: AsyncAck, body: Body) -> None:
        await ack()
        await self.open(body, self.watch(views.Memo(place(team(body), ""), ADD)))

    async def _on_digest(self, ack: AsyncAck, body: Body) -> None:
        await ack()
        await self.open(body, self.digest(views.Memo(place(team(body), ""), SET)))

    async def _on_ask_about(self, ack: AsyncAck, body: Body) -> None:
        await ack()
        message: Body = body.get("message") or {}
        where = place(team(body), (body.get("channel") or {}).get("id"), message.get("thread_ts"))
        kept = views.Memo(where, url=str(body.get("response_url") or ""))
        text = inbound.plain_words(str(message.get("text") or ""))
        await self.open(body, views.question_form(text, kept, ASK_ABOUT))

    async def _on_question(self, ack: AsyncAck, body: Body) -> None:
        await ack()
        kept = views.memo(body["view"], team(body))
        line = f"/ask {views.view_values(body['view']).get(views.QUESTION, '')}"
        occasion = Occasion(str(body.get("trigger_id", "")), kept.place, user(body), line, kept.url, alone=True)
        if self._tasks.first(occasion.key):
            self._tasks.begin(self._answers.answer(occasion))

    async def _on_form(self, ack: AsyncAck, body: Body) -> None:
        """Answers a form within the three seconds: what is wrong stands below its field, what was done in the modal."""
        view: Body = body["view"]
        kept = views.memo(view, team(body))
        found = views.view_values(view)
        opened_in = kept.place.channel
        channel = found.pop(views.CHANNEL, "") or opened_in
        kept = replace(kept, place=place(kept.place.workspace, channel, kept.place.thread))
        given = {"action": kept.action, **({"name": kept.name} if kept.name else {}), **found}
        occasion = Occasion("", kept.place, user(body), "", view=str(view.get("id", "")))
        work = asyncio.create_task(self._said(str(view["callback_id"]), occasion, given, channel == opened_in))
        done, _ = await asyncio.wait({work}, timeout=SUBMIT_SECONDS)
        if not done:
            await ack(response_action="update", view=views.waiting_modal(kept))
            self._tasks.begin(self._later(work, occasion, kept))
            return
        reply = work.result()
        if reply.mood is Mood.TROUBLE:
            await ack(response_action="errors", errors=_errors(reply, found, _fields(view)))
        else:
            await ack(response_action="update", view=views.result_modal(reply, kept))
            self._shown_at_home(occasion, kept)

    async def _on_preview(self, ack: AsyncAck, body: Body) -> None:
        """Shows what a watch or a digest would tell, before anything is saved."""
        await ack()
        view: Body = body["view"]
        kept = views.memo(view, team(body))
        found = views.view_values(view)
        where = replace(kept.place, channel=found.get(views.CHANNEL) or kept.place.channel)
        given = {"action": views.PREVIEW, **({"name": kept.name} if kept.name else {})}
        given |= {key: value for key, value in found.items() if key in ("name", "level")}
        opened = await self.open(body, views.waiting_modal(kept))
        if opened:
            occasion = Occasion("", where, user(body), "", view=opened)
            present = where.channel == kept.place.channel
            kept = replace(kept, place=where)
            self._tasks.begin(self._preview(str(view["callback_id"]), occasion, given, kept, present))

    async def _preview(
        self, command: str, occasion: Occasion, given: dict[str, str], kept: views.Memo, present: bool
    ) -> None:
        await self._answers.show(occasion, await self._said(command, occasion, given, present), kept)

    async def _said(self, command: str, occasion: Occasion, given: dict[str, str], present: bool) -> Reply:
        """The answer to a form; `present`: it was opened in the channel that it is about."""
        if occasion.channel and (
            unseen := await self._answers.sight.refusal(
                occasion.place.workspace, occasion.channel, occasion.author, present
            )
        ):
            return unseen
        may = await self._answers.may_configure(occasion)
        return await self._router.answer(Request(command, occasion.place, given, occasion.author, may))

    async def _later(self, work: "asyncio.Task[Reply]", occasion: Occasion, kept: views.Memo) -> None:
        await self._answers.show(occasion, await work, kept)
        self._shown_at_home(occasion, kept)

    def _shown_at_home(self, occasion: Occasion, kept: views.Memo) -> None:
        if kept.home and self.saved is not None:
            self._tasks.begin(self.saved(kept.place.workspace, occasion.author, kept.home))

    async def _on_typing(self, ack: AsyncAck, body: Body) -> None:
        typed = unescape(str(body.get("value") or "")).strip()
        action = str(body.get("action_id", ""))
        try:
            async with asyncio.timeout(SUGGEST_SECONDS):
                found = await self._offers(action, typed, team(body))
        except TimeoutError:
            found = []
        except Exception:
            # Whoever types sees an empty list; why is in the log.
            log.exception("slack_suggest_failed", field=action)
            found = []
        await ack(options=views.menu_choices(found))

    async def _offers(self, action: str, typed: str, workspace: str) -> list[tuple[str, str]]:
        if action == views.GROUP:
            return await self._groups(typed, workspace)
        kind = views.SUGGESTED.get(action, OptionKind.NAME)
        near = await self._router.suggest(typed, kind, OPTIONS - 1)
        # What was typed may be more than a name: a pair, a set, "all models", everything.
        own = [] if kind is OptionKind.ZONE or not typed or typed.casefold() in map(str.casefold, near) else [typed]
        return [(one, one) for one in [*near, *own]]

    async def _groups(self, typed: str, workspace: str) -> list[tuple[str, str]]:
        """The workspace's user groups whose handle or name holds what was typed."""
        try:
            client = await self._workspaces.client(workspace)
            groups = (await client.usergroups_list()).get("usergroups") or []
        except (PostRefused, *FAILURES) as error:
            log.warning("slack_groups_unknown", error=error_code(error) or repr(error))
            return []
        wanted = typed.removeprefix("@").casefold()
        return [
            (str(one["id"]), f"@{one.get('handle')} ({one.get('name')})")
            for one in groups
            if wanted in f"{one.get('handle')} {one.get('name')}".casefold()
        ]


def _fields(view: Body) -> list[str]:
    return [str(block["block_id"]) for block in view["blocks"] if block.get("type") == "input"]


def _errors(reply: Reply, given: dict[str, str], fields: list[str]) -> dict[str, str]:
    """The reply's sentences below the field whose words they quote, else below the first."""
    said = f"{reply.title} {reply.text}".strip()
    about = next((field for field, value in given.items() if field in fields and f"“{value[:20]}" in reply.title), "")
    return {about or fields[0]: clip(said, SENTENCE, str)}
