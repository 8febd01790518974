"""Resolves the names of a table to entities: exactly, never fuzzily. An unknown name becomes an entity of origin
"told".
"""

from collections import defaultdict

from sqlmodel import Session, col, select

from gazetteer.spelling import fold, squash, tidy
from models.entity import Alias, Entity, entity_from_fact


class TableNames:
    """Every spelling in the store, to which unknown names are added."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.new = 0
        self._ids: dict[str, set[int]] = defaultdict(set)
        for folded, key in session.exec(select(Alias.folded, Alias.entity_id).join(Entity).where(col(Entity.active))):
            self._ids[squash(folded)].add(key)

    def id(self, name: str, kind: str) -> int:
        """The id of a name's entity; a new entity if no spelling, or more than one entity, matches."""
        name = tidy(name)
        squashed = squash(name)
        found = self._ids[squashed]
        if len(found) != 1:
            entity = entity_from_fact(self.session, squashed, name, fold(name), kind)
            self.new += entity.id not in found
            found = self._ids[squashed] = {entity.id or 0}
        return next(iter(found))
