"""The sources in the store: those of a list, and those that people add, remove or pause.

The list says what should be read; the rows say what is known of each source. What a person removed or paused stays so,
whatever a newer list says. A source that has moved for good keeps its new address until the list names another.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from gazetteer.files import default_list
from models.database import transaction
from models.load_state import files_hash, is_loaded, note_loaded
from models.source import Source, SourceState, reset_source

if TYPE_CHECKING:
    from gazetteer.opml import ListedSource

LOADED = "sources"


def configure_sources(engine: Engine, path: Path | None = None) -> None:
    """Brings the sources that are read in line with a list; sources that people added stay.

    A source that is gone from the list stays as an outlet and is no longer read. Raises GazetteerError for a list with
    mistakes.
    """
    path = path or default_list()
    wanted = files_hash([path])
    with transaction(engine) as session:
        if is_loaded(session, LOADED, wanted):
            return
    listed = {source_.name: source_ for source_ in _listed(path)}
    with transaction(engine, writes=True) as session:
        known = {source.name: source for source in session.exec(select(Source).where(col(Source.name).in_(listed)))}
        for source in session.exec(select(Source).where(Source.listed != "")):
            if source.name not in listed and not source.added_by:
                source.url = source.listed = ""
        for name, source_ in listed.items():
            put_source(session, known.get(name) or Source(name=name), source_)
        note_loaded(session, LOADED, wanted)


def put_source(session: Session, source: Source, listed: "ListedSource", by: str = "") -> Source:
    """Sets a source to what a list or a person (`by`) says. The list doesn't touch what a person has changed."""
    if source.added_by and not by:
        source.listed = source.listed and listed.url
        return source
    if by or source.listed != listed.url:
        state = source.state
        source.url = listed.url
        reset_source(source)
        source.state = SourceState.PAUSED if state == SourceState.PAUSED else SourceState.NEW
    source.listed = "" if by else listed.url
    source.added_by = by
    source.kind, source.language, source.outlet = listed.kind, listed.language, listed.outlet
    source.weight, source.home, source.topic, source.options = listed.weight, listed.home, listed.topic, listed.options
    if listed.paused and source.polled_at is None:
        source.state = SourceState.PAUSED
    session.add(source)
    return source


def add_list(engine: Engine, found: "Iterable[ListedSource]", by: str) -> tuple[int, list[str]]:
    """Adds the sources of a list that are not read yet; returns their number, and a sentence for each one refused."""
    from ingest.sources.kinds import KINDS

    added, refused = 0, []
    with transaction(engine, writes=True) as session:
        stored = list(session.exec(select(Source)))
        names = {source.name: source for source in stored}
        urls = {source.url for source in stored if source.url}
        for source in found:
            known = names.get(source.name)
            if source.kind not in KINDS:
                refused.append(f"“{source.name}” has an unknown kind: {source.kind}")
            elif source.url not in urls and (known is None or not known.url):
                put_source(session, known or Source(name=source.name), source, by)
                added += 1
    return added, refused


def as_list(sources: Iterable[Source]) -> "list[ListedSource]":
    """Stored sources in the form of a list."""
    from gazetteer.opml import ListedSource

    return [
        ListedSource(
            source.name,
            source.url,
            source.kind,
            source.language,
            source.outlet,
            source.weight,
            source.home,
            source.topic,
            source.state == SourceState.PAUSED,
            source.options,
        )
        for source in sources
    ]


def _listed(path: Path) -> "list[ListedSource]":
    from gazetteer.opml import ListError, read_opml
    from gazetteer.reader import GazetteerError
    from ingest.sources.kinds import KINDS

    try:
        found, mistakes = read_opml(path.read_bytes())
    except OSError as error:
        raise GazetteerError([f"{path} can't be read ({error.strerror or error})"]) from error
    except ListError as error:
        raise GazetteerError([f"{path} {error}. A list of sources is OPML: see docs/sources.md"]) from error
    mistakes += [f"“{source.name}” has an unknown kind: {source.kind}" for source in found if source.kind not in KINDS]
    if mistakes:
        raise GazetteerError([f"{path}: {mistake}" for mistake in mistakes])
    return found
