"""JSON from outside: one odd value leaves the rest readable."""

import math

import pytest

from ingest.formats.outside_json import MAX_DEPTH, load_json


def test_a_number_of_absurd_length_is_infinite_and_the_rest_stays():
    found = load_json(b'{"a": ' + b"9" * 5000 + b', "b": [1, -2]}')
    assert math.isinf(found["a"])
    assert found["b"] == [1, -2]


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")], ids=["lists", "objects"])
def test_what_is_nested_too_deep_becomes_null_and_the_rest_stays(opening: str, closing: str):
    text = f'[{{"title": "a ] {{ \\" b", "x": {opening * 5000}1{closing * 5000}}}, {{"title": "second"}}]'
    first, second = load_json(text)
    assert (first["title"], second["title"]) == ('a ] { " b', "second")
    levels, inner = 2, first["x"]
    while inner is not None:
        inner = inner["a"] if isinstance(inner, dict) else inner[0]
        levels += 1
    assert levels == MAX_DEPTH


def test_what_is_no_json_stays_an_error():
    for text in ("[" * 5000, '{"a": 1', "{"):
        with pytest.raises(ValueError, match=r"line 1 column"):
            load_json(text)
