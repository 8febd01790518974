"""One article is one, whatever of it changes."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, func, select

from ingest.articles.item import Item
from ingest.pipeline import BatchReport, Ingest
from models.article import Article
from models.count import NameCount, ReadCount
from models.entity import Entity
from tests.conftest import NOON

FIRST = Item(
    "Wire", "guid-1", "https://wire.example/2026/meta-opens", "Meta opens an office in Zurich", "It does.", NOON
)
LATER = NOON + timedelta(days=20)


def add(store: Engine, *items: Item, now=NOON) -> BatchReport:
    return Ingest(store).add(items, now)


def counted(store: Engine, name: str) -> int:
    with Session(store) as session:
        key = session.exec(select(Entity.id).where(Entity.name == name)).one()
        return session.exec(select(func.coalesce(func.sum(NameCount.n), 0)).where(NameCount.entity_id == key)).one()


def articles(store: Engine) -> int:
    with Session(store) as session:
        return session.exec(select(func.count()).select_from(Article)).one()


@pytest.mark.parametrize(
    "again",
    [
        pytest.param(FIRST, id="the same"),
        pytest.param(
            FIRST._replace(url="https://wire.example/other", published_at=LATER), id="another address and date"
        ),
        pytest.param(FIRST._replace(external_id="guid-2"), id="another id"),
        pytest.param(FIRST._replace(external_id="guid-2", published_at=LATER), id="another id and date"),
        pytest.param(
            FIRST._replace(external_id="guid-2", url=FIRST.url + "/amp?utm_source=x", published_at=LATER),
            id="another id, form of the address and date",
        ),
    ],
)
def test_an_article_that_comes_again_is_known(store: Engine, again: Item):
    assert add(store, FIRST).new == 1
    found = add(store, again, now=LATER)
    assert (found.new, found.known) == (0, 1)
    assert (articles(store), counted(store, "Meta")) == (1, 1)


def test_two_of_one_batch_are_one(store: Engine):
    assert add(store, FIRST, FIRST._replace(external_id="guid-2")).new == 1


def test_another_headline_at_the_address_is_the_same_story(store: Engine):
    """It has another id too: the old one is gone from the feed, and this one is there."""
    add(store, FIRST)
    again = FIRST._replace(external_id="guid-2", title="Meta opens a large office in Zurich", summary="More on it.")
    found = add(store, again)
    assert (found.new, found.stories) == (1, 0)
    assert counted(store, "Meta") == 1


def test_the_same_headline_elsewhere_at_the_outlet_is_another_article(store: Engine):
    weekly = FIRST._replace(title="Changelog", summary="Meta did this.")
    add(store, weekly)
    other = weekly._replace(external_id="guid-2", url="https://wire.example/2026/w2", summary="Google did that.")
    found = add(store, other, now=LATER)
    assert (found.new, found.stories) == (1, 1)


def test_a_revised_article_updates_its_story_and_is_not_counted_again(store: Engine):
    add(store, FIRST)
    revised = FIRST._replace(title="Meta and NVIDIA open an office in Zurich", summary="They do.")
    found = add(store, revised, now=NOON + timedelta(hours=5))
    assert (found.new, found.known, found.revised) == (0, 1, 1)
    assert articles(store) == 1
    assert (counted(store, "Meta"), counted(store, "NVIDIA")) == (1, 1)
    with Session(store) as session:
        row = session.exec(select(Article)).one()
        assert (row.title, row.summary, row.published_at) == (revised.title, "They do.", NOON)
        assert session.exec(select(func.sum(ReadCount.articles))).one() == 1
    assert add(store, revised, now=LATER).revised == 0


def test_the_same_story_of_several_outlets_is_one(store: Engine):
    some = [
        FIRST._replace(source=f"Paper {n}", external_id=str(n), url=f"https://paper{n}.example/x?utm_source=wire")
        for n in range(4)
    ]
    found = add(store, FIRST, *some)
    assert (found.new, found.stories) == (5, 1)
    assert counted(store, "Meta") == 1
