"""Buttons and menus that run a command line. Their ids carry the line, so that they work after a restart too."""

import re
from collections.abc import Sequence
from typing import Any, Self

import discord
from discord import ui

from bot.outside_text import utf16_length

CUSTOM_ID = 100
"""https://docs.discord.com/developers/components/reference#anatomy-of-a-component-custom-id"""
CHOICES = 25
"""https://docs.discord.com/developers/components/reference#string-select"""

Pressed = discord.Interaction[Any]


class CommandButton(ui.DynamicItem[ui.Button[Any]], template=re.compile(r"say:(?P<line>.+)")):
    """A button that runs a line."""

    def __init__(self, label: str, line: str, style: discord.ButtonStyle = discord.ButtonStyle.secondary) -> None:
        super().__init__(ui.Button(label=label, custom_id=f"say:{line}", style=style))
        self.line = line

    @staticmethod
    def fits(line: str) -> bool:
        """Whether a button can carry a line."""
        return bool(line.strip()) and line.isprintable() and utf16_length(f"say:{line}") <= CUSTOM_ID

    @classmethod
    async def from_custom_id(cls, _: Pressed, item: ui.Item[Any], match: re.Match[str], /) -> Self:
        """Rebuilds a pressed button from its id."""
        return cls(getattr(item, "label", None) or match["line"][:1], match["line"])

    async def callback(self, interaction: Pressed) -> None:
        """Passes the line to the client's `on_line`."""
        interaction.client.dispatch("line", interaction, self.line)


class PageButton(ui.DynamicItem[ui.Button[Any]], template=re.compile(r"more:(?P<page>\d{1,4}):(?P<line>.+)")):
    """A button that shows another page of the reply to a line."""

    def __init__(self, page: int, line: str) -> None:
        super().__init__(ui.Button(label="More", custom_id=f"more:{page}:{line}"))
        self.page = page
        self.line = line

    @classmethod
    def to(cls, page: int, line: str) -> Self | None:
        """The button to a page; None if it can't carry the line."""
        valid = bool(line.strip()) and line.isprintable() and page < 10_000
        return cls(page, line) if valid and utf16_length(f"more:{page}:{line}") <= CUSTOM_ID else None

    @classmethod
    async def from_custom_id(cls, _: Pressed, __: ui.Item[Any], match: re.Match[str], /) -> Self:
        """Rebuilds a pressed button from its id."""
        return cls(int(match["page"]), match["line"])

    async def callback(self, interaction: Pressed) -> None:
        """Passes the line and the page to the client's `on_line`."""
        interaction.client.dispatch("line", interaction, self.line, self.page)


class CommandSelect(ui.DynamicItem[ui.Select[Any]], template=re.compile(r"pick")):
    """A menu that runs the chosen line, for more lines than people scan as buttons."""

    def __init__(self, lines: Sequence[tuple[str, str]] = ()) -> None:
        options = [discord.SelectOption(label=label, value=line) for label, line in lines]
        super().__init__(ui.Select(custom_id="pick", placeholder="More actions", options=options))

    @classmethod
    async def from_custom_id(cls, _: Pressed, __: ui.Item[Any], ___: re.Match[str], /) -> Self:
        """Rebuilds a used menu, whose options come with the interaction."""
        return cls()

    async def callback(self, interaction: Pressed) -> None:
        """Passes the chosen line to the client's `on_line`."""
        interaction.client.dispatch("line", interaction, self.item.values[0])
