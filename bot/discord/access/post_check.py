"""Checks whether a channel may be used, before anything about it is shown, set or confirmed.

A watch in a channel where the bot can't post stays silent, and a hidden channel's are for those who see it.
"""

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
    """Why a person can't use a channel with a command; None if nothing is known against it.

    The person must see a channel other than the one they ask in, and where something is set the bot must be able to
    post. Discord sends the bot's permissions in the person's own channel with every interaction:
    https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-object
    """
    option = next((option for option in command.options if option.kind is OptionKind.CHANNEL), None)
    guild = interaction.guild
    if interaction.guild_id is None:
        return None  # a direct message reaches no other channel: see parse_destination
    try:
        there = parse_destination(request.option(option.name) if option else "", request.place)
    except UserError as error:
        return error.reply()
    sets = command.sets_channel(request.options)
    here = guild.get_channel_or_thread(int(there.channel)) if guild else None
    if there == request.place:
        given = interaction.app_permissions
        if not given.view_channel and guild and guild.me and here:
            # Where the bot sees nothing Discord may send nothing either; then what we know of the server counts.
            given = here.permissions_for(guild.me)
        return _lacking(getattr(here, "name", "") or "this channel", given) if sets else None
    if guild is None or guild.me is None:
        return cannot_post_reply("I am not a member of this server: invite me with the scope bot, then ask again.")
    if here is None or not _sees(interaction, here):
        return cannot_post_reply(
            f"There is no channel {there.channel} in this server that both you and I can see: choose another one, "
            "or give me View Channel there."
        )
    if isinstance(here, discord.CategoryChannel):
        return cannot_post_reply(f"{here.name} is a category: choose one of its channels.")
    return _lacking(here.name, here.permissions_for(guild.me)) if sets else None


def _sees(interaction: discord.Interaction[Any], place: Any) -> bool:
    """Whether the asker can see a channel. A private thread is seen by those who manage threads, or from inside."""
    person = interaction.user
    if not isinstance(person, discord.Member):
        return False
    may = place.permissions_for(person)
    if isinstance(place, discord.Thread) and place.is_private():
        return bool(may.manage_threads)
    return bool(may.view_channel)


def _lacking(name: str, given: discord.Permissions) -> Reply | None:
    lacking = missing_permissions(given)
    if not lacking:
        return None
    names = ", ".join(NAMES[one] for one in lacking)
    return cannot_post_reply(f"In #{name} I lack {names}: allow this in the channel's permissions.")
