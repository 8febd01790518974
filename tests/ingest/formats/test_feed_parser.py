"""Feeds into items: samples of each kind, and damage, which never hangs us and never becomes a date."""

import time
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest

from ingest.articles.item import Item
from ingest.formats.feed_parser import FeedError, RefusedEntry, parse_feed, plain_text
from ingest.formats.files import Reject, read_file
from tests.conftest import NOON
from tests.data import journal, lab, notes

DATA = Path(__file__).resolve().parents[2] / "data"
SAMPLES = [
    pytest.param("lab.rss", lab, id="RSS"),
    pytest.param("journal.atom", journal, id="Atom"),
    pytest.param("notes.json", notes, id="JSON Feed"),
]


@pytest.mark.parametrize(("name", "expected"), SAMPLES)
def test_a_sample_gives_its_items(name: str, expected: ModuleType):
    found = list(read_file(str(DATA / name), NOON))
    assert [one for one in found if isinstance(one, Item)] == expected.ITEMS
    refused = {one.line: one.reason for one in found if isinstance(one, Reject)}
    assert refused.keys() == expected.REFUSED.keys()
    for line, reason in refused.items():
        assert expected.REFUSED[line] in reason


@pytest.mark.parametrize(("name", "expected"), SAMPLES)
def test_a_feed_we_poll_is_called_as_our_list_calls_it(name: str, expected: ModuleType):
    found = parse_feed((DATA / name).read_bytes(), "Ours", NOON)
    assert {one.source for one in found if isinstance(one, Item)} == {"Ours"}


def _rss(
    title: str = "Meta opens", date: str = "Thu, 09 Apr 2026 11:00:00 GMT", head: str = "", more: str = ""
) -> bytes:
    stamp = f"<pubDate>{date}</pubDate>" if date else ""
    return (
        f'<?xml version="1.0" encoding="utf-8"?>{head}<rss version="2.0"><channel><title>W</title>'
        f"<item><title>{title}</title><link>https://e.com/1</link>{stamp}{more}</item></channel></rss>"
    ).encode()


def _one(data: bytes) -> Item:
    (found,) = parse_feed(data, "Wire", NOON)
    assert isinstance(found, Item), found
    return found


ELEVEN = datetime(2026, 4, 9, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    ("data", "title"),
    [
        pytest.param(_rss("Meta & Google"), "Meta & Google", id="bare &"),
        pytest.param(_rss("Meta&nbsp;opens"), "Meta opens", id="&nbsp;"),
        pytest.param(_rss("Meta &amp;amp; Google"), "Meta & Google", id="escaped twice"),
        pytest.param(_rss("Métà “opens”").decode().encode("cp1252"), "Métà “opens”", id="cp1252 called utf-8"),
        pytest.param(b"\xef\xbb\xbf" + _rss(), "Meta opens", id="byte order mark"),
        pytest.param(b"\n\n " + _rss(), "Meta opens", id="blank lines before"),
        pytest.param(_rss().replace(b"</channel></rss>", b""), "Meta opens", id="never closed"),
        pytest.param(_rss().replace(b"utf-8", b"nonsense"), "Meta opens", id="unknown encoding"),
        pytest.param(_rss("Meta \x00\x0copens"), "Meta opens", id="control characters"),
        pytest.param(_rss(more="<link>http://[broken</link>"), "Meta opens", id="broken address"),
    ],
)  # fmt: skip
def test_a_damaged_feed_is_still_read(data: bytes, title: str):
    found = _one(data)
    assert found.title.replace("“", '"').replace("”", '"') == title.replace("“", '"').replace("”", '"')
    assert found.published_at == ELEVEN


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b" \n ", id="blank"),
        pytest.param(
            b"<!doctype html><html><head><title>Log in</title></head><body><p>Hi</body></html>", id="a web page"
        ),
        pytest.param(b"<", id="one bracket"),
        pytest.param(b"\x89PNG\r\n\x1a\n\x00\x00", id="a picture"),
        pytest.param(b"Not found", id="a sentence"),
        pytest.param(b'{"items": 3}', id="JSON without a list"),
        pytest.param(b'{"items": [', id="broken JSON"),
        pytest.param(b'{"a":' * 100_000, id="deep JSON"),
    ],
)
def test_what_is_no_feed_is_told(data: bytes):
    with pytest.raises(FeedError):
        parse_feed(data, "Wire", NOON)


