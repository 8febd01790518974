"""Measures the discovery of new names: ingests a period again without the names that first appeared in it.

What is measured:

- **The catalogue of the time.** Models, products, families, benchmarks and chips of the catalogue that no stored
  article mentions before the first day are disabled.
- **New labels.** Editors' labels come from a file of newsletter issues. A label counts as new if its first issue is in
  the period, its squashed spelling (gazetteer.spelling.squash) is not that of an enabled name, the store had no such
  candidate before the first day, and articles of its day or the next contain it. Labels that fail only the last test
  are counted separately as absent, as nothing could find them.
- **Found in time.** A label is found in time if the same name is discovered by the end of the second day of news from
  the label's day on. Two names are the same if their squashed spellings are equal, or if one of at least five
  characters ends the other and all digits agree ("opus-4.6", "Claude Opus 4.6").
- **Backed.** A discovered name is backed if it is the same as any label in the period (model, company, person, topic),
  or as a name of the whole catalogue. Others have `backed: false` in the output. As labels are not exhaustive, the
  share of unbacked names is an upper bound for false ones.
- **Linking.** Of the model labels in their issue's title or description, the share that is linked there: by enabled
  names alone, and with candidates that are versions or had been discovered.
"""

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
from evaluation.json_lines import read_json_lines
from gazetteer.spelling import squash, tidy
from ingest.articles.item import Item
from ingest.entities.annotate import annotator, load_aliases
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
"""Kinds of names that are disabled if nothing mentions them before the period."""

HISTORY_DAYS = 60
"""Days before the period that are ingested too, so that names have a history."""

LABELS = ("companies", "models", "people", "topics")
"""Kinds of labels in the file."""

SHORTEST = 5
"""Shortest squashed name that counts as the same as a longer one that ends with it."""


@dataclass(frozen=True)
class EditorLabel:
    """A name with which editors labelled an issue."""

    name: str
    day: date


@dataclass(frozen=True)
class FoundName:
    """A discovered name."""

    name: str
    kind: str
    parents: tuple[str, ...]
    first_seen: str
    found: date
    stories: int
    backed: bool
    keys: tuple[str, ...]
    """All its squashed spellings."""


@dataclass(frozen=True)
class NameScores:
    """The figures that the module's docstring defines."""

    disabled: int
    """Names of the catalogue that were disabled."""
    labels: int
    """New labels."""
    absent: int
    """Labels that no article of their days contains."""
    in_time: int
    """New labels found in time."""
    missed: tuple[str, ...]
    """The other new labels."""
    found: int
    """Discovered names."""
    backed: int
    described: int
    """Model labels in their issue's title or description."""
    listed: int
    """Those of them that enabled names link."""
    linked: int
    """Those of them that enabled names or candidates link."""


def evaluate_names(engine: Engine, path: Path, first: date, last: date, out: TextIO | None) -> NameScores:
    """Ingests a period again and scores the names it discovers, which it writes to `out` as JSON Lines.

    The store is only read; the articles go to a temporary one. Raises FileError if the labels can't be read.
    """
    issues = list(_issues(path))
    with tempfile.TemporaryDirectory() as folder:
        temporary = connect(f"sqlite:///{folder}/names.db")
        migrations.upgrade(temporary)
        load_gazetteer(temporary)
        disabled = _disable_new(engine, temporary, first)
        enabled = _spellings(temporary, enabled_only=True)
        days = _reingest(engine, temporary, first, last)
        catalogue = _spellings(temporary, enabled_only=False)
        in_period = [issue for issue in issues if first <= issue["day"] <= last]
        labels = {squash(name) for issue in in_period for name in issue["all"]}
        found = _found_names(temporary, labels | catalogue)
        texts = _texts(engine, first, last)
        new, absent = _new_labels(issues, first, last, enabled | _earlier_candidates(engine, first), texts)
        missed = [label for label in new if not _in_time(label, found, days)]
        described, listed, linked = _linking(temporary, in_period)
        temporary.dispose()
    for name in found if out else ():
        row = {
            "name": name.name,
            "kind": name.kind,
            "parents": name.parents,
            "first_seen": name.first_seen,
            "found": name.found.isoformat(),
            "stories": name.stories,
            "backed": name.backed,
        }
        print(json.dumps(row, ensure_ascii=False), file=out)
    return NameScores(
        disabled,
        len(new),
        absent,
        len(new) - len(missed),
        tuple(label.name for label in missed),
        len(found),
        sum(name.backed for name in found),
        described,
        listed,
        linked,
    )


