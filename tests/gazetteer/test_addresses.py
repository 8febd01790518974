"""Addresses as people give them."""

import pytest

from gazetteer.addresses import source_kind_and_address


@pytest.mark.parametrize(
    ("given", "kind", "url"),
    [
        ("https://github.com/vllm-project/vllm", "github", "https://github.com/vllm-project/vllm/releases.atom"),
        ("github.com/a/b.git", "github", "https://github.com/a/b/releases.atom"),
        ("https://github.com/a/b/releases", "github", "https://github.com/a/b/releases.atom"),
        ("https://old.reddit.com/r/LocalLLaMA/new/", "reddit", "https://www.reddit.com/r/LocalLLaMA/.rss"),
        (
            "https://www.youtube.com/channel/UCbfYPyITQ-7l4upoX8nvctg/videos",
            "youtube",
            "https://www.youtube.com/feeds/videos.xml?channel_id=UCbfYPyITQ-7l4upoX8nvctg",
        ),
        ("https://arxiv.org/list/cs.AI/recent", "arxiv", "https://rss.arxiv.org/rss/cs.AI"),
        ("news.ycombinator.com", "hackernews", "https://hacker-news.firebaseio.com/v0/topstories.json"),
        ("https://huggingface.co/papers", "huggingface", "https://huggingface.co/api/daily_papers?limit=50"),
        ("https://huggingface.co/blog/feed.xml", "feed", "https://huggingface.co/blog/feed.xml"),
        ("https://huggingface.co/blog", "feed", "https://huggingface.co/blog"),
        ("https://importai.substack.com/", "feed", "https://importai.substack.com/feed"),
        ("https://e.com/news", "feed", "https://e.com/news"),
        ("e.com/news", "feed", "https://e.com/news"),
        ("http://127.0.0.1:8000/feed", "feed", "http://127.0.0.1:8000/feed"),
        ("file:///var/news", "folder", "file:///var/news"),
        (
            "https://api.gdeltproject.org/api/v2/doc/doc?query=x",
            "gdelt",
            "https://api.gdeltproject.org/api/v2/doc/doc?query=x",
        ),
        ("not an address", "", ""),
        ("javascript:alert(1)", "", ""),
        ("http://[broken", "", ""),
    ],
)
def test_an_address_is_understood(given: str, kind: str, url: str):
    assert source_kind_and_address(given) == (kind, url)
