"""What a line of the log looks like."""

import json
import logging

import pytest

from bot.log import configure_log


@pytest.fixture(autouse=True)
def _restored():
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def test_keys_of_sources_never_reach_the_log(capsys: pytest.CaptureFixture[str]):
    configure_log("INFO", {"news": 's3"cret'})
    logging.getLogger("ingest").info("source moved", extra={"url": 'https://a.example/?key=s3"cret'})
    logging.getLogger("httpx").warning("GET %s", "https://a.example/?key=s3%22cret")
    try:
        raise RuntimeError('no answer from https://a.example/?key=s3"cret')
    except RuntimeError:
        logging.getLogger("ingest").exception("source not read")
    lines = capsys.readouterr().err
    assert "cret" not in lines
    assert all("{key:news}" in line for line in lines.splitlines())


def test_a_line_holds_its_event_its_level_and_its_details(capsys: pytest.CaptureFixture[str]):
    configure_log("INFO")
    logging.getLogger("bot.router").info("answered", extra={"command": "trend", "ms": 12})
    logging.getLogger("bot.router").debug("too fine")
    (line,) = capsys.readouterr().err.splitlines()
    written = json.loads(line)
    assert written.pop("timestamp").endswith("Z")
    assert written == {"event": "answered", "level": "info", "command": "trend", "ms": 12}


def test_an_error_brings_its_trace(capsys: pytest.CaptureFixture[str]):
    configure_log("INFO")
    try:
        raise RuntimeError("no such thing")
    except RuntimeError:
        logging.getLogger("bot.router").exception("failed", extra={"ticket": "3f9a"})
    written = json.loads(capsys.readouterr().err)
    assert (written["event"], written["level"], written["ticket"]) == ("failed", "error", "3f9a")
    assert written["exception"].startswith("Traceback")
    assert written["exception"].endswith("RuntimeError: no such thing")


def test_an_unknown_level_is_told():
    with pytest.raises(ValueError, match="choose DEBUG, INFO, WARNING or ERROR"):
        configure_log("LOUD")
