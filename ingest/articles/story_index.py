"""Finds the stored story that each new article belongs to.

marks of the new articles -> stored articles that share a mark -> compared by all their words -> story
"""

from collections import Counter
from collections.abc import Iterable, Sequence, Set
from itertools import chain, islice
from operator import itemgetter

from sqlalchemy import Connection, select

from ingest.articles.near_duplicates import STORY_HOURS, Sketch, make_sketch, similarity
from models.article import Article, StoryKey
from models.database import add_rows, chunks, select_among, table
from models.source import Source

MAX_CANDIDATES = 20
"""Candidates compared per mark; a mark with more says little."""

CACHED_SKETCHES = 20_000
"""Sketches that are cached: most near-duplicates follow shortly after the original."""

Marked = dict[int, list[tuple[int, int]]]
"""By mark: (hour, article), oldest first."""


class StoryIndex:
    """Finds stories. Caches the newest articles' sketches, nothing that grows with the number of articles."""

    def __init__(self) -> None:
        self._recent: dict[int, tuple[int, Sketch]] = {}
        self._new: dict[int, tuple[int, Sketch]] = {}

    def stories(
        self, connection: Connection, sketches: Sequence[Sketch], hours: Sequence[int], ids: Sequence[int]
    ) -> list[int]:
        """The story of each new article, which is its own id when it is the first to tell it. Stores the marks."""
        marked = _marked(connection, sketches, hours)
        common = [marked.keys() & sketch.marks for sketch in sketches]
        self._new = {}
        candidates = self._candidates(connection, zip(common, hours, strict=True), marked)
        for article, sketch, hour, shared in zip(ids, sketches, hours, common, strict=True):
            best, story = 0.0, article
            for candidate in sorted(_sharing(shared, hour, marked)):
                its_story, other = candidates[candidate]
                score = similarity(sketch, other)
                if score > best:
                    best, story = score, its_story
            candidates[article] = self._new[article] = story, sketch
            for mark in shared:
                marked[mark].append((hour, article))
        rows = [
            (mark, hour, article)
            for sketch, hour, article in zip(sketches, hours, ids, strict=True)
            for mark in sketch.marks
        ]
        add_rows(connection, table(StoryKey), sorted(rows, key=itemgetter(0)))
        return [candidates[article][0] for article in ids]

    def commit(self) -> None:
        """Caches the sketches of the last articles given, now that they are stored."""
        self._recent.update(self._new)
        self._new = {}
        for article in list(islice(self._recent, max(0, len(self._recent) - CACHED_SKETCHES))):
            del self._recent[article]

    def _candidates(
        self, connection: Connection, lookups: Iterable[tuple[Set[int], int]], marked: Marked
    ) -> dict[int, tuple[int, Sketch]]:
        """The stored articles that may tell the same stories: article id -> (story, sketch)."""
        wanted = {article for shared, hour in lookups for article in _sharing(shared, hour, marked)}
        found = {article: self._recent[article] for article in wanted if article in self._recent}
        article, source = table(Article), table(Source)
        for batch in chunks(sorted(wanted - found.keys())):
            rows = connection.execute(
                select(
                    article.c.id, article.c.story_id, source.c.name, article.c.url, article.c.title, article.c.summary
                )
                .join(source, source.c.id == article.c.source_id)
                .where(article.c.id.in_(batch))
            )
            for key, story, *texts in rows:
                found[key] = story, make_sketch(*texts)
        return found


def _marked(connection: Connection, sketches: Sequence[Sketch], hours: Sequence[int]) -> Marked:
    """The marks that occur twice, among these articles or with stored ones near them in time, and the articles that
    have them.
    """
    mark_counts = Counter(chain.from_iterable(sketch.marks for sketch in sketches))
    found: Marked = {mark: [] for mark, times in mark_counts.items() if times > 1}
    rows = select_among(
        connection,
        "SELECT key, hour, article_id FROM story_key WHERE key {among} AND hour BETWEEN %s AND %s",
        sorted(mark_counts),
        min(hours) - STORY_HOURS,
        max(hours) + STORY_HOURS,
    )
    for mark, hour, article in rows:
        found.setdefault(mark, []).append((hour, article))
    return found


def _sharing(marks: Set[int], hour: int, marked: Marked) -> set[int]:
    """The articles that share one of these marks and were published within three days."""
    return {
        article
        for mark in marks
        for article in [article for at, article in marked[mark] if abs(at - hour) <= STORY_HOURS][-MAX_CANDIDATES:]
    }
