"""RSS, Atom and JSON Feed; their past by the pages that some have (RFC 5005, and WordPress's `paged`)."""

import contextlib
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from html import unescape
from urllib.parse import urljoin, urlsplit

from ingest.articles.item import Item
from ingest.formats.feed_parser import FeedError, RefusedEntry
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
"""Titles with which feeds that are made from pages tell of their own trouble."""

NO_NEWS = "is an error where the feed is made, and no news"

PAGES = 500
"""Pages of a past that are asked for at most."""


LINK = re.compile(rb"<link\b[^>]{1,1000}>", re.IGNORECASE)
ATTRIBUTE = re.compile(rb"""([a-z]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""", re.IGNORECASE)
FEED_TYPES = (b"application/rss+xml", b"application/atom+xml", b"application/feed+json", b"application/rdf+xml")


def read(asked: SourceRequest) -> SourceResult:
    """What the feed holds now; at the address of a page, what the feed holds that it names."""
    data = asked.get(asked.url)
    try:
        return SourceResult(feed_entries(asked, data))
    except KindError:
        for url in feed_links(data, asked.url):
            try:
                return SourceResult(feed_entries(replace(asked, url=url), asked.get(url)), url=url)
            except (FetchError, KindError):
                continue
        raise


def feed_links(data: bytes, base: str) -> list[str]:
    """The feeds that a page names (html.spec.whatwg.org, rel=alternate), first those that are not of its comments."""
    found = []
    for tag in LINK.findall(data[:300_000]):
        said = {name.lower(): (a or b or c) for name, a, b, c in ATTRIBUTE.findall(tag)}
        if b"alternate" in said.get(b"rel", b"").lower() and said.get(b"type", b"").lower() in FEED_TYPES:
            with contextlib.suppress(ValueError):
                found.append(urljoin(base, unescape(said.get(b"href", b"").decode("utf-8", "replace")).strip()))
    return sorted(dict.fromkeys(found), key=lambda url: "comment" in url.lower())[:3]


def feed_entries(asked: SourceRequest, data: bytes) -> list[Item | RefusedEntry]:
    """The entries of a feed's document. Raises KindError."""
    try:
        found = read_document(data, asked.outlet, asked.now, asked.url)
    except FeedError as error:
        raise KindError(str(error)) from error
    told = [_error(one) for one in found]
    errors = [one for one in told if isinstance(one, RefusedEntry) and one.reason == NO_NEWS]
    if errors and len(errors) == len(told):
        raise KindError(f"tells of an error instead of news: “{errors[0].text[:80]}”")
    return told


def _error(one: Item | RefusedEntry) -> Item | RefusedEntry:
    """An entry that is no news but what went wrong where the feed is made."""
    if isinstance(one, Item) and ERROR.match(one.title):
        return RefusedEntry(0, NO_NEWS, one.title)
    return one


def past(asked: SourceRequest, since: datetime, until: datetime) -> Iterator[SourceResult]:
    """The items between two moments, newest first, from the pages of the feed."""
    url: str | None = str(asked.memory.get("page") or asked.url)
    number = int(asked.memory.get("number") or 1)
    while url and number <= PAGES:
        try:
            data = asked.get(url)
        except FetchError as error:
            if error.status == 404 and number > 1:
                return
            raise
        found = feed_entries(asked, data)
        moments = [one.published_at for one in found if isinstance(one, Item)]
        number += 1
        following = _older(asked, data, url, number)
        inside = [one for one in found if isinstance(one, RefusedEntry) or since <= one.published_at <= until]
        yield SourceResult(inside, {"page": following or "", "number": number})
        if not moments or max(moments) < since or following == url:
            return
        url = following


def _older(asked: SourceRequest, data: bytes, url: str, number: int) -> str | None:
    link = OLDER.search(data[:200_000])
    if link:
        older = urljoin(url, unescape(link[1].decode("utf-8", "replace")))
        # To the same server only: a feed must not send us about.
        return older if urlsplit(older).netloc == urlsplit(asked.url).netloc else None
    if b"wordpress.org" in data[:5000].lower():
        return f"{asked.url}{'&' if urlsplit(asked.url).query else '?'}paged={number}"
    return None


KIND = SourceKind("feed", "RSS, Atom or JSON Feed", read, past)
