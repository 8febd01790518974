"""Starter data: made from one store, loaded into another, never counted twice, and the file that is shipped."""

import gzip
import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from gazetteer.files import default_counts
from ingest import starter_counts
from ingest.articles.item import Item
from ingest.pipeline import Ingest
from ingest.relinking import gazetteer_changes
from ingest.relinking.recount import recount_articles
from models.article import Article
from models.count import NameCount, PairCount, ReadCount, Snapshot, hour_of
from models.database import StoreError, table
from models.entity import Entity
from models.source import Source
from tests.conftest import NOON

LAST = date(2026, 4, 9)
OUTLETS = ("Wire", "Planet", "Herald", "Courier", "Gazette", "Mirror")


def _item(title: str, days: float = 0, source: str = "Wire") -> Item:
    url = f"https://{source.lower()}.example.com/{title.replace(' ', '-')}"
    return Item(source, url, url, title, "", NOON + timedelta(days=days))


NEWS = [
    *(_item(f"Nvidia supplies OpenAI, part {number}", -1, source) for number, source in enumerate(OUTLETS)),
    _item("Meta opens Muse Spark to developers"),
    _item("Meta opens Muse Spark to developers", source="Planet"),
    _item("Garden fairs attract record crowds", -2),
    _item("Nvidia opens a laboratory in Berlin", -3),
]
"""Three days to 9 April, and one day before."""


def _daily(engine: Engine, model: Any, by: list[str], sums: list[str]) -> Counter[Any]:
    """Counts per day by key or outlet."""
    with engine.connect() as connection:
        said: dict[str, dict[int, str]] = {
            "entity_id": dict(connection.execute(select(table(Entity).c.id, table(Entity).c.key)).all()),
            "source_id": dict(connection.execute(select(table(Source).c.id, table(Source).c.name)).all()),
        }
        said["other_id"] = said["entity_id"]
        found: Counter[Any] = Counter()
        for row in connection.execute(select(table(model))).mappings():
            where = tuple(sorted(said[name][row[name]] for name in by))
            for name in sums:
                found[*where, row["hour"] // 24, name] += row[name]
    return +found


def _all(engine: Engine) -> list[Counter[Any]]:
    return [
        _daily(engine, NameCount, ["entity_id"], ["n"]),
        _daily(engine, PairCount, ["entity_id", "other_id"], ["n"]),
        _daily(engine, ReadCount, ["source_id"], ["articles", "stories", "named"]),
    ]


@pytest.fixture
def made(store: Engine, tmp_path: Path) -> Path:
    """Starter data of three days, made from a small store."""
    Ingest(store).add(NEWS)
    path = tmp_path / "starter.json.gz"
    told = starter_counts.make_starter_counts(store, LAST, path, 3)
    assert told["bytes"] == path.stat().st_size
    assert told["sources"] == len(OUTLETS)
    return path


def test_what_is_made_is_what_is_loaded(made: Path, store: Engine, stocked: Engine):
    assert starter_counts.load_starter_counts(stocked, made)
    first = hour_of(datetime(2026, 4, 7, tzinfo=UTC)) // 24
    for wanted, found in zip(_all(store), _all(stocked), strict=True):
        assert found == Counter({where: n for where, n in wanted.items() if where[-2] >= first})
        assert found


def test_a_days_counts_stand_in_its_last_hour(made: Path, stocked: Engine):
    starter_counts.load_starter_counts(stocked, made)
    with stocked.connect() as connection:
        hours = {
            hour
            for model in (NameCount, PairCount, ReadCount)
            for hour in connection.scalars(select(table(model).c.hour))
        }
        (span,) = connection.execute(select(table(Snapshot))).all()
    assert {hour % 24 for hour in hours} == {23}
    assert (span.first, span.last + 1) == (
        hour_of(datetime(2026, 4, 7, tzinfo=UTC)),
        hour_of(datetime(2026, 4, 10, tzinfo=UTC)),
    )


def test_the_same_store_gives_the_same_bytes_without_a_headline(made: Path, store: Engine, tmp_path: Path):
    again = tmp_path / "again.json.gz"
    starter_counts.make_starter_counts(store, LAST, again, 3)
    assert again.read_bytes() == made.read_bytes()
    assert "Muse Spark to developers" not in gzip.decompress(made.read_bytes()).decode()


def test_busy_days_keep_links(made: Path, stocked: Engine):
    data = json.loads(gzip.decompress(made.read_bytes()))
    assert {key: len(found) for key, found in data["links"].items()} == {
        "nvidia": starter_counts.LINKS_PER_DAY,
        "openai": starter_counts.LINKS_PER_DAY,
    }
    starter_counts.load_starter_counts(stocked, made)
    with stocked.connect() as connection:
        pages = connection.execute(select(table(Article).c.title, table(Article).c.url)).all()
    assert len(pages) == starter_counts.LINKS_PER_DAY
    assert all(not title and url.startswith("https://") for title, url in pages)


def test_days_without_news_make_no_data(made: Path, store: Engine):
    with pytest.raises(StoreError, match="no articles from 2025-01-01 to 2025-01-03"):
        starter_counts.make_starter_counts(store, date(2025, 1, 3), made.with_name("none.gz"), 3)
    assert not made.with_name("none.gz").exists()


def test_only_an_empty_store_takes_it(made: Path, store: Engine, stocked: Engine):
    before = _all(store)
    assert not starter_counts.load_starter_counts(store, made)
    assert _all(store) == before
    assert starter_counts.load_starter_counts(stocked, made)
    before = _all(stocked)
    assert not starter_counts.load_starter_counts(stocked, made)
    assert _all(stocked) == before


def test_articles_of_its_days_are_not_counted_twice(made: Path, stocked: Engine):
    starter_counts.load_starter_counts(stocked, made)
    before = _all(stocked)
    done = Ingest(stocked).add(NEWS)
    assert (done.new, done.frozen) == (len(NEWS), len(NEWS) - 1)
    found = _all(stocked)
    day = hour_of(datetime(2026, 4, 6, tzinfo=UTC)) // 24
    assert found[0] - before[0] == Counter({("nvidia", day, "n"): 1})
    assert all(not old - new for old, new in zip(before, found, strict=True))
    recount_articles(stocked)
    assert _all(stocked) == found


def test_dropped_and_recounted_the_articles_count(made: Path, store: Engine, stocked: Engine):
    """Those too that the starter data had a link to, under the very address that is their id."""
    starter_counts.load_starter_counts(stocked, made)
    Ingest(stocked).add(NEWS)
    assert starter_counts.drop_starter_counts(stocked)
    recount_articles(stocked)
    assert _all(stocked) == _all(store)
    with stocked.connect() as connection:
        assert connection.execute(select(func.count()).select_from(table(Article))).scalar_one() == len(NEWS)
    assert not starter_counts.drop_starter_counts(stocked)


def test_dropped_from_a_store_without_articles_nothing_is_left(made: Path, stocked: Engine):
    starter_counts.load_starter_counts(stocked, made)
    assert starter_counts.has_articles(stocked) is False
    assert starter_counts.drop_starter_counts(stocked)
    assert _all(stocked) == [Counter()] * 3
    assert starter_counts.load_starter_counts(stocked, made)


def test_whom_the_operator_has_switched_off_is_left_out(made: Path, stocked: Engine, tmp_path: Path):
    own = tmp_path / "own.toml"
    own.write_text("[company]\nnvidia = { off = true }\n", encoding="utf-8")
    gazetteer_changes.load_gazetteer(stocked, own)
    starter_counts.load_starter_counts(stocked, made)
    names, pairs, _ = _all(stocked)
    assert {where[0] for where in names} == {"openai", "meta", "meta-superintelligence-labs", "muse", "muse-spark"}
    assert {where[:2] for where in pairs} == {("meta", "muse-spark")}


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"{}", id="not gzip"),
        pytest.param(gzip.compress(b"{}"), id="nothing in it"),
        pytest.param(gzip.compress(b"[]"), id="a list"),
        pytest.param(gzip.compress(b"x" * 1000)[:-12], id="cut off"),
        pytest.param(gzip.compress(b"x" * 100)[:10] + b"\xff" * 50, id="garbage"),
    ],
)
def test_a_broken_file_is_told(store: Engine, tmp_path: Path, data: bytes):
    path = tmp_path / "starter.json.gz"
    path.write_bytes(data)
    with pytest.raises(StoreError, match="reinstall the program"):
        starter_counts.load_starter_counts(store, path)
    with pytest.raises(StoreError, match="reinstall the program"):
        starter_counts.load_starter_counts(store, tmp_path / "missing")


