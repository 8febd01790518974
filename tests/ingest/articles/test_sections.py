"""Items of one page: the day in its address, and headings that are told once."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, func, select

from ingest.articles.item import Item
from ingest.articles.sections import Headings, stated_day
from ingest.pipeline import Ingest
from ingest.relinking.recount import recount_articles
from models.article import Article
from models.count import NameCount, hour_of
from models.entity import by_key


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://letter.example/issues/26-04-07-muse#3", date(2026, 4, 7)),
        ("https://news.example/2026/04/07/meta-opens", date(2026, 4, 7)),
        ("https://news.example/2026-04-09/meta", date(2026, 4, 9)),
        ("https://news.example/2026/04/01/older", date(2026, 4, 8)),  # more than a time zone away
        ("https://news.example/26-13-77-numbers", date(2026, 4, 8)),
        ("https://news.example/12026-04-07", date(2026, 4, 8)),  # part of a longer number
        ("https://news.example/meta#2026-04-07", date(2026, 4, 8)),
        ("", date(2026, 4, 8)),
    ],
)
def test_a_day_in_the_address_is_the_day_if_it_is_next_to_the_one_given(url: str, day: date) -> None:
    assert stated_day(url, date(2026, 4, 8)) == day


def test_a_heading_says_something_once_on_its_page() -> None:
    headings = Headings()
    told = [("https://a.example/1#1", "Meta"), ("https://a.example/1#2", "Meta"), ("https://a.example/1#3", "Grok")]
    assert [headings.is_repeated(url, title) for url, title in told] == [False, True, False]
    assert not headings.is_repeated("https://a.example/2#1", "Meta")
    assert not headings.is_repeated("", "Meta")
    assert not headings.is_repeated("", "Meta")


def _letter(number: int, summary: str) -> Item:
    return Item(
        "Letter",
        f"26-04-08#{number}",
        f"https://letter.example/26-04-08#{number}",
        "Meta and its models",
        summary,
        datetime(2026, 4, 9, tzinfo=UTC),
        precise=False,
    )


def test_a_heading_over_many_items_counts_as_one_story(store: Engine) -> None:
    ingest = Ingest(store)
    ingest.add(
        [_letter(1, "Something about weather."), _letter(2, "Other things entirely."), _letter(3, "Meta again!")]
    )
    for _ in range(2):
        with Session(store) as session:
            meta = by_key(session, "meta")
            assert meta
            count = session.exec(select(func.sum(NameCount.n)).where(NameCount.entity_id == meta.id)).one()
            hours = session.exec(select(col(Article.hour)).distinct()).all()
        assert count == 2
        assert hours == [hour_of(datetime(2026, 4, 8, 23, tzinfo=UTC))]
        recount_articles(store)
