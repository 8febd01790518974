"""Turns the address a person knows (a subreddit, a channel, a repository) into the one a program reads. Pure."""

import re
from urllib.parse import urlsplit

_PAGE_PATTERNS = (
    (r"github\.com/([\w.-]+)/([\w.-]+?)(?:\.git)?(?:/releases(?:\.atom)?)?", "github", "https://github.com/{0}/{1}/releases.atom"),
    (r"(?:\w+\.)?reddit\.com/r/(\w+)(?:/(?:new|hot|top))?(?:/?\.rss)?", "reddit", "https://www.reddit.com/r/{0}/.rss"),
    (r"(?:www\.)?youtube\.com/channel/(UC[\w-]{22})(?:/\w+)?", "youtube", "https://www.youtube.com/feeds/videos.xml?channel_id={0}"),
    (r"arxiv\.org/list/([a-z-]+(?:\.[A-Za-z-]+)?)(?:/\w+)?", "arxiv", "https://rss.arxiv.org/rss/{0}"),
    (r"news\.ycombinator\.com(?:/(?:news|front))?", "hackernews", "https://hacker-news.firebaseio.com/v0/topstories.json"),
    (r"huggingface\.co/papers", "huggingface", "https://huggingface.co/api/daily_papers?limit=50"),
    (
        r"huggingface\.co/([\w.-]+)",
        "huggingface",
        "https://huggingface.co/api/models?author={0}&sort=createdAt&direction=-1&limit=20",
    ),
    (r"([\w-]+)\.substack\.com(?:/archive)?", "feed", "https://{0}.substack.com/feed"),
    (r"medium\.com/(@?[\w.-]+)", "feed", "https://medium.com/feed/{0}"),
)  # fmt: skip

_SITE_PAGES = ("blog", "docs", "models", "datasets", "spaces", "papers", "pricing", "tasks", "learn", "join", "login")
"""Paths on huggingface.co that are not the page of an organisation."""

_API_ADDRESSES = (
    ("hacker-news.firebaseio.com", "hackernews"),
    ("hn.algolia.com", "hackernews"),
    ("huggingface.co/api/", "huggingface"),
    ("api.gdeltproject.org", "gdelt"),
    ("export.arxiv.org", "arxiv"),
    ("rss.arxiv.org", "arxiv"),
    ("www.youtube.com/feeds/", "youtube"),
)


def source_kind_and_address(address: str) -> tuple[str, str]:
    """The kind of source behind an address, and the URL to read it at.

    Returns ("", "") for anything that is not an http, https or file address. An address that matches no known site is
    taken for a feed, or for a page that links to its feed.
    """
    url = address.strip()
    if re.match(r"[\w-]+(\.[\w-]+)+(/|$)", url):
        url = f"https://{url}"
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return "", ""
    if parts.scheme == "file" and parts.path.startswith("/"):
        return "folder", url
    if parts.scheme not in ("http", "https") or not host:
        return "", ""
    host_and_path = f"{host.removeprefix('www.')}{parts.path.rstrip('/')}"
    for pattern, kind, template in _PAGE_PATTERNS:
        match = re.fullmatch(pattern, host_and_path, re.IGNORECASE)
        if match and not parts.query and not (host == "huggingface.co" and match.groups() and match[1] in _SITE_PAGES):
            return kind, template.format(*match.groups())
    full = f"{host}{parts.path}"
    return next((kind for start, kind in _API_ADDRESSES if full.startswith(start)), "feed"), url
