"""Every example of models/predicates.toml, and what is said of a mistake in it."""

from datetime import date

import pytest

from answers.language import cues
from answers.language.cues import BY_NAME, CREATOR, CUES, ROLE_TITLE, Wording
from answers.language.predicates import predicates_named, split_statement
from answers.language.time_range import parse_time_range
from answers.understand.question import parse_question
from models.predicate import PREDICATES, Succession
from models.predicate_table import FILE, PredicateTableError, one_of, predicate_table, read_table

TABLE = predicate_table()
VARIANTS = {"role_title": ROLE_TITLE, "creator": CREATOR}


def examples(part, key):
    """(entry, sentence) for each example of a part of the table."""
    return [
        pytest.param(name, sentence, id=f"{name}: {sentence}")
        for name, entry in TABLE.items()
        for sentence in entry.get(part, {}).get(key, ())
    ]


def asked_for(name, text):
    """The predicates that a question asks for, or that typed keywords name, read as the entry is read."""
    if name in VARIANTS:
        return {name} if VARIANTS[name].question.search(text) else set()
    if name in BY_NAME:
        cue = parse_question(text, parse_time_range(text, date(2027, 3, 1)), []).cue
        return {cue.name} if cue else set()
    return {predicate.name for predicate in predicates_named(text)}


def stated(name, text):
    """The predicates that a sentence may state, or that a typed statement names."""
    if name in VARIANTS:
        return {name} if VARIANTS[name].statement.search(text) else set()
    if name in BY_NAME:
        return {cue.name for cue in CUES if cue.statement.search(text)}
    found = split_statement(text)
    return {found.predicate.name} if found else set()


@pytest.mark.parametrize(("name", "sentence"), examples("question", "examples"))
def test_a_question_asks_for_exactly_its_predicate(name, sentence):
    assert asked_for(name, sentence) == {name}


@pytest.mark.parametrize(("name", "sentence"), examples("question", "counterexamples"))
def test_a_question_that_asks_for_something_else(name, sentence):
    assert name not in asked_for(name, sentence)


@pytest.mark.parametrize(("name", "sentence"), examples("statement", "examples"))
def test_a_sentence_states_exactly_its_predicate(name, sentence):
    assert stated(name, sentence) == {name}


@pytest.mark.parametrize(("name", "sentence"), examples("statement", "counterexamples"))
def test_a_sentence_that_states_something_else(name, sentence):
    assert name not in stated(name, sentence)


@pytest.mark.parametrize(("name", "sentence"), examples("count", "examples"))
def test_a_question_how_many_there_are(name, sentence):
    assert [cue.name for cue in CUES if cue.count.search(sentence)] == [name]


@pytest.mark.parametrize(("name", "sentence"), examples("count", "counterexamples"))
def test_a_question_how_many_of_something_else_there_are(name, sentence):
    assert not BY_NAME[name].count.search(sentence)


@pytest.mark.parametrize("name", TABLE)
def test_every_entry_has_examples_of_both_kinds(name):
    entry = TABLE[name]
    if name == "trend_spike":  # stated by our own counts, never in words
        assert not entry.keys() & {"question", "statement", "count", "keywords"}
        return
    parts = {part for part in ("question", "statement", "count") if part in entry}
    # What something is called is stated in no words of its own.
    assert parts >= ({"question"} if name == "called" else {"question", "statement"})
    for part in parts:
        assert entry[part]["examples"], part
        assert entry[part]["counterexamples"], part


def test_what_the_table_gives():
    assert [name for name, entry in TABLE.items() if entry.get("stored", True)] == list(PREDICATES)
    asked = {name for name, entry in TABLE.items() if "answer" in entry.get("question", {})}
    assert asked == BY_NAME.keys() | VARIANTS.keys()
    orders = [TABLE[cue.name]["question"]["order"] for cue in CUES]
    assert orders == sorted(orders)


