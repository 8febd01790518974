"""Answers that set values side by side: which is larger, which came first, the sum, the ratio."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from answers.answer import Answer
from answers.language.cues import BY_NAME, AnswerType
from answers.language.time_range import EVER
from answers.read.attribution import PARTED
from answers.read.corroboration import from_store
from answers.read.evidence import Evidence, find_evidence, in_order, is_unreleased
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
BESIDE = 25
"""Characters between a name and the value that is its own in a list of several."""

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
"""Licences from the one that allows most to the one that allows least, by how they begin."""


def answer_comparison(
    sources: AnswerContext, asked: Question, passages: Sequence[Passage], weights: Mapping[str, float]
) -> Answer:
    """Which of two or more has more or less of something: each one's value, each with its source."""
    sides = _sides(asked)
    if asked.cue is not None and asked.gives in (AnswerType.TEXT, AnswerType.NAME, AnswerType.WHO):
        # "Who raised more" asks for a name, and is decided by what each one's value is.
        asked = replace(asked, gives=asked.cue.answer)
    if (asked.cue is None and not asked.unit) or (
        asked.gives in (AnswerType.TEXT, AnswerType.NAME, AnswerType.WHO) and not _priced(asked)
    ):
        return _told_together(sources, asked, passages, weights)
    found: list[tuple[QuestionName, Evidence, float, str]] = []
    for name in sides:
        one = _one(sources, asked, name)
        if one is not None:
            found.append((name, *one))
    if len(found) < 2 or len(found) < len(sides):
        return _told_together(sources, asked, passages, weights)
    turned = bool(LESS.search(asked.text)) or asked.gives is AnswerType.LICENCE
    ranked = sorted(found, key=lambda row: row[2] if turned else -row[2])
    said = ""
    if YES_NO.match(asked.text) and " or " not in asked.text:
        # "Is Kimi K3 larger than GLM-5.2?"
        said = "Yes. " if ranked[0][0] == sides[0] and ranked[0][2] != ranked[1][2] else "No. "
    if ranked[0][2] == ranked[1][2]:
        text = said + " and ".join(row[0].text for row in ranked[:2]) + f" are equal: {ranked[0][3]}."
    else:
        text = (
            f"{said}{ranked[0][0].text}: {ranked[0][3]}, against "
            + ", ".join(f"{row[3]} for {row[0].text}" for row in ranked[1:])
            + "."
        )
    return Answer(text, cited_passages([row[1] for row in ranked]))


def _priced(asked: Question) -> bool:
    return asked.cue is not None and asked.cue.name == "price"


def _sides(asked: Question) -> list[QuestionName]:
    return [name for name in asked.names if name.kind != "benchmark"]


def _one(sources: AnswerContext, asked: Question, name: QuestionName) -> tuple[Evidence, float, str] | None:
    """One side's value: the evidence, a number to rank by, and how it is written."""
    others = [one for one in asked.names if one.kind == "benchmark"]
    gives = AnswerType.MONEY if asked.cue and asked.cue.name == "price" else asked.gives
    alone = replace(
        asked,
        names=(name, *others),
        ask=QuestionType.FACT,
        gives=gives,
        content=tuple(one for one in asked.content if one in ("input", "output")),
    )
    told = gather_evidence(sources, alone) or from_store(sources.session, alone, min(sources.until, asked.times.until))
    for one in told:
        if one.value is None:
            continue
        if asked.cue and asked.cue.name == "price":
            prices = token_prices(one.sentence.text)
            side = "output" if "output" in asked.text.lower() else "input"
            if side not in prices:
                continue
            value = find_values(prices[side], AnswerType.MONEY)[0]
            return one, value.number or 0.0, f"{prices[side]} per million {side} tokens"
        if asked.gives is AnswerType.LICENCE:
            low = one.value.text.lower()
            rank = next((at for at, kind in enumerate(PERMISSIVE) if low.startswith(kind)), len(PERMISSIVE))
            return one, float(rank), one.value.text
        if one.value.number is not None:
            return one, one.value.number, value_as_written(one)
    return None


