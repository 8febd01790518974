"""The controlled vocabulary of facts, one entry per predicate. Commands, extraction and imports follow from it."""

from dataclasses import dataclass
from enum import StrEnum


class Succession(StrEnum):
    """What a newer statement does to an older one with the same subject, predicate and separators."""

    ONE = "one"
    """One value at a time: the newer one supersedes the older, which stays in the store."""
    FIXED = "fixed"
    """One value for good, such as a number of parameters: another value is a disagreement, not news."""
    SERIES = "series"
    """A measurement: every dated value is kept, and the newest is current."""
    EVENT = "event"
    """Something that happened: events add up, and are corrected but never superseded."""


@dataclass(frozen=True)
class Predicate:
    """A kind of statement.

    `phrase` reads from the subject ("compute deal with CoreWeave"), `inverse` from the object ("compute deal with
    Meta"). `object` says whether it takes a second entity; `unit` is the class of its number (see models.measure), ""
    for none. `separators` are the qualifiers that make two statements be about different things: a score on another
    benchmark supersedes nothing. `minimum` and `maximum` bound a believable number in the unit's base. `asks` are the
    words in questions about it.
    """

    name: str
    topic: str
    phrase: str
    inverse: str = ""
    holds: Succession = Succession.EVENT
    object: bool = False
    unit: str = ""
    separators: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    symmetric: bool = False
    asks: tuple[str, ...] = ()

    @property
    def single(self) -> bool:
        """Whether there is one current value per subject and separators."""
        return self.holds is not Succession.EVENT

    def believable(self, value: float) -> bool:
        """Whether a number is of a believable size."""
        return (self.minimum is None or value >= self.minimum) and (self.maximum is None or value <= self.maximum)


ONE, FIXED, SERIES = Succession.ONE, Succession.FIXED, Succession.SERIES

