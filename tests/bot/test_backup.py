"""Copies of the store: whole, of one moment, and back again, on both kinds of store."""

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlmodel import func, select

from bot.backup import backup, check, restore
from models.article import Article
from models.database import StoreError, transaction
from models.entity import Entity
from tests.conftest import NOON
from tests.news import stories, tell


def articles(engine: Engine) -> int:
    with transaction(engine) as session:
        return session.exec(select(func.count()).select_from(Article)).one()


def test_there_and_back(stocked: Engine, tmp_path: Path):
    tell(stocked, stories("Meta", 20, NOON - timedelta(days=1)))
    before = articles(stocked)
    report = backup(stocked, tmp_path / "copy")
    assert report.rows["article"] == before > 0
    assert check(tmp_path / "copy") == report
    tell(stocked, stories("Meta", 5, NOON))
    with pytest.raises(StoreError, match="take --replace"):
        restore(stocked, tmp_path / "copy")
    assert articles(stocked) > before
    assert restore(stocked, tmp_path / "copy", replace=True) == report
    assert articles(stocked) == before
    # And it can be written to as before: numbers go on behind the highest.
    tell(stocked, stories("OpenAI", 3, NOON))
    assert articles(stocked) == before + 3


def test_a_copy_of_a_store_that_is_written_to(stocked: Engine, tmp_path: Path):
    """Whatever moment the copy is of, its parts fit together."""
    stop = threading.Event()

    def write() -> None:
        hour = 0
        while not stop.is_set() and hour < 200:
            tell(stocked, stories("Meta", 3, NOON - timedelta(hours=hour)))
            hour += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        report = backup(stocked, tmp_path / "copy")
    finally:
        stop.set()
        writer.join()
    assert check(tmp_path / "copy") == report


def test_nothing_is_written_over(stocked: Engine, tmp_path: Path):
    (tmp_path / "copy").write_text("precious")
    with pytest.raises(StoreError, match="is there already"):
        backup(stocked, tmp_path / "copy")
    assert (tmp_path / "copy").read_text() == "precious"


def test_a_damaged_copy_is_found(stocked: Engine, tmp_path: Path):
    tell(stocked, stories("Meta", 20, NOON))
    backup(stocked, tmp_path / "copy")
    data = bytearray((tmp_path / "copy").read_bytes())
    middle = len(data) // 2
    data[middle : middle + 2000] = bytes(2000)
    (tmp_path / "copy").write_bytes(data)
    with pytest.raises(StoreError, match=r"is damaged|can't be read"):
        check(tmp_path / "copy")
    count = articles(stocked)
    with pytest.raises(StoreError):
        restore(stocked, tmp_path / "copy", replace=True)
    assert articles(stocked) == count


@pytest.mark.parametrize("content", [b"", b"hello", b"SQLite format 3\0" + bytes(200)])
def test_what_is_no_copy(tmp_path: Path, content: bytes):
    (tmp_path / "copy").write_bytes(content)
    with pytest.raises(StoreError):
        check(tmp_path / "copy")


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
def test_a_copy_of_the_other_kind(stocked: Engine, store: Engine, tmp_path: Path):
    backup(stocked, tmp_path / "copy")
    with pytest.raises(StoreError, match="a copy of a store on PostgreSQL"):
        restore(store, tmp_path / "copy", replace=True)
    with transaction(store) as session:
        assert session.exec(select(func.count()).select_from(Entity)).one() > 0
    with store.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM entity")).scalar()
