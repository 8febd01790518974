"""What a question means after another in the same thread. Pure.

"and OpenAI?" keeps what was asked, "how much did they pay?" keeps whom.
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

OF_A_DEAL = ("funding_round", "valuation", "investors", "acquisition", "compute_deal")
"""What is asked of one and the same deal, which was at one time."""

SHORT = 5
"""Words of a question for a number that may leave out of whom: "how many in Europe?"."""

_OF_ALL = re.compile(
    r"^(?:and |so )?(?:which|what|who|list|name|show|tell me)\b.{0,40}?\b(?:startups?|compan(?:y|ies)|labs?|firms?|models?|llms?|makers?|"
    r"providers?|everyone|anyone|anybody|everybody|all)\b(?! (?:did|does|do|was|were|is|are|has|have|had) (?:it|they|he|she)\b)"
    r"|^(?:list|show)\b",
    re.IGNORECASE,
)
"""A question that is asked of all of a kind."""

_ALONE = re.compile(
    r"(?:so |but |and )?(?:(?:by|from|to|in|at|for|on|with|since|until) )?"
    r"(?:when|where|why|whom?|how|how (?:much|many|long|big|large|so|come)|(?:which|what) \w+|what exactly)\W*$",
    re.IGNORECASE,
)
"""A question that is hardly more than its question word."""

_SAME = re.compile(r"^(?:and|what about|how about|and what about|and for|and the|same for|or)\b", re.IGNORECASE)


def resolve_follow_up(now: Question, last: Question, bot_names: Sequence[QuestionName]) -> Question:
    """A question as it is meant after another in the same thread: what it leaves out is taken from there.

    `bot_names` are the names in what was answered.
    """
    bare = not now.names
    pronoun = bool(_PRONOUN.search(now.text))
    short = len(words(now.text)) <= 7
    same = bool(_SAME.match(now.text.strip()))
    if not (pronoun or same or (_elliptic(now) if bare else short and now.cue is None)):
        return now
    names = list(now.names)
    if bare:
        # What was answered in one plain word ("Chair") is no name.
        said = [
            name for name in bot_names if name.id is not None or " " in name.text or re.search(r"\d|\w[A-Z]", name.text)
        ]
        if not last.names and now.cue is None and not pronoun:
            # "And in April?" asks the same of nobody in particular.
            said = []
        inherited = list({name.id or name.text: name for name in reversed([*last.names, *said])}.values())[::-1]
        if now.gives is AnswerType.WHO or now.cue is BY_NAME["role"]:
            others = [name for name in inherited if name.kind != "person"]
            named_by_bot = [name for name in others if name in said and name.kind in ("company", "lab", "")]
            inherited = named_by_bot or others or inherited
        names = inherited
    elif _POSSESSIVE.search(now.text):
        # "and in its Series F?" asks for a part of whom it was about.
        names = [*[name for name in last.names if name not in names][:1], *names]
    elif pronoun and not same:
        names += [name for name in last.names if name not in names][:1]
    cue, gives, ask, unit = now.cue, now.gives, now.ask, now.unit
    content = now.content
    if now.cue is None and (same or short):
        cue = last.cue
        if gives is AnswerType.TEXT:
            gives, unit = last.gives, unit or last.unit
        if ask in (QuestionType.FACT, QuestionType.NOTHING, QuestionType.DEFINE):
            ask = last.ask if last.ask is not QuestionType.NOTHING else QuestionType.FACT
        if not bare and last.names:
            # "and Sonnet 5?" changes whom, and keeps what else was asked; "and Google?" keeps the other side of a deal.
            kinds = {name.kind for name in names}
            names += [name for name in last.names[1:] if name.kind not in kinds and name.kind == "benchmark"]
            content = tuple(dict.fromkeys((*content, *last.content)))
    if TOTAL.search(now.text) and gives in (AnswerType.MONEY, AnswerType.COUNT):
        ask, content = QuestionType.SUM, ()
    when = now.times
    if (
        not when.period.bounded
        and last.times.period.bounded
        and not when.latest
        and (
            now.cue is None
            or (bare and cue is last.cue)
            or (bare and last.cue is not None and {now.cue.name, last.cue.name} <= set(OF_A_DEAL))
        )
    ):
        when = replace(when, period=last.times.period)
    return replace(now, names=tuple(names), cue=cue, gives=gives, ask=ask, unit=unit, content=content, times=when)


def _elliptic(now: Question) -> bool:
    """Whether a question without a name or a pronoun leaves out whom it asks of: "at what valuation?", "when?".

    "Which startups raised money?" and "list the acquisitions" say themselves of whom: of all.
    """
    if now.cue is not None:
        return not _OF_ALL.search(now.text) and now.ask not in (
            QuestionType.SPIKE_WHO,
            QuestionType.ORDERS,
            QuestionType.ADVICE,
            QuestionType.PRIVATE,
        )
    return bool(_ALONE.match(now.text.strip())) or (now.gives is not AnswerType.TEXT and len(words(now.text)) <= SHORT)
