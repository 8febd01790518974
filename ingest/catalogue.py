"""The catalogue's definitions into the store, and what changes there when they change."""

from catalogue.read import Catalogue
from models.database import Connection, add, writing
from models.entity import Alias, Entity, Parent
from sqlalchemy import Engine, delete, select, update

from ingest.pipeline import table


def load(engine: Engine, catalogue: Catalogue) -> bool:
    """Makes the store's names those of the catalogue; says whether any name, rule or parent changed.

    An entity whose definition is gone stays, inactive: counts and facts name it.
    """
    with writing(engine) as connection:
        wanted = _wanted(catalogue)
        if _stored(connection) == wanted:
            return False
        entity = table(Entity)
        known = dict(connection.execute(select(entity.c.key, entity.c.id)).tuples().all())
        connection.execute(update(entity).values(active=False))
        fresh = []
        for definition in catalogue.entities.values():
            row = {"name": definition.name, "kind": definition.kind, "origin": definition.origin, "active": True}
            if definition.key in known:
                connection.execute(update(entity).where(entity.c.key == definition.key).values(**row))
            else:
                fresh.append({"key": definition.key, **row})
        add(connection, entity, fresh)
        ids = dict(connection.execute(select(entity.c.key, entity.c.id)).tuples().all())
        connection.execute(delete(table(Alias)))
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
    return True


def _wanted(catalogue: Catalogue) -> tuple[object, ...]:
    entities = sorted((one.key, one.name, one.kind, one.origin) for one in catalogue.entities.values())
    spellings = sorted((folded, text, key, str(rule.plain())) for folded, (text, key, rule) in catalogue.spellings.items())
    parents = sorted((one.key, parent) for one in catalogue.entities.values() for parent in one.parents)
    return entities, spellings, parents


def _stored(connection: Connection) -> tuple[object, ...]:
    entity, alias, parent = table(Entity), table(Alias), table(Parent)
    rows = connection.execute(select(entity.c.id, entity.c.key, entity.c.name, entity.c.kind, entity.c.origin).where(entity.c.active)).tuples().all()
    keys = {row[0]: row[1] for row in rows}
    entities = sorted(row[1:] for row in rows)
    spellings = sorted(
        (folded, text, keys.get(key, ""), str(rule))
        for folded, text, key, rule in connection.execute(select(alias.c.folded, alias.c.text, alias.c.entity_id, alias.c.rule)).tuples()
    )
    parents = sorted((keys.get(child, ""), keys.get(up, "")) for child, up in connection.execute(select(parent)).tuples())
    return entities, spellings, parents


