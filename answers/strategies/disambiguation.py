"""Which is meant, where a name leaves it open: versions of a family that differ in what is asked, names alike."""

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
"""Versions and names offered to choose from."""

BY_VERSION = ("parameters", "active_parameters", "context_window", "training_tokens", "price")
"""What each version has its own of: a family has none."""

_SAYS_NO_MORE = frozenset(("token", "input", "output", "million", "per"))
"""Words that say no more of which version is meant."""


def ask_which_version(sources: AnswerContext, asked: Question) -> Answer | None:
    """A question back, where a family is asked for what its versions differ in; None where it is clear."""
    cue = asked.cue
    if asked.ask is not QuestionType.FACT or len(asked.names) != 1 or cue is None or cue.name not in BY_VERSION:
        return None
    family = asked.names[0]
    more = {word for one in asked.content for word in words(one)} - set(words(cue.words)) - _SAYS_NO_MORE
    if family.kind not in ("family", "") or any(form[-1][-1].isdigit() for form in family.forms) or more:
        return None
    if asked.times.latest:
        return None
    facts = _versions(sources.session, family, cue.name, min(sources.until, asked.times.until))
    if len({fact.value for fact, _ in facts}) < 2 or len(facts) < 2:
        return None
    return clarifying_question(asked, family, [name for _, name in facts[:OFFERED]])


def ask_which_name(sources: AnswerContext, asked: Question, name: QuestionName) -> Answer | None:
    """A question back, where a name stands nowhere and several are spelt much like it."""
    found = similar_names(sources.session, name.typed or name.text)[:OFFERED]
    return clarifying_question(asked, name, [one.name for one in found]) if len(found) > 1 else None


def clarifying_question(asked: Question, name: QuestionName, offered: list[str]) -> Answer:
    """One short question, and the whole questions that it leaves to choose from."""
    typed = name.typed or name.text
    listed = f"{', '.join(offered[:-1])} or {offered[-1]}"
    known = f"Which {name.text} do you mean:" if name.known else f"I don't know {typed}. Did you mean"
    choices = tuple(asked.text.replace(typed, one, 1) for one in offered) if typed in asked.text else ()
    return Answer(f"{known} {listed}?", asks=True, choices=choices)


def _versions(session: Session, family: QuestionName, predicate: str, until: date) -> list[tuple[Fact, str]]:
    """The newest fact of each numbered version of a family, the newest first; listed versions before unlisted."""
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
        said = tuple(words(entity.name))
        at = find_words(form, said)
        tail = said[at + len(form) :]
        if at >= 0 and tail and tail[0][0].isdigit() and len(tail) <= 2 and tail[-1] != "b":
            kept = found.get(tail)
            if kept is None or (entity.origin == GAZETTEER) > (kept[1].origin == GAZETTEER):
                found[tail] = (fact, entity)
    rows = sorted(found.values(), key=lambda row: row[1].origin != GAZETTEER)
    return [(fact, entity.name) for fact, entity in rows]
