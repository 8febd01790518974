"""What a kind of source is: how its address is read into items, and how its past is. One file each in
ingest.sources.kinds.

A kind knows no store and no clock, and asks for pages by what it is handed; so it is polite without knowing it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ingest.articles.item import Item
from ingest.formats.feed_parser import RefusedEntry

Get = Callable[[str], bytes]
"""What stands at an address. Raises FetchError, and Unchanged for a source's own address that is as it was."""


class Unchanged(Exception):
    """A source's own address has nothing new."""


class KindError(Exception):
    """What came is not what this kind of source gives: the rest of a sentence that begins with the source's name."""


@dataclass(frozen=True)
class SourceRequest:
    """A source that is to be read."""

    url: str
    outlet: str
    """For whom its items count, unless they say it themselves; "" takes what the source calls itself."""
    get: Get
    now: datetime
    options: Mapping[str, Any] = field(default_factory=dict)
    memory: Mapping[str, Any] = field(default_factory=dict)
    """What it told us to keep the last time."""


@dataclass(frozen=True)
class SourceResult:
    """What a source told."""

    items: list[Item | RefusedEntry]
    memory: dict[str, Any] = field(default_factory=dict)
    more: bool = False
    """Whether something was left for the next time: then its address is read again even if that has not changed."""
    url: str = ""
    """Where it is really read, if its address is a page that names it."""


ArchivePages = Callable[[SourceRequest, datetime, datetime], Iterator[SourceResult]]
"""The items between two moments, a page at a time, newest first or oldest first. The memory of each page is from where
to go on; handed in again, those before it are not asked for again."""


@dataclass(frozen=True)
class SourceKind:
    """A kind of source."""

    name: str
    summary: str
    read: Callable[[SourceRequest], SourceResult]
    archive: ArchivePages | None = None
    interface: bool = False
    """Made for programs, with limits of its own: its robots.txt, which is for crawlers, is not asked."""
