"""Finds evidence: the sentences that really answer a question, and the value in each. The gate before quoting. Pure.

A sentence passes only if it names the subject of the question (or continues a sentence that does), if it states what
is asked, if it holds a value of the right type, and if that value belongs to the subject.

The score of a sentence is a sum, higher is better: coverage of the question (0 to 1) + coverage of its content words
(0 to 1) + share of its names (0 to 1) + cues, outlet, period, less for hedges and questions; the passage's relevance
adds up to RETRIEVAL.
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
    r"\b(?:will|would|could|might|any (?:minute|moment|day|time) now|expected|upcoming|soon|plans? to|planned|preparing|about to|next week|rumou?r\w*|tease[ds]?|teasing|anticipat\w+|waiting)\b",
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


RETRIEVAL = 1.2
"""Score of a sentence from the most relevant passage; others in proportion to their relevance."""

PARTICIPANT_REACH = 70
"""Characters between a cue and the person or organisation that it is about."""


@dataclass(frozen=True)
class Evidence:
    """A sentence that may answer a question."""

    sentence: Sentence
    passage: Passage
    score: float
    coverage: float
    """Share of the question that it covers, weighted by rarity: names, cue and content words."""
    named: int
    """Names of the question in the sentence itself."""
    value: Value | None = None
    hedged: bool = False
    content_coverage: float = 1.0
    """The same share for the content words alone."""
    local_coverage: float = 1.0
    """The share of content words in the sentence, its heading or the text it continues."""


def find_evidence(
    question: Question,
    passages: Sequence[Passage],
    weights: Mapping[str, float],
    answer_type: AnswerType | None = None,
    kinds: Mapping[str, str] | None = None,
) -> list[Evidence]:
    """The sentences that answer a question, best first.

    weights: rarity of each word of the question; kinds: kind of the entities named in the passages, by folded name.
    """
    found = []
    answer_type = question.answer_type if answer_type is None else answer_type
    best = max((passage.score for passage in passages), default=1.0)
    for passage in passages:
        title = _words(passage.title)
        whole = _words(f"{passage.title} {passage.text}")
        if not all(is_mentioned(name, whole) for name in question.names):
            continue
        for sentence in split_sentences(passage.title, passage.text):
            one = _weigh(question, sentence, passage, weights, title, whole, answer_type, kinds or {})
            if one is not None:
                found.append(replace(one, score=one.score + RETRIEVAL * passage.score / best))
    return sorted(found, key=lambda one: (-one.score, one.passage.id))


@lru_cache(maxsize=2000)
def _words(text: str) -> tuple[str, ...]:
    return tuple(words(text))


def _weigh(
    question: Question,
    sentence: Sentence,
    passage: Passage,
    weights: Mapping[str, float],
    title: tuple[str, ...],
    whole: tuple[str, ...],
    answer_type: AnswerType,
    kinds: Mapping[str, str],
) -> Evidence | None:
    text = sentence.text
    mentions = {name: mention_spans(name, sentence) for name in question.names}
    if question.cue is not None and question.cue.of_models:
        # A statement about one version does not hold for the family.
        mentions = {
            name: [span for span in spans if not is_other_version(name, sentence, span[1])]
            for name, spans in mentions.items()
        }
    missing = [name for name, spans in mentions.items() if not spans]
    implied = [name for name in missing if continues_subject(name, sentence)]
    absent = [name for name in missing if name not in implied]
    if question.names and len(missing) == len(mentions) and not implied:
        return None
    cue = question.cue
    cue_spans = cue.statement.spans(text) if cue else []
    if cue and cue.statement and not cue_spans:
        return None
    if absent and (cue is None or cue.relation or not _may_be_absent(question, absent, sentence, passage)):
        return None
    if _of_another_year(question, text, mentions):
        return None
    named = len(mentions) - len(missing)
    covered = 6.0 * named + 4.0 * len(implied) + (4.0 if cue_spans else 0.0)
    all_coverage = _coverage(question.content, sentence, title, whole, weights, covered)
    content_coverage = _coverage(question.content, sentence, title, whole, weights, 0.0)
    local_coverage = _coverage(question.content, sentence, title, (), weights, 0.0)
    value = None
    if answer_type not in (AnswerType.TEXT, AnswerType.WHO, AnswerType.NAME, AnswerType.DATE):
        value = attributed_value(question, sentence, answer_type, cue_spans, mentions, implied, kinds)
        if value is None:
            return None
    if answer_type in (AnswerType.TEXT, AnswerType.WHO, AnswerType.NAME) and not _states_it(
        question, sentence, cue_spans, mentions, implied, kinds
    ):
        return None
    if cue and cue.relation and not roles_match(question, text, mentions):
        return None
    score = (
        all_coverage
        + content_coverage
        + (named + 0.6 * len(implied)) / max(len(mentions), 1)
        + 0.3 * min(len(cue_spans), 2)
    )
    hedged = bool(HEDGED.search(text))
    score += 4.5 * (passage.outlet_weight - 1.0) - 0.4 * hedged
    if question.times.period.bounded:
        score += 0.8 if passage.said_on in question.times.period else -0.8
    if text.endswith("?"):
        score -= 0.6
    return Evidence(sentence, passage, score, all_coverage, named, value, hedged, content_coverage, local_coverage)


def _states_it(
    question: Question,
    sentence: Sentence,
    cue_spans: Sequence[tuple[int, int]],
    mentions: Mapping[QuestionName, list[tuple[int, int]]],
    implied: Sequence[QuestionName],
    kinds: Mapping[str, str],
) -> bool:
    """Whether the sentence states what is asked about the subject, and not about another organisation in it."""
    if SUPERLATIVE.search(question.text) and _PRONOUN.match(sentence.text):
        # "It leads" does not name the leader.
        return False
    if question.answer_type is AnswerType.WHO and not _names_another(question, sentence, mentions, kinds):
        return False
    if question.answer_type is AnswerType.WHO and cue_spans and not implied:
        spans = [span for some in mentions.values() for span in some]
        if all(max(a - end, start - b) > PARTICIPANT_REACH for a, b in cue_spans for start, end in spans):
            return False
    if len(question.names) != 1 or question.names[0].kind not in ORGANISATIONS:
        return True
    content = {word for one in question.content for word in words(one)}
    spans = [*cue_spans, *(span for word, span in zip(sentence.words, sentence.spans, strict=True) if word in content)]
    if not spans:
        return True
    return any(
        is_attributed(Value(start, end, ""), question, sentence, mentions, implied, kinds) for start, end in spans
    )


def _names_another(
    question: Question,
    sentence: Sentence,
    mentions: Mapping[QuestionName, list[tuple[int, int]]],
    kinds: Mapping[str, str],
) -> bool:
    """Whether a sentence names somebody that the question does not: a person, where one is asked for."""
    text = sentence.text
    for spans in mentions.values():
        for start, end in spans:
            text = text[:start] + "," * (end - start) + text[end:]
    others = [match.group() for match in NAME.finditer(_TITLES.sub(lambda match: "," * len(match.group()), text))]
    if question.cue is None or question.cue.name not in ("role", "departed", "founded"):
        return bool(others)
    makers = (
        ("person", *ORGANISATIONS)
        if re.search(r"\bcreat|\bmade|\bmakes|\bbuilt|\bdevelop|\bdesign", question.text)
        else ("person",)
    )
    return any(
        kinds.get(fold(one), "person") in makers and " " in one and not re.search(r"\d", one)
        for one in (re.sub(r"['’]s$", "", other) for other in others)
    )


def _of_another_year(question: Question, text: str, mentions: Mapping[QuestionName, list[tuple[int, int]]]) -> bool:
    """Whether a name is followed by another year than the one asked for: "I/O 2024" for "I/O 2025"."""
    if not question.times.period.bounded:
        return False
    years = [match for spans in mentions.values() for _, end in spans if (match := _YEAR.match(text, end))]
    first, last = question.times.period.first.year, question.times.period.last.year
    return any(not first <= int(match["year"]) <= last for match in years)


def _may_be_absent(question: Question, absent: Sequence[QuestionName], sentence: Sentence, passage: Passage) -> bool:
    """Whether names may be left out: the maker of what is named, rivals in a ranking, the passage's subject."""
    others = [name for name in question.names if name not in absent]
    if question.cue and question.cue.name == "benchmark_rank":
        return question.names[0] in others
    for name in absent:
        made_by = any(name.id in other.parents for other in others)
        with_product = name.kind in ORGANISATIONS and any(
            other.kind in ("", "model", "product", "family") for other in others
        )
        opens_passage = sentence.index <= 4 and is_mentioned(
            name, tuple(words(f"{passage.title} {passage.text[:160]}"))
        )
        if not (made_by or with_product or (opens_passage and others)):
            return False
    return True


