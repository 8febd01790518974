"""Finds possible names in a text, listed or not: capitalised and versioned terms, model ids, quoted titles.

    text -> lines -> runs of words spelt like names -> cut at common words -> candidates, each with a kind

Looks at spelling only: no store, no gazetteer, no clock. A candidate is therefore a guess and often wrong;
`signals.novelty` decides from its use whether it is a name. This runs on every article, so there is one pattern for
names and everything else is a lookup in a set.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation

from ingest.entities.name_shape import (
    COMMON_WORDS,
    FUNCTION_WORDS,
    NEVER_ALONE,
    OTHER_NAMES,
    NameCandidate,
    is_versioned,
    shape_candidate,
    without_format,
)

QUOTES = "“\"‘'"

TITLE_CASE = 0.6
"""Share of capitalised words in a line from which capitals say nothing about a word."""


_UPPER, _LETTER = "A-ZÀ-ÖØ-Þ", "A-Za-zÀ-ÖØ-öø-ɏ"
_PART = rf"[{_LETTER}0-9]*(?:\.\d+[{_LETTER}0-9]*)*"
_PIECE = re.compile(
    rf"(?<![{_LETTER}0-9_/.-])(?P<mark>[@#])?"
    rf"(?P<name>(?:[{_UPPER}]|[a-z]+-?[A-Z]|[a-z]+(?:-[a-z]+)*-?\d){_PART}(?:[-‑][{_LETTER}0-9]{_PART})*"
    r"(?:\.(?:ai|AI|io|cpp|js)(?![A-Za-z0-9]))?)"
)
"""A word spelt like a name: with a capital anywhere, or lower case with a digit; "#" or "@" may precede it."""

_VERSION = re.compile(
    r"(?:[vV]?\d{1,2}(?:\.\d{1,2}){0,2}[a-z]?|\d{1,3}(?:\.\d)?[BbM])(?=[,.;:!?)\]\"'”’*]*$|[\u3040-\u9fff，。])"
)
"""A word that may continue a name as its version or size: "4.5", "v2", "32B"."""

_ID = re.compile(rf"[(\[\"'`*]*(?P<owner>[{_LETTER}0-9][\w.-]*)/(?P<id>[{_LETTER}][\w.-]*\w)[)\]\"'`*,.;:]*$")
"""A model id as on Hugging Face: owner/model."""

_QUOTED = re.compile(r"[「『《]([^「」『』《》。，！？：；]{2,24})[」』》]")

_CREDIT = re.compile(r"\([A-Z][a-z]*[A-Z][A-Za-z]*[);]")
"""A credit in brackets after a sentence: "(OpenAIDevs)"."""

_WORD = re.compile(rf"(?:[^ {_UPPER}0-9]*+ )*+([^ ]*+)")
"""The next word with a capital or a digit, or the end of the line; possessive, so that it never backtracks."""

_SUFFIX = re.compile(r" (mini|nano|pro|turbo|flash|lite|ultra|instruct)(?![A-Za-z0-9])")
"""A word that continues a versioned name even in lower case."""

_UNIT = re.compile(
    r"(?i) (?:million|billion|trillion|percent|people|years?|months?|weeks?|days?|hours?|minutes?|seconds?|times|points"
    r"|bn|m|b|[gt]b|[gm]w|param\w*|tokens?|january|february|march|april|may|june|july|august|september|october|november"
    r"|december)(?![a-z0-9])"
)
"""What makes the number before it an amount and not a version."""

_NEXT = re.compile(
    r",? (?:is |was |are )?(?:an? |the |its |their |our )?(?:[a-z-]+ ){0,2}(?:"
    r"(?P<model>models?|LLMs?|VLMs?|checkpoints?|weights|embeddings?)"
    r"|(?P<benchmark>benchmarks?|leaderboard|evals?)"
    r"|(?P<company>raises|raised|acquires|acquired|startup|secures|valued|company|founders?|CEO)"
    r"|(?P<product>apps?|chatbot|browser|assistant|platform|tool|framework|library|agents?|IDE|SDK|CLI|plugin|extension)"
    r"|(?P<person>told|wrote|tweeted|argued|joined))(?![A-Za-z])"
)
_BEFORE = re.compile(
    r"(?<![A-Za-z])(?:(?P<model>models?|LLM|checkpoints?|weights)|(?P<benchmark>benchmark)"
    r"|(?P<company>startup|company|firm|lab)|(?P<product>app|chatbot|browser|assistant|platform|tool|framework|library)"
    r"|(?P<person>CEO|CTO|co-founder|founder|researcher|president|scientist|engineer|professor|Dr\.?)),? $"
)
_STOPS = frozenset(",.:;?!")
"""The signs that most often end a word and a run."""

_OPENERS = frozenset('.!?:;•–—|>*"“‘(\n')
"""Characters after which a capital may only mean that something begins."""

_ANNOUNCING = re.compile(
    r"(?i)(?<![a-z])(?:launch|releas|introduc|announc|unveil|debut|open[- ]?(?:sourc|weight)|dropp?(?:s|ed)\b"
    r"|shipp?(?:s|ed)\b|roll(?:s|ed|ing)? out|new\b|newest|available|previews?\b|publish|presents?\b|weights\b"
    r"|first\b|发布|推出|开源|上线)"
)
_ANNOUNCING_STEMS = AhoCorasick(
    """
    launch releas introduc announc unveil debut open drop ship roll new available preview publish present weights first
    发布 推出 开源 上线
    """.split(),  # noqa: SIM905
    implementation=Implementation.DFA,
)
"""Their stems: three texts in four contain none, which an automaton tells in a sixth of the time."""

CONTEXT = 90
"""Characters before and after a name that are searched for a word of announcement."""


def is_announcement(text: str) -> bool:
    """Whether a text may announce anything: only then is each of its names examined."""
    return bool(_ANNOUNCING_STEMS.find_matches_as_indexes(text.lower()))


def is_launched(text: str, candidate: NameCandidate) -> bool:
    """Whether the words around a name present it as new: launched, released, introduced ..."""
    around = text[max(0, candidate.start - CONTEXT) : candidate.end + CONTEXT]
    return bool(_ANNOUNCING.search(around.replace(candidate.text, "")))


def find_candidates(text: str, skip: Collection[tuple[int, int]] = ()) -> list[NameCandidate]:
    """The possible names in a text, in order and without overlaps; a word at one of the spans `skip` is left out.

    At the start of a sentence a word counts only if it is not a common word. In a line of capitalised words (a heading)
    every common word separates names. A single common word, month, place or abbreviation is no candidate.
    """
    found: list[NameCandidate] = []
    start = 0
    for line in text.split("\n"):
        if line:
            found += _line(line, start, skip)
        start += len(line) + 1
    return found


class _Run(NamedTuple):
    """Consecutive words spelt like names, the first at `start` of a line."""

    start: int
    words: list[str]
    is_model_id: bool


class KnownSpan(NamedTuple):
    """The span of a listed name; `standalone` if it is never part of a longer name (a maker's or a person's)."""

    start: int
    end: int
    standalone: bool


def unlisted(found: Iterable[NameCandidate], known: Sequence[KnownSpan]) -> list[NameCandidate]:
    """Removes what is already listed from candidates.

    Makers and people are cut off ("OpenAI GPT-9" -> "GPT-9"); a family stays part of the name ("Gemini 9 Flash").
    """
    remaining = []
    for candidate in found:
        start, end = candidate.start, candidate.end
        for place in known:
            if place.end <= start or place.start >= end:
                continue
            if place.start <= start and place.end >= end:
                start = end
            elif not place.standalone:
                continue
            elif place.start <= start and candidate.text[place.end - candidate.start] == " ":
                start = place.end + 1
            elif place.end >= end and candidate.text[place.start - candidate.start - 1] == " ":
                end = place.start - 1
        if end - start == len(candidate.text):
            remaining.append(candidate)
        elif start < end:
            parts = shape_candidate(
                candidate.text[start - candidate.start : end - candidate.start].split(" "), start, False
            )
            remaining += parts
    return remaining


def _line(line: str, offset: int, skip: Collection[tuple[int, int]]) -> list[NameCandidate]:
    runs, number = _runs(line)
    found: list[NameCandidate] = []
    total = line.count(" ") + 1
    heading = total >= 4 and number >= total * TITLE_CASE
    for start, words, is_model_id in runs:
        first = words[0]
        if is_model_id:
            first = without_format(first)
            found.append(NameCandidate(first, offset + start, offset + start + len(first), "model"))
            continue
        if len(words) == 1 and (
            (first.lower() in NEVER_ALONE and (not start or line[start - 1] not in QUOTES))
            or (offset + start, offset + start + len(first)) in skip
            or _CREDIT.fullmatch(line[start - 1 : start + len(first) + 1])
        ):
            continue
        for candidate in _split_run(words, start, line, heading):
            kind = candidate.kind or _kind_from_context(line, candidate)
            found.append(NameCandidate(candidate.text, offset + candidate.start, offset + candidate.end, kind))
    if "「" in line or "《" in line or "『" in line:
        for quote in _QUOTED.finditer(line):
            if not _PIECE.search(quote[1]):
                found.append(NameCandidate(quote[1], offset + quote.start(1), offset + quote.end(1), ""))
        found.sort(key=lambda candidate: candidate.start)
    return found


def _runs(line: str) -> tuple[list[_Run], int]:
    """The runs of words spelt like names in a line, and the number of such words."""
    runs: list[_Run] = []
    number = 0
    ends = -1
    """Where the current run may continue: right after its last word, if no punctuation closed it."""
    for found in _WORD.finditer(line):
        word, start = found[1], found.start(1)
        if "/" in word and ("://" in word or word.startswith("www.")):
            continue
        if "/" in word and (match := _ID.match(word)) and _is_id(match["id"]):
            runs.append(_Run(start + match.start("id"), [match["id"]], True))
            continue
        if ends == start and (match := _VERSION.match(word)):
            if match.end() < len(word) or not _UNIT.match(line, start + len(word)):
                runs[-1].words.append(match[0])
                ends = _end(line, start + len(word), runs[-1]) if match.end() == len(word) else -1
            continue
        if word.isalpha() and word.isascii() and word[0].isupper():
            number += 1
            _join(runs, start, word, ends == start)
            ends = start + len(word) + 1
            continue
        if word[-1:] in _STOPS and word[0].isupper() and word.isascii() and word[:-1].isalpha():
            number += 1
            _join(runs, start, word[:-1], ends == start)
            continue
        for match in _PIECE.finditer(word):
            if match["mark"] == "@" or word.startswith("@", match.end()):
                continue
            number += 1
            name, first = match["name"], match.start("name")
            if name[0].islower() and name.partition("-")[0] in COMMON_WORDS:
                # "models-Foo-7B", "non-Foo"
                first += name.index("-") + 1
                name = match["name"][first - match.start("name") :]
            _join(runs, start + first, name, ends == start and not first)
            if match.end() == len(word):
                ends = _end(line, start + len(word), runs[-1])
    return runs, number


def _join(runs: list[_Run], start: int, name: str, goes_on: bool) -> None:
    if goes_on:
        runs[-1].words.append(name)
    else:
        runs.append(_Run(start, [name], False))


def _end(line: str, at: int, run: _Run) -> int:
    """Where a run may continue after a word that ends at `at`; also takes along a lower-case variant of a version."""
    if line[at - 1].isdigit() and (match := _SUFFIX.match(line, at)):
        run.words.append(match[1])
        at = match.end()
    return at + 1


def _is_id(name: str) -> bool:
    """Whether the part after the owner is a model's name and not a path."""
    return "-" in name and is_versioned(name)


