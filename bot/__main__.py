"""The command line."""

import asyncio
import contextlib
import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer
from pydantic import ValidationError

if TYPE_CHECKING:
    from bot.settings import Settings


def _version(wanted: bool) -> None:
    if wanted:
        print(f"trendbot {version('trendbot')}")
        raise typer.Exit


app = typer.Typer(
    help="Tells when something in the AI industry is really happening, and shows why.", no_args_is_help=True
)
db = typer.Typer(help="The store's tables.", no_args_is_help=True)
starter = typer.Typer(help="The counts that come with the program.", no_args_is_help=True)
evaluation = typer.Typer(help="How well the detector does.", no_args_is_help=True)
facts = typer.Typer(help="The facts in the store.", no_args_is_help=True)
app.add_typer(db, name="db")
app.add_typer(facts, name="facts")
app.add_typer(starter, name="starter")
app.add_typer(evaluation, name="eval")

REFUSED, USAGE = 1, 2
"""Exit status: something went wrong that a sentence tells; the settings or the words of the call are wrong."""

Version = Annotated[bool, typer.Option("--version", help="Say which version this is.", callback=_version)]
Rejects = Annotated[Path, typer.Option(help="Where items that can't be used are written, with the reason.")]


@app.callback()
def trendbot(version: Version = False) -> None:
    """What holds for every command."""


@app.command()
def run() -> None:
    """Start the bot: Slack and Discord where tokens are set, else a chat in the terminal."""
    with _telling() as settings:
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
    with _telling() as settings:
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
    with _telling() as settings:
        from bot import app as parts
        from bot.progress import Importing, extracting, indexing

        paths = [*(files or []), *(_listed(files_from) if files_from else [])]
        if not paths:
            raise _refusal("Name at least one file to import, or - for standard input.", USAGE)
        engine = parts.store(settings)
        report = Importing(engine, parts.clock(settings)(), rejects).run(paths)
        print(report)
        indexing(engine)
        print(extracting(engine, parts.clock(settings)()))
        if report.failed or not report.added.new + report.added.known:
            raise typer.Exit(REFUSED)


@app.command()
def poll(
    every: Annotated[bool, typer.Option("--all", help="Also the feeds that are not due yet.")] = False,
    rejects: Rejects = Path("rejects.jsonl"),
) -> None:
    """Fetch the configured feeds once."""
    with _telling() as settings:
        from bot import app as parts
        from bot.progress import extracting, indexing
        from ingest import poll as polling
        from ingest.files import write_rejects

        built = parts.build(settings)
        done = polling.poll(built.engine, built.clock(), every)
        write_rejects(rejects, done.rejects)
        if done.rejects:
            print(f"Why items were rejected is in {rejects}.", file=sys.stderr)
        for name, reason in sorted(done.failed.items()):
            print(f"{name}: {reason}", file=sys.stderr)
        print(done)
        indexing(built.engine)
        print(extracting(built.engine, built.clock()))
        if done.feeds and len(done.failed) == done.feeds:
            raise typer.Exit(REFUSED)


@app.command()
def recount() -> None:
    """Link all stored articles anew, after the catalogue has changed."""
    with _telling() as settings:
        from bot import app as parts
        from bot.progress import counting
        from ingest.recount import recount as again

        engine = parts.store(settings)
        with counting("Counting again") as progress:
            print(f"{again(engine, progress)} articles linked and counted again.")


@app.command()
def extract(
    again: Annotated[
        bool, typer.Option("--again", help="Read all articles again, after the rules have changed.")
    ] = False,
) -> None:
    """Read facts from the stored articles that were not read yet."""
    with _telling() as settings:
        from bot import app as parts
        from bot.progress import extracting

        print(extracting(parts.store(settings), parts.clock(settings)(), again))


@db.command()
def upgrade() -> None:
    """Make the store, or bring it up to date."""
    with _telling() as settings:
        from bot import app as parts

        parts.store(settings)
        print("The store is up to date.")


@db.command()
def revision(message: str) -> None:
    """For developers: write the step from the store as it is to the models as they are."""
    with _telling() as settings:
        import migrations
        from models.database import connect

        migrations.revision(connect(settings.database_url), message)


@starter.command("make")
def starter_make(
    until: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The last day.")],
    days: Annotated[int, typer.Option(min=1, help="How many days.")] = 240,
    out: Annotated[Path | None, typer.Option(help="Where to write; without it, the program's own file.")] = None,
) -> None:
    """Make starter data from the articles in the store."""
    with _telling() as settings:
        from bot import app as parts
        from ingest import starter as data

        made = data.make(parts.store(settings), until.date(), out or data.own_file(), days)
        print(", ".join(f"{number:,} {what}" for what, number in made.items()))


