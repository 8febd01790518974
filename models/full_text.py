"""The full-text index of articles, and the document frequencies of its terms.

Terms are made by `gazetteer.words`, so that SQLite (FTS5) and PostgreSQL (tsvector) find the same. The index holds no
text and can be rebuilt from the articles at any time. New articles are added after its highest id. A term for the month
(see month_word) finds articles by date.
"""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Connection, text
from sqlmodel import Field, Session, SQLModel, col, func, select

from models.article import Article
from models.database import add_counts
from models.load_state import Loaded
from models.source import Source

WATERMARK = "text"
"""Name in `loaded` of the watermark: "last-article-id number-of-articles"."""


_PLAIN_WORD = re.compile(r"[a-z0-9.]+")

FULL_TEXT = "article_text"
"""The index's table, made by a migration; SQLite keeps it in several tables whose names begin like this."""


class Word(SQLModel, table=True):
    """A term and its document frequency: the number of articles that contain it."""

    __table_args__ = {"sqlite_with_rowid": False}

    word: str = Field(primary_key=True)
    articles: int


def month_word(day: date) -> str:
    """The term by which the articles of a day's month are found."""
    return f"month{day:%Y%m}"


def watermark(connection: Connection) -> tuple[int, int]:
    """The id of the last article that was indexed, and the number of articles in the index."""
    query = select(Loaded.digest).where(Loaded.name == WATERMARK)
    digest = connection.execute(query).scalar()
    last, number = (digest or "0 0").split()
    return int(last), int(number)


def add_texts(connection: Connection, rows: Sequence[tuple[int, set[str]]], last: int) -> None:
    """Adds articles (id, terms) to the index; `last` becomes the new watermark."""
    _, number = watermark(connection)
    if connection.dialect.name == "postgresql":
        insert = "INSERT INTO article_text (article_id, words) VALUES (%s, array_to_tsvector(%s))"
        values: list[tuple[int, object]] = [(key, sorted(words)) for key, words in rows]
    else:
        insert = "INSERT INTO article_text (rowid, words) VALUES (?, ?)"
        values = [(key, " ".join(map(_plain, words))) for key, words in rows]
    if values:
        connection.exec_driver_sql(insert, values)
    found = Counter(word for _, words in rows for word in words)
    add_counts(connection, SQLModel.metadata.tables["word"], sorted(found.items()))  # type: ignore[arg-type]
    note = "INSERT INTO loaded (name, digest) VALUES (:name, :said) ON CONFLICT (name) DO UPDATE SET digest = :said"
    connection.execute(text(note), {"name": WATERMARK, "said": f"{last} {number + len(rows)}"})


def optimize_index(connection: Connection) -> None:
    """Merges the segments that SQLite has added step by step; PostgreSQL merges by itself.

    For use after large additions: it takes seconds for a million articles, and halves the time of searches
    (sqlite.org/fts5.html, "The optimize Command").
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("INSERT INTO article_text (article_text) VALUES ('optimize')")


def articles_with(
    session: Session, words: Sequence[str], any_of: Sequence[str], last_hour: int | None, limit: int
) -> list[int]:
    """Ids of the articles that contain all of `words` and at least one of `any_of`, the newest id first.

    `last_hour` leaves out articles that count in a later hour.
    """
    postgres = session.get_bind().dialect.name == "postgresql"
    quote, both, either = (_lexeme, " & ", " | ") if postgres else (_string, " AND ", " OR ")
    parts = [quote(word) for word in words]
    if any_of:
        parts.append(f"({either.join(map(quote, any_of))})")
    key, match = (
        ("article_id", "words @@ CAST(:wanted AS tsquery)") if postgres else ("rowid", "article_text MATCH :wanted")
    )
    # Filtered per article inside the query: with the condition outside, the limit would cut off wanted articles.
    past = f"AND (SELECT hour FROM article WHERE article.id = article_text.{key}) <= :hour " if last_hour else ""
    query = text(f"SELECT {key} FROM article_text WHERE {match} {past}ORDER BY {key} DESC LIMIT :limit")
    values = {"wanted": both.join(parts), "limit": limit} | ({"hour": last_hour} if last_hour else {})
    return list(session.connection().execute(query, values).scalars().all())


def _lexeme(word: str) -> str:
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"


def _string(word: str) -> str:
    return f'"{_plain(word)}"'


def _plain(word: str) -> str:
    """A term in characters that SQLite's tokenizer keeps whole, whatever Unicode version it was built with."""
    return word if _PLAIN_WORD.fullmatch(word) else f"x{word.encode().hex()}"


def frequencies(session: Session, words: Sequence[str]) -> dict[str, int]:
    """The document frequency of each term; 0 for a term that doesn't occur."""
    found = dict.fromkeys(words, 0)
    found.update(session.exec(select(Word.word, Word.articles).where(col(Word.word).in_(sorted(found)))).all())
    return found


def similar_words(session: Session, first: str, least: int, shortest: int, longest: int) -> list[tuple[str, int]]:
    """Terms with this beginning, of about this length, that occur in at least `least` articles: (term, articles)."""
    length = func.length(Word.word)
    query = select(Word.word, Word.articles).where(
        Word.word >= first,
        Word.word < first[:-1] + chr(ord(first[-1]) + 1),
        Word.articles >= least,
        length.between(shortest, longest),
    )
    return list(session.exec(query))


class IndexedText(NamedTuple):
    """An article as it is searched and quoted."""

    id: int
    external_id: str
    url: str
    title: str
    summary: str
    published_at: datetime
    outlet: str


def indexed_texts(session: Session, ids: Sequence[int]) -> list[IndexedText]:
    """Articles by id, with their outlets."""
    query = (
        select(
            Article.id,
            Article.external_id,
            Article.url,
            Article.title,
            Article.summary,
            Article.published_at,
            Source.name,
        )  # type: ignore[call-overload]
        .join(Source, col(Source.id) == Article.source_id)
        .where(col(Article.id).in_(ids))
    )
    return [IndexedText(*row) for row in session.connection().execute(query)]


def remove_texts(connection: Connection, ids: Sequence[int]) -> None:
    """Removes deleted articles from the index. SQLite's index has no text to remove by, so that their entries stay."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("DELETE FROM article_text WHERE article_id = ANY(:ids)"), {"ids": list(ids)})
