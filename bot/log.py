"""Logging to standard error: readable lines on a terminal, JSON otherwise, for our loggers and those of libraries."""

import logging
import sys
from collections.abc import Mapping
from functools import cached_property

from ingest.http.source_keys import hide_keys


class _Lines(logging.Formatter):
    """Formats lines with structlog, imported with the first one: most commands end without any."""

    def __init__(self, keys: Mapping[str, str]) -> None:
        super().__init__()
        self._keys = keys

    def format(self, record: logging.LogRecord) -> str:
        # Last, so that tracebacks and the lines of libraries are covered too.
        return hide_keys(self._structured.format(record), self._keys)

    @cached_property
    def _structured(self) -> logging.Formatter:
        import structlog  # noqa: PLC0415 - most commands log nothing

        return structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                structlog.stdlib.add_log_level,
                structlog.stdlib.ExtraAdder(),
                structlog.processors.TimeStamper(fmt="iso", utc=True),
            ],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                # Plain: the rich format prints every frame's variables, tokens included, and takes seconds.
                *(
                    [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
                    if sys.stderr.isatty()
                    else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
                ),
            ],
        )


def configure_log(level: str = "INFO", keys: Mapping[str, str] | None = None) -> None:
    """Sends all log lines to standard error in one format, without `keys` (of sources, by name).

    Raises ValueError for an unknown level.
    """
    threshold = logging.getLevelNamesMapping().get(level.upper())
    if threshold is None:
        raise ValueError(f"TRENDBOT_LOG_LEVEL can't be “{level}”: choose DEBUG, INFO, WARNING or ERROR.")
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Lines(keys or {}))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(threshold)
    # Their INFO lines report every request; we log what matters ourselves.
    for name in ("httpx", "httpcore", "apscheduler", "alembic", "slack_bolt", "slack_sdk", "discord"):
        logging.getLogger(name).setLevel(max(threshold, logging.WARNING))
