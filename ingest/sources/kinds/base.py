"""What a kind of source is: how its address is read into items, and how its archive is read.

A kind knows no store and no clock. It fetches only through the function it is given, which takes care of politeness.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ingest.articles.item import Item
from ingest.formats.feed_parser import RefusedEntry
from ingest.formats.outside_json import load_json

Get = Callable[[str], bytes]
"""Fetches an address. Raises FetchError, and Unchanged when the source's own address has nothing new."""


class Unchanged(Exception):
    """The source's own address has nothing new."""


class KindError(Exception):
    """The response is not what this kind expects; completes a sentence that begins with the source's name."""


@dataclass(frozen=True)
class SourceRequest:
    """A source to be read."""

    url: str
    outlet: str
    """The outlet its items count for, unless they name one; "" uses the source's own title."""
    get: Get
    now: datetime
    options: Mapping[str, Any] = field(default_factory=dict)
    memory: Mapping[str, Any] = field(default_factory=dict)
    """What the kind asked to remember the last time."""


def get_json(request: SourceRequest, url: str) -> Any:
    """The parsed JSON at an address. Raises KindError, and what `request.get` raises."""
    try:
        return load_json(request.get(url))
    except (ValueError, RecursionError) as error:
        raise KindError(f"returns invalid JSON ({str(error)[:80]})") from error


@dataclass(frozen=True)
class SourceResult:
    """What a source published."""

    items: list[Item | RefusedEntry]
    memory: dict[str, Any] = field(default_factory=dict)
    more: bool = False
    """Whether items were left for the next reading: the address is then read again even if it is unchanged."""
    url: str = ""
    """The address where it is really read, if the given one is a page that links to it."""


ArchivePages = Callable[[SourceRequest, datetime, datetime], Iterator[SourceResult]]
"""Yields the items between two moments in pages, newest or oldest first. The memory of a page says where to continue:
passed in again, earlier pages are not fetched again."""


@dataclass(frozen=True)
class SourceKind:
    """A kind of source."""

    name: str
    summary: str
    read: Callable[[SourceRequest], SourceResult]
    archive: ArchivePages | None = None
    interface: bool = False
    """Whether it is an API with limits of its own; then robots.txt, which is for crawlers, is not asked."""
