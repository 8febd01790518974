"""The models and the migrations agree, on both kinds of store, forwards and backwards."""

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect, text

import migrations
import models
from models.database import StoreError, connect


def test_models_and_migrations_agree(empty: Engine):
    with empty.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, models.metadata) == []


def test_a_second_upgrade_changes_nothing(empty: Engine):
    migrations.upgrade(empty)
    assert "article" in inspect(empty).get_table_names()


def test_downgrade_removes_every_table(empty: Engine):
    command.downgrade(migrations.config(empty), "base")
    assert inspect(empty).get_table_names() == ["alembic_version"]


def test_a_newer_store_is_refused_and_left_alone(empty: Engine):
    with empty.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'ffffffffffff'"))
    with pytest.raises(StoreError, match="newer trendbot: update the program"):
        migrations.upgrade(empty)
    assert "article" in inspect(empty).get_table_names()


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("nonsense", "is no database address"),
        ("mysql://host/name", "is not supported"),
        ("sqlite:////nowhere/at/all/trendbot.db", "folder .* is missing"),
        ("sqlite+nothing:///x.db", "unknown driver"),
        ("sqlite://x.db", "three slashes"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
    ],
)
def test_an_unusable_address_is_told(url: str, sentence: str):
    with pytest.raises(StoreError, match=sentence):
        connect(url)
