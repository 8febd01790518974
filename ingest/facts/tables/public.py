"""The public tables: where they are, how they are read, and one run from download to store."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from ingest.facts.tables import epoch, litellm, models_dev
from ingest.facts.tables.statement import RowError, TableStatement
from ingest.facts.tables.store import ImportReport, store_statements
from ingest.formats.files import FileError, Reject
from ingest.http.fetch import FetchError, fetch, http_client


@dataclass(frozen=True)
class PublicTable:
    """A public table: its address, and its reader, which raises RowError for any other content."""

    name: str
    url: str
    read: Callable[[bytes, str], Iterator[TableStatement | Reject]]


TABLES = {
    table.name: table
    for table in (
        PublicTable("epoch", epoch.URL, epoch.read),
        PublicTable("models.dev", models_dev.URL, models_dev.read),
        PublicTable("litellm", litellm.URL, litellm.read),
    )
}


def import_table(
    engine: Engine, table: PublicTable, now: datetime, file: Path | None = None, url: str = ""
) -> ImportReport:
    """Imports a public table from a file, from its own address or from another one. Raises FileError.

    The store stays as it was when the table can't be read as a whole.
    """
    name, data = _file(file) if file else _fetched(table.name, url or table.url)
    try:
        found = list(table.read(data, name))
    except RowError as error:
        raise FileError(f"{name} {error}.") from error
    return store_statements(engine, table.name, found, now)


def table_statements(table: PublicTable, file: Path) -> list[TableStatement]:
    """The usable statements of a copy of a public table. Raises FileError."""
    name, data = _file(file)
    try:
        return [one for one in table.read(data, name) if isinstance(one, TableStatement)]
    except RowError as error:
        raise FileError(f"{name} {error}.") from error


def _file(path: Path) -> tuple[str, bytes]:
    try:
        return str(path), path.read_bytes()
    except OSError as error:
        raise FileError(f"{path} can't be read ({error.strerror or error}).") from error


def _fetched(name: str, url: str) -> tuple[str, bytes]:
    try:
        with http_client() as http:
            answer = fetch(http, url)
    except FetchError as error:
        raise FileError(
            f"The table {name} at {url} {error.reason}. Try again later, or pass a downloaded copy with --file."
        ) from error
    return url, answer.data or b""
