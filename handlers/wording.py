"""How names, moments and numbers are written in replies. Pure."""

from datetime import date, datetime

from models.entity import Entity


def day_words(when: date) -> str:
    """A day in words: 9 Apr 2026."""
    return f"{when.day} {when:%b %Y}"


def time_words(when: datetime) -> str:
    """A moment in words: 9 Apr 2026, 15:00 UTC."""
    return f"{day_words(when)}, {when:%H:%M} UTC"


def joined_names(found: list[Entity]) -> str:
    """The displayed name, or both with a plus."""
    return " + ".join(entity.name for entity in found)


def width_words(width: int) -> str:
    """A window's length in words."""
    return f"{width} hours" if width <= 48 else f"{width // 24} days"


def decimals(value: float, places: int) -> str:
    """A figure to some places, never "-0.0"."""
    return f"{round(value, places) + 0.0:.{places}f}"


def counted(n: int, one: str, many: str = "") -> str:
    """A number with its noun."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def two_digits(value: float) -> str:
    """A number to two places that count: 1,400,000 for 1,437,201."""
    return f"{float(f'{value:.2g}'):,.0f}" if value >= 10 else f"{value:.2g}"
