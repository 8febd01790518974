"""A Discord message, as the adapter would send it, as the HTML that its app shows: near enough to look at."""

import re
from base64 import b64encode
from collections.abc import Iterator
from html import escape
from typing import Any

from bot.discord.components.render import RenderedMessage

_TOKEN = re.compile(
    r"\\(?P<letter>[^A-Za-z0-9\s])"
    r"|\[(?P<label>(?:\\.|[^\]\\])*)\]\((?P<url>https?://[^\s)]+)\)"
    r"|\*\*(?P<bold>(?:\\.|[^*\\])+)\*\*"
    r"|<@&(?P<role>\d+)>"
    r"|(?<!\S)(?P<address>https?://[^\s<]+)"
)


def inline(text: str) -> str:
    """One line of Discord's markdown as HTML."""
    parts = []
    end = 0
    for found in _TOKEN.finditer(text):
        parts.append(escape(text[end : found.start()]))
        end = found.end()
        if found["letter"]:
            parts.append(escape(found["letter"]))
        elif found["url"]:
            parts.append(f'<a href="{escape(found["url"])}">{inline(found["label"])}</a>')
        elif found["bold"]:
            parts.append(f"<b>{inline(found['bold'])}</b>")
        elif found["role"]:
            parts.append('<span class="mention">@AI news</span>')
        else:
            parts.append(f'<a href="{escape(found["address"])}">{escape(found["address"])}</a>')
    return "".join([*parts, escape(text[end:])])


def markdown(text: str) -> str:
    """Discord's markdown as HTML, line by line."""
    return "".join(_lines(text))


def _lines(text: str) -> Iterator[str]:
    for line in text.split("\n"):
        if line.startswith("### "):
            yield f"<h3>{inline(line[4:])}</h3>"
        elif line.startswith("-# "):
            yield f"<small>{inline(line[3:])}</small>"
        elif line.startswith("- "):
            yield f'<p class="item" dir="auto">{inline(line[2:])}</p>'
        else:
            yield f'<p dir="auto">{inline(line) or "&nbsp;"}</p>'


def html(message: RenderedMessage) -> str:
    """The whole message."""
    files = {file.filename: file.fp.read() for file in message.files}
    shown = "".join(_component(item.to_component_dict(), files) for item in message.components)
    return f'<div class="discord">{shown}</div>'


def _component(part: dict[str, Any], files: dict[str, bytes]) -> str:
    inner = "".join(_component(one, files) for one in part.get("components", ()))
    match part["type"]:
        case 1:
            return f'<div class="row">{inner}</div>'
        case 2:
            return f'<button class="style{part["style"]}">{escape(part["label"])}</button>'
        case 3:
            chosen = "".join(f"<option>{escape(option['label'])}</option>" for option in part["options"])
            return f"<select><option>{escape(part['placeholder'])}</option>{chosen}</select>"
        case 10:
            return f'<div class="text">{markdown(part["content"])}</div>'
        case 12:
            return "".join(
                f'<img alt="{escape(item.get("description") or "")}" src="data:image/png;base64,'
                f'{b64encode(files[item["media"]["url"].removeprefix("attachment://")]).decode()}">'
                for item in part["items"]
            )
        case 13:
            name = part["file"]["url"].removeprefix("attachment://")
            return f'<div class="file">📄 {escape(name)} <small>{len(files[name]):,} bytes</small></div>'
        case 17:
            return f'<div class="container" style="--accent:#{part["accent_color"]:06x}">{inner}</div>'
    raise ValueError(f"The gallery can't show a component of type {part['type']}.")
