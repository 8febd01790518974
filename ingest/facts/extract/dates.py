"""Dates that a sentence states; never a guess.

A date without a year ("on April 8") gets the year that puts it closest to the day of publication.
"""

import re
from dataclasses import dataclass
from datetime import date

_MONTHS = {
    name: number
    for number, names in enumerate(
        [
            "jan january",
            "feb february",
            "mar march",
            "apr april",
            "may",
            "jun june",
            "jul july",
            "aug august",
            "sep sept september",
            "oct october",
            "nov november",
            "dec december",
        ],
        start=1,
    )
    for name in names.split()
}
_MONTH = r"(?P<month>Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"
_DAY = re.compile(
    rf"\b{_MONTH} (?P<day>[0-3]?\d)(?:st|nd|rd|th)?(?!\d|[%.]\d)(?:,? (?P<year>20\d\d))?|\b(?P<day2>[0-3]?\d)(?:st|nd|rd|th)? {_MONTH.replace('?P<month>', '?P<month2>')}(?: (?P<year2>20\d\d))?"
)
_IN_MONTH = re.compile(
    rf"\b(?:in|since|by|from|until|through|of|early|late|mid-?|this|,) ?{_MONTH},? (?P<year>20\d\d)|\b(?:in|since|by|until) {_MONTH.replace('?P<month>', '?P<month2>')}(?! \d)"
)
_ISO = re.compile(r"\b(20\d\d)-(\d\d)-(\d\d)\b")
_SPAN = re.compile(
    r"\b(?:from|between) (?P<a>20\d\d) (?:to|through|until|and|-) (?P<b>20\d\d)|\b(?P<a2>20\d\d)[-–](?P<b2>20\d\d)\b"
)
_TO = re.compile(r"\b(?:through|until|by|to|before|till) (?:the end of |late |early |mid-)?(?P<b>20\d\d)\b")
_FROM = re.compile(r"\b(?:from|starting(?: in)?|beginning(?: in)?|since|as of) (?:late |early |mid-)?(?P<a>20\d\d)\b")
_YEAR = re.compile(r"\b(?:in|during|for) (?P<y>20\d\d)\b")


@dataclass(frozen=True, slots=True)
class StatedDate:
    """A stated time at a position: first and last day as precise as stated ("2027", "2027-03", "2027-03-31")."""

    start: int
    valid_from: str
    valid_to: str = ""


def stated_dates(sentence: str, said_on: date) -> list[StatedDate]:
    """The times that a sentence states, in order."""
    if not re.search(r"20\d\d|\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)", sentence):
        return []
    found: list[StatedDate] = []
    taken: list[tuple[int, int]] = []

    def note(match: re.Match[str], first: str, last: str = "") -> None:
        if not any(match.start() < end and match.end() > start for start, end in taken):
            taken.append(match.span())
            found.append(StatedDate(match.start(), first, last))

    for match in _ISO.finditer(sentence):
        note(match, match[0])
    for match in _SPAN.finditer(sentence):
        note(match, match["a"] or match["a2"], match["b"] or match["b2"])
    for match in _DAY.finditer(sentence):
        month = _MONTHS[(match["month"] or match["month2"]).casefold().rstrip(".")]
        day, year = int(match["day"] or match["day2"]), match["year"] or match["year2"]
        if exact := _exact(int(year) if year else None, month, day, said_on):
            note(match, exact)
    for match in _IN_MONTH.finditer(sentence):
        month = _MONTHS[(match["month"] or match["month2"]).casefold().rstrip(".")]
        year = int(match["year"]) if match["year"] else _nearest(month, 15, said_on)
        note(match, f"{year}-{month:02d}")
    for match in _TO.finditer(sentence):
        note(match, "", match["b"])
    for match in _FROM.finditer(sentence):
        note(match, match["a"])
    for match in _YEAR.finditer(sentence):
        note(match, match["y"])
    return sorted(found, key=lambda stated: stated.start)


def _exact(year: int | None, month: int, day: int, said_on: date) -> str:
    try:
        return date(year or _nearest(month, min(day, 28), said_on), month, day).isoformat()
    except ValueError:
        return ""


def _nearest(month: int, day: int, said_on: date) -> int:
    years = (said_on.year - 1, said_on.year, said_on.year + 1)
    return min(years, key=lambda year: abs((date(year, month, day) - said_on).days))
