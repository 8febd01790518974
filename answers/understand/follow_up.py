"""Resolves a follow-up question: what it leaves out is taken from the question before it. Pure.

"and OpenAI?" keeps what was asked, "how much did they pay?" keeps about whom.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from answers.language.cues import BY_NAME, AnswerType
from answers.understand.question import TOTAL, Question, QuestionName, QuestionType
from gazetteer.words import words

_PRONOUN = re.compile(
    r"\b(?:it|its|they|them|their|he|she|his|her|that|this|those|these|there|the (?:company|lab|model|startup|deal|round|existing|other|first|second|same|total|team|one))\b",
    re.IGNORECASE,
)

_POSSESSIVE = re.compile(r"\b(?:its|their|his|her)\b", re.IGNORECASE)

ONE_DEAL = ("funding_round", "valuation", "investors", "acquisition", "compute_deal")
"""Cues that can be about the same deal, and then share its period."""

SHORT = 5
"""Words up to which a question for a number may leave out its subject: "how many in Europe?"."""

_ABOUT_ALL = re.compile(
    r"^(?:and |so )?(?:which|what|who|list|name|show|tell me)\b.{0,40}?\b(?:startups?|compan(?:y|ies)|labs?|firms?|models?|llms?|makers?|"
    r"providers?|everyone|anyone|anybody|everybody|all)\b(?! (?:did|does|do|was|were|is|are|has|have|had) (?:it|they|he|she)\b)"
    r"|^(?:list|show)\b",
    re.IGNORECASE,
)
"""A question about all of a kind, which leaves nothing out."""

_QUESTION_WORD = re.compile(
    r"(?:so |but |and )?(?:(?:by|from|to|in|at|for|on|with|since|until) )?"
    r"(?:when|where|why|whom?|how|how (?:much|many|long|big|large|so|come)|(?:which|what) \w+|what exactly)\W*$",
    re.IGNORECASE,
)
"""A question that is little more than its question word."""

_SAME = re.compile(r"^(?:and|what about|how about|and what about|and for|and the|same for|or)\b", re.IGNORECASE)


def resolve_follow_up(now: Question, last: Question, bot_names: Sequence[QuestionName]) -> Question:
    """The question `now` as it is meant after `last`; unchanged where it is complete in itself.

    `bot_names` are the names in the answer to `last`.
    """
    bare = not now.names
    pronoun = bool(_PRONOUN.search(now.text))
    short = len(words(now.text)) <= 7
    same = bool(_SAME.match(now.text.strip()))
    if not (pronoun or same or (_elliptic(now) if bare else short and now.cue is None)):
        return now
    names = list(now.names)
    if bare:
        # A plain word of the answer ("Chair") is no name.
        answered = [
            name for name in bot_names if name.id is not None or " " in name.text or re.search(r"\d|\w[A-Z]", name.text)
        ]
        if not last.names and now.cue is None and not pronoun:
            # "And in April?" after a question without names has none either.
            answered = []
        inherited = list({name.id or name.text: name for name in reversed([*last.names, *answered])}.values())[::-1]
        if now.answer_type is AnswerType.WHO or now.cue is BY_NAME["role"]:
            others = [name for name in inherited if name.kind != "person"]
            named_by_bot = [name for name in others if name in answered and name.kind in ("company", "lab", "")]
            inherited = named_by_bot or others or inherited
        names = inherited
    elif _POSSESSIVE.search(now.text):
        # "and in its Series F?" asks about something that belongs to the last subject.
        names = [*[name for name in last.names if name not in names][:1], *names]
    elif pronoun and not same:
        names += [name for name in last.names if name not in names][:1]
    cue, answer_type, question_type, unit = now.cue, now.answer_type, now.type, now.unit
    content = now.content
    if now.cue is None and (same or short):
        cue = last.cue
        if answer_type is AnswerType.TEXT:
            answer_type, unit = last.answer_type, unit or last.unit
        if question_type in (QuestionType.FACT, QuestionType.NOTHING, QuestionType.DEFINE):
            question_type = last.type if last.type is not QuestionType.NOTHING else QuestionType.FACT
        if not bare and last.names:
            # "and Sonnet 5?" replaces the subject and keeps the rest; "and Google?" keeps the other party of a deal.
            kinds = {name.kind for name in names}
            names += [name for name in last.names[1:] if name.kind not in kinds and name.kind == "benchmark"]
            content = tuple(dict.fromkeys((*content, *last.content)))
    if TOTAL.search(now.text) and answer_type in (AnswerType.MONEY, AnswerType.COUNT):
        question_type, content = QuestionType.SUM, ()
    when = now.times
    if (
        not when.period.bounded
        and last.times.period.bounded
        and not when.latest
        and (
            now.cue is None
            or (bare and cue is last.cue)
            or (bare and last.cue is not None and {now.cue.name, last.cue.name} <= set(ONE_DEAL))
        )
    ):
        when = replace(when, period=last.times.period)
    return replace(
        now,
        names=tuple(names),
        cue=cue,
        answer_type=answer_type,
        type=question_type,
        unit=unit,
        content=content,
        times=when,
    )


def _elliptic(now: Question) -> bool:
    """Whether a question without a name or a pronoun leaves out its subject: "at what valuation?", "when?".

    "Which startups raised money?" and "list the acquisitions" leave nothing out: they ask about all.
    """
    if now.cue is not None:
        return not _ABOUT_ALL.search(now.text) and now.type not in (
            QuestionType.SPIKE_WHO,
            QuestionType.INSTRUCTIONS,
            QuestionType.ADVICE,
            QuestionType.PRIVATE,
        )
    return bool(_QUESTION_WORD.match(now.text.strip())) or (
        now.answer_type is not AnswerType.TEXT and len(words(now.text)) <= SHORT
    )
