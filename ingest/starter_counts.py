"""Starter data: daily counts of names and pairs, so that a new installation has a baseline on its first day.

Made by this program from a store of articles, and loaded into an empty one. It holds figures and links, never a
headline or a sentence. Its span is recorded in the store (models.count.Snapshot): articles of those days that are read
later are stored and linked, but not counted again.
"""

import gzip
import json
import zlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, delete, func, select
from sqlmodel import Session

from gazetteer.files import default_counts
from models.article import Article, stories_naming
from models.count import NameCount, PairCount, ReadCount, Snapshot, hour_of, start_of
from models.database import StoreError, add_rows, insert_rows, reserve, table, transaction, writing
from models.entity import Entity
from models.mention import Mention
from models.source import Source

NAME = "starter"
SPAN_DAYS = 240
LINKS_PER_DAY = 3
"""Links kept per name and day, on days ..."""

MIN_STORIES = 5
"""... with at least this many stories."""

Rows = list[list[int]]
"""for each day with a count."""


def has_articles(engine: Engine) -> bool:
    """Whether the store holds an article with text, so that a change of the gazetteer calls for a recount."""
    with engine.connect() as connection:
        return (
            connection.execute(select(table(Article).c.id).where(table(Article).c.title != "").limit(1)).first()
            is not None
        )


@dataclass(frozen=True)
class DaySpan:
    """Whole days, both ends included."""

    first: date
    last: date

    def hours(self) -> tuple[int, int]:
        """The first and the last hour of the span."""
        start = hour_of(datetime(self.first.year, self.first.month, self.first.day, tzinfo=UTC))
        return start, start + ((self.last - self.first).days + 1) * 24 - 1


