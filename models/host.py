"""Servers we read from: their robots.txt, today's use, and until when to stay away."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import BigInteger, Column
from sqlmodel import Field, Session, SQLModel, col, select

from models.database import chunks


class Host(SQLModel, table=True):
    """One server, by name and port."""

    name: str = Field(primary_key=True)
    robots: str = ""
    robots_at: datetime | None = None
    day: date | None = None
    """The day (UTC) that `requests` and `bytes` are of."""
    requests: int = 0
    bytes: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    until: datetime | None = None
    """The server asked us to stay away until then."""


def hosts(session: Session, names: Iterable[str]) -> dict[str, Host]:
    """What is known of some servers, by name."""
    found: dict[str, Host] = {}
    for batch in chunks(sorted(set(names))):
        found |= {host.name: host for host in session.exec(select(Host).where(col(Host.name).in_(batch)))}
    return found
