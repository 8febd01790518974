"""What people ask on Discord, answered in time: acknowledged at once where the answer takes a moment.

interaction -> Request -> router -> Reply -> message -> first response, or "thinking" and then the reply
"""

import asyncio
import secrets
from collections.abc import Coroutine, Mapping
from typing import TYPE_CHECKING, Any

import discord
import structlog

from bot.discord import api_errors
from bot.discord.access.post_check import post_refusal
from bot.discord.access.rights import Rights
from bot.discord.components import form
from bot.discord.components.payload import chart_picture, message_arguments, send_reply
from chat.errors import UserError
from chat.reply import Mood, Reply
from chat.request import Place, Request
from handlers.command import Command, Option, OptionKind

if TYPE_CHECKING:
    from bot.router import Router

Coming = Coroutine[Any, Any, Reply]
Interaction = discord.Interaction[Any]
log = structlog.get_logger()

# Discord waits three seconds for the first response, and what we defer keeps the visibility chosen then:
# https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-callback
PATIENCE = 0.2
"""Seconds to wait for a reply before deferring: most come sooner, and then need one request and not two."""
SUGGEST_PATIENCE = 1.5
"""Seconds to wait for names; nothing is a better suggestion than a late one."""
GRACE = 2.0
"""Seconds that running answers get when the bot stops."""
CHOICES = 25


class Responder:
    """Answers commands, buttons and forms."""

    def __init__(self, platform: str, router: "Router", commands: Mapping[str, Command], rights: Rights) -> None:
        self.platform = platform
        self.router = router
        self.commands = commands
        self.rights = rights
        self._running: set[asyncio.Task[Any]] = set()

    async def command(self, interaction: Interaction, command: Command, options: Mapping[str, str]) -> None:
        """A slash command; one that sets something and does not say what is answered with a form."""
        wanted = form.form_for(command, options)
        if wanted is not None and self.rights.manages(interaction):
            await self._show(interaction, wanted)
            return
        await self._respond(interaction, self._answer(interaction, command, options))

    async def say(self, interaction: Interaction, line: str, page: int = 1) -> None:
        """A button: a further page is for who pressed it alone."""
        await self._respond(interaction, self._say(interaction, line), page)

    async def submit(self, interaction: Interaction) -> None:
        """A form."""
        await self._respond(interaction, self._say(interaction, form.form_line(interaction)))

    async def suggest(self, interaction: Interaction, option: Option, typed: str) -> list[tuple[str, str]]:
        """Names and their values for what is typed so far; none when that takes too long or fails."""
        if option.kind in (OptionKind.CHANNEL, OptionKind.ROLE):
            return form.matching_channels(interaction.guild, option.kind, typed)
        try:
            names = await asyncio.wait_for(self.router.suggest(typed, option.kind, CHOICES), SUGGEST_PATIENCE)
        except Exception:
            log.exception("discord_no_suggestions")
            return []
        return [(name, name) for name in names]

    async def finish(self) -> None:
        """Lets running answers end, for a while."""
        running = set(self._running)
        if running:
            _, late = await asyncio.wait(running, timeout=GRACE)
            for task in late:
                task.cancel()

    async def _answer(self, interaction: Interaction, command: Command, options: Mapping[str, str]) -> Reply:
        writes = command.writes(options)
        allowed = not writes or await self.rights.may(interaction, command.name)
        request = Request(command.name, self._place(interaction), options, str(interaction.user.id), allowed)
        refused = post_refusal(interaction, command, request) if allowed else None
        return refused or await self.router.answer(request)

    async def _say(self, interaction: Interaction, line: str) -> Reply:
        """A line of ours: what stood in a button, or what a form has gathered."""
        try:
            request = self.router.read(line, self._place(interaction))
        except UserError as error:
            return error.reply()
        return await self._answer(interaction, self.commands[request.command], request.options)

    async def _show(self, interaction: Interaction, wanted: discord.ui.Modal) -> None:
        try:
            await interaction.response.send_modal(wanted)
        except api_errors.UNREACHABLE as error:
            log.error("discord_answer_lost", error=repr(error))

    async def _respond(self, interaction: Interaction, coming: Coming, page: int = 1) -> None:
        """Answers in time, whatever happens: with the reply, or with "thinking" and then the reply.

        The token that allows the late answer holds for 15 minutes, far beyond the router's deadline.
        """
        answering = asyncio.create_task(self._respond_in_time(interaction, coming, page))
        self._running.add(answering)
        answering.add_done_callback(self._running.discard)
        await answering

    async def _respond_in_time(self, interaction: Interaction, coming: Coming, page: int) -> None:
        writing = asyncio.create_task(self._write(coming, page))
        private = page > 1
        try:
            await asyncio.wait({writing}, timeout=PATIENCE)
            if not writing.done():
                await interaction.response.defer(thinking=True, ephemeral=private)
            reply, image = await writing
            await self._send(interaction, reply, image, page, private)
        except api_errors.UNREACHABLE as error:
            late = isinstance(error, discord.HTTPException) and error.code == api_errors.UNKNOWN_INTERACTION
            log.error("discord_answer_late" if late else "discord_answer_lost", error=repr(error))
        except Exception:
            log.exception("discord_answer_lost")
        finally:
            writing.cancel()

    async def _write(self, coming: Coming, page: int) -> tuple[Reply, bytes | None]:
        """The reply with its picture, and an apology for one that cannot be shown."""
        try:
            reply = await coming
            image = await chart_picture(reply) if page == 1 else None
            # Rendered here for its errors, and once more for each try: files can be sent once.
            message_arguments(reply, image, page)
            return reply, image
        except Exception:
            ticket = secrets.token_hex(2)
            log.exception("discord_answer_failed", ticket=ticket)
            text = f"It is logged as {ticket}."
            return Reply("Something went wrong here.", text, mood=Mood.TROUBLE, private=True), None

    async def _send(self, interaction: Interaction, reply: Reply, image: bytes | None, page: int, waits: bool) -> None:
        private = reply.private or page > 1
        moved = interaction.response.is_done() and private != waits

        async def send(message: dict[str, Any]) -> None:
            if not interaction.response.is_done():
                await interaction.response.send_message(ephemeral=private, **message)
            elif moved:
                await interaction.followup.send(ephemeral=private, wait=True, **message)
            else:
                files = message.pop("files", ())
                await interaction.edit_original_response(attachments=files, **message)

        if moved:
            # "Thinking" was public, and whatever is written in its place would be too:
            # https://docs.discord.com/developers/interactions/receiving-and-responding#followup-messages
            await interaction.delete_original_response()
        await send_reply(send, reply, image, page)

    def _place(self, interaction: Interaction) -> Place:
        """Where it happened. A thread is a channel of its own on Discord."""
        return Place(self.platform, str(interaction.guild_id or ""), str(interaction.channel_id or ""))
