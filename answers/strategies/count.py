"""How many there are, and which: the facts about one maker or one month, counted.

A sentence reports one release or one round; how many there were in a year follows from the facts together. Each one
that is counted has its own source. What was not read is not counted, and the answer says so.
"""

from collections.abc import Sequence

from sqlmodel import Session

from answers.answer import Answer, Citation, site_of
from answers.fact_wording import UNCONFIRMED
from answers.strategies.single_fact import AnswerContext
from answers.understand.question import Question, QuestionName, QuestionType
from gazetteer.spelling import squash
from gazetteer.words import words
from models.entity import Entity, by_id
from models.fact import Fact, fact_sources, facts_stated
from models.full_text import indexed_texts
from models.measure import amount_words

LISTED = 10
"""How many are named and cited; the others are only counted."""

MIN_CERTAINTY = 0.5
"""Certainty from which a fact counts: a single comment in a forum does not."""


def answer_count(context: AnswerContext, question: Question) -> Answer | None:
    """The answer to "how many models did Mistral release?" or "who raised money in May?".

    None where something else is asked, or no facts answer.
    """
    if question.type is QuestionType.COUNT:
        return _counted(context, question)
    if (
        question.type is QuestionType.LIST
        and not question.names
        and question.cue is not None
        and question.cue.name == "funding_round"
    ):
        return _raised(context, question)
    return None


def _counted(context: AnswerContext, question: Question) -> Answer | None:
    """What somebody released or acquired, each once, by the day of its first report."""
    if (
        question.cue is None
        or not question.cue.counted_kinds
        or len(question.names) != 1
        or question.names[0].id is None
    ):
        return None
    session, until, name = context.session, min(context.until, question.times.until), question.names[0]
    facts = facts_stated(session, (question.cue.name,), until, subjects=_ids(name))
    entities = by_id(session, {fact.object_id for fact in facts if fact.object_id is not None})
    first: dict[str, tuple[Entity, Fact]] = {}
    for fact in facts:
        entity = entities.get(fact.object_id or 0)
        if entity is not None and entity.kind in question.cue.counted_kinds and _certain(fact):
            first.setdefault(_key_without_maker(entity.name, name), (entity, fact))
    rows = [(entity.name, fact) for entity, fact in first.values() if fact.said_on in question.times.period]
    if not rows:
        return None
    told = [f"{text} ({_day(fact)})" for text, fact in rows[:LISTED]]
    more = f" and {len(rows) - LISTED} more" if len(rows) > LISTED else ""
    text = f"I found {len(rows)}: {', '.join(told)}{more}. There may be others."
    return _cited(session, text, [fact for _, fact in rows[:LISTED]])


def _ids(name: QuestionName) -> list[int]:
    return [name.id] if name.id is not None else []


def _key_without_maker(text: str, maker: QuestionName) -> str:
    """A key for a name without that of its maker: "V3.2" and "DeepSeek-V3.2" are one."""
    key = squash(text)
    for form in maker.forms:
        key = key.removeprefix("".join(form))
    return key or squash(text)


def _raised(context: AnswerContext, question: Question) -> Answer | None:
    """Who raised how much in a period; None where the question asks more than a round can answer."""
    if not question.times.period.bounded or {word for one in question.content for word in words(one)} - _PLAIN_WORDS:
        return None
    session, until = context.session, min(context.until, question.times.until)
    facts = facts_stated(session, ("funding_round",), until, since=question.times.period.first)
    facts = [
        fact for fact in facts if fact.said_on in question.times.period and fact.value is not None and _certain(fact)
    ]
    entities = by_id(session, {fact.subject_id for fact in facts})
    rows: dict[int, Fact] = {}
    for fact in facts:
        rows.setdefault(fact.subject_id, fact)
    if not rows:
        return None
    told = [f"{entities[key].name} ({_amount(fact)})" for key, fact in list(rows.items())[:LISTED]]
    more = f" and {len(rows) - LISTED} more" if len(rows) > LISTED else ""
    return _cited(session, f"{', '.join(told)}{more}.", list(rows.values())[:LISTED])


_PLAIN_WORDS = frozenset(
    ("startup", "compani", "monei", "money", "fund", "round", "firm", "lab", "ai", "ventur", "capit")
)
"""Stems of a question on rounds that ask for nothing more than who raised."""


def _certain(fact: Fact) -> bool:
    return fact.status not in UNCONFIRMED and fact.rank != "deprecated" and fact.certainty >= MIN_CERTAINTY


def _amount(fact: Fact) -> str:
    return amount_words(fact.value or 0.0, fact.unit, fact.op, fact.high)


def _day(fact: Fact) -> str:
    return f"{fact.said_on.day} {fact.said_on:%b %Y}"


def _cited(session: Session, text: str, facts: Sequence[Fact]) -> Answer | None:
    """The answer with the first source of each fact; None where one of them has none."""
    sources = fact_sources(session, facts)
    firsts = [sources.get(fact.id or 0, [])[:1] for fact in facts]
    if not all(firsts):
        return None
    rows = {
        row.id: row
        for row in indexed_texts(session, [one.article_id for (one,) in firsts if one.article_id is not None])
    }
    found: dict[str, Citation] = {}
    for (one,), fact in zip(firsts, facts, strict=True):
        row = rows.get(one.article_id or 0)
        found.setdefault(
            one.url,
            Citation(
                row.external_id if row else "",
                one.url,
                row.outlet if row else site_of(one.url),
                one.said_on or fact.said_on,
                one.quote,
            ),
        )
    return Answer(text, tuple(found.values()))
