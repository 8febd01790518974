"""Corroboration: evidence checked against the facts extracted from the same articles.

An extracted fact says to whom a value in its article belongs. A sentence whose value the store attributes to another
subject is no answer; one whose value it attributes to the subject of the question ranks higher.
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

AGREEMENT_BONUS = 0.5
"""Score of a sentence whose value the store attributes to the subject."""

MAX_FACTS = 12
"""Newest facts of a predicate that are considered."""

ROUNDING = 0.012
"""Relative difference up to which two numbers are the same but for rounding."""


def matches_fact(value: Value, fact: Fact) -> bool:
    """Whether a sentence and a fact hold the same value but for rounding."""
    if value.number is None:
        return bool(fact.text) and fold(value.text) in (fold(fact.text), fold(fact.text.replace("-", " ")))
    return any(
        stated is not None and abs(value.number - stated) <= ROUNDING * max(abs(value.number), abs(stated))
        for stated in (fact.value, fact.high)
    )


def corroborated(session: Session, question: Question, evidence: Sequence[Evidence]) -> list[Evidence]:
    """The evidence, best first, without values that the store attributes to another subject.

    A sentence that names the subject itself stays: it says more than what was extracted from it.
    """
    articles = [one.passage.id for one in evidence if one.value is not None]
    names = [name for name in question.names if name.kind != "benchmark"]
    if not articles or not names or question.cue is None or question.cue.name not in PREDICATES:
        return list(evidence)
    query = (
        select(FactSource.article_id, Fact, Entity)
        .join(Fact, col(Fact.id) == FactSource.fact_id)
        .join(Entity, col(Entity.id) == Fact.subject_id)
        .where(col(FactSource.article_id).in_(articles), Fact.predicate == question.cue.name, believed())
    )
    facts_of: dict[int, list[tuple[Fact, Entity]]] = {}
    for article, fact, entity in session.exec(query):
        facts_of.setdefault(article or 0, []).append((fact, entity))
    found = []
    for one in evidence:
        facts = [
            row for row in facts_of.get(one.passage.id, ()) if one.value is not None and matches_fact(one.value, row[0])
        ]
        agreeing = [entity for _, entity in facts if any(_is_subject(session, name, entity) for name in names)]
        if agreeing or not facts or one.named:
            found.append(replace(one, score=one.score + AGREEMENT_BONUS) if agreeing else one)
    return sorted(found, key=lambda one: (-one.score, one.passage.id))


def _is_subject(session: Session, name: QuestionName, entity: Entity) -> bool:
    """Whether an entity is what a name means, a part of it, or an ancestor."""
    if entity.id == name.id or entity.id in name.parents:
        return True
    own = tuple(words(entity.name))
    if any(find_words(form, own) >= 0 or find_words(own, form) >= 0 for form in name.forms if own):
        return True
    if name.id is None:
        return False
    return (
        session.exec(select(Parent).where(Parent.entity_id == entity.id, Parent.parent_id == name.id)).first()
        is not None
    )


def from_store(session: Session, question: Question, until: date) -> list[Evidence]:
    """Evidence from the quoted sentences of stored facts, newest first: for when retrieval found none.

    Only for a question that names a subject and a predicate and nothing more, which a fact might not cover.
    """
    makers = [name for name in question.names if name.kind != "benchmark"]
    if len(makers) != 1 or question.content or question.cue is None or question.cue.name not in PREDICATES:
        return []
    entity = makers[0].id or getattr(resolve_exactly(session, makers[0].text), "id", None)
    if entity is None:
        return []
    benchmarks = [form for name in question.names if name.kind == "benchmark" for form in name.forms]
    found = []
    for fact in facts_about(session, entity, until, MAX_FACTS, predicates=(question.cue.name,)):
        on = tuple(words(str(fact.qualifiers.get("benchmark", ""))))
        if (
            fact.subject_id == entity
            and (not question.times.period.bounded or fact.said_on in question.times.period)
            and (on in benchmarks if benchmarks else not on)
        ):
            found += [
                one
                for source in fact_sources(session, [fact]).get(fact.id or 0, ())[:1]
                for one in _quoted(session, question, fact, source)
            ]
    return found


def _quoted(session: Session, question: Question, fact: Fact, source: FactSource) -> list[Evidence]:
    """The quoted sentence of a fact as evidence, if it holds the value of the fact."""
    if source.article_id is None or not source.quote:
        return []
    row = indexed_texts(session, [source.article_id])[0]
    sentence = split_sentences("", source.quote)[0]
    value = next(
        (value for value in find_values(sentence.text, question.answer_type) if matches_fact(value, fact)), None
    )
    if value is None:
        return []
    day = row.published_at.astimezone(UTC).date()
    passage = Passage(
        row.id, row.external_id, row.url, row.title, row.summary, row.outlet, day, 0.0, outlet_weight(row.outlet)
    )
    return [Evidence(sentence, passage, 1.0, 1.0, 1, value)]
