"""Releases of a project on GitHub, from its Atom feed. The project's name is put before titles such as “v1.2”."""

from urllib.parse import urlsplit

from ingest.articles.item import Item
from ingest.formats.feed_parser import RefusedEntry
from ingest.sources.kinds import feed
from ingest.sources.kinds.base import SourceKind, SourceRequest, SourceResult


def read(request: SourceRequest) -> SourceResult:
    """The newest releases."""
    parts = [part for part in urlsplit(request.url).path.split("/") if part]
    project = parts[1] if len(parts) > 1 else request.outlet
    return SourceResult([_titled(entry, project) for entry in feed.feed_entries(request, request.get(request.url))])


def _titled(entry: Item | RefusedEntry, project: str) -> Item | RefusedEntry:
    if isinstance(entry, RefusedEntry) or project.casefold() in entry.title.casefold():
        return entry
    return entry._replace(title=f"{project} {entry.title}".strip())


KIND = SourceKind("github", "releases of a project on GitHub", read, interface=True)
