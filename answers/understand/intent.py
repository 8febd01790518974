"""What a message wants: a command, a question, or a chat; from the phrases that people use. Pure but for its table.

    message -> words, with {n} for names, {t} for times, {p} for predicates -> naive Bayes over phrases.toml -> intents

A multinomial naive Bayes classifier over tf-idf weights of words, word pairs and triples (Manning, Raghavan, Schütze
2008, "Introduction to Information Retrieval", chapters 6 and 13). Its training data are the phrases themselves, so
nobody has to train anything: a phrase that is added to the table is learned with the next start.
"""

import math
import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files


class Intent(StrEnum):
    """What a message wants."""

    SPIKES = "spikes"
    TREND = "trend"
    WHY = "why"
    COMPARE = "compare"
    ASK = "ask"
    FACTS = "facts"
    TIMELINE = "timeline"
    WATCH_ADD = "watch_add"
    WATCH_LIST = "watch_list"
    WATCH_REMOVE = "watch_remove"
    WATCH_PAUSE = "watch_pause"
    DIGEST_SET = "digest_set"
    DIGEST_SHOW = "digest_show"
    STATUS = "status"
    SOURCES = "sources"
    HELP = "help"
    SMALLTALK = "smalltalk"
    OUT_OF_SCOPE = "out_of_scope"
    CLARIFY = "clarify"


CHANGING = (Intent.WATCH_ADD, Intent.WATCH_REMOVE, Intent.WATCH_PAUSE, Intent.DIGEST_SET)
"""Intents that would change something: they are offered with a button, never acted on by a guess."""

NAME, TIME, PREDICATE = "{n}", "{t}", "{p}"

PREDICATE_WORDS = [
    "price",
    "revenue",
    "funding",
    "parameters",
    "valuation",
    "users",
    "headcount",
    "license",
    "capex",
    "layoffs",
    "speed",
    "investors",
    "size",
    "staff",
    "spending",
]
"""Stand in for {p} when phrases are learned, besides {p} itself: not every predicate is recognised in a message."""

SMOOTHING = 0.05
"""Added to every count, so that a word that an intent never saw does not rule it out (Lidstone)."""

_WORD = re.compile(r"\{[ntp]\}|[a-z0-9'/+]+|[^\W\da-z_]+|\?")
_LINK = re.compile(r"https?://\S+")

SHORTHAND: Mapping[str, str] = {
    "whats": "what is", "what's": "what is", "hows": "how is", "how's": "how is", "whos": "who is", "who's": "who is",
    "whys": "why is", "why's": "why is", "whens": "when is", "when's": "when is", "wheres": "where is",
    "theres": "there is", "there's": "there is", "thats": "that is", "that's": "that is", "its": "its",
    "pls": "", "plz": "", "please": "", "rn": "right now", "thx": "thanks", "ty": "thanks", "tysm": "thanks",
    "u": "you", "r": "are", "ur": "your", "ppl": "people", "w/": "with", "y": "why", "nvm": "",
    "im": "i am", "i'm": "i am", "dont": "do not", "don't": "do not", "doesnt": "does not", "isnt": "is not",
    "gimme": "give me", "wanna": "want to", "gonna": "going to", "lemme": "let me", "cuz": "because", "bc": "because",
    "abt": "about", "ok": "", "okay": "", "k": "", "hey": "", "lol": "", "btw": "", "anyway": "", "so": "", "well": "",
    "just": "", "can": "", "could": "", "would": "", "will": "", "hmm": "", "um": "", "uh": "", "actually": "",
    "really": "", "quickly": "", "quick": "", "currently": "right now", "atm": "right now", "2day": "today",
    "2moro": "tomorrow", "msg": "message", "notifs": "alerts", "notif": "alert", "notification": "alert",
    "notifications": "alerts", "wat": "what", "wut": "what", "wtf": "what", "da": "the", "hv": "have", "n": "and",
    "&": "and", "v": "vs", "versus": "vs", "s": "",
}  # fmt: skip
"""How people shorten words in a chat, and words that say nothing about what they want."""


