"""A channel on YouTube, by its Atom feed; of a description only what stands before its links and chapters."""

import re

from ingest.articles.item import Item
from ingest.formats.feed_parser import Refused
from ingest.sources.kinds import feed
from ingest.sources.kinds.base import Asked, Kind, Told

_FOOT = re.compile(
    r"\s*(?:https?://|(?<!\d)0?0:00\b|(?:timestamps|chapters|links|sponsor)\b).*", re.IGNORECASE | re.DOTALL
)


def read(asked: Asked) -> Told:
    """The newest videos."""
    return Told([_plain(one) for one in feed.entries(asked, asked.get(asked.url))])


def _plain(one: Item | Refused) -> Item | Refused:
    return one if isinstance(one, Refused) else one._replace(summary=_FOOT.sub("", one.summary))


KIND = Kind("youtube", "a channel on YouTube", read, interface=True)
