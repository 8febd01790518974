"""Text becomes a Question: the names, what is asked about them, the period, and the type of the answer. Pure.

text -> time range -> names (looked up by the caller) -> cue -> answer type -> question type
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from answers.language.cues import BY_NAME, CREATOR, CUES, ROLE_TITLE, AnswerType, Cue
from answers.language.spans import question_tokens
from answers.language.time_range import TimeRange
from gazetteer.words import words
from models.predicate import PREDICATES


class QuestionType(StrEnum):
    """The kind of a question, which decides how it is answered."""

    FACT = "fact"
    LIST = "list"
    YES_NO = "yes or no"
    COMPARE = "compare"
    ORDER = "order"
    NEWEST = "newest"
    SUM = "sum"
    COUNT = "count"
    RATIO = "ratio"
    DEFINE = "define"
    WHY = "why"
    SPIKE_WHY = "why a spike"
    SPIKE_WHO = "who spiked"
    SPIKE_IF = "whether a spike"
    ADVICE = "advice"
    PRIVATE = "private"
    INSTRUCTIONS = "instructions"
    NOTHING = "nothing"


@dataclass(frozen=True)
class QuestionName:
    """A name in a question, with the word sequences by which it is found in texts."""

    text: str
    forms: tuple[tuple[str, ...], ...]
    kind: str = ""
    """The entity's kind; "" for a name without an entity."""
    id: int | None = None
    parents: frozenset[int] = frozenset()
    """Ids of the entity's ancestors."""
    typed: str = ""
    """As it was typed, where that differs from `text`."""
    known: bool = True
    """Whether any article holds it."""


@dataclass(frozen=True)
class Question:
    """A question as understood."""

    text: str
    type: QuestionType
    times: TimeRange
    names: tuple[QuestionName, ...] = ()
    cue: Cue | None = None
    answer_type: AnswerType = AnswerType.TEXT
    content: tuple[str, ...] = ()
    """The remaining words that matter, in lower case: neither a name nor the cue nor a stop word."""
    unit: str = ""
    """What is counted: "how many weekly active users" -> "weekly active users"."""


STOP = frozenset(
    """
    a about according actually after again all also am an and any anyone anybody are as at be been being but by can could did do does doing
    each for from get gets give given got had has have he her him his how i if in into is it its just know let lets many may me
    might more most much my name of on one or our out over own per please put really reported reportedly say says said she should show so
    some something tell than that the their them then there these they thing things this those to too under up upon us very was we were what
    what's whats when where which while who who's whom whose why will with would you your yet ever bot hey hi hello ok okay thanks
    explain define describe compare list between versus vs going go goes went happened happen happening whole now who'd also else besides
    new belong belongs consist consists comprise comprises through via
    take takes took taken hold holds held
    make makes made pay pays paid reach reached worth receive received include includes included support supports moved move role
    count measure measured company companies model models lab labs startup firm maker organisation organization announced news total totals
    """.split()  # noqa: SIM905 - a list of words is read as words
)
"""Words of a question that say nothing about its content."""

_SPIKE = re.compile(
    r"\bin the (?:news|headlines)\b|\bspik(?:e|es|ed|ing)\b|\btrend(?:ing|ed|s)?\b|\btalked about\b|\bsurg(?:e|ed|ing)\b",
    re.IGNORECASE,
)

_ADVICE = re.compile(
    r"\b(?:should|shall|ought|worth|wise|smart)\b.{0,40}\b(?:buy|sell|invest|hold|short)(?:ing)?\b|\b(?:stock|share|price) (?:tip|target|prediction|forecast)s?\b|"
    r"\b(?:buy|sell|invest in)\b.{0,30}\b(?:stocks?|shares?|options)\b|\bgood (?:investment|buy)\b|\b(?:stock|shares?) (?:go up|rise|fall)\b",
    re.IGNORECASE,
)

_PRIVATE = re.compile(
    r"\b(?:home address|private (?:address|number|life|phone)|phone number|e-?mail address|girlfriend|boyfriend|wife|husband|married|children|kids|dating|salary of my|lives? at|where does \S+(?: \S+)? live|how old is|religion|birthday|date of birth|home)\b",
    re.IGNORECASE,
)

_INSTRUCTIONS = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:rules?|instructions?|prompts?|previous|above|system)\b|\bsystem prompt\b|\bpretend (?:to be|you)\b|\byou are now\b|\bjailbreak\b|\bact as\b|\brepeat after me\b|\bdeveloper mode\b",
    re.IGNORECASE,
)

