"""Discord in: slash commands, autocomplete and buttons. Discord out: answers and posts.

    interaction -> Request -> router -> Reply -> render -> first response, or edit of the deferred one
    Place, Reply, key -> render -> channel message with a nonce

Interactions come through the gateway and everything else goes by REST; the library reconnects and resumes.
"""

import asyncio
import hashlib
import secrets
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import aiohttp
import discord
import structlog
import yarl

from bot import charts
from bot.discord import refusals, registrar
from bot.discord.button import Say
from bot.discord.render import content, render
from bot.platform import PostDelayed, PostRefused, StartRefused
from bot.settings import Settings
from chat.reply import Mood, Reply
from chat.request import Place, Request
from handlers.command import Command

if TYPE_CHECKING:
    from bot.router import Router

Coming = Coroutine[Any, Any, Reply]
log = structlog.get_logger()

# Discord waits three seconds for the first response:
# https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-callback
PATIENCE = 1.5
"""Seconds to wait for a reply before deferring: who is answered at once gets private replies in private."""
SUGGEST_PATIENCE = 1.5
"""Seconds to wait for names; nothing is a better suggestion than a late one."""
POST_PATIENCE = 60.0
"""Seconds for one post with the library's own retries."""
GRACE = 2.0
"""Seconds that running answers get when the bot stops."""
NONCE = 25
"""https://docs.discord.com/developers/resources/message#create-message"""

# What the network does, in the library's words and in aiohttp's.
UNREACHABLE = (discord.HTTPException, discord.RateLimited, aiohttp.ClientError, OSError, TimeoutError)


# We do not speak; without this the library warns at every start that it can't.
discord.VoiceClient.warn_nacl = False
discord.VoiceClient.warn_dave = False


class Client(discord.Client):
    """The library's client, asking for no privileged intent, pinging nobody, and remembering no messages."""

    def __init__(self, pressed: Callable[[discord.Interaction[Any], str], Awaitable[None]]) -> None:
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
        )
        self.connected = asyncio.Event()
        self.pressed = pressed
        self.tree = registrar.Tree(self)
        self.add_dynamic_items(Say)

    async def on_connect(self) -> None:
        """Interactions reach us from here on; `on_ready` comes two seconds later."""
        self.connected.set()

    async def on_say(self, interaction: discord.Interaction[Any], line: str) -> None:
        """A button of ours was pressed."""
        await self.pressed(interaction, line)


