"""By which words a question asks for something, and by which a sentence tells it. Pure tables.

One entry for each thing that can be asked: `asked` is looked for in the question, `told` in a sentence that may
answer it, and `gives` is the kind of value that an answer must hold.
"""

import re
from dataclasses import dataclass
from enum import StrEnum


class AnswerType(StrEnum):
    """What kind of value answers a question."""

    MONEY = "money"
    COUNT = "count"
    SIZE = "size"
    """Parameters of a model."""
    TOKENS = "tokens"
    AMOUNT = "amount"
    """Of what has no predicate, in whatever unit: "how much memory", "how much overhead"."""
    PERCENT = "percent"
    SCORE = "score"
    DATE = "date"
    WHO = "who"
    NAME = "name"
    LICENCE = "licence"
    TEXT = "text"


@dataclass(frozen=True)
class Cue:
    """One thing that can be asked for."""

    name: str
    """The predicate of the fact store that holds the same, where there is one."""
    asked: re.Pattern[str]
    told: re.Pattern[str]
    gives: AnswerType
    relation: bool = False
    """Between two names: the one that does it stands before the words, the other behind them."""
    words: str = ""
    """Words to search with besides those of the question."""


def _cue(name: str, asked: str, told: str, gives: AnswerType, words: str = "", relation: bool = False) -> Cue:
    return Cue(name, re.compile(asked, re.IGNORECASE), re.compile(told, re.IGNORECASE), gives, relation, words)


G = AnswerType
_LAUNCHED = (
    r"\b(?:launch|releas|introduc|announc|unveil|debut|ship|roll(?:ed|s|ing)? out|drop(?:ped|s)\b|open[- ]sourc|"
    r"publish|reveal|present|preview)\w*"
)

