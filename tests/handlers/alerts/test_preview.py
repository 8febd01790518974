"""What a watch would have told: the same as a replay would."""

import pytest
from sqlalchemy import Engine

from evaluation.replay import replay_alerts
from handlers.alerts.preview import preview_watch
from handlers.measurement.panel import Ids
from models.database import transaction
from signals.detector import Rules
from tests.conftest import NOON
from tests.news import DAY, HOUR, OUTLETS, Talk, letter, newsletter, quiet_month, stories, tell, who


def launches(engine: Engine) -> None:
    """A name that rises twice, twelve days apart."""
    tell(engine, quiet_month("Meta", NOON, 45))
    for ago, number in ((20, 12), (8, 9)):
        for n in range(number):
            tell(engine, stories(f"Muse Spark, issue {ago}-{n}", 1, NOON - ago * DAY + n // 3 * HOUR, [OUTLETS[n % 4]]))


@pytest.mark.long
def test_a_preview_is_what_a_replay_tells(store: Engine) -> None:
    launches(store)
    ids: Ids = (who(store, "Muse Spark"),)
    with transaction(store) as session:
        found = preview_watch(session, ids, 4.0, NOON, Rules())
    # Every hour of all the weeks would take a minute; the days of the launches tell the same.
    around = [(NOON - ago * DAY - 3 * HOUR, NOON - ago * DAY + DAY) for ago in (20, 8)]
    again = [one for first, last in around for one in replay_alerts(store, first, last, Rules(), [ids])]
    assert len(found) == 2
    assert [one.at for one in found] == [one.at for one in again]
    assert [one.count for one in found] == [one.count for one in again]


@pytest.mark.long
def test_what_leads_a_page_is_foreseen_too(store: Engine) -> None:
    """Two newsletters lead with a name that no other outlet tells of; a third has it far below."""
    tell(store, quiet_month("Mistral AI", NOON, 45))
    for ago, lead, rest in ((20, "Muse Spark", "Runway"), (11, "Runway", "Muse Spark"), (4, "Muse Spark", "Runway")):
        tell(store, newsletter(NOON - ago * DAY, letter(lead, rest)))
    ids: Ids = (who(store, "Muse Spark"),)
    with transaction(store) as session:
        found = preview_watch(session, ids, 4.0, NOON, Rules())
    around = [(NOON - ago * DAY - 6 * HOUR, NOON - ago * DAY + DAY / 2) for ago in (20, 11, 4)]
    again = [one for first, last in around for one in replay_alerts(store, first, last, Rules(), [ids])]
    assert [one.at for one in found] == [one.at for one in again]
    assert [one.at.date() for one in found] == [(NOON - ago * DAY).date() for ago in (20, 4)]
    assert [one.count for one in found] == [one.count for one in again]


async def test_it_is_told_in_chat_and_with_a_new_watch(store: Engine) -> None:
    launches(store)
    talk = Talk(store, NOON)
    said = await talk("/watch preview Muse Spark")
    assert said.startswith("Preview of a watch on Muse Spark\nAlerts from z 4 (balanced).\n")
    assert "It would have sent 2 alerts in the last 60 days" in said
    assert "It would have sent no alerts" in await talk("/watch preview Muse Spark level 9")
    assert "It would have sent 2 alerts" in await talk("/watch add Muse Spark")
    assert "A preview needs one name or pair." in await talk("/watch preview everything")
