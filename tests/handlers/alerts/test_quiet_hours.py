"""Quiet hours and zones, as tables: one night is one window, and clocks that change do not break it."""

from datetime import UTC, datetime

import pytest

from chat.errors import UserError
from handlers.alerts.quiet_hours import parse_quiet_hours, parse_zone, quiet_until, similar_zones

BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "first", "last", "where", "until"),
    [
        # Berlin in April is two hours ahead: 22:00 there is 20:00 UTC.
        ("2026-04-09 19:59", 22, 7, BERLIN, None),
        ("2026-04-09 20:00", 22, 7, BERLIN, "2026-04-10 05:00"),
        ("2026-04-09 23:30", 22, 7, BERLIN, "2026-04-10 05:00"),
        ("2026-04-10 04:59", 22, 7, BERLIN, "2026-04-10 05:00"),
        ("2026-04-10 05:00", 22, 7, BERLIN, None),
        ("2026-04-09 12:30", 12, 14, "UTC", "2026-04-09 14:00"),
        ("2026-04-09 14:00", 12, 14, "UTC", None),
        ("2026-04-09 23:00", 22, 0, "UTC", "2026-04-10 00:00"),
        ("2026-04-09 00:00", 22, 0, "UTC", None),
        # In the night of 29 March the clocks of Berlin go from 2:00 to 3:00, and 7:00 comes an hour sooner.
        ("2026-03-28 22:00", 22, 7, BERLIN, "2026-03-29 05:00"),
        ("2026-03-29 00:30", 22, 2, BERLIN, "2026-03-29 01:00"),
        # In the night of 1 November those of New York go back, and it comes an hour later.
        ("2026-11-01 03:00", 22, 7, NEW_YORK, "2026-11-01 12:00"),
    ],
)
def test_until_when_it_is_quiet(now: str, first: int, last: int, where: str, until: str | None):
    assert quiet_until(at(now), first, last, where) == (at(until) if until else None)


def test_without_hours_it_is_never_quiet():
    assert quiet_until(at("2026-04-09 03:00"), None, None, "UTC") is None


@pytest.mark.parametrize(
    ("words", "found"),
    [("22-7", (22, 7)), ("22:00 - 7:00", (22, 7)), ("0–6", (0, 6)), ("9 to 17", (9, 17)), ("20-24", (20, 0))],
)
def test_hours(words: str, found: tuple[int, int]):
    assert parse_quiet_hours(words) == found


@pytest.mark.parametrize("words", ["", "22", "22-22", "25-7", "-1-7", "0-24", "a-b", "22-7-9", "22:30-7"])
def test_no_hours(words: str):
    with pytest.raises(UserError):
        parse_quiet_hours(words)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("UTC", "UTC"),
        ("europe/berlin", BERLIN),
        ("Berlin", BERLIN),
        ("new york", NEW_YORK),
        ("Asia/Tokyo", "Asia/Tokyo"),
    ],
)
def test_zones(words: str, found: str):
    assert parse_zone(words) == found


@pytest.mark.parametrize("words", ["", "Mars/Base", "+2", "zzz"])
def test_no_zone(words: str):
    with pytest.raises(UserError):
        parse_zone(words)


@pytest.mark.parametrize(
    ("typed", "first"), [("berl", BERLIN), ("new_y", NEW_YORK), ("tokyo", "Asia/Tokyo"), ("", "UTC")]
)
def test_zones_for_what_is_typed(typed: str, first: str):
    found = similar_zones(typed, 5)
    assert found[0] == first
    assert len(found) <= 5
