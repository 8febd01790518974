"""By which words a question asks for something, and by which a sentence states it. Pure.

The words are in models/predicates.toml; here each entry becomes a `Cue`, whose expressions are compiled when they
are first used.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache, cached_property
from typing import Any

from models.predicate_table import Entry, one_of, predicate_table, table_error


class AnswerType(StrEnum):
    """What kind of value answers a question."""

    MONEY = "money"
    COUNT = "count"
    SIZE = "size"
    """Parameters of a model."""
    TOKENS = "tokens"
    AMOUNT = "amount"
    """Of what has no predicate, in whatever unit: "how much memory", "how much overhead"."""
    PERCENT = "percent"
    SCORE = "score"
    DATE = "date"
    WHO = "who"
    NAME = "name"
    LICENCE = "licence"
    TEXT = "text"


@dataclass(frozen=True)
class Wording:
    """Regular expressions that recognise one entry of the table; falsy where there are none, and then nothing matches.

    `cues` match whole words, `patterns` as they are written; both in any case.
    """

    name: str = ""
    cues: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.cues or self.patterns)

    @cached_property
    def _regex(self) -> re.Pattern[str]:
        parts = [rf"\b(?:{'|'.join(self.cues)})\b"] if self.cues else []
        try:
            return re.compile("|".join([*parts, *self.patterns]), re.IGNORECASE)
        except re.error:
            raise table_error(self.name, self._mistake()) from None

    def _mistake(self) -> str:
        for one in (*self.cues, *self.patterns):
            try:
                re.compile(one)
            except re.error as error:
                return f"“{one}” is no regular expression: {error}"
        return "its regular expressions can't stand together"

    def search(self, text: str) -> re.Match[str] | None:
        """The first match in a text."""
        return self._regex.search(text) if self else None

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Every match in a text, in order."""
        return self._regex.finditer(text) if self else iter(())

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where the matches stand in a text: characters from and to."""
        return [match.span() for match in self.finditer(text)]


@dataclass(frozen=True)
class Cue:
    """One thing that can be asked for."""

    name: str
    """The predicate of the fact store that holds the same, where there is one."""
    question: Wording
    statement: Wording
    answer: AnswerType
    relation: bool = False
    """Between two names: the one that acts stands before the cue, the other behind it."""
    of_models: bool = False
    """It differs from model to model: other models in a sentence are rivals for its value."""
    per_version: bool = False
    """Every version has a value of its own, a family has none."""
    search_terms: str = ""
    """Words to search with besides those of the question."""
    units: tuple[str, ...] = ()
    """Nouns that count it, besides the noun of the question."""
    answered_by: tuple[str, ...] = ()
    """Predicates of the store that answer it."""
    nouns: tuple[str, ...] = ()
    """Nouns that claim the value beside them: what is said to be a valuation was not raised."""
    count: Wording = Wording()
    """Asks how many there are: no one sentence states that."""
    counted_kinds: tuple[str, ...] = ()
    """Kinds of the entities that are then counted."""


def cues_of(table: Mapping[str, Entry]) -> dict[str, Cue]:
    """The cues of a table by the names of their entries, in the order in which they are tried on a question."""
    rows = [(name, entry) for name, entry in table.items() if "answer" in entry.get("question", {})]
    rows.sort(key=lambda row: row[1]["question"].get("order", 0))
    found = {name: _cue(name, entry) for name, entry in rows if "variant_of" not in entry}
    for name, entry in rows:
        if "variant_of" in entry:
            own = _cue(name, entry)
            base = found[entry["variant_of"]]
            found[name] = replace(base, question=own.question, statement=own.statement, answer=own.answer)
    return found


def _cue(name: str, entry: Entry) -> Cue:
    question, statement, count = (entry.get(part, {}) for part in ("question", "statement", "count"))
    return Cue(
        name,
        question=_wording(f"{name}.question", question),
        statement=_wording(f"{name}.statement", statement),
        answer=one_of(AnswerType, question["answer"], name, "question.answer"),
        relation=question.get("relation", False),
        of_models=question.get("of_models", False),
        per_version=question.get("per_version", False),
        search_terms=question.get("search", ""),
        units=tuple(question.get("units", ())),
        answered_by=tuple(question.get("answered_by", (name,))),
        nouns=tuple(statement.get("nouns", ())),
        count=_wording(f"{name}.count", count),
        counted_kinds=tuple(count.get("kinds", ())),
    )


def _wording(name: str, section: Mapping[str, Any]) -> Wording:
    return Wording(name, tuple(section.get("cues", ())), tuple(section.get("patterns", ())))


_BY_ENTRY = cues_of(predicate_table())
BY_NAME = {name: cue for name, cue in _BY_ENTRY.items() if cue.name == name}
CUES = tuple(BY_NAME.values())
"""In the order in which they are tried on a question."""

ROLE_TITLE = _BY_ENTRY["role_title"]
"""Which post a person holds: a title states it, a word of joining does not."""

CREATOR = _BY_ENTRY["creator"]
"""Who created something: who launched another product is no answer."""


@cache
def _chat_cues() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The chat expressions of each predicate."""
    found = []
    for name, entry in predicate_table().items():
        if words := entry.get("chat"):
            try:
                found.append((name, re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)", re.IGNORECASE)))
            except re.error as error:
                raise table_error(name, f"chat is no regular expression: {error}") from None
    return tuple(found)


def chat_predicate(message: str) -> tuple[str, tuple[int, int]] | None:
    """The predicate that a chat message names, and where; None for none.

    `message` has {n} in the place of names. Of several matches the longest wins, then the first in the message.
    """
    found = [(name, match.span()) for name, cue in _chat_cues() for match in [cue.search(message)] if match]
    return max(found, key=lambda one: (one[1][1] - one[1][0], -one[1][0]), default=None)
