"""/fact: showing one, and the curation in chat with its history."""

import re

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from chat.request import Place
from models.database import transaction
from models.entity import FROM_FACT, Entity
from models.fact import Fact, FactSource
from tests.conftest import NOON
from tests.knowledge import LAB, ONE, know
from tests.news import Talk

PAGE = "https://journal.example/new"


def number(said: str) -> int:
    found = re.search(r"#(\d+)", said)
    assert found, said
    return int(found[1])


def stored(engine: Engine, key: int) -> Fact:
    with transaction(engine) as session:
        return session.get_one(Fact, key)


async def test_one_fact_with_its_sentence(stocked: Engine):
    one = know(stocked, LAB, "valuation", value=1e9, unit="USD", quote="Borealis Labs is worth $1 billion.")
    assert await Talk(stocked, NOON)(f"/fact show {one}") == (
        f"#{one}: {LAB}\n"
        "Valuation: $1B.\n"
        "  Stated    8 Apr 2026\n"
        "  Status    announced\n"
        "  Origin    curated by hand, ships with the bot\n"
        "  Recorded  9 Apr 2026, 00:00 UTC\n"
        "\n"
        "Sources\n"
        "  - “Borealis Labs is worth $1 billion.” (journal.example, 8 Apr 2026)\n"
        "    https://journal.example/a\n"
        "\n"
        f"Next: /facts {LAB} · /fact retract {one}"
    )


async def test_show_tells_what_says_otherwise_and_what_was_before(store: Engine):
    old = know(store, ONE, "openness", said="2025-11-01", text="not released")
    other = know(store, ONE, "openness", said="2026-04-07", text="closed")
    one = know(store, ONE, "openness", said="2026-04-08", text="open weights")
    talk = Talk(store, NOON)
    said = await talk(f"/fact show #{one}")
    assert "Contradicted by\n  - Closed" in said
    assert "Earlier\n  - Not released" in said
    assert f"Current\n  - Open weights (journal.example, 8 Apr 2026; #{one})" in await talk(f"/fact show {other}")
    assert f"#{one})" in await talk(f"/fact show {old}")


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("Meta compute deal with CoreWeave $21B", ("compute_deal", 21e9, "USD", "", "")),
        ("Meta compute_deal CoreWeave over $21 billion", ("compute_deal", 21e9, "USD", ">", "")),
        ("Meta valuation 1.5T EUR", ("valuation", 1.5e12, "EUR", "", "")),
        ("Muse Spark price $2 per 1M input tokens", ("price", 2.0, "USD/1M tokens", "", "")),
        ("Muse Spark context window 1M", ("context_window", 1e6, "tokens", "", "")),
        ("Muse Spark parameters about 70B", ("parameters", 70e9, "parameters", "~", "")),
        ("Muse Spark openness open source", ("openness", None, "", "", "open source")),
        ("Muse Spark score 90% benchmark=GPQA", ("benchmark_score", 90.0, "%", "", "")),
        ("Meta released Muse Spark", ("released", None, "", "", "")),
        ("Muse Spark released by Meta", ("released", None, "", "", "")),
    ],
)
async def test_add_as_a_person_types_it(store: Engine, typed: str, wanted: tuple[object, ...]):
    said = await Talk(store, NOON)(f"/fact add {typed} starts 2031 source {PAGE}")
    assert said.startswith("Added as #"), said
    fact = stored(store, number(said))
    assert (fact.predicate, fact.value, fact.unit, fact.op, fact.text) == wanted
    assert (fact.valid_from, fact.said_on, fact.origin, fact.status) == ("2031", NOON.date(), "operator", "reported")


async def test_both_ways_of_saying_a_release_name_the_same_two(store: Engine):
    talk = Talk(store, NOON)
    one = stored(store, number(await talk(f"/fact add Meta released Muse Spark starts 2031 source {PAGE}")))
    # Said the other way round it is the same fact, and not noted twice.
    again = await talk(f"/fact add Muse Spark released by Meta starts 2031 source {PAGE}")
    assert again.startswith(f"Already known as #{one.id}")


