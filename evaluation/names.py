"""How well new names are found: a stretch of the store's news read again, without the names that only it brought.

What is measured, and how it is judged:

- **The catalogue as a reader would have had it.** Of the catalogue's models, products, families, benchmarks and chips
  those are switched off that the store's articles do not name before the first day.
- **A label is to be found** if its first issue in the file of labels lies in the period, its squashed spelling (see
  gazetteer.spelling.squash) is none of a name that was left on, it was not told of in the store before the first
  day, and it stands in the texts of its day or the next. Labels that fail the last are counted apart: no reader of
  these articles could find them.
- **It is found in time** if a name that is the same was found by the end of the first or second day of news from its
  label's on, or before. Two names are the same if their squashed spellings are equal, or one of them, with five
  characters or more, ends the other and all their digits agree ("opus-4.6", "Claude Opus 4.6").
- **A found name is backed** if it is the same as a label of any kind (model, company, person, topic) of any issue in
  the period, or as a name of the whole catalogue. The others are written to the file of found names with
  `backed: false`: labels are not exhaustive, so some of them are right; their share is an upper bound of what is wrong.
- **Linking**: of the labels (models) that stand in the title or description of their issue, the share whose place
  there is found: by the names left on alone, and with candidates that are versions or were found by then.
"""

import gzip
import json
import re
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, TextIO

from sqlalchemy import Engine, select, update

import migrations
from gazetteer.spelling import squash, tidy
from ingest.articles.item import Item
from ingest.entities.annotate import annotator
from ingest.entities.annotate import load_aliases as names_of
from ingest.entities.candidates import KnownSpan, find_candidates, unlisted
from ingest.formats.files import FileError
from ingest.pipeline import BATCH, Ingest
from ingest.relinking.discovery import discover_names
from ingest.relinking.gazetteer_changes import load_gazetteer
from models.article import Article
from models.candidate import Candidate
from models.count import hour_of
from models.database import chunks, connect, table, writing
from models.entity import DISCOVERED, Alias, Entity, Parent
from models.mention import Mention
from models.source import Source

KINDS = ("model", "product", "family", "benchmark", "chip")
"""Kinds of the names that are switched off where nobody told of them before."""

PAST = 60
"""Days before the first whose articles are read, so that a name has a past."""

LABELS = ("companies", "models", "people", "topics")

SHORTEST = 5
"""Characters of a squashed name that may end another one and be the same."""


@dataclass(frozen=True)
class EditorLabel:
    """A name that editors gave to an issue."""

    name: str
    day: date


@dataclass(frozen=True)
class FoundName:
    """A name that was found, as it is written to a file."""

    name: str
    kind: str
    parents: tuple[str, ...]
    first_seen: str
    found: date
    stories: int
    backed: bool
    keys: tuple[str, ...]
    """Every squashed spelling of it."""


@dataclass(frozen=True)
class NameScores:
    """The figures, see the module's docstring."""

    off: int
    labels: int
    absent: int
    in_time: int
    missed: tuple[str, ...]
    found: int
    backed: int
    described: int
    listed: int
    linked: int
    """Of the labels in descriptions (`described`), those found by the names left on, and with candidates."""


def evaluate_names(engine: Engine, path: Path, first: date, last: date, out: TextIO | None) -> NameScores:
    """Reads the news of a period again and measures; writes each found name to `out`, one JSON object a line.

    The store is only read: what is found goes to one of its own in a temporary folder.
    Raises FileError when the labels can't be read.
    """
    issues = list(_issues(path))
    with tempfile.TemporaryDirectory() as folder:
        own = connect(f"sqlite:///{folder}/names.db")
        migrations.upgrade(own)
        load_gazetteer(own)
        off = _off(engine, own, first)
        listed = _listed(own, every=False)
        days = _read_again(engine, own, first, last)
        whole = _listed(own, every=True)
        in_period = [issue for issue in issues if first <= issue["day"] <= last]
        labels = {squash(name) for issue in in_period for name in issue["all"]}
        met = _met(own, labels | whole)
        texts = _texts(engine, first, last)
        wanted, absent = _wanted(issues, first, last, listed | _past(engine, first), texts)
        missed = [label for label in wanted if not _in_time(label, met, days)]
        described, by_list, linked = _linking(own, in_period)
        own.dispose()
    for one in met if out else ():
        row = {
            "name": one.name,
            "kind": one.kind,
            "parents": one.parents,
            "first_seen": one.first_seen,
            "found": one.found.isoformat(),
            "stories": one.stories,
            "backed": one.backed,
        }
        print(json.dumps(row, ensure_ascii=False), file=out)
    return NameScores(
        off,
        len(wanted),
        absent,
        len(wanted) - len(missed),
        tuple(label.name for label in missed),
        len(met),
        sum(one.backed for one in met),
        described,
        by_list,
        linked,
    )


