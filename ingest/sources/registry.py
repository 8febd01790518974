"""The list of sources and the store: what is read by default, and what people add, take out or pause.

A list is a wish, the rows are what is known of each source. What a person took out or paused stays so, whatever a
newer list says; what was found at another address for good stays there until the list names a new one.
"""

from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from gazetteer.opml import ListedSource, ListError, default_list, read_opml
from gazetteer.reader import GazetteerError
from ingest.sources.kinds import KINDS
from models.database import transaction
from models.load_state import files_hash, is_loaded, note_loaded
from models.source import Source, SourceState, reset_source

LOADED = "sources"


def configure_sources(engine: Engine, path: Path | None = None) -> None:
    """Makes the sources that are read those of a list, and those that people added.

    One that is gone from the list is kept as an outlet, but not read. Raises CatalogueError for a list with mistakes.
    """
    path = path or default_list()
    wanted = files_hash([path])
    with transaction(engine) as session:
        if is_loaded(session, LOADED, wanted):
            return
    listed = {one.name: one for one in _listed(path)}
    with transaction(engine, writes=True) as session:
        known = {source.name: source for source in session.exec(select(Source).where(col(Source.name).in_(listed)))}
        for source in session.exec(select(Source).where(Source.listed != "")):
            if source.name not in listed and not source.added_by:
                source.url = source.listed = ""
        for name, one in listed.items():
            put_source(session, known.get(name) or Source(name=name), one)
        note_loaded(session, LOADED, wanted)


def put_source(session: Session, source: Source, one: ListedSource, by: str = "") -> Source:
    """Makes a source what a list or a person says. `by`: the person; the list does not touch what people changed."""
    if source.added_by and not by:
        source.listed = source.listed and one.url
        return source
    if by or source.listed != one.url:
        state = source.state
        source.url = one.url
        reset_source(source)
        source.state = SourceState.PAUSED if state == SourceState.PAUSED else SourceState.NEW
    source.listed = "" if by else one.url
    source.added_by = by
    source.kind, source.language, source.outlet = one.kind, one.language, one.outlet
    source.weight, source.home, source.topic, source.options = one.weight, one.home, one.topic, one.options
    if one.paused and source.polled_at is None:
        source.state = SourceState.PAUSED
    session.add(source)
    return source


def add_list(engine: Engine, found: Iterable[ListedSource], by: str) -> tuple[int, list[str]]:
    """Adds the sources of a list that are not read yet; gives their number, and a sentence for each that can't be."""
    added, refused = 0, []
    with transaction(engine, writes=True) as session:
        every = list(session.exec(select(Source)))
        names = {one.name: one for one in every}
        urls = {one.url for one in every if one.url}
        for one in found:
            known = names.get(one.name)
            if one.kind not in KINDS:
                refused.append(f"“{one.name}” is of no kind that is known: {one.kind}")
            elif one.url not in urls and (known is None or not known.url):
                put_source(session, known or Source(name=one.name), one, by)
                added += 1
    return added, refused


def as_list(sources: Iterable[Source]) -> list[ListedSource]:
    """Rows as a list has them."""
    return [
        ListedSource(
            one.name,
            one.url,
            one.kind,
            one.language,
            one.outlet,
            one.weight,
            one.home,
            one.topic,
            one.state == SourceState.PAUSED,
            one.options,
        )
        for one in sources
    ]


def _listed(path: Path) -> list[ListedSource]:
    try:
        found, mistakes = read_opml(path.read_bytes())
    except OSError as error:
        raise GazetteerError([f"{path} can't be read ({error.strerror or error})"]) from error
    except ListError as error:
        raise GazetteerError([f"{path} {error}: the list of sources is OPML, see docs/sources.md"]) from error
    mistakes += [f"“{one.name}” is of no kind that is known: {one.kind}" for one in found if one.kind not in KINDS]
    if mistakes:
        raise GazetteerError([f"{path}: {mistake}" for mistake in mistakes])
    return found
