"""Outside words made safe in Discord's markdown: nothing in them pings, links or formats. Pure."""

import re
from functools import lru_cache
from urllib.parse import quote, urlsplit

LINK = 1000
"""Longer addresses cost more of a message than they give."""

ELLIPSIS = "…"

# Control characters and lone direction marks would let a title garble the lines after it.
INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
# An address may hold "_" and "~", which would otherwise be escaped and break it. It must begin a word:
# in "xhttps://[a](http://b)" Discord sees no address but a masked link.
ADDRESS = re.compile(r"(?<!\S)https?://[^\s<>\[\]*|`\\]+")
CUT_ADDRESS = re.compile(r"(?<!\S)https?://\S*$")
KEPT = 2048
"""Texts that are kept at hand as they were made safe: a page is tried again with each line that is added."""

FORMATTING = re.compile(r"[\\*_`\[\]<]|~(?=~)|(?<=~)~|\|(?=\|)|(?<=\|)\|")
LINE_START = re.compile(r"^([ \t]*)(\d*)([#+.>-])(?=[ \t#>])", re.MULTILINE)
MENTION = re.compile(r"@(?=everyone|here|[!&]?\d)", re.IGNORECASE)
UNSAFE_IN_ADDRESS = re.compile(r"""[\s()<>\[\]"'\\`|*{}^]""")


def clean(text: str) -> str:
    """The text without what no screen can show: controls, direction overrides, halves of characters."""
    whole = text.replace("\r\n", "\n").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return INVISIBLE.sub("", whole).strip()


@lru_cache(KEPT)
def one_line(text: str) -> str:
    """The text with its white space drawn together."""
    return " ".join(clean(text).split())


@lru_cache(KEPT)
def escape(text: str, addresses: bool = True) -> str:
    """The text so that Discord shows it letter by letter; addresses stay clickable unless told otherwise."""
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


@lru_cache(KEPT)
def link(label: str, url: str) -> str:
    """A masked link; the label alone, with the address in words, where the address is none to follow."""
    words = escape(label, addresses=False)
    address = safe_address(url)
    if address:
        return f"[{words}]({address})"
    return f"{words} ({escape(cut(one_line(url), 200), addresses=False)})" if url.strip() else words


def safe_address(url: str) -> str:
    """The address ready for `[label](...)`, "" unless it is one of the web."""
    address = clean(url)
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    if parts.scheme.lower() not in ("http", "https") or not parts.netloc:
        return ""
    encoded = UNSAFE_IN_ADDRESS.sub(lambda found: quote(found.group(), safe=""), address)
    return encoded if utf16_length(encoded) <= LINK else ""


def utf16_length(text: str) -> int:
    """Its length in UTF-16 units: the largest of the ways in which a limit may be counted."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, limit: int) -> str:
    """The text within the limit, with a mark where it was cut; never half an escape or half an address."""
    if utf16_length(text) <= limit:
        return text
    room = max(limit - len(ELLIPSIS), 0)
    head = text.encode("utf-16-le", "surrogatepass")[: room * 2].decode("utf-16-le", "ignore")
    head = CUT_ADDRESS.sub("", head).rstrip("\u200d \n")
    if (len(head) - len(head.rstrip("\\"))) % 2:
        head = head[:-1]
    return head + ELLIPSIS
