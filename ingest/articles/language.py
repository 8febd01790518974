"""The language of an article, as a code of two letters: by its script, by common words, else by a library (py3langid).

Most of what is read is English, which a few words tell; the library takes a fifth of a millisecond for the rest.
"""

import re
from functools import lru_cache
from typing import Any

MIN_LETTERS = 12
"""Letters from which a language can be told; below, the source's own language stands."""

MAX_CHARACTERS = 400
"""Characters that are looked at."""

LANGUAGES = (
    "ar bg bn cs da de el en es et fa fi fr he hi hr hu id it ja ko lt lv ms nl no pl pt ro ru sk sl sr sv sw ta th tr "
    "uk ur vi zh"
)
"""The languages that are told apart: the hundred of the library take many a headline for Latin or Esperanto."""

_SCRIPTS = (
    (re.compile(r"[\u3040-\u30ff]"), "ja"),
    (re.compile(r"[\uac00-\ud7af]"), "ko"),
    (re.compile(r"[\u3400-\u9fff\uf900-\ufaff]"), "zh"),
    (re.compile(r"[\u0370-\u03ff]"), "el"),
    (re.compile(r"[\u0590-\u05ff]"), "he"),
    (re.compile(r"[\u0e00-\u0e7f]"), "th"),
    (re.compile(r"[\u0900-\u097f]"), "hi"),
)
"""Scripts that mean one language, in this order: Japanese has Chinese signs too."""

_NON_LATIN = re.compile(r"[\u0370-\uffff]")
"""Letters that are not Latin; signs that print uses lie among them, and are looked at with the scripts."""

_LETTERS = re.compile(r"[^\W\d_]")
_ENGLISH_ONLY = re.compile(
    r"\b(?:the|and|of|with|from|that|its|says|how|why|what|after|by|to|will|are|could|should|new|raises|launches)\b",
    re.I,
)
_ENGLISH = re.compile(
    r"\b(?:the|and|of|to|in|for|is|with|on|its|from|as|by|at|are|that|a|an|it|has|be)\b", re.IGNORECASE
)
_FOREIGN = re.compile(
    r"\b(?:der|die|das|und|den|von|le|la|les|des|du|el|los|las|que|de|del|il|di|che|het|een|van|och|og|yang|dan|dengan|di|ve"
    r"|bir|na|se|je|con|per|por|para|est|sur|une?|i|w|z|do)\b",
    re.IGNORECASE,
)


def _plainly_english(text: str) -> bool:
    """Whether a text has a word that is English alone, and another; or is ASCII with one and no other language's."""
    certain = _ENGLISH_ONLY.search(text)
    if certain and (_ENGLISH.search(text, certain.end()) or _ENGLISH.search(text, 0, certain.start())):
        return text.isascii() or not any(script.search(text) for script, _ in _SCRIPTS)
    return text.isascii() and bool(certain or _ENGLISH.search(text)) and not _FOREIGN.search(text)


def detect_language(text: str, default: str = "") -> str:
    """The language of a text; `usual` (that of its source, "" for unknown) where the text says too little."""
    text = text[:MAX_CHARACTERS]
    if _plainly_english(text):
        return "en"
    letters = len(_LETTERS.findall(text))
    if not letters:
        return default
    if _NON_LATIN.search(text):
        for script, code in _SCRIPTS:
            # A foreign name does not make a language: its script must be a fair part of the letters.
            if len(script.findall(text)) * 5 >= letters:
                return code
    if letters < MIN_LETTERS:
        return default
    language: str = _identifier().classify(text)[0]
    return language


@lru_cache(1)
def _identifier() -> Any:
    # Half a second to import and to read in, and not needed to answer a command.
    import py3langid  # noqa: PLC0415

    py3langid.set_languages(LANGUAGES.split())
    return py3langid
