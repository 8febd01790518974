"""Connections and transactions, for SQLite and PostgreSQL alike."""

import json
import re
import shutil
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, DateTime, Engine, Table, event, func, insert, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlmodel import Session, create_engine

from models.load_state import counts_changed

BUSY_SECONDS = 10
"""How long a writer waits for another before it gives up; long enough for a whole import batch."""

BULK = 0x7472656E64
"""The key of PostgreSQL's lock for bulk work: any number that others are unlikely to use."""

IN_LIMIT = 30_000
"""Bound parameters per statement: SQLite allows 32,766 (sqlite.org/limits.html), psycopg 65,535."""


class StoreError(Exception):
    """The store can't be used: a sentence that says what to do."""


class AddressError(StoreError):
    """The store's address is wrong: a sentence that says how to write it."""


def connect(url: str) -> Engine:
    """An engine for `sqlite:///file` or `postgresql://...`; nothing is opened yet.

    Raises StoreError for an address that names no store we know.
    """
    try:
        # Hosting services hand out addresses that begin with "postgres://".
        address = make_url(re.sub(r"^postgres://", "postgresql://", url))
    except ArgumentError:
        raise AddressError(
            "TRENDBOT_DATABASE_URL is no database address: write sqlite:///trendbot.db or postgresql://user@host/name."
        ) from None
    if address.get_backend_name() == "postgresql":
        address = address.set(drivername="postgresql+psycopg")
        # Hidden parameters: a failed bulk insert would otherwise print thousands of other people's titles.
        return create_engine(address, hide_parameters=True, pool_pre_ping=True)
    if address.get_backend_name() != "sqlite":
        raise AddressError(f"A store on {address.get_backend_name()} is not supported: use sqlite or postgresql.")
    if address.host or not address.database or address.database == ":memory:":
        raise AddressError(
            "TRENDBOT_DATABASE_URL names no file: write sqlite:///trendbot.db, with three slashes and a name."
        )
    folder = Path(address.database).parent
    if not folder.is_dir():
        raise StoreError(f"The folder {folder} for the store is missing: make it, or change TRENDBOT_DATABASE_URL.")
    try:
        engine = create_engine(address, hide_parameters=True, connect_args={"timeout": BUSY_SECONDS})
    except NoSuchModuleError:
        raise AddressError("TRENDBOT_DATABASE_URL names an unknown driver: write sqlite:///trendbot.db.") from None
    event.listen(engine, "connect", _tune)
    event.listen(engine, "begin", _begin)
    return engine


def store_trouble(error: DBAPIError) -> str:
    """A sentence on a store that can't be opened, read or written: what is wrong and what to do."""
    cause = (str(error.orig).strip() or type(error.orig).__name__).split("\n")[0]
    if "locked" in cause:
        return "The store is locked by another program: stop that one, or wait until its import is done."
    if "not a database" in cause or "malformed" in cause:
        return f"The store is damaged or no store ({cause}): restore a copy, or point TRENDBOT_DATABASE_URL elsewhere."
    if "no space" in cause.lower() or "disk is full" in cause:
        return "The disk is full: make room; what was stored before is safe."
    if isinstance(error.orig, sqlite3.Error):
        return f"The store can't be used ({cause}): check TRENDBOT_DATABASE_URL and the rights on its folder."
    return f"The database server can't be used ({cause}): check TRENDBOT_DATABASE_URL and that the server runs."


def free_bytes(engine: Engine) -> int:
    """Free bytes on the disk of an SQLite store; of a server's disk we know nothing, and say there is plenty."""
    if engine.dialect.name != "sqlite":
        return sys.maxsize
    return shutil.disk_usage(Path(str(engine.url.database)).resolve().parent).free


def _tune(connection: sqlite3.Connection, _record: object) -> None:
    # WAL with synchronous=NORMAL lets readers go on while one writes and loses nothing but, after a
    # power cut, the newest transactions (sqlite.org/wal.html). The driver must not begin by itself.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        "temp_store=MEMORY",
        "cache_size=-65536",
        # In pages: counts and marks lie all over the file, and each is written back once instead of many times.
        "wal_autocheckpoint=32000",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")


