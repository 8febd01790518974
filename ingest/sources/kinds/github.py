"""Releases of a project on GitHub, by its Atom feed. One is called “v1.2” there: the project is put before it."""

from urllib.parse import urlsplit

from ingest.articles.item import Item
from ingest.formats.feed_parser import RefusedEntry
from ingest.sources.kinds import feed
from ingest.sources.kinds.base import SourceKind, SourceRequest, SourceResult


def read(asked: SourceRequest) -> SourceResult:
    """The newest releases."""
    parts = [part for part in urlsplit(asked.url).path.split("/") if part]
    project = parts[1] if len(parts) > 1 else asked.outlet
    return SourceResult([_titled(one, project) for one in feed.feed_entries(asked, asked.get(asked.url))])


def _titled(one: Item | RefusedEntry, project: str) -> Item | RefusedEntry:
    if isinstance(one, RefusedEntry) or project.casefold() in one.title.casefold():
        return one
    return one._replace(title=f"{project} {one.title}".strip())


KIND = SourceKind("github", "releases of a project on GitHub", read, interface=True)
