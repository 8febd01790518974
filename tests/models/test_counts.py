"""Counts as they are asked for, on rows made by hand. On both stores."""

from datetime import UTC, datetime

import numpy as np
import pytest
from numpy.typing import NDArray
from sqlalchemy import Engine, insert
from sqlmodel import Session

from models.count import (
    NameCount,
    PairCount,
    ReadCount,
    Snapshot,
    busy_pairs,
    hour_of,
    last_read,
    name_windows,
    pair_windows,
    snapshots,
    start_of,
    stories_read,
)
from models.database import add_counts, add_rows, table, writing
from models.entity import Entity
from models.source import Source

pytestmark = pytest.mark.both_stores


@pytest.fixture
def counted(empty: Engine) -> Engine:
    """Four entities, two sources, and their counts."""
    with writing(empty) as connection:
        for key in range(1, 5):
            row = {
                "id": key,
                "key": f"e{key}",
                "name": f"E{key}",
                "kind": "model",
                "origin": "catalogue",
                "active": True,
            }
            connection.execute(insert(table(Entity)).values(**row))
        for key in (1, 2):
            connection.execute(
                insert(table(Source)).values(**Source(name=f"S{key}").model_dump(exclude={"id"}), id=key)
            )
        add_rows(connection, table(NameCount), [(1, 10, 3), (1, 12, 4), (1, 20, 1), (2, 11, 2), (2, 12, 5), (3, 30, 9)])
        add_rows(connection, table(PairCount), [(1, 2, 10, 2), (1, 2, 12, 3), (1, 3, 12, 1), (2, 3, 11, 6)])
        add_rows(connection, table(ReadCount), [(1, 10, 9, 8, 4), (2, 10, 5, 5, 1), (1, 12, 3, 2, 0), (2, 30, 7, 6, 5)])
        add_rows(connection, table(Snapshot), [("starter", 10, 33)])
    return empty


def _plain(pair: tuple[NDArray[np.int64], NDArray[np.int64]]) -> list[tuple[int, int]]:
    hours, counts = pair
    assert hours.dtype == counts.dtype == np.int64
    return sorted(zip(hours.tolist(), counts.tolist(), strict=True))


def test_an_hour_is_the_hours_since_1970():
    assert hour_of(datetime(1970, 1, 2, 3, 59, 59, tzinfo=UTC)) == 27
    assert start_of(27) == datetime(1970, 1, 2, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("end", "width", "number", "names", "pairs"),
    [
        pytest.param(
            13,
            3,
            1,
            [(1, 0, 7), (2, 0, 7)],
            [(1, 2, 0, 5), (1, 3, 0, 1), (2, 3, 0, 6)],
            id="the last window ends before the end",
        ),
        pytest.param(
            13,
            1,
            3,
            [(1, 0, 3), (1, 2, 4), (2, 1, 2), (2, 2, 5)],
            [(1, 2, 0, 2), (1, 2, 2, 3), (1, 3, 2, 1), (2, 3, 1, 6)],
            id="windows without a story are left out",
        ),
        pytest.param(9, 4, 2, [], [], id="nothing counted yet"),
    ],
)
def test_windows(counted: Engine, end: int, width: int, number: int, names: list, pairs: list):
    with Session(counted) as session:
        assert sorted(map(tuple, name_windows(session, end, width, number).tolist())) == names
        assert sorted(map(tuple, pair_windows(session, end, width, number).tolist())) == pairs


@pytest.mark.parametrize(
    ("first", "last", "least", "entity", "expected"),
    [
        (0, 99, 1, None, {(1, 2), (1, 3), (2, 3)}),
        (0, 99, 5, None, {(1, 2), (2, 3)}),
        (0, 99, 1, 3, {(1, 3), (2, 3)}),
        (10, 10, 1, None, {(1, 2)}),
        (0, 99, 1, 4, set()),
    ],
)
def test_busy_pairs(
    counted: Engine, first: int, last: int, least: int, entity: int | None, expected: set[tuple[int, int]]
):
    with Session(counted) as session:
        assert {tuple(pair) for pair in busy_pairs(session, first, last, least, entity)} == expected


def test_what_was_read(counted: Engine):
    with Session(counted) as session:
        assert _plain(stories_read(session, 10, 30)) == [(10, 5), (12, 0), (30, 5)], (
            "hours without any reading are left out"
        )
        assert _plain(stories_read(session, 11, 11)) == []
        assert [last_read(session, until) for until in (9, 10, 11, 29, 30, 99)] == [None, 10, 10, 12, 30, 30]
        assert [(row.name, row.first, row.last) for row in snapshots(session)] == [("starter", 10, 33)]


def test_an_empty_store_was_never_read(empty: Engine):
    with Session(empty) as session:
        assert last_read(session, 99) is None
        assert name_windows(session, 99, 24, 4).shape == (0, 3)
        assert pair_windows(session, 99, 24, 4).shape == (0, 4)
        assert _plain(stories_read(session, 0, 99)) == []


def test_counts_add_up(counted: Engine):
    with writing(counted) as connection:
        add_counts(connection, table(NameCount), [(1, 10, -1), (1, 11, 2), (1, 11, 2)])
        add_counts(connection, table(ReadCount), [(1, 10, 1, 0, 2)])
    with Session(counted) as session:
        assert [row for row in name_windows(session, 13, 1, 3).tolist() if row[0] == 1] == [
            [1, 0, 2],
            [1, 1, 4],
            [1, 2, 4],
        ]
        assert _plain(stories_read(session, 10, 10)) == [(10, 7)]
