"""/facts NAME: what is known about a name, grouped by predicate, newest first, with sources.

Both time axes can be queried: `as-of` limits when a fact was stated, `known` when the store learned it.
"""

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
from handlers.wording import alternatives, capitalised, counted, day_words
from models.entity import Entity
from models.fact import Fact, facts_about
from models.predicate import PREDICATES, Predicate

LINES = 16
"""Lines on a page."""

TOGETHER = 3
"""Lines per predicate when all predicates are shown; an action shows the rest."""

QUOTES = 3
"""Buttons that show the quoted sentence of a fact."""


@dataclass(frozen=True)
class FactGroup:
    """The current facts of one predicate, as seen from subject or object (`inverse`), newest first."""

    predicate: Predicate
    inverse: bool
    entries: tuple[CurrentFact, ...]

    @property
    def title(self) -> str:
        """Returns the predicate as a heading: "Compute deal with"."""
        return capitalised((self.predicate.inverse if self.inverse else "") or self.predicate.phrase)


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
    cited = cite_facts(session, [fact for _, entry in rows for fact in (*entry.facts, *entry.rivals)])
    number = sum(len(group.entries) for group in groups)
    learned = f", as known here on {_known_day(known)}" if known else ""
    return Reply(
        f"{entity.name}: {counted(number, 'fact')}",
        f"As of {day_words(on)}{learned}, newest first. “Earlier” values have been superseded.",
        sections=tuple(_sections(rows, cited, entity, on, whole=bool(wanted))),
        actions=(
            *_quotes([entry.facts[0] for _, entry in rows], cited),
            *_next_steps(request, entity, groups, rest, page, whole=bool(wanted)),
        ),
        footer="/fact show 12 shows fact #12 with its source sentence and history.",
    )


def parse_one_entity(session: Session, request: Request, command: str) -> Entity:
    """Returns the one entity asked about. Raises UserError for a pair and for an unknown name."""
    found = parse_entities(session, request.option("name"), command)
    if len(found) > 1:
        raise UserError(
            "I can show one name at a time.",
            f"To see both: /compare {found[0].name}, {found[1].name}",
            (Action("Compare", f"/compare {found[0].name}, {found[1].name}"),),
        )
    return found[0]


def parse_predicates(words: str, command: str) -> list[Predicate]:
    """Returns the predicates asked about; [] means all. Raises UserError, with similar ones, for an unknown word."""
    if not words.strip():
        return []
    if found := predicates_named(words):
        return found
    close = similar_predicates(words)
    typed = " ".join(words.split())[:SHOWN]
    if not close:
        topics = ", ".join(dict.fromkeys(predicate.topic for predicate in PREDICATES.values()))
        raise UserError(f"I don't know the kind of fact “{typed}”.", f"Choose one of: {topics}.")
    step = f"Did you mean {alternatives([predicate.name for predicate in close])}?"
    actions = tuple(Action(predicate.name, f"{command} about {predicate.name}") for predicate in close)
    raise UserError(f"I don't know the kind of fact “{typed}”.", step, actions)


def parse_as_of(request: Request, now: datetime) -> tuple[date, datetime | None]:
    """Returns the last day of statements to use, and the moment whose knowledge to use (None: now)."""
    moment = parse_moment(request.option("as-of"), now)
    known = request.option("known")
    on = (moment - timedelta(microseconds=1)).date() if request.option("as-of") else moment.date()
    return on, parse_moment(known, now) if known else None


def parse_page(words: str) -> int:
    """Parses a page number, from 1. Raises UserError."""
    if not words:
        return 1
    if not words.isdecimal() or not 1 <= int(words) <= 1000:
        raise UserError(f"“{words[:SHOWN]}” is not a page number.", "Pages are numbered from 1.")
    return int(words)


def group_facts(found: Sequence[Fact], seen_from: int, on: date) -> list[FactGroup]:
    """Groups current facts by predicate and side, the group with the newest statement first."""
    parts: dict[tuple[str, bool], list[CurrentFact]] = {}
    for entry in current_facts(found, on):
        fact = entry.facts[0]
        inverse = fact.subject_id != seen_from and not PREDICATES[fact.predicate].symmetric
        parts.setdefault((fact.predicate, inverse), []).append(entry)
    groups = [
        FactGroup(PREDICATES[name], inverse, tuple(sorted(entries, key=lambda entry: entry.newest, reverse=True)))
        for (name, inverse), entries in parts.items()
    ]
    return sorted(groups, key=lambda group: group.entries[0].newest, reverse=True)


