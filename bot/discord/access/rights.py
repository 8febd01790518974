"""Who may change what a channel gets: who may Manage Server, and whom a server allows the command by name.

A server says that under Integrations, in its settings; Discord itself hides commands by it, but `/watch list` is for
all and `/watch add` is not, so we read what is set there.
"""

from collections.abc import Mapping
from typing import Any

import discord
import structlog

log = structlog.get_logger()

ROLE, USER = 1, 2
"""https://docs.discord.com/developers/interactions/application-commands#application-command-permissions-object"""


class Rights:
    """Asks Discord once for each server and command, and again when somebody has changed it there."""

    def __init__(self) -> None:
        self.ids: Mapping[str, int] = {}
        """Discord's ids of our commands, by name."""
        self._allowed: dict[tuple[int, int], frozenset[int]] = {}

    @staticmethod
    def manages(interaction: discord.Interaction[Any]) -> bool:
        """Whether this person may Manage Server, or is in a conversation of their own, which is all it reaches."""
        return interaction.guild_id is None or interaction.permissions.manage_guild

    async def may(self, interaction: discord.Interaction[Any], command: str) -> bool:
        """Whether this person may use a command to change something."""
        if self.manages(interaction):
            return True
        key = (interaction.guild_id or 0, self.ids.get(command, 0))
        if key not in self._allowed:
            self._allowed[key] = await self._asked(interaction, *key)
        roles = {role.id for role in getattr(interaction.user, "roles", ())}
        roles.discard(key[0])  # everyone: that they may see it does not mean that all of them may change it
        return bool(self._allowed[key] & {interaction.user.id, *roles})

    def forget(self, guild: int) -> None:
        """What a server allows has changed."""
        self._allowed = {key: allowed for key, allowed in self._allowed.items() if key[0] != guild}

    async def _asked(self, interaction: discord.Interaction[Any], guild: int, command: int) -> frozenset[int]:
        http = interaction.client.http
        try:
            found = await http.get_application_command_permissions(interaction.application_id, guild, command)
        except discord.HTTPException as error:
            # A server that has set nothing is answered with 404.
            if error.status not in (403, 404):
                log.warning("discord_rights_unknown", error=str(error))
            return frozenset()
        return frozenset(
            int(one["id"]) for one in found["permissions"] if one["permission"] and one["type"] in (ROLE, USER)
        )
