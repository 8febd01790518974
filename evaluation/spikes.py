"""Ranks each day's spikes, or lists its alerts, as JSON Lines, from what was known at the end of that day.

    the operator's store --(articles, a day at a time)--> a temporary store (evaluation.reingest)
        -> the day's ranking, or the alerts at its end

One object per line, strongest first: `date`, `rank` from 1, `entities` (one name, or two that lead together), `z`. A
name that rises inside a headline's event is ranked by its strength, but its z covers only what is reported of it
beyond that event, so that each row above a level is an event of its own. A day without alerts has one row with no
entities and z 0.
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
    """Writes the ranking of each day from `first` to `last` that has articles; returns the number of days.

    `names` is the operator's own catalogue file.
    """
    days = reingested_stores(engine, _end(first) - DAY, _end(last), rules, names, DAY)
    return sum(bool(_write(past, _day(until), rules, out)) for past, until in days if _day(until) >= first)


def evaluate_alerts(
    engine: Engine, first: date, last: date, rules: Rules, out: TextIO, names: Path | None = None
) -> int:
    """Writes the alerts that a channel watching everything would have received each day; returns their number.

    As for a new watch, what is already high on the day before `first` gives no alert. `names` is the operator's own
    catalogue file.
    """
    number = 0
    for past, until in reingested_stores(engine, _end(first) - DAY, _end(last), rules, names, DAY):
        day = _day(until)
        if day < first - DAY:
            continue
        with transaction(past, writes=True) as session:
            if not all_watches(session):
                add_replay_channel(session, [()], _end(first))
            alerts = list(replay_step(session, until, rules))
        for rank, alert in enumerate(alerts, 1):
            entities = [*alert.names.split(" + "), *filter(None, [alert.second])][:2]
            out.write(_row(day, rank, entities, alert.highest_z))
        if day >= first and not alerts:
            out.write(_row(day, 1, [], 0.0))
        number += len(alerts)
    return number


def _day(until: datetime) -> date:
    return (until - DAY).date()


def _end(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + DAY


def _write(engine: Engine, day: date, rules: Rules, out: TextIO) -> int:
    """Writes the rows of one day; returns their number."""
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
    """The names of a day with their z, strongest first: of each headline, and of what else rises in its stories."""
    at = window(session, _end(day), rules)
    if at is None or at.day != day:
        return []
    names = [row for headline in top_headlines(session, panel(session, at, rules)) for row in _names(headline)]
    return [(ids, z) for _, ids, z in sorted(names, key=lambda row: -row[0])[:ROWS]]


def _names(headline: Headline) -> Iterator[tuple[float, Ids, float]]:
    """Strength, ids and z of a headline and of the names inside its event; their z is for stories beyond the event."""
    yield headline.z, headline.ids, headline.z
    for inner in headline.inside:
        strength = min(inner.z, headline.z)
        yield strength, inner.ids, strength * len(inner.stories - headline.stories) / len(inner.stories)
