"""Schema migrations: upgrade a store to the newest tables, or write a new migration. Alembic runs `env` for both."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from models.database import StoreError


def config(engine: Engine) -> Config:
    """Alembic's configuration, with the engine passed in place of a URL in a file."""
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent))
    settings.attributes["engine"] = engine
    return settings


def upgrade(engine: Engine) -> None:
    """Upgrades the store to the newest schema, and creates it if it is new.

    Raises StoreError for a store that a newer version of the program has written.
    """
    settings = config(engine)
    scripts = ScriptDirectory.from_config(settings)
    with engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_heads()
    if set(current) == set(scripts.get_heads()):
        return
    known = {script.revision for script in scripts.walk_revisions()}
    if not set(current) <= known:
        raise StoreError(
            "The store was written by a newer trendbot: update the program, "
            "or point TRENDBOT_DATABASE_URL at another store."
        )
    command.upgrade(settings, "head")


def revision(engine: Engine, message: str) -> None:
    """Writes the migration that leads from the store's tables to the models' tables."""
    command.revision(config(engine), message, autogenerate=True)
