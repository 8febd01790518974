"""/spikes: what is spiking, one line for each event."""

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
from handlers.wording import counted, time_words, width_words
from models.entity import Entity, by_id
from signals.detector import Rules

SHOWN = 10
WITH = 4


def spikes(request: Request, session: Session, now: datetime, rules: Rules) -> Reply:
    """Answers `/spikes as-of 2026-04-09`."""
    rules = rules_for_days(rules, _days(request, now))
    at = parse_window(request, session, now, rules)
    if at is None:
        return empty_store_reply("Nothing read yet")
    events = spiking_events(session, panel(session, at, rules), rules.level)
    known = by_id(session, (key for event in events for one in event for key in one.ids))
    footer = f"Data as of {time_words(at.until)}."
    if not events:
        text = (
            f"No name or pair reached z {rules.level:g} with {rules.min_stories} stories "
            f"in the {width_words(at.width)} to {time_words(at.until)}."
        )
        return Reply("No spikes", text, footer=footer)
    items = tuple(event_item(event, known) for event in events[:SHOWN])
    title = counted(len(events), "spike")
    more = f" The {SHOWN} strongest are shown." if len(events) > SHOWN else ""
    bar = f"z {rules.level:g} and {rules.min_stories} stories or more"
    text = f"In the {width_words(at.width)} to {time_words(at.until)}, at {bar}.{more}"
    lead = ids_label(events[0][0].ids, known)
    action = Action(lead[:40], f"/trend {lead} as-of {at.day:%Y-%m-%d}")
    return Reply(
        title, text, sections=(Section("Strongest first", items),), actions=(action,), footer=footer, mood=Mood.SPIKE
    )


def _days(request: Request, now: datetime) -> int:
    """How many days are meant. Raises UserError for a day that lies too far back, or ahead."""
    since = request.option("since")
    if not since:
        return WIDTHS[request.option("window").lower() or "today"]
    end = parse_moment(request.option("as-of"), now)
    # A day means its end to `moment`; here it is its beginning that counts.
    begin = parse_moment(since, now) - timedelta(days=1)
    days = ceil((end - begin) / timedelta(days=1))
    if not 1 <= days <= MOST_DAYS:
        raise UserError(f"I can look over 1 to {MOST_DAYS} days.", "For example: /spikes week")
    return days


def event_item(event: list[Reading], known: dict[int, Entity]) -> ListItem:
    """An event in one line: its headline, its figures, and who rises with it."""
    lead, *others = event
    note = f"z {lead.z:.1f}, {lead.count} stories, {lead.expected:.1f} expected"
    rest = list(dict.fromkeys(known[key].name for one in others for key in one.ids if key not in lead.ids))
    if rest:
        note += f"; with {', '.join(rest[:WITH])}"
    return ListItem(marked_label(lead.ids, known), note=note)


def ids_label(ids: tuple[int, ...], known: dict[int, Entity]) -> str:
    """The displayed name of a name or pair."""
    return " + ".join(known[key].name for key in ids)


def marked_label(ids: tuple[int, ...], known: dict[int, Entity]) -> str:
    """The same, and that it is new if nobody has judged it yet."""
    return ids_label(ids, known) + (" (new)" if any(not known[key].confirmed for key in ids) else "")


def command(rules: Rules) -> Command:
    """The command, bound to the detector's rules."""
    return Command(
        "spikes",
        "What is spiking?",
        "/spikes",
        lambda request, session, now: spikes(request, session, now, rules),
        (
            Option("window", "today, or the week", OptionKind.CHOICE, choices=("today", WEEK)),
            Option(
                "since", "the first day to look at, such as 2026-04-06; up to 31 days", OptionKind.DATE, keyword=True
            ),
            Option("as-of", "a day in the past, such as 2026-04-09", OptionKind.DATE, keyword=True),
        ),
    )
