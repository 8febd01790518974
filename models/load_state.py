"""The state of the store: which data files are loaded, so that a start with the same files costs nothing, and a stamp
of the counts.
"""

from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path
from uuid import uuid4

from sqlalchemy import Connection
from sqlmodel import Field, Session, SQLModel

COUNTS = "counts"
"""Name of the stamp that changes with the counts."""


class Loaded(SQLModel, table=True):
    """What was last loaded under a name: a hash, or a watermark."""

    name: str = Field(primary_key=True)
    digest: str


def files_hash(paths: Iterable[Path], *more: str) -> str:
    """A hash of the contents of some files, and of anything else that decides what is loaded."""
    found = blake2b(digest_size=16)
    for text in more:
        found.update(text.encode() + b"\0")
    for path in paths:
        # Reading it will report a missing file; here it merely differs.
        found.update(path.read_bytes() if path.is_file() else b"missing")
        found.update(b"\0")
    return found.hexdigest()


def is_loaded(session: Session, name: str, wanted: str) -> bool:
    """Whether exactly this was loaded last."""
    row = session.get(Loaded, name)
    return row is not None and row.digest == wanted


def note_loaded(session: Session, name: str, wanted: str) -> None:
    """Records what is loaded now."""
    session.merge(Loaded(name=name, digest=wanted))


def counts_changed(connection: Connection) -> None:
    """Stamps the counts as changed, so that figures cached from the old ones are not used again."""
    clause = "ON CONFLICT (name) DO UPDATE SET digest = excluded.digest"
    connection.exec_driver_sql(f"INSERT INTO loaded (name, digest) VALUES ('{COUNTS}', '{uuid4().hex}') {clause}")


def counts_state(session: Session) -> str:
    """The current stamp of the counts; "" before there were any."""
    row = session.get(Loaded, COUNTS, populate_existing=True)
    return row.digest if row else ""
