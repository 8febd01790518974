"""How unusual each row of one evenly spaced series is, told from the rows before it: the detector on a stream.

    share    = Σ weight·value / Σ weight·shape             over the rows before the window
    expected = share · Σ shape                             over the rows of the window
    spread   = (Σ weight·|count − expected|^power / Σ weight)^(1/power)      over the windows before it
    sigma    = max(spread, sqrt(expected + bias² + (kind·expected)²))
    z        = (count − expected) / sigma

The core is that of `signals.detector`: the share of an exposure, weighted by age, and a sigma never below what
counting makes. The exposure of a single series is the shape of its own day. What differs, and why:

- Each row ends a window of its own. There are two widths, and the smaller z counts: what rises must stand out over
  two hours and over the last of them, so neither a blip nor the tail of what is over makes an alarm.
- Past bursts are not clipped, and sigma leans towards them (power 2.5). A series that bursts often must burst higher;
  that is what makes one level fit series whose tails differ (generalised mean; power 2 is the standard deviation).
- To the floor of counting comes a quarter of what is expected. Talk is never as even as chance, and the smaller z
  of a window that ends every five minutes passes a level often: without that part chance alone makes an alarm in
  ten days, with it hardly any.
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
"""Values beyond this size are taken as this: their powers stay finite, and sums keep what is small."""


@dataclass(frozen=True)
class StreamSettings:
    """The spans of time of a stream, and from where it speaks."""

    windows: tuple[float, ...] = (1.0, 2.0)
    """Widths in hours, at least one row each; the smallest z of them counts."""
    half_life: float = 14.0
    """Days after which the past weighs half: of the share, of the spread and of the shape of the day."""
    parts: int = 12
    """Parts of a day with a shape of their own."""
    even: float = 14.0
    """Days for which an even day weighs in the shape."""
    power: float = 2.5
    """Of the mean of past deviations: 2 is the standard deviation; higher remembers extremes more."""
    kind: float = 0.25
    """Spread of a count, at least, as a part of what is expected: talk is never as even as chance."""
    bias: float = 1.5
    """Added to the variance of counting, squared."""
    level: float = 2.5
    """The z from which a row is an alarm."""
    quiet: float = 1.0
    """Days after an alarm without another; the first day of a series is quiet too."""


@dataclass(frozen=True)
class StreamScores:
    """For each row what it was told; arrays of the series' length, always finite."""

    anomaly: Array
    """1 at an alarm; at every other row its z as a part of the level, at most 0.49. An alarm is not graded: the row
    that passes the level seldom stands far above it, so a grade would tell how it rose and not how high."""
    z: Array
    count: Array
    """Sum of the window that decided; expected and sigma are of the same one."""
    expected: Array
    sigma: Array


def score_stream(values: Array, step: float, pace: StreamSettings | None = None) -> StreamScores:
    """Scores every row of a series.

    values: shape (rows,), oldest first, one each `step` seconds. A value that is missing (NaN) is left out, of sums
    and of what is expected; a series may be negative or fractional, and then sigma has no floor of counting from
    that row on. Raises ValueError when `values` has another shape or `step` is not a positive number.
    """
    pace = pace or StreamSettings()
    if values.ndim != 1:
        raise ValueError(f"A series has one dimension; these values have the shape {values.shape}.")
    if not (np.isfinite(step) and step > 0):
        raise ValueError(f"The step between rows must be a positive number of seconds, not {step}.")
    known = ~np.isnan(values)
    series = np.clip(np.where(known, values, 0.0), -HUGE, HUGE)
    day = max(1, round(DAY / step))
    shape = np.where(known, _shape(series, known, day, pace), 0.0)
    scored = [_window(series, shape, max(1, round(hours * 3600 / step)), day, pace) for hours in pace.windows]
    z, count, expected, sigma = np.array(scored).transpose(1, 0, 2)
    least = z.argmin(axis=0)[None]
    z, count, expected, sigma = (np.take_along_axis(part, least, 0)[0] for part in (z, count, expected, sigma))
    z = np.where(known, z, 0.0)
    anomaly = 0.49 * np.clip(z / pace.level, 0.0, 1.0)
    anomaly[list(_alarms(np.flatnonzero(z >= pace.level), day, round(pace.quiet * day)))] = 1.0
    return StreamScores(anomaly, z, count, expected, sigma)


