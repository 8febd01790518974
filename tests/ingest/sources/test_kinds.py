"""Every kind of source against a loopback server: what it gives when all is well, and what it says when not."""

import gzip
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from ingest.articles.item import Item
from ingest.formats.feed_parser import RefusedEntry
from ingest.http import fetch as fetching
from ingest.http.fetch import http_client
from ingest.http.politeness import PoliteClient
from ingest.sources.kinds import KINDS, folder, gdelt, hackernews, page
from ingest.sources.kinds.base import SourceRequest, SourceResult
from ingest.sources.probe import probe_address
from ingest.sources.reading import PollSettings, SourceReading, read_source
from models.source import Source
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


Ask = Callable[..., SourceReading]


@pytest.fixture
def ask(there: Site) -> Iterator[Ask]:
    """Reads a source of a kind, as a round does."""
    with http_client() as http:
        web = PoliteClient(http, {}, NOON)

        def reading(
            kind: str, url: str, outlet: str = "", settings: PollSettings | None = None, **row: object
        ) -> SourceReading:
            return read_source(web, Source(name=outlet, url=url, kind=kind, **row), NOON, settings or PollSettings())

        yield reading


def items(found: SourceReading) -> list[Item]:
    assert found.result is not None, found.error
    return [one for one in found.result.items if isinstance(one, Item)]


def refused(found: SourceReading) -> list[str]:
    assert found.result is not None
    return [one.reason for one in found.result.items if isinstance(one, RefusedEntry)]


def answering(site: Site, path: str, answer: Callable[[str], object]) -> str:
    """A page that depends on its query, as an interface's does."""

    def handle(request) -> None:
        data = answer(request.path)
        text = data if isinstance(data, bytes) else json.dumps(data).encode()
        request.send_response(200)
        request.send_header("Content-Length", str(len(text)))
        request.end_headers()
        request.wfile.write(text)

    class Paths(dict):
        def get(self, asked, default=None):
            return handle if asked.partition("?")[0].startswith(path) else super().get(asked, default)

    site.answers = Paths(site.answers)
    return site.url + path


def rss(*rows: str, head: str = "") -> bytes:
    return f'<rss version="2.0"><channel><title>Example</title>{head}{"".join(rows)}</channel></rss>'.encode()


def entry(title: str, link: str = "/1", more: str = "") -> str:
    return (
        f"<item><title>{title}</title><link>{link}</link><pubDate>Thu, 09 Apr 2026 11:00:00 GMT</pubDate>{more}</item>"
    )


def test_a_feed_gives_items_with_whole_addresses(there: Site, ask: Ask):
    found = ask(
        "feed", there.page("/news/feed", rss(entry("Meta opens", "../a"), entry("Google", "https://g.example/b")))
    )
    assert [(one.source, one.url) for one in items(found)] == [
        ("Example", f"{there.url}/a"),
        ("Example", "https://g.example/b"),
    ]


def test_a_page_in_the_place_of_a_feed_leads_to_it(there: Site, ask: Ask):
    there.page("/feed", rss(entry("Meta opens")))
    comments = '<link rel="alternate" type="application/rss+xml" href="/comments/feed">'
    html = f'<html><head>{comments}<LINK TYPE="application/rss+xml" REL=alternate HREF="/feed"></head></html>'
    found = ask("feed", there.page("/", html.encode()))
    assert [one.title for one in items(found)] == ["Meta opens"]
    assert found.result is not None
    assert found.result.url == f"{there.url}/feed"


def test_a_page_without_a_feed_is_told(there: Site, ask: Ask):
    found = ask("feed", there.page("/", b"<html><body>Log in</body></html>"))
    assert found.error is not None
    assert found.error.reason == "is not a feed: expected RSS, Atom or JSON Feed"


