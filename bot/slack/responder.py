"""Answers: an occasion -> the router -> a Reply -> Slack, and the chart's picture beside it.

The acknowledgement is out already; whatever happens here, somebody who asked gets an answer.
"""

import asyncio
import logging
import secrets
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncConnectionErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.platform import PostDelayed, PostRefused
from bot.slack.access.post_check import PostCheck
from bot.slack.access.rights import Rights
from bot.slack.api_errors import BLOCKS_REFUSED, FAILURES, ShortRateLimitRetry, error_code, post_error
from bot.slack.app.workspaces import CALL_SECONDS, Workspaces
from bot.slack.blocks import render
from bot.slack.blocks.limits import ALT
from bot.slack.blocks.mrkdwn import clean
from bot.slack.inbound import Occasion, private
from bot.slack.views import Memo, name_picker, result_modal
from chat.errors import UserError
from chat.reply import Chart, Mood, Reply
from handlers.arguments.watch_options import parse_destination
from handlers.command import OptionKind

if TYPE_CHECKING:
    from bot.router import Router

log = structlog.get_logger()

Body = dict[str, Any]

HEAD_START = 0.05
"""Bolt looks only every 10 ms whether we acknowledged; an answer must not overtake the acknowledgement."""
ANSWER_PAUSES = (1.0, 5.0)
"""Between tries to deliver an answer; with the plain-text one that is four of the five that Slack allows."""
QUIET: Body = {"unfurl_links": False, "unfurl_media": False}
AS_WRITTEN: Body = {"parse": "none", "link_names": False}
"""Slack makes no mentions and links of its own of what we post."""


class Responder:
    """Gives answers, each in the way that its occasion asks for."""

    def __init__(self, router: "Router", workspaces: Workspaces, rights: Rights, logger: logging.Logger) -> None:
        self._router = router
        self._workspaces = workspaces
        self._rights = rights
        self._logger = logger
        self.sight = PostCheck(workspaces)

    async def answer(self, occasion: Occasion) -> None:
        """Answers an occasion; never raises but for cancellation."""
        started = time.monotonic()
        reply = await self.reply(occasion)
        if occasion.view:
            await self.show(occasion, reply, Memo(occasion.place))
            return
        if occasion.alone:
            reply = replace(reply, private=True)
        try:
            drafts = _drafts(occasion, reply)
        except Exception:
            reply = _ticket()
            drafts = _drafts(occasion, reply)
        if self._lacks_a_name(occasion, reply):
            drafts[0]["blocks"].append(name_picker(occasion.line.removeprefix("/")))
        if not occasion.url:
            said = await self._say(occasion, reply, drafts)
        else:
            await asyncio.sleep(HEAD_START - (time.monotonic() - started))
            said = await self._respond(occasion, reply, drafts)
        for_all = not reply.private or occasion.shared or private(occasion.channel)
        if said and reply.chart is not None and for_all and occasion.page == 1:
            await self.draw(occasion.place.workspace, occasion.channel, _thread(occasion), reply.chart)

    async def reply(self, occasion: Occasion) -> Reply:
        """What the router says to it."""
        try:
            refused = await self._refused(occasion)
            if refused is not None:
                return refused
            may = await self.may_configure(occasion)
            return await self._router.say(occasion.line, occasion.place, occasion.author, may)
        except Exception:
            return _ticket()

    async def _refused(self, occasion: Occasion) -> Reply | None:
        """Why a line can't have its channel: one that it names, or its own where it sets something."""
        try:
            request = self._router.read(occasion.line, occasion.place)
            there = parse_destination(request.option("channel"), occasion.place)
        except UserError:
            # The answer says it.
            return None
        present = there.channel == occasion.place.channel
        if present and not self._router.commands[request.command].sets_channel(request.options):
            return None
        return await self.sight.refusal(there.workspace, there.channel, occasion.author, present)

    def _lacks_a_name(self, occasion: Occasion, reply: Reply) -> bool:
        command = self._router.commands.get(occasion.line.removeprefix("/"))
        first = command.options[0] if command and command.options else None
        return reply.mood is Mood.TROUBLE and first is not None and first.kind is OptionKind.NAME and first.required

    async def may_configure(self, occasion: Occasion) -> bool:
        """Whether who asks may change what a channel gets."""
        return await self._rights.may(occasion.place.workspace, occasion.author)

    async def show(self, occasion: Occasion, reply: Reply, kept: Memo) -> None:
        """Shows a reply in the modal of its occasion."""
        try:
            client = await self._workspaces.client(occasion.place.workspace)
            await client.views_update(view_id=occasion.view, view=result_modal(reply, kept, occasion.page))
        except PostRefused as refused:
            log.warning("slack_view_not_updated", reason=refused.reason)
        except FAILURES as error:
            # Most often it was closed in the meantime.
            log.warning("slack_view_not_updated", error=error_code(error) or repr(error))

    async def draw(self, team: str, channel: str, thread: str, chart: Chart) -> None:
        """Shows the chart's picture; the message has its words and bars already, so a failure is only logged."""
        try:
            # Imported at the first picture: drawing costs memory and start-up time.
            from bot.charts import chart_png  # noqa: PLC0415

            image = await asyncio.to_thread(chart_png, chart)
        except Exception:
            log.exception("slack_chart_not_drawn", channel=channel)
            return
        try:
            client = await self._workspaces.client(team)
            # Three calls: files.getUploadURLExternal, the upload, files.completeUploadExternal.
            await client.files_upload_v2(
                file=image,
                filename="chart.png",
                title=clean(chart.title)[:ALT] or "Chart",
                alt_txt=clean(chart.alt)[:ALT] or None,
                channel=channel,
                thread_ts=thread or None,
            )
        except PostRefused as refused:
            log.warning("slack_chart_not_shown", channel=channel, reason=refused.reason)
        except FAILURES as error:
            means = post_error(error, self._workspaces.bot)
            log.warning("slack_chart_not_shown", channel=channel, error=str(error)[:300], reason=means.reason)

    async def _say(self, occasion: Occasion, reply: Reply, drafts: list[Body]) -> bool:
        """Posts an answer where there is no response_url: after a mention, or in a conversation with us."""
        alone = reply.private and not private(occasion.channel)
        for pause in (*ANSWER_PAUSES, None):
            try:
                client = await self._workspaces.client(occasion.place.workspace)
                await _post(client, occasion, drafts, alone)
            except PostRefused as refused:
                log.error("slack_unanswered", channel=occasion.channel, reason=refused.reason)
                return False
            except FAILURES as error:
                means = post_error(error, self._workspaces.bot)
                if pause is None or not isinstance(means, PostDelayed):
                    log.error("slack_unanswered", channel=occasion.channel, reason=means.reason)
                    return False
                await asyncio.sleep(max(pause, means.seconds or 0))
            else:
                return True
        return False

    async def _respond(self, occasion: Occasion, reply: Reply, drafts: list[Body]) -> bool:
        """Sends the first draft that Slack takes."""
        alone = (reply.private and not occasion.shared) or occasion.page > 1 or occasion.replaces
        manner: Body = {
            "response_type": "ephemeral" if alone else "in_channel",
            "replace_original": occasion.replaces,
            **QUIET,
            **({"thread_ts": occasion.place.thread} if occasion.place.thread else {}),
        }
        drafts = [{**manner, **draft} for draft in drafts]
        hook = AsyncWebhookClient(
            occasion.url,
            timeout=CALL_SECONDS,
            # Here a repeat is better than silence.
            retry_handlers=[ShortRateLimitRetry(), AsyncConnectionErrorRetryHandler()],
            logger=self._logger,
        )
        pauses = list(ANSWER_PAUSES)
        while True:
            try:
                response = await hook.send_dict(drafts[0])
                status, said = response.status_code, response.body
            except FAILURES as error:
                status, said = 503, repr(error)
            if status == 200 and '"ok":false' not in said.replace(" ", ""):
                return True
            again = status >= 500 or status == 429
            if again and pauses:
                await asyncio.sleep(pauses.pop(0))
            elif not again and len(drafts) > 1:
                # Slack tells here but roughly what it minds, and blocks are all that it can mind.
                log.warning("slack_blocks_refused", status=status, error=said[:200])
                drafts = drafts[1:]
            else:
                log.error("slack_unanswered", status=status, error=said[:200])
                return False


