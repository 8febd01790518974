"""The Discord platform: logs in, registers the commands and stays connected.

    responder.py   commands, buttons, forms -> replies        post.py   alerts and digests -> channels

Interactions arrive over the gateway; everything else is REST. The library reconnects and resumes by itself.
"""

import asyncio
import logging
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

import discord

from bot.discord import api_errors, post, slash_commands
from bot.discord.access.rights import Rights
from bot.discord.client import Client, apply_addresses
from bot.discord.responder import Interaction, Responder
from bot.platform import StartRefused
from bot.settings import Settings
from chat.reply import Reply
from chat.request import Place
from handlers.command import Command

if TYPE_CHECKING:
    from bot.router import Router

log = logging.getLogger(__name__)


class Discord:
    """The Discord platform."""

    name = "discord"

    failed: asyncio.Future[str]
    """Set from `start` on; holds a sentence for the operator once the connection is lost for good."""

    def __init__(self, settings: Settings, router: "Router", commands: Mapping[str, Command]) -> None:
        self.settings = settings
        self.router = router
        self.commands = commands
        self.rights = Rights()
        self.responder = Responder(self.name, router, commands, self.rights)
        self._client: Client | None = None
        self._gateway: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Logs in, registers the commands if they changed, and connects; keeps trying while Discord is out of reach.

        Raises StartRefused if Discord rejects the token or the settings.
        """
        self.failed = asyncio.get_running_loop().create_future()
        apply_addresses(self.settings)
        try:
            client = await self._log_in()
            self._gateway = asyncio.create_task(self._run(client), name="discord-gateway")
            connected = asyncio.create_task(client.connected.wait())
            await asyncio.wait({connected, self._gateway}, return_when=asyncio.FIRST_COMPLETED)
            connected.cancel()
            if self.failed.done():
                raise StartRefused(self.failed.result())
        except BaseException:
            await self.stop()
            raise
        log.info("discord_connected", extra={"commands": len(self.commands), "shards": client.shard_count})

    async def stop(self) -> None:
        """Lets answers under way finish, then disconnects; safe to call twice."""
        gateway, self._gateway = self._gateway, None
        client, self._client = self._client, None
        await self.responder.finish()
        if client:
            # Closed before its task is cancelled, which could otherwise leave connections open.
            await client.close()
        if gateway:
            gateway.cancel()
            await asyncio.wait({gateway})

    async def _log_in(self) -> Client:
        """A client that is logged in and has its commands registered. Raises StartRefused."""
        token = self.settings.discord_token.get_secret_value()
        guild = self._test_guild()
        for pause in reconnect_delays():
            client = self._client = Client(self, self.settings.discord_gateway_url)
            slash_commands.register(
                client.tree, self.commands, guild, self.responder.answer_command, self.responder.suggest
            )
            try:
                await client.login(token)
                changed, self.rights.command_ids = await slash_commands.sync(client.tree, guild)
                if changed:
                    log.info("discord_commands_written", extra={"commands": len(self.commands)})
                return client
            except discord.LoginFailure:
                raise StartRefused(api_errors.LOGIN_REFUSED) from None
            except discord.app_commands.CommandSyncFailure:
                # The commands registered before still work, which is better than no bot.
                log.exception("discord_commands_refused")
                return client
            except api_errors.UNREACHABLE as error:
                if not api_errors.is_temporary(error):
                    raise StartRefused(self._login_refusal(error, guild)) from error
                log.warning("discord_unreachable", extra={"error": repr(error), "seconds": pause})
            await client.close()
            await asyncio.sleep(pause)
        raise AssertionError("reconnect_delays never ends")

    def _test_guild(self) -> discord.Object | None:
        guild = self.settings.discord_test_guild.strip()
        if guild and not guild.isdecimal():
            raise StartRefused(
                "DISCORD_TEST_GUILD is not a server ID. Switch on Developer Mode and copy the ID (a long number) from "
                "the server's menu, or leave the setting empty to register the commands everywhere."
            )
        return discord.Object(int(guild)) if guild else None

    def _login_refusal(self, error: Exception, guild: discord.Object | None) -> str:
        """Why the login failed and what to do about it."""
        if guild and isinstance(error, (discord.Forbidden, discord.NotFound)):
            return (
                f"Discord does not let the bot register commands in server {guild.id} (DISCORD_TEST_GUILD). "
                "Invite the bot there with the scopes bot and applications.commands, or leave the setting empty."
            )
        status = getattr(error, "status", None)
        if status == 401:
            return api_errors.LOGIN_REFUSED
        return (
            f"Discord refuses the login (status {status}). Check DISCORD_API_BASE_URL, which is normally empty, and "
            "that the application still exists in the developer portal."
        )

    async def _run(self, client: Client) -> None:
        """Stays connected; sets `failed` when Discord has ended the connection for good."""
        for pause in reconnect_delays():
            try:
                if client.is_closed():
                    client = await self._log_in()
                await client.connect()
                if self._client is None:
                    return
                sentence = api_errors.connection_error(1000)
                break
            except discord.PrivilegedIntentsRequired:
                sentence = api_errors.connection_error(4014)
                break
            except discord.ConnectionClosed as error:
                sentence = api_errors.connection_error(error.code)
                break
            except StartRefused as error:
                sentence = str(error)
                break
            except Exception:
                # The library reconnects by itself, except after a failed first connection or an unexpected error.
                log.exception("discord_gateway", extra={"seconds": pause})
            await asyncio.sleep(pause)
        log.error("discord_lost", extra={"sentence": sentence})
        self.failed.set_result(sentence)

    async def on_line(self, interaction: Interaction, line: str, page: int) -> None:
        """Answers the line of a button or menu."""
        await self.responder.answer_line(interaction, line, page)

    async def on_message(self, message: discord.Message) -> None:
        """Answers a message to the bot."""
        await self.responder.answer_message(message)

    async def on_form(self, interaction: Interaction) -> None:
        """Answers a submitted form."""
        await self.responder.answer_form(interaction)

    async def on_joined(self, guild: int) -> None:
        """Notes that the bot is in a server."""
        await self.router.joined(self.name, str(guild))

    async def on_left(self, guild: int) -> None:
        """Notes that the bot was removed from a server."""
        await self.router.left(self.name, str(guild))

    async def on_servers(self, guilds: Collection[int]) -> None:
        """Notes which servers removed the bot while it was offline."""
        for known in await self.router.workspaces(self.name):
            client = self._client
            if client is None or not known.isdecimal() or int(known) in guilds:
                continue
            try:
                # Asked, as with several shards the list may still be incomplete.
                await client.fetch_guild(int(known), with_counts=False)
            except (discord.NotFound, discord.Forbidden):
                log.warning("discord_removed", extra={"guild": known})
                await self.on_left(int(known))
            except api_errors.UNREACHABLE as error:
                log.warning("discord_guild_unknown", extra={"guild": known, "error": repr(error)})

    async def on_access_changed(self, guild: int) -> None:
        """Retries what a server refused, as the bot may do more or less there now."""
        await self.router.invited(self.name, str(guild))

    def on_permissions_changed(self, guild: int) -> None:
        """Forgets who may use our commands in a server that has changed that."""
        self.rights.forget(guild)

    async def post(self, place: Place, reply: Reply, key: str, under: str = "", since: datetime | None = None) -> str:
        """Posts into a channel, thread or forum. Raises PostDelayed, PostBlocked or PostRefused."""
        return await post.post(self._client, place, reply, key, under, since)

    async def edit(self, place: Place, message: str, reply: Reply) -> None:
        """Replaces the content of a message of ours. Raises PostDelayed or PostRefused."""
        await post.edit(self._client, place, message, reply)


def reconnect_delays() -> Iterator[float]:
    """Seconds between attempts: one at first, doubling up to a minute."""
    pause = 1.0
    while True:
        yield pause
        pause = min(pause * 2, 60.0)
