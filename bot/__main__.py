"""The command line."""

import asyncio
import contextlib
import gc
import sys
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from bot.cli import backup, doctor, evaluation, facts, outbox, privacy, setup, sources, store
from bot.cli.console import REFUSED, USAGE, Rejects, console_settings, exit_with


def _version(wanted: bool) -> None:
    if wanted:
        print(f"trendbot {version('trendbot')}")
        raise typer.Exit


app = typer.Typer(
    help="Tells when something in the AI industry is really happening, and shows why.", no_args_is_help=True
)
app.add_typer(store.db, name="db")
app.add_typer(facts.app, name="facts")
app.add_typer(sources.app, name="sources")
app.add_typer(store.starter, name="starter")
app.add_typer(evaluation.app, name="eval")
app.add_typer(setup.app, name="setup")
app.add_typer(outbox.app, name="outbox")
app.add_typer(backup.app)
app.add_typer(doctor.app)
app.add_typer(privacy.app)

Version = Annotated[bool, typer.Option("--version", help="Say which version this is.", callback=_version)]


@app.callback()
def trendbot(version: Version = False) -> None:
    """What holds for every command."""


@app.command()
def run() -> None:
    """Start the bot: Slack and Discord where tokens are set, else a chat in the terminal."""
    with console_settings() as settings:
        from bot import app as parts
        from bot.terminal.adapter import FIRST, Terminal

        built = parts.build(settings)
        if settings.discord or settings.slack:
            asyncio.run(parts.serve(built))
            return
        if sys.stdin.isatty():
            with contextlib.suppress(KeyboardInterrupt):
                asyncio.run(parts.converse(built))
        elif not asyncio.run(Terminal(built.router).say(FIRST)):
            raise typer.Exit(REFUSED)


@app.command()
def say(line: Annotated[str, typer.Argument(help='A command as typed in a channel: "/trend Meta".')]) -> None:
    """Answer one command and end."""
    with console_settings() as settings:
        from bot import app as parts
        from bot.terminal.adapter import Terminal

        if not asyncio.run(Terminal(parts.build(settings).router).say(line)):
            raise typer.Exit(REFUSED)


@app.command("import")
def import_(
    files: Annotated[
        list[str] | None,
        typer.Argument(help="JSON lines (plain or gzip), or RSS, Atom or JSON Feed; - is standard input."),
    ] = None,
    files_from: Annotated[Path | None, typer.Option(help="A file that lists the files, one a line.")] = None,
    rejects: Rejects = Path("rejects.jsonl"),
) -> None:
    """Take articles from files into the store. Safe to stop and to repeat: nothing is stored twice."""
    with console_settings() as settings:
        from bot import app as parts
        from bot.progress import FileImport, extract_with_bar, index_with_bar

        paths = [*(files or []), *(_listed(files_from) if files_from else [])]
        if not paths:
            raise exit_with("Name at least one file to import, or - for standard input.", USAGE)
        engine = parts.open_store(settings)
        report = FileImport(engine, parts.clock(settings)(), rejects).run(paths)
        print(report)
        index_with_bar(engine)
        print(extract_with_bar(engine, parts.clock(settings)()))
        if report.failed or not report.added.new + report.added.known:
            raise typer.Exit(REFUSED)


@app.command()
def poll(
    every: Annotated[
        bool, typer.Option("--all", help="Also the sources that are left alone because of trouble.")
    ] = False,
    rejects: Rejects = Path("rejects.jsonl"),
) -> None:
    """Read the sources once."""
    with console_settings() as settings:
        from bot import app as parts
        from bot.progress import extract_with_bar, index_with_bar
        from ingest.formats.files import write_rejects
        from ingest.sources import poll as polling

        built = parts.build(settings)
        done = polling.poll_sources(built.engine, built.clock(), every, parts.poll_settings(settings))
        write_rejects(rejects, done.rejects)
        if done.rejects:
            print(f"Why items were rejected is in {rejects}.", file=sys.stderr)
        for name, reason in sorted(done.failed.items()):
            print(f"{name}: {reason}", file=sys.stderr)
        for name, url in sorted(done.moved.items()):
            print(f"{name} has moved to {url}", file=sys.stderr)
        print(done)
        index_with_bar(built.engine)
        print(extract_with_bar(built.engine, built.clock()))
        if done.feeds and len(done.failed) == done.feeds:
            raise typer.Exit(REFUSED)


