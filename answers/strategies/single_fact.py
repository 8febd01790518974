"""Answers with one value, name, date or quoted sentence; what the other strategies share is here too.

    question -> passages -> evidence (the gate) -> value, list, order, comparison ... -> text with citations

What the store does not state is not answered: an answer holds only what a cited sentence says, or what follows from
such values by counting, adding and comparing.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import Session

from answers.answer import Answer, Citation
from answers.language.cues import AnswerType
from answers.language.synonyms import SYNONYMS
from answers.read.corroboration import ROUNDING, corroborated, from_store
from answers.read.evidence import Evidence, earliest_first, find_evidence, is_unreleased
from answers.read.mentions import mention_spans
from answers.read.values import NAME, token_prices
from answers.retrieve.query_terms import QueryTerms, query_terms
from answers.retrieve.search import Passage, search
from answers.understand.question import SUPERLATIVE, Question, QuestionName
from gazetteer.spelling import fold
from gazetteer.words import words
from models.entity import kind_by_alias

REPORTING_DAYS = 100
"""Days after a quarter by which its figures are published."""

SHORT = 230
"""Characters of a quoted sentence in a short answer, which may have 240."""

LONG = 640
"""Characters of a long answer."""

MIN_COVERAGE = 0.75
"""Coverage (see Evidence) from which a sentence may be quoted ..."""

MIN_COVERAGE_WITH_VALUE = 0.6
"""... and from which one may be that holds a value of the right type next to the cue."""

MIN_CONTENT = 0.4
"""Coverage of the content words from which a sentence may be quoted ..."""

MIN_CONTENT_SUPERLATIVE = 0.8
"""... where the best of something is asked for, or the question names nobody ..."""

MIN_CONTENT_WITH_VALUE = 0.3
"""... and where a value is asked for without a cue that says much."""

MIN_LOCAL_CONTENT = 0.4
"""Coverage of the content words by the sentence itself, where a kind of thing is asked for."""

CORROBORATION, MAX_CORROBORATION = 0.2, 3
"""Score of a value for each other page with the same value, and the number of pages that count."""

PASSAGES = 40
"""Passages retrieved for a question."""

EXPANSION = 0.6
"""Weight of synonyms and of the cue's search terms, relative to a word of the question."""

GOOD = 1.0
"""Score below the best up to which evidence is good."""


@dataclass(frozen=True)
class AnswerContext:
    """What every strategy needs: the store, the size of its index, and the day of the answer."""

    session: Session
    total: int
    """Articles in the index."""
    until: date
    """The day as of which answers are given."""


_SIZES = re.compile(r"\b\d[\d.]*[BM](?:(?:\s*(?:,|/|and|or|, and)\s*)\d[\d.]*[BM]\b)+(?! total| active|[- ]A\d)")

_PER = re.compile(
    r" ?(?:/|per |a |an )(?:(?:1 ?)?(?:M|K|million|thousand)\b ?)?(?:(?:input|output|cached|text|audio|image) )?"
    r"(?:tokens?|images?|seconds?|minutes?|hours?|days?|months?|years?|users?|seats?|requests?|calls?|pages?|characters?|M|K|million)\b",
    re.IGNORECASE,
)
"""The unit that a price is for, right after it."""

CHANGING = ("users", "revenue", "valuation", "headcount", "funding_round")
"""Cues whose value changes from month to month: without a period the newest is meant."""

_KIND = re.compile(
    r"(?:and |so )?(?:\w+ )?(?:which|what) (?!is\b|was\b|are\b|were\b|do\b|did\b|does\b|'s\b)", re.IGNORECASE
)
"""A question that states the kind of thing it asks for."""

QUOTED = (AnswerType.TEXT, AnswerType.WHO, AnswerType.NAME)
"""Types that are answered with a quoted sentence."""


def unknown_answer(question: Question, why: str = "") -> Answer:
    """The answer to a question that nothing read answers."""
    who = ", ".join(list(dict.fromkeys(name.text for name in question.names))[:3])
    unknown = [name.text for name in question.names if not name.known]
    if unknown:
        return Answer(f"I found nothing about {unknown[0]} in the news I have read.")
    return Answer(
        why
        or (
            f"I don't know: I found no source that says this about {who}."
            if who
            else "I don't know: I found no source that says this."
        )
    )


