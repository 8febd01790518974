"""Brings names and texts into one form before they are compared.

"Muse‑Spark" (non-breaking hyphen), full-width letters, "Mu\u0308nchen" and "Meta\u200b AI" become what a person would
type: NFKC (unicode.org/reports/tr15), plain hyphens and quotes, no invisible characters, single spaces.
"""

import re
import unicodedata
from functools import lru_cache

_REPLACEMENTS: dict[int, str | None] = {ord(char): "-" for char in "‐‑‒–—―−"}
_REPLACEMENTS |= {ord(char): "'" for char in "‘’ʼ"}
_REPLACEMENTS |= {ord(char): " " for char in "\u00a0\u2007\u202f"}
_REPLACEMENTS |= dict.fromkeys((173, 8203, 8204, 8205, 8206, 8207, 8288, 65279))
_REPLACEMENTS |= dict.fromkeys(range(8234, 8239)) | dict.fromkeys(range(8294, 8298))

_TO_REPLACE = re.compile(f"[{re.escape(''.join(map(chr, _REPLACEMENTS)))}]")
"""Characters to replace. Most texts have none, and searching first is ten times faster than translating each text."""

MAX_MARKS = 30
"""Combining marks kept in a row (unicode.org/reports/tr15, Stream-Safe Text Format): no language has more, and sorting
them, as normalisation must, takes minutes for a hundred thousand."""

_MARKS = re.compile(rf"[^\w\s\x00-\x7f]{{{MAX_MARKS + 1},}}")
"""Where too many combining marks may be: they are neither letters nor spaces."""

_JOINTS = re.compile(r"[ \-]")
_LETTER_DIGIT = re.compile(r"(?<=[A-Za-z])[ \-](?=\d)")


def well_formed(text: str) -> str:
    """The text without NUL, which PostgreSQL refuses, and with U+FFFD in place of lone surrogates, which no encoding
    has; a pair of surrogates becomes the character it stands for.
    """
    if text.isascii():
        return text.replace("\x00", "")
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\x00", "")


def tidy(text: str) -> str:
    """Normalises a text and keeps its capitals."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", _MARKS.sub(_without_surplus_marks, text))
        if _TO_REPLACE.search(text):
            text = text.translate(_REPLACEMENTS)
    return " ".join(text.split())


def _without_surplus_marks(found: re.Match[str]) -> str:
    kept, marks = [], 0
    for char in found[0]:
        marks = marks + 1 if unicodedata.combining(char) else 0
        if marks <= MAX_MARKS:
            kept.append(char)
    return "".join(kept)


def lower(tidied: str) -> str:
    """Lower case that keeps every position: a letter whose lower case is longer, such as "İ", stays as it is."""
    lowered = tidied.lower()
    if len(lowered) == len(tidied):
        return lowered
    return "".join(char.lower() if len(char.lower()) == 1 else char for char in tidied)


def fold(text: str) -> str:
    """The form in which names are compared: tidy and in lower case."""
    return lower(tidy(text))


def variants(name: str) -> list[str]:
    """The spellings of a name that differ only in spaces and hyphens, the name itself first.

    "Muse Spark" -> "Muse-Spark"; names with a digit are also written closed up: "GPT-5" -> "GPT 5", "GPT5".
    """
    forms = [name]
    if any(char.isascii() and char.isalnum() for char in name):
        forms += [_JOINTS.sub(" ", name), _JOINTS.sub("-", name)]
        forms += [_LETTER_DIGIT.sub("", form) for form in tuple(forms)]
    return list(dict.fromkeys(forms))


_BETWEEN = re.compile(r"(?<=\d)[ .\-_/]+(?=\d)")
_SIZE = re.compile(r"(?<=\d)[ .\-_/]+(?=\d+(?:\.\d+)?[bm](?![a-z0-9]))")
_LOOSE = re.compile(r"[^\w.·]|_|(?<!\d)\.|\.(?!\d)")


@lru_cache(1 << 16)
def squash(name: str) -> str:
    """One key for all spellings of a name: case, spaces, hyphens and marks don't count, digits do.

    "MuseSpark", "muse-spark" and "#Muse Spark" share a key. So do "GLM-5.1", "glm 5.1" and "glm-5-1", but not "GLM-5.2"
    or "GLM-51". A size is kept apart from a version: "Qwen3-32B" is not "Qwen 33.2B".
    """
    folded = _SIZE.sub("·", fold(name))
    return _LOOSE.sub("", _BETWEEN.sub(".", folded))
