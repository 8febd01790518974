"""`trendbot sources`: lists, tests, adds and manages news sources, and exchanges them as OPML."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.console import FAILURE, USAGE, cannot_read, console_settings, exit_with, write_file

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from bot.settings import Settings
    from models.source import Source

app = typer.Typer(help="List, test, add and manage news sources.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="Name or address of the source, as `trendbot sources list` shows it.")]
Options = Annotated[str, typer.Option(help="Extra settings that the kind needs, as a JSON object.")]

SHOWN = 10
"""Articles that a test of a source prints."""


@app.command("list")
def list_(
    state: Annotated[
        str, typer.Option(help="Show only sources in this state: new, failing, quiet, flooding, moved, gone, paused…")
    ] = "",
) -> None:
    """List the sources with their state, articles a day, last poll and last error."""
    with console_settings() as settings:
        from bot.app import clock
        from handlers.wording import counted
        from ingest.http.source_keys import hide_keys
        from models.database import transaction
        from models.source import polled_sources, source_state

        engine, now = _store_with_sources(settings), clock(settings)()
        with transaction(engine) as session:
            rows = [(source, source_state(source, now)) for source in polled_sources(session, paused=True)]
        matching = [(source, status) for source, status in rows if not state or status == state.lower()]
        for source, status in matching:
            last = f"read {source.read_at:%Y-%m-%d %H:%M}" if source.read_at else "not read yet"
            rate = f"{source.per_day:.3g} a day" if source.per_day else "rate unknown"
            error = f"  {source.error}" if source.error else ""
            line = f"{status:<9} {source.kind:<11} {source.name}  ({rate}, {last})  {source.url}{error}"
            print(hide_keys(line, settings.keys))
        print(f"{len(matching)} of {counted(len(rows), 'source')}.")


@app.command()
def add(
    address: Annotated[
        str, typer.Argument(help="Address of a feed, a page that links to one, a sitemap, a project, a forum…")
    ],
    name: Annotated[str, typer.Option(help="Name to show; default: the source's own title.")] = "",
    kind: Annotated[str, typer.Option(help="Kind of source, if the address does not show it (docs/sources.md).")] = "",
    language: Annotated[str, typer.Option(help="Language code, such as en or zh.")] = "",
    outlet: Annotated[str, typer.Option(help="Outlet to count its articles for; default: its own name.")] = "",
    weight: Annotated[
        float, typer.Option(min=0.1, max=10, help="2 for primary sources, 1 for most, 0.5 for weak ones.")
    ] = 1.0,
    options: Options = "",
    unseen: Annotated[bool, typer.Option("--unseen", help="Add it without testing it first.")] = False,
) -> None:
    """Add a source. It is tested first, and not added if it can't be read."""
    with console_settings() as settings:
        from bot.app import clock, poll_settings
        from gazetteer.addresses import source_kind_and_address
        from gazetteer.opml import MAX_NAME
        from gazetteer.spelling import tidy
        from handlers.wording import counted
        from ingest.http.source_keys import hide_keys
        from ingest.sources.kinds import KINDS
        from ingest.sources.probe import ProbeResult, probe_address
        from models.database import transaction
        from models.source import add_source, find_source

        if kind and kind not in KINDS:
            raise exit_with(f"“{kind}” is not a kind of source: choose one of {', '.join(KINDS)}.", USAGE)
        extra = _options(options)
        engine, now = _store_with_sources(settings), clock(settings)()
        if unseen:
            guessed, url = source_kind_and_address(address)
            problem = "" if url else "is not an address: start it with http://, https:// or file://"
            found = ProbeResult(kind or guessed, hide_keys(url, settings.keys), problem=problem)
        else:
            found = probe_address(address, now, poll_settings(settings), kind, extra)
        if found.problem:
            raise exit_with(f"{address} {found.problem}. Nothing was added.")
        title = tidy(name or found.name)[:MAX_NAME] or address
        with transaction(engine, writes=True) as session:
            if (known := find_source(session, found.url) or find_source(session, title)) is not None:
                raise exit_with(
                    f"{known.name} is already a source, at {known.url}. For another source, choose another --name."
                )
            source = add_source(session, title, found.url, found.kind, "operator")
            source.language, source.outlet, source.weight, source.options = language, outlet, weight, extra
        print(f"Added {title}: {found.kind} at {found.url}.")
        if not unseen:
            print(f"It has {counted(len(found.items), 'article')} now. They trigger no alert unless they span a week.")


@app.command()
def remove(name: Name) -> None:
    """Stop reading a source for good. Its articles stay."""
    with console_settings() as settings:
        from models.source import remove_source

        print(
            f"Removed {_change(settings, name, lambda source: remove_source(source, 'operator'))}. Its articles stay."
        )