GOOD = """
[colour]
topic = "looks"
phrase = "colour"
keywords = ["colour"]
[colour.question]
order = 10
answer = "text"
cues = ['colou?r']
examples = ["Which colour is it?"]
counterexamples = ["How tall is it?"]
[colour.statement]
cues = ['red|green']
examples = ["It is red."]
counterexamples = ["It is tall."]
"""


def mistakes(tmp_path, text):
    path = tmp_path / "predicates.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PredicateTableError) as caught:
        read_table(path)
    assert all(mistake.startswith(f"{path}: ") for mistake in caught.value.mistakes)
    return [mistake.removeprefix(f"{path}: ") for mistake in caught.value.mistakes]


def test_a_good_table_is_read(tmp_path):
    path = tmp_path / "predicates.toml"
    path.write_text(GOOD, encoding="utf-8")
    assert list(read_table(path)) == ["colour"]


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ('phrase = "colour"', "", "[colour] needs phrase"),
        ('topic = "looks"', "topic = 3", "[colour] topic should be a text"),
        ("order = 10", "order = true", "[colour] question.order should be a whole number"),
        ("order = 10", "", "[colour] has question cues, so it needs question.order"),
        ("cues = ['red|green']", "cues = [3]", "[colour] statement.cues should hold texts only, none of them empty"),
        ('examples = ["It is red."]\n', "", "[colour] needs statement.examples: at least one sentence"),
        ('counterexamples = ["How tall is it?"]', "", "[colour] needs question.counterexamples: at least one sentence"),
        (
            "order = 10",
            'order = 10\nanswered_by = ["hue"]',
            "[colour] question.answered_by names “hue”, which has no entry",
        ),
        (
            'keywords = ["colour"]',
            'variant_of = "hue"',
            "[colour] is a variant of “hue”, which has no entry with a question",
        ),
    ],
)
def test_a_mistake_is_told_by_file_and_predicate(tmp_path, old, new, wanted):
    assert old in GOOD
    assert mistakes(tmp_path, GOOD.replace(old, new, 1)) == [wanted]


def test_an_unknown_field_is_answered_with_the_known_ones(tmp_path):
    (mistake,) = mistakes(tmp_path, GOOD.replace("topic =", 'phrse = "x"\ntopic ='))
    assert mistake.startswith("[colour] has “phrse”, which is no field; fields are topic, phrase, ")
    (mistake,) = mistakes(tmp_path, GOOD.replace("order =", 'anser = "x"\norder ='))
    assert mistake.startswith("[colour] has “question.anser”, which is no field; fields are cues, ")


def test_two_predicates_of_one_order(tmp_path):
    twice = GOOD + GOOD.replace("[colour", "[shade")
    assert mistakes(tmp_path, twice) == ["[shade] has question.order 10 as [colour] has: which of the two wins?"]


def test_a_file_that_is_no_table(tmp_path):
    (mistake,) = mistakes(tmp_path, "[colour\n")
    assert mistake.startswith("is not TOML (")
    assert mistakes(tmp_path, "colour = 3") == ["[colour] is no table"]
    with pytest.raises(PredicateTableError, match=r"nowhere\.toml: can't be read"):
        read_table(tmp_path / "nowhere.toml")


def test_a_wrong_expression_is_told_by_file_and_predicate():
    with pytest.raises(PredicateTableError) as caught:
        Wording("colour.statement", ("red", "(green")).search("It is green.")
    assert str(caught.value).startswith(f"{FILE}: [colour.statement] “(green” is no regular expression: ")


def test_a_wrong_type_of_answer_is_told_by_file_and_predicate():
    entry = {"question": {"answer": "colour", "cues": ["colou?r"]}}
    with pytest.raises(PredicateTableError, match=r"\[hue\] question\.answer “colour” is none of money, count, "):
        cues.cues_of({"hue": entry})


def test_a_wrong_succession_is_told_by_file_and_predicate():
    with pytest.raises(PredicateTableError, match=r"\[hue\] holds “twice” is none of one, fixed, series, event"):
        one_of(Succession, "twice", "hue", "holds")


def test_no_wording_matches_nothing():
    assert not Wording()
    assert Wording().search("anything") is None
    assert Wording().spans("anything") == []
