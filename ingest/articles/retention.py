"""Deletes old articles and keeps their counts, for operators who may not, or need not, keep texts."""

from datetime import datetime, timedelta

from sqlalchemy import Engine, delete, func, select, update

from models.article import Article, StoryKey
from models.candidate import Sighting
from models.count import Snapshot, hour_of
from models.database import table, writing
from models.fact import FactSource
from models.full_text import remove_texts
from models.mention import Mention

PRUNED = "pruned"
"""Name of the span whose counts have lost their articles: a recount leaves it alone."""

BATCH = 2000
"""Stories per transaction."""


def prune_articles(engine: Engine, now: datetime, days: int) -> int:
    """Deletes the articles of stories that began more than `days` ago; returns their number.

    Facts keep their sentence and address. It can be stopped anywhere; the next run continues.
    """
    cutoff = hour_of(now - timedelta(days=days))
    article, mention, source = table(Article), table(Mention), table(FactSource)
    deleted = 0
    with writing(engine) as connection:
        newest = connection.execute(select(func.max(article.c.id))).scalar()
        oldest = connection.execute(select(func.min(article.c.hour))).scalar()
        if oldest is None or oldest >= cutoff:
            return 0
        span = connection.execute(select(table(Snapshot)).where(table(Snapshot).c.name == PRUNED)).first()
        if span is None:
            connection.execute(table(Snapshot).insert().values(name=PRUNED, first=min(oldest, 0), last=cutoff - 1))
        elif span.last < cutoff - 1:
            connection.execute(update(table(Snapshot)).where(table(Snapshot).c.name == PRUNED).values(last=cutoff - 1))
    while True:
        with writing(engine) as connection:
            # The newest article stays whatever its age: new ids follow the highest, and no id may be given twice.
            first = article.c.id == article.c.story_id
            wanted = select(article.c.id).where(first, article.c.hour < cutoff, article.c.id != newest).limit(BATCH)
            stories = list(connection.execute(wanted).scalars())
            ids = list(
                connection.execute(
                    select(article.c.id).where(article.c.story_id.in_(stories), article.c.id != newest)
                ).scalars()
            )
            if not ids:
                connection.execute(delete(table(StoryKey)).where(table(StoryKey).c.hour.between(0, cutoff - 1)))
                return deleted
            connection.execute(update(source).where(source.c.article_id.in_(ids)).values(article_id=None))
            connection.execute(delete(mention).where(mention.c.story_id.in_(stories)))
            connection.execute(delete(table(Sighting)).where(table(Sighting).c.story_id.in_(stories)))
            remove_texts(connection, ids)
            connection.execute(delete(article).where(article.c.id.in_(ids)))
            deleted += len(ids)
