"""Polite HTTP against a server that behaves well and badly."""

import gzip
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial

import brotli
import httpx
import pytest
import zstandard

from ingest.http import fetch as fetching
from ingest.http.fetch import AGENT, Fetched, FetchError, fetch, http_client
from tests.loopback.feeds import Site, site

PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """The server, asked directly."""
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setattr(fetching, "TRIES", 1)
    with site() as found:
        yield found


@pytest.fixture
def http(web: Site) -> Iterator[httpx.Client]:
    """Our client."""
    with http_client() as found:
        yield found


def test_a_page_is_fetched_and_we_say_who_we_are(web: Site, http: httpx.Client):
    url = web.page("/feed", b"<rss/>", ETag='"1"', Last_Modified="Thu, 09 Apr 2026 11:00:00 GMT")
    assert fetch(http, url) == Fetched(b"<rss/>", '"1"', "Thu, 09 Apr 2026 11:00:00 GMT")
    ((_, headers),) = web.asked
    assert headers["User-Agent"] == AGENT
    assert "If-None-Match" not in headers


@pytest.mark.parametrize(
    ("headers", "etag", "modified"),
    [
        ({"ETag": 'W/"1"'}, 'W/"1"', ""),
        ({"Last_Modified": "Thu, 09 Apr 2026 11:00:00 GMT"}, "", "Thu, 09 Apr 2026 11:00:00 GMT"),
    ],
    ids=["ETag", "Last-Modified"],
)
def test_what_has_not_changed_is_not_sent_again(
    web: Site, http: httpx.Client, headers: dict[str, str], etag: str, modified: str
):
    url = web.page("/feed", b"<rss/>", **headers)
    first = fetch(http, url)
    second = fetch(http, url, first.etag, first.modified)
    assert second == Fetched(None, etag, modified)
    assert fetch(http, url, second.etag, second.modified).data is None, "and what was said is kept for the next time"


def test_redirects_are_followed_and_gzip_is_read(web: Site, http: httpx.Client):
    web.page("/new", gzip.compress(b"<rss/>"), Content_Encoding="gzip")
    assert fetch(http, web.page("/old", b"", 301, Location="/new")).data == b"<rss/>"


@pytest.mark.parametrize(
    ("status", "headers", "wait"),
    [
        (404, {}, None),
        (500, {}, None),
        (503, {"Retry_After": "120"}, 120.0),
        (429, {"Retry_After": "Thu, 09 Apr 2026 12:00:00 GMT"}, None),
        (503, {"Retry_After": "²"}, None),
        (503, {"Retry_After": "-5"}, None),
    ],
)
def test_a_refusal_is_told_with_how_long_to_stay_away(
    web: Site, http: httpx.Client, status: int, headers: dict[str, str], wait: float | None
):
    with pytest.raises(FetchError, match=f"answers {status}") as caught:
        fetch(http, web.page("/feed", b"", status, **headers))
    assert caught.value.retry_after == wait
    assert web.count("/feed") == 1, "a server that answers is not asked again at once"


def test_a_loop_of_redirects_ends(web: Site, http: httpx.Client):
    web.page("/a", b"", 302, Location="/b")
    with pytest.raises(FetchError, match="redirects too often"):
        fetch(http, web.page("/b", b"", 302, Location="/a"))
    assert len(web.asked) <= 6


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("file:///etc/passwd", "redirects to an address that is not http"),
        ("ftp://127.0.0.1/", "redirects to an address that is not http"),
        ("http://[broken", "redirects to an invalid address"),
        ("http://", "redirects too often"),
    ],
)
def test_a_redirect_to_nowhere_is_told(web: Site, http: httpx.Client, place: str, reason: str):
    with pytest.raises(FetchError, match=reason):
        fetch(http, web.page("/feed", b"", 302, Location=place))


