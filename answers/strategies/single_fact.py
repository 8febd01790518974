"""A Question becomes an Answer: each kind by its own way, over the passages that were found.

    question -> passages -> evidence (the gate) -> value, list, order, comparison ... -> words with citations

What the store does not tell is not answered: an answer holds only what stands in a cited sentence, or what follows
from such values by counting, adding and comparing.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import Session

from answers.answer import Answer, Citation
from answers.language.cues import AnswerType
from answers.language.synonyms import SYNONYMS
from answers.read.corroboration import corroborated, from_store
from answers.read.evidence import Evidence, find_evidence, in_order, is_unreleased
from answers.read.mentions import mention_spans
from answers.read.values import NAME, token_prices
from answers.retrieve import search as searching
from answers.retrieve.search import Passage
from answers.understand.question import SUPERLATIVE, Question, QuestionName
from gazetteer.spelling import fold
from gazetteer.words import words
from models.entity import kind_by_alias

REPORTED = 100
"""Days after a quarter by which its figures are out."""

SHORT = 230
"""Characters of an answer that is one value with its sentence; the limit of a short answer is 240."""

LONG = 640
COVER, OWN, TYPED, BESIDE, STRICT, SAID = 0.75, 0.4, 0.6, 0.3, 0.8, 0.4
"""Shares of what is asked, by rarity, that a sentence must hold: to be quoted; of the words that are neither names nor
the predicate's; both where a value of the right kind stands beside the right words already; and of those words where the
best of something is asked for; and of those words in the sentence itself where a kind of thing is asked for."""

VOTE, MOST = 0.2, 3
"""What a value gains by each other page that tells the same, and by how many at most."""

PASSAGES = 40


@dataclass(frozen=True)
class AnswerContext:
    """Where answers come from: passages for a question, newest day read."""

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
"""What a price is for, where it stands right behind it."""

MOVING = ("users", "revenue", "valuation", "headcount", "funding_round")
"""What grows from month to month: without a time, the newest is meant."""

_KIND = re.compile(
    r"(?:and |so )?(?:\w+ )?(?:which|what) (?!is\b|was\b|are\b|were\b|do\b|did\b|does\b|'s\b)", re.IGNORECASE
)
"""A question that says what kind of thing it asks for."""

QUOTED = (AnswerType.TEXT, AnswerType.WHO, AnswerType.NAME)


def unknown_answer(asked: Question, why: str = "") -> Answer:
    """The answer when it is not known."""
    who = ", ".join(list(dict.fromkeys(name.text for name in asked.names))[:3])
    unknown = [name.text for name in asked.names if not name.known]
    if unknown:
        return Answer(f"I don't know: {unknown[0]} stands in nothing that I have read.")
    return Answer(
        why
        or (
            f"I don't know: nothing that I have read says that about {who}."
            if who
            else "I don't know that: nothing that I have read says it."
        )
    )


def find_passages(
    sources: AnswerContext, asked: Question, limit: int = PASSAGES
) -> tuple[list[Passage], Mapping[str, float]]:
    """The passages for a question, best first, and the weights of its words."""
    said: list[str] = []
    wholes: list[list[tuple[str, ...]]] = []
    for name in asked.names:
        own = set(words(name.text)) | set(words(name.typed))
        # The shortest of its forms finds most: "Fable 5" stands also where "Claude Fable 5" does.
        forms = sorted(name.forms, key=lambda form: (not set(form) <= own, len(form)))
        wholes.append(forms)
        fitting = [form for form in forms if set(form) <= own] or forms
        said += [word for word in fitting[-1] if word not in said]
    for one in (*asked.content, asked.unit):
        said += words(one)
    more = words(asked.cue.search_terms) if asked.cue else []
    for one in asked.content:
        more += [word for typed in words(one) for word in SYNONYMS.get(typed, ())]
    more = [word for word in dict.fromkeys(more) if word not in said]
    wanted = searching.query_terms(sources.session, list(dict.fromkeys(said)), sources.total)
    extra = searching.query_terms(sources.session, more, sources.total)
    weights = {**{word: 0.6 * weight for word, weight in extra.weights.items()}, **wanted.weights}
    until = min(sources.until, asked.times.until)
    found = searching.search(
        sources.session, searching.QueryTerms(weights), until, asked.times.period, asked.times.latest, limit, wholes
    )
    return found, wanted.weights


def sufficient(asked: Question, evidence: Sequence[Evidence]) -> list[Evidence]:
    """The evidence that passes: of the right time, and holding enough of what was asked."""
    if asked.gives in QUOTED:
        # Who is best at one thing is not best at another: "open models", "in coding".
        # And who names nobody must be answered in his own words.
        own = STRICT if SUPERLATIVE.search(asked.text) or not asked.names else OWN
        # "Which security initiative": what kind of thing is asked for, the sentence itself must tell.
        said = SAID if _KIND.match(asked.text) else 0.0
        found = [one for one in evidence if one.cover >= COVER and one.own >= own and one.said >= said]
    else:
        # "Invest", "deal" and "how much" alone say little: which one is meant stands in the other words.
        own = BESIDE if asked.cue is None or asked.cue.name == "compute_deal" else 0.0
        found = [one for one in evidence if one.cover >= TYPED and one.own >= own]
    if asked.times.period.bounded:
        inside = [one for one in found if one.passage.said_on in asked.times.period]
        # What names its own month may be told later; what only happened to be said then may not.
        found = (
            inside
            or [one for one in found if asked.times.words.lower() in one.sentence.text.lower()]
            or [one for one in found if _of_the_quarter(asked, one)]
        )
    return found


def _of_the_quarter(asked: Question, one: Evidence) -> bool:
    """Whether a sentence tells of the quarter asked for after its end, as companies do."""
    quarter = re.search(r"\bQ[1-4]\b", asked.times.words, re.IGNORECASE)
    late = (one.passage.said_on - asked.times.period.last).days
    return bool(quarter and 0 < late <= REPORTED and quarter.group().upper() in one.sentence.text)


def gather_evidence(sources: AnswerContext, asked: Question) -> list[Evidence]:
    """The evidence for a question, looked for anew."""
    return gated_evidence(sources, asked, *find_passages(sources, asked))


def gated_evidence(
    sources: AnswerContext, asked: Question, passages: Sequence[Passage], weights: Mapping[str, float]
) -> list[Evidence]:
    """The sentences of some passages that pass the gate, and that the fact store does not speak against."""
    evidence = find_evidence(asked, passages, weights, kinds=entity_kinds(sources, passages))
    return sufficient(asked, corroborated(sources.session, asked, evidence))


def answer_fact(
    sources: AnswerContext, asked: Question, passages: Sequence[Passage], weights: Mapping[str, float]
) -> Answer:
    """One value, name or sentence."""
    evidence = gated_evidence(sources, asked, passages, weights)
    evidence = evidence or from_store(sources.session, asked, min(sources.until, asked.times.until))
    if not evidence:
        return unknown_answer(asked)
    if asked.gives is AnswerType.DATE:
        return _date(asked, evidence)
    evidence = newest_first(asked, _voted(evidence))
    return _value(asked, evidence) if evidence[0].value is not None else quote(asked, evidence[0])


def _voted(evidence: Sequence[Evidence]) -> list[Evidence]:
    """The evidence, best first, where a value gains by each further page among the good ones that tells the same."""
    best = max(one.score for one in evidence)
    good = one_per_page([one for one in evidence if one.score >= best - 1.0])
    found = [
        replace(
            one, score=one.score + VOTE * min(MOST, sum(values_agree(one, other) for other in good if other is not one))
        )
        for one in evidence
    ]
    return sorted(found, key=lambda one: -one.score)


def newest_first(asked: Question, evidence: Sequence[Evidence]) -> list[Evidence]:
    """The newest of the good evidence first, where the newest is asked for."""
    found = list(evidence)
    moving = asked.cue is not None and asked.cue.name in MOVING and not asked.times.period.bounded
    if (asked.times.latest or moving) and found:
        best = max(one.score for one in found)
        good = [one for one in found if one.score >= best - 1.0 and not one.hedged and one.passage.tier >= 1.0]
        found = sorted(good, key=lambda one: (-one.passage.said_on.toordinal(), -one.score)) or found
    return found


def entity_kinds(sources: AnswerContext, passages: Sequence[Passage]) -> dict[str, str]:
    """What kind of thing the names in some passages are, as far as the catalogue knows them: folded -> kind."""
    said = {fold(name) for name in {match.group() for passage in passages for match in NAME.finditer(passage.text)}}
    return kind_by_alias(sources.session, sorted(said))


def _value(asked: Question, evidence: Sequence[Evidence]) -> Answer:
    if asked.cue and asked.cue.name == "price":
        return _price(asked, evidence)
    best = evidence[0]
    same = [one for one in evidence if values_agree(one, best)]
    others = [one for one in evidence if one.score >= best.score - 1.0 and not values_agree(one, best)]
    if others and asked.cue and asked.cue.of_models and all(map(_is_family, asked.names)):
        # A family has no one size: only who tells of several answers.
        several = [one for one in evidence if _SIZES.search(one.sentence.text)]
        return (
            Answer(f"{subject_text(asked)}: {value_as_written(several[0])}.", cited_passages(several[:1]))
            if several
            else unknown_answer(asked)
        )
    rivals = [
        one
        for one in evidence
        if not values_agree(one, best)
        and one.score >= best.score - 0.35
        and one.named >= best.named
        and one.cover >= best.cover
        and one.passage.tier >= 1.0
        and abs((one.passage.said_on - best.passage.said_on).days) <= 14
    ]
    if rivals and not asked.times.latest and asked.gives is AnswerType.MONEY:
        other = rivals[0]
        return Answer(
            f"{subject_text(asked)}: reports differ. {outlet_and_date(best)} says {value_as_written(best)}, {outlet_and_date(other)} says {value_as_written(other)}.",
            cited_passages([best, other]),
        )
    return Answer(f"{subject_text(asked)}: {value_as_written(best)}.", cited_passages(one_per_page(same)[:2]))


def _is_family(name: QuestionName) -> bool:
    """Whether a name stands for several versions: it has none in it, and is not known to be one model."""
    return name.kind != "model" and not any(char.isdigit() for form in name.forms for word in form for char in word)


def _short_day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def values_agree(one: Evidence, other: Evidence) -> bool:
    """Whether two values are the same but for rounding."""
    if one.value is None or other.value is None:
        return False
    if one.value.number is None or other.value.number is None:
        return fold(one.value.text) == fold(other.value.text)
    return abs(one.value.number - other.value.number) <= 0.012 * max(abs(one.value.number), abs(other.value.number))


def _price(asked: Question, evidence: Sequence[Evidence]) -> Answer:
    best = evidence[0]
    prices = token_prices(best.sentence.text)
    wanted = next((word for word in ("output", "input", "cached") if word in asked.text.lower()), "")
    if wanted and wanted in prices:
        return Answer(f"{subject_text(asked)}: {prices[wanted]} per million {wanted} tokens.", cited_passages([best]))
    if {"input", "output"} <= prices.keys():
        return Answer(
            f"{subject_text(asked)}: {prices['input']} per million input tokens, {prices['output']} per million output tokens.",
            cited_passages([best]),
        )
    per = _PER.match(best.sentence.text, best.value.end) if best.value else None
    return Answer(
        f"{subject_text(asked)}: {value_as_written(best)}{per.group() if per else ''}.", cited_passages([best])
    )


def outlet_and_date(one: Evidence) -> str:
    """Who said it and when."""
    return f"{one.passage.outlet} ({_short_day(one.passage.said_on)})"


def value_as_written(one: Evidence) -> str:
    """A value as its sentence writes it, "" when it holds none."""
    if one.value is None:
        return ""
    start, end = one.value.start, one.value.end
    if several := next(
        (some for some in _SIZES.finditer(one.sentence.text) if some.start() <= start < some.end()), None
    ):
        # "3B and 24B": a family has as many sizes.
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


def subject_text(asked: Question) -> str:
    """What an answer is about, in the question's own words."""
    names = ", ".join(dict.fromkeys(name.text for name in asked.names))
    what = (
        asked.unit
        if asked.unit and not any(name.text in asked.unit for name in asked.names)
        else (asked.cue.name.replace("_", " ") if asked.cue else "")
    )
    return f"{names}, {what}" if names and what else names or what or "Answer"


