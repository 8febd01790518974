"""`trendbot facts`: tables of facts in, proposals of a language model, facts out."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.console import REFUSED, USAGE, Out, Rejects, console_settings, exit_with

app = typer.Typer(help="The facts in the store.", no_args_is_help=True)


@app.command("import")
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
    with console_settings() as settings:
        from bot import app as parts
        from ingest.facts.tables import mapped, public
        from ingest.facts.tables.store import store_statements
        from ingest.formats.files import write_rejects

        known = public.TABLES.get(table)
        if known is None and not map_:
            raise exit_with(
                f"“{table}” is none of {', '.join(public.TABLES)}. Your own file needs --map (docs/facts-import.md).",
                USAGE,
            )
        if known and map_:
            raise exit_with(f"The columns of {table} are known: leave --map out.", USAGE)
        engine, now = parts.open_store(settings), parts.clock(settings)()
        if known:
            done = public.import_table(engine, known, now, file, url)
        else:
            by = mapped.parse_mapping(map_ or [])
            done = store_statements(
                engine, f"own:{name or Path(table).name}", list(mapped.read(Path(table), by)), now, whole
            )
        write_rejects(rejects, done.rejects)
        for reject in done.rejects[:10]:
            print(f"{reject.file}:{reject.line}: {reject.reason}", file=sys.stderr)
        if done.rejects:
            print(f"Every rejected row, with its reason, is in {rejects}.", file=sys.stderr)
        print(done)
        if not done.new + done.changed + done.unchanged:
            raise typer.Exit(REFUSED)


@app.command("propose")
def facts_propose(
    limit: Annotated[int, typer.Option(min=1, help="The most articles to read.")] = 50,
) -> None:
    """Let the language model propose facts from new articles; what it can't prove word for word is refused."""
    with console_settings() as settings:
        from bot import app as parts
        from bot.language_model import Endpoint
        from ingest.facts.language_model import propose_facts

        if not settings.llm_url:
            raise exit_with("No language model is set: TRENDBOT_LLM_URL and TRENDBOT_LLM_MODEL name one.", USAGE)
        engine, clock = parts.open_store(settings), parts.clock(settings)
        print(propose_facts(engine, Endpoint(settings, engine, clock), settings.llm_model, clock(), limit))


@app.command("export")
def facts_export(
    out: Out = None,
    form: Annotated[str, typer.Option(help="jsonl or csv.")] = "jsonl",
    every: Annotated[bool, typer.Option("--all", help="Also facts that are not believed any more.")] = False,
) -> None:
    """Write the facts with their sources."""
    with console_settings() as settings:
        from bot import app as parts
        from ingest.facts.tables import export
        from models.database import transaction

        if form not in ("jsonl", "csv"):
            raise exit_with(f"“{form}” is no form: jsonl or csv.", USAGE)
        engine = parts.open_store(settings)
        try:
            with transaction(engine) as session:
                if out is None:
                    export.export_facts(session, sys.stdout, form, every)
                    return
                with out.open("w", encoding="utf-8", newline="") as stream:
                    print(f"{export.export_facts(session, stream, form, every):,} facts written to {out}.")
        except OSError as error:
            raise exit_with(f"{out or 'Standard output'} can't be written ({error}).") from None
