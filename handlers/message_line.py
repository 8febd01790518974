"""A message as the command that answers it: an Interpretation becomes a typed line, or an offer to be confirmed. Pure.

Nothing is ever changed by a guess: what would set, mute or remove something becomes a Reply whose button says the line.
"""

import re
from datetime import date, timedelta

from answers.language.time_range import Period
from answers.understand.intent import CHANGING, Intent
from answers.understand.interpretation import Interpretation
from chat.reply import Action, Reply

_HOUR = re.compile(
    r"\b(?:at |to |for |by |um |à |a las |alle |às |в )?(?P<hour>[01]?\d|2[0-3])(?::(?P<minute>\d\d))? ?(?P<half>am|pm|a\.m\.|p\.m\.|h|uhr)?\b",
    re.IGNORECASE,
)
_WORD_HOURS = {"noon": 12, "midday": 12, "midnight": 0, "morning": 9, "evening": 18, "afternoon": 16, "lunch": 12}
_DAYS = (
    (r"weekdays?|every work ?day|mon(?:day)?\s*(?:-|to|through)\s*fri(?:day)?", "mon-fri"),
    (r"weekends?", "sat,sun"),
    (r"every ?day|daily|each day|every morning|each morning|every evening|nightly", "daily"),
)
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKLY = re.compile(r"\bweekly\b|\b(?:once a|every|each) week\b", re.IGNORECASE)
_ZONES = {
    "berlin": "Europe/Berlin", "london": "Europe/London", "paris": "Europe/Paris", "madrid": "Europe/Madrid",
    "rome": "Europe/Rome", "amsterdam": "Europe/Amsterdam", "zurich": "Europe/Zurich", "new york": "America/New_York",
    "ny": "America/New_York", "eastern": "America/New_York", "et": "America/New_York", "est": "America/New_York",
    "chicago": "America/Chicago", "central": "America/Chicago", "denver": "America/Denver",
    "pacific": "America/Los_Angeles", "pt": "America/Los_Angeles", "pst": "America/Los_Angeles",
    "san francisco": "America/Los_Angeles", "sf": "America/Los_Angeles", "los angeles": "America/Los_Angeles",
    "tokyo": "Asia/Tokyo", "seoul": "Asia/Seoul", "singapore": "Asia/Singapore", "beijing": "Asia/Shanghai",
    "shanghai": "Asia/Shanghai", "delhi": "Asia/Kolkata", "mumbai": "Asia/Kolkata", "ist": "Asia/Kolkata",
    "sydney": "Australia/Sydney", "cet": "Europe/Berlin", "cest": "Europe/Berlin", "gmt": "UTC", "utc": "UTC",
}  # fmt: skip
"""What people call a time zone; others are taken as they are typed."""
_ZONE = re.compile(rf"\b(?P<zone>{'|'.join(sorted(_ZONES, key=len, reverse=True))})\b(?: time)?", re.IGNORECASE)
_OFF = re.compile(
    r"\b(?:off|stop|cancel|no more|disable|remove|end|kill|unsubscribe|don'?t)\b|\bno digest\b", re.IGNORECASE
)
_QUIET = re.compile(
    r"\b(?:between|from) (?P<first>\d{1,2}) ?(?P<a>am|pm)? (?:and|to|until) (?P<last>\d{1,2}) ?(?P<b>am|pm)?",
    re.IGNORECASE,
)
_BIG = re.compile(
    r"\b(?:only (?:the )?(?:big|biggest|major|huge)|big (?:stuff|news|things)|fewer|less often|few)\b", re.IGNORECASE
)
_ALL = re.compile(r"\b(?:everything|more|all of it|many|every little)\b", re.IGNORECASE)
_KINDS = {"model": "all models", "models": "all models", "companies": "all companies", "company": "all companies",
          "labs": "all labs", "people": "all people", "products": "all products", "chips": "all chips"}  # fmt: skip
