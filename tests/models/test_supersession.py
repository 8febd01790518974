"""Which statement stands: supersession, disagreement, sums, and both axes of time."""

from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest
from sqlalchemy import Engine

from models.database import transaction
from models.entity import Entity
from models.fact import Fact, change_fact, changes_of, facts_about, facts_stated, restore_fact, retire_fact
from models.supersession import standings, totals

IDS = count(1)
DAY = date(2026, 6, 1)


def fact(predicate="price", value=None, said="2026-01-01", **more):
    key = next(IDS)
    return Fact(
        id=key,
        key=more.pop("key", f"k{key}"),
        subject_id=more.pop("subject_id", 1),
        predicate=predicate,
        value=value,
        said_on=date.fromisoformat(said),
        recorded_at=datetime(2026, 6, 1, tzinfo=UTC),
        **more,
    )


def dollars(value, said="2026-01-01", **more):
    return fact("price", value, said, unit="USD/1M tokens", **more)


def test_a_newer_price_supersedes_and_the_older_stays():
    old, new = dollars(5, "2026-01-01"), dollars(3, "2026-03-01")
    (standing,) = standings([old, new], DAY)
    assert (standing.current, standing.rivals, standing.older) == (new, (), (old,))


def test_as_of_an_earlier_day_the_older_stands():
    old, new = dollars(5, "2026-01-01"), dollars(3, "2026-03-01", valid_from="2026-07")
    (standing,) = standings([old, new], date(2026, 2, 1))
    assert standing.current is old, "the new one does not hold yet"


@pytest.mark.parametrize("status", ["rumoured", "in talks", "planned", "conditional", "denied"])
def test_what_has_not_happened_supersedes_nothing(status: str):
    known, later = dollars(5, "2026-01-01"), dollars(3, "2026-03-01", status=status)
    (standing,) = standings([known, later], DAY)
    assert standing.current is known


def test_a_newer_reported_price_supersedes():
    known, later = dollars(5, "2026-01-01"), dollars(3, "2026-03-01", status="reported")
    (standing,) = standings([known, later], DAY)
    assert standing.current is later


def test_a_denial_disputes_what_it_denies():
    stated, denied = dollars(5, "2026-01-01"), dollars(5, "2026-03-01", status="denied")
    (standing,) = standings([stated, denied], DAY)
    assert (standing.current, standing.rivals) == (stated, (denied,))


def test_prices_of_input_and_output_are_different_things():
    found = standings(
        [dollars(5, qualifiers={"token_type": "input"}), dollars(9, qualifiers={"token_type": "Output"})], DAY
    )
    assert len(found) == 2


def test_a_score_on_another_version_supersedes_nothing():
    scores = [
        fact("benchmark_score", 52, unit="index", qualifiers={"benchmark": "AA Index", "version": "4"}),
        fact("benchmark_score", 43, "2026-03-01", unit="index", qualifiers={"benchmark": "AA Index", "version": "5"}),
    ]
    assert len(standings(scores, DAY)) == 2


def test_a_lone_word_in_a_forum_supersedes_nothing():
    told, rumoured = dollars(5, "2026-01-01", certainty=0.8), dollars(3, "2026-03-01", certainty=0.4)
    (standing,) = standings([told, rumoured], DAY)
    assert standing.current is told


def test_two_values_in_one_week_disagree():
    one, other = dollars(5, "2026-01-01"), dollars(3, "2026-01-03")
    (standing,) = standings([one, other], DAY)
    assert (standing.current, standing.rivals) == (other, (one,))


def test_a_fixed_value_goes_to_the_better_sourced():
    sure, late = fact("parameters", 7e9, certainty=0.95), fact("parameters", 8e9, "2026-05-01", certainty=0.6)
    (standing,) = standings([sure, late], DAY)
    assert (standing.current, standing.rivals) == (sure, (late,))


def test_denied_and_deprecated_never_stand_before_others():
    plain = dollars(5, "2026-01-01")
    (standing,) = standings([plain, dollars(3, "2026-03-01", status="denied")], DAY)
    assert standing.current is plain
    (standing,) = standings([plain, dollars(3, "2026-03-01", rank="deprecated")], DAY)
    assert standing.current is plain


def test_periods_that_do_not_meet_are_both_true():
    first = fact("capex", 72e9, unit="USD", valid_from="2025", valid_to="2025")
    second = fact("capex", 135e9, unit="USD", valid_from="2026", valid_to="2026")
    (standing,) = standings([first, second], DAY)
    assert standing.current is second
    assert standing.older == (first,)
    (before,) = standings([first, second], date(2025, 8, 1))
    assert before.current is first


def test_events_each_stand():
    deals = [fact("funding_round", 1e9, unit="USD"), fact("funding_round", 2e9, unit="USD")]
    assert len(standings(deals, DAY)) == 2


def test_a_sum_shows_its_terms_and_counts_an_amount_once():
    base = fact("compute_deal", 14.2e9, unit="USD", object_id=2, valid_to="2031", key="base")
    more = fact("compute_deal", 21e9, unit="USD", object_id=2, valid_from="2027", valid_to="2032", additional_to="base")
    again = fact("compute_deal", 14e9, unit="USD", object_id=2, certainty=0.5)
    rumour = fact("compute_deal", 50e9, unit="USD", object_id=2, status="rumoured")
    power = fact("compute_deal", 6, unit="GW", object_id=2)
    dollars_sum, gigawatts = totals([base, more, again, rumour, power])
    assert (dollars_sum.value, dollars_sum.unit, dollars_sum.terms) == (35.2e9, "USD", (base, more))
    assert (gigawatts.value, gigawatts.unit) == (6, "GW")


def test_currencies_are_never_mixed():
    units = {
        total.unit for total in totals([fact("funding_round", 1, unit="USD"), fact("funding_round", 2, unit="EUR")])
    }
    assert units == {"USD", "EUR"}


@pytest.mark.both_stores
@pytest.mark.parametrize("predicate", ["released", "partnership"])
def test_what_we_believed_at_a_moment_can_be_asked(empty: Engine, predicate: str):
    learned = datetime(2026, 6, 1, tzinfo=UTC)
    with transaction(empty, writes=True) as session:
        session.add_all(
            [Entity(id=1, key="a", name="A", kind="company"), Entity(id=2, key="b", name="B", kind="model")]
        )
        session.flush()
        one = fact(predicate, object_id=2)
        session.add(one)
        retire_fact(session, one, learned + timedelta(days=2), "slack:U1", "the source took it back")
    with transaction(empty) as session:
        assert facts_about(session, 2, DAY) == []
        (then,) = facts_about(session, 2, DAY, known=learned + timedelta(days=1))
        assert then.key == one.key
        assert facts_stated(session, [predicate], DAY, known=learned - timedelta(days=1)) == []
        assert facts_about(session, 1, date(2025, 1, 1), known=learned) == [], "nobody had said it yet"
        (noted,) = changes_of(session, then)
        assert (noted.by, noted.action, noted.why) == ("slack:U1", "retired", "the source took it back")
    with transaction(empty, writes=True) as session:
        (one,) = facts_about(session, 1, DAY, known=learned)
        restore_fact(session, one, learned + timedelta(days=3), "slack:U2")
        change_fact(session, one, learned + timedelta(days=4), "slack:U2", "disputed", status="disputed")
    with transaction(empty) as session:
        (one,) = facts_about(session, 1, DAY)
        assert [(step.action, step.before.get("status")) for step in changes_of(session, one)] == [
            ("retired", None),
            ("restored", None),
            ("disputed", "announced"),
        ]
