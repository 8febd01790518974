"""Windows, counted by hand."""

import numpy as np
import pytest

from signals.expectation.series import CountTable, sum_windows


def hours(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


@pytest.mark.parametrize(
    ("at", "counts", "end", "width", "number", "expected"),
    [
        pytest.param([], [], 100, 24, 3, [0, 0, 0], id="nothing"),
        pytest.param([99], [5], 100, 1, 3, [0, 0, 5], id="the last hour is the one before the end"),
        pytest.param([100], [5], 100, 1, 3, [0, 0, 0], id="the end itself is outside"),
        pytest.param([76, 99], [2, 3], 100, 24, 2, [0, 5], id="a window's first and last hour"),
        pytest.param([75], [2], 100, 24, 2, [2, 0], id="one hour earlier is the window before"),
        pytest.param([52, 51], [2, 9], 100, 24, 2, [2, 0], id="older than all windows"),
        pytest.param([99, 52, 76, 52], [1, 2, 4, 8], 100, 24, 2, [10, 5], id="unsorted and repeated"),
        pytest.param([-1, -25], [3, 4], 0, 24, 2, [4, 3], id="hours before 1970"),
        pytest.param([10**6, -(10**6)], [7, 7], 100, 24, 2, [0, 0], id="far outside on both sides"),
        pytest.param([99], [10**12], 100, 24, 1, [10**12], id="one window of many"),
        pytest.param([98, 99], [3, -1], 100, 24, 1, [2], id="a correction is subtracted"),
    ],
)
def test_windows(at, counts, end, width, number, expected):
    assert sum_windows(hours(*at), hours(*counts), end, width, number).tolist() == expected


def test_windows_of_one_hour_are_the_counts_themselves():
    assert sum_windows(hours(0, 1, 2), hours(5, 6, 7), 3, 1, 3).tolist() == [5, 6, 7]


def test_nothing_inside_is_lost():
    rng = np.random.default_rng(1)
    at, counts = rng.integers(0, 240, 500), rng.integers(0, 9, 500)
    found = sum_windows(at, counts, 240, 24, 10)
    assert found.sum() == counts.sum()
    assert found[3] == counts[(at >= 72) & (at < 96)].sum()


COUNTS = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 0.0], [2.0, 0.0, 7.0]])


def test_a_table_holds_what_the_array_holds():
    found = CountTable.dense(COUNTS)
    assert found.array().tolist() == COUNTS.tolist()
    assert len(found.count) == 3


def test_the_same_place_twice_is_summed():
    found = CountTable(np.array([0, 0]), np.array([1, 1]), np.array([2.0, 3.0]), 1, 2)
    assert found.array().tolist() == [[0, 5]]


@pytest.mark.parametrize("rows", [[2], [1], [2, 0], [0, 1, 2], []])
def test_rows_of_a_table(rows):
    assert CountTable.dense(COUNTS).take(np.array(rows, dtype=int)).array().tolist() == COUNTS[rows].tolist()


def test_two_tables_as_one():
    both = CountTable.dense(COUNTS).concat(CountTable.dense(COUNTS * 2))
    assert both.array().tolist() == [*COUNTS.tolist(), *(COUNTS * 2).tolist()]
