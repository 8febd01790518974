"""Numbers with their units, read and written."""

import pytest

from models.measure import amount_words, quantities


@pytest.mark.parametrize(
    ("text", "kind", "value", "unit", "op"),
    [
        ("$21B", "money", 21e9, "USD", ""),
        ("USD 1.2 billion", "money", 1.2e9, "USD", ""),
        ("€300M", "money", 3e8, "EUR", ""),
        ("¥20B", "money", 2e10, "JPY", ""),
        ("10 billion dollars", "money", 1e10, "USD", ""),
        ("24 cents", "money", 0.24, "USD", ""),
        ("up to $100 billion", "money", 1e11, "USD", "<="),
        ("128K", "scaled", 128e3, "K", ""),
        ("1M-token", "scaled", 1e6, "M", ""),
        ("671B", "scaled", 671e9, "B", ""),
        ("~12B", "scaled", 12e9, "B", "~"),
        ("two trillion tokens", "scaled", 2e12, "T", ""),
        ("over 1 million users", "scaled", 1e6, "M", ">"),
        ("95.1%", "percent", 95.1, "%", ""),
        ("at least 10 gigawatts", "power", 10, "GW", ">="),
        ("500 MW", "power", 0.5, "GW", ""),
        ("24 GB", "bytes", 24, "GB", ""),
        ("410 GB+", "bytes", 410, "GB", ">="),
        ("1.5TB", "bytes", 1500, "GB", ""),
        ("in 2026", "year", 2026, "", ""),
        ("200,000", "plain", 200_000, "", ""),
        ("€1,7 billion", "money", 1.7e9, "EUR", ""),
        ("2,5 million euros", "money", 2.5e6, "EUR", ""),
        ("$2,50", "money", 2.5, "USD", ""),
        ("$2,500", "money", 2500, "USD", ""),
        ("$60MM", "money", 60e6, "USD", ""),
        ("₹40 crore", "money", 400e6, "INR", ""),
        ("30 lakh", "scaled", 3e6, "L", ""),
        ("10亿元", "money", 1e9, "CNY", ""),
        ("from $4 billion to $6 billion", "money", 6e9, "USD", ""),
    ],
)
def test_a_number_is_read_in_one_form(text: str, kind: str, value: float, unit: str, op: str):
    (one,) = quantities(text)
    assert (one.kind, one.unit, one.op) == (kind, unit, op)
    assert one.value == pytest.approx(value)


def test_a_range_has_two_ends():
    (one,) = quantities("from 8B to 253B")
    assert (one.low, one.value) == (8e9, 253e9)


@pytest.mark.parametrize("text", ["$4 billion to $6 billion", "$4-6 billion", "between $4 billion and $6 billion"])
def test_a_range_of_money(text: str):
    (one,) = quantities(text)
    assert (one.low, one.value, one.unit) == (4e9, 6e9, "USD")


def test_a_bound_is_not_written_before_a_range():
    assert amount_words(4e9, "USD", ">=", 6e9) == "$4B–$6B"


def test_several_in_a_row():
    assert [one.value for one in quantities("3B/8B/14B")] == [3e9, 8e9, 14e9]


@pytest.mark.parametrize("text", ["GPT-4", "v3.2", "4x", "H100s", "27th"])
def test_what_is_part_of_a_word_is_no_number(text: str):
    assert quantities(text) == []


@pytest.mark.parametrize(
    ("value", "unit", "op", "high", "words"),
    [
        (21e9, "USD", "", None, "$21B"),
        (3e9, "EUR", ">", None, "over €3B"),
        (0.24, "USD/minute", "", None, "$0.24 per minute"),
        (8e9, "parameters", "", 253e9, "8B–253B parameters"),
        (36, "%", "~", None, "about 36%"),
        (2, "GW", ">=", None, "at least 2 GW"),
    ],
)
def test_a_number_is_written_as_people_do(value: float, unit: str, op: str, high: float | None, words: str):
    assert amount_words(value, unit, op, high) == words
