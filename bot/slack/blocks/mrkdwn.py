"""Makes outside text safe for Slack's markup, "mrkdwn", and cuts it to size with a visible mark. Pure.

Slack's rules: https://docs.slack.dev/messaging/formatting-message-text
"""

import re
from collections.abc import Callable

from bot.outside_text import LONGEST_LINK, utf16_length, web_address

LOOKALIKES = str.maketrans("*_~`", "∗ˍ∼ˋ")
"""mrkdwn has no escape character, so characters that could start formatting are replaced by lookalikes."""
FORMATTING = re.compile(r"[*_~](?:(?<![A-Za-z0-9].)|(?![A-Za-z0-9]))|`")
"""Between two letters or digits (gpt_4o) these characters format nothing, and stay as they are."""
QUOTE = re.compile(r"(?m)^(\s*)>")
BREAKS_LINK = re.compile(r'[\s<>|"`]')
UNREADABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
"""Control characters, lone surrogates, and marks that change the reading direction of all that follows.

Right-to-left scripts need none of these marks.
"""


def clean(text: str) -> str:
    """The text without control characters and direction marks."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return (text if text.isprintable() else UNREADABLE.sub("", text)).strip()


def one_line(text: str) -> str:
    """The cleaned text on a single line."""
    return " ".join(clean(text).split())


def escape_entities(text: str) -> str:
    """The text with Slack's three control characters escaped, so that it makes no links, pings or channels."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def escape(text: str) -> str:
    """The text as mrkdwn that displays literally."""
    text = FORMATTING.sub(lambda sign: sign.group().translate(LOOKALIKES), text)
    return escape_entities(QUOTE.sub(r"\1›", text))


def plain_label(text: str) -> str:
    """The text for a plain_text object.

    Slack parses no markup there, but does not document whether it decodes entities. So angle brackets become
    lookalikes, and ampersands stay, which reads right either way.
    """
    return text.replace("<", "‹").replace(">", "›")


def unescape(text: str) -> str:
    """What a person typed; Slack sends & < > as entities (slackapi/bolt-python#513)."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def cut(text: str, room: int, write: Callable[[str], str] = escape) -> str:
    """The text as `write` writes it, in at most `room` UTF-16 units; the end says how much was cut."""
    tail = f"… ({len(text):,} more characters)"
    if utf16_length(tail) > room // 2:
        return clip(text, room, write)
    if _fits(text, room, write):
        return write(text)
    kept = _longest(text, room - utf16_length(tail), write)
    return f"{write(text[:kept]).rstrip()}… ({len(text) - kept:,} more characters)"


def clip(text: str, room: int, write: Callable[[str], str] = escape) -> str:
    """Like `cut`, but with a bare "…": for names that can be read in full elsewhere."""
    if _fits(text, room, write):
        return write(text)
    return write(text[: _longest(text, room - 1, write)]).rstrip() + "…" if room > 0 else ""


def _fits(text: str, room: int, write: Callable[[str], str] = escape) -> bool:
    return len(text) <= room and utf16_length(write(text)) <= room


def pieces(text: str, room: int) -> list[str]:
    """The text in pieces that each fit once escaped, split between lines or words if possible."""
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
    """How many characters from the start fit once `write` has written them."""
    low, high = 0, max(min(len(text), room), 0)
    while low < high:
        middle = (low + high + 1) // 2
        if utf16_length(write(text[:middle])) <= room:
            low = middle
        else:
            high = middle - 1
    return low


def safe_address(url: str) -> str:
    """The address as it may stand in a link; "" unless it is a web address that is not too long."""
    written = escape_entities(web_address(clean(url), BREAKS_LINK))
    return written if utf16_length(written) <= LONGEST_LINK else ""


def link(text: str, url: str) -> str:
    """A link from escaped text to a safe address."""
    return f"<{url}|{text}>"
