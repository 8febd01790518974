"""/compare A, B: what is known of two to four names side by side, and how much each is talked about. Never a guess."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlmodel import Session

from answers.understand.name_matching import resolve_exactly
from chat.errors import UserError
from chat.reply import Action, ListItem, Reply, Table, TableRow
from chat.request import Request
from handlers.arguments.subject import parse_entities, parse_moment
from handlers.citation import CitedFacts, CurrentFact, cite_facts, current_facts, fact_item
from handlers.command import Command, Option, OptionKind
from handlers.facts import parse_as_of, parse_predicates
from handlers.measurement.panel import Window, panel, window
from handlers.wording import day_words, decimals, time_words
from models.entity import Entity
from models.fact import Fact, facts_about
from models.measure import amount_words
from models.predicate import PREDICATES, Succession
from models.supersession import Total, separation_key, totals
from signals.detector import Rules

MOST = 4
"""Names in one table: more columns are no comparison but a list."""

LONGEST = 8
"""Words of a name that is looked for among others."""

ROWS = 14
"""Rows of a table."""

BENCHMARKS = 5
"""Rows of them that may be benchmarks: some models have dozens."""

_PARTED = re.compile(r"\s*[,;|]\s*|\s+(?:\+|and|vs\.?|versus|with|to|against)\s+|\s*&\s+", re.IGNORECASE)

SEVERAL = ("benchmark_score", "benchmark_rank", "speed")
"""Predicates of which a name has many rows: told only where two can be compared."""

FROM_OBJECT = ("released", "founded", "acquisition")
"""Predicates of which the object is compared too: models by their release, companies by their founding."""

Line = tuple[str, bool, tuple[str, ...]]
"""What a row is about: a predicate, whether seen from its object, and its separators (a price for input)."""


def compare(request: Request, session: Session, now: datetime, rules: Rules) -> Reply:
    """Answers `/compare OpenAI Anthropic`, `/compare GPT-5, Claude Opus 4.5 about price`."""
    found = names_to_compare(session, request.option("names"))
    wanted = {
        one.name
        for one in parse_predicates(request.option("about"), f"/compare {', '.join(one.name for one in found)}")
    }
    on, known = parse_as_of(request, now)
    facts = {
        entity.id or 0: [
            fact
            for fact in facts_about(session, entity.id or 0, on, known=known, predicates=wanted)
            if fact.predicate in PREDICATES and (fact.subject_id == entity.id or fact.predicate in FROM_OBJECT)
        ]
        for entity in found
    }
    at = None if wanted else window(session, parse_moment(request.option("as-of"), now), rules)
    rows = [_trends(session, found, at, rules)] if at else []
    told, left = _rows(session, found, facts, on)
    title = " and ".join(filter(None, [", ".join(one.name for one in found[:-1]), found[-1].name]))
    names = ", ".join(one.name for one in found)
    if not told:
        text = f"By {day_words(on)} nothing was said of the same kind of two of them."
    else:
        text = f"As said by {day_words(on)}; “unknown” is what nobody said in what was read."
    actions = [Action(f"Facts: {one.name}", f"/facts {one.name}") for one in found]
    if left:
        topics = ", ".join(dict.fromkeys(PREDICATES[name].name for name in left))
        text += f" There is more, by `about`: {topics}."
        actions.insert(0, Action("More", f"/compare {names} about {left[0]}"))
    return Reply(
        title,
        text,
        table=Table(tuple(one.name for one in found), (*rows, *told)),
        actions=tuple(actions),
        footer=f"Stories counted to {time_words(at.until)}." if at else "",
    )


def names_to_compare(session: Session, words: str) -> list[Entity]:
    """Two to four different names: parted by commas, "and" or "vs", or simply one after the other.

    Raises UserError for one name, for too many, and for one that nobody knows.
    """
    parts = [part for part in _PARTED.split(words.strip()) if part.strip()]
    if len(parts) == 1:
        parts = _in_a_row(session, parts[0].split()) or parts
    found: dict[int, Entity] = {}
    for part in parts:
        for entity in parse_entities(session, part, "/compare"):
            found[entity.id or 0] = entity
    if len(found) < 2:
        only = next(iter(found.values()), None)
        raise UserError(
            "Two names or more can be compared." if not only else f"With whom shall I compare {only.name}?",
            "For example: /compare OpenAI, Anthropic",
        )
    if len(found) > MOST:
        raise UserError(
            f"That are {len(found)} names; I can compare {MOST}.", "For example: /compare OpenAI, Anthropic"
        )
    return list(found.values())


def _in_a_row(session: Session, words: list[str]) -> list[str]:
    """Names that stand one after the other, the longest first; nothing when a word is left over."""
    found = []
    while words:
        for size in range(min(len(words), LONGEST), 0, -1):
            if resolve_exactly(session, " ".join(words[:size])):
                found.append(" ".join(words[:size]))
                words = words[size:]
                break
        else:
            return []
    return found


def _trends(session: Session, found: Sequence[Entity], at: Window, rules: Rules) -> TableRow:
    """How much each is talked about in a window."""
    seen = panel(session, at, rules, [(entity.id or 0,) for entity in found])
    cells = []
    for entity in found:
        reading = seen.reading((entity.id or 0,))
        said = f"{reading.count}; {reading.expected:.1f} expected"
        if reading.windows >= rules.least_history:
            said += f", z {decimals(reading.z, 1)}"
        cells.append(ListItem(said))
    return TableRow(f"Stories in {at.width} h", tuple(cells))


def _rows(
    session: Session, found: Sequence[Entity], facts: Mapping[int, Sequence[Fact]], on: date
) -> tuple[list[TableRow], list[str]]:
    """The rows, what all have first; and the predicates that found no room."""
    cells: dict[Line, dict[int, list[CurrentFact]]] = {}
    for entity in found:
        for told in current_facts(facts[entity.id or 0], on):
            key = _line(told.facts[0], entity)
            cells.setdefault(key, {}).setdefault(entity.id or 0, []).append(told)
    order = list(PREDICATES)
    shared = [key for key, by in cells.items() if len(by) > 1 or (PREDICATES[key[0]].single and key[0] not in SEVERAL)]
    shared.sort(key=lambda key: (-len(cells[key]), order.index(key[0]), key))
    kept: list[Line] = []
    left: list[str] = []
    for key in shared:
        if len(kept) == ROWS or (key[0] in SEVERAL and sum(one[0] in SEVERAL for one in kept) == BENCHMARKS):
            left.append(key[0])
        else:
            kept.append(key)
    kept.sort(key=lambda key: (order.index(key[0]), -len(cells[key]), key))
    newest = [max(some, key=lambda told: told.newest) for key in kept for some in cells[key].values()]
    cited = cite_facts(session, [fact for told in newest for fact in (*told.facts, *told.rivals)])
    rows = [
        TableRow(
            _title(key, cells[key]),
            tuple(_cell(key, cells[key].get(entity.id or 0, []), entity, cited, on) for entity in found),
        )
        for key in kept
    ]
    return rows, list(dict.fromkeys(left))


def _line(fact: Fact, entity: Entity) -> Line:
    predicate = PREDICATES[fact.predicate]
    inverse = fact.subject_id != entity.id
    if predicate.holds is Succession.EVENT or (predicate.holds is Succession.SERIES and fact.predicate not in SEVERAL):
        return fact.predicate, inverse, ()
    return fact.predicate, inverse, separation_key(fact)


def _title(key: Line, by: Mapping[int, Sequence[CurrentFact]]) -> str:
    """The predicate and what sets the row apart: "Price (input)"."""
    name, inverse, apart = key
    predicate = PREDICATES[name]
    fact = next(iter(by.values()))[0].facts[0]
    title = (predicate.inverse if inverse else predicate.phrase) or predicate.phrase
    said = [str(fact.qualifiers[one]) for one in predicate.separators if apart and fact.qualifiers.get(one)]
    if name in SEVERAL and said:
        title, said = f"{title} {said[0]}", said[1:]
    title = title[:1].upper() + title[1:]
    return f"{title} ({', '.join(said)})" if said else title


def _cell(key: Line, some: Sequence[CurrentFact], entity: Entity, cited: CitedFacts, on: date) -> ListItem:
    """The newest statement, how many more there are, and what others say against it."""
    if not some:
        return ListItem("")
    newest = max(some, key=lambda told: told.newest)
    heading = PREDICATES[key[0]].separators if key[2] else ()
    seen_from = entity.id or 0
    one = fact_item(cited, newest.facts, seen_from, on, told=heading)
    text = one.text
    for rival in newest.rivals[:2]:
        text += f"; otherwise {cited.detail(rival, seen_from, heading)} ({cited.said([rival], on)})"
    added = _added(newest.facts[0], some)
    if added is not None:
        terms = " + ".join(amount_words(fact.value or 0.0, fact.unit) for fact in added.terms)
        text += f"; together {amount_words(added.value, added.unit)} = {terms}"
    if len(some) > 1:
        text += f"; {len(some) - 1} more"
    return ListItem(text, one.url, one.note)


def _added(fact: Fact, some: Sequence[CurrentFact]) -> Total | None:
    """The sum of a statement and those that it is said to come on top of; None where nothing is said to add up."""
    by_key = {one.facts[0].key: one.facts[0] for one in some}
    whole = [fact]
    while whole[-1].additional_to in by_key and by_key[whole[-1].additional_to] not in whole:
        whole.append(by_key[whole[-1].additional_to])
    found = totals(whole)
    return found[0] if found and len(found[0].terms) > 1 else None


OPTIONS = (
    Option("names", "two to four names: OpenAI, Anthropic", OptionKind.NAME, required=True),
    Option("about", "one kind of fact, such as price or benchmarks", OptionKind.WORDS, keyword=True),
    Option("as-of", "only what had been said by a day, such as 2026-04-09", OptionKind.DATE, keyword=True),
)


def command(rules: Rules) -> Command:
    """The command, bound to the detector's rules."""
    return Command(
        "compare",
        "What is known of two to four names, side by side.",
        "/compare OpenAI, Anthropic",
        lambda request, session, now: compare(request, session, now, rules),
        OPTIONS,
    )
