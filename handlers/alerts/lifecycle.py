"""Keeps sent alerts current: edits a message as its spike grows and cools, and posts an update for each doubling.

    detect_spikes --> steps of a spike --> outbox: edit (of the alert's message), update (in its thread)

The outbox key holds what a message reports, so that detecting it twice queues it once.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from handlers.alerts.matching import delayed_until
from models.alert import Alert, alerts_of
from models.count import hour_of
from models.outbox import DeliveryState, MessageKind, Outbox, enqueue, first_message
from models.spike import Spike, Step, steps_of
from models.watch import Watch


def update_alerts(session: Session, spikes: Sequence[Spike], now: datetime) -> int:
    """Queues edits and updates for spikes that already have alerts; returns the number of messages.

    Edits are silent and come at most once an hour; updates wait for the end of quiet hours.
    """
    number = 0
    leads = {spike.id: spike for spike in spikes if spike.lead_id is None}
    for alert in alerts_of(session, [key for key in leads if key is not None]):
        first = first_message(session, alert.id or 0)
        # An alert that is not sent yet will be composed with current figures anyway.
        if first is None or first.state != DeliveryState.SENT or first.sent_at is None:
            continue
        spike = leads[alert.spike_id]
        number += _edit(session, alert, spike, now)
        new_steps = [step for step in steps_of(session, spike)[1:] if step.at > first.sent_at]
        number += sum(_update(session, alert, step, now) for step in new_steps)
    return number


def _edit(session: Session, alert: Alert, spike: Spike, now: datetime) -> bool:
    cooled = spike.cooled_at is not None
    stories, outlets = spike.peak_count, spike.outlets
    if not cooled and stories <= alert.told_stories and outlets <= alert.told_outlets:
        return False
    key = f"{alert.id}:cooled:{spike.cooled_at:%Y-%m-%dT%H}" if cooled else f"{alert.id}:{hour_of(now)}"
    if enqueue(session, MessageKind.EDIT, alert.channel_id, now, key, alert.id) is None:
        return False
    alert.told_stories, alert.told_outlets = max(stories, alert.told_stories), max(outlets, alert.told_outlets)
    return True


def _update(session: Session, alert: Alert, step: Step, now: datetime) -> bool:
    watch = session.get(Watch, alert.watch_id) if alert.watch_id else None
    due = (delayed_until(watch, step.z, now) if watch else None) or now
    row: Outbox | None = enqueue(
        session, MessageKind.UPDATE, alert.channel_id, due, f"{alert.id}:{step.count}", alert.id, now=now
    )
    return row is not None
