"""Answers a file of questions over the store: `id, question, context, as_of` in; answer, citations and more out."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TextIO

from sqlalchemy import Engine, func
from sqlmodel import select

from handlers.ask import answer_text
from ingest.formats.files import FileError
from models.article import Article
from models.database import transaction
from signals.detector import Rules

RETRIEVED = 5
"""Passages told of each question, best first."""


@dataclass(frozen=True)
class QuestionLine:
    """One line of the file."""

    id: str
    question: str
    context: list[tuple[str, str]]
    as_of: date | None


def read_questions(path: Path) -> Iterator[QuestionLine]:
    """The questions of a file of JSON lines. Raises FileError, with the line, for what can't be understood."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise FileError(f"{path} can't be read ({error}).") from error
    for at, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            as_of = date.fromisoformat(row["as_of"][:10]) if row.get("as_of") else None
            yield QuestionLine(str(row["id"]), str(row["question"]), _turns(row.get("context") or []), as_of)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise FileError(f"{path}:{at}: no question with id, question, context and as_of ({error!r}).") from error


def _turns(context: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Turns of user and bot as pairs of question and answer."""
    found: list[tuple[str, str]] = []
    for turn in context:
        if turn.get("role") == "user" or not found:
            found.append((str(turn["text"]), ""))
        else:
            found[-1] = (found[-1][0], f"{found[-1][1]} {turn['text']}".strip())
    return found


def evaluate_qa(engine: Engine, path: Path, rules: Rules, out: TextIO) -> list[float]:
    """Writes a line of JSON for each question; gives the seconds that each took.

    Without `as_of` a question is asked on the day of the newest article. Raises FileError.
    """
    seconds: list[float] = []
    asked = list(read_questions(path))
    with transaction(engine) as session:
        newest = session.exec(select(func.max(Article.published_at))).one()
        end = (newest or datetime(1970, 1, 1, tzinfo=UTC)).date()
        for one in asked:
            started = time.perf_counter()
            found, passages, _ = answer_text(session, one.question, one.as_of or end, rules, one.context)
            seconds.append(time.perf_counter() - started)
            row = {
                "id": one.id,
                "answer": found.text,
                "citations": [citation.external_id or citation.url for citation in found.citations],
                "abstained": not found.known and not found.asks,
                "clarify": found.asks,
                "retrieved": [passage.external_id for passage in passages[:RETRIEVED]],
            }
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
    return seconds
