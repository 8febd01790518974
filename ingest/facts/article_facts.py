"""Extracts facts from stored articles, in a pass of its own after ingestion.

    articles after the watermark -> statements -> entities resolved -> same statement known? -> facts, sources

Each batch is one transaction that also moves the watermark, so the pass can be stopped anywhere. When articles are read
again because rules have changed, a fact that no article states any more is retired, not deleted.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, bindparam, delete, func, insert, or_, select, update

from gazetteer.spelling import fold
from ingest.articles.item import joined_text
from ingest.articles.near_duplicates import text_hash
from ingest.facts.extract.names import NameMention
from ingest.facts.extract.reader import statement_reader
from ingest.facts.extract.statement import Statement
from models.article import Article
from models.database import chunks, insert_rows, reserve, table, writing
from models.entity import FROM_FACT, GAZETTEER, OPERATOR, Alias, Entity
from models.fact import EXTRACTED, FORUM, NEWSLETTER, PRESS, PRIMARY, UNREALISED, Fact, FactChange, FactSource
from models.load_state import Loaded
from models.predicate import PREDICATES
from models.source import Source

BATCH = 2000
READ = "facts read up to article"
"""Name of the watermark: the last article that was read for facts."""

BY_RULES = "rules"
"""Recorded as the author when this pass retires or restores a fact."""

TIERS = {PRIMARY: 1.0, PRESS: 0.95, NEWSLETTER: 0.9, FORUM: 0.5}
"""The share of a rule's certainty that is kept, by the tier of the source."""

_FORUM_NAME = re.compile(r"reddit|discord|hacker news|lobste|forum|product hunt|/r/", re.IGNORECASE)
_DIGEST_NAME = re.compile(r"newsletter|ainews|recap|digest|arxiv|papers", re.IGNORECASE)

_KIND_OF_MARK = {
    "m": "model",
    "o": "company",
    "p": "person",
    "b": "benchmark",
    "h": "chip",
    "d": "datacenter",
    "r": "regulator",
}
_SUBJECT_IS_COMPANY = {
    "released",
    "funding_round",
    "valuation",
    "investor",
    "acquisition",
    "partnership",
    "revenue",
    "layoffs",
}

Progress = Callable[[int, int], None]


@dataclass
class ExtractionReport:
    """What a pass added and retired."""

    articles: int = 0
    facts: int = 0
    sources: int = 0
    retired: int = 0

    def __str__(self) -> str:
        retired = f", {self.retired:,} retired" if self.retired else ""
        return f"{self.articles:,} articles read: {self.facts:,} new facts, {self.sources:,} references{retired}"


def extract_facts(
    engine: Engine, now: datetime, reread: bool = False, limit: int | None = None, progress: Progress | None = None
) -> ExtractionReport:
    """Extracts facts from the articles after the watermark, or from all of them with `reread`.

    `limit` is the maximum number of articles; `progress` is called with (articles done, articles in total).
    """
    return ExtractionPass(engine, now).run(reread, limit, progress)


