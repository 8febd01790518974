"""The log: what it must not contain."""

import logging

import pytest
import structlog

from bot.log import configure_log


@pytest.fixture(autouse=True)
def _restored():
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def test_keys_of_sources_never_reach_the_log(capsys: pytest.CaptureFixture[str]):
    configure_log("INFO", {"news": 's3"cret'})
    structlog.get_logger().info("source moved", url='https://a.example/?key=s3"cret')
    logging.getLogger("httpx").warning("GET %s", "https://a.example/?key=s3%22cret")
    try:
        raise RuntimeError('no answer from https://a.example/?key=s3"cret')
    except RuntimeError:
        structlog.get_logger().exception("source not read")
    lines = capsys.readouterr().err
    assert "cret" not in lines
    assert all("{key:news}" in line for line in lines.splitlines())
