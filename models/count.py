"""Counts of stories per hour, for names, pairs and sources: rollups, rebuilt from mentions at any time.

An hour is a whole number: hours since 1970-01-01T00:00Z. Pairs are stored once, smaller id first.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Executable, Index
from sqlmodel import Field, Session, SQLModel, and_, col, func, or_, select

from models.database import chunks

HOUR = 3600


class NameCount(SQLModel, table=True):
    """Stories that name an entity, or a child of it, in one hour."""

    __tablename__ = "name_count"
    __table_args__ = (Index("ix_name_count_hour", "hour", "n"), {"sqlite_with_rowid": False})

    entity_id: int = Field(foreign_key="entity.id", primary_key=True)
    hour: int = Field(primary_key=True)
    n: int


class PairCount(SQLModel, table=True):
    """Stories that name both entities, each in so many words, in one hour."""

    __tablename__ = "pair_count"
    __table_args__ = (Index("ix_pair_count_hour", "hour", "n"), {"sqlite_with_rowid": False})

    entity_id: int = Field(foreign_key="entity.id", primary_key=True)
    other_id: int = Field(foreign_key="entity.id", primary_key=True)
    hour: int = Field(primary_key=True)
    n: int


class ReadCount(SQLModel, table=True):
    """What was read from a source in one hour: the exposure that counts are measured against."""

    __tablename__ = "read_count"
    __table_args__ = (Index("ix_read_count_hour", "hour", "named"), {"sqlite_with_rowid": False})

    source_id: int = Field(foreign_key="source.id", primary_key=True)
    hour: int = Field(primary_key=True)
    articles: int
    stories: int
    """Stories that it told first."""
    named: int
    """Those of them that name anybody we know: what shares are shares of. A source of general news, or one
    that falls silent, then changes little."""


class Snapshot(SQLModel, table=True):
    """A span of hours whose counts came ready-made (the starter data).

    Articles of that span are stored and linked, but not counted a second time.
    """

    name: str = Field(primary_key=True)
    first: int
    last: int


Series = dict[tuple[int, ...], tuple[NDArray[np.int64], NDArray[np.int64]]]
"""For each name (id,) or pair (id, id): its hours and its counts, two arrays of the same length."""

NOTHING = (np.zeros(0, np.int64), np.zeros(0, np.int64))
"""The series of a name that was never counted."""


def hour_of(moment: datetime) -> int:
    """The hour that a moment lies in."""
    return int(moment.timestamp()) // HOUR


def start_of(hour: int) -> datetime:
    """The moment at which an hour begins."""
    return datetime.fromtimestamp(hour * HOUR, UTC)


def span(session: Session) -> tuple[int, int] | None:
    """The first and last hour of which anything was read; None when the store is empty."""
    # Two statements: SQLite answers min or max alone from the index, but scans the table for both at once.
    first = session.exec(select(func.min(ReadCount.hour))).one()
    last = session.exec(select(func.max(ReadCount.hour))).one()
    return None if first is None or last is None else (first, last)


def last_read(session: Session, until: int) -> int | None:
    """The newest hour of which anything was read, up to and including `until`."""
    return session.exec(select(func.max(ReadCount.hour)).where(ReadCount.hour <= until)).one()


def read(session: Session, first: int, last: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """How many stories that name anybody were read in each hour of first..last.

    Gives (hours, stories); hours of which nothing was read are left out.
    """
    query = (
        select(ReadCount.hour, func.sum(ReadCount.named))
        .where(col(ReadCount.hour).between(first, last))
        .group_by(col(ReadCount.hour))
    )
    return _arrays(session.exec(query).all())


def busy_names(session: Session, first: int, last: int, least: int) -> list[int]:
    """The entities with at least `least` stories in the hours first..last."""
    query = (
        select(NameCount.entity_id)
        .where(col(NameCount.hour).between(first, last))
        .group_by(col(NameCount.entity_id))
        .having(func.sum(NameCount.n) >= least)
    )
    return list(session.exec(query))


def busy_pairs(
    session: Session, first: int, last: int, least: int, entity_id: int | None = None
) -> list[tuple[int, int]]:
    """The pairs (of one entity) with at least `least` stories in the hours first..last."""
    query = (
        select(PairCount.entity_id, PairCount.other_id)
        .where(col(PairCount.hour).between(first, last))
        .group_by(col(PairCount.entity_id), col(PairCount.other_id))
        .having(func.sum(PairCount.n) >= least)
    )
    if entity_id is not None:
        query = query.where(or_(PairCount.entity_id == entity_id, PairCount.other_id == entity_id))
    return list(session.exec(query))


def name_series(session: Session, ids: Sequence[int], first: int, last: int) -> Series:
    """Counts per hour of some entities, in the hours first..last."""
    found: Series = {(key,): NOTHING for key in ids}
    for some in chunks(list(ids)):
        query = select(NameCount.entity_id, NameCount.hour, NameCount.n).where(
            col(NameCount.entity_id).in_(some), col(NameCount.hour).between(first, last)
        )
        found |= _series(session, query)
    return found


def pair_series(session: Session, pairs: Sequence[tuple[int, int]], first: int, last: int) -> Series:
    """Counts per hour of some pairs, in the hours first..last."""
    found: Series = {tuple(sorted(pair)): NOTHING for pair in pairs}
    for some in chunks(sorted(found), 400):
        query = select(PairCount.entity_id, PairCount.other_id, PairCount.hour, PairCount.n).where(
            or_(*(and_(PairCount.entity_id == a, PairCount.other_id == b) for a, b in some)),
            col(PairCount.hour).between(first, last),
        )
        found |= _series(session, query)
    return found


def snapshots(session: Session) -> list[Snapshot]:
    """The spans whose counts came ready-made."""
    return list(session.exec(select(Snapshot)))


def _series(session: Session, query: Executable) -> Series:
    """The rows of a query for (ids…, hour, n) as series.

    One name has a thousand rows, an answer looks at fifty names: so all rows become one array at once.
    """
    rows = session.connection().execute(query).all()
    if not rows:
        return {}
    table = np.fromiter(chain.from_iterable(rows), np.int64).reshape(len(rows), -1)
    keys = table[:, :-2]
    order = np.lexsort(keys.T)
    table, keys = table[order], keys[order]
    starts = np.flatnonzero((keys[1:] != keys[:-1]).any(axis=1)) + 1
    return {tuple(int(key) for key in part[0, :-2]): (part[:, -2], part[:, -1]) for part in np.split(table, starts)}


def _arrays(rows: Sequence[tuple[int, int]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    table = np.array([(int(hour), int(n)) for hour, n in rows], dtype=np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]
