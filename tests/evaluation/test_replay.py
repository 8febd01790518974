"""The past told again: as live, changing nothing, and blind to the future."""

import random
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, func, select

from bot.charts import charts_png
from chat.errors import UserError
from evaluation.replay import ReplayedAlert, parse_targets, replay_alerts, replay_charts, replay_with_discovery
from ingest.articles.item import Item
from ingest.pipeline import table
from models.alert import Alert
from models.spike import Spike
from models.watch import Watch
from signals.detector import Rules
from tests.conftest import NOON
from tests.news import DAY, HOUR, OUTLETS, quiet_month, story, tell, who

LAUNCH = NOON - 6 * HOUR


def launch() -> list[Item]:
    """Twelve stories, two an hour, from four outlets."""
    return [
        story(f"Muse Spark by Meta, view {n * 41}", LAUNCH + n // 2 * HOUR + timedelta(minutes=5), OUTLETS[n % 4])
        for n in range(12)
    ]


def future(seed: int) -> list[Item]:
    """Any news after noon."""
    rng = random.Random(seed)
    names = ["Anthropic", "Runway", "Muse Spark", "Meta", "Oracle"]
    return [
        story(f"{rng.choice(names)} again, {seed}-{n * 17}", NOON + rng.randrange(1, 40) * HOUR, rng.choice(OUTLETS))
        for n in range(60)
    ]


def tell_again(engine: Engine, *wanted: tuple[int, ...]) -> list[ReplayedAlert]:
    return list(replay_alerts(engine, LAUNCH - 3 * HOUR, NOON, Rules(), wanted or ((),)))


def rows(engine: Engine) -> list[int]:
    with engine.connect() as connection:
        return [
            connection.execute(select(func.count()).select_from(table(model))).scalar_one()
            for model in (Spike, Alert, Watch)
        ]


def test_one_alert_when_it_happened_with_whom_and_nothing_written(store: Engine) -> None:
    tell(store, quiet_month("Meta", LAUNCH), launch())
    before = rows(store)
    (one,) = tell_again(store)
    assert one.names == "Muse Spark"
    # Six stories are just below z 4 (6 / 1.5, less the little that is expected of any name), eight above it.
    assert one.at == LAUNCH + 4 * HOUR
    assert one.count == 8
    assert one.outlets == 4
    assert "Meta" in [*one.rising, *one.partners]
    assert rows(store) == before
    assert tell_again(store, (who(store, "Muse Spark"),)) == [one]
    assert not tell_again(store, (who(store, "Runway"),))


def unlisted(at: datetime) -> list[Item]:
    """Twelve stories on a name that no list holds, two an hour, from four outlets."""
    return [
        story(
            f"OpenAI launches Zorblax 7, a new model, view {n * 41}",
            at + n // 2 * HOUR + timedelta(minutes=5),
            OUTLETS[n % 4],
        )
        for n in range(12)
    ]


@pytest.mark.long
def test_anew_a_name_is_found_when_it_comes_up_and_not_from_the_future(store: Engine) -> None:
    tell(store, quiet_month("Meta", LAUNCH), unlisted(LAUNCH))
    before = rows(store)
    told = list(replay_with_discovery(store, LAUNCH - 3 * HOUR, NOON, Rules(), None))
    assert [one.names for one in told] == ["Zorblax 7"]
    assert LAUNCH < told[0].at < NOON
    assert rows(store) == before
    tell(store, unlisted(NOON))
    assert [str(one) for one in replay_with_discovery(store, LAUNCH - 3 * HOUR, NOON, Rules(), None)] == [str(told[0])]
    # The copy of the counts knows no such name.
    assert "Zorblax 7" not in [one.names for one in tell_again(store)]


@pytest.mark.long
def test_another_future_leaves_the_past_as_it_was(store: Engine) -> None:
    tell(store, quiet_month("Meta", LAUNCH), launch())
    alone = [str(one) for one in tell_again(store)]
    tell(store, future(1))
    assert [str(one) for one in tell_again(store)] == alone
    tell(store, future(2))
    assert [str(one) for one in tell_again(store)] == alone


def test_a_chart_of_what_is_watched(store: Engine) -> None:
    tell(store, quiet_month("Meta", LAUNCH), launch())
    wanted = parse_targets(store, ["Muse Spark", "Meta + Muse Spark"])
    told = list(replay_alerts(store, LAUNCH - 3 * HOUR, NOON, Rules(), wanted))
    # A day is drawn when it is over.
    found = replay_charts(store, NOON - 5 * DAY, NOON + 12 * HOUR, Rules(), wanted, told)
    assert [one.title for one in found] == ["Muse Spark", "Meta + Muse Spark"]
    assert found[0].counts[-1] == 12
    assert found[0].told
    assert charts_png(found).startswith(b"\x89PNG")


def test_what_can_not_be_replayed(store: Engine) -> None:
    with pytest.raises(ValueError, match="after its start"):
        list(replay_alerts(store, NOON, NOON - DAY, Rules()))
    with pytest.raises(ValueError, match="steps of an hour"):
        list(replay_with_discovery(store, NOON - DAY, NOON, Rules(), None, HOUR / 2))
    with pytest.raises(UserError):
        parse_targets(store, ["Nobody Atall"])
    assert parse_targets(store, []) == [()]
