"""Reads JSON Lines files, plain or gzip."""

import gzip
import json
from collections.abc import Iterator
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