def test_an_error_of_the_feeds_maker_is_no_news(there: Site, ask: Ask):
    wrong = entry("Bridge returned error 403! (20260)")
    found = ask("feed", there.page("/some", rss(entry("Meta opens"), wrong, entry("Error 404: a novel", "/2"))))
    assert [one.title for one in items(found)] == ["Meta opens", "Error 404: a novel"]
    all_wrong = ask("feed", there.page("/all", rss(wrong)))
    assert all_wrong.error is not None
    assert all_wrong.error.reason == "reports an error instead of news: “Bridge returned error 403! (20260)”"


def test_a_door_for_browsers_is_told_as_such(there: Site, ask: Ask):
    found = ask("feed", there.page("/feed", b"", 403, cf_mitigated="challenge"))
    assert found.error is not None
    assert found.error.reason == "answers 403 Forbidden: it admits browsers, not programs"


def test_a_key_stands_in_an_address_but_not_for_a_channel(there: Site, ask: Ask):
    there.page("/feed?key=s3cret", rss(entry("Meta opens")))
    settings = PollSettings(keys={"news": "s3cret"})
    assert len(items(ask("feed", there.url + "/feed?key={key:news}", settings=settings))) == 1
    again = ask("feed", there.url + "/feed?key={key:news}", settings=settings, added_by="chat:slack:U1")
    assert again.error is not None
    assert all("s3cret" not in path for path, _ in there.asked[2:])


def test_a_release_is_called_by_its_project(there: Site, ask: Ask):
    atom = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Release notes</title>
      <entry><id>tag:github.com,2008:1/v0.9</id><updated>2026-04-09T10:00:00Z</updated><title>v0.9</title>
        <link href="https://github.com/a/vllm/releases/tag/v0.9"/>
        <content type="html">&lt;p&gt;Faster&lt;/p&gt;</content></entry>
      <entry><id>tag:github.com,2008:1/v0.8</id><updated>2026-04-08T10:00:00Z</updated><title>vLLM 0.8</title></entry>
    </feed>"""
    found = items(ask("github", there.page("/a/vllm/releases.atom", atom.encode()), "vLLM"))
    assert [(one.title, one.summary) for one in found] == [("vllm v0.9", "Faster"), ("vLLM 0.8", "")]
    assert not there.count("/robots.txt"), "an interface for programs has limits of its own"


def test_posts_and_videos_come_without_their_feet(there: Site, ask: Ask):
    post = "&lt;p&gt;It runs here.&lt;/p&gt; submitted by &lt;a href='x'&gt; /u/somebody &lt;/a&gt; [link] [comments]"
    atom = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>r/X</title><entry><id>t3_1</id><title>Qwen</title>
      <updated>2026-04-09T10:00:00+00:00</updated><link href="https://www.reddit.com/r/X/1"/>
      <content type="html">{post}</content></entry></feed>"""
    (found,) = items(ask("reddit", there.page("/r/X/.rss", atom.encode()), "r/X"))
    assert found.summary == "It runs here."
    video = """<feed xmlns="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/"
      xmlns:yt="http://www.youtube.com/xml/schemas/2015"><title>C</title><entry><id>yt:video:1</id><title>A talk</title>
      <published>2026-04-09T10:00:00+00:00</published><link href="https://www.youtube.com/watch?v=1"/>
      <media:group><media:description>What it is. https://sponsor.example
0:00 Start</media:description></media:group></entry></feed>"""
    (found,) = items(ask("youtube", there.page("/feeds/videos.xml", video.encode()), "C"))
    assert found.summary == "What it is."


def test_a_paper_is_known_without_its_version_and_new_versions_are_no_news(there: Site, ask: Ask):
    rows = [
        f"<item><title>Paper {n}</title><link>https://arxiv.org/abs/2604.0000{n}</link><guid>oai:arXiv.org:2604.0000{n}v{n}</guid>"
        f"<description>arXiv:2604.0000{n}v{n} Announce Type: {kind} \nAbstract: We show it.</description></item>"
        for n, kind in ((1, "new"), (2, "replace"), (3, "cross"))
    ]
    found = items(ask("arxiv", there.page("/rss/cs.AI", rss(*rows)), "arXiv"))
    assert [(one.external_id, one.url, one.summary) for one in found] == [
        ("arXiv:2604.00001", "https://arxiv.org/abs/2604.00001", "We show it."),
        ("arXiv:2604.00003", "https://arxiv.org/abs/2604.00003", "We show it."),
    ]


