"""Schema migrations: upgrade a store to the newest tables, or write a new migration. Alembic runs `env` for both."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine, inspect, text

from models.database import StoreError

if TYPE_CHECKING:
    from alembic.config import Config

NEWEST = "a4b3a0c1ca26"
"""The newest revision in `versions`. A store at it needs no Alembic, whose import takes longer than an answer."""


def is_newest(engine: Engine) -> bool:
    """Whether the store is at the newest revision."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        return list(connection.execute(text("SELECT version_num FROM alembic_version")).scalars()) == [NEWEST]


def _is_foreign(engine: Engine) -> bool:
    """Whether a SQLite file has tables, but not those that trendbot has had from its first version on.

    Read past the engine, whose connections would switch the file to WAL.
    """
    file = Path(engine.url.database or "")
    if not file.is_file():
        return False
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    except sqlite3.Error:
        return False  # the engine finds out, and says, what is wrong with it
    return bool(tables - {"alembic_version"}) and not {"alembic_version", "entity"} <= tables


def config(engine: Engine) -> "Config":
    """Alembic's configuration, with the engine passed in place of a URL in a file."""
    from alembic.config import Config

    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent))
    settings.attributes["engine"] = engine
    return settings


def upgrade(engine: Engine) -> None:
    """Upgrades the store to the newest schema, and creates it if it is new.

    Raises StoreError for a store that a newer version of the program has written, and for another program's file.
    """
    if engine.dialect.name == "sqlite" and _is_foreign(engine):
        raise StoreError(
            f"{engine.url.database} belongs to another program, and stays as it is: "
            "point TRENDBOT_DATABASE_URL at a file of its own for trendbot."
        )
    if is_newest(engine):
        return
    from alembic import command
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    settings = config(engine)
    scripts = ScriptDirectory.from_config(settings)
    with engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_heads()
    known = {script.revision for script in scripts.walk_revisions()}
    if not set(current) <= known:
        raise StoreError(
            "The store was written by a newer trendbot: update the program, "
            "or point TRENDBOT_DATABASE_URL at another store."
        )
    command.upgrade(settings, "head")


def revision(engine: Engine, message: str) -> None:
    """Writes the migration that leads from the store's tables to the models' tables."""
    from alembic import command

    command.revision(config(engine), message, autogenerate=True)
