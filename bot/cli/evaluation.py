"""`trendbot eval`: how well the bot does, on series, news, passages and questions of one's own."""

import resource
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, TextIO

import typer

from bot.cli.console import Out, console_settings, write_output

app = typer.Typer(help="How well the bot does.", no_args_is_help=True)


@app.command("spikes")
def eval_spikes(
    start: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="The first day.")],
    end: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="The last day.")],
    out: Out = None,
    alerts: Annotated[bool, typer.Option(help="Only what would have been told at the bot's own level.")] = False,
) -> None:
    """Write what leads the news of each day, best first, one JSON object a line: date, rank, entities, z."""
    with console_settings() as settings:
        from bot import app as parts
        from evaluation import spikes

        engine, rules = parts.open_store(settings), parts.detector_rules(settings)
        write = spikes.evaluate_alerts if alerts else spikes.evaluate_rankings
        own = settings.catalogue
        write_output(out, lambda text: write(engine, start.date(), end.date(), rules, text, own))


@app.command("series")
def eval_series(
    file: Annotated[Path, typer.Argument(help="CSV with the columns timestamp and value, evenly spaced.")],
    out: Out = None,
) -> None:
    """Score each row of a series from the rows before it: adds anomaly_score (1 is an alarm) and z."""
    with console_settings():
        from evaluation.series import evaluate_series

        write_output(out, lambda text: evaluate_series(file, text))


@app.command("facts")
def eval_facts(
    file: Annotated[Path, typer.Argument(help="JSON lines: pid, text, and where known heads, title and date.")],
    out: Out = None,
) -> None:
    """Write the facts that the rules read from passages, to be scored against what people read in them."""
    with console_settings() as settings:
        from bot import app as parts
        from evaluation.facts import evaluate_facts

        engine = parts.open_store(settings)
        write_output(out, lambda text: evaluate_facts(engine, file, text))


@app.command("qa")
def eval_qa(
    file: Annotated[Path, typer.Argument(help="JSON lines: id, question, context (turns with role and text), as_of.")],
    out: Out = None,
) -> None:
    """Answer a file of questions from the store: answer, citations (ids of articles), abstained."""
    with console_settings() as settings:
        from bot import app as parts
        from bot.progress import index_with_bar
        from evaluation.qa import evaluate_qa

        engine = parts.open_store(settings)
        index_with_bar(engine)
        seconds: list[float] = []
        write_output(out, lambda text: seconds.extend(evaluate_qa(engine, file, parts.detector_rules(settings), text)))
        took = sorted(seconds) or [0.0]
        print(
            f"{len(took)} questions; {took[len(took) // 2] * 1000:.0f} ms in the middle, "
            f"{took[int(len(took) * 0.95)] * 1000:.0f} ms for the slowest twentieth.",
            file=sys.stderr,
        )


@app.command("names")
def eval_names(
    labels: Annotated[Path, typer.Option(help="JSON lines, one an issue: date, models, and other kinds of names.")],
    since: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="The first day.")],
    until: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="The last day.")],
    out: Annotated[Path | None, typer.Option(help="Where to write the names that were found.")] = None,
) -> None:
    """Read a stretch of the store's news again as if nobody had listed what it brought, and measure what is found."""
    with console_settings() as settings:
        from bot import app as parts
        from evaluation.names import evaluate_names, score_sentences

        engine = parts.open_store(settings)
        found: list[Any] = []

        def write(text: TextIO) -> None:
            found.append(evaluate_names(engine, labels, since.date(), until.date(), text))

        write_output(out, write)
        print("\n".join(score_sentences(found[0])), file=sys.stderr)


@app.command("noise")
def eval_noise(
    series: Annotated[int, typer.Option(min=1, help="How many series of chance.")] = 5000,
    days: Annotated[int, typer.Option(min=1, help="For how many days they are looked at, every hour.")] = 90,
    runs: Annotated[int, typer.Option(min=1, help="How often, each time on other chance.")] = 4,
    seed: Annotated[int, typer.Option(help="Another seed, other chance.")] = 1,
) -> None:
    """Count false alarms on nothing but chance, at each setting, beside what is stated. Takes some minutes."""
    from bot.progress import counting_bar
    from evaluation.noise import repeat_noise

    with counting_bar("Looking") as progress:
        found = repeat_noise(series, days, runs, seed, progress)
    print(f"{series:,} series of Poisson counts, looked at hourly for {runs} x {days} days")
    for one in found:
        measured = f"{one.alarms:>5} alarms: {one.measured:.3f} a day (±{one.error:.3f} by counting)"
        print(f"{one.setting:<9} z {one.level:<4g}{measured}, {one.stated:.2g} stated")


@app.command("speed")
def eval_speed(
    series: Annotated[int, typer.Option(min=1, help="How many pairs.")] = 1_000_000,
    seed: Annotated[int, typer.Option(help="Another seed, other counts.")] = 1,
) -> None:
    """Time the z of very many pairs over 90 days, beside a plain z on the same counts."""
    from evaluation.speed import evaluate_speed

    found = evaluate_speed(series, seed)
    print(f"{found.series:,} series x 90 days, seconds of CPU: detector {found.detector:.3f}, plain {found.plain:.3f}")


@app.command("polling")
def eval_polling(
    feeds: Annotated[int, typer.Option(min=1, help="How many feeds.")] = 150,
    hosts: Annotated[int, typer.Option(min=1, max=5000, help="On how many servers.")] = 150,
    latency: Annotated[float, typer.Option(min=0, help="Seconds until a server answers.")] = 0.3,
    items: Annotated[int, typer.Option(min=1, help="Items in each feed.")] = 20,
) -> None:
    """Time three rounds of reading feeds from loopback servers: all is new, nothing has changed, one item more each."""
    from evaluation.polling import evaluate_polling

    titles = ("all new", "unchanged", "one more each")
    for title, one in zip(titles, evaluate_polling(feeds, hosts, latency, items, datetime.now(UTC)), strict=True):
        print(f"{title}: {one.seconds:.1f} s, {one.cpu:.1f} s of CPU; {one.done}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"Memory at most: {peak:.0f} MB")
