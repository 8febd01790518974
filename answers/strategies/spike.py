"""Answers about spikes: why a name was in the news, which name was, and whether it was more than usual."""

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

PRODUCT_DISTANCE = 45
"""Characters between a maker and the name of its product."""

DEFAULT_DAYS = 7
"""Days of a question without a period."""


@dataclass(frozen=True)
class TrendMeasurement:
    """How much a name was in the news in a period: stories, stories expected, and the z-score."""

    stories: int
    expected: float
    z: float
    spiking: bool


Measure = Callable[[int, Period], TrendMeasurement | None]
"""Measures an entity by id in a period; None when too little was read to say."""


def _period(context: AnswerContext, question: Question) -> Period:
    if question.times.period.bounded:
        return question.times.period
    until = min(context.until, question.times.until)
    return Period(until - timedelta(days=DEFAULT_DAYS - 1), until)


def answer_why(
    context: AnswerContext, question: Question, _passages: Sequence[Passage], _weights: Mapping[str, float]
) -> Answer:
    """Why a name was in the news: the sentence of the period that shares most words with the others about it."""
    period = _period(context, question)
    about = replace(question, content=(), times=replace(question.times, period=period, latest=False), cue=None)
    passages, _ = find_passages(context, about, 60)
    found = []
    for passage in passages:
        if passage.said_on not in period:
            continue
        for sentence in split_sentences(passage.title, passage.text):
            if question.names and all(mention_spans(name, sentence) for name in question.names):
                found.append(Evidence(sentence, passage, 0.0, 1.0, 1))
    if not found:
        return unknown_answer(question)
    common = Counter(word for one in found for word in set(one.sentence.words))
    name_words = {word for name in question.names for form in name.forms for word in form}

    def central(one: Evidence) -> float:
        shared_words = [
            word for word in set(one.sentence.words) if len(word) > 2 and word not in name_words and common[word] > 1
        ]
        shared = sum(math.log(1 + common[word]) for word in shared_words) / math.sqrt(len(one.sentence.words) + 8)
        first = min(start for name in question.names for start, _ in mention_spans(name, one.sentence))
        return (
            shared
            * one.passage.outlet_weight**2
            * (1.3 if first < 40 else 1.0)
            * (1.6 if one.sentence.index == 0 else 1.0)
        )

    best = max(found, key=central)
    return Answer(f"“{trim_quote(best, question, LONG - 60)}”", cited_passages([best]))


def answer_who_spiked(
    context: AnswerContext, question: Question, _passages: Sequence[Passage], _weights: Mapping[str, float]
) -> Answer:
    """Which other name was mentioned most in the period, relative to the two months before."""
    period = _period(context, question)
    about = replace(question, content=(), times=replace(question.times, period=period, latest=False), cue=None)
    passages, _ = find_passages(context, about, 120)
    inside = [passage for passage in passages if passage.said_on in period]
    found: dict[str, list[tuple[str, Evidence]]] = {}
    for passage in inside:
        for sentence in split_sentences(passage.title, passage.text):
            if question.names and not all(mention_spans(name, sentence) for name in question.names):
                continue
            makers = [span for name in question.names for span in mention_spans(name, sentence)]
            for match in NAME.finditer(sentence.text):
                # "ByteDance's Seedance 2.0", "Google released Gemma 4": the maker comes right before it.
                if makers and not any(start <= match.start() <= end + PRODUCT_DISTANCE for start, end in makers):
                    continue
                if re.search(r"\d", match.group()) and not re.search(r"\d{3,}|^\d", match.group()):
                    found.setdefault("".join(words(match.group())), []).append(
                        (match.group(), Evidence(sentence, passage, passage.score, 1.0, 1))
                    )
    ranked = []
    for rows in found.values():
        form = words(rows[0][0])
        now = len(articles_with(context.session, form, _months(period), None, 400))
        past = len(
            articles_with(
                context.session,
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
        return unknown_answer(question)
    name, best = max(ranked[0][1], key=lambda row: (row[1].passage.outlet_weight, row[1].score))
    return Answer(f"{name}. “{trim_quote(best, question, 200 - len(name))}”", cited_passages([best]))


def _months(period: Period) -> list[str]:
    return sorted({month_word(day) for day in (period.first, period.last)})


def answer_whether_spiked(context: AnswerContext, question: Question, measure: Measure) -> Answer:
    """Whether a name was in the news more than usual, with the figures."""
    found = [name for name in question.names if name.id is not None]
    if not found or found[0].id is None:
        return unknown_answer(question)
    period = _period(context, question)
    trend = measure(found[0].id, period)
    if trend is None:
        return Answer(f"I have too little news from those days to say this about {found[0].text}.")
    last = f"{period.last.day} {period.last:%b %Y}"
    days = f"on {last}" if period.first == period.last else f"from {period.first.day} {period.first:%b} to {last}"
    verdict = "Yes" if trend.spiking else "No"
    stories = f"{trend.stories} {'story' if trend.stories == 1 else 'stories'}"
    return Answer(
        f"{verdict}. {found[0].text}: {stories} {days}, {trend.expected:.1f} expected, z {trend.z:.1f}.",
        measured=True,
    )
