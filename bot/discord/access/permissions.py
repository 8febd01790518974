"""The permissions that the bot needs in a server, and why. Pure."""

from collections.abc import Mapping
from urllib.parse import urlencode

import discord

NEEDED: Mapping[str, str] = {
    "view_channel": "to see the channel it posts in",
    "send_messages": "to post alerts and digests",
    "send_messages_in_threads": "to post in threads and forums",
    "create_public_threads": "to post follow-ups in a thread below the alert",
    "attach_files": "to show charts",
    "read_message_history": "to reply to its own messages",
}
"""Permissions by their names in the library, each with its reason."""

NAMES = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "send_messages_in_threads": "Send Messages in Threads",
    "create_public_threads": "Create Public Threads",
    "attach_files": "Attach Files",
    "read_message_history": "Read Message History",
}
"""The same permissions by their names in Discord's settings."""

SCOPES = ("bot", "applications.commands")


def needed_permissions() -> discord.Permissions:
    """All permissions that the bot needs."""
    return discord.Permissions(**dict.fromkeys(NEEDED, True))


def missing_permissions(given: discord.Permissions) -> list[str]:
    """The needed permissions that are not given, by their names in the library. An administrator has all of them."""
    return [] if given.administrator else [name for name in NEEDED if not getattr(given, name)]


def invitation_url(application: int) -> str:
    """The link that invites the bot with exactly the permissions it needs."""
    query = {"client_id": application, "scope": " ".join(SCOPES), "permissions": needed_permissions().value}
    return f"https://discord.com/oauth2/authorize?{urlencode(query)}"
