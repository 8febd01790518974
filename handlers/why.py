"""/why NAME: which stories made the difference, with whom, what is new in them, and whether this channel was told."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from answers.new_terms import new_terms
from chat.reply import Action, Item, Mood, Reply, Section
from chat.request import Request
from handlers.alerts.matching import cooling
from handlers.alerts.quiet_hours import quiet_until
from handlers.arguments.subject import asked, day, entities, minute, names
from handlers.citation import page
from handlers.command import Command
from handlers.measurement.panel import Reading, Window, partners
from handlers.trend import (
    OPTIONS,
    PARTNERS,
    RAISED,
    STORIES,
    Look,
    both,
    figures,
    judge,
    look,
    nothing_read,
    number,
    sentence,
)
from models.alert import Alert
from models.article import Story, story_ids, titles, told
from models.channel import find_channel
from models.count import busy_pairs, start_of
from models.entity import Entity, ancestors, by_id, spellings
from models.outbox import Outbox, State, first_message
from models.spike import Spike, last_spike, spikes_of, steps
from models.watch import Watch, concerned, muted_until, mutes, watches
from signals.detector import Rules

TERMS = 6

EARLIER = 30 * 24
"""How many hours back headlines are read to say what is new in those of now."""

FEW = 30
"""Earlier stories of a name, below which its headlines are set against those of its kin and company."""


KNOWN = 0.1
"""Expected stories from which a name has something usual."""


def why(request: Request, session: Session, now: datetime, rules: Rules) -> Reply:
    """Answers `/why Meta as-of 2026-04-09`."""
    found = entities(session, both(request), "/why")
    at = asked(request, session, now, rules)
    name = names(found)
    if at is None:
        return nothing_read(f"{name}: nothing read yet")
    seen = look(session, found, at, rules)
    verdict, mood = judge(seen)
    company = partners(session, seen.panel, found[0]) if len(found) == 1 else []
    sections = [*_stories(session, at, seen, company), *_shares(session, found[0], seen, company)]
    sections += news(session, found, at)
    sections += [*_course(session, seen, at), *_told(request, session, seen, now, rules)]
    return Reply(
        f"Why {name} is {verdict}" if mood is Mood.SPIKE else f"{name}: {verdict}",
        f"{sentence(seen.reading, at, seen)} {_against(seen, at)}",
        fields=figures(seen),
        sections=tuple(sections),
        actions=(
            Action("Trend", f"/trend {name} as-of {at.day:%Y-%m-%d}"),
            Action(f"Watch {name}"[:40], f"/watch add {name}"),
        ),
        footer=f"Data as of {minute(at.until)}.",
        mood=mood,
    )


def news(session: Session, found: list[Entity], at: Window) -> list[Section]:
    """What is new in the headlines of a window: for `/why`, and for an alert."""
    ids = [entity.id or 0 for entity in found]
    now = story_ids(session, ids, at.first, at.last)
    earliest = at.first - EARLIER
    before = story_ids(session, ids, earliest, at.first - 1)
    if len(before) < FEW:
        kin = {parent for entity in found for parent in ancestors(session, entity)}
        pairs = busy_pairs(session, at.first, at.last, 2, ids[0])
        company = sorted(kin.union(*pairs) - set(ids))
        before = sorted(
            {key for one in company for key in story_ids(session, [one], earliest, at.first - 1)} - set(now)
        )
    terms = new_terms(titles(session, now), titles(session, before), spellings(session, ids), TERMS)
    items = tuple(
        Item(
            term.text,
            note=f"in {number(term.now, 'headline')}, " + (f"{term.before:,} before" if term.before else "none before"),
        )
        for term in terms
    )
    return [Section("New in the headlines", items)] if items else []


def _against(seen: Look, at: Window) -> str:
    """The baseline in a sentence."""
    one = seen.reading
    if not one.windows:
        return "There is no earlier window to set it against."
    share = one.expected / seen.panel.read[-1] if seen.panel.read[-1] else 0.0
    return (
        f"Expected is its long-run share of the news, {share:.2%} from {number(one.windows, 'window')} before, "
        f"of the {seen.panel.read[-1]:,.0f} stories read in these {at.width} hours."
    )


def _stories(session: Session, at: Window, seen: Look, company: list[Reading]) -> list[Section]:
    """One line for each story: most outlets first, then those that name whom it is seldom named with."""
    found = told(session, sorted(seen.reading.stories), at.last, len(seen.reading.stories))
    unusual = [(one.z, set(story_ids(session, list(one.ids), at.first, at.last))) for one in company if one.z >= RAISED]

    def weight(story: Story) -> tuple[int, float]:
        return -story.outlets, -sum(z for z, ids in unusual[:PARTNERS] if story.id in ids)

    items = []
    for story in sorted(found, key=weight)[:STORIES]:
        much = f"{number(story.outlets, 'outlet')}, {number(story.articles, 'article')}; " if story.outlets > 1 else ""
        items.append(
            Item(story.title or page(story.url), story.url, f"{much}{story.outlet}, {day(story.published_at)}")
        )
    return [Section("Stories that made the difference", tuple(items))] if items else []


def _shares(session: Session, entity: Entity, seen: Look, company: list[Reading]) -> list[Section]:
    """In which share of its stories each partner stands, now and usually."""
    rows = [one for one in company if one.z > 0][:PARTNERS]
    others = by_id(session, (key for one in rows for key in one.ids))
    items = []
    for one in rows:
        other = others[next(key for key in one.ids if key != entity.id)]
        share = one.count / seen.reading.count
        note = f"in {one.count} of {number(seen.reading.count, 'story', 'stories')} ({share:.0%})"
        if seen.reading.expected >= KNOWN:
            note += f", usually {min(one.expected / seen.reading.expected, 1.0):.0%}"
        items.append(Item(other.name, note=note))
    return [Section("Named with it more than usual", tuple(items))] if items else []


def _course(session: Session, seen: Look, at: Window) -> list[Section]:
    """The life of the spike that this window is part of, as far as it was known at its end."""
    spike = last_spike(session, seen.reading.ids, at.until)
    if spike is None or spike.seen_at < start_of(at.first):
        return []
    items = [
        Item(f"{minute(step.at)}: {number(step.count, 'story', 'stories')}", note=f"z {step.z:.1f}")
        for step in steps(session, spike)
        if step.at <= at.until
    ]
    if spike.peak_at <= at.until:
        items.append(Item(f"{minute(spike.peak_at)}: its peak", note=f"z {spike.peak_z:.1f}"))
    if spike.cooled_at is not None and spike.cooled_at <= at.until:
        items.append(Item(f"{minute(spike.cooled_at)}: cooled"))
    return [Section("Its course", tuple(items))]


def _told(request: Request, session: Session, seen: Look, now: datetime, rules: Rules) -> list[Section]:
    """Why this channel was or was not told."""
    place = request.place
    channel = find_channel(session, place.platform, place.workspace, place.channel, place.thread)
    ids = seen.reading.ids
    kinds = {one.kind for one in by_id(session, ids).values()}
    if channel is None:
        return [Section("This channel", (Item("Not told: no watch on this name."),))]
    rows = session.exec(
        select(Alert, Spike)
        .join(Spike, col(Spike.id) == Alert.spike_id)
        .where(Alert.channel_id == channel.id, col(Alert.spike_id).in_(spikes_of(session, ids)))
        .order_by(col(Alert.id).desc())
        .limit(2)
    ).all()
    items = [Item(_fate(alert, first_message(session, alert.id or 0), spike, now)) for alert, spike in rows]
    wishes = concerned(session, channel, ids, kinds)
    if rows and not wishes:
        # Of an event that another name brought: the watch that asked for it.
        wishes = [wish for wish in watches(session, channel) if wish.id == rows[0][0].watch_id]
    if not items:
        items = [
            Item(f"Not told: {_missing(seen, wishes[0], rules)}" if wishes else "Not told: no watch on this name.")
        ]
    silent = muted_until(mutes(session, now), channel.id or 0, ids, kinds, now)
    if silent is not None:
        items.append(Item(f"Muted here until {minute(silent)}."))
    if not wishes:
        return [Section("This channel", tuple(items))]
    wish = wishes[0]
    if wish.paused:
        items.append(Item("The watch is paused."))
    last = cooling(session, wish, ids, now)
    if last is not None:
        items.append(Item(f"Not told again before {minute(last + timedelta(hours=wish.cooldown))}: its cooldown."))
    quiet = quiet_until(now, wish.quiet_from, wish.quiet_to, wish.zone)
    if quiet is not None:
        items.append(Item(f"Quiet hours until {minute(quiet)}: alerts wait until then."))
    return [Section("This channel", tuple(items))]


def _fate(alert: Alert, row: Outbox | None, spike: Spike, now: datetime) -> str:
    began = f"of the spike that began on {minute(spike.started_at)}"
    if alert.held:
        return f"Not told {began}: {alert.held}."
    if row is None:
        return f"Told on {minute(alert.created_at)}, {began}."
    if row.state == State.SENT and row.sent_at:
        return f"Told on {minute(row.sent_at)}, {began}."
    if row.state == State.FAILED:
        return f"Not told {began}: {row.error}"
    if row.due_at > now:
        why = f" ({row.error})" if row.error else ", after the quiet hours"
        return f"About to be told at {minute(row.due_at)}{why}."
    return f"About to be told, since {minute(alert.created_at)}."


def _missing(seen: Look, wish: Watch, rules: Rules) -> str:
    one = seen.reading
    level = wish.level if wish.level is not None else rules.level
    if one.windows < rules.least_history:
        return f"{number(one.windows, 'earlier window')} with news, {rules.least_history} are needed."
    least = max(rules.min_stories, wish.min_stories or 0)
    if one.count < least:
        return f"{number(one.count, 'story', 'stories')}, {least} are needed."
    if one.z < level:
        return f"z {one.z:.1f} is below {level:g}."
    if one.episodes > seen.panel.at_level(level).episodes:
        return f"its stories vary much: it takes {one.needed} to rule out chance."
    if 0 < one.outlets < rules.min_outlets:
        return f"{number(one.outlets, 'outlet')}, {rules.min_outlets} are needed."
    return "the spike began before the watch, or within a week of the last one."


def command(rules: Rules) -> Command:
    """The command, bound to the detector's rules."""
    return Command(
        "why",
        "Why is a name talked about, and why was this channel told or not?",
        "/why Meta",
        lambda request, session, now: why(request, session, now, rules),
        OPTIONS,
    )
