"""What Slack's errors mean: to be tried again later, or for a person to fix. Pure, except for the retry handler.

Codes: https://docs.slack.dev/reference/methods/chat.postMessage/#errors
"""

from collections.abc import Mapping

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState

from bot.platform import PostBlocked, PostDelayed, PostRefused

FAILURES = (SlackClientError, aiohttp.ClientError, OSError)
"""Everything that a call to Slack can raise; a timeout is an OSError."""

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
REINSTALL = "Slack no longer accepts the bot's token: reinstall the app and put its new token into SLACK_BOT_TOKEN."
GONE = frozenset({"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"})
"""Codes that mean that the app was removed or its token revoked."""
FINAL = BLOCKS_REFUSED | {
    "cant_update_message",
    "edit_window_closed",
    "invalid_arguments",
    "message_not_found",
    "no_text",
    "user_not_found",
}
"""Codes of refusals that nobody can lift. All others, such as `not_in_channel`, `missing_scope` or
`org_login_required`, have a removable cause."""
REFUSALS = {
    "channel_not_found": "Slack can't find this channel: it was deleted, or it is private and I'm not a member. "
    "Invite me there with /invite @{bot}.",
    "not_in_channel": "I'm not in this channel: invite me with /invite @{bot}.",
    "is_archived": "This channel is archived: unarchive it, or set up the watch in another channel.",
    "restricted_action": "Only some people may post in this channel: "
    "ask an admin to allow @{bot}, or set up the watch in another channel.",
    "restricted_action_read_only_channel": "This channel is read-only: set up the watch in another channel.",
    "restricted_action_thread_only_channel": "This channel allows only replies in threads: "
    "set up the watch in another channel.",
    "user_not_found": "Slack can't find this person: set up the watch in a channel.",
    "message_not_found": "The message no longer exists.",
    "cant_update_message": "The message can no longer be edited.",
    "edit_window_closed": "The message can no longer be edited: this workspace limits the time for edits.",
}

PATIENCE = 5.0
"""Longest rate limit, in seconds, that is waited out on the spot."""


class ShortRateLimitRetry(AsyncRateLimitErrorRetryHandler):
    """Waits out a short rate limit; a long one is raised to the caller, who has other messages to deliver."""

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
    """The seconds that Slack asks us to wait; None if it does not say."""
    for name, value in headers.items():
        if name.lower() == "retry-after":
            try:
                return float(value)
            except ValueError:
                return None
    return None


def error_code(error: Exception) -> str:
    """Slack's code for an error, "" if there is none."""
    return str(_data(error).get("error", ""))


def post_error(error: Exception, bot: str, reinstall: str = "") -> PostDelayed | PostRefused:
    """What a failed call means for a message.

    `bot` is the bot's name in the workspace, `reinstall` the sentence that says how to install the app again.
    """
    if not isinstance(error, SlackApiError):
        return PostDelayed(f"Slack can't be reached ({type(error).__name__}).")
    code = error_code(error)
    # An HTML page instead of JSON comes as aiohttp's own response, which has `status` for `status_code`.
    status = int(getattr(error.response, "status_code", 0) or getattr(error.response, "status", 0))
    if status == 429 or status >= 500 or code in PASSING or not code:
        return PostDelayed(
            f"Slack asks us to wait ({code or status}).", retry_after(getattr(error.response, "headers", {}))
        )
    if code == "missing_scope":
        needed = str(_data(error).get("needed") or "chat:write")
        return PostBlocked(
            f"The Slack app lacks the scope {needed}: add it under OAuth & Permissions and reinstall the app."
        )
    if code in GONE:
        return PostBlocked(reinstall or REINSTALL)
    known = REFUSALS.get(code, "Slack refused the message ({code}): check the app's settings and scopes.")
    return (PostRefused if code in FINAL else PostBlocked)(known.format(bot=bot, code=code))


def _data(error: Exception) -> Mapping[str, object]:
    data = getattr(getattr(error, "response", None), "data", None)
    return data if isinstance(data, dict) else {}
