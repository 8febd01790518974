"""Alerts over made-up news: what is noticed, whom it concerns, and how it is told.

On the launch day of tests.news Muse Spark, its family and its lab have z = 20 / 1.5 = 13.3, as has the
pair with Meta; Meta itself has 7.5.
"""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from chat.plain import plain
from chat.reply import Mood
from chat.request import Place
from handlers import composition
from handlers.alerts import detect
from models.alert import Alert
from models.channel import Channel
from models.database import transaction
from models.entity import Entity
from models.outbox import DeliveryState, Outbox
from models.spike import Spike
from signals.detector import Rules
from tests.conftest import NOON
from tests.news import DAY, HOUR, OUTLETS, Talk, busy_day, stories, tell, usual_day

BEFORE = NOON - 2 * DAY
"""When the watches of these tests were made."""


def notice(engine: Engine, now: datetime = NOON, rules: Rules | None = None) -> list[str]:
    """The channels that are alerted by a run."""
    with transaction(engine, writes=True) as session:
        found = detect.detect_spikes(session, now, rules or Rules())
        return sorted(session.get_one(Channel, alert.channel_id).external_id for alert in found)


async def watch(engine: Engine, what: str, channel: str = "C1", at: datetime = BEFORE) -> None:
    said = await Talk(engine, at, Place("slack", "T1", channel))(f"/watch add {what}")
    assert said.startswith("Watching "), said


def spikes(engine: Engine) -> dict[str, list[Spike]]:
    """Every spike by the names in it, oldest first."""
    found: dict[str, list[Spike]] = {}
    with transaction(engine) as session:
        names = dict(session.exec(select(Entity.id, Entity.name)).all())
        for spike in session.exec(select(Spike).order_by(col(Spike.id))):
            ids = (spike.entity_id, spike.other_id)
            found.setdefault(" + ".join(sorted(names[key] for key in ids if key)), []).append(spike)
    return found


def told(engine: Engine) -> list[tuple[Place, str]]:
    """Every alert as it would be sent at noon: where, and what."""
    with transaction(engine) as session:
        rows = session.exec(select(Outbox).order_by(col(Outbox.id))).all()
        composed = [composition.compose(session, row, NOON, Rules()) for row in rows]
        return [(one.place, plain(one.reply)) for one in composed if one]


async def test_one_alert_for_each_watch_that_is_concerned(launch: Engine):
    wishes = {
        "name": "Meta",
        "model": "Muse Spark",
        "pair": "Meta + Muse Spark",
        "turned": "Muse Spark + Meta",
        "all": "everything",
        "other": "Google",
        "otherpair": "Meta + Google",
    }
    for channel, what in wishes.items():
        await watch(launch, what, channel)
    assert notice(launch) == ["all", "model", "name", "pair", "turned"]
    assert [place.channel for place, _ in told(launch)] == ["name", "model", "pair", "turned", "all"]
    with transaction(launch) as session:
        for row in session.exec(select(Outbox)):
            assert (row.state, row.attempts) == (DeliveryState.DUE, 0)


async def test_a_channel_with_two_watches_is_told_once(launch: Engine):
    await watch(launch, "Muse Spark")
    await watch(launch, "everything")
    await watch(launch, "Meta", "C2")
    assert notice(launch) == ["C1", "C2"]
    assert notice(launch) == []


async def test_a_second_run_adds_nothing(launch: Engine):
    await watch(launch, "everything")
    assert notice(launch) == ["C1"]
    before = spikes(launch)
    for minutes in (0, 1, 10, 59):
        assert notice(launch, NOON + timedelta(minutes=minutes)) == []
    after = spikes(launch)
    assert {name: len(rows) for name, rows in after.items()} == {name: len(rows) for name, rows in before.items()}


async def test_a_clock_that_goes_backwards_and_forwards_tells_nothing_twice(launch: Engine):
    await watch(launch, "everything")
    assert notice(launch) == ["C1"]
    before = spikes(launch)
    for ago in (HOUR, DAY, 40 * DAY, timedelta(0)):
        assert notice(launch, NOON - ago) == []
    assert {name: len(rows) for name, rows in spikes(launch).items()} == {
        name: len(rows) for name, rows in before.items()
    }


async def test_the_event_is_led_by_the_model(launch: Engine):
    notice(launch)
    found = spikes(launch)
    assert set(found) >= {"Meta", "Muse Spark", "Meta Superintelligence Labs", "Meta + Muse Spark"}
    lead = found["Muse Spark"][0]
    assert lead.lead_id is None
    assert {rows[0].lead_id for name, rows in found.items() if name != "Muse Spark"} == {lead.id}
    assert (lead.count, lead.outlets, lead.windows, lead.floored) == (20, 4, 30, True)
    assert (lead.z, lead.expected, lead.sigma) == pytest.approx((20 / 1.5, 0, 1.5), rel=5e-3, abs=0.04)
    meta = found["Meta"][0]
    assert (meta.z, meta.expected, meta.sigma) == pytest.approx((7.47, 3.74, 2.45), rel=3e-3)


