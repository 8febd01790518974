"""A copy of the whole store in one file, taken while the bot runs; and the way back.

    SQLite: the database file itself, by its online backup API    PostgreSQL: a zip of one COPY stream a table

Both are of one moment: SQLite's backup sees one state (sqlite.org/backup.html), PostgreSQL's is read in one
REPEATABLE READ transaction. A copy goes back only into a store of the same kind.
"""

import hashlib
import json
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, inspect, text

import migrations
from models.database import StoreError
from models.schema import metadata

CONTENTS = "contents.json"
"""In an archive: the store's revision, and the rows and hash of each table."""

REVISIONS = "alembic_version"


@dataclass(frozen=True)
class BackupReport:
    """What a copy holds."""

    revision: str
    rows: dict[str, int]
    """Rows by table."""

    def __str__(self) -> str:
        return f"{sum(self.rows.values()):,} rows in {len(self.rows)} tables, revision {self.revision}"


def backup(engine: Engine, path: Path) -> BackupReport:
    """Writes a copy of the store, and checks it. Raises StoreError where the file is there or can't be written."""
    if path.exists():
        raise StoreError(f"{path} is there already: choose another name, so that no copy is lost.")
    part = path.with_name(f"{path.name}.part")
    try:
        if engine.dialect.name == "sqlite":
            _copy_sqlite(engine, part)
        else:
            _write_archive(engine, part)
        report = check(part)
        part.rename(path)
    except OSError as error:
        raise StoreError(f"{path} can't be written ({error.strerror}): choose a folder with room.") from None
    finally:
        part.unlink(missing_ok=True)
    return report


def check(path: Path) -> BackupReport:
    """Reads a copy wholly. Raises StoreError with what is wrong in it."""
    try:
        return _check_archive(path) if zipfile.is_zipfile(path) else _check_sqlite(path)
    except OSError as error:
        raise StoreError(f"{path} can't be read ({error.strerror}).") from None
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        raise StoreError(f"{path} is damaged ({error}): take another copy.") from None
    except sqlite3.DatabaseError as error:
        raise StoreError(f"{path} is damaged, or no copy of a store ({error}): take another copy.") from None


def restore(engine: Engine, path: Path, replace: bool = False) -> BackupReport:
    """Puts a copy back in the place of the store. Raises StoreError where that would lose something or can't be done.

    A store that holds articles is replaced only if asked to; an older copy is brought up to date afterwards.
    """
    report = check(path)
    archive = zipfile.is_zipfile(path)
    if archive == (engine.dialect.name == "sqlite"):
        other = "PostgreSQL" if archive else "SQLite"
        raise StoreError(f"{path} is a copy of a store on {other}: point TRENDBOT_DATABASE_URL at one.")
    if not replace and _holds_articles(engine):
        raise StoreError("The store holds articles: name an empty one, or take --replace.")
    if archive:
        _read_archive(engine, path, report)
    else:
        engine.dispose()
        with closing(sqlite3.connect(path)) as copy, closing(sqlite3.connect(str(engine.url.database))) as target:
            copy.backup(target)
    migrations.upgrade(engine)
    return report


def _holds_articles(engine: Engine) -> bool:
    with engine.connect() as connection:
        if not inspect(connection).has_table("article"):
            return False
        return connection.execute(text("SELECT 1 FROM article LIMIT 1")).first() is not None


def _copy_sqlite(engine: Engine, path: Path) -> None:
    with closing(sqlite3.connect(str(engine.url.database))) as source, closing(sqlite3.connect(path)) as target:
        source.backup(target)
        # A copy is one file: without this it would want its journal beside it.
        target.execute("PRAGMA journal_mode=DELETE")


