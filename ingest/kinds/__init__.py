"""The kinds of sources, one file each; ingest.kind says what one is."""

from ingest.kind import Kind
from ingest.kinds import arxiv, feed, folder, gdelt, github, hackernews, huggingface, mapped, page, reddit, youtube

KINDS: dict[str, Kind] = {
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
