"""/why NAME: the main stories, the names mentioned with it, what is new, and whether this channel was alerted."""

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
from handlers.wording import counted, day_words, joined_names, stories_words, time_words
from models.alert import Alert
from models.article import Story, stories_by_id, story_ids, story_titles
from models.channel import find_channel
from models.count import busy_pairs, start_of
from models.entity import Entity, aliases_of, ancestors, by_id
from models.outbox import DeliveryState, Outbox, first_message
from models.spike import Spike, Step, last_spike, spike_ids_of, steps_of
from models.watch import Watch, active_mutes, muted_until, watches, watches_matching
from signals.detector import Rules

NO_WATCH = "No alert: this channel has no watch on this name."

TERMS = 6
"""Most new terms shown."""

EARLIER = 30 * 24
"""Hours of earlier headlines that the current ones are compared with."""

FEW = 30
"""With fewer earlier stories, a name's headlines are compared with those of its parents and partners instead."""


COURSE = "How the spike grew"
"""Title of a spike's course."""

KNOWN = 0.1
"""Expected stories from which a partner's usual share is meaningful."""


def why(request: Request, session: Session, now: datetime, rules: Rules) -> Reply:
    """Answers `/why Meta as-of 2026-04-09`."""
    found = parse_entities(session, pair_words(request), "/why")
    at = parse_window(request, session, now, rules)
    name = joined_names(found)
    if at is None:
        return empty_store_reply(f"{name}: no news yet")
    view = measure_trend(session, found, at, rules)
    verdict, mood = verdict_words(view)
    partners = partners_of(session, view.panel, found[0]) if len(found) == 1 else []
    sections = [*_stories(session, at, view, partners), *_shares(session, found[0], view, partners)]
    sections += new_in_headlines(session, found, at)
    sections += [*_course(session, view, at), *_alerts_here(request, session, view, now, rules)]
    return Reply(
        f"Why {name} is {verdict}" if mood is Mood.SPIKE else f"{name}: {verdict}",
        f"{reading_sentence(view.reading, at, view)} {_against(view, at)}",
        fields=reading_fields(view),
        sections=tuple(sections),
        actions=(
            Action("Trend", f"/trend {name} as-of {at.day:%Y-%m-%d}"),
            Action(f"Watch {name}"[:40], f"/watch add {name}"),
        ),
        footer=f"Data as of {time_words(at.until)}.",
        mood=mood,
    )


