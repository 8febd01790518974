"""/fact: shows one fact in full; people with the permission can add, dispute, retract and undo."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from answers.fact_wording import date_words
from chat.errors import UserError
from chat.reply import Action, Field, ListItem, Reply, Section
from chat.request import Request
from handlers.arguments.fact_text import parse_address, parse_fact
from handlers.arguments.subject import SHOWN
from handlers.citation import CitedFacts, cite_facts, fact_item, outlet_of, page_label
from handlers.command import Command, Option, OptionKind
from handlers.wording import day_words, time_words
from models.fact import Fact, FactChange, believed, change_fact, changes_of, facts_about, restore_fact, retire_fact
from models.predicate import PREDICATES
from models.supersession import same_statement, separation_key, standings

SHOW, ADD, DISPUTE, RETRACT, UNDO, CHANGES = "show", "add", "dispute", "retract", "undo", "changes"
READING = (SHOW, CHANGES)

SOURCES = 6
"""Most sources shown for a fact."""

RECENT = 15
"""Most changes listed."""

KEPT = ("status", "rank", "retired_at", "retired_by")
"""Columns that people can change here."""

ORIGINS = {
    "curated": "curated by hand, ships with the bot",
    "extracted": "extracted from an article by a rule",
    "imported": "imported from a public table",
    "operator": "added here by a person",
}


def fact(request: Request, session: Session, now: datetime) -> Reply:
    """Answers `/fact show 12`, `/fact add Meta compute deal CoreWeave $21B source https://…`, and the like."""
    action = request.option("action").lower()
    doing = {ADD: _add, DISPUTE: _dispute, RETRACT: _retract, UNDO: _undo, CHANGES: _changes}
    return doing[action](request, session, now) if action in doing else _show(request, session, now)


def _show(request: Request, session: Session, now: datetime) -> Reply:
    found = _numbered(session, request.option("what"))
    cited = cite_facts(session, [found])
    subject = found.subject_id
    fields = [
        Field("Stated", day_words(found.said_on) + (f", last {day_words(found.seen_on)}" if found.seen_on else "")),
        Field("Valid", _validity(found)),
        Field("Status", found.status),
        Field("Origin", _origin(found)),
        Field("Recorded", time_words(found.recorded_at)),
    ]
    if found.certainty < 1:
        fields.append(Field("Confidence", f"{found.certainty:.0%} that the source says so"))
    if found.retired_at:
        fields.append(Field("Retracted", f"{time_words(found.retired_at)} by {found.retired_by}"))
    sections = [_sources(cited, found), *_others(session, found, now.date()), *_history(session, found)]
    actions = [Action("All facts", f"/facts {cited.entities[subject].name}")]
    if not found.retired_at:
        actions.append(Action("Retract", f"/fact retract {found.id}"))
    elif changes_of(session, found):
        actions.append(Action("Undo", f"/fact undo {found.id}"))
    return Reply(
        f"#{found.id}: {cited.entities[subject].name}",
        cited.words(found, subject) + ".",
        tuple(field for field in fields if field.value),
        tuple(section for section in sections if section.items),
        actions=tuple(actions),
    )


def _add(request: Request, session: Session, now: datetime) -> Reply:
    typed = parse_fact(session, request, now)
    twin = _twin(session, typed.fact)
    if twin is not None:
        known = {source.url for source in cite_facts(session, [twin]).sources.get(twin.id or 0, ())}
        if typed.source.url not in known:
            typed.source.fact_id, typed.source.position = twin.id or 0, len(known)
            session.add(typed.source)
            change_fact(session, twin, now, _by(request), "changed", f"another source: {typed.source.url}")
        return _changed(session, twin, f"Already known as #{twin.id}", now, undo=False)
    session.add(typed.fact)
    session.flush()
    typed.source.fact_id = typed.fact.id or 0
    session.add(typed.source)
    session.flush()
    change_fact(session, typed.fact, now, _by(request), "added", request.option("reason"))
    return _changed(session, typed.fact, f"Added as #{typed.fact.id}", now, new=typed.new)


def _changed(
    session: Session, found: Fact, title: str, now: datetime, undo: bool = True, new: Sequence[str] = ()
) -> Reply:
    """The reply to a change: what was done, the fact as it is now, and how to undo it."""
    cited = cite_facts(session, [found])
    name = cited.entities[found.subject_id].name
    text = f"{name}: {cited.words(found, found.subject_id)}."
    if new:
        text += f" New {'name' if len(new) == 1 else 'names'}: {', '.join(new)}."
    actions = [Action("Undo", f"/fact undo {found.id}")] if undo else []
    return Reply(
        title,
        text,
        sections=tuple(
            section for section in (_sources(cited, found), *_others(session, found, now.date())) if section.items
        ),
        actions=(*actions, Action("Show", f"/fact show {found.id}"), Action("All facts", f"/facts {name}")),
    )


def _dispute(request: Request, session: Session, now: datetime) -> Reply:
    found, words = _numbered_with_words(session, request.option("what"))
    source = parse_address(request.option("source"), "/fact dispute 12 that was a plan source https://…")
    if found.status == "disputed":
        raise UserError(f"#{found.id} is already disputed.", f"See /fact show {found.id}.")
    why = " ".join(filter(None, [words or request.option("reason"), source]))
    change_fact(session, found, now, _by(request), "disputed", why, status="disputed")
    return _changed(session, found, f"#{found.id} is now marked as disputed", now)


def _retract(request: Request, session: Session, now: datetime) -> Reply:
    found, words = _numbered_with_words(session, request.option("what"))
    if found.retired_at:
        raise UserError(
            f"#{found.id} is already retracted.",
            f"To restore it: /fact undo {found.id}",
            (Action("Undo", f"/fact undo {found.id}"),),
        )
    retire_fact(session, found, now, _by(request), words or request.option("reason"))
    return _changed(session, found, f"#{found.id} is retracted", now)


def _undo(request: Request, session: Session, now: datetime) -> Reply:
    """Reverts the last change of a fact; undoing twice redoes it."""
    found = _numbered(session, request.option("what"))
    changes = changes_of(session, found)
    last = changes[-1] if changes else None
    if last is None:
        raise UserError(f"#{found.id} has no changes to undo.", f"See /fact show {found.id}.")
    if last.action == "added":
        retire_fact(session, found, now, _by(request), "undone")
        return _changed(session, found, f"#{found.id} is retracted", now)
    before = {name: value for name, value in last.before.items() if name in KEPT}
    if not before:
        raise UserError(f"The last change of #{found.id} can't be undone.", f"See /fact show {found.id}.")
    if "retired_at" in before and before["retired_at"] is None:
        restore_fact(session, found, now, _by(request), "undone")
        return _changed(session, found, f"#{found.id} is restored", now)
    change_fact(
        session,
        found,
        now,
        _by(request),
        "changed",
        "undone",
        **{name: _column(name, value) for name, value in before.items()},
    )
    return _changed(session, found, f"#{found.id} is back to its previous state", now)


def _changes(request: Request, session: Session, now: datetime) -> Reply:  # noqa: ARG001 - every action has this shape
    """Lists the newest changes made by people, or all changes of one fact."""
    words = request.option("what")
    query = select(FactChange).order_by(col(FactChange.id).desc()).limit(RECENT)
    if words:
        query = query.where(FactChange.fact_id == _numbered(session, words).id)
    else:
        query = query.where(col(FactChange.by).not_in(("rules", "file")))
    changes = list(session.exec(query))
    if not changes:
        return Reply("No facts changed yet", "Changes by /fact add, /fact dispute and /fact retract are listed here.")
    facts = {
        one.id: one for one in session.exec(select(Fact).where(col(Fact.id).in_([row.fact_id for row in changes])))
    }
    cited = cite_facts(session, list(facts.values()))
    items = []
    for row in changes:
        one = facts[row.fact_id]
        name = cited.entities[one.subject_id].name
        items.append(_change(row, f"#{one.id} {name}: {cited.words(one, one.subject_id)}"))
    return Reply("Changed facts", sections=(Section("Newest first", tuple(items)),))


def _numbered(session: Session, words: str) -> Fact:
    found, rest = _numbered_with_words(session, words)
    if rest:
        raise UserError(f"“{words[:SHOWN]}” is not a fact number.", "/facts shows the numbers, such as #12.")
    return found


def _numbered_with_words(session: Session, words: str) -> tuple[Fact, str]:
    """Returns the fact whose number comes first, and the words after it. Raises UserError."""
    first, _, rest = words.strip().partition(" ")
    number = first.removeprefix("#").rstrip(":,")
    # No store has that many facts, and the driver rejects an integer too large for its column.
    if not number.isdecimal() or len(number) > 9:
        raise UserError(
            f"“{words[:SHOWN]}” is not a fact number." if words else "Which fact? Give its number.",
            "/facts shows the numbers, such as #12. For example: /fact show 12",
        )
    found = session.get(Fact, int(number))
    if found is None or found.predicate not in PREDICATES:
        raise UserError(f"There is no fact #{number}.", "/facts shows the numbers.")
    return found, rest.strip()


def _twin(session: Session, new: Fact) -> Fact | None:
    """Returns the stored fact that states exactly the same, None if there is none."""
    query = select(Fact).where(Fact.subject_id == new.subject_id, Fact.predicate == new.predicate, believed())
    for old in session.exec(query):
        agrees = old.unit == new.unit and (old.value, old.object_id) == (new.value, new.object_id)
        if (
            agrees
            and same_statement(old, new)
            and separation_key(old) == separation_key(new)
            and old.valid_from == new.valid_from
        ):
            return old
    return None


def _sources(cited: CitedFacts, found: Fact) -> Section:
    """Lists the sources, with the quoted sentence where there is one."""
    items = []
    every = cited.sources.get(found.id or 0, ())
    for source in every[:SOURCES]:
        words = f"“{source.quote}”" if source.quote else page_label(source.url)
        stated = day_words(source.said_on) if source.said_on else ""
        items.append(ListItem(words, source.url, ", ".join(filter(None, [outlet_of(source.url), stated]))))
    if len(every) > SOURCES:
        items.append(ListItem(f"…and {len(every) - SOURCES} more"))
    return Section("Sources", tuple(items))


def _others(session: Session, found: Fact, on: date) -> list[Section]:
    """Lists the statements that contradict it, that it superseded, or that superseded it."""
    related = [
        one
        for one in facts_about(session, found.subject_id, max(on, found.said_on), predicates=(found.predicate,))
        if one.subject_id == found.subject_id
    ]
    standing = next(
        (
            one
            for one in standings(related, on)
            if found.id in {fact.id for fact in (one.current, *one.rivals, *one.older)}
        ),
        None,
    )
    if standing is None:
        return []
    cited = cite_facts(session, [standing.current, *standing.rivals, *standing.older])

    def lines(facts: Sequence[Fact]) -> tuple[ListItem, ...]:
        return tuple(fact_item(cited, [one], found.subject_id, on) for one in facts if one.id != found.id)

    now = () if standing.current.id == found.id else (standing.current,)
    return [
        Section("Current", lines(now)),
        Section("Contradicted by", lines(standing.rivals)),
        Section("Earlier", lines(standing.older[:SOURCES])),
    ]


def _history(session: Session, found: Fact) -> list[Section]:
    return [Section("Changes", tuple(_change(row, row.action) for row in reversed(changes_of(session, found))))]


def _change(row: FactChange, words: str) -> ListItem:
    """Returns a change as a line: what was done, why, the URL given as a reason, and by whom."""
    *reason, last = row.why.split(" ") if row.why else [""]
    link = last if last.startswith(("http://", "https://")) else ""
    why = " ".join(reason) if link else row.why
    head = words if words == row.action else f"{row.action}: {words}"
    return ListItem(f"{head} ({why})" if why else head, link, f"{row.by}, {time_words(row.at)}")


def _validity(found: Fact) -> str:
    """Returns when the fact holds: "2027 to 2032", "until 2031", "from Apr 2026", or ""."""
    if found.valid_from and found.valid_to:
        return f"{date_words(found.valid_from)} to {date_words(found.valid_to)}"
    if found.valid_to:
        return f"until {date_words(found.valid_to)}"
    return f"from {date_words(found.valid_from)}" if found.valid_from else ""


def _origin(found: Fact) -> str:
    if found.origin.startswith("llm:"):
        return f"extracted by the language model {found.origin.removeprefix('llm:')}; checked against its sentence"
    return ORIGINS.get(found.origin, found.origin)


def _by(request: Request) -> str:
    return f"{request.place.platform}:{request.author or 'someone'}"


def _column(name: str, value: Any) -> Any:
    """Converts a value of the change log back to its column's type."""
    return datetime.fromisoformat(value) if name == "retired_at" and value else value