def test_an_entity_bomb_does_not_grow():
    bomb = "".join(f'<!ENTITY b{n} "{f"&b{n - 1};" * 10}">' for n in range(1, 10))
    head = f'<!DOCTYPE rss [\n<!ENTITY b0 "boom">\n{bomb}\n]>'
    found = parse_feed(_rss("Bomb &b9;", head=head), "Wire", NOON)
    assert all(len(one.title) < 1000 for one in found if isinstance(one, Item))


def test_a_feed_can_not_read_our_files(tmp_path: Path):
    secret = tmp_path / "secret"
    secret.write_text("s3cret", encoding="utf-8")
    head = f'<!DOCTYPE rss [\n<!ENTITY x SYSTEM "file://{secret}">\n]>'
    found = parse_feed(_rss("Meta &x; opens", head=head, more="<description>&x;</description>"), "Wire", NOON)
    assert "s3cret" not in str(found)


def test_an_answer_that_names_a_file_is_not_opened(tmp_path: Path):
    """feedparser takes bytes for a file's name first."""
    path = tmp_path / "feed.xml"
    path.write_bytes(_rss())
    with pytest.raises(FeedError):
        parse_feed(str(path).encode(), "Wire", NOON)


@pytest.mark.parametrize("date", ["1970-01-01T00:00:00Z", "2031-01-01T00:00:00Z", "99999-01-01T00:00:00Z"])
def test_a_date_that_can_not_be_true_is_the_moment_of_being_seen(date: str):
    assert [one.published_at for one in parse_feed(_rss(date=date), "Wire", NOON) if isinstance(one, Item)] == [NOON]


@pytest.mark.parametrize(
    "date",
    [
        *("2026", "2026-04", "26", "--04", "---09", "12:00", "12:00:00 GMT", "April 2026", "yesterday", "0000-01-01"),
        *(
            "Thu, 09 Apr 99999 12:00:00 GMT",
            "Thu, 32 Apr 2026 12:00:00 GMT",
            "03/04/2026",
            "04.03.2026 12:00",
            "-1",
            "\U0001f4a9",
        ),
    ],
)
def test_what_is_no_whole_date_is_refused_not_made_up(date: str):
    for found in parse_feed(_rss(date=date), "Wire", NOON):
        assert not isinstance(found, Item), found


@pytest.mark.parametrize(
    ("date", "moment", "precise"),
    [
        ("Thu, 09 Apr 2026 11:00:00 GMT", ELEVEN, True),
        ("Thu, 09 Apr 2026 06:00:00 EST", ELEVEN, True),
        ("09 Apr 26 11:00 +0000", ELEVEN, True),
        ("2026-04-09T11:00:00Z", ELEVEN, True),
        ("20260409T110000Z", ELEVEN, True),
        ("2026-04-09", datetime(2026, 4, 9, tzinfo=UTC), False),
        ("Thu, 09 Apr 2026", datetime(2026, 4, 9, tzinfo=UTC), False),
    ],
)
def test_a_feeds_date_is_read(date: str, moment: datetime, precise: bool):
    found = _one(_rss(date=date))
    assert (found.published_at, found.precise) == (moment, precise)


