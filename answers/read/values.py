"""Values in a sentence: money, counts, sizes, shares, dates, licences, names. Pure."""

import re
from dataclasses import dataclass

from answers.language.cues import AnswerType
from answers.language.time_range import MONTHS

_SCALE = {"k": 1e3, "thousand": 1e3, "m": 1e6, "mn": 1e6, "million": 1e6, "b": 1e9, "bn": 1e9, "billion": 1e9}
_SCALE |= {"t": 1e12, "tn": 1e12, "trillion": 1e12}
_N = r"(?P<n>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
_BIG = r"(?:\s?-?(?P<m>trillion|billion|million|thousand|tn|bn|mn|[kKmMbBtT])(?![A-Za-z]))"
_OP = r"(?P<op>(?:more than|over|up to|at least|about|around|nearly|almost|roughly|approximately|an estimated|less than|under|~|>|<|≈)\s?)?"
_MONEY = re.compile(
    rf"{_OP}(?:(?P<cur>US\$|C\$|A\$|HK\$|CN¥|[$€£¥])\s?{_N}(?:\s?[–-]\s?[$€£¥]?(?P<to>\d+(?:\.\d+)?))?{_BIG}?\+?|{_N.replace('<n>', '<n2>')}{_BIG.replace('<m>', '<m2>')}\s?(?P<word>dollars|USD|euros|yuan|RMB))",
    re.IGNORECASE,
)
_COUNT = re.compile(rf"{_OP}(?<![\w.$€£¥#@-]){_N}{_BIG}?(?P<plus>\+)?(?![\d%]|[x×]\b)", re.IGNORECASE)
_PERCENT = re.compile(rf"{_OP}(?<![\w.$-]){_N}\s?(?:%|percent\b)", re.IGNORECASE)
_MEASURED = re.compile(
    rf"{_OP}(?<![\w.$€£¥#@-]){_N}(?:\s?[–-]\s?\d+(?:\.\d+)?)?{_BIG}?\s?-?(?:[KMGTP]i?B|[kMG]W|ms|x|×|seconds?|minutes?|hours?|days?|weeks?|months?)(?![A-Za-z])"
)
_PLAIN = re.compile(rf"(?<![\w.$€£¥#@-]){_N}(?P<pc>\s?%)?(?![\w]|\.\d)")
_LICENCE = re.compile(
    r"\b(?:Apache(?: License)?[- ]?2\.0|Apache|MIT|modified MIT|BSD(?:-\d-Clause)?|A?GPL(?:v\d|-\d\.0)?|LGPL|MPL|CC[- ]BY(?:-[A-Z]{2})*(?:[- ]\d\.\d)?|"
    r"OpenMDW|Gemma licen[cs]e|Llama(?: \d)?(?: Community)? Licen[cs]e|source-available|proprietary|non-commercial|OpenRAIL\w*)\b",
    re.IGNORECASE,
)
_WORDS = {
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "dozen": 12,
}
_WORD_COUNT = re.compile(rf"\b(?P<n>{'|'.join(_WORDS)})\b", re.IGNORECASE)
_DATE = re.compile(
    rf"\b(?:(?P<day>\d{{1,2}}) )?(?P<month>{'|'.join(m.title() for m in MONTHS)})(?: (?P<day2>\d{{1,2}})(?:st|nd|rd|th)?)?,?(?: (?P<year>20\d\d))?\b"
)

_CORE = (
    r"(?:[A-Z][\w'’]*(?:[.\-‑/]\w+)*|(?<![a-z])(?:[a-z]++[A-Z]\w*|[a-z]{2,}+(?:-[a-z]*+)?-?\d[\w.\-]*)|\d+[A-Z][\w-]*)"
)
NAME = re.compile(rf"{_CORE}(?: (?:{_CORE}|\d+(?:\.\d+)*[a-z]?(?![\w%])|(?<= )(?:mini|nano|pro|flash|max|preview)\b))*")
"""A run of capitalised words and versions: what reads like a name.

Lower-case prefixes are possessive and start at a word boundary: otherwise a long word is scanned once per letter.
"""