class Discord:
    """The platform Discord."""

    name = "discord"

    failed: asyncio.Future[str]
    """From `start` on: holds a sentence for the operator once the connection is lost for good."""

    def __init__(self, settings: Settings, router: "Router", commands: Mapping[str, Command]) -> None:
        self.settings = settings
        self.router = router
        self.commands = commands
        self._client: Client | None = None
        self._gateway: asyncio.Task[None] | None = None
        self._answering: set[asyncio.Task[Any]] = set()

    # ---- life ----

    async def start(self) -> None:
        """Logs in, writes the commands if they changed, connects; waits as long as Discord is out of reach."""
        self.failed = asyncio.get_running_loop().create_future()
        if self.settings.discord_api_base_url:
            discord.http.Route.BASE = self.settings.discord_api_base_url.rstrip("/")
        if self.settings.discord_gateway_url:
            discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(self.settings.discord_gateway_url)
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
        log.info("discord_connected", commands=len(self.commands))

    async def stop(self) -> None:
        """Lets running answers finish, then disconnects."""
        gateway, self._gateway = self._gateway, None
        client, self._client = self._client, None
        answering = set(self._answering)
        if answering:
            _, late = await asyncio.wait(answering, timeout=GRACE)
            for task in late:
                task.cancel()
        if gateway:
            gateway.cancel()
            await asyncio.wait({gateway})
        if client:
            await client.close()

    async def _enter(self) -> Client:
        """A client that is logged in and whose commands Discord knows."""
        token = self.settings.discord_token.get_secret_value()
        for pause in pauses():
            client = self._client = Client(self._say)
            guild = self._test_guild()
            registrar.register(client.tree, self.commands, guild, self._answer, self._suggest)
            try:
                await client.login(token)
                if await registrar.sync(client.tree, guild):
                    log.info("discord_commands_written", commands=len(self.commands))
                return client
            except discord.LoginFailure:
                raise StartRefused(refusals.LOCKED_OUT) from None
            except discord.app_commands.CommandSyncFailure:
                # The commands of before still work; a bot with those is better than none.
                log.exception("discord_commands_refused")
                return client
            except UNREACHABLE as error:
                if not refusals.passing(error):
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
            return refusals.LOCKED_OUT
        return (
            f"Discord refuses the login (status {status}). See whether DISCORD_API_BASE_URL is right "
            "(it is normally empty), and whether the application still exists in the developer portal."
        )

    async def _run(self, client: Client) -> None:
        """Stays connected; ends with a sentence in `failed` when Discord does not want us back."""
        for pause in pauses():
            try:
                await client.connect(reconnect=True)
                sentence = refusals.lost(1000)
                break
            except discord.PrivilegedIntentsRequired:
                sentence = refusals.lost(4014)
                break
            except discord.ConnectionClosed as error:
                sentence = refusals.lost(error.code)
                break
            except Exception:
                # The library reconnects by itself but for a first connection that fails, and for what it
                # does not expect.
                log.exception("discord_gateway", seconds=pause)
                if client.ws:
                    await client.ws.close(code=4000)
            await asyncio.sleep(pause)
        log.error("discord_lost", sentence=sentence)
        self.failed.set_result(sentence)

    # ---- in ----

    async def _answer(
        self, interaction: discord.Interaction[Any], command: Command, options: Mapping[str, str]
    ) -> None:
        """A slash command."""
        request = Request(
            command.name, place(interaction), dict(options), str(interaction.user.id), may_configure(interaction)
        )
        await self._respond(interaction, self.router.answer(request))

    async def _say(self, interaction: discord.Interaction[Any], line: str) -> None:
        """A button."""
        author, allowed = str(interaction.user.id), may_configure(interaction)
        await self._respond(interaction, self.router.say(line, place(interaction), author, allowed))

    async def _suggest(self, typed: str) -> list[str]:
        """Names for what is typed so far; none when that takes too long or fails."""
        try:
            return await asyncio.wait_for(self.router.suggest(typed, limit=registrar.CHOICES), SUGGEST_PATIENCE)
        except Exception:
            log.exception("discord_no_suggestions")
            return []

    async def _respond(self, interaction: discord.Interaction[Any], coming: Coming) -> None:
        """Answers in time, whatever happens: with the reply, or with "thinking" and then the reply.

        The token that allows the late answer holds for 15 minutes, far beyond the router's deadline.
        """
        answering = asyncio.create_task(self._respond_in_time(interaction, coming))
        self._answering.add(answering)
        answering.add_done_callback(self._answering.discard)
        await answering

    async def _respond_in_time(self, interaction: discord.Interaction[Any], coming: Coming) -> None:
        writing = asyncio.create_task(self._write(coming))
        try:
            await asyncio.wait({writing}, timeout=PATIENCE)
            if not writing.done():
                await interaction.response.defer(thinking=True)
            reply, image = await writing
            await self._send(interaction, reply, image)
        except UNREACHABLE as error:
            late = isinstance(error, discord.HTTPException) and error.code == refusals.UNKNOWN_INTERACTION
            log.error("discord_answer_late" if late else "discord_answer_lost", error=repr(error))
        except Exception:
            log.exception("discord_answer_lost")
        finally:
            writing.cancel()

    async def _write(self, coming: Coming) -> tuple[Reply, bytes | None]:
        """The reply with its picture, and an apology for one that cannot be shown."""
        try:
            reply = await coming
            image = await picture(reply)
            # Rendered here for its errors, and once more for each try: files can be sent once.
            render(reply, image)
            return reply, image
        except Exception:
            ticket = secrets.token_hex(2)
            log.exception("discord_answer_failed", ticket=ticket)
            text = f"It is logged as {ticket}."
            return Reply("Something went wrong here.", text, mood=Mood.TROUBLE, private=True), None

    async def _send(self, interaction: discord.Interaction[Any], reply: Reply, image: bytes | None) -> None:
        async def send(message: dict[str, Any]) -> None:
            if not interaction.response.is_done():
                await interaction.response.send_message(ephemeral=reply.private, **message)
            elif reply.private:
                await interaction.followup.send(ephemeral=True, wait=True, **message)
            else:
                files = message.pop("files", ())
                await interaction.edit_original_response(attachments=files, **message)

        if interaction.response.is_done() and reply.private:
            # "Thinking" was public, and whatever is written in its place would be too:
            # https://docs.discord.com/developers/interactions/receiving-and-responding#followup-messages
            await interaction.delete_original_response()
        await rich_or_plain(send, reply, image)

    # ---- out ----

    async def edit(self, place: Place, message: str, reply: Reply) -> None:
        """Writes a message of ours anew."""
        client = self._client
        channel = place.thread or place.channel
        if client is None or not client.connected.is_set():
            raise PostDelayed("Discord is not connected.")
        target = client.get_partial_messageable(int(channel)).get_partial_message(int(message))
        image = await picture(reply)

        async def send(parts: dict[str, Any]) -> None:
            files = parts.pop("files", ())
            await target.edit(attachments=files, **parts)

        try:
            async with asyncio.timeout(POST_PATIENCE):
                await rich_or_plain(send, reply, image)
        except UNREACHABLE as error:
            raise refusals.refused(error, channel) from error

    async def post(self, place: Place, reply: Reply, key: str, under: str = "") -> str:
        """Posts into a channel (a thread is one); Discord drops a repeat of the same key for some minutes."""
        client = self._client
        channel = place.thread or place.channel
        if client is None or not client.connected.is_set():
            raise PostDelayed("Discord is not connected.")
        if not channel.isdecimal():
            raise PostRefused(f"“{channel}” is not the id of a Discord channel: set the watch again in its channel.")
        target = client.get_partial_messageable(int(channel))
        nonce = hashlib.sha256(key.encode()).hexdigest()[:NONCE]
        ids: list[str] = []

        async def send(message: dict[str, Any]) -> None:
            # discord.py sends `enforce_nonce` with every nonce.
            if under:
                message["reference"] = target.get_partial_message(int(under)).to_reference(fail_if_not_exists=False)
            ids.append(str((await target.send(nonce=nonce, **message)).id))

        image = await picture(reply)
        try:
            async with asyncio.timeout(POST_PATIENCE):
                await rich_or_plain(send, reply, image)
        except UNREACHABLE as error:
            raise refusals.refused(error, channel) from error
        return ids[-1]


