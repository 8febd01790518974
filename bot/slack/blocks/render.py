"""A Reply as Slack blocks. Pure; whatever the reply holds, Slack takes the message, and what was cut is told.

    header | text | figures | chart | lists ... | buttons | footer

Slack's limits are in limits.py. Ours below are lower, so that a page has room for the largest line beside the largest
title, buttons, footer and chart: what must stand on every page takes at most 7,800 of TOTAL, a line with its list's
title 2,500, and a chart 1,500.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from bot.slack.blocks.limits import (
    ALT,
    BLOCKS,
    BUTTON_LABEL,
    BUTTON_VALUE,
    BUTTONS,
    FIELDS,
    HEADER,
    SECTION,
    TEXT,
    TOTAL,
)
from bot.slack.blocks.mrkdwn import (
    clean,
    clip,
    cut,
    escape,
    escape_entities,
    link,
    one_line,
    pieces,
    plain_label,
    safe_address,
    utf16_length,
)
from chat.page import split_pages
from chat.plain import plain, plain_headline, sparkline
from chat.reply import Action, Chart, Field, ListItem, Mood, Reply, Section, Style

Block = dict[str, Any]

TITLE = 1000
NOTICE = 1000
FIELD_NAME = 100
FIELD_VALUE = 1500
LIST_TITLE = 150
ITEM = 1000
NOTE = 300
ALL_VALUES = 1500
"""Of all buttons together, so that command lines do not use up the message."""
DAYS = 30
"""Bars of a chart's line: as many as stand in one line of a phone."""
FOOTER = 1000
MORE = 300
"""Room for a line that names what was left out."""

TURN = 500
"""The longest line that buttons bring back; longer ones are told of pages without a way to them."""
TURNS = 3 * (TURN + 25)
"""Room for them: forward, back, and share, each with the line and its label."""
GROUP = re.compile(r"S[A-Z0-9]{2,}")
"""https://docs.slack.dev/messaging/formatting-message-text#mentioning-groups"""

KEPT = 2048
"""Lines kept as they were written: to find where a page ends, each is looked at several times."""

MARKS = {Mood.CALM: "", Mood.SPIKE: "📈 ", Mood.TROUBLE: "⚠️ "}
"""Blocks have no colour; a screen reader says these as words, and the title says it anyway."""
NOTHING = "There is nothing to show."


def blocks(reply: Reply, page: int = 1, share: bool = False) -> list[Block]:
    """A page of the reply as blocks, with buttons for the pages beside it.

    `share` adds one that shows a private answer to everybody.
    """
    return page_blocks(reply, split_pages(reply, fits), page, share)


def page_blocks(reply: Reply, found: Sequence[Reply], page: int, share: bool = False) -> list[Block]:
    """The same of a reply whose pages are known."""
    number = min(max(page, 1), len(found))
    return _written(found[number - 1], _turns(reply, number, len(found), share))[0]


def fits(reply: Reply) -> bool:
    """Whether one message has room for all of it."""
    return _written(reply)[1]


def notification(reply: Reply) -> str:
    """The line that a notification shows, and all that a client without blocks shows."""
    return cut(one_line(plain_headline(reply)), NOTICE) or NOTHING


def fallback(reply: Reply) -> str:
    """The whole reply as text, for the day Slack refuses our blocks; to be sent with `mrkdwn` off."""
    return _ping(reply) + (cut(clean(plain(reply)), TEXT - MORE, escape_entities) or NOTHING)


def _turns(reply: Reply, number: int, last: int, share: bool) -> list[Block]:
    """Buttons that say the reply's line again: the answer to it is shown from another page on, or to everybody."""
    if not reply.line or utf16_length(reply.line) > TURN:
        return []
    turns = []
    if number < last:
        turns.append(button(f"More ({number + 1} of {last})", f"more:{number + 1}", reply.line))
    if number > 1:
        turns.append(button("Back", f"more:{number - 1}", reply.line))
    if share and reply.mood is not Mood.TROUBLE:
        turns.append(button("Share with channel", f"share:{number}", reply.line))
    return [{"type": "actions", "elements": turns}] if turns else []


def _ping(reply: Reply) -> str:
    """The user group that an admin chose; whatever is no id of one pings nobody."""
    return f"<!subteam^{reply.mention}> " if GROUP.fullmatch(reply.mention) else ""


def _written(reply: Reply, turns: Sequence[Block] = ()) -> tuple[list[Block], bool]:
    """The reply as one message, and whether there was room for all of it.

    A single long text is cut in its place, where that is seen: no other page would hold more of it.
    """
    ping = _ping(reply).strip()
    head = [*([section(ping)] if ping else []), *_head(reply)]
    tail = [*_buttons(reply.actions), *turns, *_footer(reply.footer)]
    body = [*_text(reply.text), *_figures(reply.fields)]
    if reply.chart is not None and reply.chart.days:
        body.append(_chart(reply.chart))
    for one in reply.lists():
        body += _list(one)
    # Room for the buttons of pages is kept free, whether they are there yet or not: else each page would differ.
    room = TOTAL - TURNS - MORE - counted_length(head) - counted_length(tail) + counted_length(turns)
    most = BLOCKS - 2 - len(head) - len(tail) + len(turns)
    for number, block in enumerate(body):
        room -= counted_length(block)
        if room < 0 or number == most:
            left = sum(len(text) for text in _texts(body[number:]))
            return [*head, *body[:number], context(f"…and {left:,} more characters"), *tail], False
    return [*head, *body, *tail] or [section(NOTHING)], True


