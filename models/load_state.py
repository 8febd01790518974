"""What the store holds now: which data files, so that a start with the same files costs nothing, and which counts."""

from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path
from uuid import uuid4

from sqlalchemy import Connection
from sqlmodel import Field, Session, SQLModel

COUNTS = "counts"
"""The name under which the state of the counts is kept: other after whatever may have changed them."""


class Loaded(SQLModel, table=True):
    """What was last loaded under a name, by the hash of its files."""

    name: str = Field(primary_key=True)
    digest: str


def files_hash(paths: Iterable[Path], *more: str) -> str:
    """A hash of the bytes of some files, and of whatever else decides what is loaded."""
    found = blake2b(digest_size=16)
    for text in more:
        found.update(text.encode() + b"\0")
    for path in paths:
        # A missing file is a mistake that reading it will tell; here it is merely different.
        found.update(path.read_bytes() if path.is_file() else b"missing")
        found.update(b"\0")
    return found.hexdigest()


def is_loaded(session: Session, name: str, wanted: str) -> bool:
    """Whether exactly this was loaded last."""
    row = session.get(Loaded, name)
    return row is not None and row.digest == wanted


def note_loaded(session: Session, name: str, wanted: str) -> None:
    """Notes what is loaded now."""
    session.merge(Loaded(name=name, digest=wanted))


def counts_changed(connection: Connection) -> None:
    """Notes that counts may be others from now on, so that nothing reckoned from the old ones is kept."""
    clause = "ON CONFLICT (name) DO UPDATE SET digest = excluded.digest"
    connection.exec_driver_sql(f"INSERT INTO loaded (name, digest) VALUES ('{COUNTS}', '{uuid4().hex}') {clause}")


def counts_state(session: Session) -> str:
    """What stands for the counts as they are; "" before there were any."""
    row = session.get(Loaded, COUNTS, populate_existing=True)
    return row.digest if row else ""
