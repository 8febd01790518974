"""Old articles go, their counts stay."""

from datetime import timedelta

from sqlalchemy import Engine
from sqlmodel import Session, func, select

from ingest.articles.item import Item
from ingest.articles.retention import prune_articles
from ingest.pipeline import Ingest
from ingest.relinking.recount import recount_articles
from models.article import Article
from models.count import NameCount, PairCount, ReadCount
from models.mention import Mention
from tests.conftest import NOON


def item(number: int, days: int, source: str = "Wire") -> Item:
    at = NOON - timedelta(days=days)
    return Item(source, str(number), f"https://{source}.example/{number}", f"Meta and NVIDIA, part {number}", "", at)


def figures(engine: Engine) -> list[int]:
    with Session(engine) as session:
        return [
            session.exec(select(func.coalesce(func.sum(column), 0))).one()
            for column in (NameCount.n, PairCount.n, ReadCount.articles)
        ]


def rows(engine: Engine, model: type) -> int:
    with Session(engine) as session:
        return session.exec(select(func.count()).select_from(model)).one()


def test_old_articles_go_and_their_counts_stay(stocked: Engine):
    Ingest(stocked).add([item(59, 59, "Other"), *(item(n, n) for n in reversed(range(60)))], NOON)
    before = figures(stocked)
    assert prune_articles(stocked, NOON, 30) == 30
    assert figures(stocked) == before
    assert rows(stocked, Article) == 31
    with Session(stocked) as session:
        assert session.exec(select(func.min(Mention.hour))).one() >= session.exec(select(func.min(Article.hour))).one()
    assert prune_articles(stocked, NOON, 30) == 0
    recount_articles(stocked)
    assert figures(stocked) == before, "a recount leaves what has no articles any more"


def test_the_newest_stays_and_nothing_old_is_counted_twice(store: Engine):
    Ingest(store).add([item(1, 50), item(2, 40)], NOON)
    before = figures(store)
    assert prune_articles(store, NOON, 30) == 1
    assert rows(store, Article) == 1
    found = Ingest(store).add([item(1, 50)], NOON)
    assert found.new == 0, "it is known by its mark"
    Ingest(store).add([item(1, 50)._replace(title="Meta and NVIDIA, anew")], NOON)
    assert figures(store) == before


def test_an_empty_store_is_left_alone(store: Engine):
    assert prune_articles(store, NOON, 30) == 0
