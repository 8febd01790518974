"""How new names are measured: on made-up news and labels, where the right figures are known by hand."""

import io
import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from evaluation.names import evaluate_names, is_same_name
from ingest.formats.files import FileError
from tests.conftest import NOON
from tests.news import DAY, stories, tell


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("opus4.6", "claudeopus4.6", True),
        ("glm5", "glm5.1", False),
        ("o3", "proto3", False),
        ("glm5.1", "glm5.1", True),
        ("qwen3coder", "coder", False),
    ],
)
def test_names_are_the_same_when_one_ends_the_other_and_digits_agree(one: str, other: str, expected: bool) -> None:
    assert is_same_name(one, other) is expected
    assert is_same_name(other, one) is expected


def _labels(folder: Path, *rows: dict[str, object]) -> Path:
    path = folder / "labels.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows))
    return path


def test_a_label_told_of_in_the_period_is_found_and_an_absent_one_is_set_apart(store: Engine, tmp_path: Path) -> None:
    tell(store, stories("Meta in brief", 4, NOON - 20 * DAY), stories("Meta launches Zorblax 7", 4, NOON))
    day = NOON.date().isoformat()
    labels = _labels(
        tmp_path,
        {"date": day, "models": ["zorblax-7", "quorblax-8"], "title": "Zorblax 7 is out", "description": ""},
    )
    out = io.StringIO()
    found = evaluate_names(store, labels, NOON.date(), NOON.date() + timedelta(days=1), out)
    assert (found.labels, found.in_time, found.absent, found.missed) == (1, 1, 1, ())
    assert (found.found, found.backed) == (1, 1)
    assert (found.described, found.listed, found.linked) == (1, 0, 1)
    row = json.loads(out.getvalue())
    assert (row["name"], row["kind"], row["parents"], row["backed"]) == ("Zorblax 7", "model", ["Meta"], True)


def test_labels_that_cant_be_read_are_told_by_line(store: Engine, tmp_path: Path) -> None:
    path = _labels(tmp_path, {"date": "2026-01-01"}, {"date": "soon"})
    with pytest.raises(FileError, match=r"labels.jsonl:2: an issue needs a date"):
        evaluate_names(store, path, date(2026, 1, 1), date(2026, 1, 2), None)
