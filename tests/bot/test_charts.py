"""The drawn chart, looked at as pixels."""

import math
import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO

import pytest
from PIL import Image, features

from bot import charts
from chat.reply import Chart

TODAY = date(2026, 4, 9)


def chart(counts, expected=None, title="Meta × Muse Spark"):
    days = tuple(TODAY - timedelta(days=ago) for ago in reversed(range(len(counts))))
    return Chart(title, days, tuple(counts), tuple(expected or [1.0] * len(counts)), "")


def drawn(a_chart):
    image = Image.open(BytesIO(charts.chart_png(a_chart)))
    image.load()
    return image.convert("RGB")


def bar(image, index, length):
    """The colour of a day's bar and its height in pixels; the line of the expected may cross it."""
    x = round(charts.LEFT + (index + 0.5) * (charts.RIGHT - charts.LEFT) / length)
    inked = [(image.getpixel((x, y)), y) for y in range(charts.TOP - 20, charts.BOTTOM - 2)]
    found = [(colour, y) for colour, y in inked if colour in (charts.USUAL, charts.UNUSUAL)]
    return (found[0][0], charts.BOTTOM - found[0][1]) if found else (None, 0)


def title_ink(image):
    """What stands in the row of the title."""
    return image.crop((charts.MARGIN, 20, 1190, 95)).tobytes()


QUIET_THEN_SPIKE = chart([1, 0, 2] * 9 + [1, 2, 41])
RANDOM = random.Random(7)
HOT = chart([max(0, round(RANDOM.gauss(60, 15))) for _ in range(90)], [60 + 9 * math.sin(i / 3) for i in range(90)])


@pytest.mark.parametrize(
    "a_chart",
    [
        QUIET_THEN_SPIKE,
        HOT,
        chart([]),
        chart([7]),
        chart([0]),
        chart([0] * 30, [0.0] * 30),
        chart([0] * 30, [3.5] * 30),
        chart([1e9, 2.5e9, 3]),
        chart([1e308, 10**400, 1]),
        chart([1, 2, 3], [1e308, 0, 0]),
        chart([math.nan, math.inf, -math.inf, -4, 2.5], [math.nan, math.inf, -1, 0, 1]),
        chart([0.01] * 5, [0.001] * 5),
        chart([i * 7919 % 97 for i in range(1500)]),
        chart([5] * 7, title="A very long title " * 100),
        chart([5] * 7, title="W" * 100_000),
    ],
)
def test_a_small_png(a_chart):
    raw = charts.chart_png(a_chart)
    image = Image.open(BytesIO(raw))
    image.load()
    assert (image.format, image.size, image.mode) == ("PNG", (1200, 600), "P")
    assert len(raw) <= 40 * 1024


def test_spike_is_highest_and_in_its_own_colour():
    image = drawn(QUIET_THEN_SPIKE)
    bars = [bar(image, index, 30) for index in range(30)]
    assert bars[-1] == (charts.UNUSUAL, charts.BOTTOM - charts.TOP)
    assert {colour for colour, _ in bars[:-1]} == {charts.USUAL, None}
    assert max(height for _, height in bars[:-1]) < bars[-1][1] / 10


def test_heights_are_in_proportion():
    image = drawn(chart([10, 20, 40, 0], [0.0] * 4))
    heights = [bar(image, index, 4)[1] for index in range(4)]
    assert heights[2] == charts.BOTTOM - charts.TOP
    assert heights[1] == pytest.approx(heights[2] / 2, abs=1)
    assert heights[0] == pytest.approx(heights[2] / 4, abs=1)
    assert heights[3] == 0


def test_ninety_days_all_have_their_bar():
    image = drawn(HOT)
    top = max(*HOT.counts, *HOT.expected)
    for index, count in enumerate(HOT.counts):
        line = HOT.expected[index]
        if abs(count - line) > 3:  # else the line hides the bar's top
            height = count / top * (charts.BOTTOM - charts.TOP)
            assert bar(image, index, 90)[1] == pytest.approx(height, abs=2)


def test_a_small_count_beside_a_huge_one_is_seen():
    assert bar(drawn(chart([1, 1e9, 1], [0.0] * 3)), 0, 3) == (charts.USUAL, charts.LEAST_BAR_HEIGHT)


def test_expected_line_stands_where_expected():
    image = drawn(chart([0] * 10, [4.0, 4.0] + [2.0] * 8))
    middle = (charts.TOP + charts.BOTTOM) // 2
    assert image.getpixel((charts.RIGHT - 20, middle)) == charts.INK
    assert image.getpixel((charts.LEFT + 20, charts.TOP)) == charts.INK
    assert image.getpixel((charts.LEFT + 20, middle)) != charts.INK


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, -5.0, 10**400])
def test_what_is_no_count_is_nothing(bad):
    assert charts.chart_png(chart([3, bad, 8], [2, bad, 2])) == charts.chart_png(chart([3, 0, 8], [2, 0, 2]))


@pytest.mark.parametrize(
    ("count", "usual", "stands_out"),
    [(41, 1.5, True), (2, 0.5, False), (4, 1, True), (3, 1, False), (3, 0, True), (130, 100, False), (201, 100, True)],
)
def test_what_stands_out(count, usual, stands_out):
    colour, _ = bar(drawn(chart([0, count], [usual] * 2)), 1, 2)
    assert colour == (charts.UNUSUAL if stands_out else charts.USUAL)


