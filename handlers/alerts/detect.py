"""Detects spikes and queues alerts for them.

    detect_spikes(now): counts -> spikes above the level -> events -> spike rows -> alerts and outbox rows

It is idempotent and may run at any interval: an open spike is not new, and a channel gets one alert for it. The message
is composed when it is sent (handlers.composition).
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
    """Detects the spikes of the current window; stores them, and returns the alerts it queued.

    Does nothing if no news came in for a whole window: old counts must not raise alerts.
    """
    at = window(session, now, rules)
    if at is None or now - at.until > timedelta(hours=at.width):
        return []
    every_watch = all_watches(session)
    level = min([rules.level, *(watch.level for watch in every_watch if watch.level is not None)])
    still_open = open_spikes(session)
    measured = panel(session, at, rules, [ids_of(spike) for spike in still_open])
    events = spiking_events(session, measured, level)
    _cool(still_open, measured, now, level, {one.ids for event in events for one in event})
    recent = {ids_of(spike): spike for spike in recent_spikes(session, now - QUIET)}
    alerts = []
    changed = {spike.id: spike for spike in still_open}
    for event in events:
        members = [event[0], *(one for one in event[1:] if one.z >= level)]
        spikes = [_keep(session, one, recent, now) for one in members]
        lead = _lead(session, spikes, now, rules)
        for spike in spikes:
            if spike.id != lead.id and spike.lead_id is None:
                spike.lead_id = lead.id
        alerts += [one for one in create_alerts(session, lead, members, every_watch, measured, now) if not one.held]
        changed |= {lead.id: lead}
    update_alerts(session, list(changed.values()), now)
    return alerts


def _cool(still_open: Sequence[Spike], measured: Panel, now: datetime, level: float, high: set[Ids]) -> None:
    """Ends the open spikes that are clearly below the level."""
    for spike in still_open:
        if ids_of(spike) not in high:
            one = measured.reading(ids_of(spike))
            if has_cooled(one.z, one.count, level, measured.rules.min_stories):
                spike.cooled_at = now


def _keep(session: Session, one: Reading, recent: dict[Ids, Spike], now: datetime) -> Spike:
    """Updates the row of a spike that is open or recent, else creates one."""
    spike = recent.get(one.ids)
    state = None if spike is None else SpikeState(spike.seen_at, spike.peak_count, spike.cooled_at is not None)
    if spike is None or begins_new_spike(state, now, one.count):
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
    """Returns the leading spike of an event: one of this window that leads already, else the first of the group.

    If Meta rises an hour before Muse Spark for the same stories, they stay one event. But a spike of last week must not
    absorb today's launch.
    """
    fresh = now - timedelta(hours=rules.width)
    leads = [session.get_one(Spike, spike.lead_id) if spike.lead_id else spike for spike in spikes]
    leading = [lead for lead in leads if fresh < lead.started_at < now]
    if leading:
        return min(leading, key=lambda lead: (lead.started_at, lead.id or 0))
    return leads[0] if leads[0].started_at < now else spikes[0]
