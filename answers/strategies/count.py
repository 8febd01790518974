"""How many there are, and which: what the facts tell of one maker or of one month, counted.

A sentence tells of one release or one round; how many there were in a year is told by the facts together. Each one
that is counted has its own source, and what went unread is not in the count: the answer says so.
"""

from collections.abc import Sequence

from sqlmodel import Session

from answers.answer import Answer, Citation, site_of
from answers.fact_wording import UNSURE
from answers.strategies.single_fact import AnswerContext
from answers.understand.question import Question, QuestionName, QuestionType
from gazetteer.spelling import squash
from gazetteer.words import words
from models.entity import Entity, by_id
from models.fact import Fact, fact_sources, facts_stated
from models.full_text import indexed_texts
from models.measure import amount_words

MOST = 10
"""How many are named and cited; more are only counted."""

SURE = 0.5
"""Certainty from which a fact counts: a lone word in a forum does not."""


def answer_count(sources_of: AnswerContext, asked: Question) -> Answer | None:
    """The answer to "how many models did Mistral release?" or "who raised money in May?"; None where no facts tell."""
    if asked.ask is QuestionType.COUNT:
        return _counted(sources_of, asked)
    if (
        asked.ask is QuestionType.LIST
        and not asked.names
        and asked.cue is not None
        and asked.cue.name == "funding_round"
    ):
        return _raised(sources_of, asked)
    return None


def _counted(sources_of: AnswerContext, asked: Question) -> Answer | None:
    """The things that somebody released or bought, each once, by the day of the first word of it."""
    if asked.cue is None or not asked.cue.counted_kinds or len(asked.names) != 1 or asked.names[0].id is None:
        return None
    session, until, name = sources_of.session, min(sources_of.until, asked.times.until), asked.names[0]
    facts = facts_stated(session, (asked.cue.name,), until, subjects=_own(name))
    whole = by_id(session, {fact.object_id for fact in facts if fact.object_id is not None})
    first: dict[str, tuple[Entity, Fact]] = {}
    for fact in facts:
        entity = whole.get(fact.object_id or 0)
        if entity is not None and entity.kind in asked.cue.counted_kinds and _certain(fact):
            first.setdefault(_once(entity.name, name), (entity, fact))
    rows = [(entity.name, fact) for entity, fact in first.values() if fact.said_on in asked.times.period]
    if not rows:
        return None
    told = [f"{text} ({_day(fact)})" for text, fact in rows[:MOST]]
    more = f" and {len(rows) - MOST} more" if len(rows) > MOST else ""
    text = f"{len(rows)} that I have read of: {', '.join(told)}{more}. There may be others."
    return _cited(session, text, [fact for _, fact in rows[:MOST]])


def _own(name: QuestionName) -> list[int]:
    return [name.id] if name.id is not None else []


def _once(text: str, maker: QuestionName) -> str:
    """A thing by its name without its maker's: "V3.2" and "DeepSeek-V3.2" are one."""
    key = squash(text)
    for form in maker.forms:
        key = key.removeprefix("".join(form))
    return key or squash(text)


def _raised(sources_of: AnswerContext, asked: Question) -> Answer | None:
    """Who raised how much in a period; None where more is asked of them, which a round doesn't tell."""
    if not asked.times.period.bounded or {word for one in asked.content for word in words(one)} - _PLAIN:
        return None
    session, until = sources_of.session, min(sources_of.until, asked.times.until)
    facts = facts_stated(session, ("funding_round",), until, since=asked.times.period.first)
    facts = [fact for fact in facts if fact.said_on in asked.times.period and fact.value is not None and _certain(fact)]
    whole = by_id(session, {fact.subject_id for fact in facts})
    rows: dict[int, Fact] = {}
    for fact in facts:
        rows.setdefault(fact.subject_id, fact)
    if not rows:
        return None
    told = [f"{whole[key].name} ({_much(fact)})" for key, fact in list(rows.items())[:MOST]]
    more = f" and {len(rows) - MOST} more" if len(rows) > MOST else ""
    return _cited(session, f"{', '.join(told)}{more}.", list(rows.values())[:MOST])


_PLAIN = frozenset(("startup", "compani", "monei", "money", "fund", "round", "firm", "lab", "ai", "ventur", "capit"))
"""Words of a question on rounds that ask for no more than who raised."""


def _certain(fact: Fact) -> bool:
    return fact.status not in UNSURE and fact.rank != "deprecated" and fact.certainty >= SURE


def _much(fact: Fact) -> str:
    return amount_words(fact.value or 0.0, fact.unit, fact.op, fact.high)


def _day(fact: Fact) -> str:
    return f"{fact.said_on.day} {fact.said_on:%b %Y}"


def _cited(session: Session, text: str, facts: Sequence[Fact]) -> Answer | None:
    """The answer with the first source of each fact; None where one of them has none."""
    told = fact_sources(session, facts)
    firsts = [told.get(fact.id or 0, [])[:1] for fact in facts]
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
