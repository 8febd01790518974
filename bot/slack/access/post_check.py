"""Checks that the bot can post in a channel before a watch is directed there, where its alerts would be lost."""

import structlog

from bot.platform import PostRefused, cannot_post_reply
from bot.slack.api_errors import FAILURES, error_code, post_error
from bot.slack.app.workspaces import Workspaces
from bot.slack.inbound import private
from chat.reply import Reply

log = structlog.get_logger()

UNSEEN = frozenset({"channel_not_found"})


class PostCheck:
    """Looks up channels as the bot sees them."""

    def __init__(self, workspaces: Workspaces) -> None:
        self._workspaces = workspaces

    async def refusal(self, team: str, channel: str) -> Reply | None:
        """Why the bot can't post in a channel: it can't see it, or it is archived. None if nothing is known against it.

        If Slack can't be asked, for lack of a scope or a connection, the first post will tell.
        """
        if private(channel):
            return None
        try:
            client = await self._workspaces.client(team)
            found = (await client.conversations_info(channel=channel)).get("channel") or {}
        except PostRefused as refused:
            return cannot_post_reply(refused.reason)
        except FAILURES as error:
            if error_code(error) in UNSEEN:
                return cannot_post_reply(post_error(error, self._workspaces.bot).reason)
            log.warning("slack_channel_unknown", channel=channel, error=error_code(error) or repr(error))
            return None
        if found.get("is_archived"):
            return cannot_post_reply("That channel is archived: unarchive it, or choose another one.")
        return None
