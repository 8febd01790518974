"""Forms for watches and digests. A form makes a command line, so that it is handled like a typed one.

/watch add, without options -> the form -> /watch add Meta level few quiet 22-7
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import discord
from discord import ui

from bot.discord.components.markdown import cut, one_line
from handlers.command import Command, OptionKind, command_line

SUBMITTED = re.compile(r"form:(?P<line>/.+)")
CUSTOM_ID = 100
TITLE = 45
"""https://docs.discord.com/developers/interactions/receiving-and-responding#modal"""
CHOICES = 25

LEVELS = (
    ("few", "Only clear spikes"),
    ("balanced", "The default"),
    ("many", "Earlier, with more false alarms"),
)
DAYS = (("mon-fri", "Monday to Friday"), ("daily", "Every day"), ("mon", "Mondays"))


def form_for(command: Command, options: Mapping[str, str]) -> ui.Modal | None:
    """The form for a command that sets something but does not say what; None for other commands."""
    action = options.get("action", "").lower()
    rest = {key: value for key, value in options.items() if key != "action" and value.strip()}
    match command.name, action, sorted(rest):
        case "watch", "add", []:
            return _form("Watch a name", "/watch add", [_name(), _level(), _quiet(), _zone(), _channel()])
        case "watch", "edit", ["name"]:
            line = command_line(command, {"action": "edit", "name": rest["name"]})
            return _form(f"Edit the watch on {rest['name']}", line, [_level(), _quiet(), _zone(), _channel(), _role()])
        case "digest", "set", []:
            return _form("Set up the digest", "/digest set", [_hour(), _days(), _zone()])
    return None


def form_line(interaction: discord.Interaction[Any]) -> str:
    """The command line that a submitted form makes."""
    data: Any = interaction.data
    submitted = SUBMITTED.fullmatch(data["custom_id"])
    words = [submitted["line"] if submitted else ""]
    for name, value in _values(data["components"]):
        text = one_line(value.replace('"', ""))
        if not text:
            continue
        if name == "name":
            words.append(text)
        else:
            words.append(f'{name} "{text}"' if " " in text else f"{name} {text}")
    return " ".join(words)


def matching_channels(guild: discord.Guild | None, kind: OptionKind, typed: str) -> list[tuple[str, str]]:
    """A server's channels or roles whose names contain what has been typed, as pairs of name and id."""
    if guild is None:
        return []
    if kind is OptionKind.ROLE:
        roles = [role for role in reversed(guild.roles) if not role.is_default() and not role.managed]
        choices = [("off", "off"), *((f"@{role.name}", str(role.id)) for role in roles)]
    else:
        channels = [channel for channel in guild.channels if not isinstance(channel, discord.CategoryChannel)]
        choices = [(f"#{channel.name}", str(channel.id)) for channel in (*channels, *guild.threads)]
    wanted = typed.lower().lstrip("#@")
    return [(cut(name, 100), key) for name, key in choices if wanted in name.lower()][:CHOICES]


def _form(title: str, line: str, labels: list[ui.Label[Any]]) -> ui.Modal | None:
    """A form that continues a line; None if its id can't carry the line."""
    custom_id = f"form:{line}"
    if len(custom_id) > CUSTOM_ID or not line.isprintable():
        return None
    form = ui.Modal(title=cut(one_line(title), TITLE), timeout=None, custom_id=custom_id)
    for label in labels:
        form.add_item(label)
    return form


def _values(components: list[Any]) -> Iterator[tuple[str, str]]:
    """The submitted fields as pairs of name and value."""
    for row in components:
        inner = row.get("component") or {}
        chosen = inner.get("values") or [inner.get("value") or ""]
        yield inner.get("custom_id", ""), str(chosen[0] or "")


def _name() -> ui.Label[Any]:
    box = ui.TextInput[Any](custom_id="name", placeholder="Meta, Meta + Muse Spark, all models, everything")
    return ui.Label(text="Name", description="A company, model or person, a pair, or everything.", component=box)


def _level() -> ui.Label[Any]:
    return _choice("level", "How many alerts", LEVELS)


def _quiet() -> ui.Label[Any]:
    box = ui.TextInput[Any](custom_id="quiet", required=False, placeholder="22-7")
    return ui.Label(text="Quiet hours", description="Hours without alerts. Empty: none.", component=box)


def _zone() -> ui.Label[Any]:
    box = ui.TextInput[Any](custom_id="zone", required=False, placeholder="Europe/Berlin")
    return ui.Label(text="Time zone", description="Time zone of the hours. Empty: UTC.", component=box)


def _channel() -> ui.Label[Any]:
    box = ui.ChannelSelect[Any](custom_id="channel", required=False, min_values=0)
    return ui.Label(text="Channel", description="Where to post alerts. Empty: this channel.", component=box)


def _role() -> ui.Label[Any]:
    box = ui.RoleSelect[Any](custom_id="mention", required=False, min_values=0)
    return ui.Label(text="Role to ping", description="Role that alerts mention. Empty: none.", component=box)


def _hour() -> ui.Label[Any]:
    box = ui.TextInput[Any](custom_id="hour", placeholder="9", max_length=5)
    return ui.Label(text="Hour", description="Full hour at which to post, 0 to 23.", component=box)


def _days() -> ui.Label[Any]:
    return _choice("days", "Days", DAYS)


def _choice(name: str, text: str, values: tuple[tuple[str, str], ...]) -> ui.Label[Any]:
    options = [discord.SelectOption(label=value, value=value, description=words) for value, words in values]
    box = ui.Select[Any](custom_id=name, options=options, required=False, min_values=0)
    return ui.Label(text=text, component=box)
