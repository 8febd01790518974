"""Keys in sources' addresses: a source is stored as https://…?key={key:NAME}, and only a request contains the key.

Servers send keys back: in redirects, links to the next page, and errors. Whatever comes from a server passes hide_keys
before it is shown, logged or stored.
"""

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import quote, quote_plus

SHORTEST_HIDDEN = 4
"""Characters of the shortest key that is hidden: a shorter one is no secret, and occurs in any text."""

_PLACEHOLDER = re.compile(r"\{key:([^{}]*)\}")


def insert_keys(address: str, keys: Mapping[str, str]) -> str:
    """The address to request: each {key:NAME} replaced by its key, unknown names left as they are."""
    return _PLACEHOLDER.sub(lambda found: keys.get(found[1], found[0]), address)


def hide_keys(text: str, keys: Mapping[str, str]) -> str:
    """The text with {key:NAME} in place of each key, also of one that is percent-encoded or escaped as in JSON."""
    found = _spellings(tuple(keys.items()))
    if found is None:
        return text
    pattern, names = found
    return pattern.sub(lambda match: f"{{key:{names[match[0].lower()]}}}", text)


def hide_keys_inside(value: Any, keys: Mapping[str, str]) -> Any:
    """The same for all texts of a value that JSON can hold."""
    if isinstance(value, str):
        return hide_keys(value, keys)
    if isinstance(value, list | tuple):
        return [hide_keys_inside(one, keys) for one in value]
    if isinstance(value, dict):
        return {hide_keys(name, keys): hide_keys_inside(one, keys) for name, one in value.items()}
    return value


@lru_cache(8)
def _spellings(keys: tuple[tuple[str, str], ...]) -> tuple[re.Pattern[str], dict[str, str]] | None:
    """A pattern of all spellings of some keys, and the name of each spelling in lower case; None for no keys."""
    names: dict[str, str] = {}
    for name, key in keys:
        if len(key) >= SHORTEST_HIDDEN:
            forms = (key, quote(key, safe=""), quote(key), quote_plus(key), json.dumps(key)[1:-1])
            names |= {form.lower(): name for form in forms}
    if not names:
        return None
    # The longest first: one key may begin like another. Capitals don't count: %2F is also written %2f.
    words = sorted(names, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, words)), re.IGNORECASE), names
