"""A Reply that is too large for one message, as several that are not. Pure; what fits is for the platform to say.

title text fields chart table | sections ...   ->   title (1 of 3) ... | title (2 of 3) ... | title (3 of 3) ...
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from chat.reply import Field, Item, Reply, Section

Fits = Callable[[Reply], bool]

PIECE = 1000
"""Characters of a text from which it is broken, between words: what a page is filled with."""


@dataclass(frozen=True)
class _Unit:
    """What stays together: a piece of text, a figure, or one line of a list."""

    text: str = ""
    field: Field | None = None
    section: str = ""
    place: int = -1
    """Which list the line is of: two may have the same title."""
    item: Item | None = None


def pages(reply: Reply, fits: Fits) -> list[Reply]:
    """The reply in pages for each of which `fits` is true, in order; at least one.

    The first page has the chart and the mention, the last one the footer; every page the actions. A single line that
    does not fit stays alone on its page, and the platform cuts it where people see it.
    """
    if fits(reply):
        return [reply]
    bare = replace(reply, text="", fields=(), sections=(), table=None, chart=None, mention="", footer="")
    numbered = replace(bare, title=f"{reply.title} (99 of 99)")
    found: list[list[_Unit]] = [[]]
    for unit in _units(reply):
        first = replace(numbered, chart=reply.chart, mention=reply.mention) if len(found) == 1 else numbered
        grown = [*found[-1], unit]
        if found[-1] and not fits(_filled(first, grown)):
            found.append([unit])
        else:
            found[-1] = grown
    done = []
    for index, units in enumerate(found):
        shell = replace(bare, title=f"{reply.title} ({index + 1} of {len(found)})")
        if index == 0:
            shell = replace(shell, chart=reply.chart, mention=reply.mention)
        done.append(_filled(shell, units))
    if reply.footer:
        last = replace(done[-1], footer=reply.footer)
        done = [*done[:-1], last] if fits(last) else [replace(one, footer=reply.footer) for one in done]
    return done


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


def _pieces(text: str) -> Iterator[str]:
    """A text in pieces that, put together again, are the text."""
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
    )
