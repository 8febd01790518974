"""Outside words made safe for Slack's own markup, "mrkdwn", and cut to size without hiding that they were cut.

Slack's rules: https://docs.slack.dev/messaging/formatting-message-text
"""

import re
from collections.abc import Callable
from urllib.parse import quote, urlsplit

LINK = 1000
"""The longest address we link: Slack takes 3,000, but one address should not use up a whole list."""

LOOKALIKES = str.maketrans("*_~`", "∗ˍ∼ˋ")
"""mrkdwn has no escape character, so what could switch formatting on is written with its double."""
FORMATTING = re.compile(r"[*_~](?:(?<![A-Za-z0-9].)|(?![A-Za-z0-9]))|`")
"""Between two letters or digits (gpt_4o) these signs format nothing and stay as they are."""
QUOTE = re.compile(r"(?m)^(\s*)>")
BREAKS_LINK = re.compile(r'[\s<>|"`]')
UNREADABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
"""Control characters, halves of characters, and marks that turn the reading direction of all that follows.

Right-to-left letters need none of these marks.
"""


def utf16_length(text: str) -> int:
    """The length as Slack's limits are read most strictly: in UTF-16 units, so an emoji counts as two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def clean(text: str) -> str:
    """The text without what no reader should get."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return (text if text.isprintable() else UNREADABLE.sub("", text)).strip()


def one_line(text: str) -> str:
    """The same on a single line."""
    return " ".join(clean(text).split())


def escape_entities(text: str) -> str:
    """The text with Slack's three control characters escaped: no link, no ping, no channel comes of it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def escape(text: str) -> str:
    """The text as mrkdwn that shows as it was written."""
    text = FORMATTING.sub(lambda sign: sign.group().translate(LOOKALIKES), text)
    return escape_entities(QUOTE.sub(r"\1›", text))


def plain_label(text: str) -> str:
    """The text for a plain_text object.

    Slack parses no markup there, but the documentation leaves open whether it decodes entities; so the
    angle brackets get their doubles, and the ampersand stays, which reads right either way.
    """
    return text.replace("<", "‹").replace(">", "›")


def unescape(text: str) -> str:
    """What a person typed: Slack sends & < > as entities (slackapi/bolt-python#513)."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def cut(text: str, room: int, write: Callable[[str], str] = escape) -> str:
    """The text as `write` makes it, in at most `room` units; what does not fit is counted at the end."""
    tail = f"… ({len(text):,} more characters)"
    if utf16_length(tail) > room // 2:
        return clip(text, room, write)
    if _fits(text, room, write):
        return write(text)
    kept = _longest(text, room - utf16_length(tail), write)
    return f"{write(text[:kept]).rstrip()}… ({len(text) - kept:,} more characters)"


def clip(text: str, room: int, write: Callable[[str], str] = escape) -> str:
    """The same with a bare "…": for names whose whole can be read elsewhere."""
    if _fits(text, room, write):
        return write(text)
    return write(text[: _longest(text, room - 1, write)]).rstrip() + "…" if room > 0 else ""


def _fits(text: str, room: int, write: Callable[[str], str] = escape) -> bool:
    return len(text) <= room and utf16_length(write(text)) <= room


def pieces(text: str, room: int) -> list[str]:
    """The text in parts that each fit once written, broken between lines or words where there are any."""
    found = []
    while not _fits(text, room):
        kept = max(_longest(text, room, escape), 1)
        for gap in ("\n", " "):
            at = text.rfind(gap, kept // 2, kept)
            if at > 0:
                kept = at
                break
        found.append(text[:kept].rstrip())
        text = text[kept:].lstrip()
    return [*found, text] if text else found


def _longest(text: str, room: int, write: Callable[[str], str]) -> int:
    """How many characters from the start fit once written."""
    low, high = 0, max(min(len(text), room), 0)
    while low < high:
        middle = (low + high + 1) // 2
        if utf16_length(write(text[:middle])) <= room:
            low = middle
        else:
            high = middle - 1
    return low


def safe_address(url: str) -> str:
    """The address as it may stand in a link; "" for anything but a usable http or https address."""
    url = clean(url)
    try:
        parts = urlsplit(url)
        if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
            return ""
    except ValueError:
        return ""
    written = escape_entities(BREAKS_LINK.sub(lambda sign: quote(sign.group()), url))
    return written if utf16_length(written) <= LINK else ""


def link(text: str, url: str) -> str:
    """Already written text, leading to an already written address."""
    return f"<{url}|{text}>"
