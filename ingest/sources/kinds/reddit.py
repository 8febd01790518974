"""A subreddit, from its Atom feed, without the footer that Reddit adds to every post."""

import re

from ingest.articles.item import Item
from ingest.formats.feed_parser import RefusedEntry
from ingest.sources.kinds import feed
from ingest.sources.kinds.base import SourceKind, SourceRequest, SourceResult

_FOOT = re.compile(
    r"\s*submitted by\s+/?u/\S+(?:\s+to\s+/?r/\S+)?(?:\s*\[link\])?(?:\s*\[comments\])?\s*$", re.IGNORECASE
)


def read(request: SourceRequest) -> SourceResult:
    """The newest posts."""
    return SourceResult([_plain(entry) for entry in feed.feed_entries(request, request.get(request.url))])


def _plain(entry: Item | RefusedEntry) -> Item | RefusedEntry:
    return entry if isinstance(entry, RefusedEntry) else entry._replace(summary=_FOOT.sub("", entry.summary))


KIND = SourceKind("reddit", "a subreddit", read, interface=True)
