"""Run by Alembic for each migration."""

from alembic import context
from sqlalchemy import Connection, Engine

from models.database import StoreError
from models.full_text import FULL_TEXT
from models.schema import metadata

engine: Engine = context.config.attributes["engine"]


def hold(connection: Connection, on: bool) -> None:
    """Switches SQLite's watch over foreign keys, which it does only between transactions.

    A table is altered by making it anew and dropping the old one, and a dropped table takes along what
    points at it (sqlite.org/lang_altertable.html, section 7).
    """
    if connection.dialect.name == "sqlite":
        connection.connection.driver_connection.execute(f"PRAGMA foreign_keys={'ON' if on else 'OFF'}")  # type: ignore[union-attr]


def is_ours(_thing: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
    """Whether a table follows from a model. The full-text index does not: each kind of store has its own."""
    return kind != "table" or not str(name).startswith(FULL_TEXT)


with engine.connect() as connection:
    hold(connection, False)
    try:
        # Batches: SQLite can't alter a table in place (alembic.sqlalchemy.org, "batch").
        context.configure(
            connection, target_metadata=metadata, render_as_batch=True, compare_type=True, include_object=is_ours
        )
        with context.begin_transaction():
            context.run_migrations()
        if connection.dialect.name == "sqlite" and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
            raise StoreError(
                "The store can't be upgraded, because some rows refer to rows that are missing. "
                "Nothing was changed: restore a backup."
            )
        connection.commit()
    finally:
        connection.rollback()
        hold(connection, True)
