"""The Slack app's manifest: commands, shortcuts, scopes with their reasons, and events. Pure.

Format: https://docs.slack.dev/reference/app-manifest
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bot.slack.inbound import ALL_COMMANDS
from handlers.command import Command

EVENTS_PATH = "/slack/events"
INSTALL_PATH = "/slack/install"
REDIRECT_PATH = "/slack/oauth_redirect"

SCOPES = {
    "commands": "slash commands and shortcuts",
    "chat:write": "alerts, and answers to people who mention the bot",
    "chat:write.public": "alerts in public channels without an /invite",
    "files:write": "charts as pictures; without it they stay lines of bars",
    "app_mentions:read": "questions that mention the bot in a channel",
    "im:history": "questions in direct messages with the bot; it reads no channel",
    "channels:read": "checks whether the bot can post in a public channel before a watch is set up there",
    "groups:read": "the same for private channels, and who may see their watches in the App Home",
    "usergroups:read": "suggestions of user groups that a watch can mention",
    "users:read": "who is an admin, if TRENDBOT_SLACK_CONFIGURE lets only admins configure",
}
"""The bot's scopes, and what each is for."""

EVENTS = (
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "member_joined_channel",
    "message.im",
    "tokens_revoked",
)

ASK_ABOUT, WATCH, DIGEST = "ask_about", "watch", "digest"
"""Callback ids of the shortcuts: one on messages, two global ones."""

HINT = 1000
DESCRIPTION = 2000
"""https://docs.slack.dev/reference/app-manifest#slash_commands"""

Body = dict[str, Any]


@dataclass(frozen=True)
class Mode:
    """How Slack reaches the bot: over Socket Mode, or at a public address."""

    socket: bool
    public: str = ""
    """The public address, without a trailing slash."""
    oauth: bool = False
    """Whether many workspaces can add the app."""


def manifest(commands: Iterable[Command], mode: Mode) -> Body:
    """The manifest, to paste at https://api.slack.com/apps under "Create New App", "From a manifest"."""
    address = {} if mode.socket else {"url": f"{mode.public}{EVENTS_PATH}"}
    requests = {} if mode.socket else {"request_url": f"{mode.public}{EVENTS_PATH}"}
    options = {} if mode.socket else {"message_menu_options_url": f"{mode.public}{EVENTS_PATH}"}
    slashes = [_slash(ALL_COMMANDS, 'Run any trendbot command; "help" lists them', "help")]
    # Slack reserves /help.
    slashes += [_slash(one.name, one.summary, one.example) for one in commands if one.name != "help"]
    oauth: Body = {"scopes": {"bot": list(SCOPES)}}
    if mode.oauth:
        oauth["redirect_urls"] = [f"{mode.public}{REDIRECT_PATH}"]
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": "trendbot",
            "description": "Alerts you when something really happens in the AI industry, and shows the evidence.",
            "background_color": "#2a2a2e",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "trendbot", "always_online": True},
            "shortcuts": [
                _shortcut("Ask trendbot about this", "message", ASK_ABOUT, "Ask a question about a message"),
                _shortcut("Watch a name", "global", WATCH, "Alert a channel when a name spikes"),
                _shortcut("Set up the digest", "global", DIGEST, "Post a daily or weekly summary in a channel"),
            ],
            "slash_commands": [{**one, **address} for one in slashes],
        },
        "oauth_config": oauth,
        "settings": {
            "event_subscriptions": {**requests, "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True, **requests, **options},
            "org_deploy_enabled": False,
            "socket_mode_enabled": mode.socket,
            "token_rotation_enabled": False,
        },
    }


def _slash(name: str, summary: str, example: str) -> Body:
    # The hint for "/trend Meta" is "Meta", as Slack shows it after the command.
    hint = example.removeprefix(f"/{name}").strip()
    # Escaping makes channels and user groups picked with # or @ arrive with their ids instead of as plain words.
    slash: Body = {"command": f"/{name}", "description": summary[:DESCRIPTION], "should_escape": True}
    return {**slash, "usage_hint": hint[:HINT]} if hint else slash


def _shortcut(name: str, kind: str, callback: str, description: str) -> Body:
    return {"name": name, "type": kind, "callback_id": callback, "description": description}
