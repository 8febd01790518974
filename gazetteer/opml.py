"""Reads and writes lists of sources as OPML 2.0 (opml.org/spec2.opml), which every feed reader imports and exports.

What other readers don't know is kept in attributes of our own: kind, outlet, weight, state and, for kinds that need
more, `options` as JSON. A source that is not a feed gets type "link", so that feed readers skip it. Pure.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from gazetteer.spelling import tidy

SCHEMES = ("http", "https", "file")
FEED_KINDS = ("feed", "reddit", "youtube", "github", "arxiv")
"""Kinds whose address a feed reader can open."""

MAX_NAME = 200
"""Maximum characters of a source's name, the same as for an item's outlet."""

MAX_BYTES = 10 * 1024 * 1024
"""Maximum bytes of a list; one with thousands of feeds has one or two MB."""


class ListError(Exception):
    """The document is not a list of sources. The message completes a sentence that begins with the file's name."""


@dataclass(frozen=True)
class ListedSource:
    """One source as a list describes it."""

    name: str
    url: str
    kind: str = "feed"
    language: str = ""
    outlet: str = ""
    weight: float = 1.0
    home: str = ""
    topic: str = ""
    paused: bool = False
    options: dict[str, Any] = field(default_factory=dict)


def read_opml(data: bytes) -> tuple[list[ListedSource], list[str]]:
    """Reads a list: its sources, each name and address once, and a sentence for each entry that can't be used.

    Raises ListError when the document is not OPML at all.
    """
    if len(data) > MAX_BYTES:
        raise ListError(f"is larger than {MAX_BYTES // 1024 // 1024} MB: split it into several lists")
    if b"<!ENTITY" in data or b"<!DOCTYPE" in data:
        # A list needs no entities of its own, and entities are how XML bombs are built ("billion laughs").
        raise ListError("defines XML entities, which are not allowed here: remove its DOCTYPE")
    try:
        root = ET.fromstring(data)  # noqa: S314 - no entities, and the size is bounded
    except (ET.ParseError, ValueError, LookupError) as error:
        raise ListError(f"is not valid XML ({error})") from error
    if root.tag.lower() != "opml":
        raise ListError(f"is not OPML: it begins with <{root.tag[:40]}> instead of <opml>")
    by_name: dict[str, ListedSource] = {}
    urls: set[str] = set()
    mistakes = []
    for topic, outline in _outlines(root):
        try:
            source = _listed(outline, topic)
        except ValueError as error:
            mistakes.append(str(error))
            continue
        if source.name in by_name:
            mistakes.append(f"“{source.name}” is listed twice: give each source its own name")
        elif source.url in urls:
            mistakes.append(f"“{source.name}” has the same address as another source: remove one of them")
        else:
            by_name[source.name] = source
            urls.add(source.url)
    return list(by_name.values()), mistakes


def write_opml(sources: Iterable[ListedSource], title: str = "trendbot") -> bytes:
    """Writes sources as a list, grouped by topic."""
    root = ET.Element("opml", version="2.0")
    ET.SubElement(ET.SubElement(root, "head"), "title").text = title
    body = ET.SubElement(root, "body")
    folders: dict[str, ET.Element] = {}
    for source in sources:
        parent = body
        if source.topic:
            if source.topic not in folders:
                folders[source.topic] = ET.SubElement(body, "outline", text=source.topic)
            parent = folders[source.topic]
        is_feed = source.kind in FEED_KINDS
        attributes = {"type": "rss" if is_feed else "link", "text": source.name, "title": source.name}
        attributes |= {"xmlUrl" if is_feed else "url": source.url, "htmlUrl": source.home, "language": source.language}
        attributes |= {"kind": source.kind, "outlet": source.outlet, "weight": f"{source.weight:g}"}
        attributes |= {
            "state": "paused" if source.paused else "",
            "options": json.dumps(source.options) if source.options else "",
        }
        ET.SubElement(parent, "outline", {name: value for name, value in attributes.items() if value})
    ET.indent(root)
    data: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return data + b"\n"


def _outlines(root: ET.Element) -> Iterator[tuple[str, ET.Element]]:
    """Yields every outline that has an address, with the heading it stands under."""
    # With a stack and not by recursion: a hostile list may be nested deeper than Python recurses.
    waiting: list[tuple[str, ET.Element]] = [("", root)]
    while waiting:
        topic, element = waiting.pop()
        if element.tag.lower() == "outline":
            if _attribute(element, "xmlUrl", "url"):
                yield topic, element
            topic = _attribute(element, "text", "title") or topic
        waiting += [(topic, child) for child in reversed(element)]


def _listed(outline: ET.Element, topic: str) -> ListedSource:
    url = _attribute(outline, "xmlUrl", "url")
    name = tidy(_attribute(outline, "title", "text"))[:MAX_NAME] or urlsplit(url).hostname or ""
    kind = _attribute(outline, "kind").lower() or ("feed" if _attribute(outline, "xmlUrl") else "page")
    parts = urlsplit(url)
    if parts.scheme not in SCHEMES or not (parts.hostname or parts.scheme == "file"):
        raise ValueError(f"“{name}” needs an address that begins with http://, https:// or file://, not {url[:100]}")
    try:
        weight = float(_attribute(outline, "weight") or 1)
        options = json.loads(_attribute(outline, "options") or "{}")
    except (ValueError, RecursionError):
        raise ValueError(f"“{name}”: weight must be a number, and options must be JSON") from None
    if not 0 < weight <= 10 or not isinstance(options, dict):
        raise ValueError(f"“{name}”: weight must be above 0 and at most 10, and options must be a JSON object")
    return ListedSource(
        name,
        url,
        kind,
        _attribute(outline, "language").lower()[:12],
        tidy(_attribute(outline, "outlet"))[:MAX_NAME],
        weight,
        _attribute(outline, "htmlUrl"),
        tidy(topic)[:MAX_NAME],
        _attribute(outline, "state") == "paused",
        options,
    )


def _attribute(element: ET.Element, *names: str) -> str:
    """The first of some attributes that is not empty; readers differ in how they capitalise attribute names."""
    attributes = {name.lower(): value.strip() for name, value in element.attrib.items()}
    return next((attributes[name.lower()] for name in names if attributes.get(name.lower())), "")
