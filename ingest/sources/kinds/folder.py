"""A folder on this machine: new files of JSON lines or saved feeds, and lines appended to them."""

from datetime import datetime
from itertools import islice
from pathlib import Path
from urllib.parse import unquote, urlsplit

from ingest.articles.item import Item
from ingest.formats.feed_parser import RefusedEntry
from ingest.formats.files import FileError, Reject
from ingest.formats.files import read_file as lines
from ingest.sources.kinds.base import KindError, SourceKind, SourceRequest, SourceResult

MAX_LINES = 20_000
"""Lines read at a time; the rest follows with the next reading."""


def read(request: SourceRequest) -> SourceResult:
    """What was added to the folder since the last reading."""
    folder = Path(unquote(urlsplit(request.url).path))
    if not folder.is_dir():
        raise KindError(f"points to a folder that doesn't exist: {folder}")
    known = dict(request.memory.get("files") or {})
    found: list[Item | RefusedEntry] = []
    kept: dict[str, list[int]] = {}
    for path in sorted(folder.iterdir()):
        if not path.is_file() or path.name.startswith("."):
            continue
        size, done = known.get(path.name, (0, 0))
        now = path.stat().st_size
        if now < size:
            # Shorter than before, so it is another file of the same name.
            done = 0
        room = MAX_LINES - len(found)
        entries, done = _lines(path, request.now, done, room) if now != size and room > 0 else ([], done)
        found += entries
        # A file with lines left is read again, whatever its size.
        kept[path.name] = [now if len(entries) < room else -1, done]
    return SourceResult(found, {"files": kept})


def _lines(path: Path, now: datetime, done: int, limit: int) -> tuple[list[Item | RefusedEntry], int]:
    """Lines of a file after the first `done`, at most `limit`; also returns how many are then done."""
    found: list[Item | RefusedEntry] = []
    try:
        for entry in islice(lines(str(path), now), done, done + limit):
            found.append(
                RefusedEntry(entry.line, f"{path.name}: {entry.reason}", entry.text)
                if isinstance(entry, Reject)
                else entry
            )
    except FileError as error:
        return [*found, RefusedEntry(done + len(found), str(error), path.name)], done + len(found)
    if found and isinstance(found[-1], RefusedEntry) and not _ended(path):
        # The last line is still being written.
        found.pop()
    return found, done + len(found)


def _ended(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, 2)
        return file.read(1) == b"\n"


KIND = SourceKind("folder", "a folder with files of JSON lines", read)
