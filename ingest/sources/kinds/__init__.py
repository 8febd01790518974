"""The kinds of sources, one file each; ingest.sources.kinds.base says what one is."""

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
