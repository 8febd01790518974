"""Answers from facts that were curated or imported: for what no stored sentence states.

Such facts have a link instead of a sentence. One answers only if it covers the entities question: names, predicate,
period and every content word. Facts extracted by rules are left to their sentences (answers.read.corroboration).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from sqlmodel import Session, col, or_, select

from answers.answer import Answer, Citation, site_of
from answers.fact_wording import UNCONFIRMED, fact_phrase, parenthetical, period_words, value_with_period
from answers.language.cues import BY_NAME, AnswerType
from answers.language.sentences import find_words
from answers.language.synonyms import SYNONYMS
from answers.strategies.compare import LESS
from answers.strategies.single_fact import AnswerContext
from answers.strategies.yes_no import OPEN
from answers.understand.question import Question, QuestionName, QuestionType
from gazetteer.words import words
from models.entity import Entity, Parent, by_id
from models.fact import CURATED, IMPORTED, OPERATOR, Fact, fact_sources, facts_about, facts_by_key
from models.measure import amount_words
from models.predicate import PREDICATES, Succession
from models.supersession import standings, totals

GIVEN = (CURATED, OPERATOR, IMPORTED)
"""Origins of facts that were entered, not extracted."""

OPENNESS = OPEN | {"proprietari", "clos"}
"""Stems of questions about openness, which has no cue."""

UNSPECIFIC = frozenset(
    [
        "million",
        "per",
        "token",
        "input",
        "output",
        "model",
        "ai",
        "lab",
        "compani",
        "deal",
        "addit",
        "more",
        "extra",
        "exist",
        "previou",
        "total",
        "much",
        "peopl",
        "commit",
        "instanc",
        "use",
        "get",
        "first",
        "public",
        "time",
    ]
)
"""Stems that a question may hold without asking for more than the fact."""

TITLES = ("ceo", "cto", "cfo", "coo", "chief scientist", "chief ai officer", "chief executive", "president", "chair")

_LEADS = re.compile(r"\bceo\b|\bchief execut|\bhead\b|\blead")

LISTED = 8
"""Facts of one answer."""


def answer_from_facts(context: AnswerContext, question: Question, exactly: bool = False) -> Answer | None:
    """The answer of curated and imported facts; None where they do not cover the question.

    `exactly`: only facts of the very property that is asked for count, none of a related one (openness for a licence).
    """
    session, until = context.session, min(context.until, question.times.until)
    names = [name for name in question.names if name.kind != "benchmark"]
    if not names or names[0].id is None or question.type in (QuestionType.DEFINE, QuestionType.WHY, QuestionType.RATIO):
        return None
    if question.type in (QuestionType.COMPARE, QuestionType.ORDER):
        return _compared(session, question, names, until)
    if question.type is QuestionType.NEWEST:
        return _newest(session, names[-1], until)
    facts = _covering(session, question, names, until)
    if exactly and (question.cue is None or any(fact.predicate != question.cue.name for fact in facts)):
        return None
    if not facts:
        return _head(session, question, names[0], until)
    entities = by_id(session, (key for fact in facts for key in (fact.subject_id, fact.object_id) if key is not None))
    return _answer(session, question, names[0], facts, entities)


def _head(session: Session, question: Question, name: QuestionName, until: date) -> Answer | None:
    """Who leads a unit, by the fact that it was formed."""
    if (
        question.answer_type is not AnswerType.WHO
        or question.cue is not BY_NAME["role"]
        or any(one in question.text.lower() for one in TITLES)
    ):
        return None
    for fact in facts_about(session, name.id or 0, until, predicates=("unit_formed",)):
        head = fact.qualifiers.get("head")
        if head and fact.object_id == name.id:
            return Answer(f"{head} ({_when(fact)}).", _citations(session, [fact]))
    return None


def _covering(session: Session, question: Question, names: Sequence[QuestionName], until: date) -> list[Fact]:
    """The facts that hold all that is asked, what stands now first."""
    predicates = _predicates(question)
    found = facts_about(session, names[0].id or 0, until, predicates=predicates) if predicates else []
    found = [fact for fact in found if fact.origin in GIVEN and fact.rank != "deprecated"]
    entities = by_id(session, (key for fact in found for key in (fact.subject_id, fact.object_id) if key is not None))
    kept = [fact for fact in found if _holds(question, fact, entities)]
    if not question.times.period.bounded:
        events = [fact for fact in kept if PREDICATES[fact.predicate].holds is Succession.EVENT]
        lasting = [fact for fact in kept if PREDICATES[fact.predicate].holds is not Succession.EVENT]
        standing = standings(lasting, until)
        kept = [*events, *(fact for one in standing for fact in (one.current, *one.rivals))]
    own = [fact for fact in kept if question.cue is not None and fact.predicate == question.cue.name]
    return sorted(
        own or kept,
        key=lambda fact: (fact.rank != "preferred", _is_special(fact), -fact.said_on.toordinal(), fact.id or 0),
    )


def _is_special(fact: Fact) -> bool:
    """Whether a value holds in special cases only: a tier of a price, a limit of the input alone."""
    return bool(fact.qualifiers.get("tier") or fact.qualifiers.get("direction"))


def _predicates(question: Question) -> tuple[str, ...]:
    if {word for one in question.content for word in words(one)} & OPENNESS and (
        question.cue is None or question.cue.name in ("released", "licence")
    ):
        return ("openness", "licence")
    if question.cue is None:
        return ()
    return tuple(name for name in question.cue.answered_by if name in PREDICATES)


def _holds(question: Question, fact: Fact, entities: Mapping[int, Entity]) -> bool:
    """Whether a fact covers the names, the period and every content word of the question."""
    ends = {fact.subject_id, fact.object_id}
    fact_words = tuple(
        words(f"{fact_phrase(fact, entities, fact.subject_id)} {entities[fact.subject_id].name}".replace("-", " "))
    )
    for name in question.names:
        if name.id not in ends and not any(find_words(form, fact_words) >= 0 for form in name.forms):
            return False
    if (
        question.answer_type in (AnswerType.MONEY, AnswerType.SIZE, AnswerType.TOKENS, AnswerType.SCORE)
        and fact.value is None
    ):
        return False
    if question.answer_type is AnswerType.MONEY and not fact.unit[:3].isupper():
        return False
    if question.answer_type is AnswerType.PERCENT and fact.unit != "%":
        return False
    if fact.predicate == "benchmark_score" and not any(name.kind == "benchmark" for name in question.names):
        return False
    if question.times.period.bounded and not _in(fact, question):
        return False
    if not _says_who_founded(question, fact):
        return False
    if fact.predicate in ("role", "appointed") and not _of_the_role(question, fact):
        return False
    covered = {*fact_words, *(word for keyword in PREDICATES[fact.predicate].keywords for word in words(keyword))}
    for one in (*question.content, *([question.unit] if question.answer_type is AnswerType.COUNT else [])):
        for word in words(one):
            group = {word, *SYNONYMS.get(word, ())}
            if (
                not group & covered
                and word not in UNSPECIFIC
                and not (word in OPENNESS and fact.predicate == "licence")
            ):
                return False
    return True


def _says_who_founded(question: Question, fact: Fact) -> bool:
    """Whether a fact may answer a question about founding; all others pass.

    Who founded a product is asked of its release; who founded a company is not. A company's year alone doesn't say who.
    """
    if fact.predicate == "released" and question.cue is BY_NAME["founded"]:
        return fact.object_id in (name.id for name in question.names)
    return fact.predicate != "founded" or fact.object_id is not None or question.answer_type is not AnswerType.WHO


def _of_the_role(question: Question, fact: Fact) -> bool:
    """Whether a role is the one asked for: a chief scientist is not the leader."""
    role = " ".join(words(str(fact.qualifiers.get("role", ""))))
    wanted = [title for title in TITLES if re.search(rf"\b{title}\b", question.text, re.IGNORECASE)]
    if not wanted:
        return not re.search(r"\b(?:leads?|runs?|heads?|in charge)\b", question.text) or bool(_LEADS.search(role))
    return any(" ".join(words(title)) in role or (title == "ceo" and "chief execut" in role) for title in wanted)


def _in(fact: Fact, question: Question) -> bool:
    """Whether a fact belongs to the period asked for: it began, held or was published in it."""
    first, last = question.times.period.first.isoformat(), question.times.period.last.isoformat()
    if fact.valid_from and not fact.valid_to:
        size = len(fact.valid_from)
        return first[:size] <= fact.valid_from <= last[:size]
    if fact.valid_from and fact.valid_to:
        return fact.valid_from <= last and first[: len(fact.valid_to)] <= fact.valid_to
    return fact.said_on in question.times.period


def _answer(
    session: Session, question: Question, name: QuestionName, facts: list[Fact], entities: Mapping[int, Entity]
) -> Answer:
    """The answer that some facts give, in the form that the question asks for."""
    best = facts[0]
    if question.type is QuestionType.SUM:
        return _sum(session, facts)
    if question.type is QuestionType.YES_NO:
        some = facts[:3] if best.predicate in ("openness", "licence") else facts[:1]
        own = question.cue is None or best.predicate == question.cue.name
        settled = "" if best.status in ("rumoured", "in talks", "conditional", "planned") else "Yes. "
        lead = "No. " if best.status == "denied" else settled if own else "I found no source that says so. "
        if best.predicate in ("openness", "licence"):
            lead = "Sources describe it differently. " if len(some) > 1 else ""
        told = "; ".join(_line(fact, name, entities) for fact in some)
        return Answer(f"{lead}{told}.", _citations(session, some))
    if question.answer_type is AnswerType.DATE:
        return Answer(f"{name.text}, {PREDICATES[best.predicate].phrase}: {_when(best)}.", _citations(session, [best]))
    if question.answer_type in (AnswerType.WHO, AnswerType.NAME) or question.type is QuestionType.LIST:
        return _names(session, question, name, facts, entities)
    if best.predicate == "price":
        some = [fact for fact in facts if fact.said_on == best.said_on][:LISTED]
        side = next((word for word in ("output", "input") if word in question.text.lower()), "")
        some = [fact for fact in some if not side or fact.qualifiers.get("token_type") == side] or some
        told = ", ".join(map(_amount, some))
        return Answer(f"{name.text}, price: {told}.", _citations(session, some))
    beneath = facts_by_key(session, [best.additional_to]) if best.additional_to else []
    some = [best, *beneath]
    told = ", in addition to ".join(map(value_with_period, some)) if beneath else _held(best)
    against = [fact for fact in facts[1:] if best.key == fact.disagrees_with or fact.key == best.disagrees_with]
    told += "".join(f"; another source says {_held(fact)} ({_when(fact)})" for fact in against[:1])
    others = dict.fromkeys(entities[key].name for key in (best.subject_id, best.object_id) if key is not None)
    head = f"{', '.join(others)}, {PREDICATES[best.predicate].name.replace('_', ' ')}"
    return Answer(f"{head}: {told}.", _citations(session, [*some, *against[:1]]))


def _sum(session: Session, facts: Sequence[Fact]) -> Answer:
    added = totals([*facts, *facts_by_key(session, [fact.additional_to for fact in facts if fact.additional_to])])
    first = added[0]
    terms = " + ".join(_held(fact) for fact in first.terms)
    if len(first.terms) == 1:
        return Answer(f"{terms}.", _citations(session, first.terms))
    return Answer(f"{terms} = {amount_words(first.value, first.unit)}.", _citations(session, first.terms))


def _names(
    session: Session, question: Question, name: QuestionName, facts: Sequence[Fact], entities: Mapping[int, Entity]
) -> Answer:
    """The other entities of the facts: who made it, what was released, who joined."""
    found: dict[str, Fact] = {}
    for fact in facts:
        other = fact.object_id if fact.subject_id == name.id else fact.subject_id
        if other is not None and other not in {one.id for one in question.names}:
            found.setdefault(entities[other].name, fact)
    if not found:
        return Answer(f"{_line(facts[0], name, entities)}.", _citations(session, facts[:1]))
    several = question.type is QuestionType.LIST or question.answer_type is AnswerType.NAME
    rows = list(found.items())[: LISTED if several else 1]
    dated = ", ".join(f"{other} ({_when(fact)})" for other, fact in rows)
    return Answer(f"{dated}.", _citations(session, [fact for _, fact in rows]))


def _newest(session: Session, family: QuestionName, until: date) -> Answer | None:
    """The newest of a family by date of release."""
    inside = select(Parent.entity_id).where(Parent.parent_id == family.id)
    query = (
        select(Fact, Entity)
        .join(Entity, col(Entity.id) == Fact.object_id)
        .where(
            Fact.predicate == "released",
            Fact.said_on <= until,
            col(Fact.retired_at).is_(None),
            col(Fact.origin).in_(GIVEN),
            or_(
                col(Fact.object_id).in_(inside),
                Fact.subject_id == family.id,
                col(Entity.name).istartswith(f"{family.text} ", autoescape=True),
            ),
        )
    )
    out = [(fact, entity) for fact, entity in session.exec(query) if (fact.valid_from or "")[:10] <= until.isoformat()]
    if not out:
        return None
    fact, entity = max(out, key=lambda row: (row[0].valid_from or row[0].said_on.isoformat(), row[0].id or 0))
    return Answer(f"{entity.name} ({_when(fact)}).", _citations(session, [fact]))


def _compared(session: Session, question: Question, names: Sequence[QuestionName], until: date) -> Answer | None:
    """One fact of each name compared: which has more, or which came first."""
    rows: list[tuple[str, Fact]] = []
    for name in names:
        if name.id is None:
            return None
        others = tuple(one for one in question.names if one.kind == "benchmark")
        cue = BY_NAME["released"] if question.type is QuestionType.ORDER else question.cue
        alone = replace(question, names=(name, *others), content=(), type=QuestionType.FACT, cue=cue)
        facts = _covering(session, alone, [name], until)
        if question.type is QuestionType.ORDER:
            facts = [fact for fact in facts if fact.predicate == "released" and fact.object_id == name.id]
            facts.sort(key=lambda fact: fact.valid_from or fact.said_on.isoformat())
        else:
            facts = [fact for fact in facts if fact.value is not None]
        if not facts:
            return None
        rows.append((name.text, facts[0]))
    if question.type is QuestionType.ORDER:
        rows.sort(key=lambda row: row[1].valid_from or row[1].said_on.isoformat())
        (first, one), *rest = rows
        told = " and ".join(f"{text} ({_when(fact)})" for text, fact in rest)
        return Answer(f"{first} ({_when(one)}) came before {told}.", _citations(session, [fact for _, fact in rows]))
    if len({fact.unit for _, fact in rows}) != 1:
        return None
    sign = 1 if LESS.search(question.text) else -1
    (first, one), *rest = sorted(rows, key=lambda row: sign * (row[1].value or 0.0))
    told = ", ".join(f"{_amount(fact)} for {text}" for text, fact in rest)
    return Answer(f"{first}: {_amount(one)}, compared with {told}.", _citations(session, [fact for _, fact in rows]))


def _line(fact: Fact, name: QuestionName, entities: Mapping[int, Entity]) -> str:
    seen_from = name.id if name.id in (fact.subject_id, fact.object_id) and name.id is not None else fact.subject_id
    phrase = fact_phrase(fact, entities, seen_from)
    dated = bool(fact.valid_from) and period_words(fact) in phrase
    return f"{entities[seen_from].name}: {phrase}" + ("" if dated else f" ({_date(fact)})")


def _amount(fact: Fact) -> str:
    return amount_words(fact.value or 0.0, fact.unit, fact.op, fact.high) + parenthetical(fact)


def _held(fact: Fact) -> str:
    return value_with_period(fact) + parenthetical(fact)


def _when(fact: Fact) -> str:
    """The day or month of a fact, with its status where it is unconfirmed."""
    return f"{_date(fact)}, {fact.status}" if fact.status in UNCONFIRMED else _date(fact)


def _date(fact: Fact) -> str:
    when = fact.valid_from or fact.said_on.isoformat()
    if len(when) == 10:
        day = date.fromisoformat(when)
        return f"{day.day} {day:%B %Y}"
    return f"{date.fromisoformat(when + '-01'):%B %Y}" if len(when) == 7 else when


def _citations(session: Session, facts: Sequence[Fact]) -> tuple[Citation, ...]:
    """The first source of each fact, quoted or linked."""
    found: dict[str, Citation] = {}
    by_fact = fact_sources(session, list(facts))
    for fact in facts:
        for source in by_fact.get(fact.id or 0, ())[:1]:
            day = source.said_on or fact.said_on
            found.setdefault(source.url, Citation("", source.url, site_of(source.url), day, source.quote))
    return tuple(found.values())
