"""Retrieval: the passages that best match the terms of a query. Full text over stored articles, in two stages.

    query terms -> rarest names and words: up to 300 candidates -> BM25 over all terms x outlet x period

The index finds candidates by the rarest terms, which stays fast however many articles there are; only those are read
and scored by all terms (BM25: Robertson, Zaragoza 2009, "The Probabilistic Relevance Framework", eq. 3.15).
"""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import combinations

from sqlmodel import Session

from answers.language.sentences import find_words
from answers.language.time_range import EVER, Period
from answers.retrieve.query_terms import QueryTerms
from gazetteer.words import distinctive_words, words
from models.count import hour_of
from models.full_text import IndexedText, articles_with, indexed_texts, month_word

MAX_CANDIDATES = 300
"""Articles that are read ..."""

READ_CHARS = 1000
"""... and the characters of each."""

MAX_SCORED = 90
"""The most promising candidates, which are scored by all terms."""

SHORT_WORD = 4
"""Letters of a word that has no ending to cut."""

MAX_UNITS = 5
"""Names and words of the query by which candidates are found, the rarest ..."""

MAX_GROUPS = 4
"""... and the combinations of each size that are tried."""

SCATTERED_NAME = 0.6
"""Factor for a passage that holds the words of a name, but not next to each other."""

NAME_BONUS = 3.0
"""Weight of a name beyond that of its words when candidates are chosen."""

OUTSIDE_PERIOD = 0.35
"""Factor for a passage from outside the period asked for."""

K1, B = 1.2, 0.75
"""BM25's usual constants."""

OUTLET_WEIGHTS = (("summary", 1.2), ("twitter", 1.05), ("reddit", 0.9), ("hacker news", 0.9), ("discord", 0.5))
"""Factor by what an outlet's name contains: editors' summaries rank above forums."""

RECENCY = 0.25
"""Gain of the newest passage when the newest is asked for; it falls by e per year of age."""


@dataclass(frozen=True)
class Passage:
    """A retrieved passage (one article) with its relevance."""

    id: int
    external_id: str
    url: str
    title: str
    text: str
    outlet: str
    said_on: date
    score: float
    outlet_weight: float = 1.0


def outlet_weight(outlet: str) -> float:
    """The factor for an outlet's passages."""
    low = outlet.lower()
    return next((weight for name, weight in OUTLET_WEIGHTS if name in low), 1.0)


def search(
    session: Session,
    terms: QueryTerms,
    until: date,
    period: Period = EVER,
    latest: bool = False,
    limit: int = 20,
    names: Sequence[Sequence[tuple[str, ...]]] = (),
) -> list[Passage]:
    """The best matching passages, best first; none is later than `until`.

    Passages outside the period rank lower; `latest` prefers the newest. `names`: for each name of the question the
    word sequences that stand for it.
    """
    ids = _candidates(session, terms.weights, until, period, [forms[0] for forms in names if forms])
    rows = _likely(indexed_texts(session, ids), terms.weights, period, max(limit, MAX_SCORED))
    texts_of = [tuple(words(f"{row.title} {row.summary[:READ_CHARS]}")) for row in rows]
    bags = [Counter(tokens) for tokens in texts_of]
    mean = sum(map(Counter.total, bags)) / max(len(bags), 1)
    found = []
    for article, bag, tokens in zip(rows, bags, texts_of, strict=True):
        day = article.published_at.astimezone(UTC).date()
        if day > until:
            continue
        length = K1 * (1 - B + B * bag.total() / mean)
        score = sum(
            weight * bag[word] * (K1 + 1) / (bag[word] + length)
            for word, weight in terms.weights.items()
            if word in bag
        )
        weight = outlet_weight(article.outlet)
        score *= weight * SCATTERED_NAME ** sum(all(find_words(form, tokens) < 0 for form in forms) for forms in names)
        if period is not EVER:
            score *= 1.0 if day in period else OUTSIDE_PERIOD
        if latest:
            score *= 1 + RECENCY * math.exp(-(until - day).days / 365) if until != date.max else 1.0
        found.append(
            Passage(
                article.id,
                article.external_id,
                article.url,
                article.title,
                article.summary,
                article.outlet,
                day,
                score,
                weight,
            )
        )
    return sorted(found, key=lambda one: (-one.score, one.id))[:limit]


def _likely(rows: list[IndexedText], weights: dict[str, float], period: Period, most: int) -> list[IndexedText]:
    """The most promising candidates, judged by letters alone: fast, as nothing is split into words or stemmed."""
    if len(rows) <= most:
        return rows
    # One letter more is cut than the stemmer cuts: "compan" is in "company", "compani" is not.
    beginnings = [(word[:-1] if len(word) > SHORT_WORD else word, weight) for word, weight in weights.items()]

    def promise(row: IndexedText) -> float:
        text = f"{row.title} {row.summary[:READ_CHARS]}".lower()
        held = sum(weight for beginning, weight in beginnings if beginning in text) * outlet_weight(row.outlet)
        return held if row.published_at.astimezone(UTC).date() in period else OUTSIDE_PERIOD * held

    return sorted(rows, key=lambda row: (-promise(row), row.id))[:most]


def _candidates(
    session: Session, weights: dict[str, float], until: date, period: Period, names: Sequence[tuple[str, ...]]
) -> list[int]:
    """Ids of articles that hold all names and the rarest words of a query, then all but one, ... down to any one.

    A name counts as one unit. First those of the period's months, then any.
    """
    hour = None
    if until < date.max - timedelta(days=1):
        hour = hour_of(datetime(until.year, until.month, until.day, 23, tzinfo=UTC))
    units = {name: sum(weights.get(word, 0.0) for word in name) + NAME_BONUS for name in names}
    taken = {word for name in names for word in name}
    units |= {(word,): weight for word, weight in weights.items() if word not in taken}
    best = sorted(units, key=lambda unit: -units[unit])[:MAX_UNITS]
    found: dict[int, None] = {}
    months = list(_months(period)) if period is not EVER else []
    for some in ([months] if months else []) + [[]]:
        for number in range(len(best), 0, -1):
            groups = sorted(combinations(best, number), key=lambda group: -sum(units[unit] for unit in group))
            for group in groups[:MAX_GROUPS]:
                needed = [word for unit in group for word in distinctive_words(unit)]
                found.update(dict.fromkeys(articles_with(session, needed, some, hour, MAX_CANDIDATES)))
                if len(found) >= MAX_CANDIDATES:
                    return list(found)[:MAX_CANDIDATES]
    return list(found)


def _months(period: Period) -> Iterator[str]:
    day = period.first.replace(day=1)
    while day <= period.last and (day - period.first).days < 800:
        yield month_word(day)
        day = (day + timedelta(days=32)).replace(day=1)
