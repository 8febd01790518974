"""/why NAME: which stories made the difference, with whom, what is new in them, and whether this channel was told."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from answers.new_terms import new_terms
from chat.reply import Action, ListItem, Mood, Reply, Section
from chat.request import Request
from handlers.alerts.matching import cooldown_alert
from handlers.alerts.quiet_hours import quiet_until
from handlers.arguments.subject import parse_entities, parse_window
from handlers.citation import page_label
from handlers.command import Command
from handlers.measurement.panel import Reading, Window, partners_of
from handlers.trend import (
    OPTIONS,
    PARTNERS,
    RAISED,
    STORIES,
    TrendView,
    empty_store_reply,
    measure_trend,
    pair_words,
    reading_fields,
    reading_sentence,
    verdict_words,
)
from handlers.wording import counted, day_words, joined_names, time_words
from models.alert import Alert
from models.article import Story, stories_by_id, story_ids, story_titles
from models.channel import find_channel
from models.count import busy_pairs, start_of
from models.entity import Entity, aliases_of, ancestors, by_id
from models.outbox import DeliveryState, Outbox, first_message
from models.spike import Spike, last_spike, spike_ids_of, steps_of
from models.watch import Watch, active_mutes, muted_until, watches, watches_matching
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
    found = parse_entities(session, pair_words(request), "/why")
    at = parse_window(request, session, now, rules)
    name = joined_names(found)
    if at is None:
        return empty_store_reply(f"{name}: nothing read yet")
    seen = measure_trend(session, found, at, rules)
    verdict, mood = verdict_words(seen)
    company = partners_of(session, seen.panel, found[0]) if len(found) == 1 else []
    sections = [*_stories(session, at, seen, company), *_shares(session, found[0], seen, company)]
    sections += new_in_headlines(session, found, at)
    sections += [*_course(session, seen, at), *_told(request, session, seen, now, rules)]
    return Reply(
        f"Why {name} is {verdict}" if mood is Mood.SPIKE else f"{name}: {verdict}",
        f"{reading_sentence(seen.reading, at, seen)} {_against(seen, at)}",
        fields=reading_fields(seen),
        sections=tuple(sections),
        actions=(
            Action("Trend", f"/trend {name} as-of {at.day:%Y-%m-%d}"),
            Action(f"Watch {name}"[:40], f"/watch add {name}"),
        ),
        footer=f"Data as of {time_words(at.until)}.",
        mood=mood,
    )


def new_in_headlines(session: Session, found: list[Entity], at: Window) -> list[Section]:
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
    terms = new_terms(story_titles(session, now), story_titles(session, before), aliases_of(session, ids), TERMS)
    items = tuple(
        ListItem(
            term.text,
            note=f"in {counted(term.now, 'headline')}, "
            + (f"{term.before:,} before" if term.before else "none before"),
        )
        for term in terms
    )
    return [Section("New in the headlines", items)] if items else []


def _against(seen: TrendView, at: Window) -> str:
    """The baseline in a sentence."""
    one = seen.reading
    if not one.windows:
        return "There is no earlier window to set it against."
    share = one.expected / seen.panel.read[-1] if seen.panel.read[-1] else 0.0
    return (
        f"Expected is its long-run share of the news, {share:.2%} from {counted(one.windows, 'window')} before, "
        f"of the {seen.panel.read[-1]:,.0f} stories read in these {at.width} hours."
    )


def _stories(session: Session, at: Window, seen: TrendView, company: list[Reading]) -> list[Section]:
    """One line for each story: most outlets first, then those that name whom it is seldom named with."""
    found = stories_by_id(session, sorted(seen.reading.stories), at.last, len(seen.reading.stories))
    unusual = [(one.z, set(story_ids(session, list(one.ids), at.first, at.last))) for one in company if one.z >= RAISED]

    def weight(story: Story) -> tuple[int, float]:
        return -story.outlets, -sum(z for z, ids in unusual[:PARTNERS] if story.id in ids)

    items = []
    for story in sorted(found, key=weight)[:STORIES]:
        much = (
            f"{counted(story.outlets, 'outlet')}, {counted(story.articles, 'article')}; " if story.outlets > 1 else ""
        )
        items.append(
            ListItem(
                story.title or page_label(story.url),
                story.url,
                f"{much}{story.outlet}, {day_words(story.published_at)}",
            )
        )
    return [Section("Stories that made the difference", tuple(items))] if items else []


def _shares(session: Session, entity: Entity, seen: TrendView, company: list[Reading]) -> list[Section]:
    """In which share of its stories each partner stands, now and usually."""
    rows = [one for one in company if one.z > 0][:PARTNERS]
    others = by_id(session, (key for one in rows for key in one.ids))
    items = []
    for one in rows:
        other = others[next(key for key in one.ids if key != entity.id)]
        share = one.count / seen.reading.count
        note = f"in {one.count} of {counted(seen.reading.count, 'story', 'stories')} ({share:.0%})"
        if seen.reading.expected >= KNOWN:
            note += f", usually {min(one.expected / seen.reading.expected, 1.0):.0%}"
        items.append(ListItem(other.name, note=note))
    return [Section("Named with it more than usual", tuple(items))] if items else []


def _course(session: Session, seen: TrendView, at: Window) -> list[Section]:
    """The life of the spike that this window is part of, as far as it was known at its end."""
    spike = last_spike(session, seen.reading.ids, at.until)
    if spike is None or spike.seen_at < start_of(at.first):
        return []
    items = [
        ListItem(f"{time_words(step.at)}: {counted(step.count, 'story', 'stories')}", note=f"z {step.z:.1f}")
        for step in steps_of(session, spike)
        if step.at <= at.until
    ]
    if spike.peak_at <= at.until:
        items.append(ListItem(f"{time_words(spike.peak_at)}: its peak", note=f"z {spike.peak_z:.1f}"))
    if spike.cooled_at is not None and spike.cooled_at <= at.until:
        items.append(ListItem(f"{time_words(spike.cooled_at)}: cooled"))
    return [Section("Its course", tuple(items))]


def _told(request: Request, session: Session, seen: TrendView, now: datetime, rules: Rules) -> list[Section]:
    """Why this channel was or was not told."""
    place = request.place
    channel = find_channel(session, place.platform, place.workspace, place.channel, place.thread)
    ids = seen.reading.ids
    kinds = {one.kind for one in by_id(session, ids).values()}
    if channel is None:
        return [Section("This channel", (ListItem("Not told: no watch on this name."),))]
    rows = session.exec(
        select(Alert, Spike)
        .join(Spike, col(Spike.id) == Alert.spike_id)
        .where(Alert.channel_id == channel.id, col(Alert.spike_id).in_(spike_ids_of(session, ids)))
        .order_by(col(Alert.id).desc())
        .limit(2)
    ).all()
    items = [ListItem(_fate(alert, first_message(session, alert.id or 0), spike, now)) for alert, spike in rows]
    wishes = watches_matching(session, channel, ids, kinds)
    if rows and not wishes:
        # Of an event that another name brought: the watch that asked for it.
        wishes = [wish for wish in watches(session, channel) if wish.id == rows[0][0].watch_id]
    if not items:
        items = [
            ListItem(f"Not told: {_missing(seen, wishes[0], rules)}" if wishes else "Not told: no watch on this name.")
        ]
    silent = muted_until(active_mutes(session, now), channel.id or 0, ids, kinds, now)
    if silent is not None:
        items.append(ListItem(f"Muted here until {time_words(silent)}."))
    if not wishes:
        return [Section("This channel", tuple(items))]
    wish = wishes[0]
    if wish.paused:
        items.append(ListItem("The watch is paused."))
    last = cooldown_alert(session, wish, ids, now)
    if last is not None:
        items.append(
            ListItem(f"Not told again before {time_words(last + timedelta(hours=wish.cooldown))}: its cooldown.")
        )
    quiet = quiet_until(now, wish.quiet_from, wish.quiet_to, wish.zone)
    if quiet is not None:
        items.append(ListItem(f"Quiet hours until {time_words(quiet)}: alerts wait until then."))
    return [Section("This channel", tuple(items))]


def _fate(alert: Alert, row: Outbox | None, spike: Spike, now: datetime) -> str:
    began = f"of the spike that began on {time_words(spike.started_at)}"
    if alert.held:
        return f"Not told {began}: {alert.held}."
    if row is None:
        return f"Told on {time_words(alert.created_at)}, {began}."
    if row.state == DeliveryState.SENT and row.sent_at:
        return f"Told on {time_words(row.sent_at)}, {began}."
    if row.state == DeliveryState.FAILED:
        return f"Not told {began}: {row.error}"
    if row.due_at > now:
        why = f" ({row.error})" if row.error else ", after the quiet hours"
        return f"About to be told at {time_words(row.due_at)}{why}."
    return f"About to be told, since {time_words(alert.created_at)}."


def _missing(seen: TrendView, wish: Watch, rules: Rules) -> str:
    one = seen.reading
    level = wish.level if wish.level is not None else rules.level
    if one.windows < rules.least_history:
        return f"{counted(one.windows, 'earlier window')} with news, {rules.least_history} are needed."
    least = max(rules.min_stories, wish.min_stories or 0)
    if one.count < least:
        return f"{counted(one.count, 'story', 'stories')}, {least} are needed."
    if one.z < level:
        return f"z {one.z:.1f} is below {level:g}."
    if one.episodes > seen.panel.at_level(level).episodes:
        return f"its stories vary much: it takes {one.needed} to rule out chance."
    if 0 < one.outlets < rules.min_outlets:
        return f"{counted(one.outlets, 'outlet')}, {rules.min_outlets} are needed."
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
