"""Reads predicates.toml, the one table of predicates, and checks it. A mistake is a sentence with file and predicate.

Checked here: keys, types, and what an entry must have. The rest is checked where it is used: regular expressions are
compiled when they are first needed (answers.language.cues).
"""

import tomllib
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

FILE = Path(__file__).with_name("predicates.toml")
"""The table that comes with the program."""

Entry = Mapping[str, Any]
Kind = TypeVar("Kind", bound=StrEnum)

_TEXTS = {
    "cues": list,
    "patterns": list,
    "examples": list,
    "counterexamples": list,
}
_SECTIONS: dict[str, dict[str, type | tuple[type, ...]]] = {
    "question": {
        **_TEXTS,
        "order": int,
        "answer": str,
        "relation": bool,
        "of_models": bool,
        "per_version": bool,
        "search": str,
        "units": list,
        "answered_by": list,
    },
    "statement": {**_TEXTS, "nouns": list},
    "count": {**_TEXTS, "kinds": list},
}
_FIELDS: dict[str, type | tuple[type, ...]] = {
    "topic": str,
    "phrase": str,
    "inverse": str,
    "holds": str,
    "object": bool,
    "symmetric": bool,
    "background": bool,
    "unit": str,
    "separators": list,
    "minimum": (int, float),
    "maximum": (int, float),
    "keywords": list,
    "chat": list,
    "stored": bool,
    "variant_of": str,
    **dict.fromkeys(_SECTIONS, dict),
}
_TYPE_NAMES = {str: "text", list: "list of texts", bool: "true or false", int: "whole number", dict: "table"}


class PredicateTableError(Exception):
    """The table has mistakes, each a sentence that begins with its file and predicate."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


def table_error(name: str, mistake: str) -> PredicateTableError:
    """The error for a mistake in an entry of the default file."""
    return PredicateTableError([f"{FILE}: [{name}] {mistake}"])


def one_of(kinds: type[Kind], value: str, name: str, field: str) -> Kind:
    """A text of an entry as a member of an enumeration. Raises PredicateTableError."""
    try:
        return kinds(value)
    except ValueError:
        raise table_error(name, f"{field} “{value}” is none of {', '.join(kinds)}") from None


@cache
def predicate_table() -> Mapping[str, Entry]:
    """The entries of the default file by name, in its order; read once."""
    return read_table(FILE)


def read_table(path: Path) -> Mapping[str, Entry]:
    """The entries of a file by name. Raises PredicateTableError with every mistake found."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise PredicateTableError([f"{path}: can't be read ({error})"]) from None
    except tomllib.TOMLDecodeError as error:
        raise PredicateTableError([f"{path}: is not TOML ({error})"]) from None
    mistakes = [f"{path}: [{name}] {mistake}" for name, entry in table.items() for mistake in _mistakes(entry, table)]
    mistakes += [f"{path}: {mistake}" for mistake in _same_order(table)]
    if mistakes:
        raise PredicateTableError(mistakes)
    return table


def _mistakes(entry: Any, table: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with one entry, each as the end of a sentence that begins with its name."""
    if not isinstance(entry, dict):
        yield "is no table"
        return
    wrong = list(_wrong_fields(entry, _FIELDS, ""))
    for section, allowed in _SECTIONS.items():
        if isinstance(entry.get(section), dict):
            wrong += _wrong_fields(entry[section], allowed, f"{section}.")
    yield from wrong
    if wrong:
        return
    stored = entry.get("stored", True)
    if stored:
        yield from (f"needs {field}" for field in ("topic", "phrase") if not entry.get(field))
    if "variant_of" in entry and "question" not in table.get(entry["variant_of"], {}):
        yield f"is a variant of “{entry['variant_of']}”, which has no entry with a question"
    question = entry.get("question", {})
    for name in question.get("answered_by", ()):
        if name not in table:
            yield f"question.answered_by names “{name}”, which has no entry"
    if question.get("cues") or question.get("patterns"):
        missing = [key for key in ("answer", *(() if "variant_of" in entry else ("order",))) if key not in question]
        yield from (f"has question cues, so it needs question.{key}" for key in missing)
    needed = [part for part in ("question", "statement") if stored and entry.get("keywords")]
    for part in dict.fromkeys([*needed, *(part for part in _SECTIONS if part in entry)]):
        for key in ("examples", "counterexamples"):
            if not entry.get(part, {}).get(key):
                yield f"needs {part}.{key}: at least one sentence"


def _wrong_fields(row: Mapping[str, Any], allowed: Mapping[str, Any], where: str) -> Iterator[str]:
    for key, value in row.items():
        kind = allowed.get(key)
        if kind is None:
            yield f"has “{where}{key}”, which is no field; fields are {', '.join(allowed)}"
        elif not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            yield f"{where}{key} should be a {'number' if isinstance(kind, tuple) else _TYPE_NAMES[kind]}"
        elif isinstance(value, list) and not all(isinstance(item, str) and item for item in value):
            yield f"{where}{key} should hold texts only, none of them empty"


def _same_order(table: Mapping[str, Any]) -> Iterator[str]:
    first: dict[int, str] = {}
    for name, entry in table.items():
        question = entry.get("question") if isinstance(entry, dict) else None
        order = question.get("order") if isinstance(question, dict) else None
        if isinstance(order, int) and first.setdefault(order, name) != name:
            yield f"[{name}] has question.order {order} as [{first[order]}] has: which of the two wins?"
