"""Answers occasions: occasion -> router -> reply -> message or modal -> picture of the chart.

Slack has its acknowledgement already. Whatever happens here, the person who asked gets an answer.
"""

import asyncio
import logging
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

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
from bot.tickets import log_failure
from chat.errors import UserError
from chat.reply import Chart, Mood, Reply
from handlers.arguments.watch_options import parse_destination
from handlers.command import OptionKind

if TYPE_CHECKING:
    from bot.router import Router

log = logging.getLogger(__name__)

Body = dict[str, Any]

HEAD_START = 0.05
"""Seconds that the acknowledgement gets before an answer, as Bolt checks for it only every 10 ms."""
ANSWER_PAUSES = (1.0, 5.0)
"""Seconds between attempts to deliver an answer; with the plain-text one that makes four of the five uses that Slack
allows of a response_url: https://docs.slack.dev/interactivity/handling-user-interaction#message_responses"""
NO_PREVIEWS: Body = {"unfurl_links": False, "unfurl_media": False}
AS_WRITTEN: Body = {"parse": "none", "link_names": False}
"""Keeps Slack from making mentions and links out of text."""


class Responder:
    """Answers occasions, each where it was asked."""

    def __init__(self, router: "Router", workspaces: Workspaces, rights: Rights, logger: logging.Logger) -> None:
        self._router = router
        self._workspaces = workspaces
        self._rights = rights
        self._logger = logger
        self.post_check = PostCheck(workspaces)

    async def answer(self, occasion: Occasion) -> None:
        """Answers an occasion. Raises nothing except on cancellation."""
        started = time.monotonic()
        reply = await self.reply(occasion)
        if occasion.view:
            await self.show_in_modal(occasion, reply, Memo(occasion.place))
            return
        if occasion.alone:
            reply = replace(reply, private=True)
        try:
            drafts = _drafts(occasion, reply)
        except Exception:
            reply = log_failure("slack_failed")
            drafts = _drafts(occasion, reply)
        if self._needs_name(occasion, reply):
            drafts[0]["blocks"].append(name_picker(occasion.line.removeprefix("/")))
        if not occasion.url:
            delivered = await self._post(occasion, reply, drafts)
        else:
            await asyncio.sleep(HEAD_START - (time.monotonic() - started))
            delivered = await self._respond(occasion, reply, drafts)
        public = not reply.private or occasion.shared or private(occasion.channel)
        if delivered and reply.chart is not None and public and occasion.page == 1:
            await self.upload_chart(occasion.place.workspace, occasion.channel, _thread(occasion), reply.chart)

    async def reply(self, occasion: Occasion) -> Reply:
        """The router's reply to an occasion. Raises nothing except on cancellation."""
        try:
            refusal = await self._destination_refusal(occasion)
            if refusal is not None:
                return refusal
            may = await self.may_configure(occasion)
            return await self._router.answer_line(occasion.line, occasion.place, occasion.author, may)
        except Exception:
            return log_failure("slack_failed")

    async def _destination_refusal(self, occasion: Occasion) -> Reply | None:
        """Why a line can't have its channel: one that it names, or its own where it sets something."""
        try:
            request = self._router.parse_line(occasion.line, occasion.place)
            destination = parse_destination(request.option("channel"), occasion.place)
        except UserError:
            # The answer will say so.
            return None
        present = destination.channel == occasion.place.channel
        if present and not self._router.commands[request.command].sets_channel(request.options):
            return None
        return await self.post_check.refusal(destination.workspace, destination.channel, occasion.author, present)

    def _needs_name(self, occasion: Occasion, reply: Reply) -> bool:
        """Whether a command was typed without the name that it requires."""
        command = self._router.commands.get(occasion.line.removeprefix("/"))
        first = command.options[0] if command and command.options else None
        return reply.mood is Mood.TROUBLE and first is not None and first.kind is OptionKind.NAME and first.required

    async def may_configure(self, occasion: Occasion) -> bool:
        """Whether the author may configure watches and digests."""
        return await self._rights.may(occasion.place.workspace, occasion.author)

    async def show_in_modal(self, occasion: Occasion, reply: Reply, memo: Memo) -> None:
        """Shows a reply in the modal of its occasion."""
        try:
            client = await self._workspaces.client(occasion.place.workspace)
            await client.views_update(view_id=occasion.view, view=result_modal(reply, memo, occasion.page))
        except PostRefused as refused:
            log.warning("slack_view_not_updated", extra={"reason": refused.reason})
        except FAILURES as error:
            # Most often the person has closed it.
            log.warning("slack_view_not_updated", extra={"error": error_code(error) or repr(error)})

    async def upload_chart(self, team: str, channel: str, thread: str, chart: Chart) -> None:
        """Uploads the chart's picture. A failure is only logged: the message has the chart in words and bars."""
        try:
            # Imported with the first picture: drawing costs memory and startup time.
            from bot.charts import chart_png  # noqa: PLC0415

            image = await asyncio.to_thread(chart_png, chart)
        except Exception:
            log.exception("slack_chart_not_drawn", extra={"channel": channel})
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
            log.warning("slack_chart_not_shown", extra={"channel": channel, "reason": refused.reason})
        except FAILURES as error:
            outcome = post_error(error, self._workspaces.bot)
            log.warning(
                "slack_chart_not_shown", extra={"channel": channel, "error": str(error)[:300], "reason": outcome.reason}
            )

    async def _post(self, occasion: Occasion, reply: Reply, drafts: list[Body]) -> bool:
        """Posts an answer where there is no response_url: to a mention or a direct message. Returns whether it did."""
        ephemeral = reply.private and not private(occasion.channel)
        for pause in (*ANSWER_PAUSES, None):
            try:
                client = await self._workspaces.client(occasion.place.workspace)
                await _post_draft(client, occasion, drafts, ephemeral)
            except PostRefused as refused:
                log.error("slack_unanswered", extra={"channel": occasion.channel, "reason": refused.reason})
                return False
            except FAILURES as error:
                outcome = post_error(error, self._workspaces.bot)
                if pause is None or not isinstance(outcome, PostDelayed):
                    log.error("slack_unanswered", extra={"channel": occasion.channel, "reason": outcome.reason})
                    return False
                await asyncio.sleep(max(pause, outcome.seconds or 0))
            else:
                return True
        return False

    async def _respond(self, occasion: Occasion, reply: Reply, drafts: list[Body]) -> bool:
        """Sends the first draft that Slack accepts to the response_url. Returns whether it accepted one."""
        ephemeral = (reply.private and not occasion.shared) or occasion.page > 1 or occasion.replaces
        options: Body = {
            "response_type": "ephemeral" if ephemeral else "in_channel",
            "replace_original": occasion.replaces,
            **NO_PREVIEWS,
            **({"thread_ts": occasion.place.thread} if occasion.place.thread else {}),
        }
        drafts = [{**options, **draft} for draft in drafts]
        hook = AsyncWebhookClient(
            occasion.url,
            timeout=CALL_SECONDS,
            # Unlike for alerts, a duplicate is better than silence here.
            retry_handlers=[ShortRateLimitRetry(), AsyncConnectionErrorRetryHandler()],
            logger=self._logger,
        )
        pauses = list(ANSWER_PAUSES)
        while True:
            try:
                response = await hook.send_dict(drafts[0])
                status, body = response.status_code, response.body
            except FAILURES as error:
                status, body = 503, repr(error)
            if status == 200 and '"ok":false' not in body.replace(" ", ""):
                return True
            temporary = status >= 500 or status == 429
            if temporary and pauses:
                await asyncio.sleep(pauses.pop(0))
            elif not temporary and len(drafts) > 1:
                # A response_url gives no exact reason, but the blocks are all that Slack could object to.
                log.warning("slack_blocks_refused", extra={"status": status, "error": body[:200]})
                drafts = drafts[1:]
            else:
                log.error("slack_unanswered", extra={"status": status, "error": body[:200]})
                return False