_KIND = re.compile(
    r"\b(?:all|any|every|new) (?:new )?(?P<kind>models?|compan(?:y|ies)|labs|people|products|chips)\b", re.IGNORECASE
)
_HOURS = re.compile(r"\b(?:for )?(?:(?P<n>\d{1,3}|an?|two|three|few) )?(?P<unit>hours?|days?|weeks?)\b", re.IGNORECASE)
_SMALL = {"a": 1, "an": 1, "two": 2, "three": 3, "few": 3}
_RESUME = re.compile(r"\b(?:resume|unpause|back on|restart)\b", re.IGNORECASE)
_UNMUTE = re.compile(r"\bunmute\b", re.IGNORECASE)


def line_of(found: Interpretation, today: date) -> str:
    """The line that answers a message: `/trend Meta window week`. "" for what no command answers.

    For an intent that would change something it is the line that a button says.
    """
    names = [name.text for name in found.names]
    one = (
        " + ".join(names[:2])
        if found.intent in (Intent.TREND, Intent.WHY) and " + " in found.text
        else (names or [""])[0]
    )
    match found.intent:
        case Intent.SPIKES:
            return f"/spikes{_window(found.period, today, keyword=False)}"
        case Intent.TREND if one and _days(found.period) <= 7:
            return f"/trend {one}{_window(found.period, today)}"
        case Intent.WHY if one and _days(found.period) <= 7:
            return f"/why {one}{_as_of(found.period, today)}"
        case Intent.COMPARE if len(names) > 1:
            about = f" about {_topic(found.predicate)}" if found.predicate else ""
            return f"/compare {', '.join(names[:4])}{about}"
        case Intent.FACTS if one:
            about = f" about {_topic(found.predicate)}" if found.predicate else ""
            return f"/facts {one}{about}{_as_of(found.period, today)}"
        case Intent.TIMELINE if one:
            return f"/timeline {one}{_as_of(found.period, today)}"
        case Intent.TIMELINE:
            return f"/spikes{_window(found.period, today, keyword=False)}"
        case Intent.WATCH_LIST:
            return "/watch list"
        case Intent.STATUS:
            return "/status"
        case Intent.SOURCES:
            return "/sources list"
        case Intent.HELP:
            return "/help"
        case Intent.DIGEST_SHOW:
            return f"/digest preview{_as_of(found.period, today)}" if found.period.bounded else "/digest show"
    return _change(found)


def offer(found: Interpretation, today: date) -> Reply | None:
    """The question whether to do what a message seems to wish, with a button that does it; None for other messages."""
    if found.intent not in CHANGING:
        return None
    line = line_of(found, today)
    names = ", ".join(name.text for name in found.names) or "that"
    if not line:
        return Reply(
            "Which name do you mean?",
            "Name it, for example: watch Meta, or mute Meta for a day.",
            actions=(Action("What we watch", "/watch list"),),
            private=True,
        )
    words = {
        "/watch add": f"Watch {line.removeprefix('/watch add ').split(' level ')[0].split(' quiet ')[0]} here?",
        "/watch remove": f"Stop watching {names} here?",
        "/watch mute": f"Mute {names} here?" if found.names else "Mute all alerts here?",
        "/watch unmute": f"Hear about {names} again?" if found.names else "Hear alerts here again?",
        "/watch resume": f"Watch {names} again?",
        "/digest set": "Set the digest of this channel?",
        "/digest off": "Stop the digest of this channel?",
    }
    title = next(text for start, text in words.items() if line.startswith(start))
    return Reply(
        title,
        f"The button says {line} for you; nothing has changed yet.",
        actions=(Action("Yes", line), Action("What we watch", "/watch list")),
    )