@pytest.mark.parametrize(("count", "stands_out"), [(16, False), (17, False), (18, True)])
def test_where_a_band_is_shown_what_is_in_it_is_usual(count, stands_out):
    banded = replace(chart([0, count], [1.0, 1.0]), usual=(17.0, 17.0))
    colour, _ = bar(drawn(banded), 1, 2)
    assert colour == (charts.UNUSUAL if stands_out else charts.USUAL)


def test_no_hole_in_the_band_under_the_number():
    banded = replace(chart([2, 8, 2], [1.0] * 3), usual=(20.0,) * 3)
    image = drawn(banded)
    number = int(charts.BOTTOM - (charts.BOTTOM - charts.TOP) * 8 / 20) - 16
    row = {image.getpixel((x, number)) for x in range(charts.LEFT + 10, charts.RIGHT - 10)}
    assert charts.CARD not in row
    assert charts.BAND in row


def test_same_input_same_bytes_also_in_threads():
    several = [QUIET_THEN_SPIKE, HOT, chart([0] * 7), chart([3, 4], title="深度 العربية DeepSeek")] * 4
    alone = [charts.chart_png(one) for one in several]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(charts.chart_png, several)) == alone


@pytest.mark.parametrize(
    ("days", "counts", "expected"), [(3, (1.0, 2.0), (1.0,) * 3), (3, (1.0,) * 3, ()), (0, (1.0,), (1.0,))]
)
def test_lengths_that_differ_are_refused(days, counts, expected):
    with pytest.raises(ValueError, match=rf"^A chart needs one count .* has {days} days, .*\.$"):
        charts.chart_png(Chart("Meta", (TODAY,) * days, counts, expected, ""))


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Meta × Muse Spark", "Meta × Muse Spark"),
        ("通义千问 (Qwen) × 深度求索", "… (Qwen) × …"),
        ("中文 中文 中文 Meta", "… Meta"),
        ("Qwen 中文…", "Qwen …"),
        ("最近の 話題", "Stories a day"),
        ("", "Stories a day"),
        (" \n\t ", "Stories a day"),
        ("Me\x00ta\u202e\u2066 a\x1b[1m\nb\u2028c\u2029d\x85e\ud800", "Meta a[1m b c d e"),
        ("a\u0301" + "\u0301" * 50 + "b", "á\u0301\u0301\u0301b"),
        ("\u2764\ufe0f \U0001f600", "\u2764 \U0001f600"),
        ("Ελληνικά и кириллица", "Ελληνικά и кириллица"),
    ],
)
def test_title_the_font_can_draw(title, shown):
    assert charts._drawable(title) == shown
    assert title_ink(drawn(chart([1], title=title))) == title_ink(drawn(chart([1], title=shown)))


def test_right_to_left_needs_shaping(monkeypatch):
    charts._has_glyph.cache_clear()
    monkeypatch.setattr(features, "check", lambda name: False)
    try:
        assert charts._drawable("Meta العربية עברית AI") == "Meta … AI"
    finally:
        charts._has_glyph.cache_clear()


def test_long_title_is_cut_and_stays_on_the_card():
    image = drawn(chart([1], title="A very long title " * 100))
    edge = image.crop((1200 - charts.MARGIN + 2, 10, 1190, 95))
    assert edge.getcolors() == [(edge.width * edge.height, charts.CARD)]
    text, _ = charts._fitted("A very long title " * 10, 1112)
    assert text.startswith("A very long title A very")
    assert text.endswith("…")
    assert 1000 < charts._width(text, charts.TITLE_SIZES[-1]) <= 1112


@pytest.mark.parametrize(
    ("value", "tick", "named"),
    [
        (0, "0", "0"),
        (41, "41", "41"),
        (2.5, "2", "2.5"),
        (0.01, "0", "under 0.1"),
        (1500, "1.5K", "1,500"),
        (20_000, "20K", "20,000"),
        (99_999.7, "100K", "100K"),
        (999_950, "1.0M", "1.0M"),
        (1e9, "1.0B", "1.0B"),
        (999e12, "999T", "999T"),
    ],
)
def test_numbers(value, tick, named):
    assert (charts._short(value), charts._exact(value)) == (tick, named)


@pytest.mark.parametrize("top", [4, 5, 7.5, 9, 10, 11, 19.9, 41, 79, 80, 99.99, 100, 1234, 5e6, 1e9, 999e12])
def test_few_round_ticks(top):
    step = charts._step(top)
    assert 1 <= top // step <= 3
    assert str(int(step)).rstrip("0") in ("1", "2", "5")


@pytest.mark.parametrize("length", [1, 2, 5, 6, 14, 15, 28, 30, 31, 60, 90, 365, 5000])
def test_few_days_are_named(length):
    assert 1 <= math.ceil(length / charts._days_between_ticks(length)) <= 5


def test_words_read_against_the_card():
    def light(colour):
        parts = [c / 255 / 12.92 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour]
        return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), parts, strict=True))

    for colour, least in [(charts.INK, 7), (charts.QUIET_INK, 4.5), (charts.USUAL, 3), (charts.UNUSUAL, 4.5)]:
        assert (light(charts.CARD) + 0.05) / (light(colour) + 0.05) >= least
