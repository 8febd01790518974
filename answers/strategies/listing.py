"""Answers that list several names, the newest of several, or a definition: releases of a month, the current version."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from answers.answer import Answer
from answers.language.cues import BY_NAME, AnswerType
from answers.language.sentences import Sentence, find_words, split_sentences
from answers.read.evidence import FUTURE, HEDGED, Evidence, find_evidence, is_unreleased
from answers.read.mentions import mention_spans
from answers.read.values import NAME
from answers.retrieve.search import Passage
from answers.strategies.single_fact import (
    LONG,
    MIN_COVERAGE,
    AnswerContext,
    cited_passages,
    entity_kinds,
    find_passages,
    quote,
    sufficient,
    trim_quote,
    unknown_answer,
)
from answers.understand.question import PLURAL, Question, QuestionName
from gazetteer.words import words

_AFTER = re.compile(
    r"^(?:[ -]?(?P<tag>[A-Za-z]?)(?P<version>\d+(?:\.\d+)*)(?![\w%])(?!\.\d)(?:[ -](?P<variant>[A-Z][\w]*))?)"
)
MAX_RELEASES = 8
"""Releases of one answer; more of them are answered with sentences."""

NEAR_BEST = 1.5
"""Score below the best sentence up to which others are quoted with it ..."""

MAX_SENTENCES = 3
"""... and how many are quoted together."""

_MODEL = re.compile(r"\b[A-Za-z][\w.]*[- ]?(?:[\w.]+[- ])?[vV]?\d[\w.]*")
"""A name with a version number."""


def answer_newest(
    context: AnswerContext, question: Question, passages: Sequence[Passage], weights: Mapping[str, float]
) -> Answer:
    """The newest of a family that was out on the day asked for: the highest version reported as released."""
    families = [name for name in question.names if name.kind in ("family", "product", "model", "")]
    if not families:
        # The name of a maker has no versions: "Google 25" is none.
        return _newest_release(context, question, passages, weights) if question.names else unknown_answer(question)
    family = families[-1]
    alone = replace(question, names=(family,), content=(), cue=BY_NAME["released"], answer_type=AnswerType.TEXT)
    found, _ = find_passages(context, alone, 160)
    release = BY_NAME["released"].statement
    found_by: dict[str, dict[tuple[int, ...], tuple[str, Evidence]]] = {}
    for passage in sorted(found, key=lambda one: one.said_on):
        if passage.outlet_weight < 1.0:
            continue
        for sentence in split_sentences(passage.title, passage.text):
            if not release.search(sentence.text) or HEDGED.search(sentence.text) or FUTURE.search(sentence.text):
                continue
            for end, match in _versions(family, sentence):
                version = tuple(int(part) for part in match["version"].split("."))
                if len(match["version"]) > 5 or version[0] > 99 or not _released(sentence.text, end):
                    continue
                tag = (match.groupdict().get("tag") or "").lower()
                one = Evidence(sentence, passage, passage.score, 1.0, 1)
                found_by.setdefault(tag, {}).setdefault(version, (_full_name(family, match), one))
    if not found_by:
        return unknown_answer(question)
    # Of several product lines (V3.2, R1) the one with the latest newest version.
    heads = [max(versions.items()) for versions in found_by.values()]
    _, (text, one) = max(heads, key=lambda row: row[1][1].passage.said_on)
    return Answer(f"{text}.", cited_passages([one]))


def _full_name(family: QuestionName, match: re.Match[str]) -> str:
    """A version's full name."""
    if match.group().startswith(family.text.split()[0]):
        return match.group()
    tag = match.groupdict().get("tag") or ""
    return f"{family.text}{'-' if family.text.isupper() else ' '}{tag}{match['version']}"


def _versions(family: QuestionName, sentence: Sentence) -> list[tuple[int, re.Match[str]]]:
    """Versions of a family in a sentence: after its name, or inside it ("Gemini 3 Pro"); each with where it ends."""
    found = []
    for _, end in mention_spans(family, sentence):
        if match := _AFTER.match(sentence.text[end : end + 24]):
            found.append((end, match))
    first, *rest = family.text.split()
    if rest:
        inside = re.compile(
            rf"\b{re.escape(first)}[ -]?[vV]?(?P<version>\d+(?:\.\d+)*)[ -]{re.escape(' '.join(rest))}\b(?![ -]\d)"
        )
        found += [(match.end(), match) for match in inside.finditer(sentence.text)]
    return found


def _released(text: str, end: int) -> bool:
    """Whether a sentence states the release of a version, and does not only compare with it."""
    head = text[:end]
    verbs = list(BY_NAME["released"].statement.finditer(head))
    if verbs and not re.search(
        r"\b(?:than|over|from|vs\.?|versus|against|to|rival\w*|like|surpass\w*|outperform\w*|update to|upgrade (?:to|over)|compared)\b",
        head[verbs[-1].end() : max(verbs[-1].end(), end - 12)],
    ):
        return True
    after = BY_NAME["released"].statement.search(text[end : end + 60])
    return after is not None


def _newest_release(
    context: AnswerContext, question: Question, passages: Sequence[Passage], weights: Mapping[str, float]
) -> Answer:
    """The last sentence that reports a release, where there are no versions to compare."""
    released = replace(question, cue=BY_NAME["released"], answer_type=AnswerType.NAME)
    found = [
        one
        for one in sufficient(released, find_evidence(released, passages, weights))
        if one.named and not one.hedged and one.passage.outlet_weight >= 1.0
    ]
    if not found:
        return unknown_answer(question)
    return quote(question, max(found, key=lambda one: (one.passage.said_on, one.score)))


