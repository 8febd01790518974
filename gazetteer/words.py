"""How texts become the words that full text is kept and searched by. Pure; the same for every kind of store.

Letters and digits are parted ("GLM5.2" and "GLM-5.2" are both "glm 5.2"), accents dropped, endings cut by the
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
"""Letters or a number; plain letters, which nearly all are, are tried first because that is twice as fast."""
_JOINED = re.compile(r"\b(the|and|of|with|by|from|to|in)(?=[A-Z][a-z]+[A-Z])")
"""Where a page's link was joined to the word before it: "theCoreWeave"."""

_THREAD = threading.local()
"""Each thread's stemmer: the one in C (PyStemmer, which snowballstemmer takes where it is there) may not be shared."""

MAX_VERSION = 4
"""Characters of a number that may be a version."""

MAX_LETTERS = 40
"""Letters kept of a word: longer ones are addresses and keys."""


def separate_words(text: str) -> str:
    """The text with words parted that a page's mark-up had joined."""
    return _JOINED.sub(r"\1 ", text)


def words(text: str) -> list[str]:
    """The words of a text as they are indexed, in order."""
    text = fold(separate_words(text))
    if text.isascii():
        return list(map(index_word, _WORD.findall(text)))
    return [index_word(token if token.isascii() else _without_accents(token)) for token in _WORD.findall(text)]


def version_words(tokens: Sequence[str]) -> list[str]:
    """Letters and the number behind them as one word more: "glm5.2" tells far more than "glm" and "5.2" apart."""
    return [f"{a}{b}" for a, b in pairwise(tokens) if b[0].isdigit() and len(b) <= MAX_VERSION and a.isalpha()]


def distinctive_words(tokens: Sequence[str]) -> list[str]:
    """The fewest words that stand for all of some in the index: "glm5.2" alone, since both its parts come with it."""
    joins_next = [bool(version_words(pair)) for pair in pairwise(tokens)]
    separate = [token for place, token in enumerate(tokens) if not any(joins_next[max(0, place - 1) : place + 1])]
    return [*separate, *version_words(tokens)]


def words_at(text: str) -> list[tuple[str, int, int]]:
    """The same words with where each begins and ends in the text, which must be tidy (see gazetteer.spelling)."""
    found = ((match.group(), *match.span()) for match in _WORD.finditer(lower(text)))
    return [
        (index_word(token if token.isascii() else _without_accents(token)), start, end) for token, start, end in found
    ]


def _without_accents(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char)) or text


@lru_cache(maxsize=200_000)
def index_word(text: str) -> str:
    """One word in lower case as it is indexed."""
    if text[0].isdigit():
        return text.replace(",", "")[:MAX_LETTERS]
    # The stemmer cuts the possessive's rest too; names such as "Apus" lose nothing by which they'd be told apart.
    if not hasattr(_THREAD, "stemmer"):
        _THREAD.stemmer = snowballstemmer.stemmer("english")
    return str(_THREAD.stemmer.stemWord(text[:MAX_LETTERS]))
