"""Puts the words of new articles into the full-text index, in a pass of its own behind the import."""

from collections.abc import Callable

from sqlalchemy import Engine, func, select

from gazetteer.words import version_words, words
from models.article import Article
from models.database import table, writing
from models.full_text import add_texts, month_word, optimize_index, watermark
from models.source import Source

BATCH = 5000
"""Articles per transaction."""

CHATTER = ("discord",)
"""Outlets so named are digests of chat: nobody answers a question from them, and they'd be most of the index."""


def index_articles(engine: Engine, progress: Callable[[int, int], None] | None = None) -> int:
    """Brings the index up to date; gives the number of articles added. Stopped anywhere, it goes on from there."""
    article, source = table(Article), table(Source)
    added = 0
    with engine.connect() as connection:
        first, _ = watermark(connection)
        newest = connection.execute(select(func.max(article.c.id))).scalar() or 0
    while True:
        with writing(engine) as connection:
            chatter = {
                key
                for key, name in connection.execute(select(source.c.id, source.c.name))
                if any(word in name.lower() for word in CHATTER)
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
            told = (
                (row, words(f"{row.title} {row.summary}"))
                for row in rows
                if row.source_id not in chatter and (row.title or row.summary)
            )
            found = [(row.id, {*said, *version_words(said), month_word(row.published_at.date())}) for row, said in told]
            add_texts(connection, found, rows[-1].id)
        added += len(found)
        if progress:
            progress(rows[-1].id - first, newest - first)
