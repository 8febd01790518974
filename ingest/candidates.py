"""Finds what may be names in a text, listed or not: capitalised and versioned terms, model ids, quoted titles.

    text -> lines -> runs of words written like names -> cut at plain words -> candidates, each with a kind

Only the spelling is looked at: no store, no catalogue, no clock. So a candidate is a guess, and often wrong; that
it is a name at all is told by `signals.novelty`, from how it is used. Runs on every article that is read, so there
is one pattern for names, and the rest is looked up in sets.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files
from typing import NamedTuple


class Candidate(NamedTuple):
    """What may be a name, as it stands in `text[start:end]`."""

    text: str
    start: int
    end: int
    kind: str
    """model, product, company, person, benchmark: guessed from its shape and the words beside it; "" for no idea."""


LONGEST = 6
"""Words of the longest name; a longer run is a heading or a list."""

TITLE_CASE = 0.6
"""Share of a line's words with a capital from which capitals say nothing about a word."""


def _words(name: str) -> frozenset[str]:
    text = (files("catalogue") / name).read_text(encoding="utf-8")
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())


PLAIN = _words("plain-words.txt")
FIRST = _words("first-names.txt")
OTHER = frozenset(word.lower() for word in _words("other-names.txt"))

# Words that no name begins or ends with, in whatever case; they also part the names of a list.
_NEVER = frozenset(
    """
    a about above across after against ahead all also although am amid among an and any anybody anyone are around as
    at back be because been before behind being below best better between big biggest both but by call can check
    could day did do does down during each either even ever every everybody everyone everything few finally first
    for former from full get given go good got great had has have he here hers him his how however i i'd i'll i'm
    i've if in inside instead into is isn't it it's its just last later latest least less let's like look made major
    make many may me meanwhile meet more most much must my near nearly never new news next no no-one nobody none nor
    not nothing now of off official often ok okay on once one only open or other others our out over own part per
    please plus-minus rather read really recently same say says second see seems several she should since so some
    somebody someone soon still such than thanks that that's the their them then there there's these they they're
    this those though three through thus to today together tomorrow tonight too try two under unlike until up update
    upon us use used using very via was watch we we're welcome well were what what's when where whether which while
    who whole whose why will with within without would yes yesterday yet you your
    """.split()  # noqa: SIM905 - a list of words is read as words
)

# Nouns that stand beside a name without being part of it.
_NOUNS = frozenset(
    """
    agent agents algorithm announcement api app apps architecture article assistant attack benchmark benchmarks beta
    blog board book browser bug business case ceo chatbot chip chips collection comment comments community company
    conference course customers dataset datasets deal demo desktop developer developers discord docs edition
    employees engine engineer engineers evaluation event experiment extension family feature features foundation
    founder framework github guide hackathon hardware image images inference infrastructure input integration
    investors keynote keynotes launch leaderboard leak library license link machine method mode model models
    newsletter office output paper papers performance pipeline plan plans platform plugin podcast post pricing
    product products project prompt prompts quantization recap release releases repo report reports research
    researcher researchers review roadmap sdk series server service site skill skills source spec stack startup
    startups stock store story study subreddit summit support survey system team teams technology terminal test
    thread tool toolkit tools training tutorial tweet update updates user users version video videos website weights
    work workflow
    """.split()  # noqa: SIM905
)

_UPPER, _LETTER = "A-ZÀ-ÖØ-Þ", "A-Za-zÀ-ÖØ-öø-ɏ"
_PART = rf"[{_LETTER}0-9]*(?:\.\d+[{_LETTER}0-9]*)*"
_PIECE = re.compile(
    rf"(?<![{_LETTER}0-9_/.-])(?P<mark>[@#])?"
    rf"(?P<name>(?:[{_UPPER}]|[a-z]+[A-Z]|[a-z]+(?:-[a-z]+)*-?\d){_PART}(?:[-‑][{_LETTER}0-9]{_PART})*"
    r"(?:\.(?:ai|AI|io|cpp|js)(?![A-Za-z0-9]))?)"
)
"""A word written like a name: with a capital anywhere, or small letters with a digit; "#" and "@" before it."""

_VERSION = re.compile(
    r"(?:[vV]?\d{1,2}(?:\.\d{1,2}){0,2}[a-z]?|\d{1,3}(?:\.\d)?[BbM])(?=[,.;:!?)\]\"'”’*]*$|[\u3040-\u9fff，。])"
)
"""A word that can go on a name as its version or size: "4.5", "v2", "32B"."""

_ID = re.compile(rf"[(\[\"'`*]*(?P<owner>[{_LETTER}0-9][\w.-]*)/(?P<id>[{_LETTER}][\w.-]*\w)[)\]\"'`*,.;:]*$")
"""A model's id as on Hugging Face: owner/model."""

_QUOTED = re.compile(r"[「『《]([^「」『』《》。，！？：；]{2,24})[」』》]")

_WORD = re.compile(rf"(?:[^ {_UPPER}0-9]*+ )*+([^ ]*+)")
"""The next word with a capital or a digit, or what the line ends in; possessive, so that it never goes back."""

