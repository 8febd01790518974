"""What the bot replies, independent of any platform.

All texts are plain text and may contain anything from outside: renderers escape them, truncate them to the platform's
limits with a way to see the rest, and draw the chart as well as the platform allows.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Mood(StrEnum):
    """The tone of a reply. Renderers turn it into a colour; the text must work without one."""

    CALM = "calm"
    SPIKE = "spike"
    TROUBLE = "trouble"


@dataclass(frozen=True)
class Field:
    """A short labelled figure, such as "Stories": "41"."""

    name: str
    value: str


@dataclass(frozen=True)
class ListItem:
    """One line of a list: its text, its link, and a short note (outlet, date, z)."""

    text: str
    url: str = ""
    note: str = ""


@dataclass(frozen=True)
class Section:
    """A titled list: stories, partners, facts, commands."""

    title: str
    items: tuple[ListItem, ...]


@dataclass(frozen=True)
class TableRow:
    """A row of a table: its label and one cell per column. A cell with no text means unknown."""

    name: str
    cells: tuple[ListItem, ...]


@dataclass(frozen=True)
class Table:
    """Names side by side. Platforms without columns show it as one list per row."""

    columns: tuple[str, ...]
    rows: tuple[TableRow, ...]

    def sections(self) -> tuple[Section, ...]:
        """Returns one list per row, with items such as "OpenAI: $500B"."""
        return tuple(
            Section(
                row.name,
                tuple(
                    ListItem(f"{column}: {cell.text or UNKNOWN}", cell.url, cell.note)
                    for column, cell in zip(self.columns, row.cells, strict=True)
                ),
            )
            for row in self.rows
        )


UNKNOWN = "unknown"
"""Shown in a table cell when no source gives a value: never a guess."""


@dataclass(frozen=True)
class Chart:
    """Stories per day against the expected number.

    `counts`, `expected` and, if given, `usual` have one value (in stories) per day of `days`, oldest first. `usual` is
    the upper bound of an unremarkable day. `told` are the days on which an alert was sent. `alt` describes the chart
    for people who can't see it.
    """

    title: str
    days: tuple[date, ...]
    counts: tuple[float, ...]
    expected: tuple[float, ...]
    alt: str
    usual: tuple[float, ...] = ()
    told: tuple[date, ...] = ()


class Style(StrEnum):
    """How a button looks; its label says what it does."""

    NORMAL = "normal"
    PRIMARY = "primary"
    DANGER = "danger"


@dataclass(frozen=True)
class Action:
    """A suggested next command: a button where the platform has buttons, else a line to type."""

    label: str
    line: str
    style: Style = Style.NORMAL


@dataclass(frozen=True)
class Reply:
    """An answer or an alert, complete, but without an address."""

    title: str
    text: str = ""
    fields: tuple[Field, ...] = ()
    sections: tuple[Section, ...] = ()
    chart: Chart | None = None
    actions: tuple[Action, ...] = ()
    footer: str = ""
    mood: Mood = Mood.CALM
    private: bool = False
    """Show it only to the person who asked."""
    table: Table | None = None
    line: str = ""
    """The command that produces this reply again, such as "/facts Meta": it leads to what one message can't hold."""
    mention: str = ""
    """The platform's id of the role or user group to ping, set by someone allowed to configure, never taken from
    outside text. Nothing else in a reply may ping anybody."""

    def lists(self) -> tuple[Section, ...]:
        """Returns every list, the table's rows first: for platforms without columns."""
        return (*(self.table.sections() if self.table else ()), *self.sections)
