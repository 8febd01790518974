"""Which stories articles tell: the same whether earlier ones are still at hand, or must be read from the store."""

import pytest
from sqlalchemy import Engine, select

from ingest import pipeline
from ingest.articles import story_index
from ingest.articles.item import Item
from ingest.pipeline import Ingest
from models.article import Article
from models.database import table
from tests.conftest import NOON, Stores, _stocked
from tests.news import HOUR

HEADLINE = "Databricks opens Zephyr to builders in {} countries this spring"


def _told(number: int, outlet: str, hours: int) -> Item:
    title = HEADLINE.format(number)
    return Item(outlet, f"{outlet}-{number}", "", title, "", NOON + hours * HOUR)


BATCHES = [
    [_told(number, "Wire", number) for number in range(12)],
    [_told(number, "Courier", number + 1) for number in range(0, 12, 2)],
    [_told(number, "Planet", number + 2) for number in range(0, 12, 3)],
]


def _stories(engine: Engine) -> list[tuple[str, int]]:
    article = table(Article)
    with engine.connect() as connection:
        rows = connection.execute(select(article.c.external_id, article.c.story_id).order_by(article.c.id)).all()
    return [(row.external_id, row.story_id) for row in rows]


@pytest.mark.parametrize("kept", [0, 5, story_index.CACHED_SKETCHES])
def test_what_is_at_hand_changes_nothing(stores: Stores, monkeypatch: pytest.MonkeyPatch, kept: int):
    at_hand, from_store = (stores.sqlite("stocked", _stocked) for _ in range(2))
    monkeypatch.setattr(story_index, "CACHED_SKETCHES", kept)
    ingest = Ingest(at_hand)
    for batch in BATCHES:
        ingest.add(batch)
        Ingest(from_store).add(batch)
    stories = _stories(at_hand)
    assert stories == _stories(from_store)
    # Twelve stories; each telling by another outlet is found again by its number.
    first = dict(stories[:12])
    assert len(set(first.values())) == 12
    assert all(story == first[f"Wire-{name.partition('-')[2]}"] for name, story in stories)


def test_a_batch_that_failed_leaves_nothing_at_hand(store: Engine, monkeypatch: pytest.MonkeyPatch):
    ingest = Ingest(store)
    ingest.add(BATCHES[0][:6])
    with monkeypatch.context() as broken:
        broken.setattr(pipeline, "add_counts", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            ingest.add([_told(number, "Wire", number) for number in (20, 21, 22)])
    # Somebody else's articles get the ids of the failed batch: a sketch kept under one would be another story's.
    Ingest(store).add(BATCHES[0][6:])
    ingest.add(BATCHES[1])
    stories = _stories(store)
    first = dict(stories[:12])
    assert all(story == first[f"Wire-{name.partition('-')[2]}"] for name, story in stories)