def command() -> Command:
    """Returns the command."""
    return Command(
        "fact",
        "One fact with its source sentence and history; add, dispute or retract facts.",
        "/fact changes",
        fact,
        (
            Option(
                "action",
                "show, add, dispute, retract, undo or changes",
                OptionKind.CHOICE,
                required=True,
                choices=(SHOW, ADD, DISPUTE, RETRACT, UNDO, CHANGES),
            ),
            Option(
                "what",
                "a fact number, such as 12; for add, the fact: Meta compute deal CoreWeave $21B",
                OptionKind.TEXT,
            ),
            Option("source", "the address of the page that says so", OptionKind.LINK, keyword=True),
            Option("quote", "the sentence on that page, word for word", OptionKind.WORDS, keyword=True),
            Option("said", "when it was stated, such as 2026-04-09; today by default", OptionKind.DATE, keyword=True),
            Option("starts", "when it begins to hold: 2027, 2027-03 or 2027-03-31", OptionKind.TEXT, keyword=True),
            Option("ends", "when it ends: 2032, 2032-12 or 2032-12-31", OptionKind.TEXT, keyword=True),
            Option(
                "status", "announced, reported, rumoured, planned, confirmed or denied", OptionKind.TEXT, keyword=True
            ),
            Option("reason", "the reason, for the history", OptionKind.WORDS, keyword=True),
        ),
        configures=True,
        for_operators=(ADD, DISPUTE, RETRACT, UNDO),
        reading=(SHOW, CHANGES),
    )
