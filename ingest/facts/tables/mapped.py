"""An operator's own table, CSV or JSON, with a mapping of its columns: `subject=model,parameters=params`.

A mapping says what a column holds: a field of a statement (subject, object, predicate, value, unit, text, said, from,
to, status, kind, source, quote), a qualifier (`qualifier.benchmark=test`), or the values of a predicate. `name:=value`
is the same in every row. A path reaches nested JSON: `price=cost.input`.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from answers.quantity import ParsedQuantity, QuantityError, parse_quantity
from gazetteer.spelling import well_formed
from ingest.facts.tables.statement import RowError, TableStatement, cell_address, cell_date, exact_date
from ingest.formats.files import FileError, Reject
from ingest.formats.outside_json import load_json
from models.predicate import PREDICATES, Predicate

FIELDS = (
    "subject", "object", "predicate", "value", "unit", "text", "said", "from", "to", "status", "kind", "source",
    "quote",
)  # fmt: skip
MAX_BYTES = 64 * 1024 * 1024
"""Maximum bytes of a file; a table of facts has far fewer."""

MAX_TEXT = 300
"""Maximum characters of a text; longer ones are articles, not facts."""

_QUALIFIER = re.compile(r"qualifier\.([a-z_]+)")

_EXPONENT = re.compile(r"-?\d+(?:\.\d+)?e[+-]?\d+", re.IGNORECASE)

Row = tuple[int, Mapping[str, Any]]
"""A line number and its cells."""


@dataclass(frozen=True)
class ColumnMapping:
    """Where each part of a statement comes from: columns, and constants that hold for every row."""

    columns: Mapping[str, str]
    constants: Mapping[str, str]

    def get(self, row: Mapping[str, Any], name: str) -> Any:
        """A row's cell for a part of a statement; "" where it has none."""
        if name in self.constants:
            return self.constants[name]
        return _cell(row, self.columns[name]) if name in self.columns else ""

    @property
    def wide(self) -> list[Predicate]:
        """The predicates that have a column of their own."""
        return [PREDICATES[name] for name in (*self.columns, *self.constants) if name in PREDICATES]

    @property
    def qualifiers(self) -> list[str]:
        """The qualifiers that have a column or a constant, by their names in the mapping."""
        return [name for name in (*self.columns, *self.constants) if _QUALIFIER.fullmatch(name)]


def parse_mapping(parts: Iterable[str]) -> ColumnMapping:
    """Parses a mapping as a person types it. Raises FileError that says what is wrong."""
    columns: dict[str, str] = {}
    constants: dict[str, str] = {}
    for part in parts:
        # A constant may contain commas, as sentences and addresses do.
        for word in [part] if ":=" in part.split(",", 1)[0] else part.split(","):
            name, given, value = word.strip().partition(":=" if ":=" in word else "=")
            name, value = name.strip(), value.strip()
            if not given or not value:
                raise FileError(f"“{word.strip()}” maps nothing: write subject=column or source:=https://…")
            if name not in FIELDS and name not in PREDICATES and not _QUALIFIER.fullmatch(name):
                raise FileError(
                    f"“{name}” is not part of a fact: use {', '.join(FIELDS)}, qualifier.NAME, or a predicate such as "
                    "parameters."
                )
            (constants if ":=" in word else columns)[name] = value
    found = ColumnMapping(columns, constants)
    known = {*columns, *constants}
    if "subject" not in known:
        raise FileError("The mapping has no subject: write subject=column.")
    if "source" not in known:
        raise FileError("The mapping has no source: write source=column, or source:=https://… for the whole table.")
    if not found.wide and "predicate" not in known:
        raise FileError("The mapping has no predicate: write parameters=column, or predicate=column,value=column.")
    return found


def read(path: Path, mapping: ColumnMapping) -> Iterator[TableStatement | Reject]:
    """The statements of a file, and a Reject with its line for each row or cell that can't be used.

    Raises FileError when the file can't be read or lacks a mapped column.
    """
    rows = _rows(path)
    first = True
    for line, row in rows:
        if first:
            _has_columns(path, row, mapping)
            first = False
        try:
            yield from _statements(row, line, mapping, str(path))
        except RowError as error:
            yield Reject(str(path), line, str(error), str(row)[:200])


