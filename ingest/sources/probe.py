"""Examines an address before it becomes a source: its kind, where its feed is, and what it currently publishes."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from lxml import html as markup

from gazetteer.addresses import source_kind_and_address
from ingest.articles.item import Item
from ingest.formats.feed_parser import RefusedEntry
from ingest.http.source_keys import hide_keys
from ingest.sources.reading import PollSettings, read_for_preview
from models.source import Source

USUAL_PATHS = ("feed", "rss.xml", "feed.xml", "atom.xml", "index.xml", "rss")
"""Where feeds often are, below a page that links to none."""


@dataclass(frozen=True)
class ProbeResult:
    """What an address turned out to be."""

    kind: str
    url: str
    name: str = ""
    items: list[Item] = field(default_factory=list)
    refused: list[RefusedEntry] = field(default_factory=list)
    problem: str = ""
    """Why it can't be a source; completes a sentence that begins with the address."""


def probe_address(
    address: str,
    now: datetime,
    settings: PollSettings,
    kind: str = "",
    options: dict[str, Any] | None = None,
    public: bool = False,
) -> ProbeResult:
    """Examines an address as a person typed it. `public`: only on the open internet. Never raises: see `problem`."""
    guessed, url = source_kind_and_address(address)
    if not url:
        return ProbeResult("", address, problem="is not an address: it must begin with http://, https:// or file://")
    kind, options = kind or guessed, options or {}
    first = _look(kind, url, now, settings, public, options)
    if not first.problem or kind != "feed" or not first.problem.startswith("is not a feed"):
        return first
    for path in USUAL_PATHS:
        found = _look("feed", urljoin(url.rstrip("/") + "/", path), now, settings, public, options)
        if not found.problem and found.items:
            return found
    listing = _look("page", url, now, settings, public, options)
    return listing if not listing.problem and listing.items else first


def _look(
    kind: str, url: str, now: datetime, settings: PollSettings, public: bool, options: dict[str, Any]
) -> ProbeResult:
    source = Source(name="", url=url, kind=kind, options=dict(options), added_by="chat:" if public else "")
    reading, items = read_for_preview(source, settings, now)
    if reading.error is not None:
        return ProbeResult(kind, hide_keys(url, settings.keys), problem=reading.error.reason)
    result = reading.result
    refused = [entry for entry in result.items if isinstance(entry, RefusedEntry)] if result else []
    address = (
        (result.url if result else "")
        or (reading.response.moved if reading.response else "")
        or hide_keys(url, settings.keys)
    )
    title = items[0].source if items else _title(reading.response.data if reading.response else None)
    return ProbeResult(kind, address, hide_keys(title, settings.keys), items, refused)


def _title(data: bytes | None) -> str:
    """The title of an HTML page, "" for none."""
    try:
        found = markup.document_fromstring(data or b"").findtext(".//title")
    except (ValueError, markup.etree.LxmlError):
        return ""
    return " ".join((found or "").split())
