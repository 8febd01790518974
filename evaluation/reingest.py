"""The past read in anew, in a store of its own, by the code that reads it live: new names are found as they come up.

    the operator's store --(articles up to a moment)--> a temporary store: read in, new names found --> whoever looks

Slower than a copy of the counts (evaluation.replay), which knows the names of today from the start. The operator's
store is only read.
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
"""Articles held in memory beyond those between two moments."""

DAY = timedelta(days=1)


def reingested_stores(
    engine: Engine, start: datetime, end: datetime, rules: Rules, names: Path | None, step: timedelta
) -> Iterator[tuple[Engine, datetime]]:
    """A store as it is at each moment at which more has been read: daily up to `start`, then every `step` to `end`.

    It begins as long before `start` as the detector remembers. `names` is the operator's own catalogue file.
    """
    first = start - timedelta(hours=rules.width * (rules.history + 1))

    def place(hour: int) -> int:
        """Which moment an hour is read for: those up to the start are numbered below 0."""
        width = DAY if hour < hour_of(start) else step
        return (hour - hour_of(start)) // (width // timedelta(hours=1))

    with TemporaryDirectory(prefix="trendbot-past-") as folder:
        past = connect(f"sqlite:///{Path(folder) / 'past.db'}")
        try:
            upgrade(past)
            gazetteer_changes.load_gazetteer(past, names)
            ingest = Ingest(past)
            rows = _articles(engine, hour_of(first), hour_of(end) - 1)
            for number, some in groupby(rows, key=lambda row: place(row[0])):
                until = start + (number + 1) * (DAY if number < 0 else step)
                ingest.add([item for _, item in some])
                discover_names(past, until - timedelta(hours=1), ingest=ingest)
                yield past, until
        finally:
            past.dispose()


def _articles(engine: Engine, first: int, last: int) -> Iterator[tuple[int, Item]]:
    """The articles that count in the hours first..last with their hours, in the order in which they were read."""
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