async def test_two_events_are_two_alerts(launch: Engine):
    tell(launch, stories("Mistral AI raises money", 12, NOON - 3 * HOUR))
    await watch(launch, "everything")
    await watch(launch, "Mistral AI", "C2")
    assert notice(launch) == ["C1", "C1", "C2"]


async def test_an_alert_says_what_against_what_and_why(launch: Engine):
    await watch(launch, "Meta")
    notice(launch)
    with transaction(launch) as session:
        composed = composition.compose(session, session.exec(select(Outbox)).one(), NOON, Rules())
    assert composed is not None
    place, reply = composed.place, composed.reply
    said = plain(reply)
    assert place == Place("slack", "T1", "C1")
    assert (reply.title, reply.mood, reply.private) == ("Muse Spark is spiking", Mood.SPIKE, False)
    assert reply.text == (
        "20 stories (20 articles from 4 outlets) in the 24 hours to 9 Apr 2026, 12:00 UTC; 0.0 expected, z 13.3."
    )
    assert "  z            13.29 = (20 − 0.01) / 1.50" in said
    assert "  - Meta opens Muse Spark, report " in said
    rising = next(section for section in reply.sections if section.title == "Also rising in these stories")
    assert ("Meta", "z 7.5, 22 stories") in [(item.text, item.note) for item in rising.items]
    assert reply.chart is not None
    assert reply.chart.counts[-1] == 20
    assert reply.footer == "Data as of 9 Apr 2026, 12:00 UTC."


async def test_the_figures_are_those_of_the_moment_it_is_sent(launched: Engine):
    await watch(launched, "Muse Spark")
    notice(launched)
    tell(launched, stories("Meta opens Muse Spark", 10, NOON - HOUR))
    assert "\n30 stories (30 articles" in told(launched)[0][1]


async def test_an_alert_without_a_channel_goes_nowhere(launched: Engine):
    with transaction(launched) as session:
        assert (
            composition.compose(
                session, Outbox(channel_id=404, key="alert:404", alert_id=404, due_at=NOON), NOON, Rules()
            )
            is None
        )


async def test_growth_is_kept_in_the_spikes_row(launch: Engine):
    await watch(launch, "Meta")
    notice(launch)
    tell(launch, stories("Meta opens Muse Spark", 10, NOON + HOUR))
    assert notice(launch, NOON + 2 * HOUR) == []
    rows = spikes(launch)["Muse Spark"]
    assert len(rows) == 1
    assert (rows[0].count, rows[0].peak_count) == (20, 30)
    assert (rows[0].z, rows[0].peak_z) == pytest.approx((20 / 1.5, 30 / 1.5), rel=5e-3)
    # A peak is not forgotten when it goes down again.
    assert notice(launch, NOON + 23 * HOUR) == []
    assert spikes(launch)["Muse Spark"][0].peak_count == 30


def usual_days(engine: Engine, first: int, last: int) -> None:
    """Usual news on some days after noon of the launch."""
    tell(engine, *(usual_day("Meta", NOON + number * DAY - HOUR) for number in range(first, last + 1)))


async def test_it_cools(launch: Engine):
    await watch(launch, "Meta")
    notice(launch)
    usual_days(launch, 1, 2)
    assert notice(launch, NOON + 2 * DAY) == []
    found = spikes(launch)
    assert all(row.cooled_at is not None for rows in found.values() for row in rows)
    assert found["Muse Spark"][0].seen_at.replace(tzinfo=NOON.tzinfo) == NOON


@pytest.mark.parametrize(
    ("day", "number", "alerted"),
    [
        pytest.param(4, 25, False, id="the same again within a week"),
        pytest.param(4, 50, True, id="twice as much within a week"),
        pytest.param(9, 25, True, id="after a week"),
    ],
)
async def test_a_name_is_quiet_for_a_week(month: Engine, day: int, number: int, alerted: bool):
    # 20 stories at first: twice its peak are 40 for Muse Spark, 44 for Meta.
    tell(month, busy_day("Meta", "Meta opens Muse Spark", NOON - HOUR))
    await watch(month, "Muse Spark")
    assert notice(month) == ["C1"]
    usual_days(month, 1, day)
    for passed in range(1, day):
        assert notice(month, NOON + passed * DAY) == []
    tell(month, stories("Meta sells Muse Spark", number, NOON + day * DAY - HOUR))
    assert notice(month, NOON + day * DAY) == (["C1"] if alerted else [])
    rows = spikes(month)["Muse Spark"]
    assert len(rows) == (2 if alerted else 1)
    assert rows[-1].cooled_at is None, "it is up again"


