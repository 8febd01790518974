"""When each scheduled job last ran, so that people can see that the bot is alive."""

from datetime import datetime

from sqlmodel import Field, Session, SQLModel, col, select


class Schedule(SQLModel, table=True):
    """One scheduled job and its last run."""

    name: str = Field(primary_key=True)
    started_at: datetime | None = None
    finished_at: datetime | None = None
    error: str = ""
    """What went wrong in the last run; "" if nothing did."""


def last_runs(session: Session) -> list[Schedule]:
    """Every job's last run, by name."""
    return list(session.exec(select(Schedule).order_by(col(Schedule.name))))
