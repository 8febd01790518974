"""What the sources of the store told, for series that need a closer look: see signals.expectation.exposure."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session

from models import count
from models.article import OLDER, first_counts, first_sources, story_sources
from models.source import histories
from signals.expectation.exposure import ExposedSeries, SourceCounts, exposure_shares, match_exposure
from signals.expectation.series import sum_by_row

Counts = NDArray[np.float64]
Integers = NDArray[np.int64]


PAST = -1
"""In the place of a source: whoever told it, it is history."""


class SourceExposure:
    """What each source told in each window that ends before hour `end`.

    Counts that came ready-made are known by source only in sum. Windows with such are those of one more source.
    What came with a source's first reading, or was fetched backwards, is no news: such stories of the last window, if
    nobody else tells them, are known and left out (`Matched.known`).
    """

    def __init__(self, session: Session, end: int, width: int, number: int) -> None:
        self.session, self.end, self.width, self.number = session, end, width, number
        rows = count.source_windows(session, end, width, number)
        ids, place = np.unique(rows[:, 0], return_inverse=True)
        self._ids = ids
        self.read = np.zeros((len(ids) + 1, number))
        self.read[place, rows[:, 1]] = rows[:, 2]
        self._made_by = len(ids)
        self._past = histories(session)
        for key, stories in first_counts(session, self._past, end - width, end - 1):
            # Else a source that has just been met would seem to flood, and its first news to be part of that.
            self.read[:-1][ids == key, -1] -= stories
        self.read = np.maximum(self.read, 0.0)
        self.part = exposure_shares(self.read)
        starts = self.first + width * np.arange(number)
        made = np.zeros(number, dtype=np.bool_)
        for span in count.snapshots(session):
            made |= (starts + width > span.first) & (starts <= span.last)
        self._made = made
        self.read[-1, made] = self.read[:, made].sum(axis=0)
        self.read[:-1, made] = 0.0
        self.part[:, made] = 1.0

    @property
    def first(self) -> int:
        """The first hour of the first window."""
        return self.end - self.width * self.number

    def match(self, keys: Sequence[tuple[int, ...]], counts: Counts, half_life: float) -> ExposedSeries:
        """Some names or pairs against what was read; counts: theirs in each window, shape (keys, windows)."""
        rows = first_sources(
            self.session, sorted({one for ids in keys for one in ids}), self.first - OLDER, self.end - 1
        )
        named = {ids: self._stories(rows, ids) for ids in keys}
        best = self._best(
            np.unique(np.concatenate([story[hour >= self.end - self.width] for story, hour, _ in named.values()]))
        )
        found = []
        for key, (story, hour, teller) in enumerate(named.values()):
            first = zip(story.tolist(), np.searchsorted(self._ids, teller).tolist(), strict=True)
            # Of those who have told a story of the last window, the one counts whose word counts most.
            place = np.array([best.get(one, at) for one, at in first], dtype=np.int64)
            found.append(np.column_stack([np.full(len(story), key), place, (hour - self.first) // self.width]))
        rows = np.concatenate(found).reshape(-1, 3)
        known = sum_by_row(rows[rows[:, 1] == PAST, 0], np.ones((rows[:, 1] == PAST).sum()), len(keys))
        counts = counts.copy()
        counts[:, -1] = np.maximum(counts[:, -1] - known, 0.0)
        rows = rows[~self._made[rows[:, 2]] & (rows[:, 1] != PAST) & (rows[:, 1] < self._made_by)]
        row, source, window = rows[:, 0], rows[:, 1], rows[:, 2]
        # What no article stands for came ready-made, or has lost its article: it is nobody's.
        left = counts.copy()
        np.subtract.at(left, (row, window), 1.0)
        others, at = np.nonzero(left > 0)
        told = SourceCounts(
            np.append(row, others),
            np.append(source, np.full(len(others), self._made_by)),
            np.append(window, at),
            np.append(np.ones(len(row)), left[others, at]),
            len(keys),
        )
        return replace(match_exposure(told, self.read, self.part, half_life), known=known)

    def _stories(self, rows: Integers, ids: tuple[int, ...]) -> tuple[Integers, Integers, Integers]:
        """The stories of a name or pair, the hours they count in, and who told them first."""
        of = [rows[rows[:, 0] == one] for one in ids]
        if len(of) == 1:
            story, hour, source = of[0][:, 1], of[0][:, 2], of[0][:, 4]
        else:
            # A pair stands from the hour in which the second of the two is named in so many words.
            one, other = (some[some[:, 3] >= 0] for some in of)
            story, mine, yours = np.intersect1d(one[:, 1], other[:, 1], return_indices=True)
            hour, source = np.maximum(one[mine, 3], other[yours, 3]), one[mine, 4]
        inside = (hour >= self.first) & (hour < self.end)
        return story[inside], hour[inside], source[inside]

    def _best(self, stories: Integers) -> dict[int, int]:
        """For each story, of all who told it the source whose word counts most."""
        found: dict[int, int] = {}
        places = {key: place for place, key in enumerate(self._ids.tolist())}
        for story, source, article in story_sources(self.session, stories.tolist(), self.end - 1):
            place = places.get(source)
            if place is None:
                continue
            if any(first <= article <= last for first, last in self._past):
                found.setdefault(story, PAST)
            elif found.get(story, PAST) == PAST or self.part[place, -1] > self.part[found[story], -1]:
                found[story] = place
        return found
