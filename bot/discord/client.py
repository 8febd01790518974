"""The library's client, configured: no privileged intents, no pings, no cached messages, as many shards as needed."""

import asyncio
from collections.abc import Awaitable, Collection
from typing import Any, Protocol

import discord
import yarl
from discord.abc import GuildChannel

from bot.discord import slash_commands
from bot.discord.components.button import CommandButton, CommandSelect, PageButton
from bot.discord.components.form import SUBMITTED
from bot.settings import Settings

# The bot uses no voice; without this the library warns about that at every start.
discord.VoiceClient.warn_nacl = False
discord.VoiceClient.warn_dave = False


WRITTEN = (discord.MessageType.default, discord.MessageType.reply)
"""Types of messages that people write."""


class Listener(Protocol):
    """Receives what happens on Discord."""

    def on_line(self, interaction: discord.Interaction[Any], line: str, page: int) -> Awaitable[None]:
        """One of our buttons or menus was used."""

    def on_form(self, interaction: discord.Interaction[Any]) -> Awaitable[None]:
        """One of our forms was submitted."""

    def on_message(self, message: discord.Message) -> Awaitable[None]:
        """Somebody wrote to the bot: in direct messages, or with a mention."""

    def on_joined(self, guild: int) -> Awaitable[None]:
        """The bot is in a server; also called for each server after connecting."""

    def on_left(self, guild: int) -> Awaitable[None]:
        """The bot was removed from a server."""

    def on_servers(self, guilds: Collection[int]) -> Awaitable[None]:
        """The servers that the bot is in, after connecting."""

    def on_access_changed(self, guild: int) -> Awaitable[None]:
        """A server has changed what the bot may do there."""

    def on_permissions_changed(self, guild: int) -> None:
        """A server has changed who may use our commands."""


def apply_addresses(settings: Settings) -> None:
    """Points the library to the API and gateway addresses in the settings, if there are any."""
    if settings.discord_api_base_url:
        discord.http.Route.BASE = settings.discord_api_base_url.rstrip("/")
    if settings.discord_gateway_url:
        discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(settings.discord_gateway_url)


class Client(discord.AutoShardedClient):
    """The connection to Discord."""

    def __init__(self, listener: Listener, gateway: str = "") -> None:
        intents = discord.Intents.none()
        intents.guilds = True
        # No privileged intent: Discord sends the content of messages that mention the bot or are written to it.
        # https://docs.discord.com/developers/events/gateway#message-content-intent
        intents.guild_messages = intents.dm_messages = True
        super().__init__(
            intents=intents,
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            # Delivery waits for longer rate limits, not the library.
            max_ratelimit_timeout=30.0,
            # Nothing waits for the complete list of servers.
            guild_ready_timeout=0.0,
            # Discord recommends a number; a gateway of one's own has one shard.
            shard_count=1 if gateway else None,
        )
        self.connected = asyncio.Event()
        self.listener = listener
        self.tree = slash_commands.Tree(self)
        self.add_dynamic_items(CommandButton, PageButton, CommandSelect)

    async def on_connect(self) -> None:
        """Marks the client as connected: interactions arrive from now on; `on_ready` comes two seconds later."""
        self.connected.set()

    async def on_ready(self) -> None:
        """Reports all servers, as some may have invited the bot again while it was offline."""
        for guild in list(self.guilds):
            await self.listener.on_joined(guild.id)
        await self.listener.on_servers({guild.id for guild in self.guilds})

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Reports an invitation."""
        await self.listener.on_joined(guild.id)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Reports a removal."""
        await self.listener.on_left(guild.id)

    async def on_guild_channel_update(self, before: GuildChannel, after: GuildChannel) -> None:
        """Reports a change of a channel's permissions."""
        if before.overwrites != after.overwrites:
            await self.listener.on_access_changed(after.guild.id)

    async def on_guild_role_update(self, before: discord.Role, after: discord.Role) -> None:
        """Reports a change of a role's permissions."""
        if before.permissions != after.permissions:
            await self.listener.on_access_changed(after.guild.id)

    async def on_member_update(self, before: discord.Member, after: discord.Member) -> None:
        """Reports a change of the bot's own roles: other members' events need a privileged intent."""
        if before.roles != after.roles:
            await self.listener.on_access_changed(after.guild.id)

    async def on_raw_app_command_permissions_update(self, payload: discord.RawAppCommandPermissionsUpdateEvent) -> None:
        """Reports a change of who may use a command."""
        self.listener.on_permissions_changed(payload.guild.id)

    async def on_message(self, message: discord.Message) -> None:
        """Reports a message to the bot; what people write to each other is not looked at."""
        if message.author.bot or self.user is None or message.type not in WRITTEN:
            return
        if message.guild is None or any(one.id == self.user.id for one in message.mentions):
            await self.listener.on_message(message)

    async def on_line(self, interaction: discord.Interaction[Any], line: str, page: int = 1) -> None:
        """Reports the line of a button or menu, which dispatches this event."""
        await self.listener.on_line(interaction, line, page)

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Reports a submitted form. Forms are recognised by their id, so that they survive a restart."""
        if interaction.type is discord.InteractionType.modal_submit:
            data: Any = interaction.data
            if SUBMITTED.fullmatch(data.get("custom_id", "")):
                await self.listener.on_form(interaction)
