"""New names are shown as new, and judged by those who may."""

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from chat.request import Place
from ingest.relinking.discovery import discover_names
from models.database import transaction
from models.watch import Mute, Watch, watch_target
from tests.conftest import NOON
from tests.news import DAY, HOUR, Talk, stories, tell, usual_day, who


@pytest.fixture
def found(month: Engine) -> Engine:
    """A month of news, and today Meta launches what nobody listed."""
    tell(month, usual_day("Meta", NOON - 2 * HOUR), stories("Meta launches Zorblax 7", 20, NOON - 2 * HOUR))
    assert discover_names(month, NOON) == ["Zorblax 7"]
    return month


async def test_they_are_listed_with_kind_maker_and_first_story(found: Engine) -> None:
    said = await Talk(found, NOON)("/names")
    assert said.startswith("1 new name\n")
    assert "  - Zorblax 7 (model of Meta; first seen 9 Apr 2026, 10:00 UTC; 20 stories)" in said
    assert "Next: /names confirm Zorblax 7 · /names reject Zorblax 7" in said


async def test_new_names_are_marked_until_they_are_confirmed(found: Engine) -> None:
    say = Talk(found, NOON)
    trend = await say("/trend Zorblax 7")
    assert "First seen" in trend
    assert "9 Apr 2026, 10:00 UTC" in trend
    assert "/names confirm Zorblax 7" in trend
    assert "Zorblax 7 (new)" in await say("/spikes")
    assert (await say("/names confirm Zorblax 7")).startswith("Zorblax 7 is confirmed\n")
    assert "(new)" not in await say("/spikes")
    assert "/names confirm" not in await say("/trend Zorblax 7")
    assert (await say("/names")).startswith("No new names to review\n")
    assert (await say("/names confirm Zorblax 7")).startswith("Zorblax 7 is already confirmed")


async def test_a_rejected_name_is_known_no_more(found: Engine) -> None:
    say = Talk(found, NOON)
    assert (await say("/names reject Zorblax 7")).startswith("Zorblax 7 is rejected\n")
    assert "I don't know the name" in await say("/trend Zorblax 7")
    discover_names(found, NOON + DAY)
    assert "Zorblax" not in await say("/spikes")


async def test_a_merged_name_is_the_other(found: Engine) -> None:
    say = Talk(found, NOON)
    assert (await say("/names merge Zorblax 7 into Muse Spark")).startswith("Zorblax 7 is merged into Muse Spark\n")
    discover_names(found, NOON)
    assert (await say("/trend Zorblax 7")).startswith("Muse Spark: spiking\n20 stories")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("/names confirm", "Which name do you mean?"),
        ("/names confirm Meta", "Meta is listed, so there is nothing to review."),
        ("/names merge Zorblax 7", "Which name should be merged into which?"),
        ("/names merge Zorblax 7 into Zorblax 7", "I can't merge Zorblax 7 into “Zorblax 7”."),
        ("/names burn Zorblax 7", "“burn” is not a valid action.\nChoose list, confirm, merge or reject."),
    ],
)
async def test_what_cant_be_done_is_said(found: Engine, line: str, expected: str) -> None:
    assert (await Talk(found, NOON)(line)).startswith(expected)


async def test_only_operators_may_judge(found: Engine) -> None:
    """What is done to a name holds for every workspace: to manage one is not enough."""
    say = Talk(found, NOON, Place("slack", "T1", "C1"), may_configure=True)
    assert (await say("/names")).startswith("1 new name\n")
    for line in ("/names confirm Zorblax 7", "/names reject Zorblax 7", "/names merge Zorblax 7 into Muse Spark"):
        assert "is for the operators of this bot" in await say(line)
    assert (await say("/names")).startswith("1 new name\n")
    operator = Talk(found, NOON, Place("slack", "T1", "C1"), operates=True)
    assert (await operator("/names confirm Zorblax 7")).startswith("Zorblax 7 is confirmed")


async def test_watches_and_mutes_on_a_merged_name_follow_it(found: Engine) -> None:
    say = Talk(found, NOON)
    for what in ("Zorblax 7", "Meta + Zorblax 7", "Zorblax 7, Google", "Zorblax 7, Muse Spark, AMD", "Muse Spark"):
        await say(f"/watch add {what}")
    await say("/watch mute Zorblax 7")
    await say("/names merge Zorblax 7 into Muse Spark")
    with transaction(found) as session:
        spark, meta, google, amd = (who(found, name) for name in ("Muse Spark", "Meta", "Google", "AMD"))
        targets = {one.target for one in session.exec(select(Watch))}
        [muted] = session.exec(select(Mute)).all()
        rows = {one.target: (one.entity_id, one.other_id) for one in session.exec(select(Watch))}
    pair = watch_target((spark, meta), together=True)
    assert targets == {f"name:{spark}", pair, watch_target((spark, google)), watch_target((spark, amd))}
    assert rows[pair] == tuple(sorted((spark, meta)))
    assert muted.target == f"name:{spark}"
