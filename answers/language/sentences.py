"""A passage split into sentences, each with the text whose subject it may continue. Pure."""

import re
from dataclasses import dataclass
from functools import lru_cache

from gazetteer.words import separate_words, words, words_at

_END = re.compile(r"(?<=[.!?])[\"”')\]*]*\s+(?=[\"“'(\[*_]*[A-Z0-9@#])|\s+[•·]\s+|\n+")
_ABBREVIATION = re.compile(r"\b(?:Mr|Ms|Dr|vs|e\.g|i\.e|etc|Inc|Corp|Ltd|St|No|approx|U\.S|a\.k\.a)\.$", re.IGNORECASE)
_ACTIVITY = re.compile(r"\s*\(Activity: \d+\)\s*:?")
_HANDLE = re.compile(r"\s*[(\[]?@\w+(?:,? (?:and )?@\w+)*[)\]]?(?=[\s.,;:]|$)")
_CONTINUES = re.compile(
    r"^[\"“'*_(]*(?:it|they|its|their|this|these|the (?:model|company|release|launch|family|deal|round|team|series|update|"
    r"lab|startup|architecture|paper|system|move|product|weights|licen[cs]e|acquisition|investment|agreement|site|chip)s?|"
    r"pricing|licen[cs]ing|benchmarks?|open weights|weights|key|early|performance|available|priced|both|he|she|that's|"
    r"availability|independent|while|features?|at launch|users|artificial analysis)\b",
    re.IGNORECASE,
)
"""Openings of sentences that continue the subject of the sentence before."""

_SAID_OF_IT = re.compile(
    r"^(?:[A-Z][\w.'-]+ ){1,3}(?:\w+ )?(?:describ|call|sa(?:id|ys)|not|claim|fram|pric|confirm|report|highlight|emphasi)\w*\b[^.]{0,30}\b(?:it|its|the model|the company)\b"
)
""" "Elon Musk described it as ..." """

HEADING_SENTENCES = 2
"""Sentences at the start of a passage that continue the subject of its heading where they name none."""


@dataclass(frozen=True)
class Sentence:
    """One sentence with its words, and the earlier text whose subject it may continue."""

    text: str
    words: tuple[str, ...]
    """Indexed forms, see gazetteer.words."""
    spans: tuple[tuple[int, int], ...]
    """Characters from and to of each word."""
    context: str
    """The text whose subject it may continue: earlier sentences, else the heading."""
    context_words: tuple[str, ...]
    index: int
    """Its place in the passage, from 0."""


@lru_cache(maxsize=2000)
def split_sentences(title: str, passage: str) -> tuple[Sentence, ...]:
    """The sentences of a passage under its heading. Cached: a comparison reads the same passages several times."""
    clean = _ACTIVITY.sub(": ", separate_words(passage))
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
    previous = title
    for index, piece in enumerate(pieces):
        continues = index > 0 and bool(_CONTINUES.match(piece) or _SAID_OF_IT.match(piece))
        # The heading covers the start of a passage; further into a long one another topic has begun.
        context = previous if continues else title if index < HEADING_SENTENCES else ""
        text = _HANDLE.sub("", piece)
        rows = words_at(text)
        spans = tuple(row[1:] for row in rows)
        found.append(Sentence(text, tuple(row[0] for row in rows), spans, context, tuple(words(context)), index))
        previous = f"{context} {piece}" if continues else piece
    return tuple(found)


def find_words(form: tuple[str, ...], text: tuple[str, ...], start: int = 0) -> int:
    """Index of the first place, from `start` on, where words follow each other in a text; -1 where there is none."""
    size = len(form)
    first = form[0]
    for at in range(start, len(text) - size + 1):
        if text[at] == first and text[at : at + size] == form:
            return at
    return -1
