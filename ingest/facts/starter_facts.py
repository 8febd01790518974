"""Loads the facts that come with the program."""

import logging
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Engine, delete
from sqlmodel import Session, col, select

from models.database import chunks, transaction
from models.entity import Entity
from models.fact import Fact, FactChange, FactSource, restore_fact, retire_fact
from models.load_state import Loaded, files_hash, is_loaded, note_loaded
from models.predicate import PREDICATES, STATUSES

log = logging.getLogger(__name__)

LOADED = "facts"

BY_FILE = "file"
"""Recorded as the author when a fact is retired because the file no longer contains it."""

_FIELDS: dict[str, tuple[type, ...]] = {
    "subject": (str,),
    "predicate": (str,),
    "object": (str,),
    "value": (int, float),
    "unit": (str,),
    "text": (str,),
    "from": (str,),
    "to": (str,),
    "said": (str,),
    "status": (str,),
    "qualifiers": (dict,),
    "additional_to": (str,),
    "disagrees_with": (str,),
    "sources": (list,),
}


_TYPE_NAMES: dict[tuple[type, ...], str] = {
    (str,): "a text",
    (int, float): "a number",
    (dict,): "a table",
    (list,): "a list",
}


def load_starter_facts(engine: Engine, path: Path, now: datetime) -> int:
    """Brings the stored facts in line with a file; returns how many it holds, or 0 when nothing has changed.

    Facts about entities that the operator has switched off are skipped; facts no longer in the file are retired. Facts
    that people have changed in chat stay as they are. Raises GazetteerError with the file and line of each mistake.
    """
    with transaction(engine) as session:
        # The gazetteer decides which entity a key means, so when it changes, the facts change too.
        gazetteer = session.get(Loaded, "catalogue")
        wanted = files_hash([path], gazetteer.digest if gazetteer else "")
        if is_loaded(session, LOADED, wanted):
            return 0
    rows = read_starter_facts(path)
    with transaction(engine, writes=True) as session:
        entities = session.exec(select(Entity).where(col(Entity.active))).all()
        ids = {entity.key: entity.id for entity in entities}
        display_names = {entity.key: entity.name for entity in entities}
        known = {fact.key: fact for fact in session.exec(select(Fact).where(Fact.origin == "curated"))}
        stored_sources: dict[int, set[str]] = {}
        for source in session.exec(select(FactSource)):
            stored_sources.setdefault(source.fact_id, set()).add(source.url)
        by_people = col(FactChange.by).not_in((BY_FILE, "rules"))
        changed_by_people = set(session.exec(select(FactChange.fact_id).where(by_people)))
        stored = 0
        changes: list[tuple[Fact, dict[str, Any]]] = []
        for key, row in rows.items():
            if row["subject"] not in ids or row.get("object", row["subject"]) not in ids:
                log.info(
                    "fact left out", extra={"key": key, "subject": row["subject"], "object": row.get("object", "")}
                )
                continue
            fact = known.get(key) or Fact(
                key=key, subject_id=0, predicate="", said_on=date.min, recorded_at=now, origin="curated"
            )
            stored += 1
            if fact.id in changed_by_people:
                continue
            changed = _fill(fact, row, ids, display_names)
            if fact.id is None or changed or stored_sources.get(fact.id, set()) != set(row["sources"]):
                changes.append((fact, row))
            if fact.retired_by == BY_FILE:
                restore_fact(session, fact, now, BY_FILE)
        _store(session, changes)
        for key, fact in known.items():
            if key not in rows and fact.retired_at is None:
                retire_fact(session, fact, now, BY_FILE, "no longer in the file")
        note_loaded(session, LOADED, wanted)
    return stored