async def rich_or_plain(send: Callable[[dict[str, Any]], Awaitable[None]], reply: Reply, image: bytes | None) -> None:
    """Sends the rich message, or the text where Discord refuses it: an unusual look is better than silence."""
    try:
        await send(message(reply, image))
    except discord.HTTPException as error:
        # Without Embed Links or Attach Files a channel may still take text.
        if error.status not in (400, 413) and error.code != refusals.MISSING_PERMISSIONS:
            raise
        log.error("discord_rich_refused", title=reply.title, error=str(error))
        await send({"content": content(reply)})


def message(reply: Reply, image: bytes | None) -> dict[str, Any]:
    """A rendered reply as the library's keyword arguments."""
    rendered = render(reply, image)
    parts: dict[str, Any] = {"embeds": list(rendered.embeds)}
    if rendered.files:
        parts["files"] = list(rendered.files)
    if rendered.buttons:
        view = discord.ui.View(timeout=None)
        for button in rendered.buttons:
            view.add_item(button)
        # Presses find their way by the registered `Say`; the library need not remember each view.
        view.stop()
        parts["view"] = view
    return parts


async def picture(reply: Reply) -> bytes | None:
    """The reply's chart as PNG; None where there is none to draw or drawing failed."""
    if reply.chart is None:
        return None
    try:
        return await asyncio.to_thread(charts.png, reply.chart)
    except Exception:
        log.exception("discord_chart_failed", title=reply.title)
        return None


def place(interaction: discord.Interaction[Any]) -> Place:
    """Where it happened. A thread is a channel of its own on Discord."""
    return Place(Discord.name, str(interaction.guild_id or ""), str(interaction.channel_id or ""))


def may_configure(interaction: discord.Interaction[Any]) -> bool:
    """Whether this person may change what the channel gets: Manage Server, or a conversation of their own."""
    return interaction.guild_id is None or interaction.permissions.manage_guild


def pauses() -> Iterator[float]:
    """Seconds between tries: one at first, a minute at most."""
    pause = 1.0
    while True:
        yield pause
        pause = min(pause * 2, 60.0)
