"""What an operator does in a shell: look for what is wrong, deal with undelivered messages, copy and forget."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from bot.__main__ import app
from bot.leadership import sole_process
from chat.request import Place
from models.channel import get_channel
from models.database import transaction
from models.outbox import DeliveryState, MessageKind, Outbox, enqueue
from models.source import Source
from tests.conftest import NOON
from tests.news import DAY, Talk, tell, usual_day


@pytest.fixture
def shell(store: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TRENDBOT_DATABASE_URL", str(store.url))
    monkeypatch.setenv("TRENDBOT_NOW", NOON.isoformat())
    monkeypatch.setenv("TRENDBOT_CONTACT", "news@example.org")
    for name in ("DISCORD_TOKEN", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    return CliRunner()


def failed(engine: Engine, reason: str = "I am not in this channel.") -> int:
    with transaction(engine, writes=True) as session:
        channel = get_channel(session, "slack", "T1", "C1")
        row = enqueue(session, MessageKind.TEST, channel.id or 0, NOON, f"{NOON} {reason}")
        assert row is not None
        row.state, row.attempts, row.error = DeliveryState.FAILED, 6, reason
        session.flush()
        return row.id or 0


def told(shell: CliRunner, *words: str) -> str:
    return shell.invoke(app, list(words)).output


def test_the_doctor_finds_nothing_on_a_healthy_store_but_no_platform(shell: CliRunner, store: Engine):
    tell(store, *(usual_day("Meta", NOON - ago * DAY - timedelta(hours=1)) for ago in range(40)))
    with transaction(store, writes=True) as session:
        session.add(Source(name="A folder", url="file:///news", kind="folder", read_at=NOON, newest_at=NOON))
    lines = told(shell, "doctor").splitlines()
    assert [line for line in lines if line.startswith("trouble")] == [
        "trouble  No platform is set up: `trendbot setup discord` or `trendbot setup slack` says how."
    ]


@pytest.mark.parametrize(
    ("what", "said", "remedy"),
    [
        ("nothing read", "No news so far", "trendbot run"),
        ("little past", "of the last 90 days have news", "trendbot backfill --since"),
        ("undelivered", "1 could not be delivered", "trendbot outbox retry --all"),
        ("sources", "0 of 1 sources can be read", "trendbot sources list --state failing"),
        ("no store", "change TRENDBOT_DATABASE_URL", ""),
        ("no contact", "TRENDBOT_CONTACT is empty", "set it to"),
    ],
)
def test_the_doctor_names_what_is_broken_and_how_to_mend_it(
    shell: CliRunner, store: Engine, monkeypatch: pytest.MonkeyPatch, what: str, said: str, remedy: str
):
    if what == "little past":
        tell(store, usual_day("Meta", NOON - timedelta(hours=1)))
    if what == "undelivered":
        failed(store)
    if what == "sources":
        with transaction(store, writes=True) as session:
            session.add(Source(name="Dead", url="file:///gone", kind="folder", failures=9, error="is not there"))
    if what == "no store":
        monkeypatch.setenv("TRENDBOT_DATABASE_URL", "sqlite:////nowhere/at/all.db")
    if what == "no contact":
        monkeypatch.setenv("TRENDBOT_CONTACT", "")
    done = shell.invoke(app, ["doctor"])
    assert done.exit_code == 1
    (line,) = (line for line in done.output.splitlines() if said in line)
    assert line.startswith("trouble")
    assert remedy in line


def test_undelivered_messages_are_shown_tried_again_and_dropped(shell: CliRunner, store: Engine):
    assert told(shell, "outbox", "list") == "No such messages.\n"
    first, second = failed(store, "one"), failed(store, "two")
    assert f"{second}  failed  test  slack:T1:C1  tries 6" in told(shell, "outbox", "list")
    assert told(shell, "outbox", "retry", str(first)) == "1 message is due again.\n"
    with transaction(store) as session:
        row = session.get_one(Outbox, first)
        assert (row.state, row.attempts, row.due_at) == (DeliveryState.DUE, 0, NOON)
    assert f"Not among the failed messages: {first}." in told(shell, "outbox", "drop", str(first), str(second))
    assert told(shell, "outbox", "drop", "--all") == "1 message was dropped.\n"
    with transaction(store) as session:
        assert session.get(Outbox, second) is None
        assert session.get(Outbox, first) is not None


@pytest.mark.parametrize("words", [["retry"], ["drop"], ["retry", "1", "--all"], ["list", "--state", "lost"]])
def test_which_messages_must_be_said(shell: CliRunner, words: list[str]):
    assert shell.invoke(app, ["outbox", *words]).exit_code == 2


def test_a_copy_is_made_checked_and_put_back(shell: CliRunner, store: Engine):
    tell(store, usual_day("Meta", NOON))
    assert "copy.db holds" in told(shell, "backup", "copy.db")
    assert "copy.db is whole" in told(shell, "check", "copy.db")
    assert "take --replace" in told(shell, "restore", "copy.db")
    with sole_process(store):
        assert "A bot is running on this store already" in told(shell, "restore", "copy.db", "--replace")
    assert told(shell, "restore", "copy.db", "--replace").startswith("Restored")


async def test_a_workspace_is_exported_and_forgotten(shell: CliRunner, store: Engine):
    await Talk(store, NOON, Place("slack", "T1", "C1"))("/watch add Meta")
    exported = json.loads(told(shell, "export", "--workspace", "slack:T1"))
    assert [row["created_by"] for row in exported["watches"]] == ["tester"]
    assert "Nothing was deleted" in told(shell, "forget", "--workspace", "slack:T1")
    assert "slack:T1 is forgotten." in told(shell, "forget", "--workspace", "slack:T1", "--yes")
    assert "Nothing is stored of slack:T1." in told(shell, "forget", "--workspace", "slack:T1", "--yes")
    assert "is not a person" in told(shell, "export", "--person", "slack:U1")
