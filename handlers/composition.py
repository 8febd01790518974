"""What a message says, written at the moment it is sent: an outbox row -> where it goes, and the Reply."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from chat.reply import Action, Field, ListItem, Mood, Reply, Section, Style
from chat.request import Place
from handlers import names
from handlers.alerts.matching import place_of
from handlers.digest import digest_reply
from handlers.measurement.panel import Window, window
from handlers.spikes import ids_label, marked_label
from handlers.trend import measure_trend, trend_reply
from handlers.why import new_in_headlines
from handlers.wording import counted, time_words
from models.alert import Alert
from models.channel import Channel, Workspace
from models.entity import Entity, by_id
from models.outbox import DeliveryState, MessageKind, Outbox, first_message
from models.spike import Spike, ids_of, led_by, steps_of
from models.watch import Watch
from signals.detector import Rules


@dataclass(frozen=True)
class ComposedMessage:
    """A message and its address."""

    place: Place
    reply: Reply
    message: str = ""
    """The message of ours that it goes with: to be written anew by an edit, or the head of an update's thread."""


def compose(session: Session, row: Outbox, now: datetime, rules: Rules) -> ComposedMessage | None:
    """What a row says, with the figures of now; None when its channel, or what it goes with, is gone."""
    channel = session.get(Channel, row.channel_id)
    home = session.get(Workspace, channel.workspace_id) if channel else None
    if channel is None or home is None:
        return None
    place = place_of(home.platform, home.external_id, channel)
    if row.what == MessageKind.TEST:
        return ComposedMessage(place, test_message(now))
    if row.what == MessageKind.NOTE:
        title, _, text = row.text.partition("\n")
        return ComposedMessage(place, Reply(title, text, mood=Mood.TROUBLE))
    if row.what == MessageKind.DIGEST:
        return ComposedMessage(place, digest_reply(session, channel, now, rules))
    alert = session.get(Alert, row.alert_id)
    spike = session.get(Spike, alert.spike_id) if alert else None
    at = window(session, now, rules)
    if alert is None or spike is None or at is None:
        return None
    if row.what == MessageKind.ALERT:
        wish = session.get(Watch, alert.watch_id) if alert.watch_id else None
        return ComposedMessage(
            place, replace(alert_reply(session, spike, at, rules, alert), mention=wish.mention if wish else "")
        )
    first = first_message(session, alert.id or 0)
    if first is None or first.state != DeliveryState.SENT:
        return None
    if row.what == MessageKind.EDIT:
        return ComposedMessage(place, alert_reply(session, spike, at, rules, alert), first.message_id)
    return ComposedMessage(place, growth_reply(session, spike, row), first.message_id)


def test_message(now: datetime) -> Reply:
    """What `/watch test` sends."""
    return Reply("This is a test", f"Alerts of trendbot arrive here. Sent at {time_words(now)}.")


def alert_reply(session: Session, spike: Spike, at: Window, rules: Rules, alert: Alert) -> Reply:
    """A spike as a Reply: what, how much against what, with whom, why, and what else rose for the same stories.

    Once it has cooled it shows the window of its peak, for what was told has to stay checkable.
    """
    ids = ids_of(spike)
    known = by_id(session, ids)
    found = [known[key] for key in ids]
    name = ids_label(ids, known)
    cooled = spike.cooled_at
    if cooled is not None:
        at = window(session, spike.peak_at, rules) or at
    seen = measure_trend(session, found, at, rules)
    rising = led_by(session, spike)
    others = by_id(session, (key for one in rising for key in ids_of(one)))
    items = tuple(
        ListItem(ids_label(ids_of(one), others), note=f"z {one.peak_z:.1f}, {one.peak_count} stories")
        for one in rising[:5]
    )
    related = [*growth_so_far(session, spike), *([Section("Rising for the same stories", items)] if items else [])]
    related += new_in_headlines(session, found, at)
    title = f"{marked_label(ids, known)} {'has cooled' if cooled else 'is spiking'}"
    shown = trend_reply(session, found, at, seen, title, Mood.CALM if cooled else Mood.SPIKE, tuple(related))
    text = shown.text
    if cooled is not None:
        text = f"It spiked from {time_words(spike.started_at)} to {time_words(cooled)}. At its peak: {text}"
    return replace(
        shown,
        text=text,
        fields=(*shown.fields, Field("Since", time_words(spike.started_at))),
        actions=(*alert_buttons(name, alert), *review_buttons(found)),
        line=f"/why {name}",
    )


def growth_so_far(session: Session, spike: Spike) -> list[Section]:
    """How a spike has grown since its start, once it has."""
    grown = steps_of(session, spike)
    if len(grown) < 2:
        return []
    items = [
        ListItem(f"{time_words(one.at)}: {counted(one.count, 'story', 'stories')}", note=f"z {one.z:.1f}")
        for one in grown
    ]
    return [Section("Its course", tuple(items))]


def alert_buttons(name: str, alert: Alert) -> tuple[Action, ...]:
    """What can be done about an alert, from the message itself."""
    return (
        Action("Chart", f"/trend {name}", Style.PRIMARY),
        Action("Stories", f"/why {name}"),
        Action("Facts", f"/facts {name.partition(' + ')[0]}"),
        Action("Mute 24 h", f"/watch mute {name}"),
        Action("Not useful", f"/watch not-useful {alert.id}"),
    )


def review_buttons(found: Sequence[Entity]) -> tuple[Action, ...]:
    """What an operator can say of a name that nobody has judged yet."""
    return tuple(action for entity in found if not entity.confirmed for action in names.name_buttons(entity.name))


def growth_reply(session: Session, spike: Spike, row: Outbox) -> Reply:
    """What is said below an alert when its stories have doubled."""
    count = int(row.key.rpartition(":")[2])
    grown = {one.count: one for one in steps_of(session, spike)}
    step, first = grown[count], min(grown)
    known = by_id(session, ids_of(spike))
    times = count / first
    outlets = f" from {counted(step.outlets, 'outlet')}" if step.outlets else ""
    return Reply(
        f"{ids_label(ids_of(spike), known)}: {times:.1f} times the stories of its start",
        f"{counted(count, 'story', 'stories')}{outlets} at {time_words(step.at)}, z {step.z:.1f}; "
        f"it began with {first}.",
        mood=Mood.SPIKE,
    )
