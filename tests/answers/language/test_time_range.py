"""Which time is meant, by tables of questions asked on 22 August 2026."""

from datetime import date

import pytest

from answers.language.time_range import EVER, Period, parse_time_range

TODAY = date(2026, 8, 22)


@pytest.mark.parametrize(
    ("text", "first", "last", "rest"),
    [
        ("What did Meta release in April 2026?", "2026-04-01", "2026-04-30", "What did Meta release ?"),
        ("Why did X spike in the week of 11 May 2026?", "2026-05-11", "2026-05-17", "Why did X spike ?"),
        ("users in mid-March 2026", "2026-03-09", "2026-03-22", "users"),
        ("the leader in early March 2026", "2026-03-01", "2026-03-12", "the leader"),
        ("revenue in Q2 2026", "2026-04-01", "2026-06-30", "revenue"),
        ("revenue in the second quarter of 2026", "2026-04-01", "2026-06-30", "revenue"),
        ("trending in the first week of June 2026", "2026-06-01", "2026-06-07", "trending"),
        ("what came out in 2025", "2025-01-01", "2025-12-31", "what came out"),
        ("what came out in October", "2025-10-01", "2025-10-31", "what came out"),
        ("what came out last week", "2026-08-15", "2026-08-22", "what came out"),
        ("since June 2026", "2026-06-01", "9999-12-31", ""),
    ],
)
def test_a_period(text: str, first: str, last: str, rest: str):
    found = parse_time_range(text, TODAY)
    assert found.period == Period(date.fromisoformat(first), date.fromisoformat(last))
    assert found.rest == rest


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("the newest Claude Opus as of 1 January 2026", "2026-01-01"),
        ("the newest Claude Opus on 15 July 2026", "2026-07-15"),
        ("had it come out by 2026-06-01?", "2026-06-01"),
        ("before 1 June 2026", "2026-05-31"),
        ("before June 2025", "2025-05-31"),
        ("as of June 2025", "2025-06-30"),
    ],
)
def test_a_day_as_of_which(text: str, until: str):
    found = parse_time_range(text, TODAY)
    assert found.period == EVER
    assert found.until == date.fromisoformat(until)


def test_latest_is_no_period():
    found = parse_time_range("What is the latest Claude Sonnet?", TODAY)
    assert found.latest
    assert found.period == EVER


@pytest.mark.parametrize(
    "text", ["What is Kimi K3?", "May I ask about Meta?", "How many march there?", "31 February 2026"]
)
def test_no_time(text: str):
    assert parse_time_range(text, TODAY).until == date.max


def test_a_day_that_is_none_is_no_day():
    assert parse_time_range("on 31 February 2026", TODAY).period != Period(date(2026, 2, 28), date(2026, 2, 28))
