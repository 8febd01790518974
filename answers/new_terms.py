"""The terms that are new in the headlines about a name: what is written about now that was not before. Pure.

A term is a word or a pair of adjacent words; it counts once per headline. Terms are ranked by the log-odds
ratio with an informative Dirichlet prior (Monroe, Colaresi, Quinn 2008, "Fightin' Words", Political Analysis 16:4,
eq. 16 and 22), which keeps rare and everyday words from the top without any list of the latter.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from gazetteer.spelling import fold, lower, tidy

MIN_HEADLINES = 3
"""Headlines that must hold a term: two may be the wording of one outlet."""

MIN_Z = 1.96
"""z-score of the log-odds from which a term is shown: 95 %, as in the paper."""

PRIOR = 50.0
"""Weight of the prior, in headlines: the frequency of a term in all headlines counts as much as so many of them."""

PAIR_SHARE = 0.7
"""Share of the headlines with a word in which it is part of a pair, from which the pair is shown instead."""

_WORD = re.compile(r"[^\W_]+(?:[.\-'’&+][^\W_]+)*")
_SPACELESS = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_EDGE = frozenset(
    """
    a about after all an and are as at be but by can could for from get gets has have how i if in into is it its may
    more new not now of off on or our out over s says than that the their this to up via was we what when which who
    why will with would you your
    """.split()  # noqa: SIM905 - a list of words is read as words
)
"""Words that no pair begins or ends with."""


@dataclass(frozen=True)
class Term:
    """A term in its most frequent spelling, with its number of headlines now and before."""

    text: str
    now: int
    before: int
    z: float


def new_terms(now: Iterable[str], before: Iterable[str], own: Iterable[str], limit: int) -> list[Term]:
    """The terms that distinguish the headlines of now from earlier ones, most significant first, at most `limit`.

    A repeated headline (that of a newsletter over its items) counts once. `own` are the spellings of the name itself,
    which is in every headline. Scripts written without spaces give no terms.
    """
    name_words = frozenset(word.casefold() for name in own for word in _WORD.findall(fold(name)))
    written: dict[str, Counter[str]] = defaultdict(Counter)
    here, there = Counter[str](), Counter[str]()
    number = earlier = 0
    for title in dict.fromkeys(now):
        number += 1
        found = _terms(title, name_words)
        here.update(found.keys())
        for key, text in found.items():
            written[key][text] += 1
    for title in dict.fromkeys(before):
        earlier += 1
        there.update(_terms(title, name_words).keys())
    ranked = []
    for key, count in here.items():
        if count >= MIN_HEADLINES and (z := _log_odds(count, number, there[key], earlier)) >= MIN_Z:
            ranked.append(Term(written[key].most_common(1)[0][0], count, there[key], z))
    ranked.sort(key=lambda term: (-term.z, -len(term.text), term.text))
    return _without_parts(ranked)[:limit]


def _log_odds(count: int, number: int, before: int, earlier: int) -> float:
    prior = PRIOR * (count + before) / (number + earlier)
    mine, theirs = count + prior, before + prior
    rest, their_rest = number - count + PRIOR - prior, earlier - before + PRIOR - prior
    odds = math.log(mine / max(rest, 0.5)) - math.log(theirs / max(their_rest, 0.5))
    return odds / math.sqrt(1 / mine + 1 / theirs)


def _terms(title: str, name_words: frozenset[str]) -> dict[str, str]:
    """The terms of a headline: folded -> as written."""
    found: dict[str, str] = {}
    for run in _runs(title, name_words):
        for at, word in enumerate(run):
            low = lower(word)
            if len(low) > 2 and low not in _EDGE and not low.isdigit():
                found.setdefault(low, word)
            if at and low not in _EDGE and lower(run[at - 1]) not in _EDGE:
                pair = f"{run[at - 1]} {word}"
                found.setdefault(lower(pair), pair)
    return found


def _runs(title: str, name_words: frozenset[str]) -> Iterator[list[str]]:
    """The words of a headline in runs, separated by punctuation and by the words of the name itself."""
    run: list[str] = []
    end = 0
    text = tidy(title)
    for match in _WORD.finditer(text):
        word = match[0].removesuffix("'s").removesuffix("’s")
        if text[end : match.start()].strip() or lower(word) in name_words or _SPACELESS.search(word):
            yield run
            run = []
        end = match.end()
        if lower(word) not in name_words and not _SPACELESS.search(word):
            run.append(word)
    yield run


def _without_parts(ranked: list[Term]) -> list[Term]:
    """Drops words that mostly occur in a pair of the list, and pairs that mostly repeat an earlier word."""
    pairs = [term for term in ranked if " " in term.text]
    kept: list[Term] = []
    for term in ranked:
        low = lower(term.text)
        if " " not in low:
            if any(low in lower(pair.text).split() and pair.now >= PAIR_SHARE * term.now for pair in pairs):
                continue
        elif any(set(lower(one.text).split()) & set(low.split()) and one.now >= term.now for one in kept):
            continue
        kept.append(term)
    return kept
