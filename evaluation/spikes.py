"""The ranking of each day, and the alerts, as JSON lines: what leads the news, from that day and earlier only.

    the operator's store --(articles, a day at a time)--> a temporary store: read in, new names found
        --> ranking of the day, or what is noticed at its end

One object a line: `date`, `rank` from 1, `entities` (one name, or two that lead together), `z`; best first. A name
that rises inside a headline's event is ranked by its strength, but its z is what is told of it beyond that event: so
rows above a level are events. A day on which nothing would be told has one row without entities, z 0. The news are
read in anew, by the code that reads them live, so that names which nobody listed are found when they come up,
and not before. The operator's store is only read.
"""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TextIO

from sqlalchemy import Engine
from sqlmodel import Session

from evaluation.reingest import DAY, reingested_stores
from evaluation.replay import add_replay_channel, replay_step
from handlers.alerts.headlines import Headline, top_headlines
from handlers.measurement.panel import Ids, panel, window
from models.database import transaction
from models.entity import by_id
from models.watch import all_watches
from signals.detector import Rules

ROWS = 50
"""Rows written for each day."""


def evaluate_rankings(
    engine: Engine, first: date, last: date, rules: Rules, out: TextIO, names: Path | None = None
) -> int:
    """Writes the ranking of each day from `first` to `last` of which anything was read; gives the number of days.

    `names` is the operator's own catalogue file.
    """
    days = reingested_stores(engine, _end(first) - DAY, _end(last), rules, names, DAY)
    return sum(bool(_write(past, _day(until), rules, out)) for past, until in days if _day(until) >= first)


def evaluate_alerts(
    engine: Engine, first: date, last: date, rules: Rules, out: TextIO, names: Path | None = None
) -> int:
    """Writes what a channel that watches everything would have been told at the end of each day; gives the number.

    What was high on the eve of `first` is not told, as for a new watch.
    """
    number = 0
    for past, until in reingested_stores(engine, _end(first) - DAY, _end(last), rules, names, DAY):
        day = _day(until)
        if day < first - DAY:
            continue
        with transaction(past, writes=True) as session:
            if not all_watches(session):
                add_replay_channel(session, [()], _end(first))
            told = list(replay_step(session, until, rules))
        for rank, one in enumerate(told, 1):
            who = [*one.names.split(" + "), *filter(None, [one.beside])][:2]
            out.write(_row(day, rank, who, one.most))
        if day >= first and not told:
            out.write(_row(day, 1, [], 0.0))
        number += len(told)
    return number


def _day(until: datetime) -> date:
    return (until - DAY).date()


def _end(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + DAY


def _write(engine: Engine, day: date, rules: Rules, out: TextIO) -> int:
    """Writes the rows of one day; gives their number."""
    with transaction(engine) as session:
        rows = _rows(session, day, rules)
        known = by_id(session, (key for ids, _ in rows for key in ids))
    for rank, (ids, z) in enumerate(rows, 1):
        out.write(_row(day, rank, [known[key].name for key in ids], z))
    return len(rows)


def _row(day: date, rank: int, names: list[str], z: float) -> str:
    row = {"date": f"{day}", "rank": rank, "entities": names, "z": round(z, 3)}
    return json.dumps(row, ensure_ascii=False) + "\n"


def _rows(session: Session, day: date, rules: Rules) -> list[tuple[Ids, float]]:
    """The names of a day, strongest first: each headline, and what else rises for its stories."""
    at = window(session, _end(day), rules)
    if at is None or at.day != day:
        return []
    found = [row for headline in top_headlines(session, panel(session, at, rules)) for row in _names(headline)]
    return [(ids, z) for _, ids, z in sorted(found, key=lambda row: -row[0])[:ROWS]]


def _names(headline: Headline) -> Iterator[tuple[float, Ids, float]]:
    """Strength, names, and the z that no other row has: for a name inside the event of what is told beyond it."""
    yield headline.z, headline.ids, headline.z
    for one in headline.inside:
        strength = min(one.z, headline.z)
        yield strength, one.ids, strength * len(one.stories - headline.stories) / len(one.stories)
