"""The launch that began it all: on 7 April 2026 nobody had heard of Muse Spark. Read hour by hour, from real news."""

import gzip
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from ingest.articles.item import Item
from ingest.formats.files import read_file
from ingest.pipeline import Ingest
from ingest.relinking import gazetteer_changes
from ingest.relinking.discovery import discover_names
from models.candidate import provisional_names
from models.count import hour_of
from models.database import transaction
from models.entity import by_id, parents_by_child

pytestmark = pytest.mark.long

FIRST, LAST = datetime(2026, 4, 6, tzinfo=UTC), datetime(2026, 4, 9, tzinfo=UTC)


def test_muse_spark_is_found_within_hours_as_metas(store: Engine, shared: Path, tmp_path: Path) -> None:
    operator = tmp_path / "names.toml"
    off = ["[family]", "muse = { off = true }", "[model]", "muse-spark = { off = true }"]
    operator.write_text("\n".join(off))
    gazetteer_changes.load_gazetteer(store, operator)
    hours: dict[int, list[Item]] = defaultdict(list)
    days = [f'"published_at": "{FIRST + timedelta(days=day):%Y-%m-%d}'.encode() for day in range(3)]
    for name in ("press", "hn", "labs"):
        some = tmp_path / f"{name}.jsonl"
        with gzip.open(shared / "corpus" / f"{name}.jsonl.gz") as lines:
            some.write_bytes(b"".join(line for line in lines if any(day in line for day in days)))
        for item in read_file(str(some), LAST + timedelta(days=200)):
            if isinstance(item, Item) and FIRST <= item.published_at < LAST:
                late = 0 if item.precise else 23
                hours[max(hour_of(item.published_at), hour_of(item.published_at) // 24 * 24 + late)].append(item)
    told: list[datetime] = []
    ingest = Ingest(store)
    for hour in sorted(hours):
        now = datetime.fromtimestamp(hour * 3600 + 3599, UTC)
        ingest.add(hours[hour])
        about = [item for item in hours[hour] if "muse spark" in f"{item.title} {item.summary}".lower()]
        told += [now] * len(about)
        if "Muse Spark" in discover_names(store, now):
            break
    else:
        raise AssertionError("Muse Spark was not found")
    assert now - told[0] <= timedelta(hours=3)
    with transaction(store) as session:
        entity = next(one.entity for one in provisional_names(session, 100) if one.entity.name == "Muse Spark")
        above = by_id(session, parents_by_child(session)[entity.id or 0])
    assert [one.name for one in above.values()] in (["Meta"], ["Meta Superintelligence Labs"], ["Meta AI"])
