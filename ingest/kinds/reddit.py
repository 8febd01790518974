"""A forum on Reddit, by its Atom feed; without the words that Reddit puts under every post."""

import re

from ingest.feeds import Refused
from ingest.item import Item
from ingest.kind import Asked, Kind, Told
from ingest.kinds import feed

_FOOT = re.compile(
    r"\s*submitted by\s+/?u/\S+(?:\s+to\s+/?r/\S+)?(?:\s*\[link\])?(?:\s*\[comments\])?\s*$", re.IGNORECASE
)


def read(asked: Asked) -> Told:
    """The newest posts."""
    return Told([_plain(one) for one in feed.entries(asked, asked.get(asked.url))])


def _plain(one: Item | Refused) -> Item | Refused:
    return one if isinstance(one, Refused) else one._replace(summary=_FOOT.sub("", one.summary))


KIND = Kind("reddit", "a forum on Reddit", read, interface=True)
