"""A Reply as Slack blocks. Pure; whatever the reply holds, Slack takes the message, and what was cut is told.

    header | text | figures | chart | lists ... | buttons | footer
             ^ these share the room that the rest leaves: small ones get all they need, large ones the same

The limits are Slack's (https://docs.slack.dev/reference/block-kit/blocks and
https://docs.slack.dev/reference/block-kit/block-elements/button-element), a little lower where a
message reads better for it.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from bot.slack.mrkdwn import address, clean, clip, cut, entities, label, line, link, size
from chat.plain import headline, plain, spark
from chat.reply import Action, Chart, Field, Item, Mood, Reply, Section

Block = dict[str, Any]
Part = Callable[[int], list[Block]]
"""A part of the message, written into the room it is given."""

BLOCKS = 50
"""Ours need 2 + 1 + 4 + 1 + 31 + 2 + 1 at most, so there is nothing to count at run time."""
HEADER = 150
SECTION = 3000
FIELDS = 10
"""Fields in one block; each may hold 2,000."""
BUTTONS = 25
BUTTON_LABEL = 75
BUTTON_VALUE = 2000
CONTEXT = 3000
"""A context block takes ten elements; we use one."""
TEXT = 4000
"""Of the plain text of a message: https://docs.slack.dev/reference/methods/chat.postMessage/#truncating"""
TOTAL = 12_000
"""Over all blocks. Slack documents none, but refused about 13,200 with msg_blocks_too_long (slackapi/bolt-js#2509)."""

TITLE = 1500
NOTICE = 1000
FIELD_NAME = 100
FIELD_VALUE = 500
FIGURES = 3 * FIELDS
LISTS = 30
LIST_TITLE = 150
ITEM = 300
NOTE = 150
ALL_VALUES = 2000
"""Of all buttons together, so that command lines do not use up the message."""
DAYS = 200
CHART_WORDS = 80
"""What stands beside the bars: two dates, and how many days are not shown."""
FOOTER = 1000
MORE = 300
"""Room for a line that names what was left out."""

MARKS = {Mood.CALM: "", Mood.SPIKE: "📈 ", Mood.TROUBLE: "⚠️ "}
"""Blocks have no colour; a screen reader says these as words, and the title says it anyway."""
NOTHING = "There is nothing to show."


def blocks(reply: Reply) -> list[Block]:
    """The reply as blocks."""
    head = _head(reply)
    tail = [*_buttons(reply.actions), *_footer(reply.footer)]
    parts = _parts(reply)
    whole = [part(SECTION) for part in parts]
    shares = _shares([_sum(found) for found in whole], TOTAL - _sum(head) - _sum(tail))
    body: list[Block] = []
    for part, found, room in zip(parts, whole, shares, strict=True):
        body += found if _sum(found) <= room else part(room)
    return [*head, *body, *tail] or [_section(NOTHING)]


def notification(reply: Reply) -> str:
    """The line that a notification shows, and all that a client without blocks shows."""
    return cut(line(headline(reply)), NOTICE) or NOTHING


def fallback(reply: Reply) -> str:
    """The whole reply as text, for the day Slack refuses our blocks; to be sent with `mrkdwn` off."""
    return cut(clean(plain(reply)), TEXT, entities) or NOTHING


def _head(reply: Reply) -> list[Block]:
    title = line(reply.title)
    if not title:
        return []
    mark = MARKS[reply.mood]
    header = mark + clip(title, HEADER - size(mark), label)
    return [_header(header)] if header == mark + label(title) else [_header(header), _section(cut(title, TITLE))]


def _parts(reply: Reply) -> list[Part]:
    parts: list[Part] = []
    text = clean(reply.text)
    if text:
        parts.append(lambda room: [_section(cut(text, min(room, SECTION)))])
    fields = [field for field in reply.fields if line(field.name) or clean(field.value)]
    if fields:
        parts.append(lambda room: _figures(fields, room))
    if reply.chart is not None and reply.chart.days:
        parts.append(_chart(reply.chart))
    sections = [section for section in reply.lists() if line(section.title) or section.items]
    for section in sections[:LISTS]:
        parts.append(_list(section))
    if sections[LISTS:]:
        rest = sections[LISTS:]
        names = ", ".join(line(section.title) for section in rest if line(section.title))
        said = f"…and {len(rest)} more lists: {names}"
        parts.append(lambda room: [_section(cut(said, min(room, MORE)))])
    return parts


def _figures(fields: Sequence[Field], room: int) -> list[Block]:
    written = [_figure(field) for field in fields[:FIGURES]]
    while written and sum(map(size, written)) > room - (MORE if len(written) < len(fields) else 0):
        written.pop()
    found: list[Block] = []
    for start in range(0, len(written), FIELDS):
        texts = [_mrkdwn(text) for text in written[start : start + FIELDS]]
        found.append({"type": "section", "fields": texts})
    rest = fields[len(written) :]
    if rest:
        names = ", ".join(line(field.name) for field in rest)
        found.append(_section(cut(f"…and {len(rest)} more figures: {names}", min(room, MORE))))
    return found


