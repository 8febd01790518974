"""Stores a table's statements: new ones are recorded, changed ones superseded, missing ones retired.

    statements -> names resolved -> compared with what this table said before -> facts, sources, changes

A table is taken as a whole: what it no longer contains is no longer believed (but still answers questions about earlier
days). Importing the same table again changes nothing. Other tables and origins are never touched: where they disagree,
both are shown.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import blake2b

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from ingest.facts.tables.names import TableNames
from ingest.facts.tables.statement import TableStatement
from ingest.formats.files import Reject
from models.database import transaction
from models.fact import IMPORTED, PRESS, Fact, FactSource, change_fact, retire_fact
from models.predicate import PREDICATES, STATUSES, Succession

MIN_SHARE_LEFT = 0.5
"""Share of its earlier statements that a table must still have before any is retired: a cut-off download is no news."""

GONE = "no longer in the table"
CORRECTED = "the table now says otherwise"


@dataclass
class ImportReport:
    """What an import changed."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    retired: int = 0
    names: int = 0
    """Names that were not listed."""
    shrunk: bool = False
    """Whether so much was missing that nothing was retired."""
    rejects: list[Reject] = field(default_factory=list)

    def __str__(self) -> str:
        words = (
            f"{self.new:,} new facts, {self.changed:,} changed, {self.unchanged:,} unchanged, "
            f"{self.retired:,} retired; {self.names:,} unlisted names added; {len(self.rejects):,} rows rejected"
        )
        return words + (
            ". Most earlier facts are missing, so nothing was retired: check that the file is complete" * self.shrunk
        )


def store_statements(
    engine: Engine,
    table: str,
    found: Iterable[TableStatement | Reject],
    now: datetime,
    whole: bool = True,
    ahead: bool = False,
) -> ImportReport:
    """Stores a table's statements in one transaction. `whole`: facts that are not among them are retired.

    `ahead`: dates after `now` are kept. The dates of a stranger's table are not trusted so far.
    """
    done = ImportReport()
    statements: list[TableStatement] = []
    for statement in found:
        if isinstance(statement, Reject):
            done.rejects.append(statement)
        elif mistake := _mistake(statement):
            done.rejects.append(Reject(table, statement.line, f"{statement.subject}: {mistake}", statement.row))
        else:
            statements.append(statement)
    with transaction(engine, writes=True) as session:
        _Run(session, table, now, done, ahead).take(statements, whole)
    return done


