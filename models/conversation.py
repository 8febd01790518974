"""Recent questions and answers of a thread, so that a follow-up such as "and OpenAI?" is understood."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field, Session, SQLModel, col, delete

MAX_AGE = timedelta(hours=1)
"""How long a thread's questions are remembered."""

MAX_TURNS = 4
"""Questions remembered per thread."""


class Conversation(SQLModel, table=True):
    """The last questions at one place, oldest first, as [question, answer]."""

    place: str = Field(primary_key=True)
    turns: list[Any] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    at: datetime = Field(index=True)


def conversation_turns(session: Session, place: str, now: datetime) -> list[tuple[str, str]]:
    """The questions and answers at a place within the last hour, oldest first."""
    row = session.get(Conversation, place)
    if row is None or row.at < now - MAX_AGE:
        return []
    return [(str(question), str(answer)) for question, answer in row.turns]


def add_turn(session: Session, place: str, question: str, answer: str, now: datetime) -> None:
    """Adds a question and its answer, and deletes conversations older than an hour."""
    session.execute(delete(Conversation).where(col(Conversation.at) < now - MAX_AGE))
    earlier = conversation_turns(session, place, now)
    session.merge(Conversation(place=place, turns=[*map(list, earlier), [question, answer]][-MAX_TURNS:], at=now))
