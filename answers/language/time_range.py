"""The time that a question asks about: days, weeks, months, "latest", "as of". Pure; the day of asking is passed in."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

MONTHS = [
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
]
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_YEAR = r"(?P<year>20\d\d)"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"

_ISO = re.compile(r"\b(?P<year>20\d\d)-(?P<num>\d\d)-(?P<day>\d\d)\b")
_DAY_MONTH = re.compile(rf"\b{_DAY} (?:of )?{_MONTH}(?:,? {_YEAR})?\b", re.IGNORECASE)
_MONTH_DAY = re.compile(rf"\b{_MONTH} {_DAY}(?:,? {_YEAR})?\b(?! ?\d)", re.IGNORECASE)
_PART_MONTH = re.compile(
    rf"\b(?:(?P<part>early|mid|late|first week of|last week of|beginning of|end of)[- ])?{_MONTH},? {_YEAR}\b",
    re.IGNORECASE,
)
_QUARTER = re.compile(
    r"\b(?:q(?P<q>[1-4])|(?P<word>first|second|third|fourth) quarter)(?: of)? (?P<year>20\d\d)\b", re.IGNORECASE
)
_ONLY_YEAR = re.compile(r"\b(?P<year>20[12]\d)\b(?![\w.-])", re.IGNORECASE)
_ONLY_MONTH = re.compile(rf"\b(?:in|during|last|since|before|after) {_MONTH}(?=[\s?.,]|$)", re.IGNORECASE)
_WEEK_OF = re.compile(r"\bweek (?:of|from|starting|beginning)\s*(?:the )?$", re.IGNORECASE)
_AS_OF = re.compile(r"\b(?:as of|as at|by|until|up to|before|on|at)\s*(?:the )?(?:end of )?$", re.IGNORECASE)
_HAPPENED = re.compile(
    r"\bdid\b.*\b(?:release|launch|announce|introduce|unveil|ship|publish|acquire|buy|raise|sign|open-source|happen|leave|join)\b"
    r"|^(?:who|what|which)\b.*\b(?:released|launched|announced|introduced|unveiled|shipped|acquired|bought|raised|signed|happened|left|joined)\b",
    re.IGNORECASE,
)
_SINCE = re.compile(r"\b(?:since|after)\s*$", re.IGNORECASE)
_LED_UP = re.compile(r"(?:\b(?:in|during|of|the|for|over|from)\s*)+$", re.IGNORECASE)
_RELATIVE = re.compile(r"\b(?P<which>today|yesterday|(?:this|last|past) (?:week|month|quarter|year))\b", re.IGNORECASE)
# Names have capitals: "Humanity's Last Exam", "Current AI".
_LATEST = re.compile(
    r"\b(?:latest|newest|most recent(?:ly)?|(?-i:last)|(?-i:current(?:ly)?)|(?:right )?now|today|these days|"
    r"recent(?:ly)?|so far)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Period:
    """Days from `first` to `last`, inclusive."""

    first: date
    last: date

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first <= day <= self.last

    @property
    def bounded(self) -> bool:
        """Whether it excludes any day."""
        return self != EVER


EVER = Period(date.min, date.max)


@dataclass(frozen=True)
class TimeRange:
    """The time expression of a question; `rest` is the question without it."""

    rest: str
    period: Period = EVER
    until: date = date.max
    """The day as of which the answer must hold: nothing published later may be used."""
    latest: bool = False
    """The newest value is asked for."""
    words: str = ""
    """The expression as written, to repeat in the answer."""


def parse_time_range(text: str, today: date) -> TimeRange:
    """Parses the time expression of a question asked on the day `today`.

    "As of", "by", "before" and "on" a day limit which articles may be used; a month, week, quarter or year is the
    period of publication. A period after `today` is kept: nothing will be found in it.
    """
    found = _absolute(text, today) or _relative(text, today)
    latest = bool(_LATEST.search(text))
    if found is None:
        return TimeRange(_without(text, _LATEST), latest=latest)
    start, end, period = found
    before, words = text[:start], text[start:end]
    if match := _WEEK_OF.search(before):
        period = Period(period.first, period.first + timedelta(days=6))
        words, before = before[match.start() :] + words, before[: match.start()]
    until = date.max
    if period.first == period.last and (match := _AS_OF.search(before)):
        # "On 1 May 2026" asks for the state on that day, as published by then.
        preposition = match.group().strip().lower()
        if preposition.startswith("on") and _HAPPENED.search(text) and not latest:
            # An event of a day is reported on that day or the next.
            period = Period(period.first, period.last + timedelta(days=1))
        else:
            until, period = period.last, EVER
            if preposition.startswith("before"):
                until -= timedelta(days=1)
        before = before[: match.start()]
    elif match := _AS_OF.search(before):
        preposition = match.group().strip().lower()
        if preposition.startswith(("as of", "as at", "by", "until", "up to")):
            until, period = period.last, EVER
        elif preposition.startswith("before"):
            until, period = period.first - timedelta(days=1), EVER
        before = before[: match.start()]
    elif match := _SINCE.search(before):
        period = Period(period.first, date.max)
        before = before[: match.start()]
    rest = _LED_UP.sub("", before).rstrip() + " " + text[end:].lstrip()
    return TimeRange(_without(rest, _LATEST) if latest else rest.strip(), period, until, latest, words.strip())


def _absolute(text: str, today: date) -> tuple[int, int, Period] | None:
    for pattern in (_ISO, _DAY_MONTH, _MONTH_DAY, _PART_MONTH, _QUARTER, _ONLY_MONTH, _ONLY_YEAR):
        for match in pattern.finditer(text):
            if match.start() and text[match.start() - 1] in "-.$#":
                continue
            period = _period(match.groupdict(), today)
            if period is not None:
                start = match.start("month") if pattern is _ONLY_MONTH else match.start()
                return start, match.end(), period
    return None


def _period(parts: dict[str, str | None], today: date) -> Period | None:
    year = int(parts.get("year") or 0)
    number = int(parts.get("num") or 0)
    if word := parts.get("month"):
        number = next(at for at, name in enumerate(MONTHS, 1) if name.startswith(word.lower().rstrip(".")[:3]))
    if parts.get("q") or parts.get("word"):
        quarter = int(parts.get("q") or ("first", "second", "third", "fourth").index(str(parts["word"]).lower()) + 1)
        return Period(date(year, quarter * 3 - 2, 1), _end(year, quarter * 3))
    if not number:
        return Period(date(year, 1, 1), date(year, 12, 31)) if year else None
    if not year:
        # Without a year: the most recent such month.
        year = today.year if number <= today.month else today.year - 1
    if day := parts.get("day"):
        try:
            one = date(year, number, int(day))
        except ValueError:
            return None
        return Period(one, one)
    first, last = date(year, number, 1), _end(year, number)
    part = (parts.get("part") or "").lower()
    if part.startswith("first week"):
        return Period(first, first + timedelta(days=6))
    if part.startswith("last week"):
        return Period(last - timedelta(days=6), last)
    if part.startswith(("early", "beginning")):
        return Period(first, first + timedelta(days=11))
    if part.startswith("mid"):
        return Period(first + timedelta(days=8), first + timedelta(days=21))
    if part.startswith(("late", "end")):
        return Period(last - timedelta(days=11), last)
    return Period(first, last)


def _relative(text: str, today: date) -> tuple[int, int, Period] | None:
    match = _RELATIVE.search(text)
    if match is None:
        return None
    which = match["which"].lower()
    if which == "today":
        return match.start(), match.end(), Period(today, today)
    if which == "yesterday":
        return match.start(), match.end(), Period(today - timedelta(days=1), today - timedelta(days=1))
    days = {"week": 7, "month": 31, "quarter": 92, "year": 366}[which.split()[1]]
    return match.start(), match.end(), Period(today - timedelta(days=days), today)


def _end(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def _without(text: str, pattern: re.Pattern[str]) -> str:
    return " ".join(pattern.sub(" ", text).split())