def score_sentences(found: NameScores) -> list[str]:
    """The figures as sentences."""

    def of(part: int, whole: int) -> str:
        return f"{part} of {whole} ({part / whole:.2f})" if whole else f"{part} of 0"

    return [
        f"{found.off} listed names switched off, as nobody told of them before.",
        f"Labels found as new by their second day: {of(found.in_time, found.labels)}; "
        f"{found.absent} more stand in no text of their days.",
        f"Missed: {', '.join(found.missed) or 'none'}.",
        f"Found names that labels or the catalogue back: {of(found.backed, found.found)}.",
        f"Model labels in descriptions: linked by the list alone {of(found.listed, found.described)}, "
        f"with new names {of(found.linked, found.described)}.",
    ]


def is_same_name(one: str, other: str) -> bool:
    """Whether two squashed names are one: equal, or one ends the other and all digits agree."""
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    return len(short) >= SHORTEST and long.endswith(short) and re.findall(r"\d+", short) == re.findall(r"\d+", long)


def _issues(path: Path) -> Iterator[dict[str, Any]]:
    try:
        unpacked = gzip.open if path.suffix == ".gz" else open
        with unpacked(path, "rt", encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                try:
                    row = json.loads(line)
                    kinds = {kind: [str(name) for name in row.get(kind) or []] for kind in LABELS}
                    yield {
                        "day": date.fromisoformat(row["date"]),
                        "models": kinds["models"],
                        "all": [name for some in kinds.values() for name in some],
                        "text": tidy(f"{row.get('title') or ''}\n{row.get('description') or ''}"),
                    }
                except (ValueError, KeyError, TypeError, AttributeError) as error:
                    raise FileError(f"{path}:{number}: needs date and models, as JSON ({error}).") from error
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise FileError(f"{path} can't be read ({error}).") from error


def _off(engine: Engine, own: Engine, first: date) -> int:
    """Switches off in `own` what the store did not tell of before a day; gives how many."""
    start = hour_of(datetime(first.year, first.month, first.day, tzinfo=UTC))
    with engine.connect() as connection:
        entity, mention = table(Entity), table(Mention)
        query = select(entity.c.key).join(mention, mention.c.entity_id == entity.c.id).where(mention.c.hour < start)
        told = set(connection.execute(query.distinct()).scalars())
    with writing(own) as connection:
        entity = table(Entity)
        rows = connection.execute(select(entity.c.id, entity.c.key, entity.c.kind)).all()
        off = [row.id for row in rows if row.kind in KINDS and row.key not in told]
        for some in chunks(off):
            connection.execute(update(entity).where(entity.c.id.in_(some)).values(active=False))
    return len(off)


def _listed(own: Engine, every: bool) -> set[str]:
    """The squashed spellings of the catalogue's names: of those left on, or of every one."""
    entity, alias = table(Entity), table(Alias)
    query = select(alias.c.text).join(entity, entity.c.id == alias.c.entity_id).where(entity.c.origin != DISCOVERED)
    with own.connect() as connection:
        return {squash(text) for text in connection.execute(query if every else query.where(entity.c.active)).scalars()}


def _read_again(engine: Engine, own: Engine, first: date, last: date) -> list[date]:
    """Reads the articles of a period a day at a time and looks for new names after each; gives its days of news."""
    begin = datetime(first.year, first.month, first.day, tzinfo=UTC)
    day_of: dict[date, list[Item]] = defaultdict(list)
    for item in _items(engine, begin - timedelta(days=PAST), begin + timedelta(days=(last - first).days + 1)):
        day_of[item.published_at.date()].append(item)
    ingest = Ingest(own)
    for day in sorted(day_of):
        if day >= first:
            ingest = Ingest(own)
        for start in range(0, len(day_of[day]), BATCH):
            ingest.add(day_of[day][start : start + BATCH])
        if day >= first:
            discover_names(own, datetime(day.year, day.month, day.day, 23, 59, tzinfo=UTC))
    return [day for day in sorted(day_of) if day >= first]


def _items(engine: Engine, begin: datetime, end: datetime) -> Iterator[Item]:
    article, source = table(Article), table(Source)
    query = (
        select(article, source.c.name)
        .join(source, source.c.id == article.c.source_id)
        .where(article.c.hour >= hour_of(begin), article.c.hour < hour_of(end), article.c.published_at < end)
        .order_by(article.c.published_at, article.c.id)
    )
    with engine.connect() as connection:
        for row in connection.execute(query):
            yield Item(row.name, str(row.uid), row.url, row.title, row.summary, row.published_at, row.precise)


def _met(own: Engine, backing: set[str]) -> list[FoundName]:
    entity, candidate, parent = table(Entity), table(Candidate), table(Parent)
    met = []
    with own.connect() as connection:
        shown = dict(connection.execute(select(entity.c.id, entity.c.name)).all())
        above: dict[int, list[str]] = defaultdict(list)
        for child, maker in connection.execute(select(parent.c.entity_id, parent.c.parent_id)):
            above[child].append(shown[maker])
        for one in connection.execute(select(entity).where(entity.c.origin == DISCOVERED).order_by(entity.c.id)):
            rows = connection.execute(select(candidate).where(candidate.c.entity_id == one.id)).all()
            keys = tuple(row.key for row in rows)
            backed = any(is_same_name(key, other) for key in keys for other in backing)
            found = min(row.found_at for row in rows).date()
            stories = sum(row.stories for row in rows)
            seen = one.first_seen.isoformat() if one.first_seen else ""
            met.append(FoundName(one.name, one.kind, tuple(above[one.id]), seen, found, stories, backed, keys))
    return met


def _texts(engine: Engine, first: date, last: date) -> dict[date, str]:
    """The squashed texts of each day of a period."""
    begin = datetime(first.year, first.month, first.day, tzinfo=UTC)
    texts: dict[date, list[str]] = defaultdict(list)
    for item in _items(engine, begin, begin + timedelta(days=(last - first).days + 1)):
        texts[item.published_at.date()].append(squash(f"{item.title} {item.summary}"))
    return {day: "|".join(some) for day, some in texts.items()}


def _wanted(
    issues: list[dict[str, Any]], first: date, last: date, before: set[str], texts: dict[date, str]
) -> tuple[list[EditorLabel], int]:
    """The labels that are to be found, and how many can't be, as no text of their days holds them."""
    days = sorted(texts)
    seen: set[str] = set()
    wanted, absent = [], 0
    for issue in sorted(issues, key=lambda one: one["day"]):
        for name in issue["models"]:
            key = squash(name)
            if key in seen:
                continue
            seen.add(key)
            if not first <= issue["day"] <= last or key in before:
                continue
            near = [day for day in days if day >= issue["day"]][:2]
            if any(key in texts[day] for day in near):
                wanted.append(EditorLabel(name, issue["day"]))
            else:
                absent += 1
    return wanted, absent


def _past(engine: Engine, first: date) -> set[str]:
    """The squashed candidates that the store told of before a day."""
    candidate = table(Candidate)
    start = hour_of(datetime(first.year, first.month, first.day, tzinfo=UTC))
    with engine.connect() as connection:
        return set(connection.execute(select(candidate.c.key).where(candidate.c.first_hour < start)).scalars())


def _in_time(label: EditorLabel, met: list[FoundName], days: list[date]) -> bool:
    key = squash(label.name)
    near = [day for day in days if day >= label.day][:2]
    return (
        any(one.found <= near[-1] for one in met if any(is_same_name(key, other) for other in one.keys))
        if near
        else False
    )


def _linking(own: Engine, issues: list[dict[str, Any]]) -> tuple[int, int, int]:
    """Of the models that stand in their issue's description: how many, by the list, and with candidates."""
    with own.connect() as connection:
        entity = table(Entity)
        found = set(connection.execute(select(entity.c.id).where(entity.c.origin == DISCOVERED)).scalars())
        reads = annotator(names_of(connection))
    total = by_list = linked = 0
    for issue in issues:
        text, folded = issue["text"], squash(issue["text"])
        places = reads.linker.find(text)
        spelled = {squash(text[place.start : place.end]) for place in places if place.entity_id not in found}
        known = [KnownSpan(place.start, place.end, place.entity_id in reads.standalone) for place in places]
        others = {squash(one.text) for one in unlisted(find_candidates(text), known) if one.kind == "model"}
        others |= {squash(text[place.start : place.end]) for place in places if place.entity_id in found}
        for name in issue["models"]:
            key = squash(name)
            if key not in folded:
                continue
            total += 1
            listed = any(is_same_name(key, other) for other in spelled)
            by_list += listed
            linked += listed or any(is_same_name(key, other) for other in others)
    return total, by_list, linked
