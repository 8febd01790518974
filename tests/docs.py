"""The pages of the project, as tests read them and `make docs` writes them: every fenced block has a marker above it.

    <!-- run -->      lines after `$ ` go to a shell, lines after `> ` to the bot; what follows each is its output.
                      A block without such lines is a script, which must end well.
    <!-- run: at 2026-04-09T12:00Z, exits 1 -->   the same at another moment, or with another exit status
    <!-- file: names.toml -->     a file that lies there before the page's blocks are run
    <!-- edit: handlers/__init__.py -->   a change of a file of the project: lines with -, + and a space, as in a diff
    <!-- append: docs/commands.md -->     what comes at the end of a file of the project
    <!-- from: gazetteer/sources.opml -->   an excerpt: each line stands in that file of the project, but for `…`
    <!-- not run: REASON -->      what needs more than the starter store

Each block runs in a folder of its own, with a store that holds the starter data, the page's files, and the samples of
tests/data/docs. A line of `…` stands for any number of lines of output, once for each command.

`python -m tests.docs` runs the same blocks and writes what they say into the pages.
"""

import asyncio
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from io import StringIO
from itertools import pairwise
from pathlib import Path

from bot import app
from bot.log import configure_log
from bot.router import Router
from bot.settings import Settings
from bot.terminal.adapter import Terminal
from handlers import commands
from handlers.command import Command
from models.database import connect
from signals.detector import Rules

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
SAMPLES = ROOT / "tests/data/docs"
NOW = datetime(2026, 6, 2, 12, tzinfo=UTC)
"""Two days after the end of the starter data: what a page shows must not depend on the day on which it is run."""

ELISION = "…"

_MARKER = re.compile(r"^ *<!-- (run|file|edit|append|from|not run)(?:: (.+))? -->$")
_FENCE = re.compile(r"^( *)```(\w*)$")


@dataclass(frozen=True)
class Step:
    """A typed line and what it says."""

    prompt: str
    line: str
    said: tuple[str, ...]


@dataclass(frozen=True)
class Block:
    """A fenced block with its marker: `word` is "" where there is none."""

    page: Path
    first: int
    """The line of its opening fence, from 1."""
    indent: str
    language: str
    lines: tuple[str, ...]
    word: str
    about: str

    def __str__(self) -> str:
        return f"{self.page.name}:{self.first}"

    @property
    def text(self) -> str:
        """What stands in it."""
        return "".join(f"{line}\n" for line in self.lines)

    @property
    def steps(self) -> list[Step]:
        """What is typed in it, each with what follows."""
        starts = [n for n, line in enumerate(self.lines) if line.startswith(("$ ", "> "))]
        found = []
        for start, end in pairwise([*starts, len(self.lines)]):
            last = start + 1
            while self.lines[last - 1].endswith("\\"):
                last += 1
            typed = "\n".join([self.lines[start][2:], *self.lines[start + 1 : last]])
            found.append(Step(self.lines[start][0], typed, tuple(_stripped(self.lines[last:end]))))
        return found

    def option(self, name: str) -> str:
        """A word of the marker: "at" of `run: at 2026-04-09T12:00Z`."""
        found = re.search(rf"\b{name} (\S+?)(?:,|$)", self.about)
        return found[1] if found else ""

    @property
    def now(self) -> datetime:
        """The moment at which it is run."""
        return datetime.fromisoformat(said) if (said := self.option("at")) else NOW


