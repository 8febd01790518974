"""Whom we ask, and when: against servers on loopback addresses."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from time import monotonic

import pytest
from protego import Protego

from ingest.http import fetch as fetching
from ingest.http import politeness
from ingest.http.fetch import FetchError, http_client
from ingest.http.politeness import PoliteClient, ServerBusy
from models.host import Host
from tests.conftest import NOON
from tests.loopback.feeds import Site, site


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setattr(fetching, "TRIES", 1)
    with site() as found:
        yield found


@pytest.fixture
def web(there: Site) -> Iterator[PoliteClient]:
    with http_client("ops@example.org") as http:
        yield PoliteClient(http, {}, NOON, budget=10)


def test_we_say_who_we_are_and_ask_for_the_rules_once(there: Site, web: PoliteClient):
    url = there.page("/feed", b"x")
    web.get(url)
    web.get(url)
    assert [path for path, _ in there.asked] == ["/robots.txt", "/feed", "/feed"]
    assert there.asked[1][1]["User-Agent"] == "trendbot/0.1 (feed reader; counts names in news; ops@example.org)"
    assert set(there.asked[1][1]["Accept-Encoding"].split(", ")) == {"gzip", "br", "zstd", "deflate"}


@pytest.mark.parametrize(
    ("rules", "allowed"),
    [
        ("User-agent: *\nDisallow: /", False),
        ("User-agent: *\nDisallow: /feed", False),
        ("User-agent: *\nDisallow: /*.xml$\nAllow: /feed", True),
        ("User-agent: trendbot\nDisallow:\n\nUser-agent: *\nDisallow: /", True),
        ("User-agent: trendbot\nDisallow: /", False),
        ("<html>Not here</html>", True),
        ("", True),
    ],
)
def test_rules_are_kept(there: Site, web: PoliteClient, rules: str, allowed: bool):
    there.page("/robots.txt", rules.encode())
    url = there.page("/feed", b"x")
    if allowed:
        assert web.get(url).data == b"x"
    else:
        with pytest.raises(FetchError, match="closed to programs"):
            web.get(url)
        assert there.count("/feed") == 0
        assert web.get(url, robots=False).data == b"x"


def test_rules_that_can_not_be_had_forbid_and_old_ones_hold(there: Site, web: PoliteClient):
    there.page("/robots.txt", b"", 503)
    url = there.page("/feed", b"x")
    with pytest.raises(FetchError, match=r"has a robots.txt that answers 503"):
        web.get(url)
    assert there.count("/feed") == 0
    host = web.hosts[politeness.server_of(url)]
    host.robots, host.robots_at = "User-agent: *\nDisallow: /other", NOON - timedelta(days=2)
    assert web.get(url).data == b"x"


def test_a_server_that_asks_for_rest_gets_it(there: Site, web: PoliteClient):
    url = there.page("/feed", b"", 429, Retry_After="120")
    other = there.page("/other", b"x")
    with pytest.raises(FetchError, match="429"):
        web.get(url)
    with pytest.raises(ServerBusy) as caught:
        web.get(other)
    assert 100 < (caught.value.retry_after or 0) <= 120
    assert there.count("/other") == 0


def test_a_budget_ends_at_midnight(there: Site, web: PoliteClient):
    url = there.page("/feed", b"x")
    for _ in range(9):
        web.get(url)
    with pytest.raises(ServerBusy, match="has used up its 10 requests for today") as caught:
        web.get(url)
    assert 11 * 3600 < (caught.value.retry_after or 0) <= 12 * 3600
    assert len(there.asked) == 10


def test_one_request_at_a_time_and_a_pause_between(there: Site, web: PoliteClient, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(politeness, "LOCAL_PAUSE", 0.15)
    monkeypatch.setattr(web, "budget", 100)
    busy, most, ended = 0, 0, [0.0]
    pauses = []

    def answer(request) -> None:
        nonlocal busy, most
        busy += 1
        most = max(most, busy)
        pauses.append(monotonic() - ended[-1])
        threading.Event().wait(0.02)
        request.send_response(200)
        request.send_header("Content-Length", "1")
        request.end_headers()
        ended.append(monotonic())
        busy -= 1
        request.wfile.write(b"x")

    there.answers["/feed"] = answer
    threads = [threading.Thread(target=web.get, args=(there.url + "/feed",)) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1
    assert len(pauses) == 5
    assert min(pauses) > 0.1


def test_other_servers_are_asked_meanwhile(there: Site, web: PoliteClient):
    def hang() -> None:
        with pytest.raises(FetchError):
            web.get(there.hang("/slow"))

    hanging = threading.Thread(target=hang)
    with site() as other:
        hanging.start()
        assert web.get(other.page("/feed", b"x")).data == b"x"
        there.closing.set()
        hanging.join()


def test_what_people_add_in_a_channel_stays_out_of_our_network(there: Site, web: PoliteClient):
    with pytest.raises(FetchError, match="private network"):
        web.get(there.page("/feed", b"x"), public=True)
    assert not there.asked


def test_a_crawl_delay_is_kept(web: PoliteClient, monkeypatch: pytest.MonkeyPatch):
    host = Host(name="e.com")
    assert 1 <= web._pause(host) <= 1.2
    web._rules["e.com"] = Protego.parse("User-agent: *\nCrawl-delay: 7")
    assert 7 <= web._pause(host) <= 8.4
    web._rules["e.com"] = Protego.parse("User-agent: *\nCrawl-delay: 7000")
    assert web._pause(host) <= 36
    assert 5 <= web._pause(Host(name="api.gdeltproject.org")) <= 6


@pytest.mark.parametrize(
    ("until", "robots", "asked"),
    [
        (timedelta(hours=5), timedelta(0), False),
        (timedelta(days=40), timedelta(0), True),  # the clock was ahead
        (timedelta(hours=5), timedelta(hours=4), True),  # it was set back since
    ],
)
def test_a_server_is_not_left_alone_by_another_clock(there: Site, until: timedelta, robots: timedelta, asked: bool):
    url = there.page("/feed", b"x")
    name = politeness.server_of(url)
    known = {name: Host(name=name, robots="", robots_at=NOON + robots, until=NOON + until)}
    with http_client("ops@example.org") as http:
        client = PoliteClient(http, known, NOON)
        if asked:
            assert client.get(url).data == b"x"
            assert known[name].until is None
        else:
            with pytest.raises(ServerBusy):
                client.get(url)
