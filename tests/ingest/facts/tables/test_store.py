"""Tables into the store, again and again."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from ingest.facts.tables import public
from ingest.facts.tables.statement import TableStatement
from ingest.facts.tables.store import store_statements
from ingest.formats.files import FileError, Reject
from models.database import transaction
from models.entity import FROM_FACT, Entity
from models.fact import Fact, FactSource, changes_of, facts_about
from tests.conftest import NOON
from tests.loopback.feeds import Site, site

DATA = Path(__file__).parents[3] / "data" / "tables"
DAY = timedelta(days=1)
PRICE = TableStatement(
    "tundra",
    "Tundra-1",
    "price",
    value=2.0,
    unit="USD/1M tokens",
    qualifiers={"token_type": "input"},
    url="https://p.example",
)
SIZE = TableStatement("tundra", "Tundra-1", "parameters", value=70e9, unit="parameters", url="https://p.example")
LICENCE = TableStatement("glade", "Glade", "licence", text="MIT", url="https://p.example")


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    # Whoever runs the tests behind a proxy reaches this machine without it.
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with site() as found:
        yield found


def facts(engine: Engine, **by) -> list[Fact]:
    with transaction(engine) as session:
        return [
            one
            for one in session.exec(select(Fact).where(Fact.origin == "imported"))
            if all(getattr(one, k) == v for k, v in by.items())
        ]


def counts(done):
    return done.new, done.changed, done.unchanged, done.retired


def test_a_second_run_adds_nothing(stocked: Engine):
    assert counts(store_statements(stocked, "t", [PRICE, SIZE, LICENCE], NOON)) == (3, 0, 0, 0)
    before = facts(stocked)
    done = store_statements(stocked, "t", [LICENCE, PRICE, SIZE], NOON)
    assert counts(done) == (0, 0, 3, 0)
    assert done.names == 0
    assert facts(stocked) == before


def test_names_that_nobody_lists_are_told_of_and_listed_ones_are_found(stocked: Engine):
    one = replace(SIZE, subject="muse-spark", row="m")
    assert store_statements(stocked, "t", [SIZE, one, replace(PRICE, subject="TUNDRA 1", row="again")], NOON).names == 1
    with transaction(stocked) as session:
        told = session.exec(select(Entity).where(Entity.origin == FROM_FACT)).all()
        assert [entity.name for entity in told] == ["Tundra-1"]
        listed = session.exec(select(Entity).where(Entity.name == "Muse Spark")).one()
        assert [
            fact.value for fact in facts_about(session, listed.id or 0, NOON.date(), predicates=("parameters",))
        ] == [70e9]


def test_a_price_that_changes_is_superseded_and_stays_known(stocked: Engine):
    store_statements(stocked, "t", [PRICE], NOON)
    store_statements(stocked, "t", [PRICE], NOON + 10 * DAY)
    done = store_statements(stocked, "t", [replace(PRICE, value=1.5)], NOON + 30 * DAY)
    assert counts(done) == (0, 1, 0, 0)
    old, new = facts(stocked)
    assert (old.value, old.said_on, old.seen_on, old.valid_to, old.retired_at) == (
        2.0, NOON.date(), (NOON + 10 * DAY).date(), "2026-05-08", None,
    )  # fmt: skip
    assert (new.value, new.valid_from, new.retired_at) == (1.5, "2026-05-09", None)
    # And the run after it changes nothing.
    assert counts(store_statements(stocked, "t", [replace(PRICE, value=1.5)], NOON + 31 * DAY)) == (0, 0, 1, 0)


def test_a_size_that_changes_was_wrong_and_is_retired(stocked: Engine):
    store_statements(stocked, "t", [SIZE], NOON)
    assert counts(store_statements(stocked, "t", [replace(SIZE, value=72e9)], NOON + DAY)) == (0, 1, 0, 0)
    old, new = facts(stocked)
    assert (old.retired_at, old.retired_by, new.retired_at) == (NOON + DAY, "table:t", None)
    with transaction(stocked) as session:
        assert changes_of(session, old)[-1].why == "the table now says otherwise"


def test_what_vanishes_is_retired_and_comes_back_anew(stocked: Engine):
    store_statements(stocked, "t", [PRICE, SIZE, LICENCE], NOON)
    assert counts(store_statements(stocked, "t", [PRICE, SIZE], NOON + DAY)) == (0, 0, 2, 1)
    (gone,) = facts(stocked, predicate="licence")
    assert gone.retired_at == NOON + DAY
    assert counts(store_statements(stocked, "t", [PRICE, SIZE], NOON + 2 * DAY)) == (0, 0, 2, 0)
    assert counts(store_statements(stocked, "t", [PRICE, SIZE, LICENCE], NOON + 3 * DAY)) == (1, 0, 2, 0)
    assert [one.retired_at for one in facts(stocked, predicate="licence")] == [NOON + DAY, None]


def test_a_cut_off_table_retires_nothing(store: Engine):
    store_statements(store, "t", [PRICE, SIZE, LICENCE], NOON)
    done = store_statements(store, "t", [PRICE], NOON + DAY)
    assert (counts(done), done.shrunk) == ((0, 0, 1, 0), True)
    assert "check that the file is complete" in str(done)
    assert counts(store_statements(store, "t", [], NOON + DAY)) == (0, 0, 0, 0)


def test_a_row_that_can_not_be_read_today_is_not_gone(store: Engine):
    store_statements(store, "t", [PRICE, SIZE, LICENCE], NOON)
    done = store_statements(store, "t", [PRICE, SIZE, Reject("f", 3, "is broken", "glade")], NOON + DAY)
    assert counts(done) == (0, 0, 2, 0)


def test_an_operators_table_that_is_not_whole_retires_nothing(store: Engine):
    store_statements(store, "t", [PRICE, SIZE, LICENCE], NOON, whole=False)
    assert counts(store_statements(store, "t", [PRICE, SIZE], NOON + DAY, whole=False)) == (0, 0, 2, 0)


def test_tables_that_disagree_both_stand(store: Engine):
    store_statements(store, "one", [SIZE], NOON)
    store_statements(store, "two", [replace(SIZE, value=72e9)], NOON)
    assert [(one.value, one.retired_at) for one in facts(store)] == [(70e9, None), (72e9, None)]


def test_the_source_is_kept(store: Engine):
    store_statements(store, "t", [SIZE], NOON)
    with transaction(store) as session:
        fact = session.exec(select(Fact).where(Fact.origin == "imported")).one()
        source = session.exec(select(FactSource).where(FactSource.fact_id == fact.id)).one()
        assert (source.url, source.said_on) == ("https://p.example", NOON.date())


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"predicate": "flurbs"}, "“flurbs” is not a predicate"),
        ({"subject": " "}, "needs names of 1 to 120 characters"),
        ({"subject": "x" * 121}, "needs names of 1 to 120 characters"),
        ({"value": 3.0}, "3 parameters is not believable as parameters"),
        ({"status": "certain"}, "“certain” is not a status"),
        ({"value": None, "unit": ""}, "states nothing: give an object, a value or a text"),
        ({"predicate": "released", "value": None, "unit": ""}, "released needs an object"),
    ],
)
def test_a_statement_that_can_not_be_is_rejected_and_the_rest_is_kept(store: Engine, change, reason):
    done = store_statements(store, "t", [replace(SIZE, line=7, row="bad", **change), PRICE], NOON)
    assert counts(done) == (1, 0, 0, 0)
    assert [(one.line, one.reason.partition(": ")[2]) for one in done.rejects] == [(7, reason)]


def test_from_a_file_and_from_an_address(store: Engine, web: Site):
    table = public.TABLES["models.dev"]
    path = DATA / "models_dev.json"
    done = public.import_table(store, table, NOON, path)
    assert (done.new, len(done.rejects)) == (9, 3)
    url = web.page("/api.json", path.read_bytes())
    assert counts(public.import_table(store, table, NOON, url=url)) == (0, 0, 9, 0)


@pytest.mark.parametrize(
    ("status", "data", "said"),
    [
        (500, b"", "answers 500"),
        (404, b"", "answers 404"),
        (200, b"<html>", "is not valid JSON"),
        (200, b"", "is not valid JSON"),
        (200, b'{"data": []}', "is not LiteLLM's price list"),
    ],
)
def test_a_table_that_can_not_be_had_leaves_the_store_as_it_is(store: Engine, web: Site, status, data, said):
    table = public.TABLES["litellm"]
    public.import_table(store, table, NOON, DATA / "litellm.json")
    before = facts(store)
    with pytest.raises(FileError, match=said):
        public.import_table(store, table, NOON, url=web.page("/x", data, status))
    with pytest.raises(FileError, match="can't be read"):
        public.import_table(store, table, NOON, DATA / "missing.json")
    assert facts(store) == before
