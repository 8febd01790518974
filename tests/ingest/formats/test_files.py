"""Files into items: one bad line never stops the rest, and a broken file is told."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

from ingest.articles.item import Item
from ingest.formats.files import MAX_LINE, FileError, Reject, read_file, write_rejects
from tests.conftest import NOON

GOOD = {
    "source": "Wire",
    "id": 1,
    "url": "https://e.com/1",
    "title": "Meta opens",
    "published_at": "2026-04-09T11:00:00Z",
}


def _line(**changed: object) -> bytes:
    return json.dumps(GOOD | changed).encode() + b"\n"


def _read(path: Path) -> list[Item | Reject]:
    return list(read_file(str(path), NOON))


BAD = [
    pytest.param(b'{"source": "Wire", \n', "is not valid JSON", id="broken JSON"),
    pytest.param(b"[1, 2]\n", "is not a JSON object", id="a list"),
    pytest.param(b'"text"\n', "is not a JSON object", id="a text"),
    pytest.param(b"null\n", "is not a JSON object", id="null"),
    pytest.param(_line().replace(b"Meta", "Métá".encode("cp1252")), "is not UTF-8", id="wrong encoding"),
    pytest.param(_line(source=""), "source is missing", id="no source"),
    pytest.param(_line(title="", summary=""), "title and summary are both empty", id="nothing said"),
    pytest.param(_line(id=None, url=None), "id and url are both missing", id="nothing tells it apart"),
    pytest.param(_line(published_at=None), "published_at is missing", id="no date"),
    pytest.param(_line(published_at="2026-04-09T11:00:00"), "has no time zone", id="date without zone"),
    pytest.param(_line(published_at="2027-04-09T11:00:00Z"), "in the future", id="date in the future"),
    pytest.param(_line(published_at="0001-01-01T00:00:00Z"), "before 1990", id="year 1"),
    pytest.param(_line(published_at="whenever"), "is not a date", id="nonsense date"),
    pytest.param(_line(published_at="9" * 40), "is not a date", id="a date of absurd length"),
    pytest.param(_line(published_at=f"9 April 2026 {'9' * 40}:00 PDT"), "is not a date", id="an hour of absurd length"),
    pytest.param(_line(published_at="9" * 1_000_000), "is not a date", id="a date of a million digits"),
    pytest.param(_line(published_at="\ud800"), "is not a date", id="date of a lone surrogate"),
    pytest.param(b"[" * 200_000 + b"\n", "is not valid JSON", id="deep JSON"),
    pytest.param(
        _line().replace(b'"id": 1', b'"id": ' + b"9" * 5000), "id is too large a number", id="a number without end"
    ),
    pytest.param(b'{"title": "' + b"x" * 5 * 1024 * 1024 + b'"}\n', "longer than 4 MB", id="a line of 5 MB"),
    pytest.param(b"\xff\xfe{\x00}\x00\n", "is not UTF-8", id="UTF-16"),
]


@pytest.mark.parametrize(("bad", "sentence"), BAD)
def test_a_bad_line_is_told_and_never_stops_the_rest(tmp_path: Path, bad: bytes, sentence: str):
    path = tmp_path / "news.jsonl"
    path.write_bytes(_line(id="before") + bad + b"\n" + _line(id="after"))
    before, reject, after = _read(path)
    assert isinstance(before, Item)
    assert isinstance(after, Item)
    assert isinstance(reject, Reject)
    assert (before.external_id, after.external_id) == ("before", "after")
    assert (reject.file, reject.line) == (str(path), 2)
    assert sentence in reject.reason
    assert len(reject.text) <= 500
    rejects = tmp_path / "rejects.jsonl"
    write_rejects(rejects, [reject])
    assert json.loads(rejects.read_text(encoding="utf-8"))["line"] == 2


def test_rejects_are_added_to_the_file(tmp_path: Path):
    path = tmp_path / "rejects.jsonl"
    write_rejects(path, [])
    assert not path.exists()
    for number in (1, 2):
        write_rejects(path, [Reject("news.jsonl", number, "is “nothing”", "{")])
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert rows == [{"file": "news.jsonl", "line": number, "reason": "is “nothing”", "text": "{"} for number in (1, 2)]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(_line(), id="plain"),
        pytest.param(_line().rstrip(), id="without a last newline"),
        pytest.param(b"\xef\xbb\xbf" + _line(), id="with a byte order mark"),
        pytest.param(b"\r\n\n  \n" + _line().replace(b"\n", b"\r\n"), id="with blank lines and Windows line ends"),
        pytest.param(gzip.compress(_line()), id="gzip"),
        pytest.param(gzip.compress(b"\xef\xbb\xbf") + gzip.compress(_line()), id="gzip in two pieces"),
        pytest.param(_line(title="Me\x00ta\ud800 opens"), id="with NUL and a lone surrogate"),
    ],
)
def test_a_good_line_is_read(tmp_path: Path, data: bytes):
    path = tmp_path / "news"
    path.write_bytes(data)
    (found,) = _read(path)
    assert isinstance(found, Item)
    assert (found.title, found.external_id) == ("Meta opens", "1")


def test_an_empty_file_holds_nothing(tmp_path: Path):
    for name, data in (("a", b""), ("b", b"\n\n"), ("c.gz", gzip.compress(b""))):
        (tmp_path / name).write_bytes(data)
        assert _read(tmp_path / name) == []


def test_what_comes_before_the_end_of_a_cut_gzip_is_read(tmp_path: Path):
    path = tmp_path / "cut.jsonl.gz"
    whole = gzip.compress(b"".join(_line(id=number, title=f"{number:x}" * 40) for number in range(3000)))
    path.write_bytes(whole[: len(whole) // 2])
    found: list[Item | Reject] = []
    with pytest.raises(FileError, match="everything before is stored"):
        found.extend(read_file(str(path), NOON))
    assert 0 < len(found) < 3000
    assert all(isinstance(one, Item) for one in found)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\x1f\x8b" + b"garbage" * 20, id="garbage behind the mark"),
        pytest.param(gzip.compress(b"")[:10] + b"\xff" * 50, id="garbage behind the head"),
        pytest.param(gzip.compress(_line())[:-8] + b"\0" * 8, id="wrong sum"),
        pytest.param(b"\x1f\x8b", id="the mark alone"),
    ],
)
def test_a_broken_gzip_file_is_told(tmp_path: Path, data: bytes):
    path = tmp_path / "broken.gz"
    path.write_bytes(data)
    with pytest.raises(FileError, match=r"broken\.gz"):
        _read(path)


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path):
    with pytest.raises(FileError, match=r"can't be opened \(No such file"):
        _read(tmp_path / "missing.jsonl")
    with pytest.raises(FileError, match=r"can't be opened \(Is a directory"):
        _read(tmp_path)


def test_standard_input_is_read():
    """In a process of its own: pytest keeps this one's standard input."""
    code = (
        "from datetime import datetime, UTC; from ingest.formats.files import read_file\n"
        "print(*(one.external_id for one in read_file('-', datetime(2026, 4, 9, 12, tzinfo=UTC))))"
    )
    for data in (_line(id="x") + _line(id="y"), gzip.compress(_line(id="x") + _line(id="y"))):
        done = subprocess.run([sys.executable, "-c", code], input=data, capture_output=True, check=True)
        assert done.stdout == b"x y\n"


def test_progress_tells_how_far_we_are(tmp_path: Path):
    path = tmp_path / "news.jsonl"
    path.write_bytes(b"".join(_line(id=number) for number in range(1500)))
    told: list[int] = []
    assert len(list(read_file(str(path), NOON, told.append))) == 1500
    assert len(told) == 3
    assert told == sorted(told)
    assert told[-1] == path.stat().st_size


def test_a_line_of_the_longest_length_is_read(tmp_path: Path):
    path = tmp_path / "long.jsonl"
    room = MAX_LINE - len(_line(summary=""))
    path.write_bytes(_line(summary="x" * room) + _line(id="after"))
    assert [type(one) for one in _read(path)] == [Item, Item]


def test_rejects_with_lone_surrogates_can_be_written(tmp_path: Path):
    write_rejects(tmp_path / "rejects.jsonl", [Reject("t.json", 1, "has no source", "a\ud800b\0")])
    assert json.loads((tmp_path / "rejects.jsonl").read_text("utf-8"))["text"] == "a\ufffdb\0"
