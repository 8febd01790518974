"""Formats names, moments and numbers for replies. Pure."""

from collections.abc import Sequence
from datetime import date, datetime

from models.entity import Entity


def day_words(when: date) -> str:
    """Returns a day as "9 Apr 2026"."""
    return f"{when.day} {when:%b %Y}"


def time_words(when: datetime) -> str:
    """Returns a UTC moment as "9 Apr 2026, 15:00 UTC"."""
    return f"{day_words(when)}, {when:%H:%M} UTC"


def joined_names(entities: Sequence[Entity]) -> str:
    """Returns the displayed name, or a pair as "Meta + Muse Spark"."""
    return " + ".join(entity.name for entity in entities)


def width_words(width: int) -> str:
    """Returns a window's length, given in hours: "24 hours", "7 days"."""
    return f"{width} hours" if width <= 48 else f"{width // 24} days"


def decimals(value: float, places: int) -> str:
    """Returns a figure with this many decimal places, never "-0.0"."""
    return f"{round(value, places) + 0.0:.{places}f}"


def counted(n: int, singular: str, plural: str = "") -> str:
    """Returns a number with its noun: "1 spike", "2 spikes"."""
    return f"{n:,} {singular if n == 1 else plural or singular + 's'}"


def stories_words(n: int) -> str:
    """Returns a number of stories: "1 story", "41 stories"."""
    return counted(n, "story", "stories")


def capitalised(words: str) -> str:
    """Returns words with a capital first letter."""
    return words[:1].upper() + words[1:]


def alternatives(words: Sequence[str]) -> str:
    """Returns a choice: "Meta", "Meta or MetaX", "Meta, MetaX or MTIA"."""
    return " or ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def two_digits(value: float) -> str:
    """Returns a number to two significant digits: 1,400,000 for 1,437,201."""
    return f"{float(f'{value:.2g}'):,.0f}" if value >= 10 else f"{value:.2g}"