def score_sentences(scores: NameScores) -> list[str]:
    """The figures as sentences."""

    def share(part: int, whole: int) -> str:
        return f"{part} of {whole} ({part / whole:.2f})" if whole else f"{part} of 0"

    return [
        f"Names of the catalogue disabled, as nothing mentions them before the period: {scores.disabled}.",
        f"New labels found by their second day: {share(scores.in_time, scores.labels)}; "
        f"{scores.absent} more are in no article of their days.",
        f"Missed: {', '.join(scores.missed) or 'none'}.",
        f"Discovered names backed by labels or the catalogue: {share(scores.backed, scores.found)}.",
        f"Model labels in descriptions: linked by the catalogue alone {share(scores.listed, scores.described)}, "
        f"with new names {share(scores.linked, scores.described)}.",
    ]


def is_same_name(one: str, other: str) -> bool:
    """Whether two squashed names are the same: equal, or one ends with the other and all digits agree."""
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    return len(short) >= SHORTEST and long.endswith(short) and re.findall(r"\d+", short) == re.findall(r"\d+", long)


def _issues(path: Path) -> Iterator[dict[str, Any]]:
    """The issues in the file of labels, each with its day, model labels, all labels, and text. Raises FileError."""
    for place, row in read_json_lines(path):
        try:
            kinds = {kind: [str(name) for name in row.get(kind) or []] for kind in LABELS}
            day = date.fromisoformat(row["date"])
        except (ValueError, KeyError, TypeError) as error:
            raise FileError(f"{place}: an issue needs a date and lists of names ({error!r}).") from error
        yield {
            "day": day,
            "models": kinds["models"],
            "all": [name for names in kinds.values() for name in names],
            "text": tidy(f"{row.get('title') or ''}\n{row.get('description') or ''}"),
        }


def _disable_new(engine: Engine, temporary: Engine, first: date) -> int:
    """Disables names in the temporary store that the store does not mention before a day; returns how many."""
    start = hour_of(datetime(first.year, first.month, first.day, tzinfo=UTC))
    with engine.connect() as connection:
        entity, mention = table(Entity), table(Mention)
        query = select(entity.c.key).join(mention, mention.c.entity_id == entity.c.id).where(mention.c.hour < start)
        mentioned = set(connection.execute(query.distinct()).scalars())
    with writing(temporary) as connection:
        entity = table(Entity)
        rows = connection.execute(select(entity.c.id, entity.c.key, entity.c.kind)).all()
        new = [row.id for row in rows if row.kind in KINDS and row.key not in mentioned]
        for ids in chunks(new):
            connection.execute(update(entity).where(entity.c.id.in_(ids)).values(active=False))
    return len(new)


def _spellings(temporary: Engine, enabled_only: bool) -> set[str]:
    """The squashed spellings of the catalogue's names."""
    entity, alias = table(Entity), table(Alias)
    query = select(alias.c.text).join(entity, entity.c.id == alias.c.entity_id).where(entity.c.origin != DISCOVERED)
    if enabled_only:
        query = query.where(entity.c.active)
    with temporary.connect() as connection:
        return {squash(text) for text in connection.execute(query).scalars()}


def _reingest(engine: Engine, temporary: Engine, first: date, last: date) -> list[date]:
    """Ingests a period and its history day by day, discovering names after each day; returns the period's days."""
    begin = datetime(first.year, first.month, first.day, tzinfo=UTC)
    items: dict[date, list[Item]] = defaultdict(list)
    for item in _items(engine, begin - timedelta(days=HISTORY_DAYS), begin + timedelta(days=(last - first).days + 1)):
        items[item.published_at.date()].append(item)
    ingest = Ingest(temporary)
    for day in sorted(items):
        if day >= first:
            ingest = Ingest(temporary)
        for start in range(0, len(items[day]), BATCH):
            ingest.add(items[day][start : start + BATCH])
        if day >= first:
            discover_names(temporary, datetime(day.year, day.month, day.day, 23, 59, tzinfo=UTC))
    return [day for day in sorted(items) if day >= first]


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


