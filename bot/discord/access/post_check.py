"""Checks that the bot can post in a channel before a watch is directed there, where its alerts would be lost."""

from typing import Any

import discord

from bot.discord.access.permissions import NAMES, missing_permissions
from bot.platform import cannot_post_reply
from chat.errors import UserError
from chat.reply import Reply
from chat.request import Request
from handlers.arguments.watch_options import parse_destination
from handlers.command import Command, OptionKind


def post_refusal(interaction: discord.Interaction[Any], command: Command, request: Request) -> Reply | None:
    """Why the bot can't post in the channel that a command names; None if it can, or the command names none."""
    option = next((option for option in command.options if option.kind is OptionKind.CHANNEL), None)
    guild = interaction.guild
    if option is None or guild is None or guild.me is None or not request.option(option.name):
        return None
    try:
        channel = parse_destination(request.option(option.name), request.place).channel
    except UserError as error:
        return error.reply()
    place = guild.get_channel_or_thread(int(channel))
    if place is None:
        return cannot_post_reply(
            f"I can't see channel {channel} in this server: give me View Channel there, or choose another channel."
        )
    if isinstance(place, discord.CategoryChannel):
        return cannot_post_reply(f"{place.name} is a category: choose one of its channels.")
    if lacking := missing_permissions(place.permissions_for(guild.me)):
        names = ", ".join(NAMES[name] for name in lacking)
        return cannot_post_reply(f"In #{place.name} I lack {names}: allow this in the channel's permissions.")
    return None
