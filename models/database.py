"""Connections, transactions and bulk statements, for SQLite and PostgreSQL alike."""

import json
import re
import shutil
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from weakref import finalize

from sqlalchemy import Connection, DateTime, Engine, Table, event, func, insert, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlmodel import Session, create_engine

from models.load_state import counts_changed

BUSY_SECONDS = 10
"""Seconds a writer waits for another before it gives up; enough for a whole import batch."""

BULK_LOCK = 0x7472656E64
"""Key of the PostgreSQL advisory lock for bulk work: an arbitrary number that others are unlikely to use."""

IN_LIMIT = 30_000
"""Bound parameters per statement: SQLite allows 32,766 (sqlite.org/limits.html), psycopg 65,535."""


class StoreError(Exception):
    """The store can't be used. The message is a sentence that says what to do."""


class AddressError(StoreError):
    """The store's URL is wrong. The message is a sentence that says how to write it."""


def connect(url: str) -> Engine:
    """An engine for `sqlite:///file` or `postgresql://...`; opens no connection yet.

    Raises AddressError for a URL that names no supported store, and StoreError for a missing folder.
    """
    try:
        # Hosting services hand out addresses that begin with "postgres://".
        address = make_url(re.sub(r"^postgres://", "postgresql://", url))
    except ArgumentError:
        raise AddressError(
            "TRENDBOT_DATABASE_URL is not a database address: write sqlite:///trendbot.db or postgresql://user@host/name."
        ) from None
    if address.get_backend_name() == "postgresql":
        address = address.set(drivername="postgresql+psycopg")
        # Parameters are hidden: a failed bulk insert would otherwise print thousands of other people's titles.
        return create_engine(address, hide_parameters=True, pool_pre_ping=True)
    if address.get_backend_name() != "sqlite":
        raise AddressError(f"A store on {address.get_backend_name()} is not supported: use sqlite or postgresql.")
    if address.host or not address.database or address.database == ":memory:":
        raise AddressError(
            "TRENDBOT_DATABASE_URL names no file: write sqlite:///trendbot.db, with three slashes and a name."
        )
    folder = Path(address.database).parent
    if not folder.is_dir():
        raise StoreError(
            f"The folder {folder} for the store doesn't exist: create it, or change TRENDBOT_DATABASE_URL."
        )
    try:
        engine = create_engine(address, hide_parameters=True, connect_args={"timeout": BUSY_SECONDS})
    except NoSuchModuleError:
        raise AddressError("TRENDBOT_DATABASE_URL names an unknown driver: write sqlite:///trendbot.db.") from None
    event.listen(engine, "connect", _tune)
    event.listen(engine, "begin", _begin)
    # The last connection that closes moves the write-ahead log into the file (sqlite.org/wal.html).
    finalize(engine, engine.pool.dispose)
    return engine


def store_trouble(error: DBAPIError) -> str:
    """A sentence about a store that can't be opened, read or written: what is wrong and what to do."""
    cause = (str(error.orig).strip() or type(error.orig).__name__).split("\n")[0]
    if "locked" in cause:
        return "The store is locked by another program: stop it, or wait until its import is done."
    if "not a database" in cause or "malformed" in cause:
        return f"The store is damaged or not a database ({cause}): restore a backup, or change TRENDBOT_DATABASE_URL."
    if "no space" in cause.lower() or "disk is full" in cause:
        return "The disk is full: free some space. What was stored before is safe."
    if isinstance(error.orig, sqlite3.Error):
        return f"The store can't be used ({cause}): check TRENDBOT_DATABASE_URL and the permissions of its folder."
    return f"The database server can't be used ({cause}): check TRENDBOT_DATABASE_URL and that the server is running."


def free_bytes(engine: Engine) -> int:
    """Free bytes on the disk of an SQLite store; of a server's disk we know nothing, and say there is plenty."""
    if engine.dialect.name != "sqlite":
        return sys.maxsize
    return shutil.disk_usage(Path(str(engine.url.database)).resolve().parent).free


def _tune(connection: sqlite3.Connection, _record: object) -> None:
    # With WAL and synchronous=NORMAL readers continue while one process writes, and a power cut loses at most the
    # newest transactions (sqlite.org/wal.html). The driver must not begin transactions by itself.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        "temp_store=MEMORY",
        "cache_size=-65536",
        # In pages of 4 KiB, eight times the default: counts and marks are spread over the file, and each page is then
        # written back once instead of many times. More pages save no time on imports of 100,000 articles.
        "wal_autocheckpoint=8000",
        # Bytes: what one large transaction has made of the -wal file is cut back to at the next checkpoint.
        "journal_size_limit=33554432",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")


