"""`trendbot facts`: imports tables of facts, lets a language model propose more, and exports what is stored."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.console import FAILURE, USAGE, Out, Rejects, cannot_write, console_settings, exit_with

SHOWN_REJECTS = 10
"""Rejected rows that are printed; all of them are in the rejects file."""

app = typer.Typer(help="Import, propose and export facts.", no_args_is_help=True)


@app.command("import")
def facts_import(
    table: Annotated[
        str, typer.Argument(help="A public table (epoch, models.dev or litellm) or a file of your own (CSV or JSON).")
    ],
    map_: Annotated[
        list[str] | None,
        typer.Option("--map", help="Columns of your own file: subject=column,price=column,source:=https://…"),
    ] = None,
    file: Annotated[Path | None, typer.Option(help="A local copy of the public table, instead of a download.")] = None,
    url: Annotated[str, typer.Option(help="Another address to download the public table from.")] = "",
    name: Annotated[str, typer.Option(help="Name of your own table; default: the file's name.")] = "",
    whole: Annotated[
        bool, typer.Option("--whole", help="Your file is the complete table: retire facts it no longer contains.")
    ] = False,
    rejects: Rejects = Path("rejects.jsonl"),
) -> None:
    """Import facts from a public table or a file of your own. Safe to repeat: unchanged facts stay as they are."""
    with console_settings() as settings:
        from bot.app import clock, open_store
        from ingest.facts.tables import mapped, public
        from ingest.facts.tables.store import store_statements
        from ingest.formats.files import write_rejects

        known = public.TABLES.get(table)
        if known is None and not map_:
            raise exit_with(
                f"“{table}” is not a public table. Choose one of {', '.join(public.TABLES)}, or describe the columns "
                "of your own file with --map (docs/facts-import.md).",
                USAGE,
            )
        if known and map_:
            raise exit_with(f"The columns of {table} are already known: leave out --map.", USAGE)
        engine, now = open_store(settings), clock(settings)()
        if known:
            report = public.import_table(engine, known, now, file, url)
        else:
            mapping = mapped.parse_mapping(map_ or [])
            report = store_statements(
                engine, f"own:{name or Path(table).name}", list(mapped.read(Path(table), mapping)), now, whole
            )
        write_rejects(rejects, report.rejects)
        for reject in report.rejects[:SHOWN_REJECTS]:
            print(f"{reject.file}:{reject.line}: {reject.reason}", file=sys.stderr)
        if report.rejects:
            print(f"Rejected rows are listed in {rejects}, each with its reason.", file=sys.stderr)
        print(report)
        if not report.new + report.changed + report.unchanged:
            raise typer.Exit(FAILURE)


@app.command("starter")
def facts_starter(
    models_dev: Annotated[Path, typer.Option(help="A copy of models.dev's api.json.")],
    epoch: Annotated[Path, typer.Option(help="A copy of Epoch AI's notable_ai_models.csv.")],
    litellm: Annotated[Path | None, typer.Option(help="A copy of LiteLLM's price list.")] = None,
    as_of: Annotated[str, typer.Option(help="The day of the copies: what they do not date was said then.")] = "",
    out: Annotated[Path | None, typer.Option(help="Where to write; default: the program's own file.")] = None,
) -> None:
    """Choose the starter facts about models from copies of the public tables (docs/starter.md)."""
    with console_settings() as settings:
        from datetime import date

        from bot.app import clock
        from gazetteer.files import default_facts, default_files, default_tables
        from gazetteer.reader import read_gazetteer
        from ingest.facts import starter_facts, starter_tables
        from ingest.facts.starter_selection import choose_statements
        from ingest.facts.tables.public import TABLES, table_statements

        try:
            day = date.fromisoformat(as_of) if as_of else clock(settings)().date()
        except ValueError:
            raise exit_with(f"“{as_of}” is not a date: write 2026-04-30.", USAGE) from None
        files = {"epoch": epoch, "models.dev": models_dev, "litellm": litellm}
        tables = [table_statements(TABLES[name], file) for name, file in files.items() if file]
        curated = starter_facts.read_starter_facts(default_facts())
        found = choose_statements(tables, read_gazetteer(default_files()), curated.values(), day)
        target = out or default_tables()[0]
        try:
            target.write_bytes(starter_tables.table_bytes(found))
        except OSError as error:
            raise cannot_write(target, error) from error
        models = len({one.row for one in found})
        print(f"{len(found):,} facts about {models:,} models written to {target}.")


@app.command("propose")
def facts_propose(
    limit: Annotated[int, typer.Option(min=1, help="Maximum number of articles to read.")] = 50,
) -> None:
    """Let the language model propose facts from new articles. Only facts it can quote word for word are accepted."""
    with console_settings() as settings:
        from bot.app import clock, open_store
        from bot.language_model import Endpoint
        from ingest.facts.language_model import propose_facts

        if not settings.llm_url:
            raise exit_with("No language model is configured: set TRENDBOT_LLM_URL and TRENDBOT_LLM_MODEL.", USAGE)
        engine, now = open_store(settings), clock(settings)
        print(propose_facts(engine, Endpoint(settings, engine, now), settings.llm_model, now(), limit))


@app.command("export")
def facts_export(
    out: Out = None,
    form: Annotated[str, typer.Option(help="Format: jsonl or csv.")] = "jsonl",
    every: Annotated[bool, typer.Option("--all", help="Include facts that have been superseded or retired.")] = False,
) -> None:
    """Export facts with their sources."""
    with console_settings() as settings:
        from bot.app import open_store
        from handlers.wording import counted
        from ingest.facts.tables.export import export_facts
        from models.database import transaction

        if form not in ("jsonl", "csv"):
            raise exit_with(f"“{form}” is not a format: choose jsonl or csv.", USAGE)
        engine = open_store(settings)
        try:
            with transaction(engine) as session:
                if out is None:
                    export_facts(session, sys.stdout, form, every)
                    return
                with out.open("w", encoding="utf-8", newline="") as stream:
                    print(f"{counted(export_facts(session, stream, form, every), 'fact')} written to {out}.")
        except OSError as error:
            raise cannot_write(out or "standard output", error) from None