def _stripped(lines: tuple[str, ...] | list[str]) -> list[str]:
    """The lines without empty ones at either end."""
    kept = [line.rstrip() for line in lines]
    while kept and not kept[0]:
        kept.pop(0)
    while kept and not kept[-1]:
        kept.pop()
    return kept


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page. Raises ValueError for one that does not end."""
    lines = page.read_text(encoding="utf-8").splitlines()
    found, at = [], 0
    while at < len(lines):
        fence = _FENCE.match(lines[at])
        if fence is None:
            at += 1
            continue
        indent = fence[1]
        end = lines.index(f"{indent}```", at + 1)
        marker = _MARKER.match(lines[at - 1])
        word, about = (marker[1], marker[2] or "") if marker else ("", "")
        inner = tuple(line.removeprefix(indent) for line in lines[at + 1 : end])
        found.append(Block(page, at + 1, indent, fence[2], inner, word, about))
        at = end + 1
    return found


def matches(expected: tuple[str, ...], said: list[str]) -> bool:
    """Whether a command said what the page shows."""
    if ELISION not in expected:
        return list(expected) == said
    cut = expected.index(ELISION)
    head, tail = expected[:cut], expected[cut + 1 :]
    short = len(said) < len(head) + len(tail)
    return not short and tuple(said[:cut]) == head and tuple(said[len(said) - len(tail) :]) == tail


def abridged(expected: tuple[str, ...], said: list[str]) -> list[str]:
    """What a command said, cut where the page cuts it: as many lines before the `…`, and as many behind it."""
    if ELISION not in expected:
        return said
    cut = expected.index(ELISION)
    tail = len(expected) - cut - 1
    if len(said) <= cut + tail:
        return said
    return [*said[:cut], ELISION, *said[len(said) - tail :]]


class Room:
    """Where blocks are run: a folder for each, with a copy of one store."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.number = 0

    @cached_property
    def store(self) -> Path:
        """A store with the starter data, as the first start makes it."""
        path = self.folder / "starter.db"
        built = app.build(Settings(_env_file=None, database_url=f"sqlite:///{path}", now=NOW))  # type: ignore[call-arg]
        with built.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        built.engine.dispose()
        return path

    def prepared(self, page: Path) -> Path:
        """A new folder with the store, the page's files and the samples."""
        self.number += 1
        place = self.folder / str(self.number)
        shutil.copytree(SAMPLES, place)
        shutil.copy(self.store, place / "trendbot.db")
        for one in blocks(page):
            if one.word == "file":
                (place / one.about).parent.mkdir(parents=True, exist_ok=True)
                (place / one.about).write_text(one.text, encoding="utf-8")
        return place

    def run(self, block: Block) -> Iterator[tuple[Step, list[str]]]:
        """Runs a block; gives each step with what it said. Raises AssertionError for another exit status."""
        place = self.prepared(block.page)
        own = _added(place)
        engine = connect(f"sqlite:///{place / 'trendbot.db'}")
        router = Router(engine, {**commands(Rules()), **own}, lambda: block.now)
        try:
            for step in block.steps or [Step("$", block.text, ())]:
                if step.prompt == ">":
                    out = StringIO()
                    asyncio.run(Terminal(router, out).answer(step.line))
                    said = out.getvalue()
                else:
                    said = _shell(step.line, place, block.now, int(block.option("exits") or 0))
                yield step, _stripped(said.splitlines())
        finally:
            engine.dispose()


def applied(page: Path, tree: Path) -> None:
    """Does in a checkout what a page says: writes its files, makes its changes, adds its lines.

    Raises AssertionError for a change whose old lines do not stand there exactly once.
    """
    for block in blocks(page):
        path = tree / block.about
        if block.word == "file":
            path.write_text(block.text, encoding="utf-8")
        elif block.word == "append":
            path.write_text(f"{path.read_text(encoding='utf-8')}\n{block.text}", encoding="utf-8")
        elif block.word == "edit":
            old = "".join(f"{line[1:]}\n" for line in block.lines if line[0] in " -")
            new = "".join(f"{line[1:]}\n" for line in block.lines if line[0] in " +")
            text = path.read_text(encoding="utf-8")
            if new in text:  # who follows the page runs the tests with it
                continue
            assert text.count(old) == 1, f"{block}: {old!r} stands {text.count(old)} times in {block.about}"
            path.write_text(text.replace(old, new), encoding="utf-8")


def _added(place: Path) -> dict[str, Command]:
    """The commands that a page writes into files of its own: handlers/NAME.py."""
    found = {}
    for path in sorted(place.glob("handlers/*.py")):
        spec = importlib.util.spec_from_file_location(f"page_{path.stem}", path)
        assert spec
        assert spec.loader
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        command = module.command(Rules())
        found[command.name] = command
    return found


def _shell(line: str, place: Path, now: datetime, status: int) -> str:
    """What a shell prints, both streams together, as on a screen."""
    own = {
        name: value for name, value in os.environ.items() if not name.startswith(("TRENDBOT_", "SLACK_", "DISCORD_"))
    }
    own |= {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(place),
        "TRENDBOT_NOW": now.isoformat(),
        "TRENDBOT_DATABASE_URL": "sqlite:///trendbot.db",
    }
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", line],
        cwd=place,
        env=own,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == status, f"exit status {done.returncode}:\n{done.stdout}"
    return done.stdout


def rewritten(block: Block, room: Room) -> list[str]:
    """The lines of a block as they have to be: what is typed stays, what is said is said again."""
    found: list[str] = []
    for step, said in room.run(block):
        shown = abridged(step.said, said)
        space = [""] if step.prompt == ">" and shown else []
        found += [*([""] if found else []), *f"{step.prompt} {step.line}".splitlines(), *space, *shown]
    return found if block.steps else list(block.lines)


def main() -> None:
    """Runs every block of every page, and writes the pages anew."""
    configure_log("ERROR")
    with tempfile.TemporaryDirectory() as folder:
        room = Room(Path(folder))
        for page in PAGES:
            lines = page.read_text(encoding="utf-8").splitlines()
            # From the end, so that the lines before keep their numbers.
            for block in reversed(blocks(page)):
                if block.word != "run":
                    continue
                try:
                    new = rewritten(block, room)
                except AssertionError as error:
                    print(f"{block}: {error}", file=sys.stderr)
                    continue
                if new != list(block.lines):
                    print(block)
                    lines[block.first : block.first + len(block.lines)] = [
                        f"{block.indent}{line}".rstrip() for line in new
                    ]
            page.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
