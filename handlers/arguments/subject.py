"""Whom a command is about: the words for names and moments, understood or answered with what to do."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from dateutil import parser as dates
from sqlmodel import Session

from answers.understand.name_matching import resolve_name
from chat.errors import UserError
from chat.reply import Action
from chat.request import Request
from handlers.measurement.panel import Window, window
from handlers.wording import day_words, time_words, width_words
from models.entity import Entity
from signals.detector import Rules

_PLUS = re.compile(r"\s+(?:\+|and|vs\.?|versus)\s+|\s*&\s+(?=\S)", re.IGNORECASE)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_EITHER = re.compile(r"(0?[1-9]|1[0-2])[/.\-](0?[1-9]|1[0-2])[/.\-]\d")

SHOWN = 80
"""Characters repeated of what somebody typed: enough to recognise it."""


def parse_entities(session: Session, words: str, command: str) -> list[Entity]:
    """One entity, or two for a pair ("Meta + Muse Spark").

    Raises UserError for nothing, an unknown name (with the near ones as buttons) or more than two.
    `command` is what a button says before the name: "/trend".
    """
    if not words.strip():
        raise UserError("Whom do you mean?", f"For example: {command} Meta", (Action("Meta", f"{command} Meta"),))
    whole = resolve_name(session, words)
    if whole.entity and whole.sure:
        return [whole.entity]
    parts = [part for part in _PLUS.split(words) if part.strip()]
    if len(parts) > 2:
        raise UserError("I can look at one name or a pair, not more.", f"For example: {command} Meta + Muse Spark")
    if len(parts) < 2:
        return [_one(session, words, command)]
    found = [_one(session, part, command) for part in parts]
    if found[0].id == found[1].id:
        return found[:1]
    return found


def _one(session: Session, words: str, command: str) -> Entity:
    resolved = resolve_name(session, words)
    if resolved.entity:
        return resolved.entity
    said = " ".join(words.split())[:SHOWN]
    if not resolved.near:
        raise UserError(f"I know nobody called “{said}”.", "See /help for what I can do, or try another spelling.")
    near = resolved.near[:4]
    step = (
        "Did you mean "
        + ", ".join(entity.name for entity in near[:-1])
        + (" or " if near[:-1] else "")
        + f"{near[-1].name}?"
    )
    actions = tuple(Action(entity.name, f"{command} {entity.name}") for entity in near)
    raise UserError(f"I know nobody called exactly “{said}”.", step, actions)


def parse_moment(words: str, now: datetime) -> datetime:
    """The moment meant by an as-of: a day means its end, a time its last full hour. "" is now.

    Understands what the bot writes itself ("9 Apr 2026, 15:00 UTC"), and 24:00 for the end of a day.
    Raises UserError for what is no date, and for the future.
    """
    words = words.strip().lower()
    midnight = datetime(now.year, now.month, now.day, tzinfo=UTC)
    if words in ("", "now", "today"):
        return now
    if words == "yesterday":
        return midnight
    said = words.removesuffix("utc").rstrip().removesuffix("24:00").rstrip(", ")
    if _EITHER.match(said):
        raise UserError(f"“{words[:SHOWN]}” could be two days.", "Write the year first: 2026-04-09.")
    try:
        found = datetime.fromisoformat(said.upper()) if _DAY.match(said) else _worded(said, midnight)
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError, TypeError):
        raise UserError(f"“{words[:SHOWN]}” is no date.", "Write it like 2026-04-09.") from None
    if found > now:
        raise UserError(f"{found:%-d %b %Y} lies in the future.", "I can only look back.")
    if ":" not in said and (found.hour, found.minute, found.second) == (0, 0, 0):
        return min(found + timedelta(days=1), now)
    # Counts are by the hour: the rest of this one was not known yet.
    return found.replace(minute=0, second=0, microsecond=0)


def _worded(said: str, today: datetime) -> datetime:
    """A day in words, whose year may be left out, or a time of today. Raises ValueError when day or month is missing.

    dateutil takes what is missing from a day that it is given: with two that share nothing, it shows.
    """
    one, other = (dates.parse(said, default=datetime(today.year, month, month)) for month in (1, 2))
    if ":" in said and (one.month, one.day, other.month, other.day) == (1, 1, 2, 2):
        return one.replace(month=today.month, day=today.day)  # a time alone is one of today
    if (one.month, one.day) != (other.month, other.day):
        raise ValueError("day or month is missing")
    return one


def parse_window(request: Request, session: Session, now: datetime, rules: Rules) -> Window | None:
    """The window that a command is asked about: of its as-of, else of now; None for an empty store.

    Without an as-of old news are better than none, and the answer says of when they are. Raises UserError where
    a day is asked for of which nothing was read.
    """
    words = request.option("as-of")
    when = parse_moment(words, now)
    at = window(session, when, rules)
    if words and at is not None and when - at.until >= timedelta(hours=at.width):
        again = " ".join(part for part in (f"/{request.command}", request.option("name"), f"as-of {at.day}") if part)
        raise UserError(
            f"Nothing was read in the {width_words(at.width)} to {time_words(when)}.",
            f"The newest news before are of {time_words(at.until)}.",
            (Action(f"As of {day_words(at.until)}", again),),
        )
    return at


DAY, WEEK = "day", "week"
WIDTHS = {DAY: 1, "today": 1, WEEK: 7}
"""Days of a window by its word."""

LEAST_PAST = 12
"""Earlier windows that a longer one is set against, where the store goes back so far."""

MOST_DAYS = 31
"""Days of the longest window."""


def rules_for_days(rules: Rules, days: int) -> Rules:
    """The rules for windows of so many days, which end at the same moment."""
    if days == 1:
        return rules
    return replace(
        rules,
        width=rules.width * days,
        history=max(rules.history // days, LEAST_PAST),
        half_life=max(rules.half_life / days, 1.0),
    )
