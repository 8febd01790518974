"""What an import tells at its end."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from bot.progress import FileImport

LINE = '{"id": "1", "source": "Wire", "title": "Meta opens", "published_at": "2026-04-09T10:00:00Z"}\n'


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param("", "The files hold no articles", id="an empty file"),
        pytest.param("\n \n", "The files hold no articles", id="blank lines"),
        pytest.param("{broken\n", "1 item rejected; the reasons are in", id="a broken line"),
        pytest.param(LINE, "1 new article (1 new story), 0 already known; ", id="an article"),
        pytest.param(LINE * 2, "1 new article (1 new story), 1 already known; ", id="told twice"),
    ],
)
def test_what_is_told(store: Engine, tmp_path: Path, capfd: pytest.CaptureFixture[str], content: str, told: str):
    file = tmp_path / "news.jsonl"
    file.write_text(content)
    report = FileImport(store, datetime(2026, 4, 9, 12, tzinfo=UTC), tmp_path / "rejects.jsonl").run([str(file)])
    assert told in str(report)
    assert ("hold no articles" in str(report)) == (not content.strip())
    assert capfd.readouterr().err == "", "the bar is for terminals"


def test_a_file_that_is_not_there_is_not_an_empty_one(store: Engine, tmp_path: Path):
    report = FileImport(store, datetime(2026, 4, 9, 12, tzinfo=UTC), tmp_path / "rejects.jsonl").run(["nowhere.jsonl"])
    assert "hold no articles" not in str(report)
    assert report.failed
