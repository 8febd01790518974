"""Daily use of the optional language model, so that a restart doesn't grant a second budget."""

from datetime import date

from sqlmodel import Field, Session, SQLModel


class Spend(SQLModel, table=True):
    """One day's (UTC) requests to the language model."""

    day: date = Field(primary_key=True)
    requests: int = 0
    tokens: int = 0
    """As counted by the model's server, or estimated if it doesn't say."""


def tokens_spent(session: Session, day: date) -> int:
    """Tokens used on a day."""
    row = session.get(Spend, day)
    return row.tokens if row else 0


def add_spending(session: Session, day: date, requests: int, tokens: int) -> None:
    """Adds to a day's use; negative tokens return a reservation that was not needed."""
    row = session.get(Spend, day) or Spend(day=day)
    row.requests += requests
    row.tokens += tokens
    session.add(row)