def test_what_is_too_large_is_left(web: Site, http: httpx.Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(fetching, "MAX_BYTES", 1024 * 1024)
    with pytest.raises(FetchError, match="larger than 1 MB"):
        fetch(http, web.page("/plain", b"x" * (1024 * 1024 + 1)))
    with pytest.raises(FetchError, match="larger than 1 MB"):
        fetch(http, web.page("/bomb", gzip.compress(b"x" * 50_000_000), Content_Encoding="gzip"))


def test_broken_gzip_is_told(web: Site, http: httpx.Client):
    with pytest.raises(FetchError, match="is compressed and damaged"):
        fetch(http, web.page("/feed", b"no gzip", Content_Encoding="gzip"))


def test_an_answer_that_breaks_off_is_no_answer(web: Site, http: httpx.Client):
    """Half a feed would be taken for the whole one, and its ETag for the whole one's."""

    def answer(request) -> None:
        request.send_response(200)
        request.send_header("Content-Length", "1000")
        request.end_headers()
        request.wfile.write(b"<rss>")
        request.close_connection = True

    web.answers["/half"] = answer
    with pytest.raises(FetchError, match=r"can't be reached \(invalid response\)"):
        fetch(http, web.url + "/half")


def test_a_server_that_hangs_is_left(web: Site, http: httpx.Client):
    http.timeout = 0.2
    with pytest.raises(FetchError, match="no answer in time"):
        fetch(http, web.hang("/feed"))


def test_a_server_that_drips_is_left(web: Site, http: httpx.Client, monkeypatch: pytest.MonkeyPatch):
    """Each byte comes in time; all of them never would."""
    monkeypatch.setattr(fetching, "MAX_SECONDS", 0.5)
    with pytest.raises(FetchError, match="takes longer than"):
        fetch(http, web.drip("/feed"))


def test_nobody_there_is_told_after_another_try(web: Site, http: httpx.Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(fetching, "TRIES", 2)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(FetchError, match=r"can't be reached \(no connection\)"):
            fetch(http, f"http://127.0.0.1:{taken.getsockname()[1]}/feed")


def test_a_tag_that_we_can_not_say_again_is_not_kept(web: Site, http: httpx.Client):
    url = web.page("/feed", b"<rss/>", ETag='"é"')
    found = fetch(http, url)
    assert found == Fetched(b"<rss/>")
    assert fetch(http, url, found.etag).data == b"<rss/>"


@pytest.mark.parametrize("name", ["br", "zstd", "gzip"])
def test_a_bomb_in_any_packing_is_left(web: Site, http: httpx.Client, name: str):
    # Of brotli the quickest level: the bomb is as small, and made in a tenth of the time.
    pack = {"br": partial(brotli.compress, quality=1), "zstd": zstandard.compress, "gzip": gzip.compress}[name]
    url = web.page("/bomb", pack(b"x" * 100_000_000), Content_Encoding=name)
    with pytest.raises(FetchError, match="larger than 10 MB"):
        fetch(http, url)
    assert fetch(http, web.page("/feed", pack(b"<rss/>"), Content_Encoding=name)).data == b"<rss/>"


def test_a_packed_file_is_unpacked_and_a_bomb_among_them_left(web: Site, http: httpx.Client):
    assert fetch(http, web.page("/map.xml.gz", gzip.compress(b"<urlset/>"))).data == b"<urlset/>"
    with pytest.raises(FetchError, match="larger than 10 MB"):
        fetch(http, web.page("/bomb.gz", gzip.compress(b"x" * 100_000_000)))


def test_a_stream_without_end_is_left(web: Site, http: httpx.Client):
    """As fast as the line allows, and for ever."""

    def answer(request) -> None:
        request.send_response(200)
        request.end_headers()
        request.wfile.write(b"<rss version='2.0'><channel>")
        while True:
            request.wfile.write(b"<item><title>More</title></item>" * 1000)

    web.answers["/endless"] = answer
    with pytest.raises(FetchError, match="larger than 10 MB"):
        fetch(http, web.url + "/endless")


@pytest.mark.parametrize(("status", "moved"), [(301, "/new"), (308, "/new"), (302, ""), (303, ""), (307, "")], ids=str)
def test_where_it_is_for_good_is_told(web: Site, http: httpx.Client, status: int, moved: str):
    web.page("/new", b"<rss/>")
    found = fetch(http, web.page("/old", b"", status, Location="/new"))
    assert (found.data, found.moved) == (b"<rss/>", web.url + moved if moved else "")


def test_a_lasting_move_behind_a_passing_one_is_no_lasting_one(web: Site, http: httpx.Client):
    web.page("/c", b"<rss/>")
    web.page("/b", b"", 301, Location="/c")
    assert fetch(http, web.page("/a", b"", 302, Location="/b")).moved == ""
    web.page("/y", b"", 302, Location="/c")
    assert fetch(http, web.page("/x", b"", 301, Location="/y")).moved == web.url + "/y"


@pytest.mark.parametrize(
    ("headers", "max_age"),
    [
        ({"Cache_Control": "public, max-age=600"}, 600),
        ({"Cache_Control": "max-age=600", "Age": "100"}, 500),
        ({"Cache_Control": "s-maxage=600"}, 0),
        ({"Cache_Control": "no-cache, max-age=600"}, 0),
        ({"Cache_Control": "max-age=much"}, 0),
        ({"Expires": "Thu, 01 Jan 2037 00:00:00 GMT"}, 1),
        ({"Expires": "0"}, 0),
        ({}, 0),
    ],
)
def test_how_long_it_stays_as_it_is(web: Site, http: httpx.Client, headers: dict[str, str], max_age: float):
    found = fetch(http, web.page("/feed", b"<rss/>", **headers))
    assert found.max_age == max_age or (max_age == 1 and found.max_age > 1_000_000)


def test_a_date_to_stay_away_until_is_understood(web: Site, http: httpx.Client):
    until = format_datetime(datetime.now(UTC) + timedelta(seconds=300), usegmt=True)
    with pytest.raises(FetchError) as caught:
        fetch(http, web.page("/feed", b"", 503, Retry_After=until))
    assert 290 < (caught.value.retry_after or 0) <= 300
