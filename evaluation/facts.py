"""Extracts facts from a file of passages with the rules: JSON Lines in, JSON Lines out."""

import json
import math
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TextIO

from sqlalchemy import Engine

from evaluation.json_lines import read_json_lines
from gazetteer.spelling import tidy
from ingest.facts.extract.reader import statement_reader
from ingest.facts.extract.statement import Statement
from ingest.formats.files import FileError
from models.measure import SIGNS


def evaluate_facts(engine: Engine, path: Path, out: TextIO) -> int:
    """Writes the facts in each passage (pid and text, optionally heads, title and date); returns their number.

    Only the names in the store are used: no articles are read, and nothing is written to it. Raises FileError, with
    the line, for a passage that can't be read.
    """
    with engine.connect() as connection:
        reader = statement_reader(connection)
    number = 0
    for passage in passages(path):
        heads = [tidy(str(head)) for head in passage.get("heads") or []]
        # A line break ends a sentence, as between the title and the summary of an article.
        title, text = tidy(passage.get("title") or ""), "\n".join(map(tidy, passage["text"].splitlines()))
        for statement in reader.read(title, text, _day(passage), heads):
            out.write(json.dumps({"pid": passage["pid"], **statement_row(statement)}, ensure_ascii=False) + "\n")
            number += 1
    return number


def passages(path: Path) -> Iterator[dict[str, Any]]:
    """Reads the passages of a JSON Lines file. Raises FileError."""
    for place, row in read_json_lines(path):
        if not isinstance(row.get("text"), str) or "pid" not in row:
            raise FileError(f"{place}: a passage needs at least pid and text.")
        yield row


def statement_row(statement: Statement) -> dict[str, Any]:
    """A statement as a row, with names as written in the text, and without empty columns."""
    qualifiers, thing = statement.qualifiers, statement.object
    if statement.predicate == "role" and thing is not None:
        # The subject of a role is the person, its object the role; the organisation becomes a qualifier.
        qualifiers, thing = {**qualifiers, "org": thing.text}, None
    if thing is not None and statement.value is not None and statement.unit in SIGNS:
        # The money of a fact with a second entity: "500e6".
        power = 3 * int(math.log10(max(abs(statement.value), 1)) // 3)
        qualifiers = {**qualifiers, "amount": f"{statement.value / 10**power:g}e{power}"}
    row = {
        "subject": statement.subject.text,
        "predicate": statement.predicate,
        "object": thing.text if thing is not None else statement.text or qualifiers.get("role"),
        "value": statement.value,
        "unit": statement.unit or None,
        "op": statement.op or None,
        "high": statement.high,
        "qualifiers": qualifiers,
        "status": statement.status,
        "from": statement.valid_from or None,
        "to": statement.valid_to or None,
    }
    return {name: value for name, value in row.items() if value is not None}


def _day(passage: dict[str, Any]) -> date:
    """The date of a passage, which may be a year or a month; today if it has none."""
    stamp = str(passage.get("date") or "")
    try:
        return date.fromisoformat((stamp + "-01-01")[:10] if len(stamp) in (4, 7) else stamp[:10])
    except ValueError:
        return datetime.now(UTC).date()
