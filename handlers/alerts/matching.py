"""Matches spikes with watches: which channels get an alert, when, and why others don't."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from chat.request import Place
from handlers.alerts.quiet_hours import quiet_until
from handlers.measurement.panel import Ids, Panel, Reading
from handlers.wording import stories_words, time_words
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
"""Plural of each kind of name."""


@dataclass(frozen=True)
class WatchInfo:
    """A watch of a workspace: where it posts, and what it covers."""

    place: Place
    name: str
    words: str
    """Its settings in one line."""


def create_alerts(
    session: Session, lead: Spike, event: Sequence[Reading], candidates: Sequence[Watch], measured: Panel, now: datetime
) -> list[Alert]:
    """Creates an alert per channel that watches a name of an event and has none yet; queues it unless held."""
    alerted = set(session.exec(select(Alert.channel_id).where(Alert.spike_id == lead.id)))
    known = by_id(session, {*ids_of(lead), *(key for one in event for key in one.ids)})
    mutes = active_mutes(session, now)
    best: dict[int, tuple[Watch, Reading, str]] = {}
    for watch in candidates:
        # A new watch gets only spikes that begin after it, or its first minute would be a flood.
        if watch.channel_id in alerted or lead.started_at < watch.created_at:
            continue
        bar = measured.at_level(watch.level if watch.level is not None else measured.rules.level)
        high = [
            one
            for one in event
            if one.z >= bar.level
            and one.episodes <= bar.episodes
            and one.count >= (watch.min_stories or 0)
            and matches_target(watch.target, one.ids, (known[key].kind for key in one.ids))
        ]
        if not high:
            continue
        reason = suppression_reason(session, watch, lead, event, mutes, known, now)
        # Another watch of the channel may let through what the first one holds.
        if watch.channel_id not in best or (best[watch.channel_id][2] and not reason):
            best[watch.channel_id] = (watch, high[0], reason)
    return [_alert(session, lead, watch, one, reason, now) for watch, one, reason in best.values()]


def suppression_reason(
    session: Session,
    watch: Watch,
    lead: Spike,
    event: Sequence[Reading],
    mutes: Sequence[Mute],
    known: Mapping[int, Entity],
    now: datetime,
) -> str:
    """Returns why a watch sends no alert for a spike, as the end of a sentence; "" if it does."""
    if watch.paused:
        return "this watch was paused"
    affected = (ids_of(lead), *(one.ids for one in event))
    times = [muted_until(mutes, watch.channel_id, ids, (known[key].kind for key in ids), now) for ids in affected]
    until = max(filter(None, times), default=None)
    if until is not None:
        return f"it is muted here until {time_words(until)}"
    last = cooldown_alert(session, watch, ids_of(lead), now)
    return f"the last alert on it was at {time_words(last)}, within the cooldown of {watch.cooldown} h" if last else ""


def cooldown_alert(session: Session, watch: Watch, ids: Ids, now: datetime) -> datetime | None:
    """Returns the time of a watch's last alert on a name or pair if its cooldown still runs, else None."""
    if not watch.cooldown:
        return None
    query = select(Alert.created_at).where(
        Alert.watch_id == watch.id,
        Alert.held == "",
        col(Alert.spike_id).in_(spike_ids_of(session, ids)),
        Alert.created_at > now - timedelta(hours=watch.cooldown),
    )
    return session.exec(query.order_by(col(Alert.id).desc())).first()


def delayed_until(watch: Watch, z: float, now: datetime) -> datetime | None:
    """Returns the end of the quiet hours that an alert of this z waits for; None if it is sent at once."""
    if watch.breaks is not None and z >= watch.breaks:
        return None
    return quiet_until(now, watch.quiet_from, watch.quiet_to, watch.zone)


def _alert(session: Session, lead: Spike, watch: Watch, one: Reading, reason: str, now: datetime) -> Alert:
    alert = Alert(
        spike_id=lead.id or 0,
        watch_id=watch.id,
        channel_id=watch.channel_id,
        created_at=now,
        held=reason,
        told_stories=lead.peak_count,
        told_outlets=lead.outlets,
    )
    session.add(alert)
    session.flush()
    if not reason:
        due = delayed_until(watch, max(one.z, lead.z), now) or now
        enqueue(session, MessageKind.ALERT, watch.channel_id, due, str(alert.id), alert.id, now=now)
    return alert


def watches_of(session: Session, platform: str, workspace: str) -> list[WatchInfo]:
    """Returns every watch of a workspace."""
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
    """Returns the address of a channel."""
    return Place(platform, workspace, channel.external_id, channel.thread)


def watched_entities(session: Session, found: Iterable[Watch]) -> dict[int, Entity]:
    """Returns the watched entities by id."""
    return by_id(session, {key for one in found for key in parse_watch_target(one.target)[0]})


def watch_title(watch: Watch, known: dict[int, Entity]) -> str:
    """Returns what a watch covers, in the words that set it."""
    return target_title(watch.target, known)


def target_title(target: str, known: dict[int, Entity]) -> str:
    """Returns a target in the words that set it: "Meta + Muse Spark", "all models"."""
    ids, kind, _ = parse_watch_target(target)
    if kind:
        return f"all {PLURALS.get(kind, kind)}"
    if not ids:
        return EVERYTHING
    between = " + " if target.startswith(PAIR) else ", "
    return between.join(known[key].name if key in known else f"a deleted name ({key})" for key in ids)


def watch_summary(watch: Watch, level: str | None) -> str:
    """Returns a watch's settings in one line; `level` is the level in words, None to leave it out."""
    parts = [f"alerts from {level}"] if level else []
    if watch.min_stories is not None:
        parts.append(f"at least {stories_words(watch.min_stories)}")
    if watch.cooldown:
        parts.append(f"cooldown of {watch.cooldown} h per name")
    if watch.quiet_from is not None and watch.quiet_to is not None:
        quiet = f"quiet hours {watch.quiet_from:02}:00–{watch.quiet_to:02}:00 {watch.zone}"
        parts.append(quiet + (f", except from z {watch.breaks:g}" if watch.breaks is not None else ""))
    if watch.mention:
        parts.append("pings a group")
    if watch.paused:
        parts.append("paused")
    return "; ".join(parts)
