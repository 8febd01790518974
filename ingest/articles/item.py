"""The Item that every source yields, and the checks each one must pass."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from math import isfinite
from typing import NamedTuple

from dateutil import parser as dates

from gazetteer.spelling import tidy

MAX_AHEAD = timedelta(hours=24)
"""How far ahead of our clock a date may be: local times labelled UTC are up to 14 hours off."""

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""Earlier dates are placeholders such as 1970-01-01: nothing online was published then."""

ZONES = {"UTC": 0, "GMT": 0, "UT": 0, "Z": 0, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6} | {
    "PST": -8,
    "PDT": -7,
}
"""UTC offsets in hours of the zone names used in mail and feeds (RFC 822, section 5.1); other names are ambiguous."""

_WEB = re.compile(r"https?://[^\s/]", re.IGNORECASE)
AMBIGUOUS_DATE = re.compile(r"(0?[1-9]|1[0-2])[/.\-](0?[1-9]|1[0-2])[/.\-]\d")
"""A date such as 03/04/2026, in which day and month can't be told apart."""

MAX_TITLE, MAX_SUMMARY, MAX_URL, MAX_SOURCE = 1000, 20_000, 4000, 200
"""Maximum characters kept of each field: more than real ones have, little enough to be harmless."""


MAX_DATE = 100
"""Maximum characters of a date; the longest real ones, with weekday and zone in words, have half as many."""


class ItemError(ValueError):
    """An item can't be used. The message is the reason as the rejects file shows it."""


class ImpossibleDateError(ItemError):
    """A complete date that can't be true: before 1990 or in the future."""


class Item(NamedTuple):
    """One article as its source gave it."""

    source: str
    external_id: str
    url: str
    title: str
    summary: str
    published_at: datetime
    precise: bool = True
    """False when only the day is known."""


def make_item(
    source: object,
    external_id: object,
    url: object,
    title: object,
    summary: object,
    published_at: object,
    precision: object,
    now: datetime,
) -> Item:
    """Checks the fields of a line or feed entry and makes an item of them.

    `precision` "d" says that only the day of `published_at` is known. Raises ItemError.
    """
    texts = [
        _text(value, name) for value, name in ((source, "source"), (title, "title"), (summary, "summary"), (url, "url"))
    ]
    name, headline, body, address = texts
    if not name:
        raise ItemError("source is missing: name the outlet this is from")
    if not headline and not body:
        raise ItemError("title and summary are both empty")
    identity = _text(external_id, "id") or address
    if not identity:
        raise ItemError("id and url are both missing: one of them must identify the item")
    moment, day_only = parse_date(published_at, now)
    # A guid such as "1" or "tag:..." identifies an item, but nobody can open it.
    link = address[:MAX_URL] if _WEB.match(address) else ""
    return Item(
        name[:MAX_SOURCE],
        identity[:MAX_URL],
        link,
        headline[:MAX_TITLE],
        body[:MAX_SUMMARY],
        moment,
        not day_only and precision != "d",
    )


def joined_text(title: str, summary: str) -> str:
    """The whole text of an article, to which spans of quotes refer: title, line break, summary."""
    return f"{title}\n{summary}" if title and summary else title or summary


def parse_date(text: object, now: datetime) -> tuple[datetime, bool]:
    """A date as a moment in UTC, and whether only the day is known. Raises ItemError."""
    if isinstance(text, int | float) and not isinstance(text, bool):
        raise ItemError("published_at is a number: write 2026-04-09T12:00:00Z")
    if not isinstance(text, str) or not text.strip():
        raise ItemError("published_at is missing")
    text = text.encode("utf-8", "ignore").decode().replace("\x00", "").strip()
    if len(text) > MAX_DATE:
        raise ItemError(f"published_at “{text[:40]}…” is not a date: write 2026-04-09T12:00:00Z")
    try:
        moment = datetime.fromisoformat(text)
        day_only = len(text) == 10
    except ValueError:
        try:
            moment, day_only = _parse_words(text)
        except (ValueError, ArithmeticError, TypeError, AttributeError, IndexError):
            raise ItemError(f"published_at “{text[:40]}” is not a date: write 2026-04-09T12:00:00Z") from None
    if moment.tzinfo is None:
        if not day_only:
            raise ItemError(f"published_at “{text[:40]}” has no time zone: write 2026-04-09T12:00:00Z")
        moment = moment.replace(tzinfo=UTC)
    try:
        moment = moment.astimezone(UTC)
    except (OverflowError, ValueError):
        raise ItemError(f"published_at “{text[:40]}” is not a date: write 2026-04-09T12:00:00Z") from None
    if moment > now + MAX_AHEAD:
        raise ImpossibleDateError(f"published_at {moment:%Y-%m-%d %H:%M} UTC is in the future")
    if moment < EARLIEST:
        raise ImpossibleDateError(f"published_at {moment:%Y-%m-%d} is before 1990: a placeholder, not a date")
    return moment, day_only


def _parse_words(text: str) -> tuple[datetime, bool]:
    """Parses a date in words; also returns whether only the day is known. Raises ValueError when part of it is missing.

    dateutil fills gaps from a default date: parsed with two defaults that share nothing, a gap shows as a difference.
    """
    if AMBIGUOUS_DATE.match(text):
        raise ValueError("day and month can't be told apart")
    first, second = (
        dates.parse(text, default=day, tzinfos=_zone) for day in (datetime(2000, 1, 1), datetime(2001, 2, 2, 2))
    )
    if first.date() != second.date():
        raise ValueError("day, month or year is missing")
    return first, first.hour != second.hour


def _zone(name: str | None, seconds: int | None) -> tzinfo | None:
    if seconds is None and name not in ZONES:
        return None
    return timezone(timedelta(seconds=seconds if seconds is not None else ZONES[name or ""] * 3600))


def _text(value: object, name: str) -> str:
    if value is None:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        if not isfinite(value):
            raise ItemError(f"{name} is too large a number")
        value = str(value)
    if not isinstance(value, str):
        raise ItemError(f"{name} must be text")
    # PostgreSQL can't store NUL, and nothing can store lone surrogates.
    value = value.replace("\x00", "")
    return tidy(value if value.isascii() else value.encode("utf-8", "ignore").decode())
