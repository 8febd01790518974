"""Parses JSON from outside, so that one odd value doesn't make the rest of a document unreadable."""

import json
import re
from typing import Any

MAX_DIGITS = 308
"""Digits of an integer that is kept exact: no float has more, and Python refuses to convert some thousands."""

MAX_DEPTH = 100
"""Levels kept of a document that is nested deeper than Python recurses; what is below becomes null."""

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[\]{}]', re.DOTALL)


def load_json(data: bytes | str, strict: bool = True) -> Any:
    """The value of a document; integers of absurd length become infinite. Raises ValueError.

    `strict=False` allows control characters in strings.
    """
    text = data if isinstance(data, str) else data.decode(json.detect_encoding(data), "surrogatepass")
    try:
        return json.loads(text, parse_int=_integer, strict=strict)
    except RecursionError:
        return json.loads(_shallow(text), parse_int=_integer, strict=strict)


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= MAX_DIGITS else float(digits)


def _shallow(text: str) -> str:
    parts, depth, start = [], 0, 0
    for token in _TOKEN.finditer(text):
        if token[0] in "[{":
            depth += 1
            if depth == MAX_DEPTH + 1:
                parts.append(text[start : token.start()] + "null")
        elif token[0] in "]}":
            depth -= 1
            if depth == MAX_DEPTH:
                start = token.end()
    return "".join(parts) + (text[start:] if depth <= MAX_DEPTH else "")
