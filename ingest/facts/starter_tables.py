"""Loads the facts from public tables that come with the program.

`gazetteer/model-facts.csv.gz` is chosen from public tables (ingest.facts.starter_selection); people keep
`gazetteer/other-facts.csv`. Both have one statement per line.
"""

import csv
import gzip
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import col, select

from gazetteer.spelling import squash
from ingest.facts.tables.statement import TableStatement
from models.database import transaction
from models.entity import Alias, Entity
from models.load_state import Loaded, files_hash, is_loaded, note_loaded

LOADED = "fact tables"

TABLE = "starter"
"""The table under whose name the statements are stored (see ingest.facts.tables.store)."""

COLUMNS = (
    "row", "subject", "kind", "predicate", "object", "object_kind", "value", "unit", "op", "text", "qualifiers", "from",
    "said", "status", "url",
)  # fmt: skip


def load_starter_tables(engine: Engine, paths: Sequence[Path], now: datetime) -> int:
    """Brings the stored facts in line with the files; returns how many they hold, or 0 when nothing has changed.

    Facts about entities that the operator has switched off are skipped. Raises FileError with the file and line.
    """
    with transaction(engine) as session:
        # The gazetteer decides which entity a name means, so when it changes, the facts change too.
        gazetteer = session.get(Loaded, "catalogue")
        wanted = files_hash(paths, gazetteer.digest if gazetteer else "")
        if is_loaded(session, LOADED, wanted):
            return 0
        spellings = session.exec(
            select(Alias.folded, Entity.active).join(Entity, col(Entity.id) == Alias.entity_id)
        ).all()
    from ingest.facts.tables.store import store_statements
    from ingest.formats.files import FileError

    switched_off = {squash(folded) for folded, active in spellings if not active}
    switched_off -= {squash(folded) for folded, active in spellings if active}
    found = [
        one
        for path in paths
        for one in read_starter_table(path)
        if squash(one.subject) not in switched_off and squash(one.object) not in switched_off
    ]
    report = store_statements(engine, TABLE, found, now, ahead=True)
    if report.rejects:
        raise FileError(f"The starter facts hold a mistake: {report.rejects[0].reason}.")
    with transaction(engine, writes=True) as session:
        note_loaded(session, LOADED, wanted)
    return len(found)


def read_starter_table(path: Path) -> Iterator[TableStatement]:
    """The statements of a file. Raises FileError with the file and line of a mistake."""
    from ingest.formats.files import FileError

    data = path.read_bytes()
    text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8")
    for line, row in enumerate(csv.DictReader(io.StringIO(text, newline="")), 2):
        try:
            yield TableStatement(
                row=row["row"],
                subject=row["subject"],
                kind=row["kind"],
                predicate=row["predicate"],
                object=row["object"],
                object_kind=row["object_kind"],
                value=float(row["value"]) if row["value"] else None,
                unit=row["unit"],
                op=row["op"],
                text=row["text"],
                qualifiers=json.loads(row["qualifiers"]) if row["qualifiers"] else {},
                valid_from=row["from"],
                said_on=date.fromisoformat(row["said"]),
                status=row["status"],
                url=row["url"],
                line=line,
            )
        except (KeyError, TypeError, ValueError) as error:
            raise FileError(f"{path}:{line} can't be read ({error}).") from error


def table_bytes(statements: Iterable[TableStatement]) -> bytes:
    """A compressed file of statements; the same statements give the same bytes."""
    out = io.StringIO(newline="")
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(COLUMNS)
    for one in statements:
        qualifiers = json.dumps(dict(one.qualifiers), ensure_ascii=False, sort_keys=True) if one.qualifiers else ""
        value = "" if one.value is None else f"{one.value:.10g}"
        said = one.said_on.isoformat() if one.said_on else ""
        rows.writerow(
            (
                one.row, one.subject, one.kind, one.predicate, one.object, one.object_kind if one.object else "", value,
                one.unit, one.op, one.text, qualifiers, one.valid_from, said, one.status, one.url,
            )
        )  # fmt: skip
    return gzip.compress(out.getvalue().encode(), 9, mtime=0)
