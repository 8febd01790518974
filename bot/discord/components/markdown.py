"""Makes outside text safe for Discord's markdown, so that it can't ping, link or format, and cuts it to size. Pure."""

import re
from functools import lru_cache

from bot.outside_text import LONGEST_LINK, utf16_length, web_address

ELLIPSIS = "…"

# Control characters and unclosed direction marks would let a title garble the lines after it.
INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
# An address may contain "_" and "~", which escaping would break. It must begin a word, as Discord reads
# "xhttps://[a](http://b)" as a masked link and not as an address.
ADDRESS = re.compile(r"(?<!\S)https?://[^\s<>\[\]*|`\\]+")
CUT_ADDRESS = re.compile(r"(?<!\S)https?://\S*$")
CACHED = 2048
"""Escaped texts that are cached: each is needed several times to find where a page ends."""

FORMATTING = re.compile(r"[\\*_`\[\]<]|~(?=~)|(?<=~)~|\|(?=\|)|(?<=\|)\|")
LINE_START = re.compile(r"^([ \t]*)(\d*)([#+.>-])(?=[ \t#>])", re.MULTILINE)
MENTION = re.compile(r"@(?=everyone|here|[!&]?\d)", re.IGNORECASE)
UNSAFE_IN_ADDRESS = re.compile(r"""[\s()<>\[\]"'\\`|*{}^]""")


def clean(text: str) -> str:
    """The text without control characters, direction overrides and lone surrogates."""
    whole = text.replace("\r\n", "\n").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return INVISIBLE.sub("", whole).strip()


@lru_cache(CACHED)
def one_line(text: str) -> str:
    """The cleaned text on a single line."""
    return " ".join(clean(text).split())


@lru_cache(CACHED)
def escape(text: str, addresses: bool = True) -> str:
    """The text escaped so that Discord displays it literally; addresses stay clickable if `addresses`."""
    if not addresses:
        return _escape(text).replace("://", r"\://")
    parts = []
    end = 0
    for address in ADDRESS.finditer(text):
        parts += [_escape(text[end : address.start()]), address.group()]
        end = address.end()
    return "".join([*parts, _escape(text[end:])])


def _escape(text: str) -> str:
    escaped = FORMATTING.sub(r"\\\g<0>", text)
    escaped = LINE_START.sub(r"\1\2\\\3", escaped)
    return MENTION.sub("@\u200b", escaped)


@lru_cache(CACHED)
def link(label: str, url: str) -> str:
    """A masked link; the label with the address as text, if the address can't be linked."""
    words = escape(label, addresses=False)
    address = safe_address(url)
    if address:
        return f"[{words}]({address})"
    return f"{words} ({escape(cut(one_line(url), 200), addresses=False)})" if url.strip() else words


def safe_address(url: str) -> str:
    """The address as it may stand in `[label](...)`; "" unless it is a web address that is not too long."""
    address = web_address(clean(url), UNSAFE_IN_ADDRESS)
    return address if utf16_length(address) <= LONGEST_LINK else ""


def cut(text: str, limit: int) -> str:
    """The text in at most `limit` UTF-16 units, with "…" where it was cut; never half an escape or address."""
    if utf16_length(text) <= limit:
        return text
    room = max(limit - len(ELLIPSIS), 0)
    head = text.encode("utf-16-le", "surrogatepass")[: room * 2].decode("utf-16-le", "ignore")
    head = CUT_ADDRESS.sub("", head).rstrip("\u200d \n")
    if (len(head) - len(head.rstrip("\\"))) % 2:
        head = head[:-1]
    return head + ELLIPSIS
