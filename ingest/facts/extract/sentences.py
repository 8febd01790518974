"""Splits a text into sentences."""

import re
from collections.abc import Iterator

_END = re.compile(r"(?<=[.!?])[\"'”’*)\]]*\s+(?=[\"'“‘*(\[@]*[A-Z0-9@$\u4e00-\u9fff])|\n+")
_ABBREVIATION = re.compile(
    r"(?:\b(?:[A-Z]|vs|al|etc|Inc|Corp|Ltd|Co|No|St|Dr|Mr|Ms|Mrs|Prof|Jr|Sr|approx|e\.g|i\.e|U\.S|fig|est|ver)|\.\w)\.$"
)
"""Full stops that don't end a sentence."""

MAX_LENGTH = 1500
"""Characters of the longest sentence that rules are tried on; longer ones are lists, tables or code."""


def sentence_spans(text: str) -> Iterator[tuple[int, int]]:
    """The (start, end) of each sentence, in order."""
    start = 0
    for match in _END.finditer(text):
        if _ABBREVIATION.search(text, max(start, match.start() - 8), match.start()):
            continue
        if match.start() > start:
            yield start, match.start()
        start = match.end()
    if start < len(text):
        yield start, len(text)