def _figure(field: Field) -> str:
    name = cut(line(field.name), FIELD_NAME)
    value = cut(clean(field.value), FIELD_VALUE)
    return "\n".join(text for text in (f"*{name}*" if name else "", value) if text)


def _chart(chart: Chart) -> Part:
    """The chart in words and as a line of bars: the picture is uploaded beside the message, if it can be."""

    def write(room: int) -> list[Block]:
        title = cut(line(chart.title), min(LIST_TITLE, room // 3))
        lines = [f"*{title}*"] if title else []
        days = max(min(len(chart.days), DAYS, room - size(title) - CHART_WORDS), 1)
        lines.append(f"`{spark(replace(chart, days=chart.days[-days:], counts=chart.counts[-days:]))}`")
        if days < len(chart.days):
            lines.append(f"…the last {days} of {len(chart.days):,} days")
        alt = cut(line(chart.alt), min(room, SECTION) - size("\n".join(lines)) - 1)
        return [_section("\n".join([*lines, alt] if alt else lines))]

    return write


def _list(section: Section) -> Part:
    def write(room: int) -> list[Block]:
        title = cut(line(section.title), min(LIST_TITLE, room // 3))
        lines = [f"*{title}*"] if title else []
        used = size(title) + 2
        for index, item in enumerate(section.items):
            text = f"• {_item(item)}"
            left = len(section.items) - index
            more = f"…and {left} more"
            used += size(text) + 1
            # The last one needs no room for "more" after it.
            if used + (size(more) + 1 if left > 1 else 0) > min(room, SECTION):
                lines.append(more)
                break
            lines.append(text)
        return [_section("\n".join(lines))]

    return write


def _item(item: Item) -> str:
    url = address(item.url)
    text = cut(line(item.text) or (line(item.url) if url else ""), ITEM)
    note = cut(line(item.note), NOTE)
    if url:
        text = link(text, url)
    elif line(item.url):
        # Not an address that may be followed (or far too long a one): shown, so that it is not lost.
        text = f"{text} {cut(line(item.url), NOTE)}".strip()
    return f"{text} ({note})" if note and text else text or note or "–"


def _buttons(actions: Sequence[Action]) -> list[Block]:
    buttons: list[Block] = []
    typed: list[str] = []
    values = 0
    for action in actions:
        value = action.line.strip()
        if not value:
            continue
        if len(buttons) == BUTTONS or size(value) > BUTTON_VALUE or values + size(value) > ALL_VALUES:
            typed.append(line(value))
            continue
        values += size(value)
        text = clip(line(action.label) or line(value), BUTTON_LABEL, label)
        plain_text = {"type": "plain_text", "text": text, "emoji": False}
        # Slack wants the id unique within a message; the line itself travels as the value.
        buttons.append({"type": "button", "action_id": f"say:{len(buttons)}", "text": plain_text, "value": value})
    found: list[Block] = [{"type": "actions", "elements": buttons}] if buttons else []
    if typed:
        found.append(_context(cut(f"…and {len(typed)} more to type: " + " · ".join(typed), MORE)))
    return found


def _footer(text: str) -> list[Block]:
    footer = cut(clean(text), FOOTER)
    return [_context(footer)] if footer else []


def _shares(needs: Sequence[int], room: int) -> list[int]:
    """The room divided: who needs little gets it all, the others the same."""
    given = [0] * len(needs)
    for done, (need, index) in enumerate(sorted((need, index) for index, need in enumerate(needs))):
        given[index] = min(need, room // (len(needs) - done))
        room -= given[index]
    return given


def _sum(found: Sequence[Block]) -> int:
    return sum(_letters(block) for block in found)


def _letters(value: Any) -> int:
    """What a block counts against TOTAL: every word that is shown or sent back."""
    if isinstance(value, dict):
        return sum(_letters(inner) for key, inner in value.items() if key not in ("type", "action_id"))
    if isinstance(value, list):
        return sum(map(_letters, value))
    return size(value) if isinstance(value, str) else 0


def _mrkdwn(text: str) -> Block:
    # verbatim: Slack adds no links or mentions of its own to outside words.
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _section(text: str) -> Block:
    return {"type": "section", "text": _mrkdwn(text)}


def _header(text: str) -> Block:
    return {"type": "header", "text": {"type": "plain_text", "text": text, "emoji": False}}


def _context(text: str) -> Block:
    return {"type": "context", "elements": [_mrkdwn(text)]}