CUES = (
    _cue(
        "layoffs",
        r"\blay-?offs?\b|\blaid off\b|\bjobs? cuts?\b",
        r"\blay(?:ing)?-?offs?\b|\blaid off\b|\bjobs? cuts?\b|\bcut\w* \S+ jobs\b",
        G.COUNT,
        "layoffs",
    ),
    _cue(
        "price_change",
        r"\b(?:cut|drop|reduc|lower|rais|increas)\w*\b.*\bprices?\b|\bprice (?:cut|drop|reduction|increase)\b",
        r"\bprice (?:cut|drop|reduc|increas)\w*|\b(?:cut|slash|drop|reduc|lower|rais|increas)\w*\b.{0,30}\bpric\w+|\bcheaper\b",
        G.PERCENT,
        "price cut",
    ),
    _cue(
        "users",
        r"\busers\b|\bsubscribers\b|\bdownloads\b|\bWAU\b|\bMAU\b|\bDAU\b|\bcustomers\b",
        r"\busers\b|\bsubscribers\b|\bdownloads\b|\bWAUs?\b|\bMAUs?\b|\bDAUs?\b|\bcustomers\b",
        G.COUNT,
        "users",
    ),
    _cue(
        "headcount",
        r"\bheadcount\b|\bemployees\b|\bstaff\b|\bworkforce\b|\bhow many people\b",
        r"\bheadcount\b|\bemployees\b|\bstaff\b|\bworkforce\b",
        G.COUNT,
        "employees headcount",
    ),
    _cue(
        "valuation",
        r"\bvaluation\b|\bvalued\b|\bhow much (?:is|was) \S+ worth\b",
        r"\bvalu(?:ation|ed|ing)\b|\bpost-money\b|\bpre-money\b",
        G.MONEY,
        "valuation",
    ),
    _cue(
        "revenue",
        r"\brevenue\b|\brun[- ]?rate\b|\bARR\b|\bsales\b|\bearn(?:ed|ings)?\b",
        r"\brevenue\b|\brun[- ]?rate\b|\bARR\b|\bannuali[sz]ed\b|\bearn(?:ed|ings)\b",
        G.MONEY,
        "revenue run rate",
    ),
    _cue(
        "investors",
        r"\bwho (?:led|invested|backed|funded|participated)\b|\binvestors?\b|\bwho (?:are|were) .*\bback(?:ing|ers)\b",
        r"\bled by\b|\binvest(?:ed|ors?|ments?)\b|\bback(?:ed|ing|ers)\b|\bparticipation\b|\bco-?led\b",
        G.WHO,
        "investors led round",
    ),
    _cue(
        "active_parameters",
        r"\bactive\b(?:.*\bparam\w*)?|\bparam\w*.*\bactive\b",
        r"\bactiv(?:e|ated)\b|\b\d+B-A\d",
        G.SIZE,
        "active parameters",
    ),
    _cue(
        "parameters",
        r"\bparam(?:eter)?s?\b|\bhow (?:large|big)\b|\bparameter count\b|\bsize\b|\blarger\b|\bsmaller\b|\bbigger\b",
        r"\bparam(?:eter)?s?\b|\b\d[\d.]*[TB]\b",
        G.SIZE,
        "parameters",
    ),
    _cue(
        "context_window",
        r"\bcontext (?:window|length|size|limit)\b|\b(?:how much|how long|what|longer|larger|bigger|shorter|smaller|its|the) (?:\w+ )?context\b(?! manag)",
        r"\bcontext\b",
        G.TOKENS,
        "context window",
    ),
    _cue(
        "training_tokens",
        r"\b(?:trained|training)\b.*\btokens\b|\btokens\b.*\btrain",
        r"\b(?:pre-?|post-?)?train\w*\b|\bcorpus\b|\bdata(?:set)?\b",
        G.TOKENS,
        "training tokens",
    ),
    _cue(
        "price",
        r"\bpric(?:e|es|ed|ing)\b|\bcosts?\b|\bcheap(?:er|est)?\b|\bexpensive\b|\bper million\b",
        r"\bpric(?:e|es|ed|ing)\b|\bcost(?:s|ing)?\b|/\s?1?M\b|\bper (?:1M|million|seat|month|minute|hour)\b",
        G.MONEY,
        "price tokens",
    ),
    _cue(
        "licence",
        r"\blicen[cs](?:e|es|ed|ing)\b|\bpermissive\b|\bunder (?:what|which) terms\b",
        r"\blicen[cs](?:e|ed|ing)\b|\bApache\b|\bMIT\b|\bsource-available\b",
        G.LICENCE,
        "license licensed",
    ),
    _cue(
        "acquisition",
        r"\b(?:acqui(?:re[sd]?|ring|sitions?)|bought|buy(?:s|ing)?|purchased?|took over|take ?over|pa(?:y|id) for)\b",
        r"\bacqui(?:re[sd]?|ring|sition|-?hire)\b|\bbought\b|\bbuy(?:s|ing|out)?\b|\bpurchas\w+\b|\btak(?:e|es|ing) over\b",
        G.WHO,
        "acquired acquisition",
        relation=True,
    ),
    _cue(
        "departed",
        r"\b(?:le(?:ft|ave|aving)|depart\w*|resign\w*|stepp?(?:ed|ing)? down|quit)\b",
        r"\b(?:le(?:ft|ave|aves|aving)|depart\w*|resign\w*|step(?:ped|s|ping)? (?:down|back|aside)|quit)\b",
        G.WHO,
        "departure leaving",
    ),
    _cue(
        "founded",
        r"\bfound(?:ed|er|ers|ing)?\b|\bco-?found\w*|\bstarted\b|\bstarting\b|^(?:and |so )?who (?:made|makes|created?|creates|built|developed|designed|invented|wrote)\b|\bcreators? of\b",
        r"\bfound(?:ed|er|ers|ing)\b|\bco-?found\w*|\blaunch(?:ed|es)\b|\bstart(?:ed|s|up)\b|\bcreat(?:ed|or|ors)\b|\b(?:built|developed|designed|made|written) by\b",
        G.WHO,
        "founded founder launched",
    ),
    _cue(
        "role",
        r"\bwho (?:is|was|runs|leads|heads|took over|takes over|replaced|succeeded|became)\b|\bCEO\b|\bCTO\b|\bchief\b|\bwhat role\b|\bwho (?:\w+ ){0,3}(?:in charge|at the helm)\b|\bsucceed\w*\b|\bpromoted\b|\bappoint\w*\b",
        r"\bCEO\b|\bCTO\b|\bCFO\b|\bCOO\b|\bchief\b|\bhead(?:s|ed|ing)?\b|\bled by\b|\blead(?:s|er|ing)?\b|\bchair(?:man)?\b|\boperational control\b|\btak(?:es|ing|e) (?:over|operational)\b|\btook over\b|\bat the helm\b|\bappoint\w*\b|\bpresident\b|\bruns\b|\bsucceed\w*\b|\bjoin(?:ed|s|ing)\b|\bhir(?:ed|es|ing)\b|\bpromot\w+\b",
        G.WHO,
        "CEO chief head leads",
    ),
    _cue("capex", r"\bcapex\b|\bcapital expenditures?\b", r"\bcapex\b|\bcapital expenditures?\b", G.MONEY, "capex"),
    _cue(
        "compute_deal",
        r"\bdeal\b|\bcommit\w*\b|\bcontract\b|\bpartnership\b|\binvest(?:ed|ing|ment)?\b|\bspen[dt]\b",
        r"\bdeal\b|\bcommit\w*\b|\bcontract\b|\bagreement\b|\bpartner\w*\b|\binvest\w*\b|\bspen[dt]\w*\b|\bworth\b",
        G.MONEY,
        "deal",
    ),
    _cue(
        "funding_round",
        r"\brais(?:e[sd]?|ing)\b|\bfund(?:s|ed|ing|raise)?\b|\bround\b|\bseries [a-k]\b|\bseed\b",
        r"\brais(?:e[sd]?|ing)\b|\bfund(?:ed|ing|raise|raising)\b|\bround\b|\bseries [A-K]\b|\bseed\b|\bfinancing\b",
        G.MONEY,
        "raised funding round",
    ),
    _cue(
        "released",
        r"\blaunch\w*\b|\breleas\w*\b|\bannounc\w*\b|\bintroduc\w*\b|\bunveil\w*\b|\bcame? out\b|\b(?:put|puts|putting|bring|brings|bringing|brought) out\b|\bship(?:ped|s)?\b|\bopen-?sourced\b|\bdebut\w*\b|\broll(?:ed)? out\b",
        _LAUNCHED,
        G.NAME,
        "launched released",
    ),
    _cue("called", r"\bcalled\b|\bthe name of\b|\bnamed\b|\bcodenamed?\b", r"", G.NAME),
    _cue(
        "benchmark_rank",
        r"\brank(?:ed|s|ing)?\b|\bplace\b|\bposition\b|\bleader(?:board)?\b|\b(?:highest|best|strongest)(?: scor\w+)?\b|\btop(?:s|ped)?\b",
        r"#\d|\brank\w*\b|\b(?:first|second|third|top(?:s|ped|ping)?|leads?|leading|led|highest|best|strongest)\b|\bplace\b|\btied\b|\babove\b",
        G.TEXT,
        "rank leaderboard",
    ),
    _cue(
        "benchmark_score",
        r"\bscor(?:e|es|ed|ing)\b|\bpercent\w*\b|\berror rate\b|\baccuracy\b|\bwin rate\b|\belo\b|\bachiev\w*\b|\bget on\b|\breach\w*\b",
        r"\bscor(?:e|es|ed|ing)\b|\d(?:\.\d+)?\s?%|\belo\b|=|\bachiev\w*\b|\breach\w*\b",
        G.SCORE,
        "score benchmark",
    ),
)

CREATED = re.compile(
    r"\bcreat(?:ed|or|ors)\b|\b(?:built|developed|designed|made|written|invented) by\b|\bfound(?:ed|er|ers)\b|\bauthors?\b|"
    r"\b(?:built|developed|designed|invented|wrote)\b",
    re.IGNORECASE,
)
"""Who created something is not told by who launched another."""

POSTS = re.compile(
    r"\bC[ETFOPS]O\b|\b(?:S|E)?VP\b|\bchief\b|\bofficer\b|\bhead(?:s|ed|ing)?\b|\bled by\b|\blead(?:s|er|ing)?\b|\bchair(?:man|woman)?\b|"
    r"\bpresident\b|\bdirector\b|\b(?:operational|day-to-day) control\b|\bruns\b|\bat the helm\b|\bfounder\b|\badvis[eo]r\b",
    re.IGNORECASE,
)
"""Somebody's post is told by its title, not by a word of joining."""

BY_NAME = {cue.name: cue for cue in CUES}
