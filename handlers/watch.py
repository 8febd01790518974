"""/watch: which alerts a channel gets, and which names it mutes."""

from datetime import datetime, timedelta

from sqlmodel import Session, and_, col, or_, select

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
    parse_whole,
)
from handlers.command import Command, Option, OptionKind
from handlers.measurement.panel import window
from handlers.wording import capitalised, counted, stories_words, time_words
from models.alert import Alert, Feedback, feedback_counts
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
"""Actions open to everyone: they change no settings."""

MOST = 100
"""Most watches per channel."""

MOST_SHOWN = 10
"""Most spikes that a preview lists."""

MUTED, LONGEST_MUTE = 24, 24 * 30
"""Default and longest duration of a mute, in hours."""


def watch(request: Request, session: Session, now: datetime, rules: Rules) -> Reply:
    """Answers `/watch add Meta`, `/watch preview Meta level 6`, `/watch list`, `/watch remove Meta` and the others."""
    action = request.option("action").lower() or LIST
    if action not in FOR_ALL and not request.may_configure:
        raise UserError(
            f"Only people who manage this channel can use /watch {action}.",
            "Ask one of them; everyone can use /watch list.",
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
        f"Watch on {name} paused" if found.paused else f"Watching {name} again",
        "It sends no alerts until you resume it." if found.paused else _alert_words(found, rules),
        actions=(Action(undo.title(), f"/watch {undo} {name}"), Action("List", "/watch list")),
    )


def _add(request: Request, session: Session, now: datetime, rules: Rules) -> Reply:
    wanted = parse_target(request.option("name"), session, "/watch add")
    place = parse_destination(request.option("channel"), request.place)
    channel = get_channel(session, place.platform, place.workspace, place.channel, place.thread)
    found = find_watch(session, channel, wanted.target)
    if found is not None:
        return _edit(request, session, found, wanted.name, rules)
    if len(watches(session, channel)) >= MOST:
        raise UserError(f"This channel already has {MOST} watches.", "Remove one first; /watch list shows them.")
    first, second = [*wanted.ids, None, None][:2]
    found = Watch(
        channel_id=channel.id or 0,
        target=wanted.target,
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
        f"Watching {wanted.name}" + (" in another channel" if elsewhere else ""),
        _alert_words(found, rules, "there" if elsewhere else "here"),
        sections=_preview_section(session, wanted.ids, found, now, rules),
        actions=(
            *((Action("Test", f"/watch test{again}"),) if elsewhere else ()),
            Action("List", "/watch list"),
            Action("Undo", f"/watch remove {wanted.name}{again}"),
        ),
    )


def _edit(request: Request, session: Session, found: Watch, name: str, rules: Rules) -> Reply:
    actions = (Action("List", "/watch list"),)
    if not apply_options(request, found):
        return Reply(f"Already watching {name}", _alert_words(found, rules), actions=actions, private=True)
    session.add(found)
    session.flush()
    return Reply(f"Watch on {name} updated", _alert_words(found, rules), actions=actions)


def _preview(request: Request, session: Session, now: datetime, rules: Rules) -> Reply:
    """Shows the alerts that a watch would have sent, without setting one."""
    wanted = parse_target(request.option("name"), session, "/watch preview")
    if not wanted.ids:
        raise UserError(
            "A preview needs one name or pair.",
            "For other targets, whoever runs the bot can use `trendbot replay`.",
        )
    draft = Watch(channel_id=0, target=wanted.target, created_at=now)
    apply_options(request, draft)
    at = parse_level(request.option("level")) or rules.level
    return Reply(
        f"Preview of a watch on {wanted.name}",
        f"Alerts from {level_words(at)}.",
        sections=_preview_section(session, wanted.ids, draft, now, rules),
        actions=(Action(f"Watch {wanted.name}"[:40], f"/watch add {wanted.name} level {at:g}"),),
    )


