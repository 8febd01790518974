"""Lists of sources: in and out, and what is refused."""

import pytest

from gazetteer.files import default_list
from gazetteer.opml import ListedSource, ListError, read_opml, write_opml


def test_what_is_written_is_read_again():
    some = [
        ListedSource("A & B", "https://a.example/feed?x=1&y=2", "feed", "en", "A", 2.0, "https://a.example", "Press"),
        ListedSource("新智元", "https://b.example/rss", "feed", "zh", "", 0.5, "", "Press", paused=True),
        ListedSource("API", "https://c.example/v1", "json", options={"items": "data"}),
    ]
    assert read_opml(write_opml(some)) == (some, [])


def test_our_own_list_is_whole():
    found, mistakes = read_opml(default_list().read_bytes())
    assert not mistakes
    assert len(found) >= 150
    assert {one.language for one in found} >= {"en", "zh", "ja", "ko"}
    assert all(one.topic and one.home for one in found)


def test_lists_of_other_readers_are_read():
    data = b"""<?xml version="1.0"?><OPML version="1.1"><body>
      <outline text="News"><outline text="AI"><outline title="One" xmlurl="http://one.example/"/></outline></outline>
      <outline type="rss" xmlUrl="http://two.example/feed"/>
      <outline text="a note"/>
    </body></OPML>"""
    found, mistakes = read_opml(data)
    assert [(one.name, one.url, one.topic) for one in found] == [
        ("One", "http://one.example/", "AI"),
        ("two.example", "http://two.example/feed", ""),
    ]
    assert not mistakes


@pytest.mark.parametrize(
    ("outline", "sentence"),
    [
        ('text="X" xmlUrl="ftp://e.com"', "“X” needs an address"),
        ('text="X" xmlUrl="javascript:alert(1)"', "“X” needs an address"),
        ('text="A" xmlUrl="https://e.com/2"', "is listed twice"),
        ('text="X" xmlUrl="https://e.com/1"', "has the same address as another source"),
        ('text="X" xmlUrl="https://e.com/2" weight="much"', "weight must be a number"),
        ('text="X" xmlUrl="https://e.com/2" weight="0"', "above 0 and at most 10"),
        ('text="X" xmlUrl="https://e.com/2" options="["', "options must be JSON"),
    ],
)
def test_a_line_that_can_not_be_used_is_told(outline: str, sentence: str):
    head = '<opml version="2.0"><body><outline text="A" xmlUrl="https://e.com/1"/>'
    found, mistakes = read_opml(f"{head}<outline {outline}/></body></opml>".encode())
    assert len(found) == 1
    assert len(mistakes) == 1
    assert sentence in mistakes[0]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not xml",
        b"<rss/>",
        b"<opml><body>",
        b'<!DOCTYPE x [<!ENTITY a "b">]><opml><body><outline text="&a;" xmlUrl="http://e.com"/></body></opml>',
        b"<opml>" + b" " * (11 * 1024 * 1024) + b"</opml>",
        b'<?xml version="1.0" encoding="nonsense"?><opml/>',
    ],
    ids=["empty", "text", "rss", "cut", "entities", "huge", "encoding"],
)
def test_what_is_no_list_is_told(data: bytes):
    with pytest.raises(ListError):
        read_opml(data)
