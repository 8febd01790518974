"""Renders a Reply as plain text: for the terminal, the log, and a platform's notification line."""

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from textwrap import wrap
from unicodedata import east_asian_width

from chat.reply import UNKNOWN, Chart, ListItem, Reply, Table

BLOCKS = "▁▂▃▄▅▆▇█"

COLUMN = 34
"""Widest table column, in characters: longer cells wrap."""


def sparkline(values: Sequence[float]) -> str:
    """Returns one block character per value, scaled to the largest value (or to 1); "" for no values."""
    if not values:
        return ""
    heights = [value if value > 0 else 0.0 for value in values]  # NaN counts as 0 too
    top = max(1.0, *heights)
    last = len(BLOCKS) - 1
    return "".join(BLOCKS[round(height / top * last)] for height in heights)


def spark(chart: Chart) -> str:
    """Returns a chart as one line with its first and last day: "3 Mar ▁▁█ 31 May 2026"; "" for an empty chart."""
    if not chart.days:
        return ""
    first, last = chart.days[0], chart.days[-1]
    return f"{first.day} {first:%b} {sparkline(chart.counts)} {last.day} {last:%b %Y}"


def plain(reply: Reply) -> str:
    """Returns the whole reply as text, with links written out."""
    return "\n".join(_lines(reply))


def plain_headline(reply: Reply) -> str:
    """Returns the one line that a notification or the log shows: the title and the first line of the text."""
    first = " ".join(reply.text.split("\n", 1)[0].split())
    return f"{reply.title}: {first}" if first else reply.title


def _lines(reply: Reply) -> Iterator[str]:
    yield reply.title
    if reply.text:
        yield reply.text
    if reply.fields:
        width = max(len(field.name) for field in reply.fields)
        for field in reply.fields:
            yield f"  {field.name:<{width}}  {field.value}"
    if reply.chart:
        yield f"  {spark(reply.chart)}"
    if reply.table:
        yield ""
        yield from _table(reply.table)
    for section in reply.sections:
        yield ""
        yield section.title
        for item in section.items:
            yield f"  - {_item(item)}"
            if item.url:
                yield f"    {item.url}"
    if reply.actions:
        yield ""
        yield "Next: " + " · ".join(action.line for action in reply.actions)
    if reply.footer:
        yield ""
        yield reply.footer


def _table(table: Table) -> Iterator[str]:
    """Yields the table in columns, then its sources as numbered notes."""
    notes: list[str] = []
    rows = [["", *table.columns]]
    for line in table.rows:
        cells = []
        for cell in line.cells:
            mark = ""
            if cell.text and (cell.url or cell.note):
                notes.append(" ".join(filter(None, [cell.note, cell.url])))
                mark = f" [{len(notes)}]"
            cells.append(f"{cell.text or UNKNOWN}{mark}")
        rows.append([line.name, *cells])
    wrapped = [[wrap(one_line, COLUMN) or [""] for one_line in row] for row in rows]
    widths = [max(display_width(line) for row in wrapped for line in row[at]) for at in range(len(rows[0]))]
    for row in wrapped:
        for lines in zip_longest(*row, fillvalue=""):
            padded = [line + " " * (size - display_width(line)) for line, size in zip(lines, widths, strict=True)]
            yield ("  " + "  ".join(padded)).rstrip()
    for number, note in enumerate(notes, 1):
        yield f"  [{number}] {note}"


def display_width(text: str) -> int:
    """Returns the terminal columns a text occupies: wide East Asian characters take two."""
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)


def _item(item: ListItem) -> str:
    return f"{item.text} ({item.note})" if item.note and item.text else item.text or item.note
