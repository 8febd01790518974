"""Composes queued messages at the moment they are sent: an outbox row -> its address and its Reply."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from chat.reply import Action, Field, ListItem, Mood, Reply, Section, Style
from chat.request import Place
from handlers.alerts.matching import place_of
from handlers.digest import digest_reply
from handlers.measurement.panel import Window, window
from handlers.name_buttons import review_buttons
from handlers.spikes import ids_label, marked_label
from handlers.trend import measure_trend, trend_reply
from handlers.why import COURSE, new_in_headlines, step_item
from handlers.wording import counted, stories_words, time_words
from models.alert import Alert
from models.channel import Channel, Workspace
from models.entity import by_id
from models.outbox import DeliveryState, MessageKind, Outbox, first_message
from models.spike import Spike, ids_of, led_by, steps_of
from models.watch import Watch
from signals.detector import Rules


@dataclass(frozen=True)
class ComposedMessage:
    """A message with its address."""

    place: Place
    reply: Reply
    message: str = ""
    """Id of the earlier message that it edits, or in whose thread it goes; "" for a new message."""


def compose(session: Session, row: Outbox, now: datetime, rules: Rules) -> ComposedMessage | None:
    """Composes a row with current figures; None if its channel, alert or earlier message no longer exists."""
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
        watch = session.get(Watch, alert.watch_id) if alert.watch_id else None
        return ComposedMessage(
            place, replace(alert_reply(session, spike, at, rules, alert), mention=watch.mention if watch else "")
        )
    first = first_message(session, alert.id or 0)
    if first is None or first.state != DeliveryState.SENT:
        return None
    if row.what == MessageKind.EDIT:
        return ComposedMessage(place, alert_reply(session, spike, at, rules, alert), first.message_id)
    return ComposedMessage(place, growth_reply(session, spike, row), first.message_id)


def test_message(now: datetime) -> Reply:
    """Returns the message that `/watch test` sends."""
    return Reply("Test message", f"Alerts from trendbot arrive here. Sent at {time_words(now)}.")


def alert_reply(session: Session, spike: Spike, at: Window, rules: Rules, alert: Alert) -> Reply:
    """Returns a spike as a Reply: its figures, its stories, its partners, and what else rose for the same stories.

    Once it has cooled, it shows the window of its peak, so that the alert can still be checked.
    """
    ids = ids_of(spike)
    known = by_id(session, ids)
    entities = [known[key] for key in ids]
    name = ids_label(ids, known)
    cooled = spike.cooled_at
    if cooled is not None:
        at = window(session, spike.peak_at, rules) or at
    view = measure_trend(session, entities, at, rules)
    rising = led_by(session, spike)
    others = by_id(session, (key for one in rising for key in ids_of(one)))
    items = tuple(
        ListItem(ids_label(ids_of(one), others), note=f"z {one.peak_z:.1f}, {stories_words(one.peak_count)}")
        for one in rising[:5]
    )
    related = [*growth_so_far(session, spike), *([Section("Also rising in these stories", items)] if items else [])]
    related += new_in_headlines(session, entities, at)
    title = f"{marked_label(ids, known)} {'has cooled' if cooled else 'is spiking'}"
    reply = trend_reply(session, entities, at, view, title, Mood.CALM if cooled else Mood.SPIKE, tuple(related))
    text = reply.text
    if cooled is not None:
        text = f"It spiked from {time_words(spike.started_at)} to {time_words(cooled)}. At its peak: {text}"
    return replace(
        reply,
        text=text,
        fields=(*reply.fields, Field("Started", time_words(spike.started_at))),
        actions=(*alert_buttons(name, alert), *review_buttons(entities)),
        line=f"/why {name}",
    )


def growth_so_far(session: Session, spike: Spike) -> list[Section]:
    """Returns the growth of a spike, if it has grown since its start."""
    steps = steps_of(session, spike)
    if len(steps) < 2:
        return []
    return [Section(COURSE, tuple(map(step_item, steps)))]


def alert_buttons(name: str, alert: Alert) -> tuple[Action, ...]:
    """Returns the buttons below an alert."""
    return (
        Action("Chart", f"/trend {name}", Style.PRIMARY),
        Action("Stories", f"/why {name}"),
        Action("Facts", f"/facts {name.partition(' + ')[0]}"),
        Action("Mute 24 h", f"/watch mute {name}"),
        Action("Not useful", f"/watch not-useful {alert.id}"),
    )


def growth_reply(session: Session, spike: Spike, row: Outbox) -> Reply:
    """Returns the update below an alert whose stories have doubled since the last one."""
    count = int(row.key.rpartition(":")[2])
    grown = {one.count: one for one in steps_of(session, spike)}
    step, first = grown[count], min(grown)
    known = by_id(session, ids_of(spike))
    times = count / first
    outlets = f" from {counted(step.outlets, 'outlet')}" if step.outlets else ""
    return Reply(
        f"{ids_label(ids_of(spike), known)}: {times:.1f} times as many stories as at the start",
        f"{stories_words(count)}{outlets} by {time_words(step.at)}, up from {first}; z {step.z:.1f}.",
        mood=Mood.SPIKE,
    )