def read_starter_facts(path: Path) -> dict[str, dict[str, Any]]:
    """Reads and checks a file of facts: rows by key. Raises GazetteerError."""
    from gazetteer.reader import GazetteerError, toml_lines

    tables, places = toml_lines(path)
    mistakes = [
        f"{path}:1: “{table}” is not allowed here: write tables under [fact]"
        for table, found in tables.items()
        if table != "fact" or not isinstance(found, dict)
    ]
    rows: dict[str, dict[str, Any]] = tables.get("fact", {}) if not mistakes else {}
    for key, row in rows.items():
        for mistake in _mistakes(row, rows):
            mistakes.append(f"{path}:{places.get(('fact', key), 1)}: {mistake}")
    if mistakes:
        raise GazetteerError(mistakes)
    return rows


def _mistakes(row: Any, rows: dict[str, Any]) -> list[str]:
    if not isinstance(row, dict):
        return ["must be a table in braces"]
    found = [f"“{name}” is not a field of a fact" for name in row if name not in _FIELDS]
    found += [
        f"“{name}” must be {_TYPE_NAMES[_FIELDS[name]]}"
        for name, value in row.items()
        if name in _FIELDS and not isinstance(value, _FIELDS[name])
    ]
    if found:
        return found
    found = [
        f"“{name}” is missing" for name in ("subject", "predicate", "said", "status", "sources") if not row.get(name)
    ]
    if found:
        return found
    if row["predicate"] not in PREDICATES:
        found.append(f"“{row['predicate']}” is not a predicate: see models/predicate.py")
    if row["status"] not in STATUSES:
        found.append(f"“{row['status']}” is not a status: use {', '.join(STATUSES)}")
    if not any(name in row for name in ("object", "value", "text")):
        found.append("states nothing: give an object, a value or a text")
    for name in ("said", "from", "to"):
        if row.get(name) and not _is_date(row[name], to_the_day=name == "said"):
            found.append(f"“{name}” is not a date: write 2026-04-08" + ("" if name == "said" else ", 2026-04 or 2026"))
    for name in ("additional_to", "disagrees_with"):
        if row.get(name) and row[name] not in rows:
            found.append(f"“{name}” is not the key of a fact in this file")
    for url in row["sources"]:
        if not isinstance(url, str) or urlsplit(url).scheme not in ("http", "https"):
            found.append(f"source “{url}” is not an http address")
    return found


def _is_date(text: str, to_the_day: bool) -> bool:
    filled = text if to_the_day else text + "-01-01"[len(text) - 4 :] if len(text) in (4, 7) else text
    try:
        date.fromisoformat(filled)
    except ValueError:
        return False
    return len(filled) == 10


def _fill(fact: Fact, row: dict[str, Any], ids: dict[str, int | None], display_names: dict[str, str]) -> bool:
    """Sets a fact's columns from its row; returns whether any changed."""
    wanted = {
        "subject_id": ids[row["subject"]],
        "predicate": row["predicate"],
        "object_id": ids[row["object"]] if "object" in row else None,
        "value": float(row["value"]) if "value" in row else None,
        "unit": row.get("unit", ""),
        "text": row.get("text", ""),
        "qualifiers": {
            name: display_names.get(str(value), str(value)) for name, value in row.get("qualifiers", {}).items()
        },
        "valid_from": row.get("from", ""),
        "valid_to": row.get("to", ""),
        "said_on": date.fromisoformat(row["said"]),
        "status": row["status"],
        "additional_to": row.get("additional_to", ""),
        "disagrees_with": row.get("disagrees_with", ""),
    }
    changed = {name: value for name, value in wanted.items() if getattr(fact, name) != value}
    for name, value in changed.items():
        setattr(fact, name, value)
    return bool(changed)


def _store(session: Session, changes: Sequence[tuple[Fact, dict[str, Any]]]) -> None:
    """Stores facts with their sources in bulk: one by one took a thousand statements at every first start."""
    before = [fact.id for fact, _ in changes if fact.id is not None]
    session.add_all(fact for fact, _ in changes)
    session.flush()
    for batch in chunks(before):
        session.execute(delete(FactSource).where(col(FactSource.fact_id).in_(batch)))
    session.add_all(
        FactSource(fact_id=fact.id or 0, url=url, position=position)
        for fact, row in changes
        for position, url in enumerate(dict.fromkeys(row["sources"]))
    )
