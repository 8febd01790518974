"""Alerts that live: what was told is written anew as it grows and when it cools, and each doubling is told below it.

    notice --> steps of a spike --> outbox: edit (the alert's own message), update (in its thread)

Both are keyed by what they tell, so that noticing it twice stores it once.
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
    """Stores what has to be said of spikes that were told of; gives how many messages that are.

    Edits are silent and come once an hour at most; updates wait for the end of quiet hours.
    """
    number = 0
    leads = {spike.id: spike for spike in spikes if spike.lead_id is None}
    for alert in alerts_of(session, [key for key in leads if key is not None]):
        first = first_message(session, alert.id or 0)
        # What is not sent yet is composed with the figures of the moment anyway.
        if first is None or first.state != DeliveryState.SENT or first.sent_at is None:
            continue
        spike = leads[alert.spike_id]
        number += _edit(session, alert, spike, now)
        grown = [step for step in steps_of(session, spike)[1:] if step.at > first.sent_at]
        number += sum(_update(session, alert, step, now) for step in grown)
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
    wish = session.get(Watch, alert.watch_id) if alert.watch_id else None
    due = (delayed_until(wish, step.z, now) if wish else None) or now
    row: Outbox | None = enqueue(
        session, MessageKind.UPDATE, alert.channel_id, due, f"{alert.id}:{step.count}", alert.id
    )
    return row is not None
