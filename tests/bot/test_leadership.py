"""One bot at a time on SQLite; one leader among several on PostgreSQL, and another one when it is gone."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from bot import leadership
from bot.leadership import Leader, follow, sole_process
from migrations import upgrade
from models.database import StoreError, connect
from tests.conftest import Stores

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def shared_store(request: pytest.FixtureRequest, stores: Stores) -> Iterator[Engine]:
    engine = stores.postgres(request.getfixturevalue("postgres"), "empty", upgrade)
    yield engine
    engine.dispose()


def child(code: str, *words: str) -> subprocess.Popen[str]:
    """Another process, which says a line once it has begun."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    found = subprocess.Popen(
        [sys.executable, "-c", code, *words], env=environment, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert found.stdout
    assert found.stdout.readline() == "begun\n"
    return found


HOLDS = """
import sys, time
from bot.leadership import sole_process
from models.database import connect
with sole_process(connect(sys.argv[1])):
    print("begun", flush=True)
    time.sleep(60)
"""

LEADS = """
import sys, time
from bot.leadership import Leader
from models.database import connect
leader = Leader(connect(sys.argv[1]))
assert leader.leads()
print("begun", flush=True)
time.sleep(60)
"""


def test_a_second_bot_on_sqlite_is_refused_until_the_first_is_gone(tmp_path: Path):
    address = f"sqlite:///{tmp_path}/bot.db"
    first = child(HOLDS, address)
    link = tmp_path / "same.db"
    link.symlink_to(tmp_path / "bot.db")
    for name in (address, f"sqlite:///{link}"):
        with (
            pytest.raises(StoreError, match=f"already .process {first.pid}.: stop it first"),
            sole_process(connect(name)),
        ):
            pass
    with sole_process(connect(f"sqlite:///{tmp_path}/other.db")):
        pass
    # However it ends, its lock ends with it.
    first.send_signal(signal.SIGKILL)
    first.communicate()
    with sole_process(connect(address)):
        pass


def test_a_folder_that_cannot_be_written_is_told_of(tmp_path: Path):
    (tmp_path / "bot.db.lock").mkdir()
    with pytest.raises(StoreError, match="can't be written"), sole_process(connect(f"sqlite:///{tmp_path}/bot.db")):
        pass


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A command of the command line, beside whatever runs on the store."""
    environment = {
        **{name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")},
        "PYTHONPATH": str(ROOT),
        "TRENDBOT_DATABASE_URL": f"sqlite:///{folder}/bot.db",
    }
    return subprocess.run(
        [sys.executable, "-m", "bot", *words], env=environment, capture_output=True, text=True, cwd=folder, check=False
    )


def test_commands_that_end_soon_work_beside_a_running_bot(tmp_path: Path):
    address = f"sqlite:///{tmp_path}/bot.db"
    with sole_process(connect(address)):
        second = run(tmp_path, "run")
        assert (second.returncode, second.stdout) == (1, "")
        assert second.stderr.startswith(
            f"A bot is running on this store already (process {os.getpid()}): stop it first."
        )
        said = run(tmp_path, "say", "/help")
        assert (said.returncode, said.stderr) == (0, "")


async def test_on_sqlite_there_is_nobody_else_to_lead(store: Engine):
    assert Leader(store).leads()


def test_one_leads_and_another_takes_over(shared_store: Engine):
    first = child(LEADS, str(shared_store.url.render_as_string(hide_password=False)))
    second, third = Leader(shared_store), Leader(shared_store)
    assert (second.leads(), third.leads()) == (False, False)
    first.send_signal(signal.SIGKILL)
    first.communicate()
    for _ in range(100):
        if second.leads():
            break
    assert (second.leads(), third.leads()) == (True, False)
    second.resign()
    assert (third.leads(), second.leads()) == (True, False)
    third.resign()


def test_a_leader_that_has_lost_its_connection_leads_no_more(shared_store: Engine):
    first, second = Leader(shared_store), Leader(shared_store)
    assert first.leads()
    with shared_store.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        ends = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
        connection.execute(text(ends))
    assert second.leads() or second.leads()
    assert not first.leads()
    assert not first.leads()
    second.resign()
    assert first.leads()
    first.resign()


class FakeLeader:
    """Leads, or not, as it is told to; or does not know, and takes its time."""

    def __init__(self) -> None:
        self.says: bool | Exception = True

    def leads(self) -> bool:
        if isinstance(self.says, Exception):
            raise self.says
        return self.says


async def test_what_becomes_of_the_lead_is_followed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(leadership, "CHECK_SECONDS", 0.01)
    leader, changes, changed = FakeLeader(), [], asyncio.Event()

    def change(leads: bool) -> None:
        changes.append(leads)
        changed.set()

    following = asyncio.create_task(follow(leader, change))  # type: ignore[arg-type]
    for says in (True, False, True, RuntimeError("odd"), True):
        changed.clear()
        leader.says = says
        async with asyncio.timeout(5):
            await changed.wait()
    following.cancel()
    assert changes == [True, False, True, False, True]
