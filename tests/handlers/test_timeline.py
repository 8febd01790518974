"""/timeline over made-up facts."""

import pytest
from sqlalchemy import Engine

from tests.conftest import NOON
from tests.knowledge import LAB, ONE, TWO, know
from tests.news import Talk


async def test_newest_first_each_as_precise_as_it_is_known(stocked: Engine):
    know(stocked, LAB, "released", ONE, said="2025-11-20", valid_from="2025-11")
    know(stocked, LAB, "released", TWO, said="2026-04-08", valid_from="2026-04-08", url="https://b.example/2")
    know(stocked, LAB, "founded", said="2025-12-01", valid_from="2024")
    know(stocked, LAB, "valuation", value=1e9, unit="USD", said="2026-04-01")
    said = await Talk(stocked, NOON)(f"/timeline {LAB}")
    lines = [line for line in said.split("\n") if not line.startswith("    ")]
    assert [line.rpartition(", #")[0] or line for line in lines[:11]] == [
        f"{LAB}: 3 events",
        "As of 9 Apr 2026, newest first.",
        "",
        "2026",
        f"  - 8 Apr 2026: Released {TWO} (b.example",
        "",
        "2025",
        f"  - Nov 2025: Released {ONE} (journal.example, reported 20 Nov 2025",
        "",
        "2024",
        "  - 2024: Founded (journal.example, reported 1 Dec 2025",
    ]


async def test_what_is_to_come_stands_ahead_and_where_it_was_announced(store: Engine):
    know(store, LAB, "compute_deal", ONE, value=3e9, unit="USD", valid_from="2027", valid_to="2032", said="2026-04-02")
    said = await Talk(store, NOON)(f"/timeline {LAB}")
    assert (
        "Upcoming\n  - 2027: Compute deal with Tundra-1: $3B (2027–2032) (journal.example, reported 2 Apr 2026, #"
        in said
    )
    assert "2026\n  - 2 Apr 2026: Compute deal with Tundra-1: $3B (2027–2032) (journal.example, #" in said


async def test_as_of(store: Engine):
    know(store, LAB, "released", ONE, said="2025-11-20", valid_from="2025-11-20")
    know(store, LAB, "released", TWO, said="2026-04-08", valid_from="2026-04-08")
    said = await Talk(store, NOON)(f"/timeline {LAB} as-of 2026-01-31")
    assert said.startswith(f"{LAB}: 1 event\nAs of 31 Jan 2026")
    assert TWO not in said


async def test_an_event_told_often_stands_once(store: Engine):
    know(store, LAB, "released", ONE, said="2026-03-02", valid_from="2026-03-01", url="https://a.example/1")
    know(store, LAB, "released", ONE, said="2026-03-03", url="https://b.example/1")
    said = await Talk(store, NOON)(f"/timeline {LAB}")
    assert said.startswith(f"{LAB}: 1 event\n")
    assert f"1 Mar 2026: Released {ONE} (a.example and 1 more, reported 2 Mar 2026, #" in said


async def test_a_sum_told_again_within_a_week_is_one_event_and_a_later_one_another(store: Engine):
    know(store, LAB, "funding_round", value=40e6, unit="USD", said="2026-03-31", valid_from="2026-03-31")
    know(store, LAB, "funding_round", value=40e6, unit="USD", said="2026-04-02", url="https://b.example/1")
    know(store, LAB, "funding_round", value=40e6, unit="USD", said="2025-01-02")
    know(store, LAB, "acquisition", ONE, said="2026-03-01")
    know(store, LAB, "acquisition", ONE, said="2026-04-01", status="denied")
    said = await Talk(store, NOON)(f"/timeline {LAB}")
    assert said.startswith(f"{LAB}: 4 events\n")
    assert "31 Mar 2026: Raised: $40M (journal.example and 1 more, #" in said
    assert "2 Jan 2025: Raised: $40M (journal.example, #" in said
    assert "1 Apr 2026: Acquisition of Tundra-1, denied" in said


async def test_pages(store: Engine):
    for number in range(20):
        know(store, LAB, "partnership", f"Partner {chr(65 + number)}", said=f"2025-01-{number + 1:02}")
    talk = Talk(store, NOON)
    first = await talk(f"/timeline {LAB}")
    assert first.count("\n  - ") == 15
    assert f"Next: /timeline {LAB} page 2 · /facts {LAB}" in first
    second = await talk(f"/timeline {LAB} page 2")
    assert second.count("\n  - ") == 5
    assert "1 Jan 2025: Partnership with Partner A" in second
    assert (await talk(f"/timeline {LAB} page 3")).startswith("There are 2 pages of events for Borealis Labs.")


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("/timeline", "/timeline needs a name"),
        ("/timeline Meta + OpenAI", "I can show one name at a time."),
        ("/timeline Meta page x", "“x” is not a page number."),
    ],
)
async def test_bad_input(store: Engine, line: str, answer: str):
    assert (await Talk(store, NOON)(line)).startswith(answer)


async def test_no_events(store: Engine):
    know(store, LAB, "valuation", value=1e9, unit="USD")
    assert (await Talk(store, NOON)(f"/timeline {LAB}")).startswith(f"{LAB}: no events by 9 Apr 2026\n")
