"""Long imports: one process reads the next batches while this one stores those already read."""

from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from types import TracebackType

from ingest.articles.item import Item
from ingest.entities.annotate import Annotation, ReadAhead
from ingest.pipeline import BATCH, BatchReport, Ingest

READ_AHEAD = 2
"""Batches the other process may be ahead; some take long to read, others to store."""


class BulkImport:
    """Feeds batches through a second process, which starts with the first full batch: short imports don't need it."""

    def __init__(self, ingest: Ingest) -> None:
        self.ingest = ingest
        self._ahead: ReadAhead | None = None
        self._waiting: deque[tuple[Sequence[Item], Future[list[Annotation]]]] = deque()

    def __enter__(self) -> "BulkImport":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._ahead:
            self._ahead.close()

    def add(self, batch: Sequence[Item]) -> BatchReport:
        """Queues a batch for reading and, if enough are waiting, stores the oldest; reports what was stored."""
        if self._ahead is None:
            if len(batch) < BATCH:
                return self.ingest.add(batch)
            self._ahead = ReadAhead(self.ingest.names)
        self._waiting.append((batch, self._ahead.read(batch, self.ingest.headings(batch))))
        return self._store() if len(self._waiting) > READ_AHEAD else BatchReport()

    def flush(self) -> BatchReport:
        """Stores the batches that are still waiting."""
        done = BatchReport()
        while self._waiting:
            done += self._store()
        return done

    def _store(self) -> BatchReport:
        batch, reading = self._waiting.popleft()
        return self.ingest.add(batch, annotations=reading.result())