def answer_list(
    context: AnswerContext, question: Question, passages: Sequence[Passage], weights: Mapping[str, float]
) -> Answer:
    """A list: the names in the best sentences, or the best sentence itself."""
    # Sentences list names, seldom the words "models" or "sizes".
    question = replace(question, content=tuple(one for one in question.content if not PLURAL.fullmatch(one)))
    evidence = sufficient(
        question, find_evidence(question, passages, weights, AnswerType.TEXT, entity_kinds(context, passages))
    )
    evidence = [one for one in evidence if not one.hedged or not evidence[0].hedged]
    if not evidence:
        return unknown_answer(question)
    if (
        question.cue
        and question.cue.name == "released"
        and any(name.kind in ("family", "product") for name in question.names)
    ):
        named = _releases(question, evidence)
        if named:
            return named
    return (
        _quoted_together(question, evidence)
        if question.cue and question.cue.name == "released"
        else quote(question, evidence[0], LONG)
    )


def _quoted_together(question: Question, evidence: Sequence[Evidence]) -> Answer:
    """The best sentences, each with a name that those before it lack, within the length of an answer."""
    best = evidence[0].score
    good = sorted(
        (one for one in evidence if one.score >= best - NEAR_BEST and one.named),
        key=lambda one: (-one.passage.outlet_weight, -one.score),
    )
    quoted: list[Evidence] = []
    seen: set[str] = set()
    length = 0
    for one in good or evidence[:1]:
        new = {"".join(words(match.group())) for match in _MODEL.finditer(one.sentence.text)} - seen
        room = LONG - length
        if quoted and (not new or len(one.sentence.text) > room or len(quoted) == MAX_SENTENCES):
            continue
        quoted.append(one)
        seen |= new
        length += len(one.sentence.text) + 4
    return Answer("\n".join(f"“{trim_quote(one, question, LONG)}”" for one in quoted), cited_passages(quoted))


def _releases(question: Question, evidence: Sequence[Evidence]) -> Answer | None:
    """What was released in a period: names after the word of release, each with its day."""
    family = next((name for name in question.names if name.kind in ("family", "product")), None)
    found: dict[str, tuple[str, Evidence]] = {}
    for one in sorted(evidence, key=lambda one: (-one.passage.outlet_weight, one.passage.said_on, -one.score)):
        if one.passage.outlet_weight < 1.2 and (FUTURE.search(one.sentence.text) or is_unreleased(one.passage)):
            continue
        text = one.sentence.text
        verb = BY_NAME["released"].statement.search(text)
        if verb is None or one.named == 0:
            continue
        for match in NAME.finditer(text, verb.end()):
            name = match.group()
            if not re.search(r"\d", name) or re.match(r"[\d$]", name) or match.start() - verb.end() > 220:
                continue
            if family is not None and not any(find_words(form, tuple(words(name))) >= 0 for form in family.forms):
                continue
            if any(mention_spans(other, one.sentence) and name == other.text for other in question.names):
                continue
            if re.search(
                r"\b(?:than|over|vs\.?|versus|from|against|rival\w*|compet\w+|compar\w+|surpass\w*|outperform\w*)\b[^,;]*$",
                text[verb.end() : match.start()],
            ):
                continue
            found.setdefault("".join(words(name)), (name, one))
    if not found or len(found) > MAX_RELEASES:
        return None
    parts: dict[date, list[str]] = {}
    for name, one in found.values():
        parts.setdefault(one.passage.said_on, []).append(name)
    text = "; ".join(f"{', '.join(names)} ({day.day} {day:%b})" for day, names in sorted(parts.items()))
    return Answer(f"{text}.", cited_passages([one for _, one in found.values()]))


def answer_definition(
    context: AnswerContext, question: Question, passages: Sequence[Passage], weights: Mapping[str, float]
) -> Answer:
    """What something is: the sentence that introduces it."""
    bare = replace(question, cue=question.cue if len(question.names) > 1 else None, answer_type=AnswerType.TEXT)
    found = [
        one
        for one in find_evidence(bare, passages, weights)
        if one.coverage >= MIN_COVERAGE and one.content_coverage >= 0.5 and one.named
    ]
    if not found:
        return unknown_answer(question)
    return quote(
        question,
        max(found, key=lambda one: (_introduces(question.names[0], one.sentence) + one.score, -one.passage.id)),
        400,
    )


def _introduces(name: QuestionName, sentence: Sentence) -> float:
    spans = mention_spans(name, sentence)
    if not spans:
        return 0.0
    start, end = spans[0]
    after = sentence.text[end : end + 30]
    score = 0.0
    if re.match(r",? (?:is|are|an?|the|its|which is|was)\b|, (?:an?|the|its|\w+'s)\b|\s*[(:–—]", after):
        score += 1.0
    if re.search(
        r"\b(?:launch\w*|releas\w*|introduc\w*|unveil\w*|announc\w*|acquired|healthcare|startup|company|model|founded)\b",
        sentence.text[:start][-60:],
    ):
        score += 0.8
    return score + (0.4 if start < 30 else 0.0)
