"""Answers interactions in time: at once, or with "thinking" first if the answer takes a moment.

interaction -> request -> router -> reply -> message -> first response, or "thinking" and then the reply
"""

import asyncio
import logging
import re
from collections.abc import Coroutine, Mapping
from typing import TYPE_CHECKING, Any

import discord

from bot.discord import api_errors
from bot.discord.access.post_check import post_refusal
from bot.discord.access.rights import Rights
from bot.discord.components import form
from bot.discord.components.payload import chart_picture, message_arguments, send_reply
from bot.tasks import BackgroundTasks
from bot.tickets import log_failure
from chat.errors import UserError
from chat.reply import Action, Mood, Reply
from chat.request import Place, Request
from handlers.command import Command, Option, OptionKind, command_line

if TYPE_CHECKING:
    from bot.router import Router

PendingReply = Coroutine[Any, Any, Reply]
Interaction = discord.Interaction[Any]
log = logging.getLogger(__name__)

_MENTION = re.compile(r"<@!?\d+>")

# Discord waits three seconds for the first response; a deferred response keeps the visibility chosen when deferring:
# https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-callback
PATIENCE = 0.2
"""Seconds to wait for a reply before deferring: most are ready by then, and need one request instead of two."""
SUGGEST_PATIENCE = 1.5
"""Seconds to wait for suggestions: none are better than late ones."""
GRACE = 2.0
"""Seconds that answers under way get at shutdown."""
CHOICES = 25


