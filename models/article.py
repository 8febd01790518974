"""Articles as they were read, and the stories they tell.

A story (a cluster of near-duplicate articles) has the id of its first article; articles that repeat it, by syndication
or at the same address, carry that id as `story_id`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from textwrap import shorten
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import BigInteger, Column, Connection, Index, Integer, cast, text
from sqlmodel import Field, Session, SQLModel, col, func, select

from models.database import chunks
from models.mention import Mention
from models.source import Source


class Article(SQLModel, table=True):
    """One item of one source."""

    __table_args__ = (Index("ix_article_story", "story_id", "source_id"),)

    id: int | None = Field(default=None, primary_key=True)
    uid: int = Field(sa_column=Column(BigInteger, nullable=False, unique=True))
    """Hash of the source and the source's own id, by which a second import is recognised."""
    source_id: int = Field(foreign_key="source.id")
    external_id: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    """The source's own id, by which citations are exported to other programs."""
    story_id: int
    url: str
    title: str
    summary: str
    published_at: datetime
    precise: bool = True
    """False when only the day is known: it then counts in the day's last hour, or in the hour we read it if that is
    earlier."""
    hour: int
    """The hour it counts in (see models.count)."""
    language: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    """ISO 639-1 code; "" if the text is too short to tell."""


class StoryKey(SQLModel, table=True):
    """Marks by which a story is found again: hashes of its address and of its rarest words."""

    __tablename__ = "story_key"
    __table_args__ = {"sqlite_with_rowid": False}

    key: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    hour: int = Field(primary_key=True)
    article_id: int = Field(primary_key=True)


PAIR_SPAN = 144
"""Maximum hours by which a story may precede an article that repeats it: twice the span of a story."""

MAX_LABEL = 160
"""Characters of text that label a story without a headline."""


PAGE_SPAN = 500
"""Maximum number of articles read between two items of one page."""


class PlacedArticle(NamedTuple):
    """An article by its story, its page ("" for none) and its source."""

    story: int
    page: str
    source: int


@dataclass(frozen=True)
class Story:
    """A story as people see it: its first article, and the number of outlets and articles that told it."""

    id: int
    title: str
    url: str
    outlet: str
    published_at: datetime
    outlets: int
    articles: int


def stories_naming(session: Session, entity_ids: list[int], first: int, last: int, limit: int) -> list[Story]:
    """The stories that mention all of these entities in the hours first..last, at most `limit`.

    Stories that name the first entity directly precede those that name only a child of it; then by number of outlets,
    then the newest.
    """
    ids = story_ids(session, entity_ids, first, last)
    query = select(Mention.story_id).where(
        Mention.entity_id == entity_ids[0], col(Mention.hour).between(first, last), col(Mention.named) <= last
    )
    direct = set(session.exec(query)) & set(ids)
    found = stories_by_id(session, sorted(direct), last, limit)
    return (
        found
        if len(found) == limit
        else found + stories_by_id(session, [key for key in ids if key not in direct], last, limit - len(found))
    )


def story_ids(session: Session, entity_ids: list[int], first: int, last: int) -> list[int]:
    """The ids of the stories that mention all of these entities, counted in the hours first..last.

    A pair counts where both are named directly, a single entity also where only a child of it is named.
    """
    if len(entity_ids) == 1:
        query = select(Mention.story_id).where(
            Mention.entity_id == entity_ids[0], col(Mention.hour).between(first, last)
        )
        return sorted(session.exec(query))
    # A pair dates from the hour in which its second name appears; the story may be days older.
    named: dict[int, int] = {}
    for number, entity in enumerate(entity_ids):
        pairs = select(Mention.story_id, Mention.named).where(
            Mention.entity_id == entity, col(Mention.hour).between(first - PAIR_SPAN, last), col(Mention.named) <= last
        )
        found = {story: hour for story, hour in session.exec(pairs) if hour is not None}
        named = {
            story: max(hour, named.get(story, hour)) for story, hour in found.items() if not number or story in named
        }
    return sorted(story for story, hour in named.items() if hour >= first)


def stories_by_id(session: Session, ids: list[int], last: int, limit: int) -> list[Story]:
    """Stories by id, with their figures up to an hour: most outlets first, then the newest.

    Of several stories of one outlet under one headline (the items of a newsletter) only the first is returned.
    """
    if not ids:
        return []
    outlets = func.count(func.distinct(Article.source_id))
    # Of equals, those with a known time come first: daily lists and newsletters have only a date.
    timed = func.max(cast(Article.precise, Integer))
    top = session.exec(
        select(Article.story_id, outlets, func.count())
        .where(col(Article.story_id).in_(ids), Article.hour <= last)
        .group_by(col(Article.story_id))
        .order_by(outlets.desc(), timed.desc(), func.max(Article.hour).desc(), col(Article.story_id))
        .limit(limit * 5)
    ).all()
    figures = {story: (some, number) for story, some, number in top}
    firsts = session.exec(
        select(Article, Source.name)
        .join(Source, col(Source.id) == Article.source_id)
        .where(col(Article.id).in_(figures))
    )
    found: dict[tuple[str, str], Story] = {}
    for article, outlet in sorted(
        firsts, key=lambda row: (-figures[row[0].id or 0][0], not row[0].precise, -row[0].hour, row[0].id or 0)
    ):
        title = article.title or shorten(article.summary, MAX_LABEL, placeholder="…")
        story = Story(article.id or 0, title, article.url, outlet, article.published_at, *figures[article.id or 0])
        found.setdefault((title or article.url, outlet), story)
    return list(found.values())[:limit]


