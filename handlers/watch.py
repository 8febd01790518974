"""/watch: what this channel wants to be told of."""

from datetime import datetime

from sqlmodel import Session, col, func, select

from catalogue.spelling import fold
from chat.errors import UserError
from chat.reply import Action, Item, Mood, Reply, Section
from chat.request import Request
from handlers.command import Command, Kind, Option
from handlers.measure import window
from handlers.preview import DAYS, preview
from handlers.spikes import label
from handlers.subject import SHOWN, entities, minute, names
from models.alert import Alert
from models.channel import Channel, find_channel, get_channel
from models.entity import Entity, by_id
from models.outbox import Outbox, State
from models.watch import EVERYTHING, Watch, find_watch, target, watches
from signals.detector import Rules
from signals.discovery import LEVELS, Sensitivity

ADD, PREVIEW, LIST, REMOVE = "add", "preview", "list", "remove"

MOST = 100
"""Watches per channel: more are no longer a wish but a flood."""

MOST_SHOWN = 10
"""Times that a preview lists."""

LOWEST, HIGHEST = 2.0, 100.0


def watch(request: Request, session: Session, now: datetime, rules: Rules) -> Reply:
    """Answers `/watch add Meta`, `/watch preview Meta level 6`, `/watch list` and `/watch remove Meta`."""
    action = request.option("action").lower() or LIST
    if action == LIST:
        return _list(request, session, rules)
    if action == PREVIEW:
        return _preview(request, session, now, rules)
    if not request.may_configure:
        raise UserError(
            f"/watch {action} changes what this channel gets.", "Ask someone who may manage it; /watch list is for all."
        )
    return _add(request, session, now, rules) if action == ADD else _remove(request, session)


def _add(request: Request, session: Session, now: datetime, rules: Rules) -> Reply:
    ids, name = _wanted(request, session, "/watch add")
    level = _level(request.option("level"))
    place = request.place
    channel = get_channel(session, place.platform, place.workspace, place.channel, place.thread)
    found = find_watch(session, channel, ids)
    if found is None and len(watches(session, channel)) >= MOST:
        raise UserError(f"This channel has {MOST} watches already.", "Remove one first: /watch list shows them.")
    if found is None:
        first, second = [*ids, None, None][:2]
        found = Watch(
            channel_id=channel.id or 0,
            target=target(ids),
            entity_id=first,
            other_id=second,
            level=level,
            created_by=request.author,
            created_at=now,
        )
        session.add(found)
        title = f"Watching {name}"
    elif level is not None and level != found.level:
        found.level = level
        title = f"Watching {name} at a new level"
    else:
        return Reply(
            f"Watching {name} already", _told(found, rules), actions=(Action("List", "/watch list"),), private=True
        )
    session.flush()
    return Reply(
        title,
        _told(found, rules),
        sections=_lately(session, ids, found.level or rules.level, now, rules),
        actions=(Action("List", "/watch list"), Action("Undo", f"/watch remove {name}")),
    )


def _preview(request: Request, session: Session, now: datetime, rules: Rules) -> Reply:
    """What a watch would have told, without setting one."""
    ids, name = _wanted(request, session, "/watch preview")
    level = _level(request.option("level")) or rules.level
    if not ids:
        raise UserError(
            "A preview is of one name or pair.", "For everything, an operator can run `trendbot replay` over any days."
        )
    return Reply(
        f"{name} at {leveled(level)}",
        sections=_lately(session, ids, level, now, rules),
        actions=(Action(f"Watch {name}"[:40], f"/watch add {name} level {level:g}"),),
    )


def _lately(session: Session, ids: list[int], level: float, now: datetime, rules: Rules) -> tuple[Section, ...]:
    """When a watch on a name or pair would have fired in the last weeks."""
    if not ids or window(session, now, rules) is None:
        return ()
    fired = preview(session, tuple(ids), level, now, rules)
    times = {0: "It would not have fired", 1: "It would have fired once"}.get(
        len(fired), f"It would have fired {len(fired)} times"
    )
    items = tuple(
        Item(minute(one.at), note=f"z {one.z:.1f}, {one.count} stories") for one in reversed(fired[-MOST_SHOWN:])
    )
    return (Section(f"{times} in the last {DAYS} days", items or (Item("Nothing rose above this threshold."),)),)


def _remove(request: Request, session: Session) -> Reply:
    channel = _channel(request, session)
    found, name = _listed(session, channel, request.option("name"))
    if found is None:
        ids, name = _wanted(request, session, "/watch remove")
        found = find_watch(session, channel, ids) if channel else None
    if found is None:
        raise UserError(f"This channel does not watch {name}.", "See /watch list.", (Action("List", "/watch list"),))
    session.delete(found)
    return Reply(f"No longer watching {name}", actions=(Action("Undo", f"/watch add {name}"),))


