"""`trendbot sources`: what is read, how it is doing, and lists in and out."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.console import REFUSED, USAGE, console_settings, exit_with

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from bot.settings import Settings
    from models.source import Source

app = typer.Typer(help="Where the news comes from.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="The source's name or address, as `trendbot sources list` shows it.")]
SHOWN = 10
"""Items that a look at a source shows."""


@app.command("list")
def list_(
    state: Annotated[str, typer.Option(help="Only those that are failing, quiet, flooding, moved, gone, paused…")] = "",
) -> None:
    """Show every source: its state, what it tells on a day, when it was last read, and what is wrong."""
    with console_settings() as settings:
        from bot import app as parts
        from models.database import transaction
        from models.source import polled_sources, source_state

        engine, now = parts.open_store(settings), parts.clock(settings)()
        _configured(settings, engine)
        with transaction(engine) as session:
            rows = [(one, source_state(one, now)) for one in polled_sources(session, paused=True)]
        some = [(one, how) for one, how in rows if not state or how == state.lower()]
        for one, how in some:
            last = f"read {one.read_at:%Y-%m-%d %H:%M}" if one.read_at else "not read yet"
            rate = f"{one.per_day:.3g} a day" if one.per_day else "rate unknown"
            trouble = f"  {one.error}" if one.error else ""
            print(f"{how:<9} {one.kind:<11} {one.name}  ({rate}, {last})  {one.url}{trouble}")
        print(f"{len(some)} of {len(rows)} sources.")


@app.command()
def add(
    address: Annotated[str, typer.Argument(help="A feed, a page that names one, a sitemap, a project, a forum…")],
    name: Annotated[str, typer.Option(help="What to call it; without it, what it calls itself.")] = "",
    kind: Annotated[str, typer.Option(help="Its kind, where the address does not tell: see docs/sources.md.")] = "",
    language: Annotated[str, typer.Option(help="Its language, such as en or zh.")] = "",
    outlet: Annotated[str, typer.Option(help="The outlet that its articles count for, if not its own name.")] = "",
    weight: Annotated[float, typer.Option(min=0.1, max=10, help="2 for who makes the news, 1, or 0.5.")] = 1.0,
    options: Annotated[str, typer.Option(help="What its kind needs besides, as a JSON object.")] = "",
    unseen: Annotated[bool, typer.Option("--unseen", help="Add it as it is, without a look at it.")] = False,
) -> None:
    """Add a source. It is looked at first: what can't be read is not added."""
    with console_settings() as settings:
        from bot import app as parts
        from gazetteer.addresses import source_kind_and_address
        from gazetteer.opml import MAX_NAME
        from gazetteer.spelling import tidy
        from ingest.sources.kinds import KINDS
        from ingest.sources.probe import ProbeResult, probe_address
        from models.database import transaction
        from models.source import add_source, find_source

        if kind and kind not in KINDS:
            raise exit_with(f"There is no kind “{kind}”: {', '.join(KINDS)}.", USAGE)
        said = _options(options)
        engine, now = parts.open_store(settings), parts.clock(settings)()
        _configured(settings, engine)
        if unseen:
            guessed, url = source_kind_and_address(address)
            found = ProbeResult(kind or guessed, url, problem="" if url else "is no address of http, https or file")
        else:
            found = probe_address(address, now, parts.poll_settings(settings), kind, said)
        if found.problem:
            raise exit_with(f"{address} {found.problem}. Nothing was added.")
        called = tidy(name or found.name)[:MAX_NAME] or address
        with transaction(engine, writes=True) as session:
            if (known := find_source(session, found.url) or find_source(session, called)) is not None:
                raise exit_with(f"{known.name} is read already, at {known.url}. Give another with --name.")
            source = add_source(session, called, found.url, found.kind, "operator")
            source.language, source.outlet, source.weight, source.options = language, outlet, weight, said
        print(f"{called} is read from now on, at {found.url} ({found.kind}).")
        if not unseen:
            print(f"It tells {len(found.items)} articles now; they are history, and no occasion for an alert.")


@app.command()
def remove(name: Name) -> None:
    """Read a source no more. Its articles stay."""
    with console_settings() as settings:
        from models.source import remove_source

        removed = _changed(settings, name, lambda one: remove_source(one, "operator"))
        print(f"{removed} is read no more. Its articles stay.")


@app.command()
def pause(name: Name) -> None:
    """Do not read a source until it is resumed."""
    with console_settings() as settings:
        from models.source import SourceState

        print(f"{_changed(settings, name, lambda one: setattr(one, 'state', SourceState.PAUSED))} is paused.")


