"""Sources from the command line, and what a round of reading makes of the news: through the real programs."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from evaluation.replay import add_replay_channel, replay_step
from gazetteer.opml import ListedSource, read_opml, write_opml
from ingest.http import fetch as fetching
from ingest.sources.poll import poll_sources
from ingest.sources.registry import add_list
from models.database import transaction
from models.source import SourceState, polled_sources
from signals.detector import Rules
from tests.conftest import NOON, bare_environment
from tests.loopback.feeds import Site, site

ROOT = Path(__file__).resolve().parents[2]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setattr(fetching, "TRIES", 1)
    with site() as found:
        yield found


def trendbot(folder: Path, *words: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "bot", *words],
        cwd=folder,
        env={**bare_environment(), "PYTHONPATH": str(ROOT), "TRENDBOT_DATABASE_URL": "sqlite:///bot.db"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def rss(*rows: tuple[str, datetime | None]) -> bytes:
    entries = "".join(
        f"<item><title>{title}</title><guid>{title}</guid><link>https://n.example/{title.replace(' ', '-')}</link>"
        f"{f'<pubDate>{format_datetime(at)}</pubDate>' if at else ''}</item>"
        for title, at in rows
    )
    return f'<rss version="2.0"><channel><title>Example Daily</title>{entries}</channel></rss>'.encode()


@pytest.mark.long
def test_a_source_is_tested_added_listed_exported_and_removed(tmp_path: Path, there: Site):
    there.page("/feed.xml", rss(("Meta opens", NOON)))
    there.page("/", b'<html><link rel="alternate" type="application/rss+xml" href="/feed.xml"></html>')
    status, said, _ = trendbot(tmp_path, "sources", "test", there.url + "/")
    assert status == 0
    assert f"Example Daily: feed at {there.url}/feed.xml" in said
    assert "1 article would be imported, 0 rejected." in said
    status, said, _ = trendbot(tmp_path, "sources", "add", there.url + "/", "--outlet", "Daily")
    assert status == 0
    assert f"Added Example Daily: feed at {there.url}/feed.xml." in said
    status, _, said = trendbot(tmp_path, "sources", "add", there.url + "/feed.xml")
    assert (status, said.strip()[:45]) == (1, "Example Daily is already a source, at http://")
    status, _, said = trendbot(tmp_path, "sources", "add", there.url + "/missing")
    assert status == 1
    assert "answers 404 Not Found. Nothing was added." in said
    assert trendbot(tmp_path, "sources", "pause", "example daily")[:2] == (0, "Example Daily is paused.\n")
    status, said, _ = trendbot(tmp_path, "sources", "list", "--state", "paused")
    assert "paused    feed        Example Daily" in said
    assert trendbot(tmp_path, "sources", "export", "all.opml")[0] == 0
    listed, mistakes = read_opml((tmp_path / "all.opml").read_bytes())
    (ours,) = [one for one in listed if one.name == "Example Daily"]
    assert not mistakes
    assert (ours.outlet, ours.paused, len(listed) > 150) == ("Daily", True, True)
    assert trendbot(tmp_path, "sources", "remove", "Example Daily")[0] == 0
    assert "Example Daily" not in trendbot(tmp_path, "sources", "list")[1]
    (tmp_path / "mine.opml").write_bytes(
        write_opml([ours, ListedSource("X", "https://x.example/feed", kind="nonsense")])
    )
    status, said, trouble = trendbot(tmp_path, "sources", "import", "mine.opml")
    assert (status, said) == (0, "1 source added, 0 already there.\n")
    assert "“X” has an unknown kind: nonsense" in trouble
    status, _, said = trendbot(tmp_path, "sources", "remove", "Techcrun")
    assert "There is no source “Techcrun”. Did you mean TechCrunch" in said


def quiet_weeks(outlet: int) -> list[tuple[str, datetime]]:
    """What one of four outlets has told for five weeks: some stories a day."""
    names = ["Databricks", "Snowflake", "Cohere", "Perplexity", "Replit", "Runway", "Palantir", "Adobe"]
    rows = [
        (f"{names[(day + number) % 8]} in brief {day}-{number}", NOON - day * DAY - number * HOUR)
        for day in range(1, 36)
        for number in range(8)
    ]
    return rows[outlet::4]


@pytest.fixture
def daily(store: Engine, there: Site) -> list[str]:
    """Four outlets that have not been read yet, by their paths."""
    listed = [ListedSource(f"Outlet {n}", there.page(f"/{n}", rss(*quiet_weeks(n)))) for n in range(4)]
    add_list(store, listed, "operator")
    return [f"/{n}" for n in range(4)]


@pytest.fixture
def read_daily(store: Engine, daily: list[str]) -> list[str]:
    """The same, read a day ago for the first time."""
    poll_sources(store, NOON - DAY)
    with transaction(store, writes=True) as session:
        add_replay_channel(session, [()], NOON - DAY)
    return daily


def told(store: Engine, now: datetime) -> list[str]:
    with transaction(store, writes=True) as session:
        return [one.names for one in replay_step(session, now, Rules())]


LAUNCH = [f"Duolingo shows a new tutor, report {n}" for n in range(16)]


def test_what_a_new_source_tells_at_first_is_no_alert_and_what_it_tells_then_is(
    store: Engine, there: Site, read_daily: list[str]
):
    old = [(f"Duolingo tells more, part {n}", NOON - HOUR * (n % 20)) for n in range(60)]
    add_list(store, [ListedSource(f"New {n}", there.page(f"/new{n}", rss(*old[n::4]))) for n in range(4)], "operator")
    done = poll_sources(store, NOON)
    assert done.added.new == 60
    assert told(store, NOON) == []
    # An hour later all eight tell of a launch, with dates of before the first reading.
    for number, path in enumerate([*read_daily, "/new0", "/new1", "/new2", "/new3"]):
        rows = [(title, NOON - timedelta(minutes=30)) for title in LAUNCH[number::8]]
        there.page(path, rss(*rows))
    poll_sources(store, NOON + HOUR)
    assert told(store, NOON + HOUR) == ["Duolingo"]


def test_a_launch_that_a_first_reading_brings_is_an_alert(store: Engine, there: Site, daily: list[str]):
    for number, path in enumerate(daily):
        launch = [(title, NOON - timedelta(minutes=30 + number)) for title in LAUNCH[number::4]]
        there.page(path, rss(*launch, *quiet_weeks(number)))
    with transaction(store, writes=True) as session:
        add_replay_channel(session, [()], NOON - HOUR)
    poll_sources(store, NOON)
    assert told(store, NOON) == ["Duolingo"]


@pytest.mark.parametrize(
    "dates",
    [
        [NOON - HOUR * (24 + n * 6) for n in range(200)],
        [None] * 200,
        [None] * 12,
        [NOON] * 200,
        [NOON] * 12,
        [NOON] * 50 + [NOON - DAY * n for n in range(8, 16)],
    ],
    ids=["old", "two hundred undated", "undated", "two hundred of now", "of now", "of now but for a few"],
)
def test_an_archive_that_a_first_reading_brings_is_none(
    store: Engine, there: Site, read_daily: list[str], dates: list[datetime | None]
):
    for outlet in range(4):
        rows = [(f"Spotify at {outlet} tells more, part {n}", at) for n, at in enumerate(dates)]
        add_list(store, [ListedSource(f"New {outlet}", there.page(f"/new{outlet}", rss(*rows)))], "operator")
    done = poll_sources(store, NOON)
    assert done.added.new == 4 * len(dates)
    # The hour of the reading is under way, so that what counts in it is in the window.
    assert told(store, NOON + timedelta(minutes=1)) == []


def test_a_source_that_was_down_makes_no_spike_when_it_is_back(store: Engine, there: Site, read_daily: list[str]):
    for path in read_daily[:2]:
        there.page(path, b"", 500)
    for hours in range(1, 49, 6):
        poll_sources(store, NOON + hours * HOUR, force=True)
        assert told(store, NOON + hours * HOUR) == []
    with transaction(store) as session:
        assert [one.state for one in polled_sources(session)] == [
            SourceState.FAILING,
            SourceState.FAILING,
            SourceState.WELL,
            SourceState.WELL,
        ]
    now = NOON + 49 * HOUR
    rows = [(f"Spotify and others, number {n}", NOON + n * HOUR) for n in range(49)]
    for path in read_daily[:2]:
        there.page(path, rss(*rows))
    poll_sources(store, now, force=True)
    assert told(store, now) == []