COMPARATIVE = re.compile(
    r"\b(?:larger|bigger|smaller|cheaper|dearer|pricier|more expensive|less expensive|more permissive|higher|lower|longer|shorter|more|fewer|less|better|worse|faster|slower|greater|highest|lowest|largest|cheapest|most|newer|older)\b",
    re.IGNORECASE,
)

SUPERLATIVE = re.compile(
    r"^(?:and |so )?(?:which|what|who|whose)\b.*\b(?:highest|best|top(?:s|ped|ping)?|strongest|leads?|leading|led|lead|first place|number one|no\. ?1|#1|wins|won)\b"
    r"(?=.*\b(?:on|in|at|of|for)\b|.*\bscor|.*\bleaderboard)",
    re.IGNORECASE,
)
"""Asks who is first by some measure."""

_ORDER = re.compile(
    r"\b(?:came|come|launched|released|shipped|arrived|announced|out|was|is) (?:out )?(?:first|earlier|later|last|before)\b|^(?:was|is|did) .* or .*\b(?:first|earlier|later)\b|\bwhich .{0,40}\b(?:first|earlier|later)\b",
    re.IGNORECASE,
)

TOTAL = re.compile(
    r"\b(?:in total|total|together|combined|altogether|sum|adding|overall|add up|in all)\b", re.IGNORECASE
)

_RATIO = re.compile(
    r"\bratio\b|\bhow many times\b|\bmultipl(?:y|ied)\b|\bby what factor\b|\bfold\b|\bhow much (?:larger|bigger|smaller|cheaper|more|less)\b|\bdifference between\b|\bpercentage of\b|\bwhat share\b|"
    r"\bby how (?:much|many)\b.*\b(?:exceed|outnumber|surpass|larger|bigger|smaller|more|less|fewer|cheaper|longer|higher|lower)\w*|"
    r"\bhow (?:much|many) (?:\w+ ){0,2}(?:more|fewer|less)\b.*\bthan\b",
    re.IGNORECASE,
)

YES_NO = re.compile(r"^(?:and |so )?(?:is|are|was|were|did|does|do|has|have|had|can|will)\b", re.IGNORECASE)

_DEFINE = re.compile(
    r"^(?:and |so )?(?:what(?:'s| is| are| was| were)|who(?:'s| is| was)|tell me (?:about|more about)|explain|describe|define)\b",
    re.IGNORECASE,
)

_NEWEST = re.compile(r"\b(?:newest|latest|most recent|most recently|current|last)\b", re.IGNORECASE)

_HOW_MANY = re.compile(
    r"\bhow many (?:of )?(?P<unit>(?:[\w'’-]+ ){0,3}?[\w'’-]+)(?= (?:did|does|do|was|were|is|are|has|have|had|will|can|make|makes|made|of)\b|\?|$)",
    re.IGNORECASE,
)

_HOW_MUCH_OF = re.compile(
    r"\bhow much (?P<unit>(?!did|does|do|was|were|is|are|has|have|had|will|would|more|money|extra|additional|further)\w+(?: \w+)?)(?= (?:did|does|do|was|were|is|are|has|have|had))",
    re.IGNORECASE,
)

_BIG = re.compile(r"\bhow (?:large|big|small)\b", re.IGNORECASE)

_MORE_OF = re.compile(r"\b(?:more|fewer|most|fewest) (?P<unit>[a-z]{3,}s)\b", re.IGNORECASE)

_OF_MONEY = re.compile(
    r"\b(?:money|cash|capital|funding|financing|revenue|profit|debt|equity|spend(?:ing)?|capex|credits?|dollars?|investment|budget)\b",
    re.IGNORECASE,
)

_WHICH = re.compile(
    r"\b(?:which|what) (?P<what>(?:[\w'’.-]+ ){0,6}?[\w'’-]+)(?= (?:did|does|do|was|were|is|are|has|have|had|bought|acquired|launched|released|made|got|hired|built|leads?|took|came|announced|spiked|put|will|won|raised|joined|left|became|ranked|\w+ed)\b)",
    re.IGNORECASE,
)

PLURAL = re.compile(
    r"\b(?:models|variants|tiers|datasets|benchmarks|papers|agents|apps|companies|investors|labs|products|clouds?|options|features|partners|platforms|things|tools|people|executives|versions|sizes|names|organisations|organizations|startups|investments|chips|releases|announcements|benchmarks|languages|founders|firms|providers)\b",
    re.IGNORECASE,
)


