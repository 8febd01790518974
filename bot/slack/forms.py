"""Forms: opens modals for shortcuts, buttons and incomplete commands, suggests names, and handles submissions.

A form only collects options; the router answers them like a typed command.
"""

import asyncio
import logging
import re
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import TYPE_CHECKING, Any

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
from bot.slack.tasks import DeliveryTasks
from chat.errors import UserError
from chat.reply import Mood, Reply
from chat.request import Request
from handlers.command import OptionKind

if TYPE_CHECKING:
    from bot.router import Router

log = logging.getLogger(__name__)

SUBMIT_SECONDS = 2.0
"""How long a submission may take before the modal says "One moment…"; Slack allows three seconds."""
SUGGEST_SECONDS = 2.5
"""How long suggestions may take; Slack allows three seconds."""
SENTENCE = 300
"""Characters of an error below a field; a longer one would push the field out of sight."""
ADD, EDIT, SET = "add", "edit", "set"
NOT_ASKED = ("action", "name", "hours", "channel", "as-of")
"""Options of a form's command that the form determines itself or does not offer."""

Body = dict[str, Any]
OnSaved = Callable[[str, str, str], Coroutine[Any, Any, None]]
"""Called with workspace, user and the channel of their direct messages."""


class Forms:
    """Opens modals and answers their submissions."""

    def __init__(self, router: "Router", workspaces: Workspaces, responder: Responder, tasks: DeliveryTasks) -> None:
        self._router = router
        self._workspaces = workspaces
        self._responder = responder
        self._tasks = tasks
        self.on_saved: OnSaved | None = None
        """Called after a form that was opened from the App Home is saved."""

    def register(self, app: AsyncApp) -> None:
        """Registers the handlers for shortcuts, submissions, previews and suggestions."""
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
        """Opens a modal, on top of one that is open. Returns its id, "" if Slack does not open it."""
        try:
            client = await self._workspaces.client(team(body))
            in_modal = (body.get("view") or {}).get("type") == "modal"
            call = client.views_push if in_modal else client.views_open
            opened = await call(trigger_id=str(body.get("trigger_id", "")), view=view)
        except PostRefused as refused:
            log.warning("slack_view_not_opened", extra={"reason": refused.reason})
        except FAILURES as error:
            log.warning("slack_view_not_opened", extra={"error": error_code(error) or repr(error)})
        else:
            return str((opened.get("view") or {}).get("id", ""))
        return ""

    async def open_for(self, body: Body, occasion: Occasion) -> bool:
        """Opens the form for a command that sets something but does not say what. Returns whether it opened one."""
        try:
            request = self._router.parse_line(occasion.line, occasion.place)
        except UserError:
            return False
        given = dict(request.options)
        memo = views.Memo(occasion.place, given.pop("action", "").lower(), given.get("name", ""))
        match request.command, memo.action, list(given):
            case ("watch", "add", []) | ("watch", "edit", ["name"]):
                view = self.watch_form(memo)
            case ("digest", "set", []):
                view = self.digest_form(memo)
            case _:
                return False
        return await self._responder.may_configure(occasion) and bool(await self.open(body, view))

    def watch_form(self, memo: views.Memo, current: str = "") -> Block:
        """The form to add a watch, or to edit one; `current` describes its settings."""
        options = [option for option in self._router.commands[WATCH].options if option.name not in NOT_ASKED]
        if memo.action == EDIT:
            intro = f"{memo.name}{f', {current}' if current else ''}. Empty fields stay as they are; “off” clears one."
            return views.options_form("Edit a watch", options, memo, WATCH, intro)
        name = next(option for option in self._router.commands[WATCH].options if option.name == "name")
        return views.options_form("Watch a name", [replace(name, required=True), *options], memo, WATCH)

    def digest_form(self, memo: views.Memo) -> Block:
        """The form for a channel's digest."""
        options = [option for option in self._router.commands[DIGEST].options if option.name not in NOT_ASKED]
        options = [replace(option, required=option.name == "hour") for option in options]
        return views.options_form("Set up the digest", options, memo, DIGEST)

    async def _on_watch(self, ack: AsyncAck, body: Body) -> None:
        await ack()
        await self.open(body, self.watch_form(views.Memo(place(team(body), ""), ADD)))

    async def _on_digest(self, ack: AsyncAck, body: Body) -> None:
        await ack()
        await self.open(body, self.digest_form(views.Memo(place(team(body), ""), SET)))

    async def _on_ask_about(self, ack: AsyncAck, body: Body) -> None:
        await ack()
        message: Body = body.get("message") or {}
        where = place(team(body), (body.get("channel") or {}).get("id"), message.get("thread_ts"))
        memo = views.Memo(where, url=str(body.get("response_url") or ""))
        text = inbound.plain_words(str(message.get("text") or ""))
        await self.open(body, views.question_form(text, memo, ASK_ABOUT))

    async def _on_question(self, ack: AsyncAck, body: Body) -> None:
        await ack()
        memo = views.read_memo(body["view"], team(body))
        line = f"/ask {views.view_values(body['view']).get(views.QUESTION, '')}"
        occasion = Occasion(str(body.get("trigger_id", "")), memo.place, user(body), line, memo.url, alone=True)
        if self._tasks.is_new(occasion.key):
            self._tasks.begin(self._responder.answer(occasion))

    async def _on_form(self, ack: AsyncAck, body: Body) -> None:
        """Answers a submission within three seconds: errors appear below their field, results replace the form."""
        view: Body = body["view"]
        memo = views.read_memo(view, team(body))
        found = views.view_values(view)
        opened_in = memo.place.channel
        channel = found.pop(views.CHANNEL, "") or opened_in
        memo = replace(memo, place=place(memo.place.workspace, channel, memo.place.thread))
        given = {"action": memo.action, **({"name": memo.name} if memo.name else {}), **found}
        occasion = Occasion("", memo.place, user(body), "", view=str(view.get("id", "")))
        work = asyncio.create_task(self._reply(str(view["callback_id"]), occasion, given, channel == opened_in))
        done, _ = await asyncio.wait({work}, timeout=SUBMIT_SECONDS)
        if not done:
            await ack(response_action="update", view=views.waiting_modal(memo))
            self._tasks.begin(self._show_when_done(work, occasion, memo))
            return
        reply = work.result()
        if reply.mood is Mood.TROUBLE:
            await ack(response_action="errors", errors=_errors(reply, found, _fields(view)))
        else:
            await ack(response_action="update", view=views.result_modal(reply, memo))
            self._refresh_home(occasion, memo)

    async def _on_preview(self, ack: AsyncAck, body: Body) -> None:
        """Shows what a watch or digest would have posted, before anything is saved."""
        await ack()
        view: Body = body["view"]
        memo = views.read_memo(view, team(body))
        found = views.view_values(view)
        where = replace(memo.place, channel=found.get(views.CHANNEL) or memo.place.channel)
        given = {"action": views.PREVIEW, **({"name": memo.name} if memo.name else {})}
        given |= {key: value for key, value in found.items() if key in ("name", "level")}
        opened = await self.open(body, views.waiting_modal(memo))
        if opened:
            occasion = Occasion("", where, user(body), "", view=opened)
            present = where.channel == memo.place.channel
            memo = replace(memo, place=where)
            self._tasks.begin(self._preview(str(view["callback_id"]), occasion, given, memo, present))

    async def _preview(
        self, command: str, occasion: Occasion, given: dict[str, str], memo: views.Memo, present: bool
    ) -> None:
        await self._responder.show_in_modal(occasion, await self._reply(command, occasion, given, present), memo)

    async def _reply(self, command: str, occasion: Occasion, given: dict[str, str], present: bool) -> Reply:
        """The answer to a form; `present`: it was opened in the channel that it is about."""
        if occasion.channel and (
            refusal := await self._responder.post_check.refusal(
                occasion.place.workspace, occasion.channel, occasion.author, present
            )
        ):
            return refusal
        may = await self._responder.may_configure(occasion)
        return await self._router.answer(Request(command, occasion.place, given, occasion.author, may))

    async def _show_when_done(self, work: "asyncio.Task[Reply]", occasion: Occasion, memo: views.Memo) -> None:
        await self._responder.show_in_modal(occasion, await work, memo)
        self._refresh_home(occasion, memo)

    def _refresh_home(self, occasion: Occasion, memo: views.Memo) -> None:
        if memo.home and self.on_saved is not None:
            self._tasks.begin(self.on_saved(memo.place.workspace, occasion.author, memo.home))

    async def _on_typing(self, ack: AsyncAck, body: Body) -> None:
        typed = unescape(str(body.get("value") or "")).strip()
        action = str(body.get("action_id", ""))
        try:
            async with asyncio.timeout(SUGGEST_SECONDS):
                suggested = await self._suggest(action, typed, team(body))
        except TimeoutError:
            suggested = []
        except Exception:
            # The person sees an empty list; the log says why.
            log.exception("slack_suggest_failed", extra={"field": action})
            suggested = []
        await ack(options=views.menu_choices(suggested))

    async def _suggest(self, action: str, typed: str, workspace: str) -> list[tuple[str, str]]:
        """Values and labels for a field, best first."""
        if action == views.GROUP:
            return await self._groups(typed, workspace)
        kind = views.SUGGESTED.get(action, OptionKind.NAME)
        near = await self._router.suggest(typed, kind, OPTIONS - 1)
        # The typed text itself may be valid without being a name: a pair, a set, "all models", everything.
        own = [] if kind is OptionKind.ZONE or not typed or typed.casefold() in map(str.casefold, near) else [typed]
        return [(value, value) for value in [*near, *own]]

    async def _groups(self, typed: str, workspace: str) -> list[tuple[str, str]]:
        """The workspace's user groups whose handle or name contains what was typed."""
        try:
            client = await self._workspaces.client(workspace)
            groups = (await client.usergroups_list()).get("usergroups") or []
        except (PostRefused, *FAILURES) as error:
            log.warning("slack_groups_unknown", extra={"error": error_code(error) or repr(error)})
            return []
        wanted = typed.removeprefix("@").casefold()
        return [
            (str(group["id"]), f"@{group.get('handle')} ({group.get('name')})")
            for group in groups
            if wanted in f"{group.get('handle')} {group.get('name')}".casefold()
        ]


def _fields(view: Body) -> list[str]:
    return [str(block["block_id"]) for block in view["blocks"] if block.get("type") == "input"]


def _errors(reply: Reply, given: dict[str, str], fields: list[str]) -> dict[str, str]:
    """The reply's sentences as an error below the field whose value they quote, else below the first field."""
    sentences = f"{reply.title} {reply.text}".strip()
    quoted = next((field for field, value in given.items() if field in fields and f"“{value[:20]}" in reply.title), "")
    return {quoted or fields[0]: clip(sentences, SENTENCE, str)}
