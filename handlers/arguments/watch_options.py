"""What `/watch` is told: of whom, from which level, where, at which hours; understood or answered with what to do."""

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
"""The levels that a watch may have, as z."""

STORIES, COOLDOWN = 1000, 24 * 30
"""The most stories and hours that a watch may ask for."""

NAMES = 20
"""Names in a set: more are a kind, or everything."""

USUAL = ("usual", "default", "none", "off", "no")
"""What takes a wish back."""

OPTIONS = (
    Option("level", "few, balanced or many; or the z from which to tell, such as 6", OptionKind.TEXT, keyword=True),
    Option("stories", "the fewest stories, such as 10", OptionKind.TEXT, keyword=True),
    Option("cooldown", "hours between two alerts on the same name, such as 48", OptionKind.TEXT, keyword=True),
    Option("quiet", "hours without alerts, such as 22-7; off for none", OptionKind.TEXT, keyword=True),
    Option("zone", "the time zone of the quiet hours, such as Europe/Berlin", OptionKind.ZONE, keyword=True),
    Option("break", "the z from which an alert comes in quiet hours too", OptionKind.TEXT, keyword=True),
    Option(
        "channel",
        "where to tell: a channel, thread or forum, or a link to one; here without it",
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
    """What a watch is of."""

    target: str
    name: str
    ids: tuple[int, ...] = ()
    """Of a name or pair: what can be looked at in the past."""


def parse_target(words: str, session: Session, command: str) -> WatchTarget:
    """A name, a pair, a set of names with commas, "all models", or everything. Raises UserError."""
    said = words.strip()
    if said.lower() in (EVERYTHING, "all", "*"):
        return WatchTarget(EVERYTHING, EVERYTHING)
    kind = _kind(said)
    if kind:
        return WatchTarget(watch_target(kind=kind), f"all {PLURALS[kind]}")
    parts = [part for part in re.split(r"[,;]", said) if part.strip()]
    if len(parts) > 1:
        return _set(parts, session, command)
    found = parse_entities(session, said, command)
    ids = tuple(sorted(entity.id or 0 for entity in found))
    return WatchTarget(watch_target(ids, together=len(ids) > 1), joined_names(found), ids)


def _kind(said: str) -> str:
    every = _ALL.fullmatch(said)
    word = (every[1] if every else said).lower()
    # "models" alone is a kind; "model" alone may be somebody's name.
    if every is None and word not in (plural.lower() for plural in PLURALS.values()):
        return ""
    kind = _KINDS.get(word, "")
    if every and not kind:
        known = ", ".join(PLURALS.values())
        raise UserError(f"“{word[:SHOWN]}” is no kind of name.", f"Kinds are {known}.")
    return kind


def _set(parts: Sequence[str], session: Session, command: str) -> WatchTarget:
    if len(parts) > NAMES:
        raise UserError(f"A set holds {NAMES} names.", "Watch a kind instead, such as all models, or everything.")
    found = {}
    for part in parts:
        some = parse_entities(session, part, command)
        if len(some) > 1:
            raise UserError(f"“{part.strip()[:SHOWN]}” is a pair.", "A set holds single names: Nvidia, AMD, TSMC.")
        found[some[0].id or 0] = some[0]
    ids = tuple(sorted(found))
    if len(ids) == 1:
        return WatchTarget(watch_target(ids), found[ids[0]].name, ids)
    return WatchTarget(watch_target(ids), ", ".join(found[key].name for key in ids))


def parse_level(words: str) -> float | None:
    """A level in words or as a z; None for none given. Raises UserError for what is none."""
    if not words or words.lower() in USUAL:
        return None
    if words.lower() in LEVELS:
        return LEVELS[Sensitivity(words.lower())]
    found = _number(words)
    if found is None or not LOWEST <= found <= HIGHEST:
        raise UserError(
            f"“{words[:SHOWN]}” is no level.",
            f"A level is few, balanced or many, or a z from {LOWEST:g} (many alerts) to {HIGHEST:g} (hardly any).",
        )
    return found


def level_words(level: float) -> str:
    """A level as a z, with its word where it has one."""
    word = next((word for word, at in LEVELS.items() if at == level), "")
    return f"z {level:g} ({word})" if word else f"z {level:g}"


def apply_options(request: Request, watch: Watch) -> bool:
    """Writes the wishes of a request into a watch; whether any has changed. Raises UserError for what is none."""
    before = watch.model_dump()
    if said := request.option("level"):
        watch.level = parse_level(said)
    if said := request.option("stories"):
        watch.min_stories = None if said.lower() in USUAL else _whole(said, "stories", STORIES)
    if said := request.option("cooldown"):
        watch.cooldown = 0 if said.lower() in USUAL else _whole(said.lower().removesuffix("h"), "hours", COOLDOWN)
    if said := request.option("zone"):
        watch.zone = parse_zone(said)
    if said := request.option("quiet"):
        watch.quiet_from, watch.quiet_to = (None, None) if said.lower() in USUAL else parse_quiet_hours(said)
    if said := request.option("break"):
        watch.breaks = parse_level(said)
    if said := request.option("mention"):
        watch.mention = "" if said.lower() in USUAL else parse_mention(said, request.place)
    return watch.model_dump() != before


def _whole(words: str, what: str, most: int) -> int:
    said = words.strip().removesuffix(what).strip()
    if not said.isdecimal() or not 1 <= int(said[:9]) <= most:
        raise UserError(f"“{words[:SHOWN]}” is no number of {what}.", f"Write a whole number from 1 to {most}.")
    return int(said)


def _number(words: str) -> float | None:
    try:
        return float(words)
    except ValueError:
        return None


def parse_destination(words: str, place: Place) -> Place:
    """The place that is meant, in the same workspace; the place itself for none. Raises UserError."""
    said = words.strip()
    if not said or said.lower() == "here":
        return place
    if not place.workspace:
        raise UserError(
            "From a direct message I can only set what comes to this conversation.",
            "Use the command in the server that the channel belongs to.",
        )
    mentioned = _MENTIONED.fullmatch(said)
    key = mentioned[1] if mentioned else said.removeprefix("#")
    shape = _CHANNEL.get(place.platform)
    if shape and shape.fullmatch(key):
        return Place(place.platform, place.workspace, key)
    link = _SLACK_LINK.fullmatch(said) if place.platform == "slack" else None
    if link:
        thread = link[4] or (f"{link[2]}.{link[3]}" if link[2] else "")
        return Place(place.platform, place.workspace, link[1], thread)
    link = _DISCORD_LINK.fullmatch(said) if place.platform == "discord" else None
    if link and link[1] == place.workspace:
        return Place(place.platform, place.workspace, link[2])
    if link:
        raise UserError("That channel is in another server.", "Set the watch there.")
    raise UserError(f"“{said[:SHOWN]}” is no channel that I can find.", "Pick it with #, or paste a link to it.")


def parse_mention(words: str, place: Place) -> str:
    """The id of the role or user group that is meant. Raises UserError; everybody at once can't be pinged."""
    said = words.strip()
    found = {"discord": _ROLE, "slack": _GROUP}.get(place.platform)
    match = found.fullmatch(said) if found else None
    # On Discord the role of everyone has the server's own id.
    if match is None or match[1] == place.workspace:
        what = "a role" if place.platform == "discord" else "a user group"
        raise UserError(
            f"“{said[:SHOWN]}” is not {what} that I can ping.", f"Pick {what} with @; everybody can't be pinged."
        )
    return match[1]