async def _post_draft(client: AsyncWebClient, occasion: Occasion, drafts: list[Body], ephemeral: bool) -> None:
    """Posts the first draft that Slack accepts. Raises what the last call raised."""
    target: Body = {"channel": occasion.channel, "thread_ts": _thread(occasion) or None, **AS_WRITTEN}
    for number, draft in enumerate(drafts, 1):
        try:
            if ephemeral:
                content = {key: value for key, value in draft.items() if key != "mrkdwn"}
                await client.chat_postEphemeral(user=occasion.author, **target, **content)
            else:
                await client.chat_postMessage(**target, **NO_PREVIEWS, **draft)
        except SlackApiError as error:
            if error_code(error) not in BLOCKS_REFUSED or number == len(drafts):
                raise
            log.warning("slack_blocks_refused", extra={"error": error_code(error), "details": details(error)})
        else:
            return


def _thread(occasion: Occasion) -> str:
    return occasion.thread or occasion.place.thread


def _drafts(occasion: Occasion, reply: Reply) -> list[Body]:
    """The reply as blocks, then as plain text in case Slack refuses those."""
    share = reply.private and not occasion.shared and not private(occasion.channel)
    return [
        {"text": render.notification(reply), "blocks": render.blocks(reply, occasion.page, share)},
        {"text": render.fallback(reply), "mrkdwn": False},
    ]


def details(error: SlackApiError) -> object:
    """Slack's hints about refused blocks."""
    return (error.response.get("response_metadata") or {}).get("messages")