class ExtractionPass:
    """One pass, with its reader and names built once."""

    def __init__(self, engine: Engine, now: datetime) -> None:
        self.engine = engine
        self.now = now
        with engine.connect() as connection:
            entity, alias = table(Entity), table(Alias)
            self._reader = statement_reader(connection)
            rows = connection.execute(
                select(alias.c.folded, alias.c.entity_id, entity.c.origin, entity.c.kind)
                .join(entity, entity.c.id == alias.c.entity_id)
                .where(entity.c.active)
                .order_by(alias.c.entity_id)
            )
            self._ids: dict[str, int] = {}
            self._parties: set[str] = set()
            self._listed: dict[int, int] = {}
            """Entities known only from facts that the gazetteer lists by now: id -> listed id."""
            from_facts: dict[str, int] = {}
            for folded, entity_id, origin, kind in sorted(rows, key=lambda row: row[2] in (GAZETTEER, OPERATOR)):
                # The gazetteer takes precedence over names met in the news.
                key = _name_key(folded)
                if origin in (GAZETTEER, OPERATOR) and key in from_facts:
                    self._listed[from_facts[key]] = entity_id
                elif origin == FROM_FACT:
                    from_facts[key] = entity_id
                self._ids[key] = entity_id
                if origin != FROM_FACT and kind in ("company", "lab", "cloud"):
                    self._parties.add(_name_key(folded))

    def run(self, reread: bool, limit: int | None, progress: Progress | None) -> ExtractionReport:
        """Reads one batch after another until the end or the limit."""
        article = table(Article)
        has_text = or_(article.c.title != "", article.c.summary != "")
        with self.engine.connect() as connection:
            reached = 0 if reread else _reached(connection)
            last = connection.execute(select(func.max(article.c.id))).scalar() or 0
            total = connection.execute(
                select(func.count()).select_from(article).where(has_text, article.c.id > reached)
            ).scalar_one()
        done = ExtractionReport()
        if self._listed:
            with writing(self.engine) as connection:
                self._adopt_listed(connection)
        while reached < last and (limit is None or done.articles < limit):
            with writing(self.engine) as connection:
                rows = _articles(connection, reached, min(BATCH, limit - done.articles) if limit else BATCH)
                if not rows:
                    reached = last
                else:
                    self._batch(connection, rows, reread, done)
                    reached = rows[-1].id
                _note(connection, max(reached, _reached(connection)))
            done.articles += len(rows)
            if progress:
                progress(done.articles, total)
        return done

    def _adopt_listed(self, connection: Connection) -> None:
        """Moves the facts of names that are listed by now to the listed entities."""
        fact, entity = table(Fact), table(Entity)
        for unlisted, listed in self._listed.items():
            connection.execute(update(fact).where(fact.c.subject_id == unlisted).values(subject_id=listed))
            connection.execute(update(fact).where(fact.c.object_id == unlisted).values(object_id=listed))
            connection.execute(update(entity).where(entity.c.id == unlisted).values(active=False))

    def _batch(self, connection: Connection, rows: Sequence[Row[Any]], reread: bool, done: ExtractionReport) -> None:
        by_key: dict[str, list[tuple[Row[Any], Statement]]] = defaultdict(list)
        columns: dict[str, dict[str, Any]] = {}
        tiers = {row.source_id: source_tier(row.source, _name_key(row.source) in self._parties) for row in rows}
        new_entities = _NewEntities(self._ids)
        statements = [(row, self._reader.read(row.title, row.summary, row.published_at.date())) for row in rows]
        for _, read_here in statements:
            for statement in read_here:
                new_entities.note(statement)
        new_entities.store(connection)
        for row, read_here in statements:
            keyed = []
            for statement in read_here:
                fact = self._fact(statement, row)
                if fact is not None:
                    keyed.append((statement, fact))
                    columns.setdefault(fact["key"], fact)
                    by_key[fact["key"]].append((row, statement))
            _link_additions(keyed, columns)
        known = _known(connection, list(columns))
        if reread:
            self._compare(connection, rows, by_key, done)
        fresh = [key for key in columns if key not in known]
        ids = dict(zip(fresh, reserve(connection, table(Fact), len(fresh)), strict=True))
        for key in fresh:
            mentions = by_key[key]
            fact = columns[key]
            days = sorted(row.published_at.date() for row, _ in mentions)
            fact.update(id=ids[key], said_on=days[0], seen_on=days[-1] if days[-1] > days[0] else None)
            fact["certainty"] = _certainty(0.0, mentions, tiers)
        insert_rows(connection, table(Fact), [columns[key] for key in fresh])
        ids |= {key: row.id for key, row in known.items()}
        stored = (
            _stored_sources(connection, [row.id for row in known.values()], [row.id for row in rows])
            if reread
            else set()
        )
        new_mentions = {
            key: [(row, statement) for row, statement in mentions if (ids[key], row.id) not in stored]
            for key, mentions in by_key.items()
        }
        self._confirm(connection, known, new_mentions, tiers)
        sources = []
        for key, mentions in new_mentions.items():
            # Of several sentences of one article, the first is its source.
            for row, statement in {row.id: (row, statement) for row, statement in reversed(mentions)}.values():
                sources.append(_source(ids[key], row, statement, tiers[row.source_id]))
        insert_rows(connection, table(FactSource), sources)
        done.facts += len(fresh)
        done.sources += len(sources)

    def _entity_of(self, name: NameMention) -> int | None:
        return name.entity if name.entity is not None else self._ids.get(_name_key(name.text))

    def _fact(self, statement: Statement, row: Row[Any]) -> dict[str, Any] | None:
        """A statement as a row of facts; None if one of its names can't be resolved."""
        subject = self._entity_of(statement.subject)
        target = statement.object
        takes_object = target is not None and PREDICATES[statement.predicate].object
        object_id = self._entity_of(target) if target is not None and takes_object else None
        if subject is None or (takes_object and object_id is None) or subject == object_id:
            return None
        if not (object_id or statement.value is not None or statement.text):
            return None
        said_on = row.published_at.date()
        # Notes of the rules: additional_to, the object and the status say the same.
        notes = ("additional", "counterparty", "status")
        qualifiers = {name: text for name, text in statement.qualifiers.items() if name not in notes}
        separators = [fold(str(qualifiers.get(name, ""))) for name in PREDICATES[statement.predicate].separators]
        parts = (
            subject,
            statement.predicate,
            object_id,
            statement.value and f"{statement.value:.4g}",
            statement.unit,
            fold(statement.text),
            *separators,
            # What is planned or denied is another statement than what has happened.
            *([statement.status] if statement.status in UNREALISED else ()),
        )
        return {
            "key": f"x{text_hash('|'.join(map(str, parts))) & 0xFFFFFFFFFFFFFFFF:016x}",
            "subject_id": subject,
            "predicate": statement.predicate,
            "object_id": object_id,
            "value": statement.value,
            "high": statement.high,
            "op": statement.op,
            "unit": statement.unit,
            "text": statement.text,
            "qualifiers": qualifiers,
            "valid_from": statement.valid_from,
            "valid_to": statement.valid_to,
            "said_on": said_on,
            "seen_on": None,
            "recorded_at": self.now,
            "retired_at": None,
            "retired_by": "",
            "status": statement.status,
            "rank": "normal",
            "certainty": statement.certainty,
            "origin": EXTRACTED,
            "additional_to": "",
            "disagrees_with": "",
        }

    def _confirm(
        self, connection: Connection, known: dict[str, Row[Any]], by_key: dict[str, Any], tiers: dict[int, int]
    ) -> None:
        """Raises the certainty of known facts that are stated again, and widens their dates."""
        changed = []
        for key, row in known.items():
            days = [article.published_at.date() for article, _ in by_key[key]]
            last = max([*days, row.seen_on or row.said_on])
            changed.append(
                {
                    "fact": row.id,
                    "first": min([*days, row.said_on]),
                    "last": last if last > min([*days, row.said_on]) else None,
                    "sure": _certainty(row.certainty, by_key[key], tiers),
                }
            )
            if row.retired_by == BY_RULES:
                self._change(connection, row.id, "restored", {"retired_at": None, "retired_by": ""})
        if changed:
            fact = table(Fact)
            connection.execute(
                update(fact)
                .where(fact.c.id == bindparam("fact"))
                .values(said_on=bindparam("first"), seen_on=bindparam("last"), certainty=bindparam("sure")),
                changed,
            )

    def _compare(
        self, connection: Connection, rows: Sequence[Row[Any]], by_key: dict[str, Any], done: ExtractionReport
    ) -> None:
        """Retires facts that these articles stated by earlier rules and no longer state."""
        fact, source = table(Fact), table(FactSource)
        said = {(key, row.id) for key, batch in by_key.items() for row, _ in batch}
        for batch in chunks([row.id for row in rows]):
            before = connection.execute(
                select(source.c.id, source.c.fact_id, source.c.article_id, fact.c.key)
                .join(fact, fact.c.id == source.c.fact_id)
                .where(source.c.article_id.in_(batch), fact.c.origin == EXTRACTED, fact.c.retired_at.is_(None))
            ).all()
            stale_sources: dict[int, list[int]] = defaultdict(list)
            for row in before:
                if (row.key, row.article_id) not in said:
                    stale_sources[row.fact_id].append(row.id)
            counts: dict[int, int] = dict(
                connection.execute(
                    select(source.c.fact_id, func.count())
                    .where(source.c.fact_id.in_(stale_sources))
                    .group_by(source.c.fact_id)
                ).all()
            )
            for fact_id, stale in stale_sources.items():
                if counts[fact_id] > len(stale):
                    connection.execute(delete(source).where(source.c.id.in_(stale)))
                else:
                    self._change(connection, fact_id, "retired", {"retired_at": self.now, "retired_by": BY_RULES})
                    done.retired += 1

    def _change(self, connection: Connection, fact_id: int, action: str, values: dict[str, Any]) -> None:
        connection.execute(update(table(Fact)).where(table(Fact).c.id == fact_id).values(**values))
        why = "the current rules no longer extract it" if action == "retired" else "extracted again"
        connection.execute(
            insert(table(FactChange)).values(
                fact_id=fact_id, at=self.now, by=BY_RULES, action=action, why=why, before={}
            )
        )


