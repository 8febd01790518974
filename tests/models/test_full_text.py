"""The full-text index on both kinds of store."""

import pytest
from sqlalchemy import Engine

from ingest.articles.full_text import index_articles
from models.database import transaction, writing
from models.full_text import articles_with, frequencies, optimize_index, watermark
from tests.articles import TOLD, tell_articles

pytestmark = pytest.mark.both_stores


def test_articles_are_found_by_words_month_and_day(empty: Engine):
    tell_articles(empty)
    with transaction(empty) as session:
        assert len(articles_with(session, ["zephyr"], [], None, 10)) == 6
        assert len(articles_with(session, ["zephyr"], ["month202604", "month202605"], None, 10)) == 1
        assert len(articles_with(session, ["zephyr", "2.5"], [], None, 10)) == 1
        hour = 24 * 20514  # 2 March 2026
        assert len(articles_with(session, ["zephyr"], [], hour, 10)) == 2
        assert articles_with(session, ["谁收购了"], ["o'brien"], None, 10) == []


def test_a_second_pass_adds_nothing_and_chat_is_left_out(empty: Engine):
    tell_articles(empty)
    assert index_articles(empty) == 0
    with transaction(empty) as session:
        last, number = watermark(session.connection())
        assert (last, number) == (len(TOLD), len(TOLD) - 1)
        assert frequencies(session, ["boreali", "40", "999"]) == {"boreali": 1, "40": 1, "999": 0}


def test_what_was_settled_is_found_as_before(empty: Engine):
    tell_articles(empty)
    with writing(empty) as connection:
        optimize_index(connection)
    with transaction(empty) as session:
        assert len(articles_with(session, ["zephyr"], [], None, 10)) == 6
