"""The ranking of each day, and the alerts, as JSON lines: what leads the news, from that day and earlier only.

One object a line: `date`, `rank` from 1, `entities` (one name, or two that lead together), `z`; best first.
"""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import TextIO

from sqlalchemy import Engine
from sqlmodel import Session

from bot.replay import replay
from handlers.front import Headline, front
from handlers.measure import Ids, panel, window
from models.database import transaction
from models.entity import by_id
from signals.detector import Rules

ROWS = 50
"""Rows written for each day."""


def rankings(engine: Engine, first: date, last: date, rules: Rules, out: TextIO) -> int:
    """Writes the ranking of each day from `first` to `last` of which anything was read; gives the number of days."""
    days = 0
    day = first
    while day <= last:
        with transaction(engine) as session:
            rows = _rows(session, day, rules)
            known = by_id(session, (key for ids, _ in rows for key in ids))
        for rank, (ids, z) in enumerate(rows, 1):
            names = [known[key].name for key in ids]
            row = {"date": f"{day}", "rank": rank, "entities": names, "z": round(z, 3)}
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
        days += bool(rows)
        day += timedelta(days=1)
    return days


def _rows(session: Session, day: date, rules: Rules) -> list[tuple[Ids, float]]:
    """The names of a day, strongest first: each headline, and what else rises for its stories at its own strength."""
    end = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)
    at = window(session, end, rules)
    if at is None or at.day != day:
        return []
    found = [row for headline in front(session, panel(session, at, rules)) for row in _names(headline)]
    return sorted(found, key=lambda row: -row[1])[:ROWS]


def _names(headline: Headline) -> Iterator[tuple[Ids, float]]:
    yield headline.ids, headline.z
    for one in headline.inside:
        yield one.ids, min(one.z, headline.z)


def alerts(engine: Engine, first: date, last: date, rules: Rules, out: TextIO) -> int:
    """Writes what a channel that watches everything would have been told on each day; gives the number of alerts."""
    start = datetime(first.year, first.month, first.day, tzinfo=UTC) + timedelta(days=1)
    end = datetime(last.year, last.month, last.day, tzinfo=UTC) + timedelta(days=1)
    number = 0
    day, rank = first, 0
    for one in replay(engine, start, end, rules, step=timedelta(days=1)):
        number += 1
        told = (one.at - timedelta(microseconds=1)).date()
        day, rank = told, (rank + 1 if told == day else 1)
        row = {
            "date": f"{day}",
            "rank": rank,
            "entities": [*one.names.split(" + "), *filter(None, [one.beside])][:2],
            "z": round(one.z, 3),
        }
        out.write(json.dumps(row, ensure_ascii=False) + "\n")
    return number
