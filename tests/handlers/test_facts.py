"""/facts over made-up facts."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from tests.conftest import NOON
from tests.knowledge import LAB, ONE, TWO, key, know
from tests.news import Talk


async def test_grouped_newest_first_with_source_and_number(stocked: Engine):
    released = know(stocked, LAB, "released", ONE, said="2026-03-02", valid_from="2026-03-01")
    round_ = know(
        stocked, LAB, "funding_round", said="2026-04-08", value=40e6, unit="USD", url="https://www.money.example/x"
    )
    assert await Talk(stocked, NOON)(f"/facts {LAB}") == (
        f"{LAB}: 2 facts\n"
        "As of 9 Apr 2026, newest first. “Earlier” values have been superseded.\n"
        "\n"
        "Raised\n"
        f"  - $40M (money.example, 8 Apr 2026; #{round_})\n"
        "    https://www.money.example/x\n"
        "\n"
        "Released\n"
        f"  - {ONE} (1 Mar 2026) (journal.example, 2 Mar 2026; #{released})\n"
        "    https://journal.example/a\n"
        "\n"
        f"Next: /timeline {LAB} · /trend {LAB}\n"
        "\n"
        "/fact show 12 shows fact #12 with its source sentence and history."
    )


async def test_a_superseded_value_is_folded(store: Engine):
    know(store, ONE, "context_window", said="2025-11-01", value=128e3, unit="tokens")
    new = know(store, ONE, "context_window", said="2026-03-01", value=1e6, unit="tokens")
    said = await Talk(store, NOON)(f"/facts {ONE}")
    assert f"  - 1M tokens (journal.example, 1 Mar 2026; 1 earlier; #{new})" in said
    assert "128K" not in said


async def test_as_of_looks_at_what_had_been_said(store: Engine):
    know(store, ONE, "context_window", said="2025-11-01", value=128e3, unit="tokens")
    know(store, ONE, "context_window", said="2026-03-01", value=1e6, unit="tokens")
    said = await Talk(store, NOON)(f"/facts {ONE} as-of 2026-02-01")
    assert said.startswith(f"{ONE}: 1 fact\nAs of 1 Feb 2026, newest first.")
    assert "128K tokens" in said
    assert "1M tokens" not in said
    assert (await Talk(store, NOON)(f"/facts {ONE} as-of 2025-10-01")).startswith(
        f"{ONE}: no facts by 1 Oct 2025\nThere are other facts"
    )


async def test_known_looks_at_what_we_believed(store: Engine):
    late = datetime(2026, 4, 5, tzinfo=UTC)
    know(store, ONE, "parameters", said="2026-03-01", value=70e9, unit="parameters", recorded_at=late)
    wrong = datetime(2026, 3, 2, tzinfo=UTC)
    know(
        store, ONE, "parameters", said="2026-03-01", value=7e9, unit="parameters", recorded_at=wrong, retired_at=late,
        retired_by="terminal:tester",
    )  # fmt: skip
    assert "70B parameters" in await Talk(store, NOON)(f"/facts {ONE}")
    then = await Talk(store, NOON)(f"/facts {ONE} known 2026-03-20")
    assert "  - 7B parameters" in then
    assert "As of 9 Apr 2026, as known here on 20 Mar 2026, newest first." in then


async def test_sources_that_disagree_stand_side_by_side(store: Engine):
    know(store, ONE, "openness", said="2026-04-08", text="open weights", url="https://one.example/a")
    know(store, ONE, "openness", said="2026-04-07", text="closed", url="https://two.example/b")
    said = await Talk(store, NOON)(f"/facts {ONE}")
    assert "  - Open weights (one.example, 8 Apr 2026; #" in said
    assert "  - Contradicted by: Closed (two.example, 7 Apr 2026; #" in said


async def test_events_that_disagree_stand_side_by_side(store: Engine):
    first = know(store, LAB, "funding_round", value=40e6, unit="USD", said="2026-04-01")
    know(store, LAB, "funding_round", value=45e6, unit="USD", said="2026-04-02", disagrees_with=key(store, first))
    said = await Talk(store, NOON)(f"/facts {LAB}")
    assert said.startswith(f"{LAB}: 1 fact\n")
    assert "  - $40M (journal.example, 1 Apr 2026;" in said
    assert "  - Contradicted by: $45M (journal.example, 2 Apr 2026;" in said


async def test_two_that_disagree_with_each_other_are_both_told(store: Engine):
    first = know(
        store, LAB, "funding_round", value=40e6, unit="USD", said="2026-04-01", key="left", disagrees_with="right"
    )
    know(store, LAB, "funding_round", value=45e6, unit="USD", said="2026-04-02", key="right", disagrees_with="left")
    said = await Talk(store, NOON)(f"/facts {LAB}")
    assert "$40M" in said
    assert "$45M" in said
    assert said.count("Contradicted by") == 1
    assert f"#{first}" in said


async def test_what_may_have_changed_since_says_how_old_it_is(store: Engine):
    know(store, LAB, "valuation", said="2025-02-01", value=1e9, unit="USD")
    know(store, LAB, "released", ONE, said="2025-02-01")
    said = await Talk(store, NOON)(f"/facts {LAB}")
    assert "$1B (journal.example, 1 Feb 2025, 14 months old; #" in said
    assert said.count("months old") == 1, "a release does not grow old"


async def test_an_event_told_often_is_one_line(store: Engine):
    know(store, LAB, "released", ONE, said="2026-03-03", url="https://b.example/1")
    know(store, LAB, "released", ONE, said="2026-03-02", valid_from="2026-03-01", url="https://a.example/1")
    know(store, LAB, "released", TWO, said="2026-03-20")
    said = await Talk(store, NOON)(f"/facts {LAB}")
    assert said.startswith(f"{LAB}: 2 facts\n")
    assert f"  - {ONE} (1 Mar 2026) (a.example and 1 more, 2 Mar 2026; #" in said


async def test_a_fact_is_told_from_both_ends(store: Engine):
    know(store, LAB, "released", ONE)
    assert f"Released by\n  - {LAB} (journal.example" in await Talk(store, NOON)(f"/facts {ONE}")


async def test_one_kind_of_fact(store: Engine):
    for month in range(1, 8):
        know(store, LAB, "released", f"Tundra-{month}", said=f"2025-0{month}-01")
    know(store, LAB, "valuation", value=1e9, unit="USD")
    talk = Talk(store, NOON)
    said = await talk(f"/facts {LAB}")
    assert "Released (first 3 of 7)\n" in said
    assert f"/facts {LAB} about released" in said
    for words in ("released", "releases", "launch"):
        only = await talk(f"/facts {LAB} about {words}")
        assert only.startswith(f"{LAB}: 7 facts")
        assert "valuation" not in only.lower()
    assert (await talk(f"/facts {LAB} about compute deals")).startswith(f"{LAB}: no facts about compute deal\n")


async def test_a_long_list_has_pages(store: Engine):
    for number in range(40):
        know(store, LAB, "partnership", f"Partner {number}", said=f"2025-01-{number % 28 + 1:02}")
    talk = Talk(store, NOON)
    first = await talk(f"/facts {LAB} about partnership")
    assert first.count("\n  - ") == 16
    assert f"/facts {LAB} about partnership page 2" in first
    third = await talk(f"/facts {LAB} about partnership page 3")
    assert third.count("\n  - ") == 8
    assert "page 4" not in third
    assert (await talk(f"/facts {LAB} about partnership page 4")).startswith("There are 3 pages of facts about")


async def test_the_sentence_is_one_tap_away(store: Engine):
    number = know(store, LAB, "valuation", value=1e9, unit="USD", quote="Borealis Labs is worth $1 billion.")
    assert f"/fact show {number}" in await Talk(store, NOON)(f"/facts {LAB}")


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("/facts", "/facts needs a name"),
        ("/facts Zorblax Quinfrob Wuxle", "I don't know the name “Zorblax Quinfrob Wuxle”."),
        ("/facts Meta about licens", "I don't know the kind of fact “licens”.\nDid you mean licence"),
        ("/facts Meta about qqqq", "I don't know the kind of fact “qqqq”.\nChoose one of: releases, availability,"),
        ("/facts Meta page 0", "“0” is not a page number."),
        ("/facts Meta page -1", "“-1” is not a page number."),
        ("/facts Meta page 999", "There are "),
        ("/facts Meta as-of soon", "“soon” is not a date."),
        ("/facts Meta known 2031-01-01", "1 Jan 2031 is in the future."),
        ("/facts Meta + OpenAI", "I can show one name at a time.\nTo see both: /compare Meta, OpenAI"),
    ],
)
async def test_bad_input_is_answered_with_a_next_step(store: Engine, line: str, answer: str):
    assert (await Talk(store, NOON)(line)).startswith(answer)


async def test_a_name_of_which_nothing_is_known(store: Engine):
    know(store, LAB, "partnership", "Partner A", url="")
    with_nothing = await Talk(store, NOON)("/facts Partner A about price")
    assert with_nothing.startswith("Partner A: no facts about price\nThere are other facts")
    assert "(8 Apr 2026; #" in await Talk(store, NOON)("/facts Partner A"), "a fact without an address has its day"
