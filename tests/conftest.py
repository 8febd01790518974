"""Stores to test on: both kinds, migrated once, copied for each test. And a bot to talk to.

A test that asks for `kind`, or for a store of both kinds, runs on SQLite and on PostgreSQL. `make test` leaves out the
PostgreSQL twin where all statements are the same for both (mark `twin`), unless the test is marked `both_stores`;
.ci/run runs every one of them.
"""

import logging
import os
import pwd
import shutil
import subprocess
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

import migrations
from bot.router import Router
from bot.terminal.adapter import PLACE
from chat.plain import plain
from gazetteer.files import default_facts
from handlers import commands
from ingest.facts import starter_facts
from ingest.relinking import gazetteer_changes
from models.database import connect
from signals.detector import Rules

SHARED = Path(__file__).resolve().parents[2] / "shared"
NOON = datetime(2026, 4, 9, 12, tzinfo=UTC)


def missing(what: str) -> None:
    """Skips a test for what is not here; where it must be (TRENDBOT_TEST_NEEDS), the test fails instead."""
    if what.split(maxsplit=1)[0] in os.environ.get("TRENDBOT_TEST_NEEDS", "").split(","):
        pytest.fail(f"needs {what}")
    pytest.skip(f"needs {what}")


def bare_environment() -> dict[str, str]:
    """For a process of its own: what every process needs, the clock of .ci/repeat, and nothing else of this machine."""
    kept = ("PATH", "HOME", "LANG", "LD_PRELOAD", "CLOCK_OFFSET")
    return {name: value for name, value in os.environ.items() if name in kept}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts what needs PostgreSQL into one worker, so that one server does for all; and marks the twins."""
    for item in items:
        if hasattr(item, "callspec") and item.callspec.params.get("kind") == "postgresql":
            item.add_marker(pytest.mark.xdist_group("postgresql"))
            if item.get_closest_marker("both_stores") is None:
                item.add_marker("twin")


@pytest.fixture(autouse=True)
def quiet_log() -> Iterator[None]:
    """Undoes what a test tells the log: where to write, and how much."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with real news and official interface descriptions, where there is one."""
    if not SHARED.is_dir():
        missing("shared data beside the project")
    return SHARED


