"""Words become a Question: who is meant, what is asked, of which time, and what kind of answer would do. Pure.

    words -> time -> names (looked up by the caller) -> predicate -> kind

What was said before in the same thread is handed in: "and OpenAI?" then keeps what was asked, "how much did they
pay?" keeps whom.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from answers.cues import BY_NAME, CUES, Cue, Gives
from answers.times import Times
from catalogue.words import words


class Ask(StrEnum):
    """The kind of a question, which decides how it is answered."""

    FACT = "fact"
    LIST = "list"
    YES_NO = "yes or no"
    COMPARE = "compare"
    ORDER = "order"
    NEWEST = "newest"
    SUM = "sum"
    RATIO = "ratio"
    DEFINE = "define"
    WHY = "why"
    SPIKE_WHY = "why a spike"
    SPIKE_WHO = "who spiked"
    SPIKE_IF = "whether a spike"
    ADVICE = "advice"
    PRIVATE = "private"
    ORDERS = "orders"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Name:
    """Somebody or something that is named, and the word sequences by which it is found in texts."""

    text: str
    forms: tuple[tuple[str, ...], ...]
    kind: str = ""
    """The catalogue's kind; "" when it is unlisted."""
    id: int | None = None
    parents: frozenset[int] = frozenset()
    typed: str = ""
    """As it was written, when that was not how it is spelt."""
    known: bool = True
    """Whether it stands anywhere in what was read."""


@dataclass(frozen=True)
class Question:
    """A question as it was understood."""

    text: str
    ask: Ask
    times: Times
    names: tuple[Name, ...] = ()
    cue: Cue | None = None
    gives: Gives = Gives.TEXT
    content: tuple[str, ...] = ()
    """The other words that count, as typed, in lower case."""
    unit: str = ""
    """What is counted: "how many weekly active users" -> "weekly active users"."""
    options: tuple[str, ...] = field(default=())


