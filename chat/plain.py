"""A Reply as plain text: for the terminal, logs, and the notification line of a platform."""

from collections.abc import Iterator, Sequence

from chat.reply import Chart, Item, Reply

BLOCKS = "▁▂▃▄▅▆▇█"


def sparkline(values: Sequence[float]) -> str:
    """A line of blocks, one per value, scaled to the largest; "" for no values."""
    if not values:
        return ""
    heights = [value if value > 0 else 0.0 for value in values]  # not a number is not above 0 either
    top = max(1.0, *heights)
    last = len(BLOCKS) - 1
    return "".join(BLOCKS[round(height / top * last)] for height in heights)


def spark(chart: Chart) -> str:
    """A chart as one line of blocks with its span: "3 Mar ▁▁█ 31 May"."""
    if not chart.days:
        return ""
    first, last = chart.days[0], chart.days[-1]
    return f"{first.day} {first:%b} {sparkline(chart.counts)} {last.day} {last:%b %Y}"


def plain(reply: Reply) -> str:
    """The whole reply, with links written out."""
    return "\n".join(_lines(reply))


def headline(reply: Reply) -> str:
    """One line: what a notification or a log shows."""
    first = " ".join(reply.text.split("\n", 1)[0].split())
    return f"{reply.title}: {first}" if first else reply.title


def _lines(reply: Reply) -> Iterator[str]:
    yield reply.title
    if reply.text:
        yield reply.text
    if reply.fields:
        width = max(len(field.name) for field in reply.fields)
        for field in reply.fields:
            yield f"  {field.name:<{width}}  {field.value}"
    if reply.chart:
        yield f"  {spark(reply.chart)}"
    for section in reply.sections:
        yield ""
        yield section.title
        for item in section.items:
            yield f"  - {_item(item)}"
            if item.url:
                yield f"    {item.url}"
    if reply.actions:
        yield ""
        yield "Next: " + " · ".join(action.line for action in reply.actions)
    if reply.footer:
        yield ""
        yield reply.footer


def _item(item: Item) -> str:
    return f"{item.text} ({item.note})" if item.note and item.text else item.text or item.note
