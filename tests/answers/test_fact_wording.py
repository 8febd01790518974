"""Facts in words."""

from datetime import UTC, date, datetime

import pytest

from answers.fact_wording import fact_detail, fact_phrase, period_words
from models.entity import Entity
from models.fact import Fact
from models.measure import amount_words, number_words
from models.predicate import PREDICATES, STATUSES

META, WEAVE, SPARK = 1, 2, 3
PEOPLE = {
    META: Entity(id=META, key="meta", name="Meta", kind="company"),
    WEAVE: Entity(id=WEAVE, key="coreweave", name="CoreWeave", kind="cloud"),
    SPARK: Entity(id=SPARK, key="muse-spark", name="Muse Spark", kind="model"),
}


def fact(predicate="compute_deal", subject=META, **more):
    return Fact(
        key="f1",
        subject_id=subject,
        predicate=predicate,
        said_on=date(2026, 4, 9),
        recorded_at=datetime(2026, 4, 9, tzinfo=UTC),
        **more,
    )


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "0"),
        (0.25, "0.25"),
        (7, "7"),
        (1450, "1,450"),
        (9999, "9,999"),
        (10_000, "10K"),
        (262_144, "262.1K"),
        (999_999, "1M"),
        (1_000_000, "1M"),
        (671e6, "671M"),
        (999_999_999, "1B"),
        (14.2e9, "14.2B"),
        (21e9, "21B"),
        (1.5e12, "1.5T"),
        (999.99e9, "1T"),
        (-14.2e9, "-14.2B"),
    ],
)
def test_numbers_as_people_write_them(value, words):
    assert number_words(value) == words


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (21e9, "USD", "$21B"),
        (2.5e9, "EUR", "€2.5B"),
        (900e6, "GBP", "£900M"),
        (50e9, "CNY", "CN¥50B"),
        (1e12, "JPY", "¥1T"),
        (10e9, "USD/year", "$10B per year"),
        (3, "USD/1M tokens", "$3 per M tokens"),
        (49, "%", "49%"),
        (80.5, "%", "80.5%"),
        (6, "GW", "6 GW"),
        (600, "people", "600 people"),
        (52, "index", "52 index"),
        (7, "", "7"),
        (3, "flurbs", "3 flurbs"),
        (3, "flurbs/year", "3 flurbs/year"),
        (5, "AUD", "5 AUD"),
    ],
)
def test_amounts_with_their_unit(value, unit, words):
    assert amount_words(value, unit) == words


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        pytest.param("", "", "", id="unknown"),
        pytest.param("2027", "2032", "2027–2032", id="span"),
        pytest.param("", "2031", "to 2031", id="end alone"),
        pytest.param("2026-04", "", "Apr 2026", id="when it happened"),
        pytest.param("2026-04-09", "2026-04-09", "9 Apr 2026", id="one day"),
        pytest.param("2026-04", "2027-03", "Apr 2026 – Mar 2027", id="months"),
        pytest.param("2026", "2027-03-31", "2026 – 31 Mar 2027", id="to a day"),
    ],
)
def test_periods(start, end, words):
    assert period_words(fact(valid_from=start, valid_to=end)) == words


FIRST = fact(object_id=WEAVE, value=14.2e9, unit="USD", valid_to="2031")
SECOND = fact(object_id=WEAVE, value=21e9, unit="USD", valid_from="2027", valid_to="2032")


def test_a_deal_on_top_of_another():
    # The example of the module's own docstring.
    assert (
        fact_phrase(SECOND, PEOPLE, META, FIRST)
        == "compute deal with CoreWeave: $21B (2027–2032), in addition to $14.2B (to 2031)"
    )


def test_on_top_of_one_without_a_period_or_value():
    assert fact_phrase(SECOND, PEOPLE, META, fact(value=1e9, unit="USD")).endswith("in addition to $1B")
    assert "in addition" not in fact_phrase(SECOND, PEOPLE, META, fact(text="a deal"))


@pytest.mark.parametrize(
    ("seen_from", "words"),
    [pytest.param(META, "released Muse Spark", id="subject"), pytest.param(SPARK, "released by Meta", id="object")],
)
def test_each_side_has_its_own_words(seen_from, words):
    assert fact_phrase(fact("released", object_id=SPARK), PEOPLE, seen_from) == words


def test_a_fact_on_somebody_else_names_them():
    assert fact_phrase(fact("headcount", value=600, unit="people"), PEOPLE, SPARK) == "Meta: headcount: 600 people"


def test_qualifiers_say_how_the_number_is_meant():
    capex = fact("capex", value=72e9, unit="USD", qualifiers={"bound": "up to", "period": "2025"}, valid_from="2025")
    # The period says the year; it is not said twice.
    assert fact_phrase(capex, PEOPLE, META) == "capital expenditure: up to $72B (2025)"


def test_a_date_that_is_all_there_is_to_say_stands_alone_under_its_heading():
    assert fact_detail(fact("founded", valid_from="2017"), PEOPLE, META) == "2017"
    assert fact_detail(fact("founded", valid_from="2017", status="reported"), PEOPLE, META) == "2017, reported"


def test_who_measured_it():
    score = fact("benchmark_score", SPARK, value=90, unit="%", qualifiers={"benchmark": "GPQA", "evaluator": "Epoch"})
    assert fact_phrase(score, PEOPLE, SPARK) == "benchmark score on GPQA: 90% (measured by Epoch)"


def test_text_and_value_together():
    assert (
        fact_phrase(fact("users", value=1e9, unit="users", text="a month"), PEOPLE, META) == "users: 1B users, a month"
    )


@pytest.mark.parametrize("status", STATUSES)
def test_what_is_not_certain_says_so(status):
    said = fact_phrase(fact("ipo", status=status), PEOPLE, META)
    certain = status in ("announced", "confirmed")
    assert said == ("stock-market listing" if certain else f"stock-market listing, {status}")


@pytest.mark.parametrize("predicate", PREDICATES)
def test_every_predicate_reads_from_both_sides(predicate):
    one = fact(predicate, object_id=WEAVE, value=3, unit="GW", text="told", valid_from="2026")
    for side in (META, WEAVE):
        said = fact_phrase(one, PEOPLE, side)
        assert said == " ".join(said.split())
        assert said.endswith(": 3 GW, told (2026)")
