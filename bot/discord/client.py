"""The library's client as we use it: no privileged intent, no pings, no memory of messages, shards as needed."""

import asyncio
from collections.abc import Awaitable
from typing import Any, Protocol

import discord
import yarl

from bot.discord import slash_commands
from bot.discord.components.button import CommandButton, CommandSelect, PageButton
from bot.discord.components.form import SUBMITTED
from bot.settings import Settings

# We do not speak; without this the library warns at every start that it can't.
discord.VoiceClient.warn_nacl = False
discord.VoiceClient.warn_dave = False


class Listener(Protocol):
    """Who is told of what happens on Discord."""

    def say(self, interaction: discord.Interaction[Any], line: str, page: int) -> Awaitable[None]:
        """A button or a list of ours was used."""

    def submit(self, interaction: discord.Interaction[Any]) -> Awaitable[None]:
        """A form of ours was filled in."""

    def joined(self, guild: int) -> Awaitable[None]:
        """A server has us."""

    def left(self, guild: int) -> Awaitable[None]:
        """A server has us no more."""

    def changed(self, guild: int) -> None:
        """A server has changed who may use our commands."""


def apply_addresses(settings: Settings) -> None:
    """Turns the library to other addresses, where the settings name any."""
    if settings.discord_api_base_url:
        discord.http.Route.BASE = settings.discord_api_base_url.rstrip("/")
    if settings.discord_gateway_url:
        discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(settings.discord_gateway_url)


class Client(discord.AutoShardedClient):
    """The connection to Discord."""

    def __init__(self, listener: Listener, gateway: str = "") -> None:
        intents = discord.Intents.none()
        intents.guilds = True
        super().__init__(
            intents=intents,
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            # A longer limit than this is the delivery's to wait for, not the library's.
            max_ratelimit_timeout=30.0,
            # Nothing of ours waits for the list of servers, so no task need linger for it.
            guild_ready_timeout=0.0,
            # Discord says how many are needed; who names a gateway of his own has one.
            shard_count=1 if gateway else None,
        )
        self.connected = asyncio.Event()
        self.listener = listener
        self.tree = slash_commands.Tree(self)
        self.add_dynamic_items(CommandButton, PageButton, CommandSelect)

    async def on_connect(self) -> None:
        """Interactions reach us from here on; `on_ready` comes two seconds later."""
        self.connected.set()

    async def on_ready(self) -> None:
        """Also who invited us again while we were away is told of again."""
        for guild in list(self.guilds):
            await self.listener.joined(guild.id)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """We were invited."""
        await self.listener.joined(guild.id)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """We were removed."""
        await self.listener.left(guild.id)

    async def on_raw_app_command_permissions_update(self, payload: discord.RawAppCommandPermissionsUpdateEvent) -> None:
        """A server has changed who may use a command."""
        self.listener.changed(payload.guild.id)

    async def on_say(self, interaction: discord.Interaction[Any], line: str, page: int = 1) -> None:
        """A button of ours was pressed."""
        await self.listener.say(interaction, line, page)

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """A form that was sent: it finds its way by its id, so that it does after a restart too."""
        if interaction.type is discord.InteractionType.modal_submit:
            data: Any = interaction.data
            if SUBMITTED.fullmatch(data.get("custom_id", "")):
                await self.listener.submit(interaction)
