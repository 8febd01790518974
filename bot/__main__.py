"""The `trendbot` command: the everyday commands here, the groups of commands in `bot.cli`."""

import gc

# Python's default is a garbage collection after every 700 new objects, which took a fifth of an import's time and a
# tenth of a start; few of our objects form cycles.
gc.set_threshold(300_000, 20)

import asyncio
import contextlib
import os
import sys
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from bot.cli import backup, doctor, evaluation, facts, outbox, privacy, setup, sources, store
from bot.cli.console import (
    DAY_FORMATS,
    DAY_METAVAR,
    FAILURE,
    USAGE,
    FirstDay,
    LastDay,
    Rejects,
    cannot_read,
    console_settings,
    exit_with,
    write_file,
)


def _version(requested: bool) -> None:
    if requested:
        print(f"trendbot {version('trendbot')}")
        raise typer.Exit


app = typer.Typer(
    help="Alerts Slack and Discord channels when something really happens in the AI industry, and shows the evidence.",
    no_args_is_help=True,
)
app.add_typer(setup.app, name="setup")
app.add_typer(sources.app, name="sources")
app.add_typer(facts.app, name="facts")
app.add_typer(store.db, name="db")
app.add_typer(store.starter, name="starter")
app.add_typer(evaluation.app, name="eval")
app.add_typer(outbox.app, name="outbox")
app.add_typer(backup.app)
app.add_typer(doctor.app)
app.add_typer(privacy.app)

Version = Annotated[bool, typer.Option("--version", help="Show the version and exit.", callback=_version)]


@app.callback()
def trendbot(version: Version = False) -> None:
    """Options that come before any command."""


@app.command()
def run() -> None:
    """Start the bot on Slack and Discord, or as a chat in the terminal if no tokens are set."""
    with console_settings() as settings:
        from bot.app import build
        from bot.leadership import sole_process
        from bot.serving import converse, serve
        from bot.terminal.adapter import FIRST, Terminal
        from models.database import connect

        with sole_process(connect(settings.database_url)):
            built = build(settings)
            if settings.discord or settings.slack:
                asyncio.run(serve(built))
                return
            if sys.stdin.isatty():
                with contextlib.suppress(KeyboardInterrupt):
                    asyncio.run(converse(built))
            elif not asyncio.run(Terminal(built.router).answer(FIRST)):
                raise typer.Exit(FAILURE)


@app.command()
def say(line: Annotated[str, typer.Argument(help='A command as typed in a channel, such as "/trend Meta".')]) -> None:
    """Answer a single command in the terminal and exit."""
    with console_settings() as settings:
        from bot.app import build
        from bot.terminal.adapter import Terminal

        if not asyncio.run(Terminal(build(settings).router).answer(line)):
            raise typer.Exit(FAILURE)


@app.command("import")
def import_(
    files: Annotated[
        list[str] | None,
        typer.Argument(help="JSON Lines (plain or gzip), RSS, Atom or JSON Feed files; - reads standard input."),
    ] = None,
    files_from: Annotated[Path | None, typer.Option(help="A text file with one file name per line.")] = None,
    rejects: Rejects = Path("rejects.jsonl"),
) -> None:
    """Import articles from files. Safe to interrupt and to repeat: nothing is stored twice."""
    with console_settings() as settings:
        from bot.app import clock, open_store
        from bot.progress import FileImport, extract_with_bar, index_with_bar

        paths = [*(files or []), *(_listed(files_from) if files_from else [])]
        if not paths:
            raise exit_with("Name at least one file to import, or - for standard input.", USAGE)
        engine = open_store(settings)
        report = FileImport(engine, clock(settings)(), rejects).run(paths)
        print(report)
        index_with_bar(engine)
        print(extract_with_bar(engine, clock(settings)()))
        if report.failed or not report.added.new + report.added.known:
            raise typer.Exit(FAILURE)


@app.command()
def poll(
    every: Annotated[
        bool, typer.Option("--all", help="Also poll sources that are on hold after repeated errors.")
    ] = False,
    rejects: Rejects = Path("rejects.jsonl"),
) -> None:
    """Poll the sources once."""
    with console_settings() as settings:
        from bot.app import build, poll_settings
        from bot.progress import extract_with_bar, index_with_bar
        from ingest.formats.files import write_rejects
        from ingest.sources.poll import poll_sources

        built = build(settings)
        report = poll_sources(built.engine, built.clock(), every, poll_settings(settings))
        write_rejects(rejects, report.rejects)
        if report.rejects:
            print(f"Rejected items are listed in {rejects}, each with its reason.", file=sys.stderr)
        for name, reason in sorted(report.failed.items()):
            print(f"{name}: {reason}", file=sys.stderr)
        for name, url in sorted(report.moved.items()):
            print(f"{name} has moved to {url}", file=sys.stderr)
        print(report)
        index_with_bar(built.engine)
        print(extract_with_bar(built.engine, built.clock()))
        if report.feeds and len(report.failed) == report.feeds:
            raise typer.Exit(FAILURE)


