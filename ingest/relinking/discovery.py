"""Promotes candidate names to provisional entities, and carries out operators' decisions on them.

    sightings of two days -> usages -> new names -> entity, aliases, parent -> their stories relinked

Runs after ingestion and before spike detection, so that a name can be alerted in the run that found it.
"""

import logging
import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, select, update

from gazetteer.spelling import fold, squash, tidy, variants
from ingest.entities.linker import Linker
from ingest.entities.name_shape import COMMON_WORDS
from ingest.entities.parent import family_of, maker_of
from ingest.pipeline import Ingest
from ingest.relinking.relink import relink_stories
from models.article import Article, on_pages
from models.candidate import FOUND, MERGED, WAITING, Candidate, Sighting
from models.count import hour_of
from models.database import chunks, insert_rows, table, writing
from models.entity import DISCOVERED, FROM_FACT, Alias, Entity, Parent
from models.mention import Mention
from signals.novelty import WINDOW, CandidateUsage, is_new_name
from signals.prominence import placements, story_weights

log = logging.getLogger(__name__)

SIGHTING_HOURS = 21 * 24
"""Hours for which sightings are kept, and so how far back a new name is counted."""

DROP_AFTER, DROP_BUSY_AFTER = 30 * 24, 180 * 24
"""Hours after its last story until a candidate is dropped, with few stories and with many."""

FEW_STORIES = 5
TEXTS_READ = 40
"""Texts read to guess the parent of a name."""

_SAME_VERSION = re.compile(r"(?<=[^\W\d_])v(?=\d)|\.0(?![\d.])")
"""What a version may have or lack: "Foo v2.0" is Foo 2."""

_OWN_VERSION = re.compile(r"[^\W\d_]{2,}\d")
"""A squashed name that can stand alone: "opus9", not "9"."""

KINDS = {"model": "model", "product": "product", "company": "company", "person": "person", "benchmark": "benchmark"}
"""Guessed kinds that are kinds of entities; a name without a guess is a product."""


@dataclass
class KnownNames:
    """What is listed already: owners of squashed spellings, families, and kinds."""

    owner: dict[str, int] = field(default_factory=dict)
    families: dict[str, int | None] = field(default_factory=dict)
    kinds: dict[int, str] = field(default_factory=dict)
    found: dict[str, int] = field(default_factory=dict)
    """Squashed spellings of discovered names, with their entities."""
    versions: dict[str, int] = field(default_factory=dict)
    """Owners of spellings reduced by _version_key."""


def discover_names(engine: Engine, until: datetime, days: int = 0, ingest: Ingest | None = None) -> list[str]:
    """Promotes the names that are new at `until`; returns them as they are displayed.

    Uses only stories up to `until`. With `days`, each of that many earlier days is also checked, oldest first: what an
    import brings was news then. Operators' decisions since the last run are carried out first. `ingest` must have the
    store's current names and has the new ones afterwards; passing it saves loading ten thousand names.
    """
    end = hour_of(until)
    with writing(engine) as connection:
        _apply_decisions(connection, engine)
        promoted: list[int] = []
        stories: set[int] = set()
        known: KnownNames | None = None
        for hour in range(end - 24 * days, end + 1, 24):
            usages = _usages(connection, hour)
            if usages and known is None:
                known = _known_names(connection)
            for usage in usages:
                if known is None or usage.key in known.owner:
                    continue
                usage = replace(usage, family=family_of(usage.text, known.families))  # noqa: PLW2901
                if not is_new_name(usage, known.families):
                    continue
                sightings = _sightings(connection, usage.key, end)
                texts = _texts(connection, sightings)
                if _is_capitalised(usage, texts):
                    ingest = ingest or _ingest(engine, connection)
                    promoted.append(_promote(connection, usage, texts, known, ingest.linker, until))
                    stories |= {story for story, _ in sightings}
        if ingest and promoted:
            ingest.read_names(connection)
            relink_stories(connection, ingest, stories)
        names = _display_names(connection, promoted)
        if names:
            log.info("names found", extra={"names": names})
        if days or end % 24 == 0:
            _prune(connection, end)
    return names


