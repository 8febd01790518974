"""Sentences that really answer a question, and the value in each: the gate before anything is quoted. Pure.

A sentence passes only if whom the question names is named in it (or in what it goes on about), if it tells of what
is asked, if it holds a value of the right kind, and if that value belongs to the one who is meant.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from answers.language.cues import AnswerType
from answers.language.sentences import Sentence, find_words, split_sentences
from answers.language.synonyms import SYNONYMS
from answers.read.attribution import ORGANISATIONS, attributed_value, is_attributed
from answers.read.mentions import continues_subject, is_mentioned, is_other_version, mention_spans
from answers.read.roles import roles_match
from answers.read.values import NAME, Value
from answers.retrieve.search import Passage
from answers.understand.question import SUPERLATIVE, Question, QuestionName
from gazetteer.spelling import fold
from gazetteer.words import words

HEDGED = re.compile(
    r"\b(?:rumou?r\w*|speculat\w*|might|could be|may be|allegedly|unconfirmed|expected to|leak(?:ed|s)?|joked?|meme|hypothe\w+|wants? to|hop(?:e|es|ing)|if )\b",
    re.IGNORECASE,
)

FUTURE = re.compile(
    r"\b(?:will|would|expected|upcoming|soon|plans? to|planned|preparing|about to|next week|rumou?r\w*|tease[ds]?|teasing|anticipat\w+|waiting)\b",
    re.IGNORECASE,
)

_RUMOUR = re.compile(
    r"\brumou?r\w*|\bleak(?:ed|s)?\b|\bspeculat\w+|\bunconfirmed\b|\bimminent\b|\bsightings?\b|\bteas(?:ed|es|ing|er)\b",
    re.IGNORECASE,
)

_PRONOUN = re.compile(r"(?:it|they|this|these|the (?:model|company|lab|team))\b", re.IGNORECASE)

_YEAR = re.compile(r" (?P<year>20[12]\d)\b")

_TITLES = re.compile(
    r"\b(?:CEO|CTO|CFO|COO|CPO|CSO|VP|SVP|EVP|Chief(?: \w+)? Officer|Chief Scientist|President|Chair(?:man)?|Head|Director)\b"
)


@dataclass(frozen=True)
class Evidence:
    """A sentence that may answer, with what it holds."""

    sentence: Sentence
    passage: Passage
    score: float
    cover: float
    """Share of what is asked that it holds, by rarity: names, words of the predicate, other words."""
    named: int
    """Names of the question in the sentence itself."""
    value: Value | None = None
    hedged: bool = False
    own: float = 1.0
    """The same share for the words alone that are neither a name nor the predicate's."""
    said: float = 1.0
    """The share of those words that stand in the sentence itself or what it goes on about."""


def find_evidence(
    asked: Question,
    passages: Sequence[Passage],
    weights: Mapping[str, float],
    gives: AnswerType | None = None,
    kinds: Mapping[str, str] | None = None,
) -> list[Evidence]:
    """The sentences that answer, the best first. `kinds` tells which other names in them are companies."""
    found = []
    gives = asked.gives if gives is None else gives
    best = max((passage.score for passage in passages), default=1.0)
    for passage in passages:
        title = _words(passage.title)
        whole = _words(f"{passage.title} {passage.text}")
        if not all(is_mentioned(name, whole) for name in asked.names):
            continue
        for sentence in split_sentences(passage.title, passage.text):
            one = _weigh(asked, sentence, passage, weights, title, whole, gives, kinds or {})
            if one is not None:
                found.append(replace(one, score=one.score + 1.2 * passage.score / best))
    return sorted(found, key=lambda one: (-one.score, one.passage.id))


@lru_cache(maxsize=2000)
def _words(text: str) -> tuple[str, ...]:
    return tuple(words(text))


def _weigh(
    asked: Question,
    sentence: Sentence,
    passage: Passage,
    weights: Mapping[str, float],
    title: tuple[str, ...],
    whole: tuple[str, ...],
    gives: AnswerType,
    kinds: Mapping[str, str],
) -> Evidence | None:
    text = sentence.text
    stands = {name: mention_spans(name, sentence) for name in asked.names}
    if asked.cue is not None and asked.cue.of_models:
        # What is told of one version is not told of all.
        stands = {
            name: [spot for spot in spots if not is_other_version(name, sentence, spot[1])]
            for name, spots in stands.items()
        }
    missing = [name for name, spots in stands.items() if not spots]
    carried = [name for name in missing if continues_subject(name, sentence)]
    absent = [name for name in missing if name not in carried]
    if asked.names and len(missing) == len(stands) and not carried:
        return None
    cue = asked.cue
    cues = cue.statement.spans(text) if cue else []
    if cue and cue.statement and not cues:
        return None
    if absent and (cue is None or cue.relation or not _may_be_absent(asked, absent, sentence, passage)):
        return None
    if _of_another_year(asked, text, stands):
        return None
    held = 6.0 * (len(stands) - len(missing)) + 4.0 * len(carried) + (4.0 if cues else 0.0)
    cover = coverage(asked.content, sentence, title, whole, weights, held)
    own = coverage(asked.content, sentence, title, whole, weights, 0.0)
    said = coverage(asked.content, sentence, title, (), weights, 0.0)
    value = None
    if gives not in (AnswerType.TEXT, AnswerType.WHO, AnswerType.NAME, AnswerType.DATE):
        value = attributed_value(asked, sentence, gives, cues, stands, carried, kinds)
        if value is None:
            return None
    if gives in (AnswerType.TEXT, AnswerType.WHO, AnswerType.NAME) and not _told_of(
        asked, sentence, cues, stands, carried, kinds
    ):
        return None
    if cue and cue.relation and not roles_match(asked, text, stands):
        return None
    named = len(stands) - len(missing)
    score = cover + own + (named + 0.6 * len(carried)) / max(len(stands), 1) + 0.3 * min(len(cues), 2)
    hedged = bool(HEDGED.search(text))
    score += 4.5 * (passage.tier - 1.0) - 0.4 * hedged
    if asked.times.period.bounded:
        score += 0.8 if passage.said_on in asked.times.period else -0.8
    if text.endswith("?"):
        score -= 0.6
    return Evidence(sentence, passage, score, cover, named, value, hedged, own, said)


