"""Hacker News: its front pages by the official API (github.com/HackerNews/API), its past by Algolia's search.

A source's address is a list of the official API (topstories.json), or a search of Algolia's (hn.algolia.com/api).
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from ingest.articles.item import Item, ItemError, make_item
from ingest.formats.feed_parser import RefusedEntry, plain_text
from ingest.sources.kinds.base import KindError, SourceKind, SourceRequest, SourceResult

SEARCH = "https://hn.algolia.com/api/v1/search_by_date"
PAGE = "https://news.ycombinator.com/item?id="
FRONT = 90
"""Stories of a list that are looked at: three front pages."""

AT_ONCE = 60
"""Stories asked for in one reading; the rest follows with the next."""

POINTS = 20
"""Votes from which a story of the past is taken in: those that ever stood on a front page."""

HITS = 1000
"""What the search gives for one question at most."""


def read(asked: SourceRequest) -> SourceResult:
    """The stories that are new on the front pages, or what the search finds."""
    said = _json(asked, asked.url)
    if isinstance(said, dict):
        return SourceResult(_hits(asked, said))
    if not isinstance(said, list):
        raise KindError("gives no list of stories")
    ids = [one for one in said[:FRONT] if isinstance(one, int)]
    seen = {one for one in asked.memory.get("seen", ()) if isinstance(one, int)} & set(ids)
    base = asked.url.rsplit("/", 1)[0]
    found: list[Item | RefusedEntry] = []
    fresh = [one for one in ids if one not in seen]
    for number in fresh[:AT_ONCE]:
        row = _json(asked, f"{base}/item/{number}.json")
        seen.add(number)
        if isinstance(row, dict) and row.get("type") == "story" and not row.get("dead") and not row.get("deleted"):
            found.append(
                _story(asked, row.get("id"), row.get("url"), row.get("title"), row.get("text"), row.get("time"))
            )
    return SourceResult(found, {"seen": sorted(seen)}, len(fresh) > AT_ONCE)


def past(asked: SourceRequest, since: datetime, until: datetime) -> Iterator[SourceResult]:
    """The stories between two moments, newest first. A search tells a thousand at most: each goes on from the last."""
    first, end = int(since.timestamp()), int(asked.memory.get("end") or until.timestamp() + 1)
    least = int(asked.options.get("points") or POINTS)
    while end > first:
        said = _json(
            asked,
            f"{asked.options.get('history') or SEARCH}?tags=story&hitsPerPage={HITS}"
            f"&numericFilters=created_at_i>={first},created_at_i<{end},points>={least}",
        )
        if not isinstance(said, dict):
            raise KindError("gives no answer of a search")
        rows = [row for row in said.get("hits") or () if isinstance(row, dict)]
        moments = [row["created_at_i"] for row in rows if isinstance(row.get("created_at_i"), int)]
        if not moments:
            return
        # Those of the very second may be on the next page too; what is known is dropped.
        end = min(moments) if min(moments) < end - 1 else end - 1
        yield SourceResult(_hits(asked, said), {"end": end})
        if len(rows) >= int(said.get("nbHits") or 0):
            return


def _hits(asked: SourceRequest, said: dict[str, Any]) -> list[Item | RefusedEntry]:
    rows = said.get("hits")
    if not isinstance(rows, list):
        raise KindError("gives no hits")
    return [
        _story(
            asked, row.get("objectID"), row.get("url"), row.get("title"), row.get("story_text"), row.get("created_at_i")
        )
        for row in rows
        if isinstance(row, dict)
    ]


def _story(
    asked: SourceRequest, number: object, url: object, title: object, words: object, at: object
) -> Item | RefusedEntry:
    try:
        if not isinstance(at, int) or isinstance(at, bool):
            raise ItemError("has no time")
        moment = datetime.fromtimestamp(at, UTC).isoformat()
        outlet = asked.outlet or "Hacker News"
        return make_item(
            outlet,
            f"hn{number}",
            url or f"{PAGE}{number}",
            plain_text(title),
            plain_text(words),
            moment,
            "s",
            asked.now,
        )
    except (ItemError, ValueError, OverflowError, OSError) as error:
        return RefusedEntry(0, str(error), f"{number}: {title}"[:500])


def _json(asked: SourceRequest, url: str) -> Any:
    try:
        return json.loads(asked.get(url))
    except (ValueError, RecursionError) as error:
        raise KindError(f"gives broken JSON ({str(error)[:80]})") from error


KIND = SourceKind("hackernews", "Hacker News, by its API and Algolia's search", read, past, interface=True)
