"""/facts NAME: what is known, grouped, newest first, with who says so and when; as of any day on both axes of time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session

from answers.language.predicates import predicates_named, similar_predicates
from chat.errors import UserError
from chat.reply import Action, ListItem, Reply, Section
from chat.request import Request
from handlers.arguments.subject import SHOWN, parse_entities, parse_moment
from handlers.citation import CitedFacts, CurrentFact, cite_facts, contradictions, current_facts, fact_item
from handlers.command import Command, Option, OptionKind
from handlers.wording import day_words
from models.entity import Entity
from models.fact import Fact, facts_about
from models.predicate import PREDICATES, Predicate

LINES = 16
"""Lines on a page: what people read in a chat before they scroll away."""

TOGETHER = 3
"""Lines of one predicate on the page of all; the rest is an action away."""

QUOTES = 3
"""Buttons that lead to the quoted sentence of a line."""


@dataclass(frozen=True)
class FactGroup:
    """What stands of one predicate, seen from one side, the newest first."""

    predicate: Predicate
    inverse: bool
    told: tuple[CurrentFact, ...]

    @property
    def title(self) -> str:
        """The predicate as a heading."""
        words = self.predicate.inverse if self.inverse else self.predicate.phrase
        return (words or self.predicate.phrase)[:1].upper() + (words or self.predicate.phrase)[1:]


Row = tuple[FactGroup, CurrentFact]


def facts(request: Request, session: Session, now: datetime) -> Reply:
    """Answers `/facts Meta`, `/facts Meta about price`, `/facts Meta as-of 2026-04-09`."""
    entity = parse_one_entity(session, request, "/facts")
    wanted = parse_predicates(request.option("about"), f"/facts {entity.name}")
    on, known = parse_as_of(request, now)
    page = parse_page(request.option("page"))
    found = [
        fact
        for fact in facts_about(session, entity.id or 0, on, known=known, predicates=[one.name for one in wanted])
        if fact.predicate in PREDICATES
    ]
    if not found:
        return _nothing(session, request, entity, wanted, on, known)
    groups = group_facts(found, entity.id or 0, on)
    rows, rest = _page(groups, entity, page, whole=bool(wanted))
    cited = cite_facts(session, [fact for _, told in rows for fact in (*told.facts, *told.rivals)])
    told = sum(len(group.told) for group in groups)
    since = f", as we knew it on {day_words((known - timedelta(microseconds=1)).date())}" if known else ""
    return Reply(
        f"{entity.name}: {told} {'fact' if told == 1 else 'facts'}",
        f"Said by {day_words(on)}{since}. Newest first; “earlier” ones have been superseded.",
        sections=tuple(_sections(rows, cited, entity, on, whole=bool(wanted))),
        actions=(
            *_quotes([told.facts[0] for _, told in rows], cited),
            *_ways(request, entity, groups, rest, page, whole=bool(wanted)),
        ),
        footer="A number such as #12 names a fact: /fact show 12 has its sentence and its history.",
    )


def parse_one_entity(session: Session, request: Request, command: str) -> Entity:
    """The one entity that is asked about. Raises UserError for a pair."""
    found = parse_entities(session, request.option("name"), command)
    if len(found) > 1:
        raise UserError(
            "I can tell the facts of one name at a time.",
            f"Or compare them: /compare {found[0].name}, {found[1].name}",
            (Action("Compare", f"/compare {found[0].name}, {found[1].name}"),),
        )
    return found[0]


def parse_predicates(words: str, command: str) -> list[Predicate]:
    """The predicates that are asked about; none means all. Raises UserError with the near ones for an unknown word."""
    if not words.strip():
        return []
    if found := predicates_named(words):
        return found
    close = similar_predicates(words)
    said = " ".join(words.split())[:SHOWN]
    if not close:
        topics = ", ".join(dict.fromkeys(predicate.topic for predicate in PREDICATES.values()))
        raise UserError(f"I know no kind of fact called “{said}”.", f"There are: {topics}.")
    step = "Did you mean " + " or ".join(predicate.name for predicate in close) + "?"
    actions = tuple(Action(predicate.name, f"{command} about {predicate.name}") for predicate in close)
    raise UserError(f"I know no kind of fact called “{said}”.", step, actions)


def parse_as_of(request: Request, now: datetime) -> tuple[date, datetime | None]:
    """The day up to which things were said, and the moment whose knowledge is asked for (None: today's)."""
    when = parse_moment(request.option("as-of"), now)
    known = request.option("known")
    on = (when - timedelta(microseconds=1)).date() if request.option("as-of") else when.date()
    return on, parse_moment(known, now) if known else None


def parse_page(words: str) -> int:
    """A page's number, from 1. Raises UserError."""
    if not words:
        return 1
    if not words.isdecimal() or not 1 <= int(words) <= 1000:
        raise UserError(f"“{words[:SHOWN]}” is no page.", "Pages are counted from 1.")
    return int(words)


def group_facts(found: Sequence[Fact], seen_from: int, on: date) -> list[FactGroup]:
    """What stands, by predicate and side; the group with the newest statement first."""
    parts: dict[tuple[str, bool], list[CurrentFact]] = {}
    for told in current_facts(found, on):
        fact = told.facts[0]
        inverse = fact.subject_id != seen_from and not PREDICATES[fact.predicate].symmetric
        parts.setdefault((fact.predicate, inverse), []).append(told)
    groups = [
        FactGroup(PREDICATES[name], inverse, tuple(sorted(some, key=lambda told: told.newest, reverse=True)))
        for (name, inverse), some in parts.items()
    ]
    return sorted(groups, key=lambda group: group.told[0].newest, reverse=True)


def _page(groups: Sequence[FactGroup], entity: Entity, page: int, whole: bool) -> tuple[list[Row], int]:
    """What stands on one page, and how many facts come after it. Raises UserError for a page that is not there."""
    pages: list[list[Row]] = [[]]
    lines = 0
    for group in groups:
        for told in group.told[: _most(group, whole)]:
            more = 1 + len(told.rivals)
            if lines and lines + more > LINES:
                pages.append([])
                lines = 0
            pages[-1].append((group, told))
            lines += more
    if page > len(pages):
        many = "is 1 page" if len(pages) == 1 else f"are {len(pages)} pages"
        raise UserError(f"There {many} of facts on {entity.name}.", "Pages are counted from 1.")
    return pages[page - 1], sum(len(some) for some in pages[page:])


def _sections(rows: Sequence[Row], cited: CitedFacts, entity: Entity, on: date, whole: bool) -> list[Section]:
    sections: dict[int, tuple[FactGroup, list[ListItem]]] = {}
    for group, told in rows:
        earlier = f"{len(told.older)} earlier" if told.older else ""
        item = fact_item(cited, told.facts, entity.id or 0, on, earlier)
        sections.setdefault(id(group), (group, []))[1].extend([item, *contradictions(cited, told, entity.id or 0, on)])
    return [Section(_heading(group, whole), tuple(items)) for group, items in sections.values()]


def _most(group: FactGroup, whole: bool) -> int:
    """How many lines of a group are shown: not all but one."""
    return len(group.told) if whole or len(group.told) == TOGETHER + 1 else TOGETHER


def _heading(group: FactGroup, whole: bool) -> str:
    shown = _most(group, whole)
    return f"{group.title} (first {shown} of {len(group.told)})" if shown < len(group.told) else group.title


def _quotes(shown: Sequence[Fact], cited: CitedFacts) -> list[Action]:
    quoted = [fact for fact in shown if cited.quote(fact)]
    return [Action(f"“…” #{fact.id}", f"/fact show {fact.id}") for fact in quoted[:QUOTES]]


def _ways(
    request: Request, entity: Entity, groups: Sequence[FactGroup], rest: int, page: int, whole: bool
) -> list[Action]:
    """Where to go from here: the next page, all of a cut list, the timeline."""
    when = "".join(f" {name} {request.option(name)}" for name in ("as-of", "known") if request.option(name))
    found = []
    if rest:
        about = f" about {request.option('about')}" if whole else ""
        found.append(Action(f"{rest} more", f"/facts {entity.name}{about} page {page + 1}{when}"))
    if not whole:
        cut = [group for group in groups if _most(group, whole) < len(group.told)]
        for group in sorted(cut, key=lambda group: -len(group.told))[:3]:
            label = f"All {len(group.told)}: {group.predicate.topic}"
            found.append(Action(label, f"/facts {entity.name} about {group.predicate.name}{when}"))
    return [*found, Action("Timeline", f"/timeline {entity.name}{when}"), Action("Trend", f"/trend {entity.name}")]


def _nothing(
    session: Session, request: Request, entity: Entity, wanted: Sequence[Predicate], on: date, known: datetime | None
) -> Reply:
    """What to say when there is nothing: and whether there would be without the restrictions."""
    what = " on " + ", ".join(predicate.phrase for predicate in wanted[:3]) if wanted else ""
    later = facts_about(session, entity.id or 0, date.max, limit=1)
    actions = []
    text = "No article or table that was read says anything yet."
    if later:
        text = "Other things are known, or from other days."
        actions.append(Action("All facts", f"/facts {entity.name}"))
    when = f" by {day_words(on)}" if request.option("as-of") else ""
    seen = f", known on {day_words((known - timedelta(microseconds=1)).date())}" if known else ""
    return Reply(
        f"{entity.name}: nothing known{what}{when}{seen}",
        text,
        actions=(*actions, Action("Trend", f"/trend {entity.name}")),
    )


OPTIONS = (
    Option("name", "a company, model, person or product", OptionKind.NAME, required=True),
    Option("about", "one kind of fact, such as price, funding or releases", OptionKind.WORDS, keyword=True),
    Option("page", "which page of a long list", OptionKind.TEXT, keyword=True),
    Option("known", "only what was known here on a day, such as 2026-04-09", OptionKind.DATE, keyword=True),
    Option("as-of", "only what had been said by a day, such as 2026-04-09", OptionKind.DATE, keyword=True),
)


def command() -> Command:
    """The command."""
    return Command(
        "facts",
        "What is known of a name, with sources.",
        "/facts Meta",
        facts,
        OPTIONS,
    )
