"""A passage as sentences, and whom each of them is about. Pure."""

import re
from dataclasses import dataclass
from functools import lru_cache

from gazetteer.words import separate_words, words, words_at

_END = re.compile(r"(?<=[.!?])[\"”')\]*]*\s+(?=[\"“'(\[*_]*[A-Z0-9@#])|\s+[•·]\s+|\n+")
_ABBREVIATION = re.compile(r"\b(?:Mr|Ms|Dr|vs|e\.g|i\.e|etc|Inc|Corp|Ltd|St|No|approx|U\.S|a\.k\.a)\.$", re.IGNORECASE)
_ACTIVITY = re.compile(r"\s*\(Activity: \d+\)\s*:?")
_HANDLE = re.compile(r"\s*[(\[]?@\w+(?:,? (?:and )?@\w+)*[)\]]?(?=[\s.,;:]|$)")
CARRIED = re.compile(
    r"^[\"“'*_(]*(?:it|they|its|their|this|these|the (?:model|company|release|launch|family|deal|round|team|series|update|"
    r"lab|startup|architecture|paper|system|move|product|weights|licen[cs]e|acquisition|investment|agreement|site|chip)s?|"
    r"pricing|licen[cs]ing|benchmarks?|open weights|weights|key|early|performance|available|priced|both|he|she|that's|"
    r"availability|independent|while|features?|at launch|users|artificial analysis)\b",
    re.IGNORECASE,
)
"""Beginnings of sentences that go on about whom the sentence before was."""

_SAID_OF_IT = re.compile(
    r"^(?:[A-Z][\w.'-]+ ){1,3}(?:\w+ )?(?:describ|call|sa(?:id|ys)|not|claim|fram|pric|confirm|report|highlight|emphasi)\w*\b[^.]{0,30}\b(?:it|its|the model|the company)\b"
)
""" "Elon Musk described it as ..." """


HEADED = 2
"""Sentences of a passage that go on about its heading, where they name nobody."""


@dataclass(frozen=True)
class Sentence:
    """One sentence with its words, and the text before it whose subject it may go on about."""

    text: str
    words: tuple[str, ...]
    places: tuple[tuple[int, int], ...]
    """Where each word begins and ends."""
    before: tuple[str, ...]
    """The words of what this sentence goes on about: earlier sentences, else the heading."""
    carried: str
    """The same as it is written."""
    index: int


@lru_cache(maxsize=2000)
def split_sentences(title: str, text: str) -> tuple[Sentence, ...]:
    """The sentences of a passage under its heading. The last ones are kept: a comparison looks at them again and again."""
    clean = _ACTIVITY.sub(": ", separate_words(text))
    clean = clean.replace("**", "").replace("*", "").replace("`", "")
    pieces: list[str] = []
    for part in _END.split(clean):
        piece = part.strip()
        if not piece:
            continue
        if pieces and (_ABBREVIATION.search(pieces[-1]) or (len(pieces[-1]) < 12 and not pieces[-1].endswith("."))):
            pieces[-1] += f" {piece}"
        else:
            pieces.append(piece)
    found = []
    carried = title
    for index, piece in enumerate(pieces):
        goes_on = index > 0 and bool(CARRIED.match(piece) or _SAID_OF_IT.match(piece))
        # A heading stands for the passage as a whole; deep in a long one another topic has begun.
        before = carried if goes_on else title if index < HEADED else ""
        bare = _HANDLE.sub("", piece)
        said = words_at(bare)
        places = tuple(row[1:] for row in said)
        found.append(Sentence(bare, tuple(row[0] for row in said), places, tuple(words(before)), before, index))
        carried = f"{before} {piece}" if goes_on else piece
    return tuple(found)


def find_words(form: tuple[str, ...], said: tuple[str, ...], start: int = 0) -> int:
    """Where some words stand side by side in others, from a place on; -1 for nowhere."""
    size = len(form)
    first = form[0]
    for at in range(start, len(said) - size + 1):
        if said[at] == first and said[at : at + size] == form:
            return at
    return -1