@dataclass(frozen=True)
class Guess:
    """The likeliest intent with its probability, and the runner-up."""

    intent: Intent
    probability: float
    second: Intent


def tokens(text: str) -> list[str]:
    """The words of a message in small letters, shorthand written out, numbers as "#"; marks stay as they are."""
    found: list[str] = []
    for word in _WORD.findall(_LINK.sub(" link ", text.lower().replace("’", "'"))):
        if word.isdigit():
            found.append("#")
        else:
            found += SHORTHAND.get(word, word).split()
    return found


def guess(text: str) -> Guess:
    """What a message wants whose names, times and predicates were replaced by their marks."""
    said = tokens(text)
    if not said:
        return Guess(Intent.SMALLTALK, 1.0, Intent.CLARIFY)
    scores = _model().scores(said)
    best, second = sorted(scores, key=lambda intent: -scores[intent])[:2]
    top = scores[best]
    total = sum(math.exp(score - top) for score in scores.values())
    return Guess(best, 1 / total, second)


def _features(words: Sequence[str]) -> Counter[str]:
    """Words, the beginnings of long ones, pairs and triples, and how many names there are."""
    found: Counter[str] = Counter()
    for word in words:
        found[word] += 1
        if len(word) > 4 and word[0] != "{":
            found[f"{word[:5]}-"] += 1
    ends = ["^", *words, "$"]
    for size in (2, 3):
        for at in range(len(ends) - size + 1):
            found[" ".join(ends[at : at + size])] += 1
    found[f"names:{min(words.count(NAME), 3)}"] += 1
    found[f"time:{TIME in words}"] += 1
    found[f"predicate:{PREDICATE in words}"] += 1
    found[f"length:{min(len(words) // 2, 6)}"] += 1
    return found


class _Model:
    """Log-likelihoods of features by intent."""

    def __init__(self, phrases: Iterable[tuple[Intent, str]]) -> None:
        rows = [(intent, _features(tokens(phrase))) for intent, phrase in phrases]
        within = Counter(feature for _, row in rows for feature in row)
        self._idf = {feature: math.log((1 + len(rows)) / (1 + number)) + 1 for feature, number in within.items()}
        sums: dict[str, dict[Intent, float]] = defaultdict(dict)
        totals: dict[Intent, float] = defaultdict(float)
        for intent, row in rows:
            for feature, weight in self._weights(row).items():
                sums[feature][intent] = sums[feature].get(intent, 0.0) + weight
                totals[intent] += weight
        unseen = SMOOTHING * len(within)
        self._floor = {intent: math.log(SMOOTHING / (total + unseen)) for intent, total in totals.items()}
        self._seen = {
            feature: {intent: math.log(1 + weight / SMOOTHING) for intent, weight in by_intent.items()}
            for feature, by_intent in sums.items()
        }

    def _weights(self, row: Counter[str]) -> dict[str, float]:
        """tf-idf with 1 + log tf, of length 1; features that no phrase has are left out."""
        found = {key: (1 + math.log(n)) * self._idf[key] for key, n in row.items() if key in self._idf}
        length = math.sqrt(sum(weight * weight for weight in found.values())) or 1.0
        return {key: weight / length for key, weight in found.items()}

    def scores(self, words: Sequence[str]) -> dict[Intent, float]:
        """The log-likelihood of each intent."""
        weights = self._weights(_features(words))
        mass = sum(weights.values())
        scores = {intent: floor * mass for intent, floor in self._floor.items()}
        for feature, weight in weights.items():
            for intent, more in self._seen[feature].items():
                scores[intent] += weight * more
        return scores


@cache
def _model() -> _Model:
    table = tomllib.loads((files("answers.understand") / "phrases.toml").read_text(encoding="utf-8"))
    found: list[tuple[Intent, str]] = []
    turn = 0
    for name, phrases in table.items():
        for phrase in phrases:
            found.append((Intent(name), phrase))
            if PREDICATE in phrase:
                for _ in range(2):
                    found.append(
                        (Intent(name), phrase.replace(PREDICATE, PREDICATE_WORDS[turn % len(PREDICATE_WORDS)]))
                    )
                    turn += 1
    return _Model(found)
