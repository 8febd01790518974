"""Renders a reply as Slack blocks. Pure. Slack accepts the blocks of any reply, and what was cut is marked.

    header | text | fields | chart | lists ... | buttons | footer

Slack's limits are in limits.py. The limits below are our own and lower, so that a page has room for the longest line
beside the longest title, buttons, footer and chart: what is on every page takes at most 7,800 of TOTAL, a line with
its list's title 2,500, and a chart 1,500. All lengths are in UTF-16 units.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from bot.outside_text import utf16_length
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
"""Values of all buttons together, so that command lines do not use up the message."""
DAYS = 30
"""Bars in the line of a chart: as many as fit in one line on a phone."""
FOOTER = 1000
MORE = 300
"""Room for the line that says what was left out."""

PAGED_LINE = 500
"""Longest command line that page buttons carry; a reply to a longer one has no page buttons."""
PAGE_BUTTONS = 3 * (PAGED_LINE + 25)
"""Room for the page buttons: more, back and share, each with the line and its label."""
GROUP = re.compile(r"S[A-Z0-9]{2,}")
"""The id of a user group: https://docs.slack.dev/messaging/formatting-message-text#mentioning-groups"""

CACHED = 2048
"""Rendered lines that are cached: each is needed several times to find where a page ends."""

MARKS = {Mood.CALM: "", Mood.SPIKE: "📈 ", Mood.TROUBLE: "⚠️ "}
"""Marks of a reply's mood, as blocks have no colour; the title says the same in words."""
NOTHING = "There is nothing to show."


def blocks(reply: Reply, page: int = 1, share: bool = False) -> list[Block]:
    """A page of the reply as blocks, with buttons to the pages before and after it.

    `share` adds a button that shows a private answer to everyone.
    """
    return page_blocks(reply, split_pages(reply, fits), page, share)


def page_blocks(reply: Reply, pages: Sequence[Reply], page: int, share: bool = False) -> list[Block]:
    """Like `blocks`, for a reply that is already split into pages."""
    number = min(max(page, 1), len(pages))
    return _render(pages[number - 1], _page_buttons(reply, number, len(pages), share))[0]


def fits(reply: Reply) -> bool:
    """Whether the whole reply fits into one message."""
    return _render(reply)[1]


def notification(reply: Reply) -> str:
    """The line shown in notifications and by clients without blocks."""
    return cut(one_line(plain_headline(reply)), NOTICE) or NOTHING


def fallback(reply: Reply) -> str:
    """The reply as plain text in case Slack refuses the blocks; to be sent with `mrkdwn` off."""
    return _ping(reply) + (cut(clean(plain(reply)), TEXT - MORE, escape_entities) or NOTHING)


def _page_buttons(reply: Reply, number: int, last: int, share: bool) -> list[Block]:
    """Buttons that run the reply's line again, to show another page of the answer or to show it to everyone."""
    if not reply.line or utf16_length(reply.line) > PAGED_LINE:
        return []
    buttons = []
    if number < last:
        buttons.append(button(f"More ({number + 1} of {last})", f"more:{number + 1}", reply.line))
    if number > 1:
        buttons.append(button("Back", f"more:{number - 1}", reply.line))
    if share and reply.mood is not Mood.TROUBLE:
        buttons.append(button("Share with channel", f"share:{number}", reply.line))
    return [{"type": "actions", "elements": buttons}] if buttons else []


def _ping(reply: Reply) -> str:
    """The mention of the user group that an admin chose, "" for anything that is not a group's id."""
    return f"<!subteam^{reply.mention}> " if GROUP.fullmatch(reply.mention) else ""


def _render(reply: Reply, page_buttons: Sequence[Block] = ()) -> tuple[list[Block], bool]:
    """The reply as one message, and whether all of it fitted.

    A single text that is too long is cut with a visible mark: no other page could hold more of it.
    """
    ping = _ping(reply).strip()
    head = [*([section(ping)] if ping else []), *_head(reply)]
    tail = [*_buttons(reply.actions), *page_buttons, *_footer(reply.footer)]
    body = [*_text(reply.text), *_fields(reply.fields)]
    if reply.chart is not None and reply.chart.days:
        body.append(_chart(reply.chart))
    for listed in reply.lists():
        body += _list(listed)
    # Room for page buttons is always reserved, so that where pages end does not depend on the buttons.
    room = TOTAL - PAGE_BUTTONS - MORE - counted_length(head) - counted_length(tail) + counted_length(page_buttons)
    most = BLOCKS - 2 - len(head) - len(tail) + len(page_buttons)
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


