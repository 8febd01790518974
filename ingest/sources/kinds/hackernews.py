"""Hacker News: front pages from the official API (github.com/HackerNews/API), its archive from Algolia's search.

The address is a list of the official API (topstories.json), or a search at Algolia (hn.algolia.com/api).
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from ingest.articles.item import Item, ItemError, make_item
from ingest.formats.feed_parser import RefusedEntry, plain_text
from ingest.sources.kinds.base import KindError, SourceKind, SourceRequest, SourceResult, get_json

SEARCH = "https://hn.algolia.com/api/v1/search_by_date"
PAGE = "https://news.ycombinator.com/item?id="
FRONT_PAGE_STORIES = 90
"""Stories of a list that are considered: three front pages."""

MAX_STORIES = 60
"""Stories fetched per reading; the rest follows with the next."""

MIN_POINTS = 20
"""Votes from which an archived story counts, roughly those that reached a front page."""

MAX_HITS = 1000
"""Maximum results per search."""


def read(request: SourceRequest) -> SourceResult:
    """The stories that are new on the front pages, or the results of the search."""
    payload = get_json(request, request.url)
    if isinstance(payload, dict):
        return SourceResult(_hits(request, payload))
    if not isinstance(payload, list):
        raise KindError("returns no list of stories")
    ids = [story_id for story_id in payload[:FRONT_PAGE_STORIES] if isinstance(story_id, int)]
    seen = {story_id for story_id in request.memory.get("seen", ()) if isinstance(story_id, int)} & set(ids)
    base = request.url.rsplit("/", 1)[0]
    found: list[Item | RefusedEntry] = []
    fresh = [story_id for story_id in ids if story_id not in seen]
    for number in fresh[:MAX_STORIES]:
        row = get_json(request, f"{base}/item/{number}.json")
        seen.add(number)
        if isinstance(row, dict) and row.get("type") == "story" and not row.get("dead") and not row.get("deleted"):
            found.append(
                _story(request, row.get("id"), row.get("url"), row.get("title"), row.get("text"), row.get("time"))
            )
    return SourceResult(found, {"seen": sorted(seen)}, len(fresh) > MAX_STORIES)


def archive(request: SourceRequest, since: datetime, until: datetime) -> Iterator[SourceResult]:
    """The stories between two moments, newest first. A search returns a thousand at most; the next one continues from
    its end.
    """
    first, end = int(since.timestamp()), int(request.memory.get("end") or until.timestamp() + 1)
    min_points = int(request.options.get("points") or MIN_POINTS)
    while end > first:
        payload = get_json(
            request,
            f"{request.options.get('history') or SEARCH}?tags=story&hitsPerPage={MAX_HITS}"
            f"&numericFilters=created_at_i>={first},created_at_i<{end},points>={min_points}",
        )
        if not isinstance(payload, dict):
            raise KindError("returns no search results")
        rows = [row for row in payload.get("hits") or () if isinstance(row, dict)]
        moments = [row["created_at_i"] for row in rows if isinstance(row.get("created_at_i"), int)]
        if not moments:
            return
        # Stories of the same second may be on the next page too; known ones are dropped later.
        end = min(moments) if min(moments) < end - 1 else end - 1
        yield SourceResult(_hits(request, payload), {"end": end})
        if len(rows) >= int(payload.get("nbHits") or 0):
            return


def _hits(request: SourceRequest, payload: dict[str, Any]) -> list[Item | RefusedEntry]:
    rows = payload.get("hits")
    if not isinstance(rows, list):
        raise KindError("returns no search results")
    return [
        _story(
            request,
            row.get("objectID"),
            row.get("url"),
            row.get("title"),
            row.get("story_text"),
            row.get("created_at_i"),
        )
        for row in rows
        if isinstance(row, dict)
    ]


def _story(
    request: SourceRequest, number: object, url: object, title: object, text: object, at: object
) -> Item | RefusedEntry:
    try:
        if not isinstance(at, int) or isinstance(at, bool):
            raise ItemError("has no time")
        moment = datetime.fromtimestamp(at, UTC).isoformat()
        outlet = request.outlet or "Hacker News"
        return make_item(
            outlet,
            f"hn{number}",
            url or f"{PAGE}{number}",
            plain_text(title),
            plain_text(text),
            moment,
            "s",
            request.now,
        )
    except (ItemError, ValueError, OverflowError, OSError) as error:
        return RefusedEntry(0, str(error), f"{number}: {title}"[:500])


KIND = SourceKind("hackernews", "Hacker News, by its API and Algolia's search", read, archive, interface=True)
