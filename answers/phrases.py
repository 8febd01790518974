"""A fact in words: "compute deal with CoreWeave: $21B (2027–2032), in addition to $14.2B (to 2031)"."""

from collections.abc import Mapping

from models.entity import Entity
from models.fact import Fact
from models.predicate import PREDICATES

SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "CNY": "CN¥"}
UNSURE = ("reported", "rumoured", "planned", "denied", "disputed")
BOUNDS = ("op", "bound")
"""Qualifiers that say how the number is meant: "over", "up to"; they stand before it."""

SAID_BY = {"claimed_by": "claimed by ", "evaluator": "measured by ", "stake": "stake ", "topic": "on "}
SCALES = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "K"))


def number(value: float) -> str:
    """A number as people write it: 21B, 14.2B, 1,450, 0.25."""
    if abs(value) >= 10_000:
        # Rounded before the scale is chosen, or 999,999 would be 1000K.
        rounded = float(f"{value:.4g}")
        for scale, sign in SCALES:
            if abs(rounded) >= scale:
                return f"{rounded / scale:.4g}{sign}"
    return f"{value:,.10g}"


def amount(value: float, unit: str) -> str:
    """A value with its unit; the currency as stated, never converted."""
    currency, _, per = unit.partition("/")
    if currency in SIGNS:
        return f"{SIGNS[currency]}{number(value)}" + (f" per {per.removeprefix('1')}" if per else "")
    if unit == "%":
        return f"{number(value)}%"
    return f"{number(value)} {unit}".strip()


def period(fact: Fact) -> str:
    """When it holds: "2027–2032", "to 2031", "2026-04", or ""."""
    if fact.valid_from and fact.valid_to and fact.valid_from != fact.valid_to:
        return f"{fact.valid_from}–{fact.valid_to}"
    if fact.valid_to and not fact.valid_from:
        return f"to {fact.valid_to}"
    return fact.valid_from


def phrase(fact: Fact, entities: Mapping[int, Entity], seen_from: int, more: Fact | None = None) -> str:
    """A fact in words as seen from one of the two entities in it; `more` is the fact it comes on top of."""
    predicate = PREDICATES[fact.predicate]
    head = predicate.phrase
    parts = []
    if fact.object_id is not None:
        from_subject = seen_from == fact.subject_id
        other = entities[fact.object_id if from_subject else fact.subject_id].name
        head = f"{head if from_subject else predicate.inverse or head} {other}"
    elif seen_from != fact.subject_id:
        head = f"{entities[fact.subject_id].name}: {head}"
    if fact.value is not None:
        bound = " ".join(value for name, value in fact.qualifiers.items() if name in BOUNDS)
        parts.append(f"{bound} {amount(fact.value, fact.unit)}".strip())
    if fact.text:
        parts.append(fact.text)
    words = f"{head}: {', '.join(parts)}" if parts else head
    when = period(fact)
    extra = [
        SAID_BY.get(name, "") + value for name, value in fact.qualifiers.items() if name not in BOUNDS and value != when
    ]
    if when:
        extra.append(when)
    if extra:
        words += f" ({', '.join(extra)})"
    if more is not None and more.value is not None:
        until = period(more)
        words += f", in addition to {amount(more.value, more.unit)}" + (f" ({until})" if until else "")
    return f"{words}, {fact.status}" if fact.status in UNSURE else words