async def test_a_new_watch_is_not_told_of_what_began_before_it(launch: Engine):
    assert notice(launch) == []
    await watch(launch, "everything", at=NOON + timedelta(minutes=5))
    assert notice(launch, NOON + timedelta(minutes=10)) == []
    tell(launch, stories("Mistral AI raises money", 12, NOON - 3 * HOUR))
    assert notice(launch, NOON + timedelta(minutes=20)) == ["C1"]


async def test_a_lab_that_rises_first_and_its_model_are_one_event(month: Engine):
    await watch(month, "everything")
    tell(month, busy_day("Meta", "Meta plans something", NOON - 3 * HOUR))
    assert notice(month, NOON - 2 * HOUR) == ["C1"]
    tell(month, stories("Meta opens Muse Spark", 30, NOON - HOUR))
    assert notice(month) == []
    found = spikes(month)
    assert found["Muse Spark"][0].lead_id == found["Meta"][0].id


@pytest.mark.parametrize(
    ("level", "concerned"),
    [
        pytest.param("7", True, id="below both"),
        pytest.param("10", True, id="below that of its pair with the model"),
        pytest.param("14", False, id="above all"),
    ],
)
async def test_a_watch_has_its_own_level(launched: Engine, level: str, concerned: bool):
    await watch(launched, f"Meta level {level}")
    assert notice(launched) == (["C1"] if concerned else [])


async def test_a_lower_level_is_told_earlier_and_others_when_it_is_theirs(quiet: Engine):
    # 10 stories more: 12 of 30, expected 3, z = 9 / sqrt(5.25) = 3.9; 16 more: 18 of 36, 3.6, 14.4 / 2.42 = 6.0.
    await watch(quiet, "Meta level 3", "low")
    await watch(quiet, "Meta", "usual")
    tell(quiet, usual_day("Meta", NOON - HOUR), stories("Meta goes on", 10, NOON - HOUR))
    assert notice(quiet) == ["low"]
    tell(quiet, stories("Meta goes on", 6, NOON - HOUR))
    assert notice(quiet, NOON + timedelta(minutes=10)) == ["usual"]
    assert notice(quiet, NOON + timedelta(minutes=20)) == []


@pytest.mark.parametrize("hours", [30, 24 * 40])
async def test_old_data_are_no_occasion(launch: Engine, hours: int):
    await watch(launch, "everything")
    assert notice(launch, NOON + hours * HOUR) == []
    assert spikes(launch) == {}


async def test_an_empty_store_is_no_occasion(stocked: Engine):
    await watch(stocked, "everything")
    assert notice(stocked) == []


async def test_too_few_outlets_are_no_occasion(quiet: Engine):
    # The two usual stories on Meta are told by the same two.
    await watch(quiet, "everything")
    tell(quiet, busy_day("Meta", "Meta opens Muse Spark", NOON - HOUR, outlets=OUTLETS[:2]))
    assert notice(quiet) == []
    assert notice(quiet, rules=Rules(min_outlets=2)) == ["C1"]


async def test_too_few_stories_are_no_occasion(month: Engine):
    await watch(month, "Muse Spark level 2")
    tell(month, usual_day("Meta", NOON - HOUR), stories("Muse Spark appears", 4, NOON - HOUR))
    assert notice(month) == []
    tell(month, stories("Muse Spark appears", 1, NOON - HOUR))
    assert notice(month) == ["C1"]


async def test_too_little_history_is_no_occasion(store: Engine):
    await watch(store, "everything")
    tell(store, *(usual_day("Meta", NOON - ago * DAY - HOUR) for ago in range(1, 6)))
    tell(store, busy_day("Meta", "Meta opens Muse Spark", NOON - HOUR))
    assert notice(store) == []


async def test_a_watch_that_is_removed_leaves_its_alerts(launch: Engine):
    await watch(launch, "Meta")
    notice(launch)
    said = await Talk(launch, NOON, Place("slack", "T1", "C1"))("/watch remove Meta")
    assert said.startswith("No longer watching Meta")
    with transaction(launch) as session:
        assert session.exec(select(Alert)).one().watch_id is None
        assert session.exec(select(Outbox)).one().state == DeliveryState.DUE
    assert len(told(launch)) == 1
    # Made anew, it is a new watch: of this spike its channel has heard.
    await watch(launch, "Meta", at=NOON + timedelta(minutes=1))
    assert notice(launch, NOON + timedelta(minutes=2)) == []


async def test_stories_after_now_are_not_noticed(month: Engine):
    await watch(month, "everything")
    tell(month, busy_day("Meta", "Meta opens Muse Spark", NOON + 2 * HOUR))
    assert notice(month) == []
    assert notice(month, NOON + 3 * HOUR) == ["C1"]
