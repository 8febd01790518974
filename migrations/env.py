"""Run by Alembic for each migration."""

from alembic import context
from sqlalchemy import Engine

import models

engine: Engine = context.config.attributes["engine"]

with engine.connect() as connection:
    # Batches: SQLite can't alter a table in place (alembic.sqlalchemy.org, "batch").
    context.configure(connection, target_metadata=models.metadata, render_as_batch=True, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
