"""What every table yields: a statement with names in place of the store's ids."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from gazetteer.spelling import well_formed
from ingest.formats.outside_json import load_json


@dataclass(frozen=True)
class TableStatement:
    """One statement of one row. `row` identifies the row in its table across imports.

    `said_on` is None where the table has no date: the statement then counts as made on the day of the import.
    """

    row: str
    subject: str
    predicate: str
    object: str = ""
    value: float | None = None
    unit: str = ""
    text: str = ""
    qualifiers: Mapping[str, str] = field(default_factory=dict)
    valid_from: str = ""
    valid_to: str = ""
    said_on: date | None = None
    status: str = "announced"
    url: str = ""
    quote: str = ""
    kind: str = "model"
    """The kind of the subject if it is not listed."""
    object_kind: str = "company"
    other_names: tuple[str, ...] = ()
    """Other spellings of the model, tried in this order where its name is not listed."""
    line: int = 0
    op: str = ""


class RowError(Exception):
    """A row or cell can't be used; the message says why in a few words."""


def table_json(data: bytes) -> Any:
    """The parsed JSON of a table. Raises RowError."""
    try:
        return _well_formed_inside(load_json(data))
    except (ValueError, RecursionError) as error:
        raise RowError(f"is not valid JSON ({str(error)[:80]})") from error


def _well_formed_inside(value: Any) -> Any:
    if isinstance(value, str):
        return well_formed(value)
    if isinstance(value, list):
        return [_well_formed_inside(one) for one in value]
    if isinstance(value, dict):
        return {well_formed(name): _well_formed_inside(one) for name, one in value.items()}
    return value


def cell_number(cell: Any, what: str) -> float | None:
    """A cell as a number; None if it is empty. Raises RowError."""
    if cell is None or cell == "":
        return None
    try:
        found = float(str(cell).replace(",", "")) if not isinstance(cell, bool) else math.nan
    except ValueError:
        found = math.nan
    if not math.isfinite(found):
        raise RowError(f"{what} is not a number: “{str(cell)[:40]}”")
    return found


def cell_date(cell: Any, what: str) -> str:
    """A cell as a date of whatever precision ("2026", "2026-04", "2026-04-08"); "" if empty. Raises RowError."""
    text = str(cell or "").strip()[:10]
    if not text:
        return ""
    filled = text + "-01-01"[len(text) - 4 :] if len(text) in (4, 7) else text
    try:
        date.fromisoformat(filled)
    except ValueError:
        raise RowError(f"{what} is not a date: “{text}”") from None
    return text


def exact_date(text: str) -> date | None:
    """The date if it is known to the day, else None."""
    return date.fromisoformat(text) if len(text) == 10 else None


def cell_address(cell: Any) -> str:
    """The first http address in a cell, "" if there is none."""
    for word in well_formed(str(cell or "")).split():
        try:
            parts = urlsplit(word.strip("<>,;"))
        except ValueError:
            continue
        if parts.scheme in ("http", "https") and parts.hostname:
            return word.strip("<>,;")
    return ""


def rounded(value: float) -> float:
    """Removes binary noise from a decimal product: 2.4999999999999996 becomes 2.5."""
    return float(f"{value:.10g}")
