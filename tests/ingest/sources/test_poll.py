"""One poll of several feeds: what fails never stops the rest, and nothing is taken in twice."""

import socket
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlmodel import Session

from gazetteer.opml import ListedSource, write_opml
from ingest.articles.item import Item
from ingest.http import fetch as fetching
from ingest.sources import poll as polling
from ingest.sources.poll import FIRST_RETRY, MAX_RETRY, poll_sources, shows_past
from ingest.sources.reading import PollSettings
from ingest.sources.registry import configure_sources
from models.article import Article
from models.count import hour_of
from models.database import table
from models.source import Source, histories, polled_sources
from tests.conftest import NOON
from tests.loopback.feeds import Site, site


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """The server, asked directly."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setattr(fetching, "TRIES", 1)
    with site() as found:
        yield found


Lists = Callable[..., None]


@pytest.fixture
def listed(store: Engine, tmp_path: Path) -> Lists:
    """Makes a list of feeds the one that is polled: name=address."""

    def configured(**urls: str) -> None:
        path = tmp_path / "sources.opml"
        path.write_bytes(write_opml([ListedSource(name, url) for name, url in urls.items()]))
        configure_sources(store, path)

    return configured


def _rss(*titles: str, date: str = "Thu, 09 Apr 2026 11:00:00 GMT") -> bytes:
    stamp = f"<pubDate>{date}</pubDate>" if date else ""
    entries = "".join(f"<item><title>{title}</title><guid>{title}</guid>{stamp}</item>" for title in titles)
    return f'<rss version="2.0"><channel><title>x</title>{entries}</channel></rss>'.encode()


def _source(engine: Engine, name: str) -> Source:
    with Session(engine) as session:
        return next(source for source in polled_sources(session) if source.name == name)


def _titles(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return sorted(connection.execute(select(table(Article).c.title)).scalars())


def test_a_feed_that_has_not_changed_costs_nothing(store: Engine, web: Site, listed: Lists):
    listed(Wire=web.page("/wire", _rss("Meta opens", "Google closes"), ETag='"1"'))
    first = poll_sources(store, NOON)
    assert (first.feeds, first.unchanged, first.added.new, first.failed, first.rejects) == (1, 0, 2, {}, [])
    second = poll_sources(store, NOON)
    assert (second.unchanged, second.added.new, second.added.known) == (1, 0, 0)
    assert _source(store, "Wire").polled_at == NOON


def test_items_are_not_taken_in_twice(store: Engine, web: Site, listed: Lists):
    listed(Wire=web.page("/wire", _rss("Meta opens")))
    poll_sources(store, NOON)
    web.page("/wire", _rss("Google closes", "Meta opens"))
    again = poll_sources(store, NOON)
    assert (again.added.new, again.added.known) == (1, 1)
    assert _titles(store) == ["Google closes", "Meta opens"]


def test_a_first_reading_is_history_even_when_it_is_cut_off(
    stocked: Engine, web: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = tmp_path / "sources.opml"
    path.write_bytes(
        write_opml([ListedSource(name, web.page(f"/{name}", _rss(f"{name} opens"))) for name in ("One", "Two")])
    )
    configure_sources(stocked, path)
    noted = polling._note

    def killed(row: Source, *more: Any) -> None:
        if row.name == "Two":
            raise SystemExit
        noted(row, *more)

    with monkeypatch.context() as patch:
        patch.setattr(polling, "_note", killed)
        with pytest.raises(SystemExit):
            poll_sources(stocked, NOON)
    assert "Two opens" not in _titles(stocked), "its articles and the note that they are history, or neither"
    poll_sources(stocked, NOON)
    assert _titles(stocked) == ["One opens", "Two opens"]
    with stocked.connect() as connection:
        ids = list(connection.execute(select(table(Article).c.id)).scalars())
    with Session(stocked) as session:
        spans = histories(session)
    assert all(any(first <= one <= last for first, last in spans) for one in ids)


def test_a_large_first_reading_is_taken_in_by_whole_sources(
    store: Engine, web: Site, listed: Lists, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(polling, "BATCH", 3)
    pages = {
        name: web.page(f"/{name}", _rss(*(f"{name} opens office {n}" for n in range(many))))
        for name, many in (("One", 2), ("Two", 5), ("Three", 1))
    }
    listed(**pages)
    assert poll_sources(store, NOON).added.new == 8
    with Session(store) as session:
        for source in polled_sources(session):
            assert source.history_first is not None
            assert source.history_last is not None
            owned = select(table(Article).c.id).where(table(Article).c.source_id == source.id)
            for article in session.exec(owned).scalars():
                assert source.history_first <= article <= source.history_last


def test_items_without_a_date_keep_the_moment_at_which_they_were_first_seen(store: Engine, web: Site, listed: Lists):
    listed(Wire=web.page("/wire", _rss("Meta opens", date="")))
    poll_sources(store, NOON)
    assert poll_sources(store, NOON + timedelta(hours=5)).added.known == 1
    with Session(store) as session:
        assert session.exec(select(table(Article).c.published_at)).scalar_one() == NOON


@pytest.mark.parametrize(
    ("date", "hour"),
    [
        # NOON is 12:00 UTC on 9 April, which is when the feed is read.
        pytest.param("Thu, 09 Apr 2026 11:30:00 GMT", hour_of(NOON) - 1, id="a moment counts in its hour"),
        pytest.param("9 Apr 2026", hour_of(NOON), id="today without an hour: it is out, for we have read it"),
        pytest.param("8 Apr 2026", hour_of(NOON) - 13, id="yesterday without an hour: that day's last"),
        pytest.param("Thu, 09 Apr 2026 17:00:00 GMT", hour_of(NOON), id="some hours ahead: not later than it was read"),
    ],
)
def test_what_is_read_counts_no_later_than_it_was_read(store: Engine, web: Site, listed: Lists, date: str, hour: int):
    listed(Wire=web.page("/wire", _rss("Meta opens an office", date=date)))
    poll_sources(store, NOON)
    with store.connect() as connection:
        assert connection.execute(select(table(Article).c.hour)).scalar_one() == hour


def test_one_bad_feed_never_stops_the_rest(store: Engine, web: Site, listed: Lists, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(fetching, "TIMEOUT", 1.5)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        listed(
            Alpha=web.page("/alpha", _rss("First news")),
            Away=f"http://127.0.0.1:{taken.getsockname()[1]}/",
            Cut=web.page("/cut", _rss("Cut news") + b"<item><title>Half"),
            Empty=web.page("/empty", b""),
            Error=web.page("/error", b"", 500),
            Hangs=web.hang("/hangs"),
            Html=web.page("/html", b"<html><body>Log in</body></html>"),
            Loop=web.page("/loop", b"", 302, Location="/loop"),
            Missing=web.url + "/missing",
            Omega=web.page("/omega", _rss("Last news")),
            Tag=web.page("/tag", _rss("Tagged news"), ETag='"é"'),
            Yearless=web.page("/year", _rss("Old news", date="0000-01-01")),
        )
        done = poll_sources(store, NOON)
    assert done.failed.keys() == {"Away", "Empty", "Error", "Hangs", "Html", "Loop", "Missing"}
    assert done.failed["Missing"] == "answers 404 Not Found"
    assert _titles(store) == ["Cut news", "First news", "Last news", "Tagged news"]
    assert [reject.reason for reject in done.rejects if reject.file.endswith("/year")]
    assert poll_sources(store, NOON + timedelta(days=2)).failed.keys() == done.failed.keys(), (
        "the next one runs as well"
    )


@pytest.mark.parametrize("trouble", [False, True])
@pytest.mark.parametrize("step", [timedelta(hours=-5), timedelta(days=40)], ids=["set back", "ahead for a round"])
def test_a_clock_that_is_set_keeps_no_source_waiting(
    store: Engine, web: Site, listed: Lists, step: timedelta, trouble: bool
):
    listed(Wire=web.page("/wire", b"" if trouble else _rss("Meta opens"), 500 if trouble else 200))
    assert poll_sources(store, NOON, due_only=True).feeds == 1
    assert poll_sources(store, NOON, due_only=True).feeds == 0
    assert poll_sources(store, NOON + step, due_only=True).feeds == 1
    assert poll_sources(store, NOON + step, due_only=True).feeds == 0
    back = min(NOON, NOON + step) + timedelta(minutes=2)
    assert poll_sources(store, back, due_only=True).feeds == (1 if step > timedelta(0) else 0)


def test_a_feed_that_fails_is_left_alone_longer_each_time(store: Engine, web: Site, listed: Lists):
    listed(Wire=web.page("/wire", b"", 500))
    now, waits = NOON, []
    for number in range(9):
        assert poll_sources(store, now).failed == {"Wire": "answers 500 Internal Server Error"}
        source = _source(store, "Wire")
        assert source.failures == number + 1
        assert source.due_at is not None
        waits.append(source.due_at - now)
        now = source.due_at
    assert waits[:3] == [FIRST_RETRY, 2 * FIRST_RETRY, 4 * FIRST_RETRY]
    assert waits[-1] == MAX_RETRY
    assert poll_sources(store, now - timedelta(seconds=1)).feeds == 0
    web.page("/wire", _rss("Meta opens"))
    assert poll_sources(store, now).added.new == 1
    source = _source(store, "Wire")
    assert (source.failures, source.error) == (0, "")


def test_every_feed_is_asked_where_that_is_wanted(store: Engine, web: Site, listed: Lists):
    listed(Wire=web.page("/wire", b"", 500))
    poll_sources(store, NOON)
    assert poll_sources(store, NOON).feeds == 0
    assert poll_sources(store, NOON, force=True).feeds == 1


@pytest.mark.parametrize(("said", "wait"), [("7200", timedelta(hours=2)), ("60", FIRST_RETRY), ("9" * 400, MAX_RETRY)])
def test_a_server_may_ask_for_a_longer_wait(store: Engine, web: Site, listed: Lists, said: str, wait: timedelta):
    listed(Wire=web.page("/wire", b"", 503, Retry_After=said))
    poll_sources(store, NOON)
    assert _source(store, "Wire").due_at == NOON + wait


def test_a_feed_and_its_articles_are_one_source(store: Engine, web: Site, listed: Lists):
    listed(**{"Wire’s  News": web.page("/wire", _rss("Meta opens"))})
    poll_sources(store, NOON)
    with Session(store) as session:
        ((name, url),) = session.exec(select(table(Source).c.name, table(Source).c.url)).all()
    assert (name, url) == ("Wire's News", web.url + "/wire")


def test_a_list_that_changes_changes_what_is_polled(store: Engine, web: Site, listed: Lists):
    listed(Wire=web.page("/wire", _rss("Meta opens"), ETag='"1"'), Other=web.page("/other", _rss("Google closes")))
    poll_sources(store, NOON)
    listed(Wire=web.page("/new", _rss("Meta opens", "Meta goes on"), ETag='"1"'))
    done = poll_sources(store, NOON)
    assert (done.feeds, done.added.new, done.added.known) == (1, 1, 1)
    assert web.count("/other") == 1


@pytest.mark.parametrize(
    ("days", "shown"),
    [
        ([0, 0, 1, 2, 3, 4, 5, 6, 7], True),
        ([1, 4, 9, 16, 25, 36, 49], True),
        ([0, 1, 2, 3, 4, 5, 6, 6, 6], False),
        ([0] * 7 + [1, 2, 3, 4, 5, 6, 7], True),
        ([0] * 8 + [1, 2, 3, 4, 5, 6, 7], False),
        ([0] * 200, False),
        ([-1, -1, 1, 2, 3, 4, 5, 6, 7], True),
        ([-1, -2, 1, 2, 3, 4, 5, 6], False),
        ([], False),
    ],
    ids=["a week", "seldom", "six days", "busy", "a flood", "all of today", "some ahead", "ahead is no past", "none"],
)
def test_a_first_reading_shows_what_is_usual_or_does_not(days: list[int], shown: bool):
    items = [Item("Wire", str(n), "", "Meta opens", "", NOON - timedelta(days=day)) for n, day in enumerate(days)]
    assert shows_past(items, NOON) is shown


def test_a_move_that_carries_a_key_is_stored_without_it(store: Engine, web: Site, listed: Lists):
    web.page("/new?key=s3cret", _rss("Meta opens"))
    web.page("/old?key=s3cret", b"", 301, Location="/new?key=s3cret")
    listed(Wire=f"{web.url}/old?key={{key:news}}")
    settings = PollSettings(keys={"news": "s3cret"})
    done = poll_sources(store, NOON, settings=settings)
    assert done.moved == {"Wire": f"{web.url}/new?key={{key:news}}"}
    assert _source(store, "Wire").url == done.moved["Wire"]
    assert poll_sources(store, NOON + timedelta(hours=1), settings=settings).added.known == 1


def test_a_key_that_was_stored_before_goes_with_the_next_reading(store: Engine, web: Site, listed: Lists):
    listed(Wire=web.page("/feed?key=s3cret", _rss("Meta opens")))
    poll_sources(store, NOON, settings=PollSettings(keys={"news": "s3cret"}))
    assert _source(store, "Wire").url == f"{web.url}/feed?key={{key:news}}"
