"""`trendbot eval series` and `eval facts`: a file in, a file out, and what is wrong with a file by its line."""

import csv
import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from bot.__main__ import app
from evaluation.facts import evaluate_facts
from evaluation.series import evaluate_series
from ingest.formats.files import FileError

START = datetime(2026, 3, 1, 7, 42, 53, tzinfo=UTC)


def written(path, values, times=None, form="%Y-%m-%d %H:%M:%S"):
    times = times or [START + timedelta(minutes=5 * row) for row in range(len(values))]
    lines = [f"{time.strftime(form)},{value}" for time, value in zip(times, values, strict=True)]
    path.write_text("\n".join(["timestamp,value", *lines]) + "\n", encoding="utf-8")
    return path


def scored(path):
    out = StringIO()
    evaluate_series(path, out)
    return list(csv.DictReader(StringIO(out.getvalue())))


@pytest.fixture
def counts():
    values = np.random.default_rng(1).poisson(9, 3000)
    values[2000:2040] *= 9
    return values.tolist()


def test_the_rows_come_back_with_their_scores(tmp_path, counts):
    rows = scored(written(tmp_path / "in.csv", counts))
    assert list(rows[0]) == ["timestamp", "value", "anomaly_score", "z"]
    assert [int(row["value"]) for row in rows] == counts
    assert rows[0]["timestamp"] == "2026-03-01 07:42:53"
    (alarm,) = [number for number, row in enumerate(rows) if float(row["anomaly_score"]) == 1]
    assert 2000 <= alarm < 2012
    assert float(rows[alarm]["z"]) >= 2.5


@pytest.mark.parametrize("form", ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S+00:00"])
def test_iso_times(tmp_path, counts, form):
    plain = [row["z"] for row in scored(written(tmp_path / "plain.csv", counts))]
    assert [row["z"] for row in scored(written(tmp_path / "iso.csv", counts, form=form))] == plain


def test_missing_rows_and_empty_values_are_gaps(tmp_path, counts):
    times = [START + timedelta(minutes=5 * row) for row in range(len(counts))]
    empty = ["" if 500 <= row < 900 else value for row, value in enumerate(counts)]
    with_empty = scored(written(tmp_path / "empty.csv", empty))
    kept = [row for row in range(len(counts)) if not 500 <= row < 900]
    without = scored(written(tmp_path / "without.csv", [counts[row] for row in kept], [times[row] for row in kept]))
    assert without == [with_empty[row] for row in kept]


def test_a_spreadsheets_file(tmp_path):
    (tmp_path / "in.csv").write_bytes(b"\xef\xbb\xbfvalue,timestamp,note\r\n3,2026-03-01 00:00:00,a\r\n")
    assert scored(tmp_path / "in.csv") == [
        {"timestamp": "2026-03-01 00:00:00", "value": "3", "anomaly_score": "0.0000", "z": "0.0000"}
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        pytest.param("", r"in.csv:1: the first line must name the columns timestamp and value", id="empty"),
        pytest.param("time,count\n", r"in.csv:1: the first line", id="other columns"),
        pytest.param("timestamp,value\n", r"has no rows below its header", id="no rows"),
        pytest.param(
            "timestamp,value\n2026-03-01,1\n2026-03-02,many\n", r"in.csv:3: 'many' is not a number", id="word"
        ),
        pytest.param("timestamp,value\nyesterday,1\n", r"in.csv:2: 'yesterday' is not a time", id="no time"),
        pytest.param("timestamp,value\n2026-03-01\n2026-03-01,1\n", r"in.csv:3: .* is not later", id="twice"),
        pytest.param("timestamp,value\n2026-03-02,1\n2026-03-01,1\n", r"in.csv:3: .* is not later", id="backwards"),
        pytest.param(
            "timestamp,value\n0026-03-01 00:00:00,1\n2026-03-01 00:00:00,1\n2026-03-01 00:00:01,1\n"
            "2026-03-01 00:00:02,1\n",
            r"check its dates",
            id="two thousand years of seconds",
        ),
    ],
)
def test_what_is_wrong_is_told_by_its_line(tmp_path, text, sentence):
    (tmp_path / "in.csv").write_text(text, encoding="utf-8")
    with pytest.raises(FileError, match=sentence):
        scored(tmp_path / "in.csv")


def test_a_file_that_cannot_be_read(tmp_path):
    with pytest.raises(FileError, match="can't be read"):
        scored(tmp_path / "none.csv")
    (tmp_path / "in.csv").write_bytes(b"timestamp,value\n\xff\xfe")
    with pytest.raises(FileError, match="can't be read"):
        scored(tmp_path / "in.csv")


def test_the_command(tmp_path, counts, monkeypatch):
    monkeypatch.chdir(tmp_path)
    written(tmp_path / "in.csv", counts)
    shown = CliRunner().invoke(app, ["eval", "series", "in.csv"])
    assert (shown.exit_code, shown.stdout.splitlines()[0]) == (0, "timestamp,value,anomaly_score,z")
    kept = CliRunner().invoke(app, ["eval", "series", "in.csv", "--out", "out.csv"])
    assert (kept.exit_code, kept.stdout) == (0, "")
    assert (tmp_path / "out.csv").read_text(encoding="utf-8") == shown.stdout


def test_the_command_refuses_with_a_sentence(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    refused = CliRunner().invoke(app, ["eval", "series", "none.csv"])
    assert refused.exit_code == 1
    assert refused.stderr.startswith("none.csv can't be read")
    written(tmp_path / "in.csv", [1])
    refused = CliRunner().invoke(app, ["eval", "series", "in.csv", "--out", "no/such/folder.csv"])
    assert refused.exit_code == 1
    assert refused.stderr.startswith("Can't write no/such/folder.csv: No such file or directory.")


def test_facts_of_passages_are_written_one_a_line(store: Engine, tmp_path: Path):
    path = tmp_path / "passages.jsonl"
    passage = {
        "pid": "a#1",
        "text": "On March 3, Cohere released Umbra 2, a 14B parameter model.",
        "date": "2026-03-04",
    }
    path.write_text(json.dumps(passage) + "\n\n", encoding="utf-8")
    out = StringIO()
    assert evaluate_facts(store, path, out) == 2
    released, size = (json.loads(line) for line in out.getvalue().splitlines())
    assert released == {
        "pid": "a#1",
        "subject": "Cohere",
        "predicate": "released",
        "object": "Umbra 2",
        "qualifiers": {},
        "status": "announced",
        "from": "2026-03-03",
    }
    assert (size["subject"], size["predicate"], size["value"], size["unit"]) == (
        "Umbra 2",
        "parameters",
        14e9,
        "parameters",
    )


@pytest.mark.parametrize(
    ("line", "why"), [("{", "not JSON"), ('{"pid": 1}', "at least pid and text"), ("[]", "not a JSON object")]
)
def test_a_passage_that_is_none_is_told_by_its_line(store: Engine, tmp_path: Path, line: str, why: str):
    path = tmp_path / "passages.jsonl"
    path.write_text("\n" + line + "\n", encoding="utf-8")
    with pytest.raises(FileError, match=f":2: .*{why}"):
        evaluate_facts(store, path, StringIO())
