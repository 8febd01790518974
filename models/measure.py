"""Numbers with units: parsed from text into one form, and written as people write them.

Amounts keep the stated currency; nothing is converted. Counts are in units (21 billion is 2.1e10), memory in GB, power
in GW, percentages as stated.
"""

import re
from dataclasses import dataclass

SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "CNY": "CN¥", "INR": "₹", "KRW": "₩"}
CURRENCIES = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₩": "KRW", "us$": "USD", "cn¥": "CNY"} | {
    "usd": "USD",
    "eur": "EUR",
    "gbp": "GBP",
    "jpy": "JPY",
    "cny": "CNY",
    "rmb": "CNY",
    "inr": "INR",
    "dollars": "USD",
    "dollar": "USD",
    "euros": "EUR",
    "yuan": "CNY",
    "yen": "JPY",
    "pounds": "GBP",
    "rupees": "INR",
    "元": "CNY",
    "人民币": "CNY",
    "美元": "USD",
    "cents": "USD",
    "cent": "USD",
}
SCALES = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "K"))
_SCALE = {"k": 1e3, "thousand": 1e3, "m": 1e6, "mn": 1e6, "mm": 1e6, "million": 1e6, "b": 1e9, "bn": 1e9} | {
    "billion": 1e9,
    "t": 1e12,
    "tn": 1e12,
    "trillion": 1e12,
    "lakh": 1e5,
    "crore": 1e7,
    "万": 1e4,
    "亿": 1e8,
    "万亿": 1e12,
}
_BYTES = {"kb": 1e-6, "mb": 1e-3, "gb": 1.0, "gib": 1.0, "tb": 1e3, "pb": 1e6}
_POWER = {"kw": 1e-6, "mw": 1e-3, "megawatt": 1e-3, "gw": 1.0, "gigawatt": 1.0}
_WORDS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9} | {
    "ten": 10,
    "half a": 0.5,
    "a": 1,
}
_BOUND_WORDS = {
    "~": "~", "≈": "~", "about": "~", "around": "~", "roughly": "~", "approximately": "~", "approx": "~",
    "an estimated": "~", "estimated": "~", "some": "~", "close to": "~",
    "over": ">", "more than": ">", "above": ">", "exceeding": ">", ">": ">", "surpassing": ">", "well over": ">",
    "at least": ">=", "≥": ">=", ">=": ">=", "minimum of": ">=",
    "under": "<", "less than": "<", "below": "<", "fewer than": "<", "<": "<", "nearly": "<", "almost": "<",
    "up to": "<=", "as much as": "<=", "as many as": "<=", "at most": "<=", "≤": "<=", "<=": "<=", "a maximum of": "<=",
    "a record": "", "a": "", "an additional": "", "another": "",
}  # fmt: skip

