"""Stores with made-up news in them, built once and copied for each test."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from tests.conftest import NOON, Stores, _stocked, _store
from tests.news import HOUR, busy_day, quiet_month, tell


def _quiet(engine: Engine) -> None:
    _stocked(engine)
    tell(engine, quiet_month("Meta", until=NOON))


def _launch(engine: Engine) -> None:
    _quiet(engine)
    tell(engine, busy_day("Meta", "Meta opens Muse Spark", at=NOON - 2 * HOUR))


@pytest.fixture
def month(stores: Stores) -> Iterator[Engine]:
    """Thirty usual days about Meta up to yesterday noon, and nothing since."""
    engine = stores.sqlite("quiet", _quiet)
    yield engine
    engine.dispose()


@pytest.fixture
def launched(stores: Stores) -> Iterator[Engine]:
    """The same month, and today Meta opens Muse Spark."""
    engine = stores.sqlite("launch", _launch)
    yield engine
    engine.dispose()


@pytest.fixture
def quiet(request: pytest.FixtureRequest, stores: Stores, kind: str) -> Iterator[Engine]:
    """The month on both kinds of store."""
    yield from _store(request, stores, kind, "quiet", _quiet)


@pytest.fixture
def launch(request: pytest.FixtureRequest, stores: Stores, kind: str) -> Iterator[Engine]:
    """The launch on both kinds of store."""
    yield from _store(request, stores, kind, "launch", _launch)
