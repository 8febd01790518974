"""The passages that answer a question best: full text over stored articles, in two stages.

    words of the question -> spelling -> rarest words: some hundred candidates -> all words: BM25 x source x time

The index finds candidates by the rarest words, which is quick however many articles there are; only those are
read and weighed by all words (BM25: Robertson, Zaragoza 2009, "The Probabilistic Relevance Framework", eq. 3.15).
"""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import combinations, pairwise

from rapidfuzz import fuzz, process
from sqlmodel import Session

from answers.language.sentences import find_words
from answers.language.time_range import EVER, Period
from gazetteer.words import distinctive_words, words
from models.count import hour_of
from models.full_text import IndexedText, articles_with, frequencies, indexed_texts, month_word, similar_words

CANDIDATES = 300
"""Articles that are read ..."""

READ = 1000
"""... by so many characters of each."""

WEIGHED = 90
"""Those of them that seem likeliest are weighed by all words."""

SHORT = 4
"""Letters of a word that has no ending to cut."""

RAREST = 5
"""Names and words of the question by which candidates are found, the rarest ..."""

GROUPS = 4
"""... and how many choices of so many of them are tried."""

APART = 0.6
"""What a passage is worth that holds a name's words, but not side by side."""

NAMED = 3.0
"""What a name weighs beyond its words when candidates are chosen."""

K1, B = 1.2, 0.75
"""BM25's usual constants."""

TIERS = (("summary", 1.2), ("twitter", 1.05), ("reddit", 0.9), ("hacker news", 0.9), ("discord", 0.5))
"""How much a passage's weight is raised or lowered by its outlet's name: editors' summaries before forums."""

MISSPELT = 84.0
"""Similarity from which a word that stands nowhere is taken for one that does."""

LATEST = 0.25
"""What the newest passage gains over one a year older, when the newest is asked for."""


@dataclass(frozen=True)
class Passage:
    """A passage that was found, and how well it fits."""

    id: int
    external_id: str
    url: str
    title: str
    text: str
    outlet: str
    said_on: date
    score: float
    tier: float = 1.0


@dataclass(frozen=True)
class QueryTerms:
    """What is looked for: the words that count, with their rarity, after spelling was put right."""

    weights: dict[str, float] = field(default_factory=dict)
    spelt: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Words that were put right, and how."""


def outlet_weight(outlet: str) -> float:
    """How much an outlet's passages count."""
    low = outlet.lower()
    return next((how for name, how in TIERS if name in low), 1.0)


def query_terms(session: Session, said: Sequence[str], total: int) -> QueryTerms:
    """The words of a question with their weights; what stands nowhere is spelt as the nearest word that does."""
    found = frequencies(session, list(said))
    spelt: dict[str, tuple[str, ...]] = {}
    weights: dict[str, float] = {}
    for at, one in enumerate(said):
        several: tuple[str, ...] = (one,)
        if not found[one] and not one[0].isdigit():
            several = _nearest(session, one) or _joined(session, said, at) or (one,)
            if several != (one,):
                spelt[one] = several
                found.update(frequencies(session, several))
        for word in several:
            weights[word] = math.log(1 + (total - found[word] + 0.5) / (found[word] + 0.5))
    pairs = [a + b for a, b in pairwise(said) if a.isalpha() and b.isalpha()]
    for pair, number in frequencies(session, pairs).items():
        # "deep mind" is written "deepmind".
        if number:
            weights.setdefault(pair, 0.5 * math.log(1 + (total - number + 0.5) / (number + 0.5)))
    return QueryTerms(weights, spelt)


def _joined(session: Session, said: Sequence[str], at: int) -> tuple[str, ...]:
    """The two words into which one that stands nowhere falls."""
    one = said[at]
    parts = [(one[:cut], one[cut:]) for cut in range(3, len(one) - 2)]
    known = frequencies(session, [part for pair in parts for part in pair])
    fit = [pair for pair in parts if min(known[part] for part in pair) >= 3]
    return max(fit, key=lambda pair: min(known[part] for part in pair), default=())


