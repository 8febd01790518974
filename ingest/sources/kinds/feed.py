"""RSS, Atom and JSON Feed; archives by paged feeds (RFC 5005, or WordPress's `paged`)."""

import contextlib
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from ingest.articles.item import Item
from ingest.formats.feed_parser import FeedError, RefusedEntry, unescape_references
from ingest.formats.feed_parser import read_feed as read_document
from ingest.http.fetch import FetchError
from ingest.sources.kinds.base import KindError, SourceKind, SourceRequest, SourceResult

OLDER = re.compile(
    rb"""<(?:\w+:)?link\b(?=[^>]*\brel=["'](?:prev-archive|next)["'])[^>]*\bhref=["']([^"']{1,2000})["']""",
    re.IGNORECASE,
)
ERROR = re.compile(
    r"bridge returned error|rss-?bridge\b.{0,40}\b(?:error|exception|failed)|(?:http )?error \d{3}\W*$"
    r"|\d{3} (?:forbidden|not found|internal server error|too many requests)\W*$|(?:uncaught |fatal )exception\b"
    r"|just a moment\.\.\.|access denied$",
    re.IGNORECASE,
)
"""Titles with which feeds generated from pages report an error of their own."""

ERROR_ENTRY = "is an error message of the feed's generator"

MAX_PAGES = 500
"""Maximum pages of an archive."""


LINK = re.compile(rb"<link\b[^>]{1,1000}>", re.IGNORECASE)
ATTRIBUTE = re.compile(rb"""([a-z]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""", re.IGNORECASE)
FEED_TYPES = (b"application/rss+xml", b"application/atom+xml", b"application/feed+json", b"application/rdf+xml")


def read(request: SourceRequest) -> SourceResult:
    """The feed's current entries; if the address is a page, those of the feed it links to."""
    data = request.get(request.url)
    try:
        return SourceResult(feed_entries(request, data))
    except KindError:
        for url in feed_links(data, request.url):
            try:
                return SourceResult(feed_entries(replace(request, url=url), request.get(url)), url=url)
            except (FetchError, KindError):
                continue
        raise


def feed_links(data: bytes, base: str) -> list[str]:
    """The feeds that a page links to (html.spec.whatwg.org, rel=alternate), feeds of comments last."""
    found = []
    for tag in LINK.findall(data[:300_000]):
        attributes = {name.lower(): (a or b or c) for name, a, b, c in ATTRIBUTE.findall(tag)}
        if b"alternate" in attributes.get(b"rel", b"").lower() and attributes.get(b"type", b"").lower() in FEED_TYPES:
            with contextlib.suppress(ValueError):
                found.append(
                    urljoin(base, unescape_references(attributes.get(b"href", b"").decode("utf-8", "replace")).strip())
                )
    return sorted(dict.fromkeys(found), key=lambda url: "comment" in url.lower())[:3]


def feed_entries(request: SourceRequest, data: bytes) -> list[Item | RefusedEntry]:
    """The entries of a feed's document. Raises KindError."""
    try:
        found = read_document(data, request.outlet, request.now, request.url)
    except FeedError as error:
        raise KindError(str(error)) from error
    entries = [_error(entry) for entry in found]
    errors = [entry for entry in entries if isinstance(entry, RefusedEntry) and entry.reason == ERROR_ENTRY]
    if errors and len(errors) == len(entries):
        raise KindError(f"reports an error instead of news: “{errors[0].text[:80]}”")
    return entries


def _error(entry: Item | RefusedEntry) -> Item | RefusedEntry:
    """Refuses an entry that is an error message of the feed's generator."""
    if isinstance(entry, Item) and ERROR.match(entry.title):
        return RefusedEntry(0, ERROR_ENTRY, entry.title)
    return entry


def archive(request: SourceRequest, since: datetime, until: datetime) -> Iterator[SourceResult]:
    """The items between two moments, newest first, from the pages of the feed."""
    url: str | None = str(request.memory.get("page") or request.url)
    number = int(request.memory.get("number") or 1)
    while url and number <= MAX_PAGES:
        try:
            data = request.get(url)
        except FetchError as error:
            if error.status == 404 and number > 1:
                return
            raise
        found = feed_entries(request, data)
        moments = [entry.published_at for entry in found if isinstance(entry, Item)]
        number += 1
        next_url = _older(request, data, url, number)
        inside = [entry for entry in found if isinstance(entry, RefusedEntry) or since <= entry.published_at <= until]
        yield SourceResult(inside, {"page": next_url or "", "number": number})
        if not moments or max(moments) < since or next_url == url:
            return
        url = next_url


def _older(request: SourceRequest, data: bytes, url: str, number: int) -> str | None:
    link = OLDER.search(data[:200_000])
    if link:
        older = urljoin(url, unescape_references(link[1].decode("utf-8", "replace")))
        # On the same server only: a feed must not send us elsewhere.
        return older if urlsplit(older).netloc == urlsplit(request.url).netloc else None
    if b"wordpress.org" in data[:5000].lower():
        return f"{request.url}{'&' if urlsplit(request.url).query else '?'}paged={number}"
    return None


KIND = SourceKind("feed", "RSS, Atom or JSON Feed", read, archive)
