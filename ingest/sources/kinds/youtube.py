"""A YouTube channel, from its Atom feed; descriptions are cut before their links and chapters."""

import re

from ingest.articles.item import Item
from ingest.formats.feed_parser import RefusedEntry
from ingest.sources.kinds import feed
from ingest.sources.kinds.base import SourceKind, SourceRequest, SourceResult

_FOOT = re.compile(
    r"\s*(?:https?://|(?<!\d)0?0:00\b|(?:timestamps|chapters|links|sponsor)\b).*", re.IGNORECASE | re.DOTALL
)


def read(request: SourceRequest) -> SourceResult:
    """The newest videos."""
    return SourceResult([_plain(entry) for entry in feed.feed_entries(request, request.get(request.url))])


def _plain(entry: Item | RefusedEntry) -> Item | RefusedEntry:
    return entry if isinstance(entry, RefusedEntry) else entry._replace(summary=_FOOT.sub("", entry.summary))


KIND = SourceKind("youtube", "a channel on YouTube", read, interface=True)
