"""Brings the store's entities in line with the gazetteer's files."""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, delete, select, update

from gazetteer.files import default_files
from gazetteer.spelling import fold
from models.database import insert_rows, table, transaction
from models.entity import DISCOVERED, Alias, Entity, Parent
from models.load_state import files_hash, is_loaded, note_loaded

if TYPE_CHECKING:
    from gazetteer.reader import Gazetteer

LOADED = "catalogue"

VERSION = "1"
"""Increased when the same files come to mean other spellings or rules."""


def load_gazetteer(engine: Engine, operator: Path | None = None) -> bool:
    """Makes the store's names those of our files and the operator's; returns whether the files had changed.

    An entity whose definition is gone becomes inactive and stays, because counts and facts refer to it. Raises
    GazetteerError with the file and line of each mistake; the store is then as before.
    """
    paths = [*default_files(), *([operator] if operator else [])]
    wanted = files_hash(paths, VERSION)
    with transaction(engine) as session:
        if is_loaded(session, LOADED, wanted):
            return False
    from gazetteer.reader import read_gazetteer

    gazetteer = read_gazetteer(default_files(), operator)
    with transaction(engine, writes=True) as session:
        connection = session.connection()
        entity = table(Entity)
        known = dict(connection.execute(select(entity.c.key, entity.c.id)).all())
        # The files don't decide about names met in the news (origins told and found).
        defined = entity.c.origin.in_(("catalogue", "operator"))
        connection.execute(update(entity).where(defined).values(active=False))
        fresh = []
        for definition in gazetteer.entities.values():
            row = {"name": definition.name, "kind": definition.kind, "origin": definition.origin, "active": True}
            if definition.key in known:
                connection.execute(update(entity).where(entity.c.key == definition.key).values(**row))
            else:
                fresh.append({"key": definition.key, **row})
        insert_rows(connection, entity, fresh)
        ids = dict(connection.execute(select(entity.c.key, entity.c.id)).all())
        defined_ids = select(entity.c.id).where(defined)
        connection.execute(delete(table(Alias)).where(table(Alias).c.entity_id.in_(defined_ids)))
        connection.execute(delete(table(Parent)).where(table(Parent).c.entity_id.in_(defined_ids)))
        insert_rows(
            connection,
            table(Alias),
            [
                {"entity_id": ids[key], "text": text, "folded": folded, "rule": rule.as_json()}
                for folded, (text, key, rule) in gazetteer.spellings.items()
            ],
        )
        insert_rows(
            connection,
            table(Parent),
            [
                {"entity_id": ids[definition.key], "parent_id": ids[parent]}
                for definition in gazetteer.entities.values()
                for parent in definition.parents
            ],
        )
        _adopt_discovered(connection, gazetteer, ids)
        note_loaded(session, LOADED, wanted)
    return True


def _adopt_discovered(connection: Connection, gazetteer: "Gazetteer", ids: dict[str, int]) -> None:
    """Replaces discovered names that are listed by now with the listed ones; what was merged by hand stays merged."""
    from models.candidate import MERGED, Candidate

    alias, candidate, entity = table(Alias), table(Candidate), table(Entity)
    discovered = connection.execute(
        select(alias.c.folded, alias.c.entity_id)
        .join(entity, entity.c.id == alias.c.entity_id)
        .where(entity.c.origin == DISCOVERED, entity.c.active)
    )
    listed = {
        found: ids[gazetteer.spellings[folded][1]] for folded, found in discovered if folded in gazetteer.spellings
    }
    for found, into in listed.items():
        connection.execute(update(entity).where(entity.c.id == found).values(active=False))
        connection.execute(delete(alias).where(alias.c.entity_id == found))
        connection.execute(
            update(candidate).where(candidate.c.entity_id == found).values(state=MERGED, into_id=into, settled=False)
        )
    merged = connection.execute(
        select(candidate.c.text, candidate.c.into_id)
        .join(entity, entity.c.id == candidate.c.into_id)
        .where(candidate.c.state == MERGED, entity.c.active)
    ).all()
    taken = set(connection.execute(select(alias.c.folded)).scalars())
    rows = {fold(text): {"entity_id": into, "text": text, "folded": fold(text), "rule": {}} for text, into in merged}
    insert_rows(connection, alias, [row for folded, row in rows.items() if folded not in taken])