async def test_what_is_added_is_told_with_its_source_and_sentence(store: Engine):
    talk = Talk(store, NOON)
    said = await talk(
        f"/fact add {LAB} valuation $2B new=yes source {PAGE} said 7 Apr 2026 quote It is worth two billion."
    )
    assert f"New name: {LAB}." in said
    assert "“It is worth two billion.” (journal.example, 7 Apr 2026)" in said
    assert "$2B, reported (journal.example, 7 Apr 2026; #" in await talk(f"/facts {LAB}")
    with transaction(store) as session:
        assert session.exec(select(Entity).where(Entity.name == LAB)).one().origin == FROM_FACT


async def test_qualifiers_say_what_sets_it_apart(store: Engine):
    said = await Talk(store, NOON)(f"/fact add Meta hired Jane Quuxley role=head of research source {PAGE}")
    fact = stored(store, number(said))
    assert fact.qualifiers == {"role": "head of research"}
    assert "Jane Quuxley: Joined Meta (head of research), reported." in said


async def test_a_known_fact_gets_another_source(store: Engine):
    one = know(store, LAB, "valuation", value=1e9, unit="USD")
    talk = Talk(store, NOON)
    assert (await talk(f"/fact add {LAB} valuation $1B source {PAGE}")).startswith(f"Already known as #{one}")
    assert (await talk(f"/fact add {LAB} valuation $1B source {PAGE}")).startswith(f"Already known as #{one}")
    with transaction(store) as session:
        urls = session.exec(
            select(FactSource.url).where(FactSource.fact_id == one).order_by(col(FactSource.position))
        ).all()
    assert urls == ["https://journal.example/a", PAGE]


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("/fact", "/fact needs an action"),
        ("/fact forget 3", "“forget” is not a valid action.\nChoose show, add, dispute"),
        ("/fact show", "Which fact? Give its number."),
        ("/fact show abc", "“abc” is not a fact number."),
        ("/fact show 99999999999999999999", "“99999999999999999999” is not a fact number."),
        ("/fact show 88888", "There is no fact #88888."),
        ("/fact show 1 2", "“1 2” is not a fact number."),
        ("/fact add", "Which fact should I add?"),
        ("/fact add Meta valuation $2T", "Which page says so?"),
        ("/fact add Meta valuation $2T source nowhere", "“nowhere” is not a web address."),
        ("/fact add Meta valuation $2T source http://", "“http://” is not a web address."),
        (f"/fact add Meta flurbs 3 source {PAGE}", "I can't find a kind of fact in “Meta flurbs 3”."),
        (f"/fact add Meta valuatoin $3 source {PAGE}", "I can't find a kind of fact in “Meta valuatoin $3”.\nDid"),
        (f"/fact add Meta valuation 21B source {PAGE}", "“21B” has no currency"),
        (f"/fact add Meta valuation 5 apples source {PAGE}", "“5 apples” is not an amount of money"),
        (f"/fact add Meta valuation $3 source {PAGE}", "“$3” is out of range for valuation."),
        (f"/fact add Meta valuation much source {PAGE}", "“much” has no number."),
        (f"/fact add Meta valuation source {PAGE}", "Something is missing after “valuation”."),
        (f"/fact add Meta data centre 3 source {PAGE}", "“3” has no unit: write 3 GW."),
        (f"/fact add Mteta valuation $2T source {PAGE}", "I don't know the name “Mteta”.\nDid you mean Meta"),
        (f"/fact add Meta valuation $2T starts soon source {PAGE}", "“soon” is not a date for `starts`."),
        (f"/fact add Meta valuation $2T starts 2030 ends 2029 source {PAGE}", "The end (2029) is before the start"),
        (f"/fact add Meta valuation $2T said 2031-01-01 source {PAGE}", "1 Jan 2031 is in the future."),
        (f"/fact add Meta valuation $2T status certain source {PAGE}", "“certain” is not a status."),
        (f"/fact add Meta valuation $2T colour=blue source {PAGE}", "valuation has no qualifier “colour”"),
        ("/fact dispute 1", "Which page says so?"),
        ("/fact undo 1", "#1 has no changes to undo."),
    ],
)  # fmt: skip
async def test_bad_input_is_answered_with_a_next_step(store: Engine, line: str, answer: str):
    said = await Talk(store, NOON)(line)
    assert said.startswith(answer), said


