"""A long import: batches are taken into the store one after the other, each read by another process beforehand."""

from collections.abc import Sequence
from concurrent.futures import Future
from types import TracebackType

from ingest.item import Item
from ingest.pipeline import BATCH, Added, Ingest
from ingest.reading import Ahead, Read


class Taking:
    """Takes batches in; the second process is started by the first whole batch, for a short import needs none."""

    def __init__(self, ingest: Ingest) -> None:
        self.ingest = ingest
        self._ahead: Ahead | None = None
        self._waiting: tuple[Sequence[Item], Future[list[Read]]] | None = None

    def __enter__(self) -> "Taking":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._ahead:
            self._ahead.close()

    def take(self, batch: Sequence[Item]) -> Added:
        """Has a batch read, and stores the one before; says what became of that."""
        if self._ahead is None:
            if len(batch) < BATCH:
                return self.ingest.add(batch)
            self._ahead = Ahead(self.ingest.names)
        reading = self._ahead.read(batch, self.ingest.headings(batch))
        done = self.rest()
        self._waiting = (batch, reading)
        return done

    def rest(self) -> Added:
        """Stores the batch that is left."""
        if self._waiting is None:
            return Added()
        (batch, reading), self._waiting = self._waiting, None
        return self.ingest.add(batch, read=reading.result())
