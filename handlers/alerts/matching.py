"""Whom a spike concerns: which channels are told of it, when, and which are not and why."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from chat.request import Place
from handlers.alerts.quiet_hours import quiet_until
from handlers.measurement.panel import Ids, Panel, Reading
from handlers.wording import counted, time_words
from models.alert import Alert
from models.channel import Channel, channels, find_workspace
from models.entity import Entity, by_id
from models.outbox import MessageKind, enqueue
from models.spike import Spike, ids_of, spike_ids_of
from models.watch import (
    EVERYTHING,
    PAIR,
    Mute,
    Watch,
    active_mutes,
    matches_target,
    muted_until,
    parse_watch_target,
    watches,
)

PLURALS = {
    "company": "companies",
    "lab": "labs",
    "family": "families of models",
    "model": "models",
    "product": "products",
    "person": "people",
    "chip": "chips",
    "cloud": "clouds",
    "datacenter": "data centres",
    "benchmark": "benchmarks",
    "regulator": "regulators",
}
"""The kinds of names, as people say them."""


@dataclass(frozen=True)
class WatchInfo:
    """A watch of a workspace: where it tells, and what it is of."""

    place: Place
    name: str
    words: str
    """Its wishes in a line."""


def create_alerts(
    session: Session, lead: Spike, event: Sequence[Reading], wishes: Sequence[Watch], seen: Panel, now: datetime
) -> list[Alert]:
    """An alert for each channel that watches any of an event and was not told of it; with a message, unless held."""
    told = set(session.exec(select(Alert.channel_id).where(Alert.spike_id == lead.id)))
    known = by_id(session, {*ids_of(lead), *(key for one in event for key in one.ids)})
    silent = active_mutes(session, now)
    best: dict[int, tuple[Watch, Reading, str]] = {}
    for wish in wishes:
        # A new watch is told of what begins after it: else its first minute would be a flood.
        if wish.channel_id in told or lead.started_at < wish.created_at:
            continue
        bar = seen.at_level(wish.level if wish.level is not None else seen.rules.level)
        high = [
            one
            for one in event
            if one.z >= bar.level
            and one.episodes <= bar.episodes
            and one.count >= (wish.min_stories or 0)
            and matches_target(wish.target, one.ids, (known[key].kind for key in one.ids))
        ]
        if not high:
            continue
        why = suppression_reason(session, wish, lead, event, silent, known, now)
        # A second watch may let through what the first one holds.
        if wish.channel_id not in best or (best[wish.channel_id][2] and not why):
            best[wish.channel_id] = (wish, high[0], why)
    return [_alert(session, lead, wish, one, why, now) for wish, one, why in best.values()]


def suppression_reason(
    session: Session,
    wish: Watch,
    lead: Spike,
    event: Sequence[Reading],
    silent: Sequence[Mute],
    known: Mapping[int, Entity],
    now: datetime,
) -> str:
    """Why a watch does not tell of a spike, as a sentence's end; "" when it does."""
    if wish.paused:
        return "this watch was paused"
    of = (ids_of(lead), *(one.ids for one in event))
    times = [muted_until(silent, wish.channel_id, ids, (known[key].kind for key in ids), now) for ids in of]
    until = max(filter(None, times), default=None)
    if until is not None:
        return f"it is muted here until {time_words(until)}"
    last = cooldown_alert(session, wish, ids_of(lead), now)
    return f"the last alert on it was at {time_words(last)}, and this watch waits {wish.cooldown} h" if last else ""


def cooldown_alert(session: Session, wish: Watch, ids: Ids, now: datetime) -> datetime | None:
    """The alert of a watch on a name or pair that its cooldown still counts from."""
    if not wish.cooldown:
        return None
    query = select(Alert.created_at).where(
        Alert.watch_id == wish.id,
        Alert.held == "",
        col(Alert.spike_id).in_(spike_ids_of(session, ids)),
        Alert.created_at > now - timedelta(hours=wish.cooldown),
    )
    return session.exec(query.order_by(col(Alert.id).desc())).first()


def delayed_until(wish: Watch, z: float, now: datetime) -> datetime | None:
    """Until when an alert of this z waits for the end of quiet hours; None when it is sent at once."""
    if wish.breaks is not None and z >= wish.breaks:
        return None
    return quiet_until(now, wish.quiet_from, wish.quiet_to, wish.zone)


def _alert(session: Session, lead: Spike, wish: Watch, one: Reading, why: str, now: datetime) -> Alert:
    alert = Alert(
        spike_id=lead.id or 0,
        watch_id=wish.id,
        channel_id=wish.channel_id,
        created_at=now,
        held=why,
        told_stories=lead.peak_count,
        told_outlets=lead.outlets,
    )
    session.add(alert)
    session.flush()
    if not why:
        due = delayed_until(wish, max(one.z, lead.z), now) or now
        enqueue(session, MessageKind.ALERT, wish.channel_id, due, str(alert.id), alert.id)
    return alert


def watches_of(session: Session, platform: str, workspace: str) -> list[WatchInfo]:
    """Every watch of a workspace."""
    home = find_workspace(session, platform, workspace)
    found = (
        [(channel, watch) for channel in channels(session, home) for watch in watches(session, channel)] if home else []
    )
    known = watched_entities(session, [watch for _, watch in found])
    return [
        WatchInfo(
            place_of(platform, workspace, channel),
            watch_title(watch, known),
            watch_summary(watch, None),
        )
        for channel, watch in found
    ]


def place_of(platform: str, workspace: str, channel: Channel) -> Place:
    """The address of a channel."""
    return Place(platform, workspace, channel.external_id, channel.thread)


def watched_entities(session: Session, found: Iterable[Watch]) -> dict[int, Entity]:
    """The entities that are watched."""
    return by_id(session, {key for one in found for key in parse_watch_target(one.target)[0]})


def watch_title(watch: Watch, known: dict[int, Entity]) -> str:
    """What a watch is of, in the words that set it."""
    return target_title(watch.target, known)


def target_title(target: str, known: dict[int, Entity]) -> str:
    """The same for a target."""
    ids, kind, _ = parse_watch_target(target)
    if kind:
        return f"all {PLURALS.get(kind, kind)}"
    if not ids:
        return EVERYTHING
    between = " + " if target.startswith(PAIR) else ", "
    return between.join(known[key].name if key in known else f"a name that is gone ({key})" for key in ids)


def watch_summary(watch: Watch, level: str | None) -> str:
    """The wishes of a watch in a line; `level` is the level in words where it is to be shown."""
    parts = [f"from {level}"] if level else []
    if watch.min_stories is not None:
        parts.append(f"{counted(watch.min_stories, 'story', 'stories')} or more")
    if watch.cooldown:
        parts.append(f"{watch.cooldown} h between alerts on a name")
    if watch.quiet_from is not None and watch.quiet_to is not None:
        quiet = f"quiet {watch.quiet_from}:00–{watch.quiet_to}:00 {watch.zone}"
        parts.append(quiet + (f", broken through from z {watch.breaks:g}" if watch.breaks is not None else ""))
    if watch.mention:
        parts.append("pings a group")
    if watch.paused:
        parts.append("paused")
    return "; ".join(parts)