@starter.command("drop")
def starter_drop() -> None:
    """Remove the starter data's counts and count the stored articles instead."""
    with _telling() as settings:
        from bot import app as parts
        from ingest import starter as data

        engine = parts.store(settings)
        print(
            "Removed. Now run `trendbot recount`." if data.drop(engine) else "There are no starter data in the store."
        )


@facts.command("import")
def facts_import(
    table: Annotated[str, typer.Argument(help="epoch, models.dev or litellm; or a file of your own (CSV, JSON).")],
    map_: Annotated[
        list[str] | None,
        typer.Option("--map", help="For your own file: subject=column,price=column,source:=https://…"),
    ] = None,
    file: Annotated[Path | None, typer.Option(help="A copy of the public table, instead of its address.")] = None,
    url: Annotated[str, typer.Option(help="Another address of the public table.")] = "",
    name: Annotated[str, typer.Option(help="What your table is called; without it, the file's name.")] = "",
    whole: Annotated[
        bool, typer.Option("--whole", help="Your file is the whole table: retire what it does not tell any more.")
    ] = False,
    rejects: Rejects = Path("rejects.jsonl"),
) -> None:
    """Take facts from a table into the store. Safe to repeat: what is as it was stays as it is."""
    with _telling() as settings:
        from bot import app as parts
        from ingest.files import write_rejects
        from ingest.tables import mapped, public
        from ingest.tables.store import take

        known = public.TABLES.get(table)
        if known is None and not map_:
            raise _refusal(
                f"“{table}” is none of {', '.join(public.TABLES)}. Your own file needs --map (docs/facts-import.md).",
                USAGE,
            )
        if known and map_:
            raise _refusal(f"The columns of {table} are known: leave --map out.", USAGE)
        engine, now = parts.store(settings), parts.clock(settings)()
        if known:
            done = public.run(engine, known, now, file, url)
        else:
            by = mapped.mapping(map_ or [])
            done = take(engine, f"own:{name or Path(table).name}", list(mapped.read(Path(table), by)), now, whole)
        write_rejects(rejects, done.rejects)
        for reject in done.rejects[:10]:
            print(f"{reject.file}:{reject.line}: {reject.reason}", file=sys.stderr)
        if done.rejects:
            print(f"Every rejected row, with its reason, is in {rejects}.", file=sys.stderr)
        print(done)
        if not done.new + done.changed + done.unchanged:
            raise typer.Exit(REFUSED)


@facts.command("propose")
def facts_propose(
    limit: Annotated[int, typer.Option(min=1, help="The most articles to read.")] = 50,
) -> None:
    """Let the language model propose facts from new articles; what it can't prove word for word is refused."""
    with _telling() as settings:
        from bot import app as parts
        from bot.llm import Endpoint
        from ingest.propose import propose

        if not settings.llm_url:
            raise _refusal("No language model is set: TRENDBOT_LLM_URL and TRENDBOT_LLM_MODEL name one.", USAGE)
        engine, clock = parts.store(settings), parts.clock(settings)
        print(propose(engine, Endpoint(settings, engine, clock), settings.llm_model, clock(), limit))


