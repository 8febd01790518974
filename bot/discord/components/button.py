"""The buttons and the list that say a command line, today and after a restart: what they say travels in their ids."""

import re
from collections.abc import Sequence
from typing import Any, Self

import discord
from discord import ui

from bot.discord.components.markdown import utf16_length

CUSTOM_ID = 100
"""https://docs.discord.com/developers/components/reference#anatomy-of-a-component-custom-id"""
CHOICES = 25
"""https://docs.discord.com/developers/components/reference#string-select"""

Pressed = discord.Interaction[Any]


class CommandButton(ui.DynamicItem[ui.Button[Any]], template=re.compile(r"say:(?P<line>.+)")):
    """A button that says its line."""

    def __init__(self, label: str, line: str, style: discord.ButtonStyle = discord.ButtonStyle.secondary) -> None:
        super().__init__(ui.Button(label=label, custom_id=f"say:{line}", style=style))
        self.line = line

    @staticmethod
    def fits(line: str) -> bool:
        """Whether a line can be a button's."""
        return bool(line.strip()) and line.isprintable() and utf16_length(f"say:{line}") <= CUSTOM_ID

    @classmethod
    async def from_custom_id(cls, _: Pressed, item: ui.Item[Any], match: re.Match[str], /) -> Self:
        """The button as it was pressed."""
        return cls(getattr(item, "label", None) or match["line"][:1], match["line"])

    async def callback(self, interaction: Pressed) -> None:
        """Hands the line to the client's `on_say`: a button knows no router."""
        interaction.client.dispatch("say", interaction, self.line)


class PageButton(ui.DynamicItem[ui.Button[Any]], template=re.compile(r"more:(?P<page>\d{1,4}):(?P<line>.+)")):
    """A button that shows the next page of the reply to its line."""

    def __init__(self, page: int, line: str) -> None:
        super().__init__(ui.Button(label="More", custom_id=f"more:{page}:{line}"))
        self.page = page
        self.line = line

    @classmethod
    def to(cls, page: int, line: str) -> Self | None:
        """The button to a page, or None where it can't carry the line."""
        carried = bool(line.strip()) and line.isprintable() and page < 10_000
        return cls(page, line) if carried and utf16_length(f"more:{page}:{line}") <= CUSTOM_ID else None

    @classmethod
    async def from_custom_id(cls, _: Pressed, __: ui.Item[Any], match: re.Match[str], /) -> Self:
        """The button as it was pressed."""
        return cls(int(match["page"]), match["line"])

    async def callback(self, interaction: Pressed) -> None:
        """Hands line and page to the client's `on_say`."""
        interaction.client.dispatch("say", interaction, self.line, self.page)


class CommandSelect(ui.DynamicItem[ui.Select[Any]], template=re.compile(r"pick")):
    """A list of lines, of which one is said: for more of them than people look through as buttons."""

    def __init__(self, lines: Sequence[tuple[str, str]] = ()) -> None:
        options = [discord.SelectOption(label=label, value=line) for label, line in lines]
        super().__init__(ui.Select(custom_id="pick", placeholder="More to choose from", options=options))

    @classmethod
    async def from_custom_id(cls, _: Pressed, __: ui.Item[Any], ___: re.Match[str], /) -> Self:
        """The list as it was chosen from."""
        return cls()

    async def callback(self, interaction: Pressed) -> None:
        """Hands the chosen line to the client's `on_say`."""
        interaction.client.dispatch("say", interaction, self.item.values[0])
