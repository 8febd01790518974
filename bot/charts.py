"""Draws charts as PNG for every platform that shows pictures. Pure: no clock, no locale, no state but the loaded font.

The card has its own background, so that it looks the same in light and dark themes, and large letters, because a phone
shows it at about a third of its size.
"""

import math
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from typing import Literal

from PIL import Image, ImageDraw, ImageFont, features

from chat.reply import Chart

FONT = Path(__file__).parent / "fonts" / "DejaVuSans.ttf"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

SIZE = (1200, 600)
SCALE = 2
"""Everything is drawn this much larger and averaged down, for smooth edges."""

# The plot's edges, and the vertical middles of the rows of text.
LEFT, RIGHT, TOP, BOTTOM = 132, 1124, 200, 526
TITLE_Y, LEGEND_Y, DAYS_Y = 58, 118, 562
MARGIN = 44
TITLE_SIZES = (44, 40, 36)
TEXT_SIZE = 34
MOST_BAR_WIDTH = 110.0
LEAST_BAR_HEIGHT = 4.0
LINE_WIDTH = 4

Colour = tuple[int, int, int]
CARD: Colour = (0xFB, 0xFA, 0xF7)
BORDER: Colour = (0xD9, 0xD5, 0xCC)
GRID: Colour = (0xE6, 0xE3, 0xDB)
AXIS: Colour = (0x8A, 0x86, 0x7D)
# Contrast on the card: text 14:1 and 7:1, bars at least 3:1. Bars differ in lightness too, not only in hue.
INK: Colour = (0x2A, 0x2A, 0x2E)
QUIET_INK: Colour = (0x56, 0x54, 0x4F)
BAND: Colour = (0xE3, 0xE9, 0xF1)
USUAL: Colour = (0x6E, 0x8F, 0xB8)
UNUSUAL: Colour = (0xB8, 0x3A, 0x0A)

TIMES_EXPECTED = 2.0
ROOTS_ABOVE = 3.0
"""A day stands out above TIMES_EXPECTED times the expected count, if it also exceeds it by this many square roots of
the expected count, as small counts jump by chance."""

LEAST_TOP = 4.0
"""Smallest top of the scale, so that a single story does not fill the chart."""
LARGEST = 999e12
"""Largest value drawn; the short labels have no unit beyond it."""
LONGEST_TITLE = 400
MOST_MARKS = 3
"""Accents kept on one letter; text with more is meant to spill over the picture."""
ZERO_WIDTH_NON_JOINER = "\u200c"
UNKNOWN = "\U0010ffff"
"""A character that no font has a glyph for."""

Anchor = Literal["lm", "mm", "rm", "mb"]


def chart_png(chart: Chart) -> bytes:
    """Draws a chart as a PNG of 1200 x 600 pixels: a bar for each day's stories, a line for the expected count.

    Raises ValueError unless there is one count and one expected count per day.
    """
    if not len(chart.days) == len(chart.counts) == len(chart.expected):
        raise ValueError(
            f"A chart needs one count and one expected value for each day, but this one has {len(chart.days)} days, "
            f"{len(chart.counts)} counts and {len(chart.expected)} expected values."
        )
    counts = [_sane(value) for value in chart.counts]
    expected = [_sane(value) for value in chart.expected]
    usual = [_sane(value) for value in chart.usual]
    # If the usual range is shown, it decides which days stand out.
    standing_out = (
        [count > most for count, most in zip(counts, usual, strict=True)]
        if usual
        else [_stands_out(count, mean) for count, mean in zip(counts, expected, strict=True)]
    )
    plot = _Plot(len(counts), max((LEAST_TOP, *counts, *expected, *usual)))
    pen = _Pen()

    pen.box(0, 0, *SIZE, BORDER)
    pen.box(3, 3, SIZE[0] - 3, SIZE[1] - 3, CARD)
    _title(pen, chart.title)
    _legend(pen, any(standing_out), bool(usual), bool(chart.told))
    if usual:
        _band(pen, plot, usual)
    _grid(pen, plot)
    if counts:
        _bars(pen, plot, counts, standing_out)
        pen.box(LEFT, BOTTOM - 1, RIGHT, BOTTOM + 1, AXIS)
        _expected(pen, plot, expected)
        _days(pen, plot, chart.days)
        # A cleared background would cut a hole into the band.
        _peak(pen, plot, counts, chart.days, clear=not usual)
        for day in chart.told:
            if day in chart.days:
                _flag(pen, plot, chart.days.index(day))
    else:
        pen.box(LEFT, BOTTOM - 1, RIGHT, BOTTOM + 1, AXIS)
        pen.text((LEFT + RIGHT) / 2, (TOP + BOTTOM) / 2, "No data", "mm", QUIET_INK, clear=True)
    return pen.png()