def _fields(fields: Sequence[Field]) -> list[Block]:
    written = [text for text in map(_field, fields) if text]
    return [
        {"type": "section", "fields": [mrkdwn_object(text) for text in written[start : start + FIELDS]]}
        for start in range(0, len(written), FIELDS)
    ]


@lru_cache(CACHED)
def _field(field: Field) -> str:
    name = cut(one_line(field.name), FIELD_NAME)
    value = cut(clean(field.value), FIELD_VALUE)
    return "\n".join(text for text in (f"*{name}*" if name else "", value) if text)


def _chart(chart: Chart) -> Block:
    """The chart in words and as a line of bars; its picture is uploaded separately."""
    title = cut(one_line(chart.title), LIST_TITLE)
    lines = [f"*{title}*"] if title else []
    # Fewer bars lose nothing: all days are in the picture, and the words below say what it shows.
    days, counts = chart.days[-DAYS:], chart.counts[-DAYS:]
    rest = f" (the last {len(days)} of {len(chart.days):,} days)" if len(days) < len(chart.days) else ""
    lines.append(f"`{sparkline(counts)}` {_day(days[0])} to {_day(days[-1])} {days[-1]:%Y}{rest}")
    alt = cut(one_line(chart.alt), ALT)
    return section("\n".join([*lines, alt] if alt else lines))


def _day(when: date) -> str:
    return f"{when.day} {when:%b}"


def _list(listed: Section) -> list[Block]:
    title = cut(one_line(listed.title), LIST_TITLE)
    lines = [f"*{title}*"] if title else []
    lines += [f"• {_item(item)}" for item in listed.items]
    return [section(text) for text in _packed(lines, SECTION)]


@lru_cache(CACHED)
def _item(item: ListItem) -> str:
    url = safe_address(item.url)
    text = cut(one_line(item.text) or (one_line(item.url) if url else ""), ITEM)
    note = cut(one_line(item.note), NOTE)
    if url:
        text = link(text, url)
    elif one_line(item.url):
        # An address that can't be linked, or is far too long, is shown as text so that it is not lost.
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
        # Slack requires ids that are unique within a message; the line itself is the value.
        rendered = button(_label(action), f"say:{len(buttons)}", value)
        if action.style is not Style.NORMAL:
            rendered["style"] = action.style.value
        buttons.append(rendered)
    result: list[Block] = [{"type": "actions", "elements": buttons}] if buttons else []
    if typed:
        result.append(context(cut(f"…and {len(typed)} more to type: " + " · ".join(typed), MORE)))
    return result


@lru_cache(CACHED)
def _label(action: Action) -> str:
    return clip(one_line(action.label) or one_line(action.line), BUTTON_LABEL, plain_label)


def _footer(text: str) -> list[Block]:
    footer = cut(clean(text), FOOTER)
    return [context(footer)] if footer else []


def _packed(lines: Iterable[str], room: int) -> list[str]:
    """The lines joined into texts, each as full as `room` allows."""
    texts: list[str] = []
    used = room
    for line in lines:
        used += utf16_length(line) + 1
        if used > room:
            texts.append(line)
            used = utf16_length(line)
        else:
            texts[-1] += f"\n{line}"
    return texts


def _texts(value: Any) -> list[str]:
    """All texts that blocks show."""
    if isinstance(value, dict):
        return [text for key, inner in value.items() if key != "type" for text in _texts(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in _texts(inner)]
    return [value] if isinstance(value, str) else []


def counted_length(value: Any) -> int:
    """The length of blocks that counts against TOTAL: all texts that are shown, and all values."""
    if isinstance(value, dict):
        return sum(counted_length(inner) for key, inner in value.items() if key not in ("type", "action_id"))
    if isinstance(value, list):
        return sum(map(counted_length, value))
    return utf16_length(value) if isinstance(value, str) else 0


def mrkdwn_object(text: str) -> Block:
    """Slack's text object for escaped text."""
    # verbatim keeps Slack from adding links or mentions.
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def plain_text_object(text: str) -> Block:
    """Slack's text object for text without markup."""
    return {"type": "plain_text", "text": text, "emoji": False}


def section(text: str) -> Block:
    """A paragraph of escaped text."""
    return {"type": "section", "text": mrkdwn_object(text)}


def context(text: str) -> Block:
    """A small line of escaped text."""
    return {"type": "context", "elements": [mrkdwn_object(text)]}


def button(text: str, action: str, value: str) -> Block:
    """A button; `action` must be unique within the message, `value` comes back when it is pressed."""
    return {"type": "button", "action_id": action, "text": plain_text_object(text), "value": value}


def _header(text: str) -> Block:
    return {"type": "header", "text": plain_text_object(text)}
