"""All spellings of the store, indexed for looking up what is typed, and cached until the names change."""

import re
from collections.abc import Iterable
from weakref import WeakKeyDictionary

from sqlalchemy import Pool
from sqlmodel import Session

from models.entity import alias_fingerprint, alias_names

_NUMBERS = re.compile(r"\d+(?:\.\d+)*")


class AliasIndex:
    """All spellings, by prefix and by the numbers in them."""

    def __init__(self, rows: Iterable[tuple[str, int, str]]) -> None:
        ordered = sorted(rows, key=lambda row: (len(row[0]), row[0]))
        self.display_names = {key: name for _, key, name in ordered}
        """Displayed names by entity id."""
        self._ordered = [(alias, key) for alias, key, _ in ordered]
        self._numbered: dict[tuple[str, ...], tuple[list[str], list[int]]] = {}
        for alias, key in self._ordered:
            aliases, keys = self._numbered.setdefault(tuple(_NUMBERS.findall(alias)), ([], []))
            aliases.append(alias)
            keys.append(key)

    def with_prefix(self, folded: str, limit: int) -> list[int]:
        """Ids of entities with a spelling that begins with a folded text, the shortest spelling first."""
        found: dict[int, None] = {}
        for alias, key in self._ordered:
            if alias.startswith(folded):
                found[key] = None
                if len(found) == limit:
                    break
        return list(found)

    def with_numbers_of(self, folded: str) -> tuple[list[str], list[int]]:
        """The spellings with exactly the numbers of this one, and the ids of their entities in the same order."""
        return self._numbered.get(tuple(_NUMBERS.findall(folded)), ([], []))


_cache: WeakKeyDictionary[Pool, tuple[tuple[int, ...], AliasIndex]] = WeakKeyDictionary()
"""Keyed by connection pool: each transaction may have another engine, the pool stays the same."""


def alias_index(session: Session) -> AliasIndex:
    """The current spellings; read again only when a name was added, removed or changed."""
    pool = session.get_bind().engine.pool
    fingerprint = alias_fingerprint(session)
    cached = _cache.get(pool)
    if cached is None or cached[0] != fingerprint:
        cached = _cache[pool] = (fingerprint, AliasIndex(alias_names(session)))
    return cached[1]
