"""Predicates by the words that people use for them."""

import pytest

from answers.language.predicates import predicates_named, similar_predicates, split_statement
from models.predicate import PREDICATES


@pytest.mark.parametrize("name", PREDICATES)
def test_every_predicate_is_meant_by_its_name_and_phrase(name):
    predicate = PREDICATES[name]
    assert predicate in predicates_named(name)
    assert predicate in predicates_named(name.replace("_", " ").upper())
    alone = [one for one in PREDICATES.values() if one.phrase == predicate.phrase]
    assert len(alone) > 1 or predicates_named(predicate.phrase) == [predicate]


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("prices", {"price"}),
        ("compute deals", {"compute_deal"}),
        ("funding", {"funding_round", "valuation", "investor", "ipo"}),
        ("ceo", {"role"}),
        ("flurbs", set()),
        ("", set()),
    ],
)
def test_words_and_topics(words, names):
    found = {predicate.name for predicate in predicates_named(words)}
    assert names <= found
    assert bool(found) == bool(names)


@pytest.mark.parametrize(
    ("typed", "name"), [("licens", "licence"), ("valuatoin", "valuation"), ("headcont", "headcount")]
)
def test_near_ones(typed, name):
    assert similar_predicates(typed)[0].name == name


@pytest.mark.parametrize(
    ("sentence", "wanted"),
    [
        ("Meta compute deal with CoreWeave $21B", ("compute_deal", "Meta", "CoreWeave $21B", False)),
        ("Meta compute_deal CoreWeave $21B", ("compute_deal", "Meta", "CoreWeave $21B", False)),
        ("Muse Spark released by Meta", ("released", "Muse Spark", "Meta", True)),
        ("Meta hired Jane Quux", ("appointed", "Meta", "Jane Quux", True)),
        ("Meta acquired Manus $2B", ("acquisition", "Meta", "Manus $2B", False)),
        ("price of Muse Spark", None),
        ("Meta is big", None),
        ("", None),
    ],
)
def test_a_statement_parted_at_its_predicate(sentence, wanted):
    found = split_statement(sentence)
    assert (found and (found.predicate.name, found.before, found.after, found.inverse)) == wanted
