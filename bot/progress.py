"""Long commands in the terminal: importing files, backfilling and extracting, with a progress bar."""

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

from handlers.wording import counted
from ingest.articles.full_text import index_articles
from ingest.articles.item import Item
from ingest.bulk_import import BulkImport
from ingest.facts.article_facts import ExtractionReport, extract_facts
from ingest.formats.files import FileError, Reject, read_file, write_rejects
from ingest.pipeline import BATCH, BatchReport, Ingest
from ingest.relinking.discovery import discover_names
from ingest.sources.backfill import BackfillReport, backfill_sources
from ingest.sources.reading import PollSettings
from models.count import hour_of, last_read, start_of
from models.database import transaction

DISCOVERY_DAYS = 14
"""Days before the newest article in which an import looks for new names."""


@dataclass
class ImportProgress:
    """How far an import is, and at the end how it went."""

    added: BatchReport = field(default_factory=BatchReport)
    rejected: int = 0
    rejects: Path = Path()
    """File with the rejected items."""
    failed: list[str] = field(default_factory=list)
    """A sentence for each file that can't be read."""
    seconds: float = 0.0
    names: list[str] = field(default_factory=list)
    """Newly discovered names."""

    def __str__(self) -> str:
        total = self.added.new + self.added.known
        rate = total / self.seconds if self.seconds else 0.0
        lines = [
            f"{counted(self.added.new, 'new article')} ({counted(self.added.stories, 'new story', 'new stories')}), "
            f"{self.added.known:,} already known; {self.seconds:.1f} s, {rate:,.0f} articles/s."
        ]
        if self.added.frozen:
            lines.append(
                f"{counted(self.added.frozen, 'article')} from days that the starter counts cover: stored and linked, "
                "but not counted twice. To count the articles instead, run `trendbot starter drop`, then "
                "`trendbot recount`."
            )
        if self.names:
            lines.append(f"{counted(len(self.names), 'new name')} discovered in the latest days: see /names.")
        if self.rejected:
            lines.append(f"{counted(self.rejected, 'item')} rejected; the reasons are in {self.rejects}.")
        if not total and not self.rejected and not self.failed:
            lines.append("The files hold no articles: import JSON Lines (one object per line) or a feed.")
        return "\n".join([*lines, *self.failed])


class FileImport:
    """Imports files into a store in batches."""

    def __init__(self, engine: Engine, now: datetime, rejects: Path) -> None:
        self.ingest = Ingest(engine)
        self.now = now
        self.report = ImportProgress(rejects=rejects)

    def run(self, paths: list[str]) -> ImportProgress:
        """Imports all files; one that can't be read does not stop the others."""
        started = time.perf_counter()
        with _bar() as progress, BulkImport(self.ingest) as bulk:
            total = sum(os.path.getsize(path) for path in paths if Path(path).is_file())
            task = progress.add_task("Importing", total=total or None, rate="")
            finished = 0
            for path in paths:
                batch: list[Item] = []
                rejects: list[Reject] = []

                def advance(position: int, finished: int = finished) -> None:
                    done = self.report.added.new + self.report.added.known
                    rate = f"{done / (time.perf_counter() - started):,.0f} articles/s"
                    progress.update(task, completed=finished + position, rate=rate)

                try:
                    for entry in read_file(path, self.now, advance):
                        if isinstance(entry, Item):
                            batch.append(entry)
                        else:
                            rejects.append(entry)
                        if len(batch) >= BATCH:
                            self.report.added += bulk.add(batch)
                            batch = []
                        if len(rejects) >= BATCH:
                            write_rejects(self.report.rejects, rejects)
                            self.report.rejected += len(rejects)
                            rejects = []
                except FileError as error:
                    self.report.failed.append(str(error))
                self.report.added += bulk.add(batch)
                write_rejects(self.report.rejects, rejects)
                self.report.rejected += len(rejects)
                if Path(path).is_file():
                    finished += os.path.getsize(path)
                    advance(0, finished)
            self.report.added += bulk.flush()
        self.report.seconds = time.perf_counter() - started
        if self.report.added.new:
            self.report.names = self._discover()
        return self.report

    def _discover(self) -> list[str]:
        """Discovers new names in the latest days of the store."""
        with transaction(self.ingest.engine) as session:
            newest = last_read(session, hour_of(self.now))
        return discover_names(self.ingest.engine, start_of(newest), DISCOVERY_DAYS) if newest is not None else []


def extract_with_bar(engine: Engine, now: datetime, again: bool = False) -> ExtractionReport:
    """Extracts facts from articles not read yet, or `again` from all, with a progress bar."""
    with counting_bar("Extracting facts") as progress:
        return extract_facts(engine, now, again, progress=progress)


def backfill_with_bar(
    engine: Engine, since: datetime, now: datetime, names: list[str], manner: PollSettings
) -> list[BackfillReport]:
    """Imports the archives of sources, with a progress bar that shows how far back the current source has got."""
    with _bar() as progress:
        task = progress.add_task("Backfilling", total=1.0, rate="")
        whole = max((now - since).total_seconds(), 1.0)

        def show(report: BackfillReport) -> None:
            part = (now - report.back_to).total_seconds() / whole if report.back_to else 0.0
            rate = counted(report.added, "article")
            progress.update(task, completed=min(part, 1.0), description=report.source, rate=rate)

        return list(backfill_sources(engine, since, now, names, manner, show))


@contextmanager
def counting_bar(title: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar; yields the function to call with the number done and the total."""
    with _bar() as progress:
        task = progress.add_task(title, total=None, rate="")
        yield lambda done, total: progress.update(task, completed=done, total=total)


def index_with_bar(engine: Engine) -> int:
    """Brings the full-text index up to date, with a progress bar; returns the number of articles added."""
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