_DIGITS = frozenset("0123456789")
_SUFFIX = re.compile(r" (mini|nano|pro|turbo|flash|lite|ultra|instruct)(?![A-Za-z0-9])")
"""A word that goes on a versioned name also when it is written small."""

_UNIT = re.compile(
    r"(?i) (?:million|billion|trillion|percent|people|years?|months?|weeks?|days?|hours?|minutes?|seconds?|times|points"
    r"|bn|m|b|[gt]b|[gm]w|param\w*|tokens?|january|february|march|april|may|june|july|august|september|october|november"
    r"|december)(?![a-z0-9])"
)
"""What makes the number before it a figure, and no version."""

_NO_VERSION = re.compile(
    r"(?:q[1-4]|h[12]|[fc]y\d+|[a-z]\d+(?:\.\d+)?[a-z]?|[a-z]+\d{3,}|covid-?\d+|\d.*|v\d.*"
    r"|(?:sub|mid|pre|post|top|non|multi|late|early|under|over|age|issue|part|tier|level|day|week|phase|stage|vol|no|page)"
    r"-\d.*|.*-(?:19|20)\d\d|[a-z]+-\d+(?:st|nd|rd|th|x|k|ms|s|m|h|d))"
)
"""Folded words with a digit that are no versioned names: quarters, units, years, users' names, "top-10"."""

_NUMBERED = re.compile(r"[vV]?\d{1,2}(?:\.\d{1,2}){0,2}[a-z]?|[A-Za-z]{1,2}\d{1,2}(?:\.\d{1,2})?|\d{1,3}(?:\.\d)?[BbM]")
"""A later word of a name that is its version: "4.5", "K2.5", "32B"."""

_MAKERS = frozenset(
    """
    aerospace ai bank bio capital corp energy group holdings inc institute intelligence lab labs motors networks
    partners research robotics semiconductor systems technologies technology therapeutics university ventures
    """.split()  # noqa: SIM905
)
_MEASURES = re.compile(r"(?:[Bb]ench|Eval|Arena|QA|Exam|MMLU|-AGI|Benchmark)(?:[- ][A-Za-z]+)?(?:[- ]?[\d.]+)?$")
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
_OPENS = frozenset('.!?:;•–—|>*"“‘(\n')
"""Characters after which a word may have a capital only because something begins."""


def candidates(text: str) -> list[Candidate]:
    """What may be names in a text, in order; they do not overlap.

    A word at the start of a sentence counts only if it is no plain word; in a line of capitalised words (a heading)
    every plain word parts names; a single plain word, a month, a place or a short form is no candidate.
    """
    found: list[Candidate] = []
    start = 0
    for line in text.split("\n"):
        if line:
            found += sorted(_line(line, start), key=lambda one: one.start)
        start += len(line) + 1
    return found


class _Run(NamedTuple):
    """Words written like names, one after the other, from `start` of a line; `sure` if they are a model's id."""

    start: int
    words: list[str]
    sure: bool


class Known(NamedTuple):
    """The place of a listed name; `apart` if it is no part of others' names (a maker's, a person's)."""

    start: int
    end: int
    apart: bool


def unlisted(found: Iterable[Candidate], known: Sequence[Known]) -> list[Candidate]:
    """The candidates without what is listed already.

    Makers and people are cut off ("OpenAI GPT-9" -> "GPT-9"); a family stays part of the name ("Gemini 9 Flash").
    """
    rest = []
    for one in found:
        start, end = one.start, one.end
        for place in known:
            if place.end <= start or place.start >= end:
                continue
            if place.start <= start and place.end >= end:
                start = end
            elif not place.apart:
                continue
            elif place.start <= start and one.text[place.end - one.start] == " ":
                start = place.end + 1
            elif place.end >= end and one.text[place.start - one.start - 1] == " ":
                end = place.start - 1
        if end - start == len(one.text):
            rest.append(one)
        elif start < end:
            some = _shaped(one.text[start - one.start : end - one.start].split(" "), start, False)
            rest += some
    return rest


def _line(line: str, offset: int) -> Iterator[Candidate]:
    runs, number = _runs(line)
    if "「" in line or "《" in line or "『" in line:
        for quote in _QUOTED.finditer(line):
            if not _PIECE.search(quote[1]):
                yield Candidate(quote[1], offset + quote.start(1), offset + quote.end(1), "")
    total = line.count(" ") + 1
    heading = total >= 4 and number >= total * TITLE_CASE
    for start, words, sure in runs:
        if sure:
            yield Candidate(words[0], offset + start, offset + start + len(words[0]), "model")
            continue
        for one in _named(words, start, line, heading):
            yield Candidate(one.text, offset + one.start, offset + one.end, one.kind or _beside(line, one))