def charts_png(charts: Sequence[Chart]) -> bytes:
    """Draws several charts below each other in one PNG, 1200 pixels wide and 600 high per chart."""
    cards = [Image.open(BytesIO(chart_png(chart))) for chart in charts]
    sheet = Image.new("P", (SIZE[0], SIZE[1] * len(cards)))
    sheet.putpalette(_palette().getpalette() or [])
    for row, card in enumerate(cards):
        sheet.paste(card, (0, row * SIZE[1]))
    out = BytesIO()
    sheet.save(out, "PNG", optimize=True)
    return out.getvalue()


@dataclass(frozen=True)
class _Plot:
    """The position of days and values in the picture, in pixels."""

    length: int
    top: float

    @property
    def slot(self) -> float:
        return (RIGHT - LEFT) / max(self.length, 1)

    def x(self, index: int) -> float:
        """The middle of a day."""
        return LEFT + (index + 0.5) * self.slot

    def y(self, value: float) -> float:
        return BOTTOM - value / self.top * (BOTTOM - TOP)


class _Pen:
    """A picture being drawn, in the coordinates of the finished one."""

    def __init__(self) -> None:
        self.image = Image.new("RGB", (SIZE[0] * SCALE, SIZE[1] * SCALE), CARD)
        self.draw = ImageDraw.Draw(self.image)

    def box(self, left: float, top: float, right: float, bottom: float, colour: Colour) -> None:
        """A filled rectangle, never thinner than half a pixel."""
        x, y = round(left * SCALE), round(top * SCALE)
        self.draw.rectangle((x, y, max(x, round(right * SCALE) - 1), max(y, round(bottom * SCALE) - 1)), fill=colour)

    def line(self, points: Sequence[tuple[float, float]], width: int, colour: Colour) -> None:
        scaled = [(x * SCALE, y * SCALE) for x, y in points]
        self.draw.line(scaled, fill=colour, width=width * SCALE, joint="curve")

    def text(
        self, x: float, y: float, text: str, anchor: Anchor, colour: Colour, size: int = TEXT_SIZE, clear: bool = False
    ) -> None:
        """Draws text; with `clear` on a cleared background, so that no line runs through it."""
        at = (x * SCALE, y * SCALE)
        if clear:
            left, top, right, bottom = (edge / SCALE for edge in self.draw.textbbox(at, text, _font(size), anchor))
            self.box(left - 10, top - 6, right + 10, bottom + 6, CARD)
        self.draw.text(at, text, colour, _font(size), anchor)

    def png(self) -> bytes:
        out = BytesIO()
        small = self.image.reduce(SCALE).quantize(palette=_palette(), dither=Image.Dither.NONE)
        small.save(out, "PNG", optimize=True)
        return out.getvalue()


def _title(pen: _Pen, title: str) -> None:
    text, size = _fitted(_drawable(title), SIZE[0] - 2 * MARGIN)
    pen.text(MARGIN, TITLE_Y, text, "lm", INK, size)


def _legend(pen: _Pen, any_standing_out: bool, any_usual: bool, any_told: bool) -> None:
    x: float = MARGIN
    entries: list[tuple[str, Colour]] = [("stories a day", USUAL), ("expected", INK)]
    if any_usual:
        entries.append(("usual", BAND))
    if any_standing_out:
        entries.append(("above" if any_usual else "well above expected", UNUSUAL))
    if any_told:
        entries.append(("▲ alert", CARD))
    for name, colour in entries:
        if colour == CARD:
            pen.text(x, LEGEND_Y, name, "lm", INK)
            break
        if colour == INK:
            width = 44
            pen.box(x, LEGEND_Y - LINE_WIDTH / 2, x + width, LEGEND_Y + LINE_WIDTH / 2, colour)
        else:
            width = 28
            pen.box(x, LEGEND_Y - 14, x + width, LEGEND_Y + 14, colour)
        pen.text(x + width + 14, LEGEND_Y, name, "lm", QUIET_INK)
        x += width + 14 + _width(name, TEXT_SIZE) + 44


