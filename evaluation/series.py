"""Scores a time series in a CSV file: `timestamp,value` in; the same with `anomaly_score` and `z` out."""

import csv
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import TextIO

import numpy as np

from ingest.formats.files import FileError
from signals.stream import Array, score_stream

COLUMNS = ("timestamp", "value")
LONGEST = 5_000_000
"""Longest series once its gaps are filled; a mistyped year would make billions of rows."""


@dataclass(frozen=True)
class SeriesFile:
    """The rows of a file as written, and their values on an even time grid."""

    stamps: list[str]
    texts: list[str]
    values: Array
    """Shape (slots,); NaN in slots without a row."""
    slots: list[int]
    """The slot of each row."""
    step: float
    """Seconds between slots."""


def read_series(path: Path) -> SeriesFile:
    """Reads a CSV file with the columns `timestamp` and `value`, oldest row first; an empty value or `nan` is a gap.

    The step is the median distance between rows; longer distances are filled with gaps. Timestamps without a time zone
    are taken as UTC. Raises FileError, with the line, for anything that can't be read.
    """
    stamps: list[str] = []
    texts: list[str] = []
    numbers: list[float] = []
    times: list[float] = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            if not set(COLUMNS) <= set(rows.fieldnames or ()):
                raise FileError(f"{path}:1: the first line must name the columns {' and '.join(COLUMNS)}.")
            for row in rows:
                where = f"{path}:{rows.line_num}"
                stamp, text = (row[column] or "" for column in COLUMNS)
                time = _time(stamp, where)
                if times and time <= times[-1]:
                    raise FileError(
                        f"{where}: {stamp} is not later than the row before it ({stamps[-1]}): sort the rows by time."
                    )
                stamps.append(stamp)
                texts.append(text)
                times.append(time)
                numbers.append(_number(text, where))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise FileError(f"{path} can't be read ({error}).") from error
    if not stamps:
        raise FileError(f"{path} has no rows below its header.")
    distances = np.diff(times)
    step = float(median(distances)) if len(distances) else 1.0
    slots = np.concatenate([[0.0], np.cumsum(np.maximum(1, np.round(distances / step)))])
    if slots[-1] >= LONGEST:
        raise FileError(
            f"{path}: with its gaps filled it would have more than {LONGEST:,} rows: check its dates for typing errors."
        )
    places = slots.astype(int)
    values = np.full(places[-1] + 1, np.nan)
    values[places] = numbers
    return SeriesFile(stamps, texts, values, places.tolist(), step)


def evaluate_series(path: Path, out: TextIO) -> None:
    """Writes a file's rows with the anomaly score (0 to 1; 1 is an alarm) and z of each. Raises FileError."""
    series = read_series(path)
    scored = score_stream(series.values, series.step)
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*COLUMNS, "anomaly_score", "z"])
    for stamp, text, slot in zip(series.stamps, series.texts, series.slots, strict=True):
        writer.writerow([stamp, text, f"{scored.anomaly[slot]:.4f}", f"{scored.z[slot]:.4f}"])


def _time(stamp: str, where: str) -> float:
    try:
        time = datetime.fromisoformat(stamp.strip())
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError) as error:
        raise FileError(f"{where}: {stamp!r} is not a time: write it like 2026-04-09 12:00:00.") from error


def _number(text: str, where: str) -> float:
    try:
        return float(text) if text.strip() else float("nan")
    except ValueError as error:
        raise FileError(f"{where}: {text!r} is not a number: leave the value empty for a gap.") from error