@contextmanager
def transaction(engine: Engine, writes: bool = False) -> Iterator[Session]:
    """A session that is committed at the end, and rolled back when something is raised.

    `writes` takes SQLite's writer's lock at the start: a transaction that reads first and writes later
    would fail at once, without waiting, when another has written in between (sqlite.org/isolation.html).
    """
    with Session(engine.execution_options(writes=writes), expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A connection for bulk work, in one transaction with the writer's lock.

    Counts are kept by differences from what was read, so two such transactions must not overlap; where
    a writer does not lock the whole store (PostgreSQL), a lock of our own sees to it. Whatever was reckoned from
    the counts before is out of date afterwards.
    """
    with engine.execution_options(writes=True).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": BULK})
        yield connection
        counts_changed(connection)


def table(model: Any) -> Table:
    """The table behind a model, for bulk work."""
    found: Table = model.__table__
    return found


def add_rows(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]], conflict: str = "") -> None:
    """Inserts plain rows, columns in the table's order, as fast as the driver can.

    Several times faster than going through the toolkit's own statements, which matters where every
    article brings a dozen rows. `conflict` is what stands after ON CONFLICT.
    """
    if not rows:
        return
    mark = "%s" if connection.dialect.name == "postgresql" else "?"
    columns = ", ".join(column.name for column in table.columns)
    marks = ", ".join(mark for _ in table.columns)
    clause = f" ON CONFLICT {conflict}" if conflict else ""
    for place, column in enumerate(table.columns):
        # SQLite has no type of its own for moments: the toolkit writes them as text.
        if isinstance(column.type, DateTime) and (
            write := column.type.dialect_impl(connection.dialect).bind_processor(connection.dialect)
        ):
            rows = [(*row[:place], write(row[place]), *row[place + 1 :]) for row in rows]
    connection.exec_driver_sql(f"INSERT INTO {table.name} ({columns}) VALUES ({marks}){clause}", list(rows))


def add_up(connection: Connection, table: Table, rows: Sequence[tuple[int, ...]]) -> None:
    """Adds to a table of counts: a new key is inserted, an old one has its other columns raised by the row's."""
    keys = ", ".join(column.name for column in table.primary_key)
    others = [column.name for column in table.columns if not column.primary_key]
    sums = ", ".join(f"{name} = {table.name}.{name} + excluded.{name}" for name in others)
    add_rows(connection, table, rows, f"({keys}) DO UPDATE SET {sums}")


def insert_rows(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Inserts rows in bulk."""
    if rows:
        connection.execute(insert(table), list(rows))


def reserve(connection: Connection, table: Table, number: int) -> range | list[int]:
    """Ids for rows about to be inserted in bulk, so that other rows can name them in the same batch."""
    if connection.dialect.name == "postgresql":
        query = text("SELECT nextval(pg_get_serial_sequence(:table, 'id')) FROM generate_series(1, :number)")
        return [row[0] for row in connection.execute(query, {"table": table.name, "number": number})]
    first = (connection.execute(select(func.max(table.c.id))).scalar() or 0) + 1
    return range(first, first + number)


def select_among(connection: Connection, query: str, values: Sequence[Any], *more: Any) -> Sequence[Any]:
    """The rows of a query whose {among} stands for "is one of these": numbers or texts, however many, in one parameter.

    To bind thousands of values one by one takes longer than to find them. `more` are the query's other parameters,
    each a %s behind the list.
    """
    if connection.dialect.name == "postgresql":
        return connection.exec_driver_sql(query.format(among="= ANY(%s)"), (list(values), *more)).all()
    listed = query.replace("%s", "?").format(among="IN (SELECT value FROM json_each(?))")
    return connection.exec_driver_sql(listed, (json.dumps(list(values)), *more)).all()


def chunks(values: Sequence[Any], size: int = IN_LIMIT) -> Iterator[Sequence[Any]]:
    """Pieces small enough for one statement's parameters."""
    for start in range(0, len(values), size):
        yield values[start : start + size]
