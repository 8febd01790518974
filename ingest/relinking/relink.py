"""Links and counts some stories again after a name was added, removed or merged; the rest of the store is untouched."""

from collections import Counter, defaultdict
from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Row, delete, select

from ingest.articles.sections import page_address
from ingest.pipeline import Ingest, pairs_of
from models.article import Article
from models.count import NameCount, PairCount, ReadCount
from models.database import add_counts, chunks, table
from models.mention import Mention


def relink_stories(connection: Connection, ingest: Ingest, stories: Collection[int]) -> None:
    """Brings the mentions and counts of some stories in line with the linker."""
    article, mention = table(Article), table(Mention)
    counted: dict[Any, set[tuple[int, ...]]] = {NameCount: set(), PairCount: set()}
    for batch in chunks(sorted(stories), 2000):
        before: dict[int, dict[int, tuple[int, int | None]]] = defaultdict(dict)
        for entity, hour, story, named in connection.execute(select(mention).where(mention.c.story_id.in_(batch))):
            before[story][entity] = (hour, named)
        names: Counter[tuple[int, int]] = Counter()
        pairs: Counter[tuple[int, int, int]] = Counter()
        for mentions in before.values():
            names.subtract({(entity, hour): 1 for entity, (hour, _) in mentions.items()})
            pairs.subtract(pairs_of(mentions))
        for model, counts in ((NameCount, names), (PairCount, pairs)):
            removed = [(*key, n) for key, n in sorted(counts.items()) if n and not ingest.frozen(key[-1])]
            add_counts(connection, table(model), removed)
            counted[model] |= {row[:-1] for row in removed}
        connection.execute(delete(mention).where(mention.c.story_id.in_(batch)))
        rows: list[Row[Any]] = list(connection.execute(select(article).where(article.c.story_id.in_(batch))))
        repeated = _repeated_titles(connection, rows)
        credits = []
        naming: Counter[tuple[int, int]] = Counter()
        for row in rows:
            if not row.title and not row.summary:
                continue
            named = ingest.linker.names(row.title, row.summary, row.id in repeated)
            if named:
                credits.append((row.story_id, row.hour, named))
            if row.id == row.story_id and not ingest.frozen(row.hour):
                was = any(direct is not None for _, direct in before.get(row.story_id, {}).values())
                naming[row.source_id, row.hour] += bool(named) - was
        ingest.credit(connection, credits, set(batch))
        changed = [(*key, 0, 0, n) for key, n in sorted(naming.items()) if n]
        add_counts(connection, table(ReadCount), changed)
    for model, keys in counted.items():
        columns = table(model).primary_key.columns
        for key in sorted(keys):
            same = [column == value for column, value in zip(columns, key, strict=True)]
            connection.execute(delete(table(model)).where(table(model).c.n == 0, *same))


MAX_PAGE_ITEMS = 500
"""Items looked back for the beginning of a page."""


def _repeated_titles(connection: Connection, rows: list[Row[Any]]) -> set[int]:
    """The articles whose title an earlier item of their page already had. The items of a page have consecutive ids."""
    article = table(Article)
    found: set[int] = set()
    paged = {row.id - 1: row for row in rows if page_address(row.url)}
    before: dict[int, str] = {}
    for batch in chunks(sorted(paged)):
        query = select(article.c.id, article.c.url).where(article.c.id.in_(batch))
        before.update({row.id: row.url for row in connection.execute(query)})
    for number, row in paged.items():
        if page_address(before.get(number, "")) != page_address(row.url):
            continue
        query = select(article.c.url, article.c.title).where(article.c.id.between(row.id - MAX_PAGE_ITEMS, number))
        for url, title in connection.execute(query.order_by(article.c.id.desc())):
            if page_address(url) != page_address(row.url):
                break
            if title == row.title:
                found.add(row.id)
                break
    return found
