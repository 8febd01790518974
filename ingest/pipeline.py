"""Stores items batch by batch, each batch in one transaction.

    items -> already known? -> names (ingest.entities.annotate) -> same story? -> articles, marks, mentions -> counts

An import can be stopped anywhere and repeated: an item that is already stored is recognised by its source and id and
adds nothing. models.mention and models.count define the counts; here they are updated incrementally.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import combinations

from sqlalchemy import Connection, Engine, delete, select

from ingest.articles.identity import apply_revisions, find_known, store_marks
from ingest.articles.item import Item
from ingest.articles.near_duplicates import text_hash
from ingest.articles.sections import Headings, stated_day
from ingest.articles.story_index import StoryIndex
from ingest.entities.annotate import Annotation, annotator, load_aliases
from ingest.entities.candidate_counts import CandidateSighting, store_sightings
from models.article import Article
from models.count import NameCount, PairCount, ReadCount, Snapshot, hour_of
from models.database import add_counts, add_rows, chunks, insert_rows, reserve, select_among, table, writing
from models.mention import Mention
from models.source import Source

BATCH = 5000
"""Items per transaction: enough to spread its cost, few enough to lose little when stopped."""

MAX_NAMES = 20
"""A text that names more entities than this is a list, and sharing a list is not being in the news together."""

Credit = tuple[int, int, frozenset[int]]
"""What one article contributes: (story, hour, entities it names directly)."""


@dataclass
class BatchReport:
    """What became of a batch of items."""

    new: int = 0
    known: int = 0
    stories: int = 0
    frozen: int = 0
    """New articles from a span with ready-made counts: stored and linked, but not counted again."""
    revised: int = 0
    """Known articles whose headline has changed."""
    first: int = 0
    last: int = 0
    """The new articles' ids, which are consecutive; 0 for none."""
    by_outlet: Counter[str] = field(default_factory=Counter)
    """New articles per outlet."""

    def __iadd__(self, other: "BatchReport") -> "BatchReport":
        self.new += other.new
        self.known += other.known
        self.stories += other.stories
        self.frozen += other.frozen
        self.revised += other.revised
        self.first = self.first or other.first
        self.last = other.last or self.last
        self.by_outlet += other.by_outlet
        return self


