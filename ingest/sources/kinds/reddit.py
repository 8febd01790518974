"""A forum on Reddit, by its Atom feed; without the words that Reddit puts under every post."""

import re

from ingest.articles.item import Item
from ingest.formats.feed_parser import Refused
from ingest.sources.kinds import feed
from ingest.sources.kinds.base import Asked, Kind, Told

_FOOT = re.compile(
    r"\s*submitted by\s+/?u/\S+(?:\s+to\s+/?r/\S+)?(?:\s*\[link\])?(?:\s*\[comments\])?\s*$", re.IGNORECASE
)


def read(asked: Asked) -> Told:
    """The newest posts."""
    return Told([_plain(one) for one in feed.entries(asked, asked.get(asked.url))])


def _plain(one: Item | Refused) -> Item | Refused:
    return one if isinstance(one, Refused) else one._replace(summary=_FOOT.sub("", one.summary))


KIND = Kind("reddit", "a forum on Reddit", read, interface=True)
