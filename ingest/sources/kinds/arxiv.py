"""arXiv: new papers from its RSS or API (both are feeds), its archive from the API.

A paper is identified by its number without the version: a new version is not news. The API asks for three seconds
between requests (info.arxiv.org/help/api/tou.html), which ingest.http.politeness keeps.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

from ingest.articles.item import Item
from ingest.formats.feed_parser import RefusedEntry
from ingest.sources.kinds import feed
from ingest.sources.kinds.base import SourceKind, SourceRequest, SourceResult

API = "https://export.arxiv.org/api/query"
PAGE_SIZE = 200
"""Papers per page of the archive."""

_NUMBER = re.compile(r"(?:abs/|arXiv\.org:|arXiv:)([a-z\-]+(?:\.[A-Z]{2})?/\d{7}|\d{4}\.\d{4,5})(v\d+)?")
_HEAD = re.compile(r"^arXiv:\S+\s+Announce Type:\s*(\S+)\s*(?:Abstract:)?\s*", re.IGNORECASE)
_TAIL = re.compile(r"\s*\(arXiv:\S+ \[[^\]]+\][^)]*\)\s*$")


def read(request: SourceRequest) -> SourceResult:
    """The current entries of the feed or API."""
    return SourceResult(_papers(feed.feed_entries(request, request.get(request.url))))


def archive(request: SourceRequest, since: datetime, until: datetime) -> Iterator[SourceResult]:
    """The papers submitted between two moments, newest first."""
    query = str(request.options.get("query") or f"cat:{urlsplit(request.url).path.rstrip('/').rsplit('/', 1)[-1]}")
    between = f"submittedDate:[{since.astimezone(UTC):%Y%m%d%H%M} TO {until.astimezone(UTC):%Y%m%d%H%M}]"
    start = int(request.memory.get("start") or 0)
    while True:
        url = (
            f"{request.options.get('history') or API}?search_query={quote(f'{query} AND {between}')}"
            f"&start={start}&max_results={PAGE_SIZE}&sortBy=submittedDate&sortOrder=descending"
        )
        found = _papers(feed.feed_entries(request, request.get(url)))
        start += PAGE_SIZE
        yield SourceResult(found, {"start": start})
        if len(found) < PAGE_SIZE:
            return


def _papers(found: list[Item | RefusedEntry]) -> list[Item | RefusedEntry]:
    return [entry for entry in (_paper(entry) for entry in found) if entry is not None]


def _paper(entry: Item | RefusedEntry) -> Item | RefusedEntry | None:
    if isinstance(entry, RefusedEntry):
        return entry
    head = _HEAD.match(entry.summary)
    if head and head[1].lower().startswith("replace"):
        # A new version of a paper that was announced before.
        return None
    number = _NUMBER.search(entry.external_id) or _NUMBER.search(entry.url)
    if number is None:
        return entry
    return entry._replace(
        external_id=f"arXiv:{number[1]}",
        url=f"https://arxiv.org/abs/{number[1]}",
        title=_TAIL.sub("", entry.title),
        summary=_HEAD.sub("", entry.summary),
    )


KIND = SourceKind("arxiv", "papers of arXiv, by RSS or API", read, archive, interface=True)
