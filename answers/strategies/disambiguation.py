"""Clarifying questions, where a name is ambiguous: versions of a family that differ in what is asked, similar names."""

from datetime import date

from sqlmodel import Session, col, select

from answers.answer import Answer
from answers.language.sentences import find_words
from answers.strategies.single_fact import AnswerContext
from answers.understand.name_matching import similar_names
from answers.understand.question import Question, QuestionName, QuestionType
from gazetteer.words import words
from models.entity import GAZETTEER, Entity
from models.fact import Fact, believed

OFFERED = 4
"""Versions or names to choose from."""

_UNSPECIFIC = frozenset(("token", "input", "output", "million", "per"))
"""Stems that do not narrow down which version is meant."""


def ask_which_version(context: AnswerContext, question: Question) -> Answer | None:
    """A clarifying question where a family is asked for what its versions differ in; None where it is clear."""
    cue = question.cue
    if question.type is not QuestionType.FACT or len(question.names) != 1 or cue is None or not cue.per_version:
        return None
    family = question.names[0]
    more = {word for one in question.content for word in words(one)} - set(words(cue.search_terms)) - _UNSPECIFIC
    if family.kind not in ("family", "") or any(form[-1][-1].isdigit() for form in family.forms) or more:
        return None
    if question.times.latest:
        return None
    facts = _versions(context.session, family, cue.name, min(context.until, question.times.until))
    if len({fact.value for fact, _ in facts}) < 2 or len(facts) < 2:
        return None
    return clarifying_question(question, family, [name for _, name in facts[:OFFERED]])


def ask_which_name(context: AnswerContext, question: Question, name: QuestionName) -> Answer | None:
    """A clarifying question where no article holds a name and several are spelled much like it."""
    found = similar_names(context.session, name.typed or name.text)[:OFFERED]
    return clarifying_question(question, name, [one.name for one in found]) if len(found) > 1 else None


def clarifying_question(question: Question, name: QuestionName, offered: list[str]) -> Answer:
    """A short question, with the complete questions to choose from."""
    typed = name.typed or name.text
    listed = f"{', '.join(offered[:-1])} or {offered[-1]}"
    known = f"Which {name.text} do you mean:" if name.known else f"I don't know {typed}. Did you mean"
    choices = tuple(question.text.replace(typed, one, 1) for one in offered) if typed in question.text else ()
    return Answer(f"{known} {listed}?", asks=True, choices=choices)


def _versions(session: Session, family: QuestionName, predicate: str, until: date) -> list[tuple[Fact, str]]:
    """The newest fact of each numbered version of a family, newest first; versions in the catalogue come first."""
    form = min(family.forms, key=len)
    query = (
        select(Fact, Entity)
        .join(Entity, col(Entity.id) == Fact.subject_id)
        .where(
            Fact.predicate == predicate,
            col(Fact.value).is_not(None),
            Fact.said_on <= until,
            col(Entity.name).icontains(form[0], autoescape=True),
            believed(),
        )
        .order_by(col(Fact.said_on).desc(), col(Fact.id))
    )
    found: dict[tuple[str, ...], tuple[Fact, Entity]] = {}
    for fact, entity in session.exec(query):
        own = tuple(words(entity.name))
        at = find_words(form, own)
        tail = own[at + len(form) :]
        if at >= 0 and tail and tail[0][0].isdigit() and len(tail) <= 2 and tail[-1] != "b":
            kept = found.get(tail)
            if kept is None or (entity.origin == GAZETTEER) > (kept[1].origin == GAZETTEER):
                found[tail] = (fact, entity)
    rows = sorted(found.values(), key=lambda row: row[1].origin != GAZETTEER)
    return [(fact, entity.name) for fact, entity in rows]
