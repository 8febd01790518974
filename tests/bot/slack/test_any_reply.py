"""Any reply whatsoever becomes messages that Slack takes, with nothing lost between them.

Where Slack's own descriptions are at hand (tests/loopback/slack_schema.py), each block is held against them too.
"""

import re
from dataclasses import replace
from itertools import count

from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import strategies as some

from bot.slack.blocks.mrkdwn import LOOKALIKES, clean, one_line
from chat.reply import Action, Field, ListItem, Mood, Reply, Section, Style, Table, TableRow
from tests.bot.slack.blocks.test_render import HOSTILE, chart
from tests.bot.slack.taken import taken
from tests.loopback.slack_rules import shown

EXAMPLES = 2000

WORDS = some.text(max_size=30) | some.sampled_from([words[:300] for words in HOSTILE.values()])
TEXTS = WORDS | some.builds(lambda words, times: f"{words} " * times, some.text(max_size=20), some.integers(1, 60))
FEW = some.integers(0, 2) | some.integers(0, 12)


@some.composite
def replies(draw: some.DrawFn) -> Reply:
    """A reply of any size. Its texts are a few, used over and over: to draw each by itself takes ten times as long."""
    pool = draw(some.lists(TEXTS, min_size=1, max_size=4))
    sizes = draw(some.lists(FEW, min_size=9, max_size=9))
    seed = draw(some.integers(0, 99))
    used = count(seed)

    def text() -> str:
        return pool[next(used) % len(pool)]

    def item() -> ListItem:
        url = text()
        return ListItem(text(), (url, f"https://example.com/{url}", "")[next(used) % 3], text()[:400])

    def section() -> Section:
        return Section(text(), tuple(items) * sizes[8])

    items = [item() for _ in range(sizes[0] % 4 + 1)]
    columns = tuple(text()[:100] for _ in range(sizes[1] % 4 + 1))
    row = TableRow(text(), tuple(items[at % len(items)] for at in range(len(columns))))
    return Reply(
        text(),
        text() * sizes[2],
        tuple(Field(text(), text()) for _ in range(sizes[3])),
        tuple(section() for _ in range(sizes[4] % 5)),
        chart(seed * 3, text()) if sizes[5] % 2 else None,
        tuple(Action(text(), text().strip() or "/help", list(Style)[at % 3]) for at in range(sizes[6])),
        text(),
        list(Mood)[seed % 3],
        bool(seed % 2),
        Table(columns, (row,) * sizes[7]) if seed % 5 else None,
        "/facts Meta" if seed % 3 else f"/ask {text()}",
    )


def tagged(reply: Reply) -> tuple[Reply, list[str]]:
    """The reply with a mark on each line and figure, by which it can be found again."""
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
    """A text without what writing it for Slack may change: spaces, and signs that have doubles."""
    text = text.translate(LOOKALIKES).replace("‹", "<").replace("›", ">")
    return re.sub(r"\s+", "", text)


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
    # A reply that fails is not made smaller first: with texts of this size that takes hours.
    phases=[Phase.generate],
    verbosity=Verbosity.quiet,
)
@given(replies())
def test_any_reply_is_taken_and_nothing_of_it_is_lost(reply: Reply):
    reply, marks = tagged(reply)
    written = taken(reply)
    said = shown(written)
    assert set(marks) <= set(re.findall(r"No\d+\.", said))
    # Each stands in one place alone: a page begins where the one before it ended.
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