def make_starter_counts(engine: Engine, last: date, path: Path, days: int = SPAN_DAYS) -> dict[str, int]:
    """Writes the counts of the `days` up to `last` as starter data; returns how much it holds.

    Raises StoreError when the store has read nothing in that time.
    """
    span = DaySpan(last - timedelta(days=days - 1), last)
    first_hour, last_hour = span.hours()
    with transaction(engine) as session:
        connection = session.connection()
        keys = dict(connection.execute(select(table(Entity).c.id, table(Entity).c.key)).all())
        sources = dict(connection.execute(select(table(Source).c.id, table(Source).c.name)).all())

        def rows(model: Any, by: list[str], sums: list[str]) -> dict[tuple[int, ...], Rows]:
            found: dict[tuple[int, ...], Rows] = defaultdict(list)
            columns = table(model).c
            day = ((columns.hour - first_hour) // 24).label("day")
            ids = [columns[name] for name in by]
            query = (
                select(*ids, day, *(func.sum(columns[name]) for name in sums))
                .where(columns.hour.between(first_hour, last_hour))
                .group_by(*ids, day)
                .order_by(*ids, day)
            )
            for row in connection.execute(query):
                figures = [int(figure) for figure in row[len(by) :]]
                if any(figures[1:]):
                    found[tuple(row[: len(by)])].append(figures)
            return found

        names = rows(NameCount, ["entity_id"], ["n"])
        pairs = rows(PairCount, ["entity_id", "other_id"], ["n"])
        read = rows(ReadCount, ["source_id"], ["articles", "stories", "named"])
        if not read:
            raise StoreError(f"The store has no articles from {span.first} to {span.last}: import them first.")
        links = _links(session, names, keys, first_hour)
    data = {
        "first": span.first.isoformat(),
        "last": span.last.isoformat(),
        "read": {sources[key]: found for (key,), found in read.items()},
        "names": {keys[key]: found for (key,), found in names.items()},
        "pairs": {f"{keys[first_id]} {keys[second_id]}": found for (first_id, second_id), found in pairs.items()},
        "links": links,
    }
    # No file name and no time inside: the same store gives the same bytes.
    with path.open("wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as out:
        out.write(json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode())
    return {
        "names": len(names),
        "pairs": len(pairs),
        "sources": len(read),
        "links": sum(len(found) for found in links.values()),
        "bytes": path.stat().st_size,
    }


def _links(
    session: Session, names: Mapping[tuple[int, ...], Rows], keys: Mapping[int, str], first_hour: int
) -> dict[str, list[list[Any]]]:
    """For each name: [day, outlet, address] of the most widely covered stories on its busiest days."""
    found: dict[str, list[list[Any]]] = {}
    for (key,), rows in names.items():
        busiest = sorted((row for row in rows if row[1] >= MIN_STORIES), key=lambda row: -row[1])[:MIN_STORIES]
        for day, _ in busiest:
            start = first_hour + day * 24
            stories = stories_naming(session, [key], start, start + 23, LINKS_PER_DAY)
            found.setdefault(keys[key], []).extend(
                [day, story.outlet, story.url] for story in stories if story.url.startswith("http")
            )
    return found


def load_starter_counts(engine: Engine, path: Path | None = None) -> bool:
    """Loads the starter data into a store that has read nothing yet; returns whether it did.

    Raises StoreError when the file can't be read.
    """
    path = path or default_counts()
    # Looked at before the writer's lock is taken: most starts find a store that has read something.
    with engine.connect() as connection:
        if _has_read(connection):
            return False
    with writing(engine) as connection:
        if _has_read(connection):
            return False
        try:
            data = json.loads(gzip.decompress(path.read_bytes()))
            span = DaySpan(date.fromisoformat(data["first"]), date.fromisoformat(data["last"]))
        except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError) as error:
            raise StoreError(f"The starter data in {path} can't be read ({error}): reinstall the program.") from error
        _load(connection, data, *span.hours())
    return True


def _has_read(connection: Connection) -> bool:
    keys = (table(Article).c.id, table(ReadCount).c.hour)
    return any(connection.execute(select(key).limit(1)).first() is not None for key in keys)


def _load(connection: Connection, data: dict[str, Any], first_hour: int, last_hour: int) -> None:
    entity = table(Entity)
    keys = dict(connection.execute(select(entity.c.key, entity.c.id).where(entity.c.active)).all())
    outlets = {outlet for rows in data["links"].values() for _, outlet, _ in rows}
    sources = _sources(connection, set(data["read"]) | outlets)

    def hour(day: int) -> int:
        # A day's counts are stored in its last hour: any 24 hours that end in a day contain exactly one such hour.
        return first_hour + day * 24 + 23

    read = [(sources[name], hour(day), *rest) for name, rows in data["read"].items() for day, *rest in rows]
    # Skips names that the operator has switched off or that have been renamed since.
    names = [(keys[key], hour(day), n) for key, rows in data["names"].items() if key in keys for day, n in rows]
    pairs = []
    for pair, rows in data["pairs"].items():
        ids = sorted(keys[key] for key in pair.split(" ") if key in keys)
        if len(ids) == 2:
            pairs += [(*ids, hour(day), n) for day, n in rows]
    add_rows(connection, table(ReadCount), read)
    add_rows(connection, table(NameCount), names)
    add_rows(connection, table(PairCount), pairs)
    _load_links(connection, data["links"], keys, sources, hour)
    add_rows(connection, table(Snapshot), [(NAME, first_hour, last_hour)])


def _load_links(
    connection: Connection, links: dict[str, Any], keys: dict[str, int], sources: dict[str, int], hour: Any
) -> None:
    from ingest.articles.near_duplicates import text_hash

    pages = {(outlet, url): hour(day) for rows in links.values() for day, outlet, url in rows}
    ids = dict(zip(pages, reserve(connection, table(Article), len(pages)), strict=True))
    insert_rows(
        connection,
        table(Article),
        [
            {
                "id": ids[page],
                # Not the article's own hash: when it is read with its text later, it must count as new.
                "uid": text_hash(f"{NAME}\0{page[0]}\0{page[1]}"),
                "source_id": sources[page[0]],
                "story_id": ids[page],
                "url": page[1],
                "title": "",
                "summary": "",
                "published_at": start_of(at),
                "precise": False,
                "hour": at,
            }
            for page, at in pages.items()
        ],
    )
    mentions = {
        (keys[key], pages[outlet, url], ids[outlet, url])
        for key, rows in links.items()
        if key in keys
        for _, outlet, url in rows
    }
    add_rows(connection, table(Mention), [(*mention, mention[1]) for mention in sorted(mentions)])


def drop_starter_counts(engine: Engine) -> bool:
    """Removes the starter data's counts and links, so that stored articles can be counted instead.

    Returns whether there were any.
    """
    with writing(engine) as connection:
        span = connection.execute(select(table(Snapshot)).where(table(Snapshot).c.name == NAME)).first()
        if span is None:
            return False
        for model in (NameCount, PairCount, ReadCount):
            hour = table(model).c.hour
            connection.execute(delete(table(model)).where(hour.between(span.first, span.last)))
        article: Table = table(Article)
        bare = select(article.c.id).where(article.c.title == "", article.c.summary == "")
        connection.execute(delete(table(Mention)).where(table(Mention).c.story_id.in_(bare)))
        connection.execute(delete(article).where(article.c.title == "", article.c.summary == ""))
        connection.execute(delete(table(Snapshot)).where(table(Snapshot).c.name == NAME))
    return True


def _sources(connection: Connection, names: set[str]) -> dict[str, int]:
    source = table(Source)
    known = dict(connection.execute(select(source.c.name, source.c.id)).all())
    insert_rows(
        connection, source, [Source(name=name).model_dump(exclude={"id"}) for name in sorted(names - known.keys())]
    )
    return dict(connection.execute(select(source.c.name, source.c.id)).all())
