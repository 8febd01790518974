"""/fact: one fact in full with its sentence; and for those who may: adding, disputing, taking back, undoing."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from chat.errors import UserError
from chat.reply import Action, Field, ListItem, Reply, Section
from chat.request import Request
from handlers.arguments.fact_text import parse_address, parse_fact
from handlers.arguments.subject import SHOWN
from handlers.citation import CitedFacts, cite_facts, date_words, fact_item, outlet_of, page_label
from handlers.command import Command, Option, OptionKind
from handlers.wording import day_words, time_words
from models.fact import Fact, FactChange, believed, change_fact, changes_of, facts_about, restore_fact, retire_fact
from models.predicate import PREDICATES
from models.supersession import same_statement, separation_key, standings

SHOW, ADD, DISPUTE, RETRACT, UNDO, CHANGES = "show", "add", "dispute", "retract", "undo", "changes"
READING = (SHOW, CHANGES)

SOURCES = 6
"""Sources of a fact that are shown."""

RECENT = 15
"""Changes that are listed."""

KEPT = ("status", "rank", "retired_at", "retired_by")
"""Columns that people change here."""

ORIGINS = {
    "curated": "chosen by hand, comes with the program",
    "extracted": "read in an article by a rule",
    "imported": "from a public table",
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
    seen = found.subject_id
    fields = [
        Field("Said", day_words(found.said_on) + (f", last {day_words(found.seen_on)}" if found.seen_on else "")),
        Field("Holds", _holds(found)),
        Field("Status", found.status),
        Field("How it came", _origin(found)),
        Field("Learned here", time_words(found.recorded_at)),
    ]
    if found.certainty < 1:
        fields.append(Field("Sure to", f"{found.certainty:.0%} that the source says so"))
    if found.retired_at:
        fields.append(Field("Taken back", f"{time_words(found.retired_at)} by {found.retired_by}"))
    sections = [_sources(cited, found), *_others(session, found, now.date()), *_history(session, found)]
    actions = [Action("All facts", f"/facts {cited.entities[seen].name}")]
    if not found.retired_at:
        actions.append(Action("Take it back", f"/fact retract {found.id}"))
    elif changes_of(session, found):
        actions.append(Action("Undo", f"/fact undo {found.id}"))
    return Reply(
        f"#{found.id}: {cited.entities[seen].name}",
        cited.words(found, seen) + ".",
        tuple(field for field in fields if field.value),
        tuple(section for section in sections if section.items),
        actions=tuple(actions),
    )


def _add(request: Request, session: Session, now: datetime) -> Reply:
    said = parse_fact(session, request, now)
    twin = _twin(session, said.fact)
    if twin is not None:
        known = {source.url for source in cite_facts(session, [twin]).sources.get(twin.id or 0, ())}
        if said.source.url not in known:
            said.source.fact_id, said.source.position = twin.id or 0, len(known)
            session.add(said.source)
            change_fact(session, twin, now, _by(request), "changed", f"another source: {said.source.url}")
        return _told(session, twin, f"Known already as #{twin.id}", now, undo=False)
    session.add(said.fact)
    session.flush()
    said.source.fact_id = said.fact.id or 0
    session.add(said.source)
    session.flush()
    change_fact(session, said.fact, now, _by(request), "added", request.option("reason"))
    return _told(session, said.fact, f"Added as #{said.fact.id}", now, new=said.new)


def _told(
    session: Session, found: Fact, title: str, now: datetime, undo: bool = True, new: Sequence[str] = ()
) -> Reply:
    """What was done to a fact, how it stands now, and the way back."""
    cited = cite_facts(session, [found])
    name = cited.entities[found.subject_id].name
    text = f"{name}: {cited.words(found, found.subject_id)}."
    if new:
        text += f" New here: {', '.join(new)}."
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
        raise UserError(f"#{found.id} is disputed already.", f"See /fact show {found.id}.")
    why = " ".join(filter(None, [words or request.option("reason"), source]))
    change_fact(session, found, now, _by(request), "disputed", why, status="disputed")
    return _told(session, found, f"#{found.id} is shown as disputed from now on", now)


def _retract(request: Request, session: Session, now: datetime) -> Reply:
    found, words = _numbered_with_words(session, request.option("what"))
    if found.retired_at:
        raise UserError(f"#{found.id} was taken back already.", "", (Action("Undo", f"/fact undo {found.id}"),))
    retire_fact(session, found, now, _by(request), words or request.option("reason"))
    return _told(session, found, f"#{found.id} is not told any more", now)


def _undo(request: Request, session: Session, now: datetime) -> Reply:
    """Takes the last change of a fact back; undoing twice does it again."""
    found = _numbered(session, request.option("what"))
    made = changes_of(session, found)
    last = made[-1] if made else None
    if last is None:
        raise UserError(f"Nothing was changed in #{found.id}.", f"See /fact show {found.id}.")
    if last.action == "added":
        retire_fact(session, found, now, _by(request), "undone")
        return _told(session, found, f"#{found.id} is not told any more", now)
    before = {name: value for name, value in last.before.items() if name in KEPT}
    if not before:
        raise UserError(f"The last change of #{found.id} has nothing to undo.", f"See /fact show {found.id}.")
    if "retired_at" in before and before["retired_at"] is None:
        restore_fact(session, found, now, _by(request), "undone")
        return _told(session, found, f"#{found.id} is told again", now)
    change_fact(
        session,
        found,
        now,
        _by(request),
        "changed",
        "undone",
        **{name: _column(name, value) for name, value in before.items()},
    )
    return _told(session, found, f"#{found.id} is as it was", now)


def _changes(request: Request, session: Session, now: datetime) -> Reply:  # noqa: ARG001 - every action has this shape
    """The newest changes that people made, or all of one fact."""
    words = request.option("what")
    query = select(FactChange).order_by(col(FactChange.id).desc()).limit(RECENT)
    if words:
        query = query.where(FactChange.fact_id == _numbered(session, words).id)
    else:
        query = query.where(col(FactChange.by).not_in(("rules", "file")))
    made = list(session.exec(query))
    if not made:
        return Reply("Nobody has changed a fact here", "Those who may can: /fact add, /fact dispute, /fact retract.")
    facts = {one.id: one for one in session.exec(select(Fact).where(col(Fact.id).in_([row.fact_id for row in made])))}
    cited = cite_facts(session, list(facts.values()))
    items = []
    for row in made:
        one = facts[row.fact_id]
        name = cited.entities[one.subject_id].name
        items.append(_change(row, f"#{one.id} {name}: {cited.words(one, one.subject_id)}"))
    return Reply("Changes", "The newest first.", sections=(Section("Who changed what", tuple(items)),))


def _numbered(session: Session, words: str) -> Fact:
    found, rest = _numbered_with_words(session, words)
    if rest:
        raise UserError(f"“{words[:SHOWN]}” is no number of a fact.", "/facts shows them, such as #12.")
    return found


def _numbered_with_words(session: Session, words: str) -> tuple[Fact, str]:
    """The fact whose number stands first, and the words after it. Raises UserError."""
    first, _, rest = words.strip().partition(" ")
    number = first.removeprefix("#").rstrip(":,")
    # No store has as many; and the driver refuses an integer that has no room in a column.
    if not number.isdecimal() or len(number) > 9:
        raise UserError(
            f"“{words[:SHOWN]}” is no number of a fact." if words else "Which fact? Each has a number.",
            "/facts shows them, such as #12: /fact show 12",
        )
    found = session.get(Fact, int(number))
    if found is None or found.predicate not in PREDICATES:
        raise UserError(f"There is no fact #{number}.", "/facts shows the numbers.")
    return found, rest.strip()


def _twin(session: Session, new: Fact) -> Fact | None:
    """The fact that says exactly this already."""
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
    """Where it was said, with the sentence where we have it."""
    items = []
    every = cited.sources.get(found.id or 0, ())
    for source in every[:SOURCES]:
        words = f"“{source.quote}”" if source.quote else page_label(source.url)
        said = day_words(source.said_on) if source.said_on else ""
        items.append(ListItem(words, source.url, ", ".join(filter(None, [outlet_of(source.url), said]))))
    if len(every) > SOURCES:
        items.append(ListItem(f"…and {len(every) - SOURCES} more"))
    return Section("Sources", tuple(items))


def _others(session: Session, found: Fact, on: date) -> list[Section]:
    """What says otherwise, and what it superseded or was superseded by."""
    kin = [
        one
        for one in facts_about(session, found.subject_id, max(on, found.said_on), predicates=(found.predicate,))
        if one.subject_id == found.subject_id
    ]
    standing = next(
        (one for one in standings(kin, on) if found.id in {fact.id for fact in (one.current, *one.rivals, *one.older)}),
        None,
    )
    if standing is None:
        return []
    cited = cite_facts(session, [standing.current, *standing.rivals, *standing.older])

    def lines(some: Sequence[Fact]) -> tuple[ListItem, ...]:
        return tuple(fact_item(cited, [one], found.subject_id, on) for one in some if one.id != found.id)

    now = () if standing.current.id == found.id else (standing.current,)
    return [
        Section("Stands now", lines(now)),
        Section("Others say otherwise", lines(standing.rivals)),
        Section("Earlier", lines(standing.older[:SOURCES])),
    ]


def _history(session: Session, found: Fact) -> list[Section]:
    return [
        Section("Who changed what", tuple(_change(row, row.action) for row in reversed(changes_of(session, found))))
    ]


def _change(row: FactChange, words: str) -> ListItem:
    """A change in words: what, why, with the address that was given for it, and by whom."""
    *reason, last = row.why.split(" ") if row.why else [""]
    link = last if last.startswith(("http://", "https://")) else ""
    why = " ".join(reason) if link else row.why
    head = words if words == row.action else f"{row.action}: {words}"
    return ListItem(f"{head} ({why})" if why else head, link, f"{row.by}, {time_words(row.at)}")


def _holds(found: Fact) -> str:
    if found.valid_from and found.valid_to:
        return f"{date_words(found.valid_from)} to {date_words(found.valid_to)}"
    if found.valid_to:
        return f"to {date_words(found.valid_to)}"
    return f"from {date_words(found.valid_from)}" if found.valid_from else ""


def _origin(found: Fact) -> str:
    if found.origin.startswith("llm:"):
        return f"read in an article by the language model {found.origin.removeprefix('llm:')}; its sentence was checked"
    return ORIGINS.get(found.origin, found.origin)


def _by(request: Request) -> str:
    return f"{request.place.platform}:{request.author or 'somebody'}"


def _column(name: str, value: Any) -> Any:
    """A column's value from its plain form."""
    return datetime.fromisoformat(value) if name == "retired_at" and value else value


def command() -> Command:
    """The command."""
    return Command(
        "fact",
        "One fact with its sentence and history; add, dispute or take back facts.",
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
            Option("what", "a fact's number (12); or for add: Meta compute deal CoreWeave $21B", OptionKind.TEXT),
            Option("source", "the address of the page that says so", OptionKind.LINK, keyword=True),
            Option("quote", "the sentence there, word for word", OptionKind.WORDS, keyword=True),
            Option("said", "when it was said, such as 2026-04-09; without it, today", OptionKind.DATE, keyword=True),
            Option("starts", "from when it holds: 2027, 2027-03 or 2027-03-31", OptionKind.TEXT, keyword=True),
            Option("ends", "until when it holds", OptionKind.TEXT, keyword=True),
            Option(
                "status", "announced, reported, rumoured, planned, confirmed or denied", OptionKind.TEXT, keyword=True
            ),
            Option("reason", "why, for the history", OptionKind.WORDS, keyword=True),
        ),
        configures=True,
        for_operators=(ADD, DISPUTE, RETRACT, UNDO),
        reading=(SHOW, CHANGES),
    )
