"""Turns text into the terms that the full-text index holds and is searched by. Pure; the same for both stores.

Letters and digits are split ("GLM5.2" and "GLM-5.2" are both "glm 5.2"), accents dropped, and endings cut by the
Snowball stemmer for English (snowballstem.org). Versions and amounts stay whole: "5.2", "8000" for "8,000".
"""

import re
import threading
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

import snowballstemmer

from gazetteer.spelling import fold, lower

_WORD = re.compile(r"[a-z]++(?![^\W\d_])|[^\W\d_]+|\d+(?:[.,]\d+)*")
"""A run of letters, or a number. Plain ASCII letters come first because nearly all words are such, which is twice as
fast."""
_JOINED = re.compile(r"\b(the|and|of|with|by|from|to|in)(?=[A-Z][a-z]+[A-Z])")
"""A word that a page's mark-up joined to the link after it: "theCoreWeave"."""

_THREAD = threading.local()
"""One stemmer per thread: PyStemmer, the C implementation that snowballstemmer uses when installed, is not thread-safe.
"""

MAX_VERSION = 4
"""Maximum characters of a number that may be a version."""

MAX_LETTERS = 40
"""Maximum letters of a term; longer ones are addresses and keys."""


def separate_words(text: str) -> str:
    """Separates words that a page's mark-up had joined."""
    return _JOINED.sub(r"\1 ", text)


def words(text: str) -> list[str]:
    """The index terms of a text, in order."""
    text = fold(separate_words(text))
    if text.isascii():
        return list(map(index_word, _WORD.findall(text)))
    return [index_word(token if token.isascii() else _without_accents(token)) for token in _WORD.findall(text)]


def version_words(tokens: Sequence[str]) -> list[str]:
    """A joint term for letters followed by a number: "glm5.2" is far more specific than "glm" and "5.2" apart."""
    return [f"{a}{b}" for a, b in pairwise(tokens) if b[0].isdigit() and len(b) <= MAX_VERSION and a.isalpha()]


def distinctive_words(tokens: Sequence[str]) -> list[str]:
    """The fewest terms that require all of `said`: "glm5.2" alone, since the index holds it only together with its
    parts.
    """
    joins_next = [bool(version_words(pair)) for pair in pairwise(tokens)]
    separate = [token for place, token in enumerate(tokens) if not any(joins_next[max(0, place - 1) : place + 1])]
    return [*separate, *version_words(tokens)]


def words_at(text: str) -> list[tuple[str, int, int]]:
    """The index terms of a text with their start and end. The text must be tidy (see gazetteer.spelling)."""
    found = ((match.group(), *match.span()) for match in _WORD.finditer(lower(text)))
    return [
        (index_word(token if token.isascii() else _without_accents(token)), start, end) for token, start, end in found
    ]


def _without_accents(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char)) or text


@lru_cache(maxsize=200_000)
def index_word(text: str) -> str:
    """The index term of one lower-case word."""
    if text[0].isdigit():
        return text.replace(",", "")[:MAX_LETTERS]
    # The stemmer also cuts the rest of a possessive; names such as "Apus" lose nothing that would tell them apart.
    if not hasattr(_THREAD, "stemmer"):
        _THREAD.stemmer = snowballstemmer.stemmer("english")
    return str(_THREAD.stemmer.stemWord(text[:MAX_LETTERS]))