_LONG_SCALE = r"trillion|billion|million|thousand|crore|lakh|tn|bn|mn|万亿|亿|万"
_DECIMAL_COMMA = rf"\d{{1,3}},\d{{1,2}}(?![\d,]|\.\d)(?:(?=\s?(?:{_LONG_SCALE}|€|euros?)(?![A-Za-z]))|(?(sign)|(?!)))"
"""“€1,7” and “1,7 million”: one or two digits after a comma, and money or a scale beside them."""
_NUMBER = rf"(?:\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|{_DECIMAL_COMMA}|\d+(?:\.\d+)?)"
_BOUND = "|".join(sorted((re.escape(word) for word in _BOUND_WORDS if not word.startswith("a")), key=len, reverse=True))
_BOUND = (
    "about|around|approximately|approx|an estimated|at least|above|almost|at most|as (?:much|many) as|a maximum of|"
    + _BOUND
)
_WORDED = r"\b(?:one|two|three|four|five|six|seven|eight|nine|ten|half a)(?=[ -](?:thousand|million|billion|trillion))"
QUANTITY = re.compile(
    rf"(?P<from>(?<=\bfrom\s))?+(?P<between>\bbetween\s)?(?:(?P<op>(?<![\w-])(?:{_BOUND})|[~≈><≥≤]=?)\s?)?"
    rf"(?<![\w.,@-])(?<!\d/)(?P<sign>US\$|CN¥|USD\s|EUR\s|RMB\s|GBP\s|[$€£¥₹₩])?\s?"
    rf"(?:(?P<low>{_NUMBER})(?P<lows>[kKmMbBtT]|\s?(?:{_LONG_SCALE}))?\s?(?:[-–—]|\bto\b|(?(between)\band\b|(?!)))\s?(?P=sign)?)?"
    rf"(?:(?P<n>{_NUMBER})|(?P<word>{_WORDED}))"
    rf"(?:\s?-?(?P<scale>{_LONG_SCALE}|(?(sign)mm(?![A-Za-z])|(?!))|[kKmMbBtT](?![A-Za-z])))?"
    rf"(?P<plus>\+)?"
    rf"(?:\s?-?(?P<unit>%|percent(?:age points?)?|[KMGTP]i?B(?![A-Za-z])|[kMG]W(?![A-Za-z])|(?:giga|mega)watts?"
    rf"|(?:US )?dollars?|euros?|yuan|yen|pounds|rupees|cents?|人民币|美元|元|USD|EUR|RMB|CNY|GBP)"
    r"(?![A-Za-z])(?P<more>\+)?)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number at a position in a text. `kind`: money, percent, bytes, power, scaled (21B, 128K), plain or year."""

    kind: str
    value: float
    unit: str
    start: int
    end: int
    op: str = ""
    low: float | None = None
    """The lower end of a range."""


def quantities(text: str) -> list[Quantity]:
    """The numbers of a text with their units, in order."""
    found = []
    for match in QUANTITY.finditer(text):
        quantity = _quantity(match)
        if quantity is not None:
            found.append(quantity)
    return found


def _quantity(match: re.Match[str]) -> Quantity | None:
    text = match.string
    end = match.end()
    if end < len(text) and (text[end].isalnum() or text[end] == "_") and not text[end - 1].isspace():
        # "3D", "4x", "27th": the number is part of a word.
        return None
    sign = (match["sign"] or "").strip().casefold()
    unit = (match["unit"] or "").casefold()
    written = match["n"] or ""
    value = _float(written) if written else _WORDS[match["word"].casefold()]
    scale_word = (match["scale"] or "").casefold()
    scale = _SCALE.get(scale_word, 1.0)
    low = None
    if match["low"] is not None:
        low_scale = _SCALE.get((match["lows"] or scale_word).strip().casefold(), 1.0)
        low = _float(match["low"]) * low_scale
    value *= scale
    if match["from"] is not None and (sign or not scale_word):
        # "from $9 billion to $30 billion" is a rise, whose result is the value.
        low = None
    op = _BOUND_WORDS.get(" ".join((match["op"] or "").casefold().split()), "") if match["op"] else ""
    if match["plus"] or match["more"]:
        op = ">="
    start = match.start("op") if match["op"] else match.start()
    while text[start] == " ":
        start += 1
    if sign or unit in CURRENCIES:
        currency = CURRENCIES.get(sign) or CURRENCIES[unit]
        cents = 0.01 if unit.startswith("cent") else 1.0
        return Quantity("money", value * cents, currency, start, end, op, low and low * cents)
    if unit.startswith(("%", "percent")):
        return Quantity("percent", value, "%", start, end, op, low)
    if unit in _BYTES:
        return Quantity("bytes", value * _BYTES[unit], "GB", start, end, op, low and low * _BYTES[unit])
    if unit.rstrip("s") in _POWER:
        power = _POWER[unit.rstrip("s")]
        return Quantity("power", value * power, "GW", start, end, op, low and low * power)
    if scale_word:
        return Quantity("scaled", value, scale_word[0].upper(), start, end, op, low)
    if not match["op"] and len(written) == 4 and 1990 <= value <= 2040 and (low is None or 1990 <= low <= 2040):
        return Quantity("year", value, "", start, end)
    return Quantity("plain", value, "", start, end, op, low)


def _float(written: str) -> float:
    """The number as written, with thousands or a decimal after its comma."""
    if re.fullmatch(r"\d{1,3},\d{1,2}", written):
        return float(written.replace(",", "."))
    return float(written.replace(",", ""))


def number_words(value: float) -> str:
    """A number as people write it: 21B, 14.2B, 1,450, 0.25."""
    if abs(value) >= 10_000:
        # Rounded before the scale is chosen, or 999,999 would be 1000K.
        rounded = float(f"{value:.4g}")
        for scale, sign in SCALES:
            if abs(rounded) >= scale:
                return f"{rounded / scale:.4g}{sign}"
    return f"{value:,.10g}"


def amount_words(value: float, unit: str, op: str = "", high: float | None = None) -> str:
    """A value with its unit: "$21B", "over 300 GW", "8B–253B parameters"; the currency is as stated."""
    currency, _, per = unit.partition("/")
    sign = SIGNS.get(currency, "")
    shown = f"{sign}{number_words(value)}" + (f"–{sign}{number_words(high)}" if high is not None else "")
    if unit == "rank":
        return f"no. {shown}"
    if op in BOUNDS and high is None:
        shown = f"{BOUNDS[op]} {shown}"
    if sign:
        return shown + (f" per {per.removeprefix('1')}" if per else "")
    return f"{shown}%" if unit == "%" else f"{shown} {unit}".strip()


BOUNDS = {"~": "about", ">": "over", ">=": "at least", "<": "under", "<=": "up to"}
"""How each bound reads before its number."""
