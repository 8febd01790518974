"""Parses the target and the settings of `/watch`: names, level, quiet hours, channel, and who to ping."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from chat.errors import UserError
from chat.request import Place, Request
from handlers.alerts.matching import PLURALS
from handlers.alerts.quiet_hours import parse_quiet_hours, parse_zone
from handlers.arguments.subject import SHOWN, parse_entities
from handlers.command import Option, OptionKind
from handlers.wording import joined_names
from models.watch import EVERYTHING, Watch, watch_target
from signals.false_discovery import LEVELS, Sensitivity

LOWEST, HIGHEST = 2.0, 100.0
"""Lowest and highest alert level, as z."""

STORIES, COOLDOWN = 1000, 24 * 30
"""Largest minimum of stories, and longest cooldown in hours."""

NAMES = 20
"""Most names in a set."""

USUAL = ("usual", "default", "none", "off", "no")
"""Words that reset a setting."""

OPTIONS = (
    Option(
        "level",
        "few, balanced or many alerts; or a z-score from which to alert, such as 6",
        OptionKind.TEXT,
        keyword=True,
    ),
    Option("stories", "the fewest stories, such as 10", OptionKind.TEXT, keyword=True),
    Option(
        "cooldown", "hours between two alerts on the same name, such as 48; off for none", OptionKind.TEXT, keyword=True
    ),
    Option("quiet", "hours without alerts, such as 22-7; off for none", OptionKind.TEXT, keyword=True),
    Option("zone", "the time zone of the quiet hours, such as Europe/Berlin", OptionKind.ZONE, keyword=True),
    Option(
        "break",
        "the z-score from which an alert is sent even in quiet hours; off for none",
        OptionKind.TEXT,
        keyword=True,
    ),
    Option(
        "channel",
        "where to post: a channel, thread or forum, or a link to one; here by default",
        OptionKind.CHANNEL,
        keyword=True,
    ),
    Option("mention", "a role or user group to ping; off for none", OptionKind.ROLE, keyword=True),
)

_ALL = re.compile(r"(?:all|every|any)\s+(.+)", re.IGNORECASE)
_KINDS = {
    word.lower(): kind for kind, plural in PLURALS.items() for word in (kind, plural, plural.partition(" ")[0])
} | {
    "persons": "person",
    "datacenters": "datacenter",
    "data": "datacenter",
    "organisations": "company",
    "organizations": "company",
}
_SLACK_LINK = re.compile(
    r"https://[\w.-]+\.slack\.com/archives/([CGD][A-Z0-9]{6,})(?:/p(\d{10})(\d{6}))?(?:\?.*thread_ts=([\d.]+).*)?"
)
_DISCORD_LINK = re.compile(r"https://(?:\w+\.)?discord(?:app)?\.com/channels/(\d+)/(\d+)(?:/\d+)?")
_MENTIONED = re.compile(r"<#([A-Z0-9]+)(?:\|[^>]*)?>")
_CHANNEL = {"slack": re.compile(r"[CGD][A-Z0-9]{6,}"), "discord": re.compile(r"\d{15,20}")}
_ROLE = re.compile(r"(?:<@&)?(\d{15,20})>?")
_GROUP = re.compile(r"(?:<!subteam\^)?(S[A-Z0-9]{6,})(?:\|[^>]*)?>?")


@dataclass(frozen=True)
class WatchTarget:
    """What a watch covers: the stored target, its displayed name, and its ids."""

    target: str
    name: str
    ids: tuple[int, ...] = ()
    """Ids of a name or pair, whose past can be previewed; empty for other targets."""


def parse_target(words: str, session: Session, command: str) -> WatchTarget:
    """Parses a name, a pair, a set of names with commas, "all models", or "everything". Raises UserError."""
    typed = words.strip()
    if typed.lower() in (EVERYTHING, "all", "*"):
        return WatchTarget(EVERYTHING, EVERYTHING)
    kind = _kind(typed)
    if kind:
        return WatchTarget(watch_target(kind=kind), f"all {PLURALS[kind]}")
    parts = [part for part in re.split(r"[,;]", typed) if part.strip()]
    if len(parts) > 1:
        return _set(parts, session, command)
    found = parse_entities(session, typed, command)
    ids = tuple(sorted(entity.id or 0 for entity in found))
    return WatchTarget(watch_target(ids, together=len(ids) > 1), joined_names(found), ids)


def _kind(typed: str) -> str:
    every = _ALL.fullmatch(typed)
    word = (every[1] if every else typed).lower()
    # "models" alone is a kind; "model" alone may be part of a name.
    if every is None and word not in (plural.lower() for plural in PLURALS.values()):
        return ""
    kind = _KINDS.get(word, "")
    if every and not kind:
        raise UserError(f"I don't know the kind “{word[:SHOWN]}”.", f"Choose one of: {', '.join(PLURALS.values())}.")
    return kind


def _set(parts: Sequence[str], session: Session, command: str) -> WatchTarget:
    if len(parts) > NAMES:
        raise UserError(f"A set can have {NAMES} names.", "Watch a kind instead, such as all models, or everything.")
    found = {}
    for part in parts:
        entities = parse_entities(session, part, command)
        if len(entities) > 1:
            raise UserError(f"“{part.strip()[:SHOWN]}” is a pair.", "A set takes single names: Nvidia, AMD, TSMC.")
        found[entities[0].id or 0] = entities[0]
    ids = tuple(sorted(found))
    if len(ids) == 1:
        return WatchTarget(watch_target(ids), found[ids[0]].name, ids)
    return WatchTarget(watch_target(ids), ", ".join(found[key].name for key in ids))


def parse_level(words: str) -> float | None:
    """Parses an alert level, given as a word or a z; None for the default. Raises UserError for anything else."""
    if not words or words.lower() in USUAL:
        return None
    if words.lower() in LEVELS:
        return LEVELS[Sensitivity(words.lower())]
    found = _number(words)
    if found is None or not LOWEST <= found <= HIGHEST:
        raise UserError(
            f"“{words[:SHOWN]}” is not an alert level.",
            f"Write few, balanced or many, or a z-score from {LOWEST:g} (many alerts) to {HIGHEST:g} (hardly any).",
        )
    return found


def level_words(level: float) -> str:
    """Returns a level as "z 4.5 (few)", or "z 6" if it has no word."""
    word = next((word for word, at in LEVELS.items() if at == level), "")
    return f"z {level:g} ({word})" if word else f"z {level:g}"


def apply_options(request: Request, watch: Watch) -> bool:
    """Writes a request's settings into a watch and returns whether any changed. Raises UserError for an invalid one."""
    before = watch.model_dump()
    if value := request.option("level"):
        watch.level = parse_level(value)
    if value := request.option("stories"):
        watch.min_stories = None if value.lower() in USUAL else parse_whole(value, "stories", STORIES)
    if value := request.option("cooldown"):
        watch.cooldown = 0 if value.lower() in USUAL else parse_whole(value, "hours", COOLDOWN)
    if value := request.option("zone"):
        watch.zone = parse_zone(value)
    if value := request.option("quiet"):
        watch.quiet_from, watch.quiet_to = (None, None) if value.lower() in USUAL else parse_quiet_hours(value)
    if value := request.option("break"):
        watch.breaks = parse_level(value)
    if value := request.option("mention"):
        watch.mention = "" if value.lower() in USUAL else parse_mention(value, request.place)
    return watch.model_dump() != before


