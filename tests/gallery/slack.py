"""A Slack message's blocks as the HTML that its app shows: near enough to look at."""

import re
from base64 import b64encode
from collections.abc import Iterator
from html import escape, unescape
from typing import Any

_LINK = re.compile(r"<(https?://[^|>]+)(?:\|([^>]*))?>")
_PING = re.compile(r"<!subteam\^\w+>")
_BOLD = re.compile(r"(?<![\w*])\*([^*\n]+)\*(?![\w*])")
_CODE = re.compile(r"`([^`\n]+)`")


def mrkdwn(text: str) -> str:
    """Slack's markup as HTML, line by line."""
    return "".join(_lines(text))


def _lines(text: str) -> Iterator[str]:
    for line in text.split("\n"):
        kind = ' class="item"' if line.startswith("• ") else ""
        yield f'<p{kind} dir="auto">{_inline(line.removeprefix("• ")) or "&nbsp;"}</p>'


def _inline(line: str) -> str:
    parts = []
    end = 0
    for found in _LINK.finditer(line):
        parts.append(_formatted(line[end : found.start()]))
        end = found.end()
        label = _formatted(found[2] or found[1])
        parts.append(f'<a href="{escape(unescape(found[1]))}">{label}</a>')
    return "".join([*parts, _formatted(line[end:])])


def _formatted(text: str) -> str:
    text = _PING.sub("@ai-news", text)
    shown = escape(unescape(text))
    shown = _CODE.sub(r"<code>\1</code>", shown)
    return _BOLD.sub(r"<b>\1</b>", shown)


def html(blocks: list[dict[str, Any]], picture: bytes | None) -> str:
    """The whole message, and the picture that is uploaded beside it."""
    shown = "".join(map(_block, blocks))
    if picture:
        shown += f'<img alt="" src="data:image/png;base64,{b64encode(picture).decode()}">'
    return f'<div class="slack">{shown}</div>'


def _block(block: dict[str, Any]) -> str:
    match block["type"]:
        case "header":
            return f"<h3>{escape(unescape(block['text']['text']))}</h3>"
        case "section":
            fields = "".join(f'<div class="field">{_text(field)}</div>' for field in block.get("fields", ()))
            text = _text(block["text"]) if "text" in block else ""
            return f'<div class="text">{text}<div class="fields">{fields}</div></div>'
        case "context":
            return f"<small>{''.join(map(_text, block['elements']))}</small>"
        case "actions":
            return f'<div class="row">{"".join(map(_element, block["elements"]))}</div>'
        case "divider":
            return "<hr>"
    raise ValueError(f"The gallery can't show a block of type {block['type']}.")


def _element(part: dict[str, Any]) -> str:
    if part["type"] == "button":
        return f'<button class="{part.get("style", "")}">{_plain(part["text"])}</button>'
    options = "".join(f"<option>{_plain(option['text'])}</option>" for option in part.get("options", ()))
    return f"<select><option>{_plain(part['placeholder'])}</option>{options}</select>"


def _text(part: dict[str, Any]) -> str:
    return mrkdwn(part["text"]) if part["type"] == "mrkdwn" else f"<p>{_plain(part)}</p>"


def _plain(part: dict[str, Any]) -> str:
    return escape(unescape(part["text"]))
