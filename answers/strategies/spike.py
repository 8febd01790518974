"""Why something was talked about, which of several was, and whether it was more than usual."""

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from answers.answer import Answer
from answers.language.sentences import split_sentences
from answers.language.time_range import Period
from answers.read.evidence import Evidence
from answers.read.mentions import mention_spans
from answers.read.values import NAME
from answers.retrieve.search import Passage
from answers.strategies.single_fact import (
    LONG,
    AnswerContext,
    cited_passages,
    find_passages,
    trim_quote,
    unknown_answer,
)
from answers.understand.question import Question
from gazetteer.words import words
from models.full_text import articles_with, month_word

BESIDE = 45
"""Characters between a maker and what is its own."""

USUAL = 7
"""Days looked at when a question names none."""


@dataclass(frozen=True)
class TrendMeasurement:
    """How much a name was talked about in some days: stories, what was expected, and the z."""

    stories: int
    expected: float
    z: float
    spiking: bool


Measure = Callable[[int, Period], TrendMeasurement | None]
"""Measures an entity by id; None when too little was read to say."""


def _period(sources: AnswerContext, asked: Question) -> Period:
    if asked.times.period.bounded:
        return asked.times.period
    until = min(sources.until, asked.times.until)
    return Period(until - timedelta(days=USUAL - 1), until)


def answer_why(
    sources: AnswerContext, asked: Question, _passages: Sequence[Passage], _weights: Mapping[str, float]
) -> Answer:
    """What was told of a name in some days: the sentence that has most in common with the others about it."""
    period = _period(sources, asked)
    about = replace(asked, content=(), times=replace(asked.times, period=period, latest=False), cue=None)
    passages, _ = find_passages(sources, about, 60)
    told = []
    for passage in passages:
        if passage.said_on not in period:
            continue
        for sentence in split_sentences(passage.title, passage.text):
            if asked.names and all(mention_spans(name, sentence) for name in asked.names):
                told.append(Evidence(sentence, passage, 0.0, 1.0, 1))
    if not told:
        return unknown_answer(asked)
    common = Counter(word for one in told for word in set(one.sentence.words))
    own = {word for name in asked.names for form in name.forms for word in form}

    def central(one: Evidence) -> float:
        said = [word for word in set(one.sentence.words) if len(word) > 2 and word not in own and common[word] > 1]
        shared = sum(math.log(1 + common[word]) for word in said) / math.sqrt(len(one.sentence.words) + 8)
        first = min(start for name in asked.names for start, _ in mention_spans(name, one.sentence))
        return shared * one.passage.tier**2 * (1.3 if first < 40 else 1.0) * (1.6 if one.sentence.index == 0 else 1.0)

    best = max(told, key=central)
    return Answer(f"“{trim_quote(best, asked, LONG - 60)}”", cited_passages([best]))


def answer_who_spiked(
    sources: AnswerContext, asked: Question, _passages: Sequence[Passage], _weights: Mapping[str, float]
) -> Answer:
    """Which name beside those of the question was told of most in some days, against the two months before."""
    period = _period(sources, asked)
    about = replace(asked, content=(), times=replace(asked.times, period=period, latest=False), cue=None)
    passages, _ = find_passages(sources, about, 120)
    inside = [passage for passage in passages if passage.said_on in period]
    found: dict[str, list[tuple[str, Evidence]]] = {}
    for passage in inside:
        for sentence in split_sentences(passage.title, passage.text):
            if asked.names and not all(mention_spans(name, sentence) for name in asked.names):
                continue
            own = [spot for name in asked.names for spot in mention_spans(name, sentence)]
            for match in NAME.finditer(sentence.text):
                # "ByteDance's Seedance 2.0", "Google released Gemma 4": whose it is stands right before it.
                if own and not any(start <= match.start() <= end + BESIDE for start, end in own):
                    continue
                if re.search(r"\d", match.group()) and not re.search(r"\d{3,}|^\d", match.group()):
                    found.setdefault("".join(words(match.group())), []).append(
                        (match.group(), Evidence(sentence, passage, passage.score, 1.0, 1))
                    )
    ranked = []
    for rows in found.values():
        form = words(rows[0][0])
        now = len(articles_with(sources.session, form, _months(period), None, 400))
        past = len(
            articles_with(
                sources.session,
                form,
                _months(Period(period.first - timedelta(days=62), period.first - timedelta(days=32))),
                None,
                400,
            )
        )
        passages_with = len({one.passage.id for _, one in rows})
        ranked.append((passages_with * math.log1p(now) / (1 + past), rows))
    ranked.sort(key=lambda row: -row[0])
    if not ranked:
        return unknown_answer(asked)
    name, best = max(ranked[0][1], key=lambda row: (row[1].passage.tier, row[1].score))
    return Answer(f"{name}. “{trim_quote(best, asked, 200 - len(name))}”", cited_passages([best]))


def _months(period: Period) -> list[str]:
    return sorted({month_word(day) for day in (period.first, period.last)})


def answer_whether_spiked(sources: AnswerContext, asked: Question, measure: Measure) -> Answer:
    """Whether a name was talked about more than usual, with the figures that say so."""
    found = [name for name in asked.names if name.id is not None]
    if not found or found[0].id is None:
        return unknown_answer(asked)
    period = _period(sources, asked)
    seen = measure(found[0].id, period)
    if seen is None:
        return Answer(f"I have too little news from those days to say this about {found[0].text}.")
    last = f"{period.last.day} {period.last:%b %Y}"
    days = f"on {last}" if period.first == period.last else f"from {period.first.day} {period.first:%b} to {last}"
    verdict = "Yes" if seen.spiking else "No"
    stories = f"{seen.stories} {'story' if seen.stories == 1 else 'stories'}"
    return Answer(
        f"{verdict}. {found[0].text}: {stories} {days}, {seen.expected:.1f} expected, z {seen.z:.1f}.",
        measured=True,
    )