def find_passages(
    context: AnswerContext, question: Question, limit: int = PASSAGES
) -> tuple[list[Passage], Mapping[str, float]]:
    """The passages for a question, best first, and the rarity of its words."""
    typed: list[str] = []
    name_forms: list[list[tuple[str, ...]]] = []
    for name in question.names:
        own = set(words(name.text)) | set(words(name.typed))
        # The shortest form finds most: "Fable 5" is part of "Claude Fable 5".
        forms = sorted(name.forms, key=lambda form: (not set(form) <= own, len(form)))
        name_forms.append(forms)
        fitting = [form for form in forms if set(form) <= own] or forms
        typed += [word for word in fitting[-1] if word not in typed]
    for one in (*question.content, question.unit):
        typed += words(one)
    expansion = words(question.cue.search_terms) if question.cue else []
    for one in question.content:
        expansion += [synonym for word in words(one) for synonym in SYNONYMS.get(word, ())]
    expansion = [word for word in dict.fromkeys(expansion) if word not in typed]
    wanted = query_terms(context.session, list(dict.fromkeys(typed)), context.total)
    extra = query_terms(context.session, expansion, context.total)
    weights = {**{word: EXPANSION * weight for word, weight in extra.weights.items()}, **wanted.weights}
    until = min(context.until, question.times.until)
    found = search(
        context.session,
        QueryTerms(weights),
        until,
        question.times.period,
        question.times.latest,
        limit,
        name_forms,
    )
    return found, wanted.weights


def sufficient(question: Question, evidence: Sequence[Evidence]) -> list[Evidence]:
    """The evidence that covers enough of the question and is of the period asked for."""
    if question.answer_type in QUOTED:
        # The best at one thing is not the best at another: "open models", "in coding".
        # And a question without names is all content words.
        min_content = (
            MIN_CONTENT_SUPERLATIVE if SUPERLATIVE.search(question.text) or not question.names else MIN_CONTENT
        )
        # "Which security initiative": the sentence itself must state the kind of thing that is asked for.
        min_local = MIN_LOCAL_CONTENT if _KIND.match(question.text) else 0.0
        found = [
            one
            for one in evidence
            if one.coverage >= MIN_COVERAGE and one.content_coverage >= min_content and one.local_coverage >= min_local
        ]
    else:
        # "Invest", "deal" and "how much" alone say little: the content words say which one is meant.
        min_content = MIN_CONTENT_WITH_VALUE if question.cue is None or question.cue.name == "compute_deal" else 0.0
        found = [
            one for one in evidence if one.coverage >= MIN_COVERAGE_WITH_VALUE and one.content_coverage >= min_content
        ]
    if question.times.period.bounded:
        inside = [one for one in found if one.passage.said_on in question.times.period]
        # A sentence that names the period may be published after it.
        found = (
            inside
            or [one for one in found if question.times.words.lower() in one.sentence.text.lower()]
            or [one for one in found if _of_the_quarter(question, one)]
        )
    return found


def _of_the_quarter(question: Question, one: Evidence) -> bool:
    """Whether a sentence reports the quarter asked for after its end, as companies do."""
    quarter = re.search(r"\bQ[1-4]\b", question.times.words, re.IGNORECASE)
    late = (one.passage.said_on - question.times.period.last).days
    return bool(quarter and 0 < late <= REPORTING_DAYS and quarter.group().upper() in one.sentence.text)


def gather_evidence(context: AnswerContext, question: Question) -> list[Evidence]:
    """The evidence for a question, with its own retrieval."""
    return gated_evidence(context, question, *find_passages(context, question))


def gated_evidence(
    context: AnswerContext, question: Question, passages: Sequence[Passage], weights: Mapping[str, float]
) -> list[Evidence]:
    """The evidence in some passages that passes the gate, without values that the fact store contradicts."""
    evidence = find_evidence(question, passages, weights, kinds=entity_kinds(context, passages))
    return sufficient(question, corroborated(context.session, question, evidence))


def answer_fact(
    context: AnswerContext, question: Question, passages: Sequence[Passage], weights: Mapping[str, float]
) -> Answer:
    """One value, name or sentence."""
    evidence = gated_evidence(context, question, passages, weights)
    evidence = evidence or from_store(context.session, question, min(context.until, question.times.until))
    if not evidence:
        return unknown_answer(question)
    if question.answer_type is AnswerType.DATE:
        return _date(question, evidence)
    evidence = newest_first(question, _by_corroboration(evidence))
    return _value(question, evidence) if evidence[0].value is not None else quote(question, evidence[0])


