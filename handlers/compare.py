"""/compare A, B: current facts and news coverage of two to four names side by side. Never guesses a missing value."""

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
from handlers.wording import capitalised, day_words, decimals, time_words
from models.entity import Entity
from models.fact import Fact, facts_about
from models.measure import amount_words
from models.predicate import PREDICATES, Succession
from models.supersession import Total, separation_key, totals
from signals.detector import Rules

MOST = 4
"""Most names in one table."""

LONGEST = 8
"""Most words of a name, when names are typed in a row."""

ROWS = 14
"""Most rows of a table."""

BENCHMARKS = 5
"""Most benchmark rows among them: some models have dozens."""

_PARTED = re.compile(r"\s*[,;|]\s*|\s+(?:\+|and|vs\.?|versus|with|to|against)\s+|\s*&\s+", re.IGNORECASE)

SEVERAL = ("benchmark_score", "benchmark_rank", "speed")
"""Predicates with many rows per name, shown only where two names can be compared."""

FROM_OBJECT = ("released", "founded", "acquisition")
"""Predicates shown for their object too: a model's release, a company's founding or acquisition."""

Line = tuple[str, bool, tuple[str, ...]]
"""What a row compares: a predicate, whether as seen from its object, and its separators (such as the input price)."""


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
    shared, omitted = _rows(session, found, facts, on)
    title = " and ".join(filter(None, [", ".join(one.name for one in found[:-1]), found[-1].name]))
    names = ", ".join(one.name for one in found)
    if not shared:
        text = f"I found no kind of fact that two of them share by {day_words(on)}."
    else:
        text = f"As of {day_words(on)}. “Unknown” means that no source I have read states it."
    actions = [Action(f"Facts: {one.name}", f"/facts {one.name}") for one in found]
    if omitted:
        topics = ", ".join(dict.fromkeys(PREDICATES[name].name for name in omitted))
        text += f" For more, add `about` and one of: {topics}."
        actions.insert(0, Action("More", f"/compare {names} about {omitted[0]}"))
    return Reply(
        title,
        text,
        table=Table(tuple(one.name for one in found), (*rows, *shared)),
        actions=tuple(actions),
        footer=f"Stories counted to {time_words(at.until)}." if at else "",
    )


def names_to_compare(session: Session, words: str) -> list[Entity]:
    """Parses two to four different names, separated by commas, "and", "vs" or just spaces.

    Raises UserError for fewer than two names, more than four, and an unknown name.
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
            f"What should I compare {only.name} with?" if only else "Which names should I compare?",
            f"For example: /compare {only.name if only else 'OpenAI'}, Anthropic",
        )
    if len(found) > MOST:
        raise UserError(
            f"There are {len(found)} names; I can compare up to {MOST}.", "For example: /compare OpenAI, Anthropic"
        )
    return list(found.values())


def _in_a_row(session: Session, words: list[str]) -> list[str]:
    """Splits words into known names, matching the longest first; [] if a word is left over."""
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
    """Returns the row with each name's stories in a window."""
    measured = panel(session, at, rules, [(entity.id or 0,) for entity in found])
    cells = []
    for entity in found:
        reading = measured.reading((entity.id or 0,))
        text = f"{reading.count}; {reading.expected:.1f} expected"
        if reading.windows >= rules.least_history:
            text += f", z {decimals(reading.z, 1)}"
        cells.append(ListItem(text))
    return TableRow(f"Stories in {at.width} h", tuple(cells))


