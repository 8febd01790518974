"""What a message says, written at the moment it is sent: an outbox row -> where it goes, and the Reply."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from chat.reply import Action, Field, Item, Mood, Reply, Section, Style
from chat.request import Place
from handlers import names
from handlers.alerts.matching import place_of
from handlers.arguments.subject import minute
from handlers.digest import summary
from handlers.measurement.panel import Window, window
from handlers.spikes import label, marked
from handlers.trend import look, number, picture
from handlers.why import news
from models.alert import Alert
from models.channel import Channel, Workspace
from models.entity import Entity, by_id
from models.outbox import Outbox, State, What, first_message
from models.spike import Spike, ids_of, led_by, steps
from models.watch import Watch
from signals.detector import Rules


@dataclass(frozen=True)
class Message:
    """A message and its address."""

    place: Place
    reply: Reply
    message: str = ""
    """The message of ours that it goes with: to be written anew by an edit, or the head of an update's thread."""


def compose(session: Session, row: Outbox, now: datetime, rules: Rules) -> Message | None:
    """What a row says, with the figures of now; None when its channel, or what it goes with, is gone."""
    channel = session.get(Channel, row.channel_id)
    home = session.get(Workspace, channel.workspace_id) if channel else None
    if channel is None or home is None:
        return None
    place = place_of(home.platform, home.external_id, channel)
    if row.what == What.TEST:
        return Message(place, test(now))
    if row.what == What.NOTE:
        title, _, text = row.text.partition("\n")
        return Message(place, Reply(title, text, mood=Mood.TROUBLE))
    if row.what == What.DIGEST:
        return Message(place, summary(session, channel, now, rules))
    alert = session.get(Alert, row.alert_id)
    spike = session.get(Spike, alert.spike_id) if alert else None
    at = window(session, now, rules)
    if alert is None or spike is None or at is None:
        return None
    if row.what == What.ALERT:
        wish = session.get(Watch, alert.watch_id) if alert.watch_id else None
        return Message(place, replace(tell(session, spike, at, rules, alert), mention=wish.mention if wish else ""))
    first = first_message(session, alert.id or 0)
    if first is None or first.state != State.SENT:
        return None
    if row.what == What.EDIT:
        return Message(place, tell(session, spike, at, rules, alert), first.message_id)
    return Message(place, growth(session, spike, row), first.message_id)


def test(now: datetime) -> Reply:
    """What `/watch test` sends."""
    return Reply("This is a test", f"Alerts of trendbot arrive here. Sent at {minute(now)}.")


def tell(session: Session, spike: Spike, at: Window, rules: Rules, alert: Alert) -> Reply:
    """A spike as a Reply: what, how much against what, with whom, why, and what else rose for the same stories.

    Once it has cooled it shows the window of its peak, for what was told has to stay checkable.
    """
    ids = ids_of(spike)
    known = by_id(session, ids)
    found = [known[key] for key in ids]
    name = label(ids, known)
    cooled = spike.cooled_at
    if cooled is not None:
        at = window(session, spike.peak_at, rules) or at
    seen = look(session, found, at, rules)
    rising = led_by(session, spike)
    others = by_id(session, (key for one in rising for key in ids_of(one)))
    items = tuple(
        Item(label(ids_of(one), others), note=f"z {one.peak_z:.1f}, {one.peak_count} stories") for one in rising[:5]
    )
    related = [*course(session, spike), *([Section("Rising for the same stories", items)] if items else [])]
    related += news(session, found, at)
    title = f"{marked(ids, known)} {'has cooled' if cooled else 'is spiking'}"
    shown = picture(session, found, at, seen, title, Mood.CALM if cooled else Mood.SPIKE, tuple(related))
    text = shown.text
    if cooled is not None:
        text = f"It spiked from {minute(spike.started_at)} to {minute(cooled)}. At its peak: {text}"
    return replace(
        shown,
        text=text,
        fields=(*shown.fields, Field("Since", minute(spike.started_at))),
        actions=(*buttons(name, alert), *judging(found)),
        line=f"/why {name}",
    )


def course(session: Session, spike: Spike) -> list[Section]:
    """How a spike has grown since its start, once it has."""
    grown = steps(session, spike)
    if len(grown) < 2:
        return []
    items = [Item(f"{minute(one.at)}: {number(one.count, 'story', 'stories')}", note=f"z {one.z:.1f}") for one in grown]
    return [Section("Its course", tuple(items))]


def buttons(name: str, alert: Alert) -> tuple[Action, ...]:
    """What can be done about an alert, from the message itself."""
    return (
        Action("Chart", f"/trend {name}", Style.PRIMARY),
        Action("Stories", f"/why {name}"),
        Action("Facts", f"/facts {name.partition(' + ')[0]}"),
        Action("Mute 24 h", f"/watch mute {name}"),
        Action("Not useful", f"/watch not-useful {alert.id}"),
    )


def judging(found: Sequence[Entity]) -> tuple[Action, ...]:
    """What an operator can say of a name that nobody has judged yet."""
    return tuple(action for entity in found if not entity.confirmed for action in names.buttons(entity.name))


def growth(session: Session, spike: Spike, row: Outbox) -> Reply:
    """What is said below an alert when its stories have doubled."""
    count = int(row.key.rpartition(":")[2])
    grown = {one.count: one for one in steps(session, spike)}
    step, first = grown[count], min(grown)
    known = by_id(session, ids_of(spike))
    times = count / first
    outlets = f" from {number(step.outlets, 'outlet')}" if step.outlets else ""
    return Reply(
        f"{label(ids_of(spike), known)}: {times:.1f} times the stories of its start",
        f"{number(count, 'story', 'stories')}{outlets} at {minute(step.at)}, z {step.z:.1f}; it began with {first}.",
        mood=Mood.SPIKE,
    )
