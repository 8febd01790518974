"""/compare over made-up facts and news."""

import pytest
from sqlalchemy import Engine

from bot.router import Router
from bot.terminal.adapter import PLACE
from handlers import commands
from signals.detector import Rules
from tests.conftest import NOON, Say
from tests.knowledge import LAB, ONE, TWO, know
from tests.news import Talk


async def test_shared_predicates_side_by_side_and_what_nobody_said_is_unknown(stocked: Engine):
    a = know(stocked, LAB, "released", ONE, valid_from="2026-01", said="2026-01-10", url="https://j.example/a")
    b = know(stocked, LAB, "released", TWO, valid_from="2026-04-08", url="https://j.example/b")
    c = know(stocked, ONE, "parameters", value=70e9, unit="parameters", url="https://j.example/c")
    d = know(
        stocked,
        ONE,
        "price",
        value=2,
        unit="USD/1M tokens",
        qualifiers={"token_type": "input"},
        url="https://j.example/d",
    )
    e = know(
        stocked,
        TWO,
        "price",
        value=3,
        unit="USD/1M tokens",
        qualifiers={"token_type": "input"},
        url="https://j.example/e",
    )
    know(stocked, ONE, "partnership", LAB)
    assert await Talk(stocked, NOON)(f"/compare {ONE}, {TWO}") == (
        "Tundra-1 and Tundra-2\n"
        "As of 9 Apr 2026. “Unknown” means that no source I have read states it.\n"
        "\n"
        "                 Tundra-1                      Tundra-2\n"
        "  Released by    Borealis Labs (Jan 2026) [1]  Borealis Labs (8 Apr 2026) [2]\n"
        "  Parameters     70B parameters [3]            unknown\n"
        "  Price (input)  $2 per M tokens [4]           $3 per M tokens [5]\n"
        f"  [1] j.example, 10 Jan 2026; #{a} https://j.example/a\n"
        f"  [2] j.example, 8 Apr 2026; #{b} https://j.example/b\n"
        f"  [3] j.example, 8 Apr 2026; #{c} https://j.example/c\n"
        f"  [4] j.example, 8 Apr 2026; #{d} https://j.example/d\n"
        f"  [5] j.example, 8 Apr 2026; #{e} https://j.example/e\n"
        "\n"
        "Next: /facts Tundra-1 · /facts Tundra-2"
    )


async def test_how_much_each_is_talked_about(launched: Engine):
    said = await Talk(launched, NOON)("/compare Meta vs Muse Spark")
    assert "  Stories in 24 h" in said
    assert "22; 3.7 expected, z 7.5" in said
    assert said.endswith("Stories counted to 9 Apr 2026, 12:00 UTC.")


async def test_prices_of_other_kinds_are_other_rows(store: Engine):
    for name, price in ((ONE, 2), (TWO, 3)):
        know(store, name, "price", value=price, unit="USD/1M tokens", qualifiers={"token_type": "input"})
        know(store, name, "price", value=price * 4, unit="USD/1M tokens", qualifiers={"token_type": "output"})
    said = await Talk(store, NOON)(f"/compare {ONE}, {TWO} about price")
    assert "Price (input)" in said
    assert "Price (output)" in said
    assert "Stories in" not in said


async def test_a_disagreement_stands_in_the_cell(store: Engine):
    know(store, ONE, "openness", said="2026-04-08", text="open weights", url="https://one.example/a")
    know(store, ONE, "openness", said="2026-04-07", text="closed", url="https://two.example/b")
    know(store, TWO, "openness", said="2026-04-07", text="closed")
    router = Router(store, commands(Rules()), lambda: NOON)
    reply = await router.answer_line(f"/compare {ONE}, {TWO} about openness", PLACE)
    assert reply.table is not None
    assert [cell.text for cell in reply.table.rows[0].cells] == [
        "Open weights; contradicted by: Closed (two.example, 7 Apr 2026)",
        "Closed",
    ]


async def test_as_of(store: Engine):
    for name in (ONE, TWO):
        know(store, name, "context_window", said="2026-01-01", value=128e3, unit="tokens")
        know(store, name, "context_window", said="2026-03-01", value=1e6, unit="tokens")
    said = await Talk(store, NOON)(f"/compare {ONE}, {TWO} as-of 2026-02-01")
    assert "128K tokens" in said
    assert "1M tokens" not in said


@pytest.mark.parametrize(
    "names",
    [
        "OpenAI Anthropic", "OpenAI, Anthropic", "OpenAI and Anthropic", "OpenAI vs. Anthropic", "OpenAI + Anthropic",
        "OpenAI & Anthropic", "OpenAI; Anthropic", "openai anthropic", "OpenAI, OpenAI, Anthropic",
    ],
)  # fmt: skip
async def test_names_however_they_are_parted(store: Engine, names: str):
    assert (await Talk(store, NOON)(f"/compare {names}")).startswith("OpenAI and Anthropic\n")


async def test_names_of_several_words_in_a_row(store: Engine):
    assert (await Talk(store, NOON)("/compare Muse Spark Meta AI OpenAI")).startswith(
        "Muse Spark, Meta AI and OpenAI\n"
    )


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("/compare", "/compare needs names: two to four names"),
        ("/compare OpenAI", "What should I compare OpenAI with?"),
        ("/compare OpenAI, OpenAI", "What should I compare OpenAI with?"),
        ("/compare OpenAI, Meta, Google, Anthropic, xAI", "There are 5 names; I can compare up to 4."),
        ("/compare OpenAI, Zorblax Quinfrob Wuxle", "I don't know the name “Zorblax Quinfrob Wuxle”."),
        ("/compare OpenAI, Meta about qqqq", "I don't know the kind of fact “qqqq”."),
    ],
)
async def test_bad_input(store: Engine, line: str, answer: str):
    assert (await Talk(store, NOON)(line)).startswith(answer)


async def test_what_comes_on_top_is_added_up_with_its_terms(say: Say):
    said = " ".join((await say("/compare Meta, OpenAI about compute_deal")).split())
    assert "total $35.2B = $14.2B + $21B" in said


async def test_nothing_shared(store: Engine):
    know(store, ONE, "partnership", LAB)
    know(store, TWO, "based_on", ONE)
    said = await Talk(store, NOON)(f"/compare {ONE}, {LAB} about revenue")
    assert "I found no kind of fact that two of them share" in said
