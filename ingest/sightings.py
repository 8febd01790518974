"""Keeps count of the names that nobody listed, from their first story on.

text, listed names in it -> candidates that are not listed -> sightings, and the totals of each candidate
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, select, tuple_

from catalogue.spelling import squash
from ingest.candidates import Known, candidates, launched, unlisted
from ingest.link import Match
from models.candidate import MERGED, REJECTED, WAITING, Candidate, Sighting
from models.database import add_rows, chunks, reserve, table

APART = frozenset(["company", "lab", "person", "cloud", "regulator", "datacenter", "benchmark"])
"""Kinds whose names are no part of others': "OpenAI GPT-9" is GPT-9, but "Gemini 9" is a name of its own."""

SHORTEST, LENGTH = 2, 60
"""Characters of the names that are counted."""


class Seen(NamedTuple):
    """A name that nobody listed, in one article."""

    key: str
    text: str
    kind: str
    launched: bool


class Sighted(NamedTuple):
    """The same, with the story and where it was told."""

    name: Seen
    story: int
    hour: int
    source: int


def seen(title: str, summary: str, again: bool, places: Sequence[Match], apart: Collection[int]) -> list[Seen]:
    """The unlisted names of an article, each once; `places` are those of the listed names.

    `again`: the title is a heading that has been counted before, and tells of nobody.
    """
    text = f"{title}\n{summary}" if summary else title
    found: dict[str, Seen] = {}
    known = [Known(place.start, place.end, place.entity_id in apart) for place in places]
    for one in unlisted(candidates(text, {(place.start, place.end) for place in places}), known):
        key = squash(one.text)
        if len(one.text) > LENGTH or len(key) < SHORTEST or (again and one.end <= len(title)):
            continue
        before = found.get(key)
        if before is None:
            found[key] = Seen(key, one.text, one.kind, launched(text, one))
        elif not (before.kind and before.launched):
            new = before.launched or launched(text, one)
            found[key] = Seen(key, before.text, before.kind or one.kind, new)
    return list(found.values())


def note(connection: Connection, sighted: Iterable[Sighted], new: Collection[int]) -> None:
    """Stores sightings, and the totals that follow from them; a story is counted once for each name.

    `new` are stories that were not there before.
    """
    rows: dict[tuple[str, int], Sighted] = {}
    for one in sighted:
        rows.setdefault((one.name.key, one.story), one)
    if not rows:
        return
    candidate, sighting = table(Candidate), table(Sighting)
    known: dict[str, tuple[int, str]] = {}
    for some in chunks(sorted({key for key, _ in rows})):
        query = select(candidate.c.key, candidate.c.id, candidate.c.state).where(candidate.c.key.in_(some))
        known.update({key: (number, state) for key, number, state in connection.execute(query)})
    rows = {pair: one for pair, one in rows.items() if known.get(pair[0], (0, WAITING))[1] not in (REJECTED, MERGED)}
    for some in chunks([(known[key][0], story) for key, story in rows if key in known and story not in new], 10_000):
        query = select(sighting.c.candidate_id, sighting.c.story_id).where(
            tuple_(sighting.c.candidate_id, sighting.c.story_id).in_(some)
        )
        there: set[tuple[int, int]] = {(row.candidate_id, row.story_id) for row in connection.execute(query)}
        rows = {pair: one for pair, one in rows.items() if (known.get(pair[0], (0,))[0], pair[1]) not in there}
    fresh = [key for key in dict.fromkeys(key for key, _ in rows) if key not in known]
    known.update(
        {key: (number, WAITING) for key, number in zip(fresh, reserve(connection, candidate, len(fresh)), strict=True)}
    )
    totals: dict[str, list[Sighted]] = defaultdict(list)
    for (key, _), one in rows.items():
        totals[key].append(one)
    add_rows(
        connection,
        candidate,
        [
            (
                known[key][0],
                key,
                some[0].name.text,
                min(one.hour for one in some),
                max(one.hour for one in some),
                len(some),
                WAITING,
                None,
                None,
                None,
                True,
            )
            for key, some in totals.items()
        ],
        "(key) DO UPDATE SET stories = candidate.stories + excluded.stories,"
        " first_hour = CASE WHEN excluded.first_hour < candidate.first_hour"
        " THEN excluded.first_hour ELSE candidate.first_hour END,"
        " last_hour = CASE WHEN excluded.last_hour > candidate.last_hour"
        " THEN excluded.last_hour ELSE candidate.last_hour END",
    )
    add_rows(
        connection,
        sighting,
        sorted(
            (known[key][0], story, one.hour, one.source, one.name.kind, one.name.launched)
            for (key, story), one in rows.items()
        ),
    )