def _found_names(temporary: Engine, backing: set[str]) -> list[FoundName]:
    """The discovered names; `backing` are the squashed names that back them."""
    entity, candidate, parent = table(Entity), table(Candidate), table(Parent)
    names = []
    with temporary.connect() as connection:
        name_of = dict(connection.execute(select(entity.c.id, entity.c.name)).all())
        parents: dict[int, list[str]] = defaultdict(list)
        for child, above in connection.execute(select(parent.c.entity_id, parent.c.parent_id)):
            parents[child].append(name_of[above])
        for found in connection.execute(select(entity).where(entity.c.origin == DISCOVERED).order_by(entity.c.id)):
            rows = connection.execute(select(candidate).where(candidate.c.entity_id == found.id)).all()
            keys = tuple(row.key for row in rows)
            names.append(
                FoundName(
                    found.name,
                    found.kind,
                    tuple(parents[found.id]),
                    found.first_seen.isoformat() if found.first_seen else "",
                    min(row.found_at for row in rows).date(),
                    sum(row.stories for row in rows),
                    any(is_same_name(key, other) for key in keys for other in backing),
                    keys,
                )
            )
    return names


def _texts(engine: Engine, first: date, last: date) -> dict[date, str]:
    """The squashed texts of the articles of each day of a period."""
    begin = datetime(first.year, first.month, first.day, tzinfo=UTC)
    texts: dict[date, list[str]] = defaultdict(list)
    for item in _items(engine, begin, begin + timedelta(days=(last - first).days + 1)):
        texts[item.published_at.date()].append(squash(f"{item.title} {item.summary}"))
    return {day: "|".join(squashed) for day, squashed in texts.items()}


def _new_labels(
    issues: list[dict[str, Any]], first: date, last: date, known: set[str], texts: dict[date, str]
) -> tuple[list[EditorLabel], int]:
    """The new labels, and the number of those that no article of their days contains."""
    days = sorted(texts)
    seen: set[str] = set()
    new, absent = [], 0
    for issue in sorted(issues, key=lambda one: one["day"]):
        for name in issue["models"]:
            key = squash(name)
            if key in seen:
                continue
            seen.add(key)
            if not first <= issue["day"] <= last or key in known:
                continue
            near = [day for day in days if day >= issue["day"]][:2]
            if any(key in texts[day] for day in near):
                new.append(EditorLabel(name, issue["day"]))
            else:
                absent += 1
    return new, absent


def _earlier_candidates(engine: Engine, first: date) -> set[str]:
    """The squashed candidates that the store had before a day."""
    candidate = table(Candidate)
    start = hour_of(datetime(first.year, first.month, first.day, tzinfo=UTC))
    with engine.connect() as connection:
        return set(connection.execute(select(candidate.c.key).where(candidate.c.first_hour < start)).scalars())


def _in_time(label: EditorLabel, found: list[FoundName], days: list[date]) -> bool:
    key = squash(label.name)
    near = [day for day in days if day >= label.day][:2]
    same = [name for name in found if any(is_same_name(key, other) for other in name.keys)]
    return bool(near) and any(name.found <= near[-1] for name in same)


def _linking(temporary: Engine, issues: list[dict[str, Any]]) -> tuple[int, int, int]:
    """Model labels in their issue's text: their number, how many the catalogue links, and how many with candidates."""
    with temporary.connect() as connection:
        entity = table(Entity)
        found = set(connection.execute(select(entity.c.id).where(entity.c.origin == DISCOVERED)).scalars())
        annotate = annotator(load_aliases(connection))
    total = listed = linked = 0
    for issue in issues:
        text, folded = issue["text"], squash(issue["text"])
        spans = annotate.linker.find(text)
        by_gazetteer = {squash(text[span.start : span.end]) for span in spans if span.entity_id not in found}
        known = [KnownSpan(span.start, span.end, span.entity_id in annotate.standalone) for span in spans]
        candidates = {squash(one.text) for one in unlisted(find_candidates(text), known) if one.kind == "model"}
        candidates |= {squash(text[span.start : span.end]) for span in spans if span.entity_id in found}
        for name in issue["models"]:
            key = squash(name)
            if key not in folded:
                continue
            total += 1
            in_gazetteer = any(is_same_name(key, other) for other in by_gazetteer)
            listed += in_gazetteer
            linked += in_gazetteer or any(is_same_name(key, other) for other in candidates)
    return total, listed, linked
