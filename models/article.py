"""Articles as they were read, and the stories that they tell.

A story is known by the id of the article that told it first to us; an article that tells the same
story again (syndicated, or the same address) carries that id.
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
    """Hash of source and the source's own id: what makes a second import add nothing."""
    source_id: int = Field(foreign_key="source.id")
    external_id: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    """The id under which its source knows it: how an answer's citations are told to other programs."""
    story_id: int
    url: str
    title: str
    summary: str
    published_at: datetime
    precise: bool = True
    """False when only the day is known: then it counts in the day's last hour, or in the one in which we read it."""
    hour: int
    """The hour it is counted in (see models.count)."""
    language: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    """A code of two letters; "" where it says too little."""


class StoryKey(SQLModel, table=True):
    """Marks by which a story is found again: hashes of its address and of its rarest words."""

    __tablename__ = "story_key"
    __table_args__ = {"sqlite_with_rowid": False}

    key: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    hour: int = Field(primary_key=True)
    article_id: int = Field(primary_key=True)


PAIR_SPAN = 144
"""Hours by which a story may be older than an article that tells it again: twice what makes them one story."""

MAX_LABEL = 160
"""Characters by which a story without a headline is known: the beginning of its text."""


PAGE_SPAN = 500
"""Articles by which the items of a page may be apart from each other in the order in which they were read."""


class PlacedArticle(NamedTuple):
    """An article by its story, the page on which it stands ("" for none), and its source."""

    story: int
    page: str
    source: int


@dataclass(frozen=True)
class Story:
    """A story as people see it: its first article, and how many outlets told it."""

    id: int
    title: str
    url: str
    outlet: str
    published_at: datetime
    outlets: int
    articles: int


def stories_naming(session: Session, entity_ids: list[int], first: int, last: int, limit: int) -> list[Story]:
    """The stories that name all these entities in the hours first..last.

    Those in which the first is named in so many words come before those that only name a child of it;
    then those with most outlets, then the newest.
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
    """The ids of the stories that name all these entities, counted in the hours first..last.

    A pair counts where both are named in so many words; a single name also where a child of it is.
    """
    if len(entity_ids) == 1:
        query = select(Mention.story_id).where(
            Mention.entity_id == entity_ids[0], col(Mention.hour).between(first, last)
        )
        return sorted(session.exec(query))
    # A pair stands from the hour in which the second of the two is named; the story may be days older.
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
    """Stories by id as they had been told up to an hour: most outlets first, then newest.

    Of several under one headline of one outlet (the items of a newsletter) the first stands for all.
    """
    if not ids:
        return []
    outlets = func.count(func.distinct(Article.source_id))
    # Of the rest, those whose time is known come first: a day's lists and newsletters only carry its date.
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
    """How many outlets and articles told these stories up to an hour: (outlets, articles)."""
    if not ids:
        return 0, 0
    query = select(func.count(func.distinct(Article.source_id)), func.count()).where(
        col(Article.story_id).in_(ids), Article.hour <= last
    )
    return session.exec(query).one()


def first_sources(session: Session, entity_ids: Sequence[int], first: int, last: int) -> NDArray[np.int64]:
    """Every story that names one of these entities in the hours first..last, and the source that told it first.

    Shape (rows, 5): entity, story, hour it counts in, hour from which it is named in so many words (-1: never), source.
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
    """Who told these stories up to an hour: (story, source, the last article in which it did), each once."""
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
    """How many stories that name anybody each source told first in the hours first..last, among spans of articles."""
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
    """The articles that told these stories in the hours first..last, and what else stands on their pages.

    In the order in which they were read. A page is an address without what follows "#", which many items may share;
    they are read together, so that those of a page are looked for near the ones that are known.
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
