"""The detector on a stream: a z-score for each row of one evenly spaced series, from the rows before it.

    share    = Σ weight·value / Σ weight·profile             over the rows before the window
    expected = share · Σ profile                           over the rows of the window
    spread   = (Σ weight·|count − expected|^power / Σ weight)^(1/power)      over the windows before it
    sigma    = max(spread, sqrt(expected + bias² + (overdispersion·expected)²))
    z        = (count − expected) / sigma

The core is that of signals.detector: the share of an exposure, weighted by age, and a sigma never below counting noise.
The exposure of a single series is its own daily profile. What differs, and why:

- Each row ends a window of its own. There are two widths, and the smaller z-score counts: a rise must stand out over
  two hours and over the last of them, so neither a blip nor the tail of a past burst raises an alarm.
- Past bursts are not clipped, and sigma gives them more weight (power 2.5). A series that bursts often must burst
  higher, so that one level fits series with different tails (generalised mean; power 2 is the standard deviation).
- Counting noise is raised by a quarter of the expectation. Talk is overdispersed, and a window that ends every five
  minutes has many chances to pass a level: without that part chance alone raises an alarm in ten days, with it hardly
  any.
- After an alarm there is quiet for a day: one event, one alarm.

Pure: no clock, no database, no names. A row depends on itself and earlier rows only.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
DAY = 86_400.0
HUGE = 1e12
"""Larger values are clipped to this: powers stay finite, and sums keep small terms."""


@dataclass(frozen=True)
class StreamSettings:
    """Windows, baseline and thresholds of a stream."""

    windows: tuple[float, ...] = (1.0, 2.0)
    """Widths in hours, at least one row each; the smallest z-score of them counts."""
    half_life: float = 14.0
    """Days after which the past has half its weight, in share, spread and daily profile."""
    day_parts: int = 12
    """Parts of a day in the daily profile."""
    flat_days: float = 14.0
    """Days that a flat profile weighs in the daily profile."""
    power: float = 2.5
    """Exponent of the mean of past deviations: 2 is the standard deviation; a higher one weighs extremes more."""
    overdispersion: float = 0.25
    """Standard deviation of a count beyond counting noise, relative to its expectation."""
    bias: float = 1.5
    """Standard deviation added to counting noise, in units of the series."""
    level: float = 2.5
    """z-score from which a row is an alarm."""
    quiet: float = 1.0
    """Days after an alarm without another; the first day of a series is quiet too."""


@dataclass(frozen=True)
class StreamScores:
    """The score of each row; arrays of shape (rows,), always finite."""

    anomaly: Array
    """1 at an alarm; at every other row its z-score relative to the level, at most 0.49. Alarms are not graded: the row
    that passes the level is seldom far above it, so a grade would show how fast it rose and not how high."""
    z: Array
    count: Array
    """Sum over the deciding window; `expected` and `sigma` are of the same window."""
    expected: Array
    sigma: Array


def score_stream(values: Array, step: float, settings: StreamSettings | None = None) -> StreamScores:
    """Scores every row of a series.

    values: shape (rows,), oldest first, one each `step` seconds. A value that is missing (NaN) is left out of sums
    and of the expectation; a series may be negative or fractional, and then sigma has no counting noise from
    that row on. Raises ValueError when `values` has another shape or `step` is not a positive number.
    """
    settings = settings or StreamSettings()
    if values.ndim != 1:
        raise ValueError(f"A series has one dimension; these values have the shape {values.shape}.")
    if not (np.isfinite(step) and step > 0):
        raise ValueError(f"The step between rows must be a positive number of seconds, not {step}.")
    known = ~np.isnan(values)
    series = np.clip(np.where(known, values, 0.0), -HUGE, HUGE)
    day = max(1, round(DAY / step))
    profile = np.where(known, _daily_profile(series, known, day, settings), 0.0)
    scored = [_window(series, profile, max(1, round(hours * 3600 / step)), day, settings) for hours in settings.windows]
    z, count, expected, sigma = np.array(scored).transpose(1, 0, 2)
    least = z.argmin(axis=0)[None]
    z, count, expected, sigma = (np.take_along_axis(part, least, 0)[0] for part in (z, count, expected, sigma))
    z = np.where(known, z, 0.0)
    anomaly = 0.49 * np.clip(z / settings.level, 0.0, 1.0)
    anomaly[list(_alarms(np.flatnonzero(z >= settings.level), day, round(settings.quiet * day)))] = 1.0
    return StreamScores(anomaly, z, count, expected, sigma)


def _alarms(high: NDArray[np.intp], first: int, quiet: int) -> Iterator[int]:
    """Of the rows above the level, those that raise an alarm: none within `quiet` rows of the last."""
    following = first
    for row in high.tolist():
        if row >= following:
            yield row
            following = row + quiet + 1


def _window(
    series: Array, profile: Array, width: int, day: int, settings: StreamSettings
) -> tuple[Array, Array, Array, Array]:
    """z-score, count, expectation and sigma of the window of `width` rows that ends at each row: shape (rows,) each."""
    keep = 0.5 ** (1 / (settings.half_life * day))
    count, exposure = _window_sums(series, width), _window_sums(profile, width)
    share = _ratio(_shifted(_decayed_sums(series, keep), width), _shifted(_decayed_sums(profile, keep), width))
    expected = share * exposure
    # A window is scored once a whole window comes before it, and rows before that for its expectation.
    rows = np.arange(len(series))
    deviation = np.where(rows >= width, np.abs(count - expected), 0.0) ** settings.power
    weight = _decayed_sums((rows >= width).astype(np.float64), keep)
    spread = _ratio(_shifted(_decayed_sums(deviation, keep), width), _shifted(weight, width)) ** (1 / settings.power)
    floor = np.sqrt(np.maximum(expected, 0.0) + settings.bias**2 + (settings.overdispersion * expected) ** 2)
    counts = np.logical_and.accumulate((series >= 0) & (series == np.floor(series)))
    sigma = np.maximum(spread, np.where(counts, floor, 1e-9 * (1 + np.abs(expected))))
    measured = rows >= 2 * width
    z = np.where(measured, (count - expected) / sigma, 0.0)
    return z, count, expected, sigma


def _daily_profile(series: Array, known: NDArray[np.bool_], day: int, settings: StreamSettings) -> Array:
    """Daily profile at each row, 1 on average, from the days before it: shape (rows,). Days start at the first row."""
    parts = min(settings.day_parts, day)
    days = -(-len(series) // day)
    cell = np.arange(len(series)) // day * parts + np.arange(len(series)) % day * parts // day
    total = np.bincount(cell, weights=np.maximum(series, 0.0), minlength=days * parts).astype(np.float64)
    rows = np.bincount(cell, weights=known, minlength=days * parts).astype(np.float64)
    means = _ratio(total, rows).reshape(days, parts)
    # Each day's profile has the same weight whatever its volume, so that one burst cannot distort it.
    whole = (rows.reshape(days, parts) > 0).all(axis=1) & (means.sum(axis=1) > 0)
    shapes = np.where(whole[:, None], _ratio(means, means.mean(axis=1, keepdims=True)), 0.0)
    keep = 0.5 ** (1 / settings.half_life)
    past = np.zeros((days, parts))
    weight = np.zeros((days, 1))
    for number in range(1, days):
        past[number] = keep * (past[number - 1] + shapes[number - 1])
        weight[number] = keep * (weight[number - 1] + whole[number - 1])
    profile: Array = ((past + settings.flat_days) / (weight + settings.flat_days)).reshape(-1)[cell]
    return profile


def _ratio(one: Array, of: Array) -> Array:
    """The element-wise quotient, 0 where the divisor is not positive."""
    return np.divide(one, of, out=np.zeros(np.broadcast_shapes(one.shape, of.shape)), where=of > 0)


def _decayed_sums(rows: Array, keep: float) -> Array:
    """Exponentially weighted sums over all rows so far; each row weighs `keep` times the next."""
    return np.fromiter(accumulate(rows.tolist(), lambda total, row: total * keep + row), np.float64, len(rows))


def _shifted(rows: Array, by: int) -> Array:
    """The rows shifted by `by` rows, with 0 before."""
    return np.concatenate([np.zeros(min(by, len(rows))), rows[:-by]])


def _window_sums(rows: Array, width: int) -> Array:
    """Sums over the last `width` rows, or over fewer at the start."""
    total = np.cumsum(rows)
    return total - _shifted(total, width)