@pytest.mark.parametrize("cut", [b"<pubDate>Thu, 09", b"</title><link>https://e.com/2", b"<title>Second no"])
def test_the_entry_in_which_a_feed_breaks_off_is_refused(cut: bytes):
    """What is missing of it may be its date, or the end of a version's number."""
    second = (
        b"<item><title>Second news</title><link>https://e.com/2</link><pubDate>Thu, 09 Apr 2026 10:00:00 GMT</pubDate>"
    )
    whole = _rss().replace(b"</channel>", second + b"</item></channel>")
    assert [type(one) for one in parse_feed(whole, "Wire", NOON)] == [Item, Item]
    at = whole.rindex(cut[:6]) + len(cut)
    first, *rest = parse_feed(whole[:at], "Wire", NOON)
    assert isinstance(first, Item)
    assert not [one for one in rest if isinstance(one, Item)]


@pytest.mark.long
@pytest.mark.parametrize(
    "piece", ["<!--", "<!", "<", "<a ", "</", "<![", "&", "<a b='", '<a b="c', "<?", "<![CDATA[", "<script>"]
)
def test_hostile_markup_does_not_hold_us_up(piece: str):
    """Eight times as much takes about eight times as long, where a careless pattern would take 64 times."""

    def seconds(size: int) -> float:
        markup = piece * (size // len(piece))
        escaped = markup.replace("&", "&amp;").replace("<", "&lt;")
        began = time.process_time()
        plain_text(f"<b>{markup}")
        assert _one(_rss(more=f"<description>x {escaped}</description>")).title == "Meta opens"
        parse_feed(_rss(more=f"<description>{markup}</description>"), "Wire", NOON)
        return time.process_time() - began

    short = min(seconds(12_500) for _ in range(3))
    assert seconds(100_000) < 40 * short


@pytest.mark.parametrize(
    ("markup", "read_as"),
    [
        ("<p>one</p><p>two</p>", "one two"),
        ("a &lt; b &amp; c", "a < b & c"),
        ("5 < 6 and 7 > 3", "5 < 6 and 7 > 3"),
        ("<script>if (a < b) evil()</script>seen", "seen"),
        ("<style>p { x }</style>seen<script>never closed", "seen"),
        ("<!-- <p>hidden</p> -->seen", "seen"),
        ("<a title=\"x > y\" href='z'>seen</a>", "seen"),
        ("<img alt=broken", "<img alt=broken"),
        ("seen<br/>again", "seen again"),
        (None, ""),
        (3, ""),
    ],
)
def test_markup_becomes_what_a_person_would_read(markup: object, read_as: str):
    assert " ".join(plain_text(markup).split()) == read_as


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param(f"<title>&amp;#{'9' * 5000};</title>", id="a character reference of absurd length"),
        pytest.param(f"<title>x</title><pubDate>9 April 2026 {'9' * 40}:00</pubDate>", id="a date of absurd length"),
        pytest.param(f"<title>x</title><pubDate>{'1' * 100_000}</pubDate>", id="a date without end"),
    ],
)
def test_one_odd_entry_leaves_the_others(odd: str):
    rows = f"<item>{odd}<guid>1</guid></item><item><title>Meta opens</title><guid>2</guid></item>"
    found = parse_feed(f'<rss version="2.0"><channel>{rows}</channel></rss>'.encode(), "Wire", NOON)
    assert len(found) == 2
    assert isinstance(found[1], Item)
    assert found[1].title == "Meta opens"


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param("9" * 5000, id="a number without end"),
        pytest.param("[" * 3000 + "]" * 3000, id="a list without bottom"),
        pytest.param('"\\ud800\\u0000"', id="a lone surrogate and NUL"),
    ],
)
def test_one_odd_value_leaves_the_rest_of_a_json_feed(odd: str):
    items = f'{{"id": {odd}, "title": {odd}}}, {{"id": "2", "title": "Meta opens"}}'
    found = parse_feed(f'{{"version": "https://jsonfeed.org/version/1", "items": [{items}]}}'.encode(), "Wire", NOON)
    assert len(found) == 2
    assert isinstance(found[0], RefusedEntry)
    assert found[0].reason
    assert isinstance(found[1], Item)
    assert found[1].title == "Meta opens"
