"""A page that lists articles (a newsletter's archive, a lab's news) or a sitemap: for sites that have no feed.

    the list -> addresses that are new -> each article's page -> title, date and first words (trafilatura)

A news sitemap tells titles and dates itself, and costs no further request.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree as ET

from lxml import html as markup

from gazetteer.spelling import tidy
from ingest.articles.item import Item, ItemError, make_item
from ingest.articles.near_duplicates import text_hash
from ingest.formats.feed_parser import RefusedEntry, parse_feed_date
from ingest.http.fetch import FetchError
from ingest.sources.kinds.base import KindError, SourceKind, SourceRequest, SourceResult

AT_ONCE = 20
"""Articles fetched in one reading; the rest follows with the next."""

MAPS = 3
"""Parts of a sitemap's index that are looked at in one reading, the newest first."""

KEPT = 5000
"""Addresses that are remembered as seen."""

WORDS = 1000
"""Characters taken of an article's text where it has no description."""

OLD = timedelta(days=30)
"""Articles that a sitemap dates further back are not fetched in a reading of what is new."""

_NOT_HERE = re.compile(
    r"/(?:tag|tags|category|categories|author|authors|page|login|signup|about|contact|privacy|terms|search|feed)(?:/|$)"
    r"|\.(?:png|jpe?g|gif|svg|pdf|zip|mp[34]|css|js|xml|rss)$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class ListedArticle:
    """An article as a list tells it; what it does not tell is empty."""

    url: str
    title: str = ""
    at: str = ""


def read(asked: SourceRequest) -> SourceResult:
    """The articles that were not on the list before."""
    seen = [key for key in asked.memory.get("seen", ()) if isinstance(key, int)]
    known = set(seen)
    now = asked.now
    entries = [one for one in _entries(asked, asked.url, MAPS) if text_hash(one.url) not in known]
    fresh = [one for one in entries if not _older(one.at, now - OLD)]
    found: list[Item | RefusedEntry] = []
    fetched = 0
    left = False
    for one in fresh:
        if not one.title and fetched == AT_ONCE:
            left = True
            continue
        fetched += not one.title
        found.append(_article(asked, one))
        seen.append(text_hash(one.url))
    # What is old is seen too: it must not be looked at again with every reading.
    seen += [text_hash(one.url) for one in entries if one not in fresh]
    return SourceResult(found, {"seen": seen[-KEPT:]}, left)


def past(asked: SourceRequest, since: datetime, until: datetime) -> Iterator[SourceResult]:
    """The articles that a sitemap dates between two moments, newest first."""
    done = int(asked.memory.get("done") or 0)
    inside = [
        one
        for one in _entries(asked, asked.url, 10_000, since)
        if one.at and not _older(one.at, since) and _older(one.at, until)
    ]
    inside.sort(key=lambda one: (one.at, one.url), reverse=True)
    for start in range(done, len(inside), AT_ONCE):
        found = [_article(asked, one) for one in inside[start : start + AT_ONCE]]
        yield SourceResult(
            [one for one in found if isinstance(one, RefusedEntry) or since <= one.published_at <= until],
            {"done": start + AT_ONCE},
        )


def _entries(asked: SourceRequest, url: str, most: int, since: datetime | None = None) -> list[ListedArticle]:
    """The articles of a page or sitemap. Raises KindError."""
    data = asked.get(url)
    if b"<urlset" in data[:5000] or b"<sitemapindex" in data[:5000]:
        maps, entries = _sitemap(data)
        for one in sorted(maps, key=lambda one: one.at, reverse=True)[:most]:
            if since is None or not _older(one.at, since):
                entries += _sitemap(asked.get(one.url))[1]
    else:
        entries = _links(data, url)
    wanted = asked.options.get("match")
    try:
        pattern = re.compile(str(wanted)) if wanted else None
    except re.error as error:
        raise KindError(f"has a broken pattern in its option match ({error})") from None
    found = {one.url: one for one in reversed(entries) if pattern is None or pattern.search(one.url)}
    if not found:
        raise KindError("lists no articles" + (" that match its option" if wanted else ""))
    return list(reversed(found.values()))


def _sitemap(data: bytes) -> tuple[list[ListedArticle], list[ListedArticle]]:
    """The parts that an index names, and the articles (sitemaps.org/protocol.html, and Google's news extension)."""
    if b"<!ENTITY" in data:
        raise KindError("defines XML entities, which no sitemap needs")
    try:
        root = ET.fromstring(data)  # noqa: S314 - no entities, and the size is bounded
    except (ET.ParseError, ValueError, LookupError) as error:
        raise KindError(f"is no whole sitemap ({error})") from error
    maps: list[ListedArticle] = []
    entries: list[ListedArticle] = []
    for row in root:
        said = {child.tag.rpartition("}")[2]: (child.text or "").strip() for child in row.iter()}
        if not said.get("loc", "").startswith(("http://", "https://")):
            continue
        at = said.get("publication_date") or said.get("lastmod") or ""
        one = ListedArticle(said["loc"], tidy(said.get("title", "")), at)
        (maps if row.tag.endswith("sitemap") else entries).append(one)
    return maps, entries


def _links(data: bytes, base: str) -> list[ListedArticle]:
    """The links of a page that look like articles: below its own path, or with words in their last part."""
    try:
        tree = markup.document_fromstring(data)
    except (ValueError, markup.etree.LxmlError) as error:
        raise KindError("is no page that can be read") from error
    own = urlsplit(base)
    path = own.path.rstrip("/") + "/"
    found = []
    for link in tree.iter("a"):
        try:
            url = urljoin(base, (link.get("href") or "").strip()).partition("#")[0]
            parts = urlsplit(url)
        except ValueError:
            continue
        if parts.scheme not in ("http", "https") or parts.netloc != own.netloc or _NOT_HERE.search(parts.path):
            continue
        last = parts.path.rstrip("/").rpartition("/")[2]
        below = parts.path.startswith(path) and len(parts.path) > len(path)
        if (below and path != "/") or last.count("-") >= 2:
            found.append(ListedArticle(url))
    return found


def _article(asked: SourceRequest, one: ListedArticle) -> Item | RefusedEntry:
    try:
        title, at, words, site = one.title, one.at, "", ""
        if not title:
            title, at, words, site = _extracted(asked.get(one.url), one)
        outlet = asked.outlet or site or urlsplit(asked.url).hostname
        return make_item(
            outlet, one.url, one.url, title, words, parse_feed_date(at) or asked.now.isoformat(), "", asked.now
        )
    except FetchError as error:
        return RefusedEntry(0, error.reason, one.url)
    except ItemError as error:
        return RefusedEntry(0, str(error), one.url)


def _extracted(data: bytes, one: ListedArticle) -> tuple[str, str, str, str]:
    """Title, date, first words and the site's name of an article's page. Raises ItemError."""
    # Half a second to import, and needed by few sources.
    from trafilatura import extract  # noqa: PLC0415

    said = extract(data, output_format="json", with_metadata=True, include_comments=False, include_tables=False)
    if not said:
        raise ItemError("the page holds no article")
    row: dict[str, Any] = json.loads(said)
    words = row.get("excerpt") or str(row.get("text") or "")[:WORDS]
    return (
        str(row.get("title") or ""),
        str(row.get("date") or one.at),
        str(words),
        str(row.get("source-hostname") or ""),
    )


def _older(said: str, moment: datetime) -> bool:
    """Whether a date in a sitemap lies before a moment; one that is none does not."""
    try:
        at = datetime.fromisoformat(said)
    except ValueError:
        return False
    return (at if at.tzinfo else at.replace(tzinfo=UTC)) < moment


KIND = SourceKind("page", "a page or sitemap that lists articles", read, past)