def parse_question(text: str, when: TimeRange, names: Sequence[QuestionName]) -> Question:
    """The question that a text asks, given its time range and its names."""
    rest = when.rest
    names = [name for name in names if name.id is not None or not _SPIKE.fullmatch(name.text)]
    cue = _cue(rest, names)
    answer_type = cue.answer if cue else AnswerType.TEXT
    unit = ""
    low = text.lower()
    if match := _HOW_MANY.search(rest):
        unit = match["unit"]
        if answer_type not in (AnswerType.SIZE, AnswerType.TOKENS):
            answer_type = AnswerType.COUNT
    elif match := _HOW_MUCH_OF.search(rest):
        unit = match["unit"]
        answer_type = AnswerType.MONEY if cue or _OF_MONEY.search(unit) else AnswerType.AMOUNT
    elif re.search(r"\bhow much\b|\bfor about how much\b|\bwhat (?:price|amount|sum)\b", low):
        if re.search(r"\bby how much\b", low) and (cue is None or cue.name in ("price_change", "price")):
            answer_type = AnswerType.PERCENT
        answer_type = (
            answer_type
            if answer_type in (AnswerType.PERCENT, AnswerType.SIZE, AnswerType.TOKENS, AnswerType.SCORE)
            else AnswerType.MONEY
        )
    elif re.search(r"\bwhen\b|\bwhat (?:date|day|month|year)\b|\bwhich (?:month|year|day)\b", low):
        answer_type = AnswerType.DATE
    elif re.search(
        r"\bwhat (?:share|proportion|fraction|part)\b|\bwhat percent\w*|\bhow many percent|\bpercentage\b", low
    ):
        answer_type = AnswerType.PERCENT
    elif re.match(
        r"(?:and |so )?(?:by |from |to )?(?:(?:with |for )?(?:who|whom|whose)|which (?:company|lab|startup|firm|person|organi[sz]ation|executive|maker))\b",
        low,
    ):
        answer_type = AnswerType.WHO
    elif (
        answer_type is AnswerType.MONEY
        and re.match(r"(?:which|what) (?:cloud|companies|compan|investors|models?)", low)
    ) or (
        answer_type is AnswerType.WHO
        and re.match(r"(?:and |so )?(?:what|which)\b", low)
        and not re.search(r"\bceo\b|\bexecutive\b|\bcompany\b", low)
    ):
        answer_type = AnswerType.TEXT
    if (cue is None or cue.name in ("benchmark_score", "benchmark_rank")) and SUPERLATIVE.search(rest):
        cue, answer_type = BY_NAME["benchmark_rank"], AnswerType.TEXT
    question_type = _question_type(text, rest, when, names, cue, answer_type)
    if question_type is QuestionType.COMPARE and cue is None and (match := _MORE_OF.search(rest)):
        unit, answer_type = match["unit"], AnswerType.COUNT
    named = {word for name in names for word in words(name.typed or name.text)} | {
        word for name in names for form in name.forms for word in form
    }
    cue_spans = cue.question.spans(rest) if cue else []
    content = tuple(
        dict.fromkeys(
            token.text.lower()
            for token in question_tokens(rest)
            if token.text.lower() not in STOP
            and not set(words(token.text)) <= named
            and not any(start <= token.start < end for start, end in cue_spans)
            and not _NEWEST.fullmatch(token.text)
        )
    )
    return Question(text, question_type, when, tuple(names), cue, answer_type, content, unit)