def _preview_section(
    session: Session, ids: tuple[int, ...], found: Watch, now: datetime, rules: Rules
) -> tuple[Section, ...]:
    """Lists the alerts that a watch on a name or pair would have sent in the last DAYS days; () for other targets."""
    if not ids or window(session, now, rules) is None:
        return ()
    level = found.level or rules.level
    spikes = preview_watch(session, ids, level, now, rules)
    fired = [one for one in spikes if one.count >= (found.min_stories or 0)]
    items = tuple(
        ListItem(time_words(one.at), note=f"z {one.z:.1f}, {stories_words(one.count)}")
        for one in reversed(fired[-MOST_SHOWN:])
    )
    return (
        Section(
            f"It would have sent {counted(len(fired), 'alert') if fired else 'no alerts'} in the last {DAYS} days",
            items or (ListItem(f"Nothing reached z {level:g} with enough stories to rule out chance."),),
        ),
    )


def _existing(request: Request, session: Session, action: str) -> tuple[Watch, str]:
    """Returns the watch with the name that /watch list shows, known to the catalogue or not. Raises UserError."""
    channel = _channel(request, session)
    found = watches(session, channel) if channel else []
    known = watched_entities(session, found)
    typed = fold(request.option("name"))
    for one in found:
        if fold(watch_title(one, known)) == typed:
            return one, watch_title(one, known)
    wanted = parse_target(request.option("name"), session, f"/watch {action}")
    one_found = find_watch(session, channel, wanted.target) if channel else None
    if one_found is None:
        raise UserError(
            f"This channel has no watch on {wanted.name}.", "See /watch list.", (Action("List", "/watch list"),)
        )
    return one_found, wanted.name


def _mute(request: Request, session: Session, now: datetime, on: bool) -> Reply:
    wanted = parse_target(request.option("name"), session, f"/watch {MUTE if on else UNMUTE}")
    channel = _here(request, session)
    found = session.get(Mute, (channel.id, wanted.target))
    if not on:
        if found is None:
            raise UserError(f"{wanted.name} is not muted here.", "See /watch list.", (Action("List", "/watch list"),))
        session.delete(found)
        return Reply(f"{wanted.name} is unmuted here", actions=(Action("List", "/watch list"),))
    until = now + timedelta(hours=parse_whole(request.option("hours") or str(MUTED), "hours", LONGEST_MUTE))
    session.merge(Mute(channel_id=channel.id or 0, target=wanted.target, until=until))
    return Reply(
        f"{wanted.name} is muted here until {time_words(until)}",
        "It sends no alerts here for spikes that begin before then.",
        actions=(Action("Unmute", f"/watch unmute {wanted.name}"),),
    )


def _test(request: Request, session: Session, now: datetime) -> Reply:
    place = parse_destination(request.option("channel"), request.place)
    channel = get_channel(session, place.platform, place.workspace, place.channel, place.thread)
    enqueue(session, MessageKind.TEST, channel.id or 0, now, f"{channel.id}:{now:%Y-%m-%dT%H:%M:%S}")
    return Reply(
        "Test message queued",
        "It should arrive within 30 seconds, the way alerts do. If it doesn't, /watch list says why.",
        actions=(Action("List", "/watch list"),),
        private=True,
    )


def _not_useful(request: Request, session: Session, now: datetime) -> Reply:
    number = request.option("name")
    alert = session.get(Alert, int(number)) if number.isdecimal() and len(number) < 10 else None
    place = request.place
    home = session.exec(
        select(Channel, Workspace).join(Workspace).where(Channel.id == (alert.channel_id if alert else 0))
    ).first()
    # Feedback is accepted only in the workspace that got the alert.
    if alert is None or home is None or (home[1].platform, home[1].external_id) != (place.platform, place.workspace):
        raise UserError(
            f"I can't find the alert “{number[:SHOWN]}” here.", "Use the button below an alert, or see /watch list."
        )
    session.merge(Feedback(alert_id=alert.id or 0, author=request.author or "somebody", at=now))
    watch_row = session.get(Watch, alert.watch_id) if alert.watch_id else None
    actions = [Action("List", "/watch list")]
    if watch_row is not None:
        name = watch_title(watch_row, watched_entities(session, [watch_row]))
        actions = [
            Action("Fewer alerts", f"/watch edit {name} level few"),
            Action(f"Remove {name}"[:40], f"/watch remove {name}"),
            *actions,
        ]
    return Reply(
        "Thanks, noted",
        "/watch list counts such feedback. A higher level brings fewer alerts.",
        actions=tuple(actions),
        private=True,
    )


