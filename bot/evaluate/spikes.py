"""The ranking of each day, and the alerts, as JSON lines: what leads the news, from that day and earlier only.

    the operator's store --(articles, a day at a time)--> a temporary store: read in, new names found
        --> ranking of the day, or what is noticed at its end

One object a line: `date`, `rank` from 1, `entities` (one name, or two that lead together), `z`; best first. The news
are read in anew, by the code that reads them live, so that names which nobody listed are found when they come up,
and not before. The operator's store is only read.
"""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TextIO

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from bot.replay import look, watch
from handlers.front import Headline, front
from handlers.measure import Ids, panel, window
from ingest import catalogue
from ingest.discover import discover
from ingest.item import Item
from ingest.pipeline import Ingest
from migrations import upgrade
from models.article import Article
from models.count import hour_of, start_of
from models.database import connect, transaction
from models.entity import by_id
from models.source import Source
from models.watch import all_watches
from signals.detector import Rules

ROWS = 50
"""Rows written for each day."""

BATCH = 1000
"""Articles held in memory beyond those of the day."""


def rankings(engine: Engine, first: date, last: date, rules: Rules, out: TextIO, names: Path | None = None) -> int:
    """Writes the ranking of each day from `first` to `last` of which anything was read; gives the number of days.

    `names` is the operator's own catalogue file.
    """
    days = _relived(engine, first, last, rules, names)
    return sum(bool(_write(past, day, rules, out)) for past, day in days if day >= first)


def alerts(engine: Engine, first: date, last: date, rules: Rules, out: TextIO, names: Path | None = None) -> int:
    """Writes what a channel that watches everything would have been told at the end of each day; gives the number.

    What was high on the eve of `first` is not told, as for a new watch.
    """
    number = 0
    for past, day in _relived(engine, first, last, rules, names):
        if day < first - timedelta(days=1):
            continue
        with transaction(past, writes=True) as session:
            if not all_watches(session):
                watch(session, [()], _end(first))
            told = list(look(session, _end(day), rules))
        for rank, one in enumerate(told, 1):
            row = {
                "date": f"{day}",
                "rank": rank,
                "entities": [*one.names.split(" + "), *filter(None, [one.beside])][:2],
                "z": round(one.z, 3),
            }
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
        number += len(told)
    return number


def _relived(
    engine: Engine, first: date, last: date, rules: Rules, names: Path | None
) -> Iterator[tuple[Engine, date]]:
    """A store in which the news are read in anew, as it is at the end of each day on which there are any.

    Begins as long before `first` as the detector remembers.
    """
    with TemporaryDirectory(prefix="trendbot-ranking-") as folder:
        past = connect(f"sqlite:///{Path(folder) / 'past.db'}")
        try:
            upgrade(past)
            catalogue.load(past, names)
            ingest = Ingest(past)
            for day, items in _days(engine, first - timedelta(days=rules.history + 1), last):
                ingest.add(items)
                discover(past, _end(day) - timedelta(hours=1), ingest=ingest)
                yield past, day
        finally:
            past.dispose()


def _end(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)


def _days(engine: Engine, first: date, last: date) -> Iterator[tuple[date, list[Item]]]:
    """The articles of each day on which there are any, in the order in which they were read."""
    start = hour_of(datetime(first.year, first.month, first.day, tzinfo=UTC))
    end = hour_of(datetime(last.year, last.month, last.day, 23, tzinfo=UTC))
    day = (col(Article.hour) // 24).label("day")
    query = (
        select(Article, Source.name, day)
        .join(Source, col(Source.id) == Article.source_id)
        .where(col(Article.hour).between(start, end))
        .order_by(day, col(Article.id))
        .execution_options(yield_per=BATCH)
    )
    with Session(engine) as session:
        for number, rows in groupby(session.exec(query), key=lambda row: int(row[0].hour) // 24):
            yield start_of(number * 24).date(), [_item(article, source) for article, source, _ in rows]


def _item(article: Article, source: str) -> Item:
    return Item(
        source,
        str(article.id),
        article.url,
        article.title,
        article.summary,
        article.published_at,
        article.precise,
    )


def _write(engine: Engine, day: date, rules: Rules, out: TextIO) -> int:
    """Writes the rows of one day; gives their number."""
    with transaction(engine) as session:
        rows = _rows(session, day, rules)
        known = by_id(session, (key for ids, _ in rows for key in ids))
    for rank, (ids, z) in enumerate(rows, 1):
        names = [known[key].name for key in ids]
        row = {"date": f"{day}", "rank": rank, "entities": names, "z": round(z, 3)}
        out.write(json.dumps(row, ensure_ascii=False) + "\n")
    return len(rows)


def _rows(session: Session, day: date, rules: Rules) -> list[tuple[Ids, float]]:
    """The names of a day, strongest first: each headline, and what else rises for its stories at its own strength."""
    at = window(session, _end(day), rules)
    if at is None or at.day != day:
        return []
    found = [row for headline in front(session, panel(session, at, rules)) for row in _names(headline)]
    return sorted(found, key=lambda row: -row[1])[:ROWS]


def _names(headline: Headline) -> Iterator[tuple[Ids, float]]:
    yield headline.ids, headline.z
    for one in headline.inside:
        yield one.ids, min(one.z, headline.z)
