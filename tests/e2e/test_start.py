"""One command on a store that is up to date imports what its answer needs, and no more."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.bot_process import environment

SAY = """
import json, sys
from bot.__main__ import app
try:
    app(["say", sys.argv[1]])
except SystemExit as end:
    assert not end.code, end.code
print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""

PLATFORMS = {"discord", "slack_bolt", "slack_sdk", "aiohttp"}
READING = {"httpx", "feedparser", "trafilatura", "lxml", "apscheduler", "ingest.sources.kinds"}
OTHERS = {
    "alembic",
    "prometheus_client",
    "psycopg",
    "sqlalchemy.dialects.postgresql",
    "PIL",
    "structlog",
    "rich",
    "gazetteer.reader",
}
ELSEWHERE = {"answers.language", "answers.strategies", "handlers.watch", "handlers.alerts", "models.watch"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a store that one command has made."""
    folder: Path = tmp_path_factory.mktemp("start")
    assert "alembic" in modules(folder, "/help")
    return folder


def test_an_ended_command_leaves_the_store_in_one_file(folder: Path):
    program = [sys.executable, "-m", "bot", "say", "/watch add Meta"]
    subprocess.run(program, cwd=folder, env=environment(folder), check=True, stdout=subprocess.DEVNULL)
    assert [file.name for file in folder.glob("bot.db*")] == ["bot.db"]


def modules(folder: Path, line: str) -> set[str]:
    """What is imported when a command has been answered."""
    ended = subprocess.run(
        [sys.executable, "-c", SAY, line],
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert "Meta" in ended.stdout
    return set(json.loads(ended.stderr))


def test_a_trend_needs_nothing_of_platforms_reading_or_migrations(folder: Path):
    found = modules(folder, "/trend Meta")
    assert {"handlers.trend", "signals.detector", "sqlalchemy"} <= found
    assert not found & (PLATFORMS | READING | OTHERS | ELSEWHERE)


def test_a_question_needs_nothing_of_platforms_reading_or_migrations(folder: Path):
    found = modules(folder, "/ask Which model did Meta release?")
    assert "answers.strategies" in found
    assert not found & (PLATFORMS | READING | OTHERS)