def _page(groups: Sequence[FactGroup], entity: Entity, page: int, whole: bool) -> tuple[list[Row], int]:
    """Returns the rows of one page and the number of facts after it. Raises UserError for a page that doesn't exist."""
    pages: list[list[Row]] = [[]]
    lines = 0
    for group in groups:
        for entry in group.entries[: _most(group, whole)]:
            more = 1 + len(entry.rivals)
            if lines and lines + more > LINES:
                pages.append([])
                lines = 0
            pages[-1].append((group, entry))
            lines += more
    if page > len(pages):
        raise UserError(f"There {pages_words(len(pages))} of facts about {entity.name}.", "Pages are numbered from 1.")
    return pages[page - 1], sum(len(rows) for rows in pages[page:])


def pages_words(number: int) -> str:
    """Returns "is 1 page" or "are 3 pages"."""
    return f"{'is' if number == 1 else 'are'} {counted(number, 'page')}"


def _sections(rows: Sequence[Row], cited: CitedFacts, entity: Entity, on: date, whole: bool) -> list[Section]:
    sections: dict[int, tuple[FactGroup, list[ListItem]]] = {}
    for group, entry in rows:
        earlier = f"{len(entry.older)} earlier" if entry.older else ""
        item = fact_item(cited, entry.facts, entity.id or 0, on, earlier)
        sections.setdefault(id(group), (group, []))[1].extend([item, *contradictions(cited, entry, entity.id or 0, on)])
    return [Section(_heading(group, whole), tuple(items)) for group, items in sections.values()]


def _most(group: FactGroup, whole: bool) -> int:
    """Returns how many lines of a group to show: hiding a single one would save nothing."""
    return len(group.entries) if whole or len(group.entries) == TOGETHER + 1 else TOGETHER


def _heading(group: FactGroup, whole: bool) -> str:
    shown = _most(group, whole)
    return f"{group.title} (first {shown} of {len(group.entries)})" if shown < len(group.entries) else group.title


def _quotes(shown: Sequence[Fact], cited: CitedFacts) -> list[Action]:
    quoted = [fact for fact in shown if cited.quote(fact)]
    return [Action(f"“…” #{fact.id}", f"/fact show {fact.id}") for fact in quoted[:QUOTES]]


def _next_steps(
    request: Request, entity: Entity, groups: Sequence[FactGroup], rest: int, page: int, whole: bool
) -> list[Action]:
    """Suggests the next page, the longest truncated lists, the timeline and the trend."""
    when = "".join(f" {name} {request.option(name)}" for name in ("as-of", "known") if request.option(name))
    found = []
    if rest:
        about = f" about {request.option('about')}" if whole else ""
        found.append(Action(f"{rest} more", f"/facts {entity.name}{about} page {page + 1}{when}"))
    if not whole:
        cut = [group for group in groups if _most(group, whole) < len(group.entries)]
        for group in sorted(cut, key=lambda group: -len(group.entries))[:3]:
            label = f"All {len(group.entries)}: {group.predicate.name.replace('_', ' ')}"
            found.append(Action(label, f"/facts {entity.name} about {group.predicate.name}{when}"))
    return [*found, Action("Timeline", f"/timeline {entity.name}{when}"), Action("Trend", f"/trend {entity.name}")]


def _nothing(
    session: Session, request: Request, entity: Entity, wanted: Sequence[Predicate], on: date, known: datetime | None
) -> Reply:
    """The reply when nothing matches, which says whether there are facts without the restrictions."""
    names = ", ".join(predicate.name.replace("_", " ") for predicate in wanted[:3])
    what = f" about {names}" if wanted else ""
    others = facts_about(session, entity.id or 0, date.max, limit=1)
    actions = []
    text = "No article or table I have read states one."
    if others:
        text = "There are other facts, or facts from other days."
        actions.append(Action("All facts", f"/facts {entity.name}"))
    when = f" by {day_words(on)}" if request.option("as-of") else ""
    learned = f", known here on {_known_day(known)}" if known else ""
    return Reply(
        f"{entity.name}: no facts{what}{when}{learned}",
        text,
        actions=(*actions, Action("Trend", f"/trend {entity.name}")),
    )


def _known_day(known: datetime) -> str:
    """Returns the day that ends at the moment whose knowledge is asked for."""
    return day_words((known - timedelta(microseconds=1)).date())


OPTIONS = (
    Option("name", "a company, model, person or product", OptionKind.NAME, required=True),
    Option("about", "one kind of fact, such as price, funding or releases", OptionKind.WORDS, keyword=True),
    Option("page", "page of a long list", OptionKind.TEXT, keyword=True),
    Option("known", "only facts the bot knew by a day, such as 2026-04-09", OptionKind.DATE, keyword=True),
    Option("as-of", "only facts stated by a day, such as 2026-04-09", OptionKind.DATE, keyword=True),
)


def command() -> Command:
    """Returns the command."""
    return Command(
        "facts",
        "What is known about a name, with sources.",
        "/facts Meta",
        facts,
        OPTIONS,
    )
