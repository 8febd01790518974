"""The panel of all names and pairs: kept while the counts are the same, and no longer."""

from sqlalchemy import Engine

from handlers.measurement.panel import Panel, panel, partners_of, window
from models.database import transaction
from models.entity import Entity
from signals.detector import Rules
from tests.conftest import NOON
from tests.news import HOUR, busy_day, stories, tell, who

RULES = Rules()


def look(engine: Engine, rules: Rules = RULES, also: tuple[tuple[int, ...], ...] = ()) -> Panel:
    with transaction(engine) as session:
        at = window(session, NOON, rules)
        assert at is not None
        return panel(session, at, rules, also)


def test_a_panel_is_kept_while_nothing_is_counted(launch: Engine):
    assert look(launch) is look(launch)


def test_news_make_a_new_one(quiet: Engine):
    meta = (who(quiet, "Meta"),)
    before = look(quiet).reading(meta)
    tell(quiet, busy_day("Meta", "Meta opens Muse Spark", at=NOON - 2 * HOUR))
    after = look(quiet).reading(meta)
    # Before, the window ends with the newest news: the last usual day, which has 2 stories on the name.
    assert (before.count, after.count) == (2, 22)
    assert after.z > before.z


def test_other_rules_have_one_of_their_own(launch: Engine):
    assert look(launch, Rules(bias=2.0)) is not look(launch)


def test_each_store_has_its_own(launched: Engine, month: Engine):
    meta = (who(month, "Meta"),)
    assert (look(launched).reading(meta).count, look(month).reading(meta).count) == (22, 2)


def test_who_was_never_named_is_measured_too(launch: Engine):
    nobody = (who(launch, "CoreWeave"),)
    seen = look(launch, also=(nobody,))
    assert (seen.reading(nobody).count, seen.reading(nobody).z <= 0) == (0, True)
    assert nobody not in look(launch).places


def test_partners_of_one_story_are_those_of_one_house(launched: Engine):
    # Busy news: 20 stories name Meta and Muse Spark. The app is Meta's, the other lab is not.
    tell(launched, stories("Meta puts Muse Spark into the Meta AI app", 1, NOON - 2 * HOUR))
    tell(launched, stories("Mistral AI looks at Muse Spark", 1, NOON - 2 * HOUR))
    tell(launched, stories("OpenAI answers Muse Spark", 2, NOON - 2 * HOUR))
    with transaction(launched) as session:
        at = window(session, NOON, RULES)
        assert at is not None
        spark = session.get_one(Entity, who(launched, "Muse Spark"))
        found = partners_of(session, panel(session, at, RULES), spark)
        others = [session.get_one(Entity, key).name for one in found for key in one.ids if key != spark.id]
    assert others == ["Meta", "OpenAI", "Meta AI"]