def _statements(
    row: Mapping[str, Any], line: int, mapping: ColumnMapping, name: str
) -> Iterator[TableStatement | Reject]:
    subject = _text(mapping.get(row, "subject"), "the subject")
    if not subject:
        raise RowError("has no subject")
    source = mapping.get(row, "source")
    url = cell_address(source)
    if not url:
        raise RowError(f"needs an http address as its source, not “{str(source)[:40]}”" if source else "has no source")
    said_on, start = cell_date(mapping.get(row, "said"), "said"), cell_date(mapping.get(row, "from"), "from")
    qualifiers = {}
    for qualifier in mapping.qualifiers:
        if words := _text(mapping.get(row, qualifier), qualifier):
            qualifiers[qualifier.removeprefix("qualifier.")] = words
    base = TableStatement(
        f"{subject}|{said_on}|{start}",
        subject,
        "",
        object=_text(mapping.get(row, "object"), "the object"),
        text=_text(mapping.get(row, "text"), "the text"),
        qualifiers=qualifiers,
        valid_from=start,
        valid_to=cell_date(mapping.get(row, "to"), "to"),
        said_on=exact_date(said_on),
        status=_text(mapping.get(row, "status"), "the status") or "reported",
        url=url,
        quote=_text(mapping.get(row, "quote"), "the quote"),
        kind=_text(mapping.get(row, "kind"), "the kind") or "product",
        line=line,
    )
    unit = _text(mapping.get(row, "unit"), "the unit")
    if "predicate" in {*mapping.columns, *mapping.constants}:
        predicate = PREDICATES.get(_text(mapping.get(row, "predicate"), "the predicate"))
        if predicate is None:
            raise RowError(f"“{str(mapping.get(row, 'predicate'))[:40]}” is not a predicate")
        yield _statement(base, predicate, mapping.get(row, "value"), unit)
    for predicate in mapping.wide:
        cell = mapping.get(row, predicate.name)
        if cell in ("", None):
            continue
        try:
            yield _statement(base, predicate, cell, unit)
        except RowError as error:
            yield Reject(name, line, f"{predicate.name}: {error}", subject)


def _statement(base: TableStatement, predicate: Predicate, cell: Any, unit: str) -> TableStatement:
    """The statement of one predicate: the cell is a number if the predicate has a unit, else an object or a text."""
    statement = replace(base, predicate=predicate.name)
    if cell in ("", None):
        return statement
    words = _text(cell, predicate.name)
    if not predicate.unit:
        if predicate.object and not statement.object:
            return replace(statement, object=words)
        return replace(statement, text=statement.text or words)
    amount = _quantity(words, unit, predicate)
    qualifiers = {"token_type": amount.token_type} if amount.token_type else {}
    return replace(
        statement, value=amount.value, unit=amount.unit, op=amount.op, qualifiers={**qualifiers, **statement.qualifiers}
    )


def _quantity(words: str, unit: str, predicate: Predicate) -> ParsedQuantity:
    try:
        # Tables write 1.6e12, which people don't type.
        words = f"{float(words):f}" if _EXPONENT.fullmatch(words) else words
        return parse_quantity(f"{words} {unit}".strip(), predicate.unit)
    except (QuantityError, OverflowError) as error:
        raise RowError(str(error).rstrip(".")) from error


def _text(cell: Any, what: str) -> str:
    """A cell as one line of text. Raises RowError if it is not a single value or too long."""
    if isinstance(cell, (dict, list)):
        raise RowError(f"{what} must be a single value")
    found = " ".join(well_formed(str(cell if cell is not None else "")).split())
    if len(found) > MAX_TEXT:
        raise RowError(f"{what} is longer than {MAX_TEXT} characters")
    return found


def _cell(row: Mapping[str, Any], column: str) -> Any:
    """A row's cell; a name such as "cost.input" is a path unless a column has this very name."""
    if column in row:
        return row[column]
    found: Any = row
    for part in column.split("."):
        found = found.get(part, "") if isinstance(found, Mapping) else ""
    return found


def _has_columns(path: Path, row: Mapping[str, Any], mapping: ColumnMapping) -> None:
    """Raises FileError for a CSV column that doesn't exist: a mistake in the mapping, not in every row."""
    if path.suffix.lower() != ".csv":
        return
    for name, column in mapping.columns.items():
        if column not in row:
            raise FileError(
                f"{path} has no column “{column}” (for {name}): its columns are {', '.join(map(str, row))}."
            )


def _rows(path: Path) -> Iterator[Row]:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise FileError(f"{path} is larger than {MAX_BYTES // 1024 // 1024} MB: split it into smaller tables.")
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise FileError(f"{path} can't be read ({error.strerror or error}).") from error
    except UnicodeDecodeError as error:
        raise FileError(f"{path} is not UTF-8 (byte {error.start + 1}): save it as UTF-8.") from error
    return _csv(path, text) if path.suffix.lower() in (".csv", ".tsv") else _json(path, text)


def _csv(path: Path, text: str) -> Iterator[Row]:
    rows = csv.DictReader(
        io.StringIO(text, newline=""), delimiter="\t" if path.suffix.lower() == ".tsv" else ",", strict=True
    )
    while True:
        line = rows.line_num + 1 if rows.line_num else 2
        try:
            row = next(rows, None)
        except csv.Error as error:
            raise FileError(f"{path} is not valid CSV near line {line} ({error}).") from error
        if row is None:
            return
        yield line, {key: value for key, value in row.items() if isinstance(key, str)}


def _json(path: Path, text: str) -> Iterator[Row]:
    """An array of objects, or one object per line."""
    if text.lstrip().startswith("["):
        try:
            found = load_json(text)
        except (ValueError, RecursionError) as error:
            raise FileError(f"{path} is not valid JSON ({str(error)[:120]}).") from error
        for number, row in enumerate(found, 1):
            yield number, row if isinstance(row, dict) else {}
        return
    for line, words in enumerate(text.splitlines(), 1):
        if not words.strip():
            continue
        try:
            row = load_json(words)
        except (ValueError, RecursionError):
            row = {}
        yield line, row if isinstance(row, dict) else {}
