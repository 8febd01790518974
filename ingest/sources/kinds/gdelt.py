"""GDELT's DOC 2.0 API (blog.gdeltproject.org/gdelt-doc-2-0-api-debuts): headlines of the world's press.

One request per five seconds (ingest.http.politeness). It often sheds load, so nothing may depend on it. Refusals are
plain text with status 200. Each article counts for the site it is on.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from ingest.articles.item import Item, ItemError, make_item
from ingest.formats.feed_parser import RefusedEntry
from ingest.formats.outside_json import load_json
from ingest.sources.kinds.base import KindError, SourceKind, SourceRequest, SourceResult

MAX_RECORDS = 250
"""Maximum articles per response."""

STEP, MIN_STEP = timedelta(hours=6), timedelta(minutes=15)
"""The span of the archive per request, halved while there are more articles than a response holds."""

_SPACED = re.compile(r"\s+([,.;:!?%’'”)\]])")


def read(request: SourceRequest) -> SourceResult:
    """The newest headlines."""
    return SourceResult(_articles(request, request.url))


def archive(request: SourceRequest, since: datetime, until: datetime) -> Iterator[SourceResult]:
    """The headlines between two moments, newest first."""
    end = datetime.fromisoformat(request.memory["end"]) if request.memory.get("end") else until
    step = STEP
    while end > since:
        start = max(since, end - step)
        parts = urlsplit(request.url)
        parameters = {name: value for name, value in parse_qsl(parts.query) if name not in ("timespan", "maxrecords")}
        parameters |= {
            "startdatetime": f"{start:%Y%m%d%H%M%S}",
            "enddatetime": f"{end:%Y%m%d%H%M%S}",
            "maxrecords": str(MAX_RECORDS),
        }
        found = _articles(request, urlunsplit(parts._replace(query=urlencode(parameters))))
        if len(found) >= MAX_RECORDS and end - start > MIN_STEP:
            step = max(MIN_STEP, (end - start) / 2)
            continue
        end = start
        yield SourceResult(found, {"end": end.isoformat()})


def _articles(request: SourceRequest, url: str) -> list[Item | RefusedEntry]:
    data = request.get(url)
    try:
        payload = load_json(data.decode("utf-8", "replace"), strict=False) if data.strip() else {}
    except (ValueError, RecursionError):
        text = " ".join(data[:200].decode("utf-8", "replace").split())
        raise KindError(f"answers “{text[:120]}” instead of JSON") from None
    if not isinstance(payload, dict):
        raise KindError("returns no list of articles")
    return [_article(request, row) for row in payload.get("articles") or () if isinstance(row, dict)]


def _article(request: SourceRequest, row: dict[str, Any]) -> Item | RefusedEntry:
    try:
        url = str(row.get("url") or "")
        at = datetime.strptime(str(row.get("seendate")), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        title = _SPACED.sub(r"\1", str(row.get("title") or ""))
        return make_item(
            row.get("domain") or urlsplit(url).hostname, url, url, title, "", at.isoformat(), "s", request.now
        )
    except (ItemError, ValueError) as error:
        return RefusedEntry(0, str(error), str(row)[:500])


KIND = SourceKind("gdelt", "headlines of the world's press, by GDELT's DOC 2.0 API", read, archive, interface=True)
