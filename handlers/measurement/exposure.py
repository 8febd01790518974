"""Counts per source, for series that need a closer look: see signals.expectation.exposure."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session

from models import count
from models.article import PAIR_SPAN, first_counts, first_sources, story_sources
from models.source import histories
from signals.expectation.exposure import ExposedSeries, SourceCounts, exposure_shares, match_exposure
from signals.expectation.series import sum_by_row

Counts = NDArray[np.float64]
Integers = NDArray[np.int64]


PAST = -1
"""Stands in for a source: the story is history, whoever published it."""


class SourceExposure:
    """What each source published in each of the `number` windows before hour `end`.

    Imported counts are not known per source: windows with them belong to one extra source. What came with a source's
    first read, or from a backfill, is history: such stories of the last window are left out, unless another source
    carries them, and are reported as `ExposedSeries.known`.
    """

    def __init__(self, session: Session, end: int, width: int, number: int) -> None:
        self.session, self.end, self.width, self.number = session, end, width, number
        rows = count.source_windows(session, end, width, number)
        ids, place = np.unique(rows[:, 0], return_inverse=True)
        self._ids = ids
        self.read = np.zeros((len(ids) + 1, number))
        self.read[place, rows[:, 1]] = rows[:, 2]
        self._extra_source = len(ids)
        self._past = histories(session)
        for key, stories in first_counts(session, self._past, end - width, end - 1):
            # Otherwise a new source would seem to flood, and its first news to be part of the flood.
            self.read[:-1][ids == key, -1] -= stories
        self.read = np.maximum(self.read, 0.0)
        self.part = exposure_shares(self.read)
        starts = self.first + width * np.arange(number)
        imported = np.zeros(number, dtype=np.bool_)
        for span in count.snapshots(session):
            imported |= (starts + width > span.first) & (starts <= span.last)
        self._imported = imported
        self.read[-1, imported] = self.read[:, imported].sum(axis=0)
        self.read[:-1, imported] = 0.0
        self.part[:, imported] = 1.0

    @property
    def first(self) -> int:
        """Returns the first hour of the first window."""
        return self.end - self.width * self.number

    def match(self, keys: Sequence[tuple[int, ...]], counts: Counts, half_life: float) -> ExposedSeries:
        """Matches names or pairs with what each source published; `counts` are theirs, shape (keys, windows)."""
        rows = first_sources(
            self.session, sorted({one for ids in keys for one in ids}), self.first - PAIR_SPAN, self.end - 1
        )
        named = {ids: self._stories(rows, ids) for ids in keys}
        recent = {one for story, hour, _ in named.values() for one in story[hour >= self.end - self.width].tolist()}
        best = self._best(sorted(recent))
        found = []
        for key, (story, hour, first_source) in enumerate(named.values()):
            first = zip(story.tolist(), np.searchsorted(self._ids, first_source).tolist(), strict=True)
            # A story of the last window belongs to the source whose report counts most.
            place = np.array([best.get(one, at) for one, at in first], dtype=np.int64)
            found.append(np.column_stack([np.full(len(story), key), place, (hour - self.first) // self.width]))
        rows = np.concatenate(found).reshape(-1, 3)
        known = sum_by_row(rows[rows[:, 1] == PAST, 0], np.ones((rows[:, 1] == PAST).sum()), len(keys))
        counts = counts.copy()
        counts[:, -1] = np.maximum(counts[:, -1] - known, 0.0)
        rows = rows[~self._imported[rows[:, 2]] & (rows[:, 1] != PAST) & (rows[:, 1] < self._extra_source)]
        row, source, window = rows[:, 0], rows[:, 1], rows[:, 2]
        # Counts without an article were imported, or their article was deleted: they belong to the extra source.
        left = counts.copy()
        np.subtract.at(left, (row, window), 1.0)
        others, at = np.nonzero(left > 0)
        by_source = SourceCounts(
            np.append(row, others),
            np.append(source, np.full(len(others), self._extra_source)),
            np.append(window, at),
            np.append(np.ones(len(row)), left[others, at]),
            len(keys),
        )
        return replace(match_exposure(by_source, self.read, self.part, half_life), known=known)

    def _stories(self, rows: Integers, ids: tuple[int, ...]) -> tuple[Integers, Integers, Integers]:
        """Returns the stories of a name or pair, the hours they count in, and their first sources."""
        parts = [rows[rows[:, 0] == one] for one in ids]
        if len(parts) == 1:
            story, hour, source = parts[0][:, 1], parts[0][:, 2], parts[0][:, 4]
        else:
            # A pair counts from the hour in which the second name is explicitly mentioned.
            one, other = (part[part[:, 3] >= 0] for part in parts)
            story, mine, yours = np.intersect1d(one[:, 1], other[:, 1], return_indices=True)
            hour, source = np.maximum(one[mine, 3], other[yours, 3]), one[mine, 4]
        inside = (hour >= self.first) & (hour < self.end)
        return story[inside], hour[inside], source[inside]

    def _best(self, stories: list[int]) -> dict[int, int]:
        """Returns for each story the row of the source whose report counts most, or PAST."""
        found: dict[int, int] = {}
        places = {key: place for place, key in enumerate(self._ids.tolist())}
        for story, source, article in story_sources(self.session, stories, self.end - 1):
            place = places.get(source)
            if place is None:
                continue
            if any(first <= article <= last for first, last in self._past):
                found.setdefault(story, PAST)
            elif found.get(story, PAST) == PAST or self.part[place, -1] > self.part[found[story], -1]:
                found[story] = place
        return found
