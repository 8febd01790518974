"""Long work in the terminal: importing files, with a bar that shows rate and time left."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from sqlalchemy import Engine

from ingest.articles.full_text import index_articles
from ingest.articles.item import Item
from ingest.bulk_import import BulkImport
from ingest.facts.article_facts import ExtractionReport, extract_facts
from ingest.formats.files import FileError, Reject, read_file, write_rejects
from ingest.pipeline import BATCH, BatchReport, Ingest
from ingest.relinking.discovery import discover_names
from ingest.sources.backfill import BackfillReport, backfill_sources
from ingest.sources.poll import PollSettings
from models.count import hour_of, last_read, start_of
from models.database import transaction

LOOKED_BACK = 14
"""Days before the newest news in which an import looks for new names."""


@dataclass
class ImportProgress:
    """How an import went."""

    added: BatchReport = field(default_factory=BatchReport)
    rejected: int = 0
    rejects: Path = Path()
    failed: list[str] = field(default_factory=list)
    seconds: float = 0.0
    found: list[str] = field(default_factory=list)
    """New names."""

    def __str__(self) -> str:
        total = self.added.new + self.added.known
        rate = total / self.seconds if self.seconds else 0.0
        lines = [
            f"{self.added.new:,} new articles, {self.added.stories:,} of them new stories; "
            f"{self.added.known:,} known already; {self.seconds:.1f} s, {rate:,.0f} articles/s."
        ]
        if self.added.frozen:
            lines.append(
                f"{self.added.frozen:,} are from days whose counts came with the starter data: "
                "stored and linked, not counted twice. "
                "To count them instead: `trendbot starter drop`, then `trendbot recount`."
            )
        if self.found:
            lines.append(f"{len(self.found):,} new names were found in the newest days: see /names.")
        if self.rejected:
            lines.append(f"{self.rejected:,} could not be used; the reasons are in {self.rejects}.")
        if not total and not self.rejected and not self.failed:
            lines.append("There was nothing to take in: write one JSON object a line, or name a feed's file.")
        return "\n".join([*lines, *self.failed])


class FileImport:
    """Takes files into a store, a batch at a time."""

    def __init__(self, engine: Engine, now: datetime, rejects: Path) -> None:
        self.ingest = Ingest(engine)
        self.now = now
        self.report = ImportProgress(rejects=rejects)

    def run(self, paths: list[str]) -> ImportProgress:
        """Imports each file; one that can't be read never stops the rest."""
        started = time.perf_counter()
        with _bar() as progress, BulkImport(self.ingest) as taking:
            total = sum(os.path.getsize(path) for path in paths if Path(path).is_file())
            task = progress.add_task("Importing", total=total or None, rate="")
            before = 0
            for path in paths:
                batch: list[Item] = []
                rejects: list[Reject] = []

                def advance(position: int, before: int = before) -> None:
                    done = self.report.added.new + self.report.added.known
                    rate = f"{done / (time.perf_counter() - started):,.0f} articles/s"
                    progress.update(task, completed=before + position, rate=rate)

                try:
                    for one in read_file(path, self.now, advance):
                        if isinstance(one, Item):
                            batch.append(one)
                        else:
                            rejects.append(one)
                        if len(batch) >= BATCH:
                            self.report.added += taking.add(batch)
                            batch = []
                        if len(rejects) >= BATCH:
                            write_rejects(self.report.rejects, rejects)
                            self.report.rejected += len(rejects)
                            rejects = []
                except FileError as error:
                    self.report.failed.append(str(error))
                self.report.added += taking.add(batch)
                write_rejects(self.report.rejects, rejects)
                self.report.rejected += len(rejects)
                if Path(path).is_file():
                    before += os.path.getsize(path)
                    advance(0, before)
            self.report.added += taking.flush()
        self.report.seconds = time.perf_counter() - started
        if self.report.added.new:
            self.report.found = self._names()
        return self.report

    def _names(self) -> list[str]:
        """The names that were new in the newest days of what is stored."""
        with transaction(self.ingest.engine) as session:
            newest = last_read(session, hour_of(self.now))
        return discover_names(self.ingest.engine, start_of(newest), LOOKED_BACK) if newest is not None else []


def extract_with_bar(engine: Engine, now: datetime, again: bool = False) -> ExtractionReport:
    """Reads facts from what was taken in, with a bar."""
    with counting_bar("Reading facts") as progress:
        return extract_facts(engine, now, again, progress=progress)


def backfill_with_bar(
    engine: Engine, since: datetime, now: datetime, names: list[str], manner: PollSettings
) -> list[BackfillReport]:
    """Reads the past of sources, with a bar that shows how far back the present one is."""
    found = []
    with _bar() as progress:
        task = progress.add_task("Reading the past", total=1.0, rate="")
        whole = max((now - since).total_seconds(), 1.0)

        def show(one: BackfillReport) -> None:
            part = (now - one.back_to).total_seconds() / whole if one.back_to else 0.0
            progress.update(task, completed=min(part, 1.0), description=one.source, rate=f"{one.added:,} articles")

        for one in backfill_sources(engine, since, now, names, manner, show):
            found.append(one)
    return found


@contextmanager
def counting_bar(title: str) -> Iterator[Callable[[int, int], None]]:
    """A bar for work that knows how much there is."""
    with _bar() as progress:
        task = progress.add_task(title, total=None, rate="")
        yield lambda done, total: progress.update(task, completed=done, total=total)


def index_with_bar(engine: Engine) -> int:
    """Brings the full-text index up to date, and gives the number of articles added."""
    with counting_bar("Indexing") as progress:
        return index_articles(engine, progress)


def _bar() -> Progress:
    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
