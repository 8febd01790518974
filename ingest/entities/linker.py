"""Finds the gazetteer's names in texts: exactly, never fuzzily.

    text -> tidy, lower case -> automaton (leftmost, longest) -> word boundaries -> rules -> entities

Names are linked to texts nowhere else, so a story is linked in the same way whether it is polled, imported or
recounted. A rule that needs context ("Operator" counts next to "ChatGPT") only looks at names that need no context
themselves.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from gazetteer.spelling import lower, tidy

Spelling = tuple[str, str, int, dict[str, Any]]
"""(folded, text, entity id, rule)"""

_INSIDE = re.compile(r"[^\w]|[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0010ffff]")
"""Where one name may begin or end inside another: between words, and anywhere in scripts without spaces."""

_JOINT = r"['’]?[ \-]{0,2}"


@dataclass(frozen=True, slots=True)
class Match:
    """A name and its span in the tidied text."""

    entity_id: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Name:
    entity_id: int
    text: str
    case: bool
    next: str
    previous: str
    without: str
    needs: str
    """These four are patterns, "" for none; each is compiled when first needed, which is rare."""


class Linker:
    """Finds names; built once from all spellings and the parents of each entity."""

    def __init__(self, spellings: Iterable[Spelling], parents: dict[int, list[int]]) -> None:
        rows = sorted(spellings, key=lambda row: (row[0], row[2]))
        self._rows = rows
        self._names: dict[int, _Name] = {}
        self._plain = [not row[3] for row in rows]
        patterns = [row[0] for row in rows]
        self._parts = [bool(_INSIDE.search(pattern)) for pattern in patterns]
        self._longest = AhoCorasick(
            patterns, matchkind=MatchKind.LeftmostLongest, implementation=Implementation.ContiguousNFA
        )
        self._patterns = patterns
        self._lineage = {
            entity: frozenset(_ancestors(entity, parents)) for entity in {row[2] for row in rows} | set(parents)
        }

    @cached_property
    def _all(self) -> AhoCorasick:
        """The automaton that also finds names inside others: needed for one text in a hundred."""
        return AhoCorasick(self._patterns, matchkind=MatchKind.Standard, implementation=Implementation.ContiguousNFA)

    def names(self, title: str, summary: str, repeated_title: bool = False) -> frozenset[int]:
        """The entities that a story names directly; title and summary must be tidy.

        `repeated_title`: the title was counted before. It still provides context for the summary, but names nobody.
        """
        if repeated_title:
            return self.read(title, summary, repeated_title)[0]
        return frozenset(self._find(f"{title}\n{summary}" if summary else title, None))

    def read(self, title: str, summary: str, repeated_title: bool = False) -> tuple[frozenset[int], list[Match]]:
        """The same, with every match in the text "title, line break, summary"."""
        places: list[Match] = []
        named = self._find(f"{title}\n{summary}" if summary else title, places)
        return frozenset(
            match.entity_id for match in places if match.start > len(title)
        ) if repeated_title else frozenset(named), places

    def find(self, text: str) -> list[Match]:
        """Every name in a text, with its span in the tidied text."""
        places: list[Match] = []
        self._find(tidy(text), places)
        return places

    def credited(self, named: Iterable[int]) -> frozenset[int]:
        """The named entities and all their ancestors, each once."""
        found: set[int] = set()
        for entity in named:
            found |= self._lineage[entity]
        return frozenset(found)

    def _find(self, text: str, places: list[Match] | None) -> set[int]:
        folded = lower(text)
        found: set[int] = set()
        conditional: list[tuple[_Name, int, int]] = []
        for index, start, end in self._matches(folded):
            if self._plain[index]:
                entity = self._rows[index][2]
            else:
                # Built when first met: most names of the gazetteer occur in no text.
                name = self._names.get(index) or self._names.setdefault(index, _name(*self._rows[index][1:]))
                entity = name.entity_id
                if not _passes(name, text, folded, start, end):
                    continue
                if name.needs:
                    conditional.append((name, start, end))
                    continue
            found.add(entity)
            if places is not None:
                places.append(Match(entity, start, end))
        certain = frozenset(found)
        for name, start, end in conditional:
            lineage = self._lineage[name.entity_id]
            related = any(lineage & self._lineage[other] for other in certain if other != name.entity_id)
            if related or _pattern(name.needs).search(folded):
                found.add(name.entity_id)
                if places is not None:
                    places.append(Match(name.entity_id, start, end))
        if places is not None:
            places.sort(key=lambda match: match.start)
        return found

    def _matches(self, folded: str) -> Sequence[tuple[int, int, int]]:
        matches = self._longest.find_matches_as_indexes(folded)
        whole = []
        for index, start, end in matches:
            if is_whole_word(folded, start, end):
                whole.append((index, start, end))
            elif self._parts[index]:
                # A longer name that fails may hide a shorter one inside it that doesn't.
                return self._all_matches(folded)
        return whole

    def _all_matches(self, folded: str) -> list[tuple[int, int, int]]:
        matches = self._all.find_matches_as_indexes(folded, overlapping=True)
        fit = sorted((start, -end, index) for index, start, end in matches if is_whole_word(folded, start, end))
        kept: list[tuple[int, int, int]] = []
        reached = 0
        for start, minus_end, index in fit:
            if start >= reached:
                kept.append((index, start, -minus_end))
                reached = -minus_end
        return kept


def is_whole_word(text: str, start: int, end: int) -> bool:
    """Whether a match is not cut out of a longer word or number.

    Scripts without spaces have no word boundaries: "Meta发布Muse Spark" contains both names. A version continues past a
    point: "GPT-4" is not in "GPT-4.1".
    """
    if start:
        before = text[start - 1]
        if (before.isalnum() or before == "_") and not (_spaceless(before) or _spaceless(text[start])):
            return _prefixed(text, start) and _ended(text, end)
        if before == "." and start > 1 and text[start - 2].isdigit() and text[start].isdigit():
            return False
    return _ended(text, end)


def _prefixed(text: str, start: int) -> bool:
    """Whether an Arabic word begins with a joined particle ("and", "in", "for" ...), which is a single letter."""
    joined = "\u0620" <= text[start] <= "\u064a" and text[start - 1] in "وفبلك"
    return joined and (start == 1 or not text[start - 2].isalnum())


def _ended(text: str, end: int) -> bool:
    """Whether a match is not the beginning of a longer word or number."""
    if end < len(text):
        after = text[end]
        if (after.isalnum() or after == "_") and not (_spaceless(after) or _spaceless(text[end - 1])):
            return False
        if after == "." and end + 1 < len(text) and text[end + 1].isdigit() and text[end - 1].isdigit():
            return False
    return True


def _spaceless(char: str) -> bool:
    """Han, kana, hangul and Thai: scripts that don't separate words by spaces, or that attach endings."""
    return char >= "\u0e00" and (
        char <= "\u0e7f"
        or "\u3040" <= char <= "\u30ff"
        or "\u3400" <= char <= "\u9fff"
        or "\uac00" <= char <= "\ud7af"
        or "\uf900" <= char <= "\ufaff"
        or char >= "\U00020000"
    )