def _date(asked: Question, evidence: Sequence[Evidence]) -> Answer:
    most = max(one.named for one in evidence)
    evidence = [one for one in evidence if one.named == most]
    told = in_order(evidence) or evidence
    clear = [one for one in told if one.score >= max(one.score for one in told) - 1.2 and not one.hedged] or told
    clear = [one for one in clear if not is_unreleased(one.passage)] or clear
    first = clear[0]
    day = first.passage.said_on
    return Answer(f"{subject_text(asked)}: {day.day} {day:%B %Y}, when it was reported.", cited_passages([first]))


def quote(asked: Question, one: Evidence, limit: int = SHORT) -> Answer:
    """A sentence as the answer, cut to the clauses that matter."""
    if asked.gives in (AnswerType.TEXT, AnswerType.NAME) and len(one.sentence.text) <= LONG:
        limit = max(limit, SHORT)
    return Answer(f"“{trim_quote(one, asked, limit - 2)}”", cited_passages([one]))


def trim_quote(one: Evidence, asked: Question, limit: int) -> str:
    """A sentence cut at clauses to a length, around what answers."""
    text = one.sentence.text
    if len(text) <= limit:
        return text
    spots = [spot for name in asked.names for spot in mention_spans(name, one.sentence)]
    if asked.cue:
        spots += asked.cue.statement.spans(text)[:2]
    content = {word for part in asked.content for word in words(part)}
    spots += [spot for word, spot in zip(one.sentence.words, one.sentence.places, strict=True) if word in content]
    cuts = [
        0,
        *[match.end() for match in re.finditer(r"[,;:—–]\s|\s[–—]\s|\.\s|\s(?=and |while |with )", text)],
        len(text),
    ]
    best, choice = -1.0, (0, limit)
    for start in cuts[:-1]:
        end = max((cut for cut in cuts if cut > start and cut - start <= limit), default=start + limit)
        weight = sum(1.0 for a, b in spots if start <= a and b <= end) - (0.2 if start else 0.0)
        if weight > best:
            best, choice = weight, (start, end)
    start, end = choice
    cut = text[start:end].strip(" ,;:–—")
    if end < len(text) and end not in cuts:
        cut = cut.rsplit(" ", 1)[0]
    return ("… " if start else "") + cut + ("…" if end < len(text) else "")


def one_per_page(evidence: Sequence[Evidence]) -> list[Evidence]:
    """The first of each page: what the same page says twice bears no more witness."""
    found: dict[str, Evidence] = {}
    for one in evidence:
        found.setdefault(one.passage.url.partition("#")[0] or one.passage.external_id, one)
    return list(found.values())


def cited_passages(evidence: Sequence[Evidence]) -> tuple[Citation, ...]:
    """The passages of some evidence, each once."""
    found: dict[int, Citation] = {}
    for one in evidence:
        found.setdefault(
            one.passage.id,
            Citation(
                one.passage.external_id, one.passage.url, one.passage.outlet, one.passage.said_on, one.sentence.text
            ),
        )
    return tuple(found.values())