def _alarms(high: NDArray[np.intp], first: int, quiet: int) -> Iterator[int]:
    """Of the rows whose z is high, those that are told."""
    following = first
    for row in high.tolist():
        if row >= following:
            yield row
            following = row + quiet + 1


def _window(
    series: Array, shape: Array, width: int, day: int, pace: StreamSettings
) -> tuple[Array, Array, Array, Array]:
    """Z, count, expected and sigma of the window of `width` rows that ends with each row."""
    keep = 0.5 ** (1 / (pace.half_life * day))
    count, exposure = _sums(series, width), _sums(shape, width)
    share = _part(_earlier(_fading(series, keep), width), _earlier(_fading(shape, keep), width))
    expected = share * exposure
    # A window is measured once there is another one before it, and rows before that to expect it from.
    rows = np.arange(len(series))
    deviation = np.where(rows >= width, np.abs(count - expected), 0.0) ** pace.power
    weight = _fading((rows >= width).astype(np.float64), keep)
    spread = _part(_earlier(_fading(deviation, keep), width), _earlier(weight, width)) ** (1 / pace.power)
    floor = np.sqrt(np.maximum(expected, 0.0) + pace.bias**2 + (pace.kind * expected) ** 2)
    counts = np.logical_and.accumulate((series >= 0) & (series == np.floor(series)))
    sigma = np.maximum(spread, np.where(counts, floor, 1e-9 * (1 + np.abs(expected))))
    measured = rows >= 2 * width
    z = np.where(measured, (count - expected) / sigma, 0.0)
    return z, count, expected, sigma


def _shape(series: Array, known: NDArray[np.bool_], day: int, pace: StreamSettings) -> Array:
    """What each row's part of the day takes, 1 on average, from the days before it. Days count from the first row."""
    parts = min(pace.parts, day)
    days = -(-len(series) // day)
    cell = np.arange(len(series)) // day * parts + np.arange(len(series)) % day * parts // day
    total = np.bincount(cell, weights=np.maximum(series, 0.0), minlength=days * parts).astype(np.float64)
    rows = np.bincount(cell, weights=known, minlength=days * parts).astype(np.float64)
    means = _part(total, rows).reshape(days, parts)
    # Every day's shape weighs alike, whatever its volume: one burst cannot bend the rest.
    whole = (rows.reshape(days, parts) > 0).all(axis=1) & (means.sum(axis=1) > 0)
    shapes = np.where(whole[:, None], _part(means, means.mean(axis=1, keepdims=True)), 0.0)
    keep = 0.5 ** (1 / pace.half_life)
    past = np.zeros((days, parts))
    weight = np.zeros((days, 1))
    for number in range(1, days):
        past[number] = keep * (past[number - 1] + shapes[number - 1])
        weight[number] = keep * (weight[number - 1] + whole[number - 1])
    shape: Array = ((past + pace.even) / (weight + pace.even)).reshape(-1)[cell]
    return shape


def _part(one: Array, of: Array) -> Array:
    """A quotient that is 0 where there is nothing to divide by."""
    return np.divide(one, of, out=np.zeros(np.broadcast_shapes(one.shape, of.shape)), where=of > 0)


def _fading(rows: Array, keep: float) -> Array:
    """Sums over all rows so far in which each row weighs `keep` times the next."""
    return np.fromiter(accumulate(rows.tolist(), lambda total, row: total * keep + row), np.float64, len(rows))


def _earlier(rows: Array, by: int) -> Array:
    """The same rows, `by` rows later; 0 before."""
    return np.concatenate([np.zeros(min(by, len(rows))), rows[:-by]])


def _sums(rows: Array, width: int) -> Array:
    """Sums over the last `width` rows, or over fewer at the start."""
    total = np.cumsum(rows)
    return total - _earlier(total, width)