@pytest.fixture(scope="module")
def shipped() -> dict[str, Any]:
    """What comes with the program."""
    data: dict[str, Any] = json.loads(gzip.decompress(default_counts().read_bytes()))
    return data


def test_what_is_shipped_is_small_and_spans_240_days(shipped: dict[str, Any]):
    assert default_counts().stat().st_size < 5_000_000
    assert shipped.keys() == {"first", "last", "read", "names", "pairs", "links"}
    first, last = date.fromisoformat(shipped["first"]), date.fromisoformat(shipped["last"])
    assert last == date(2026, 5, 31)
    assert (last - first).days + 1 == 240


def test_what_is_shipped_holds_figures_keys_outlets_and_addresses_and_no_sentence(shipped: dict[str, Any]):
    for part in ("read", "names", "pairs"):
        for rows in shipped[part].values():
            assert all(type(figure) is int for row in rows for figure in row)
    assert all(" " not in key for key in shipped["names"])
    assert all(pair.count(" ") == 1 for pair in shipped["pairs"])
    outlets = set(shipped["read"])
    for links in shipped["links"].values():
        for day, outlet, url in links:
            assert 0 <= day < 240
            assert url.startswith("http")
            assert " " not in url
            outlets.add(outlet)
    assert max(len(outlet) for outlet in outlets) <= 80


def test_what_is_shipped_is_loaded(store: Engine, shipped: dict[str, Any]):
    assert starter_counts.load_starter_counts(store)
    names, _, read = _all(store)
    assert len({where[0] for where in names}) > 500
    wanted = sum(n for key, rows in shipped["names"].items() for _, n in rows)
    assert sum(names.values()) > 0.99 * wanted, "almost every name is still in the gazetteer"
    assert sum(n for where, n in read.items() if where[-1] == "articles") == sum(
        row[1] for rows in shipped["read"].values() for row in rows
    )
