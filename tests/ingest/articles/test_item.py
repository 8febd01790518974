"""What an item must have, and how dates are read: never one that nobody wrote."""

from datetime import UTC, datetime, timedelta

import pytest

from ingest.articles.item import MAX_SOURCE, MAX_SUMMARY, MAX_TITLE, ItemError, make_item, parse_date
from tests.conftest import NOON

SAID = "2026-04-09T11:00:00Z"


def _item(**changed: object):
    given: dict[str, object] = {
        "source": "Wire",
        "external_id": "1",
        "url": "https://e.com/1",
        "title": "Meta opens an office",
        "summary": "",
        "published_at": SAID,
        "precision": None,
    }
    return make_item(**(given | changed), now=NOON)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        pytest.param({"source": None}, "source is missing", id="no source"),
        pytest.param({"source": " \u200b"}, "source is missing", id="invisible source"),
        pytest.param({"source": ["Wire"]}, "source must be text", id="source is a list"),
        pytest.param({"title": "", "summary": None}, "title and summary are both empty", id="nothing said"),
        pytest.param({"title": "\x00", "summary": "\ud800"}, "title and summary are both empty", id="unstorable only"),
        pytest.param({"title": True}, "title must be text", id="title is a truth value"),
        pytest.param({"external_id": None, "url": None}, "id and url are both missing", id="nothing tells it apart"),
        pytest.param({"external_id": {"a": 1}}, "id must be text", id="id is an object"),
        pytest.param({"published_at": None}, "published_at is missing", id="no date"),
        pytest.param({"published_at": 1775732400}, "published_at is a number", id="date is a number"),
    ],
)
def test_what_can_not_be_used_is_refused_with_the_reason(changed: dict[str, object], sentence: str):
    with pytest.raises(ItemError, match=sentence):
        _item(**changed)


def test_a_number_is_an_id_and_an_address_stands_in_for_one():
    assert _item(external_id=123).external_id == "123"
    assert _item(external_id=None).external_id == "https://e.com/1"
    assert _item(url=None).url == ""


@pytest.mark.parametrize("address", ["1", "tag:e.com,2026:1", "javascript:alert(1)", "https://", "https:// x"])
def test_an_address_that_nobody_can_follow_is_an_id_and_no_link(address: str):
    found = _item(external_id=None, url=address)
    assert (found.url, found.external_id) == ("", address)


def test_what_no_store_can_keep_is_taken_out():
    found = _item(title="Me\x00ta \ud800opens", source="Wi\x00re")
    assert (found.title, found.source) == ("Meta opens", "Wire")


def test_fields_are_kept_to_a_length():
    found = _item(source="s" * 999, title="t" * 9999, summary="b " * 99_999)
    assert (len(found.source), len(found.title), len(found.summary)) == (MAX_SOURCE, MAX_TITLE, MAX_SUMMARY)


@pytest.mark.parametrize(
    ("said", "moment", "day_only"),
    [
        ("2026-04-09T11:00:00Z", datetime(2026, 4, 9, 11, tzinfo=UTC), False),
        ("2026-04-09 11:00:00+02:00", datetime(2026, 4, 9, 9, tzinfo=UTC), False),
        ("2026-04-09T11:00:00.123456-05:00", datetime(2026, 4, 9, 16, 0, 0, 123456, tzinfo=UTC), False),
        ("2026-04-09", datetime(2026, 4, 9, tzinfo=UTC), True),
        (" 2026-04-09 ", datetime(2026, 4, 9, tzinfo=UTC), True),
        ("Thu, 09 Apr 2026 11:00:00 +0000", datetime(2026, 4, 9, 11, tzinfo=UTC), False),
        ("Thu, 09 Apr 2026 06:00:00 EST", datetime(2026, 4, 9, 11, tzinfo=UTC), False),
        ("9 April 2026 11:00 GMT", datetime(2026, 4, 9, 11, tzinfo=UTC), False),
        ("April 9, 2026", datetime(2026, 4, 9, tzinfo=UTC), True),
        ("1990-01-01", datetime(1990, 1, 1, tzinfo=UTC), True),
    ],
)
def test_a_date_is_read_as_a_moment(said: str, moment: datetime, day_only: bool):
    assert parse_date(said, NOON) == (moment, day_only)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("2026-04-09T11:00:00", "no time zone"),
        ("2026-04-09 11:00 XYZ", "no time zone"),
        ("2026-04-11", "in the future"),
        ("9999-12-31T23:59:59-12:00", "not a date"),
        ("0001-01-01T00:00:00+14:00", "not a date"),
        ("0001-01-01T00:00:00Z", "before 1990"),
        ("1970-01-01T00:00:00Z", "before 1990"),
        ("2026-02-30", "not a date"),
        ("2026-04-09T11:00:00+99:00", "not a date"),
        ("soon", "not a date"),
        ("\ud800", "not a date"),
        ("9" * 400, "not a date"),
    ],
)
def test_what_is_no_usable_date_is_refused(said: str, sentence: str):
    with pytest.raises(ItemError, match=sentence) as caught:
        parse_date(said, NOON)
    assert str(caught.value).encode(), "the reason can be written to a file"


@pytest.mark.parametrize(
    "said",
    ["12:00Z", "10:00 AM Z", "April 2026", "2026", "2026-04", "Thursday", "Thu, 12:00 GMT", "9", "9 April", "April 9"],
)
def test_what_is_missing_of_a_date_is_not_made_up(said: str):
    """dateutil takes it from today: an article would move to the day on which it is read."""
    with pytest.raises(ItemError, match="not a date"):
        parse_date(said, datetime.now(UTC) + timedelta(days=400))


@pytest.mark.parametrize("said", ["09/04/2026", "4/9/2026 11:00 +0000", "9.4.2026"])
def test_a_date_that_reads_two_ways_is_refused(said: str):
    with pytest.raises(ItemError, match="not a date"):
        parse_date(said, NOON)


def test_a_date_may_lie_a_day_ahead_for_outlets_that_sell_local_time_as_utc():
    assert parse_date("2026-04-10T12:00:00Z", NOON)[0] == NOON + timedelta(days=1)
    with pytest.raises(ItemError, match="in the future"):
        parse_date("2026-04-10T12:00:01Z", NOON)


def test_only_the_day_is_known_where_the_line_says_so():
    assert _item().precise
    assert not _item(precision="d").precise
    assert not _item(published_at="2026-04-09").precise
