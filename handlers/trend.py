"""/trend NAME: is it talked about more than usual, since when, with whom, why, and what is known."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
from sqlmodel import Session

from chat.reply import Action, Chart, Field, ListItem, Mood, Reply, Section
from chat.request import Request
from handlers.arguments.subject import DAY, WIDTHS, parse_entities, parse_window, rules_for_days
from handlers.arguments.subject import WEEK as WEEK_WORD
from handlers.citation import cite_facts, current_facts, page_label
from handlers.command import Command, Option, OptionKind
from handlers.measurement.panel import Panel, Reading, Window, panel, partners_of
from handlers.names import name_buttons
from handlers.wording import counted, day_words, decimals, joined_names, time_words, two_digits, width_words
from models.article import Story, outlet_counts, stories_naming, story_ids
from models.count import start_of
from models.entity import Entity, by_id
from models.fact import facts_about
from models.predicate import PREDICATES
from signals.detector import Rules, Scores, score, widen
from signals.false_discovery import LEVELS, alarms_per_day

RAISED = 3.0
"""The z from which a name is called above usual, and below minus which quiet."""

RARE = 0.001
"""The probability from which a name that somebody asks for is called spiking. That is one look at one name; what the
bot tells of by itself must stand out among thousands, and needs more (see signals.false_discovery)."""

WEEK = 168
"""Hours of a week."""

PARTNERS, STORIES, FACTS = 5, 5, 4


@dataclass(frozen=True)
class TrendView:
    """A name or pair in one window, with its days for the chart."""

    reading: Reading
    counts: tuple[float, ...]
    expected: tuple[float, ...]
    since: datetime | None
    """The day on which it rose above the level, when it is above it."""
    articles: int
    panel: Panel
    """All others in the same window."""
    week: Scores
    """Its last seven days against the weeks before; of one series."""


def trend(request: Request, session: Session, now: datetime, rules: Rules) -> Reply:
    """Answers `/trend Meta as-of 2026-04-09`."""
    found = parse_entities(session, pair_words(request), "/trend")
    rules = rules_for_days(rules, WIDTHS[request.option("window").lower() or DAY])
    at = parse_window(request, session, now, rules)
    if at is None:
        return empty_store_reply(f"{joined_names(found)}: nothing read yet")
    seen = measure_trend(session, found, at, rules)
    verdict, mood = verdict_words(seen)
    return trend_reply(session, found, at, seen, f"{joined_names(found)}: {verdict}", mood)


def pair_words(request: Request) -> str:
    """The words for whom is meant: a second name makes it a pair."""
    second = request.option("with")
    return f"{request.option('name')} + {second}" if second else request.option("name")


def empty_store_reply(title: str) -> Reply:
    """The answer of a store without news up to the moment asked for."""
    return Reply(
        title, "There are no articles from before that moment.", actions=(Action("Help", "/help"),), private=True
    )


def verdict_words(seen: TrendView) -> tuple[str, Mood]:
    """What a reading means, in words."""
    reading, rules = seen.reading, seen.panel.rules
    if reading.windows < rules.least_history:
        return "too little history to say", Mood.CALM
    if reading.z >= RAISED and reading.count < rules.min_stories:
        return "a few stories, too few to call a spike", Mood.CALM
    # Counts that came ready-made have no outlets to ask for.
    if reading.z >= RAISED and 0 < reading.outlets < rules.min_outlets:
        return "many stories from few outlets, no spike", Mood.CALM
    if reading.z >= rules.level and reading.p <= RARE:
        return "spiking", Mood.SPIKE
    if reading.z >= RAISED:
        return "above usual", Mood.CALM
    return ("quieter than usual" if reading.z <= -RAISED else "as usual"), Mood.CALM


def measure_trend(session: Session, found: list[Entity], at: Window, rules: Rules) -> TrendView:
    """Measures a name or a pair."""
    ids = tuple(sorted(entity.id or 0 for entity in found))
    seen = panel(session, at, rules, [ids])
    reading, counts, row = seen.reading(ids), seen.counts(ids), seen.places[ids]
    expected = seen.scores.baseline(row)
    told = story_ids(session, list(ids), at.first, at.last)
    some, articles = outlet_counts(session, told, at.last)
    since = None
    back = 0
    kin = seen.kin.take(np.array([row]))
    while back < rules.history - rules.least_history:
        kept = len(counts) - back
        if score(counts[None, :kept], seen.read[:kept], rules, prior=kin).z[0] < rules.level:
            break
        # By its last hour, as the chart names its days: by then it was high.
        since = start_of(at.end - back * at.width - 1)
        back += 1
    week = score(*widen(counts[None], seen.read, rules, max(WEEK // at.width, 1)))
    # Counts that came ready-made have a few links at most: no number of outlets follows from those.
    reading = replace(reading, outlets=some if len(told) >= reading.count else 0, stories=frozenset(told))
    return TrendView(
        reading, tuple(map(float, counts[1:])), tuple(map(float, expected[1:])), since, articles, seen, week
    )


def trend_reply(
    session: Session,
    found: list[Entity],
    at: Window,
    seen: TrendView,
    title: str,
    mood: Mood,
    related: tuple[Section, ...] = (),
) -> Reply:
    """Everything that is shown of a name or pair: by `/trend`, and in an alert."""
    one = seen.reading
    told = stories_naming(session, list(one.ids), at.first, at.last, STORIES)
    sections = [*related]
    if len(found) == 1:
        sections += _partners(session, found[0], seen)
    sections += _stories(told, one.count)
    sections += _facts(session, found, at)
    name = joined_names(found)
    return Reply(
        title,
        reading_sentence(one, at, seen),
        fields=(*reading_fields(seen), *first_seen(found)),
        sections=tuple(sections),
        chart=_chart(name, at, seen),
        actions=(
            Action(f"Watch {name}"[:40], f"/watch add {name}"),
            Action("All spikes", f"/spikes as-of {at.day:%Y-%m-%d}"),
            *(action for entity in found if not entity.confirmed for action in name_buttons(entity.name)),
        ),
        footer=f"Data as of {time_words(at.until)}.",
        mood=mood,
    )


def first_seen(found: list[Entity]) -> tuple[Field, ...]:
    """When a name that nobody had listed was first told of, to the minute where that is known."""
    return tuple(
        Field("First seen" if len(found) == 1 else f"{entity.name} first seen", time_words(entity.first_seen))
        for entity in found
        if entity.first_seen is not None
    )


def reading_sentence(one: Reading, at: Window, seen: TrendView) -> str:
    """The reading in one sentence: how much, against what, since when."""
    much = counted(one.count, "story", "stories")
    if one.outlets:
        much += f" ({counted(seen.articles, 'article')} from {counted(one.outlets, 'outlet')})"
    span = f"{width_words(at.width)} to {time_words(at.until)}"
    text = f"{much} in the {span}; {one.expected:.1f} expected, z {decimals(one.z, 1)}."
    least = seen.panel.rules.least_history
    if one.windows < least:
        much += f" in the {width_words(at.width)} to {time_words(at.until)}"
        return f"{much}. To say what is usual it takes {least} earlier windows with news; there are {one.windows}."
    if seen.since is not None and seen.since < start_of(at.first):
        text += f" High since {day_words(seen.since)}."
    return text


def reading_fields(seen: TrendView) -> tuple[Field, ...]:
    """What the z is made of, so that a reader can check it."""
    one, cut, width = seen.reading, seen.panel.cut, seen.panel.at.width
    floor = ", the floor that counting itself sets" if one.floored else ""
    baseline = Field("Baseline", f"{one.windows} earlier windows of {width_words(width)} with data")
    if one.windows < seen.panel.rules.least_history:
        return (Field("Stories", str(one.count)), baseline)
    return (
        Field("Stories", str(one.count)),
        Field("Expected", f"{one.expected:.2f}"),
        Field("Sigma", f"{one.sigma:.2f}{floor}"),
        Field("z", f"{decimals(one.z, 2)} = ({one.count} − {one.expected:.2f}) / {one.sigma:.2f}"),
        Field("Chance", chance_words(one)),
        Field("Alerts at", f"{one.needed} stories, z {cut.level:g} ({false_alarm_words(cut.level)})"),
        baseline,
        *(_week(seen.week, seen.panel.rules) if width < WEEK else ()),
    )


def _week(week: Scores, rules: Rules) -> tuple[Field, ...]:
    """The last seven days in a line, where there are weeks enough to set them against."""
    if week.windows < rules.least_history:
        return ()
    much = f"{counted(int(week.count[0]), 'story', 'stories')}, {week.expected[0]:.1f} expected"
    return (Field("Week", f"{much}, z {decimals(float(week.z[0]), 1)} against {week.windows} weeks before"),)


def chance_words(one: Reading) -> str:
    """How probable the count is by chance, in a form that people can picture."""
    if one.p > 0.05:
        return f"{one.p:.0%} of such windows have as many"
    return "less than 1 in 1,000,000,000" if one.p < 1e-9 else f"1 in {two_digits(1 / one.p)}"


def false_alarm_words(level: float) -> str:
    """How often a level raises a false alarm, over all names and pairs together."""
    rate = alarms_per_day(level)
    word = next((word for word, at in LEVELS.items() if at == level), "")
    much = f"{two_digits(rate)} a day" if rate >= 1 else f"one in {two_digits(1 / rate)} days"
    return f"{word}: {much} by chance" if word else f"{much} by chance"


def _partners(session: Session, entity: Entity, seen: TrendView) -> list[Section]:
    found = partners_of(session, seen.panel, entity)[:PARTNERS]
    others = by_id(session, (key for one in found for key in one.ids))
    items = []
    for one in found:
        other = others[next(key for key in one.ids if key != entity.id)]
        items.append(
            ListItem(
                other.name, note=f"z {one.z:.1f}, {counted(one.count, 'story', 'stories')}, {one.expected:.1f} expected"
            )
        )
    return [Section("Named together with", tuple(items))] if items else []


def _stories(told: list[Story], number: int) -> list[Section]:
    items = []
    for story in told:
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
    known = [fact for fact in facts_about(session, lead, at.day, 40) if fact.predicate in PREDICATES]
    if len(found) > 1:
        pair = {entity.id for entity in found}
        known = [fact for fact in known if {fact.subject_id, fact.object_id} == pair]
    told = sorted(current_facts(known, at.day), key=lambda one: one.newest, reverse=True)[:FACTS]
    cited = cite_facts(session, [fact for one in told for fact in one.facts])
    items = []
    for one in told:
        fact = one.facts[0]
        note = ", ".join(filter(None, [cited.where(one.facts), f"said {day_words(fact.said_on)}"]))
        items.append(ListItem(cited.words(fact, lead), cited.url(fact), note))
    return [Section("Known", tuple(items))] if items else []


def _chart(name: str, at: Window, seen: TrendView) -> Chart:
    last = at.day
    step = timedelta(hours=at.width)
    days = tuple(last - step * back for back in range(len(seen.counts) - 1, -1, -1))
    each = "a day" if at.width == 24 else f"in {width_words(at.width)}"
    peak = max(range(len(days)), key=lambda index: seen.counts[index])
    alt = (
        f"Stories {each} about {name} from {days[0].day} {days[0]:%b %Y} to {last.day} {last:%b %Y}: "
        f"{seen.counts[-1]:.0f} in the last, {seen.expected[-1]:.1f} expected; "
        f"the most were {seen.counts[peak]:.0f} on {days[peak].day} {days[peak]:%b}."
    )
    return Chart(f"{name}: stories {each}", days, seen.counts, seen.expected, alt)


OPTIONS = (
    Option("name", "a company, model, person or product; or a pair: Meta + Muse Spark", OptionKind.NAME, required=True),
    Option("with", "a second name, for the pair", OptionKind.NAME, keyword=True),
    Option("as-of", "a day in the past, such as 2026-04-09", OptionKind.DATE, keyword=True),
)
"""What names a name or pair, and a moment."""

WINDOW = Option("window", "a day, or a week", OptionKind.CHOICE, keyword=True, choices=(DAY, WEEK_WORD))


def command(rules: Rules) -> Command:
    """The command, bound to the detector's rules."""
    return Command(
        "trend",
        "Is a name talked about more than usual?",
        "/trend Meta",
        lambda request, session, now: trend(request, session, now, rules),
        (*OPTIONS, WINDOW),
    )