def _split_run(words: list[str], start: int, line: str, heading: bool) -> list[NameCandidate]:
    """The names in a run of words that begins at `start` of a line."""
    before = line[:start].rstrip(" ")[-1:] if start else ""
    opens = not before or before in _OPENERS
    quoted = start > 0 and line[start - 1] in QUOTES
    if not start and len(words) > 2:
        # "Big News from the Labs: ..." is a heading too.
        end = sum(map(len, words)) + len(words) - 1
        heading = heading or line[end : end + 1] == ":"
    found: list[NameCandidate] = []
    pending: list[str] = []
    at = start
    for index, word in enumerate(words):
        lowered = word.lower()
        separates = lowered in FUNCTION_WORDS or lowered in OTHER_NAMES
        if not separates and lowered in COMMON_WORDS and word[0].isupper():
            # In a heading every word has a capital, and so has the first word of a sentence.
            after = words[index + 1] if index + 1 < len(words) else ""
            separates = (heading or (opens and not index)) and not ("." in after and after[0].isdigit())
        if separates:
            if pending:
                found += shape_candidate(pending, at, quoted)
            pending = []
            at = start + len(word) + 1
        else:
            pending.append(word)
        start += len(word) + 1
    if pending:
        found += shape_candidate(pending, at, quoted)
    return found


def _kind_from_context(line: str, candidate: NameCandidate) -> str:
    """The kind of a name as the words next to it tell it; "" for none."""
    if match := _NEXT.match(line, candidate.end):
        return match.lastgroup or ""
    if candidate.start and (match := _BEFORE.search(line[max(0, candidate.start - 16) : candidate.start])):
        return match.lastgroup or ""
    return ""
