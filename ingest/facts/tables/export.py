"""Writes facts with their sources as JSON lines or CSV, in the columns that an import can map."""

import csv
import json
from collections.abc import Iterator
from typing import Any, TextIO

from sqlmodel import Session, col, select

from models.entity import by_id
from models.fact import Fact, believed, fact_sources

COLUMNS = (
    "id", "subject", "predicate", "object", "value", "high", "op", "unit", "text", "qualifiers", "from", "to", "said",
    "last_said", "learned", "retired", "status", "certainty", "origin", "source", "quote", "sources",
)  # fmt: skip

BATCH = 500
"""Facts read at a time."""


def export_rows(session: Session, include_retired: bool = False) -> Iterator[dict[str, Any]]:
    """Yields the believed facts, or all facts with `include_retired`, oldest first."""
    last = 0
    while True:
        query = select(Fact).where(col(Fact.id) > last).order_by(col(Fact.id)).limit(BATCH)
        facts = list(session.exec(query if include_retired else query.where(believed())))
        if not facts:
            return
        last = facts[-1].id or 0
        entities = by_id(
            session, (key for fact in facts for key in (fact.subject_id, fact.object_id) if key is not None)
        )
        sources = fact_sources(session, facts)
        for fact in facts:
            cited = sources.get(fact.id or 0, [])
            yield {
                "id": fact.id,
                "subject": entities[fact.subject_id].name,
                "predicate": fact.predicate,
                "object": entities[fact.object_id].name if fact.object_id is not None else "",
                "value": fact.value,
                "high": fact.high,
                "op": fact.op,
                "unit": fact.unit,
                "text": fact.text,
                "qualifiers": fact.qualifiers,
                "from": fact.valid_from,
                "to": fact.valid_to,
                "said": fact.said_on.isoformat(),
                "last_said": fact.last_said.isoformat(),
                "learned": fact.recorded_at.isoformat(),
                "retired": fact.retired_at.isoformat() if fact.retired_at else "",
                "status": fact.status,
                "certainty": fact.certainty,
                "origin": fact.origin,
                "source": cited[0].url if cited else "",
                "quote": cited[0].quote if cited else "",
                "sources": [source.url for source in cited],
            }


def export_facts(session: Session, out: TextIO, file_format: str, include_retired: bool = False) -> int:
    """Writes facts as "jsonl" or "csv"; returns their number."""
    number = 0
    table = csv.DictWriter(out, COLUMNS) if file_format == "csv" else None
    if table:
        table.writeheader()
    for row in export_rows(session, include_retired):
        number += 1
        if table:
            table.writerow({name: _cell(value) for name, value in row.items()})
        else:
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
    return number


def _cell(value: Any) -> Any:
    """A cell that is safe in a spreadsheet: text from outside never begins a formula."""
    if isinstance(value, dict):
        value = json.dumps(value, ensure_ascii=False) if value else ""
    if isinstance(value, list):
        value = " ".join(value)
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