def new_in_headlines(session: Session, found: list[Entity], at: Window) -> list[Section]:
    """Lists the terms that set a window's headlines apart from earlier ones, for `/why` and for alerts."""
    ids = [entity.id or 0 for entity in found]
    now = story_ids(session, ids, at.first, at.last)
    earliest = at.first - EARLIER
    before = story_ids(session, ids, earliest, at.first - 1)
    if len(before) < FEW:
        parents = {parent for entity in found for parent in ancestors(session, entity)}
        pairs = busy_pairs(session, at.first, at.last, 2, ids[0])
        related = sorted(parents.union(*pairs) - set(ids))
        before = sorted(
            {key for one in related for key in story_ids(session, [one], earliest, at.first - 1)} - set(now)
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


def _against(view: TrendView, at: Window) -> str:
    """Returns a sentence on how the expected number is computed."""
    one = view.reading
    if not one.windows:
        return "There is no earlier window to compare with."
    share = one.expected / view.panel.read[-1] if view.panel.read[-1] else 0.0
    return (
        f"Expected: {share:.2%} of the {stories_words(int(view.panel.read[-1]))} read in these {at.width} hours, "
        f"its usual share of the news over {counted(one.windows, 'earlier window')}."
    )


def _stories(session: Session, at: Window, view: TrendView, partners: list[Reading]) -> list[Section]:
    """Returns one line per story: most outlets first, then those that mention unusual partners."""
    found = stories_by_id(session, sorted(view.reading.stories), at.last, len(view.reading.stories))
    unusual = [
        (one.z, set(story_ids(session, list(one.ids), at.first, at.last))) for one in partners if one.z >= RAISED
    ]

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
    return [Section("Main stories", tuple(items))] if items else []


def _shares(session: Session, entity: Entity, view: TrendView, partners: list[Reading]) -> list[Section]:
    """Returns each partner with its share of the stories, now and usually."""
    rows = [one for one in partners if one.z > 0][:PARTNERS]
    others = by_id(session, (key for one in rows for key in one.ids))
    items = []
    for one in rows:
        other = others[next(key for key in one.ids if key != entity.id)]
        share = one.count / view.reading.count
        note = f"{one.count} of {stories_words(view.reading.count)}, {share:.0%}"
        if view.reading.expected >= KNOWN:
            note += f"; usually {min(one.expected / view.reading.expected, 1.0):.0%}"
        items.append(ListItem(other.name, note=note))
    return [Section("Mentioned with it more than usual", tuple(items))] if items else []


def _course(session: Session, view: TrendView, at: Window) -> list[Section]:
    """Returns the course of the spike in this window, as far as it was known at the window's end."""
    spike = last_spike(session, view.reading.ids, at.until)
    if spike is None or spike.seen_at < start_of(at.first):
        return []
    items = [step_item(step) for step in steps_of(session, spike) if step.at <= at.until]
    if spike.peak_at <= at.until:
        items.append(ListItem(f"{time_words(spike.peak_at)}: peak", note=f"z {spike.peak_z:.1f}"))
    if spike.cooled_at is not None and spike.cooled_at <= at.until:
        items.append(ListItem(f"{time_words(spike.cooled_at)}: cooled"))
    return [Section(COURSE, tuple(items))]


def step_item(step: Step) -> ListItem:
    """Returns one step of a spike's growth as a line."""
    return ListItem(f"{time_words(step.at)}: {stories_words(step.count)}", note=f"z {step.z:.1f}")


def _alerts_here(request: Request, session: Session, view: TrendView, now: datetime, rules: Rules) -> list[Section]:
    """Returns whether this channel was alerted, and why or why not."""
    place = request.place
    channel = find_channel(session, place.platform, place.workspace, place.channel, place.thread)
    ids = view.reading.ids
    kinds = {one.kind for one in by_id(session, ids).values()}
    if channel is None:
        return [Section("This channel", (ListItem(NO_WATCH),))]
    rows = session.exec(
        select(Alert, Spike)
        .join(Spike, col(Spike.id) == Alert.spike_id)
        .where(Alert.channel_id == channel.id, col(Alert.spike_id).in_(spike_ids_of(session, ids)))
        .order_by(col(Alert.id).desc())
        .limit(2)
    ).all()
    items = [ListItem(_delivery(alert, first_message(session, alert.id or 0), spike, now)) for alert, spike in rows]
    matching = watches_matching(session, channel, ids, kinds)
    if rows and not matching:
        # The event was led by another name: use the watch that matched it.
        matching = [watch for watch in watches(session, channel) if watch.id == rows[0][0].watch_id]
    if not items:
        items = [ListItem(f"No alert: {_missing(view, matching[0], rules)}" if matching else NO_WATCH)]
    muted = muted_until(active_mutes(session, now), channel.id or 0, ids, kinds, now)
    if muted is not None:
        items.append(ListItem(f"Muted until {time_words(muted)}."))
    if not matching:
        return [Section("This channel", tuple(items))]
    watch = matching[0]
    if watch.paused:
        items.append(ListItem("The watch is paused."))
    last_alert = cooldown_alert(session, watch, ids, now)
    if last_alert is not None:
        items.append(
            ListItem(f"No other alert before {time_words(last_alert + timedelta(hours=watch.cooldown))}: cooldown.")
        )
    quiet = quiet_until(now, watch.quiet_from, watch.quiet_to, watch.zone)
    if quiet is not None:
        items.append(ListItem(f"Quiet hours until {time_words(quiet)}: alerts wait."))
    return [Section("This channel", tuple(items))]


def _delivery(alert: Alert, message: Outbox | None, spike: Spike, now: datetime) -> str:
    """Returns what became of an alert, in a sentence."""
    began = f"the spike that began at {time_words(spike.started_at)}"
    if alert.held:
        return f"No alert for {began}: {alert.held}."
    if message is None:
        return f"Alert sent at {time_words(alert.created_at)} for {began}."
    if message.state == DeliveryState.SENT and message.sent_at:
        return f"Alert sent at {time_words(message.sent_at)} for {began}."
    if message.state == DeliveryState.FAILED:
        return f"Alert not delivered for {began}: {message.error}"
    if message.due_at > now:
        reason = f" ({message.error})" if message.error else ", after the quiet hours"
        return f"Alert scheduled for {time_words(message.due_at)}{reason}."
    return f"Alert waiting to be sent since {time_words(alert.created_at)}."


def _missing(view: TrendView, watch: Watch, rules: Rules) -> str:
    """Returns the end of a sentence on why a reading raised no alert for a watch."""
    one = view.reading
    level = watch.level if watch.level is not None else rules.level
    if one.windows < rules.least_history:
        return f"{counted(one.windows, 'earlier window')} with news, {rules.least_history} needed."
    least = max(rules.min_stories, watch.min_stories or 0)
    if one.count < least:
        return f"{stories_words(one.count)}, {least} needed."
    if one.z < level:
        return f"z {one.z:.1f} is below {level:g}."
    if one.episodes > view.panel.at_level(level).episodes:
        return f"its coverage varies a lot, so it takes {stories_words(one.needed)} to rule out chance."
    if 0 < one.outlets < rules.min_outlets:
        return f"{counted(one.outlets, 'outlet')}, {rules.min_outlets} needed."
    return "the spike began before the watch was set, or within a week of the last one."


def command(rules: Rules) -> Command:
    """Returns the command, bound to the detector's rules."""
    return Command(
        "why",
        "Why is a name in the news, and was this channel alerted?",
        "/why Meta",
        lambda request, session, now: why(request, session, now, rules),
        OPTIONS,
    )
