"""Which process runs the schedule: the only one there may be on SQLite, one leader among several on PostgreSQL.

    SQLite       a locked file beside the store: a second bot is refused at start; short commands need no lock
    PostgreSQL   an advisory lock held by a connection: whoever holds it polls, detects and delivers; the others answer
                 commands, and one of them takes over when the leader or its connection is gone

Both locks end with the process that holds them, however it ends.
"""

import asyncio
import fcntl
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from models.database import StoreError

log = logging.getLogger(__name__)

LEADER = 0x6C65616465
"""The key of PostgreSQL's lock: any number that others are unlikely to use, and not that of bulk work."""

CHECK_SECONDS = 2.0
"""Pause between two checks of the lead."""

ANSWER_SECONDS = 3.0
"""A check that takes longer counts as a lost lead: another process may have it by now."""

KEEPALIVES = ("tcp_keepalives_idle = 2", "tcp_keepalives_interval = 2", "tcp_keepalives_count = 2")
"""Lets the server notice within six seconds that the leader's machine is gone; without effect on a local socket.
https://www.postgresql.org/docs/current/runtime-config-connection.html"""


@contextmanager
def sole_process(engine: Engine) -> Iterator[None]:
    """Locks a SQLite store for this bot; does nothing on PostgreSQL. Raises StoreError if another bot runs on it."""
    if engine.dialect.name != "sqlite":
        yield
        return
    path = Path(f"{Path(str(engine.url.database)).resolve()}.lock")
    try:
        # Not emptied when it is opened: another bot's number may stand in it.
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise StoreError(f"{path} can't be written ({error.strerror}): check the rights on its folder.") from error
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            other = os.read(file, 20).decode("ascii", "replace").strip()
            raise StoreError(
                f"A bot is running on this store already (process {other or 'unknown'}): stop it first. "
                "Several at once need PostgreSQL: see TRENDBOT_DATABASE_URL."
            ) from None
        os.ftruncate(file, 0)
        os.write(file, f"{os.getpid()}\n".encode())
        yield
    finally:
        os.close(file)


class Leader:
    """This process, as one of several on one store."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._connection: Connection | None = None
        self._leads = False

    def leads(self) -> bool:
        """Returns whether this process leads now, and takes the lead if it is free. Blocks while it asks the store."""
        if self.engine.dialect.name != "postgresql":
            return True
        try:
            connection = self._connection = self._connection or self._connect()
            if self._leads:
                # The lock is ours for as long as the connection lives.
                connection.execute(text("SELECT 1"))
            else:
                self._leads = bool(connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": LEADER}))
        except SQLAlchemyError as error:
            log.warning("leadership unknown", extra={"error": type(error).__name__})
            self.resign()
        return self._leads

    def resign(self) -> None:
        """Gives up the lead, so that another process can take it at once."""
        connection, self._connection, self._leads = self._connection, None, False
        if connection is not None:
            with suppress(SQLAlchemyError):
                # Said and not left to the closing, which the server notices in its own time.
                connection.execute(text("SELECT pg_advisory_unlock_all()"))
            with suppress(SQLAlchemyError):
                connection.close()

    def _connect(self) -> Connection:
        # Without a pool: back in one, the connection would keep the lock and lead for nobody.
        engine = create_engine(self.engine.url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        connection = engine.connect()
        for setting in KEEPALIVES:
            connection.execute(text(f"SET {setting}"))
        return connection


async def follow(leader: Leader, change: Callable[[bool], None]) -> None:
    """Calls `change` whenever this process becomes leader or stops being it; runs until it is cancelled."""
    leading = False
    asking: asyncio.Future[bool] | None = None
    while True:
        asking = asking or asyncio.ensure_future(asyncio.to_thread(leader.leads))
        await asyncio.wait({asking}, timeout=ANSWER_SECONDS)
        leads = False
        if asking.done():
            error = asking.exception()
            if error is not None:
                log.error("leadership unknown", exc_info=error)
            leads = error is None and asking.result()
            asking = None
        if leads != leading:
            leading = leads
            log.info("leading" if leads else "not leading")
            change(leads)
        await asyncio.sleep(CHECK_SECONDS)
