"""The ranking of each day: one object a line, and blind to later days."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from sqlalchemy import Engine

from evaluation.spikes import evaluate_alerts, evaluate_rankings
from signals.detector import Rules
from tests.conftest import NOON
from tests.news import DAY, HOUR, OUTLETS, quiet_month, stories, tell


def ranking(engine: Engine) -> list[dict[str, object]]:
    out = StringIO()
    evaluate_rankings(engine, (NOON - 2 * DAY).date(), NOON.date(), Rules(), out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


@pytest.mark.long
def test_ranks_of_each_day_that_later_days_do_not_change(store: Engine) -> None:
    tell(store, quiet_month("Meta", NOON), stories("Muse Spark is out", 12, NOON - HOUR, OUTLETS))
    rows = ranking(store)
    today = [row for row in rows if row["date"] == f"{NOON:%Y-%m-%d}"]
    assert today[0]["entities"] == ["Muse Spark"]
    assert [row["rank"] for row in today] == list(range(1, len(today) + 1))
    # Who rises for the same stories has no z of its own: above the level is one row for one event.
    assert [row["entities"] for row in today if float(str(row["z"])) >= Rules().level] == [["Muse Spark"]]
    tell(store, stories("Runway everywhere", 30, NOON + DAY, OUTLETS))
    assert ranking(store) == rows


def test_alerts_of_each_day(store: Engine) -> None:
    tell(store, quiet_month("Meta", NOON), stories("Muse Spark is out", 12, NOON - HOUR, OUTLETS))
    out = StringIO()
    assert evaluate_alerts(store, (NOON - timedelta(days=2)).date(), NOON.date(), Rules(), out) == 1
    *before, row = [json.loads(line) for line in out.getvalue().splitlines()]
    assert (row["date"], row["rank"], row["entities"][0]) == (f"{NOON:%Y-%m-%d}", 1, "Muse Spark")
    # A day on which nobody is told of anything is written too, so that days can be counted.
    assert [(one["date"], one["entities"], one["z"]) for one in before] == [
        (f"{NOON - ago * DAY:%Y-%m-%d}", [], 0.0) for ago in (2, 1)
    ]


def test_an_unlisted_name_is_told_of_on_the_day_it_comes_up(store: Engine) -> None:
    told = stories("OpenAI launches Zorblax 7, a new model", 12, NOON - HOUR, OUTLETS)
    tell(store, quiet_month("Meta", NOON), told)
    out = StringIO()
    evaluate_alerts(store, (NOON - timedelta(days=2)).date(), NOON.date(), Rules(), out)
    rows = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [row["date"] for row in rows if "Zorblax 7" in row["entities"]] == [f"{NOON:%Y-%m-%d}"]
