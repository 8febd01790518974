"""Any reply becomes messages that Slack accepts, and all of it can be read.

Where Slack's own descriptions are available (tests/loopback/slack_schema.py), each block is checked against them too.
"""

import re
from dataclasses import replace

import pytest
from hypothesis import given

from bot.slack.blocks.mrkdwn import LOOKALIKES, clean, one_line
from chat.reply import Field, Reply, Section, Table, TableRow
from tests.bot.slack.taken import taken
from tests.loopback.slack_rules import shown
from tests.replies import quick, replies, thorough


def tagged(reply: Reply) -> tuple[Reply, list[str]]:
    """The reply with a mark on each line and field, and the marks, by which they are found again."""
    marks: list[str] = []

    def mark(words: str) -> str:
        marks.append(f"No{len(marks)}.")
        return f"{marks[-1]} {words}"

    fields = tuple(Field(mark(field.name), field.value) for field in reply.fields)
    sections = tuple(
        Section(section.title, tuple(replace(item, text=mark(item.text)) for item in section.items))
        for section in reply.sections
    )
    table = reply.table and Table(
        reply.table.columns,
        tuple(
            TableRow(row.name, tuple(replace(cell, text=mark(cell.text)) for cell in row.cells))
            for row in reply.table.rows
        ),
    )
    return replace(reply, fields=fields, sections=sections, table=table), marks


def bare(text: str) -> str:
    """A text without what rendering may change: white space, and characters replaced by lookalikes."""
    text = text.translate(LOOKALIKES).replace("‹", "<").replace("›", ">")
    return re.sub(r"\s+", "", text)


def check(reply: Reply) -> None:
    """Slack accepts every message of a reply, and all of it can be read."""
    reply, marks = tagged(reply)
    written = taken(reply)
    said = shown(written)
    assert set(marks) <= set(re.findall(r"No\d+\.", said))
    # Each appears once, in order: a page begins where the one before it ended.
    assert [found for found in re.findall(r"No\d+\.", said) if found in marks] == sorted(marks, key=said.index)
    squeezed = bare(said)
    for word in clean(reply.text).split():
        assert len(word) > 100 or bare(word) in squeezed
    assert bare(clean(reply.footer))[:100] in squeezed
    assert bare(one_line(reply.title))[:60] in squeezed
    buttons = [one for blocks in written for block in blocks for one in block.get("elements", [])]
    lines = {one["value"] for one in buttons if "value" in one}
    left = [action for action in reply.actions if one_line(action.line) and action.line.strip() not in lines]
    assert not left or re.search(r"and \d+ more to type", said)


@given(replies)
@quick
def test_any_reply(reply: Reply) -> None:
    check(reply)


@pytest.mark.long
@given(replies)
@thorough
def test_two_thousand_replies(reply: Reply) -> None:
    check(reply)
