"""Reads one source, as its kind does: what it published, without keys and with the targets of its short links.

In: a source and a PoliteClient. Out: a SourceReading; a source that can't be read is an error inside it.
"""

import contextlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from textwrap import shorten

from ingest.articles.canonical_url import is_short_link
from ingest.articles.item import Item
from ingest.formats.feed_parser import RefusedEntry
from ingest.http.fetch import Fetched, FetchError, http_client
from ingest.http.politeness import DAILY_REQUESTS, PoliteClient
from ingest.http.source_keys import hide_keys, hide_keys_inside, insert_keys
from ingest.sources.kinds import KINDS
from ingest.sources.kinds.base import KindError, SourceKind, SourceRequest, SourceResult, Unchanged
from models.source import Source

log = logging.getLogger(__name__)

SHORT_LINKS_KEY = "short"
"""Key in a source's memory for the targets of its short links."""


MAX_SHORT_LINKS = 20
"""Short links followed per source and reading; the others keep their address."""


SUMMARY = 2000
"""Characters kept of a summary by default."""


@dataclass(frozen=True)
class PollSettings:
    """How the operator wants sources to be read."""

    contact: str = ""
    requests: int = DAILY_REQUESTS
    """Requests to one server per day."""
    summary: int = SUMMARY
    """Characters kept of a summary; 0 keeps the whole text."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """Replacements for {key:NAME} in addresses."""
    days: int | None = None
    """Days for which articles are kept; older items are not stored. None keeps all."""


@dataclass
class SourceReading:
    """The outcome of reading one source."""

    source: Source
    result: SourceResult | None = None
    """None when nothing has changed, or when it failed."""
    error: FetchError | None = None
    response: Fetched | None = None
    """The response from the source's own address."""


def read_source(web: PoliteClient, source: Source, now: datetime, settings: PollSettings) -> SourceReading:
    """Reads one source as its kind does. Never raises: an error is in the result."""
    reading = SourceReading(source)
    try:
        kind = KINDS.get(source.kind)
        if kind is None:
            raise FetchError(f"has an unknown kind: {source.kind}")
        reading.result = follow_links(web, source, kind.read(source_request(web, source, kind, now, settings, reading)))
    except Unchanged:
        pass
    except FetchError as error:
        reading.error = error
    except KindError as error:
        reading.error = FetchError(str(error))
    except Exception:
        # A kind that fails on one response must not end the round.
        log.exception("source not read", extra={"source": source.name})
        reading.error = FetchError("can't be read: the log has the details")
    return _without_keys(reading, settings.keys)


def source_request(
    web: PoliteClient, source: Source, kind: SourceKind, now: datetime, settings: PollSettings, reading: SourceReading
) -> SourceRequest:
    """What a kind receives to read a source; `reading` gets the response from the source's own address."""
    robots = not kind.interface and source.options.get("robots") != "ignore"
    # A source added in a channel may neither probe our network nor send our keys elsewhere.
    from_chat = source.added_by.startswith("chat:")

    def get(url: str) -> bytes:
        is_own = url == source.url
        tags = (source.etag, source.modified) if is_own else ("", "")
        address = url if from_chat else insert_keys(url, settings.keys)
        answer = web.get(address, *tags, public=from_chat, robots=robots)
        if is_own:
            reading.response = answer
        if answer.data is None:
            raise Unchanged
        return answer.data

    options = {name: value for name, value in source.options.items() if name != "robots"}
    return SourceRequest(source.url, source.outlet_name, get, now, options, source.memory)


def follow_links(web: PoliteClient, source: Source, result: SourceResult) -> SourceResult:
    """Replaces short links by their targets, up to MAX_SHORT_LINKS per reading; targets are remembered."""
    known = dict(source.memory.get(SHORT_LINKS_KEY) or {})
    resolved: dict[str, str] = {}
    followed = 0
    items: list[Item | RefusedEntry] = []
    for item in result.items:
        if not isinstance(item, Item) or not is_short_link(item.url):
            items.append(item)
            continue
        place = known.get(item.url, "")
        if not place and followed < MAX_SHORT_LINKS:
            followed += 1
            with contextlib.suppress(FetchError):
                place = web.resolve(item.url, public=source.added_by.startswith("chat:"))
        if place:
            resolved[item.url] = place
        items.append(item._replace(url=place or item.url))
    return (
        replace(result, items=items, memory={**result.memory, SHORT_LINKS_KEY: resolved})
        if resolved
        else replace(result, items=items)
    )


def _without_keys(reading: SourceReading, keys: Mapping[str, str]) -> SourceReading:
    """A reading without the keys that its server sent back."""
    if reading.error is not None:
        reading.error.reason = hide_keys(reading.error.reason, keys)
    if reading.response is not None:
        moved, url = hide_keys(reading.response.moved, keys), hide_keys(reading.response.url, keys)
        reading.response = replace(reading.response, moved=moved, url=url)
    if reading.result is not None:
        reading.result = without_keys(reading.result, keys)
    return reading


def without_keys(result: SourceResult, keys: Mapping[str, str]) -> SourceResult:
    """What a source published, without the keys that its server sent back."""
    if not any(keys.values()):
        return result
    return replace(
        result,
        items=[_item_without_keys(item, keys) for item in result.items],
        memory=hide_keys_inside(result.memory, keys),
        url=hide_keys(result.url, keys),
    )


def _item_without_keys(item: Item | RefusedEntry, keys: Mapping[str, str]) -> Item | RefusedEntry:
    if isinstance(item, RefusedEntry):
        return replace(item, reason=hide_keys(item.reason, keys), text=hide_keys(item.text, keys))
    return item._replace(
        external_id=hide_keys(item.external_id, keys),
        url=hide_keys(item.url, keys),
        title=hide_keys(item.title, keys),
        summary=hide_keys(item.summary, keys),
    )


def read_for_preview(source: Source, settings: PollSettings, now: datetime) -> tuple[SourceReading, list[Item]]:
    """Reads one source for a preview, without a store: its reading, and the items as they would be kept."""
    with http_client(settings.contact) as http:
        reading = read_source(PoliteClient(http, {}, now, settings.requests), source, now, settings)
    items = reading.result.items if reading.result else []
    return reading, [shorten_text(item, settings.summary) for item in items if isinstance(item, Item)]


def shorten_text(item: Item, limit: int) -> Item:
    """An item with its summary cut to `limit` characters: whole words, with an ellipsis."""
    if not limit or len(item.summary) <= limit:
        return item
    return item._replace(summary=shorten(item.summary, limit, placeholder="…"))