def _band(pen: _Pen, plot: _Plot, usual: Sequence[float]) -> None:
    """Shades the usual range, from zero up."""
    for index, value in enumerate(usual):
        x = plot.x(index)
        pen.box(x - plot.slot / 2, plot.y(value), x + plot.slot / 2, BOTTOM, BAND)


def _flag(pen: _Pen, plot: _Plot, index: int) -> None:
    """Marks a day on which an alert was sent, below the axis, clear of bars and numbers."""
    pen.text(plot.x(index), BOTTOM + 12, "▲", "mm", INK, size=22)


def _grid(pen: _Pen, plot: _Plot) -> None:
    step = _step(plot.top)
    for tick in range(int(plot.top // step) + 1):
        y = plot.y(tick * step)
        if tick:
            pen.box(LEFT, y - 1, RIGHT, y + 1, GRID)
        pen.text(LEFT - 16, y, _short(tick * step), "rm", QUIET_INK)


def _bars(pen: _Pen, plot: _Plot, counts: Sequence[float], standing_out: Sequence[bool]) -> None:
    half = min(plot.slot * 0.72, MOST_BAR_WIDTH) / 2
    for index, (count, unusual) in enumerate(zip(counts, standing_out, strict=True)):
        if count > 0:
            x, y = plot.x(index), min(plot.y(count), BOTTOM - LEAST_BAR_HEIGHT)
            pen.box(x - half, y, x + half, BOTTOM, UNUSUAL if unusual else USUAL)


def _expected(pen: _Pen, plot: _Plot, expected: Sequence[float]) -> None:
    """Draws the expected counts as a line from edge to edge, so that a single day has one too."""
    inner = [(plot.x(index), plot.y(value)) for index, value in enumerate(expected)]
    points = [(float(LEFT), inner[0][1]), *inner, (float(RIGHT), inner[-1][1])]
    pen.line(points, LINE_WIDTH, INK)


def _days(pen: _Pen, plot: _Plot, days: Sequence[date]) -> None:
    step = _days_between_ticks(len(days))
    for index in range(len(days) - 1, -1, -step):
        x, text = plot.x(index), _day(days[index])
        pen.box(x - 1, BOTTOM + 1, x + 1, BOTTOM + 11, AXIS)
        pen.text(_inside(x, text, TEXT_SIZE), DAYS_Y, text, "mm", QUIET_INK)


def _peak(pen: _Pen, plot: _Plot, counts: Sequence[float], days: Sequence[date], clear: bool) -> None:
    """Labels the highest day, the newest of equal ones, as people ask about recent days."""
    count, index = max((count, index) for index, count in enumerate(counts))
    if count == 0:
        pen.text((LEFT + RIGHT) / 2, (TOP + BOTTOM) / 2, "No stories on these days", "mm", QUIET_INK, clear=True)
        return
    text = f"{_exact(count)} on {_day(days[index])}"
    y = min(plot.y(count), BOTTOM - LEAST_BAR_HEIGHT) - 14
    pen.text(_inside(plot.x(index), text, TEXT_SIZE), y, text, "mb", INK, clear=clear)


def _inside(x: float, text: str, size: int) -> float:
    """The centre nearest to `x` at which the text stays on the card."""
    half = _width(text, size) / 2
    return min(max(x, LEFT + half), SIZE[0] - 32 - half)


def _sane(value: float) -> float:
    """The value if it can be drawn; 0 for NaN, infinite and negative values."""
    try:
        number = float(value)
    except OverflowError:
        return 0.0
    return min(number, LARGEST) if math.isfinite(number) and number > 0 else 0.0


def _stands_out(count: float, expected: float) -> bool:
    return count > TIMES_EXPECTED * expected and count - expected >= ROOTS_ABOVE * math.sqrt(max(expected, 1.0))


def _step(top: float) -> float:
    """The finest step of 1, 2, 5, 10, 20, … that fits fewer than four times below the top."""
    power = 10.0 ** max(math.floor(math.log10(top)) - 1, 0)
    return next(step for step in (power * factor for factor in (1, 2, 5, 10, 20, 50, 100)) if top / step < 4)


def _days_between_ticks(length: int) -> int:
    """Days between labels: 1, 2, 3 or whole weeks, so that there are at most five labels."""
    step = next((step for step in (1, 2, 3, 7) if step * 5 >= length), 14)
    while step * 5 < length:
        step *= 2
    return step


def _day(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]}"


def _short(value: float) -> str:
    """A value as a tick label: "40", "2.5K", "150M", "1.0B"."""
    if value < 1000:
        return f"{value:.0f}"
    for unit in "KMBT":
        value /= 1000
        if value < 9.95:
            return f"{value:.1f}{unit}"
        if value < 999.5:
            break
    return f"{value:.0f}{unit}"


def _exact(value: float) -> str:
    """A value as the peak's label: "41", "2.5", "41,532", and from 100,000 on as in the tick labels."""
    if value >= 99_999.5:
        return _short(value)
    if value >= 99.95 or value == round(value):
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 0.1 else "under 0.1"


def _drawable(title: str) -> str:
    """The title on one line, without control characters and direction overrides; "…" for what the font can't draw."""
    out: list[str] = []
    marks = 0
    for given in unicodedata.normalize("NFC", title[:LONGEST_TITLE]):
        char = " " if given.isspace() else given
        kind = unicodedata.category(char)
        if (kind in ("Cc", "Cf", "Cs") and char != ZERO_WIDTH_NON_JOINER) or _is_variation_selector(char):
            continue
        marks = marks + 1 if kind.startswith("M") else 0
        if marks > MOST_MARKS:
            continue
        known = _has_glyph(char)
        if not known:
            while out and out[-1] == " " and "…" in out[-2:-1]:
                out.pop()
        drawn = char if known else "…"
        if drawn in " …" and out and out[-1] == drawn:
            continue
        out.append(drawn)
    text = "".join(out).strip()
    return text if text.strip(" …") else "Stories a day"


def _is_variation_selector(char: str) -> bool:
    return "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"


@lru_cache(maxsize=4096)
def _has_glyph(char: str) -> bool:
    """Whether the font has a glyph for a character; right-to-left letters also need a shaping engine."""
    if unicodedata.bidirectional(char) in ("R", "AL") and not features.check("raqm"):
        return False
    return _ink(char) != _ink(UNKNOWN)


def _ink(char: str) -> tuple[tuple[int, int], bytes]:
    mask = _plain_font().getmask(char)
    return mask.size, bytes(mask)


@cache
def _plain_font() -> ImageFont.FreeTypeFont:
    """The font without shaping, which would move or replace a lone accent and hide that its glyph is missing."""
    return ImageFont.truetype(FONT, TEXT_SIZE, layout_engine=ImageFont.Layout.BASIC)


def _fitted(text: str, width: float) -> tuple[str, int]:
    """The text and a font size at which it fits the width, cut with "…" if no size does."""
    for size in TITLE_SIZES:
        if _width(text, size) <= width:
            return text, size

    def cut(length: int) -> str:
        return text[:length].rstrip(" …,;:-–—") + "…"

    fits = bisect_right(range(len(text) + 1), width, key=lambda length: _width(cut(length), TITLE_SIZES[-1]))
    return cut(max(fits - 1, 0)), TITLE_SIZES[-1]


def _width(text: str, size: int) -> float:
    return _font(size).getlength(text) / SCALE


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONT, size * SCALE)


@cache
def _palette() -> Image.Image:
    """All colours with their blends towards the card, so that smoothed edges keep their hue; at most 64 colours."""
    steps = 9
    colours = [CARD, BORDER, GRID, AXIS, BAND]
    for colour in (INK, QUIET_INK, USUAL, UNUSUAL):
        for step in range(1, steps + 1):
            colours.append(_mixed(CARD, colour, step / steps))
    for colour in (USUAL, UNUSUAL):
        colours.append(_mixed(AXIS, colour, 0.5))
    image = Image.new("P", (1, 1))
    image.putpalette([channel for colour in colours for channel in colour])
    return image


def _mixed(one: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue
