"""Which articles tell the same story: same address, or nearly the same headline within three days.

Pure: no store, no clock. Candidates are found by marks: a hash of the address, and hashes of the pairs among the four
rarest words, so that headlines that differ in a word or two share a mark (sampling words by hash is a bottom-k sketch:
Broder 1997, "On the resemblance and containment of documents"). Articles that share a mark are then compared by all
their words.
"""

import re
import zlib
from functools import lru_cache
from hashlib import blake2b
from itertools import combinations
from typing import NamedTuple

from gazetteer.spelling import lower
from ingest.articles.canonical_url import canonicalize

STORY_HOURS = 72
"""Hours within which equal headlines are one story; later ones are repeats (Google News re-dates by weeks)."""

MIN_SIMILARITY = 0.55
"""Minimum Jaccard similarity of two headlines of one story; measured on planted syndicated variants."""

SAMPLED_WORDS = 4

BODY_CHARACTERS = 400
"""Characters of a summary that are compared."""

WORD_CACHE = 50_000
"""Words whose hash and digits are cached: most words of a headline soon return."""

HEADLINE_CACHE = 5000
"""Headlines whose words are cached: what is compared once is soon compared again."""

# Words that many headlines share: compared like others, but sampled last.
COMMON_WORDS = frozenset(
    """
    a about after ai all also amid an and announces are as at be big billion build but by can could data day deal
    does every first for from gets get has have he her his how i if in into is it its just launch launches like
    make makes may million model models more most new news not now of off on one open or our out over own plans
    release releases report reports review s says set she should so t tech than that the their them they this to
    today top two up us use using was we week what when where which who why will with year years you your
    """.split()  # noqa: SIM905 - a list of words is read as words
)

_DIGIT = re.compile(r"\d")
_WORDS = re.compile(r"[^\W_]+")
_SPACELESS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]+")
_OUTLET = re.compile(r"(?: [|\-] [^|]{2,30}|\s*::.+)$")
_BREAK = re.compile(r"\s*(?:[|–—]|::|_)\s*|\s+[-:]\s+|\s*«\s*")
"""What may separate a headline from its outlet's name."""

_SIGNS = re.compile(r"[\W_]+")

GENERIC_LABELS = frozenset(
    {"www", "news", "blog", "blogs", "edition", "com", "tech", "finance", "markets", "money", "sports"}
)
"""Parts of server names that don't name an outlet."""

MIN_HEADLINE = 15
"""Characters that must remain of a headline once the outlet's name is removed."""

CONTAINED_SHARE = 0.9
"""Share of the shorter headline's words that the longer one must contain to count as the same headline, continued."""

CONTAINED_WORDS = 6
"""Words the shorter headline must have for that; fewer occur in many headlines."""


class Sketch(NamedTuple):
    """What is compared of an article: few plain values, since many are cached and passed between processes."""

    source: str
    words: str
    """The distinct words of its headline, sorted, separated by spaces."""
    body: str
    """The beginning of its summary, compared when one source repeats a title."""
    numbers: str
    """The digits that occur in these words, sorted."""
    address: int
    """Hash of its address; 0 when it has none of its own."""
    marks: tuple[int, ...]


def make_sketch(source: str, url: str, title: str, summary: str) -> Sketch:
    """The sketch of an article; if the title has too few words, the summary's beginning is added."""
    words = _words(bare_headline(title, source, url))
    body = summary[:BODY_CHARACTERS]
    if len(words) < 4:
        words = words | _words(body)
    joined = " ".join(sorted(words))
    numbers = " ".join(sorted({digits for word in words if (digits := _digits(word))})) if _DIGIT.search(joined) else ""
    key = address_hash(url)
    hashes = sorted(rank & 0xFFFF_FFFF for rank in sorted(map(_rank, words))[:SAMPLED_WORDS])
    marks = {((a << 32) | b) & 0x7FFF_FFFF_FFFF_FFFF for a, b in combinations(hashes, 2)} or set(hashes)
    if key:
        marks.add(key)
    return Sketch(source, joined, body, numbers, key, tuple(marks))


