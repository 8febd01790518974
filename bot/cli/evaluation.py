"""`trendbot eval`: measures the detector, the answers, the extracted facts and the speed, on your own data or noise.

Machine-readable results go to standard output or `--out`, summaries for people to standard error.
"""

import resource
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, TextIO

import typer

from bot.cli.console import FirstDay, LastDay, Out, console_settings, write_output

app = typer.Typer(help="Measure the detector, the answers, the extracted facts and the speed.", no_args_is_help=True)


@app.command("spikes")
def eval_spikes(
    start: FirstDay,
    end: LastDay,
    out: Out = None,
    alerts: Annotated[
        bool, typer.Option(help="Write only what would have been alerted at the configured sensitivity.")
    ] = False,
) -> None:
    """Rank each day's spikes, strongest first, as JSON Lines: date, rank, entities, z."""
    with console_settings() as settings:
        from bot.app import detector_rules, open_store
        from evaluation.spikes import evaluate_alerts, evaluate_rankings

        engine, rules, names = open_store(settings), detector_rules(settings), settings.catalogue
        write = evaluate_alerts if alerts else evaluate_rankings
        write_output(out, lambda text: write(engine, start.date(), end.date(), rules, text, names))


@app.command("series")
def eval_series(
    file: Annotated[Path, typer.Argument(help="CSV with the columns timestamp and value, evenly spaced.")],
    out: Out = None,
) -> None:
    """Score each row of a time series from the rows before it: adds anomaly_score (1 is an alarm) and z."""
    with console_settings():
        from evaluation.series import evaluate_series

        write_output(out, lambda text: evaluate_series(file, text))


@app.command("facts")
def eval_facts(
    file: Annotated[Path, typer.Argument(help="JSON Lines with pid and text, and optionally heads, title and date.")],
    out: Out = None,
) -> None:
    """Extract facts from passages as JSON Lines, to be scored against human labels."""
    with console_settings() as settings:
        from bot.app import open_store
        from evaluation.facts import evaluate_facts

        engine = open_store(settings)
        write_output(out, lambda text: evaluate_facts(engine, file, text))


@app.command("qa")
def eval_qa(
    file: Annotated[
        Path, typer.Argument(help="JSON Lines with id, question, context (turns with role and text) and as_of.")
    ],
    out: Out = None,
) -> None:
    """Answer a file of questions from the store as JSON Lines: answer, citations (article ids), abstained."""
    with console_settings() as settings:
        from bot.app import detector_rules, open_store
        from bot.progress import index_with_bar
        from evaluation.qa import evaluate_qa
        from handlers.wording import counted

        engine = open_store(settings)
        index_with_bar(engine)
        seconds: list[float] = []
        write_output(out, lambda text: seconds.extend(evaluate_qa(engine, file, detector_rules(settings), text)))
        ms = [second * 1000 for second in sorted(seconds)] or [0.0]
        print(
            f"{counted(len(seconds), 'question')}; median {ms[len(ms) // 2]:.0f} ms, "
            f"95th percentile {ms[int(len(ms) * 0.95)]:.0f} ms.",
            file=sys.stderr,
        )


@app.command("intents")
def eval_intents(
    file: Annotated[Path, typer.Argument(help="JSON Lines with id, message and context (turns with role and text).")],
    out: Out = None,
) -> None:
    """Say what chat messages mean, as JSON Lines: intent, names, period, predicate. Today is TRENDBOT_NOW."""
    with console_settings() as settings:
        from bot.app import clock, open_store
        from evaluation.intents import evaluate_intents

        engine, today = open_store(settings), clock(settings)().date()
        write_output(out, lambda text: evaluate_intents(engine, file, today, text))


@app.command("names")
def eval_names(
    labels: Annotated[
        Path, typer.Option(help="JSON Lines, one newsletter issue per line: date, models, and other kinds of names.")
    ],
    since: FirstDay,
    until: LastDay,
    out: Annotated[Path | None, typer.Option(help="File to write the discovered names to.")] = None,
) -> None:
    """Measure the discovery of new names: ingest a period again without the names that first appeared in it."""
    with console_settings() as settings:
        from bot.app import open_store
        from evaluation.names import NameScores, evaluate_names, score_sentences

        engine = open_store(settings)
        scores: list[NameScores] = []

        def write(text: TextIO) -> None:
            scores.append(evaluate_names(engine, labels, since.date(), until.date(), text))

        write_output(out, write)
        print("\n".join(score_sentences(scores[0])), file=sys.stderr)


@app.command("noise")
def eval_noise(
    series: Annotated[int, typer.Option(min=1, help="Number of random series.")] = 5000,
    days: Annotated[int, typer.Option(min=1, help="Days to simulate; the detector runs every hour.")] = 90,
    runs: Annotated[int, typer.Option(min=1, help="Number of runs, each with its own seed.")] = 4,
    seed: Annotated[int, typer.Option(help="Seed of the first run.")] = 1,
) -> None:
    """Count false alarms on random counts at each sensitivity, beside the documented rate. Takes a few minutes."""
    from bot.progress import counting_bar
    from evaluation.noise import repeat_noise

    with counting_bar("Simulating") as progress:
        results = repeat_noise(series, days, runs, seed, progress)
    print(f"{series:,} series of Poisson counts, checked hourly for {runs} x {days} days")
    for result in results:
        measured = f"{result.alarms:>5} alarms: {result.measured:.3f} a day (±{result.error:.3f} by counting)"
        print(f"{result.setting:<9} z {result.level:<4g}{measured}, {result.stated:.2g} documented")


@app.command("speed")
def eval_speed(
    series: Annotated[int, typer.Option(min=1, help="Number of pairs.")] = 1_000_000,
    seed: Annotated[int, typer.Option(help="Seed of the random counts.")] = 1,
) -> None:
    """Time the detector on very many pairs over 90 days, beside a plain z-score on the same counts."""
    from evaluation.speed import evaluate_speed

    found = evaluate_speed(series, seed)
    print(f"{found.series:,} series x 90 days, CPU seconds: detector {found.detector:.3f}, plain {found.plain:.3f}")


@app.command("polling")
def eval_polling(
    feeds: Annotated[int, typer.Option(min=1, help="Number of feeds.")] = 150,
    hosts: Annotated[int, typer.Option(min=1, max=5000, help="Number of servers they are spread over.")] = 150,
    latency: Annotated[float, typer.Option(min=0, help="Seconds until a server answers.")] = 0.3,
    items: Annotated[int, typer.Option(min=1, help="Items in each feed.")] = 20,
) -> None:
    """Time three polls of feeds on loopback servers: all new, nothing changed, one new item each."""
    from evaluation.polling import evaluate_polling

    titles = ("all new", "unchanged", "one new item each")
    for title, result in zip(titles, evaluate_polling(feeds, hosts, latency, items, datetime.now(UTC)), strict=True):
        print(f"{title}: {result.seconds:.1f} s, {result.cpu:.1f} CPU seconds; {result.done}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"Peak memory: {peak:.0f} MB")