@app.command()
def backfill(
    since: Annotated[datetime, typer.Option(formats=DAY_FORMATS, metavar=DAY_METAVAR, help="First day to import.")],
    source: Annotated[
        list[str] | None,
        typer.Option(help="Name of a source; may be repeated. Default: every source with an archive."),
    ] = None,
) -> None:
    """Import the archives of sources that have one. Safe to interrupt and to repeat: it resumes where it stopped."""
    with console_settings() as settings:
        from bot.app import build, poll_settings
        from bot.progress import backfill_with_bar, extract_with_bar, index_with_bar

        built = build(settings)
        start, now = since.replace(tzinfo=UTC), built.clock()
        if start >= now:
            raise exit_with("--since is in the future: choose an earlier day.", USAGE)
        reports = backfill_with_bar(built.engine, start, now, source or [], poll_settings(settings))
        for report in reports:
            print(report)
        if source and len(reports) < len(set(source)):
            raise exit_with(
                "Some of these sources are unknown or have no archive: see `trendbot sources list` and "
                "docs/sources.md.",
                USAGE,
            )
        index_with_bar(built.engine)
        print(extract_with_bar(built.engine, built.clock()))
        if reports and all(report.problem for report in reports):
            raise typer.Exit(FAILURE)


@app.command()
def recount() -> None:
    """Link and count all stored articles again, after the catalogue has changed."""
    with console_settings() as settings:
        from bot.app import open_store
        from bot.progress import counting_bar
        from handlers.wording import counted
        from ingest.relinking.recount import recount_articles

        engine = open_store(settings)
        with counting_bar("Recounting") as progress:
            number = recount_articles(engine, progress)
        print(f"{counted(number, 'article')} linked and counted again.")


@app.command()
def extract(
    again: Annotated[
        bool, typer.Option("--again", help="Read every article again, after the extraction rules have changed.")
    ] = False,
) -> None:
    """Extract facts from stored articles that have not been read yet."""
    with console_settings() as settings:
        from bot.app import clock, open_store
        from bot.progress import extract_with_bar

        print(extract_with_bar(open_store(settings), clock(settings)(), again))


@app.command()
def replay(
    start: FirstDay,
    end: LastDay,
    watch: Annotated[
        list[str] | None,
        typer.Option(help='A name or pair to watch ("Meta + Muse Spark"); may be repeated. Default: everything.'),
    ] = None,
    step: Annotated[int, typer.Option(min=1, help="Hours between two runs of the detector.")] = 1,
    plot: Annotated[
        Path | None, typer.Option(help="Write a PNG of the watched names, with the usual range and the alerts.")
    ] = None,
    rediscover: Annotated[
        bool,
        typer.Option(
            "--anew/--no-anew", help="Ingest the articles again, so that new names appear only as they did. Slower."
        ),
    ] = False,
) -> None:
    """List the alerts that would have been sent, from what was known at each hour. Does not change the store."""
    with console_settings() as settings:
        from bot.app import detector_rules, open_store
        from evaluation.replay import parse_targets, replay_alerts, replay_charts, replay_with_discovery
        from handlers.wording import counted

        if end < start:
            raise exit_with("--to is before --from: swap the two days.", USAGE)
        if plot and not watch:
            raise exit_with("--plot draws watched names: add at least one with --watch.", USAGE)
        if rediscover and watch:
            raise exit_with("--anew always watches everything: leave out --watch.", USAGE)
        engine, rules, width = open_store(settings), detector_rules(settings), timedelta(hours=step)
        targets = parse_targets(engine, watch or [])
        first, last = start.replace(tzinfo=UTC), end.replace(tzinfo=UTC) + timedelta(days=1)
        alerts = []
        for alert in (
            replay_with_discovery(engine, first, last, rules, settings.catalogue, width)
            if rediscover
            else replay_alerts(engine, first, last, rules, targets, width)
        ):
            print(alert, flush=True)
            alerts.append(alert)
        print(f"{counted(len(alerts), 'alert')} in {counted((last - first).days, 'day')}.")
        if plot:
            from bot.charts import charts_png

            write_file(plot, charts_png(replay_charts(engine, first, last, rules, targets, alerts)))


def _listed(path: Path) -> list[str]:
    try:
        return [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise cannot_read(path, error) from error


def main() -> None:
    """Runs the command line."""
    # NumPy's BLAS would start a thread per core, and our arrays are small.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        app()
    finally:
        # Spares Python a last collection through everything that was imported; the system frees the memory anyway.
        gc.freeze()


if __name__ == "__main__":
    main()