@app.command()
def backfill(
    since: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The first day.")],
    source: Annotated[
        list[str] | None, typer.Option(help="A source by its name; may be given again. Default: all that have a past.")
    ] = None,
) -> None:
    """Read the past of sources that have an archive. Safe to stop and to repeat: it goes on where it was."""
    with console_settings() as settings:
        from bot import app as parts
        from bot.progress import backfill_with_bar, extract_with_bar, index_with_bar

        built = parts.build(settings)
        start, now = since.replace(tzinfo=UTC), built.clock()
        if start >= now:
            raise exit_with("--since lies in the future.", USAGE)
        some = backfill_with_bar(built.engine, start, now, source or [], parts.poll_settings(settings))
        for one in some:
            print(one)
        if source and len(some) < len(set(source)):
            raise exit_with(
                "Not every source named has a past: see docs/sources.md, and `trendbot sources list`.", USAGE
            )
        index_with_bar(built.engine)
        print(extract_with_bar(built.engine, built.clock()))
        if some and all(one.problem for one in some):
            raise typer.Exit(REFUSED)


@app.command()
def recount() -> None:
    """Link all stored articles anew, after the catalogue has changed."""
    with console_settings() as settings:
        from bot import app as parts
        from bot.progress import counting_bar
        from ingest.relinking.recount import recount_articles as again

        engine = parts.open_store(settings)
        with counting_bar("Counting again") as progress:
            print(f"{again(engine, progress)} articles linked and counted again.")


@app.command()
def extract(
    again: Annotated[
        bool, typer.Option("--again", help="Read all articles again, after the rules have changed.")
    ] = False,
) -> None:
    """Read facts from the stored articles that were not read yet."""
    with console_settings() as settings:
        from bot import app as parts
        from bot.progress import extract_with_bar

        print(extract_with_bar(parts.open_store(settings), parts.clock(settings)(), again))


@app.command()
def replay(
    start: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="The first day.")],
    end: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="The last day.")],
    watch: Annotated[
        list[str] | None,
        typer.Option(help="A name or pair (Meta + Muse Spark); may be given again. Default: everything."),
    ] = None,
    step: Annotated[int, typer.Option(min=1, help="Hours between two looks.")] = 1,
    plot: Annotated[Path | None, typer.Option(help="A PNG to draw: what is watched, with what was usual.")] = None,
    anew: Annotated[
        bool, typer.Option(help="Read the news anew: new names are found as they come up. Slower.")
    ] = False,
) -> None:
    """Tell which alerts there would have been, from what was known at each hour. Changes nothing in the store."""
    with console_settings() as settings:
        from bot import app as parts
        from evaluation import replay as past

        if end < start:
            raise exit_with("--to lies before --from.", USAGE)
        if plot and not watch:
            raise exit_with("--plot draws what is watched: name it with --watch.", USAGE)
        if anew and watch:
            raise exit_with("--anew tells of everything: leave out --watch.", USAGE)
        engine, rules, width = parts.open_store(settings), parts.detector_rules(settings), timedelta(hours=step)
        targets = past.parse_targets(engine, watch or [])
        first, last = start.replace(tzinfo=UTC), end.replace(tzinfo=UTC) + timedelta(days=1)
        told = []
        for one in (
            past.replay_with_discovery(engine, first, last, rules, settings.catalogue, width)
            if anew
            else past.replay_alerts(engine, first, last, rules, targets, width)
        ):
            print(one, flush=True)
            told.append(one)
        print(f"{len(told)} {'alert' if len(told) == 1 else 'alerts'} in {(last - first).days} days.")
        if plot:
            from bot.charts import charts_png

            picture = charts_png(past.replay_charts(engine, first, last, rules, targets, told))
            try:
                plot.write_bytes(picture)
            except OSError as error:
                raise exit_with(f"{plot} can't be written ({error}).") from None


def _listed(path: Path) -> list[str]:
    try:
        return [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise exit_with(f"{path} can't be read ({error}).", USAGE) from error


def main() -> None:
    """Runs the command line."""
    # By default Python looks for garbage after 700 new objects, and a fifth of an import was that; we make few cycles.
    gc.set_threshold(50_000, 20)
    app()


if __name__ == "__main__":
    main()