def outlet_counts(session: Session, ids: list[int], last: int) -> tuple[int, int]:
    """The number of (outlets, articles) that told these stories up to an hour."""
    if not ids:
        return 0, 0
    query = select(func.count(func.distinct(Article.source_id)), func.count()).where(
        col(Article.story_id).in_(ids), Article.hour <= last
    )
    return session.exec(query).one()


def first_sources(session: Session, entity_ids: Sequence[int], first: int, last: int) -> NDArray[np.int64]:
    """Every story that mentions one of these entities in the hours first..last, and the source that told it first.

    Shape (rows, 5): entity, story, hour it counts in, hour from which it is named directly (-1: never), source.
    """
    found: list[Sequence[int]] = []
    named = func.coalesce(Mention.named, -1)
    for batch in chunks(list(entity_ids)):
        query = (
            select(Mention.entity_id, Mention.story_id, Mention.hour)
            .join(Article, col(Article.id) == Mention.story_id)
            .where(col(Mention.entity_id).in_(batch), col(Mention.hour).between(first, last))
            .add_columns(named, col(Article.source_id))
        )
        found += session.execute(query).all()
    return np.fromiter(chain.from_iterable(found), dtype=np.int64, count=5 * len(found)).reshape(-1, 5)


def story_sources(session: Session, ids: list[int], last: int) -> list[tuple[int, int, int]]:
    """The sources that told these stories up to an hour: (story, source, its last article on it), each pair once."""
    found: list[tuple[int, int, int]] = []
    newest = func.max(col(Article.id))
    for batch in chunks(ids):
        query = (
            select(Article.story_id, Article.source_id, newest)
            .where(col(Article.story_id).in_(batch), Article.hour <= last)
            .group_by(col(Article.story_id), col(Article.source_id))
        )
        found += [(story, source, article or 0) for story, source, article in session.exec(query)]
    return found


def first_counts(session: Session, spans: Sequence[tuple[int, int]], first: int, last: int) -> list[tuple[int, int]]:
    """For each source, how many stories with a mention it told first in the hours first..last, within spans of article
    ids.
    """
    found: list[tuple[int, int]] = []
    for start, end in spans:
        query = (
            select(Article.source_id, func.count(func.distinct(Article.id)))
            .join(Mention, col(Mention.story_id) == Article.id)
            .where(col(Article.id).between(start, end), Article.story_id == Article.id)
            .where(col(Article.hour).between(first, last))
            .group_by(col(Article.source_id))
        )
        found += session.exec(query)
    return found


def on_pages(connection: Connection, ids: list[int], first: int, last: int) -> list[PlacedArticle]:
    """The articles that told these stories in the hours first..last, and all other items of their pages, in reading
    order.

    A page is an address without its fragment, which many items may share. The items of a page are read together, so the
    others are looked for near those already known.
    """
    fields = select(Article.id, Article.story_id, Article.source_id, Article.url)
    found: dict[int, PlacedArticle] = {}
    pages: dict[str, list[int]] = {}
    for batch in chunks(sorted(ids)):
        query = fields.where(col(Article.story_id).in_(batch), col(Article.hour).between(first, last))
        for key, story, source, url in connection.execute(query):
            page, shared, _ = url.partition("#")
            found[key or 0] = PlacedArticle(story, page, source)
            if shared:
                pages.setdefault(page, []).append(key or 0)
    for page, keys in pages.items():
        near = fields.where(col(Article.id).between(min(keys) - PAGE_SPAN, max(keys) + PAGE_SPAN))
        for key, story, source, url in connection.execute(near):
            if url.partition("#")[0] == page:
                found[key or 0] = PlacedArticle(story, page, source)
    return [found[key] for key in sorted(found)]


def story_titles(session: Session, ids: list[int], limit: int = 2000) -> list[str]:
    """The headlines under which stories were first told, the newest `limit` of them."""
    found: list[str] = []
    for batch in chunks(sorted(ids)[-limit:]):
        wanted = select(Article.title).where(col(Article.id).in_(batch), Article.title != "")
        found += session.exec(wanted.order_by(col(Article.id)))
    return found
