"""Parses the names, the moment and the window that a command is about."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlmodel import Session

from answers.understand.name_matching import resolve_name
from chat.errors import UserError
from chat.reply import Action
from chat.request import Request
from handlers.measurement.panel import Window, window
from handlers.wording import alternatives, day_words, time_words, width_words
from models.entity import Entity
from signals.detector import Rules

_PLUS = re.compile(r"\s+(?:\+|and|vs\.?|versus)\s+|\s*&\s+(?=\S)", re.IGNORECASE)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_EITHER = re.compile(r"(0?[1-9]|1[0-2])[/.\-](0?[1-9]|1[0-2])[/.\-]\d")

SHOWN = 80
"""Most characters of typed text that an error repeats."""


def parse_entities(session: Session, words: str, command: str) -> list[Entity]:
    """Returns one entity, or two for a pair ("Meta + Muse Spark").

    Raises UserError for no name, an unknown name (with similar ones as buttons) or more than two names. `command` is
    the part of a button's command before the name: "/trend".
    """
    if not words.strip():
        raise UserError("Which name do you mean?", f"For example: {command} Meta", (Action("Meta", f"{command} Meta"),))
    whole = resolve_name(session, words)
    if whole.entity and whole.sure:
        return [whole.entity]
    parts = [part for part in _PLUS.split(words) if part.strip()]
    if len(parts) > 2:
        raise UserError("This works with one name or a pair.", f"For example: {command} Meta + Muse Spark")
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
    typed = " ".join(words.split())[:SHOWN]
    if not resolved.near:
        raise UserError(f"I don't know the name “{typed}”.", "Try another spelling, or see /help for what I can do.")
    near = resolved.near[:4]
    step = f"Did you mean {alternatives([entity.name for entity in near])}?"
    actions = tuple(Action(entity.name, f"{command} {entity.name}") for entity in near)
    raise UserError(f"I don't know the name “{typed}”.", step, actions)


MAX_MOMENT = 60
"""Characters of the longest date that is parsed; one in words has half as many."""


def parse_moment(words: str, now: datetime) -> datetime:
    """Parses an `as-of` into a UTC moment: a day means its end, a time its last full hour, "" now.

    Accepts the bot's own format ("9 Apr 2026, 15:00 UTC"), and 24:00 for the end of a day. Raises UserError for
    anything that is not a date, for an ambiguous date, and for the future.
    """
    words = words.strip().lower()
    midnight = datetime(now.year, now.month, now.day, tzinfo=UTC)
    if words in ("", "now", "today"):
        return now
    if words == "yesterday":
        return midnight
    typed = words.removesuffix("utc").rstrip().removesuffix("24:00").rstrip(", ")
    if len(typed) > MAX_MOMENT:
        raise UserError(f"“{words[:SHOWN]}” is not a date.", "Write it like 2026-04-09.")
    if _EITHER.match(typed):
        raise UserError(f"“{words[:SHOWN]}” could mean two different days.", "Write the year first: 2026-04-09.")
    try:
        moment = datetime.fromisoformat(typed.upper()) if _DAY.match(typed) else _worded(typed, midnight)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, ArithmeticError, TypeError, AttributeError, IndexError):
        raise UserError(f"“{words[:SHOWN]}” is not a date.", "Write it like 2026-04-09.") from None
    if moment > now:
        raise UserError(f"{day_words(moment)} is in the future.", "Choose today or an earlier day.")
    if ":" not in typed and (moment.hour, moment.minute, moment.second) == (0, 0, 0):
        return min(moment + timedelta(days=1), now)
    # Counts are hourly, and the rest of this hour was not known yet.
    return moment.replace(minute=0, second=0, microsecond=0)


def _worded(typed: str, today: datetime) -> datetime:
    """Parses a day in words, with or without its year, or a time of today.

    Raises ValueError when the day or the month is missing. dateutil fills gaps from a default date, so parsing with
    two defaults that differ in day and month reveals what was missing.
    """
    from dateutil import parser as dates

    one, other = (dates.parse(typed, default=datetime(today.year, month, month)) for month in (1, 2))
    if ":" in typed and (one.month, one.day, other.month, other.day) == (1, 1, 2, 2):
        return one.replace(month=today.month, day=today.day)  # a time alone means today
    if (one.month, one.day) != (other.month, other.day):
        raise ValueError("day or month is missing")
    return one


def parse_window(request: Request, session: Session, now: datetime, rules: Rules) -> Window | None:
    """Returns the window that ends at the command's `as-of`, or now; None for an empty store.

    Without an `as-of` the window ends with the newest news, however old, and the reply says when that was. Raises
    UserError if no news was read in the window asked for.
    """
    words = request.option("as-of")
    moment = parse_moment(words, now)
    at = window(session, moment, rules)
    if words and at is not None and moment - at.until >= timedelta(hours=at.width):
        again = " ".join(part for part in (f"/{request.command}", request.option("name"), f"as-of {at.day}") if part)
        raise UserError(
            f"I have read no news from the {width_words(at.width)} to {time_words(moment)}.",
            f"The latest before that is from {time_words(at.until)}.",
            (Action(f"As of {day_words(at.until)}", again),),
        )
    return at


DAY, WEEK = "day", "week"
WIDTHS = {DAY: 1, "today": 1, WEEK: 7}
"""Days of a window, by its name."""

LEAST_PAST = 12
"""Fewest earlier windows that a longer one is compared with, if the store goes back that far."""

MOST_DAYS = 31
"""Longest window, in days."""


def rules_for_days(rules: Rules, days: int) -> Rules:
    """Returns the rules for windows of this many days, which end at the same moment."""
    if days == 1:
        return rules
    return replace(
        rules,
        width=rules.width * days,
        history=max(rules.history // days, LEAST_PAST),
        half_life=max(rules.half_life / days, 1.0),
    )
