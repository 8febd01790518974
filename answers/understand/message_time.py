"""Which time a chat message is about, in the words of chats and of several languages. Pure; today is handed in.

Questions of fact read their time with answers.language.time_range, which this builds on: it adds the words by which a
chat says "now" or "this week", months behind "for", and days counted back.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from answers.language.time_range import EVER, MONTHS, Period, parse_time_range

_TODAY = (
    r"today|tonight|right now|rn|this morning|this afternoon|atm|at the moment|past 24 ?h(?:ours)?|last 24 ?h(?:ours)?|"
    r"heute|gerade|aujourd['’]?hui|hoy|ahora|oggi|hoje|agora|сегодня|сейчас"
)
_YESTERDAY = r"yesterday|last night|gestern|hier soir|ayer|ieri|ontem|вчера"
_THIS_WEEK = (
    r"this week|(?:the )?(?:last|past) (?:7|seven) days|past week|diese woche|cette semaine|esta semana|questa settimana|"
    r"на этой неделе"
)
_LAST_WEEK = r"last week|the week before|letzte woche|la semaine derni[eè]re|la semana pasada|settimana scorsa|semana passada|на прошлой неделе"
_THIS_MONTH = r"this month|(?:the )?(?:last|past) (?:30|thirty) days|past month|diesen monat|ce mois(?:-ci)?|este mes|questo mese|este mês|в этом месяце"
_LAST_MONTH = r"last month|letzten monat|le mois dernier|el mes pasado|mese scorso|mês passado|в прошлом месяце"
_THIS_YEAR = r"this year|so far this year|dieses jahr|cette ann[eé]e|este a[ñn]o|quest['’]anno|este ano|в этом году"
_SIGNS = (("今日", "today"), ("今天", "today"), ("오늘", "today"), ("昨日", "yesterday"), ("昨天", "yesterday"),
          ("어제", "yesterday"), ("今週", "week"), ("本周", "week"), ("这周", "week"), ("이번 주", "week"),
          ("先週", "last week"), ("上周", "last week"), ("지난주", "last week"), ("今月", "month"), ("本月", "month"))  # fmt: skip
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SINCE_DAY = re.compile(rf"\bsince (?:last )?(?P<day>{'|'.join(_WEEKDAYS)})\b", re.IGNORECASE)
_DAYS_BACK = re.compile(r"\b(?:in |over |for )?(?:the )?(?:last|past) (?P<days>\d{1,3}) days\b", re.IGNORECASE)
_MONTH_NAMES = {
    **{name: number for number, name in enumerate(MONTHS, 1)},
    "januar": 1, "enero": 1, "gennaio": 1, "janeiro": 1, "janvier": 1, "februar": 2, "febrero": 2, "febbraio": 2,
    "fevereiro": 2, "février": 2, "märz": 3, "marzo": 3, "março": 3, "mars": 3, "abril": 4, "aprile": 4, "avril": 4,
    "mai": 5, "mayo": 5, "maggio": 5, "maio": 5, "juni": 6, "junio": 6, "giugno": 6, "junho": 6, "juin": 6,
    "juli": 7, "julio": 7, "luglio": 7, "julho": 7, "juillet": 7, "agosto": 8, "août": 8, "oktober": 10, "octubre": 10,
    "ottobre": 10, "outubro": 10, "octobre": 10, "noviembre": 11, "novembre": 11, "novembro": 11, "dezember": 12,
    "diciembre": 12, "dicembre": 12, "dezembro": 12, "décembre": 12,
}  # fmt: skip
_BARE_MONTH = re.compile(
    rf"\b(?:for|of|in|during|im|en|ad|a|em|au|в|from)? ?\b(?P<month>{'|'.join(sorted(_MONTH_NAMES, key=len, reverse=True))})\b"
    r"(?! \d)(?:,? (?P<year>20\d\d))?",
    re.IGNORECASE,
)
_MAY = re.compile(r"\b(?:for|of|in|during|last|since|from) may\b", re.IGNORECASE)
"""May is a month behind a preposition alone."""


@dataclass(frozen=True)
class MessageTime:
    """The time of a message: its days, and the message without the words that said so ("" where none did)."""

    period: Period = EVER
    words: str = ""
    rest: str = ""


def message_time(text: str, today: date) -> MessageTime:
    """The time that a message states; EVER where it states none. Weeks and months that run end today."""
    week = today - timedelta(days=today.weekday() + 7)
    month = today.replace(day=1)
    before = month - timedelta(days=1)
    spans = (
        (_LAST_WEEK, Period(week, week + timedelta(days=6))),
        (_THIS_WEEK, Period(today - timedelta(days=6), today)),
        (_LAST_MONTH, Period(before.replace(day=1), before)),
        (_THIS_MONTH, Period(today - timedelta(days=30), today)),
        (_THIS_YEAR, Period(today.replace(month=1, day=1), today)),
        (_YESTERDAY, Period(today - timedelta(days=1), today - timedelta(days=1))),
        (_TODAY, Period(today, today)),
    )
    for pattern, period in spans:
        if match := re.search(rf"(?<!\w)(?:{pattern})(?!\w)", text, re.IGNORECASE):
            return _cut(text, match.start(), match.end(), period)
    for sign, which in _SIGNS:
        at = text.find(sign)
        if at >= 0:
            days = {
                "today": Period(today, today),
                "yesterday": Period(today - timedelta(days=1), today - timedelta(days=1)),
                "week": Period(today - timedelta(days=6), today),
                "last week": Period(week, week + timedelta(days=6)),
                "month": Period(today - timedelta(days=30), today),
            }
            return _cut(text, at, at + len(sign), days[which])
    if match := _DAYS_BACK.search(text):
        return _cut(text, match.start(), match.end(), Period(today - timedelta(days=int(match["days"]) - 1), today))
    if match := _SINCE_DAY.search(text):
        back = (today.weekday() - _WEEKDAYS.index(match["day"].lower())) % 7 or 7
        return _cut(text, match.start(), match.end(), Period(today - timedelta(days=back), today))
    found = parse_time_range(text, today)
    if found.words:
        period = found.period if found.period.bounded else Period(found.until, found.until)
        at = text.lower().find(found.words.lower())
        last = min(period.last, today) if period.first <= today else period.last
        if period.last - period.first == timedelta(days=1):
            last = period.first  # what was done on a day may be told on the next; in a chat the day itself is meant
        whole = Period(
            period.first,
            last if period.last - period.first == timedelta(days=1) or period.last == date.max else period.last,
        )
        return _cut(text, at, at + len(found.words), whole) if at >= 0 else MessageTime(whole, found.words, found.rest)
    if (match := _BARE_MONTH.search(text)) and (match["month"].lower() != "may" or _MAY.search(text)):
        number = _MONTH_NAMES[match["month"].lower()]
        year = int(match["year"] or (today.year if number <= today.month else today.year - 1))
        first = date(year, number, 1)
        last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        return _cut(text, match.start(), match.end(), Period(first, last))
    return MessageTime(rest=text)


def _cut(text: str, start: int, end: int, period: Period) -> MessageTime:
    return MessageTime(period, text[start:end], f"{text[:start]} {text[end:]}")
