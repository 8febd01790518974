"""Any JSON over HTTP; the source's options say where the list is and what each field is called.

    {"items": "data.posts", "id": "uid", "url": "link", "title": "headline", "published_at": "date"}

A path descends by dots, and into lists by numbers. Times may be seconds or milliseconds since 1970.
"""

from datetime import UTC, datetime
from typing import Any

from ingest.articles.item import MAX_DATE, Item, ItemError, make_item
from ingest.formats.feed_parser import RefusedEntry, parse_feed_date, plain_text
from ingest.sources.kinds.base import KindError, SourceKind, SourceRequest, SourceResult, get_json

FIELDS = ("id", "url", "title", "summary", "published_at", "outlet")
MILLISECONDS = 100_000_000_000
"""Larger numbers are milliseconds: as seconds they would be in the year 5138."""


def read(request: SourceRequest) -> SourceResult:
    """What the address currently holds."""
    unknown = sorted(set(request.options) - {*FIELDS, "items"})
    if unknown:
        raise KindError(f"has unknown options ({', '.join(unknown)}): use items, {', '.join(FIELDS)}")
    rows = _at(get_json(request, request.url), str(request.options.get("items") or ""))
    if not isinstance(rows, list):
        raise KindError(
            f"has no list at “{request.options.get('items') or 'the top'}”: set its option items to the list's path"
        )
    return SourceResult([_row(request, row) for row in rows])


def _row(request: SourceRequest, row: object) -> Item | RefusedEntry:
    values = {name: _at(row, str(request.options.get(name) or name)) for name in FIELDS}
    try:
        return make_item(
            values["outlet"] if "outlet" in request.options else request.outlet,
            values["id"],
            values["url"],
            plain_text(values["title"]),
            plain_text(values["summary"]),
            _moment(values["published_at"]) or request.now.isoformat(),
            "",
            request.now,
        )
    except ItemError as error:
        return RefusedEntry(0, str(error), str(row)[:500])


def _moment(value: object) -> object:
    if isinstance(value, str) and 8 < len(value) <= MAX_DATE and value.strip().isdecimal():
        value = int(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return datetime.fromtimestamp(value / 1000 if value > MILLISECONDS else value, UTC).isoformat()
        except (ValueError, OverflowError, OSError):
            raise ItemError("published_at is not a valid time") from None
    return parse_feed_date(value)


def _at(value: Any, path: str) -> Any:
    """The value at a path; None if there is none."""
    for part in filter(None, path.split(".")):
        if isinstance(value, list) and part.isdecimal():
            value = value[int(part)] if int(part) < len(value) else None
        else:
            value = value.get(part) if isinstance(value, dict) else None
    return value


KIND = SourceKind("json", "JSON over HTTP, with its fields named in options", read)
