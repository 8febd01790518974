"""A Reply as a Discord message. Pure: no network, no clock, no drawing.

Figures stand first as fields, then the chart, then the lists: Discord shows an embed's description above
its fields, so that lists get an embed of their own wherever there is something to stand above them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO

import discord

from bot.discord.button import Say, fits
from bot.discord.markdown import clean, cut, escape, link, one_line, width
from chat.plain import plain, spark
from chat.reply import Action, Chart, Field, Item, Mood, Reply, Section

# https://docs.discord.com/developers/resources/message#embed-object-embed-limits
TITLE = 256
DESCRIPTION = 4096
FIELDS = 25
FIELD_NAME = 256
FIELD_VALUE = 1024
FOOTER = 2048
TOTAL = 6000
# https://docs.discord.com/developers/resources/message#create-message
CONTENT = 2000
# https://docs.discord.com/developers/components/reference#button
LABEL = 80
BUTTONS = 25
"""Five rows of five: https://docs.discord.com/developers/components/reference#action-row"""
# https://docs.discord.com/developers/reference#uploading-files
FILE = 10 * 1024 * 1024
ALT = 1024
"""https://docs.discord.com/developers/resources/message#attachment-object"""

# Shares of the total that one part may take, so that an outsized one leaves room for the others.
FOOTER_SHARE = 500
FIELDS_SHARE = 2000
SECTIONS_SHARE = 1500
HEADING = 100
ITEM = 300
NOTE = 200

PICTURE = "trend.png"
EMPTY = "\u200b"
"""A field must hold something: https://docs.discord.com/developers/resources/message#embed-object"""

COLOURS = {Mood.CALM: 0x3B82C4, Mood.SPIKE: 0xE8710A, Mood.TROUBLE: 0xC62828}


@dataclass(frozen=True)
class Message:
    """What one message is made of. Its files can be sent once."""

    embeds: tuple[discord.Embed, ...]
    files: tuple[discord.File, ...]
    buttons: tuple[Say, ...]


def render(reply: Reply, picture: bytes | None = None) -> Message:
    """The message for any reply; `picture` is its chart as PNG, without which the chart becomes words."""
    picture = picture if picture and len(picture) <= FILE else None
    chart = reply.chart
    buttons, typed = choose(reply.actions)
    sections = (*reply.lists(), *typed)
    title = safe(reply.title, TITLE)
    footer = cut(clean(reply.footer), min(FOOTER, FOOTER_SHARE))
    fields = list(figures(reply.fields))
    left = TOTAL - width(title) - width(footer) - sum(width(name) + width(value) for name, value in fields)

    words = escape(cut(clean(reply.text), DESCRIPTION))
    if chart and not picture:
        words = "\n\n".join(filter(None, [words, in_words(chart)]))
    text = cut(words, min(DESCRIPTION, left) - (SECTIONS_SHARE if sections else 0))
    left -= width(text)
    together = not fields and not picture
    gap = "\n\n" if text and sections else ""
    room = min(DESCRIPTION, left) if not together else min(DESCRIPTION - width(text), left) - len(gap)
    lists = listing(sections, room)

    colour = COLOURS[reply.mood]
    first = discord.Embed(title=title or None, description=text or None, colour=colour)
    for name, value in fields:
        first.add_field(name=name, value=value, inline=True)
    if picture:
        first.set_image(url=f"attachment://{PICTURE}")
    embeds = [first]
    if together:
        first.description = text + gap + lists or (None if title else EMPTY)
    elif lists:
        embeds.append(discord.Embed(description=lists, colour=colour))
    if footer:
        embeds[-1].set_footer(text=footer)
    alt = cut(clean(chart.alt), ALT) if chart else ""
    files = (discord.File(BytesIO(picture), PICTURE, description=alt or None),) if picture else ()
    return Message(tuple(embeds), files, buttons)


def content(reply: Reply) -> str:
    """The reply as a message of text alone: for when Discord refuses the rich one."""
    return cut(escape(cut(clean(plain(reply)), CONTENT)), CONTENT) or EMPTY


def choose(actions: Sequence[Action]) -> tuple[tuple[Say, ...], tuple[Section, ...]]:
    """The actions that can be buttons, and the others as a list of lines to type."""
    buttons: dict[str, Say] = {}
    typed = []
    for action in dict.fromkeys(actions):
        if action.line in buttons:
            # Two buttons of one custom_id are refused, and would say the same.
            continue
        if fits(action.line) and len(buttons) < BUTTONS:
            buttons[action.line] = Say(cut(one_line(action.label) or action.line, LABEL), action.line)
        else:
            typed.append(Item(action.line, note=action.label))
    return tuple(buttons.values()), (Section("To type", tuple(typed)),) if typed else ()


def figures(fields: Sequence[Field]) -> Iterator[tuple[str, str]]:
    """Names and values that fit, and how many do not."""
    left = FIELDS_SHARE
    for index, field in enumerate(fields):
        name = safe(field.name, FIELD_NAME) or EMPTY
        value = cut(escape(cut(clean(field.value), FIELD_VALUE)), FIELD_VALUE) or EMPTY
        left -= width(name) + width(value)
        if left < 0 or (index == FIELDS - 1 and len(fields) > FIELDS):
            yield EMPTY, more(len(fields) - index)
            return
        yield name, value


def listing(sections: Sequence[Section], room: int) -> str:
    """The lists within the room: each gets a fair part of it and says how much it left out."""
    sizes = [len(section.items) for section in sections]
    # Every list takes more than two characters, so there is no room for more of them than this.
    blocks = [[f"**{safe(section.title, HEADING) or EMPTY}**"] for section in sections[: room // 2]]
    while blocks and width(_compose(blocks, sizes)) > room:
        blocks.pop()
    growing = [index for index in range(len(blocks)) if sizes[index]]
    while growing:
        for index in list(growing):
            block, items = blocks[index], sections[index].items
            block.append(entry(items[len(block) - 1]))
            if width(_compose(blocks, sizes)) > room:
                block.pop()
                growing.remove(index)
            elif len(block) - 1 == len(items):
                growing.remove(index)
    return _compose(blocks, sizes)


def _compose(blocks: Sequence[Sequence[str]], sizes: Sequence[int]) -> str:
    texts = []
    for block, size in zip(blocks, sizes, strict=False):
        left_out = size - (len(block) - 1)
        texts.append("\n".join([*block, more(left_out)] if left_out else block))
    if len(blocks) < len(sizes):
        texts.append(f"…and more lists: {len(sizes) - len(blocks)}")
    return "\n\n".join(texts)


def entry(item: Item) -> str:
    """One line of a list."""
    words = cut(one_line(item.text or item.note or item.url), ITEM)
    line = link(words, item.url) if item.url else escape(words)
    note = safe(item.note, NOTE) if item.text else ""
    return "- " + (" · ".join(filter(None, [line, note])) or EMPTY)


def safe(text: str, limit: int) -> str:
    """One line of outside words within a limit. Cut before too: escaping what nobody will see takes time."""
    return cut(escape(cut(one_line(text), limit)), limit)


def in_words(chart: Chart) -> str:
    """A chart that could not be drawn: blocks, and what a reader would see."""
    return "\n".join(filter(None, [spark(chart), escape(cut(clean(chart.alt), ALT))]))


def more(count: int) -> str:
    """What stands in the place of what did not fit."""
    return f"…and {count} more"
