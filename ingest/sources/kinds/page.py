"""A page that lists articles (a newsletter's archive, a lab's news) or a sitemap, for sites without a feed.

    the list -> new addresses -> each article's page -> title, date and first words (trafilatura)

A news sitemap has titles and dates itself and needs no further requests.
"""

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
from ingest.formats.outside_json import load_json
from ingest.http.fetch import FetchError
from ingest.sources.kinds.base import KindError, SourceKind, SourceRequest, SourceResult

MAX_ARTICLES = 20
"""Articles fetched per reading; the rest follows with the next."""

MAX_SITEMAPS = 3
"""Sitemaps of an index that are read at a time, the newest first."""

REMEMBERED = 5000
"""Addresses remembered as seen."""

MAX_TEXT = 1000
"""Characters taken of an article's text if it has no description."""

MAX_AGE = timedelta(days=30)
"""Articles with an older date in the sitemap are not fetched as news."""

_NOT_AN_ARTICLE = re.compile(
    r"/(?:tag|tags|category|categories|author|authors|page|login|signup|about|contact|privacy|terms|search|feed)(?:/|$)"
    r"|\.(?:png|jpe?g|gif|svg|pdf|zip|mp[34]|css|js|xml|rss)$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class ListedArticle:
    """An article as a list describes it; what the list doesn't say is empty."""

    url: str
    title: str = ""
    at: str = ""


def read(request: SourceRequest) -> SourceResult:
    """The articles that were not on the list before."""
    seen = [key for key in request.memory.get("seen", ()) if isinstance(key, int)]
    known = set(seen)
    now = request.now
    entries = [entry for entry in _entries(request, request.url, MAX_SITEMAPS) if text_hash(entry.url) not in known]
    fresh = [entry for entry in entries if not _older(entry.at, now - MAX_AGE)]
    found: list[Item | RefusedEntry] = []
    fetched = 0
    more = False
    for entry in fresh:
        if not entry.title and fetched == MAX_ARTICLES:
            more = True
            continue
        fetched += not entry.title
        found.append(_article(request, entry))
        seen.append(text_hash(entry.url))
    # Old articles are marked as seen too, so that they aren't examined again.
    seen += [text_hash(entry.url) for entry in entries if entry not in fresh]
    return SourceResult(found, {"seen": seen[-REMEMBERED:]}, more)


def archive(request: SourceRequest, since: datetime, until: datetime) -> Iterator[SourceResult]:
    """The articles that a sitemap dates between two moments, newest first."""
    done = int(request.memory.get("done") or 0)
    inside = [
        entry
        for entry in _entries(request, request.url, 10_000, since)
        if entry.at and not _older(entry.at, since) and _older(entry.at, until)
    ]
    inside.sort(key=lambda entry: (entry.at, entry.url), reverse=True)
    for start in range(done, len(inside), MAX_ARTICLES):
        found = [_article(request, entry) for entry in inside[start : start + MAX_ARTICLES]]
        yield SourceResult(
            [entry for entry in found if isinstance(entry, RefusedEntry) or since <= entry.published_at <= until],
            {"done": start + MAX_ARTICLES},
        )


def _entries(request: SourceRequest, url: str, limit: int, since: datetime | None = None) -> list[ListedArticle]:
    """The articles of a page or sitemap. Raises KindError."""
    data = request.get(url)
    if b"<urlset" in data[:5000] or b"<sitemapindex" in data[:5000]:
        maps, entries = _sitemap(data)
        for entry in sorted(maps, key=lambda entry: entry.at, reverse=True)[:limit]:
            if since is None or not _older(entry.at, since):
                entries += _sitemap(request.get(entry.url))[1]
    else:
        entries = _links(data, url)
    wanted = request.options.get("match")
    try:
        pattern = re.compile(str(wanted)) if wanted else None
    except re.error as error:
        raise KindError(f"has an invalid regular expression in its option match ({error})") from None
    found = {entry.url: entry for entry in reversed(entries) if pattern is None or pattern.search(entry.url)}
    if not found:
        raise KindError("lists no articles" + (" that match its option match" if wanted else ""))
    return list(reversed(found.values()))


def _sitemap(data: bytes) -> tuple[list[ListedArticle], list[ListedArticle]]:
    """The sitemaps of an index, and the articles of a sitemap (sitemaps.org/protocol.html, with Google's news
    extension).
    """
    if b"<!ENTITY" in data:
        raise KindError("defines XML entities, which are not allowed")
    try:
        root = ET.fromstring(data)  # noqa: S314 - no entities, and the size is bounded
    except (ET.ParseError, ValueError, LookupError) as error:
        raise KindError(f"is not a complete sitemap ({error})") from error
    maps: list[ListedArticle] = []
    entries: list[ListedArticle] = []
    for row in root:
        fields = {child.tag.rpartition("}")[2]: (child.text or "").strip() for child in row.iter()}
        if not fields.get("loc", "").startswith(("http://", "https://")):
            continue
        at = fields.get("publication_date") or fields.get("lastmod") or ""
        entry = ListedArticle(fields["loc"], tidy(fields.get("title", "")), at)
        (maps if row.tag.endswith("sitemap") else entries).append(entry)
    return maps, entries


def _links(data: bytes, base: str) -> list[ListedArticle]:
    """The links of a page that look like articles: below its own path, or with several words in the last part."""
    try:
        tree = markup.document_fromstring(data)
    except (ValueError, markup.etree.LxmlError) as error:
        raise KindError("can't be parsed as HTML") from error
    own = urlsplit(base)
    path = own.path.rstrip("/") + "/"
    found = []
    for link in tree.iter("a"):
        try:
            url = urljoin(base, (link.get("href") or "").strip()).partition("#")[0]
            parts = urlsplit(url)
        except ValueError:
            continue
        if parts.scheme not in ("http", "https") or parts.netloc != own.netloc or _NOT_AN_ARTICLE.search(parts.path):
            continue
        last = parts.path.rstrip("/").rpartition("/")[2]
        below = parts.path.startswith(path) and len(parts.path) > len(path)
        if (below and path != "/") or last.count("-") >= 2:
            found.append(ListedArticle(url))
    return found


def _article(request: SourceRequest, entry: ListedArticle) -> Item | RefusedEntry:
    try:
        title, at, text, site = entry.title, entry.at, "", ""
        if not title:
            title, at, text, site = _extracted(request.get(entry.url), entry)
        outlet = request.outlet or site or urlsplit(request.url).hostname
        return make_item(
            outlet, entry.url, entry.url, title, text, parse_feed_date(at) or request.now.isoformat(), "", request.now
        )
    except FetchError as error:
        return RefusedEntry(0, error.reason, entry.url)
    except ItemError as error:
        return RefusedEntry(0, str(error), entry.url)


def _extracted(data: bytes, entry: ListedArticle) -> tuple[str, str, str, str]:
    """Title, date, first words and site name of an article's page. Raises ItemError."""
    # Takes half a second to import, and few sources need it.
    from trafilatura import extract  # noqa: PLC0415

    extracted = extract(data, output_format="json", with_metadata=True, include_comments=False, include_tables=False)
    if not extracted:
        raise ItemError("no article was found on the page")
    row: dict[str, Any] = load_json(extracted)
    text = row.get("excerpt") or str(row.get("text") or "")[:MAX_TEXT]
    return (
        str(row.get("title") or ""),
        str(row.get("date") or entry.at),
        str(text),
        str(row.get("source-hostname") or ""),
    )


def _older(text: str, moment: datetime) -> bool:
    """Whether a date in a sitemap is before a moment; False if it is not a date."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return False
    return (at if at.tzinfo else at.replace(tzinfo=UTC)) < moment


KIND = SourceKind("page", "a page or sitemap that lists articles", read, archive)
