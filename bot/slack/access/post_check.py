"""Whether the bot can post where it is told to, asked before it is set: later, an alert would be lost on it."""

import structlog

from bot.platform import PostRefused
from bot.slack.api_errors import FAILURES, error_code, post_error
from bot.slack.app.workspaces import Workspaces
from bot.slack.inbound import private
from chat.reply import Mood, Reply

log = structlog.get_logger()

UNSEEN = frozenset({"channel_not_found"})


class PostCheck:
    """Looks at channels for the bot."""

    def __init__(self, workspaces: Workspaces) -> None:
        self._workspaces = workspaces

    async def refusal(self, team: str, channel: str) -> Reply | None:
        """What to say of a channel that the bot can't see, or that is closed; None where nothing speaks against it.

        Where Slack does not tell, for want of a permission or out of reach, the first post will.
        """
        if private(channel):
            return None
        try:
            client = await self._workspaces.client(team)
            found = (await client.conversations_info(channel=channel)).get("channel") or {}
        except PostRefused as refused:
            return _refused(refused.reason)
        except FAILURES as error:
            if error_code(error) in UNSEEN:
                return _refused(post_error(error, self._workspaces.bot).reason)
            log.warning("slack_channel_unknown", channel=channel, error=error_code(error) or repr(error))
            return None
        return (
            _refused("That channel is archived: unarchive it, or pick another.") if found.get("is_archived") else None
        )


def _refused(sentence: str) -> Reply:
    return Reply("I can't post there.", sentence, mood=Mood.TROUBLE, private=True)
