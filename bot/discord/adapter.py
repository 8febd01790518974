"""Discord as a platform: log in, register the commands, stay connected; answers and posts are made next door.

    answers.py   commands, buttons, forms -> replies        post.py   alerts and digests -> channels

Interactions come through the gateway and everything else goes by REST; the library reconnects and resumes.
"""

import asyncio
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import discord
import structlog

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

log = structlog.get_logger()


class Discord:
    """The platform Discord."""

    name = "discord"

    failed: asyncio.Future[str]
    """From `start` on: holds a sentence for the operator once the connection is lost for good."""

    def __init__(self, settings: Settings, router: "Router", commands: Mapping[str, Command]) -> None:
        self.settings = settings
        self.router = router
        self.commands = commands
        self.rights = Rights()
        self.answers = Responder(self.name, router, commands, self.rights)
        self._client: Client | None = None
        self._gateway: asyncio.Task[None] | None = None

    # ---- life ----

    async def start(self) -> None:
        """Logs in, writes the commands if they changed, connects; waits as long as Discord is out of reach."""
        self.failed = asyncio.get_running_loop().create_future()
        apply_addresses(self.settings)
        try:
            client = await self._enter()
            self._gateway = asyncio.create_task(self._run(client), name="discord-gateway")
            connected = asyncio.create_task(client.connected.wait())
            await asyncio.wait({connected, self._gateway}, return_when=asyncio.FIRST_COMPLETED)
            connected.cancel()
            if self.failed.done():
                raise StartRefused(self.failed.result())
        except BaseException:
            await self.stop()
            raise
        log.info("discord_connected", commands=len(self.commands), shards=client.shard_count)

    async def stop(self) -> None:
        """Lets running answers finish, then disconnects."""
        gateway, self._gateway = self._gateway, None
        client, self._client = self._client, None
        await self.answers.finish()
        if client:
            # Closed before its task is ended: a closing that is cut off would leave connections open.
            await client.close()
        if gateway:
            gateway.cancel()
            await asyncio.wait({gateway})

    async def _enter(self) -> Client:
        """A client that is logged in and whose commands Discord knows."""
        token = self.settings.discord_token.get_secret_value()
        guild = self._test_guild()
        for pause in reconnect_delays():
            client = self._client = Client(self, self.settings.discord_gateway_url)
            slash_commands.register(client.tree, self.commands, guild, self.answers.command, self.answers.suggest)
            try:
                await client.login(token)
                written, self.rights.ids = await slash_commands.sync(client.tree, guild)
                if written:
                    log.info("discord_commands_written", commands=len(self.commands))
                return client
            except discord.LoginFailure:
                raise StartRefused(api_errors.LOCKED_OUT) from None
            except discord.app_commands.CommandSyncFailure:
                # The commands of before still work; a bot with those is better than none.
                log.exception("discord_commands_refused")
                return client
            except api_errors.UNREACHABLE as error:
                if not api_errors.is_temporary(error):
                    raise StartRefused(self._not_let_in(error, guild)) from error
                log.warning("discord_unreachable", error=repr(error), seconds=pause)
            await client.close()
            await asyncio.sleep(pause)
        raise AssertionError("pauses have no end")

    def _test_guild(self) -> discord.Object | None:
        guild = self.settings.discord_test_guild.strip()
        if guild and not guild.isdecimal():
            raise StartRefused(
                "DISCORD_TEST_GUILD is not a server's id. Copy the id (a long number) from the server's menu with "
                "developer mode on, or leave the setting empty to register the commands everywhere."
            )
        return discord.Object(int(guild)) if guild else None

    def _not_let_in(self, error: Exception, guild: discord.Object | None) -> str:
        if guild and isinstance(error, (discord.Forbidden, discord.NotFound)):
            return (
                f"Discord does not let the bot register commands in server {guild.id} (DISCORD_TEST_GUILD). "
                "Invite the bot there with the scopes bot and applications.commands, or leave the setting empty."
            )
        status = getattr(error, "status", None)
        if status == 401:
            return api_errors.LOCKED_OUT
        return (
            f"Discord refuses the login (status {status}). See whether DISCORD_API_BASE_URL is right "
            "(it is normally empty), and whether the application still exists in the developer portal."
        )

    async def _run(self, client: Client) -> None:
        """Stays connected; ends with a sentence in `failed` when Discord does not want us back."""
        for pause in reconnect_delays():
            try:
                if client.is_closed():
                    client = await self._enter()
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
                # The library reconnects by itself but for a first connection that fails, and for what it
                # does not expect.
                log.exception("discord_gateway", seconds=pause)
            await asyncio.sleep(pause)
        log.error("discord_lost", sentence=sentence)
        self.failed.set_result(sentence)

    # ---- what happens there ----

    async def say(self, interaction: Interaction, line: str, page: int) -> None:
        """A button or a list of ours was used."""
        await self.answers.say(interaction, line, page)

    async def submit(self, interaction: Interaction) -> None:
        """A form of ours was filled in."""
        await self.answers.submit(interaction)

    async def joined(self, guild: int) -> None:
        """A server has us."""
        await self.router.joined(self.name, str(guild))

    async def left(self, guild: int) -> None:
        """A server has us no more."""
        await self.router.left(self.name, str(guild))

    def changed(self, guild: int) -> None:
        """A server has changed who may use our commands."""
        self.rights.forget(guild)

    # ---- out ----

    async def post(self, place: Place, reply: Reply, key: str, under: str = "") -> str:
        """Posts into a channel, a thread or a forum. Raises PostDelayed or PostRefused."""
        return await post.post(self._client, place, reply, key, under)

    async def edit(self, place: Place, message: str, reply: Reply) -> None:
        """Writes a message of ours anew. Raises PostDelayed or PostRefused."""
        await post.edit(self._client, place, message, reply)


def reconnect_delays() -> Iterator[float]:
    """Seconds between tries: one at first, a minute at most."""
    pause = 1.0
    while True:
        yield pause
        pause = min(pause * 2, 60.0)