class _Run:
    def __init__(self, session: Session, table: str, now: datetime, done: ImportReport, ahead: bool) -> None:
        self.ahead = ahead
        self.session = session
        self.table = table
        self.now = now
        self.done = done
        self.names = TableNames(session)
        self.sources: list[tuple[Fact, TableStatement]] = []

    def take(self, statements: Sequence[TableStatement], whole: bool) -> None:
        query = select(Fact).where(Fact.origin == IMPORTED, col(Fact.key).startswith(f"{self.table}/", autoescape=True))
        versions: dict[str, list[Fact]] = {}
        for fact in self.session.exec(query.order_by(col(Fact.id))):
            versions.setdefault(fact.key.rpartition("/")[0], []).append(fact)
        live = {key: facts[-1] for key, facts in versions.items() if facts[-1].retired_at is None}
        self.names.add(name for statement in statements for name in self._names_in(statement))
        seen: dict[str, None] = {}
        stated: set[tuple[object, ...]] = set()
        for statement in statements:
            key = _key(self.table, statement)
            fact = self._fact(statement, f"{key}/{len(versions.get(key, ())) + 1}")
            content = _content(fact)
            # A table that repeats a statement in several rows makes it once.
            if key in seen or content in stated:
                continue
            seen[key] = None
            stated.add(content)
            self._store(live.get(key), fact, statement)
        self.session.flush()
        self.session.add_all(
            FactSource(fact_id=fact.id or 0, url=one.url, quote=one.quote, said_on=fact.said_on, tier=PRESS)
            for fact, one in self.sources
        )
        if whole:
            self._retire({key: fact for key, fact in live.items() if key not in seen}, len(seen), len(live), versions)
        self.done.names = self.names.new

    def _names_in(self, statement: TableStatement) -> list[tuple[str, str]]:
        """The names of a statement as they are stored, each with its kind."""
        subject = self._spelling(statement.subject, statement.kind, statement)
        if not statement.object:
            return [(subject, statement.kind)]
        return [
            (subject, statement.kind),
            (self._spelling(statement.object, statement.object_kind, statement), statement.object_kind),
        ]

    def _spelling(self, name: str, kind: str, statement: TableStatement) -> str:
        return self.names.listed(name, *statement.other_names) if kind == "model" else name

    def _fact(self, statement: TableStatement, key: str) -> Fact:
        today = self.now.date()
        said = statement.said_on or today
        if not self.ahead:
            said = min(said, today)
        subject, *objects = [self.names.id(*name) for name in self._names_in(statement)]
        return Fact(
            key=key,
            subject_id=subject,
            predicate=statement.predicate,
            object_id=objects[0] if objects else None,
            value=statement.value,
            op=statement.op,
            unit=statement.unit,
            text=statement.text,
            qualifiers=dict(statement.qualifiers),
            valid_from=statement.valid_from,
            valid_to=statement.valid_to,
            said_on=said,
            recorded_at=self.now,
            status=statement.status,
            origin=IMPORTED,
        )

    def _store(self, old: Fact | None, fact: Fact, statement: TableStatement) -> None:
        today = self.now.date()
        if old is not None and _same(old, fact):
            self.done.unchanged += 1
            if statement.said_on is None and today > old.last_said:
                old.seen_on = today
                self.session.add(old)
            return
        if old is None:
            self.done.new += 1
        else:
            self.done.changed += 1
            self._supersede(old, fact, today)
        self.session.add(fact)
        self.sources.append((fact, statement))

    def _supersede(self, old: Fact, fact: Fact, today: date) -> None:
        """A changed price was right until yesterday; a changed number of parameters was wrong."""
        changes = PREDICATES[fact.predicate].holds in (Succession.ONE, Succession.SERIES)
        if changes and old.said_on < today and not fact.valid_from:
            fact.valid_from = fact.said_on.isoformat() if fact.said_on > old.said_on else today.isoformat()
            fact.said_on = max(fact.said_on, old.said_on)
            yesterday = (today - timedelta(days=1)).isoformat()
            change_fact(self.session, old, self.now, f"table:{self.table}", "changed", CORRECTED, valid_to=yesterday)
        else:
            retire_fact(self.session, old, self.now, f"table:{self.table}", CORRECTED)

    def _retire(self, gone: dict[str, Fact], seen: int, live: int, versions: dict[str, list[Fact]]) -> None:
        if live and seen < MIN_SHARE_LEFT * live:
            self.done.shrunk = bool(gone)
            return
        # A row that can't be read today was not removed from the table.
        unread = {_row(self.table, reject.text) for reject in self.done.rejects}
        for key in gone:
            if key.rpartition("/")[0] in unread:
                continue
            for fact in versions[key]:
                if fact.retired_at is None:
                    retire_fact(self.session, fact, self.now, f"table:{self.table}", GONE)
            self.done.retired += 1


def _mistake(statement: TableStatement) -> str:
    """What makes a statement unusable; "" if nothing does."""
    predicate = PREDICATES.get(statement.predicate)
    if predicate is None:
        return f"“{statement.predicate}” is not a predicate"
    if not statement.subject.strip() or len(statement.subject) > 120 or len(statement.object) > 120:
        return "needs names of 1 to 120 characters"
    if statement.status not in STATUSES:
        return f"“{statement.status}” is not a status"
    # A company's year is known even where its founders are not named.
    if predicate.object and not statement.object and not (statement.predicate == "founded" and statement.valid_from):
        return f"{statement.predicate} needs an object"
    if statement.value is not None and not predicate.believable(statement.value):
        return f"{statement.value:g} {statement.unit} is not believable as {statement.predicate}".replace("  ", " ")
    if statement.value is None and not statement.object and not statement.text and not statement.valid_from:
        return "states nothing: give an object, a value or a text"
    return ""


def _row(table: str, row: str) -> str:
    return f"{table}/{_digest(row)}"


def _key(table: str, statement: TableStatement) -> str:
    predicate = PREDICATES[statement.predicate]
    separators = [f"{name}={statement.qualifiers.get(name, '')}" for name in predicate.separators]
    events = [statement.object, statement.valid_from] if predicate.holds is Succession.EVENT else []
    return f"{_row(table, statement.row)}/{_digest(statement.subject, statement.predicate, *separators, *events)}"


def _digest(*parts: str) -> str:
    return blake2b("\0".join(parts).encode(), digest_size=8).hexdigest()


def _content(fact: Fact) -> tuple[object, ...]:
    """Everything that a fact states about the world."""
    qualifiers = tuple(sorted((name, str(value)) for name, value in fact.qualifiers.items()))
    ends = (fact.subject_id, fact.predicate, fact.object_id)
    return (*ends, fact.value, fact.unit, fact.op, fact.text, qualifiers, fact.valid_from, fact.valid_to, fact.status)


def _same(old: Fact, new: Fact) -> bool:
    """Whether the table says what it said before. A start date the table doesn't give is ours, and is not compared."""
    if not new.valid_from:
        return _content(old)[:-3] == _content(new)[:-3] and old.status == new.status
    return _content(old) == _content(new)