def _ingest(engine: Engine, connection: Connection) -> Ingest:
    """An Ingest with the names as they are in this transaction."""
    ingest = Ingest(engine)
    ingest.read_names(connection)
    return ingest


def _usages(connection: Connection, end: int) -> list[CandidateUsage]:
    candidate, sighting = table(Candidate), table(Sighting)
    rows = connection.execute(select(sighting).where(sighting.c.hour.between(end - WINDOW + 1, end))).all()
    placed = on_pages(connection, sorted({row.story_id for row in rows}), end - WINDOW + 1, end)
    place = placements([entry.page for entry in placed], [entry.source for entry in placed])
    weights = story_weights([entry.story for entry in placed], place.weight)
    seen: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        seen[row.candidate_id].append(row)
    found = []
    for batch in chunks(sorted(seen)):
        for entry in connection.execute(
            select(candidate).where(candidate.c.id.in_(batch), candidate.c.state == WAITING)
        ):
            own_sightings = seen[entry.id]
            kinds = Counter(row.kind for row in own_sightings if row.kind)
            found.append(
                CandidateUsage(
                    entry.text,
                    entry.key,
                    kinds.most_common(1)[0][0] if kinds else "",
                    len(own_sightings),
                    len({row.source_id for row in own_sightings}),
                    sum(row.launched for row in own_sightings),
                    max(entry.stories - len(own_sightings), 0) if entry.first_hour <= end - WINDOW else 0,
                    max(end - WINDOW + 1 - entry.first_hour, 0),
                    sum(weights.get(row.story_id, 1.0) for row in own_sightings),
                )
            )
    return sorted(found, key=lambda entry: (len(entry.text), entry.key))


def _known_names(connection: Connection) -> KnownNames:
    alias, entity = table(Alias), table(Entity)
    known = KnownNames()
    rows = connection.execute(
        select(alias.c.text, entity.c.id, entity.c.kind, entity.c.origin)
        .join(entity, entity.c.id == alias.c.entity_id)
        .where(entity.c.active, entity.c.origin != FROM_FACT)
        .order_by(alias.c.id)
    )
    heads: set[str] = set()
    for text, key, kind, origin in rows:
        squashed = squash(text)
        known.owner.setdefault(squashed, key)
        known.versions.setdefault(_version_key(squashed), key)
        known.kinds[key] = kind
        if origin == DISCOVERED:
            known.found.setdefault(squashed, key)
        if kind in ("family", "model"):
            known.families.setdefault(squashed, key)
            if match := re.match(r"[^\W\d_]{3,}(?=[ \-]?\d)", fold(text)):
                heads.add(match[0])
    for head in heads - COMMON_WORDS:
        known.families.setdefault(head, None)
    return known


def _sightings(connection: Connection, key: str, end: int) -> list[tuple[int, int]]:
    """The stories that mention a candidate, with their hours, oldest first."""
    candidate, sighting = table(Candidate), table(Sighting)
    query = (
        select(sighting.c.story_id, sighting.c.hour)
        .join(candidate, candidate.c.id == sighting.c.candidate_id)
        .where(candidate.c.key == key, sighting.c.hour <= end)
        .order_by(sighting.c.hour, sighting.c.story_id)
    )
    return [(story, hour) for story, hour in connection.execute(query)]


def _texts(connection: Connection, sightings: list[tuple[int, int]]) -> list[Any]:
    """Articles of the newest of these stories: published_at, title, summary."""
    article = table(Article)
    stories = [story for story, _ in sightings[-TEXTS_READ:]] + [story for story, _ in sightings[:1]]
    query = select(article.c.published_at, article.c.title, article.c.summary, article.c.story_id)
    return list(connection.execute(query.where(article.c.story_id.in_(stories)).order_by(article.c.id)))


