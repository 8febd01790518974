"""What we say, with nothing of a platform in it.

All texts are plain text and may hold anything that the world wrote: renderers escape them, cut them
to the platform's size with a way to the rest, and draw the chart as well as the platform can.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Mood(StrEnum):
    """How a reply is meant; the renderer chooses a colour, the words must tell it without one."""

    CALM = "calm"
    SPIKE = "spike"
    TROUBLE = "trouble"


@dataclass(frozen=True)
class Field:
    """A short named figure: "Stories": "41"."""

    name: str
    value: str


@dataclass(frozen=True)
class ListItem:
    """One line of a list: what, where it leads to, and a few words beside it (outlet, date, z)."""

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
    """A row of a table: what is compared, and a cell for each column. A cell without a text is unknown."""

    name: str
    cells: tuple[ListItem, ...]


@dataclass(frozen=True)
class Table:
    """Names side by side. Where there is no room for columns it becomes lists, one for each row."""

    columns: tuple[str, ...]
    rows: tuple[TableRow, ...]

    def sections(self) -> tuple[Section, ...]:
        """The table as lists: "OpenAI: $500B"."""
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
"""What stands in a table for what nobody has said: never a guess."""


@dataclass(frozen=True)
class Chart:
    """Stories per day with what was expected.

    `counts` and `expected` have one value per day of `days`, oldest first; `alt` says in words what
    a sighted person would see. `usual`, if given, is for each day how far counts reach that are nothing unusual;
    `told` are the days on which an alert was sent.
    """

    title: str
    days: tuple[date, ...]
    counts: tuple[float, ...]
    expected: tuple[float, ...]
    alt: str
    usual: tuple[float, ...] = ()
    told: tuple[date, ...] = ()


class Style(StrEnum):
    """How a button looks: the words say what it does."""

    NORMAL = "normal"
    PRIMARY = "primary"
    DANGER = "danger"


@dataclass(frozen=True)
class Action:
    """A next command: a button where there are buttons, else a line to type."""

    label: str
    line: str
    style: Style = Style.NORMAL


@dataclass(frozen=True)
class Reply:
    """An answer or an alert, complete and without an address."""

    title: str
    text: str = ""
    fields: tuple[Field, ...] = ()
    sections: tuple[Section, ...] = ()
    chart: Chart | None = None
    actions: tuple[Action, ...] = ()
    footer: str = ""
    mood: Mood = Mood.CALM
    private: bool = False
    """To the asker alone."""
    table: Table | None = None
    line: str = ""
    """What gives this reply again, such as "/facts Meta": the way to what does not fit into one message."""
    mention: str = ""
    """The platform's id of a role or user group that someone who may configure chose to be pinged; never from outside
    text. Nothing else in a reply may ping anybody."""

    def lists(self) -> tuple[Section, ...]:
        """Everything that is a list, the table's rows first: for whoever has no columns."""
        return (*(self.table.sections() if self.table else ()), *self.sections)