def parse_whole(words: str, what: str, most: int) -> int:
    """Parses a whole number from 1 to `most`, such as "48 hours" or "10 stories". Raises UserError."""
    typed = words.strip().lower().removesuffix(what).removesuffix(what[0]).strip()
    if not typed.isdecimal() or not 1 <= int(typed[:9]) <= most:
        raise UserError(f"“{words[:SHOWN]}” is not a number of {what}.", f"Write a whole number from 1 to {most}.")
    return int(typed)


def _number(words: str) -> float | None:
    try:
        return float(words)
    except ValueError:
        return None


def parse_destination(words: str, place: Place) -> Place:
    """Parses a channel or a link to one in the same workspace; "" and "here" mean `place`. Raises UserError."""
    typed = words.strip()
    if not typed or typed.lower() == "here":
        return place
    if not place.workspace:
        raise UserError(
            "From a direct message I can only set what comes to this conversation.",
            "Use the command in the server that the channel belongs to.",
        )
    mentioned = _MENTIONED.fullmatch(typed)
    key = mentioned[1] if mentioned else typed.removeprefix("#")
    shape = _CHANNEL.get(place.platform)
    if shape and shape.fullmatch(key):
        return Place(place.platform, place.workspace, key)
    link = _SLACK_LINK.fullmatch(typed) if place.platform == "slack" else None
    if link:
        thread = link[4] or (f"{link[2]}.{link[3]}" if link[2] else "")
        return Place(place.platform, place.workspace, link[1], thread)
    link = _DISCORD_LINK.fullmatch(typed) if place.platform == "discord" else None
    if link and link[1] == place.workspace:
        return Place(place.platform, place.workspace, link[2])
    if link:
        raise UserError("That channel is in another server.", "Set the watch in that server.")
    raise UserError(f"I can't find the channel “{typed[:SHOWN]}”.", "Pick it with #, or paste a link to it.")


def parse_mention(words: str, place: Place) -> str:
    """Parses a role or user group into its id. Raises UserError, also for everyone at once."""
    typed = words.strip()
    pattern = {"discord": _ROLE, "slack": _GROUP}.get(place.platform)
    match = pattern.fullmatch(typed) if pattern else None
    # On Discord the @everyone role has the server's own id.
    if match is None or match[1] == place.workspace:
        what = "a role" if place.platform == "discord" else "a user group"
        raise UserError(f"I can't ping “{typed[:SHOWN]}”.", f"Pick {what} with @; I never ping everyone at once.")
    return match[1]
