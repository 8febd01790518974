"""Parses a quantity as a person or a table writes it: "$21B", "1.6T", "about 400K tokens", "€2 per seat". Pure.

The currency is kept as stated, never converted. For a whole cell or phrase that is one quantity; quantities inside
sentences are found by extraction (ingest.facts.extract) and answers.read.values.
"""

import re
from dataclasses import dataclass

from gazetteer.spelling import tidy
from models.measure import SIGNS

CURRENCIES = {sign: code for code, sign in SIGNS.items()} | {"US$": "USD", "₹": "INR", "₩": "KRW"}
CODES = frozenset((*SIGNS, "INR", "KRW", "AUD", "CAD", "CHF", "SGD"))

SCALES = {
    **dict.fromkeys(("k", "thousand"), 1e3),
    **dict.fromkeys(("m", "mn", "mio", "million", "millions"), 1e6),
    **dict.fromkeys(("b", "bn", "billion", "billions"), 1e9),
    **dict.fromkeys(("t", "tn", "trillion", "trillions"), 1e12),
}

BOUNDS = {
    **dict.fromkeys(("~", "≈", "about", "around", "roughly", "some", "approximately", "nearly", "almost"), "~"),
    **dict.fromkeys((">", "over", "more than", "above"), ">"),
    **dict.fromkeys((">=", "≥", "at least"), ">="),
    **dict.fromkeys(("<", "under", "less than", "below"), "<"),
    **dict.fromkeys(("<=", "≤", "up to", "at most"), "<="),
}

ACCEPTED = {
    "parameters": ("", "parameters", "parameter", "params", "param"),
    "tokens": ("", "tokens", "token"),
    "items": ("", "items", "samples", "examples", "tasks", "files", "rows", "images", "hours"),
    "people": (
        "", "people", "users", "employees", "staff", "jobs", "wau", "mau", "dau", "downloads", "subscribers",
        "customers",
    ),
    "%": ("%", "percent", "per cent"),
    "score": ("", "%", "percent", "points", "elo", "index"),
    "rank": ("", "rank", "place"),
    "GB": ("gb", "mb", "tb"),
    "tokens/s": ("tokens/s", "tok/s", "t/s", "tokens per second", "tps"),
    "power": ("gw", "mw", "kw", "gpus", "tpus", "h100e", "chips"),
}  # fmt: skip
"""Units accepted for a unit class; "" where a bare number is unambiguous."""

CANONICAL = {
    "parameter": "parameters", "params": "parameters", "param": "parameters", "token": "tokens", "percent": "%",
    "per cent": "%", "employees": "people", "staff": "people", "jobs": "people", "place": "rank", "gb": "GB",
    "mb": "MB", "tb": "TB", "gw": "GW", "mw": "MW", "kw": "kW", "gpus": "GPUs", "tpus": "TPUs", "h100e": "H100e",
    "tok/s": "tokens/s", "t/s": "tokens/s", "tokens per second": "tokens/s", "tps": "tokens/s", "wau": "WAU",
    "mau": "MAU", "dau": "DAU",
    "elo": "Elo",
}  # fmt: skip
BARE = {"parameters": "parameters", "tokens": "tokens", "items": "items", "people": "people", "rank": "rank"}

_NUMBER = r"\d[\d,]*(?:\.\d+)?|\.\d+"
_FORM = re.compile(
    rf"""^(?P<bound>{"|".join(sorted(map(re.escape, BOUNDS), key=len, reverse=True))})?\s*
    (?P<before>US\$|CN¥|[$€£¥₹₩]|\#|[A-Z]{{3}}\b)?\s*(?P<minus>-)?
    (?P<low>{_NUMBER})(?:\s*(?:-|to)\s*(?P<high>{_NUMBER}))?
    (?:\s*(?P<scale>k|mn?|mio|bn?|tn?|thousand|millions?|billions?|trillions?)(?![a-z]))?\s*
    (?P<rest>.*)$""",
    re.VERBOSE | re.IGNORECASE,
)
_PER = re.compile(
    r"""^(?:(?P<code>[A-Z]{3})\b)?\s*
    (?:(?:/|(?:per|a|an|each)\b)\s*
      (?P<per>(?:1?\s*(?:m|million|mtok|1m)\b\s*)?(?:(?:input|output|cached\ input)\s+)?[a-z]*))?\s*
    (?P<dollars>dollars?|euros?|yen|yuan)?$""",
    re.VERBOSE | re.IGNORECASE,
)
_WORDS = {"dollar": "USD", "euro": "EUR", "yen": "JPY", "yuan": "CNY"}
_TOKENS = re.compile(
    r"^1?\s*(?:m|million|mtok|1m)\b\s*(?:(?P<type>input|output|cached input)\s*)?(?:tokens?)?$", re.IGNORECASE
)


class QuantityError(Exception):
    """The text is no quantity of this class: a sentence with how to write it."""


@dataclass(frozen=True)
class ParsedQuantity:
    """A number in its unit; `high` is the upper end of a range, `op` is as in models.fact, `token_type` for prices."""

    value: float
    unit: str
    high: float | None = None
    op: str = ""
    token_type: str = ""


def parse_quantity(text: str, kind: str) -> ParsedQuantity:
    """Parses a quantity of a unit class (models.predicate: money, tokens, …). Raises QuantityError."""
    said = tidy(text)
    match = _FORM.match(said)
    if match is None or len(said) > 80:
        raise QuantityError(f"“{said[:40]}” is not a number.")
    scale = SCALES.get((match["scale"] or "").lower(), 1.0)
    value = _float(match["low"]) * scale * (-1 if match["minus"] else 1)
    high = _float(match["high"]) * scale if match["high"] else None
    op = BOUNDS.get((match["bound"] or "").lower(), "")
    before, rest = match["before"] or "", match["rest"].strip(" .")
    if kind == "money":
        return _money(said, value, high, op, before, rest)
    if before and not (before == "#" and kind == "rank"):
        raise QuantityError(f"“{said[:40]}” is an amount of money, but this takes {kind}.")
    unit = rest.casefold()
    own = ACCEPTED.get(kind, ("",))
    if unit not in own:
        wanted = ", ".join(one for one in own if one) or "no unit"
        raise QuantityError(
            f"“{said[:40]}” has no unit: write {said} {CANONICAL.get(own[0], own[0])}."
            if not unit
            else f"“{rest[:30]}” is not a unit of {kind}: use {wanted}."
        )
    return ParsedQuantity(value, CANONICAL.get(unit, unit) or BARE.get(kind, ""), high, op)


def _money(said: str, value: float, high: float | None, op: str, before: str, rest: str) -> ParsedQuantity:
    per = _PER.match(rest)
    if per is None:
        raise QuantityError(f"“{said[:40]}” is not an amount of money: write $21B, 2.5 EUR or $3 per 1M tokens.")
    word = (per["dollars"] or "").casefold().removesuffix("s")
    code = CURRENCIES.get(before) or CURRENCIES.get(before.upper()) or before.upper() or (per["code"] or "").upper()
    code = code or _WORDS.get(word, "")
    if code not in CODES:
        raise QuantityError(f"“{said[:40]}” has no currency: write it like $21B or 2.5 EUR.")
    unit, token_type = (per["per"] or "").strip(), ""
    if tokens := _TOKENS.match(unit) if unit else None:
        unit, token_type = "1M tokens", (tokens["type"] or "").casefold()
    return ParsedQuantity(value, f"{code}/{unit}" if unit else code, high, op, token_type)


def _float(digits: str) -> float:
    return float(digits.replace(",", ""))
