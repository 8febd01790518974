"""What the optional language model has used up, day by day, so that a restart does not give a second budget."""

from datetime import date

from sqlmodel import Field, Session, SQLModel


class Spend(SQLModel, table=True):
    """One day's (UTC) requests to the language model."""

    day: date = Field(primary_key=True)
    requests: int = 0
    tokens: int = 0
    """As the model's server counted them; estimated where it does not say."""


def tokens_spent(session: Session, day: date) -> int:
    """Tokens used on a day."""
    row = session.get(Spend, day)
    return row.tokens if row else 0


def add_spending(session: Session, day: date, requests: int, tokens: int) -> None:
    """Adds to a day's use; negative tokens give back what was set aside and not needed."""
    row = session.get(Spend, day) or Spend(day=day)
    row.requests += requests
    row.tokens += tokens
    session.add(row)
