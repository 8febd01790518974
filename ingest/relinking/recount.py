"""Links all stored articles again after a change of the gazetteer, and counts from scratch."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Connection, Engine, Row, and_, delete, func, or_, select

from ingest.articles.sections import Headings
from ingest.pipeline import BATCH, Ingest
from models.article import Article
from models.count import NameCount, PairCount, ReadCount
from models.database import add_counts, table, writing
from models.mention import Mention


def recount_articles(engine: Engine, progress: Callable[[int, int], None] | None = None) -> int:
    """Rebuilds mentions and counts with the names in the store; returns the number of articles.

    One transaction: if it is stopped, everything is as before. Ready-made counts stay. `progress` is called with
    (articles done, articles in total).
    """
    ingest = Ingest(engine)
    article = table(Article)
    # Links from the starter data have no text to search: their mentions were given.
    has_text = or_(article.c.title != "", article.c.summary != "")
    with writing(engine) as connection:
        total = connection.execute(select(func.count()).select_from(article).where(has_text)).scalar_one()
        counted = select(article.c.story_id).where(has_text)
        connection.execute(delete(table(Mention)).where(table(Mention).c.story_id.in_(counted)))
        for counts in (NameCount, PairCount, ReadCount):
            hour = table(counts).c.hour
            frozen = [hour.between(first, last) for first, last in ingest.spans]
            connection.execute(delete(table(counts)).where(~or_(*frozen)) if frozen else delete(table(counts)))
        done = 0
        headings = Headings()
        for rows in _batches(connection):
            credits = []
            reads: Counter[tuple[int, int]] = Counter()
            firsts: Counter[tuple[int, int]] = Counter()
            naming: Counter[tuple[int, int]] = Counter()
            for row in rows:
                named = ingest.linker.names(row.title, row.summary, headings.is_repeated(row.url, row.title))
                if named:
                    credits.append((row.story_id, row.hour, named))
                if not ingest.frozen(row.hour):
                    reads[row.source_id, row.hour] += 1
                    firsts[row.source_id, row.hour] += row.story_id == row.id
                    naming[row.source_id, row.hour] += bool(row.story_id == row.id and named)
            ingest.credit(connection, credits, set())
            add_counts(
                connection, table(ReadCount), [(*key, n, firsts[key], naming[key]) for key, n in sorted(reads.items())]
            )
            done += len(rows)
            if progress:
                progress(done, total)
    return done


def _batches(connection: Connection) -> Iterator[list[Row[Any]]]:
    article = table(Article)
    last = 0
    while True:
        query = (
            select(
                article.c.id,
                article.c.source_id,
                article.c.story_id,
                article.c.hour,
                article.c.url,
                article.c.title,
                article.c.summary,
            )
            .where(and_(article.c.id > last, or_(article.c.title != "", article.c.summary != "")))
            .order_by(article.c.id)
            .limit(BATCH)
        )
        rows: list[Row[Any]] = list(connection.execute(query))
        if not rows:
            return
        last = rows[-1].id
        yield rows