def _coverage(
    content: Sequence[str],
    sentence: Sentence,
    title: tuple[str, ...],
    whole: tuple[str, ...],
    weights: Mapping[str, float],
    covered: float,
) -> float:
    """The share of a question that a sentence covers, from 0 to 1, weighted by rarity.

    Words of the heading or the continued text count 0.7, elsewhere in the passage 0.45. `covered` is the weight of
    the names and the cue, which the sentence holds.
    """
    total = got = covered
    in_sentence, in_title, anywhere = set(sentence.words), set(title), set(whole)
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
            if group & in_sentence:
                got += weight
            elif group & in_title or group & set(sentence.context_words):
                got += 0.7 * weight
            elif group & anywhere:
                got += 0.45 * weight
    return got / total if total else 1.0


def is_unreleased(passage: Passage) -> bool:
    """Whether a passage is about something not released yet: one such sentence marks the whole passage."""
    return bool(_RUMOUR.search(f"{passage.title} {passage.text}"))


def earliest_first(evidence: Sequence[Evidence]) -> list[Evidence]:
    """The evidence of what has happened, earliest first."""
    return sorted(
        (one for one in evidence if not FUTURE.search(one.sentence.text)),
        key=lambda one: (one.passage.said_on, -one.passage.outlet_weight, -one.score),
    )