def _by_corroboration(evidence: Sequence[Evidence]) -> list[Evidence]:
    """The evidence, best first, a value scoring higher for each other page among the good ones that states the same."""
    best = max(one.score for one in evidence)
    good = one_per_page([one for one in evidence if one.score >= best - GOOD])
    found = [
        replace(
            one,
            score=one.score
            + CORROBORATION
            * min(MAX_CORROBORATION, sum(values_agree(one, other) for other in good if other is not one)),
        )
        for one in evidence
    ]
    return sorted(found, key=lambda one: -one.score)


def newest_first(question: Question, evidence: Sequence[Evidence]) -> list[Evidence]:
    """The evidence with the newest good one first, where the newest is asked for."""
    found = list(evidence)
    changing = question.cue is not None and question.cue.name in CHANGING and not question.times.period.bounded
    if (question.times.latest or changing) and found:
        best = max(one.score for one in found)
        good = [
            one for one in found if one.score >= best - GOOD and not one.hedged and one.passage.outlet_weight >= 1.0
        ]
        found = sorted(good, key=lambda one: (-one.passage.said_on.toordinal(), -one.score)) or found
    return found


def entity_kinds(context: AnswerContext, passages: Sequence[Passage]) -> dict[str, str]:
    """Kind of the entities named in some passages, by folded name; names that the store does not know are left out."""
    named = {fold(name) for name in {match.group() for passage in passages for match in NAME.finditer(passage.text)}}
    return kind_by_alias(context.session, sorted(named))


def _value(question: Question, evidence: Sequence[Evidence]) -> Answer:
    if question.cue and question.cue.name == "price":
        return _price(question, evidence)
    best = evidence[0]
    same = [one for one in evidence if values_agree(one, best)]
    others = [one for one in evidence if one.score >= best.score - GOOD and not values_agree(one, best)]
    if others and question.cue and question.cue.of_models and all(map(_is_family, question.names)):
        # A family has several sizes: only a sentence that lists them answers.
        several = [one for one in evidence if _SIZES.search(one.sentence.text)]
        return (
            Answer(f"{subject_text(question)}: {value_as_written(several[0])}.", cited_passages(several[:1]))
            if several
            else unknown_answer(question)
        )
    rivals = [
        one
        for one in evidence
        if not values_agree(one, best)
        and one.score >= best.score - 0.35
        and one.named >= best.named
        and one.coverage >= best.coverage
        and one.passage.outlet_weight >= 1.0
        and abs((one.passage.said_on - best.passage.said_on).days) <= 14
    ]
    if rivals and not question.times.latest and question.answer_type is AnswerType.MONEY:
        other = rivals[0]
        return Answer(
            f"{subject_text(question)}: reports differ. {outlet_and_date(best)} says {value_as_written(best)}, {outlet_and_date(other)} says {value_as_written(other)}.",
            cited_passages([best, other]),
        )
    return Answer(f"{subject_text(question)}: {value_as_written(best)}.", cited_passages(one_per_page(same)[:2]))


def _is_family(name: QuestionName) -> bool:
    """Whether a name covers several versions: it has no number in it, and is no known model."""
    return name.kind != "model" and not any(char.isdigit() for form in name.forms for word in form for char in word)


def _short_day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def values_agree(one: Evidence, other: Evidence) -> bool:
    """Whether two sentences hold the same value but for rounding."""
    if one.value is None or other.value is None:
        return False
    if one.value.number is None or other.value.number is None:
        return fold(one.value.text) == fold(other.value.text)
    return abs(one.value.number - other.value.number) <= ROUNDING * max(abs(one.value.number), abs(other.value.number))


def _price(question: Question, evidence: Sequence[Evidence]) -> Answer:
    best = evidence[0]
    prices = token_prices(best.sentence.text)
    wanted = next((word for word in ("output", "input", "cached") if word in question.text.lower()), "")
    if wanted and wanted in prices:
        return Answer(
            f"{subject_text(question)}: {prices[wanted]} per million {wanted} tokens.", cited_passages([best])
        )
    if {"input", "output"} <= prices.keys():
        return Answer(
            f"{subject_text(question)}: {prices['input']} per million input tokens, {prices['output']} per million output tokens.",
            cited_passages([best]),
        )
    per = _PER.match(best.sentence.text, best.value.end) if best.value else None
    return Answer(
        f"{subject_text(question)}: {value_as_written(best)}{per.group() if per else ''}.", cited_passages([best])
    )


def outlet_and_date(one: Evidence) -> str:
    """The outlet and the day of a sentence."""
    return f"{one.passage.outlet} ({_short_day(one.passage.said_on)})"