@dataclass(frozen=True)
class Value:
    """A value in a sentence: characters from and to, the text as written, and its number (21e9 for $21B)."""

    start: int
    end: int
    text: str
    number: float | None = None


def find_values(sentence: str, answer_type: AnswerType) -> list[Value]:
    """The values of a type in a sentence, in order."""
    if answer_type is AnswerType.MONEY:
        return [_number(match) for match in _MONEY.finditer(sentence)]
    if answer_type in (AnswerType.COUNT, AnswerType.SIZE, AnswerType.TOKENS):
        money = [(m.start(), m.end()) for m in _MONEY.finditer(sentence)]
        found = [_number(m) for m in _COUNT.finditer(sentence) if not any(a <= m.start("n") < b for a, b in money)]
        if answer_type is AnswerType.COUNT:
            found += [
                Value(m.start(), m.end(), m.group(), float(_WORDS[m["n"].lower()]))
                for m in _WORD_COUNT.finditer(sentence)
            ]
            found = [v for v in found if not re.fullmatch(r"(?:19|20)\d\d", v.text)]
        return sorted(found, key=lambda one: one.start)
    if answer_type is AnswerType.AMOUNT:
        found = [_number(match) for match in (*_PERCENT.finditer(sentence), *_MEASURED.finditer(sentence))]
        found += [
            v for v in find_values(sentence, AnswerType.COUNT) if not any(a.start <= v.start < a.end for a in found)
        ]
        return sorted(found, key=lambda one: one.start)
    if answer_type is AnswerType.PERCENT:
        return [_number(match) for match in _PERCENT.finditer(sentence)]
    if answer_type is AnswerType.SCORE:
        return [
            Value(m.start(), m.end(), m.group(), float(m["n"].replace(",", "")))
            for m in _PLAIN.finditer(sentence)
            if not re.fullmatch(r"20\d\d", m["n"])
        ]
    if answer_type is AnswerType.LICENCE:
        return [Value(m.start(), m.end(), m.group()) for m in _LICENCE.finditer(sentence)]
    if answer_type is AnswerType.DATE:
        return [
            Value(m.start(), m.end(), m.group()) for m in _DATE.finditer(sentence) if m["year"] or m["day"] or m["day2"]
        ]
    return [Value(m.start(), m.end(), m.group()) for m in NAME.finditer(sentence)]


def _number(match: re.Match[str]) -> Value:
    groups = match.groupdict()
    digits = groups.get("n") or groups.get("n2") or "0"
    scale = _SCALE.get((groups.get("m") or groups.get("m2") or "").lower(), 1.0)
    text = match.group().strip()
    return Value(match.start(), match.end(), text, float(digits.replace(",", "")) * scale)


def token_prices(sentence: str) -> dict[str, str]:
    """Token prices by direction (input, output, cached), as written.

    From "$2/M input tokens and $10/M output tokens", or "$5/$30 per million".
    """
    found: dict[str, str] = {}
    money = list(_MONEY.finditer(sentence))
    for at, match in enumerate(money):
        end = money[at + 1].start() if at + 1 < len(money) else len(sentence)
        text = match.group().strip()
        pair = at + 1 < len(money) and re.fullmatch(
            r"\s*(?:/|per|and|in\s*/|input\s*/)\s*", sentence[match.end() : end]
        )
        if pair and not found:
            return {"input": text, "output": money[at + 1].group().strip()}
        behind = re.match(
            r"[^.;]{0,40}?\b(input|output|cached|in|out)\b", sentence[match.end() : min(end, match.end() + 45)]
        )
        before = re.search(r"\b(input|output)\b[^.;$]{0,12}$", sentence[max(0, match.start() - 24) : match.start()])
        side = behind or before
        if side:
            found.setdefault({"in": "input", "out": "output"}.get(side[1], side[1]), text)
    return found