def _told_together(
    sources: AnswerContext, asked: Question, passages: Sequence[Passage], weights: Mapping[str, float]
) -> Answer:
    """A sentence that compares them itself."""
    said = tuple(one for one in asked.content if not COMPARATIVE.fullmatch(one))
    bare = replace(asked, cue=None, gives=AnswerType.TEXT, content=said)
    found = [one for one in find_evidence(bare, passages, weights) if one.named == len(asked.names) and one.own >= 0.6]
    return quote(bare, found[0], LONG) if found else unknown_answer(asked)


def answer_order(
    sources: AnswerContext, asked: Question, _passages: Sequence[Passage], _weights: Mapping[str, float]
) -> Answer:
    """Which came first, by the day on which each was first told to be out."""
    found: list[tuple[Evidence, QuestionName]] = []
    for name in _sides(asked):
        alone = replace(
            asked,
            names=(name,),
            ask=QuestionType.FACT,
            cue=asked.cue if asked.cue and asked.cue.name != "role" else BY_NAME["released"],
            gives=AnswerType.DATE,
            content=(),
        )
        told = in_order(
            [
                one
                for one in gather_evidence(sources, alone)
                if one.named and not one.hedged and one.passage.tier >= 1.0 and not is_unreleased(one.passage)
            ]
        )
        if not told:
            return unknown_answer(asked)
        found.append((told[0], name))
    ranked = sorted(found, key=lambda row: row[0].passage.said_on)
    days = [f"{name.text} ({one.passage.said_on.day} {one.passage.said_on:%B %Y})" for one, name in ranked]
    if ranked[0][0].passage.said_on == ranked[-1][0].passage.said_on:
        return Answer(
            f"Both were reported on the same day: {' and '.join(days)}.", cited_passages([one for one, _ in ranked])
        )
    return Answer(f"{days[0]} came before {' and '.join(days[1:])}.", cited_passages([one for one, _ in ranked]))


def answer_sum(
    sources: AnswerContext, asked: Question, passages: Sequence[Passage], weights: Mapping[str, float]
) -> Answer:
    """A sum with its terms; or the total itself, where one sentence tells it of all that are named."""
    stated = _stated(sources, asked)
    if stated is not None:
        terms, evidence = stated
        return _sum(asked, terms, evidence)
    whole = [one for one in gather_evidence(sources, asked) if one.value is not None and one.named == len(asked.names)]
    for one in whole:
        for value in find_values(one.sentence.text, asked.gives):
            if re.search(
                r"\b(?:total(?:l?ing|s)?(?: of)?|combined|altogether|sum of|worth)\s+(?:\w+\s+){0,2}$",
                one.sentence.text[: value.start],
            ):
                return Answer(f"{subject_text(asked)}: {value.text}.", cited_passages([one]))
    for one in whole:
        shares = _shares(asked, one)
        if shares:
            return _sum(asked, [(value.number or 0.0, value.text) for value in shares], [one])
    deals = [
        one
        for one in whole
        if re.search(
            r"\b(?:additional|on top of|in addition|existing|further|extra|more)\b", one.sentence.text, re.IGNORECASE
        )
    ]
    if not deals and whole:
        return Answer(f"{subject_text(asked)}: {value_as_written(whole[0])}.", cited_passages(whole[:1]))
    terms, evidence = [], []
    for one in gather_evidence(sources, replace(asked, content=(), ask=QuestionType.FACT)):
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
        return _sum(asked, terms, evidence)
    return unknown_answer(asked)


def _shares(asked: Question, one: Evidence) -> list[Value]:
    """The value beside each of the names, where a sentence gives each of them one of its own.

    One of the names may have none: it is the one that they all gave to.
    """
    found = find_values(one.sentence.text, asked.gives)
    told = {name: mention_spans(name, one.sentence) for name in asked.names}
    pairs = sorted(
        (away, at, value.start, value)
        for at, name in enumerate(asked.names)
        for value in found
        if told[name] and (away := min(_away(value, spot, one.sentence.text) for spot in told[name])) <= BESIDE
    )
    chosen: dict[int, Value] = {}
    for _, at, _, value in pairs:
        if at not in chosen and value not in chosen.values():
            chosen[at] = value
    if not len(found) >= len(chosen) >= max(2, len(asked.names) - 1):
        return []
    return [chosen[at] for at in sorted(chosen)]