@dataclass(frozen=True)
class Server:
    """A PostgreSQL server of our own, on a socket in a temporary folder."""

    folder: Path

    def url(self, name: str) -> str:
        """The address of one of its databases."""
        return f"postgresql://trendbot@/{name}?host={self.folder}"

    def create(self, name: str, template: str = "template0") -> None:
        """A new database, as a copy of another."""
        engine = connect(self.url("postgres"))
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            # Files are copied: to log every page, as has been the rule since version 15, takes four times as long.
            connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY'))
        engine.dispose()

    def drop(self, name: str) -> None:
        """Removes a database, whoever may still be connected to it."""
        engine = connect(self.url("postgres"))
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        engine.dispose()


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real PostgreSQL server, started for this run and removed after it."""
    homes = (
        sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
        if Path("/usr/lib/postgresql").is_dir()
        else []
    )
    found = shutil.which("initdb", path=os.pathsep.join([os.environ.get("PATH", ""), *map(str, reversed(homes))]))
    if found is None:
        missing("postgresql, which is not installed (Debian: apt-get install postgresql)")
        raise AssertionError
    binaries = Path(found).resolve().parent
    folder = tmp_path_factory.mktemp("pg")
    # The server refuses to run as root, and its user must be able to reach its folder.
    user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
    prefix = ["runuser", "-u", user, "--"] if os.geteuid() == 0 else []
    home = Path("/tmp") / f"trendbot-pg-{os.getpid()}"
    home.mkdir(mode=0o755)
    if os.geteuid() == 0:
        shutil.chown(home, user)

    def run(*words: str) -> None:
        done = subprocess.run([*prefix, *words], capture_output=True, text=True, cwd=home, check=False)
        assert done.returncode == 0, f"{words[0]}: {done.stdout}{done.stderr}"

    try:
        run(
            str(binaries / "initdb"),
            "-D",
            str(home / "data"),
            "-U",
            "trendbot",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
        )
        # Without autovacuum: nothing lasts long enough to be worth it, and it goes round all databases.
        off = " ".join(f"-c {one}=off" for one in ("fsync", "full_page_writes", "synchronous_commit", "autovacuum"))
        flags = f"-k {home} -c listen_addresses= {off}"
        run(str(binaries / "pg_ctl"), "-D", str(home / "data"), "-l", str(home / "log"), "-o", flags, "-w", "start")
        yield Server(home)
        run(str(binaries / "pg_ctl"), "-D", str(home / "data"), "-m", "immediate", "stop")
    finally:
        shutil.rmtree(home, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


Build = Callable[[Engine], None]


def _stocked(engine: Engine) -> None:
    migrations.upgrade(engine)
    gazetteer_changes.load_gazetteer(engine)
    starter_facts.load_starter_facts(engine, default_facts(), NOON)


class Stores:
    """Makes stores; the first of its kind is built, the others are copies of it, and last as long as their test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.built: set[str] = set()
        self.numbers = count()
        self.copies: list[Callable[[], None]] = []

    def sqlite(self, name: str, build: Build) -> Engine:
        """A store in a file of its own."""
        template = self.folder / f"{name}.db"
        if not template.exists():
            engine = connect(f"sqlite:///{template}")
            build(engine)
            with engine.connect() as connection:
                connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
            engine.dispose()
        copy = self.folder / f"{name}-{next(self.numbers)}.db"
        shutil.copy(template, copy)
        self.copies.append(lambda: _remove(copy))
        return connect(f"sqlite:///{copy}")

    def postgres(self, server: Server, name: str, build: Build) -> Engine:
        """A database of its own."""
        if name not in self.built:
            server.create(name)
            engine = connect(server.url(name))
            build(engine)
            engine.dispose()
            self.built.add(name)
        copy = f"{name}_{next(self.numbers)}"
        server.create(copy, name)
        self.copies.append(lambda: server.drop(copy))
        return connect(server.url(copy))

    def sweep(self) -> None:
        """Removes the copies: hundreds of them would be gigabytes."""
        while self.copies:
            self.copies.pop()()


def _remove(copy: Path) -> None:
    for end in ("", "-wal", "-shm"):
        copy.with_name(copy.name + end).unlink(missing_ok=True)


@pytest.fixture(scope="session")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Stores:
    """Where stores come from."""
    return Stores(tmp_path_factory.mktemp("stores"))


@pytest.fixture(autouse=True)
def swept(stores: Stores) -> Iterator[None]:
    """Begins before all others of a test, and so ends after them: what used a copy is done with it."""
    yield
    stores.sweep()


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """The kind of store: a test that uses it runs on both."""
    return str(request.param)


def _store(request: pytest.FixtureRequest, stores: Stores, kind: str, name: str, build: Build) -> Iterator[Engine]:
    engine = (
        stores.sqlite(name, build)
        if kind == "sqlite"
        else stores.postgres(request.getfixturevalue("postgres"), name, build)
    )
    yield engine
    engine.dispose()


@pytest.fixture
def empty(request: pytest.FixtureRequest, stores: Stores, kind: str) -> Iterator[Engine]:
    """A migrated store with nothing in it, of both kinds."""
    yield from _store(request, stores, kind, "empty", migrations.upgrade)


@pytest.fixture
def stocked(request: pytest.FixtureRequest, stores: Stores, kind: str) -> Iterator[Engine]:
    """A store with the gazetteer and the facts that come with the program, of both kinds."""
    yield from _store(request, stores, kind, "stocked", _stocked)


@pytest.fixture
def store(stores: Stores) -> Iterator[Engine]:
    """The same on SQLite alone, for tests of what does not depend on the kind of store."""
    engine = stores.sqlite("stocked", _stocked)
    yield engine
    engine.dispose()


Say = Callable[..., Awaitable[str]]


@pytest.fixture
def say(store: Engine) -> Say:
    """Talks to the bot: `await say("/trend Meta")` gives what a terminal would show."""

    async def answer(line: str, now: datetime = NOON, rules: Rules | None = None) -> str:
        router = Router(store, commands(rules or Rules()), lambda: now)
        return plain(await router.answer_line(line, PLACE, author="tester"))

    return answer
