"""A fact in words: "compute deal with CoreWeave: $21B (2027–2032), in addition to $14.2B (to 2031)"."""

import re
from collections.abc import Collection, Mapping
from datetime import date

from models.entity import Entity
from models.fact import Fact
from models.measure import amount_words
from models.predicate import PREDICATES

UNSURE = ("reported", "rumoured", "planned", "denied", "disputed")
BOUNDS = ("op", "bound")
"""Qualifiers that say how the number is meant: "over", "up to"; they stand before it."""

MEASURES = ("benchmark", "leaderboard")
"""Qualifiers that name what is measured: they stand with the head."""

SAID_BY = {"claimed_by": "claimed by ", "evaluator": "measured by ", "stake": "stake ", "topic": "on "}
_HANGING = re.compile(r" (?:with|of|on|by|in)$")


def date_words(iso: str) -> str:
    """Returns an ISO date at its own precision: "2027", "Apr 2026", "9 Apr 2026"."""
    if len(iso) == 7:
        return f"{date.fromisoformat(iso + '-01'):%b %Y}"
    if len(iso) == 10:
        day = date.fromisoformat(iso)
        return f"{day.day} {day:%b %Y}"
    return iso


def period_words(fact: Fact) -> str:
    """When it holds: "2027–2032", "Apr 2026 – Mar 2027", "to 2031", "9 Apr 2026", or ""."""
    if fact.valid_from and fact.valid_to and fact.valid_from != fact.valid_to:
        dash = "–" if len(fact.valid_from) == len(fact.valid_to) == 4 else " – "
        return f"{date_words(fact.valid_from)}{dash}{date_words(fact.valid_to)}"
    if fact.valid_to and not fact.valid_from:
        return f"to {date_words(fact.valid_to)}"
    return date_words(fact.valid_from)


def value_words(fact: Fact) -> str:
    """Its number with bounds and unit, and its text: "about $21B", "10–20 GW", or ""."""
    parts = []
    if fact.value is not None:
        bound = " ".join(str(word) for name, word in fact.qualifiers.items() if name in BOUNDS)
        much = amount_words(fact.value, fact.unit, "" if bound else fact.op, fact.high)
        parts.append(f"{bound} {much}".strip())
    if fact.text:
        parts.append(fact.text)
    return ", ".join(parts)


def value_with_period(fact: Fact) -> str:
    """Its number with the time for which it holds: "$21B for 2027–2032", "$14.2B through 2031"."""
    said = value_words(fact) or PREDICATES[fact.predicate].phrase
    if fact.valid_to and not fact.valid_from:
        return f"{said} through {date_words(fact.valid_to)}"
    when = period_words(fact)
    return f"{said} for {when}" if fact.valid_to and when else said


def parenthetical(fact: Fact) -> str:
    """What stands beside its number in brackets: " (input, reported)", " (debt)", or ""."""
    words = [SAID_BY.get(name, "") + str(said) for name, said in fact.qualifiers.items() if _is_beside(name, said)]
    words = [word for word in words if word not in (fact.valid_from, period_words(fact))]
    if fact.status in UNSURE:
        words.append(fact.status)
    return f" ({', '.join(words)})" if words else ""


def _is_beside(name: str, said: object) -> bool:
    return name not in BOUNDS and name not in MEASURES and said != ""


def fact_phrase(fact: Fact, entities: Mapping[int, Entity], seen_from: int, more: Fact | None = None) -> str:
    """A fact in words as seen from one of the two entities in it; `more` is the fact it comes on top of."""
    predicate = PREDICATES[fact.predicate]
    # "Partnership with" nobody in particular: the text says with whom.
    head = (
        predicate.phrase if fact.object_id is not None or not predicate.object else _HANGING.sub("", predicate.phrase)
    )
    if fact.object_id is not None:
        from_subject = seen_from == fact.subject_id
        other = entities[fact.object_id if from_subject else fact.subject_id].name
        head = f"{head if from_subject else predicate.inverse or head} {other}"
    else:
        measure = _measure(fact)
        head = f"{head} {measure}" if measure else head
        head = head if seen_from == fact.subject_id else f"{entities[fact.subject_id].name}: {head}"
    said = value_words(fact)
    return (f"{head}: {said}" if said else head) + _beside(fact, more)


def fact_detail(
    fact: Fact,
    entities: Mapping[int, Entity],
    seen_from: int,
    more: Fact | None = None,
    told: Collection[str] = (),
) -> str:
    """The same under a heading that names the predicate: "CoreWeave: $21B (2027–2032)", "GPQA Diamond: 90%".

    `told` are qualifiers that the heading names too.
    """
    head = "" if set(MEASURES) & set(told) else _measure(fact)
    if fact.object_id is not None:
        head = entities[fact.object_id if seen_from == fact.subject_id else fact.subject_id].name
    elif seen_from != fact.subject_id:
        head = entities[fact.subject_id].name
    said = value_words(fact)
    words = ": ".join(filter(None, [head, said])) or PREDICATES[fact.predicate].phrase
    return words + _beside(fact, more, told)


def _measure(fact: Fact) -> str:
    """What a score or rank is on."""
    return next((str(fact.qualifiers[name]) for name in MEASURES if fact.qualifiers.get(name)), "")


def _beside(fact: Fact, more: Fact | None, told: Collection[str] = ()) -> str:
    """What stands after a fact's words: its other qualifiers, its period, what it comes on top of, its status."""
    words = ""
    when = period_words(fact)
    extra = [
        SAID_BY.get(name, "") + str(value)
        for name, value in fact.qualifiers.items()
        if name not in (*BOUNDS, *told)
        and (name not in MEASURES or fact.object_id is not None)
        and value not in ("", fact.valid_from, when)
    ]
    if when:
        extra.append(when)
    if extra:
        words += f" ({', '.join(extra)})"
    if more is not None and more.value is not None:
        until = period_words(more)
        words += f", in addition to {amount_words(more.value, more.unit)}" + (f" ({until})" if until else "")
    return f"{words}, {fact.status}" if fact.status in UNSURE else words
