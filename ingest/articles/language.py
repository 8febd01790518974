"""Detects the language of an article (ISO 639-1): by script, by common words, else with py3langid.

Most articles are English, which a few common words tell; py3langid takes 0.2 ms for each of the others.
"""

import re
from functools import lru_cache
from typing import Any

MIN_LETTERS = 12
"""Letters needed to detect a language; with fewer, the source's own language is used."""

MAX_CHARACTERS = 400
"""Characters that are examined."""

LANGUAGES = (
    "ar bg bn cs da de el en es et fa fi fr he hi hr hu id it ja ko lt lv ms nl no pl pt ro ru sk sl sr sv sw ta th tr "
    "uk ur vi zh"
)
"""The languages to choose from: with all hundred, py3langid takes many headlines for Latin or Esperanto."""

_SCRIPTS = (
    (re.compile(r"[\u3040-\u30ff]"), "ja"),
    (re.compile(r"[\uac00-\ud7af]"), "ko"),
    (re.compile(r"[\u3400-\u9fff\uf900-\ufaff]"), "zh"),
    (re.compile(r"[\u0370-\u03ff]"), "el"),
    (re.compile(r"[\u0590-\u05ff]"), "he"),
    (re.compile(r"[\u0e00-\u0e7f]"), "th"),
    (re.compile(r"[\u0900-\u097f]"), "hi"),
)
"""Scripts used by one language, in this order: Japanese also uses Chinese characters."""

_NON_LATIN = re.compile(r"[\u0370-\uffff]")
"""Anything beyond Latin letters. Typographic signs are among them, so the scripts decide."""

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
    """Whether a text is certainly English: an English-only word and another one, or ASCII without foreign words."""
    certain = _ENGLISH_ONLY.search(text)
    if certain and (_ENGLISH.search(text, certain.end()) or _ENGLISH.search(text, 0, certain.start())):
        return text.isascii() or not any(script.search(text) for script, _ in _SCRIPTS)
    return text.isascii() and bool(certain or _ENGLISH.search(text)) and not _FOREIGN.search(text)


def detect_language(text: str, default: str = "") -> str:
    """The language of a text; `default` (the source's own, "" if unknown) where the text is too short to tell."""
    text = text[:MAX_CHARACTERS]
    if _plainly_english(text):
        return "en"
    letters = len(_LETTERS.findall(text))
    if not letters:
        return default
    if _NON_LATIN.search(text):
        for script, code in _SCRIPTS:
            # A foreign name doesn't make a language: its script must have a fair share of the letters.
            if len(script.findall(text)) * 5 >= letters:
                return code
    if letters < MIN_LETTERS:
        return default
    language: str = _identifier().classify(text)[0]
    return language


@lru_cache(1)
def _identifier() -> Any:
    # Takes half a second to import, and answering a command doesn't need it.
    import py3langid  # noqa: PLC0415

    py3langid.set_languages(LANGUAGES.split())
    return py3langid
