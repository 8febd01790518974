"""A Reply as a Discord message made of components. Pure: no network, no clock, no drawing.

    mention
    container:  title, text | figures | chart | lists | footer | buttons, and a list to choose from

A reply that is too large for a message is shown in pages, and a button leads from each to the next. Where no button
can, and where a single line of a page is too large, the whole reply goes with it as a text file.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import Any

import discord
from discord import ui

from bot.discord.components.button import CHOICES, CommandButton, CommandSelect, PageButton
from bot.discord.components.markdown import ELLIPSIS, clean, cut, escape, link, one_line, utf16_length
from chat.page import split_pages
from chat.plain import plain, spark
from chat.reply import Action, Field, ListItem, Mood, Reply, Section, Style

# https://docs.discord.com/developers/components/reference#text-display
TEXT = 4000
"""Characters of all texts of a message together."""
# https://docs.discord.com/developers/resources/message#create-message
CONTENT = 2000
# https://docs.discord.com/developers/components/reference#button
LABEL = 80
ROW = 5
"""Buttons in a row: https://docs.discord.com/developers/components/reference#action-row"""
# https://docs.discord.com/developers/reference#uploading-files
FILE = 10 * 1024 * 1024
ALT = 1024
"""https://docs.discord.com/developers/components/reference#media-gallery"""

# What one line may take of a message at most, so that it never fills one alone.
TITLE = 200
NAME = 200
VALUE = 1000
HEADING = 200
ITEM = 600
NOTE = 400
FOOTER = 500
DAYS = 120
"""Of which a line of bars is drawn; more are no line on any screen."""

BUTTONS = 10
"""Buttons that people take in at a glance; with more actions, all but the first row are in a list to choose from."""
LINE = 40
"""Characters that stand in a line on a phone: short figures share one."""

PICTURE = "trend.png"
WHOLE = "whole.txt"
EMPTY = "\u200b"
"""A message must hold something."""

COLOURS = {Mood.CALM: 0x3B82C4, Mood.SPIKE: 0xE8710A, Mood.TROUBLE: 0xC62828}
STYLES = {
    Style.NORMAL: discord.ButtonStyle.secondary,
    Style.PRIMARY: discord.ButtonStyle.primary,
    Style.DANGER: discord.ButtonStyle.danger,
}


@dataclass(frozen=True)
class RenderedMessage:
    """What one message is made of. Its files can be sent once."""

    components: tuple[ui.Item[Any], ...]
    files: tuple[discord.File, ...]
    role: int | None = None
    """Whom it may ping."""


def render(reply: Reply, picture: bytes | None = None, number: int = 1, filing: bool = True) -> RenderedMessage:
    """A page of any reply; `picture` is its chart as PNG, without which the chart becomes words.

    `filing` says whether the whole may go with it as a file.
    """
    return render_page(reply, split_pages(reply, fits), number, picture, filing)


def render_page(
    reply: Reply, found: Sequence[Reply], number: int, picture: bytes | None = None, filing: bool = True
) -> RenderedMessage:
    """One of the pages that were found for a reply."""
    page = found[min(number, len(found)) - 1]
    further = PageButton.to(number + 1, reply.line) if number < len(found) else None
    picture = picture if picture and len(picture) <= FILE else None
    sheet = message_parts(page, drawn=bool(picture), further=further)
    files = []
    body: list[ui.Item[Any]] = []
    head, figures, lists, footer = sheet.within(TEXT - utf16_length(sheet.mention))
    body += [ui.TextDisplay(text) for text in (head, figures) if text]
    if picture and page.chart:
        alt = cut(one_line(page.chart.alt), ALT) or None
        files.append(discord.File(BytesIO(picture), PICTURE, description=alt))
        body.append(ui.MediaGallery(discord.MediaGalleryItem(f"attachment://{PICTURE}", description=alt)))
    body += [ui.TextDisplay(text) for text in (lists, footer) if text]
    if filing and (not sheet.whole or (len(found) > number and not further)):
        files.append(discord.File(BytesIO(full_text_file(reply)), WHOLE))
        body.append(ui.File(f"attachment://{WHOLE}"))
    container = ui.Container(*(body or [ui.TextDisplay(EMPTY)]), *sheet.rows, accent_colour=COLOURS[page.mood])
    mention = [ui.TextDisplay[Any](sheet.mention)] if sheet.mention else []
    return RenderedMessage((*mention, container), tuple(files), int(page.mention) if sheet.mention else None)


def fits(reply: Reply) -> bool:
    """Whether a message shows all of it: with its chart in words, for no page may depend on whether it can be drawn."""
    return message_parts(reply).whole


def plain_content(reply: Reply) -> str:
    """The reply as a message of text alone: for when Discord refuses the rich one."""
    return cut(escape(cut(clean(plain(reply)), CONTENT)), CONTENT) or EMPTY


def full_text_file(reply: Reply) -> bytes:
    """All that a reply says, as a text file."""
    words = plain(replace(reply, table=None, sections=reply.lists()))
    words = f"{words}\n\n{reply.chart.alt}" if reply.chart else words
    return clean(words).encode("utf-8")[:FILE].decode("utf-8", "ignore").encode("utf-8")