def _is_capitalised(usage: CandidateUsage, texts: list[Any]) -> bool:
    """Whether texts mostly spell it as a name and not in lower case; a version counts however it is spelt."""
    if any(char.isdigit() for char in usage.text):
        return True
    lower_case = re.compile(rf"(?<!\w){re.escape(usage.text.lower())}(?!\w)")
    capitalised = re.compile(rf"(?<!\w){re.escape(usage.text)}(?!\w)")
    texts = [row.summary or row.title for row in texts]
    return sum(map(bool, map(capitalised.search, texts))) > sum(map(bool, map(lower_case.search, texts)))


def _promote(
    connection: Connection, usage: CandidateUsage, texts: list[Any], known: KnownNames, linker: Linker, until: datetime
) -> int:
    """Creates the entity of a new name, or adds the spelling to the entity it belongs to; returns the entity's id."""
    candidate = table(Candidate)
    same = _same_name(usage.text, known)
    state = MERGED if same else FOUND
    key = same or _entity(connection, usage, texts, until)
    for squashed in {usage.key}:
        known.owner[squashed] = known.found[squashed] = key
        known.versions.setdefault(_version_key(squashed), key)
    if not same:
        parent = _parent(usage, texts, known, linker)
        if parent is not None and parent != key:
            insert_rows(connection, table(Parent), [{"entity_id": key, "parent_id": parent}])
        if usage.kind == "model":
            known.families.setdefault(usage.key, key)
        known.kinds[key] = KINDS.get(usage.kind, "product")
    _add_spellings(connection, key, usage.text)
    connection.execute(
        update(candidate).where(candidate.c.key == usage.key).values(state=state, entity_id=key, found_at=until)
    )
    if same:
        _use_fuller_name(connection, key, usage.text)
    return key


def _display_names(connection: Connection, promoted: list[int]) -> list[str]:
    entity = table(Entity)
    names = dict(connection.execute(select(entity.c.id, entity.c.name).where(entity.c.id.in_(promoted))).all())
    return [names[key] for key in dict.fromkeys(promoted)]


def _same_name(text: str, known: KnownNames) -> int | None:
    """The entity of which this is another spelling ("Opus v9.0" is "Opus 9"), with or without the family before it."""
    words = text.split(" ")
    key = squash(text)
    if (version := _version_key(key)) in known.versions and version[-1].isdigit():
        return known.versions[version]
    for number in range(1, len(words)):
        front, rest = squash(" ".join(words[:number])), squash(" ".join(words[number:]))
        if any(map(str.isdigit, rest)) and rest in known.found and (front in known.families or front in known.owner):
            return known.found[rest]
    for other, owner in known.found.items():
        if other.endswith(key) and other[: -len(key)] in known.families and len(key) > 4 and _OWN_VERSION.match(key):
            return owner
    return None


def _version_key(squashed: str) -> str:
    """A squashed name without the optional parts of its version: "kling3" for "kling3.0"."""
    return _SAME_VERSION.sub("", squashed)


def _entity(connection: Connection, usage: CandidateUsage, texts: list[Any], until: datetime) -> int:
    entity, alias = table(Entity), table(Alias)
    first = min((row.published_at for row in texts), default=until)
    row = {
        "name": usage.text,
        "kind": KINDS.get(usage.kind, "product"),
        "origin": DISCOVERED,
        "active": True,
        "first_seen": first,
        "confirmed": False,
    }
    forms = sorted({fold(form) for form in variants(usage.text)})
    from_fact = connection.execute(
        select(entity.c.id)
        .join(alias, alias.c.entity_id == entity.c.id)
        .where(entity.c.origin == FROM_FACT, alias.c.folded.in_(forms))
    ).scalar()
    if from_fact is not None:
        # A fact mentioned it earlier; its name and kind from then stay.
        kept = {name: value for name, value in row.items() if name not in ("name", "kind")}
        connection.execute(update(entity).where(entity.c.id == from_fact).values(**kept))
        return int(from_fact)
    slug = re.sub(r"[^a-z0-9.]+", "-", fold(usage.text)).strip("-.") or f"name-{usage.key}"
    taken = set(connection.execute(select(entity.c.key).where(entity.c.key.startswith(slug))).scalars())
    key = next(form for form in [slug, *(f"{slug}-{number}" for number in range(2, 1000))] if form not in taken)
    insert_rows(connection, entity, [{"key": key, **row}])
    made: int = connection.execute(select(entity.c.id).where(entity.c.key == key)).scalar_one()
    return made