def _away(value: Value, spot: tuple[int, int], text: str) -> int:
    """Characters between a name and a value; a value before a comma or an "and" is not that of the name behind it."""
    start, end = spot
    if value.end <= start:
        return start - value.end + (BESIDE if PARTED.search(text[value.end : start]) else 0)
    return value.start - end


def _sum(asked: Question, terms: Sequence[tuple[float, str]], evidence: Sequence[Evidence]) -> Answer:
    unit = "USD" if asked.gives is AnswerType.MONEY else ""
    whole = amount_words(sum(value for value, _ in terms), unit)
    return Answer(f"{' + '.join(text for _, text in terms)} = {whole}.", cited_passages(evidence))


def _stated(sources: AnswerContext, asked: Question) -> tuple[list[tuple[float, str]], list[Evidence]] | None:
    """The values that the question itself names, each found in a sentence about whom it names."""
    gives = asked.gives if asked.gives in (AnswerType.MONEY, AnswerType.COUNT) else AnswerType.MONEY
    said = [value for value in find_values(asked.text, gives) if value.number and value.number >= 1e3]
    if len(said) < 2:
        return None
    terms, evidence = [], []
    for value in said:
        for names in (
            [(name,) for name in asked.names]
            if len(asked.names) == 1
            else [*((*asked.names[:1], name) for name in asked.names[1:]), *((name,) for name in asked.names)]
        ):
            alone = replace(
                asked,
                names=names,
                content=(),
                ask=QuestionType.FACT,
                cue=None,
                gives=gives,
                unit="",
                times=replace(asked.times, latest=False, period=EVER),
            )
            passages, weights = find_passages(sources, replace(alone, cue=asked.cue, content=(value.text,)))
            found = next(
                (
                    one
                    for one in find_evidence(alone, passages, weights, AnswerType.TEXT)
                    if any(_near(other.number, value.number) for other in find_values(one.sentence.text, gives))
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
    sources: AnswerContext, asked: Question, passages: Sequence[Passage], weights: Mapping[str, float]
) -> Answer:
    """How many times one value is another: two values of one model, of two, or those that the question names."""
    pair: list[tuple[float, str, Evidence]] = []
    stated = _stated(sources, asked)
    if stated is not None:
        pair = [(value, text, one) for (value, text), one in zip(*stated, strict=True)]
    elif asked.cue and asked.cue.name in ("active_parameters", "parameters") and len(asked.names) == 1:
        for cue in ("parameters", "active_parameters"):
            alone = replace(asked, cue=BY_NAME[cue], gives=AnswerType.SIZE, ask=QuestionType.FACT, content=(), unit="")
            pair += [
                (one.value.number, value_as_written(one), one)
                for one in gather_evidence(sources, alone)[:1]
                if one.value and one.value.number
            ]
    elif len(asked.names) == 2:
        for name in asked.names:
            alone_one = _one(sources, asked, name)
            if alone_one is not None:
                pair.append((alone_one[1], alone_one[2], alone_one[0]))
    if len(pair) != 2 or not min(pair[0][0], pair[1][0]):
        return (
            answer_fact(sources, asked, passages, weights)
            if asked.gives in (AnswerType.PERCENT, AnswerType.SCORE)
            else unknown_answer(asked)
        )
    high, low = sorted(pair, key=lambda row: -row[0])
    if re.search(
        r"\bdifference\b|\bhow (?:much|many) (?:(?!times)\w+ ){0,2}(?:more|less|fewer)\b|\bby how (?:much|many)\b",
        asked.text,
        re.IGNORECASE,
    ):
        return Answer(
            f"{high[1]} − {low[1]} = {amount_words(high[0] - low[0], 'USD' if asked.gives is AnswerType.MONEY else '')}.",
            cited_passages([high[2], low[2]]),
        )
    times = high[0] / low[0]
    return Answer(f"{times:.3g} times: {high[1]} against {low[1]}.", cited_passages([high[2], low[2]]))
