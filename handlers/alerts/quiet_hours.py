"""Quiet hours and time zones: when a channel wants no messages. Pure but for the zones, which the system keeps."""

import re
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from rapidfuzz import fuzz, process

from chat.errors import UserError

_HOURS = re.compile(r"(\d{1,2})(?::00)?\s*(?:-|–|to)\s*(\d{1,2})(?::00)?")

FIRST_ZONES = ("UTC", "America/New_York", "America/Los_Angeles", "Europe/London", "Europe/Berlin", "Asia/Tokyo")
"""What is offered before anything is typed."""


@cache
def time_zones() -> dict[str, str]:
    """Every IANA zone by its name in small letters."""
    return {name.lower(): name for name in sorted(available_timezones())}


def similar_zones(typed: str, limit: int) -> list[str]:
    """Zones for what is typed so far, best first: "berl" is Europe/Berlin."""
    words = typed.strip().lower().replace(" ", "_")
    if not words:
        return list(FIRST_ZONES[:limit])
    inside = [name for key, name in time_zones().items() if words in key]
    found = process.extract(words, time_zones(), scorer=fuzz.WRatio, limit=limit, score_cutoff=70)
    inside.sort(key=lambda name: (not name.lower().rpartition("/")[2].startswith(words), len(name), name))
    return list(dict.fromkeys([*inside, *(name for name, _, _ in found)]))[:limit]


def parse_zone(words: str) -> str:
    """The zone that is meant. Raises UserError for none, with the near ones."""
    key = words.strip().lower().replace(" ", "_")
    if key in time_zones():
        return time_zones()[key]
    near = similar_zones(words, 3)
    if near and near[0].lower().rpartition("/")[2] == key:
        return near[0]
    step = f"Did you mean {' or '.join(near)}?" if near else "Write it like Europe/Berlin or UTC."
    raise UserError(f"“{words[:40]}” is no time zone.", step)


def parse_quiet_hours(words: str) -> tuple[int, int]:
    """Quiet hours such as 22-7. Raises UserError for what is none."""
    found = _HOURS.fullmatch(words.strip())
    if found is None:
        raise UserError(f"“{words[:40]}” are no quiet hours.", "Write them like 22-7: from 22:00 to 7:00.")
    first, last = int(found[1]) % 24, int(found[2]) % 24
    if int(found[1]) > 24 or int(found[2]) > 24 or first == last:
        raise UserError(f"“{words[:40]}” are no quiet hours.", "Write two different hours from 0 to 24, like 22-7.")
    return first, last


def quiet_until(now: datetime, first: int | None, last: int | None, zone: str) -> datetime | None:
    """The end of the quiet hours that `now` lies in; None outside of them. From 22 to 7 is one night."""
    if first is None or last is None:
        return None
    local = now.astimezone(ZoneInfo(zone))
    within = first <= local.hour < last if first < last else local.hour >= first or local.hour < last
    if not within:
        return None
    day = local.date() + timedelta(days=1 if local.hour >= last else 0)
    # An hour that the clocks skip is the one after it.
    return datetime(day.year, day.month, day.day, last, tzinfo=ZoneInfo(zone)).astimezone(UTC)