_ALL = (
    # Models and products
    Predicate(
        "released", "releases", "released", "released by", object=True,
        asks=("release", "launch", "announce", "introduce", "unveil", "ship", "come out", "debut", "publish",
              "maker of"),
    ),
    Predicate(
        "available_on", "availability", "available on", "offers", object=True, separators=("region", "plan"),
        asks=("available", "run on", "where can i use", "offered", "support", "hosted", "accessible"),
    ),
    Predicate(
        "integrates_with", "availability", "integrates with", "integrated with", object=True,
        asks=("integrate", "integration", "built into", "works with", "connect", "runs in"),
    ),
    Predicate(
        "openness", "licence", "openness", holds=ONE,
        asks=("open source", "open-source", "open weights", "open-weight", "openness", "proprietary", "closed"),
    ),
    Predicate(
        "licence", "licence", "licence", holds=ONE, separators=("applies_to",),
        asks=("licence", "license", "licensed", "licensing"),
    ),
    Predicate(
        "parameters", "size", "parameters", holds=FIXED, unit="parameters", separators=("variant",),
        minimum=1e5, maximum=1e14,
        asks=("parameters", "parameter count", "how big", "how large", "size of", "params"),
    ),
    Predicate(
        "active_parameters", "size", "active parameters", holds=FIXED, unit="parameters", separators=("variant",),
        minimum=1e6, maximum=5e12, asks=("active parameters", "active params", "activated parameters"),
    ),
    Predicate(
        "context_window", "size", "context window", holds=ONE, unit="tokens", separators=("direction", "variant"),
        minimum=256, maximum=2e8,
        asks=("context window", "context length", "context size", "how long a context", "context"),
    ),
    Predicate(
        "training_tokens", "size", "trained on", holds=FIXED, unit="tokens", separators=("phase",),
        minimum=1e6, maximum=1e15,
        asks=("training tokens", "trained on", "how many tokens", "pretrained on", "training data"),
    ),
    Predicate(
        "dataset_size", "size", "dataset size", holds=FIXED, unit="items", separators=("of", "version"),
        minimum=2, maximum=1e16,
        asks=("dataset size", "how large is the dataset", "how many samples", "how many examples", "how many tasks"),
    ),
    Predicate(
        "memory_required", "size", "memory needed", holds=FIXED, unit="GB", separators=("quantisation", "device"),
        minimum=0.01, maximum=20_000, asks=("memory", "vram", "ram", "how much memory", "fit on", "run locally"),
    ),
    Predicate(
        "speed", "speed", "speed", holds=SERIES, unit="tokens/s", separators=("device", "provider"),
        minimum=0.01, maximum=1e8,
        asks=("speed", "tokens per second", "how fast", "throughput", "latency"),
    ),
    Predicate(
        "price", "price", "price", holds=ONE, unit="money", separators=("token_type", "tier", "per", "provider"),
        minimum=0, maximum=1e6,
        asks=("price", "cost", "how much does", "pricing", "charge", "subscription", "per million tokens"),
    ),
    Predicate(
        "price_change", "price", "price change", unit="%", separators=("token_type",), minimum=-100, maximum=1000,
        asks=("price cut", "price drop", "cheaper", "discount", "price increase", "price change"),
    ),
    Predicate(
        "benchmark_score", "benchmarks", "benchmark score on", "benchmark score of", holds=ONE, unit="score",
        separators=("benchmark", "version", "harness", "setup", "metric", "evaluator"), minimum=-1e7, maximum=1e7,
        asks=("score", "scored", "accuracy", "elo", "benchmark", "result on", "pass rate", "perform on"),
    ),
    Predicate(
        "benchmark_rank", "benchmarks", "rank on", "ranks", holds=SERIES, unit="rank",
        separators=("leaderboard", "scope"),
        minimum=1, maximum=10_000, asks=("rank", "ranked", "place", "leaderboard", "position", "top of", "number one"),
    ),
    Predicate(
        "based_on", "releases", "based on", "basis of", object=True, holds=FIXED, separators=("relation",),
        asks=("based on", "built on", "powered by", "fine-tuned from", "derived from", "distilled from",
              "underlying model"),
    ),
    Predicate(
        "deprecated", "availability", "deprecated", separators=("in",),
        asks=("deprecated", "retired", "shut down", "sunset", "discontinued", "end of life", "removed"),
    ),
    Predicate(
        "suspended", "availability", "suspended", separators=("in",),
        asks=("suspended", "paused", "pulled", "disabled", "taken offline"),
    ),
    Predicate(
        "replaced_by", "availability", "replaced by", "replaces", object=True, separators=("in",),
        asks=("replaced", "replacement", "successor", "superseded", "instead of"),
    ),
    # Money
    Predicate(
        "funding_round", "funding", "raised", "invested in", unit="money", separators=("round",),
        minimum=1e5, maximum=2e11,
        asks=("raise", "raised", "funding", "round", "series a", "series b", "series c", "seed"),
    ),
    Predicate(
        "valuation", "funding", "valuation", holds=SERIES, unit="money", separators=("basis",),
        minimum=1e6, maximum=1e13,
        asks=("valuation", "valued at", "worth", "market cap"),
    ),
    Predicate(
        "investor", "funding", "invested in", "investment from", object=True, unit="money", separators=("round",),
        asks=("invest", "investor", "backed", "backer", "stake", "led the round"),
    ),
    Predicate(
        "revenue", "business", "revenue", holds=SERIES, unit="money", separators=("basis", "period", "of"),
        minimum=1e3, maximum=2e12, asks=("revenue", "arr", "run rate", "run-rate", "sales", "earn", "turnover"),
    ),
    Predicate(
        "users", "business", "users", holds=SERIES, unit="people", separators=("measure", "platform"),
        minimum=10, maximum=1e11,
        asks=("users", "weekly active", "monthly active", "daily active", "downloads", "subscribers", "customers"),
    ),
    Predicate(
        "headcount", "people", "headcount", holds=SERIES, unit="people", minimum=1, maximum=5e6,
        asks=("headcount", "employees", "staff", "how many people work", "workforce"),
    ),
    Predicate(
        "layoffs", "people", "layoffs", unit="people", separators=("period",), minimum=1, maximum=1e6,
        asks=("layoffs", "laid off", "lay off", "job cuts", "cut jobs", "fired"),
    ),
    Predicate(
        "capex", "compute", "capital expenditure", holds=SERIES, unit="money", separators=("period",),
        minimum=1e6, maximum=1e13,
        asks=("capex", "capital expenditure", "spend on infrastructure", "spending on data centers"),
    ),
    Predicate(
        "acquisition", "deals", "acquisition of", "acquired by", object=True, unit="money", minimum=1e4, maximum=1e12,
        asks=("acquire", "acquired", "acquisition", "buy", "bought", "takeover", "merge", "purchase"),
    ),
    Predicate(
        "ipo", "funding", "stock-market listing", holds=ONE,
        asks=("ipo", "go public", "went public", "stock market", "listing", "list its shares", "s-1"),
    ),
    Predicate(
        "compute_deal", "compute", "compute deal with", "compute deal with", object=True, unit="money", symmetric=True,
        separators=("additional_to",), minimum=1e6, maximum=1e13,
        asks=("compute deal", "cloud deal", "commitment", "committed", "contract", "compute agreement",
              "infrastructure deal"),
    ),
    Predicate(
        "compute_capacity", "compute", "compute capacity", holds=SERIES, unit="power", separators=("site",),
        asks=("gpus", "gigawatts", "compute capacity", "how many gpus", "cluster", "gw", "megawatts"),
    ),
    Predicate(
        "data_center", "compute", "data centre", "data centre of", object=True, unit="power", separators=("site",),
        asks=("data center", "data centre", "datacenter", "site", "campus"),
    ),
    Predicate(
        "partnership", "deals", "partnership with", "partnership with", object=True, symmetric=True,
        asks=("partner", "partnership", "partnered", "collaborate", "collaboration", "teamed up", "alliance",
              "work with"),
    ),
    # People and organisations
    Predicate(
        "appointed", "people", "joined", "hired", object=True, separators=("role",),
        asks=("appoint", "hire", "hired", "join", "joined", "named as", "promoted"),
    ),
    Predicate(
        "departed", "people", "left", "parted with", object=True, separators=("role",),
        asks=("leave", "left", "depart", "departed", "resign", "step down", "quit", "ousted", "fired"),
    ),
    Predicate(
        "role", "people", "works for", "has", object=True, holds=ONE, separators=("role",),
        asks=("ceo", "cto", "cfo", "chief executive", "who runs", "who leads", "head of", "role", "who is"),
    ),
    Predicate(
        "founded", "people", "founded", "founded by", object=True,
        asks=("found", "founded", "founder", "co-founder", "cofounded", "started"),
    ),
    Predicate("unit_formed", "people", "formed", "formed by", object=True, asks=("formed", "new unit", "new division")),
    Predicate("reorganised", "people", "reorganised", asks=("reorganise", "reorganize", "restructure")),
    # Law
    Predicate(
        "legal_action", "law", "legal action with", "legal action by", object=True, unit="money", separators=("type",),
        asks=("sue", "sued", "lawsuit", "legal action", "court", "complaint", "accuse", "copyright case"),
    ),
    Predicate(
        "legal_settlement", "law", "settlement with", "settlement with", object=True, unit="money", symmetric=True,
        asks=("settle", "settled", "settlement", "damages", "fine"),
    ),
    Predicate(
        "regulation", "law", "regulation of", "regulation by", object=True, separators=("type",),
        asks=("regulate", "regulation", "ban", "law", "order", "investigation", "probe", "antitrust"),
    ),
    # Made by ourselves
    Predicate("trend_spike", "trend", "named together with", "named together with", object=True, symmetric=True),
)  # fmt: skip

PREDICATES = {predicate.name: predicate for predicate in _ALL}
STATUSES = ("announced", "reported", "rumoured", "planned", "confirmed", "denied", "disputed")
"""How far a statement is said to be true. Denied and disputed ones are kept and shown as such."""