def _rows(
    session: Session, found: Sequence[Entity], facts: Mapping[int, Sequence[Fact]], on: date
) -> tuple[list[TableRow], list[str]]:
    """Returns the rows, in the order of PREDICATES, and the predicates that did not fit."""
    cells: dict[Line, dict[int, list[CurrentFact]]] = {}
    for entity in found:
        for current in current_facts(facts[entity.id or 0], on):
            key = _line(current.facts[0], entity)
            cells.setdefault(key, {}).setdefault(entity.id or 0, []).append(current)
    order = list(PREDICATES)
    shared = [key for key, by in cells.items() if len(by) > 1 or (PREDICATES[key[0]].single and key[0] not in SEVERAL)]
    shared.sort(key=lambda key: (-len(cells[key]), order.index(key[0]), key))
    kept: list[Line] = []
    omitted: list[str] = []
    for key in shared:
        if len(kept) == ROWS or (key[0] in SEVERAL and sum(one[0] in SEVERAL for one in kept) == BENCHMARKS):
            omitted.append(key[0])
        else:
            kept.append(key)
    kept.sort(key=lambda key: (order.index(key[0]), -len(cells[key]), key))
    newest = [max(cell, key=lambda one: one.newest) for key in kept for cell in cells[key].values()]
    cited = cite_facts(session, [fact for current in newest for fact in (*current.facts, *current.rivals)])
    rows = [
        TableRow(
            _title(key, cells[key]),
            tuple(_cell(key, cells[key].get(entity.id or 0, []), entity, cited, on) for entity in found),
        )
        for key in kept
    ]
    return rows, list(dict.fromkeys(omitted))


def _line(fact: Fact, entity: Entity) -> Line:
    predicate = PREDICATES[fact.predicate]
    inverse = fact.subject_id != entity.id
    if predicate.holds is Succession.EVENT or (predicate.holds is Succession.SERIES and fact.predicate not in SEVERAL):
        return fact.predicate, inverse, ()
    return fact.predicate, inverse, separation_key(fact)


def _title(key: Line, cells: Mapping[int, Sequence[CurrentFact]]) -> str:
    """Returns a row's label: the predicate and its separators, such as "Price (input)"."""
    name, inverse, apart = key
    predicate = PREDICATES[name]
    fact = next(iter(cells.values()))[0].facts[0]
    title = (predicate.inverse if inverse else predicate.phrase) or predicate.phrase
    separators = [str(fact.qualifiers[one]) for one in predicate.separators if apart and fact.qualifiers.get(one)]
    if name in SEVERAL and separators:
        title, separators = f"{title} {separators[0]}", separators[1:]
    title = capitalised(title)
    return f"{title} ({', '.join(separators)})" if separators else title


def _cell(key: Line, statements: Sequence[CurrentFact], entity: Entity, cited: CitedFacts, on: date) -> ListItem:
    """Returns the newest statement, its contradictions, the total it adds up to, and the number of further ones."""
    if not statements:
        return ListItem("")
    newest = max(statements, key=lambda one: one.newest)
    heading = PREDICATES[key[0]].separators if key[2] else ()
    seen_from = entity.id or 0
    one = fact_item(cited, newest.facts, seen_from, on, heading=heading)
    text = one.text
    for rival in newest.rivals[:2]:
        text += f"; contradicted by: {cited.detail(rival, seen_from, heading)} ({cited.attribution([rival], on)})"
    added = _added(newest.facts[0], statements)
    if added is not None:
        terms = " + ".join(amount_words(fact.value or 0.0, fact.unit) for fact in added.terms)
        text += f"; total {amount_words(added.value, added.unit)} = {terms}"
    if len(statements) > 1:
        text += f"; {len(statements) - 1} more"
    return ListItem(text, one.url, one.note)


def _added(fact: Fact, statements: Sequence[CurrentFact]) -> Total | None:
    """Returns the total of a statement and those it explicitly adds to; None if it adds to none."""
    by_key = {one.facts[0].key: one.facts[0] for one in statements}
    whole = [fact]
    while whole[-1].additional_to in by_key and by_key[whole[-1].additional_to] not in whole:
        whole.append(by_key[whole[-1].additional_to])
    found = totals(whole)
    return found[0] if found and len(found[0].terms) > 1 else None


OPTIONS = (
    Option("names", "two to four names, such as OpenAI, Anthropic", OptionKind.NAME, required=True),
    Option("about", "one kind of fact, such as price or benchmarks", OptionKind.WORDS, keyword=True),
    Option("as-of", "only facts stated by a day, such as 2026-04-09", OptionKind.DATE, keyword=True),
)


def command(rules: Rules) -> Command:
    """Returns the command, bound to the detector's rules."""
    return Command(
        "compare",
        "Two to four names side by side.",
        "/compare OpenAI, Anthropic",
        lambda request, session, now: compare(request, session, now, rules),
        OPTIONS,
    )