def bare_headline(title: str, source: str, url: str) -> str:
    """A headline without the outlet's name that many sites append to it."""
    outlet_names = {_letters_only(source.removesuffix(".com")), *_labels(url)}
    for separator in _BREAK.finditer(title, MIN_HEADLINE):
        tail = _letters_only(title[separator.end() :])
        if any(len(name) >= 4 and name in tail for name in outlet_names):
            return title[: separator.start()]
    stripped = _OUTLET.sub("", title)
    return stripped if len(stripped) > 25 else title


def similarity(one: Sketch, other: Sketch) -> float:
    """How certainly two articles tell the same story: 0 for no, else up to 1.

    Numbers must agree: a headline on GPT-5.1 is not one on GPT-5.2. A source doesn't syndicate itself: its repeated
    title ("Changelog") is the same story only with the same text or at the same address. A headline that continues
    another one is the same headline, cut off.
    """
    same_source = one.source == other.source
    same_address = bool(one.address) and one.address == other.address
    if same_address and not same_source:
        return 1.0
    if one.numbers != other.numbers:
        return 0.0
    overlap = _overlap(_word_set(one.words), _word_set(other.words))
    if overlap < MIN_SIMILARITY:
        return 0.0
    if (
        same_source
        and not same_address
        and one.body != other.body
        and _jaccard(_words(one.body), _words(other.body)) < MIN_SIMILARITY
    ):
        return 0.0
    return overlap


def address_hash(url: str) -> int:
    """A hash of the canonical address of a page; 0 for a bare home page."""
    canonical = canonicalize(url)
    return (text_hash(canonical) or 1) if canonical else 0


def text_hash(text: str) -> int:
    """A stable 63-bit hash, which both stores hold as an integer."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest()) >> 1


@lru_cache(WORD_CACHE)
def _rank(word: str) -> int:
    """Sort key for sampling words: a 32-bit hash, and above it whether the word is a common one."""
    return (word in COMMON_WORDS) << 32 | zlib.crc32(word.encode())


@lru_cache(HEADLINE_CACHE)
def _word_set(joined: str) -> frozenset[str]:
    return frozenset(joined.split(" ")) if joined else frozenset()


@lru_cache(WORD_CACHE)
def _digits(word: str) -> str:
    return "".join(char for char in word if char.isdigit())


def _words(text: str) -> frozenset[str]:
    folded = lower(text)
    if folded.isascii():
        return frozenset(_WORDS.findall(folded))
    found: set[str] = set()
    for run in _SPACELESS.findall(folded):
        found.update(run[at : at + 2] for at in range(max(len(run) - 1, 1)))
    found.update(_WORDS.findall(_SPACELESS.sub(" ", folded)))
    return frozenset(found)


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """Similarity of two headlines: Jaccard, raised to the threshold when one is the other cut off."""
    fewer = min(len(one), len(other))
    if fewer >= CONTAINED_WORDS and len(one & other) >= CONTAINED_SHARE * fewer:
        return max(MIN_SIMILARITY, _jaccard(one, other))
    return _jaccard(one, other)


@lru_cache(HEADLINE_CACHE)
def _labels(url: str) -> tuple[str, ...]:
    """The labels of a server's name: "yuanchuang" and "caijing" of http://yuanchuang.caijing.com.cn/2026/."""
    labels = url.partition("//")[2].partition("/")[0].partition(":")[0].lower().split(".")
    return tuple(label.replace("-", "") for label in labels[:-1] if label not in GENERIC_LABELS)


@lru_cache(HEADLINE_CACHE)
def _letters_only(text: str) -> str:
    return _SIGNS.sub("", lower(text).replace("ı", "i"))


def _jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared) if shared else 0.0
