"""The past of sources: read by pages, gone on with where it was stopped, counted in its days, and no news."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from sqlalchemy import Connection, Engine
from sqlmodel import Session, func, select

from ingest.articles.item import Item
from ingest.http import fetch as fetching
from ingest.pipeline import BatchReport, Ingest
from ingest.sources import backfill as past
from ingest.sources.backfill import BackfillReport, backfill_sources
from ingest.sources.kinds import hackernews
from models.article import Article
from models.count import NameCount, hour_of
from models.database import transaction
from models.source import Source, SourceState, polled_sources
from tests.conftest import NOON
from tests.loopback.feeds import Site, site

SINCE = NOON - timedelta(days=10)


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setattr(fetching, "TRIES", 1)
    monkeypatch.setattr(past, "sleep", lambda _: None)
    monkeypatch.setattr(hackernews, "MAX_HITS", 5)
    with site() as found:
        yield found


@pytest.fixture
def algolia(there: Site, store: Engine) -> list[str]:
    """A search with a story every twelve hours, and a source that asks it; the questions are kept."""
    asked: list[str] = []
    every = [NOON - timedelta(hours=12 * number) for number in range(30)]

    def answer(request) -> None:
        first, end, _ = unquote(parse_qs(urlsplit(request.path).query)["numericFilters"][0]).split(",")
        low, high = int(first.split(">=")[1]), int(end.split("<")[1])
        asked.append(end)
        hits = [
            {
                "objectID": str(int(at.timestamp())),
                "title": f"Meta opens office {at:%d %H}",
                "url": f"https://e.com/{at:%d%H}",
                "created_at_i": int(at.timestamp()),
            }
            for at in every
            if low <= at.timestamp() < high
        ]
        data = json.dumps({"hits": hits[:5], "nbHits": len(hits)}).encode()
        if there.answers.get("broken") and len(asked) == 3:
            request.send_error(500)
            return
        request.send_response(200)
        request.send_header("Content-Length", str(len(data)))
        request.end_headers()
        request.wfile.write(data)

    class Paths(dict):
        def get(self, path, default=None):
            return answer if path.startswith("/search") else super().get(path, default)

    there.answers = Paths()
    with transaction(store, writes=True) as session:
        options = {"history": f"{there.url}/search"}
        session.add(Source(name="Hacker News", url=f"{there.url}/top.json", kind="hackernews", options=options))
    return asked


def run(store: Engine, since: datetime = SINCE, **more) -> list[BackfillReport]:
    return list(backfill_sources(store, since, NOON, **more))


def test_the_past_is_read_and_counted_in_its_days(store: Engine, algolia: list[str]):
    seen: list[datetime | None] = []
    (found,) = run(store, progress=lambda one: seen.append(one.back_to))
    assert (found.added, found.problem, found.back_to) == (21, "", SINCE)
    assert seen == sorted(seen, reverse=True)
    assert str(found) == "Hacker News: 21 new articles, 0 already known, back to 2026-03-30."
    with Session(store) as session:
        hours = session.exec(select(NameCount.hour).where(NameCount.n > 0).distinct()).all()
        assert min(hours) == hour_of(SINCE)
        (row,) = polled_sources(session)
        assert row.history_first is not None, "what is of the last days is no news"


def test_what_is_cut_off_before_it_is_noted_as_history_is_not_stored(
    store: Engine, algolia: list[str], monkeypatch: pytest.MonkeyPatch
):
    take = Ingest.add

    def cut_off(self: Ingest, items: Sequence[Item], now: datetime, record: Any) -> BatchReport:
        def dies(connection: Connection, added: BatchReport) -> None:
            record(connection, added)
            raise SystemExit

        return take(self, items, now, record=dies)

    monkeypatch.setattr(Ingest, "add", cut_off)
    with pytest.raises(SystemExit):
        run(store)
    with Session(store) as session:
        assert session.exec(select(Article)).all() == []


def test_once_read_it_is_not_read_again_but_further_back_it_is(store: Engine, algolia: list[str]):
    run(store)
    before = len(algolia)
    assert str(run(store)[0]) == "Hacker News: already read that far back."
    assert run(store, NOON - timedelta(days=5))[0].complete
    assert len(algolia) == before
    (further,) = run(store, NOON - timedelta(days=12))
    assert (further.added, further.known) == (4, 21)


def test_stopped_anywhere_it_goes_on(store: Engine, algolia: list[str]):
    def stop(found: BackfillReport) -> None:
        if found.added >= 10:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(store, progress=stop)
    with Session(store) as session:
        assert session.exec(select(func.count()).select_from(Article)).one() == 10
    before = list(algolia)
    (found,) = run(store)
    assert found.added + found.known < 21, "what was read before is not asked for again"
    assert algolia[len(before)] not in before
    with Session(store) as session:
        assert session.exec(select(func.count()).select_from(Article)).one() == 21


def test_a_server_in_trouble_is_asked_again(store: Engine, there: Site, algolia: list[str]):
    there.answers["broken"] = lambda _: None
    (found,) = run(store)
    assert (found.added, found.problem) == (21, "")


def test_what_can_not_be_had_is_told_and_the_others_go_on(store: Engine, there: Site, algolia: list[str]):
    with transaction(store, writes=True) as session:
        session.add(Source(name="Another", url=f"{there.url}/none", kind="feed"))
        session.add(Source(name="No past", url=f"{there.url}/api", kind="json"))
        session.add(Source(name="Paused", url=f"{there.url}/p", kind="feed", state=SourceState.PAUSED))
    found = run(store)
    assert [(one.source, one.problem) for one in found] == [("Another", "answers 404 Not Found"), ("Hacker News", "")]
    assert [one.source for one in run(store, names=["paused"])] == ["Paused"]


def test_pages_of_a_feed_are_its_past(store: Engine, there: Site):
    def rss(first: int, older: str) -> bytes:
        link = f'<atom:link rel="next" href="{older}"/>' if older else ""
        rows = ""
        for number in range(first, first + 4):
            at = format_datetime(NOON - timedelta(days=number))
            rows += f"<item><title>Meta {number}</title><guid>{number}</guid><pubDate>{at}</pubDate></item>"
        head = f'<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>F</title>{link}'
        return f"{head}{rows}</channel></rss>".encode()

    there.page("/feed", rss(0, "/feed?page=2"))
    there.page("/feed?page=2", rss(4, "/feed?page=3"))
    there.page("/feed?page=3", rss(8, "https://elsewhere.example/feed"))
    with transaction(store, writes=True) as session:
        session.add(Source(name="F", url=f"{there.url}/feed"))
    (found,) = run(store)
    assert (found.added, found.problem) == (11, "")
    assert found.back_to == datetime(2026, 3, 30, 12, tzinfo=UTC)
