"""What `trendbot setup slack` looks at: tokens, permissions, channels; each told in words, with what is missing."""

from collections.abc import AsyncIterator, Iterable, Sequence

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.platform import Finding
from bot.settings import Settings
from bot.slack.api_errors import FAILURES, error_code, post_error
from bot.slack.app.manifest import SCOPES, Mode
from bot.slack.app.workspaces import BOT_REFUSED, CALL_SECONDS
from bot.slack.inbound import ALL_COMMANDS

PAGE = "https://api.slack.com/apps"
BARE = frozenset({"channels:read", "groups:read", "chat:write.public", "usergroups:read", "users:read", "files:write"})
"""Permissions without which the bot still answers and alerts, only with less."""


def connection_mode(settings: Settings) -> Mode:
    """How Slack will reach the bot: by Socket Mode, unless only a signing secret or a public address is set."""
    app = bool(settings.slack_app_token.get_secret_value())
    http = bool(settings.slack_signing_secret.get_secret_value()) or bool(settings.slack_public_url)
    return Mode(app or not http, settings.slack_public_url.rstrip("/"), settings.slack_oauth)


async def findings(settings: Settings, channels: Sequence[str]) -> AsyncIterator[Finding]:
    """What is there and what is missing, in the order in which people set it up."""
    token = settings.slack_bot_token.get_secret_value()
    client = AsyncWebClient(
        token=token or None,
        base_url=settings.slack_api_base_url or AsyncWebClient.BASE_URL,
        timeout=CALL_SECONDS,
    )
    async for finding in _reached(settings, client):
        yield finding
    if settings.slack_oauth:
        where = f"{settings.slack_public_url.rstrip('/')}/slack/install"
        yield Finding(True, f"Many workspaces: each adds the app at {where}, once the bot runs.")
        return
    if not token:
        yield Finding(
            False,
            f"SLACK_BOT_TOKEN is not set: make the app at {PAGE} from the manifest, install it, and copy "
            "the Bot User OAuth Token (xoxb-…) from OAuth & Permissions.",
        )
        return
    try:
        me = await client.auth_test()
    except FAILURES as error:
        yield Finding(False, _said(error, BOT_REFUSED))
        return
    bot = str(me.get("user") or ALL_COMMANDS)
    yield Finding(True, f"SLACK_BOT_TOKEN is @{bot} of {me.get('team')}.")
    for finding in _scopes(_granted(me)):
        yield finding
    for channel in channels:
        yield await _channel(client, channel, bot)


async def _reached(settings: Settings, client: AsyncWebClient) -> AsyncIterator[Finding]:
    app_token = settings.slack_app_token.get_secret_value()
    if app_token:
        try:
            await client.apps_connections_open(app_token=app_token)
        except FAILURES as error:
            yield Finding(
                False,
                _said(
                    error,
                    "Slack does not accept SLACK_APP_TOKEN ({code}): make one under Basic "
                    "Information, App-Level Tokens, with connections:write.",
                ),
            )
        else:
            yield Finding(True, "SLACK_APP_TOKEN opens a connection (Socket Mode).")
    elif settings.slack_signing_secret.get_secret_value():
        where = settings.slack_public_url.rstrip("/") or "https://<your host>"
        here = f"{settings.slack_http_host}:{settings.slack_http_port}"
        yield Finding(True, f"Signed HTTP: Slack sends to {where}/slack/events, the bot listens on {here}.")
    else:
        yield Finding(
            False,
            "SLACK_APP_TOKEN is not set: make one under Basic Information, App-Level Tokens, with "
            "connections:write. Or set SLACK_SIGNING_SECRET for signed HTTP.",
        )


def _scopes(granted: Iterable[str]) -> list[Finding]:
    missing = [scope for scope in SCOPES if scope not in set(granted)]
    if not missing:
        return [Finding(True, f"All {len(SCOPES)} permissions are granted.")]
    return [
        Finding(
            False,
            f"{scope} is missing{' (may be left out)' if scope in BARE else ''}: {SCOPES[scope]}. Add it under "
            "OAuth & Permissions and install the app again.",
        )
        for scope in missing
    ]


async def _channel(client: AsyncWebClient, channel: str, bot: str) -> Finding:
    try:
        found = (await client.conversations_info(channel=channel)).get("channel") or {}
    except FAILURES as error:
        return Finding(False, f"{channel}: {post_error(error, bot).reason}")
    name = f"#{found.get('name') or channel}"
    if found.get("is_archived"):
        return Finding(False, f"{name} is archived: unarchive it, or take another channel.")
    if not found.get("is_member"):
        return Finding(False, f"I am not in {name}: invite me with /invite @{bot}.")
    return Finding(True, f"I am in {name}.")


def _granted(answer: AsyncSlackResponse) -> list[str]:
    """The token's permissions, which Slack tells with each answer."""
    headers = {name.lower(): value for name, value in answer.headers.items()}
    return [scope.strip() for scope in str(headers.get("x-oauth-scopes", "")).split(",")]


def _said(error: Exception, refused: str) -> str:
    word = error_code(error)
    return refused.format(code=word) if word else post_error(error, ALL_COMMANDS).reason
