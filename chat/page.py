"""Splits a Reply that is too large for one message into pages. Pure: the platform decides what fits.

title text fields chart table | sections ...   ->   title (1 of 3) ... | title (2 of 3) ... | title (3 of 3) ...
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from chat.reply import Field, ListItem, Reply, Section

Fits = Callable[[Reply], bool]

PIECE = 1000
"""Longer texts are split between words into pieces of at most this many characters."""


@dataclass(frozen=True)
class _Unit:
    """The smallest part that is never split: a piece of text, a field, one list item, or the footer."""

    text: str = ""
    field: Field | None = None
    section: str = ""
    place: int = -1
    """Index of the list this item belongs to: two lists may share a title."""
    item: ListItem | None = None
    footer: str = ""


def split_pages(reply: Reply, fits: Fits) -> list[Reply]:
    """Returns the reply as one or more pages, in order, for each of which `fits` is true.

    The first page carries the chart and the mention, the last one the footer, and every page the actions. A single
    item that does not fit gets a page of its own, and the platform truncates it visibly.
    """
    if fits(reply):
        return [reply]
    units = list(_units(reply))
    bare = replace(reply, text="", fields=(), sections=(), table=None, chart=None, mention="", footer="")
    # Reserve room for the longest page number that may be needed.
    numbered = replace(bare, title=f"{reply.title} ({len(units)} of {len(units)})")
    pages: list[list[_Unit]] = []
    start = size = 0
    while start < len(units) or not pages:
        rest = units[start:]
        shell = numbered if pages else replace(numbered, chart=reply.chart, mention=reply.mention)
        size = _most(partial(_holds, fits, shell, rest), len(rest), size)
        pages.append(rest[:size])
        start += size
    shells = [replace(bare, title=f"{reply.title} ({number} of {len(pages)})") for number in range(1, len(pages) + 1)]
    shells[0] = replace(shells[0], chart=reply.chart, mention=reply.mention)
    return [_filled(shell, units) for shell, units in zip(shells, pages, strict=True)]


def _holds(fits: Fits, shell: Reply, units: list[_Unit], number: int) -> bool:
    return fits(_filled(shell, units[:number]))


def _most(fit: Callable[[int], bool], most: int, guess: int) -> int:
    """Returns the largest number that fits, and 1 if none does; `guess` is where the search starts."""
    low, high, step = 1, most, guess
    while low < high:
        middle = min(max(step, low + 1), high)
        if fit(middle):
            low, step = middle, 2 * middle
        else:
            high, step = middle - 1, (low + middle) // 2
    return low


def _units(reply: Reply) -> Iterator[_Unit]:
    for piece in _pieces(reply.text):
        yield _Unit(text=piece)
    for field in reply.fields:
        yield _Unit(field=field)
    for place, section in enumerate(reply.lists()):
        if not section.items:
            yield _Unit(section=section.title, place=place)
        for item in section.items:
            yield _Unit(section=section.title, place=place, item=item)
    if reply.footer:
        yield _Unit(footer=reply.footer)


def _pieces(text: str) -> Iterator[str]:
    """Yields the text in pieces whose concatenation is the text."""
    while len(text) > PIECE:
        cut = max(text.rfind(" ", PIECE // 2, PIECE), text.rfind("\n", PIECE // 2, PIECE)) + 1 or PIECE
        yield text[:cut]
        text = text[cut:]
    if text:
        yield text


def _filled(shell: Reply, units: list[_Unit]) -> Reply:
    sections: list[tuple[int, Section]] = []
    for unit in units:
        if unit.place < 0:
            continue
        if not sections or sections[-1][0] != unit.place:
            sections.append((unit.place, Section(unit.section, ())))
        if unit.item is not None:
            place, section = sections[-1]
            sections[-1] = (place, replace(section, items=(*section.items, unit.item)))
    return replace(
        shell,
        text="".join(unit.text for unit in units),
        fields=tuple(unit.field for unit in units if unit.field is not None),
        sections=tuple(section for _, section in sections),
        footer="".join(unit.footer for unit in units),
    )