def _listed(session: Session, channel: Channel | None, words: str) -> tuple[Watch | None, str]:
    """The watch that the list shows by these words: the catalogue may know its name no more."""
    found = watches(session, channel) if channel else []
    known = _known(session, found)
    shown = {fold(_name(one, known)): one for one in found}
    one = shown.get(fold(words))
    return one, _name(one, known) if one else ""


def _list(request: Request, session: Session, rules: Rules) -> Reply:
    channel = _channel(request, session)
    found = watches(session, channel) if channel else []
    if not found:
        text = "Add one to be told here when it spikes."
        return Reply(
            "This channel watches nothing yet", text, actions=(Action("Watch everything", "/watch add everything"),)
        )
    known = _known(session, found)
    told = dict(
        session.exec(
            select(Alert.watch_id, func.count())
            .where(col(Alert.watch_id).in_([one.id for one in found]))
            .group_by(col(Alert.watch_id))
        ).all()
    )
    items = []
    for one in found:
        number = told.get(one.id, 0)
        level = one.level or rules.level
        items.append(
            Item(
                _name(one, known), note=f"from {leveled(level)}; {number} {'alert' if number == 1 else 'alerts'} so far"
            )
        )
    sections = [Section("Watched", tuple(items)), *_trouble(session, channel)]
    return Reply(
        f"This channel watches {len(found)}",
        sections=tuple(sections),
        mood=Mood.TROUBLE if len(sections) > 1 else Mood.CALM,
    )


def _trouble(session: Session, channel: Channel | None) -> list[Section]:
    """Alerts that could not be delivered here: silence would look like quiet."""
    if channel is None:
        return []
    query = (
        select(Outbox)
        .join(Alert, col(Alert.id) == Outbox.alert_id)
        .where(Alert.channel_id == channel.id, Outbox.state == State.FAILED)
        .order_by(col(Outbox.id).desc())
        .limit(3)
    )
    items = tuple(Item(row.error, note=f"{row.due_at:%d %b, %H:%M} UTC") for row in session.exec(query))
    return [Section("Could not be delivered", items)] if items else []


def _wanted(request: Request, session: Session, command: str) -> tuple[list[int], str]:
    words = request.option("name")
    if words.strip().lower() in (EVERYTHING, "all"):
        return [], EVERYTHING
    found = entities(session, words, command)
    return sorted(entity.id or 0 for entity in found), names(found)


def _level(words: str) -> float | None:
    if not words:
        return None
    if words.lower() in LEVELS:
        return LEVELS[Sensitivity(words.lower())]
    try:
        level = float(words)
    except ValueError:
        level = 0.0
    if not LOWEST <= level <= HIGHEST:
        raise UserError(
            f"“{words[:SHOWN]}” is no level.",
            f"A level is few, balanced or many, or a z from {LOWEST:g} (many alerts) to {HIGHEST:g} (hardly any).",
        )
    return level


def _told(found: Watch, rules: Rules) -> str:
    level = found.level or rules.level
    support = f"{rules.min_stories} stories from {rules.min_outlets} outlets"
    return f"You are told here once when it spikes: {leveled(level)} or more, with {support}."


def leveled(level: float) -> str:
    """A level as a z, with its word where it has one."""
    word = next((word for word, at in LEVELS.items() if at == level), "")
    return f"z {level:g} ({word})" if word else f"z {level:g}"


def _known(session: Session, found: list[Watch]) -> dict[int, Entity]:
    """The entities that are watched."""
    return by_id(session, (key for one in found for key in (one.entity_id, one.other_id) if key is not None))


def _name(found: Watch, known: dict[int, Entity]) -> str:
    ids = tuple(key for key in (found.entity_id, found.other_id) if key is not None)
    return label(ids, known) if ids else EVERYTHING


def _channel(request: Request, session: Session) -> Channel | None:
    place = request.place
    return find_channel(session, place.platform, place.workspace, place.channel, place.thread)


def command(rules: Rules) -> Command:
    """The command, bound to the detector's rules."""
    return Command(
        "watch",
        "What this channel is told of.",
        "/watch add Meta",
        lambda request, session, now: watch(request, session, now, rules),
        (
            Option("action", "add, preview, list or remove", Kind.CHOICE, choices=(ADD, PREVIEW, LIST, REMOVE)),
            Option("name", "a name, a pair (Meta + Muse Spark), or everything", Kind.NAME),
            Option("level", "few, balanced or many; or the z from which to tell, such as 6", Kind.TEXT, keyword=True),
        ),
        configures=True,
    )
