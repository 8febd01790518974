"""The models and the migrations agree, on both kinds of store, forwards and backwards."""

import ast
import sqlite3
import sys
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Connection, Engine, MetaData, func, inspect, select, text
from sqlmodel import SQLModel

import migrations
from models.database import StoreError, connect
from models.full_text import FULL_TEXT
from models.schema import metadata


@pytest.mark.both_stores
def test_models_and_migrations_agree(empty: Engine):
    with empty.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True, "include_object": _has_model}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []


def _has_model(_thing: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
    return kind != "table" or not str(name).startswith(FULL_TEXT)


def test_the_newest_revision_is_the_last_of_the_scripts():
    assert ScriptDirectory(str(Path(migrations.__file__).parent)).get_heads() == [migrations.NEWEST]


def test_a_model_imports_the_tables_that_its_keys_point_at():
    """Else a program that imports only this noun could not write its rows."""
    home = {mapper.local_table.name: mapper.class_.__module__ for mapper in SQLModel._sa_registry.mappers}
    for table in metadata.tables.values():
        for key in table.foreign_keys:
            assert home[key.column.table.name] in _imported(home[table.name]), (table.name, key.column.table.name)


@cache
def _imported(module: str) -> set[str]:
    """The models that a model imports, and itself."""
    found = {module}
    for node in ast.parse(Path(sys.modules[module].__file__ or "").read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and node.module == "models":
            found |= {f"models.{name.name}" for name in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("models."):
            found.add(node.module or "")
    return found.union(*(_imported(other) for other in found - {module}))


@pytest.mark.parametrize("versions", ["", "CREATE TABLE alembic_version (version_num VARCHAR(32))"])
def test_another_programs_file_stays_as_it_is(tmp_path: Path, versions: str):
    file = tmp_path / "notes.db"
    with sqlite3.connect(file) as theirs:
        theirs.execute("CREATE TABLE note (body TEXT)")
        theirs.execute("INSERT INTO note VALUES ('mine')")
        theirs.execute(versions)
    theirs.close()
    before = file.read_bytes()
    engine = connect(f"sqlite:///{file}")
    with pytest.raises(StoreError, match=r"notes\.db belongs to another program, and stays as it is"):
        migrations.upgrade(engine)
    engine.dispose()
    assert file.read_bytes() == before


def test_a_second_upgrade_changes_nothing(empty: Engine):
    migrations.upgrade(empty)
    assert "article" in inspect(empty).get_table_names()


@pytest.mark.both_stores
def test_downgrade_removes_every_table(empty: Engine):
    command.downgrade(migrations.config(empty), "base")
    assert inspect(empty).get_table_names() == ["alembic_version"]


SAMPLES = {datetime: datetime(2026, 4, 9, tzinfo=UTC), date: date(2026, 4, 9), object: {}}
REVISIONS = [script.revision for script in ScriptDirectory(str(Path(migrations.__file__).parent)).walk_revisions()]


@pytest.mark.parametrize("revision", REVISIONS[1:])
def test_a_store_that_holds_something_loses_nothing(empty: Engine, revision: str):
    """Each older store, with a row in each of its tables."""
    command.downgrade(migrations.config(empty), revision)
    with empty.begin() as connection:
        filled = _fill(connection)
    migrations.upgrade(empty)
    kept = set(inspect(empty).get_table_names()) & filled
    assert len(kept) > 5
    schema = MetaData()
    schema.reflect(empty)
    with empty.connect() as connection:
        for name in kept:
            assert connection.scalar(select(func.count()).select_from(schema.tables[name])) == 1, name


def _fill(connection: Connection) -> set[str]:
    """A row in each table, each pointing at the others' rows."""
    schema = MetaData()
    schema.reflect(connection)
    # The index of words is filled by itself, and SQLite keeps it in tables of its own.
    tables = [table for table in schema.sorted_tables if not table.name.startswith(("alembic_version", "article_text"))]
    for table in tables:
        connection.execute(table.insert().values({column.name: _sample(column) for column in table.columns}))
    return {table.name for table in tables}


def _sample(column: Column[Any]) -> object:
    kind = column.type.python_type
    return SAMPLES[kind] if kind in SAMPLES else kind(1)


def test_a_newer_store_is_refused_and_left_alone(empty: Engine):
    with empty.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'ffffffffffff'"))
    with pytest.raises(StoreError, match="newer trendbot: update the program"):
        migrations.upgrade(empty)
    assert "article" in inspect(empty).get_table_names()


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("nonsense", "is not a database address"),
        ("mysql://host/name", "is not supported"),
        ("sqlite:////nowhere/at/all/trendbot.db", "folder .* doesn't exist"),
        ("sqlite+nothing:///x.db", "unknown driver"),
        ("sqlite://x.db", "three slashes"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
    ],
)
def test_an_unusable_address_is_told(url: str, sentence: str):
    with pytest.raises(StoreError, match=sentence):
        connect(url)
