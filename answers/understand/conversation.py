"""What a question means where it is asked: with the time, the names of the store, and what was said before."""

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
    """A question read after earlier ones of its thread, each (question, answer), oldest first."""
    if not context:
        return _read(session, text, today, total)
    *earlier, (asked, told) = context
    last = interpret(session, asked, today, total, earlier)
    now = _read(session, text, today, total)
    return _maker(session, resolve_follow_up(now, last, find_names(session, told, total)), bool(now.names))


def _read(session: Session, text: str, today: date, total: int) -> Question:
    text = correct_spelling(session, text)
    when = parse_time_range(text, today)
    asked = parse_question(text, when, find_names(session, when.rest, total))
    return replace(asked, ask=QuestionType.NOTHING) if _means_nothing(session, asked) else asked


def _means_nothing(session: Session, asked: Question) -> bool:
    """Whether it asks nothing, of nobody, in words that stand nowhere."""
    if asked.names or asked.cue is not None or asked.ask is not QuestionType.FACT or _ASKS.search(asked.text):
        return False
    known = frequencies(session, [word for one in asked.content for word in words(one)])
    return not any(known.values())


def _maker(session: Session, asked: Question, named_itself: bool) -> Question:
    """ "That lab" is the one that made what was told of."""
    if named_itself or not _MAKER.search(asked.text):
        return asked
    for name in asked.names:
        makers = makers_of(session, name)
        if makers:
            return replace(asked, names=(makers[0],))
    return asked
