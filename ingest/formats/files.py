"""Reads files into Items: JSON lines, plain or gzip, and saved feeds. A bad line never stops the rest."""

import gzip
import io
import json
import logging
import re
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

from gazetteer.spelling import well_formed
from ingest.articles.item import Item, ItemError, make_item
from ingest.formats.feed_parser import FeedError, read_feed
from ingest.formats.outside_json import load_json

log = logging.getLogger(__name__)

MAX_LINE = 4 * 1024 * 1024
"""Bytes of the longest line that is read; a longer one is not an article and must not fill the memory."""

MAX_FEED = 64 * 1024 * 1024
"""Bytes of the largest feed file."""


@dataclass(frozen=True)
class Reject:
    """Something that could not be ingested, and why."""

    file: str
    line: int
    reason: str
    text: str


class FileError(Exception):
    """A file as a whole can't be read or written. The message is a sentence for the person who named it."""


Stream: TypeAlias = "io.BufferedReader[Any] | gzip.GzipFile"

_JSON_FEED = re.compile(rb"\{\s*[\r\n]|\{.*?\"(?:version\"\s*:\s*\"https?://jsonfeed|items\"\s*:\s*\[)", re.DOTALL)
"""One object over many lines, or one with items, is a JSON Feed; JSON lines have one object per line."""

Progress = Callable[[int], None]
"""Called with the number of bytes read so far."""


def read_file(path: str, now: datetime, progress: Progress | None = None) -> Iterator[Item | Reject]:
    """Yields the items of a file ("-" is standard input), and a Reject for each line that isn't one.

    Raises FileError when the file can't be opened or is cut off.
    """
    with _opened(path) as (raw, stream):
        head = stream.peek(512)[:512].lstrip(b"\xef\xbb\xbf \t\r\n")
        if head.startswith(b"<") or _JSON_FEED.match(head):
            yield from _feed(path, stream, now)
            return
        number = 0
        try:
            while line := stream.readline(MAX_LINE):
                number += 1
                if len(line) == MAX_LINE and not line.endswith(b"\n"):
                    yield Reject(path, number, f"the line is longer than {MAX_LINE // 1024 // 1024} MB", _start(line))
                    while line and not line.endswith(b"\n"):
                        line = stream.readline(MAX_LINE)
                    continue
                if line.strip():
                    yield _line(path, number, line, now)
                if progress and not number % 500:
                    progress(raw.tell() if raw.seekable() else 0)
        except (OSError, EOFError) as error:
            raise FileError(f"{path} is cut off after line {number} ({error}); everything before is stored.") from error


def write_rejects(path: Path, rejects: list[Reject]) -> None:
    """Appends rejects to a file of JSON lines: file, line, reason, beginning of the text. Raises FileError."""
    if not rejects:
        return
    try:
        with path.open("a", encoding="utf-8") as out:
            for reject in rejects:
                out.write(well_formed(json.dumps(asdict(reject), ensure_ascii=False)) + "\n")
    except OSError as error:
        raise FileError(
            f"The rejects file {path} can't be written ({error.strerror}): choose another with --rejects. "
            "What was read so far is stored; run the same command again to continue."
        ) from error


def _line(path: str, number: int, line: bytes, now: datetime) -> Item | Reject:
    try:
        text = line.decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError as error:
        return Reject(path, number, f"is not UTF-8 (byte {error.start + 1})", _start(line))
    try:
        row = load_json(text)
    except (ValueError, RecursionError) as error:
        return Reject(path, number, f"is not valid JSON ({str(error)[:120]})", text[:500])
    if not isinstance(row, dict):
        return Reject(path, number, "is not a JSON object", text[:500])
    try:
        return make_item(
            row.get("source"),
            row.get("id"),
            row.get("url"),
            row.get("title"),
            row.get("summary"),
            row.get("published_at"),
            row.get("precision"),
            now,
        )
    except ItemError as error:
        return Reject(path, number, str(error), text[:500])
    except Exception:
        # Whatever one line contains, the others must be read.
        log.exception("line not read", extra={"file": str(path), "line": number})
        return Reject(path, number, "can't be read: the log has the details", text[:500])


def _feed(path: str, stream: Stream, now: datetime) -> Iterator[Item | Reject]:
    data = stream.read(MAX_FEED + 1)
    if len(data) > MAX_FEED:
        raise FileError(f"{path} is larger than {MAX_FEED // 1024 // 1024} MB, the limit for a feed.")
    try:
        entries = read_feed(data, "", now)
    except FeedError as error:
        raise FileError(f"{path} {error}.") from error
    for entry in entries:
        if isinstance(entry, Item):
            yield entry
        else:
            yield Reject(path, entry.place, entry.reason, entry.text)


@contextmanager
def _opened(path: str) -> Iterator[tuple[Stream, Stream]]:
    """The raw file, whose position shows the progress, and a stream of its contents. Raises FileError."""
    try:
        raw = io.FileIO(sys.stdin.fileno(), closefd=False) if path == "-" else io.FileIO(path)
    except OSError as error:
        raise FileError(f"{path} can't be opened ({error.strerror or error}).") from error
    with raw:
        buffered = io.BufferedReader(raw)
        try:
            if buffered.peek(2)[:2] == b"\x1f\x8b":
                yield buffered, gzip.GzipFile(fileobj=buffered)
            else:
                yield buffered, buffered
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise FileError(
                f"{path} is a damaged gzip file ({error}); everything before the damage is stored."
            ) from error


def _start(line: bytes) -> str:
    return line[:500].decode("utf-8", "replace")