@facts.command("export")
def facts_export(
    out: Annotated[Path | None, typer.Option(help="Where to write; without it, standard output.")] = None,
    form: Annotated[str, typer.Option(help="jsonl or csv.")] = "jsonl",
    every: Annotated[bool, typer.Option("--all", help="Also facts that are not believed any more.")] = False,
) -> None:
    """Write the facts with their sources."""
    with _telling() as settings:
        from bot import app as parts
        from ingest.tables import export
        from models.database import transaction

        if form not in ("jsonl", "csv"):
            raise _refusal(f"“{form}” is no form: jsonl or csv.", USAGE)
        engine = parts.store(settings)
        try:
            with transaction(engine) as session:
                if out is None:
                    export.write(session, sys.stdout, form, every)
                    return
                with out.open("w", encoding="utf-8", newline="") as stream:
                    print(f"{export.write(session, stream, form, every):,} facts written to {out}.")
        except OSError as error:
            raise _refusal(f"{out or 'Standard output'} can't be written ({error}).") from None


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
    with _telling() as settings:
        from bot import app as parts
        from bot import replay as past

        if end < start:
            raise _refusal("--to lies before --from.", USAGE)
        if plot and not watch:
            raise _refusal("--plot draws what is watched: name it with --watch.", USAGE)
        if anew and watch:
            raise _refusal("--anew tells of everything: leave out --watch.", USAGE)
        engine, rules, width = parts.store(settings), parts.rules(settings), timedelta(hours=step)
        targets = past.targets(engine, watch or [])
        first, last = start.replace(tzinfo=UTC), end.replace(tzinfo=UTC) + timedelta(days=1)
        told = []
        for one in (
            past.replay_anew(engine, first, last, rules, settings.catalogue, width)
            if anew
            else past.replay(engine, first, last, rules, targets, width)
        ):
            print(one, flush=True)
            told.append(one)
        print(f"{len(told)} {'alert' if len(told) == 1 else 'alerts'} in {(last - first).days} days.")
        if plot:
            from bot.charts import stacked

            picture = stacked(past.charts(engine, first, last, rules, targets, told))
            try:
                plot.write_bytes(picture)
            except OSError as error:
                raise _refusal(f"{plot} can't be written ({error}).") from None


@evaluation.command("spikes")
def eval_spikes(
    start: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="The first day.")],
    end: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="The last day.")],
    out: Annotated[Path | None, typer.Option(help="Where to write; without it, standard output.")] = None,
    alerts: Annotated[bool, typer.Option(help="Only what would have been told at the bot's own level.")] = False,
) -> None:
    """Write what leads the news of each day, best first, one JSON object a line: date, rank, entities, z."""
    with _telling() as settings:
        from bot import app as parts
        from bot.evaluate import spikes

        engine, rules = parts.store(settings), parts.rules(settings)
        write = spikes.alerts if alerts else spikes.rankings
        own = settings.catalogue
        _write(out, lambda text: write(engine, start.date(), end.date(), rules, text, own))


@evaluation.command("series")
def eval_series(
    file: Annotated[Path, typer.Argument(help="CSV with the columns timestamp and value, evenly spaced.")],
    out: Annotated[Path | None, typer.Option(help="Where to write; without it, standard output.")] = None,
) -> None:
    """Score each row of a series from the rows before it: adds anomaly_score (1 is an alarm) and z."""
    with _telling():
        from bot.evaluate.series import series

        _write(out, lambda text: series(file, text))


@evaluation.command("facts")
def eval_facts(
    file: Annotated[Path, typer.Argument(help="JSON lines: pid, text, and where known heads, title and date.")],
    out: Annotated[Path | None, typer.Option(help="Where to write; without it, standard output.")] = None,
) -> None:
    """Write the facts that the rules read from passages, to be scored against what people read in them."""
    with _telling() as settings:
        from bot import app as parts
        from bot.evaluate.facts import facts

        engine = parts.store(settings)
        _write(out, lambda text: facts(engine, file, text))


@evaluation.command("qa")
def eval_qa(
    file: Annotated[Path, typer.Argument(help="JSON lines: id, question, context (turns with role and text), as_of.")],
    out: Annotated[Path | None, typer.Option(help="Where to write; without it, standard output.")] = None,
) -> None:
    """Answer a file of questions from the store: answer, citations (ids of articles), abstained."""
    with _telling() as settings:
        from bot import app as parts
        from bot.evaluate.qa import qa
        from bot.progress import indexing

        engine = parts.store(settings)
        indexing(engine)
        seconds: list[float] = []
        _write(out, lambda text: seconds.extend(qa(engine, file, parts.rules(settings), text)))
        took = sorted(seconds) or [0.0]
        print(
            f"{len(took)} questions; {took[len(took) // 2] * 1000:.0f} ms in the middle, "
            f"{took[int(len(took) * 0.95)] * 1000:.0f} ms for the slowest twentieth.",
            file=sys.stderr,
        )


def _write(out: Path | None, write: Callable[[TextIO], object]) -> None:
    if out is None:
        write(sys.stdout)
        return
    text = StringIO()
    write(text)
    try:
        out.write_text(text.getvalue(), encoding="utf-8")
    except OSError as error:
        raise _refusal(f"{out} can't be written ({error}).") from None