class Responder:
    """Answers commands, buttons and forms."""

    def __init__(self, platform: str, router: "Router", commands: Mapping[str, Command], rights: Rights) -> None:
        self.platform = platform
        self.router = router
        self.commands = commands
        self.rights = rights
        self._tasks = BackgroundTasks()

    async def answer_command(self, interaction: Interaction, command: Command, options: Mapping[str, str]) -> None:
        """Answers a slash command; shows a form for one that sets something but does not say what."""
        modal = form.form_for(command, options)
        if modal is not None and self.rights.manages(interaction):
            await self._show_form(interaction, modal)
            return
        await self._respond(interaction, self._reply(interaction, command, options))

    async def answer_line(self, interaction: Interaction, line: str, page: int = 1) -> None:
        """Answers the line of a button or menu; only the person who pressed it sees pages after the first."""
        await self._respond(interaction, self._line_reply(interaction, line), page)

    async def answer_form(self, interaction: Interaction) -> None:
        """Answers a submitted form."""
        await self._respond(interaction, self._line_reply(interaction, form.form_line(interaction)))

    async def answer_message(self, message: discord.Message) -> None:
        """Answers a direct message, or one that mentions the bot, below that message."""
        await self._tasks.begin(self._answer_message(message))

    async def suggest(self, interaction: Interaction, option: Option, typed: str) -> list[tuple[str, str]]:
        """Labels and values for what has been typed so far; none if that fails or takes too long."""
        if option.kind in (OptionKind.CHANNEL, OptionKind.ROLE):
            return form.matching_channels(interaction.guild, option.kind, typed)
        try:
            names = await asyncio.wait_for(self.router.suggest(typed, option.kind, CHOICES), SUGGEST_PATIENCE)
        except Exception:
            log.exception("discord_no_suggestions")
            return []
        return [(name, name) for name in names]

    async def _answer_message(self, message: discord.Message) -> None:
        try:
            reply, image = await self._write(self._message_reply(message), 1)

            async def send(arguments: dict[str, Any]) -> None:
                await message.reply(mention_author=False, **arguments)

            await send_reply(send, reply, image)
        except api_errors.UNREACHABLE as error:
            log.error("discord_answer_lost", extra={"error": repr(error)})
        except Exception:
            log.exception("discord_answer_lost")

    async def _message_reply(self, message: discord.Message) -> Reply:
        """The reply to a message's words. What would change something becomes a button: it knows who may press it."""
        place = Place(self.platform, str(message.guild.id if message.guild else ""), str(message.channel.id))
        line = " ".join(_MENTION.sub(" ", message.content).split()) or "/help"
        try:
            request = self.router.parse_line(line, place, str(message.author.id))
        except UserError as error:
            return error.reply()
        command = self.commands[request.command]
        if command.writes(request.options):
            line = command_line(command, request.options)
            return Reply("Shall I?", "Press the button to do it.", actions=(Action(line[:80], line),))
        refused = any(request.option(one.name) for one in command.options if one.kind is OptionKind.CHANNEL)
        if refused:
            return Reply("Which channel?", f"Use {line} as a slash command.", mood=Mood.TROUBLE)
        return await self.router.answer(request)

    async def finish(self) -> None:
        """Waits a moment for answers under way, then cancels them."""
        await self._tasks.finish(GRACE)

    async def _reply(self, interaction: Interaction, command: Command, options: Mapping[str, str]) -> Reply:
        writes = command.writes(options)
        allowed = not writes or await self.rights.may(interaction, command.name)
        request = Request(command.name, self._place(interaction), options, str(interaction.user.id), allowed)
        refused = post_refusal(interaction, command, request) if allowed else None
        return refused or await self.router.answer(request)

    async def _line_reply(self, interaction: Interaction, line: str) -> Reply:
        """The reply to a line that a button carries or a form makes."""
        try:
            request = self.router.parse_line(line, self._place(interaction))
        except UserError as error:
            return error.reply()
        return await self._reply(interaction, self.commands[request.command], request.options)

    async def _show_form(self, interaction: Interaction, modal: discord.ui.Modal) -> None:
        try:
            await interaction.response.send_modal(modal)
        except api_errors.UNREACHABLE as error:
            log.error("discord_answer_lost", extra={"error": repr(error)})

    async def _respond(self, interaction: Interaction, pending: PendingReply, page: int = 1) -> None:
        """Answers in time, whatever happens: with the reply, or with "thinking" and then the reply.

        The token for a late answer is valid for 15 minutes, far beyond the router's deadline.
        """
        await self._tasks.begin(self._respond_in_time(interaction, pending, page))

    async def _respond_in_time(self, interaction: Interaction, pending: PendingReply, page: int) -> None:
        writing = asyncio.create_task(self._write(pending, page))
        private = page > 1
        try:
            await asyncio.wait({writing}, timeout=PATIENCE)
            if not writing.done():
                await interaction.response.defer(thinking=True, ephemeral=private)
            reply, image = await writing
            await self._send(interaction, reply, image, page, private)
        except api_errors.UNREACHABLE as error:
            late = isinstance(error, discord.HTTPException) and error.code == api_errors.UNKNOWN_INTERACTION
            log.error("discord_answer_late" if late else "discord_answer_lost", extra={"error": repr(error)})
        except Exception:
            log.exception("discord_answer_lost")
        finally:
            writing.cancel()

    async def _write(self, pending: PendingReply, page: int) -> tuple[Reply, bytes | None]:
        """The reply and its chart's picture, or an apology for a reply that can't be shown."""
        try:
            reply = await pending
            image = await chart_picture(reply) if page == 1 else None
            # Rendered here to catch its errors, and again for each attempt, as files can be sent only once.
            message_arguments(reply, image, page)
            return reply, image
        except Exception:
            return log_failure("discord_answer_failed"), None

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
            # "Thinking" was public, and so would be anything that replaces it:
            # https://docs.discord.com/developers/interactions/receiving-and-responding#followup-messages
            await interaction.delete_original_response()
        await send_reply(send, reply, image, page)

    def _place(self, interaction: Interaction) -> Place:
        """The place of an interaction. A thread is a channel of its own on Discord."""
        return Place(self.platform, str(interaction.guild_id or ""), str(interaction.channel_id or ""))
