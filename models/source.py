"""Sources: outlets, the addresses they are read at, and how they are doing."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, text
from sqlmodel import Field, Session, SQLModel, col, select

FAILING_AFTER = 3
"""Failures in a row from which a source counts as failing; one or two mean nothing."""

QUIET_FACTOR = 6.0
"""A source is quiet when silent for this many times its usual interval, but never before MIN_SILENCE."""

MIN_SILENCE = timedelta(days=3)

SILENCE_WITHOUT_RATE = timedelta(days=45)
"""The same for a source without a known publication rate."""

GONE_AFTER = timedelta(days=7)
"""Time of nothing but "404 Not Found" after which a source is gone; "410 Gone" says so at once."""


class SourceState(StrEnum):
    """How a source is doing, in one word."""

    NEW = "new"
    """Not read yet."""
    WELL = "well"
    FAILING = "failing"
    QUIET = "quiet"
    """Answers, but has published nothing for much longer than usual."""
    FLOODING = "flooding"
    """Published far more at once than it ever does."""
    MOVED = "moved"
    """Recently moved to another address for good."""
    GONE = "gone"
    """Its server says that it no longer exists; tried once a day."""
    PAUSED = "paused"
    """Not read for now, because a person paused it."""


class Source(SQLModel, table=True):
    """An outlet. With `url` we read it; without, it came with an import or as the outlet of another source.

    `name` is the outlet's name, unless `outlet` says that its articles count for another one.
    """

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    url: str = Field(default="", index=True)
    etag: str = ""
    modified: str = ""
    """The feed's Last-Modified header, word for word."""
    polled_at: datetime | None = None
    """When it was last read, successfully or not."""
    due_at: datetime | None = None
    failures: int = 0
    """In a row."""
    error: str = ""
    """Why the last reading failed; completes a sentence that begins with the source's name."""
    kind: str = Field(default="feed", sa_column_kwargs={"server_default": text("'feed'")})
    language: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    outlet: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    topic: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    """The heading it stands under in a list."""
    home: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    weight: float = Field(default=1.0, sa_column_kwargs={"server_default": text("1.0")})
    """2 for makers of news, 1 for most, 0.5 for aggregators: heavier sources are read sooner."""
    listed: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    """Its address in the list it came from; "" if a person added it."""
    added_by: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    """The person who added or removed it; "" for the list."""
    options: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    """What its kind needs besides the address."""
    memory: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    """What its kind keeps from one reading to the next."""
    state: str = Field(default=SourceState.NEW, sa_column_kwargs={"server_default": text("'new'")})
    told: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    """The last trouble that the operator was notified of."""
    read_at: datetime | None = None
    """When it was last read successfully."""
    newest_at: datetime | None = None
    """When its newest item was published."""
    per_day: float = Field(default=0.0, sa_column_kwargs={"server_default": text("0.0")})
    """Its publication rate in items per day; 0 if unknown."""
    seconds: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    """Seconds until the next reading, from its rate and its server's headers."""
    moved_at: datetime | None = None
    failing_since: datetime | None = None
    history_first: int | None = None
    history_last: int | None = None
    """Ids of the articles from a backfill, or from a first reading that shows no past (ingest.sources.poll.shows_past):
    history, which counts in its own days and raises no alert; see handlers.measurement.exposure."""

    @property
    def outlet_name(self) -> str:
        """The outlet its articles count for."""
        return self.outlet or self.name


def polled_sources(session: Session, paused: bool = False) -> list[Source]:
    """The sources that are read, by name; paused ones only with `paused`."""
    query = select(Source).where(Source.url != "")
    if not paused:
        query = query.where(Source.state != SourceState.PAUSED)
    return list(session.exec(query.order_by(col(Source.name))))


def find_source(session: Session, name: str) -> Source | None:
    """The source read under a name or address, in any case; None if there is none."""
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
    """The spans of article ids (first, last) that are history; adjacent spans are merged."""
    query = select(Source.history_first, Source.history_last).where(col(Source.history_last).is_not(None))
    found: list[tuple[int, int]] = []
    for first, last in sorted((first or 0, last or 0) for first, last in session.exec(query)):
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found


def source_state(source: Source, now: datetime) -> SourceState:
    """The state of a source, derived from its columns. Flooding is recorded when it happens and kept here."""
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
    """Adds a source for a person; an existing row of this name that is not read yet becomes it."""
    source = session.exec(select(Source).where(Source.name == name)).first() or Source(name=name)
    source.url, source.kind, source.added_by, source.listed = url, kind, by, ""
    reset_source(source)
    session.add(source)
    session.flush()
    return source


def remove_source(source: Source, by: str) -> None:
    """Stops reading a source. Its articles stay, and no newer list brings it back."""
    source.url, source.added_by = "", by
    reset_source(source)


def reset_source(source: Source) -> None:
    """Forgets how a source was doing, because its address has changed or gone."""
    source.etag = source.modified = source.error = source.told = ""
    source.due_at = source.failing_since = source.moved_at = source.read_at = None
    source.failures, source.memory, source.state = 0, {}, SourceState.NEW


def resume_source(source: Source) -> None:
    """Has a paused or failing source read in the next round."""
    source.state, source.due_at = SourceState.NEW, None


def similar_sources(session: Session, name: str, limit: int = 3) -> list[str]:
    """Names of sources that contain all words of a name."""
    words = name.casefold().split()
    return [
        source.name for source in polled_sources(session, True) if all(word in source.name.casefold() for word in words)
    ][:limit]