@app.command()
def resume(name: Name) -> None:
    """Read a paused source again; one that is left alone because of trouble is tried at once."""
    with console_settings() as settings:
        from models.source import resume_source as again

        print(f"{_changed(settings, name, again)} is read again, from the next round on.")


@app.command("test")
def look(
    address: Annotated[str, typer.Argument(help="An address, or the name of a source.")],
    kind: Annotated[str, typer.Option(help="Its kind, where the address does not tell.")] = "",
    options: Annotated[str, typer.Option(help="What its kind needs besides, as a JSON object.")] = "",
) -> None:
    """Look at an address: find its feed, and show what it would take in. Stores nothing."""
    with console_settings() as settings:
        from bot import app as parts
        from ingest.sources.probe import probe_address
        from models.database import transaction
        from models.source import find_source

        said = _options(options)
        engine, now = parts.open_store(settings), parts.clock(settings)()
        _configured(settings, engine)
        with transaction(engine) as session:
            known = find_source(session, address)
            if known is not None:
                address, kind, said = known.url, kind or known.kind, said or dict(known.options)
        found = probe_address(address, now, parts.poll_settings(settings), kind, said)
        if found.problem:
            raise exit_with(f"{found.url} {found.problem}.")
        print(f"{found.name or 'Nothing yet'}: {found.kind} at {found.url}")
        for one in found.items[:SHOWN]:
            print(f"  {one.published_at:%Y-%m-%d %H:%M}  {one.title or one.summary[:100]}  {one.url}")
        if len(found.items) > SHOWN:
            print(f"  …and {len(found.items) - SHOWN} more")
        for refused in found.refused[:SHOWN]:
            print(f"  can't be used: {refused.reason}", file=sys.stderr)
        print(f"{len(found.items)} articles would be taken in, {len(found.refused)} can't be used.")
        if not found.items and found.refused:
            raise typer.Exit(REFUSED)


@app.command("import")
def import_(file: Annotated[Path, typer.Argument(help="A list in OPML, as every feed reader gives it out.")]) -> None:
    """Add the sources of a list. Those that are there already stay as they are."""
    with console_settings() as settings:
        from bot import app as parts
        from gazetteer.opml import ListError, read_opml
        from ingest.sources.registry import add_list

        engine = parts.open_store(settings)
        _configured(settings, engine)
        try:
            found, mistakes = read_opml(file.read_bytes())
        except OSError as error:
            raise exit_with(f"{file} can't be read ({error.strerror or error}).") from None
        except ListError as error:
            raise exit_with(f"{file} {error}.") from None
        added, refused = add_list(engine, found, "operator")
        for sentence in [*mistakes, *refused]:
            print(sentence, file=sys.stderr)
        print(f"{added} sources were added, {len(found) - added - len(refused)} were there already.")
        if not found:
            raise typer.Exit(REFUSED)


@app.command()
def export(
    file: Annotated[Path | None, typer.Argument(help="Where to write; without it, standard output.")] = None,
) -> None:
    """Write the sources as a list in OPML, which every feed reader takes in."""
    with console_settings() as settings:
        from bot import app as parts
        from gazetteer.opml import write_opml
        from ingest.sources.registry import as_list
        from models.database import transaction
        from models.source import polled_sources

        engine = parts.open_store(settings)
        _configured(settings, engine)
        with transaction(engine) as session:
            data = write_opml(as_list(polled_sources(session, paused=True)))
        if file is None:
            sys.stdout.write(data.decode())
            return
        try:
            file.write_bytes(data)
        except OSError as error:
            raise exit_with(f"{file} can't be written ({error}).") from None


def _configured(settings: "Settings", engine: "Engine") -> None:
    """The list that comes with the program, or the operator's, before it is looked at or changed."""
    from ingest.sources import registry

    registry.configure_sources(engine, settings.sources)


def _changed(settings: "Settings", name: str, change: "Callable[[Source], object]") -> str:
    """Changes the source of a name, and gives that name as it is written."""
    from bot import app as parts
    from models.database import transaction
    from models.source import find_source, similar_sources

    engine = parts.open_store(settings)
    _configured(settings, engine)
    with transaction(engine, writes=True) as session:
        found = find_source(session, name)
        if found is None:
            like = similar_sources(session, name)
            raise exit_with(f"No source is called “{name}”." + (f" Is it {' or '.join(like)}?" if like else ""))
        change(found)
        return found.name


def _options(said: str) -> dict[str, Any]:
    try:
        found = json.loads(said or "{}")
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise exit_with('--options is a JSON object, such as {"items": "data"}.', USAGE)
    return found
