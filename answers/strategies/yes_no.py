"""Yes or no, and both sides where sources disagree."""

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

NOT = re.compile(
    r"\b(?:not|never|no longer|isn't|wasn't|aren't|won't|didn't|doesn't|hasn't|cannot|can't|without|den(?:y|ies|ied)|rather than this|instead of (?:this|buying|acquiring)|"
    r"refus\w+|reject\w+|closed[- ](?:source|weights?)|proprietary|call(?:ed|s) off|fell through|false|untrue)\b|\bNOT\b",
    re.IGNORECASE,
)
LATER = re.compile(
    r"\b(?:future versions?|plans? (?:to|for)|intention to|intends? to|hop(?:e|es|ing) to|aim(?:s|ing)? to|will be|later|eventually|upcoming|in talks|considering|rumou?r\w*)\b",
    re.IGNORECASE,
)

NEAR = 1.2
"""How far behind the best evidence what is told still counts."""

OPEN = frozenset(("open", "sourc", "weight"))
"""Words of the question whether something is open."""

FREE = re.compile(r"Apache|MIT\b|BSD|MPL|L?GPL", re.IGNORECASE)

_WITH = re.compile(r"\b(?:with|including|alongside|from|like|via|using)\s+(?:the )?$", re.IGNORECASE)
"""Before a name: it is not the one who does it."""

BESIDE, BEHIND = 40, 15
"""Characters between a "not" and what it denies, behind it or before it ("a purchase fell through")."""

SAME = 0.6
"""Share of a question's own words that a sentence must hold to speak of the same."""


def answer_yes_no(
    sources: AnswerContext, asked: Question, passages: Sequence[Passage], weights: Mapping[str, float]
) -> Answer:
    """Yes, no, or who says which."""
    bare = replace(asked, gives=AnswerType.TEXT)
    told = entity_kinds(sources, passages)
    evidence = [
        one
        for one in find_evidence(bare, passages, weights)
        if one.own >= SAME and (one.named or not asked.names) and _of_all(asked, one) and _done_by(asked, one, told)
    ]
    # A question may be denied in other words than those it is asked in.
    denials = (
        [
            one
            for one in find_evidence(replace(bare, cue=None), passages, weights)
            if one.own >= SAME and one.named == len(asked.names) and _denies(asked, one)
        ]
        if asked.cue is None or asked.cue.relation
        else []
    )
    said = {word for one in asked.content for word in words(one)}
    if not evidence and not denials and said and said <= OPEN:
        # What is under a free licence is open.
        free = replace(bare, cue=BY_NAME["licence"], gives=AnswerType.LICENCE, content=())
        evidence = [one for one in find_evidence(free, passages, weights) if one.value and FREE.match(one.value.text)]
    if asked.times.period.bounded:
        evidence = [one for one in evidence if one.passage.said_on in asked.times.period]
    yes = [
        one for one in evidence if not _denies(asked, one) and not LATER.search(one.sentence.text) and not one.hedged
    ]
    no = [one for one in evidence if _denies(asked, one) or LATER.search(one.sentence.text)]
    no = sorted(
        {id(one): one for one in (*no, *denials)}.values(), key=lambda one: (-bool(_denies(asked, one)), -one.score)
    )
    best = max((one.score for one in (*yes, *no)), default=0.0)
    yes = [one for one in yes if one.score >= best - NEAR]
    # A denial comes late and from smaller outlets, and must be told all the same.
    no = [
        one
        for one in no
        if one.score >= best - (2 * NEAR if _denies(asked, one) and one.named == len(asked.names) else NEAR)
    ]
    if yes and asked.cue is not None and asked.cue.name == "released":
        # What was expected before it came out is no disagreement.
        no = [one for one in no if _denies(asked, one)]
    if yes and no:
        return Answer(
            f"Sources disagree. {outlet_and_date(yes[0])}: “{trim_quote(yes[0], asked, 260)}” But {outlet_and_date(no[0])}: “{trim_quote(no[0], asked, 260)}”",
            cited_passages([yes[0], no[0]]),
        )
    if yes:
        return Answer(f"Yes. “{trim_quote(yes[0], asked, 200)}”", cited_passages(yes[:1]))
    if no:
        return Answer(f"No, or not yet. “{trim_quote(no[0], asked, 200)}”", cited_passages(no[:1]))
    return unknown_answer(asked)


def _of_all(asked: Question, one: Evidence) -> bool:
    """Whether a sentence speaks of all who are asked about; only the maker of what is named may go unsaid."""
    absent = [
        name
        for name in asked.names
        if not mention_spans(name, one.sentence) and not continues_subject(name, one.sentence)
    ]
    return all(any(name.id in other.parents for other in asked.names if other is not name) for name in absent)


def _done_by(asked: Question, one: Evidence, kinds: Mapping[str, str]) -> bool:
    """Whether what is asked of somebody is told of him, and not of another in the same sentence."""
    if not asked.names or (asked.cue is not None and asked.cue.relation):
        return True
    text = one.sentence.text
    if asked.cue is not None and asked.cue.statement:
        spots = asked.cue.statement.spans(text)
    else:
        said = {alike for typed in asked.content for word in words(typed) for alike in SYNONYMS.get(word, (word,))}
        spots = [spot for word, spot in zip(one.sentence.words, one.sentence.places, strict=True) if word in said]
    doer = replace(asked, names=asked.names[:1])
    stands = {
        name: [spot for spot in mention_spans(name, one.sentence) if not _WITH.search(text[: spot[0]])]
        for name in doer.names
    }
    carried = [name for name in doer.names if not stands[name] and continues_subject(name, one.sentence)]
    if not carried and not any(stands.values()):
        return any(asked.names[0].id in other.parents for other in asked.names[1:])
    return not spots or any(
        is_attributed(Value(start, end, ""), doer, one.sentence, stands, carried, kinds) for start, end in spots
    )


def _denies(asked: Question, one: Evidence) -> bool:
    """Whether a sentence says no to what is asked: the "not" stands by the words of the question, not elsewhere."""
    text = one.sentence.text
    content = {alike for typed in asked.content for word in words(typed) for alike in SYNONYMS.get(word, (word,))}
    spots = [spot for word, spot in zip(one.sentence.words, one.sentence.places, strict=True) if word in content]
    if asked.cue is not None:
        spots += asked.cue.statement.spans(text)
    if not spots:
        # A deal is denied in other words too ("was not sold"); what is asked of one alone is denied in its own.
        return bool(NOT.search(text)) and (not content or (asked.cue is not None and asked.cue.relation))
    return any(
        any(start - match.end() <= BESIDE and match.start() - end <= BEHIND for start, end in spots)
        for match in NOT.finditer(text)
    )
