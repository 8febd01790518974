"""Who may configure watches and digests: people with Manage Server, and those whom a server allows the command.

Servers set the latter under Integrations. Discord hides whole commands by it, but `/watch list` is for everyone and
`/watch add` is not, so we read these settings ourselves.
"""

import logging
from collections.abc import Mapping
from typing import Any

import discord

log = logging.getLogger(__name__)

ROLE, USER = 1, 2
"""https://docs.discord.com/developers/interactions/application-commands#application-command-permissions-object"""


class Rights:
    """Reads command permissions from Discord once per server and command, and again when a server changes them."""

    def __init__(self) -> None:
        self.command_ids: Mapping[str, int] = {}
        """Discord's ids of our commands by name."""
        self._allowed: dict[tuple[int, int], frozenset[int]] = {}

    @staticmethod
    def manages(interaction: discord.Interaction[Any]) -> bool:
        """Whether a person has Manage Server, or is in direct messages with the bot, which reach no other channel."""
        return interaction.guild_id is None or interaction.permissions.manage_guild

    async def may(self, interaction: discord.Interaction[Any], command: str) -> bool:
        """Whether a person may configure with a command."""
        if self.manages(interaction):
            return True
        key = (interaction.guild_id or 0, self.command_ids.get(command, 0))
        if key not in self._allowed:
            self._allowed[key] = await self._read(interaction, *key)
        roles = {role.id for role in getattr(interaction.user, "roles", ())}
        roles.discard(key[0])  # @everyone: that all may see a command does not mean that all may configure with it
        return bool(self._allowed[key] & {interaction.user.id, *roles})

    def forget(self, guild: int) -> None:
        """Drops what is known about a server, whose permissions have changed."""
        self._allowed = {key: allowed for key, allowed in self._allowed.items() if key[0] != guild}

    async def _read(self, interaction: discord.Interaction[Any], guild: int, command: int) -> frozenset[int]:
        """The ids of roles and users that a server allows a command; none if Discord can't be asked."""
        http = interaction.client.http
        try:
            found = await http.get_application_command_permissions(interaction.application_id, guild, command)
        except discord.HTTPException as error:
            # Discord answers 404 for a server that has set nothing.
            if error.status not in (403, 404):
                log.warning("discord_rights_unknown", extra={"error": str(error)})
            return frozenset()
        return frozenset(
            int(rule["id"]) for rule in found["permissions"] if rule["permission"] and rule["type"] in (ROLE, USER)
        )
