"""Chooses what the starter facts take from public tables: a few properties of some models, each from one table.

statements of the tables -> models of the gazetteer -> one statement per model and property
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from gazetteer.reader import Gazetteer
from gazetteer.spelling import squash
from ingest.facts.tables.statement import TableStatement
from models.predicate import PREDICATES

TAKEN = ("released", "price", "context_window", "parameters", "active_parameters", "openness", "licence")
"""The predicates that are chosen."""

CURATED_WINS = frozenset(("released", "parameters", "active_parameters", "openness", "licence"))
"""What does not change: where the curated facts state it, tables have nothing to add."""

KINDS = ("model", "product")
"""Kinds of listed names that are models. A family has no price of its own."""

MAKERS = 2
"""Makers of one model that are named: papers list every university."""

SINCE = "2017"
"""Models that the gazetteer does not list are taken from this year on."""

_MODEL_NAME = re.compile(
    r"(?=.*\d|.*[A-Za-z]-[A-Za-z]|.*[A-Z].*[A-Z].*)(?=.*\d|.{8})[A-Za-z][^+()]{3,}(?: \([A-Z][a-z]{2} 20\d\d\))?"
)
"""A name that the gazetteer does not list must look like a model's: others are words too ("Transformer")."""

_WORD = re.compile(r"[A-Z]?[a-z]+")
"""An unlisted maker of one word ("Magic", "Inception") would be found in questions about something else."""

SHORTEST = 4
"""Letters and digits of an unlisted model's name, at least."""


class Names:
    """The spellings of the gazetteer, each with the one entity that it names."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.entities = gazetteer.entities
        keys: dict[str, set[str]] = defaultdict(set)
        for folded, (_, key, _) in gazetteer.spellings.items():
            keys[squash(folded)].add(key)
        self._keys = {spelling: next(iter(found)) for spelling, found in keys.items() if len(found) == 1}

    def key(self, *spellings: str) -> str:
        """The key of the first spelling that is listed; "" if none is."""
        return next((self._keys[one] for one in map(squash, spellings) if one in self._keys), "")


def choose_statements(
    tables: Sequence[Iterable[TableStatement]],
    gazetteer: Gazetteer,
    curated: Iterable[Mapping[str, Any]],
    as_of: date,
) -> list[TableStatement]:
    """One statement per model and property, sorted by model. `tables` come in order of trust.

    Names become those of the gazetteer, so that a model under two keys is one model; a key without a date wins over the
    key of a snapshot. What a table does not date was said on `as_of`.
    """
    names = Names(gazetteer)
    known = {(str(row.get("object") or row["subject"]), str(row["predicate"])) for row in curated}
    chosen: dict[tuple[str, ...], TableStatement] = {}
    released: dict[str, list[TableStatement]] = {}
    for table in tables:
        releases: dict[str, dict[str, list[TableStatement]]] = defaultdict(lambda: defaultdict(list))
        for one in sorted(table, key=lambda one: len(one.other_names)):
            spelling = one.object or one.subject
            key = names.key(spelling, *one.other_names)
            name = gazetteer.entities[key].name if key else spelling
            if one.predicate not in TAKEN or not _is_model(one, key, gazetteer):
                continue
            if one.predicate in CURATED_WINS and (key, one.predicate) in known:
                continue
            model = key or squash(spelling)
            kept = replace(one, said_on=one.said_on or as_of, other_names=(), line=0, row=model)
            if one.predicate == "released":
                releases[model][one.row].append(replace(kept, object=name))
            else:
                apart = (str(one.qualifiers.get(word, "")) for word in PREDICATES[one.predicate].separators)
                chosen.setdefault((model, one.predicate, *apart), replace(kept, subject=name))
        for model, rows in releases.items():
            found = next(iter(rows.values()))
            # A later table is heard where the earlier one names no maker that is listed.
            if model not in released or (_listed(found, names) and not _listed(released[model], names)):
                released[model] = found
    makers = [one for found in released.values() for one in _makers(found, names)]
    return sorted([*chosen.values(), *makers], key=lambda one: (one.row, TAKEN.index(one.predicate)))


def _is_model(one: TableStatement, key: str, gazetteer: Gazetteer) -> bool:
    if one.predicate == "price" and not one.value:
        # Free previews and open weights: no price of the model.
        return False
    if key:
        return gazetteer.entities[key].kind in KINDS
    published = one.said_on.isoformat() if one.said_on else one.valid_from
    spelling = one.object or one.subject
    looks_like_one = len(squash(spelling)) >= SHORTEST and _MODEL_NAME.fullmatch(spelling)
    return bool(looks_like_one) and (not published or published >= SINCE)


def _makers(releases: Sequence[TableStatement], names: Names) -> list[TableStatement]:
    """The releases by the makers that the gazetteer lists; if it lists none, by the first whose names are no words."""
    return (_listed(releases, names) or [one for one in releases if not _WORD.fullmatch(one.subject)])[:MAKERS]


def _listed(releases: Iterable[TableStatement], names: Names) -> list[TableStatement]:
    """The releases whose makers the gazetteer lists, each under its maker's name there."""
    found = {
        key: one
        for one in releases
        if (key := names.key(one.subject, one.subject.partition(" (")[0], f"{one.subject} AI"))
    }
    makers = sorted(found.items(), key=lambda row: names.entities[row[0]].kind != "company")
    return [replace(one, subject=names.entities[key].name) for key, one in makers]
