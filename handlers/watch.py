"""/watch: what this channel wants to be told of, and what it wants to hear nothing of."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from chat.errors import UserError
from chat.reply import Action, ListItem, Mood, Reply, Section
from chat.request import Request
from gazetteer.spelling import fold
from handlers.alerts.matching import target_title, watch_summary, watch_title, watched_entities, watches_of
from handlers.alerts.preview import DAYS, preview_watch
from handlers.arguments.subject import SHOWN
from handlers.arguments.watch_options import (
    OPTIONS,
    apply_options,
    level_words,
    parse_destination,
    parse_level,
    parse_target,
)
from handlers.command import Command, Option, OptionKind
from handlers.measurement.panel import window
from handlers.wording import counted, time_words
from models.alert import Alert, Feedback, judged
from models.channel import Channel, Workspace, find_channel, get_channel
from models.entity import by_id
from models.outbox import DeliveryState, MessageKind, Outbox, enqueue
from models.watch import Mute, Watch, active_mutes, find_watch, parse_watch_target, watches
from signals.detector import Rules

ADD, EDIT, LIST, REMOVE = "add", "edit", "list", "remove"
PAUSE, RESUME, MUTE, UNMUTE = "pause", "resume", "mute", "unmute"
TEST, PREVIEW, NOT_USEFUL = "test", "preview", "not-useful"
ACTIONS = (ADD, PREVIEW, LIST, EDIT, REMOVE, PAUSE, RESUME, MUTE, UNMUTE, TEST, NOT_USEFUL)
EVERYWHERE = "everywhere"
FOR_ALL = (LIST, PREVIEW, NOT_USEFUL)
"""What everybody may do: it changes nothing that others get."""

MOST = 100
"""Watches per channel: more are no longer a wish but a flood."""

MOST_SHOWN = 10
"""Times that a preview lists."""

MUTED, LONGEST_MUTE = 24, 24 * 30
"""Hours that a mute lasts if nothing is said, and at most."""


def watch(request: Request, session: Session, now: datetime, rules: Rules) -> Reply:
    """Answers `/watch add Meta`, `/watch preview Meta level 6`, `/watch list`, `/watch remove Meta` and the others."""
    action = request.option("action").lower() or LIST
    if action not in FOR_ALL and not request.may_configure:
        raise UserError(
            f"/watch {action} changes what this channel gets.", "Ask someone who may manage it; /watch list is for all."
        )
    if action == LIST and request.option("name").lower() == EVERYWHERE:
        return _everywhere(request, session)
    if action == LIST:
        return _list(request, session, now, rules)
    if action == PREVIEW:
        return _preview(request, session, now, rules)
    if action == NOT_USEFUL:
        return _not_useful(request, session, now)
    if action == TEST:
        return _test(request, session, now)
    if action in (MUTE, UNMUTE):
        return _mute(request, session, now, action == MUTE)
    if action == ADD:
        return _add(request, session, now, rules)
    found, name = _existing(request, session, action)
    if action == EDIT:
        return _edit(request, session, found, name, rules)
    if action == REMOVE:
        session.delete(found)
        return Reply(f"No longer watching {name}", actions=(Action("Undo", f"/watch add {name}"),))
    found.paused = action == PAUSE
    session.add(found)
    undo = RESUME if found.paused else PAUSE
    return Reply(
        f"{name} is paused" if found.paused else f"Watching {name} again",
        "Nothing is told of it here until it is resumed." if found.paused else _told(found, rules),
        actions=(Action(undo.title(), f"/watch {undo} {name}"), Action("List", "/watch list")),
    )


def _add(request: Request, session: Session, now: datetime, rules: Rules) -> Reply:
    of = parse_target(request.option("name"), session, "/watch add")
    place = parse_destination(request.option("channel"), request.place)
    channel = get_channel(session, place.platform, place.workspace, place.channel, place.thread)
    found = find_watch(session, channel, of.target)
    if found is not None:
        return _edit(request, session, found, of.name, rules)
    if len(watches(session, channel)) >= MOST:
        raise UserError(f"This channel has {MOST} watches already.", "Remove one first: /watch list shows them.")
    first, second = [*of.ids, None, None][:2]
    found = Watch(
        channel_id=channel.id or 0,
        target=of.target,
        entity_id=first,
        other_id=second,
        created_by=request.author,
        created_at=now,
    )
    apply_options(request, found)
    session.add(found)
    session.flush()
    elsewhere = place != request.place
    again = f" channel {request.option('channel')}" if elsewhere else ""
    return Reply(
        f"Watching {of.name}" + (" in another channel" if elsewhere else ""),
        _told(found, rules, "there" if elsewhere else "here"),
        sections=_lately(session, of.ids, found, now, rules),
        actions=(
            *((Action("Test", f"/watch test{again}"),) if elsewhere else ()),
            Action("List", "/watch list"),
            Action("Undo", f"/watch remove {of.name}{again}"),
        ),
    )


def _edit(request: Request, session: Session, found: Watch, name: str, rules: Rules) -> Reply:
    actions = (Action("List", "/watch list"),)
    if not apply_options(request, found):
        return Reply(f"Watching {name} already", _told(found, rules), actions=actions, private=True)
    session.add(found)
    session.flush()
    return Reply(f"Watching {name}, with new wishes", _told(found, rules), actions=actions)


def _preview(request: Request, session: Session, now: datetime, rules: Rules) -> Reply:
    """What a watch would have told, without setting one."""
    of = parse_target(request.option("name"), session, "/watch preview")
    if not of.ids:
        raise UserError(
            "A preview is of one name or pair.", "For everything, an operator can run `trendbot replay` over any days."
        )
    wish = Watch(channel_id=0, target=of.target, created_at=now)
    apply_options(request, wish)
    at = parse_level(request.option("level")) or rules.level
    return Reply(
        f"{of.name} at {level_words(at)}",
        sections=_lately(session, of.ids, wish, now, rules),
        actions=(Action(f"Watch {of.name}"[:40], f"/watch add {of.name} level {at:g}"),),
    )


def _lately(session: Session, ids: tuple[int, ...], wish: Watch, now: datetime, rules: Rules) -> tuple[Section, ...]:
    """When a watch on a name or pair would have fired in the last weeks."""
    if not ids or window(session, now, rules) is None:
        return ()
    every = preview_watch(session, ids, wish.level or rules.level, now, rules)
    fired = [one for one in every if one.count >= (wish.min_stories or 0)]
    times = {0: "It would not have fired", 1: "It would have fired once"}.get(
        len(fired), f"It would have fired {len(fired)} times"
    )
    items = tuple(
        ListItem(time_words(one.at), note=f"z {one.z:.1f}, {one.count} stories")
        for one in reversed(fired[-MOST_SHOWN:])
    )
    return (
        Section(
            f"{times} in the last {DAYS} days",
            items or (ListItem(f"Nothing reached z {wish.level or rules.level:g} and was rare enough at that level."),),
        ),
    )


def _existing(request: Request, session: Session, action: str) -> tuple[Watch, str]:
    """The watch that is meant, by the words that the list shows: the catalogue may know its name no more."""
    channel = _channel(request, session)
    found = watches(session, channel) if channel else []
    known = watched_entities(session, found)
    said = fold(request.option("name"))
    for one in found:
        if fold(watch_title(one, known)) == said:
            return one, watch_title(one, known)
    of = parse_target(request.option("name"), session, f"/watch {action}")
    one_found = find_watch(session, channel, of.target) if channel else None
    if one_found is None:
        raise UserError(f"This channel does not watch {of.name}.", "See /watch list.", (Action("List", "/watch list"),))
    return one_found, of.name


def _mute(request: Request, session: Session, now: datetime, on: bool) -> Reply:
    of = parse_target(request.option("name"), session, f"/watch {MUTE if on else UNMUTE}")
    channel = _here(request, session)
    found = session.get(Mute, (channel.id, of.target))
    if not on:
        if found is None:
            raise UserError(f"{of.name} is not muted here.", "See /watch list.", (Action("List", "/watch list"),))
        session.delete(found)
        return Reply(f"{of.name} is heard again", actions=(Action("List", "/watch list"),))
    said = request.option("hours").lower().removesuffix("h").strip() or str(MUTED)
    if not said.isdecimal() or not 1 <= int(said[:6]) <= LONGEST_MUTE:
        raise UserError(f"“{said[:SHOWN]}” is no number of hours.", f"Write a whole number from 1 to {LONGEST_MUTE}.")
    until = now + timedelta(hours=int(said))
    session.merge(Mute(channel_id=channel.id or 0, target=of.target, until=until))
    return Reply(
        f"{of.name} is muted here until {time_words(until)}",
        "Spikes that begin until then are not told of in this channel.",
        actions=(Action("Unmute", f"/watch unmute {of.name}"),),
    )


def _test(request: Request, session: Session, now: datetime) -> Reply:
    place = parse_destination(request.option("channel"), request.place)
    channel = get_channel(session, place.platform, place.workspace, place.channel, place.thread)
    enqueue(session, MessageKind.TEST, channel.id or 0, now, f"{channel.id}:{now:%Y-%m-%dT%H:%M:%S}")
    return Reply(
        "A test is on its way",
        "It arrives within half a minute, the way alerts do. If it does not, /watch list says why.",
        actions=(Action("List", "/watch list"),),
        private=True,
    )


def _not_useful(request: Request, session: Session, now: datetime) -> Reply:
    said = request.option("name")
    alert = session.get(Alert, int(said)) if said.isdecimal() and len(said) < 10 else None
    place = request.place
    home = session.exec(
        select(Channel, Workspace).join(Workspace).where(Channel.id == (alert.channel_id if alert else 0))
    ).first()
    # An alert is judged where it was told: in its channel, or in its thread.
    if alert is None or home is None or (home[1].platform, home[1].external_id) != (place.platform, place.workspace):
        raise UserError(
            f"There is no alert “{said[:SHOWN]}” here.", "Press the button below an alert, or see /watch list."
        )
    session.merge(Feedback(alert_id=alert.id or 0, author=request.author or "somebody", at=now))
    wish = session.get(Watch, alert.watch_id) if alert.watch_id else None
    actions = [Action("List", "/watch list")]
    if wish is not None:
        name = watch_title(wish, watched_entities(session, [wish]))
        actions = [
            Action("Fewer alerts", f"/watch edit {name} level few"),
            Action(f"Remove {name}"[:40], f"/watch remove {name}"),
            *actions,
        ]
    return Reply(
        "Noted", "It is counted in /watch list. Fewer come with a higher level.", actions=tuple(actions), private=True
    )


def _list(request: Request, session: Session, now: datetime, rules: Rules) -> Reply:
    channel = _channel(request, session)
    found = watches(session, channel) if channel else []
    known = watched_entities(session, found)
    counts = judged(session, [one.id or 0 for one in found])
    items = []
    for one in found:
        alerts, bad = counts.get(one.id or 0, (0, 0))
        record = f"{counted(alerts, 'alert')} so far" + (f", {bad} not useful" if bad else "")
        items.append(
            ListItem(
                watch_title(one, known), note=f"{watch_summary(one, level_words(one.level or rules.level))}; {record}"
            )
        )
    sections = [Section("Watched", tuple(items)), *_silences(session, channel, now)]
    trouble = _trouble(session, channel)
    some = bool(found)
    first = watch_title(found[0], known) if some else ""
    return Reply(
        f"This channel watches {len(found)}" if some else "This channel watches nothing yet",
        "" if some else "Add one to be told here when it spikes.",
        sections=tuple(section for section in [*sections, *trouble] if section.items),
        actions=(
            (Action("Test delivery", "/watch test"), Action(f"Remove {first}"[:40], f"/watch remove {first}"))
            if some
            else (Action("Watch everything", "/watch add everything"),)
        ),
        mood=Mood.TROUBLE if trouble else Mood.CALM,
    )


def _silences(session: Session, channel: Channel | None, now: datetime) -> list[Section]:
    found = [one for one in active_mutes(session, now) if channel and one.channel_id == channel.id]
    known = by_id(session, {key for one in found for key in parse_watch_target(one.target)[0]})
    return [
        Section(
            "Muted",
            tuple(ListItem(target_title(one.target, known), note=f"until {time_words(one.until)}") for one in found),
        )
    ]


def _everywhere(request: Request, session: Session) -> Reply:
    """Where the bot tells what in this workspace: for those who manage it, as channels may be private."""
    if not request.may_configure or not request.place.workspace:
        raise UserError("That list is for those who manage the bot here.", "See /watch list for this channel.")
    groups: dict[str, list[ListItem]] = {}
    for one in watches_of(session, request.place.platform, request.place.workspace):
        where = f"Channel {one.place.channel}" + (f", thread {one.place.thread}" if one.place.thread else "")
        groups.setdefault(where, []).append(ListItem(one.name, note=one.words))
    return Reply(
        f"{counted(sum(map(len, groups.values())), 'watch', 'watches')} in this workspace",
        sections=tuple(Section(where, tuple(items)) for where, items in groups.items()),
        actions=(Action("This channel", "/watch list"),),
        private=True,
    )


def _trouble(session: Session, channel: Channel | None) -> list[Section]:
    """What could not be delivered here: silence would look like quiet."""
    if channel is None:
        return []
    query = (
        select(Outbox)
        # An alert that somebody has deleted can't be written anew, and nobody misses that.
        .where(Outbox.channel_id == channel.id, Outbox.state == DeliveryState.FAILED, Outbox.what != MessageKind.EDIT)
        .order_by(col(Outbox.id).desc())
        .limit(3)
    )
    items = tuple(ListItem(row.error, note=f"{row.due_at:%d %b, %H:%M} UTC") for row in session.exec(query))
    return [Section("Could not be delivered", items)] if items else []


def _told(found: Watch, rules: Rules, where: str = "here") -> str:
    at = found.level or rules.level
    least = max(rules.min_stories, found.min_stories or 0)
    support = f"{least} stories from {rules.min_outlets} outlets"
    more = watch_summary(found, None)
    text = f"You are told {where} once when it spikes: {level_words(at)} or more, with {support}."
    return f"{text} {more[0].upper()}{more[1:]}." if more else text


def _channel(request: Request, session: Session) -> Channel | None:
    place = parse_destination(request.option("channel"), request.place)
    return find_channel(session, place.platform, place.workspace, place.channel, place.thread)


def _here(request: Request, session: Session) -> Channel:
    place = parse_destination(request.option("channel"), request.place)
    return get_channel(session, place.platform, place.workspace, place.channel, place.thread)


def command(rules: Rules) -> Command:
    """The command, bound to the detector's rules."""
    return Command(
        "watch",
        "What this channel is told of.",
        "/watch preview Meta",
        lambda request, session, now: watch(request, session, now, rules),
        (
            Option("action", ", ".join(ACTIONS), OptionKind.CHOICE, choices=ACTIONS),
            Option("name", "a name, a pair, names with commas, all models, or everything", OptionKind.NAME),
            *OPTIONS,
            Option("hours", "how long a mute lasts; 24 without it", OptionKind.TEXT, keyword=True),
        ),
        configures=True,
        reading=(LIST, PREVIEW),
    )
