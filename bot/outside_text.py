"""Rules for outside text that are the same on every platform: how long a text is, and what counts as a web address."""

import re
from urllib.parse import quote, urlsplit

LONGEST_LINK = 1000
"""Longest address that is linked, in UTF-16 units as written: one address must not use up a message."""


def utf16_length(text: str) -> int:
    """The length in UTF-16 units, the strictest reading of a platform's limit: an emoji counts as two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def web_address(url: str, unsafe: re.Pattern[str]) -> str:
    """The address with all that `unsafe` matches percent-encoded; "" unless it is http or https with a host."""
    try:
        parts = urlsplit(url)
        if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
            return ""
    except ValueError:
        return ""
    return unsafe.sub(lambda found: quote(found.group(), safe=""), url)