def _change(found: Interpretation) -> str:
    """The line for an intent that would change something."""
    names = [name.text for name in found.names]
    text = found.text
    match found.intent:
        case Intent.WATCH_ADD:
            return _watch(names, text)
        case Intent.WATCH_REMOVE:
            return f"/watch remove {names[0]}" if names else ""
        case Intent.WATCH_PAUSE:
            if _UNMUTE.search(text):
                return f"/watch unmute {names[0] if names else 'everything'}"
            if _RESUME.search(text):
                return f"/watch resume {names[0]}" if names else ""
            return f"/watch mute {names[0] if names else 'everything'}{_mute_hours(text)}"
        case Intent.DIGEST_SET:
            return " ".join(["/digest", *digest_options(text)])
    return ""


def _watch(names: list[str], text: str) -> str:
    kind = _KIND.search(text)
    if not names and kind:
        whom = _KINDS.get(kind["kind"].lower(), "all companies")
    elif not names:
        whom = "everything" if re.search(r"\beverything\b", text, re.IGNORECASE) else ""
    else:
        whom = (" + " if " + " in text and len(names) == 2 else ", ").join(names)
    if not whom:
        return ""
    level = " level few" if _BIG.search(text) else " level many" if _ALL.search(text) and names else ""
    quiet = ""
    if match := _QUIET.search(text):
        first, last = _to_hour(match["first"], match["a"]), _to_hour(match["last"], match["b"])
        quiet = f" quiet {first}-{last}"
    return f"/watch add {whom}{level}{quiet}"


def digest_options(text: str) -> list[str]:
    """The words of `/digest` for a wish such as "every weekday at 9 Berlin time": `set hour 9 days mon-fri zone …`."""
    if _OFF.search(text):
        return ["off"]
    days = next((value for pattern, value in _DAYS if re.search(rf"\b(?:{pattern})\b", text, re.IGNORECASE)), "")
    named = [day for day in _WEEKDAYS if re.search(rf"\b{day}(?:\w*day)?s?\b", text, re.IGNORECASE)]
    if named and days != "mon-fri":
        days = ",".join(named)
    elif not days and _WEEKLY.search(text):
        days = "mon"
    zone = _ZONE.search(text)
    return [
        *("set", "hour", str(_hour(text))),
        *(("days", days) if days else ()),
        *(("zone", _ZONES[zone["zone"].lower()]) if zone else ()),
    ]


def _hour(text: str) -> int:
    """The hour that a text names, 9 where it names none: a number with "at" or "am" before any other number."""
    matches = list(_HOUR.finditer(text))
    marked = [match for match in matches if match["half"] or match["minute"] or match[0][:1].isalpha()]
    for match in (marked or matches)[:1]:
        return _to_hour(match["hour"], match["half"])
    return next((at for word, at in _WORD_HOURS.items() if re.search(rf"\b{word}\b", text, re.IGNORECASE)), 9)


def _to_hour(hour: str, half: str | None) -> int:
    number = int(hour) % 24
    half = (half or "").lower().replace(".", "")
    if half == "pm" and number < 12:
        return number + 12
    return 0 if half == "am" and number == 12 else number


def _mute_hours(text: str) -> str:
    match = _HOURS.search(text)
    if match is None:
        week = re.search(r"\bthis week\b", text, re.IGNORECASE)
        return " hours 168" if week else ""
    number = _SMALL.get((match["n"] or "a").lower()) or int(match["n"])
    return f" hours {number * {'h': 1, 'd': 24, 'w': 168}[match['unit'][0].lower()]}"


def _days(period: Period) -> int:
    return (period.last - period.first).days + 1 if period.bounded else 1


def _window(period: Period, today: date, keyword: bool = True) -> str:
    """The options for a time: nothing for now, a week, a day in the past."""
    days = _days(period)
    week = (" window week" if keyword else " week") if 1 < days <= 7 else ""
    since = f" since {max(period.first, period.last - timedelta(days=30))}" if days > 7 and not keyword else ""
    return f"{week}{since}{_as_of(period, today)}"


def _as_of(period: Period, today: date) -> str:
    """The last day of a time that is over."""
    return f" as-of {period.last}" if period.bounded and period.last < today else ""


def _topic(predicate: str) -> str:
    return predicate.replace("_", " ")
