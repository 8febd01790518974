"""/timeline NAME: what happened to a name, day by day, newest first, each event with its source."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from answers.fact_wording import date_words
from chat.errors import UserError
from chat.reply import Action, ListItem, Reply, Section
from chat.request import Request
from handlers.citation import CitedFacts, cite_facts, group_same_events
from handlers.command import Command, Option, OptionKind
from handlers.facts import pages_words, parse_as_of, parse_one_entity, parse_page
from handlers.wording import counted, day_words
from models.entity import Entity
from models.fact import Fact, facts_about
from models.predicate import PREDICATES, Succession

EVENTS = 15
"""Events on a page."""

AHEAD = 5
"""Upcoming events shown."""

TURNS = frozenset({"ipo", "role", "licence", "openness"})
"""Single-valued predicates whose change is an event too."""


@dataclass(frozen=True)
class TimelineEvent:
    """An event: its ISO date, as precise as it is known, and the statements that report it."""

    when: str
    facts: tuple[Fact, ...]


def timeline(request: Request, session: Session, now: datetime) -> Reply:
    """Answers `/timeline Meta as-of 2026-04-09`."""
    entity = parse_one_entity(session, request, "/timeline")
    on, known = parse_as_of(request, now)
    page = parse_page(request.option("page"))
    events = dated_events(facts_about(session, entity.id or 0, on, known=known))
    past = [event for event in events if event.when <= on.isoformat()]
    ahead = [event for event in reversed(events) if event.when > on.isoformat()]
    pages = max(-(-len(past) // EVENTS), 1)
    if page > pages:
        raise UserError(f"There {pages_words(pages)} of events for {entity.name}.", "Pages are numbered from 1.")
    repeated = "".join(f" {name} {request.option(name)}" for name in ("as-of", "known") if request.option(name))
    if not events:
        return Reply(
            f"{entity.name}: no events by {day_words(on)}",
            "Events are dated facts such as releases, deals, funding rounds and appointments.",
            actions=(Action("Facts", f"/facts {entity.name}"), Action("Trend", f"/trend {entity.name}")),
        )
    shown = past[(page - 1) * EVENTS : page * EVENTS]
    cited = cite_facts(session, [fact for event in (*ahead[:AHEAD], *shown) for fact in event.facts])
    sections = []
    if page == 1 and ahead:
        title = "Upcoming" if len(ahead) <= AHEAD else f"Upcoming (first {AHEAD} of {len(ahead)})"
        sections.append(Section(title, tuple(_item(event, cited, entity) for event in ahead[:AHEAD])))
    sections += _years(shown, cited, entity)
    actions = []
    if page < pages:
        actions.append(Action("Earlier", f"/timeline {entity.name} page {page + 1}{repeated}"))
    if page > 1:
        actions.append(Action("Later", f"/timeline {entity.name} page {page - 1}{repeated}"))
    return Reply(
        f"{entity.name}: {counted(len(events), 'event')}",
        f"As of {day_words(on)}, newest first" + (f"; page {page} of {pages}." if pages > 1 else "."),
        sections=tuple(sections),
        actions=(*actions, Action("Facts", f"/facts {entity.name}{repeated}")),
    )


def dated_events(facts: Iterable[Fact]) -> list[TimelineEvent]:
    """Returns the dated events among some facts, newest first, with the statements about each.

    An event announced in advance appears twice: on the day of its announcement, and on its own day.
    """
    groups = group_same_events(fact for fact in facts if _is_event(fact))
    events = [TimelineEvent(when, group) for group in groups for when in event_dates(group[0])]
    return sorted(events, key=lambda event: (event.when, event.facts[0].said_on, event.facts[0].id or 0), reverse=True)


def _is_event(fact: Fact) -> bool:
    predicate = PREDICATES.get(fact.predicate)
    return predicate is not None and (
        predicate.holds is Succession.EVENT or (fact.predicate in TURNS and fact.valid_from != "")
    )


def event_dates(fact: Fact) -> tuple[str, ...]:
    """Returns the ISO date of an event; for one announced in advance, the announcement's date too."""
    said_on = fact.said_on.isoformat()
    if not fact.valid_from:
        return (said_on,)
    return (fact.valid_from,) if fact.valid_from <= said_on else (said_on, fact.valid_from)


def _years(shown: Sequence[TimelineEvent], cited: CitedFacts, entity: Entity) -> list[Section]:
    years: dict[str, list[ListItem]] = {}
    for event in shown:
        years.setdefault(event.when[:4], []).append(_item(event, cited, entity))
    return [Section(year, tuple(items)) for year, items in years.items()]


def _item(event: TimelineEvent, cited: CitedFacts, entity: Entity) -> ListItem:
    fact = event.facts[0]
    reported = "" if event.when == fact.said_on.isoformat() else f"reported {day_words(fact.said_on)}"
    note = ", ".join(filter(None, [cited.outlets(event.facts), reported, f"#{fact.id}"]))
    words = cited.words(fact, entity.id or 0)
    if event.when == fact.valid_from and not fact.valid_to:
        # The item starts with this date already.
        when = date_words(fact.valid_from)
        words = words.replace(f" ({when})", "").replace(f", {when})", ")")
    return ListItem(f"{date_words(event.when)}: {words}", cited.url(fact), note)


OPTIONS = (
    Option("name", "a company, model, person or product", OptionKind.NAME, required=True),
    Option("page", "page of a long list", OptionKind.TEXT, keyword=True),
    Option("known", "only events the bot knew by a day, such as 2026-04-09", OptionKind.DATE, keyword=True),
    Option("as-of", "only events reported by a day, such as 2026-04-09", OptionKind.DATE, keyword=True),
)


def command() -> Command:
    """Returns the command."""
    return Command(
        "timeline", "What happened to a name, day by day, with sources.", "/timeline Meta", timeline, OPTIONS
    )
