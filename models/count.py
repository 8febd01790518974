"""Hourly counts of stories for names, pairs and sources: rollups that can be rebuilt from mentions at any time.

An hour is an integer: hours since 1970-01-01T00:00Z. A pair is stored once, with the smaller id first.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Index
from sqlalchemy import select as sql_select
from sqlmodel import Field, Session, SQLModel, col, func, or_, select

from models import entity, source  # noqa: F401 - keys point at their tables

HOUR = 3600


class NameCount(SQLModel, table=True):
    """Stories in one hour that mention an entity or a child of it."""

    __tablename__ = "name_count"
    __table_args__ = (Index("ix_name_count_hour", "hour", "n"), {"sqlite_with_rowid": False})

    entity_id: int = Field(foreign_key="entity.id", primary_key=True)
    hour: int = Field(primary_key=True)
    n: int


class PairCount(SQLModel, table=True):
    """Stories in one hour that name both entities directly."""

    __tablename__ = "pair_count"
    __table_args__ = (Index("ix_pair_count_hour", "hour", "n"), {"sqlite_with_rowid": False})

    entity_id: int = Field(foreign_key="entity.id", primary_key=True)
    other_id: int = Field(foreign_key="entity.id", primary_key=True)
    hour: int = Field(primary_key=True)
    n: int


class ReadCount(SQLModel, table=True):
    """What was read from a source in one hour: the exposure against which counts are measured."""

    __tablename__ = "read_count"
    __table_args__ = (Index("ix_read_count_hour", "hour", "named"), {"sqlite_with_rowid": False})

    source_id: int = Field(foreign_key="source.id", primary_key=True)
    hour: int = Field(primary_key=True)
    articles: int
    stories: int
    """Stories that it told first."""
    named: int
    """Those of them with a mention of any entity: the denominator of shares, so that a source of general news, or one
    that falls silent, changes little."""


class Snapshot(SQLModel, table=True):
    """A span of hours with ready-made counts (starter data).

    Articles of that span are stored and linked, but not counted again.
    """

    name: str = Field(primary_key=True)
    first: int
    last: int


def hour_of(moment: datetime) -> int:
    """The hour that contains a moment."""
    return int(moment.timestamp()) // HOUR


def start_of(hour: int) -> datetime:
    """The moment at which an hour begins."""
    return datetime.fromtimestamp(hour * HOUR, UTC)


def was_named_since(session: Session, ids: Sequence[int], hour: int) -> bool:
    """Whether any of these entities was mentioned in this hour or later."""
    query = select(NameCount.hour).where(col(NameCount.entity_id).in_(ids), NameCount.hour >= hour, NameCount.n > 0)
    return session.exec(query.limit(1)).first() is not None


def last_read(session: Session, until: int) -> int | None:
    """The last hour up to `until` in which anything was read; None if there is none."""
    return session.exec(select(func.max(ReadCount.hour)).where(ReadCount.hour <= until)).one()


def days_with_news(session: Session, now: datetime, days: int = 90) -> int:
    """How many of the last days have anything that was read."""
    last = hour_of(now)
    query = select(func.count(func.distinct(ReadCount.hour / 24))).where(
        col(ReadCount.hour).between(last - 24 * days, last)
    )
    return session.exec(query).one()


def stories_read(session: Session, first: int, last: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Stories with a mention of any entity, per hour of first..last: (hours, stories), without empty hours."""
    query = (
        select(ReadCount.hour, func.sum(ReadCount.named))
        .where(col(ReadCount.hour).between(first, last))
        .group_by(col(ReadCount.hour))
    )
    return _arrays(session.exec(query).all())


def busy_pairs(
    session: Session, first: int, last: int, least: int, entity_id: int | None = None
) -> list[tuple[int, int]]:
    """Pairs with at least `least` stories in the hours first..last; with `entity_id`, only pairs of this entity."""
    query = (
        select(PairCount.entity_id, PairCount.other_id)
        .where(col(PairCount.hour).between(first, last))
        .group_by(col(PairCount.entity_id), col(PairCount.other_id))
        .having(func.sum(PairCount.n) >= least)
    )
    if entity_id is not None:
        query = query.where(or_(PairCount.entity_id == entity_id, PairCount.other_id == entity_id))
    return list(session.exec(query))


def name_windows(session: Session, end: int, width: int, number: int) -> NDArray[np.int64]:
    """Counts of every name in `number` windows of `width` hours, the last of which ends before hour `end`.

    Shape (rows, 3): entity, window (0 is the oldest), stories; empty windows are left out.
    """
    return _windows(session, [NameCount.entity_id], NameCount.hour, NameCount.n, end, width, number)


def pair_windows(session: Session, end: int, width: int, number: int) -> NDArray[np.int64]:
    """Counts of every pair in windows: shape (rows, 4), smaller entity, other entity, window, stories."""
    return _windows(session, [PairCount.entity_id, PairCount.other_id], PairCount.hour, PairCount.n, end, width, number)


def count_series(
    session: Session, ids: Sequence[int], first: int, last: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Counts of one name or pair in the hours first..last: (hours, stories), without empty hours."""
    if len(ids) == 1:
        query = select(NameCount.hour, NameCount.n).where(
            NameCount.entity_id == ids[0], col(NameCount.hour).between(first, last)
        )
        return _arrays(session.exec(query).all())
    query = select(PairCount.hour, PairCount.n).where(
        PairCount.entity_id == min(ids), PairCount.other_id == max(ids), col(PairCount.hour).between(first, last)
    )
    return _arrays(session.exec(query).all())


def snapshots(session: Session) -> list[Snapshot]:
    """The spans with ready-made counts."""
    return list(session.exec(select(Snapshot)))


def source_windows(session: Session, end: int, width: int, number: int) -> NDArray[np.int64]:
    """Counts of every source in windows: shape (rows, 3), source, window, stories with a mention of any entity."""
    return _windows(session, [ReadCount.source_id], ReadCount.hour, ReadCount.named, end, width, number)


def _windows(
    session: Session, keys: Sequence[Any], hour: Any, stories: Any, end: int, width: int, number: int
) -> NDArray[np.int64]:
    """Sums of `stories` by keys and window: shape (rows, keys + 2)."""
    first = end - width * number
    window = ((hour - first) // width).label("window")
    query = sql_select(*keys, window, func.sum(stories)).where(hour.between(first, end - 1)).group_by(*keys, window)
    return _table(session.connection().execute(query).all(), len(keys) + 2)


def _arrays(rows: Sequence[tuple[int, int]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    table = _table(rows, 2)
    return table[:, 0], table[:, 1]


def _table(rows: Sequence[Sequence[int]], columns: int) -> NDArray[np.int64]:
    return np.fromiter(chain.from_iterable(rows), dtype=np.int64, count=columns * len(rows)).reshape(-1, columns)
