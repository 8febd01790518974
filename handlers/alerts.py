"""Alerts: which spikes are new, whom they concern, and how one is told.

    notice(now): counts -> spikes above the level -> events -> spike rows -> alerts and outbox rows
    compose(row): an outbox row -> where it goes, and the Reply, written at the moment it is sent

Both may run as often as one likes: a spike that is open is not new, and a channel is told of it once.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, select

from chat.reply import Item, Mood, Reply, Section
from chat.request import Place
from handlers.front import spiking
from handlers.measure import Ids, Panel, Reading, Window, panel, window
from handlers.spikes import label, marked
from handlers.trend import look, picture
from handlers.why import news
from models.alert import Alert
from models.channel import Channel, Workspace
from models.entity import by_id
from models.outbox import Outbox
from models.spike import Spike, Step, ids_of, led_by, open_spikes, recent_spikes, steps
from models.watch import EVERYTHING, Watch, all_watches
from signals.detector import Rules
from signals.life import GROWTH, QUIET, Life, begins, cools


def notice(session: Session, now: datetime, rules: Rules) -> list[Alert]:
    """Looks at the counts as they are now; stores spikes, and an alert for each channel that is concerned.

    Does nothing when no news came in for a whole window: old counts are no occasion.
    """
    at = window(session, now, rules)
    if at is None or now - at.until > timedelta(hours=at.width):
        return []
    wishes = all_watches(session)
    level = min([rules.level, *(wish.level for wish in wishes if wish.level is not None)])
    lasting = open_spikes(session)
    seen = panel(session, at, rules, [ids_of(spike) for spike in lasting])
    events = spiking(session, seen, level)
    _cool(lasting, seen, now, level, {one.ids for event in events for one in event})
    recent = {ids_of(spike): spike for spike in recent_spikes(session, now - QUIET)}
    alerts = []
    for event in events:
        told = [event[0], *(one for one in event[1:] if one.z >= level)]
        spikes = [_keep(session, one, recent, now) for one in told]
        lead = _lead(session, spikes, now, rules)
        for spike in spikes:
            if spike.id != lead.id and spike.lead_id is None:
                spike.lead_id = lead.id
        alerts += _alert(session, lead, told, wishes, seen, now)
    return alerts


def compose(session: Session, row: Outbox, now: datetime, rules: Rules) -> tuple[Place, Reply] | None:
    """Where an alert goes and what it says, with the figures of now; None when its channel is gone."""
    found = session.exec(
        select(Alert, Channel, Workspace)
        .join(Channel, Channel.id == Alert.channel_id)  # type: ignore[arg-type]
        .join(Workspace, Workspace.id == Channel.workspace_id)  # type: ignore[arg-type]
        .where(Alert.id == row.alert_id)
    ).first()
    if found is None:
        return None
    alert, channel, workspace = found
    spike = session.get_one(Spike, alert.spike_id)
    at = window(session, now, rules)
    if at is None:
        return None
    place = Place(workspace.platform, workspace.external_id, channel.external_id, channel.thread)
    return place, tell(session, spike, at, rules)


def tell(session: Session, spike: Spike, at: Window, rules: Rules) -> Reply:
    """A spike as a Reply: what, how much against what, with whom, why, and what else rose for the same stories."""
    ids = ids_of(spike)
    known = by_id(session, ids)
    found = [known[key] for key in ids]
    seen = look(session, found, at, rules)
    rising = led_by(session, spike)
    others = by_id(session, (key for one in rising for key in ids_of(one)))
    items = tuple(
        Item(label(ids_of(one), others), note=f"z {one.peak_z:.1f}, {one.peak_count} stories") for one in rising[:5]
    )
    related = [Section("Rising for the same stories", items)] if items else []
    related += news(session, found, at)
    return picture(session, found, at, seen, f"{marked(ids, known)} is spiking", Mood.SPIKE, tuple(related))


def _cool(lasting: Sequence[Spike], seen: Panel, now: datetime, level: float, high: set[Ids]) -> None:
    """Ends the open spikes that are clearly below the level."""
    for spike in lasting:
        if ids_of(spike) not in high:
            one = seen.reading(ids_of(spike))
            if cools(one.z, one.count, level, seen.rules.min_stories):
                spike.cooled_at = now


def _keep(session: Session, one: Reading, recent: dict[Ids, Spike], now: datetime) -> Spike:
    """The row of a spike: the one of before while it lasts or is fresh in memory, else a new one."""
    spike = recent.get(one.ids)
    life = None if spike is None else Life(spike.seen_at, spike.peak_count, spike.cooled_at is not None)
    if spike is None or begins(life, now, one.count):
        first, *second = one.ids
        spike = Spike(
            entity_id=first,
            other_id=second[0] if second else None,
            started_at=now,
            seen_at=now,
            peak_at=now,
            z=one.z,
            peak_z=one.z,
            count=one.count,
            peak_count=one.count,
            expected=one.expected,
            sigma=one.sigma,
            windows=one.windows,
            floored=one.floored,
            outlets=one.outlets,
        )
        session.add(spike)
        session.flush()
        _grow(session, spike, one, now)
        return spike
    spike.seen_at = now
    spike.cooled_at = None
    if one.z > spike.peak_z:
        spike.peak_at, spike.peak_z = now, one.z
    spike.peak_count = max(spike.peak_count, one.count)
    spike.outlets = max(spike.outlets, one.outlets)
    if one.count >= GROWTH * steps(session, spike)[-1].count:
        _grow(session, spike, one, now)
    return spike


def _grow(session: Session, spike: Spike, one: Reading, now: datetime) -> None:
    session.add(Step(spike_id=spike.id or 0, at=now, count=one.count, z=one.z, outlets=one.outlets))


def _lead(session: Session, spikes: Sequence[Spike], now: datetime, rules: Rules) -> Spike:
    """Who leads an event: a spike of the last window that did so already, else the first of the group.

    Meta may rise an hour before Muse Spark for the same stories: that stays one event. But a spike of
    last week must not swallow today's launch.
    """
    fresh = now - timedelta(hours=rules.width)
    leads = [session.get_one(Spike, spike.lead_id) if spike.lead_id else spike for spike in spikes]
    before = [lead for lead in leads if fresh <= lead.started_at < now]
    if before:
        return min(before, key=lambda lead: (lead.started_at, lead.id or 0))
    return leads[0] if leads[0].started_at < now else spikes[0]


def _alert(
    session: Session,
    lead: Spike,
    event: list[Reading],
    wishes: list[Watch],
    seen: Panel,
    now: datetime,
) -> list[Alert]:
    """An alert for each channel that watches any of this and was not told of it."""
    told = set(session.exec(select(Alert.channel_id).where(Alert.spike_id == lead.id)))
    alerts = []
    for wish in wishes:
        # A new watch is told of what begins after it: else its first minute would be a flood.
        if wish.channel_id in told or lead.started_at < wish.created_at:
            continue
        bar = seen.at_level(wish.level if wish.level is not None else seen.rules.level)
        high = (one for one in event if one.z >= bar.level and one.episodes <= bar.episodes)
        if any(_concerns(wish, one.ids) for one in high):
            alert = Alert(spike_id=lead.id or 0, watch_id=wish.id, channel_id=wish.channel_id, created_at=now)
            session.add(alert)
            session.flush()
            session.add(Outbox(alert_id=alert.id or 0, due_at=now))
            alerts.append(alert)
            told.add(wish.channel_id)
    return alerts


def _concerns(wish: Watch, ids: Ids) -> bool:
    """Whether a watch asked for this name or pair."""
    if wish.target == EVERYTHING:
        return True
    if wish.other_id is not None:
        return ids == (wish.entity_id, wish.other_id)
    return wish.entity_id in ids