class _NewEntities:
    """Unlisted names in facts: they become entities of their own, which texts are not linked to."""

    def __init__(self, ids: dict[str, int]) -> None:
        self._ids = ids
        self._new: dict[str, tuple[str, str]] = {}

    def note(self, statement: Statement) -> None:
        """Collects the names of a statement that the store doesn't have."""
        self._name(statement.subject, statement.predicate in _SUBJECT_IS_COMPANY)
        if statement.object is not None and PREDICATES[statement.predicate].object:
            self._name(statement.object, False)

    def _name(self, name: NameMention, is_company: bool) -> None:
        key = _name_key(name.text)
        if name.entity is None and len(key) > 1 and key not in self._ids and key not in self._new:
            kind = _KIND_OF_MARK.get(name.kind) or ("company" if is_company else "product")
            self._new[key] = (name.text, kind)

    def store(self, connection: Connection) -> None:
        """Stores the new names."""
        ids = reserve(connection, table(Entity), len(self._new))
        entities, aliases = [], []
        for (key, (text, kind)), entity in zip(self._new.items(), ids, strict=True):
            entities.append(
                {"id": entity, "key": f"told:{key}", "name": text, "kind": kind, "origin": FROM_FACT, "active": True}
            )
            aliases.append({"entity_id": entity, "text": text, "folded": fold(text), "rule": {}})
            self._ids[key] = entity
        insert_rows(connection, table(Entity), entities)
        insert_rows(connection, table(Alias), aliases)