@dataclass
class MessageParts:
    """The parts of a message, each in lines, before they are brought to the message's size."""

    head: list[str] = field(default_factory=list)
    figures: list[str] = field(default_factory=list)
    lists: list[str] = field(default_factory=list)
    footer: list[str] = field(default_factory=list)
    rows: tuple[ui.ActionRow[Any], ...] = ()
    mention: str = ""
    cut: bool = False

    @property
    def parts(self) -> tuple[list[str], ...]:
        """From top to bottom."""
        return self.head, self.figures, self.lists, self.footer

    @property
    def whole(self) -> bool:
        """Whether nothing has been or will be left out."""
        return not self.cut and utf16_length(self.mention) + sum(map(_width, self.parts)) <= TEXT

    def within(self, room: int) -> list[str]:
        """The parts as texts that have room together: who needs little gets it all, the others the same."""
        texts = [""] * len(self.parts)
        needs = sorted((_width(lines), index) for index, lines in enumerate(self.parts))
        for done, (_, index) in enumerate(needs):
            texts[index] = _shortened(self.parts[index], room // (len(needs) - done))
            room -= utf16_length(texts[index])
        return texts

    def line(self, text: str, limit: int) -> str:
        """One line of outside words, escaped. Cut before too: escaping what nobody will see takes time."""
        return self.words(one_line(text), limit)

    def words(self, text: str, limit: int) -> str:
        """Outside words, escaped, within a limit."""
        short = cut(text, limit)
        self.cut = self.cut or short is not text
        return escape(short)


def message_parts(reply: Reply, drawn: bool = False, further: PageButton | None = None) -> MessageParts:
    """All that is to be said, in parts."""
    sheet = MessageParts()
    if reply.mention.isdecimal() and reply.mention.isascii():
        sheet.mention = f"<@&{reply.mention}>"
    title = sheet.line(reply.title, TITLE)
    sheet.head += [f"### {title}"] if title else []
    text = sheet.words(clean(reply.text), TEXT)
    sheet.head += text.split("\n") if text else []
    sheet.figures += _figures(sheet, reply.fields)
    if reply.chart:
        alt = sheet.line(reply.chart.alt, ALT)
        bars = [] if len(reply.chart.days) > DAYS else [spark(reply.chart)]
        sheet.figures += [] if drawn else filter(None, [*bars, alt])
    sheet.rows, typed = _actions(reply.actions, further)
    for section in (*reply.lists(), *typed):
        sheet.lists += _list(sheet, section)
    footer = sheet.line(reply.footer, FOOTER)
    sheet.footer += [f"-# {footer}"] if footer else []
    return sheet


def _figures(sheet: MessageParts, fields: Sequence[Field]) -> Iterator[str]:
    """The figures, short ones side by side."""
    line = ""
    for one in fields:
        name, value = sheet.line(one.name, NAME), sheet.line(one.value, VALUE)
        figure = " ".join(filter(None, [f"**{name}**" if name else "", value]))
        if line and utf16_length(line) + utf16_length(figure) > LINE + 8:
            yield line
            line = ""
        line = f"{line} · {figure}" if line and figure else line or figure
    if line:
        yield line


def _list(sheet: MessageParts, section: Section) -> Iterator[str]:
    title = sheet.line(section.title, HEADING)
    if sheet.lists:
        yield ""
    if title:
        yield f"**{title}**"
    for item in section.items:
        yield _entry(sheet, item)


def _entry(sheet: MessageParts, item: ListItem) -> str:
    """One line of a list."""
    words = one_line(item.text or item.note or item.url)
    short = cut(words, ITEM)
    sheet.cut = sheet.cut or short is not words
    line = link(short, item.url) if item.url else escape(short)
    note = sheet.line(item.note, NOTE) if item.text else ""
    return "- " + (" · ".join(filter(None, [line, note])) or EMPTY)


def _actions(
    actions: Sequence[Action], further: PageButton | None
) -> tuple[tuple[ui.ActionRow[Any], ...], tuple[Section, ...]]:
    """The actions as rows of buttons and a list to choose from; as lines to type where neither can hold them."""
    fitting: dict[str, Action] = {}
    typed = []
    for action in dict.fromkeys(actions):
        if action.line in fitting:
            # Two buttons of one custom_id are refused, and would say the same.
            continue
        if CommandButton.fits(action.line) and len(fitting) < ROW + CHOICES - 1:
            fitting[action.line] = action
        else:
            typed.append(ListItem(action.line, note=action.label))
    buttons: list[ui.Item[Any]] = [further] if further else []
    buttons += [CommandButton(_label(action), action.line, STYLES[action.style]) for action in fitting.values()]
    rows = [ui.ActionRow(*buttons[at : at + ROW]) for at in range(0, len(buttons), ROW)]
    if len(buttons) > BUTTONS:
        rest = list(fitting.values())[ROW - bool(further) :]
        rows = [rows[0], ui.ActionRow(CommandSelect([(_label(action), action.line) for action in rest]))]
    return tuple(rows), (Section("To type", tuple(typed)),) if typed else ()


def _label(action: Action) -> str:
    return cut(one_line(action.label) or action.line, LABEL)


def _width(lines: Sequence[str]) -> int:
    return sum(utf16_length(line) + 1 for line in lines)


def _shortened(lines: Sequence[str], room: int) -> str:
    """As many of the lines as there is room for, and how many are left."""
    if _width(lines) <= room:
        return "\n".join(lines)
    kept: list[str] = []
    left = room - len(_more(len(lines))) - 1
    for line in lines:
        if utf16_length(line) + 1 > left:
            break
        kept.append(line)
        left -= utf16_length(line) + 1
    following = lines[len(kept)]
    if left > LINE and not following.startswith("- "):
        # Half of a long text is better than none; half of a link would be no link.
        kept.append(cut(following, left - 1))
    rest = len(lines) - len(kept)
    return "\n".join([*kept, *([_more(rest)] if rest else [])])


def _more(count: int) -> str:
    return f"{ELLIPSIS}and {count:,} more lines"
