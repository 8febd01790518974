"""A forum on Reddit, by its Atom feed; without the words that Reddit puts under every post."""

import re

from ingest.articles.item import Item
from ingest.formats.feed_parser import RefusedEntry
from ingest.sources.kinds import feed
from ingest.sources.kinds.base import SourceKind, SourceRequest, SourceResult

_FOOT = re.compile(
    r"\s*submitted by\s+/?u/\S+(?:\s+to\s+/?r/\S+)?(?:\s*\[link\])?(?:\s*\[comments\])?\s*$", re.IGNORECASE
)


def read(asked: SourceRequest) -> SourceResult:
    """The newest posts."""
    return SourceResult([_plain(one) for one in feed.feed_entries(asked, asked.get(asked.url))])


def _plain(one: Item | RefusedEntry) -> Item | RefusedEntry:
    return one if isinstance(one, RefusedEntry) else one._replace(summary=_FOOT.sub("", one.summary))


KIND = SourceKind("reddit", "a forum on Reddit", read, interface=True)