STOP = frozenset(
    """
    a about according actually after again all also am an and any anyone anybody are as at be been being but by can could did do does doing
    each for from get gets give given got had has have he her him his how i if in into is it its just know let lets many may me
    might more most much my name of on one or our out over own per please put really reported reportedly say says said she should show so
    some something tell than that the their them then there these they thing things this those to too under up upon us very was we were what
    what's whats when where which while who who's whom whose why will with would you your yet ever bot hey hi hello ok okay thanks
    compare list between versus vs going go goes went happened happen happening whole now who'd also else besides
    make makes made pay pays paid reach reached worth receive received include includes included support supports moved move role
    count measure measured company companies model models lab labs startup firm maker organisation organization announced news total totals
    """.split()  # noqa: SIM905 - a list of words is read as words
)
STARTERS = frozenset(
    [
        "who",
        "what",
        "which",
        "when",
        "where",
        "why",
        "how",
        "is",
        "are",
        "was",
        "were",
        "did",
        "does",
        "do",
        "has",
        "have",
        "had",
        "can",
        "could",
        "should",
        "would",
        "will",
        "compare",
        "tell",
        "name",
        "list",
        "give",
        "for",
        "at",
        "in",
        "under",
        "by",
        "of",
        "on",
        "and",
        "or",
        "so",
        "the",
        "a",
        "an",
        "please",
        "show",
        "find",
        "explain",
        "describe",
        "summarise",
        "summarize",
        "any",
        "what's",
        "who's",
        "i",
        "hey",
        "hi",
        "about",
        "from",
        "with",
        "whats",
        "after",
        "before",
        "between",
        "if",
        "as",
    ]
)
_NO_NAMES = frozenset(
    [
        "gw",
        "mw",
        "kw",
        "tb",
        "gb",
        "mb",
        "elo",
        "wer",
        "fps",
        "ai",
        "api",
        "apis",
        "ceo",
        "cto",
        "cfo",
        "coo",
        "agi",
        "ipo",
        "llm",
        "llms",
        "gpu",
        "gpus",
        "us",
        "usa",
        "uk",
        "eu",
        "q1",
        "q2",
        "q3",
        "q4",
        "arr",
        "tpu",
        "vs",
        "id",
        "ok",
        "usd",
        "i",
        "pr",
        "m",
        "b",
        "k",
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ]
)
VARIANTS = frozenset(
    [
        "mini",
        "nano",
        "pro",
        "max",
        "flash",
        "lite",
        "turbo",
        "plus",
        "ultra",
        "preview",
        "codex",
        "thinking",
        "instant",
        "micro",
        "small",
        "medium",
        "large",
        "tiny",
        "air",
        "haiku",
        "sonnet",
        "opus",
        "coder",
        "omni",
        "high",
        "xhigh",
        "fast",
    ]
)
_TOKEN = re.compile(r"[^\s,;:?!()\"“”–—]+?(?=(?<=\w\w)/(?=[A-Z][a-z])|[\s,;:?!()\"“”–—]|$)")
_A_YEAR = re.compile(r"20[12]\d")
_SPIKE = re.compile(
    r"\bspik(?:e|es|ed|ing)\b|\btrend(?:ing|ed|s)?\b|\btalked about\b|\bsurg(?:e|ed|ing)\b", re.IGNORECASE
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
_ORDERS = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:rules?|instructions?|prompts?|previous|above|system)\b|\bsystem prompt\b|\bpretend (?:to be|you)\b|\byou are now\b|\bjailbreak\b|\bact as\b|\brepeat after me\b|\bdeveloper mode\b",
    re.IGNORECASE,
)
_COMPARATIVE = re.compile(
    r"\b(?:larger|bigger|smaller|cheaper|dearer|pricier|more expensive|less expensive|more permissive|higher|lower|longer|shorter|more|fewer|less|better|worse|faster|slower|greater|highest|lowest|largest|cheapest|most|newer|older)\b",
    re.IGNORECASE,
)
_ORDER = re.compile(
    r"\b(?:came|come|launched|released|shipped|arrived|announced|out|was|is) (?:out )?(?:first|earlier|later|last|before)\b|\bwhich .{0,40}\b(?:first|earlier|later)\b",
    re.IGNORECASE,
)
_SUM = re.compile(
    r"\b(?:in total|total|together|combined|altogether|sum|adding|overall|add up|in all)\b", re.IGNORECASE
)
_RATIO = re.compile(
    r"\bratio\b|\bhow many times\b|\bmultipl(?:y|ied)\b|\bby what factor\b|\bfold\b|\bhow much (?:larger|bigger|smaller|cheaper|more|less)\b|\bdifference between\b|\bpercentage of\b|\bwhat share\b",
    re.IGNORECASE,
)
_YES_NO = re.compile(r"^(?:and |so )?(?:is|are|was|were|did|does|do|has|have|had|can|will)\b", re.IGNORECASE)
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
_WHICH = re.compile(
    r"\b(?:which|what) (?P<what>(?:[\w'’-]+ ){0,4}?[\w'’-]+)(?= (?:did|does|do|was|were|is|are|has|have|had|bought|acquired|launched|released|made|got|hired|built|leads?|took|came|announced|spiked|put|will|won|raised|joined|left|became|ranked|\w+ed)\b)",
    re.IGNORECASE,
)
_PLURAL = re.compile(
    r"\b(?:models|variants|companies|investors|labs|products|clouds?|options|features|partners|platforms|things|tools|people|executives|versions|sizes|names|organisations|organizations|startups|investments|chips|releases|announcements|benchmarks|languages|founders|firms|providers)\b",
    re.IGNORECASE,
)
_PRONOUN = re.compile(
    r"\b(?:it|its|they|them|their|he|she|his|her|that|this|those|these|there|the (?:company|lab|model|startup|deal|round|existing|other|first|second|same|total|team|one))\b",
    re.IGNORECASE,
)
_SAME = re.compile(r"^(?:and|what about|how about|and what about|and for|and the|same for|or)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Span:
    """A stretch of a question that may be a name."""

    text: str
    start: int
    end: int


def tokens(text: str) -> list[Span]:
    """The words of a question, without possessives and closing marks."""
    found = []
    for match in _TOKEN.finditer(text):
        start = match.start() + (match.group()[0] in "/'‘" and len(match.group()) > 1)
        word = re.sub(r"(?:['’]s|['’]|[.…]+)$", "", text[start : match.end()])
        if word:
            found.append(Span(word, start, start + len(word)))
    return found


def runs(text: str) -> list[list[Span]]:
    """Stretches of words that are written like names: capitals, or letters with digits, and versions behind them."""
    found: list[list[Span]] = []
    run: list[Span] = []
    end = -1
    for at, token in enumerate(tokens(text)):
        low = token.text.lower()
        joined = bool(run) and text[end : token.start] == " "
        looks = (
            (token.text[:1].isupper() or any(char.isupper() for char in token.text[1:]) or _mixed(token.text))
            and low not in _NO_NAMES
            and "@" not in low
            and not re.match(r"[$€£¥~]?\d[\d.,]*(?:[kmbt]n?|%|x|th|st|nd|rd)?$", low)
            and not (at == 0 and low in STARTERS)
            and not (low in STARTERS and not joined and token.text.istitle() and at == 0)
        )
        goes_on = joined and (
            (re.fullmatch(r"\d+(?:\.\d+)*[a-z]?", low) and not _A_YEAR.fullmatch(low)) or low in VARIANTS
        )
        if looks or goes_on:
            if not joined and run:
                found.append(run)
                run = []
            run.append(token)
            end = token.end
        elif run:
            found.append(run)
            run = []
        if run and text[token.end : token.end + 1] not in (" ", ""):
            found.append(run)
            run = []
    if run:
        found.append(run)
    return found


def _mixed(text: str) -> bool:
    return bool(re.search(r"[a-z]", text, re.IGNORECASE) and re.search(r"\d", text))


def question(text: str, when: Times, names: Sequence[Name]) -> Question:
    """Reads a question whose time and names have been found."""
    rest = when.rest
    cue = _cue(rest, names)
    gives = cue.gives if cue else Gives.TEXT
    unit = ""
    low = text.lower()
    if match := _HOW_MANY.search(rest):
        unit = match["unit"]
        if gives not in (Gives.SIZE, Gives.TOKENS):
            gives = Gives.COUNT
    elif match := _HOW_MUCH_OF.search(rest):
        unit = match["unit"]
        gives = Gives.MONEY
    elif re.search(r"\bhow much\b|\bfor about how much\b|\bwhat (?:price|amount|sum)\b", low):
        if re.search(r"\bby how much\b", low) and (cue is None or cue.name in ("price_change", "price")):
            gives = Gives.PERCENT
        gives = gives if gives in (Gives.PERCENT, Gives.SIZE, Gives.TOKENS, Gives.SCORE) else Gives.MONEY
    elif re.search(r"\bwhen\b|\bwhat (?:date|day|month|year)\b|\bwhich (?:month|year|day)\b", low):
        gives = Gives.DATE
    elif re.search(
        r"\bwhat (?:share|proportion|fraction|part)\b|\bwhat percent\w*|\bhow many percent|\bpercentage\b", low
    ):
        gives = Gives.PERCENT
    elif re.match(
        r"(?:and |so )?(?:by |from |to )?(?:(?:with |for )?(?:who|whom|whose)|which (?:company|lab|startup|firm|person|organi[sz]ation|executive|maker))\b",
        low,
    ):
        gives = Gives.WHO
    elif (gives is Gives.MONEY and re.match(r"(?:which|what) (?:cloud|companies|compan|investors|models?)", low)) or (
        gives is Gives.WHO
        and re.match(r"(?:and |so )?(?:what|which)\b", low)
        and not re.search(r"\bceo\b|\bexecutive\b|\bcompany\b", low)
    ):
        gives = Gives.TEXT
    ask = _ask(text, rest, when, names, cue, gives)
    named = {word for name in names for word in words(name.typed or name.text)} | {
        word for name in names for form in name.forms for word in form
    }
    said_by = [match.span() for match in cue.asked.finditer(rest)] if cue else []
    content = tuple(
        dict.fromkeys(
            token.text.lower()
            for token in tokens(rest)
            if token.text.lower() not in STOP
            and not set(words(token.text)) <= named
            and not any(start <= token.start < end for start, end in said_by)
            and not _NEWEST.fullmatch(token.text)
        )
    )
    return Question(text, ask, when, tuple(names), cue, gives, content, unit)


def _cue(rest: str, names: Sequence[Name]) -> Cue | None:
    bare = rest
    for name in names:
        bare = re.sub(re.escape(name.typed or name.text), " ", bare, flags=re.IGNORECASE)
    found = [(cue, match) for cue in CUES if (match := cue.asked.search(bare))]
    if not found:
        return None
    kinds = {name.kind for name in names}
    first = found[0][0]
    names_found = {cue.name for cue, _ in found}
    if first.name in ("layoffs", "price_change"):
        return first
    if re.search(r"\b(?:took|takes?|taking) over\b", bare, re.IGNORECASE) and (
        kinds & {"person"} or re.search(r"\b(?:after|from|as)\b", bare)
    ):
        return BY_NAME["role"]
    if "acquisition" in names_found and names_found & {"valuation", "price"}:
        return replace(BY_NAME["acquisition"], gives=Gives.MONEY)
    if first.name == "valuation" and "funding_round" in names_found:
        return first
    if first.name == "price" and "benchmark_score" in names_found and "benchmark" in kinds:
        return BY_NAME["benchmark_score"]
    return first


def _ask(text: str, rest: str, when: Times, names: Sequence[Name], cue: Cue | None, gives: Gives) -> Ask:
    low = text.lower().strip()
    if _ORDERS.search(text):
        return Ask.ORDERS
    if _ADVICE.search(text):
        return Ask.ADVICE
    if _PRIVATE.search(text):
        return Ask.PRIVATE
    if _SPIKE.search(text):
        if _YES_NO.match(low):
            return Ask.SPIKE_IF
        if re.search(r"\b(?:why|about|for what|what for|reason|cause[ds]?|behind|what made|drove)\b", low):
            return Ask.SPIKE_WHY
        return Ask.SPIKE_WHO
    several = len(names) > 1
    if several and _ORDER.search(text):
        return Ask.ORDER
    if _RATIO.search(text):
        return Ask.RATIO
    if (
        _SUM.search(text)
        and gives in (Gives.MONEY, Gives.COUNT)
        and not re.search(r"\bhow many parameters\b|\btotal param", low)
    ):
        return Ask.SUM
    if (
        several
        and (
            _COMPARATIVE.search(rest)
            or low.startswith("compare")
            or re.search(r"\bdifference|\bdiffer\b|\bcompared? (?:to|with)\b|\bversus\b|\bvs\b", low)
        )
        and not re.search(r"\brank", low)
    ):
        return Ask.COMPARE
    if (
        when.latest
        and (cue is None or cue.name in ("released", "called"))
        and _NEWEST.search(text)
        and not _YES_NO.match(low)
    ):
        return Ask.NEWEST
    if _YES_NO.match(low):
        return Ask.YES_NO
    if re.match(r"(?:and |so )?why\b", low):
        return Ask.WHY
    if (match := _DEFINE.match(low)) and not re.search(r"\bwhose\b|['’]s?\b.*\b(?:latest|newest)", low):
        after = low[match.end() :].strip()
        if any(
            re.match(
                rf"(?:the |a )?{re.escape((name.typed or name.text).lower())}(?:\?|$| in\b| and what\b| exactly\b)",
                after,
            )
            for name in names
        ):
            return Ask.DEFINE
    if (
        re.search(r"\bwhat (?:all )?did\b.*\b(?:announce|release|launch|introduce|unveil|ship|put out)\b", low)
        and not when.latest
    ):
        return Ask.LIST
    if (match := _WHICH.search(rest)) and _PLURAL.search(match["what"]):
        return Ask.LIST
    if cue and cue.name == "investors":
        return Ask.LIST
    if not names and cue is None:
        return Ask.NOTHING if len(words(rest)) < 2 else Ask.FACT
    return Ask.FACT


def follows(now: Question, last: Question, bot_names: Sequence[Name]) -> Question:
    """A question as it is meant after another in the same thread: what it leaves out is taken from there.

    `bot_names` are the names in what was answered.
    """
    bare = not now.names
    pronoun = bool(_PRONOUN.search(now.text))
    short = len(words(now.text)) <= 7
    if not bare and not (pronoun or _SAME.match(now.text.strip()) or (short and now.cue is None)):
        return now
    names = list(now.names)
    if bare:
        # What was answered in one plain word ("Chair") is no name.
        said = [
            name for name in bot_names if name.id is not None or " " in name.text or re.search(r"\d|\w[A-Z]", name.text)
        ]
        inherited = [*last.names, *(name for name in said if name not in last.names)]
        if now.gives is Gives.WHO or now.cue is BY_NAME["role"]:
            others = [name for name in inherited if name.kind != "person"]
            named_by_bot = [name for name in others if name in said and name.kind in ("company", "lab", "")]
            inherited = named_by_bot or others or inherited
        names = inherited
    elif pronoun and not _SAME.match(now.text.strip()):
        names += [name for name in last.names if name not in names][:1]
    cue, gives, ask, unit = now.cue, now.gives, now.ask, now.unit
    content = now.content
    if now.cue is None and (_SAME.match(now.text.strip()) or short):
        cue = last.cue
        if gives is Gives.TEXT:
            gives, unit = last.gives, unit or last.unit
        if ask in (Ask.FACT, Ask.NOTHING, Ask.DEFINE):
            ask = last.ask if last.ask is not Ask.NOTHING else Ask.FACT
        if not bare and last.names:
            # "and Sonnet 5?" changes whom, and keeps what else was asked; "and Google?" keeps the other side of a deal.
            kinds = {name.kind for name in names}
            names += [name for name in last.names[1:] if name.kind not in kinds and name.kind == "benchmark"]
            content = tuple(dict.fromkeys((*content, *last.content)))
    if _SUM.search(now.text) and gives in (Gives.MONEY, Gives.COUNT):
        ask, content = Ask.SUM, ()
    when = now.times
    if (
        not when.period.bounded
        and last.times.period.bounded
        and not when.latest
        and (now.cue is None or (bare and cue is last.cue))
    ):
        when = replace(when, period=last.times.period)
    return replace(now, names=tuple(names), cue=cue, gives=gives, ask=ask, unit=unit, content=content, times=when)
