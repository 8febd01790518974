"""Logging to standard error: readable lines on a terminal, JSON otherwise, for our loggers and those of libraries."""

import logging
import sys
from collections.abc import Mapping
from typing import Any

import structlog

from ingest.http.source_keys import hide_keys


def configure_log(level: str = "INFO", keys: Mapping[str, str] | None = None) -> None:
    """Sends all log lines to standard error in one format, without `keys` (of sources, by name).

    Raises ValueError for an unknown level.
    """
    threshold = logging.getLevelNamesMapping().get(level.upper())
    if threshold is None:
        raise ValueError(f"TRENDBOT_LOG_LEVEL can't be “{level}”: choose DEBUG, INFO, WARNING or ERROR.")
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    pretty = sys.stderr.isatty()
    last: list[Any] = (
        # Plain: the rich format prints every frame's variables, tokens included, and takes seconds.
        [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
        if pretty
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        # Not cached: a test could not capture the output of a logger that was used before it.
        cache_logger_on_first_use=False,
    )
    if keys:
        # Last, so that tracebacks and the lines of libraries are covered too.
        last.append(lambda _logger, _name, line: hide_keys(line, keys))
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last]
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(threshold)
    # Their INFO lines report every request; we log what matters ourselves.
    for name in ("httpx", "httpcore", "apscheduler", "alembic", "slack_bolt", "slack_sdk", "discord"):
        logging.getLogger(name).setLevel(max(threshold, logging.WARNING))
