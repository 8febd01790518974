"""/timeline NAME: what happened, day by day, the newest first, each with its source."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from chat.errors import UserError
from chat.reply import Action, ListItem, Reply, Section
from chat.request import Request
from handlers.citation import CitedFacts, cite_facts, date_words, group_same_events
from handlers.command import Command, Option, OptionKind
from handlers.facts import parse_as_of, parse_one_entity, parse_page
from handlers.wording import day_words
from models.entity import Entity
from models.fact import Fact, facts_about
from models.predicate import PREDICATES, Succession

EVENTS = 15
"""Events on a page."""

AHEAD = 5
"""Events to come that are shown."""

TURNS = frozenset({"ipo", "role", "licence", "openness"})
"""Predicates of one value whose change is an event too."""


@dataclass(frozen=True)
class TimelineEvent:
    """Something that happened: when, as far as it is known, and the statements that tell of it."""

    when: str
    facts: tuple[Fact, ...]


def timeline(request: Request, session: Session, now: datetime) -> Reply:
    """Answers `/timeline Meta as-of 2026-04-09`."""
    entity = parse_one_entity(session, request, "/timeline")
    on, known = parse_as_of(request, now)
    page = parse_page(request.option("page"))
    found = dated_events(facts_about(session, entity.id or 0, on, known=known))
    past = [event for event in found if event.when <= on.isoformat()]
    ahead = [event for event in reversed(found) if event.when > on.isoformat()]
    pages = max(-(-len(past) // EVENTS), 1)
    if page > pages:
        raise UserError(f"There {'is 1 page' if pages == 1 else f'are {pages} pages'} of events on {entity.name}.")
    when = "".join(f" {name} {request.option(name)}" for name in ("as-of", "known") if request.option(name))
    if not found:
        return Reply(
            f"{entity.name}: no events known by {day_words(on)}",
            "An event is a release, a deal, a round, an appointment and the like, with its day.",
            actions=(Action("Facts", f"/facts {entity.name}"), Action("Trend", f"/trend {entity.name}")),
        )
    shown = past[(page - 1) * EVENTS : page * EVENTS]
    cited = cite_facts(session, [fact for event in (*ahead[:AHEAD], *shown) for fact in event.facts])
    sections = []
    if page == 1 and ahead:
        title = "Ahead" if len(ahead) <= AHEAD else f"Ahead (first {AHEAD} of {len(ahead)})"
        sections.append(Section(title, tuple(_item(event, cited, entity) for event in ahead[:AHEAD])))
    sections += _years(shown, cited, entity)
    actions = []
    if page < pages:
        actions.append(Action("Earlier", f"/timeline {entity.name} page {page + 1}{when}"))
    if page > 1:
        actions.append(Action("Later", f"/timeline {entity.name} page {page - 1}{when}"))
    many = f"{len(found)} event" + ("" if len(found) == 1 else "s")
    return Reply(
        f"{entity.name}: {many}",
        f"Told by {day_words(on)}, the newest first" + (f"; page {page} of {pages}." if pages > 1 else "."),
        sections=tuple(sections),
        actions=(*actions, Action("Facts", f"/facts {entity.name}{when}")),
    )


def dated_events(facts: Iterable[Fact]) -> list[TimelineEvent]:
    """The dated events among some facts, the newest first; statements of one event stand together.

    What was announced for later stands twice: on the day of its announcement, and ahead.
    """
    happened = [fact for fact in facts if _happens(fact)]
    listed = [TimelineEvent(when, some) for some in group_same_events(happened) for when in event_dates(some[0])]
    return sorted(listed, key=lambda event: (event.when, event.facts[0].said_on, event.facts[0].id or 0), reverse=True)


def _happens(fact: Fact) -> bool:
    predicate = PREDICATES.get(fact.predicate)
    return predicate is not None and (
        predicate.holds is Succession.EVENT or (fact.predicate in TURNS and fact.valid_from != "")
    )


def event_dates(fact: Fact) -> tuple[str, ...]:
    """When it happened, as far as that is known; of what was told before it happens, both days."""
    said = fact.said_on.isoformat()
    if not fact.valid_from:
        return (said,)
    return (fact.valid_from,) if fact.valid_from <= said else (said, fact.valid_from)


def _years(shown: Sequence[TimelineEvent], cited: CitedFacts, entity: Entity) -> list[Section]:
    years: dict[str, list[ListItem]] = {}
    for event in shown:
        years.setdefault(event.when[:4], []).append(_item(event, cited, entity))
    return [Section(year, tuple(items)) for year, items in years.items()]


def _item(event: TimelineEvent, cited: CitedFacts, entity: Entity) -> ListItem:
    fact = event.facts[0]
    told = event.when == fact.said_on.isoformat()
    said = "" if told else f"said {day_words(fact.said_on)}"
    note = ", ".join(filter(None, [cited.where(event.facts), said, f"#{fact.id}"]))
    words = cited.words(fact, entity.id or 0)
    if event.when == fact.valid_from and not fact.valid_to:
        # The date stands before the words already.
        words = words.replace(f" ({fact.valid_from})", "").replace(f", {fact.valid_from})", ")")
    return ListItem(f"{date_words(event.when)}: {words}", cited.url(fact), note)


OPTIONS = (
    Option("name", "a company, model, person or product", OptionKind.NAME, required=True),
    Option("page", "which page of a long list", OptionKind.TEXT, keyword=True),
    Option("known", "only what was known here on a day, such as 2026-04-09", OptionKind.DATE, keyword=True),
    Option("as-of", "only what had been told by a day, such as 2026-04-09", OptionKind.DATE, keyword=True),
)


def command() -> Command:
    """The command."""
    return Command("timeline", "What happened, day by day, with sources.", "/timeline Meta", timeline, OPTIONS)
