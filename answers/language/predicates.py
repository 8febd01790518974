"""A predicate by what people type for it: its name, phrase, topic or keywords. Pure."""

import re
from dataclasses import dataclass
from functools import cache

from rapidfuzz import fuzz, process

from gazetteer.spelling import fold
from models.predicate import PREDICATES, Predicate

NEAR = 60.0
"""Similarity (0 to 100) from which a spelling is worth suggesting."""


@dataclass(frozen=True)
class PredicateMatch:
    """A predicate in a typed statement, with the text before and after it. `inverse`: the object comes first."""

    predicate: Predicate
    before: str
    after: str
    inverse: bool = False


def predicates_named(words: str) -> list[Predicate]:
    """The predicates that typed words name: "price", "compute deals", "funding" (a topic has several)."""
    typed = _bare(words)
    for spellings in (_names(), _topics(), _keywords()):
        if found := spellings.get(typed) or spellings.get(typed.removesuffix("s")) or spellings.get(f"{typed}s"):
            return list(found)
    return []


def similar_predicates(words: str, limit: int = 4) -> list[Predicate]:
    """Predicates whose name, phrase, topic or keywords are spelled alike, most similar first."""
    spellings = {**_keywords(), **_topics(), **_names()}
    found = process.extract(_bare(words), list(spellings), scorer=fuzz.ratio, limit=limit * 3, score_cutoff=NEAR)
    return list(dict.fromkeys(one for spelling, _, _ in found for one in spellings[spelling][:1]))[:limit]


def split_statement(sentence: str) -> PredicateMatch | None:
    """The predicate of a typed statement ("Meta compute deal with CoreWeave $21B"); None where it names none.

    Names and phrases win over keywords, longer spellings over shorter, then the first in the sentence; the subject
    must come before it.
    """
    text = sentence.replace("_", " ")
    for spellings in ({**_inverses(), **_names()}, _keywords()):
        for spelling in sorted(spellings, key=lambda one: (-len(one), one)):
            match = re.search(rf"(?<=\S)\s+{re.escape(spelling)}(?![^\W_]|=)", text, re.IGNORECASE)
            if match:
                inverse = spelling in _inverses() and spelling not in _names()
                before, after = sentence[: match.start()].strip(" ,:"), sentence[match.end() :].strip(" ,:=")
                return PredicateMatch(spellings[spelling][0], before, after, inverse)
    return None


def _bare(words: str) -> str:
    return fold(words.replace("_", " "))


@cache
def _names() -> dict[str, tuple[Predicate, ...]]:
    """Names and phrases; a phrase that two predicates share names neither."""
    found: dict[str, tuple[Predicate, ...]] = {}
    for predicate in PREDICATES.values():
        found.setdefault(_bare(predicate.phrase), ())
        found[_bare(predicate.phrase)] += (predicate,)
    found = {spelling: some for spelling, some in found.items() if len(some) == 1}
    return {**found, **{_bare(name): (predicate,) for name, predicate in PREDICATES.items()}}


@cache
def _inverses() -> dict[str, tuple[Predicate, ...]]:
    return {
        _bare(predicate.inverse): (predicate,)
        for predicate in PREDICATES.values()
        if predicate.inverse and not predicate.symmetric and len(predicate.inverse) > 3  # not "has"
    }


@cache
def _topics() -> dict[str, tuple[Predicate, ...]]:
    found: dict[str, tuple[Predicate, ...]] = {}
    for predicate in PREDICATES.values():
        found[_bare(predicate.topic)] = (*found.get(_bare(predicate.topic), ()), predicate)
    return found


@cache
def _keywords() -> dict[str, tuple[Predicate, ...]]:
    found: dict[str, tuple[Predicate, ...]] = {}
    for predicate in PREDICATES.values():
        for words in predicate.keywords:
            found.setdefault(_bare(words), (predicate,))
    return found
