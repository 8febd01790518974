"""/trend over made-up news; the figures are those told at the top of tests.news."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from models.database import transaction
from models.entity import Alias
from tests.conftest import NOON
from tests.knowledge import know
from tests.news import DAY, HOUR, OUTLETS, Talk, busy_day, quiet_month, stories, story, tell, usual_day, who

SPIKING = """\
Meta: spiking
22 stories (22 articles from 4 outlets) in the 24 hours to 9 Apr 2026, 12:00 UTC; 3.7 expected, z 7.5.
  Stories      22
  Expected     3.74
  Sigma        2.45, the floor set by counting noise
  z            7.47 = (22 − 3.74) / 2.45
  By chance    1 in 940,000,000 windows
  Alerts from  14 stories (z 4, balanced: about one false alarm in 5 days)
  Baseline     30 earlier windows of 24 hours with news
  10 Jan"""


async def test_spiking(launch: Engine):
    said = await Talk(launch, NOON)("/trend Meta")
    assert said.startswith(SPIKING)
    assert "Mentioned with\n  - Muse Spark (z 13.3, 20 stories, 0.0 expected)" in said
    assert "Stories (first 5 of 22)\n" in said
    assert said.endswith("Next: /watch add Meta · /spikes as-of 2026-04-09\n\nData as of 9 Apr 2026, 12:00 UTC.")


async def test_a_pair(launch: Engine):
    # Never named together before: nothing expected, sigma is the bias alone, z = 20 / 1.5.
    said = await Talk(launch, NOON)("/trend Meta + Muse Spark")
    assert said.startswith(
        "Meta + Muse Spark: spiking\n20 stories (20 articles from 4 outlets) in the 24 hours to 9 Apr 2026, "
        "12:00 UTC; 0.0 expected, z 13.3."
    )
    assert "Released Muse Spark" in said
    assert "CoreWeave" not in said, "only what is known of the two together"


@pytest.mark.parametrize("line", ["/trend Muse Spark + Meta", "/trend meta & muse-spark", '/trend "Meta + Muse Spark"'])
async def test_a_pair_however_it_is_written(launched: Engine, line: str):
    said = await Talk(launched, NOON)(line)
    assert "z 13.3." in said


async def test_a_name_with_itself_is_that_name(launched: Engine):
    assert (await Talk(launched, NOON)("/trend Meta + Facebook")).startswith(SPIKING)


async def test_three_names_are_too_many(launched: Engine):
    assert (await Talk(launched, NOON)("/trend Meta + Google + OpenAI")).startswith(
        "This works with one name or a pair."
    )


async def test_as_usual(month: Engine):
    tell(month, usual_day("Meta", NOON - HOUR))
    said = await Talk(month, NOON)("/trend Meta")
    assert said.startswith("Meta: as usual\n2 stories (2 articles from 2 outlets)")
    assert "2.0 expected, z 0.0." in said


async def test_quieter_than_usual(store: Engine):
    # 40 a day of 58; today none of 18: expected 40/58 x 18 = 12.4, sigma 3.83, z = -3.2.
    days = [NOON - ago * DAY - HOUR for ago in range(1, 15)]
    tell(store, *([*usual_day("Databricks", at), *stories("Meta goes on", 38, at)] for at in days))
    tell(store, usual_day("Databricks", NOON - HOUR))
    said = await Talk(store, NOON)("/trend Meta")
    assert said.startswith("Meta: quieter than usual\n0 stories")


async def test_never_a_minus_before_zero(month: Engine):
    tell(month, usual_day("Meta", NOON - HOUR))
    for line in ("/trend Meta", "/trend Muse Spark", "/trend Meta as-of 2026-04-07", "/trend Databricks + Meta"):
        assert "-0.0" not in await Talk(month, NOON)(line)


@pytest.mark.parametrize(
    ("days", "title"),
    [pytest.param(6, "Meta: too little history to say", id="six"), pytest.param(7, "Meta: spiking", id="seven")],
)
async def test_too_little_history(store: Engine, days: int, title: str):
    tell(store, quiet_month("Meta", NOON, days), busy_day("Meta", "Meta opens Muse Spark", NOON - HOUR))
    assert (await Talk(store, NOON)("/trend Meta")).startswith(title)


async def test_a_few_stories_are_no_spike(month: Engine):
    # 4 where 0.1 x 24 = 0 were expected (the name is new): z = 4 / 1.5 = 2.7; with 5 it is 3.3.
    tell(month, usual_day("Meta", NOON - HOUR), stories("Muse Spark appears", 4, NOON - HOUR))
    assert (await Talk(month, NOON)("/trend Muse Spark")).startswith("Muse Spark: as usual")
    tell(month, stories("Muse Spark appears", 1, NOON - HOUR))
    assert (await Talk(month, NOON)("/trend Muse Spark")).startswith("Muse Spark: above usual")


async def test_nothing_read(stocked: Engine):
    said = await Talk(stocked, NOON)("/trend Meta")
    assert said == "Meta: no news yet\nI have no articles from before that time.\n\nNext: /help"


async def test_since_when_it_is_high(month: Engine):
    yesterday = NOON - DAY
    tell(month, stories("Meta opens Muse Spark", 20, yesterday - HOUR), busy_day("Meta", "Meta again", NOON - HOUR))
    # The window that ends on 8 April is the first high one; today's own start is no news.
    assert "High since 8 Apr 2026." in await Talk(month, NOON)("/trend Meta")
    assert "High since 8 Apr 2026." in await Talk(month, NOON + DAY)("/trend Meta as-of 2026-04-09")
    assert "High since" not in await Talk(month, NOON)("/trend Meta as-of 2026-04-08")


@pytest.mark.parametrize(
    "words",
    ["2026-04-09", "9 Apr 2026", "“9 Apr 2026”", "april 9, 2026", "today", "now", "2026-04-09T12:00:00Z", "12:00"],
)
async def test_as_of_today(launched: Engine, words: str):
    assert (await Talk(launched, NOON)(f"/trend Meta as-of {words}")).startswith(SPIKING)


@pytest.mark.parametrize(
    ("words", "until"),
    [
        pytest.param("yesterday", "9 Apr 2026, 00:00 UTC", id="yesterday"),
        pytest.param("2026-04-08", "9 Apr 2026, 00:00 UTC", id="day"),
        pytest.param("=2026-04-08", "9 Apr 2026, 00:00 UTC", id="="),
        pytest.param("2026-04-08 00:00", "8 Apr 2026, 00:00 UTC", id="midnight is when the day begins"),
        pytest.param("2026-04-08T15:00", "8 Apr 2026, 15:00 UTC", id="hour"),
        pytest.param("2026-04-08T15:59:59", "8 Apr 2026, 15:00 UTC", id="its last full hour"),
        pytest.param("2026-04-08t15:00z", "8 Apr 2026, 15:00 UTC", id="small letters"),
        pytest.param("2026-04-08T17:00+02:00", "8 Apr 2026, 15:00 UTC", id="zone"),
        pytest.param("8 Apr 2026, 15:00 UTC", "8 Apr 2026, 15:00 UTC", id="as the bot writes it"),
        pytest.param("8 Apr 2026, 00:00 UTC", "8 Apr 2026, 00:00 UTC", id="as the bot writes midnight"),
        pytest.param("7 Apr 2026, 24:00 UTC", "8 Apr 2026, 00:00 UTC", id="as others write midnight"),
    ],
)
async def test_as_of_a_moment(launched: Engine, words: str, until: str):
    line = f"/trend Meta as-of{words}" if words.startswith("=") else f"/trend Meta as-of {words}"
    said = await Talk(launched, NOON)(line)
    assert said.startswith("Meta: as usual")
    assert said.endswith(f"Data as of {until}.")


@pytest.mark.parametrize("words", ["tomorrow", "banana", "2026-02-30", "2026-13-01", "'; DROP TABLE", "🤖", "9" * 500])
async def test_no_date(launched: Engine, words: str):
    said = await Talk(launched, NOON)(f"/trend Meta as-of {words}")
    assert said.endswith("is not a date.\nWrite it like 2026-04-09.")
    assert len(said) < 200


@pytest.mark.parametrize("words", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "0001-01-01", "1"])
async def test_dates_at_the_ends_of_time_are_answered(launched: Engine, words: str):
    assert "Something went wrong" not in await Talk(launched, NOON)(f"/trend Meta as-of {words}")


@pytest.mark.parametrize("words", ["2026-04-10", "10 Apr 2026", "2030-01-01", "2026-04-09T12:00:01Z"])
async def test_the_future(launched: Engine, words: str):
    assert "is in the future.\nChoose today or an earlier day." in await Talk(launched, NOON)(
        f"/trend Meta as-of {words}"
    )


async def test_before_the_first_data(launched: Engine):
    said = await Talk(launched, NOON)("/trend Meta as-of 2026-02-01")
    assert said.startswith("Meta: no news yet\n")


async def test_data_that_ended_long_ago(launched: Engine):
    # The newest story is of 10:00; the window ends with that hour, and the reply says so.
    said = await Talk(launched, NOON + 40 * DAY)("/trend Meta")
    assert said.startswith("Meta: spiking")
    assert said.endswith("Data as of 9 Apr 2026, 11:00 UTC.")


async def test_stories_after_as_of_are_never_counted(launch: Engine):
    later = Talk(launch, NOON + 3 * DAY)
    before = await later("/trend Meta as-of 2026-04-08T20:00")
    tell(launch, story("Meta opens Muse Spark at last, report 77", datetime(2026, 4, 8, 20, 30, tzinfo=UTC)))
    tell(launch, busy_day("Meta", "Meta sells Muse Spark", NOON + 2 * DAY))
    for words in ("2026-04-08T20:00", "2026-04-08 20:00"):
        assert await later(f"/trend Meta as-of {words}") == before
    assert (await later("/trend Meta as-of 2026-04-08T20:29")) == before


async def test_a_story_told_again_later_has_its_first_outlets_only(month: Engine):
    title = "Meta opens Muse Spark to a handful of chosen partners"
    first = story(title, NOON - 5 * HOUR)
    again = [story(title, NOON - HOUR, outlet, url=first.url) for outlet in OUTLETS[1:]]
    tell(month, first, *again)
    talk = Talk(month, NOON)
    assert "1 story (1 article from 1 outlet)" in await talk("/trend Muse Spark as-of 2026-04-09T09:00")
    assert "1 story (4 articles from 4 outlets)" in await talk("/trend Muse Spark")


async def test_known_facts_are_those_said_by_then(launched: Engine):
    talk = Talk(launched, NOON)
    assert "$21B" in await talk("/trend Meta")
    assert "$21B" not in await talk("/trend Meta as-of 2026-04-08")


@pytest.mark.parametrize(
    ("predicate", "columns"),
    [
        ("role", {"other": "Meta", "qualifiers": {"role": "Chief Example Officer"}}),
        ("headquarters", {"text": "Exampleton"}),
        ("founded", {"valid_from": "2004"}),
        ("founded", {"valid_from": "2024-02"}),
    ],
)
async def test_what_describes_a_name_is_no_latest_fact(launched: Engine, predicate: str, columns: dict[str, Any]):
    before = await Talk(launched, NOON)("/trend Meta")
    know(launched, "Jane Roe" if predicate == "role" else "Meta", predicate, said="2026-04-09", **columns)
    assert await Talk(launched, NOON)("/trend Meta") == before


async def test_a_new_chief_is_a_latest_fact(launched: Engine):
    role = {"role": "Chief Example Officer"}
    know(launched, "Jane Roe", "role", other="Meta", said="2026-04-09", valid_from="2026-04", qualifiers=role)
    assert "Employs Jane Roe (Chief Example Officer" in await Talk(launched, NOON)("/trend Meta")


async def test_an_unknown_name_with_near_ones(say):
    said = await say("/trend mistal ia")
    assert "Mistral AI" in said


async def test_near_names_are_offered_as_commands(say):
    said = await say("/trend GLM-5.3")
    assert said.startswith("I don't know the name")
    for line in said.split("Next: ")[1].split(" · ") if "Next: " in said else []:
        assert line.startswith("/trend ")


async def test_a_stranger(say):
    said = await say("/trend qqqzzzxxjj")
    assert said == "I don't know the name “qqqzzzxxjj”.\nTry another spelling, or see /help for what I can do."


async def test_a_long_stranger_is_cut(say):
    assert len(await say("/trend " + "qxz" * 3000)) < 300


async def test_a_name_that_two_go_by_is_asked_back(store: Engine, say):
    with transaction(store, writes=True) as session:
        for name in ("Meta", "Databricks"):
            session.add(Alias(entity_id=who(store, name), text="Gemeinsam", folded="gemeinsam"))
    said = await say("/trend Gemeinsam")
    assert "Did you mean Databricks or Meta?" in said
    assert said.endswith("Next: /trend Databricks · /trend Meta")


@pytest.mark.parametrize("line", ["/trend", "/trend as-of 2026-04-09"])
async def test_no_name(say, line: str):
    assert (await say(line)).startswith("/trend needs a name")


HOSTILE = [
    "Meta <!channel> @everyone <@U1> opens Muse Spark",
    "Meta *bold* _it_ `code` [link](https://evil.example) Muse Spark",
    "Meta 🤖 \u202e edils Muse Spark",
    "Meta '; DROP TABLE article; -- Muse Spark",
    "Meta %s {0} ${HOME} Muse Spark",
]


@pytest.mark.parametrize("title", HOSTILE)
async def test_titles_pass_as_they_are(month: Engine, title: str):
    tell(month, story(title, NOON - HOUR))
    assert title in await Talk(month, NOON)("/trend Muse Spark")


@pytest.mark.parametrize("url", ["", "http://[broken", "not an address", "https://", "javascript:alert(1)"])
async def test_odd_addresses_are_no_trouble(month: Engine, url: str):
    tell(month, story("Meta opens Muse Spark", NOON - HOUR, url=url))
    assert "Meta opens Muse Spark" in await Talk(month, NOON)("/trend Muse Spark")


async def test_the_hour_under_way_counts(month: Engine):
    now = NOON + timedelta(minutes=10)
    tell(month, story("Meta opens Muse Spark", now - timedelta(minutes=5)))
    assert "1 story" in await Talk(month, now)("/trend Muse Spark")


@pytest.mark.parametrize("words", ["2026-04", "April", "-1", "2026", "12"])
async def test_a_date_of_which_something_is_missing_is_not_made_up(launched: Engine, words: str):
    assert (await Talk(launched, NOON)(f"/trend Meta as-of {words}")).startswith(f"“{words.lower()}” is not a date.")


async def test_a_date_that_reads_two_ways_is_asked_for(launched: Engine):
    assert "could mean two different days" in await Talk(launched, NOON)("/trend Meta as-of 03/04/2026")


@pytest.mark.parametrize("line", ["/trend Meta as-of 2026-06-01", "/spikes as-of 2026-06-01", "/why Meta as-of today"])
async def test_a_day_of_which_nothing_was_read_is_not_as_usual(launched: Engine, line: str):
    said = await Talk(launched, NOON + 60 * DAY)(line)
    assert said.startswith("I have read no news from the 24 hours to ")
    assert f"Next: {line.split(' as-of', maxsplit=1)[0]} as-of 2026-04-09" in said


async def test_one_moment_is_enough(launched: Engine):
    assert "is given twice" in await Talk(launched, NOON)("/trend Meta as-of 2026-04-08 as-of 2026-04-09")


@pytest.mark.parametrize("words", ["Meta and Muse Spark", "Meta vs Muse Spark", "meta VS. muse spark"])
async def test_a_pair_in_words(launched: Engine, words: str):
    assert (await Talk(launched, NOON)(f"/trend {words}")).startswith("Meta + Muse Spark: spiking")
