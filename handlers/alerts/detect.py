"""Alerts: which spikes are new, and whom they concern.

    notice(now): counts -> spikes above the level -> events -> spike rows -> alerts and outbox rows

It may run as often as one likes: a spike that is open is not new, and a channel is told of it once.
How a message is written when it is sent is told in handlers.composition.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from handlers.alerts.headlines import spiking_events
from handlers.alerts.lifecycle import update_alerts
from handlers.alerts.matching import create_alerts
from handlers.measurement.panel import Ids, Panel, Reading, panel, window
from models.alert import Alert
from models.spike import Spike, Step, ids_of, open_spikes, recent_spikes, steps_of
from models.watch import all_watches
from signals.detector import Rules
from signals.lifecycle import GROWTH, QUIET, SpikeState, begins_new_spike, has_cooled


def detect_spikes(session: Session, now: datetime, rules: Rules) -> list[Alert]:
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
    events = spiking_events(session, seen, level)
    _cool(lasting, seen, now, level, {one.ids for event in events for one in event})
    recent = {ids_of(spike): spike for spike in recent_spikes(session, now - QUIET)}
    alerts = []
    stirred = {spike.id: spike for spike in lasting}
    for event in events:
        told = [event[0], *(one for one in event[1:] if one.z >= level)]
        spikes = [_keep(session, one, recent, now) for one in told]
        lead = _lead(session, spikes, now, rules)
        for spike in spikes:
            if spike.id != lead.id and spike.lead_id is None:
                spike.lead_id = lead.id
        alerts += [one for one in create_alerts(session, lead, told, wishes, seen, now) if not one.held]
        stirred |= {lead.id: lead}
    update_alerts(session, list(stirred.values()), now)
    return alerts


def _cool(lasting: Sequence[Spike], seen: Panel, now: datetime, level: float, high: set[Ids]) -> None:
    """Ends the open spikes that are clearly below the level."""
    for spike in lasting:
        if ids_of(spike) not in high:
            one = seen.reading(ids_of(spike))
            if has_cooled(one.z, one.count, level, seen.rules.min_stories):
                spike.cooled_at = now


def _keep(session: Session, one: Reading, recent: dict[Ids, Spike], now: datetime) -> Spike:
    """The row of a spike: the one of before while it lasts or is fresh in memory, else a new one."""
    spike = recent.get(one.ids)
    life = None if spike is None else SpikeState(spike.seen_at, spike.peak_count, spike.cooled_at is not None)
    if spike is None or begins_new_spike(life, now, one.count):
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
    if one.count >= GROWTH * steps_of(session, spike)[-1].count:
        _grow(session, spike, one, now)
    return spike


def _grow(session: Session, spike: Spike, one: Reading, now: datetime) -> None:
    session.add(Step(spike_id=spike.id or 0, at=now, count=one.count, z=one.z, outlets=one.outlets))


def _lead(session: Session, spikes: Sequence[Spike], now: datetime, rules: Rules) -> Spike:
    """Who leads an event: a spike of this window that did so already, else the first of the group.

    Meta may rise an hour before Muse Spark for the same stories: that stays one event. But a spike of
    last week must not swallow today's launch.
    """
    fresh = now - timedelta(hours=rules.width)
    leads = [session.get_one(Spike, spike.lead_id) if spike.lead_id else spike for spike in spikes]
    before = [lead for lead in leads if fresh < lead.started_at < now]
    if before:
        return min(before, key=lambda lead: (lead.started_at, lead.id or 0))
    return leads[0] if leads[0].started_at < now else spikes[0]