def _check_sqlite(path: Path) -> BackupReport:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as copy:
        wrong = [row[0] for row in copy.execute("PRAGMA integrity_check") if row[0] != "ok"]
        if wrong:
            raise ValueError(wrong[0])
        orphans = copy.execute("PRAGMA foreign_key_check").fetchone()
        if orphans:
            raise ValueError(f"a row of {orphans[0]} points at one that is not there")
        names = [row[0] for row in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        if REVISIONS not in names:
            raise StoreError(f"{path} is no copy of a store: it holds no tables of ours.")
        ours = [name for name in names if name in metadata.tables]
        rows = {name: copy.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in sorted(ours)}
        revision = copy.execute(f"SELECT version_num FROM {REVISIONS}").fetchone()
    return BackupReport(revision[0] if revision else "none", rows)


def _tables(connection: Connection) -> list[str]:
    """Every table of the store, those that others point at first."""
    there = set(inspect(connection).get_table_names()) - {REVISIONS}
    ours = [table.name for table in metadata.sorted_tables if table.name in there]
    return ours + sorted(there - set(ours))


def _write_archive(engine: Engine, path: Path) -> None:
    options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with (
        engine.connect().execution_options(**options) as connection,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        raw = _driver(connection)
        contents: dict[str, dict[str, object]] = {}
        for name in _tables(connection):
            columns = _columns(connection, name)
            digest, rows = hashlib.sha256(), 0
            with (
                archive.open(f"{name}.copy", "w", force_zip64=True) as member,
                raw.cursor() as cursor,
                cursor.copy(f'COPY "{name}" ({columns}) TO STDOUT') as stream,
            ):
                for piece in stream:
                    member.write(piece)
                    digest.update(piece)
                    rows += bytes(piece).count(b"\n")
            contents[name] = {"columns": columns, "rows": rows, "sha256": digest.hexdigest()}
        revision = MigrationContext.configure(connection).get_current_revision()
        archive.writestr(CONTENTS, json.dumps({"revision": revision, "tables": contents}))


def _driver(connection: Connection) -> Any:
    """psycopg's own connection: COPY goes past the toolkit (psycopg.org/psycopg3/docs/basic/copy.html)."""
    return connection.connection.driver_connection


def _columns(connection: Connection, name: str) -> str:
    return ", ".join(f'"{column["name"]}"' for column in inspect(connection).get_columns(name))


def _check_archive(path: Path) -> BackupReport:
    with zipfile.ZipFile(path) as archive:
        contents = json.loads(archive.read(CONTENTS))
        rows = {}
        for name, table in contents["tables"].items():
            digest, found = hashlib.sha256(), 0
            for piece in _pieces(archive, name):
                digest.update(piece)
                found += piece.count(b"\n")
            if found != table["rows"] or digest.hexdigest() != table["sha256"]:
                raise ValueError(f"the table {name} is not as it was written")
            rows[name] = found
    return BackupReport(str(contents["revision"]), rows)


def _read_archive(engine: Engine, path: Path, report: BackupReport) -> None:
    migrations.upgrade(engine)
    with engine.begin() as connection, zipfile.ZipFile(path) as archive:
        current = MigrationContext.configure(connection).get_current_revision()
        if current != report.revision:
            raise StoreError(
                f"{path} is of revision {report.revision}, this program of {current}: restore it with the program that "
                "wrote it, then update."
            )
        contents = json.loads(archive.read(CONTENTS))["tables"]
        raw = _driver(connection)
        names = _tables(connection)
        connection.execute(text("TRUNCATE " + ", ".join(f'"{name}"' for name in names) + " CASCADE"))
        for name in (one for one in names if one in contents):
            with (
                raw.cursor() as cursor,
                cursor.copy(f'COPY "{name}" ({contents[name]["columns"]}) FROM STDIN') as stream,
            ):
                for piece in _pieces(archive, name):
                    stream.write(piece)
            _go_on_counting(connection, name)


def _go_on_counting(connection: Connection, name: str) -> None:
    """Sets a table's sequence behind its highest id: COPY does not move it."""
    sequence = connection.execute(
        text(
            "SELECT pg_get_serial_sequence(:name, 'id') FROM information_schema.columns "
            "WHERE table_name = :name AND column_name = 'id' AND table_schema = current_schema()"
        ),
        {"name": name},
    ).scalar()
    if sequence:
        connection.execute(
            text(f'SELECT setval(:sequence, (SELECT coalesce(max(id), 0) + 1 FROM "{name}"), false)'),
            {"sequence": sequence},
        )


def _pieces(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    with archive.open(f"{name}.copy") as member:
        while piece := member.read(1 << 20):
            yield piece