def _head(reply: Reply) -> list[Block]:
    title = one_line(reply.title)
    if not title:
        return []
    mark = MARKS[reply.mood]
    header = mark + clip(title, HEADER - utf16_length(mark), plain_label)
    if header == mark + plain_label(title):
        return [_header(header)]
    return [_header(header), section(cut(title, TITLE))]


def _text(text: str) -> list[Block]:
    return [section(escape(piece)) for piece in pieces(clean(text), SECTION)]


def _figures(fields: Sequence[Field]) -> list[Block]:
    written = [text for text in map(_figure, fields) if text]
    return [
        {"type": "section", "fields": [mrkdwn_object(text) for text in written[start : start + FIELDS]]}
        for start in range(0, len(written), FIELDS)
    ]


@lru_cache(KEPT)
def _figure(field: Field) -> str:
    name = cut(one_line(field.name), FIELD_NAME)
    value = cut(clean(field.value), FIELD_VALUE)
    return "\n".join(text for text in (f"*{name}*" if name else "", value) if text)


def _chart(chart: Chart) -> Block:
    """The chart in words and as a line of bars: the picture is uploaded beside the message, if it can be."""
    title = cut(one_line(chart.title), LIST_TITLE)
    lines = [f"*{title}*"] if title else []
    # Every day is in the picture, and the words below tell what it shows: fewer bars are no loss.
    days, counts = chart.days[-DAYS:], chart.counts[-DAYS:]
    rest = f" (the last {len(days)} of {len(chart.days):,} days)" if len(days) < len(chart.days) else ""
    lines.append(f"`{sparkline(counts)}` {_day(days[0])} to {_day(days[-1])} {days[-1]:%Y}{rest}")
    alt = cut(one_line(chart.alt), ALT)
    return section("\n".join([*lines, alt] if alt else lines))


def _day(when: date) -> str:
    return f"{when.day} {when:%b}"


def _list(one: Section) -> list[Block]:
    title = cut(one_line(one.title), LIST_TITLE)
    lines = [f"*{title}*"] if title else []
    lines += [f"• {_item(item)}" for item in one.items]
    return [section(text) for text in _packed(lines, SECTION)]


@lru_cache(KEPT)
def _item(item: ListItem) -> str:
    url = safe_address(item.url)
    text = cut(one_line(item.text) or (one_line(item.url) if url else ""), ITEM)
    note = cut(one_line(item.note), NOTE)
    if url:
        text = link(text, url)
    elif one_line(item.url):
        # Not an address that may be followed (or far too long a one): shown, so that it is not lost.
        text = f"{text} {cut(one_line(item.url), NOTE)}".strip()
    return f"{text} ({note})" if note and text else text or note or "–"


def _buttons(actions: Sequence[Action]) -> list[Block]:
    buttons: list[Block] = []
    typed: list[str] = []
    values = 0
    for action in actions:
        value = action.line.strip()
        if not one_line(value):
            continue
        if len(buttons) == BUTTONS or utf16_length(value) > BUTTON_VALUE or values + utf16_length(value) > ALL_VALUES:
            typed.append(one_line(value))
            continue
        values += utf16_length(value)
        # Slack wants the id unique within a message; the line itself travels as the value.
        made = button(_label(action), f"say:{len(buttons)}", value)
        if action.style is not Style.NORMAL:
            made["style"] = action.style.value
        buttons.append(made)
    found: list[Block] = [{"type": "actions", "elements": buttons}] if buttons else []
    if typed:
        found.append(context(cut(f"…and {len(typed)} more to type: " + " · ".join(typed), MORE)))
    return found


@lru_cache(KEPT)
def _label(action: Action) -> str:
    return clip(one_line(action.label) or one_line(action.line), BUTTON_LABEL, plain_label)


def _footer(text: str) -> list[Block]:
    footer = cut(clean(text), FOOTER)
    return [context(footer)] if footer else []


def _packed(lines: Iterable[str], room: int) -> list[str]:
    """The lines, as many in one text as it holds."""
    texts: list[str] = []
    used = room
    for one in lines:
        used += utf16_length(one) + 1
        if used > room:
            texts.append(one)
            used = utf16_length(one)
        else:
            texts[-1] += f"\n{one}"
    return texts


def _texts(value: Any) -> list[str]:
    """All words that are shown."""
    if isinstance(value, dict):
        return [text for key, inner in value.items() if key != "type" for text in _texts(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in _texts(inner)]
    return [value] if isinstance(value, str) else []


def counted_length(value: Any) -> int:
    """What blocks count against TOTAL: every word that is shown or sent back."""
    if isinstance(value, dict):
        return sum(counted_length(inner) for key, inner in value.items() if key not in ("type", "action_id"))
    if isinstance(value, list):
        return sum(map(counted_length, value))
    return utf16_length(value) if isinstance(value, str) else 0


def mrkdwn_object(text: str) -> Block:
    """Already written text, as Slack's text object."""
    # verbatim: Slack adds no links or mentions of its own to outside words.
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def plain_text_object(text: str) -> Block:
    """Words without markup, as Slack's text object."""
    return {"type": "plain_text", "text": text, "emoji": False}


def section(text: str) -> Block:
    """A paragraph of already written text."""
    return {"type": "section", "text": mrkdwn_object(text)}


def context(text: str) -> Block:
    """A small line of already written text."""
    return {"type": "context", "elements": [mrkdwn_object(text)]}


def button(text: str, action: str, value: str) -> Block:
    """A button; `action` must be unique within the message, `value` comes back when it is pressed."""
    return {"type": "button", "action_id": action, "text": plain_text_object(text), "value": value}


def _header(text: str) -> Block:
    return {"type": "header", "text": plain_text_object(text)}
