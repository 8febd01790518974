"""The fact store beside the sentences: whom a value belongs to where it was read, and what is told nowhere else.

What was extracted from an article says of whom each value is told there. A sentence whose value the store gives to
somebody else is no answer; one whose value it gives to whom is meant is a better one.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date

from sqlmodel import Session, col, select

from answers.language.sentences import find_words, split_sentences
from answers.read.evidence import Evidence
from answers.read.values import Value, find_values
from answers.retrieve.search import Passage, outlet_weight
from answers.understand.name_matching import resolve_exactly
from answers.understand.question import Question, QuestionName
from gazetteer.spelling import fold
from gazetteer.words import words
from models.entity import Entity, Parent
from models.fact import Fact, FactSource, believed, fact_sources, facts_about
from models.full_text import indexed_texts
from models.predicate import PREDICATES

AGREES = 0.5
"""What a sentence gains whose value the store gives to whom is meant."""

NEWEST = 12
"""Facts of one kind that are looked at."""

SAME = 0.012
"""Two numbers are the same up to this share: rounding."""


def matches_fact(value: Value, fact: Fact) -> bool:
    """Whether a value in a sentence is that of a fact, but for rounding."""
    if value.number is None:
        return bool(fact.text) and fold(value.text) in (fold(fact.text), fold(fact.text.replace("-", " ")))
    return any(
        told is not None and abs(value.number - told) <= SAME * max(abs(value.number), abs(told))
        for told in (fact.value, fact.high)
    )


def corroborated(session: Session, asked: Question, evidence: Sequence[Evidence]) -> list[Evidence]:
    """The evidence, best first, without values that the store gives to somebody else.

    Where the sentence itself names whom is meant, it stays: it says more than what was extracted from it.
    """
    held = [one.passage.id for one in evidence if one.value is not None]
    names = [name for name in asked.names if name.kind != "benchmark"]
    if not held or not names or asked.cue is None or asked.cue.name not in PREDICATES:
        return list(evidence)
    query = (
        select(FactSource.article_id, Fact, Entity)
        .join(Fact, col(Fact.id) == FactSource.fact_id)
        .join(Entity, col(Entity.id) == Fact.subject_id)
        .where(col(FactSource.article_id).in_(held), Fact.predicate == asked.cue.name, believed())
    )
    told: dict[int, list[tuple[Fact, Entity]]] = {}
    for article, fact, entity in session.exec(query):
        told.setdefault(article or 0, []).append((fact, entity))
    found = []
    for one in evidence:
        facts = [
            row for row in told.get(one.passage.id, ()) if one.value is not None and matches_fact(one.value, row[0])
        ]
        own = [entity for _, entity in facts if any(_meant(session, name, entity) for name in names)]
        if own or not facts or one.named:
            found.append(replace(one, score=one.score + AGREES) if own else one)
    return sorted(found, key=lambda one: (-one.score, one.passage.id))


def _meant(session: Session, name: QuestionName, entity: Entity) -> bool:
    """Whether an entity is who is named, one of its own, or who it belongs to."""
    if entity.id == name.id or entity.id in name.parents:
        return True
    said = tuple(words(entity.name))
    if any(find_words(form, said) >= 0 or find_words(said, form) >= 0 for form in name.forms if said):
        return True
    if name.id is None:
        return False
    return (
        session.exec(select(Parent).where(Parent.entity_id == entity.id, Parent.parent_id == name.id)).first()
        is not None
    )


def from_store(session: Session, asked: Question, until: date) -> list[Evidence]:
    """What the store tells of the one who is named, newest first: for when no sentence that was found does.

    Only where all that was asked is whom and what: further words may ask for something that the store leaves out.
    """
    makers = [name for name in asked.names if name.kind != "benchmark"]
    if len(makers) != 1 or asked.content or asked.cue is None or asked.cue.name not in PREDICATES:
        return []
    entity = makers[0].id or getattr(resolve_exactly(session, makers[0].text), "id", None)
    if entity is None:
        return []
    tests = [form for name in asked.names if name.kind == "benchmark" for form in name.forms]
    found = []
    for fact in facts_about(session, entity, until, NEWEST, predicates=(asked.cue.name,)):
        on = tuple(words(str(fact.qualifiers.get("benchmark", ""))))
        if (
            fact.subject_id == entity
            and (not asked.times.period.bounded or fact.said_on in asked.times.period)
            and (on in tests if tests else not on)
        ):
            found += [
                one
                for source in fact_sources(session, [fact]).get(fact.id or 0, ())[:1]
                for one in _told(session, asked, fact, source)
            ]
    return found


def _told(session: Session, asked: Question, fact: Fact, source: FactSource) -> list[Evidence]:
    """The quoted sentence of a fact, if the value that it stands for is in it."""
    if source.article_id is None or not source.quote:
        return []
    row = indexed_texts(session, [source.article_id])[0]
    said = split_sentences("", source.quote)
    value = next((value for value in find_values(said[0].text, asked.gives) if matches_fact(value, fact)), None)
    if value is None:
        return []
    day = row.published_at.astimezone(UTC).date()
    passage = Passage(
        row.id, row.external_id, row.url, row.title, row.summary, row.outlet, day, 0.0, outlet_weight(row.outlet)
    )
    return [Evidence(said[0], passage, 1.0, 1.0, 1, value)]
