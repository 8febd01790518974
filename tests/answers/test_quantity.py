"""Numbers as people and tables write them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from answers.quantity import ACCEPTED, ParsedQuantity, QuantityError, parse_quantity


@pytest.mark.parametrize(
    ("text", "kind", "wanted"),
    [
        ("$21B", "money", ParsedQuantity(21e9, "USD")),
        ("21 billion dollars", "money", ParsedQuantity(21e9, "USD")),
        ("USD 21bn", "money", ParsedQuantity(21e9, "USD")),
        ("2.5 EUR", "money", ParsedQuantity(2.5, "EUR")),
        ("US$3m", "money", ParsedQuantity(3e6, "USD")),
        ("CN¥50B", "money", ParsedQuantity(50e9, "CNY")),
        ("$10-20B", "money", ParsedQuantity(10e9, "USD", 20e9)),
        ("over $21 billion", "money", ParsedQuantity(21e9, "USD", op=">")),
        ("$20/month", "money", ParsedQuantity(20, "USD/month")),
        ("€2 per seat", "money", ParsedQuantity(2, "EUR/seat")),
        ("$3 per 1M tokens", "money", ParsedQuantity(3, "USD/1M tokens")),
        ("$0.56/M output", "money", ParsedQuantity(0.56, "USD/1M tokens", token_type="output")),
        ("$2 per million input tokens", "money", ParsedQuantity(2, "USD/1M tokens", token_type="input")),
        ("1.6T", "parameters", ParsedQuantity(1.6e12, "parameters")),
        ("70B params", "parameters", ParsedQuantity(70e9, "parameters")),
        ("1,048,576", "tokens", ParsedQuantity(1048576, "tokens")),
        ("about 400K tokens", "tokens", ParsedQuantity(400e3, "tokens", op="~")),
        ("900M WAU", "people", ParsedQuantity(900e6, "WAU")),
        ("≥ 5 GW", "power", ParsedQuantity(5, "GW", op=">=")),
        ("up to 16 GB", "GB", ParsedQuantity(16, "GB", op="<=")),
        ("90%", "score", ParsedQuantity(90, "%")),
        ("1487 Elo", "score", ParsedQuantity(1487, "Elo")),
        ("52", "score", ParsedQuantity(52, "")),
        ("#3", "rank", ParsedQuantity(3, "rank")),
        ("-3%", "%", ParsedQuantity(-3, "%")),
        ("120 tok/s", "tokens/s", ParsedQuantity(120, "tokens/s")),
    ],
)
def test_read(text, kind, wanted):
    assert parse_quantity(text, kind) == wanted


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        ("21B", "money", "no currency"),
        ("21 apples", "money", "is not an amount of money"),
        ("21 XYZ", "money", "no currency"),
        ("$5", "tokens", "is an amount of money, but this takes tokens"),
        ("5", "power", "has no unit: write 5 GW"),
        ("5 apples", "tokens", "is not a unit of tokens: use "),
        ("three", "rank", "is not a number"),
        ("", "money", "is not a number"),
        ("nan", "score", "is not a number"),
        ("1e400", "tokens", "is not a unit of tokens: use "),
    ],
)
def test_refused_with_what_to_write(text, kind, said):
    with pytest.raises(QuantityError, match=said):
        parse_quantity(text, kind)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(some.text(max_size=100), some.sampled_from([*ACCEPTED, "money", ""]))
def test_anything_typed_is_a_number_or_refused(text, kind):
    try:
        found = parse_quantity(text, kind)
    except QuantityError:
        return
    assert found.value == found.value
