"""Keeps count of the names that nobody listed, from their first story on.

text, listed names in it -> candidates that are not listed -> sightings, and the totals of each candidate
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, select, tuple_

from gazetteer.spelling import squash
from ingest.entities.candidates import KnownSpan, find_candidates, is_announcement, is_launched, unlisted
from ingest.entities.linker import Match
from models.candidate import MERGED, REJECTED, WAITING, Candidate, Sighting
from models.database import add_rows, chunks, reserve, select_among, table

APART = frozenset(["company", "lab", "person", "cloud", "regulator", "datacenter", "benchmark"])
"""Kinds whose names are no part of others': "OpenAI GPT-9" is GPT-9, but "Gemini 9" is a name of its own."""

SHORTEST, LENGTH = 2, 60
"""Characters of the names that are counted."""


class CandidateMention(NamedTuple):
    """A name that nobody listed, in one article."""

    key: str
    text: str
    kind: str
    launched: bool


class CandidateSighting(NamedTuple):
    """The same, with the story and where it was told."""

    name: CandidateMention
    story: int
    hour: int
    source: int


def candidate_mentions(
    title: str, summary: str, again: bool, places: Sequence[Match], apart: Collection[int]
) -> list[CandidateMention]:
    """The unlisted names of an article, each once; `places` are those of the listed names.

    `again`: the title is a heading that has been counted before, and tells of nobody.
    """
    text = f"{title}\n{summary}" if summary else title
    found: dict[str, CandidateMention] = {}
    new = is_announcement(text)
    known = [KnownSpan(place.start, place.end, place.entity_id in apart) for place in places]
    for one in unlisted(find_candidates(text, {(place.start, place.end) for place in places}), known):
        key = squash(one.text)
        if len(one.text) > LENGTH or len(key) < SHORTEST or (again and one.end <= len(title)):
            continue
        before = found.get(key)
        if before is None:
            found[key] = CandidateMention(key, one.text, one.kind, new and is_launched(text, one))
        elif not (before.kind and before.launched):
            told = before.launched or (new and is_launched(text, one))
            found[key] = CandidateMention(key, before.text, before.kind or one.kind, told)
    return list(found.values())


def store_sightings(connection: Connection, sighted: Iterable[CandidateSighting], new: Collection[int]) -> None:
    """Stores sightings, and the totals that follow from them; a story is counted once for each name.

    `new` are stories that were not there before.
    """
    named: dict[str, dict[int, CandidateSighting]] = {}
    for one in sighted:
        named.setdefault(one.name.key, {}).setdefault(one.story, one)
    candidate, sighting = table(Candidate), table(Sighting)
    known: dict[str, int] = {}
    asked = "SELECT key, id, state FROM candidate WHERE key {among}"
    for key, number, state in select_among(connection, asked, sorted(named)):
        if state in (REJECTED, MERGED):
            del named[key]
        else:
            known[key] = number
    keys = {number: key for key, number in known.items()}
    for some in chunks(
        [(known[key], story) for key in keys.values() for story in named[key] if story not in new], 10_000
    ):
        query = select(sighting.c.candidate_id, sighting.c.story_id).where(
            tuple_(sighting.c.candidate_id, sighting.c.story_id).in_(some)
        )
        for number, story in connection.execute(query):
            del named[keys[number]][story]
    fresh = [key for key in named if key not in known]
    known.update(zip(fresh, reserve(connection, candidate, len(fresh)), strict=True))
    totals: list[tuple[Any, ...]] = []
    rows: list[tuple[Any, ...]] = []
    for key, stories in named.items():
        if not stories:
            continue
        number, some = known[key], list(stories.values())
        hours = [one.hour for one in some]
        totals.append(
            (number, key, some[0].name.text, min(hours), max(hours), len(some), WAITING, None, None, None, True)
        )
        rows += [(number, one.story, one.hour, one.source, one.name.kind, one.name.launched) for one in some]
    add_rows(
        connection,
        candidate,
        totals,
        "(key) DO UPDATE SET stories = candidate.stories + excluded.stories,"
        " first_hour = CASE WHEN excluded.first_hour < candidate.first_hour"
        " THEN excluded.first_hour ELSE candidate.first_hour END,"
        " last_hour = CASE WHEN excluded.last_hour > candidate.last_hour"
        " THEN excluded.last_hour ELSE candidate.last_hour END",
    )
    add_rows(connection, sighting, sorted(rows))