@contextmanager
def transaction(engine: Engine, writes: bool = False) -> Iterator[Session]:
    """A session that commits at the end, and rolls back when something is raised.

    `writes` takes SQLite's write lock at the start: a transaction that reads first and writes later would fail at once,
    without waiting, if another has written in between (sqlite.org/isolation.html).
    """
    with Session(engine.execution_options(writes=writes), expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A connection for bulk work, in one transaction with the write lock.

    Counts are updated from what was read before, so two such transactions must not overlap; PostgreSQL doesn't lock the
    whole store, so an advisory lock does. Figures cached from the old counts become invalid
    (models.load_state.counts_changed).
    """
    with engine.execution_options(writes=True).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": BULK_LOCK})
        yield connection
        counts_changed(connection)


def table(model: Any) -> Table:
    """The table behind a model, for bulk work."""
    found: Table = model.__table__
    return found


def add_rows(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]], conflict: str = "") -> None:
    """Inserts plain rows, with columns in the table's order, as fast as the driver can.

    Several times faster than SQLAlchemy's own statements, which matters since every article brings a dozen rows.
    `conflict` is what follows ON CONFLICT.
    """
    if not rows:
        return
    mark = "%s" if connection.dialect.name == "postgresql" else "?"
    columns = ", ".join(column.name for column in table.columns)
    marks = ", ".join(mark for _ in table.columns)
    clause = f" ON CONFLICT {conflict}" if conflict else ""
    for place, column in enumerate(table.columns):
        # SQLite has no datetime type: SQLAlchemy stores text.
        if isinstance(column.type, DateTime) and (
            write := column.type.dialect_impl(connection.dialect).bind_processor(connection.dialect)
        ):
            rows = [(*row[:place], write(row[place]), *row[place + 1 :]) for row in rows]
    connection.exec_driver_sql(f"INSERT INTO {table.name} ({columns}) VALUES ({marks}){clause}", list(rows))


def add_counts(connection: Connection, table: Table, rows: Sequence[tuple[int, ...]]) -> None:
    """Adds to a table of counts: inserts a new key, or increases the other columns of an existing one by the row's
    values.
    """
    keys = ", ".join(column.name for column in table.primary_key)
    others = [column.name for column in table.columns if not column.primary_key]
    sums = ", ".join(f"{name} = {table.name}.{name} + excluded.{name}" for name in others)
    add_rows(connection, table, rows, f"({keys}) DO UPDATE SET {sums}")


def insert_rows(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Inserts rows in bulk."""
    if rows:
        connection.execute(insert(table), list(rows))


def reserve(connection: Connection, table: Table, number: int) -> range | list[int]:
    """Ids for rows about to be inserted in bulk, so that other rows of the same batch can refer to them."""
    if connection.dialect.name == "postgresql":
        query = text("SELECT nextval(pg_get_serial_sequence(:table, 'id')) FROM generate_series(1, :number)")
        return [row[0] for row in connection.execute(query, {"table": table.name, "number": number})]
    first = (connection.execute(select(func.max(table.c.id))).scalar() or 0) + 1
    return range(first, first + number)


def select_among(connection: Connection, query: str, values: Sequence[Any], *more: Any) -> Sequence[Any]:
    """The rows of a query in which {among} stands for "is one of `values`", however many, as a single parameter.

    Binding thousands of values one by one takes longer than finding them. `more` are the query's other parameters, each
    a %s after the list.
    """
    if connection.dialect.name == "postgresql":
        return connection.exec_driver_sql(query.format(among="= ANY(%s)"), (list(values), *more)).all()
    listed = query.replace("%s", "?").format(among="IN (SELECT value FROM json_each(?))")
    return connection.exec_driver_sql(listed, (json.dumps(list(values)), *more)).all()


def chunks(values: Sequence[Any], size: int = IN_LIMIT) -> Iterator[Sequence[Any]]:
    """Splits values into pieces small enough for one statement's parameters."""
    for start in range(0, len(values), size):
        yield values[start : start + size]