def value_as_written(one: Evidence) -> str:
    """The value as its sentence writes it, with the noun after it; "" when it holds none."""
    if one.value is None:
        return ""
    start, end = one.value.start, one.value.end
    if several := next(
        (some for some in _SIZES.finditer(one.sentence.text) if some.start() <= start < some.end()), None
    ):
        # "3B and 24B": the sizes of a family are quoted together.
        start, end = several.span()
    text = " ".join(one.sentence.text[start:end].split()).rstrip("-")
    after = one.sentence.text[end : end + 24]
    if match := re.match(
        r"[-\s]*(?:(?:\w+[-\s]){0,2}?)(tokens?|parameters?|params|users|employees|weeks|days|months|GW|GPUs|%)", after
    ):
        unit = match[1].replace("params", "parameters")
        unit = unit if unit == "%" or unit.endswith("s") or unit == "GW" else unit + "s"
        text += f" {unit}" if unit != "%" else "%"
    return text


def subject_text(question: Question) -> str:
    """What an answer is about: the names and what is asked, in the question's own words."""
    names = ", ".join(dict.fromkeys(name.text for name in question.names))
    what = (
        question.unit
        if question.unit and not any(name.text in question.unit for name in question.names)
        else (question.cue.name.replace("_", " ") if question.cue else "")
    )
    return f"{names}, {what}" if names and what else names or what or "Answer"


def _date(question: Question, evidence: Sequence[Evidence]) -> Answer:
    most = max(one.named for one in evidence)
    evidence = [one for one in evidence if one.named == most]
    ordered = earliest_first(evidence) or evidence
    clear = [
        one for one in ordered if one.score >= max(one.score for one in ordered) - 1.2 and not one.hedged
    ] or ordered
    clear = [one for one in clear if not is_unreleased(one.passage)] or clear
    first = clear[0]
    day = first.passage.said_on
    return Answer(f"{subject_text(question)}: {day.day} {day:%B %Y}, the day it was reported.", cited_passages([first]))


def quote(question: Question, one: Evidence, limit: int = SHORT) -> Answer:
    """A sentence as the answer, cut to the clauses that matter; limit: characters."""
    if question.answer_type in (AnswerType.TEXT, AnswerType.NAME) and len(one.sentence.text) <= LONG:
        limit = max(limit, SHORT)
    return Answer(f"“{trim_quote(one, question, limit - 2)}”", cited_passages([one]))


def trim_quote(one: Evidence, question: Question, limit: int) -> str:
    """A sentence cut at clause boundaries to `limit` characters, around the names, the cue and the content words."""
    text = one.sentence.text
    if len(text) <= limit:
        return text
    spans = [span for name in question.names for span in mention_spans(name, one.sentence)]
    if question.cue:
        spans += question.cue.statement.spans(text)[:2]
    content = {word for part in question.content for word in words(part)}
    spans += [span for word, span in zip(one.sentence.words, one.sentence.spans, strict=True) if word in content]
    cuts = [
        0,
        *[match.end() for match in re.finditer(r"[,;:—–]\s|\s[–—]\s|\.\s|\s(?=and |while |with )", text)],
        len(text),
    ]
    best, choice = -1.0, (0, limit)
    for start in cuts[:-1]:
        end = max((cut for cut in cuts if cut > start and cut - start <= limit), default=start + limit)
        weight = sum(1.0 for a, b in spans if start <= a and b <= end) - (0.2 if start else 0.0)
        if weight > best:
            best, choice = weight, (start, end)
    start, end = choice
    cut = text[start:end].strip(" ,;:–—")
    if end < len(text) and end not in cuts:
        cut = cut.rsplit(" ", 1)[0]
    return ("… " if start else "") + cut + ("…" if end < len(text) else "")


def one_per_page(evidence: Sequence[Evidence]) -> list[Evidence]:
    """The first evidence of each page: a page that says something twice is still one source."""
    found: dict[str, Evidence] = {}
    for one in evidence:
        found.setdefault(one.passage.url.partition("#")[0] or one.passage.external_id, one)
    return list(found.values())


def cited_passages(evidence: Sequence[Evidence]) -> tuple[Citation, ...]:
    """The citations of some evidence, one for each passage."""
    found: dict[int, Citation] = {}
    for one in evidence:
        found.setdefault(
            one.passage.id,
            Citation(
                one.passage.external_id, one.passage.url, one.passage.outlet, one.passage.said_on, one.sentence.text
            ),
        )
    return tuple(found.values())
