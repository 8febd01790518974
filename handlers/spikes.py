"""/spikes: what is spiking, one line per event."""

from datetime import datetime, timedelta
from math import ceil

from sqlmodel import Session

from chat.errors import UserError
from chat.reply import Action, ListItem, Mood, Reply, Section
from chat.request import Request
from handlers.alerts.headlines import spiking_events
from handlers.arguments.subject import MOST_DAYS, WEEK, WIDTHS, parse_moment, parse_window, rules_for_days
from handlers.command import Command, Option, OptionKind
from handlers.measurement.panel import Reading, panel
from handlers.trend import empty_store_reply
from handlers.wording import counted, stories_words, time_words, width_words
from models.entity import Entity, by_id
from signals.detector import Rules

SHOWN = 10
"""Most events shown."""

WITH = 4
"""Most names listed as rising with an event."""


def spikes(request: Request, session: Session, now: datetime, rules: Rules) -> Reply:
    """Answers `/spikes as-of 2026-04-09`."""
    rules = rules_for_days(rules, _days(request, now))
    at = parse_window(request, session, now, rules)
    if at is None:
        return empty_store_reply("No news yet")
    events = spiking_events(session, panel(session, at, rules), rules.level)
    known = by_id(session, (key for event in events for one in event for key in one.ids))
    footer = f"Data as of {time_words(at.until)}."
    bar = f"{stories_words(rules.min_stories)} and z {rules.level:g}"
    span = f"in the {width_words(at.width)} to {time_words(at.until)}"
    if not events:
        return Reply("No spikes", f"No name or pair reached {bar} {span}.", footer=footer)
    items = tuple(event_item(event, known) for event in events[:SHOWN])
    title = counted(len(events), "spike")
    more = f" Showing the strongest {SHOWN}." if len(events) > SHOWN else ""
    text = f"Names and pairs with at least {bar} {span}.{more}"
    lead = ids_label(events[0][0].ids, known)
    action = Action(lead[:40], f"/trend {lead} as-of {at.day:%Y-%m-%d}")
    return Reply(
        title, text, sections=(Section("Strongest first", items),), actions=(action,), footer=footer, mood=Mood.SPIKE
    )


def _days(request: Request, now: datetime) -> int:
    """Returns the length of the window in days. Raises UserError if `since` is too far back, or after `as-of`."""
    since = request.option("since")
    if not since:
        return WIDTHS[request.option("window").lower() or "today"]
    end = parse_moment(request.option("as-of"), now)
    # parse_moment returns the end of a day; `since` means its beginning.
    begin = parse_moment(since, now) - timedelta(days=1)
    days = ceil((end - begin) / timedelta(days=1))
    if not 1 <= days <= MOST_DAYS:
        raise UserError(f"I can look at 1 to {MOST_DAYS} days.", "For example: /spikes week")
    return days


def event_item(event: list[Reading], known: dict[int, Entity]) -> ListItem:
    """Returns an event as one line: its leading name, its figures, and the names that rise with it."""
    lead, *others = event
    note = f"z {lead.z:.1f}, {stories_words(lead.count)}, {lead.expected:.1f} expected"
    rest = list(dict.fromkeys(known[key].name for one in others for key in one.ids if key not in lead.ids))
    if rest:
        note += f"; with {', '.join(rest[:WITH])}"
    return ListItem(marked_label(lead.ids, known), note=note)


def ids_label(ids: tuple[int, ...], known: dict[int, Entity]) -> str:
    """Returns the displayed name of a name or pair: "Meta + Muse Spark"."""
    return " + ".join(known[key].name for key in ids)


def marked_label(ids: tuple[int, ...], known: dict[int, Entity]) -> str:
    """Returns the displayed name, marked as new while it is unreviewed."""
    return ids_label(ids, known) + (" (new)" if any(not known[key].confirmed for key in ids) else "")


def command(rules: Rules) -> Command:
    """Returns the command, bound to the detector's rules."""
    return Command(
        "spikes",
        "Which names are spiking?",
        "/spikes",
        lambda request, session, now: spikes(request, session, now, rules),
        (
            Option(
                "window",
                "today (the last 24 hours) or week (the last 7 days)",
                OptionKind.CHOICE,
                choices=("today", WEEK),
            ),
            Option(
                "since",
                "the first day of the window, such as 2026-04-06; up to 31 days back",
                OptionKind.DATE,
                keyword=True,
            ),
            Option("as-of", "a day in the past, such as 2026-04-09", OptionKind.DATE, keyword=True),
        ),
    )