@app.command()
def pause(name: Name) -> None:
    """Stop reading a source until it is resumed."""
    with console_settings() as settings:
        from models.source import SourceState

        print(f"{_change(settings, name, lambda source: setattr(source, 'state', SourceState.PAUSED))} is paused.")


@app.command()
def resume(name: Name) -> None:
    """Read a paused source again, or retry one that is on hold after errors."""
    with console_settings() as settings:
        from models.source import resume_source

        print(f"{_change(settings, name, resume_source)} is resumed and will be read in the next poll.")


@app.command("test")
def probe(
    address: Annotated[str, typer.Argument(help="An address, or the name of a source.")],
    kind: Annotated[str, typer.Option(help="Kind of source, if the address does not show it.")] = "",
    options: Options = "",
) -> None:
    """Test an address: find its feed and show the articles it would import. Stores nothing."""
    with console_settings() as settings:
        from bot.app import clock, poll_settings
        from handlers.wording import counted
        from ingest.sources.probe import probe_address
        from models.database import transaction
        from models.source import find_source

        extra = _options(options)
        engine, now = _store_with_sources(settings), clock(settings)()
        with transaction(engine) as session:
            known = find_source(session, address)
            if known is not None:
                address, kind, extra = known.url, kind or known.kind, extra or dict(known.options)
        found = probe_address(address, now, poll_settings(settings), kind, extra)
        if found.problem:
            raise exit_with(f"{found.url} {found.problem}.")
        print(f"{found.name or 'Untitled'}: {found.kind} at {found.url}")
        for item in found.items[:SHOWN]:
            print(f"  {item.published_at:%Y-%m-%d %H:%M}  {item.title or item.summary[:100]}  {item.url}")
        if len(found.items) > SHOWN:
            print(f"  …and {len(found.items) - SHOWN} more")
        for refused in found.refused[:SHOWN]:
            print(f"  rejected: {refused.reason}", file=sys.stderr)
        print(f"{counted(len(found.items), 'article')} would be imported, {len(found.refused):,} rejected.")
        if not found.items and found.refused:
            raise typer.Exit(FAILURE)


@app.command("import")
def import_(file: Annotated[Path, typer.Argument(help="OPML file, as exported by any feed reader.")]) -> None:
    """Add the sources of an OPML file. Sources that exist already are not changed."""
    with console_settings() as settings:
        from gazetteer.opml import ListError, read_opml
        from handlers.wording import counted
        from ingest.sources.registry import add_list

        engine = _store_with_sources(settings)
        try:
            listed, mistakes = read_opml(file.read_bytes())
        except OSError as error:
            raise cannot_read(file, error) from None
        except ListError as error:
            raise exit_with(f"{file} {error}.") from None
        added, refused = add_list(engine, listed, "operator")
        for sentence in [*mistakes, *refused]:
            print(sentence, file=sys.stderr)
        print(f"{counted(added, 'source')} added, {len(listed) - added - len(refused):,} already there.")
        if not listed:
            raise typer.Exit(FAILURE)


@app.command()
def export(
    file: Annotated[Path | None, typer.Argument(help="File to write; default: standard output.")] = None,
) -> None:
    """Export the sources as OPML, which any feed reader can import."""
    with console_settings() as settings:
        from gazetteer.opml import write_opml
        from ingest.sources.registry import as_list
        from models.database import transaction
        from models.source import polled_sources

        engine = _store_with_sources(settings)
        with transaction(engine) as session:
            data = write_opml(as_list(polled_sources(session, paused=True)))
        if file is None:
            sys.stdout.write(data.decode())
            return
        write_file(file, data)


def _store_with_sources(settings: "Settings") -> "Engine":
    """Opens the store, with the configured list of sources in it."""
    from bot.app import open_store
    from ingest.sources import registry

    engine = open_store(settings)
    registry.configure_sources(engine, settings.sources)
    return engine


def _change(settings: "Settings", name: str, change: "Callable[[Source], object]") -> str:
    """Changes the source with a name or address, and returns its name as stored. Exits if there is none."""
    from models.database import transaction
    from models.source import find_source, similar_sources

    with transaction(_store_with_sources(settings), writes=True) as session:
        source = find_source(session, name)
        if source is None:
            similar = similar_sources(session, name)
            step = f"Did you mean {' or '.join(similar)}?" if similar else "`trendbot sources list` shows all of them."
            raise exit_with(f"There is no source “{name}”. {step}")
        change(source)
        return source.name


def _options(text: str) -> dict[str, Any]:
    try:
        options = json.loads(text or "{}")
    except ValueError:
        options = None
    if not isinstance(options, dict):
        raise exit_with("""--options must be a JSON object, such as '{"items": "data"}'.""", USAGE)
    return options
