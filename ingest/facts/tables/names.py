"""Resolves the names of a table to entities: exactly, never fuzzily. An unknown name becomes an entity of origin
"told".
"""

from collections import defaultdict
from collections.abc import Iterable

from sqlmodel import Session, col, select

from gazetteer.spelling import fold, squash, tidy
from models.entity import Alias, Entity, entities_from_facts


class TableNames:
    """Every spelling in the store, to which unknown names are added."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.new = 0
        self._ids: dict[str, set[int]] = defaultdict(set)
        for folded, key in session.exec(select(Alias.folded, Alias.entity_id).join(Entity).where(col(Entity.active))):
            self._ids[squash(folded)].add(key)

    def add(self, names: Iterable[tuple[str, str]]) -> None:
        """Makes entities of names that are not listed, each with its kind, all at once."""
        wanted: dict[str, tuple[str, str, str]] = {}
        for name, kind in names:
            spelling = tidy(name)
            if len(self._ids[squash(spelling)]) != 1:
                wanted.setdefault(squash(spelling), (spelling, fold(spelling), kind))
        for squashed, entity_id in entities_from_facts(self.session, wanted).items():
            self.new += entity_id not in self._ids[squashed]
            self._ids[squashed] = {entity_id}

    def listed(self, *names: str) -> str:
        """The first of some spellings of one thing that names exactly one entity; the first of all if none does."""
        return next((name for name in names if len(self._ids[squash(tidy(name))]) == 1), names[0])

    def id(self, name: str, kind: str) -> int:
        """The id of a name's entity; a new entity if no spelling, or more than one entity, matches."""
        squashed = squash(tidy(name))
        if len(self._ids[squashed]) != 1:
            self.add([(name, kind)])
        return next(iter(self._ids[squashed]))
