"""One address for one page."""

import pytest

from ingest.articles.canonical_url import canonicalize, embedded_url, is_short_link

SAME = (
    (
        "example.com/news/story?#",
        "https://www.example.com/news/story",
        "http://example.com/news/story/",
        "https://m.example.com/news/story?utm_source=rss&utm_medium=x",
        "https://amp.example.com/news/story",
        "https://www.example.com/news/story/amp/",
        "https://www.example.com/amp/news/story?fbclid=x",
        "https://www.example.com/news/story?amp=1#Echobox=123",
        "https://www.example.com:443//news/story/index.html#comments",
        "https://www.google.com/amp/s/www.example.com/news/story",
        "https://www-example-com.cdn.ampproject.org/c/s/www.example.com/news/story/",
        "https://www.google.com/url?rct=j&sa=t&url=https://www.example.com/news/story%3Fref%3Drss&ct=ga",
        "https://l.facebook.com/l.php?u=https%3A%2F%2Fexample.com%2Fnews%2Fstory&h=x",
        "https://www.example.com/news/story?at_medium=RSS&at_campaign=rss&CMP=share_btn",
    ),
    ("example.com/a?b=2&p=1#", "https://example.com/a?p=1&b=2", "https://example.com/a?b=2&p=1&gclid=x"),
    ("example.com/A~b?#", "https://EXAMPLE.com/A%7Eb", "https://example.com/A~b"),
    ("", "", "https://example.com/", "https://www.example.com", "no address", "http://[broken"),
)


@pytest.mark.parametrize(("form", "url"), [(form, url) for form, *urls in SAME for url in urls])
def test_forms_of_one_page_are_one(form: str, url: str):
    assert canonicalize(url) == form


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://e.com/?p=1", "https://e.com/?p=2"),
        ("https://e.com/a", "https://e.com/A"),
        ("https://e.com/letter#item-1", "https://e.com/letter#item-2"),
        ("https://e.com/watch?v=1", "https://e.com/watch?v=2"),
        ("https://e.com/example", "https://e.com/ex/ample"),
        ("https://a.e.com/x", "https://b.e.com/x"),
        ("https://e.com/ramp", "https://e.com/r"),
    ],
)
def test_pages_that_differ_stay_apart(one: str, other: str):
    assert canonicalize(one) != canonicalize(other)


def test_what_only_leads_on_is_known():
    assert is_short_link("https://t.co/abc")
    assert is_short_link("http://bit.ly/abc")
    assert not is_short_link("https://example.com/t.co")
    assert (
        embedded_url("https://example.com/?u=https://other.example") == "https://example.com/?u=https://other.example"
    )
