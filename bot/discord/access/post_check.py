"""Whether a channel may be used: asked before anything in it is shown, set or confirmed.

A watch that is set where the bot can't post is silent, and what a hidden channel watches is for those who see it.
"""

from typing import Any

import discord

from bot.discord.access.permissions import NAMES, missing_permissions
from chat.errors import UserError
from chat.reply import Mood, Reply
from chat.request import Request
from handlers.arguments.watch_options import parse_destination
from handlers.command import Command, OptionKind


def post_refusal(interaction: discord.Interaction[Any], command: Command, request: Request) -> Reply | None:
    """Why a channel can't be used as somebody asks; None where nothing speaks against it.

    Another channel than the one asked in must be one that the asker sees, and where something is set the bot must be
    able to post. Discord sends what the bot may do in the asker's own channel with every interaction:
    https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-object
    """
    option = next((one for one in command.options if one.kind is OptionKind.CHANNEL), None)
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
        return _refused("I am not a member of this server: invite me with the scope bot, then ask again.")
    if here is None or not _sees(interaction, here):
        return _refused(
            f"I find no channel {there.channel} on this server that you and I can see: pick another, "
            "or give me View Channel there."
        )
    if isinstance(here, discord.CategoryChannel):
        return _refused(f"{here.name} is a heading over channels: pick one of those.")
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
    return _refused(f"In #{name} I lack {names}: give me these in the channel's permissions.")


def _refused(sentence: str) -> Reply:
    return Reply("I can't post there.", sentence, mood=Mood.TROUBLE, private=True)