def _nearest(session: Session, one: str) -> tuple[str, ...]:
    if len(one) < 4:
        return ()
    near = similar_words(session, one[:1], 2, len(one) - 2, len(one) + 2)
    found = process.extract(one, [word for word, _ in near], scorer=fuzz.ratio, limit=3, score_cutoff=MISSPELT - 6)
    best = [near[at] for _, how, at in found if how >= (MISSPELT if len(one) < 6 else MISSPELT - 6)]
    return (max(best, key=lambda row: (fuzz.ratio(one, row[0]), row[1]))[0],) if best else ()


def search(
    session: Session,
    look: QueryTerms,
    until: date,
    period: Period = EVER,
    latest: bool = False,
    limit: int = 20,
    names: Sequence[Sequence[tuple[str, ...]]] = (),
) -> list[Passage]:
    """The passages that fit best, best first: none later than `until`, those of the period first.

    `latest` prefers what was said last; `names` are words that belong together, each name's forms.
    """
    ids = _candidates(session, look.weights, until, period, [forms[0] for forms in names if forms])
    rows = _likely(indexed_texts(session, ids), look.weights, period, max(limit, WEIGHED))
    texts_of = [tuple(words(f"{row.title} {row.summary[:READ]}")) for row in rows]
    bags = [Counter(said) for said in texts_of]
    mean = sum(map(Counter.total, bags)) / max(len(bags), 1)
    found = []
    for article, bag, said in zip(rows, bags, texts_of, strict=True):
        day = article.published_at.astimezone(UTC).date()
        if day > until:
            continue
        length = K1 * (1 - B + B * bag.total() / mean)
        score = sum(
            weight * bag[word] * (K1 + 1) / (bag[word] + length) for word, weight in look.weights.items() if word in bag
        )
        how = outlet_weight(article.outlet)
        score *= how * APART ** sum(all(find_words(form, said) < 0 for form in forms) for forms in names)
        if period is not EVER:
            score *= 1.0 if day in period else 0.35
        if latest:
            score *= 1 + LATEST * math.exp(-(until - day).days / 365) if until != date.max else 1.0
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
                how,
            )
        )
    return sorted(found, key=lambda one: (-one.score, one.id))[:limit]


def _likely(rows: list[IndexedText], weights: dict[str, float], period: Period, most: int) -> list[IndexedText]:
    """The candidates that hold most of what is looked for, as far as letters tell without parting words and endings."""
    if len(rows) <= most:
        return rows
    # Endings are cut by a letter more than the stemmer does: "compani" stands in "company" as "compan".
    beginnings = [(word[:-1] if len(word) > SHORT else word, weight) for word, weight in weights.items()]

    def held(row: IndexedText) -> float:
        said = f"{row.title} {row.summary[:READ]}".lower()
        how = sum(weight for beginning, weight in beginnings if beginning in said) * outlet_weight(row.outlet)
        return how if row.published_at.astimezone(UTC).date() in period else 0.35 * how

    return sorted(rows, key=lambda row: (-held(row), row.id))[:most]


def _candidates(
    session: Session, weights: dict[str, float], until: date, period: Period, names: Sequence[tuple[str, ...]]
) -> list[int]:
    """Articles that hold much of what is looked for: all names and the rarest words, all but one ... down to any one.

    A name counts as a whole; of several it goes last whose words are most common.
    """
    hour = None
    if until < date.max - timedelta(days=1):
        hour = hour_of(datetime(until.year, until.month, until.day, 23, tzinfo=UTC))
    units = {name: sum(weights.get(word, 0.0) for word in name) + NAMED for name in names}
    taken = {word for name in names for word in name}
    units |= {(word,): weight for word, weight in weights.items() if word not in taken}
    best = sorted(units, key=lambda unit: -units[unit])[:RAREST]
    found: dict[int, None] = {}
    months = list(_months(period)) if period is not EVER else []
    for some in ([months] if months else []) + [[]]:
        for number in range(len(best), 0, -1):
            groups = sorted(combinations(best, number), key=lambda group: -sum(units[unit] for unit in group))
            for group in groups[:GROUPS]:
                said = [word for unit in group for word in distinctive_words(unit)]
                found.update(dict.fromkeys(articles_with(session, said, some, hour, CANDIDATES)))
                if len(found) >= CANDIDATES:
                    return list(found)[:CANDIDATES]
    return list(found)


def _months(period: Period) -> Iterator[str]:
    day = period.first.replace(day=1)
    while day <= period.last and (day - period.first).days < 800:
        yield month_word(day)
        day = (day + timedelta(days=32)).replace(day=1)
