"""The facts that the rules read from a file of passages, one JSON object a line."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TextIO

from sqlalchemy import Engine

from gazetteer.spelling import tidy
from ingest.facts.extract.reader import statement_reader
from ingest.facts.extract.statement import Statement
from ingest.formats.files import FileError


def evaluate_facts(engine: Engine, path: Path, out: TextIO) -> int:
    """Writes the facts of each passage (pid, text, and where known heads, title, date); gives how many.

    Of the store only the names are used: nothing is read from its articles, and nothing is written to it.
    Raises FileError with the line of a passage that can't be read.
    """
    with engine.connect() as connection:
        reading = statement_reader(connection)
    number = 0
    for passage in passages(path):
        heads = [tidy(str(head)) for head in passage.get("heads") or []]
        for one in reading.read(tidy(passage.get("title") or ""), tidy(passage["text"]), _day(passage), heads):
            out.write(json.dumps({"pid": passage["pid"], **statement_row(one)}, ensure_ascii=False) + "\n")
            number += 1
    return number


def passages(path: Path) -> Iterator[dict[str, Any]]:
    """The passages of a file. Raises FileError."""
    try:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                if not line.strip():
                    continue
                try:
                    row = json.loads(line)
                except ValueError as error:
                    raise FileError(f"{path}:{number}: is not JSON ({error}).") from error
                if not isinstance(row, dict) or not isinstance(row.get("text"), str) or "pid" not in row:
                    raise FileError(f"{path}:{number}: a passage needs at least pid and text.")
                yield row
    except (OSError, UnicodeDecodeError) as error:
        raise FileError(f"{path} can't be read ({error}).") from error


def statement_row(one: Statement) -> dict[str, Any]:
    """A statement as a row: names as they are written in the text."""
    qualifiers, thing = one.qualifiers, one.object
    if one.predicate == "role" and thing is not None:
        # Who holds a role is told of the person: the role is what is said, the organisation where.
        qualifiers, thing = {**qualifiers, "org": thing.text}, None
    row = {
        "subject": one.subject.text,
        "predicate": one.predicate,
        "object": thing.text if thing is not None else one.text or qualifiers.get("role"),
        "value": one.value,
        "unit": one.unit or None,
        "op": one.op or None,
        "qualifiers": qualifiers,
        "status": one.status,
        "from": one.valid_from or None,
        "to": one.valid_to or None,
    }
    return {name: value for name, value in row.items() if value is not None}


def _day(passage: dict[str, Any]) -> date:
    said = str(passage.get("date") or "")
    try:
        return date.fromisoformat((said + "-01-01")[:10] if len(said) in (4, 7) else said[:10])
    except ValueError:
        return datetime.now(UTC).date()
