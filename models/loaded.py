"""Which data files are in the store already, so that a start with the same files costs nothing."""

from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path

from sqlmodel import Field, Session, SQLModel


class Loaded(SQLModel, table=True):
    """What was last loaded under a name, by the hash of its files."""

    name: str = Field(primary_key=True)
    digest: str


def digest(paths: Iterable[Path], *more: str) -> str:
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
