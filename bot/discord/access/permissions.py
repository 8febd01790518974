"""What the bot needs on a server, and for what. Pure."""

from collections.abc import Mapping
from urllib.parse import urlencode

import discord

NEEDED: Mapping[str, str] = {
    "view_channel": "to see the channel that it posts to",
    "send_messages": "to post alerts and digests",
    "send_messages_in_threads": "to post in threads and forums",
    "create_public_threads": "to put what follows on an alert into a thread below it",
    "attach_files": "to show charts",
    "read_message_history": "to answer one of its own messages",
}
"""Permissions by the library's names, each with its reason."""

NAMES = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "send_messages_in_threads": "Send Messages in Threads",
    "create_public_threads": "Create Public Threads",
    "attach_files": "Attach Files",
    "read_message_history": "Read Message History",
}
"""The same as Discord's settings call them."""

SCOPES = ("bot", "applications.commands")


def needed_permissions() -> discord.Permissions:
    """All of them."""
    return discord.Permissions(**dict.fromkeys(NEEDED, True))


def missing_permissions(given: discord.Permissions) -> list[str]:
    """Those that are not given. An administrator is sent as one flag, and has them all."""
    return [] if given.administrator else [name for name in NEEDED if not getattr(given, name)]


def invitation_url(application: int) -> str:
    """The address that invites the bot with exactly what it needs."""
    query = {"client_id": application, "scope": " ".join(SCOPES), "permissions": needed_permissions().value}
    return f"https://discord.com/oauth2/authorize?{urlencode(query)}"