class Ingest:
    """Stores items in one store. Holds the linker and the sources' ids, nothing that grows with the articles."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._sources: dict[str, int] = {}
        self._languages: dict[int, str] = {}
        self._headings = Headings()
        self._story_index = StoryIndex()
        with engine.connect() as connection:
            self.read_names(connection)
            self.spans = [(row.first, row.last) for row in connection.execute(select(table(Snapshot)))]

    def read_names(self, connection: Connection) -> None:
        """Reloads the names from the store."""
        self.names = load_aliases(connection)
        self.reader = annotator(self.names)
        self.linker = self.reader.linker

    def headings(self, items: Sequence[Item]) -> list[bool]:
        """For each of the next items: whether an earlier item of the same page already had its title as a heading."""
        return [self._headings.is_repeated(item.url, item.title) for item in items]

    def add(
        self,
        items: Sequence[Item],
        now: datetime | None = None,
        annotations: Sequence[Annotation] | None = None,
        record: Callable[[Connection, BatchReport], None] | None = None,
    ) -> BatchReport:
        """Stores a batch in one transaction.

        `now` is the time of reading, given when items are read soon after publication: an item is never counted later
        than that. `annotations` are given when another process has already read the items. `record` writes what must
        be stored in the same transaction. Raises whatever the database raises; the batch is then rolled back.
        """
        with writing(self.engine) as connection:
            done = self._add(connection, items, now, annotations)
            if record is not None:
                record(connection, done)
        self._story_index.commit()
        return done

    def _add(
        self,
        connection: Connection,
        items: Sequence[Item],
        now: datetime | None,
        annotations: Sequence[Annotation] | None,
    ) -> BatchReport:
        repeated_titles = self.headings(items) if annotations is None else []
        self._name_sources(connection, {item.source for item in items})
        places, known = _fresh(connection, items)
        if now is not None:
            for uid in find_known(connection, items, places):
                del places[uid]
        done = BatchReport(known=len(items) - len(places))
        if now is not None and known:
            done.revised = self._revise(connection, {uid: items[place] for uid, place in known.items()})
        if not places:
            return done
        new_items = [items[place] for place in places.values()]
        read_now = [
            self.reader.read(items[place], repeated_titles[place]) if annotations is None else annotations[place]
            for place in places.values()
        ]
        ids = reserve(connection, table(Article), len(new_items))
        hours = [_hour(item, now) for item in new_items]
        stories = self._story_index.stories(connection, [annotation.sketch for annotation in read_now], hours, ids)
        rows, credits = [], []
        sightings: list[CandidateSighting] = []
        reads: Counter[tuple[int, int]] = Counter()
        firsts: Counter[tuple[int, int]] = Counter()
        naming: Counter[tuple[int, int]] = Counter()
        for uid, item, annotation, article, hour, story in zip(
            places, new_items, read_now, ids, hours, stories, strict=True
        ):
            source = self._sources[item.source]
            language = annotation.language or self._languages.get(source, "")
            rows.append((article, uid, source, item.external_id, story, *item[2:], hour, language))
            sightings += [CandidateSighting(name, story, hour, source) for name in annotation.candidates]
            if annotation.entities:
                credits.append((story, hour, annotation.entities))
            if self.frozen(hour):
                done.frozen += 1
            else:
                reads[source, hour] += 1
                firsts[source, hour] += story == article
                naming[source, hour] += bool(story == article and annotation.entities)
            done.stories += story == article
        add_rows(connection, table(Article), rows)
        if now is not None:
            store_marks(connection, new_items, ids)
        self.credit(connection, credits, set(ids))
        store_sightings(connection, sightings, set(ids))
        add_counts(
            connection, table(ReadCount), [(*key, n, firsts[key], naming[key]) for key, n in sorted(reads.items())]
        )
        done.new, done.first, done.last = len(rows), ids[0], ids[-1]
        done.by_outlet.update(item.source for item in new_items)
        return done

    def _revise(self, connection: Connection, known: Mapping[int, Item]) -> int:
        """Takes over the new text of known articles, and credits names that are new in it to their stories."""
        changed = apply_revisions(connection, known)
        credits = [
            (story, hour, named)
            for story, hour, item in changed
            if (named := self.linker.names(item.title, item.summary))
        ]
        self.credit(connection, credits, set())
        return len(changed)

    def credit(self, connection: Connection, credits: Iterable[Credit], new: set[int]) -> None:
        """Writes mentions and updates the counts that follow from them. `new` are stories without mentions so far."""
        before = _mentions(connection, {story for story, _, _ in credits} - new)
        after: dict[int, dict[int, tuple[int, int | None]]] = {story: dict(rows) for story, rows in before.items()}
        for story, hour, named in credits:
            mentions = after.setdefault(story, {})
            for entity in self.linker.credited(named):
                first, named_at = mentions.get(entity, (hour, None))
                if entity in named:
                    named_at = hour if named_at is None else min(named_at, hour)
                mentions[entity] = (min(first, hour), named_at)
        removed, added = [], []
        names: Counter[tuple[int, int]] = Counter()
        pairs: Counter[tuple[int, int, int]] = Counter()
        for story, mentions in after.items():
            earlier = before.get(story, {})
            for entity, (hour, named_at) in mentions.items():
                if earlier.get(entity) == (hour, named_at):
                    continue
                if entity in earlier:
                    removed.append((entity, earlier[entity][0], story))
                    names[entity, earlier[entity][0]] -= 1
                added.append((entity, hour, story, named_at))
                names[entity, hour] += 1
            pairs.update(pairs_of(mentions))
            if earlier:
                pairs.subtract(pairs_of(earlier))
        for batch in chunks(removed, 1000):
            mention = table(Mention)
            for entity, hour, story in batch:
                connection.execute(
                    delete(mention).where(
                        mention.c.entity_id == entity, mention.c.hour == hour, mention.c.story_id == story
                    )
                )
        add_rows(connection, table(Mention), sorted(added, key=lambda row: row[:3]))
        add_counts(
            connection,
            table(NameCount),
            [(*key, n) for key, n in sorted(names.items()) if n and not self.frozen(key[-1])],
        )
        add_counts(
            connection,
            table(PairCount),
            [(*key, n) for key, n in sorted(pairs.items()) if n and not self.frozen(key[-1])],
        )

    def frozen(self, hour: int) -> bool:
        """Whether the counts of this hour came ready-made (see models.count.Snapshot)."""
        return bool(self.spans) and any(first <= hour <= last for first, last in self.spans)

    def _name_sources(self, connection: Connection, names: set[str]) -> None:
        missing = sorted(names - self._sources.keys())
        if not missing:
            return
        source = table(Source)
        known = dict(connection.execute(select(source.c.name, source.c.id).where(source.c.name.in_(missing))).all())
        # One row of defaults for all: a batch may bring hundreds of sources, and validating each model is slow.
        blank = Source(name="").model_dump(exclude={"id"})
        insert_rows(connection, source, [{**blank, "name": name} for name in missing if name not in known])
        fields = select(source.c.name, source.c.id, source.c.language).where(source.c.name.in_(missing))
        for name, key, language in connection.execute(fields):
            self._sources[name] = key
            self._languages[key] = language


def _hour(item: Item, now: datetime | None) -> int:
    """The hour in which an item counts. If only the day is known that is the day's last hour, but never after we read
    it.
    """
    hour = hour_of(item.published_at)
    if not item.precise:
        day = stated_day(item.url, item.published_at.date())
        hour = hour_of(datetime(day.year, day.month, day.day, 23, tzinfo=UTC))
    return hour if now is None else min(hour, hour_of(now))


def _fresh(connection: Connection, items: Sequence[Item]) -> tuple[dict[int, int], dict[int, int]]:
    """The positions of new items and of known ones, by the hash of source and id. Of repeated items the first one
    counts.
    """
    new: dict[int, int] = {}
    known: dict[int, int] = {}
    for place, item in enumerate(items):
        new.setdefault(text_hash(f"{item.source}\0{item.external_id}"), place)
    for (uid,) in select_among(connection, "SELECT uid FROM article WHERE uid {among}", list(new)):
        known[uid] = new.pop(uid)
    return new, known


def _mentions(connection: Connection, stories: set[int]) -> dict[int, dict[int, tuple[int, int | None]]]:
    mention = table(Mention)
    found: dict[int, dict[int, tuple[int, int | None]]] = {}
    for batch in chunks(sorted(stories)):
        for entity, hour, story, named in connection.execute(select(mention).where(mention.c.story_id.in_(batch))):
            found.setdefault(story, {})[entity] = (hour, named)
    return found


def pairs_of(mentions: dict[int, tuple[int, int | None]]) -> list[tuple[int, int, int]]:
    """The pairs of a story's entities that are named directly, each from the hour in which its second name appears."""
    named = sorted((entity, named_at) for entity, (_, named_at) in mentions.items() if named_at is not None)
    if len(named) > MAX_NAMES:
        return []
    return [
        (first_id, second_id, max(first, second)) for (first_id, first), (second_id, second) in combinations(named, 2)
    ]
