"""Whether the bot can post where it is told to, asked before it is set: later, an alert would be lost on it."""

from typing import Any

import discord

from bot.discord.access.permissions import NAMES, missing_permissions
from chat.errors import UserError
from chat.reply import Mood, Reply
from chat.request import Request
from handlers.arguments.watch_options import parse_destination
from handlers.command import Command, OptionKind


def post_refusal(interaction: discord.Interaction[Any], command: Command, request: Request) -> Reply | None:
    """What to say of a channel that the bot can't see or write in; None where nothing speaks against it."""
    option = next((one for one in command.options if one.kind is OptionKind.CHANNEL), None)
    guild = interaction.guild
    if option is None or guild is None or guild.me is None or not request.option(option.name):
        return None
    try:
        channel = parse_destination(request.option(option.name), request.place).channel
    except UserError as error:
        return error.reply()
    place = guild.get_channel_or_thread(int(channel))
    if place is None:
        return _refused(f"I see no channel {channel} on this server: give me View Channel there, or pick another.")
    if isinstance(place, discord.CategoryChannel):
        return _refused(f"{place.name} is a heading over channels: pick one of those.")
    if lacking := missing_permissions(place.permissions_for(guild.me)):
        names = ", ".join(NAMES[name] for name in lacking)
        return _refused(f"In #{place.name} I lack {names}: give me these in the channel's permissions.")
    return None


def _refused(sentence: str) -> Reply:
    return Reply("I can't post there.", sentence, mood=Mood.TROUBLE, private=True)
