"""Registers our commands as Discord's slash commands, and keeps Discord's list of them up to date."""

import inspect
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from typing import Any

import discord
from discord import app_commands

from handlers.command import Command, Option, OptionKind

CommandCallback = Callable[[discord.Interaction[Any], Command, Mapping[str, str]], Awaitable[None]]
Suggest = Callable[[discord.Interaction[Any], Option, str], Awaitable[list[tuple[str, str]]]]
Autocomplete = Callable[[discord.Interaction[Any], str], Coroutine[Any, Any, list[app_commands.Choice[str]]]]
log = logging.getLogger(__name__)

SUGGESTED = (OptionKind.NAME, OptionKind.ZONE, OptionKind.CHANNEL, OptionKind.ROLE)
"""Kinds of options with suggestions while typing."""

# https://docs.discord.com/developers/interactions/application-commands
DESCRIPTION = 100
CHOICE = 100
CHOICES = 25

# The properties of a registered command that we set; the rest (ids, versions, translations) is Discord's.
COMMAND_KEYS = ("name", "description", "nsfw", "default_member_permissions")
GLOBAL_KEYS = ("contexts", "integration_types")
OPTION_KEYS = ("type", "name", "description", "required", "autocomplete")


class Tree(app_commands.CommandTree[discord.Client]):
    """The slash commands: for everyone, in servers and direct messages."""

    def __init__(self, client: discord.Client) -> None:
        super().__init__(
            client,
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=False),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
        )

    async def on_error(
        self, interaction: discord.Interaction[discord.Client], error: app_commands.AppCommandError, /
    ) -> None:
        """Answers a command that Discord knows but we don't; commands handle their own errors."""
        log.warning("discord_command_unknown", extra={"error": str(error)})
        if interaction.type is discord.InteractionType.application_command and not interaction.response.is_done():
            try:
                await interaction.response.send_message(
                    "This command has changed. Reload Discord (Ctrl+R) and try again, or type /help.", ephemeral=True
                )
            except discord.HTTPException as failure:
                log.warning("discord_answer_lost", extra={"error": str(failure)})


def register(
    tree: Tree, commands: Mapping[str, Command], guild: discord.Object | None, answer: CommandCallback, suggest: Suggest
) -> None:
    """Adds every command to the tree, for one server or for all."""
    for command in commands.values():
        tree.add_command(slash(command, answer, suggest), guild=guild)


def slash(command: Command, answer: CommandCallback, suggest: Suggest) -> app_commands.Command[Any, ..., None]:
    """One command with the typed signature that discord.py reads its options from."""
    # With a trailing underscore, as names such as "with" are keywords in Python.
    names = {f"{option.name.replace('-', '_')}_": option for option in command.options}

    async def callback(interaction: discord.Interaction[Any], **values: str) -> None:
        await answer(interaction, command, {names[name].name: value for name, value in values.items() if value})

    def completing(option: Option) -> Autocomplete:
        async def complete(interaction: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
            return command_choices(await suggest(interaction, option, typed))

        return complete

    interaction = inspect.Parameter(
        "interaction", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=discord.Interaction
    )
    signature = inspect.Signature([interaction, *(parameter(name, option) for name, option in names.items())])
    callback.__signature__ = signature  # type: ignore[attr-defined]
    named = names.items()
    app_commands.describe(**{name: option.description or option.name for name, option in named})(callback)
    app_commands.rename(**{name: option.name for name, option in named})(callback)
    app_commands.choices(
        **{
            name: command_choices(zip(option.choices, option.choices, strict=True))
            for name, option in named
            if option.choices
        }
    )(callback)
    app_commands.autocomplete(**{name: completing(option) for name, option in named if option.kind in SUGGESTED})(
        callback
    )
    return app_commands.Command(name=command.name, description=command.summary[:DESCRIPTION], callback=callback)


def parameter(name: str, option: Option) -> inspect.Parameter:
    """An option as a parameter; all are strings, which the handlers parse."""
    return inspect.Parameter(
        name,
        inspect.Parameter.KEYWORD_ONLY,
        default=inspect.Parameter.empty if option.required else "",
        annotation=str,
    )


def command_choices(pairs: Iterable[tuple[str, str]]) -> list[app_commands.Choice[str]]:
    """Labels and values within Discord's limits: at most 25, none empty, repeated or too long."""
    fitting = {name[:CHOICE]: value[:CHOICE] for name, value in pairs if name.strip()}
    return [app_commands.Choice(name=name, value=value) for name, value in list(fitting.items())[:CHOICES]]


async def sync(tree: Tree, guild: discord.Object | None) -> tuple[bool, Mapping[str, int]]:
    """Registers our commands if Discord has others. Returns whether it did, and Discord's command ids by name.

    Reading first keeps restarts from using up the 200 registrations a day, and from resetting the permissions that
    servers have set for a command.
    """
    http, application = tree.client.http, tree.client.application_id or 0
    stored: Any
    if guild:
        stored = await http.get_guild_commands(application, guild.id)
    else:
        stored = await http.get_global_commands(application)
    ours = [command.to_dict(tree) for command in tree.get_commands(guild=guild)]
    keys = COMMAND_KEYS if guild else COMMAND_KEYS + GLOBAL_KEYS
    if _comparable(stored, keys) == _comparable(ours, keys):
        return False, {command["name"]: int(command["id"]) for command in stored}
    return True, {command.name: command.id for command in await tree.sync(guild=guild)}


def _comparable(commands: list[dict[str, Any]], keys: tuple[str, ...]) -> list[Any]:
    return sorted(
        (
            command.get("type", 1),
            [_value(command, key) for key in keys],
            [
                (
                    [_value(option, key) for key in OPTION_KEYS],
                    [(choice["name"], choice["value"]) for choice in option.get("choices") or ()],
                )
                for option in command.get("options") or ()
            ],
        )
        for command in commands
    )


def _value(holder: dict[str, Any], key: str) -> str:
    """A value as text, the same for omitted, empty and false ones."""
    value = holder.get(key)
    return str(sorted(value) if isinstance(value, list) else value or "")
