"""Answers to yes-or-no questions, with both sides where sources disagree."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from answers.answer import Answer
from answers.language.cues import BY_NAME, AnswerType
from answers.language.synonyms import SYNONYMS
from answers.read.attribution import is_attributed
from answers.read.evidence import Evidence, find_evidence
from answers.read.mentions import continues_subject, mention_spans
from answers.read.values import Value
from answers.retrieve.search import Passage
from answers.strategies.single_fact import (
    AnswerContext,
    cited_passages,
    entity_kinds,
    outlet_and_date,
    trim_quote,
    unknown_answer,
)
from answers.understand.question import Question
from gazetteer.words import words

NEGATION = re.compile(
    r"\b(?:not|never|no longer|isn't|wasn't|aren't|won't|didn't|doesn't|hasn't|cannot|can't|without|den(?:y|ies|ied)|rather than this|instead of (?:this|buying|acquiring)|"
    r"refus\w+|reject\w+|closed[- ](?:source|weights?)|proprietary|call(?:ed|s) off|fell through|false|untrue)\b|\bNOT\b",
    re.IGNORECASE,
)
_PROSPECT = re.compile(
    r"\b(?:future versions?|plans? (?:to|for)|intention to|intends? to|hop(?:e|es|ing) to|aim(?:s|ing)? to|will be|later|eventually|upcoming"
    r"|in talks|considering|rumou?r\w*)\b",
    re.IGNORECASE,
)
"""In the clause of an act: it is meant to happen."""

_PROSPECT_BEFORE = re.compile(
    r"\b(?:could|might|may|would|should|if|wants? to|wanted to|looking (?:to|at)|seek(?:s|ing)?(?: to)?|thinking (?:of|about)|interested in|open to|"
    r"considers|considered|weigh(?:s|ed|ing)?|mull(?:s|ed|ing)?|ey(?:es|ed|eing)|explor(?:es|ed|ing)|discuss(?:es|ed|ing)|negotiat(?:es|ed|ing)|"
    r"talks? (?:to|about|of|over)|expected to|set to|about to|propos(?:es|ed|ing)|attempt(?:s|ed|ing)? to|tr(?:y|ies|ied|ying) to|bid(?:s|ding)? (?:to|for))"
    r"(?: [\w'’-]+){0,3}? ?$",
    re.IGNORECASE,
)
"""Directly before an act: somebody thinks of it, and nobody has said that it happened."""

_CLAUSE_BREAK = re.compile(
    r"[;:] | [—–-] |,? (?:which|who|whose|while|after|before|since|once|although|though|but|because|as)\b|, (?:and|so|with|having)\b"
)

NEAR_BEST = 1.2
"""Score below the best evidence up to which other evidence counts."""

OPEN = frozenset(("open", "sourc", "weight"))
"""Stems of a question whether something is open."""

FREE_LICENCE = re.compile(r"Apache|MIT\b|BSD|MPL|L?GPL", re.IGNORECASE)

_WITH = re.compile(r"\b(?:with|including|alongside|from|like|via|using)\s+(?:the )?$", re.IGNORECASE)
"""Before a name: it is not the one that acts."""

BEFORE_DENIED, AFTER_DENIED = 40, 15
"""Characters between a negation and what it denies, before it or after it ("the purchase fell through")."""

MIN_CONTENT = 0.6
"""Coverage of the content words (see Evidence) from which a sentence is about what is asked."""


def answer_yes_no(
    context: AnswerContext, question: Question, passages: Sequence[Passage], weights: Mapping[str, float]
) -> Answer:
    """Yes, no, or which source says which."""
    bare = replace(question, answer_type=AnswerType.TEXT)
    kinds = entity_kinds(context, passages)
    evidence = [
        one
        for one in find_evidence(bare, passages, weights)
        if one.content_coverage >= MIN_CONTENT
        and (one.named or not question.names)
        and _mentions_all(question, one)
        and _done_by(question, one, kinds)
    ]
    # A denial may be worded differently from the question.
    denials = (
        [
            one
            for one in find_evidence(replace(bare, cue=None), passages, weights)
            if one.content_coverage >= MIN_CONTENT and one.named == len(question.names) and _denies(question, one)
        ]
        if question.cue is None or question.cue.relation
        else []
    )
    stems = {word for one in question.content for word in words(one)}
    if not evidence and not denials and stems and stems <= OPEN:
        # What has a free licence is open.
        free = replace(bare, cue=BY_NAME["licence"], answer_type=AnswerType.LICENCE, content=())
        evidence = [
            one for one in find_evidence(free, passages, weights) if one.value and FREE_LICENCE.match(one.value.text)
        ]
    if question.times.period.bounded:
        evidence = [one for one in evidence if one.passage.said_on in question.times.period]
    yes = [one for one in evidence if not _denies(question, one) and not _is_prospect(question, one) and not one.hedged]
    no = [one for one in evidence if _denies(question, one) or _is_prospect(question, one)]
    no = sorted(
        {id(one): one for one in (*no, *denials)}.values(), key=lambda one: (-bool(_denies(question, one)), -one.score)
    )
    best = max((one.score for one in (*yes, *no)), default=0.0)
    yes = [one for one in yes if one.score >= best - NEAR_BEST]
    # A denial comes late and from smaller outlets, and must be shown all the same.
    no = [
        one
        for one in no
        if one.score
        >= best - (2 * NEAR_BEST if _denies(question, one) and one.named == len(question.names) else NEAR_BEST)
    ]
    if yes and question.cue is not None and question.cue.name == "released":
        # An expectation from before a release is no disagreement.
        no = [one for one in no if _denies(question, one)]
    if yes and no:
        return Answer(
            f"Sources disagree. {outlet_and_date(yes[0])}: “{trim_quote(yes[0], question, 260)}” But {outlet_and_date(no[0])}: “{trim_quote(no[0], question, 260)}”",
            cited_passages([yes[0], no[0]]),
        )
    if yes:
        return Answer(f"Yes. “{trim_quote(yes[0], question, 200)}”", cited_passages(yes[:1]))
    if no:
        return Answer(f"No, or not yet. “{trim_quote(no[0], question, 200)}”", cited_passages(no[:1]))
    return unknown_answer(question)


def _mentions_all(question: Question, one: Evidence) -> bool:
    """Whether a sentence mentions all names; only the maker of what is named may be left out."""
    absent = [
        name
        for name in question.names
        if not mention_spans(name, one.sentence) and not continues_subject(name, one.sentence)
    ]
    return all(any(name.id in other.parents for other in question.names if other is not name) for name in absent)


def _done_by(question: Question, one: Evidence, kinds: Mapping[str, str]) -> bool:
    """Whether a sentence states what is asked about the subject, and not about another name in it."""
    if not question.names or (question.cue is not None and question.cue.relation):
        return True
    text = one.sentence.text
    if question.cue is not None and question.cue.statement:
        spans = question.cue.statement.spans(text)
    else:
        content = {
            synonym for typed in question.content for word in words(typed) for synonym in SYNONYMS.get(word, (word,))
        }
        spans = [span for word, span in zip(one.sentence.words, one.sentence.spans, strict=True) if word in content]
    about_subject = replace(question, names=question.names[:1])
    mentions = {
        name: [span for span in mention_spans(name, one.sentence) if not _WITH.search(text[: span[0]])]
        for name in about_subject.names
    }
    implied = [name for name in about_subject.names if not mentions[name] and continues_subject(name, one.sentence)]
    if not implied and not any(mentions.values()):
        return any(question.names[0].id in other.parents for other in question.names[1:])
    return not spans or any(
        is_attributed(Value(start, end, ""), about_subject, one.sentence, mentions, implied, kinds)
        for start, end in spans
    )


def _asked_words(question: Question, one: Evidence) -> tuple[set[str], list[tuple[int, int]]]:
    """The words of what is asked, with their synonyms, and where a sentence has them or words of the same relation."""
    content = {
        synonym for typed in question.content for word in words(typed) for synonym in SYNONYMS.get(word, (word,))
    }
    spans = [span for word, span in zip(one.sentence.words, one.sentence.spans, strict=True) if word in content]
    return content, spans + (question.cue.statement.spans(one.sentence.text) if question.cue is not None else [])


def _is_prospect(question: Question, one: Evidence) -> bool:
    """Whether a sentence tells of what is asked only as something that may or is meant to happen.

    Each clause is judged by itself: what is to become of a purchase later does not undo it.
    """
    text = one.sentence.text
    _, spans = _asked_words(question, one)
    if not spans:
        return bool(_PROSPECT.search(text))
    breaks = list(_CLAUSE_BREAK.finditer(text))
    for start, end in spans:
        first = max((match.end() for match in breaks if match.end() <= start), default=0)
        last = min((match.start() for match in breaks if match.start() >= end), default=len(text))
        if not _PROSPECT.search(text, first, last) and not _PROSPECT_BEFORE.search(text[first:start]):
            return False
    return True


def _denies(question: Question, one: Evidence) -> bool:
    """Whether a sentence denies what is asked: a negation stands near the words of the question."""
    text = one.sentence.text
    content, spans = _asked_words(question, one)
    if not spans:
        # A deal is also denied in other words ("was not sold"); anything else only in those of the question.
        return bool(NEGATION.search(text)) and (not content or (question.cue is not None and question.cue.relation))
    return any(
        any(start - match.end() <= BEFORE_DENIED and match.start() - end <= AFTER_DENIED for start, end in spans)
        for match in NEGATION.finditer(text)
    )
