"""Checks whether a channel may be used, before anything about it is shown, set or confirmed.

A watch in a channel where the bot can't post stays silent, and the watches of a private channel are for its members.
"""

import logging

from slack_sdk.web.async_client import AsyncWebClient

from bot.platform import PostRefused, cannot_post_reply
from bot.slack.api_errors import FAILURES, REFUSALS, error_code, post_error
from bot.slack.app.workspaces import Workspaces
from bot.slack.inbound import private
from chat.reply import Reply

log = logging.getLogger(__name__)

UNSEEN = frozenset({"channel_not_found"})

CHANNELS_A_PAGE = 999
PAGES = 10
"""As many private channels are looked through: https://docs.slack.dev/reference/methods/users.conversations"""


class PostCheck:
    """Looks up channels, as the bot sees them and for the person who asks."""

    def __init__(self, workspaces: Workspaces) -> None:
        self._workspaces = workspaces

    async def refusal(self, team: str, channel: str, person: str, present: bool = False) -> Reply | None:
        """Why a person can't use a channel; None if nothing is known against it.

        A private channel is for its members, and nobody else learns that it exists. `present`: the person asks in that
        very channel. Then, if Slack can't be asked for lack of a scope or a connection, the first post will tell;
        nothing is shown or set in another channel that could not be checked.
        """
        if private(channel):
            return None if present else self._unseen()
        try:
            client = await self._workspaces.client(team)
            found = (await client.conversations_info(channel=channel)).get("channel") or {}
            closed = found.get("is_private") or found.get("is_mpim")
            if closed and not present and channel not in await private_channels(client, person):
                return self._unseen()
        except PostRefused as refused:
            return cannot_post_reply(refused.reason)
        except FAILURES as error:
            if error_code(error) in UNSEEN:
                return self._unseen()
            log.warning("slack_channel_unknown", extra={"channel": channel, "error": error_code(error) or repr(error)})
            means = post_error(error, self._workspaces.bot)
            return None if present else cannot_post_reply(f"I can't check that channel. {means.reason}")
        return (
            cannot_post_reply("That channel is archived: unarchive it, or choose another one.")
            if found.get("is_archived")
            else None
        )

    def _unseen(self) -> Reply:
        return cannot_post_reply(REFUSALS["channel_not_found"].format(bot=self._workspaces.bot))


async def private_channels(client: AsyncWebClient, person: str = "") -> set[str]:
    """The private channels that the bot is in, or those of them that a person is in too."""
    found: set[str] = set()
    cursor = ""
    for _ in range(PAGES):
        answer = await client.users_conversations(
            user=person or None, types="private_channel,mpim", limit=CHANNELS_A_PAGE, cursor=cursor or None
        )
        found |= {str(one["id"]) for one in answer.get("channels") or []}
        cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
        if not cursor:
            break
    return found
