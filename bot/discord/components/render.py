"""Renders a reply as a Discord message made of components. Pure: no network, no clock, no drawing.

    mention
    container:  title, text | fields | chart | lists | footer | buttons and a menu

A reply that is too long for one message is split into pages, with a button from each to the next. If there can be no
button, or a single line is too long for a page, the whole reply is attached as a text file.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import Any

import discord
from discord import ui

from bot.discord.components.button import CHOICES, CommandButton, CommandSelect, PageButton
from bot.discord.components.markdown import ELLIPSIS, clean, cut, escape, link, one_line
from bot.outside_text import utf16_length
from chat.page import split_pages
from chat.plain import plain, spark
from chat.reply import Action, Field, ListItem, Mood, Reply, Section, Style
from handlers.wording import counted

# https://docs.discord.com/developers/components/reference#text-display
TEXT = 4000
"""Length of all texts of a message together, in UTF-16 units."""
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

# Our own limits for single lines, so that none fills a message alone.
TITLE = 200
NAME = 200
VALUE = 1000
HEADING = 200
ITEM = 600
NOTE = 400
FOOTER = 500
DAYS = 120
"""Longest chart that is drawn as a line of bars; a longer one fits no screen."""

BUTTONS = 10
"""Buttons that people take in at a glance; with more actions, all but the first row move to a menu."""
LINE = 40
"""Characters in one line on a phone; short fields share a line."""

PICTURE = "trend.png"
WHOLE = "whole.txt"
EMPTY = "\u200b"
"""Text of an otherwise empty message, which Discord would refuse."""

COLOURS = {Mood.CALM: 0x3B82C4, Mood.SPIKE: 0xE8710A, Mood.TROUBLE: 0xC62828}
STYLES = {
    Style.NORMAL: discord.ButtonStyle.secondary,
    Style.PRIMARY: discord.ButtonStyle.primary,
    Style.DANGER: discord.ButtonStyle.danger,
}


@dataclass(frozen=True)
class RenderedMessage:
    """The contents of one message. Its files can be sent only once."""

    components: tuple[ui.Item[Any], ...]
    files: tuple[discord.File, ...]
    role: int | None = None
    """The role it may ping."""


def render(reply: Reply, picture: bytes | None = None, number: int = 1, attach_text: bool = True) -> RenderedMessage:
    """A page of a reply. `picture` is its chart as PNG; without it the chart is shown in words.

    `attach_text` says whether the whole reply may be attached as a text file.
    """
    return render_page(reply, split_pages(reply, fits), number, picture, attach_text)


def render_page(
    reply: Reply, pages: Sequence[Reply], number: int, picture: bytes | None = None, attach_text: bool = True
) -> RenderedMessage:
    """Like `render`, for a reply that is already split into pages."""
    page = pages[min(number, len(pages)) - 1]
    next_page = PageButton.to(number + 1, reply.line) if number < len(pages) else None
    picture = picture if picture and len(picture) <= FILE else None
    parts = message_parts(page, drawn=bool(picture), next_page=next_page)
    files = []
    body: list[ui.Item[Any]] = []
    head, fields, lists, footer = parts.within(TEXT - utf16_length(parts.mention))
    body += [ui.TextDisplay(text) for text in (head, fields) if text]
    if picture and page.chart:
        alt = cut(one_line(page.chart.alt), ALT) or None
        files.append(discord.File(BytesIO(picture), PICTURE, description=alt))
        body.append(ui.MediaGallery(discord.MediaGalleryItem(f"attachment://{PICTURE}", description=alt)))
    body += [ui.TextDisplay(text) for text in (lists, footer) if text]
    if attach_text and (not parts.whole or (len(pages) > number and not next_page)):
        files.append(discord.File(BytesIO(full_text_file(reply)), WHOLE))
        body.append(ui.File(f"attachment://{WHOLE}"))
    container = ui.Container(*(body or [ui.TextDisplay(EMPTY)]), *parts.rows, accent_colour=COLOURS[page.mood])
    mention = [ui.TextDisplay[Any](parts.mention)] if parts.mention else []
    return RenderedMessage((*mention, container), tuple(files), int(page.mention) if parts.mention else None)


def fits(reply: Reply) -> bool:
    """Whether one message shows the whole reply, with its chart in words, as pages must not depend on the drawing."""
    return message_parts(reply).whole


def plain_content(reply: Reply) -> str:
    """The reply as plain text, in case Discord refuses the components."""
    return cut(escape(cut(clean(plain(reply)), CONTENT)), CONTENT) or EMPTY


def full_text_file(reply: Reply) -> bytes:
    """The whole reply as a UTF-8 text file."""
    words = plain(replace(reply, table=None, sections=reply.lists()))
    words = f"{words}\n\n{reply.chart.alt}" if reply.chart else words
    return clean(words).encode("utf-8")[:FILE].decode("utf-8", "ignore").encode("utf-8")


@dataclass
class MessageParts:
    """The parts of a message in lines, before they are cut to the message's size."""

    head: list[str] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)
    lists: list[str] = field(default_factory=list)
    footer: list[str] = field(default_factory=list)
    rows: tuple[ui.ActionRow[Any], ...] = ()
    mention: str = ""
    cut: bool = False
    """Whether a line was cut."""

    @property
    def parts(self) -> tuple[list[str], ...]:
        """The parts from top to bottom."""
        return self.head, self.fields, self.lists, self.footer

    @property
    def whole(self) -> bool:
        """Whether everything fits, and nothing was cut."""
        return not self.cut and utf16_length(self.mention) + sum(map(_width, self.parts)) <= TEXT

    def within(self, room: int) -> list[str]:
        """The parts as texts that fit into `room` together: short ones whole, long ones sharing the rest."""
        texts = [""] * len(self.parts)
        needs = sorted((_width(lines), index) for index, lines in enumerate(self.parts))
        for done, (_, index) in enumerate(needs):
            texts[index] = _shortened(self.parts[index], room // (len(needs) - done))
            room -= utf16_length(texts[index])
        return texts

    def line(self, text: str, limit: int) -> str:
        """One line of outside text, cut and escaped. Cut first, as escaping what nobody will see takes time."""
        return self.words(one_line(text), limit)

    def words(self, text: str, limit: int) -> str:
        """Outside text, cut and escaped."""
        short = cut(text, limit)
        self.cut = self.cut or short is not text
        return escape(short)


def message_parts(reply: Reply, drawn: bool = False, next_page: PageButton | None = None) -> MessageParts:
    """The reply in parts, with its chart in words unless it is `drawn`."""
    parts = MessageParts()
    if reply.mention.isdecimal() and reply.mention.isascii():
        parts.mention = f"<@&{reply.mention}>"
    title = parts.line(reply.title, TITLE)
    parts.head += [f"### {title}"] if title else []
    text = parts.words(clean(reply.text), TEXT)
    parts.head += text.split("\n") if text else []
    parts.fields += _fields(parts, reply.fields)
    if reply.chart:
        alt = parts.line(reply.chart.alt, ALT)
        bars = [] if len(reply.chart.days) > DAYS else [spark(reply.chart)]
        parts.fields += [] if drawn else filter(None, [*bars, alt])
    parts.rows, typed = _actions(reply.actions, next_page)
    for section in (*reply.lists(), *typed):
        parts.lists += _list(parts, section)
    footer = parts.line(reply.footer, FOOTER)
    parts.footer += [f"-# {footer}"] if footer else []
    return parts


def _fields(parts: MessageParts, fields: Sequence[Field]) -> Iterator[str]:
    """The fields in lines, short ones side by side."""
    line = ""
    for one_field in fields:
        name, value = parts.line(one_field.name, NAME), parts.line(one_field.value, VALUE)
        text = " ".join(filter(None, [f"**{name}**" if name else "", value]))
        if line and utf16_length(line) + utf16_length(text) > LINE + 8:
            yield line
            line = ""
        line = f"{line} · {text}" if line and text else line or text
    if line:
        yield line


def _list(parts: MessageParts, section: Section) -> Iterator[str]:
    title = parts.line(section.title, HEADING)
    if parts.lists:
        yield ""
    if title:
        yield f"**{title}**"
    for item in section.items:
        yield _entry(parts, item)


def _entry(parts: MessageParts, item: ListItem) -> str:
    """A list item as one line."""
    words = one_line(item.text or item.note or item.url)
    short = cut(words, ITEM)
    parts.cut = parts.cut or short is not words
    line = link(short, item.url) if item.url else escape(short)
    note = parts.line(item.note, NOTE) if item.text else ""
    return "- " + (" · ".join(filter(None, [line, note])) or EMPTY)


def _actions(
    actions: Sequence[Action], next_page: PageButton | None
) -> tuple[tuple[ui.ActionRow[Any], ...], tuple[Section, ...]]:
    """The actions as rows of buttons and a menu, and those that fit in neither as a list of lines to type."""
    fitting: dict[str, Action] = {}
    typed = []
    for action in dict.fromkeys(actions):
        if action.line in fitting:
            # Discord refuses two buttons with the same id.
            continue
        if CommandButton.fits(action.line) and len(fitting) < ROW + CHOICES - 1:
            fitting[action.line] = action
        else:
            typed.append(ListItem(action.line, note=action.label))
    buttons: list[ui.Item[Any]] = [next_page] if next_page else []
    buttons += [CommandButton(_label(action), action.line, STYLES[action.style]) for action in fitting.values()]
    rows = [ui.ActionRow(*buttons[at : at + ROW]) for at in range(0, len(buttons), ROW)]
    if len(buttons) > BUTTONS:
        rest = list(fitting.values())[ROW - bool(next_page) :]
        rows = [rows[0], ui.ActionRow(CommandSelect([(_label(action), action.line) for action in rest]))]
    return tuple(rows), (Section("To type", tuple(typed)),) if typed else ()


def _label(action: Action) -> str:
    return cut(one_line(action.label) or action.line, LABEL)


def _width(lines: Sequence[str]) -> int:
    return sum(utf16_length(line) + 1 for line in lines)


def _shortened(lines: Sequence[str], room: int) -> str:
    """As many lines as fit into `room`, and a line that says how many are left."""
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
        # Half a long text is better than none, but half a link is no link.
        kept.append(cut(following, left - 1))
    rest = len(lines) - len(kept)
    return "\n".join([*kept, *([_more(rest)] if rest else [])])


def _more(count: int) -> str:
    return f"{ELLIPSIS}and {counted(count, 'more line')}"
