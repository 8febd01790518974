"""RSS, Atom and JSON Feed into items. feedparser survives the damage that real feeds have; JSON Feed is read here."""

import html
import json
import re
from calendar import timegm
from dataclasses import dataclass
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import feedparser

from ingest.item import Item, ItemError, item

TAG = re.compile(r"<[a-zA-Z/!]")


class FeedError(Exception):
    """The whole document is no feed: the rest of a sentence that begins with its name."""


@dataclass(frozen=True)
class Refused:
    """An entry that can't be used."""

    place: int
    """Its number in the feed, from 1."""
    reason: str
    text: str


def parse(data: bytes, source: str, now: datetime) -> list[Item | Refused]:
    """The entries of a feed. `source` is the outlet's name; "" takes the feed's own title.

    An entry without a date is taken as published now, when it is first seen; the store keeps it that
    way, because a known item is never stored again.
    Raises FeedError when the document is no feed at all.
    """
    start = data.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"{"):
        title, entries = _json(data)
    else:
        title, entries = _xml(data)
    found: list[Item | Refused] = []
    for number, entry in enumerate(entries, 1):
        try:
            found.append(
                item(
                    source or title,
                    entry["id"],
                    entry["url"],
                    text(entry["title"]),
                    text(entry["summary"]),
                    entry["published_at"] or now.isoformat(),
                    "",
                    now,
                )
            )
        except ItemError as error:
            found.append(Refused(number, str(error), str(entry)[:500]))
    return found


def _xml(data: bytes) -> tuple[str, list[dict[str, Any]]]:
    feed = feedparser.parse(data)
    entries = feed.get("entries", [])
    if not entries and not feed.get("version"):
        raise FeedError("is no feed: neither RSS, Atom nor JSON Feed")
    rows = []
    for entry in entries:
        stamp = entry.get("published_parsed") or entry.get("updated_parsed")
        said = entry.get("published") or entry.get("updated") or ""
        body = entry.get("summary") or next((part.get("value", "") for part in entry.get("content", [])), "")
        rows.append(
            {
                "id": entry.get("id") or entry.get("link"),
                "url": entry.get("link", ""),
                "title": entry.get("title", ""),
                "summary": body,
                "published_at": datetime.fromtimestamp(timegm(stamp), UTC).isoformat() if stamp else said,
            }
        )
    return str(feed.feed.get("title") or "").strip(), rows


def _json(data: bytes) -> tuple[str, list[dict[str, Any]]]:
    try:
        feed = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise FeedError(f"is broken JSON ({str(error)[:120]})") from error
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        raise FeedError("is JSON, but no JSON Feed: it has no list of items")
    rows = []
    for entry in feed["items"]:
        row = entry if isinstance(entry, dict) else {}
        rows.append(
            {
                "id": row.get("id") or row.get("url"),
                "url": row.get("url") or row.get("external_url") or "",
                "title": row.get("title") or "",
                "summary": row.get("summary") or row.get("content_text") or row.get("content_html") or "",
                "published_at": row.get("date_published") or row.get("date_modified") or "",
            }
        )
    return str(feed.get("title") or "").strip(), rows


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - the parser's signature
        self.hidden += tag in ("script", "style")
        self.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in ("script", "style") and self.hidden > 0
        self.parts.append(" ")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.parts.append(data)


def text(markup: object) -> str:
    """What a person would read of a title or summary that may be HTML."""
    if not isinstance(markup, str):
        return ""
    if not TAG.search(markup):
        return html.unescape(markup)
    reader = _Text()
    reader.feed(markup)
    reader.close()
    return "".join(reader.parts)
