"""Where articles come from: outlets, and the addresses that we read ourselves, with how they are doing."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, text
from sqlmodel import Field, Session, SQLModel, col, select

FAILING_AFTER = 3
"""Failures in a row from which a source is failing: one or two are the weather."""

QUIET_FACTOR = 6.0
"""How many times its usual pause a source may be silent before it is quiet; never less than `SILENT`."""

MIN_SILENCE = timedelta(days=3)

SILENCE_WITHOUT_RATE = timedelta(days=45)
"""The same for a source of which no rhythm is known."""

GONE_AFTER = timedelta(days=7)
"""Time of nothing but "not found" after which a source is gone. "Gone" (410) says so at once."""


class SourceState(StrEnum):
    """How a source is doing, in one word."""

    NEW = "new"
    """Not read yet."""
    WELL = "well"
    FAILING = "failing"
    QUIET = "quiet"
    """Answers, but has told nothing for much longer than usual."""
    FLOODING = "flooding"
    """Told much more at once than it ever does."""
    MOVED = "moved"
    """Was found at another address for good, not long ago."""
    GONE = "gone"
    """Its server says that it is no more; looked at once a day."""
    PAUSED = "paused"
    """A person does not want it read for now."""


class Source(SQLModel, table=True):
    """An outlet. With `url` it is read by us; without, it came with an import or as the outlet of another source.

    `name` is what the outlet is called, unless `outlet` says that its articles are another one's.
    """

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    url: str = Field(default="", index=True)
    etag: str = ""
    modified: str = ""
    """The feed's Last-Modified, word for word."""
    polled_at: datetime | None = None
    """When it was last asked."""
    due_at: datetime | None = None
    failures: int = 0
    """In a row."""
    error: str = ""
    """Why the last one failed, as the rest of a sentence that begins with its name."""
    kind: str = Field(default="feed", sa_column_kwargs={"server_default": text("'feed'")})
    language: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    outlet: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    topic: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    """Under which heading of a list it stands."""
    home: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    weight: float = Field(default=1.0, sa_column_kwargs={"server_default": text("1.0")})
    """2 for who makes the news, 1 for most, 0.5 for who repeats others: the weighty are read sooner."""
    listed: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    """The address in the list that it came with; "" for one that a person added."""
    added_by: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    """Who added it, or took it out; "" for the list."""
    options: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    """What its kind needs to know besides the address."""
    memory: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    """What its kind keeps from one reading to the next."""
    state: str = Field(default=SourceState.NEW, sa_column_kwargs={"server_default": text("'new'")})
    told: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    """The trouble that the operator was told of last."""
    read_at: datetime | None = None
    """When it was last read well."""
    newest_at: datetime | None = None
    """When the newest of what it told came out."""
    per_day: float = Field(default=0.0, sa_column_kwargs={"server_default": text("0.0")})
    """Items that it tells on a day, as far as is known."""
    seconds: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    """Between two readings, as its rhythm and its server want it."""
    moved_at: datetime | None = None
    failing_since: datetime | None = None
    history_first: int | None = None
    history_last: int | None = None
    """The articles (by id) that came with its first reading, or were fetched backwards: history, which is counted in
    its days, and no occasion for an alert; see handlers.measurement.exposure."""

    @property
    def outlet_name(self) -> str:
        """The outlet that its articles are counted for."""
        return self.outlet or self.name


def polled_sources(session: Session, paused: bool = False) -> list[Source]:
    """The sources that are read, by name."""
    query = select(Source).where(Source.url != "")
    if not paused:
        query = query.where(Source.state != SourceState.PAUSED)
    return list(session.exec(query.order_by(col(Source.name))))


def find_source(session: Session, name: str) -> Source | None:
    """The source that is read under a name or an address, however it is written in capitals."""
    wanted = name.strip().casefold()
    return next(
        (
            source
            for source in polled_sources(session, True)
            if wanted in (source.name.casefold(), source.url.casefold())
        ),
        None,
    )


def histories(session: Session) -> list[tuple[int, int]]:
    """The spans of articles (first and last id) that are history; those that touch are one."""
    query = select(Source.history_first, Source.history_last).where(col(Source.history_last).is_not(None))
    found: list[tuple[int, int]] = []
    for first, last in sorted((first or 0, last or 0) for first, last in session.exec(query)):
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found


def source_state(source: Source, now: datetime) -> SourceState:
    """How a source is doing, from what is noted of it. Flooding and gone are noted when they are seen."""
    if source.state == SourceState.PAUSED:
        return SourceState.PAUSED
    if source.failures:
        failing_since = source.failing_since or now
        if source.error.startswith("answers 410"):
            return SourceState.GONE
        if source.error.startswith("answers 404") and now - failing_since >= GONE_AFTER:
            return SourceState.GONE
        if source.failures >= FAILING_AFTER:
            return SourceState.FAILING
    if source.read_at is None:
        return SourceState.NEW if source.failures < FAILING_AFTER else SourceState.FAILING
    if source.state == SourceState.FLOODING and source.polled_at is not None and source.polled_at == source.read_at:
        return SourceState.FLOODING
    if source.newest_at is not None:
        limit = timedelta(days=QUIET_FACTOR / source.per_day) if source.per_day else SILENCE_WITHOUT_RATE
        if now - source.newest_at > max(limit, MIN_SILENCE):
            return SourceState.QUIET
    if source.moved_at is not None and now - source.moved_at < GONE_AFTER:
        return SourceState.MOVED
    return SourceState.WELL


def add_source(session: Session, name: str, url: str, kind: str, by: str) -> Source:
    """A source that a person adds; a row of that name that is not read yet becomes it."""
    source = session.exec(select(Source).where(Source.name == name)).first() or Source(name=name)
    source.url, source.kind, source.added_by, source.listed = url, kind, by, ""
    reset_source(source)
    session.add(source)
    session.flush()
    return source


def remove_source(source: Source, by: str) -> None:
    """A source is read no more. What it told stays, and no newer list brings it back."""
    source.url, source.added_by = "", by
    reset_source(source)


def reset_source(source: Source) -> None:
    """Forgets how a source was doing: it has another address now, or none."""
    source.etag = source.modified = source.error = source.told = ""
    source.due_at = source.failing_since = source.moved_at = source.read_at = None
    source.failures, source.memory, source.state = 0, {}, SourceState.NEW


def resume_source(source: Source) -> None:
    """A paused source, or one that is left alone because of trouble, is read with the next round."""
    source.state, source.due_at = SourceState.NEW, None


def similar_sources(session: Session, name: str, limit: int = 3) -> list[str]:
    """Names of sources that hold the words of a name."""
    words = name.casefold().split()
    return [
        source.name for source in polled_sources(session, True) if all(word in source.name.casefold() for word in words)
    ][:limit]
