"""What Slack's refusals mean: to be tried again later, or something that a person has to put right.

The codes: https://docs.slack.dev/reference/methods/chat.postMessage/#errors
"""

from collections.abc import Mapping

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState

from bot.platform import PostDelayed, PostRefused

FAILURES = (SlackClientError, aiohttp.ClientError, OSError)
"""All that a call to Slack raises; a timeout is an OSError."""

BLOCKS_REFUSED = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long"})
PASSING = frozenset(
    {
        "ratelimited",
        "rate_limited",
        "message_limit_exceeded",
        "fatal_error",
        "internal_error",
        "service_unavailable",
        "request_timeout",
        "team_added_to_org",
    }
)
REINSTALL = "Slack no longer accepts the bot's token: install the app again and put the new token into SLACK_BOT_TOKEN."
GONE = frozenset({"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"})
"""The app was removed, or its token taken back."""
REFUSALS = {
    "channel_not_found": "Slack finds no such channel: it was deleted, or it is private and I am not in it. "
    "Invite me there with /invite @{bot}.",
    "not_in_channel": "I am not in this channel: invite me with /invite @{bot}.",
    "is_archived": "This channel is archived: unarchive it, or watch from another channel.",
    "restricted_action": "This workspace lets only some people post in this channel: "
    "ask an admin to add @{bot}, or watch from another channel.",
    "restricted_action_read_only_channel": "This channel is read-only: watch from another channel.",
    "restricted_action_thread_only_channel": "This channel takes only replies in threads: watch from another channel.",
    "user_not_found": "Slack finds nobody under this address: watch from a channel.",
    "message_not_found": "The message is gone.",
    "cant_update_message": "The message can't be changed any more.",
    "edit_window_closed": "The message can't be changed any more: this workspace limits for how long.",
}

PATIENCE = 5.0
"""Seconds of "too many requests" that are waited out on the spot."""


class ShortRateLimitRetry(AsyncRateLimitErrorRetryHandler):
    """Waits out a short rate limit; a long one goes back to the caller, who has other things to deliver."""

    async def _can_retry_async(
        self,
        *,
        state: RetryState,  # noqa: ARG002 - the SDK's signature
        request: HttpRequest,  # noqa: ARG002
        response: HttpResponse | None = None,
        error: Exception | None = None,  # noqa: ARG002
    ) -> bool:
        if response is None or response.status_code != 429:
            return False
        asked = retry_after({name: value[0] for name, value in response.headers.items() if value})
        return asked is None or asked <= PATIENCE


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds that Slack asks us to wait, if it says so."""
    for name, value in headers.items():
        if name.lower() == "retry-after":
            try:
                return float(value)
            except ValueError:
                return None
    return None


def error_code(error: Exception) -> str:
    """Slack's word for what went wrong, "" when it gave none."""
    return str(_said(error).get("error", ""))


def post_error(error: Exception, bot: str, again: str = "") -> PostDelayed | PostRefused:
    """What a failed call means for a message; `bot` is how people call us, `again` how the app is installed anew."""
    if not isinstance(error, SlackApiError):
        return PostDelayed(f"Slack is out of reach ({type(error).__name__}).")
    word = error_code(error)
    # A page instead of an answer comes as aiohttp's own response, which names the status otherwise.
    status = int(getattr(error.response, "status_code", 0) or getattr(error.response, "status", 0))
    if status == 429 or status >= 500 or word in PASSING or not word:
        return PostDelayed(
            f"Slack asks us to wait ({word or status}).", retry_after(getattr(error.response, "headers", {}))
        )
    if word == "missing_scope":
        needed = str(_said(error).get("needed") or "chat:write")
        return PostRefused(
            f"The Slack app lacks the permission {needed}: add it under OAuth & Permissions and install the app again."
        )
    if word in GONE:
        return PostRefused(again or REINSTALL)
    known = REFUSALS.get(word, "Slack refused the message ({code}): look at the app's settings and its permissions.")
    return PostRefused(known.format(bot=bot, code=word))


def _said(error: Exception) -> Mapping[str, object]:
    data = getattr(getattr(error, "response", None), "data", None)
    return data if isinstance(data, dict) else {}