def test_papers_of_the_past_come_by_pages(there: Site, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("ingest.sources.kinds.arxiv.PAGE_SIZE", 2)

    def answer(path: str) -> bytes:
        query = parse_qs(urlsplit(path).query)
        assert query["search_query"] == ["cat:cs.AI AND submittedDate:[202604010000 TO 202604091200]"]
        start = int(query["start"][0])
        rows = [
            f"<entry><id>http://arxiv.org/abs/2604.0000{n}v1</id><title>P{n}</title><published>2026-04-08T00:00:00Z</published></entry>"
            for n in range(start, min(start + 2, 5))
        ]
        return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>q</title>{"".join(rows)}</feed>'.encode()

    base = answering(there, "/api/query", answer)
    pages = past("arxiv", "https://rss.arxiv.org/rss/cs.AI", datetime(2026, 4, 1, tzinfo=UTC), {"history": base})
    assert [len(one.items) for one in pages] == [2, 2, 1]
    later = past(
        "arxiv", "https://rss.arxiv.org/rss/cs.AI", datetime(2026, 4, 1, tzinfo=UTC), {"history": base}, pages[1].memory
    )
    assert [len(one.items) for one in later] == [1]


def past(
    kind: str, url: str, since: datetime, options: dict | None = None, memory: dict | None = None
) -> list[SourceResult]:
    """All pages of a source's past, up to noon."""
    with http_client() as http:
        web = PoliteClient(http, {}, NOON)
        asked = SourceRequest(url, "", lambda url: web.get(url).data or b"", NOON, options or {}, memory or {})
        found = KINDS[kind].archive
        assert found is not None
        return list(found(asked, since, NOON))


def story(number: int, **more: object) -> dict:
    return {"id": number, "type": "story", "title": f"Story {number}", "time": 1775700000 + number, **more}


def test_hacker_news_asks_for_new_stories_alone(there: Site, ask: Ask, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(hackernews, "MAX_STORIES", 3)
    url = there.page("/v0/topstories.json", b"[5,4,3,2,1]", ETag='"1"')
    rows = {
        5: story(5, url="https://e.com/5"),
        4: story(4, text="<p>Why?"),
        3: story(3, dead=True),
        1: {"id": 1, "type": "job"},
    }
    for number in range(1, 6):
        there.page(f"/v0/item/{number}.json", json.dumps(rows.get(number)).encode())
    first = ask("hackernews", url)
    assert [(one.source, one.external_id, one.url, one.summary) for one in items(first)] == [
        ("Hacker News", "hn5", "https://e.com/5", ""),
        ("Hacker News", "hn4", "https://news.ycombinator.com/item?id=4", "Why?"),
    ]
    assert first.result is not None
    assert first.result.more
    second = ask("hackernews", url, memory=first.result.memory)
    assert items(second) == []
    assert second.result is not None
    assert not second.result.more
    assert there.count("/v0/item/5.json") == 1


def test_the_past_of_hacker_news_comes_by_searches(there: Site, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(hackernews, "MAX_HITS", 3)
    every = [
        {"objectID": str(n), "title": f"S{n}", "url": f"https://e.com/{n}", "created_at_i": 1775606400 + 60 * n}
        for n in range(8)
    ]

    def answer(path: str) -> dict:
        first, end, least = unquote(parse_qs(urlsplit(path).query)["numericFilters"][0]).split(",")
        assert least == "points>=50"
        low, high = int(first.split(">=")[1]), int(end.split("<")[1])
        hits = sorted((row for row in every if low <= row["created_at_i"] < high), key=lambda row: -row["created_at_i"])
        return {"hits": hits[:3], "nbHits": len(hits)}

    base = answering(there, "/search", answer)
    since = datetime.fromtimestamp(1775606400, UTC)
    pages = past("hackernews", there.url, since, {"history": base, "points": 50})
    assert [one.external_id for page in pages for one in page.items] == [f"hn{n}" for n in range(7, -1, -1)]
    rest = past("hackernews", there.url, since, {"history": base, "points": 50}, pages[0].memory)
    assert [one.external_id for page in rest for one in page.items] == [f"hn{n}" for n in range(4, -1, -1)]


def test_models_and_papers_of_hugging_face(there: Site, ask: Ask):
    models = [
        {
            "id": "deepseek-ai/DeepSeek-V4",
            "createdAt": "2026-04-09T10:00:00.000Z",
            "pipeline_tag": "text-generation",
            "tags": ["license:mit"],
        },
        {"id": "x/y"},
    ]
    found = ask("huggingface", there.page("/api/models", json.dumps(models).encode()), "Hugging Face models")
    assert [(one.title, one.summary, one.url) for one in items(found)] == [
        ("DeepSeek-V4 by deepseek-ai", "text generation; licence mit", "https://huggingface.co/deepseek-ai/DeepSeek-V4")
    ]
    assert refused(found) == ["published_at is missing"]
    papers = [
        {"publishedAt": "2026-04-09T00:00:00.000Z", "paper": {"id": "2604.1", "title": "On it", "summary": "We."}}
    ]
    (one,) = items(ask("huggingface", there.page("/api/daily_papers", json.dumps(papers).encode())))
    assert (one.external_id, one.title, one.url) == ("2604.1", "On it", "https://huggingface.co/papers/2604.1")


def test_the_past_of_papers_comes_by_days(there: Site):
    days = []

    def answer(path: str) -> list:
        days.append(parse_qs(urlsplit(path).query)["date"][0])
        return [{"publishedAt": f"{days[-1]}T00:00:00Z", "paper": {"id": days[-1], "title": "P"}}]

    base = answering(there, "/api/daily_papers", answer)
    pages = past("huggingface", f"{base}?limit=50", NOON - timedelta(days=2))
    assert days == ["2026-04-09", "2026-04-08", "2026-04-07"]
    past("huggingface", base, NOON - timedelta(days=2), memory=pages[0].memory)
    assert days[3:] == ["2026-04-08", "2026-04-07"]


def test_gdelt_counts_for_the_site_and_its_refusals_are_told(there: Site, ask: Ask):
    row = {
        "url": "https://n.example/1",
        "title": "Meta opens , again",
        "seendate": "20260409T110000Z",
        "domain": "n.example",
    }
    url = there.page("/doc", json.dumps({"articles": [row, {**row, "seendate": "?"}]}).encode())
    found = ask("gdelt", url, "GDELT")
    assert [(one.source, one.title) for one in items(found)] == [("n.example", "Meta opens, again")]
    assert len(refused(found)) == 1
    busy = ask("gdelt", there.page("/busy", b"Please limit requests to one every 5 seconds."))
    assert busy.error is not None
    assert busy.error.reason == "answers “Please limit requests to one every 5 seconds.” instead of JSON"
    assert items(ask("gdelt", there.page("/none", b"{}"))) == []
    assert items(ask("gdelt", there.page("/empty", b""))) == []


def test_the_past_of_gdelt_comes_in_spans_that_fit(there: Site, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(gdelt, "MAX_RECORDS", 4)
    every = [NOON - timedelta(hours=hour) for hour in range(12)]

    def answer(path: str) -> dict:
        query = parse_qs(urlsplit(path).query)
        low, high = (
            datetime.strptime(query[name][0], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
            for name in ("startdatetime", "enddatetime")
        )
        found = [one for one in every if low < one <= high][:4]
        return {
            "articles": [
                {"url": f"https://n.example/{one:%H}", "title": "T", "seendate": f"{one:%Y%m%dT%H%M%SZ}", "domain": "n"}
                for one in found
            ]
        }

    base = answering(there, "/doc", answer)
    pages = past("gdelt", f"{base}?query=x&timespan=1h", NOON - timedelta(hours=12))
    assert len({one.url for page in pages for one in page.items}) == 12


ARTICLE = """<html><head><title>{0} | Site</title><meta property="og:title" content="{0}">
  <meta property="article:published_time" content="2026-04-08T09:00:00Z">
  <meta name="description" content="What {0} is about.">
  </head><body><nav>Menu</nav><article><h1>{0}</h1><p>{1}</p></article></body></html>"""


def test_a_page_that_lists_articles_is_read(there: Site, ask: Ask, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(page, "MAX_ARTICLES", 2)
    links = '<a href="/news/a-new-model">A</a> <a href="b">B</a> <a href="/news/c#x">C</a> <a href="/news/tag/x">no</a>'
    url = there.page(
        "/news/", f"<html><body>{links}<a href='https://other.example/news/d'>no</a></body></html>".encode()
    )
    for name in ("a-new-model", "b", "c"):
        there.page(f"/news/{name}", ARTICLE.format(f"Article {name}", "A sentence on what it is. " * 20).encode())
    first = ask("page", url, "Site")
    assert [(one.title, one.published_at.date().isoformat(), one.precise) for one in items(first)] == [
        ("Article a-new-model", "2026-04-08", False),
        ("Article b", "2026-04-08", False),
    ]
    assert items(first)[0].summary == "What Article a-new-model is about."
    assert first.result is not None
    assert first.result.more
    second = ask("page", url, "Site", memory=first.result.memory)
    assert [one.title for one in items(second)] == ["Article c"]
    assert second.result is not None
    assert items(ask("page", url, "Site", memory=second.result.memory)) == []


def test_a_news_sitemap_costs_no_more_requests_and_an_index_leads_on(there: Site, ask: Ask):
    news = f"""<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
      <url><loc>{there.url}/1</loc><news:news><news:publication_date>2026-04-09T10:00:00Z</news:publication_date>
      <news:title>Meta opens</news:title></news:news></url></urlset>"""
    there.page("/news.xml", news.encode())
    index = (
        f"<sitemapindex><sitemap><loc>{there.url}/news.xml</loc><lastmod>2026-04-09</lastmod></sitemap></sitemapindex>"
    )
    found = items(ask("page", there.page("/sitemap.xml", index.encode()), "Site"))
    assert [(one.title, one.published_at) for one in found] == [("Meta opens", datetime(2026, 4, 9, 10, tzinfo=UTC))]
    there.page("/sitemap.xml.gz", gzip.compress(index.encode()))
    assert len(items(ask("page", there.url + "/sitemap.xml.gz", "Site"))) == 1


def test_the_past_of_a_sitemap_goes_by_its_dates(there: Site, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(page, "MAX_ARTICLES", 2)
    rows = "".join(f"<url><loc>{there.url}/{n}</loc><lastmod>2026-04-0{n}</lastmod></url>" for n in range(1, 9))
    for number in range(1, 9):
        there.page(
            f"/{number}",
            ARTICLE.replace("2026-04-08", f"2026-04-0{number}").format(f"N{number}", "Words. " * 50).encode(),
        )
    url = there.page("/sitemap.xml", f"<urlset>{rows}</urlset>".encode())
    pages = past("page", url, datetime(2026, 4, 4, tzinfo=UTC))
    assert [one.title for page in pages for one in page.items] == ["N8", "N7", "N6", "N5", "N4"]
    rest = past("page", url, datetime(2026, 4, 4, tzinfo=UTC), memory=pages[0].memory)
    assert [one.title for page in rest for one in page.items] == ["N6", "N5", "N4"]


@pytest.mark.parametrize(
    ("data", "options", "reason"),
    [
        (b"<html><body>Nothing here</body></html>", {}, "lists no articles"),
        (b"<html><body><a href='/news/x-y-z'>x</a></body></html>", {"match": "/blog/"}, "lists no articles that match"),
        (b"<html><body><a href='/news/x-y-z'>x</a></body></html>", {"match": "("}, "invalid regular expression"),
        (b"<urlset><url>", {}, "is not a complete sitemap"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><urlset/>', {}, "defines XML entities"),
        (b"", {}, "can't be parsed as HTML"),
    ],
)
def test_what_is_no_list_of_articles_is_told(there: Site, ask: Ask, data: bytes, options: dict, reason: str):
    found = ask("page", there.page("/news", data), "Site", options=options)
    assert found.error is not None
    assert reason in found.error.reason


def test_json_is_read_by_a_mapping(there: Site, ask: Ask):
    rows = [
        {"uid": 1, "link": "https://e.com/1", "head": {"text": "<b>Meta</b> opens"}, "when": 1775728800},
        {"uid": 2, "link": "https://e.com/2", "head": {"text": "Later"}, "when": 1775728800000},
        {"uid": 3, "head": {}},
    ]
    options = {"items": "data.0.posts", "id": "uid", "url": "link", "title": "head.text", "published_at": "when"}
    url = there.page("/api", json.dumps({"data": [{"posts": rows}]}).encode())
    found = ask("json", url, "Example", options=options)
    assert [(one.external_id, one.title, one.published_at.isoformat()) for one in items(found)] == [
        ("1", "Meta opens", "2026-04-09T10:00:00+00:00"),
        ("2", "Later", "2026-04-09T10:00:00+00:00"),
    ]
    assert refused(found) == ["title and summary are both empty"]
    for wrong, reason in (
        ({"items": "nowhere"}, "has no list at “nowhere”"),
        ({"item": "data"}, "unknown options (item)"),
    ):
        bad = ask("json", url, "Example", options=wrong)
        assert bad.error is not None
        assert reason in bad.error.reason
    broken = ask("json", there.page("/broken", b"{"), "Example")
    assert broken.error is not None
    assert "invalid JSON" in broken.error.reason


def test_a_folder_gives_what_is_new_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(folder, "MAX_LINES", 3)

    def line(number: int) -> str:
        row = {"source": "S", "id": str(number), "title": f"T{number}", "published_at": "2026-04-09T10:00:00Z"}
        return json.dumps(row) + "\n"

    def look(memory: dict) -> tuple[list[str], dict]:
        told = folder.read(SourceRequest(f"file://{tmp_path}", "", lambda _: b"", NOON, memory=memory))
        return [one.title if isinstance(one, Item) else one.reason for one in told.items], told.memory

    (tmp_path / "a.jsonl").write_text(line(1) + line(2), encoding="utf-8")
    (tmp_path / "b.jsonl").write_text(line(3) + line(4), encoding="utf-8")
    found, memory = look({})
    assert found == ["T1", "T2", "T3"]
    found, memory = look(memory)
    assert found == ["T4"]
    with (tmp_path / "a.jsonl").open("a", encoding="utf-8") as file:
        file.write(line(5) + line(6)[:20])
    found, memory = look(memory)
    assert found == ["T5"], "the last line is still being written"
    with (tmp_path / "a.jsonl").open("a", encoding="utf-8") as file:
        file.write(line(6)[20:])
    found, memory = look(memory)
    assert found == ["T6"]
    (tmp_path / "c.xml").write_bytes(rss(entry("In a feed")))
    (tmp_path / "d.jsonl").write_text("no json\n", encoding="utf-8")
    found, memory = look(memory)
    assert found[0] == "In a feed"
    assert "d.jsonl: is not valid JSON" in found[1]
    assert look(memory)[0] == []


def test_a_folder_that_is_not_there_is_told(ask: Ask):
    found = ask("folder", "file:///no/such/folder")
    assert found.error is not None
    assert found.error.reason == "points to a folder that doesn't exist: /no/such/folder"


@pytest.mark.parametrize("kind", [name for name in KINDS if name != "folder"])
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"[[[",
        b"<html>",
        b"\x00\xff\xfe",
        b"<?xml version='1.0'?><a>" * 50,
        b"[1, null, {}]",
    ],
)
def test_no_answer_makes_a_kind_stumble(there: Site, ask: Ask, kind: str, data: bytes):
    found = ask(kind, there.page("/x/y", data), "Site")
    if found.error is not None:
        assert not found.error.reason.startswith("can't be read"), found.error.reason
    else:
        assert items(found) == []


@pytest.mark.parametrize("kind", [name for name in KINDS if name != "folder"])
def test_a_server_in_trouble_is_told_as_such(there: Site, ask: Ask, kind: str):
    found = ask(kind, there.page("/x/y", b"", 503, Retry_After="60"), "Site")
    assert found.error is not None
    assert (found.error.reason, found.error.retry_after) == ("answers 503 Service Unavailable", 60)


def test_a_look_finds_the_feed_of_a_page(there: Site):
    there.page("/blog", b"<html><head><title>The Blog</title></head></html>")
    there.page("/blog/feed.xml", rss(entry("Meta opens")))
    found = probe_address(f"{there.url}/blog", NOON, PollSettings())
    assert (found.problem, found.kind, found.url, found.name) == ("", "feed", f"{there.url}/blog/feed.xml", "Example")
    assert [one.title for one in found.items] == ["Meta opens"]
    assert probe_address("nothing", NOON, PollSettings()).problem.startswith("is not an address")
    assert probe_address(f"{there.url}/missing", NOON, PollSettings()).problem == "answers 404 Not Found"
    assert "private network" in probe_address(f"{there.url}/blog", NOON, PollSettings(), public=True).problem


def test_short_links_are_followed_once_within_limits(there: Site, ask: Ask, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("ingest.articles.canonical_url.SHORTENERS", frozenset({urlsplit(there.url).netloc}))
    monkeypatch.setattr("ingest.sources.reading.MAX_SHORT_LINKS", 3)
    there.page("/s1", b"", 301, Location="/s2")
    there.page("/s2", b"", 302, Location="https://127.0.0.1:1/story")
    there.page("/loop", b"", 302, Location="/loop")
    there.page("/plain", b"here")
    there.page("/s9", b"", 302, Location="/plain")
    rows = [entry(f"T{n}", f"{there.url}{path}") for n, path in enumerate(("/s9", "/loop", "/s1", "/plain"))]
    url = there.page("/feed", rss(*rows))
    first = ask("feed", url)
    assert [one.url.removeprefix(there.url) for one in items(first)] == ["/plain", "/loop", "/s1", "/plain"]
    assert first.result is not None
    before = there.count("/s9")
    again = ask("feed", url, memory=first.result.memory)
    assert [one.url.removeprefix(there.url) for one in items(again)] == ["/plain", "/loop", "/s1", "/plain"]
    assert there.count("/s9") == before


KEYS = PollSettings(keys={"news": "s3cret/+key", "longer": "s3cret/+key2"})


def test_a_key_that_a_server_sends_back_is_hidden(there: Site, ask: Ask):
    there.page(
        "/feed?key=s3cret/+key2",
        rss(entry("Meta opens at s3cret/+key", "/a?key=s3cret%2f%2Bkey2")),
    )
    there.page("/old?key=s3cret/+key", b"", 301, Location="/feed?key=s3cret/+key2")
    found = ask("feed", there.url + "/old?key={key:news}", settings=KEYS)
    assert found.response is not None
    assert found.response.moved == there.url + "/feed?key={key:longer}"
    assert [(one.title, one.url) for one in items(found)] == [
        ("Meta opens at {key:news}", f"{there.url}/a?key={{key:longer}}")
    ]
    assert "s3cret" not in found.response.url
    again = ask("feed", found.response.moved, settings=KEYS)
    assert len(items(again)) == 1, "the stored address can be read"


def test_an_error_does_not_show_a_key(there: Site, ask: Ask):
    there.page("/feed?key=s3cret/+key", rss(entry("Bridge returned error 403! s3cret/+key")))
    found = ask("feed", there.url + "/feed?key={key:news}", settings=KEYS)
    assert found.error is not None
    assert found.error.reason == "reports an error instead of news: “Bridge returned error 403! {key:news}”"
