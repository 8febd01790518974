"""What is read in an article alone, without the store: names listed and unlisted, and the marks of its story.

A long import reads the next batch in a process of its own, while the store takes in the one before.
"""

import gc
from collections import defaultdict, deque
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from threading import Lock
from typing import NamedTuple

from sqlalchemy import Connection, select

from ingest.articles.item import Item
from ingest.articles.language import READ, language
from ingest.articles.near_duplicates import Sketch, sketch
from ingest.entities.candidate_counts import APART, Seen, seen
from ingest.entities.linker import Linker, Spelling
from models.database import table
from models.entity import TOLD, Alias, Entity, Parent


class Names(NamedTuple):
    """The names in the store, as they can be handed to another process."""

    spellings: list[Spelling]
    parents: dict[int, list[int]]
    apart: frozenset[int]
    """The entities whose names are no part of others'."""


class Read(NamedTuple):
    """What one article says."""

    sketch: Sketch
    named: frozenset[int]
    """The listed names."""
    seen: list[Seen]
    """The others."""
    language: str = ""


class Reader:
    """Reads articles; built once from the names in a store."""

    def __init__(self, names: Names) -> None:
        self.linker = Linker(names.spellings, names.parents)
        self.apart = names.apart

    def read(self, item: Item, again: bool) -> Read:
        """One article; `again`: its title is a heading that has been counted before."""
        named, places = self.linker.read(item.title, item.summary, again)
        return Read(
            sketch(item.source, item.url, item.title, item.summary),
            named,
            seen(item.title, item.summary, again, places, self.apart),
            language(f"{item.title} {item.summary[:READ]}"),
        )


def names(connection: Connection) -> Names:
    """The names in the store."""
    alias, entity = table(Alias), table(Entity)
    spellings = connection.execute(
        select(alias.c.folded, alias.c.text, alias.c.entity_id, alias.c.rule)
        .join(entity, entity.c.id == alias.c.entity_id)
        .where(entity.c.active, entity.c.origin != TOLD)
    )
    parents: dict[int, list[int]] = defaultdict(list)
    for child, parent in connection.execute(select(table(Parent).c.entity_id, table(Parent).c.parent_id)):
        parents[child].append(parent)
    apart = connection.execute(select(entity.c.id).where(entity.c.kind.in_(APART))).scalars()
    return Names([(*row,) for row in spellings], dict(parents), frozenset(apart))


KEPT = 3
"""Readers kept: of the store's names, and of those of a look back, which come in turns."""

_kept: deque[tuple[Names, Reader]] = deque(maxlen=KEPT)
_lock = Lock()


def reader(names: Names) -> Reader:
    """The reader for some names: the one that was built for the same names, if that is not long ago.

    Every poll and every search for new names needs one, and the names seldom change in between.
    """
    with _lock:
        for known, one in _kept:
            if known == names:
                return one
        one = Reader(names)
        _kept.appendleft((names, one))
        return one


def linker(connection: Connection) -> Linker:
    """The linker for the names in the store."""
    return reader(names(connection)).linker


class Ahead:
    """A process that reads batches while this one is busy with others."""

    def __init__(self, names: Names) -> None:
        # A new interpreter, and no copy of this one: a copy of a process with threads may hang.
        self._pool = ProcessPoolExecutor(1, get_context("spawn"), _start, (names,))

    def read(self, items: Sequence[Item], again: Sequence[bool]) -> "Future[list[Read]]":
        """What a batch of articles says, when it is needed."""
        return self._pool.submit(_read, list(zip(items, again, strict=True)))

    def close(self) -> None:
        """Ends the process."""
        self._pool.shutdown(cancel_futures=True)


_reader: list[Reader] = []
"""The reader of this process, if it reads for another one."""


def _start(names: Names) -> None:
    # As in the process that this one reads for: nothing here makes cycles, and to look for them costs a fifth.
    gc.set_threshold(50_000, 20)
    _reader.append(Reader(names))


def _read(lot: Sequence[tuple[Item, bool]]) -> list[Read]:
    return [_reader[0].read(item, again) for item, again in lot]
