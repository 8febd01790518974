"""A long import, read ahead by a second process: the same store as without."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from ingest.articles.item import Item
from ingest.bulk_import import BulkImport
from ingest.pipeline import BATCH, BatchReport, Ingest
from models.article import Article
from models.candidate import Candidate, Sighting
from models.count import NameCount, PairCount, ReadCount
from models.database import table
from models.mention import Mention
from tests.conftest import NOON, Stores, _stocked

KEPT = (Article, Mention, NameCount, PairCount, ReadCount, Candidate, Sighting)
SUBJECTS = ("Meta opens Muse Spark", "Nvidia and Meta agree", "Zephyr-9 by Databricks is here", "Nothing much today")


def news(number: int) -> list[Item]:
    return [
        Item(
            f"outlet {one % 7}",
            str(one),
            f"https://outlet{one % 7}.example/{one}",
            f"{SUBJECTS[one % 4]}, report {one // 3}",
            f"Report {one // 3} tells of it at length." if one % 5 else "",
            NOON - timedelta(minutes=one),
        )
        for one in range(number)
    ]


def stored(engine: Engine) -> dict[str, Sequence[object]]:
    with engine.connect() as connection:
        return {
            model.__name__: connection.execute(select(table(model)).order_by(*table(model).primary_key)).all()
            for model in KEPT
        }


@pytest.mark.long
def test_reading_ahead_changes_nothing(stores: Stores):
    items = news(BATCH + 300)
    plain, ahead = (stores.sqlite("stocked", _stocked) for _ in range(2))
    ingest = Ingest(plain)
    for start in (0, BATCH):
        ingest.add(items[start : start + BATCH])
    done = BatchReport()
    with BulkImport(Ingest(ahead)) as taking:
        for start in (0, BATCH):
            done += taking.add(items[start : start + BATCH])
        done += taking.flush()
        again = taking.add(items[:50])
        again += taking.flush()
    assert (done.new, done.known, again.new, again.known) == (BATCH + 300, 0, 0, 50)
    assert stored(ahead) == stored(plain)


def test_a_short_import_needs_no_second_process(store: Engine):
    with BulkImport(Ingest(store)) as taking:
        assert taking.add(news(10)).new == 10
        assert taking.flush().new == 0
