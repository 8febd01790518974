"""Counts names that nobody has listed, from their first story on.

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

STANDALONE_KINDS = frozenset(["company", "lab", "person", "cloud", "regulator", "datacenter", "benchmark"])
"""Kinds whose names are never part of a longer name: "OpenAI GPT-9" is GPT-9, but "Gemini 9" is a name of its own."""

MIN_LENGTH, MAX_LENGTH = 2, 60
"""Characters of the names that are counted."""


class CandidateMention(NamedTuple):
    """An unlisted name in one article."""

    key: str
    text: str
    kind: str
    launched: bool


class CandidateSighting(NamedTuple):
    """A candidate mention with its story, hour and source."""

    mention: CandidateMention
    story: int
    hour: int
    source: int


def candidate_mentions(
    title: str, summary: str, repeated_title: bool, places: Sequence[Match], standalone: Collection[int]
) -> list[CandidateMention]:
    """The unlisted names of an article, each once; `places` are the matches of the listed names.

    `repeated_title`: the title is a heading that was counted before, so its names don't count.
    """
    text = f"{title}\n{summary}" if summary else title
    found: dict[str, CandidateMention] = {}
    announces = is_announcement(text)
    known = [KnownSpan(place.start, place.end, place.entity_id in standalone) for place in places]
    for candidate in unlisted(find_candidates(text, {(place.start, place.end) for place in places}), known):
        key = squash(candidate.text)
        if (
            len(candidate.text) > MAX_LENGTH
            or len(key) < MIN_LENGTH
            or (repeated_title and candidate.end <= len(title))
        ):
            continue
        earlier = found.get(key)
        if earlier is None:
            found[key] = CandidateMention(
                key, candidate.text, candidate.kind, announces and is_launched(text, candidate)
            )
        elif not (earlier.kind and earlier.launched):
            launched = earlier.launched or (announces and is_launched(text, candidate))
            found[key] = CandidateMention(key, earlier.text, earlier.kind or candidate.kind, launched)
    return list(found.values())


def store_sightings(connection: Connection, sighted: Iterable[CandidateSighting], new: Collection[int]) -> None:
    """Stores sightings and updates the candidates' totals; a story counts once for each name.

    `new` are the ids of stories that were not stored before.
    """
    by_key: dict[str, dict[int, CandidateSighting]] = {}
    for sighting in sighted:
        by_key.setdefault(sighting.mention.key, {}).setdefault(sighting.story, sighting)
    candidate, sightings = table(Candidate), table(Sighting)
    known: dict[str, int] = {}
    known_query = "SELECT key, id, state FROM candidate WHERE key {among}"
    for key, number, state in select_among(connection, known_query, sorted(by_key)):
        if state in (REJECTED, MERGED):
            del by_key[key]
        else:
            known[key] = number
    keys = {number: key for key, number in known.items()}
    for batch in chunks(
        [(known[key], story) for key in keys.values() for story in by_key[key] if story not in new], 10_000
    ):
        query = select(sightings.c.candidate_id, sightings.c.story_id).where(
            tuple_(sightings.c.candidate_id, sightings.c.story_id).in_(batch)
        )
        for number, story in connection.execute(query):
            del by_key[keys[number]][story]
    new_keys = [key for key in by_key if key not in known]
    known.update(zip(new_keys, reserve(connection, candidate, len(new_keys)), strict=True))
    totals: list[tuple[Any, ...]] = []
    rows: list[tuple[Any, ...]] = []
    for key, stories in by_key.items():
        if not stories:
            continue
        number, batch = known[key], list(stories.values())
        hours = [sighting.hour for sighting in batch]
        totals.append(
            (number, key, batch[0].mention.text, min(hours), max(hours), len(batch), WAITING, None, None, None, True)
        )
        rows += [
            (number, sighting.story, sighting.hour, sighting.source, sighting.mention.kind, sighting.mention.launched)
            for sighting in batch
        ]
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
    add_rows(connection, sightings, sorted(rows))
