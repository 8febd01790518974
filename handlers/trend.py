"""/trend NAME: is it in the news more than usual, since when, with which other names, and what is known about it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
from sqlmodel import Session

from chat.reply import Action, Chart, Field, ListItem, Mood, Reply, Section
from chat.request import Request
from handlers.arguments.subject import DAY, WIDTHS, parse_entities, parse_window, rules_for_days
from handlers.arguments.subject import WEEK as WEEK_WORD
from handlers.citation import cite_facts, current_facts, is_news, page_label
from handlers.command import Command, Option, OptionKind
from handlers.measurement.panel import Panel, Reading, Window, panel, partners_of
from handlers.name_buttons import review_buttons
from handlers.wording import (
    counted,
    day_words,
    decimals,
    joined_names,
    stories_words,
    time_words,
    two_digits,
    width_words,
)
from models.article import Story, outlet_counts, stories_naming, story_ids
from models.count import start_of
from models.entity import Entity, by_id
from models.fact import facts_about
from models.predicate import PREDICATES
from signals.detector import Rules, Scores, score, widen
from signals.false_discovery import LEVELS, alarms_per_day

RAISED = 3.0
"""A name is above usual from this z, and quieter than usual from minus this z."""

RARE = 0.001
"""Largest p-value at which a name that someone asks for is called spiking. This is a single test; what the bot alerts
to by itself must stand out among thousands of names, and needs more (see signals.false_discovery)."""

WEEK = 168
"""Hours of a week."""

PARTNERS, STORIES, FACTS = 5, 5, 4
"""Most items of each section."""


@dataclass(frozen=True)
class TrendView:
    """A name or pair in one window, with the windows before it for the chart."""

    reading: Reading
    counts: tuple[float, ...]
    expected: tuple[float, ...]
    """Stories counted and expected in each window, oldest first."""
    since: datetime | None
    """When it rose above the level; None if it is below it."""
    articles: int
    """Articles in the window, which share stories."""
    panel: Panel
    """All names and pairs in the same window."""
    week: Scores
    """Its last seven days against earlier weeks: scores of one series."""


def trend(request: Request, session: Session, now: datetime, rules: Rules) -> Reply:
    """Answers `/trend Meta as-of 2026-04-09`."""
    found = parse_entities(session, pair_words(request), "/trend")
    rules = rules_for_days(rules, WIDTHS[request.option("window").lower() or DAY])
    at = parse_window(request, session, now, rules)
    if at is None:
        return empty_store_reply(f"{joined_names(found)}: no news yet")
    view = measure_trend(session, found, at, rules)
    verdict, mood = verdict_words(view)
    return trend_reply(session, found, at, view, f"{joined_names(found)}: {verdict}", mood)


def pair_words(request: Request) -> str:
    """Returns the typed name, or the typed pair if a second name is given."""
    second = request.option("with")
    return f"{request.option('name')} + {second}" if second else request.option("name")


def empty_store_reply(title: str) -> Reply:
    """The reply if the store has no news up to the moment asked for."""
    return Reply(title, "I have no articles from before that time.", actions=(Action("Help", "/help"),), private=True)


def verdict_words(view: TrendView) -> tuple[str, Mood]:
    """Returns the verdict on a reading in words, and its mood."""
    reading, rules = view.reading, view.panel.rules
    if reading.windows < rules.least_history:
        return "too little history to say", Mood.CALM
    if reading.z >= RAISED and reading.count < rules.min_stories:
        return "a few stories, too few to call a spike", Mood.CALM
    # Imported counts have no outlets.
    if reading.z >= RAISED and 0 < reading.outlets < rules.min_outlets:
        return "many stories, but from too few outlets to call a spike", Mood.CALM
    if reading.z >= rules.level and reading.p <= RARE:
        return "spiking", Mood.SPIKE
    if reading.z >= RAISED:
        return "above usual", Mood.CALM
    return ("quieter than usual" if reading.z <= -RAISED else "as usual"), Mood.CALM


def measure_trend(session: Session, found: list[Entity], at: Window, rules: Rules) -> TrendView:
    """Scores a name or a pair in a window, in its last seven days, and in each window before."""
    ids = tuple(sorted(entity.id or 0 for entity in found))
    measured = panel(session, at, rules, [ids])
    reading, counts, row = measured.reading(ids), measured.counts(ids), measured.places[ids]
    expected = measured.scores.baseline(row)
    stories = story_ids(session, list(ids), at.first, at.last)
    outlets, articles = outlet_counts(session, stories, at.last)
    since = None
    windows = 0
    prior = measured.prior.take(np.array([row]))
    while windows < rules.history - rules.least_history:
        kept = len(counts) - windows
        if score(counts[None, :kept], measured.read[:kept], rules, prior=prior).z[0] < rules.level:
            break
        # A window is named by its last hour, as in the chart.
        since = start_of(at.end - windows * at.width - 1)
        windows += 1
    week = score(*widen(counts[None], measured.read, rules, max(WEEK // at.width, 1)))
    # Imported counts have a few links at most, which say nothing about the number of outlets.
    reading = replace(reading, outlets=outlets if len(stories) >= reading.count else 0, stories=frozenset(stories))
    return TrendView(
        reading, tuple(map(float, counts[1:])), tuple(map(float, expected[1:])), since, articles, measured, week
    )


def trend_reply(
    session: Session,
    found: list[Entity],
    at: Window,
    view: TrendView,
    title: str,
    mood: Mood,
    related: tuple[Section, ...] = (),
) -> Reply:
    """Builds the reply about a name or pair, for `/trend` and for alerts; `related` sections come first."""
    one = view.reading
    stories = stories_naming(session, list(one.ids), at.first, at.last, STORIES)
    sections = [*related]
    if len(found) == 1:
        sections += _partners(session, found[0], view)
    sections += _stories(stories, one.count)
    sections += _facts(session, found, at)
    name = joined_names(found)
    return Reply(
        title,
        reading_sentence(one, at, view),
        fields=(*reading_fields(view), *first_seen(found)),
        sections=tuple(sections),
        chart=_chart(name, at, view),
        actions=(
            Action(f"Watch {name}"[:40], f"/watch add {name}"),
            Action("All spikes", f"/spikes as-of {at.day:%Y-%m-%d}"),
            *review_buttons(found),
        ),
        footer=f"Data as of {time_words(at.until)}.",
        mood=mood,
    )


def first_seen(found: list[Entity]) -> tuple[Field, ...]:
    """Returns when each discovered name was first mentioned."""
    return tuple(
        Field("First seen" if len(found) == 1 else f"{entity.name} first seen", time_words(entity.first_seen))
        for entity in found
        if entity.first_seen is not None
    )


def reading_sentence(one: Reading, at: Window, view: TrendView) -> str:
    """Returns the reading in a sentence: the stories, the expected number, and since when it is high."""
    much = stories_words(one.count)
    if one.outlets:
        much += f" ({counted(view.articles, 'article')} from {counted(one.outlets, 'outlet')})"
    span = f"{width_words(at.width)} to {time_words(at.until)}"
    text = f"{much} in the {span}; {one.expected:.1f} expected, z {decimals(one.z, 1)}."
    least = view.panel.rules.least_history
    if one.windows < least:
        return (
            f"{much} in the {span}. A verdict needs {least} earlier windows with news; I have {one.windows or 'none'}."
        )
    if view.since is not None and view.since < start_of(at.first):
        text += f" High since {day_words(view.since)}."
    return text


def reading_fields(view: TrendView) -> tuple[Field, ...]:
    """Returns the figures behind the z, so that a reader can check it."""
    one, cut, width = view.reading, view.panel.cut, view.panel.at.width
    floor = ", the floor set by counting noise" if one.floored else ""
    baseline = Field("Baseline", f"{counted(one.windows, 'earlier window')} of {width_words(width)} with news")
    if one.windows < view.panel.rules.least_history:
        return (Field("Stories", str(one.count)), baseline)
    return (
        Field("Stories", str(one.count)),
        Field("Expected", f"{one.expected:.2f}"),
        Field("Sigma", f"{one.sigma:.2f}{floor}"),
        Field("z", f"{decimals(one.z, 2)} = ({one.count} − {one.expected:.2f}) / {one.sigma:.2f}"),
        Field("By chance", chance_words(one)),
        Field("Alerts from", f"{one.needed} stories (z {cut.level:g}, {false_alarm_words(cut.level)})"),
        baseline,
        *(_week(view.week, view.panel.rules) if width < WEEK else ()),
    )


def _week(week: Scores, rules: Rules) -> tuple[Field, ...]:
    """Returns the last seven days as a field, if there are enough earlier weeks to compare with."""
    if week.windows < rules.least_history:
        return ()
    much = f"{stories_words(int(week.count[0]))}, {week.expected[0]:.1f} expected"
    return (Field("Week", f"{much}, z {decimals(float(week.z[0]), 1)} over {week.windows} earlier weeks"),)


def chance_words(one: Reading) -> str:
    """Returns how often chance alone would produce at least this count."""
    if one.p > 0.05:
        return f"{one.p:.0%} of windows reach this count"
    rate = "fewer than 1 in 1,000,000,000" if one.p < 1e-9 else f"1 in {two_digits(1 / one.p)}"
    return f"{rate} windows"


def false_alarm_words(level: float) -> str:
    """Returns how often a level raises a false alarm, over all names and pairs: "about one false alarm in 5 days"."""
    rate = alarms_per_day(level)
    word = next((word for word, at in LEVELS.items() if at == level), "")
    if rate > 1:
        often = f"about {two_digits(rate)} false alarms a day"
    else:
        often = f"about one false alarm {'a day' if rate == 1 else f'in {two_digits(1 / rate)} days'}"
    return f"{word}: {often}" if word else often


def _partners(session: Session, entity: Entity, view: TrendView) -> list[Section]:
    found = partners_of(session, view.panel, entity)[:PARTNERS]
    others = by_id(session, (key for one in found for key in one.ids))
    items = []
    for one in found:
        other = others[next(key for key in one.ids if key != entity.id)]
        items.append(
            ListItem(other.name, note=f"z {one.z:.1f}, {stories_words(one.count)}, {one.expected:.1f} expected")
        )
    return [Section("Mentioned with", tuple(items))] if items else []


def _stories(stories: list[Story], number: int) -> list[Section]:
    items = []
    for story in stories:
        outlet = f"{story.outlet} and {story.outlets - 1} more" if story.outlets > 1 else story.outlet
        items.append(
            ListItem(story.title or page_label(story.url), story.url, f"{outlet}, {day_words(story.published_at)}")
        )
    more = number - len(items)
    return (
        [Section(f"Stories (first {len(items)} of {number})" if more > 0 else "Stories", tuple(items))] if items else []
    )


def _facts(session: Session, found: list[Entity], at: Window) -> list[Section]:
    lead = found[0].id or 0
    known = [fact for fact in facts_about(session, lead, at.day, 40) if fact.predicate in PREDICATES and is_news(fact)]
    if len(found) > 1:
        pair = {entity.id for entity in found}
        known = [fact for fact in known if {fact.subject_id, fact.object_id} == pair]
    current = sorted(current_facts(known, at.day), key=lambda one: one.newest, reverse=True)[:FACTS]
    cited = cite_facts(session, [fact for one in current for fact in one.facts])
    items = []
    for one in current:
        fact = one.facts[0]
        note = ", ".join(filter(None, [cited.outlets(one.facts), day_words(fact.said_on)]))
        items.append(ListItem(cited.words(fact, lead), cited.url(fact), note))
    return [Section("Latest facts", tuple(items))] if items else []


def _chart(name: str, at: Window, view: TrendView) -> Chart:
    last = at.day
    step = timedelta(hours=at.width)
    days = tuple(last - step * back for back in range(len(view.counts) - 1, -1, -1))
    each = "per day" if at.width == 24 else f"per {width_words(at.width)}"
    peak = max(range(len(days)), key=lambda index: view.counts[index])
    alt = (
        f"Stories {each} about {name} from {days[0].day} {days[0]:%b %Y} to {last.day} {last:%b %Y}: "
        f"{view.counts[-1]:.0f} in the last, {view.expected[-1]:.1f} expected; "
        f"the peak was {view.counts[peak]:.0f} on {days[peak].day} {days[peak]:%b}."
    )
    return Chart(f"{name}: stories {each}", days, view.counts, view.expected, alt)


OPTIONS = (
    Option("name", "a company, model, person or product; or a pair: Meta + Muse Spark", OptionKind.NAME, required=True),
    Option("with", "a second name, to make a pair", OptionKind.NAME, keyword=True),
    Option("as-of", "a day in the past, such as 2026-04-09", OptionKind.DATE, keyword=True),
)
"""Options for a name or pair and a moment."""

WINDOW = Option("window", "day or week; a day by default", OptionKind.CHOICE, keyword=True, choices=(DAY, WEEK_WORD))


def command(rules: Rules) -> Command:
    """Returns the command, bound to the detector's rules."""
    return Command(
        "trend",
        "Is a name in the news more than usual?",
        "/trend Meta",
        lambda request, session, now: trend(request, session, now, rules),
        (*OPTIONS, WINDOW),
    )
