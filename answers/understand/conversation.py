"""Interprets a question in its conversation: spelling, time range, names of the store, and the turns before."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sqlmodel import Session

from answers.language.time_range import parse_time_range
from answers.understand.entities import correct_spelling, find_names, makers_of
from answers.understand.follow_up import resolve_follow_up
from answers.understand.question import Question, QuestionType, parse_question
from gazetteer.words import words
from models.full_text import frequencies

_MAKER = re.compile(r"\b(?:that|the|this|its|their) (?:lab|company|startup|maker|firm|team)\b", re.IGNORECASE)

_ASKS = re.compile(
    r"\?|\b(?:who|whom|whose|what|when|where|which|why|how|and|or|list|show|tell|give|name|compare|explain|describe|define)\b|"
    r"^(?:is|are|was|were|did|does|do|has|have|had|can|will)\b",
    re.IGNORECASE,
)


def interpret(
    session: Session, text: str, today: date, total: int, context: Sequence[tuple[str, str]] = ()
) -> Question:
    """The question that a text asks on the day `today`.

    total: articles in the index; context: earlier turns as (question, answer), oldest first.
    """
    if not context:
        return _read(session, text, today, total)
    *earlier, (last_question, last_answer) = context
    last = interpret(session, last_question, today, total, earlier)
    now = _read(session, text, today, total)
    followed = resolve_follow_up(now, last, find_names(session, last_answer, total))
    return _maker(session, followed, bool(now.names))


def _read(session: Session, text: str, today: date, total: int) -> Question:
    text = correct_spelling(session, text)
    when = parse_time_range(text, today)
    question = parse_question(text, when, find_names(session, when.rest, total))
    return replace(question, type=QuestionType.NOTHING) if _means_nothing(session, question) else question


def _means_nothing(session: Session, question: Question) -> bool:
    """Whether a text names nothing, asks nothing, and holds no word of the index."""
    if (
        question.names
        or question.cue is not None
        or question.type is not QuestionType.FACT
        or _ASKS.search(question.text)
    ):
        return False
    known = frequencies(session, [word for one in question.content for word in words(one)])
    return not any(known.values())


def _maker(session: Session, question: Question, named_itself: bool) -> Question:
    """The question with "that lab" resolved to the maker of what the conversation is about."""
    if named_itself or not _MAKER.search(question.text):
        return question
    for name in question.names:
        makers = makers_of(session, name)
        if makers:
            return replace(question, names=(makers[0],))
    return question
