"""The kinds of sources, one file each: from a SourceRequest to Items.

In: an address and a way to fetch (ingest.http.politeness behind it). Out: Items, refused entries, and what the kind
wants to remember. Raises KindError when the response is not what this kind expects.

Read `base` first. `feed` is the most common kind, and `github`, `reddit`, `youtube` and `arxiv` build on it;
`hackernews`, `huggingface` and `gdelt` read APIs; `page` reads HTML and sitemaps, `mapped` any JSON, and `folder` files
on this machine.
"""

from ingest.sources.kinds import (
    arxiv,
    feed,
    folder,
    gdelt,
    github,
    hackernews,
    huggingface,
    mapped,
    page,
    reddit,
    youtube,
)
from ingest.sources.kinds.base import SourceKind

KINDS: dict[str, SourceKind] = {
    kind.name: kind
    for kind in (
        feed.KIND,
        github.KIND,
        reddit.KIND,
        youtube.KIND,
        arxiv.KIND,
        hackernews.KIND,
        huggingface.KIND,
        gdelt.KIND,
        page.KIND,
        mapped.KIND,
        folder.KIND,
    )
}
