"""Which articles are one story, on pairs of real headlines that were judged by reading before the program was asked.

verdict: 2 is the same text (syndicated, again, revised), 1 the same event in other words, 0 neither. The pairs
were drawn from the press and GDELT by likeness of letters, of words in any order, and by rare words in common; sample 2
after all was settled on sample 1. Only ids and verdicts are kept here.
"""

import csv
import gzip
import json
from datetime import datetime
from pathlib import Path

import pytest

from ingest.articles.near_duplicates import STORY_HOURS, make_sketch, similarity

PAIRS = Path(__file__).resolve().parents[2] / "data" / "pairs.csv"


@pytest.fixture(scope="module")
def articles(shared: Path) -> dict[tuple[str, str], dict]:
    found = {}
    for corpus in ("press", "gdelt"):
        with gzip.open(shared / "corpus" / f"{corpus}.jsonl.gz", "rt", encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                found[corpus, row["id"]] = row
    return found


def one_story(one: dict, other: dict) -> bool:
    hours = [datetime.fromisoformat(row["published_at"]).timestamp() // 3600 for row in (one, other)]
    a, b = (make_sketch(row["source"], row["url"], row["title"], row["summary"]) for row in (one, other))
    near = abs(hours[0] - hours[1]) <= STORY_HOURS and bool(set(a.marks) & set(b.marks))
    return near and similarity(a, b) > 0


@pytest.mark.parametrize(("sample", "precision", "recall"), [("1", 0.95, 0.85), ("2", 0.9, 0.75)])
def test_stories_are_found_as_people_see_them(articles, sample: str, precision: float, recall: float):
    with PAIRS.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["sample"] == sample]
    said = [
        (one_story(articles[row["corpus"], row["id"]], articles[row["other_corpus"], row["other_id"]]), row["verdict"])
        for row in rows
    ]
    called = [verdict for same, verdict in said if same]
    repeated = [same for same, verdict in said if verdict == "2"]
    assert len(rows) >= 140
    assert sum(verdict != "0" for verdict in called) / len(called) >= precision
    assert sum(repeated) / len(repeated) >= recall
