"""What can be known: the controlled vocabulary, one entry each."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Predicate:
    """A kind of statement.

    `phrase` reads from the subject ("compute deal with CoreWeave"), `inverse` from the object
    ("compute deal with Meta"). `single`: one current value per subject and qualifiers, so that a newer
    one supersedes it; the others add up.
    """

    name: str
    phrase: str
    inverse: str = ""
    single: bool = False


_ALL = (
    Predicate("released", "released", "released by"),
    Predicate("available_on", "available on", "offers"),
    Predicate("integration", "runs in", "runs"),
    Predicate("openness", "openness", single=True),
    Predicate("licence", "licence", single=True),
    Predicate("parameters", "parameters", single=True),
    Predicate("active_parameters", "active parameters", single=True),
    Predicate("context_window", "context window", single=True),
    Predicate("price", "price", single=True),
    Predicate("benchmark_score", "benchmark score on", "benchmark score of", single=True),
    Predicate("benchmark_rank", "rank on", "ranks"),
    Predicate("based_on", "based on", "basis of", single=True),
    Predicate("deprecated", "deprecated"),
    Predicate("funding_round", "funding round", "invested in"),
    Predicate("valuation", "valuation"),
    Predicate("investment", "invested in", "investment from"),
    Predicate("revenue", "revenue"),
    Predicate("users", "users"),
    Predicate("headcount", "headcount"),
    Predicate("layoffs", "layoffs"),
    Predicate("capex", "capital expenditure"),
    Predicate("acquisition", "acquisition of", "acquired by"),
    Predicate("ipo", "stock-market listing", single=True),
    Predicate("compute_deal", "compute deal with", "compute deal with"),
    Predicate("compute_capacity", "compute capacity"),
    Predicate("data_center", "data centre", "data centre of"),
    Predicate("partnership", "partnership with", "partnership with"),
    Predicate("appointed", "appointed", "appointed by"),
    Predicate("departed", "parted with", "left"),
    Predicate("founded", "founded", "founded by"),
    Predicate("unit_formed", "formed", "formed by"),
    Predicate("reorganised", "reorganised"),
    Predicate("legal_action", "legal action with", "legal action by"),
    Predicate("regulation", "regulation by", "regulation of"),
    Predicate("trend_spike", "named together with", "named together with"),
)

PREDICATES = {predicate.name: predicate for predicate in _ALL}
STATUSES = ("announced", "reported", "rumoured", "planned", "confirmed", "denied", "disputed")
