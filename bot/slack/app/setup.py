"""The checks of `trendbot setup slack`: tokens, scopes and channels, each as a sentence that says what to fix."""

from collections.abc import AsyncIterator, Iterable, Sequence

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.platform import Finding
from bot.settings import Settings
from bot.slack.api_errors import FAILURES, error_code, post_error
from bot.slack.app.manifest import EVENTS_PATH, INSTALL_PATH, SCOPES, Mode
from bot.slack.app.workspaces import APP_REFUSED, BOT_REFUSED, CALL_SECONDS
from bot.slack.inbound import ALL_COMMANDS

PAGE = "https://api.slack.com/apps"
OPTIONAL = frozenset(
    {"channels:read", "groups:read", "chat:write.public", "usergroups:read", "users:read", "files:write"}
)
"""Scopes without which the bot still answers and alerts, with fewer features."""


def connection_mode(settings: Settings) -> Mode:
    """How Slack will reach the bot: over Socket Mode, unless only a signing secret or a public address is set."""
    app = bool(settings.slack_app_token.get_secret_value())
    http = bool(settings.slack_signing_secret.get_secret_value()) or bool(settings.slack_public_url)
    return Mode(app or not http, settings.slack_public_url.rstrip("/"), settings.slack_oauth)


async def findings(settings: Settings, channels: Sequence[str]) -> AsyncIterator[Finding]:
    """Runs the checks in the order in which people set things up, and yields each result as it is known."""
    token = settings.slack_bot_token.get_secret_value()
    client = AsyncWebClient(
        token=token or None,
        base_url=settings.slack_api_base_url or AsyncWebClient.BASE_URL,
        timeout=CALL_SECONDS,
    )
    yield await _transport(settings, client)
    if settings.slack_oauth:
        where = f"{settings.slack_public_url.rstrip('/')}{INSTALL_PATH}"
        yield Finding(True, f"Any workspace can add the app at {where} while the bot runs.")
        return
    if not token:
        yield Finding(
            False,
            f"SLACK_BOT_TOKEN is not set: create the app at {PAGE} from the manifest, install it, and copy "
            "the Bot User OAuth Token (xoxb-…) from OAuth & Permissions.",
        )
        return
    try:
        me = await client.auth_test()
    except FAILURES as error:
        yield Finding(False, _reason(error, BOT_REFUSED))
        return
    bot = str(me.get("user") or ALL_COMMANDS)
    yield Finding(True, f"SLACK_BOT_TOKEN belongs to @{bot} in {me.get('team')}.")
    for finding in _scopes(_granted(me)):
        yield finding
    for channel in channels:
        yield await _channel(client, channel, bot)


async def _transport(settings: Settings, client: AsyncWebClient) -> Finding:
    """Whether Slack can reach the bot."""
    app_token = settings.slack_app_token.get_secret_value()
    if app_token:
        try:
            await client.apps_connections_open(app_token=app_token)
        except FAILURES as error:
            return Finding(False, _reason(error, APP_REFUSED))
        return Finding(True, "SLACK_APP_TOKEN can open a Socket Mode connection.")
    if settings.slack_signing_secret.get_secret_value():
        where = settings.slack_public_url.rstrip("/") or "https://<your host>"
        here = f"{settings.slack_http_host}:{settings.slack_http_port}"
        return Finding(True, f"Signed HTTP: Slack sends to {where}{EVENTS_PATH}, and the bot listens on {here}.")
    return Finding(
        False,
        "SLACK_APP_TOKEN is not set: make one under Basic Information, App-Level Tokens, with the scope "
        "connections:write. Or set SLACK_SIGNING_SECRET for signed HTTP.",
    )


def _scopes(granted: Iterable[str]) -> list[Finding]:
    missing = [scope for scope in SCOPES if scope not in set(granted)]
    if not missing:
        return [Finding(True, f"All {len(SCOPES)} scopes are granted.")]
    return [
        Finding(
            False,
            f"The {'optional ' if scope in OPTIONAL else ''}scope {scope} is missing ({SCOPES[scope]}). Add it under "
            "OAuth & Permissions and reinstall the app.",
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
        return Finding(False, f"{name} is archived: unarchive it, or choose another channel.")
    if not found.get("is_member"):
        return Finding(False, f"The bot is not in {name}: type /invite @{bot} there.")
    return Finding(True, f"The bot is in {name}.")


def _granted(answer: AsyncSlackResponse) -> list[str]:
    """The token's scopes, which Slack sends in a header of every response."""
    headers = {name.lower(): value for name, value in answer.headers.items()}
    return [scope.strip() for scope in str(headers.get("x-oauth-scopes", "")).split(",")]


def _reason(error: Exception, refused: str) -> str:
    code = error_code(error)
    return refused.format(code=code) if code else post_error(error, ALL_COMMANDS).reason
