"""Puts a fact into words: "compute deal with CoreWeave: $21B (2027–2032), in addition to $14.2B (to 2031)". Pure."""

import re
from collections.abc import Collection, Mapping
from datetime import date

from models.entity import Entity
from models.fact import UNREALISED, Fact
from models.measure import amount_words
from models.predicate import PREDICATES

UNCONFIRMED = ("reported", *UNREALISED, "disputed")
"""Statuses that are shown with a fact."""

BOUNDS = ("op", "bound")
"""Qualifiers that bound the number ("over", "up to") and stand before it."""

MEASURES = ("benchmark", "leaderboard")
"""Qualifiers that name what is measured and follow the phrase."""

_PREFIXES = {"claimed_by": "claimed by ", "evaluator": "measured by ", "stake": "stake ", "topic": "on "}
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
    """The period for which a fact holds: "2027–2032", "Apr 2026 – Mar 2027", "to 2031", "9 Apr 2026", or ""."""
    if fact.valid_from and fact.valid_to and fact.valid_from != fact.valid_to:
        dash = "–" if len(fact.valid_from) == len(fact.valid_to) == 4 else " – "
        return f"{date_words(fact.valid_from)}{dash}{date_words(fact.valid_to)}"
    if fact.valid_to and not fact.valid_from:
        return f"to {date_words(fact.valid_to)}"
    return date_words(fact.valid_from)


def value_words(fact: Fact) -> str:
    """Number of a fact with bounds and unit, and its text: "about $21B", "10–20 GW", or ""."""
    parts = []
    if fact.value is not None:
        bound = " ".join(str(word) for name, word in fact.qualifiers.items() if name in BOUNDS)
        much = amount_words(fact.value, fact.unit, "" if bound else fact.op, fact.high)
        parts.append(f"{bound} {much}".strip())
    if fact.text:
        parts.append(fact.text)
    return ", ".join(parts)


def value_with_period(fact: Fact) -> str:
    """Value of a fact with its period: "$21B for 2027–2032", "$14.2B through 2031"."""
    value = value_words(fact) or PREDICATES[fact.predicate].phrase
    if fact.valid_to and not fact.valid_from:
        return f"{value} through {date_words(fact.valid_to)}"
    when = period_words(fact)
    return f"{value} for {when}" if fact.valid_to and when else value


def parenthetical(fact: Fact) -> str:
    """Qualifiers and status after the value, in parentheses: " (input, reported)", " (debt)", or ""."""
    words = [
        _PREFIXES.get(name, "") + str(value)
        for name, value in fact.qualifiers.items()
        if _is_plain_qualifier(name, value)
    ]
    words = [word for word in words if word not in (fact.valid_from, period_words(fact))]
    if fact.status in UNCONFIRMED:
        words.append(fact.status)
    return f" ({', '.join(words)})" if words else ""


def _is_plain_qualifier(name: str, value: object) -> bool:
    return name not in BOUNDS and name not in MEASURES and value != ""


def fact_phrase(fact: Fact, entities: Mapping[int, Entity], seen_from: int, more: Fact | None = None) -> str:
    """A fact in words from the side of one of its entities (an id); `more` is the fact that it adds to."""
    predicate = PREDICATES[fact.predicate]
    # Without an object, "partnership with" loses its "with": the text names the partner.
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
    value = value_words(fact)
    return (f"{head}: {value}" if value else head) + _details(fact, more)


def fact_detail(
    fact: Fact,
    entities: Mapping[int, Entity],
    seen_from: int,
    more: Fact | None = None,
    in_heading: Collection[str] = (),
) -> str:
    """The same without the predicate, under its heading: "CoreWeave: $21B (2027–2032)", "GPQA Diamond: 90%".

    `in_heading`: qualifiers that the heading states as well.
    """
    head = "" if set(MEASURES) & set(in_heading) else _measure(fact)
    if fact.object_id is not None:
        head = entities[fact.object_id if seen_from == fact.subject_id else fact.subject_id].name
    elif seen_from != fact.subject_id:
        head = entities[fact.subject_id].name
    value = value_words(fact)
    when = period_words(fact)
    words = ": ".join(filter(None, [head, value])) or when or PREDICATES[fact.predicate].phrase
    return words + _details(fact, more, in_heading, told=words)


def _measure(fact: Fact) -> str:
    """The benchmark or leaderboard of a score or rank, or ""."""
    return next((str(fact.qualifiers[name]) for name in MEASURES if fact.qualifiers.get(name)), "")


def _details(fact: Fact, more: Fact | None, in_heading: Collection[str] = (), told: str = "") -> str:
    """What follows the value: qualifiers, the period unless it was all that was `told`, the fact it adds to, status."""
    words = ""
    when = period_words(fact)
    extra = [
        _PREFIXES.get(name, "") + str(value)
        for name, value in fact.qualifiers.items()
        if name not in (*BOUNDS, *in_heading)
        and (name not in MEASURES or fact.object_id is not None)
        and value not in ("", fact.valid_from, when)
    ]
    if when and when != told:
        extra.append(when)
    if extra:
        words += f" ({', '.join(extra)})"
    if more is not None and more.value is not None:
        until = period_words(more)
        words += f", in addition to {amount_words(more.value, more.unit)}" + (f" ({until})" if until else "")
    return f"{words}, {fact.status}" if fact.status in UNCONFIRMED else words
