"""Answers that compare values: which is larger, which came first, the sum, the ratio or difference."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from answers.answer import Answer
from answers.language.cues import BY_NAME, AnswerType
from answers.language.time_range import EVER
from answers.read.attribution import LIST_BREAK
from answers.read.corroboration import from_store
from answers.read.evidence import Evidence, earliest_first, find_evidence, is_unreleased
from answers.read.mentions import mention_spans
from answers.read.values import Value, find_values, token_prices
from answers.retrieve.search import Passage
from answers.strategies.single_fact import (
    LONG,
    AnswerContext,
    answer_fact,
    cited_passages,
    find_passages,
    gather_evidence,
    quote,
    subject_text,
    unknown_answer,
    value_as_written,
    values_agree,
)
from answers.understand.question import COMPARATIVE, YES_NO, Question, QuestionName, QuestionType
from models.measure import amount_words

LESS = re.compile(
    r"\b(?:smaller|cheaper|less expensive|lower|shorter|fewer|less|slower|lowest|cheapest|smallest|older)\b",
    re.IGNORECASE,
)
VALUE_DISTANCE = 25
"""Characters between a name and its value in a list of several."""

PERMISSIVE = (
    "mit",
    "apache",
    "bsd",
    "mpl",
    "lgpl",
    "gpl",
    "openrail",
    "cc",
    "modified mit",
    "gemma",
    "llama",
    "source-available",
    "non-commercial",
    "proprietary",
)
"""Licences by their first word, from the most to the least permissive."""


def answer_comparison(
    context: AnswerContext, question: Question, passages: Sequence[Passage], weights: Mapping[str, float]
) -> Answer:
    """Which of two or more has more or less of something: the value of each with its source."""
    sides = _sides(question)
    if question.cue is not None and question.answer_type in (AnswerType.TEXT, AnswerType.NAME, AnswerType.WHO):
        # "Who raised more" asks for a name, which follows from the values.
        question = replace(question, answer_type=question.cue.answer)
    if (question.cue is None and not question.unit) or (
        question.answer_type in (AnswerType.TEXT, AnswerType.NAME, AnswerType.WHO) and not _priced(question)
    ):
        return _compared_in_text(context, question, passages, weights)
    found: list[tuple[QuestionName, Evidence, float, str]] = []
    for name in sides:
        one = _one(context, question, name)
        if one is not None:
            found.append((name, *one))
    if len(found) < 2 or len(found) < len(sides):
        return _compared_in_text(context, question, passages, weights)
    ascending = bool(LESS.search(question.text)) or question.answer_type is AnswerType.LICENCE
    ranked = sorted(found, key=lambda row: row[2] if ascending else -row[2])
    said = ""
    if YES_NO.match(question.text) and " or " not in question.text:
        # "Is Kimi K3 larger than GLM-5.2?"
        said = "Yes. " if ranked[0][0] == sides[0] and ranked[0][2] != ranked[1][2] else "No. "
    if ranked[0][2] == ranked[1][2]:
        text = said + " and ".join(row[0].text for row in ranked[:2]) + f" are equal: {ranked[0][3]}."
    else:
        text = (
            f"{said}{ranked[0][0].text}: {ranked[0][3]}, compared with "
            + ", ".join(f"{row[3]} for {row[0].text}" for row in ranked[1:])
            + "."
        )
    return Answer(text, cited_passages([row[1] for row in ranked]))


def _priced(question: Question) -> bool:
    return question.cue is not None and question.cue.name == "price"


def _sides(question: Question) -> list[QuestionName]:
    return [name for name in question.names if name.kind != "benchmark"]


def _one(context: AnswerContext, question: Question, name: QuestionName) -> tuple[Evidence, float, str] | None:
    """The value of one side: its evidence, a number to rank by, and its text."""
    benchmarks = [one for one in question.names if one.kind == "benchmark"]
    answer_type = AnswerType.MONEY if question.cue and question.cue.name == "price" else question.answer_type
    alone = replace(
        question,
        names=(name, *benchmarks),
        type=QuestionType.FACT,
        answer_type=answer_type,
        content=tuple(one for one in question.content if one in ("input", "output")),
    )
    evidence = gather_evidence(context, alone) or from_store(
        context.session, alone, min(context.until, question.times.until)
    )
    for one in evidence:
        if one.value is None:
            continue
        if question.cue and question.cue.name == "price":
            prices = token_prices(one.sentence.text)
            side = "output" if "output" in question.text.lower() else "input"
            if side not in prices:
                continue
            value = find_values(prices[side], AnswerType.MONEY)[0]
            return one, value.number or 0.0, f"{prices[side]} per million {side} tokens"
        if question.answer_type is AnswerType.LICENCE:
            low = one.value.text.lower()
            rank = next((at for at, kind in enumerate(PERMISSIVE) if low.startswith(kind)), len(PERMISSIVE))
            return one, float(rank), one.value.text
        if one.value.number is not None:
            return one, one.value.number, value_as_written(one)
    return None


def _compared_in_text(
    context: AnswerContext, question: Question, passages: Sequence[Passage], weights: Mapping[str, float]
) -> Answer:
    """A sentence that compares them itself."""
    content = tuple(one for one in question.content if not COMPARATIVE.fullmatch(one))
    bare = replace(question, cue=None, answer_type=AnswerType.TEXT, content=content)
    found = [
        one
        for one in find_evidence(bare, passages, weights)
        if one.named == len(question.names) and one.content_coverage >= 0.6
    ]
    return quote(bare, found[0], LONG) if found else unknown_answer(question)


def answer_order(
    context: AnswerContext, question: Question, _passages: Sequence[Passage], _weights: Mapping[str, float]
) -> Answer:
    """Which came first, by the day on which each was first reported."""
    found: list[tuple[Evidence, QuestionName]] = []
    for name in _sides(question):
        alone = replace(
            question,
            names=(name,),
            type=QuestionType.FACT,
            cue=question.cue if question.cue and question.cue.name != "role" else BY_NAME["released"],
            answer_type=AnswerType.DATE,
            content=(),
        )
        reported = earliest_first(
            [
                one
                for one in gather_evidence(context, alone)
                if one.named and not one.hedged and one.passage.outlet_weight >= 1.0 and not is_unreleased(one.passage)
            ]
        )
        if not reported:
            return unknown_answer(question)
        found.append((reported[0], name))
    ranked = sorted(found, key=lambda row: row[0].passage.said_on)
    days = [f"{name.text} ({one.passage.said_on.day} {one.passage.said_on:%B %Y})" for one, name in ranked]
    if ranked[0][0].passage.said_on == ranked[-1][0].passage.said_on:
        return Answer(
            f"They were reported on the same day: {' and '.join(days)}.", cited_passages([one for one, _ in ranked])
        )
    return Answer(f"{days[0]} came before {' and '.join(days[1:])}.", cited_passages([one for one, _ in ranked]))


def answer_sum(
    context: AnswerContext, question: Question, passages: Sequence[Passage], weights: Mapping[str, float]
) -> Answer:
    """A sum with its terms; or the total itself, where one sentence states it for all names."""
    stated = _stated(context, question)
    if stated is not None:
        terms, evidence = stated
        return _sum(question, terms, evidence)
    whole = [
        one for one in gather_evidence(context, question) if one.value is not None and one.named == len(question.names)
    ]
    for one in whole:
        for value in find_values(one.sentence.text, question.answer_type):
            if re.search(
                r"\b(?:total(?:l?ing|s)?(?: of)?|combined|altogether|sum of|worth)\s+(?:\w+\s+){0,2}$",
                one.sentence.text[: value.start],
            ):
                return Answer(f"{subject_text(question)}: {value.text}.", cited_passages([one]))
    for one in whole:
        shares = _shares(question, one)
        if shares:
            return _sum(question, [(value.number or 0.0, value.text) for value in shares], [one])
    deals = [
        one
        for one in whole
        if re.search(
            r"\b(?:additional|on top of|in addition|existing|further|extra|more)\b", one.sentence.text, re.IGNORECASE
        )
    ]
    if not deals and whole:
        return Answer(f"{subject_text(question)}: {value_as_written(whole[0])}.", cited_passages(whole[:1]))
    terms, evidence = [], []
    for one in gather_evidence(context, replace(question, content=(), type=QuestionType.FACT)):
        if one.value is None or one.value.number is None or any(values_agree(one, other) for other in evidence):
            continue
        if (
            not evidence
            or one.passage.id == evidence[0].passage.id
            or abs((one.passage.said_on - evidence[0].passage.said_on).days) < 3
        ):
            terms.append((one.value.number, value_as_written(one)))
            evidence.append(one)
    if len(terms) == 2 and deals:
        return _sum(question, terms, evidence)
    return unknown_answer(question)


def _shares(question: Question, one: Evidence) -> list[Value]:
    """The value next to each of the names, where a sentence states one for each of them.

    One of the names may have none: the recipient of all the others' payments.
    """
    found = find_values(one.sentence.text, question.answer_type)
    mentions = {name: mention_spans(name, one.sentence) for name in question.names}
    pairs = sorted(
        (away, at, value.start, value)
        for at, name in enumerate(question.names)
        for value in found
        if mentions[name]
        and (away := min(_away(value, span, one.sentence.text) for span in mentions[name])) <= VALUE_DISTANCE
    )
    chosen: dict[int, Value] = {}
    for _, at, _, value in pairs:
        if at not in chosen and value not in chosen.values():
            chosen[at] = value
    if not len(found) >= len(chosen) >= max(2, len(question.names) - 1):
        return []
    return [chosen[at] for at in sorted(chosen)]


def _away(value: Value, span: tuple[int, int], text: str) -> int:
    """Characters between a name and a value; more where a comma or "and" separates a value from the name after it."""
    start, end = span
    if value.end <= start:
        return start - value.end + (VALUE_DISTANCE if LIST_BREAK.search(text[value.end : start]) else 0)
    return value.start - end


def _sum(question: Question, terms: Sequence[tuple[float, str]], evidence: Sequence[Evidence]) -> Answer:
    unit = "USD" if question.answer_type is AnswerType.MONEY else ""
    whole = amount_words(sum(value for value, _ in terms), unit)
    return Answer(f"{' + '.join(text for _, text in terms)} = {whole}.", cited_passages(evidence))


def _stated(context: AnswerContext, question: Question) -> tuple[list[tuple[float, str]], list[Evidence]] | None:
    """The values that the question itself holds, each with a sentence about its names that states it."""
    answer_type = (
        question.answer_type if question.answer_type in (AnswerType.MONEY, AnswerType.COUNT) else AnswerType.MONEY
    )
    typed = [value for value in find_values(question.text, answer_type) if value.number and value.number >= 1e3]
    if len(typed) < 2:
        return None
    terms, evidence = [], []
    for value in typed:
        for names in (
            [(name,) for name in question.names]
            if len(question.names) == 1
            else [*((*question.names[:1], name) for name in question.names[1:]), *((name,) for name in question.names)]
        ):
            alone = replace(
                question,
                names=names,
                content=(),
                type=QuestionType.FACT,
                cue=None,
                answer_type=answer_type,
                unit="",
                times=replace(question.times, latest=False, period=EVER),
            )
            passages, weights = find_passages(context, replace(alone, cue=question.cue, content=(value.text,)))
            found = next(
                (
                    one
                    for one in find_evidence(alone, passages, weights, AnswerType.TEXT)
                    if any(_near(other.number, value.number) for other in find_values(one.sentence.text, answer_type))
                ),
                None,
            )
            if found is not None:
                terms.append((value.number or 0.0, value.text))
                evidence.append(found)
                break
        else:
            return None
    return terms, evidence


def _near(one: float | None, other: float | None) -> bool:
    return bool(one and other and abs(one - other) <= 0.011 * other)


def answer_ratio(
    context: AnswerContext, question: Question, passages: Sequence[Passage], weights: Mapping[str, float]
) -> Answer:
    """The ratio or difference of two values: of one model, of two names, or those that the question states."""
    pair: list[tuple[float, str, Evidence]] = []
    stated = _stated(context, question)
    if stated is not None:
        pair = [(value, text, one) for (value, text), one in zip(*stated, strict=True)]
    elif question.cue and question.cue.name in ("active_parameters", "parameters") and len(question.names) == 1:
        for cue in ("parameters", "active_parameters"):
            alone = replace(
                question, cue=BY_NAME[cue], answer_type=AnswerType.SIZE, type=QuestionType.FACT, content=(), unit=""
            )
            pair += [
                (one.value.number, value_as_written(one), one)
                for one in gather_evidence(context, alone)[:1]
                if one.value and one.value.number
            ]
    elif len(question.names) == 2:
        for name in question.names:
            alone_one = _one(context, question, name)
            if alone_one is not None:
                pair.append((alone_one[1], alone_one[2], alone_one[0]))
    if len(pair) != 2 or not min(pair[0][0], pair[1][0]):
        return (
            answer_fact(context, question, passages, weights)
            if question.answer_type in (AnswerType.PERCENT, AnswerType.SCORE)
            else unknown_answer(question)
        )
    high, low = sorted(pair, key=lambda row: -row[0])
    if re.search(
        r"\bdifference\b|\bhow (?:much|many) (?:(?!times)\w+ ){0,2}(?:more|less|fewer)\b|\bby how (?:much|many)\b",
        question.text,
        re.IGNORECASE,
    ):
        return Answer(
            f"{high[1]} − {low[1]} = {amount_words(high[0] - low[0], 'USD' if question.answer_type is AnswerType.MONEY else '')}.",
            cited_passages([high[2], low[2]]),
        )
    times = high[0] / low[0]
    return Answer(f"{times:.3g} times: {high[1]} versus {low[1]}.", cited_passages([high[2], low[2]]))
