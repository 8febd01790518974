"""An article that comes again: under another id, address or date, or with another headline. It is counted once.

An id that is known is a known article. Of those whose id is new, one that stands at the same address of the same outlet
under the same headline is the old one, whenever it comes; a nearly equal one within days is the same story
(ingest.articles.near_duplicates). Where a known one has another headline, its words are taken over, and the names that
are new in them are credited to its story.
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
"""The hour under which marks lie that hold for ever: no article was published then."""


def identity_mark(item: Item) -> int:
    """What stays of an article when its id changes; 0 for one without an address or a headline of its own."""
    place = canonicalize(item.url)
    return text_hash(f"{item.source}\0{place}\0{lower(item.title)}") if place and item.title else 0


def find_known(connection: Connection, items: Sequence[Item], fresh: Mapping[int, int]) -> set[int]:
    """Of those whose ids are new (by lasting number, their places): the ones that were here before under another."""
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
    """Takes over the words of known articles (by lasting number) whose headlines are others now.

    Gives (story, hour it counts in, item) for each.
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