def _cue(rest: str, names: Sequence[QuestionName]) -> Cue | None:
    bare = rest
    for name in names:
        bare = re.sub(re.escape(name.typed or name.text), " ", bare, flags=re.IGNORECASE)
    kinds = {name.kind for name in names}
    if "person" in kinds and ROLE_TITLE.question.search(bare):
        return ROLE_TITLE
    found = [cue for cue in CUES if cue.question.search(bare)]
    if not found:
        return None
    first = found[0]
    names_found = {cue.name for cue in found}
    if first.name in ("layoffs", "price_change"):
        return first
    if first.name == "parameters" and _BIG.search(bare):
        # "How big a round": a size in money.
        first = next(filter(_is_sum, found), first)
        if first.name != "parameters":
            return first
    if first.name == "founded" and CREATOR.question.search(bare):
        return replace(first, statement=CREATOR.statement)
    if first.name == "founded" and re.search(r"\bwho (?:made|makes)\b", bare, re.IGNORECASE):
        return BY_NAME["released"]
    if first.name == "role" and re.search(
        r"\bwho(?:['’]s| is| are| was) (?:\S+ ){1,3}(?:from|by)\s*\??$", bare, re.IGNORECASE
    ):
        return BY_NAME["released"]
    if re.search(r"\b(?:took|takes?|taking) over\b", bare, re.IGNORECASE) and (
        kinds & {"person"} or re.search(r"\b(?:after|from|as)\b", bare)
    ):
        return BY_NAME["role"]
    if "acquisition" in names_found and names_found & {"valuation", "price"}:
        return replace(BY_NAME["acquisition"], answer=AnswerType.MONEY)
    if first.name == "valuation" and "funding_round" in names_found:
        return first
    if first.name == "price" and "benchmark_score" in names_found and "benchmark" in kinds:
        return BY_NAME["benchmark_score"]
    return first


def _is_sum(cue: Cue) -> bool:
    """Whether what a cue asks for is a sum of money; prices are not, they are no size."""
    return not cue.of_models and cue.name in PREDICATES and PREDICATES[cue.name].unit == "money"


def refused_type(text: str) -> QuestionType | None:
    """The type of a text that is answered by a refusal: orders to the bot, advice, private life; None for others."""
    if _INSTRUCTIONS.search(text):
        return QuestionType.INSTRUCTIONS
    if _ADVICE.search(text):
        return QuestionType.ADVICE
    return QuestionType.PRIVATE if _PRIVATE.search(text) else None


def _question_type(
    text: str, rest: str, when: TimeRange, names: Sequence[QuestionName], cue: Cue | None, answer_type: AnswerType
) -> QuestionType:
    low = text.lower().strip()
    if refused := refused_type(text):
        return refused
    if _SPIKE.search(text):
        if YES_NO.match(low):
            return QuestionType.SPIKE_IF
        if re.search(r"\b(?:why|about|for what|what for|reason|cause[ds]?|behind|what made|drove)\b", low):
            return QuestionType.SPIKE_WHY
        return QuestionType.SPIKE_WHO
    several = len(names) > 1
    if several and _ORDER.search(text):
        return QuestionType.ORDER
    if _RATIO.search(text):
        return QuestionType.RATIO
    if (
        TOTAL.search(text)
        and answer_type in (AnswerType.MONEY, AnswerType.COUNT)
        and not re.search(r"\bhow many parameters\b|\btotal param", low)
    ):
        return QuestionType.SUM
    if len(names) == 1 and cue and cue.count.search(rest):
        return QuestionType.COUNT
    if (
        several
        and (
            COMPARATIVE.search(rest)
            or low.startswith("compare")
            or re.search(r"\bdifference|\bdiffer\b|\bcompared? (?:to|with)\b|\bversus\b|\bvs\b", low)
        )
        and not re.search(r"\brank", low)
    ):
        return QuestionType.COMPARE
    if (
        when.latest
        and (cue is None or cue.name in ("released", "called"))
        and _NEWEST.search(text)
        and not YES_NO.match(low)
    ):
        return QuestionType.NEWEST
    if YES_NO.match(low):
        return QuestionType.YES_NO
    if re.match(r"(?:and |so )?why\b", low):
        return QuestionType.WHY
    if (match := _DEFINE.match(low)) and not re.search(r"\bwhose\b|['’]s?\b.*\b(?:latest|newest)", low):
        after = low[match.end() :].strip()
        if any(
            re.match(
                rf"(?:the |a )?{re.escape((name.typed or name.text).lower())}(?:\?|$| in\b| and what\b| exactly\b)",
                after,
            )
            for name in names
        ):
            return QuestionType.DEFINE
    if (
        re.search(r"\bwhat (?:all )?did\b.*\b(?:announce|release|launch|introduce|unveil|ship|put out)\b", low)
        and not when.latest
    ):
        return QuestionType.LIST
    if (match := _WHICH.search(rest)) and PLURAL.search(match["what"]):
        return QuestionType.LIST
    if cue and cue.name == "investors":
        return QuestionType.LIST
    if not names and cue is None:
        return QuestionType.NOTHING if len(words(rest)) < 2 else QuestionType.FACT
    return QuestionType.FACT
