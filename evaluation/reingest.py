"""Ingests the past again into a temporary store with the live code, so that new names appear only as they came up.

    the operator's store --(articles up to a moment)--> a temporary store: ingested, new names discovered

Slower than copying the counts (evaluation.replay), which knows today's names from the start. The operator's store is
only read.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from ingest.articles.item import Item
from ingest.pipeline import Ingest
from ingest.relinking import gazetteer_changes
from ingest.relinking.discovery import discover_names
from migrations import upgrade
from models.article import Article
from models.count import hour_of
from models.database import connect
from models.source import Source
from signals.detector import Rules

BATCH = 1000
"""Articles fetched from the store at a time."""

DAY = timedelta(days=1)


def reingested_stores(
    engine: Engine, start: datetime, end: datetime, rules: Rules, names: Path | None, step: timedelta
) -> Iterator[tuple[Engine, datetime]]:
    """Yields a store and its moment each time more has been ingested: daily up to `start`, then every `step` to `end`.

    It begins before `start` by as much history as the detector uses. `names` is the operator's own catalogue file.
    """
    first = start - timedelta(hours=rules.width * (rules.history + 1))

    def step_number(hour: int) -> int:
        """The number of the step in which an hour is ingested; steps before the start are negative."""
        width = DAY if hour < hour_of(start) else step
        return (hour - hour_of(start)) // (width // timedelta(hours=1))

    with TemporaryDirectory(prefix="trendbot-past-") as folder:
        past = connect(f"sqlite:///{Path(folder) / 'past.db'}")
        try:
            upgrade(past)
            gazetteer_changes.load_gazetteer(past, names)
            ingest = Ingest(past)
            rows = _articles(engine, hour_of(first), hour_of(end) - 1)
            for number, batch in groupby(rows, key=lambda row: step_number(row[0])):
                until = start + (number + 1) * (DAY if number < 0 else step)
                ingest.add([item for _, item in batch])
                discover_names(past, until - timedelta(hours=1), ingest=ingest)
                yield past, until
        finally:
            past.dispose()


def _articles(engine: Engine, first: int, last: int) -> Iterator[tuple[int, Item]]:
    """The articles that count in the hours `first` to `last`, each with its hour, in the order they were read."""
    query = (
        select(Article, Source.name)
        .join(Source, col(Source.id) == Article.source_id)
        .where(col(Article.hour).between(first, last))
        .order_by(col(Article.hour), col(Article.id))
        .execution_options(yield_per=BATCH)
    )
    with Session(engine) as session:
        for article, source in session.exec(query):
            yield (
                article.hour,
                Item(
                    source,
                    str(article.id),
                    article.url,
                    article.title,
                    article.summary,
                    article.published_at,
                    article.precise,
                ),
            )
