"""Recognises an article that returns under another id, address, date or headline, so that it counts once.

A known id means a known article. An item with a new id is the known article if its outlet had the same headline at the
same address at any time; an almost identical headline within days makes it the same story
(ingest.articles.near_duplicates). When a known article returns with another headline, its text is replaced and names
that are new in it are credited to its story.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, update

from gazetteer.spelling import lower
from ingest.articles.canonical_url import canonicalize
from ingest.articles.item import Item
from ingest.articles.near_duplicates import text_hash
from models.article import Article, StoryKey
from models.database import add_rows, select_among, table

TIMELESS = -1
"""The hour under which permanent marks are stored: nothing was published then."""


def identity_mark(item: Item) -> int:
    """A hash of outlet, page and headline, which survives a change of id; 0 without an address or a headline."""
    place = canonicalize(item.url)
    return text_hash(f"{item.source}\0{place}\0{lower(item.title)}") if place and item.title else 0


def find_known(connection: Connection, items: Sequence[Item], fresh: Mapping[int, int]) -> set[int]:
    """Of items with new ids (`fresh`: uid -> position), the uids of those that are known under another id."""
    marks = {uid: identity_mark(items[place]) for uid, place in fresh.items()}
    wanted = sorted({mark for mark in marks.values() if mark})
    rows = select_among(connection, "SELECT key FROM story_key WHERE key {among} AND hour = %s", wanted, TIMELESS)
    known = {key for (key,) in rows}
    returning = set()
    for uid, mark in marks.items():
        if mark in known:
            returning.add(uid)
        elif mark:
            known.add(mark)
    return returning


def store_marks(connection: Connection, items: Sequence[Item], ids: Sequence[int]) -> None:
    """Stores the marks of new articles."""
    rows = {
        (mark, TIMELESS, article) for item, article in zip(items, ids, strict=True) if (mark := identity_mark(item))
    }
    add_rows(connection, table(StoryKey), sorted(rows))


def apply_revisions(connection: Connection, items: Mapping[int, Item]) -> list[tuple[int, int, Item]]:
    """Replaces the text of known articles (by uid) whose headline has changed.

    Returns (story, hour in which it counts, item) for each.
    """
    article = table(Article)
    changed = []
    query = "SELECT uid, id, story_id, hour, title FROM article WHERE uid {among}"
    for uid, key, story, hour, title in select_among(connection, query, list(items)):
        item = items[uid]
        if item.title and title != item.title:
            connection.execute(
                update(article).where(article.c.id == key).values(title=item.title, summary=item.summary)
            )
            changed.append((story, hour, item))
    return changed
