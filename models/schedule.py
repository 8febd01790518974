"""When each job last ran, so that a person can see that the bot is alive."""

from datetime import datetime

from sqlmodel import Field, Session, SQLModel, col, select


class Schedule(SQLModel, table=True):
    """One job of the schedule and its last run."""

    name: str = Field(primary_key=True)
    started_at: datetime | None = None
    finished_at: datetime | None = None
    error: str = ""
    """What went wrong in the last run; empty when it went well."""


def last_runs(session: Session) -> list[Schedule]:
    """Every job's last run, by name."""
    return list(session.exec(select(Schedule).order_by(col(Schedule.name))))