def _passes(name: _Name, text: str, folded: str, start: int, end: int) -> bool:
    if name.case and text[start:end] != name.text:
        return False
    if name.next and _pattern(name.next).match(folded, end):
        return False
    if name.previous and _pattern(name.previous).search(folded[max(0, start - 40) : start]):
        return False
    return not (name.without and _pattern(name.without).search(folded))


@cache
def _pattern(source: str) -> re.Pattern[str]:
    return re.compile(source)


def _name(text: str, entity_id: int, rule: dict[str, Any]) -> _Name:
    after, before, without, needs = (
        _any_word(rule.get(key, ())) for key in ("not_next", "not_previous", "not_with", "needs")
    )
    return _Name(
        entity_id,
        tidy(text),
        bool(rule.get("case")),
        f"{_JOINT}{after}" if after else "",
        f"{before}{_JOINT}$" if before else "",
        without,
        needs,
    )


def _any_word(words: Sequence[str]) -> str:
    """A pattern for any of these as whole words; scripts without spaces have no whole words."""
    parts = []
    for word in words:
        start = "" if _spaceless(word[0]) else r"(?<!\w)"
        end = "" if _spaceless(word[-1]) else r"(?!\w)"
        parts.append(f"{start}{re.escape(word)}{end}")
    return f"(?:{'|'.join(parts)})" if parts else ""


def _ancestors(entity: int, parents: dict[int, list[int]]) -> set[int]:
    found = {entity}
    queue = [entity]
    while queue:
        for parent in parents.get(queue.pop(), ()):
            if parent not in found:
                found.add(parent)
                queue.append(parent)
    return found
