"""/why over made-up news; the figures are those told at the top of tests.news."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from chat.request import Place
from handlers import composition
from handlers.alerts import detect
from models.database import transaction
from models.outbox import DeliveryState, Outbox
from models.spike import Spike
from signals.detector import Rules
from tests.conftest import NOON
from tests.news import DAY, HOUR, OUTLETS, Talk, busy_day, stories, story, tell, usual_day

BEFORE = NOON - 2 * DAY


def talk(engine: Engine, now=NOON) -> Talk:
    return Talk(engine, now, Place("slack", "T1", "C1"))


def notice(engine: Engine, now=NOON) -> int:
    with transaction(engine, writes=True) as session:
        return len(detect.detect_spikes(session, now, Rules()))


async def test_what_was_counted_and_against_what(launch: Engine):
    said = await talk(launch)("/why Meta")
    assert said.startswith("Why Meta is spiking\n22 stories (22 articles from 4 outlets) in the 24 hours to 9 Apr 2026")
    assert (
        "Expected: 9.34% of the 40 stories read in these 24 hours, its usual share of the news over 30 earlier windows."
        in said
    )
    assert "z            7.47 = (22 − 3.74) / 2.45" in said
    assert said.endswith("Data as of 9 Apr 2026, 12:00 UTC.")


async def test_with_whom_it_is_named_more_than_usual(launch: Engine):
    said = await talk(launch)("/why Meta")
    assert "Mentioned with it more than usual\n  - Muse Spark (20 of 22 stories, 91%; usually 0%)" in said
    # Nobody knew Muse Spark before: there is nothing usual to tell.
    assert "  - Meta (20 of 20 stories, 100%)" in await talk(launch)("/why Muse Spark")


async def test_what_is_new_in_the_headlines(launch: Engine):
    assert "New in the headlines\n  - Muse Spark (in 20 headlines, none before)" in await talk(launch)("/why Meta")


async def test_stories_most_outlets_first_and_once_each(month: Engine):
    tell(month, busy_day("Meta", "Meta opens Muse Spark", NOON - HOUR))
    for outlet in ("Reuters", "Wired", "The Verge"):
        tell(month, story("Meta hires a chip team for its own data centres", NOON - 2 * HOUR, outlet))
    said = (await talk(month)("/why Meta")).split("Main stories\n")[1]
    first, second = [line for line in said.splitlines() if line.startswith("  - ")][:2]
    assert first.startswith("  - Meta hires a chip team for its own data centres (3 outlets, 3 articles; Reuters,")
    assert "Muse Spark" in second, "those that name the unusual partner come before the usual ones"
    assert said.count("chip team") == 1


async def test_a_channel_that_asked_for_nothing(launch: Engine):
    assert "This channel\n  - No alert: this channel has no watch on this name." in await talk(launch)("/why Meta")


@pytest.mark.parametrize("wish", ["Meta", "everything", "Meta + Muse Spark"])
async def test_a_channel_that_was_told(launch: Engine, wish: str):
    await talk(launch, BEFORE)(f"/watch add {wish}")
    assert notice(launch) == 1
    ask = "Meta + Muse Spark" if "+" in wish else "Meta"
    assert "This channel\n  - Alert waiting to be sent since 9 Apr 2026, 12:00 UTC." in await talk(launch)(
        f"/why {ask}"
    )
    with transaction(launch, writes=True) as session:
        row = session.exec(select(Outbox)).one()
        row.state, row.sent_at = DeliveryState.SENT, NOON + timedelta(minutes=1)
    said = await talk(launch)(f"/why {ask}")
    assert "Alert sent at 9 Apr 2026, 12:01 UTC for the spike that began at 9 Apr 2026, 12:00 UTC." in said


async def test_an_alert_that_failed_is_told_with_its_reason(launch: Engine):
    await talk(launch, BEFORE)("/watch add Meta")
    notice(launch)
    with transaction(launch, writes=True) as session:
        row = session.exec(select(Outbox)).one()
        row.state, row.error = DeliveryState.FAILED, "The bot is not in this channel."
    said = await talk(launch)("/why Meta")
    assert (
        "Alert not delivered for the spike that began at 9 Apr 2026, 12:00 UTC: The bot is not in this channel." in said
    )


@pytest.mark.parametrize(
    ("level", "more", "reason"),
    [
        ("", 0, "No alert: 2 stories, 5 needed."),
        ("", 6, "No alert: z 2.4 is below 4."),
        ("9", 20, "No alert: z 7.5 is below 9."),
    ],
)
async def test_a_channel_that_was_not_told_and_why(month: Engine, level: str, more: int, reason: str):
    await talk(month, BEFORE)("/watch add Meta" + (f" level {level}" if level else ""))
    tell(month, usual_day("Meta", NOON - HOUR), stories("Meta opens an office", more, NOON - HOUR))
    notice(month)
    assert reason in await talk(month)("/why Meta")


async def test_few_outlets_are_too_few(month: Engine):
    await talk(month, BEFORE)("/watch add Meta")
    tell(month, busy_day("Meta", "Meta opens an office", NOON - HOUR, OUTLETS[:2]))
    assert "No alert: 2 outlets, 3 needed." in await talk(month)("/why Meta")


async def test_an_alert_names_what_is_new(launch: Engine):
    await talk(launch, BEFORE)("/watch add Meta")
    notice(launch)
    with transaction(launch) as session:
        composed = composition.compose(session, session.exec(select(Outbox)).one(), NOON, Rules())
    assert composed is not None
    assert "New in the headlines" in [section.title for section in composed.reply.sections]


async def test_the_course_of_a_spike(launch: Engine):
    await talk(launch, BEFORE)("/watch add Meta")
    for passed, more in ((0, 0), (1, 5), (2, 20), (40, 0)):
        tell(launch, stories("Meta opens Muse Spark", more, NOON + passed * HOUR - HOUR))
        if passed == 40:
            tell(launch, usual_day("Databricks", NOON + 38 * HOUR))
        notice(launch, NOON + passed * HOUR)
    said = await talk(launch, NOON + 2 * HOUR)("/why Muse Spark")
    # 20 stories at first, z = 20 / 1.5 less what a new name takes from its kind; 25 are no step, 45 are twice as many.
    assert (
        "How the spike grew\n"
        "  - 9 Apr 2026, 12:00 UTC: 20 stories (z 13.3)\n"
        "  - 9 Apr 2026, 14:00 UTC: 45 stories (z 29.9)\n"
        "  - 9 Apr 2026, 14:00 UTC: peak (z 29.9)\n\n" in said
    )
    early = await talk(launch, NOON + 2 * HOUR)("/why Muse Spark as-of 2026-04-09T13:00Z")
    assert "45 stories (z" not in early, "what was not known yet is not told"
    with transaction(launch) as session:
        assert all(spike.cooled_at is not None for spike in session.exec(select(Spike)))


async def test_nothing_read_and_nobody_known(store: Engine):
    assert (await talk(store)("/why Meta")).startswith("Meta: no news yet")
    assert (await talk(store)("/why Qqqqzz")).startswith("I don't know the name")
