"""A channel on YouTube, by its Atom feed; of a description only what stands before its links and chapters."""

import re

from ingest.articles.item import Item
from ingest.formats.feed_parser import RefusedEntry
from ingest.sources.kinds import feed
from ingest.sources.kinds.base import SourceKind, SourceRequest, SourceResult

_FOOT = re.compile(
    r"\s*(?:https?://|(?<!\d)0?0:00\b|(?:timestamps|chapters|links|sponsor)\b).*", re.IGNORECASE | re.DOTALL
)


def read(asked: SourceRequest) -> SourceResult:
    """The newest videos."""
    return SourceResult([_plain(one) for one in feed.feed_entries(asked, asked.get(asked.url))])


def _plain(one: Item | RefusedEntry) -> Item | RefusedEntry:
    return one if isinstance(one, RefusedEntry) else one._replace(summary=_FOOT.sub("", one.summary))


KIND = SourceKind("youtube", "a channel on YouTube", read, interface=True)
