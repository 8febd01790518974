"""The button that says a command line, today and after a restart."""

import re
from typing import Any, Self

import discord

from bot.discord.markdown import width

CUSTOM_ID = 100
"""https://docs.discord.com/developers/components/reference#anatomy-of-a-component-custom-id"""

PREFIX = "say:"


class Say(discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]], template=re.compile(r"say:(?P<line>.+)")):
    """Its line travels in the custom_id, so nothing needs to be remembered."""

    def __init__(self, label: str, line: str) -> None:
        super().__init__(discord.ui.Button(label=label, custom_id=PREFIX + line))
        self.line = line

    @classmethod
    async def from_custom_id(
        cls, _: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """The button as it was pressed."""
        return cls(getattr(item, "label", None) or match["line"][:1], match["line"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Hands the line to the client's `on_say`: a button knows no router."""
        interaction.client.dispatch("say", interaction, self.line)


def fits(line: str) -> bool:
    """Whether a line can be a button's."""
    return bool(line.strip()) and line.isprintable() and width(PREFIX + line) <= CUSTOM_ID
