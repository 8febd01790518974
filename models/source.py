"""Where articles come from: outlets, and the feeds that we read ourselves."""

from datetime import datetime

from sqlmodel import Field, Session, SQLModel, col, select


class Source(SQLModel, table=True):
    """An outlet. With `url` it is a feed that is polled; without, it came with an import."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    url: str = Field(default="", index=True)
    etag: str = ""
    modified: str = ""
    """The feed's Last-Modified, word for word."""
    polled_at: datetime | None = None
    due_at: datetime | None = None
    failures: int = 0
    error: str = ""


def feeds(session: Session) -> list[Source]:
    """The sources that are polled, by name."""
    return list(session.exec(select(Source).where(Source.url != "").order_by(col(Source.name))))
