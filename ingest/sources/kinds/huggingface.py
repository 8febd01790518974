"""Hugging Face: an organisation's new models, or the daily papers, from its API (huggingface.co/docs/hub/api)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from ingest.articles.item import Item, ItemError, make_item
from ingest.formats.feed_parser import RefusedEntry, plain_text
from ingest.sources.kinds.base import KindError, SourceKind, SourceRequest, SourceResult, get_json

SITE = "https://huggingface.co"


def read(request: SourceRequest) -> SourceResult:
    """The newest models, or today's papers."""
    return SourceResult(_rows(request, request.url))


def archive(request: SourceRequest, since: datetime, until: datetime) -> Iterator[SourceResult]:
    """The papers between two moments, one day per page, newest first. The models' API has no search by date."""
    if "daily_papers" not in request.url:
        yield SourceResult(
            [
                entry
                for entry in _rows(request, request.url)
                if isinstance(entry, RefusedEntry) or entry.published_at >= since
            ]
        )
        return
    day = datetime.fromisoformat(request.memory["day"]).date() if request.memory.get("day") else until.date()
    plain = urlunsplit(urlsplit(request.url)._replace(query=""))
    while day >= since.date():
        found = _rows(request, f"{plain}?date={day}")
        day -= timedelta(days=1)
        yield SourceResult(found, {"day": day.isoformat()})


def _rows(request: SourceRequest, url: str) -> list[Item | RefusedEntry]:
    rows = get_json(request, url)
    if not isinstance(rows, list):
        raise KindError("returns no list of models or papers")
    return [_row(request, row) for row in rows if isinstance(row, dict)]


def _row(request: SourceRequest, row: dict[str, Any]) -> Item | RefusedEntry:
    try:
        if isinstance(row.get("paper"), dict):
            return _paper(request, row, row["paper"])
        return _model(request, row)
    except ItemError as error:
        return RefusedEntry(0, str(error), str(row)[:500])


def _model(request: SourceRequest, row: dict[str, Any]) -> Item:
    name = str(row.get("id") or row.get("modelId") or "")
    owner, _, model = name.rpartition("/")
    tags = [tag for tag in row.get("tags") or () if isinstance(tag, str)]
    licence = next((tag.partition(":")[2] for tag in tags if tag.startswith("license:")), "")
    about = [str(row.get("pipeline_tag") or "").replace("-", " "), f"licence {licence}" if licence else ""]
    words = "; ".join(filter(None, about))
    title = f"{model} by {owner}" if owner else model
    outlet = request.outlet or "Hugging Face models"
    return make_item(
        outlet, name, f"{SITE}/{name}" if name else "", title, words, row.get("createdAt"), "s", request.now
    )


def _paper(request: SourceRequest, row: dict[str, Any], paper: dict[str, Any]) -> Item:
    number = str(paper.get("id") or "")
    url = f"{SITE}/papers/{number}" if number else ""
    title, words = (
        plain_text(paper.get("title") or row.get("title")),
        plain_text(paper.get("summary") or row.get("summary")),
    )
    at = row.get("publishedAt") or paper.get("publishedAt")
    return make_item(request.outlet or "Hugging Face papers", number, url, title, words, at, "s", request.now)


KIND = SourceKind("huggingface", "models and papers of Hugging Face", read, archive, interface=True)
