"""Which of several statements currently holds: supersession, disagreement and sums. Pure: no store, no clock."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from models.fact import UNREALISED, Fact
from models.predicate import PREDICATES, Succession

DISAGREEMENT_SPAN = timedelta(days=7)
"""Statements said within this span disagree; a later one is news, and supersedes."""

ROUNDING = 0.015
"""Relative difference up to which two amounts are the same one, rounded differently."""

MIN_CERTAINTY = 0.5
"""Certainty from which a statement may supersede another: a single forum post stays below it, and is shown beside it.
"""

_RANK = {"preferred": 2, "normal": 1, "deprecated": 0}


@dataclass(frozen=True)
class Standing:
    """What holds among the statements on one thing (a subject, a predicate and its separators)."""

    current: Fact
    rivals: tuple[Fact, ...] = ()
    """Statements that disagree and are not superseded: shown beside the current one."""
    older: tuple[Fact, ...] = ()
    """Superseded statements, newest first."""


@dataclass(frozen=True)
class Total:
    """A sum with its terms; in one currency or unit, never converted."""

    value: float
    unit: str
    terms: tuple[Fact, ...]


def separation_key(fact: Fact) -> tuple[str, ...]:
    """What separates a fact from others with the same subject and predicate."""
    predicate = PREDICATES[fact.predicate]
    values = [" ".join(str(fact.qualifiers.get(name, "")).casefold().split()) for name in predicate.separators]
    return (*values, fact.unit) if predicate.unit else tuple(values)


def speaks_from(fact: Fact, on: date) -> str:
    """The day from which a fact applies: its stated start if it has begun by `on`, else the day it was last said by
    then.

    Dates with only a month or a year count as their first day.
    """
    begun = (fact.valid_from + "-01-01")[:10] if len(fact.valid_from) in (4, 7) else fact.valid_from
    said_on = fact.last_said if fact.last_said <= on else fact.said_on
    return max(begun, said_on.isoformat()) if begun and begun <= on.isoformat() else said_on.isoformat()


def holds_on(fact: Fact, on: date) -> bool:
    """Whether a fact's stated period includes a day; True without a period."""
    day = on.isoformat()
    return fact.valid_from <= day and (not fact.valid_to or day[: len(fact.valid_to)] <= fact.valid_to)


def same_statement(one: Fact, other: Fact) -> bool:
    """Whether two statements say the same."""
    if one.value is not None and other.value is not None:
        return one.unit == other.unit and same_but_rounded(one.value, other.value) and one.object_id == other.object_id
    return (one.value, one.object_id, one.text.casefold()) == (other.value, other.object_id, other.text.casefold())


def same_but_rounded(one: float, other: float) -> bool:
    """Whether two numbers are the same one, rounded differently."""
    return abs(one - other) <= ROUNDING * max(abs(one), abs(other))


def standings(facts: Iterable[Fact], on: date) -> list[Standing]:
    """What holds on a day, for each subject, predicate and separators; each event stands by itself."""
    groups: dict[tuple[object, ...], list[Fact]] = {}
    for fact in facts:
        event = PREDICATES[fact.predicate].holds is Succession.EVENT
        key = (fact.subject_id, fact.predicate, *separation_key(fact), fact.id if event else None)
        groups.setdefault(key, []).append(fact)
    return [_standing(group, on) for group in groups.values()]


def _standing(group: Sequence[Fact], on: date) -> Standing:
    fixed = PREDICATES[group[0].predicate].holds is Succession.FIXED

    def order(fact: Fact) -> tuple[object, ...]:
        first = (
            _RANK.get(fact.rank, 1),
            fact.status not in UNREALISED,
            fact.certainty >= MIN_CERTAINTY,
            holds_on(fact, on),
        )
        return (
            (*first, fact.certainty, speaks_from(fact, on))
            if fixed
            else (*first, speaks_from(fact, on), fact.certainty)
        )

    current, *rest = sorted(group, key=lambda fact: (order(fact), -(fact.id or 0)), reverse=True)
    rivals: list[Fact] = []
    older: list[Fact] = []
    for fact in rest:
        denial = fact.status == "denied"
        if same_statement(fact, current) and not denial:
            continue
        gap = date.fromisoformat(speaks_from(current, on)) - date.fromisoformat(speaks_from(fact, on))
        linked = current.key in (fact.disagrees_with,) or fact.key == current.disagrees_with
        at_odds = linked or denial or fact.status == "disputed" or fixed or abs(gap) <= DISAGREEMENT_SPAN
        (rivals if at_odds and not _disjoint(fact, current) else older).append(fact)
    return Standing(current, tuple(rivals), tuple(older))


def _disjoint(one: Fact, other: Fact) -> bool:
    """Whether the stated periods don't overlap: then both hold, each in its own."""
    return bool(
        (one.valid_to and other.valid_from and one.valid_to < other.valid_from)
        or (other.valid_to and one.valid_from and other.valid_to < one.valid_from)
    )


def totals(facts: Iterable[Fact]) -> list[Total]:
    """Sums of statements that add up, one per unit, largest first.

    An amount that is stated twice counts once (the most certain one). Disputed statements and those of what has not
    happened don't count, nor do statements without a number.
    """
    terms: dict[str, list[Fact]] = {}
    usable = [
        fact
        for fact in facts
        if fact.value is not None and fact.status not in (*UNREALISED, "disputed") and fact.rank != "deprecated"
    ]
    for fact in sorted(usable, key=lambda fact: (-fact.certainty, fact.said_on, fact.id or 0)):
        counted = terms.setdefault(fact.unit, [])
        if not any(_repeated(fact, other) for other in counted):
            counted.append(fact)
    sums = [
        Total(
            sum(fact.value or 0.0 for fact in summed),
            unit,
            tuple(sorted(summed, key=lambda fact: (fact.valid_to or fact.said_on.isoformat(), fact.id or 0))),
        )
        for unit, summed in terms.items()
    ]
    return sorted(sums, key=lambda total: -total.value)


def _repeated(fact: Fact, other: Fact) -> bool:
    """Whether a term repeats another one: the same amount, or the same round of the same subject."""
    if (fact.subject_id, fact.predicate, fact.object_id) != (other.subject_id, other.predicate, other.object_id):
        return False
    if fact.additional_to == other.key or other.additional_to == fact.key:
        return False
    if same_but_rounded(fact.value or 0.0, other.value or 0.0):
        return True
    separators = [name for name in PREDICATES[fact.predicate].separators if name != "additional_to"]
    named = [(fact.qualifiers.get(name), other.qualifiers.get(name)) for name in separators]
    return any(one and one == two for one, two in named)
