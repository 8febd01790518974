"""The catalogue's definitions into the store, and what changes there when they change."""

from pathlib import Path

from sqlalchemy import Engine, delete, select, update

from catalogue.read import own_files, read
from ingest.pipeline import table
from models.database import add, transaction
from models.entity import Alias, Entity, Parent
from models.loaded import digest, is_loaded, note_loaded

LOADED = "catalogue"

VERSION = "1"
"""Raised when the same files come to mean other spellings or rules."""


def load(engine: Engine, operator: Path | None = None) -> bool:
    """Makes the store's names those of our files and the operator's; says whether the files had changed.

    An entity whose definition is gone stays, inactive: counts and facts name it.
    Raises CatalogueError with the file and line of each mistake; the store is then as it was.
    """
    paths = [*own_files(), *([operator] if operator else [])]
    wanted = digest(paths, VERSION)
    with transaction(engine) as session:
        if is_loaded(session, LOADED, wanted):
            return False
    catalogue = read(own_files(), operator)
    with transaction(engine, writes=True) as session:
        connection = session.connection()
        entity = table(Entity)
        known = dict(connection.execute(select(entity.c.key, entity.c.id)).all())
        # Names that were met in the news (told, found) are not the files' to say.
        defined = entity.c.origin.in_(("catalogue", "operator"))
        connection.execute(update(entity).where(defined).values(active=False))
        fresh = []
        for definition in catalogue.entities.values():
            row = {"name": definition.name, "kind": definition.kind, "origin": definition.origin, "active": True}
            if definition.key in known:
                connection.execute(update(entity).where(entity.c.key == definition.key).values(**row))
            else:
                fresh.append({"key": definition.key, **row})
        add(connection, entity, fresh)
        ids = dict(connection.execute(select(entity.c.key, entity.c.id)).all())
        defined_ids = select(entity.c.id).where(defined)
        connection.execute(delete(table(Alias)).where(table(Alias).c.entity_id.in_(defined_ids)))
        connection.execute(delete(table(Parent)))
        add(
            connection,
            table(Alias),
            [
                {"entity_id": ids[key], "text": text, "folded": folded, "rule": rule.plain()}
                for folded, (text, key, rule) in catalogue.spellings.items()
            ],
        )
        add(
            connection,
            table(Parent),
            [
                {"entity_id": ids[definition.key], "parent_id": ids[parent]}
                for definition in catalogue.entities.values()
                for parent in definition.parents
            ],
        )
        note_loaded(session, LOADED, wanted)
    return True
