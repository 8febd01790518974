"""Reads and checks the gazetteer's files; every mistake is reported with its file and line."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from gazetteer.spelling import fold, variants

KINDS = (
    "company",
    "lab",
    "family",
    "model",
    "product",
    "person",
    "chip",
    "cloud",
    "datacenter",
    "benchmark",
    "regulator",
)
CASE_SENSITIVE = 4
"""Names of up to this many characters match only as written: "SAP" is not "sap", "Arm" is not "arm"."""

_TYPE_NAMES = {str: "a text", list: "a list", bool: "true or false"}

_KEY = re.compile(r"[a-z0-9][a-z0-9.\-]*")
_TABLE = re.compile(r"""\[+\s*["']?([^\]"']+?)["']?\s*\]""")
_LINE = re.compile(r"""\s*(?:"((?:[^"\\]|\\.)+)"|'([^']+)'|([^\s"'=]+))\s*=""")


class GazetteerError(Exception):
    """The gazetteer has mistakes: one sentence each, beginning with file and line."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


@dataclass(frozen=True)
class AliasRule:
    """What tells a name from other things spelt the same. Words are folded (see gazetteer.spelling)."""

    case: bool = False
    """Matches in exactly this spelling only."""
    not_next: tuple[str, ...] = ()
    """Words right after the name that make it something else: Meta *learning*."""
    not_previous: tuple[str, ...] = ()
    """Words right before the name that make it something else: *Jean* Claude."""
    not_with: tuple[str, ...] = ()
    """Words anywhere in the text that rule the name out."""
    needs: tuple[str, ...] = ()
    """The text must contain one of these, or another name of the same family."""

    def as_json(self) -> dict[str, Any]:
        """The rule as it is stored: without its empty fields."""
        return {
            name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items() if value
        }


@dataclass(frozen=True)
class Definition:
    """One entity as a file defines it."""

    key: str
    name: str
    kind: str
    aliases: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    origin: str = "catalogue"
    where: str = ""


@dataclass(frozen=True)
class Gazetteer:
    """Every entity by key, and every folded spelling with its text, entity key and rule."""

    entities: Mapping[str, Definition]
    spellings: Mapping[str, tuple[str, str, AliasRule]]


@dataclass
class _Entries:
    entities: dict[str, Definition] = field(default_factory=dict)
    disabled: dict[str, str] = field(default_factory=dict)
    words: dict[str, tuple[str, AliasRule, str]] = field(default_factory=dict)
    mistakes: list[str] = field(default_factory=list)


def read_gazetteer(paths: Iterable[Path], operator: Path | None = None) -> Gazetteer:
    """Reads our files and, if given, an operator's, whose lines win over ours.

    Raises GazetteerError with every mistake found.
    """
    ours, theirs = _Entries(), _Entries()
    for path in paths:
        _read_file(path, ours, "catalogue")
    if operator is not None:
        _read_file(operator, theirs, "operator")
    mistakes = ours.mistakes + theirs.mistakes
    entities = {**ours.entities, **theirs.entities}
    for key, where in theirs.disabled.items():
        if entities.pop(key, None) is None:
            mistakes.append(f"{where}: “{key}” can't be switched off: there is no such entity")
        # Switching an entity off doesn't switch off its children: they merely lose this parent.
        for child in [entity for entity in entities.values() if key in entity.parents and entity.origin == "catalogue"]:
            parents = tuple(parent for parent in child.parents if parent != key)
            entities[child.key] = replace(child, parents=parents)
    words = {**ours.words, **theirs.words}
    mistakes += _parents(entities)
    spellings = _spellings(entities, words, mistakes)
    # Our rules may outlive a name that the operator switched off or took over. A rule for any other unknown name is a
    # mistake.
    known = spellings.keys() | {
        fold(text) for entity in ours.entities.values() for text in (entity.name, *entity.aliases)
    }
    mistakes += [
        f"{where}: “{text}” has a rule but is not a name of any entity"
        for folded, (text, _, where) in words.items()
        if folded not in known
    ]
    if mistakes:
        raise GazetteerError(mistakes)
    return Gazetteer(entities, spellings)


def toml_lines(path: Path) -> tuple[dict[str, Any], dict[tuple[str, str], int]]:
    """A TOML file's tables, and the line number of each (table, key).

    Raises GazetteerError when the file can't be read.
    """
    try:
        text = path.read_text(encoding="utf-8")
        tables = tomllib.loads(text)
    except FileNotFoundError:
        raise GazetteerError([f"{path}: no such file"]) from None
    except UnicodeDecodeError:
        raise GazetteerError([f"{path}: is not UTF-8: save it as UTF-8"]) from None
    except OSError as error:
        raise GazetteerError([f"{path}: can't be read ({error.strerror})"]) from None
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        raise GazetteerError([f"{path}:{found[1] if found else 1}: is not valid TOML ({error})"]) from None
    places: dict[tuple[str, str], int] = {}
    table = ""
    for number, line in enumerate(text.split("\n"), 1):
        if match := _TABLE.match(line.strip()):
            table = match[1]
        elif match := _LINE.match(line):
            places.setdefault((table, match[1] or match[2] or match[3]), number)
    return tables, places


def _read_file(path: Path, entries: _Entries, origin: str) -> None:
    try:
        tables, places = toml_lines(path)
    except GazetteerError as error:
        entries.mistakes += error.mistakes
        return
    for table, rows in tables.items():
        for key, row in rows.items() if isinstance(rows, dict) else [("", None)]:
            where = f"{path}:{places.get((table, key)) or places.get(('', table), 1)}"
            try:
                if table == "word":
                    if fold(key) in entries.words:
                        raise ValueError(f"“{key}” already has a rule, in {entries.words[fold(key)][2]}")
                    entries.words[fold(key)] = (key, _rule(row), where)
                elif table not in KINDS:
                    raise ValueError(f"“{table}” is not a kind: use {', '.join(KINDS)} or word")
                elif row == {"off": True}:
                    entries.disabled[key] = where
                else:
                    entity = _definition(key, table, row, origin, where)
                    if key in entries.entities:
                        raise ValueError(f"“{key}” is already defined, in {entries.entities[key].where}")
                    entries.entities[key] = entity
            except ValueError as mistake:
                entries.mistakes.append(f"{where}: {mistake}")


def _definition(key: str, kind: str, row: Any, origin: str, where: str) -> Definition:
    _fields(row, {"name": str, "aliases": list, "parents": list})
    if not _KEY.fullmatch(key):
        raise ValueError(f"“{key}” is not a valid key: use lower-case letters, digits, hyphens and dots")
    if not fold(row.get("name", "")):
        raise ValueError(f"“{key}” has no name")
    if any(not fold(text) for text in row.get("aliases", ())):
        raise ValueError(f"“{key}” has an empty alias")
    return Definition(
        key, row["name"], kind, tuple(row.get("aliases", ())), tuple(row.get("parents", ())), origin, where
    )


def _rule(row: Any) -> AliasRule:
    words = dict.fromkeys(("not_next", "not_previous", "not_with", "needs"), list)
    _fields(row, {"case": bool, **words})
    return AliasRule(
        row.get("case", False), **{name: tuple(fold(word) for word in row.get(name, ())) for name in words}
    )


def _fields(row: Any, allowed: Mapping[str, type]) -> None:
    if not isinstance(row, dict):
        raise ValueError('must be a table in braces: { name = "..." }')
    for name, value in row.items():
        if name not in allowed:
            raise ValueError(f"“{name}” is not a field here: use {', '.join(allowed)}")
        if not isinstance(value, allowed[name]):
            raise ValueError(f"“{name}” must be {_TYPE_NAMES[allowed[name]]}")
        if isinstance(value, list) and not all(isinstance(item, str) for item in value):
            raise ValueError(f"“{name}” must contain only texts")


def _parents(entities: Mapping[str, Definition]) -> Iterator[str]:
    for entity in entities.values():
        for parent in entity.parents:
            if parent not in entities:
                yield f"{entity.where}: parent “{parent}” of “{entity.key}” is not defined"
    done: set[str] = set()
    for start in entities:
        path: list[str] = []
        stack = [(start, 0)]
        while stack:
            key, depth = stack.pop()
            del path[depth:]
            if key in path:
                loop = [*path[path.index(key) :], key]
                yield f"{entities[key].where}: parents form a loop: {' → '.join(loop)}"
                done.update(loop)
            if key in done or key not in entities:
                continue
            path.append(key)
            stack += [(parent, depth + 1) for parent in entities[key].parents]
        done.add(start)


def _spellings(
    entities: Mapping[str, Definition], words: Mapping[str, tuple[str, AliasRule, str]], mistakes: list[str]
) -> dict[str, tuple[str, str, AliasRule]]:
    rules = {fold(form): rule for text, rule, _ in words.values() for form in reversed(variants(text))}
    spellings: dict[str, tuple[str, str, AliasRule]] = {}
    # An operator's names win over ours, so they are entered first.
    ordered = sorted(entities.values(), key=lambda entity: entity.origin != "operator")
    for entity in ordered:
        for text in (entity.name, *entity.aliases):
            folded = fold(text)
            first = spellings.setdefault(folded, (text, entity.key, _rule_for(text, rules)))
            other = entities[first[1]]
            if other.key == entity.key:
                continue
            if other.origin == entity.origin:
                mistakes.append(f"{entity.where}: “{text}” is also a name of “{other.key}” ({other.where})")
            elif text == entity.name:
                # An operator may take over a spelling silently, but never the name an entity is shown by.
                mistakes.append(
                    f"{other.where}: “{text}” is the name of “{entity.key}”: define it under that key to change it, "
                    f"or switch it off"
                )
    # Other spacing or hyphens make the same name, unless that form is defined as a name of its own.
    for text, key, rule in list(spellings.values()):
        for form in variants(text):
            folded = fold(form)
            spellings.setdefault(folded, (form, key, _rule_for(form, rules) if rule == AliasRule(case=True) else rule))
    return spellings


def _rule_for(text: str, rules: Mapping[str, AliasRule]) -> AliasRule:
    rule = next((rules[form] for form in map(fold, variants(text)) if form in rules), AliasRule())
    return replace(rule, case=True) if len(text) <= CASE_SENSITIVE and text.isascii() else rule
