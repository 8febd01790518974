"""What leads the news: by place on a page, and which names stand together."""

from datetime import datetime

from sqlalchemy import Engine

from handlers.alerts.headlines import spiking_events, top_headlines
from handlers.measurement.panel import panel, window
from ingest.articles.item import Item
from models.database import transaction
from models.entity import by_id
from signals.detector import Rules
from tests.conftest import NOON
from tests.news import DAY, OTHERS, letter, newsletter, quiet_month, stories, tell


def headlines(engine: Engine, now: datetime = NOON) -> list[list[str]]:
    with transaction(engine) as session:
        at = window(session, now, Rules())
        assert at
        found = top_headlines(session, panel(session, at, Rules()))
        names = by_id(session, {key for one in found for key in one.ids})
        return [[names[key].name for key in one.ids] for one in found]


def test_the_head_of_a_page_leads_with_as_many_stories(store: Engine) -> None:
    tell(store, quiet_month("Mistral AI", NOON))
    tell(
        store,
        newsletter(NOON, letter("Muse Spark", "Perplexity")),
        newsletter(NOON, letter("Muse Spark", "Runway"))[3:],
    )
    assert headlines(store)[0][0] == "Muse Spark"


def test_the_order_on_the_page_decides(store: Engine) -> None:
    tell(store, quiet_month("Mistral AI", NOON))
    tell(store, newsletter(NOON, letter("Runway", "Muse Spark")))
    found = [names[0] for names in headlines(store)]
    assert found.index("Runway") < found.index("Muse Spark")


def test_a_page_that_leads_with_a_name_is_an_event_without_many_outlets(store: Engine) -> None:
    tell(store, quiet_month("Mistral AI", NOON))
    tell(store, newsletter(NOON, letter("Muse Spark", "Runway")))
    with transaction(store) as session:
        at = window(session, NOON, Rules())
        assert at
        events = spiking_events(session, panel(session, at, Rules()), 4.0)
        names = by_id(session, {key for event in events for one in event for key in one.ids})
        assert [names[event[0].ids[0]].name for event in events] == ["Muse Spark"]
        assert events[0][0].outlets == 1


def test_what_leads_a_page_is_an_event_also_where_its_count_is_raised_alone(store: Engine) -> None:
    # Five stories from three outlets are z 5 / 1.5 = 3.3 when counted. Two of them stand first.
    tell(store, quiet_month("Mistral AI", NOON))
    filler = [f"{OTHERS} and sport, {n * 37}" for n in range(26)]
    texts = ["Muse Spark is out", "Why Muse Spark matters", *filler[:14], "A map by Muse Spark", *filler[14:]]
    texts += ["Muse Spark draws cats", "Trying Muse Spark at home"]
    whole = newsletter(NOON, texts)
    tell(store, [one._replace(source=f"Letter {(0 if n < 4 else 1) + (n > 16)}") for n, one in enumerate(whole)])
    with transaction(store) as session:
        at = window(session, NOON, Rules())
        assert at
        seen = panel(session, at, Rules())
        (event,) = spiking_events(session, seen, 4.0)
        assert seen.reading(event[0].ids).z < 4 < event[0].z
        assert (event[0].count, event[0].outlets) == (5, 3)


def test_stories_of_their_own_pages_are_held_to_outlets(store: Engine) -> None:
    tell(store, quiet_month("Mistral AI", NOON))
    tell(
        store,
        [
            Item("Blog", f"{n}", f"https://blog.example/{n}", f"Muse Spark, note {n * 31}", "", NOON - DAY / 3)
            for n in range(12)
        ],
    )
    with transaction(store) as session:
        at = window(session, NOON, Rules())
        assert at
        assert not spiking_events(session, panel(session, at, Rules()), 4.0)


def test_nothing_read_has_no_headlines(store: Engine) -> None:
    tell(store, quiet_month("Mistral AI", NOON - 3 * DAY))
    with transaction(store) as session:
        at = window(session, NOON - 3 * DAY + DAY / 2, Rules())
        assert at
        assert isinstance(top_headlines(session, panel(session, at, Rules())), list)


def test_variants_of_a_name_are_one_event(store: Engine) -> None:
    tell(store, quiet_month("Mistral AI", NOON))
    tell(store, stories("GPT-4.1 is out", 14, NOON - DAY / 4), stories("GPT-4.1 nano is small", 9, NOON - DAY / 4))
    with transaction(store) as session:
        at = window(session, NOON, Rules())
        assert at
        events = spiking_events(session, panel(session, at, Rules()), 4.0)
        names = by_id(session, {key for event in events for one in event for key in one.ids})
        (event,) = [[" + ".join(names[key].name for key in one.ids) for one in event] for event in events]
        assert "GPT-4.1 nano" in event
        assert "GPT-4.1" in event
