"""The terms of a query: the words of a question, spelled as the index spells them, weighted by their rarity.

The weight is BM25's inverse document frequency (Robertson, Zaragoza 2009, "The Probabilistic Relevance Framework"),
with 1 added so that it stays positive: log(1 + (total - n + 0.5) / (n + 0.5)) for a word in n articles.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from rapidfuzz import fuzz, process
from sqlmodel import Session

from models.full_text import frequencies, similar_words

SIMILARITY = 84.0
"""Similarity (0 to 100) from which a word that is not in the index is read as one that is."""

LONG_WORD, LONG_WORD_SIMILARITY = 6, 78.0
"""Letters from which less similarity will do."""

LEAST_ARTICLES = 3
"""Articles that must hold each part of a word that is split in two."""

JOINED = 0.5
"""Weight of two neighbouring words written as one, relative to a word of the question."""


@dataclass(frozen=True)
class QueryTerms:
    """The words to search for with their weights, after spelling correction."""

    weights: dict[str, float] = field(default_factory=dict)
    corrections: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Words that were corrected, and the words that replace them."""


def query_terms(session: Session, typed: Sequence[str], total: int) -> QueryTerms:
    """The terms for the words of a question; total: articles in the index.

    A word that is not in the index is corrected to the most similar one that is, or split in two.
    """
    found = frequencies(session, list(typed))
    corrections: dict[str, tuple[str, ...]] = {}
    weights: dict[str, float] = {}
    for word in typed:
        replaced: tuple[str, ...] = (word,)
        if not found[word] and not word[0].isdigit():
            replaced = _nearest(session, word) or _split(session, word) or (word,)
            if replaced != (word,):
                corrections[word] = replaced
                found.update(frequencies(session, replaced))
        for one in replaced:
            weights[one] = _rarity(found[one], total)
    pairs = [first + second for first, second in pairwise(typed) if first.isalpha() and second.isalpha()]
    for pair, number in frequencies(session, pairs).items():
        # "deep mind" is written "deepmind".
        if number:
            weights.setdefault(pair, JOINED * _rarity(number, total))
    return QueryTerms(weights, corrections)


def _rarity(number: int, total: int) -> float:
    return math.log(1 + (total - number + 0.5) / (number + 0.5))


def _split(session: Session, word: str) -> tuple[str, ...]:
    """The two words that were typed as one, or nothing."""
    pairs = [(word[:cut], word[cut:]) for cut in range(3, len(word) - 2)]
    known = frequencies(session, [part for pair in pairs for part in pair])
    fit = [pair for pair in pairs if min(known[part] for part in pair) >= LEAST_ARTICLES]
    return max(fit, key=lambda pair: min(known[part] for part in pair), default=())


def _nearest(session: Session, word: str) -> tuple[str, ...]:
    """The most similar word of the index, or nothing; of equally similar ones the most frequent."""
    if len(word) < 4:
        return ()
    rows = similar_words(session, word[:1], 2, len(word) - 2, len(word) + 2)
    found = process.extract(
        word, [row[0] for row in rows], scorer=fuzz.ratio, limit=3, score_cutoff=LONG_WORD_SIMILARITY
    )
    least = SIMILARITY if len(word) < LONG_WORD else LONG_WORD_SIMILARITY
    best = [rows[at] for _, similarity, at in found if similarity >= least]
    return (max(best, key=lambda row: (fuzz.ratio(word, row[0]), row[1]))[0],) if best else ()
