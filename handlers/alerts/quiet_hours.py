"""Quiet hours and time zones: when a channel wants no alerts. Pure, except that it reads the system's time zones."""

import re
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from rapidfuzz import fuzz, process

from chat.errors import UserError
from handlers.wording import alternatives

_HOURS = re.compile(r"(\d{1,2})(?::00)?\s*(?:-|–|to)\s*(\d{1,2})(?::00)?")

FIRST_ZONES = ("UTC", "America/New_York", "America/Los_Angeles", "Europe/London", "Europe/Berlin", "Asia/Tokyo")
"""Suggestions before anything is typed."""


@cache
def time_zones() -> dict[str, str]:
    """Returns every IANA zone by its lower-case name."""
    return {name.lower(): name for name in sorted(available_timezones())}


def similar_zones(typed: str, limit: int) -> list[str]:
    """Returns up to `limit` zones that match what was typed so far, best first: "berl" gives Europe/Berlin."""
    words = typed.strip().lower().replace(" ", "_")
    if not words:
        return list(FIRST_ZONES[:limit])
    inside = [name for key, name in time_zones().items() if words in key]
    found = process.extract(words, time_zones(), scorer=fuzz.WRatio, limit=limit, score_cutoff=70)
    inside.sort(key=lambda name: (not name.lower().rpartition("/")[2].startswith(words), len(name), name))
    return list(dict.fromkeys([*inside, *(name for name, _, _ in found)]))[:limit]


def parse_zone(words: str) -> str:
    """Parses a time zone. Raises UserError, with similar zones, for an unknown one."""
    key = words.strip().lower().replace(" ", "_")
    if key in time_zones():
        return time_zones()[key]
    near = similar_zones(words, 3)
    if near and near[0].lower().rpartition("/")[2] == key:
        return near[0]
    step = f"Did you mean {alternatives(near)}?" if near else "Write it like Europe/Berlin or UTC."
    raise UserError(f"“{words[:40]}” is not a time zone.", step)


def parse_quiet_hours(words: str) -> tuple[int, int]:
    """Parses quiet hours such as 22-7 into their first and last hour, 0 to 23. Raises UserError for anything else."""
    match = _HOURS.fullmatch(words.strip())
    if match is None:
        raise UserError(f"“{words[:40]}” is not a range of hours.", "Write quiet hours like 22-7, for 22:00 to 07:00.")
    first, last = int(match[1]) % 24, int(match[2]) % 24
    if int(match[1]) > 24 or int(match[2]) > 24 or first == last:
        raise UserError(f"“{words[:40]}” is not a range of hours.", "Write two different hours, like 22-7.")
    return first, last


def quiet_until(now: datetime, first: int | None, last: int | None, zone: str) -> datetime | None:
    """Returns the UTC end of the quiet hours that include `now`, None outside them. 22 to 7 spans midnight."""
    if first is None or last is None:
        return None
    local = now.astimezone(ZoneInfo(zone))
    within = first <= local.hour < last if first < last else local.hour >= first or local.hour < last
    if not within:
        return None
    day = local.date() + timedelta(days=1 if local.hour >= last else 0)
    # The round trip through UTC moves an hour that the clocks skip to the next one.
    return datetime(day.year, day.month, day.day, last, tzinfo=ZoneInfo(zone)).astimezone(UTC)
