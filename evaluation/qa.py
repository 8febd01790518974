"""Answers a file of questions from the store: `id`, `question`, `context`, `as_of` in; answers with citations out."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TextIO

from sqlalchemy import Engine, func
from sqlmodel import select

from evaluation.json_lines import context_turns, read_json_lines
from handlers.ask import answer_text
from ingest.formats.files import FileError
from models.article import Article
from models.database import transaction
from signals.detector import Rules

RETRIEVED = 5
"""Passages listed with each answer, best first."""


@dataclass(frozen=True)
class QuestionLine:
    """A question from the file."""

    id: str
    question: str
    context: list[tuple[str, str]]
    """Earlier questions and answers, oldest first."""
    as_of: date | None
    """The day on which it is asked."""


def read_questions(path: Path) -> Iterator[QuestionLine]:
    """Reads the questions of a JSON Lines file. Raises FileError, with the line, for one that can't be read."""
    for place, row in read_json_lines(path):
        try:
            as_of = date.fromisoformat(row["as_of"][:10]) if row.get("as_of") else None
            yield QuestionLine(str(row["id"]), str(row["question"]), context_turns(row.get("context") or []), as_of)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise FileError(
                f"{place}: not a question: it needs id and question, and may have context and as_of ({error!r})."
            ) from error


def evaluate_qa(engine: Engine, path: Path, rules: Rules, out: TextIO) -> list[float]:
    """Writes a JSON object per question and line; returns the seconds that each took.

    A question without `as_of` is asked on the day of the newest article. Raises FileError.
    """
    seconds: list[float] = []
    questions = list(read_questions(path))
    with transaction(engine) as session:
        newest = session.exec(select(func.max(Article.published_at))).one()
        end = (newest or datetime(1970, 1, 1, tzinfo=UTC)).date()
        for line in questions:
            started = time.perf_counter()
            answer, passages, _ = answer_text(session, line.question, line.as_of or end, rules, line.context)
            seconds.append(time.perf_counter() - started)
            row = {
                "id": line.id,
                "answer": answer.text,
                "citations": [citation.external_id or citation.url for citation in answer.citations],
                "abstained": not answer.known and not answer.asks,
                "clarify": answer.asks,
                "retrieved": [passage.external_id for passage in passages[:RETRIEVED]],
            }
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
    return seconds
