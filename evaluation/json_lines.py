"""Reads JSON Lines files, plain or gzip."""

import gzip
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ingest.formats.files import FileError


def read_json_lines(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yields each object with its place, "file:line". Raises FileError for an unreadable file or a line without one."""
    try:
        opener = gzip.open if path.suffix == ".gz" else open
        with opener(path, "rt", encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                try:
                    row = json.loads(line)
                except ValueError as error:
                    raise FileError(f"{path}:{number}: not JSON ({error}).") from error
                if not isinstance(row, dict):
                    raise FileError(f"{path}:{number}: not a JSON object.")
                yield f"{path}:{number}", row
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise FileError(f"{path} can't be read ({error}).") from error


def context_turns(context: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Turns of a conversation (role user or bot, and text) as pairs of message and reply, "" for what is missing."""
    pairs: list[tuple[str, str]] = []
    for turn in context:
        text = str(turn["text"])
        if turn.get("role") == "user":
            pairs.append((text, ""))
        elif pairs:
            pairs[-1] = (pairs[-1][0], f"{pairs[-1][1]} {text}".strip())
        else:
            pairs.append(("", text))
    return pairs