def _list(request: Request, session: Session, now: datetime, rules: Rules) -> Reply:
    channel = _channel(request, session)
    found = watches(session, channel) if channel else []
    known = watched_entities(session, found)
    counts = feedback_counts(session, [one.id or 0 for one in found])
    items = []
    for one in found:
        alerts, not_useful = counts.get(one.id or 0, (0, 0))
        record = f"{counted(alerts, 'alert') if alerts else 'no alerts'} so far" + (
            f", {not_useful} not useful" if not_useful else ""
        )
        items.append(
            ListItem(
                watch_title(one, known), note=f"{watch_summary(one, level_words(one.level or rules.level))}; {record}"
            )
        )
    sections = [Section("Watches", tuple(items)), *_mutes(session, channel, now)]
    trouble = _trouble(session, channel)
    first = watch_title(found[0], known) if found else ""
    return Reply(
        f"{counted(len(found), 'watch', 'watches')} in this channel" if found else "No watches in this channel yet",
        "" if found else "Add one to get an alert here when a name spikes: /watch add Meta",
        sections=tuple(section for section in [*sections, *trouble] if section.items),
        actions=(
            (Action("Test delivery", "/watch test"), Action(f"Remove {first}"[:40], f"/watch remove {first}"))
            if found
            else (Action("Watch everything", "/watch add everything"),)
        ),
        mood=Mood.TROUBLE if trouble else Mood.CALM,
    )


def _mutes(session: Session, channel: Channel | None, now: datetime) -> list[Section]:
    found = [one for one in active_mutes(session, now) if channel and one.channel_id == channel.id]
    known = by_id(session, {key for one in found for key in parse_watch_target(one.target)[0]})
    return [
        Section(
            "Muted",
            tuple(ListItem(target_title(one.target, known), note=f"until {time_words(one.until)}") for one in found),
        )
    ]


def _everywhere(request: Request, session: Session) -> Reply:
    """Lists every watch of the workspace, only for those who manage it, because channels may be private."""
    if not request.may_configure or not request.place.workspace:
        raise UserError("Only people who manage the bot here can see all watches.", "Use /watch list for this channel.")
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
    """Lists the latest messages that could not be delivered here: otherwise silence would look like a quiet day."""
    if channel is None:
        return []
    failed = or_(
        col(Outbox.state) == DeliveryState.FAILED,
        and_(col(Outbox.state) == DeliveryState.DUE, col(Outbox.refused_at).is_not(None)),
    )
    query = (
        select(Outbox)
        # An alert that was deleted can't be edited any more, which is no problem.
        .where(Outbox.channel_id == channel.id, failed, Outbox.what != MessageKind.EDIT)
        .order_by(col(Outbox.id).desc())
        .limit(3)
    )
    items = tuple(ListItem(row.error, note=time_words(row.due_at)) for row in session.exec(query))
    return [Section("Not delivered", items)] if items else []


def _alert_words(found: Watch, rules: Rules, where: str = "here") -> str:
    """Returns when a watch sends an alert, and its settings, in sentences."""
    at = found.level or rules.level
    least = max(rules.min_stories, found.min_stories or 0)
    support = f"{stories_words(least)} from {counted(rules.min_outlets, 'outlet')}"
    settings = watch_summary(found, None)
    text = f"I'll post one alert {where} for each spike of at least {support} and {level_words(at)}."
    return f"{text} {capitalised(settings)}." if settings else text


def _channel(request: Request, session: Session) -> Channel | None:
    place = parse_destination(request.option("channel"), request.place)
    return find_channel(session, place.platform, place.workspace, place.channel, place.thread)


def _here(request: Request, session: Session) -> Channel:
    place = parse_destination(request.option("channel"), request.place)
    return get_channel(session, place.platform, place.workspace, place.channel, place.thread)


def command(rules: Rules) -> Command:
    """Returns the command, bound to the detector's rules."""
    return Command(
        "watch",
        "Which alerts this channel gets.",
        "/watch preview Meta",
        lambda request, session, now: watch(request, session, now, rules),
        (
            Option("action", ", ".join(ACTIONS), OptionKind.CHOICE, choices=ACTIONS),
            Option("name", "a name, a pair, names with commas, all models, or everything", OptionKind.NAME),
            *OPTIONS,
            Option("hours", "how long a mute lasts, in hours; 24 by default", OptionKind.TEXT, keyword=True),
        ),
        configures=True,
        reading=(LIST, PREVIEW),
    )
