"""Everything that can be read from an article without the store: listed names, candidate names, sketch, language.

During a long import a second process annotates the next batches while this one stores those before.
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
from ingest.articles.language import MAX_CHARACTERS, detect_language
from ingest.articles.near_duplicates import Sketch, make_sketch
from ingest.entities.candidate_counts import STANDALONE_KINDS, CandidateMention, candidate_mentions
from ingest.entities.linker import Linker, Spelling
from models.database import table
from models.entity import FROM_FACT, Alias, Entity, Parent


class AliasTable(NamedTuple):
    """The names in the store, in a form that can be passed to another process."""

    spellings: list[Spelling]
    parents: dict[int, list[int]]
    standalone: frozenset[int]
    """Ids of entities whose names are never part of a longer name (see STANDALONE_KINDS)."""


class Annotation(NamedTuple):
    """What one article says."""

    sketch: Sketch
    entities: frozenset[int]
    """Ids of the listed entities it names directly."""
    candidates: list[CandidateMention]
    """The unlisted names in it."""
    language: str = ""


class Annotator:
    """Reads articles with one set of names."""

    def __init__(self, names: AliasTable) -> None:
        self.linker = Linker(names.spellings, names.parents)
        self.standalone = names.standalone

    def read(self, item: Item, repeated_title: bool) -> Annotation:
        """Annotates one article. `repeated_title`: its title is a heading that was counted before."""
        entities, places = self.linker.read(item.title, item.summary, repeated_title)
        return Annotation(
            make_sketch(item.source, item.url, item.title, item.summary),
            entities,
            candidate_mentions(item.title, item.summary, repeated_title, places, self.standalone),
            detect_language(f"{item.title} {item.summary[:MAX_CHARACTERS]}"),
        )


def load_aliases(connection: Connection) -> AliasTable:
    """Loads the active names from the store, without those that only facts mention."""
    alias, entity = table(Alias), table(Entity)
    spellings = connection.execute(
        select(alias.c.folded, alias.c.text, alias.c.entity_id, alias.c.rule)
        .join(entity, entity.c.id == alias.c.entity_id)
        .where(entity.c.active, entity.c.origin != FROM_FACT)
    )
    parents: dict[int, list[int]] = defaultdict(list)
    for child, parent in connection.execute(select(table(Parent).c.entity_id, table(Parent).c.parent_id)):
        parents[child].append(parent)
    standalone = connection.execute(select(entity.c.id).where(entity.c.kind.in_(STANDALONE_KINDS))).scalars()
    return AliasTable([(*row,) for row in spellings], dict(parents), frozenset(standalone))


CACHED = 3
"""Annotators that are cached: one for the store's names, the others for the names of a replay, which alternates with
it."""

_kept: deque[tuple[AliasTable, Annotator]] = deque(maxlen=CACHED)
_lock = Lock()


def annotator(names: AliasTable) -> Annotator:
    """The annotator for a set of names, from the cache if one was built for the same names recently.

    Every poll and every discovery needs one, and the names rarely change in between.
    """
    with _lock:
        for known, reader in _kept:
            if known == names:
                return reader
        reader = Annotator(names)
        _kept.appendleft((names, reader))
        return reader


def load_linker(connection: Connection) -> Linker:
    """The linker for the names in the store."""
    return annotator(load_aliases(connection)).linker


class ReadAhead:
    """A second process that annotates batches while this one is busy with others."""

    def __init__(self, names: AliasTable) -> None:
        # Spawned and not forked: the copy of a process with threads may hang.
        self._pool = ProcessPoolExecutor(1, get_context("spawn"), _start, (names,))

    def read(self, items: Sequence[Item], repeated_titles: Sequence[bool]) -> "Future[list[Annotation]]":
        """Starts annotating a batch; the future holds the annotations in the same order."""
        return self._pool.submit(_read, list(zip(items, repeated_titles, strict=True)))

    def close(self) -> None:
        """Ends the process."""
        self._pool.shutdown(cancel_futures=True)


_reader: list[Annotator] = []
"""The annotator of this process, if it works for another one."""


def _start(names: AliasTable) -> None:
    # The same thresholds as in the main process: nothing here makes cycles, and looking for them costs a fifth of the
    # time.
    gc.set_threshold(50_000, 20)
    _reader.append(Annotator(names))


def _read(batch: Sequence[tuple[Item, bool]]) -> list[Annotation]:
    return [_reader[0].read(item, repeated_title) for item, repeated_title in batch]