@evaluation.command("names")
def eval_names(
    labels: Annotated[Path, typer.Option(help="JSON lines, one an issue: date, models, and other kinds of names.")],
    since: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="The first day.")],
    until: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="The last day.")],
    out: Annotated[Path | None, typer.Option(help="Where to write the names that were found.")] = None,
) -> None:
    """Read a stretch of the store's news again as if nobody had listed what it brought, and measure what is found."""
    with _telling() as settings:
        from bot import app as parts
        from bot.evaluate.names import names, share

        engine = parts.store(settings)
        found: list[Any] = []

        def write(text: TextIO) -> None:
            found.append(names(engine, labels, since.date(), until.date(), text))

        _write(out, write)
        print("\n".join(share(found[0])), file=sys.stderr)


@evaluation.command("noise")
def eval_noise(
    series: Annotated[int, typer.Option(min=1, help="How many series of chance.")] = 5000,
    days: Annotated[int, typer.Option(min=1, help="For how many days they are looked at, every hour.")] = 90,
    runs: Annotated[int, typer.Option(min=1, help="How often, each time on other chance.")] = 4,
    seed: Annotated[int, typer.Option(help="Another seed, other chance.")] = 1,
) -> None:
    """Count false alarms on nothing but chance, at each setting, beside what is stated. Takes some minutes."""
    from bot.evaluate.noise import repeated
    from bot.progress import counting

    with counting("Looking") as progress:
        found = repeated(series, days, runs, seed, progress)
    print(f"{series:,} series of Poisson counts, looked at hourly for {runs} x {days} days")
    for one in found:
        measured = f"{one.alarms:>5} alarms: {one.measured:.3f} a day (±{one.error:.3f} by counting)"
        print(f"{one.setting:<9} z {one.level:<4g}{measured}, {one.stated:.2g} stated")


@evaluation.command("speed")
def eval_speed(
    series: Annotated[int, typer.Option(min=1, help="How many pairs.")] = 1_000_000,
    seed: Annotated[int, typer.Option(help="Another seed, other counts.")] = 1,
) -> None:
    """Time the z of very many pairs over 90 days, beside a plain z on the same counts."""
    from bot.evaluate.speed import speed

    found = speed(series, seed)
    print(f"{found.series:,} series x 90 days, seconds of CPU: detector {found.detector:.3f}, plain {found.plain:.3f}")


def _listed(path: Path) -> list[str]:
    try:
        return [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise _refusal(f"{path} can't be read ({error}).", USAGE) from error


def _refusal(sentence: str, status: int = REFUSED) -> typer.Exit:
    print(sentence, file=sys.stderr)
    return typer.Exit(status)


@contextmanager
def _telling() -> "Iterator[Settings]":
    """The settings; and every error that a person can mend as sentences on standard error, with a status."""
    from bot.log import configure
    from bot.settings import Settings

    try:
        settings = Settings()
        # Who types one command wants the answer, not the log; a bot's operator wants both.
        serving = settings.discord or settings.slack
        configure(settings.log_level if serving or "log_level" in settings.model_fields_set else "WARNING")
    except ValidationError as error:
        for one in error.errors(include_url=False, include_input=False):
            name = f"{_variable(one)}: " if one["loc"] else ""
            _refusal(f"{name}{one['msg'].removeprefix('Value error, ')}.")
        raise typer.Exit(USAGE) from None
    except ValueError as error:
        raise _refusal(str(error), USAGE) from None
    from sqlalchemy.exc import DBAPIError

    from bot.platform import StartRefused
    from catalogue.read import CatalogueError
    from chat.errors import UserError
    from ingest.files import FileError
    from models.database import AddressError, StoreError, unusable

    try:
        yield settings
    except CatalogueError as error:
        raise _refusal("The catalogue has mistakes:\n" + "\n".join(error.mistakes[:20]), USAGE) from None
    except AddressError as error:
        raise _refusal(str(error), USAGE) from None
    except (StoreError, StartRefused, FileError) as error:
        raise _refusal(str(error)) from None
    except UserError as error:
        raise _refusal(f"{error.sentence} {error.step}".strip()) from None
    except DBAPIError as error:
        raise _refusal(unusable(error)) from None
    except KeyboardInterrupt:
        raise _refusal("Stopped. What was taken in so far is stored; run the same again to go on.", 130) from None


def _variable(error: Any) -> str:
    name = str(error["loc"][0])
    return name.upper() if name.startswith(("discord", "slack")) else f"TRENDBOT_{name.upper()}"


def main() -> None:
    """Runs the command line."""
    # By default Python looks for garbage after 700 new objects, and a fifth of an import was that; we make few cycles.
    gc.set_threshold(50_000, 20)
    app()


if __name__ == "__main__":
    main()
