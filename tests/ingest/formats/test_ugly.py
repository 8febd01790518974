"""Five hundred ugly feeds: items or a clear reason, never a crash, never without an end."""

import resource
import signal
from collections.abc import Iterator

import pytest

from ingest.articles.item import EARLIEST, MAX_AHEAD, MAX_SUMMARY, MAX_TITLE, Item
from ingest.formats.feed_parser import FeedError, RefusedEntry, parse_feed, read_feed
from ingest.formats.sandbox import SandboxError, run_sandboxed
from tests.conftest import NOON
from tests.ugly import FORMS, Ugly, feeds

UGLY = list(feeds())
BASE = "https://u.example/feed"


@pytest.fixture(autouse=True)
def an_end() -> Iterator[None]:
    """A feed that is read for a minute is read for ever."""

    def stop(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(90)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def test_there_are_enough_and_always_the_same():
    assert len(UGLY) >= 400
    assert len({name for name, _ in UGLY}) == len(UGLY)
    assert list(feeds()) == UGLY


@pytest.mark.parametrize("ugly", UGLY, ids=[name for name, _ in UGLY])
def test_an_ugly_feed_gives_items_or_a_reason(ugly: Ugly):
    _, data = ugly
    try:
        found = parse_feed(data, "", NOON, BASE)
    except FeedError as error:
        reason = str(error)
        found = [RefusedEntry(0, reason if len(reason) > 10 else "", "")]
    for one in found:
        if isinstance(one, RefusedEntry):
            assert one.reason
            continue
        assert one.source
        assert one.title or one.summary
        assert len(one.title) <= MAX_TITLE
        assert len(one.summary) <= MAX_SUMMARY
        assert one.url == "" or one.url.startswith(("http://", "https://"))
        assert EARLIEST <= one.published_at <= NOON + MAX_AHEAD
        assert "\x00" not in f"{one.source}{one.external_id}{one.url}{one.title}{one.summary}"
        assert f"{one.title}{one.summary}".encode(), "nothing that can't be stored"
        assert "root:" not in one.title, "no file of this machine"


@pytest.mark.parametrize("form", FORMS)
def test_damage_that_takes_nothing_away_loses_nothing(form: str):
    """The same five items come out, whatever stands around them."""
    kept = ["bom", "space-first", "newlines", "one-line", "relative-links", "no-zones", "far-dates", "old-dates"]
    data = dict(UGLY)
    for name in kept:
        if form == "json" and name == "newlines":
            continue
        found = parse_feed(data[f"{form}-{name}"], "", NOON, BASE)
        assert [one.title for one in found if isinstance(one, Item)] == [
            "Meta opens Muse Spark",
            "NVIDIA's “Rubin” is late",
            "百度发布新模型",
            "AT&T buys chips",
            "Où est l'IA ?",
        ], name


def test_dates_that_can_not_be_true_are_those_of_being_seen():
    data = dict(UGLY)
    for name in ("rss2-old-dates", "atom-far-dates"):
        assert {one.published_at for one in parse_feed(data[name], "", NOON) if isinstance(one, Item)} == {NOON}


def test_a_large_document_is_read_beside_and_given_up():
    rows = "".join(f"<item><title>T{n}</title><guid>{n}</guid></item>" for n in range(20_000))
    found = read_feed(f'<rss version="2.0"><channel><title>U</title>{rows}</channel></rss>'.encode(), "", NOON)
    assert len(found) == 5000
    with pytest.raises(FeedError, match="is not a feed"):
        read_feed(b"<a/>" + b" " * 1_100_000, "", NOON)
    with pytest.raises(SandboxError, match="takes longer than 1 seconds"):
        run_sandboxed(signal.pause, seconds=1)


def hungry(number: int) -> int:
    return len(bytearray(number))


def test_what_eats_memory_is_given_up():
    with pytest.raises(SandboxError, match="needs more than 2 GB of memory"):
        run_sandboxed(hungry, 8 * 1024**3)
    assert resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY
