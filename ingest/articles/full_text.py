"""Adds new articles to the full-text index, in a pass of its own after they are stored."""

from collections.abc import Callable

from sqlalchemy import Engine, func, select

from gazetteer.words import version_words, words
from models.article import Article
from models.database import table, writing
from models.full_text import add_texts, month_word, optimize_index, watermark
from models.source import Source

BATCH = 5000
"""Articles per transaction."""

CHAT_DIGESTS = ("discord",)
"""Outlets with this in their name are digests of chat: no question is answered from them, and they would fill the
index."""


def index_articles(engine: Engine, progress: Callable[[int, int], None] | None = None) -> int:
    """Brings the index up to date; returns the number of articles added. It can be stopped anywhere and continued.

    `progress` is called with (articles done, articles in total).
    """
    article, source = table(Article), table(Source)
    added = 0
    with engine.connect() as connection:
        start, _ = watermark(connection)
        newest = connection.execute(select(func.max(article.c.id))).scalar() or 0
    while True:
        with writing(engine) as connection:
            chat_sources = {
                key
                for key, name in connection.execute(select(source.c.id, source.c.name))
                if any(word in name.lower() for word in CHAT_DIGESTS)
            }
            last, _ = watermark(connection)
            rows = connection.execute(
                select(article.c.id, article.c.source_id, article.c.title, article.c.summary, article.c.published_at)
                .where(article.c.id > last)
                .order_by(article.c.id)
                .limit(BATCH)
            ).all()
            if not rows:
                if added >= BATCH:
                    optimize_index(connection)
                return added
            texts = (
                (row, words(f"{row.title} {row.summary}"))
                for row in rows
                if row.source_id not in chat_sources and (row.title or row.summary)
            )
            indexed = [
                (row.id, {*tokens, *version_words(tokens), month_word(row.published_at.date())})
                for row, tokens in texts
            ]
            add_texts(connection, indexed, rows[-1].id)
        added += len(indexed)
        if progress:
            progress(rows[-1].id - start, newest - start)