def _add_spellings(connection: Connection, key: int, text: str) -> None:
    """Adds a name's spellings to those that texts are searched for, except for those already taken."""
    alias, entity = table(Alias), table(Entity)
    forms = {fold(form): form for form in variants(tidy(text))}
    joined = "".join(re.split(r"[ \-]", tidy(text)))
    if not any(char.isdigit() for char in text):
        forms.setdefault(fold(joined), joined)
    taken = select(alias.c.folded).join(entity, entity.c.id == alias.c.entity_id)
    query = taken.where(alias.c.folded.in_(sorted(forms)), entity.c.active)
    taken_forms = set(connection.execute(query).scalars())
    # Common words are a name only when capitalised.
    common_words = all(word in COMMON_WORDS for word in re.findall(r"\w+", fold(text)))
    rule = {"case": True} if common_words or (len(text) <= 4 and text.isascii()) else {}
    rows = [
        {"entity_id": key, "text": form, "folded": folded, "rule": rule}
        for folded, form in forms.items()
        if folded not in taken_forms
    ]
    insert_rows(connection, alias, rows)


def _use_fuller_name(connection: Connection, key: int, text: str) -> None:
    """Displays a discovered name by its longest spelling."""
    entity = table(Entity)
    connection.execute(
        update(entity)
        .where(entity.c.id == key, entity.c.origin == DISCOVERED, func.length(entity.c.name) < len(text))
        .values(name=text)
    )


def _parent(usage: CandidateUsage, texts: list[Any], names: KnownNames, linker: Linker) -> int | None:
    """The family that a name continues, else its maker; None if neither is known."""
    known: Mapping[str, int | None] = names.families
    while key := family_of(usage.text, known):
        if known[key] is not None:
            return known[key]
        known = {name: owner for name, owner in known.items() if name != key}
    read = []
    for row in texts:
        text = f"{row.title}\n{row.summary}" if row.summary else row.title
        read.append((text, linker.find(text)))
    return maker_of(read, [usage.text], names.kinds)


def _apply_decisions(connection: Connection, engine: Engine) -> None:
    """Recounts the stories of names that operators have rejected or merged."""
    candidate, mention = table(Candidate), table(Mention)
    rows = list(connection.execute(select(candidate).where(~candidate.c.settled)))
    if not rows:
        return
    affected = [row.entity_id for row in rows if row.entity_id is not None]
    stories: set[int] = set()
    for batch in chunks(affected):
        stories |= set(connection.execute(select(mention.c.story_id).where(mention.c.entity_id.in_(batch))).scalars())
    relink_stories(connection, _ingest(engine, connection), stories)
    connection.execute(update(candidate).where(~candidate.c.settled).values(settled=True))
    log.info("decisions on names applied", extra={"number": len(rows), "stories": len(stories)})


def _prune(connection: Connection, end: int) -> None:
    candidate, sighting = table(Candidate), table(Sighting)
    connection.execute(delete(sighting).where(sighting.c.hour < end - SIGHTING_HOURS))
    waiting = candidate.c.state == WAITING
    few = waiting & (candidate.c.last_hour < end - DROP_AFTER) & (candidate.c.stories < FEW_STORIES)
    connection.execute(delete(candidate).where(few))
    connection.execute(delete(candidate).where(waiting & (candidate.c.last_hour < end - DROP_BUSY_AFTER)))
