"""Yes or no, and both sides where sources disagree."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from answers.answer import Answer
from answers.cues import Gives
from answers.evidence import Evidence, find
from answers.plan import Sources, cited, nothing, outlet, trimmed
from answers.question import Question
from answers.search import Passage

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

SAME = 0.6
"""Share of a question's own words that a sentence must hold to speak of the same."""


def verdict(sources: Sources, asked: Question, passages: Sequence[Passage], weights: Mapping[str, float]) -> Answer:
    """Yes, no, or who says which."""
    bare = replace(asked, gives=Gives.TEXT)
    evidence = [one for one in find(bare, passages, weights) if one.own >= SAME and (one.named or not asked.names)]
    # A question may be denied in other words than those it is asked in.
    denials = (
        [
            one
            for one in find(replace(bare, cue=None), passages, weights)
            if one.own >= SAME and one.named == len(asked.names) and _denies(one)
        ]
        if asked.cue is None or asked.cue.relation
        else []
    )
    if asked.times.period.bounded:
        evidence = [one for one in evidence if one.passage.said_on in asked.times.period]
    yes = [one for one in evidence if not _denies(one) and not LATER.search(one.sentence.text) and not one.hedged]
    no = [one for one in evidence if _denies(one) or LATER.search(one.sentence.text)]
    no = sorted({id(one): one for one in (*no, *denials)}.values(), key=lambda one: (-bool(_denies(one)), -one.score))
    best = max((one.score for one in (*yes, *no)), default=0.0)
    yes = [one for one in yes if one.score >= best - NEAR]
    # A denial comes late and from smaller outlets, and must be told all the same.
    no = [
        one for one in no if one.score >= best - (2 * NEAR if _denies(one) and one.named == len(asked.names) else NEAR)
    ]
    if yes and no:
        return Answer(
            f"Sources disagree. {outlet(yes[0])}: “{trimmed(yes[0], asked, 260)}” But {outlet(no[0])}: “{trimmed(no[0], asked, 260)}”",
            cited([yes[0], no[0]]),
        )
    if yes:
        return Answer(f"Yes. “{trimmed(yes[0], asked, 200)}”", cited(yes[:1]))
    if no:
        return Answer(f"No, or not yet. “{trimmed(no[0], asked, 200)}”", cited(no[:1]))
    return nothing(asked)


def _denies(one: Evidence) -> bool:
    return bool(NOT.search(one.sentence.text))