async def _post(client: AsyncWebClient, occasion: Occasion, drafts: list[Body], alone: bool) -> None:
    where: Body = {"channel": occasion.channel, "thread_ts": _thread(occasion) or None, **AS_WRITTEN}
    for number, draft in enumerate(drafts, 1):
        try:
            if alone:
                said = {key: value for key, value in draft.items() if key != "mrkdwn"}
                await client.chat_postEphemeral(user=occasion.author, **where, **said)
            else:
                await client.chat_postMessage(**where, **QUIET, **draft)
        except SlackApiError as error:
            if error_code(error) not in BLOCKS_REFUSED or number == len(drafts):
                raise
            log.warning("slack_blocks_refused", error=error_code(error), details=details(error))
        else:
            return


def _thread(occasion: Occasion) -> str:
    return occasion.thread or occasion.place.thread


def _drafts(occasion: Occasion, reply: Reply) -> list[Body]:
    """The reply as we want it, and as plain text for when Slack does not."""
    share = reply.private and not occasion.shared and not private(occasion.channel)
    return [
        {"text": render.notification(reply), "blocks": render.blocks(reply, occasion.page, share)},
        {"text": render.fallback(reply), "mrkdwn": False},
    ]


def _ticket() -> Reply:
    """What is said when we fail: the cause is in the log, under its number."""
    ticket = secrets.token_hex(2)
    log.exception("slack_failed", ticket=ticket)
    return Reply("Something went wrong here.", f"It is logged as {ticket}.", mood=Mood.TROUBLE, private=True)


def details(error: SlackApiError) -> object:
    """Slack's hints on what it minds about blocks."""
    return (error.response.get("response_metadata") or {}).get("messages")