async def test_only_operators_may_change_facts(store: Engine):
    """A fact is told in every workspace: to manage one is not enough."""
    one = know(store, LAB, "valuation", value=1e9, unit="USD")
    anybody = Talk(store, NOON, Place("discord", "1", "2"), may_configure=True)
    for line in (
        f"add {LAB} valuation $2B source {PAGE}",
        f"dispute {one} source {PAGE}",
        f"retract {one}",
        f"undo {one}",
    ):
        assert "is for the operators of this bot" in await anybody(f"/fact {line}")
    assert (await anybody(f"/fact show {one}")).startswith(f"#{one}: {LAB}")
    assert (await anybody("/fact changes")).startswith("No facts changed yet")
    assert stored(store, one).retired_at is None


async def test_a_disputed_fact_is_told_as_such_and_why(stocked: Engine):
    one = know(stocked, LAB, "valuation", value=1e9, unit="USD")
    talk = Talk(stocked, NOON)
    said = await talk(f"/fact dispute {one} that was only talked of source {PAGE}")
    assert said.startswith(f"#{one} is now marked as disputed")
    assert "$1B, disputed (journal.example" in await talk(f"/facts {LAB}")
    shown = await talk(f"/fact show {one}")
    assert f"disputed (that was only talked of) (terminal:tester, 9 Apr 2026, 12:00 UTC)\n    {PAGE}" in shown
    assert (await talk(f"/fact dispute {one} again source {PAGE}")).startswith(f"#{one} is already disputed.")


async def test_a_retracted_fact_is_told_no_more_but_known_as_of_before(stocked: Engine):
    one = know(stocked, LAB, "valuation", value=1e9, unit="USD")
    talk = Talk(stocked, NOON)
    assert (await talk(f"/fact retract {one} wrong company")).startswith(f"#{one} is retracted\n")
    assert ": no facts\n" in await talk(f"/facts {LAB}")
    assert "$1B" in await talk(f"/facts {LAB} known 2026-04-08")
    assert "Retracted  9 Apr 2026, 12:00 UTC by terminal:tester" in await talk(f"/fact show {one}")
    assert (await talk(f"/fact retract {one}")).startswith(f"#{one} is already retracted.")


@pytest.mark.parametrize("change", ["dispute {} source https://journal.example/new", "retract {}"])
async def test_undo_takes_the_last_change_back_and_is_itself_kept(stocked: Engine, change: str):
    one = know(stocked, LAB, "valuation", value=1e9, unit="USD")
    before = stored(stocked, one)
    talk = Talk(stocked, NOON)
    await talk(f"/fact {change.format(one)}")
    await talk(f"/fact undo {one}")
    after = stored(stocked, one)
    assert (after.status, after.retired_at, after.retired_by) == (before.status, None, "")
    assert (await talk(f"/fact changes {one}")).count("terminal:tester") == 2
    # Undone twice, it is done.
    await talk(f"/fact undo {one}")
    again = stored(stocked, one)
    assert (again.status, again.retired_at is None) != (before.status, True)


async def test_undo_of_an_added_fact(store: Engine):
    talk = Talk(store, NOON)
    one = number(await talk(f"/fact add Meta valuation $2T source {PAGE}"))
    assert (await talk(f"/fact undo {one}")).startswith(f"#{one} is retracted\n")
    assert f"#{one})" not in await talk("/facts Meta about valuation")


async def test_who_changed_what_is_listed(store: Engine):
    talk = Talk(store, NOON)
    one = number(await talk(f"/fact add Meta valuation $2T source {PAGE} reason for the table"))
    said = await talk("/fact changes")
    assert f"added: #{one} Meta: Valuation: $2T, reported (for the table) (terminal:tester, 9 Apr 2026" in said
