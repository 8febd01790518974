"""Every spelling of the store, made ready for looking up what is typed, and kept at hand until the names change."""

import re
from collections.abc import Iterable
from weakref import WeakKeyDictionary

from sqlalchemy import Pool
from sqlmodel import Session

from models.entity import alias_fingerprint, alias_names

_NUMBERS = re.compile(r"\d+(?:\.\d+)*")


class AliasIndex:
    """All spellings: by how they begin, and by the numbers in them."""

    def __init__(self, rows: Iterable[tuple[str, int, str]]) -> None:
        ordered = sorted(rows, key=lambda row: (len(row[0]), row[0]))
        self.shown = {key: name for _, key, name in ordered}
        """Displayed names by entity."""
        self._ordered = [(alias, key) for alias, key, _ in ordered]
        self._numbered: dict[tuple[str, ...], tuple[list[str], list[int]]] = {}
        for alias, key in self._ordered:
            aliases, keys = self._numbered.setdefault(tuple(_NUMBERS.findall(alias)), ([], []))
            aliases.append(alias)
            keys.append(key)

    def beginning(self, folded: str, limit: int) -> list[int]:
        """Entities of which a spelling begins so, the shortest first."""
        found: dict[int, None] = {}
        for alias, key in self._ordered:
            if alias.startswith(folded):
                found[key] = None
                if len(found) == limit:
                    break
        return list(found)

    def numbered(self, folded: str) -> tuple[list[str], list[int]]:
        """The spellings with just the numbers of this one, and their entities in the same order."""
        return self._numbered.get(tuple(_NUMBERS.findall(folded)), ([], []))


_kept: WeakKeyDictionary[Pool, tuple[tuple[int, ...], AliasIndex]] = WeakKeyDictionary()
"""By the store's connections: an engine may be another with each transaction, its pool is not."""


def alias_index(session: Session) -> AliasIndex:
    """The spellings as they are now: read anew only when a name has come, gone or changed since."""
    store = session.get_bind().engine.pool
    mark = alias_fingerprint(session)
    kept = _kept.get(store)
    if kept is None or kept[0] != mark:
        kept = _kept[store] = (mark, AliasIndex(alias_names(session)))
    return kept[1]
