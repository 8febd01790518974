"""The Slack app as Slack wants it described: commands, permissions with their reasons, events. Pure.

https://docs.slack.dev/reference/app-manifest
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
    "chat:write": "alerts, and answers to those who mention the bot",
    "chat:write.public": "alerts in public channels without an /invite",
    "files:write": "charts as pictures; without it they stay lines of bars",
    "app_mentions:read": "questions that mention the bot, wherever it was invited",
    "im:history": "questions in people's own conversation with the bot; it reads no channel",
    "channels:read": "whether a public channel can be posted to, before a watch is set and for `trendbot setup slack`",
    "groups:read": "the same for a private channel, and who may see its watches in the App Home",
    "usergroups:read": "the user groups that a watch may mention, offered in its form",
    "users:read": "who is an admin, where TRENDBOT_SLACK_CONFIGURE lets only admins configure",
}
"""What the bot may do, and what for."""

EVENTS = ("app_home_opened", "app_mention", "app_uninstalled", "message.im", "tokens_revoked")

ASK_ABOUT, WATCH, DIGEST = "ask_about", "watch", "digest"
"""Shortcuts: one on a message, two from anywhere."""

HINT = 1000
DESCRIPTION = 2000
"""https://docs.slack.dev/reference/app-manifest#slash_commands"""

Body = dict[str, Any]


@dataclass(frozen=True)
class Mode:
    """How Slack reaches the bot: over its own socket, or at a public address."""

    socket: bool
    public: str = ""
    """The public address, without a slash at its end."""
    oauth: bool = False


def manifest(commands: Iterable[Command], mode: Mode) -> Body:
    """The manifest, to paste at https://api.slack.com/apps under "Create New App", "From a manifest"."""
    address = {} if mode.socket else {"url": f"{mode.public}{EVENTS_PATH}"}
    requests = {} if mode.socket else {"request_url": f"{mode.public}{EVENTS_PATH}"}
    options = {} if mode.socket else {"message_menu_options_url": f"{mode.public}{EVENTS_PATH}"}
    slashes = [_slash(ALL_COMMANDS, 'Any command of trendbot; "help" lists them', "help")]
    # Slack keeps /help for itself.
    slashes += [_slash(one.name, one.summary, one.example) for one in commands if one.name != "help"]
    oauth: Body = {"scopes": {"bot": list(SCOPES)}}
    if mode.oauth:
        oauth["redirect_urls"] = [f"{mode.public}{REDIRECT_PATH}"]
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": "trendbot",
            "description": "Tells when something in the AI industry is really happening, and shows why.",
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
                _shortcut("Ask trendbot about this", "message", ASK_ABOUT, "A question on what a message says"),
                _shortcut("Watch a name", "global", WATCH, "Tell a channel when something unusual happens"),
                _shortcut("Set the digest", "global", DIGEST, "A daily or weekly summary for a channel"),
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
    # "/trend Meta" as a hint is "Meta": the command stands before it.
    hint = example.removeprefix(f"/{name}").strip()
    # Escaped, a channel or user group that was picked with # or @ comes with its id; else it would be but a word.
    slash: Body = {"command": f"/{name}", "description": summary[:DESCRIPTION], "should_escape": True}
    return {**slash, "usage_hint": hint[:HINT]} if hint else slash


def _shortcut(name: str, kind: str, callback: str, description: str) -> Body:
    return {"name": name, "type": kind, "callback_id": callback, "description": description}