def _name_key(text: str) -> str:
    """A key that ignores punctuation, so that GLM-5.1 and GLM 5.1 are one name; decimal points count."""
    return re.sub(r"[^\w.+]|(?<!\d)\.(?!\d)", "", fold(text))


def _link_additions(keyed: list[tuple[Statement, dict[str, Any]]], columns: dict[str, dict[str, Any]]) -> None:
    """Links an additional amount to the amount it adds to, stated in the same article."""
    for statement, fact in keyed:
        if not statement.qualifiers.get("additional"):
            continue
        base = [
            other["key"]
            for _, other in keyed
            if other is not fact
            and (other["subject_id"], other["predicate"], other["object_id"], other["unit"])
            == (fact["subject_id"], fact["predicate"], fact["object_id"], fact["unit"])
        ]
        columns[fact["key"]]["additional_to"] = base[0] if base else ""


def source_tier(source: str, party: bool) -> int:
    """The tier of a source: the party itself (`party`: the source is named like a maker), an outlet, a digest, or a
    forum.
    """
    if _FORUM_NAME.search(source):
        return FORUM
    if _DIGEST_NAME.search(source):
        return NEWSLETTER
    return PRIMARY if party else PRESS


def _certainty(earlier: float, mentions: list[tuple[Row[Any], Statement]], tiers: dict[int, int]) -> float:
    """The certainty after further mentions: each outlet takes away a share of the remaining doubt (noisy-or)."""
    doubt = 1 - earlier
    for mention in {row.source_id: (row, statement) for row, statement in mentions}.values():
        row, statement = mention
        doubt *= 1 - statement.certainty * TIERS[tiers[row.source_id]]
    return round(min(0.99, 1 - doubt), 3)


def _source(fact_id: int, row: Row[Any], statement: Statement, tier: int) -> dict[str, Any]:
    whole = joined_text(row.title, row.summary)
    return {
        "fact_id": fact_id,
        "url": row.url,
        "position": tier,
        "article_id": row.id,
        "quote": whole[statement.start : statement.end],
        "start": statement.start,
        "end": statement.end,
        "said_on": row.published_at.date(),
        "tier": tier,
    }


def _articles(connection: Connection, after: int, limit: int) -> list[Row[Any]]:
    article, source = table(Article), table(Source)
    rows: list[Row[Any]] = [
        *connection.execute(
            select(
                article.c.id,
                article.c.source_id,
                source.c.name.label("source"),
                article.c.url,
                article.c.title,
                article.c.summary,
                article.c.published_at,
            )
            .join(source, source.c.id == article.c.source_id)
            .where(article.c.id > after, or_(article.c.title != "", article.c.summary != ""))
            .order_by(article.c.id)
            .limit(limit)
        )
    ]
    return rows


def _known(connection: Connection, keys: list[str]) -> dict[str, Row[Any]]:
    fact = table(Fact)
    found: dict[str, Row[Any]] = {}
    for batch in chunks(keys):
        rows = connection.execute(
            select(fact.c.id, fact.c.key, fact.c.said_on, fact.c.seen_on, fact.c.certainty, fact.c.retired_by).where(
                fact.c.key.in_(batch)
            )
        )
        found |= {row.key: row for row in rows}
    return found


def _stored_sources(connection: Connection, facts: list[int], articles: list[int]) -> set[tuple[int, int]]:
    source = table(FactSource)
    wanted = set(facts)
    found: set[tuple[int, int]] = set()
    for batch in chunks(articles):
        rows = connection.execute(select(source.c.fact_id, source.c.article_id).where(source.c.article_id.in_(batch)))
        found |= {(row.fact_id, row.article_id) for row in rows if row.fact_id in wanted}
    return found


def _reached(connection: Connection) -> int:
    loaded = table(Loaded)
    return int(connection.execute(select(loaded.c.digest).where(loaded.c.name == READ)).scalar() or 0)


def _note(connection: Connection, reached: int) -> None:
    loaded = table(Loaded)
    connection.execute(delete(loaded).where(loaded.c.name == READ))
    connection.execute(insert(loaded).values(name=READ, digest=str(reached)))
