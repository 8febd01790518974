"""Lists of sources as OPML 2.0 (opml.org/spec2.opml), which every feed reader takes in and gives out.

What other readers do not know stands in attributes of its own: kind, outlet, weight, state, and for a kind that
needs more, `options` as JSON. What is no feed is an outline of type "link", so that a reader leaves it alone. Pure.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from gazetteer.spelling import tidy

SCHEMES = ("http", "https", "file")
FEEDS = ("feed", "reddit", "youtube", "github", "arxiv")
"""Kinds whose address a feed reader can open."""

NAME = 200
"""Characters of a source's name, as of an item's outlet."""

LARGEST = 10 * 1024 * 1024
"""Bytes of a list: one with thousands of feeds has one or two MB."""


class ListError(Exception):
    """A document is no list of sources: the rest of a sentence that begins with its name."""


@dataclass(frozen=True)
class ListedSource:
    """A source as a list has it."""

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


def default_list() -> Path:
    """The list that comes with the program."""
    return Path(str(files("gazetteer"))) / "sources.opml"


def read_opml(data: bytes) -> tuple[list[ListedSource], list[str]]:
    """The sources of a list, each name and address once, and a sentence for each that can't be used.

    Raises ListError for what is no OPML at all.
    """
    if len(data) > LARGEST:
        raise ListError(f"is larger than {LARGEST // 1024 // 1024} MB")
    if b"<!ENTITY" in data or b"<!DOCTYPE" in data:
        # A list needs no entities of its own, and they are how an XML document is made a bomb.
        raise ListError("defines XML entities, which no list needs")
    try:
        root = ET.fromstring(data)  # noqa: S314 - no entities, and the size is bounded
    except (ET.ParseError, ValueError, LookupError) as error:
        raise ListError(f"is not XML ({error})") from error
    if root.tag.lower() != "opml":
        raise ListError(f"is no OPML: it begins with <{root.tag[:40]}>")
    found: dict[str, ListedSource] = {}
    urls: set[str] = set()
    mistakes = []
    for topic, outline in _outlines(root):
        try:
            one = _listed(outline, topic)
        except ValueError as error:
            mistakes.append(str(error))
            continue
        if one.name in found:
            mistakes.append(f"“{one.name}” stands there twice: give each source its own name")
        elif one.url in urls:
            mistakes.append(f"“{one.name}”: its address stands there twice")
        else:
            found[one.name] = one
            urls.add(one.url)
    return list(found.values()), mistakes


def write_opml(sources: Iterable[ListedSource], title: str = "trendbot") -> bytes:
    """A list of sources, under their topics."""
    root = ET.Element("opml", version="2.0")
    ET.SubElement(ET.SubElement(root, "head"), "title").text = title
    body = ET.SubElement(root, "body")
    folders: dict[str, ET.Element] = {}
    for one in sources:
        parent = body
        if one.topic:
            if one.topic not in folders:
                folders[one.topic] = ET.SubElement(body, "outline", text=one.topic)
            parent = folders[one.topic]
        feed = one.kind in FEEDS
        said = {"type": "rss" if feed else "link", "text": one.name, "title": one.name}
        said |= {"xmlUrl" if feed else "url": one.url, "htmlUrl": one.home, "language": one.language}
        said |= {"kind": one.kind, "outlet": one.outlet, "weight": f"{one.weight:g}"}
        said |= {"state": "paused" if one.paused else "", "options": json.dumps(one.options) if one.options else ""}
        ET.SubElement(parent, "outline", {name: value for name, value in said.items() if value})
    ET.indent(root)
    data: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return data + b"\n"


def _outlines(root: ET.Element) -> Iterator[tuple[str, ET.Element]]:
    """Every outline with an address, with the text of the one around it."""
    # Not by calls of itself: a list may be nested deeper than those go.
    waiting: list[tuple[str, ET.Element]] = [("", root)]
    while waiting:
        topic, element = waiting.pop()
        if element.tag.lower() == "outline":
            if _said(element, "xmlUrl", "url"):
                yield topic, element
            topic = _said(element, "text", "title") or topic
        waiting += [(topic, child) for child in reversed(element)]


def _listed(outline: ET.Element, topic: str) -> ListedSource:
    url = _said(outline, "xmlUrl", "url")
    name = tidy(_said(outline, "title", "text"))[:NAME] or urlsplit(url).hostname or ""
    kind = _said(outline, "kind").lower() or ("feed" if _said(outline, "xmlUrl") else "page")
    parts = urlsplit(url)
    if parts.scheme not in SCHEMES or not (parts.hostname or parts.scheme == "file"):
        raise ValueError(f"“{name}” has no address of http, https or file: {url[:100]}")
    try:
        weight = float(_said(outline, "weight") or 1)
        options = json.loads(_said(outline, "options") or "{}")
    except ValueError:
        raise ValueError(f"“{name}”: weight is no number, or options are no JSON") from None
    if not 0 < weight <= 10 or not isinstance(options, dict):
        raise ValueError(f"“{name}”: weight lies between 0 and 10, and options are a JSON object")
    return ListedSource(
        name,
        url,
        kind,
        _said(outline, "language").lower()[:12],
        tidy(_said(outline, "outlet"))[:NAME],
        weight,
        _said(outline, "htmlUrl"),
        tidy(topic)[:NAME],
        _said(outline, "state") == "paused",
        options,
    )


def _said(element: ET.Element, *names: str) -> str:
    """The first of some attributes that says something; readers write them in different capitals."""
    given = {name.lower(): value.strip() for name, value in element.attrib.items()}
    return next((given[name.lower()] for name in names if given.get(name.lower())), "")