def _runs(line: str) -> tuple[list[_Run], int]:
    """The runs of words written like names, and how many such words there are."""
    runs: list[_Run] = []
    number = 0
    ends = -1
    """Where a run may go on: right after its last word, which nothing closed."""
    for found in _WORD.finditer(line):
        word, start = found[1], found.start(1)
        if "/" in word:
            if "://" in word or word.startswith("www."):
                continue
            if (match := _ID.match(word)) and _is_id(match["id"]):
                runs.append(_Run(start + match.start("id"), [match["id"]], True))
                continue
        elif ends == start and (match := _VERSION.match(word)):
            if match.end() < len(word) or not _UNIT.match(line, start + len(word)):
                runs[-1].words.append(match[0])
                ends = _end(line, start + len(word), runs[-1]) if match.end() == len(word) else -1
            continue
        for match in _PIECE.finditer(word):
            if match["mark"] == "@" or word.startswith("@", match.end()):
                continue
            number += 1
            if ends == start and not match.start("name"):
                runs[-1].words.append(match["name"])
            else:
                runs.append(_Run(start + match.start("name"), [match["name"]], False))
            if match.end() == len(word):
                ends = _end(line, start + len(word), runs[-1])
    return runs, number


def _end(line: str, at: int, run: _Run) -> int:
    """Where a run goes on after a word that ends at `at`; takes a small word that belongs to a version along."""
    if line[at - 1].isdigit() and (match := _SUFFIX.match(line, at)):
        run.words.append(match[1])
        at = match.end()
    return at + 1


def _is_id(name: str) -> bool:
    """Whether the part after an owner is a model's name rather than a path."""
    return "-" in name and _is_versioned(name)


def _is_versioned(word: str) -> bool:
    """Letters and digits as in GLM-5.1, o4-mini, Qwen3; not Q3, 4K, COVID-19, top-10, or K2.5 alone."""
    return not _DIGITS.isdisjoint(word) and not _NO_VERSION.fullmatch(word.lower())


def _named(words: list[str], start: int, line: str, heading: bool) -> list[Candidate]:
    """The names in a run of words written like names, which begins at `start` of a line."""
    before = line[:start].rstrip(" ")[-1:] if start else ""
    opens = not before or before in _OPENS
    quoted = start > 0 and line[start - 1] in "“\"‘'"
    if not start and len(words) > 2:
        # "Big News from the Labs: ..." is a heading too.
        end = sum(map(len, words)) + len(words) - 1
        heading = heading or line[end : end + 1] == ":"
    found: list[Candidate] = []
    part: list[str] = []
    at = start
    for index, word in enumerate(words):
        small = word.lower()
        parts = small in _NEVER or small in OTHER
        if not parts and small in PLAIN and word[0].isupper():
            # In a heading every word has a capital, and so has the first of a sentence.
            after = words[index + 1] if index + 1 < len(words) else ""
            parts = (heading or (opens and not index)) and not ("." in after and after[0].isdigit())
        if parts:
            if part:
                found += _shaped(part, at, quoted)
            part = []
            at = start + len(word) + 1
        else:
            part.append(word)
        start += len(word) + 1
    if part:
        found += _shaped(part, at, quoted)
    return found


def _shaped(words: list[str], start: int, quoted: bool) -> list[Candidate]:
    """The candidate that some words make, without the nouns around it; none if it is no name."""
    while len(words) > 1 and (
        (small := words[0].lower()) in _NOUNS or small in _NEVER or small in OTHER or small[0].isdigit()
    ):
        start += len(words[0]) + 1
        words = words[1:]
    while len(words) > 1 and words[-1].lower() in _NOUNS:
        words = words[:-1]
    if len(words) > LONGEST:
        return []
    first = words[0]
    small = first.lower()
    versioned = any(map(_is_versioned, words))
    if not versioned and len(words) > 1 and any(map(_NUMBERED.fullmatch, words[1:])):
        versioned = small not in PLAIN or len(words) > 2 or "." in words[1]
        if not versioned:
            return []  # "Theme 3", "Figure 2"
    if len(words) == 1 and not versioned and not _is_name(first, small, quoted):
        return []
    text = " ".join(words)
    kind = ""
    if _MEASURES.search(text):
        kind = "benchmark"
    elif versioned:
        kind = "model"
    elif len(words) > 1 and words[-1].lower() in _MAKERS:
        kind = "company"
    elif 2 <= len(words) <= 3 and small in FIRST:
        kind = "person"
    return [Candidate(text, start, start + len(text), kind)]


def _is_name(word: str, small: str, quoted: bool) -> bool:
    """Whether a single word without a version may be a name."""
    if len(word) < 3 or small in OTHER or small in _NOUNS or small in FIRST or (small in PLAIN and not quoted):
        return False
    if (word.isupper() and len(word) < 6) or not _DIGITS.isdisjoint(word) or small.rstrip("s") in OTHER:
        return False
    return "-" not in word or not any(part in PLAIN or part in OTHER for part in small.split("-"))


def _beside(line: str, one: Candidate) -> str:
    """The kind that the words right beside a name tell."""
    if match := _NEXT.match(line, one.end):
        return match.lastgroup or ""
    if one.start and (match := _BEFORE.search(line[max(0, one.start - 16) : one.start])):
        return match.lastgroup or ""
    return ""