def _told_of(
    asked: Question,
    sentence: Sentence,
    cues: Sequence[tuple[int, int]],
    stands: Mapping[QuestionName, list[tuple[int, int]]],
    carried: Sequence[QuestionName],
    kinds: Mapping[str, str],
) -> bool:
    """Whether what is asked is told of whom is meant, and not of another organisation in the same sentence."""
    if SUPERLATIVE.search(asked.text) and _PRONOUN.match(sentence.text):
        # "It leads" does not say who.
        return False
    if asked.gives is AnswerType.WHO and not _someone(asked, sentence, stands, kinds):
        return False
    if asked.gives is AnswerType.WHO and cues and not carried:
        spots = [spot for some in stands.values() for spot in some]
        if all(max(a - end, start - b) > REACH for a, b in cues for start, end in spots):
            return False
    if len(asked.names) != 1 or asked.names[0].kind not in ORGANISATIONS:
        return True
    content = {word for one in asked.content for word in words(one)}
    spots = [*cues, *(spot for word, spot in zip(sentence.words, sentence.places, strict=True) if word in content)]
    if not spots:
        return True
    return any(is_attributed(Value(start, end, ""), asked, sentence, stands, carried, kinds) for start, end in spots)


def _someone(
    asked: Question, sentence: Sentence, stands: Mapping[QuestionName, list[tuple[int, int]]], kinds: Mapping[str, str]
) -> bool:
    """Whether a sentence names somebody who is not in the question already: a person where one is asked for."""
    text = sentence.text
    for spots in stands.values():
        for start, end in spots:
            text = text[:start] + "," * (end - start) + text[end:]
    others = [match.group() for match in NAME.finditer(_TITLES.sub(lambda match: "," * len(match.group()), text))]
    if asked.cue is None or asked.cue.name not in ("role", "departed", "founded"):
        return bool(others)
    makers = (
        ("person", *ORGANISATIONS)
        if re.search(r"\bcreat|\bmade|\bmakes|\bbuilt|\bdevelop|\bdesign", asked.text)
        else ("person",)
    )
    return any(
        kinds.get(fold(one), "person") in makers and " " in one and not re.search(r"\d", one)
        for one in (re.sub(r"['’]s$", "", other) for other in others)
    )


def _of_another_year(asked: Question, text: str, stands: Mapping[QuestionName, list[tuple[int, int]]]) -> bool:
    """Whether what is named is that of another year than the one asked for: "I/O 2024" for "I/O 2025"."""
    if not asked.times.period.bounded:
        return False
    years = [match for spots in stands.values() for _, end in spots if (match := _YEAR.match(text, end))]
    first, last = asked.times.period.first.year, asked.times.period.last.year
    return any(not first <= int(match["year"]) <= last for match in years)


def _may_be_absent(asked: Question, absent: Sequence[QuestionName], sentence: Sentence, passage: Passage) -> bool:
    """Who may go unnamed: a maker beside what it made, whom a model was ranked against, whom the passage begins with."""
    others = [name for name in asked.names if name not in absent]
    if asked.cue and asked.cue.name == "benchmark_rank":
        return asked.names[0] in others
    for name in absent:
        made_by = any(name.id in other.parents for other in others)
        beside = name.kind in ORGANISATIONS and any(
            other.kind in ("", "model", "product", "family") for other in others
        )
        begins = sentence.index <= 4 and is_mentioned(name, tuple(words(f"{passage.title} {passage.text[:160]}")))
        if not (made_by or beside or (begins and others)):
            return False
    return True


def coverage(
    content: Sequence[str],
    sentence: Sentence,
    title: tuple[str, ...],
    whole: tuple[str, ...],
    weights: Mapping[str, float],
    held: float,
) -> float:
    """The share of what is asked that a sentence holds, by rarity; words elsewhere in the passage count half.

    `held` is what its names and the words of the predicate weigh, which are there.
    """
    total = got = held
    said, headed, anywhere = set(sentence.words), set(title), set(whole)
    for one in content:
        parts = tuple(words(one))
        if len(parts) > 1 and parts[0][0].isdigit():
            # "1M" is not a 1 here and an M there.
            weight = max([weights.get(word, 4.0) for word in parts])
            total += weight
            got += weight if find_words(parts, sentence.words) >= 0 else 0.0
            continue
        for word in parts:
            weight = max(weights.get(word, 4.0), 0.5)
            total += weight
            group = set(SYNONYMS.get(word, (word,)))
            if group & said:
                got += weight
            elif group & headed or group & set(sentence.before):
                got += 0.7 * weight
            elif group & anywhere:
                got += 0.45 * weight
    return got / total if total else 1.0


REACH = 70
"""Characters between somebody and what is told of him or her."""


def is_unreleased(passage: Passage) -> bool:
    """Whether a passage as a whole tells of what is not out yet: one sentence says so, and all are meant."""
    return bool(_RUMOUR.search(f"{passage.title} {passage.text}"))


def in_order(evidence: Sequence[Evidence]) -> list[Evidence]:
    """Those that tell of something that has happened, the earliest first."""
    return sorted(
        (one for one in evidence if not FUTURE.search(one.sentence.text)),
        key=lambda one: (one.passage.said_on, -one.passage.tier, -one.score),
    )
