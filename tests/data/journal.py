"""What tests/data/journal.atom holds."""

from datetime import UTC, datetime

from ingest.articles.item import Item

SOURCE = "The Journal"
ITEMS = [
    Item(
        SOURCE,
        "urn:journal:1",
        "https://journal.example.com/anvils",
        "Anvils & chips",
        "What falls, and on whom.",
        datetime(2026, 4, 9, 1, 30, tzinfo=UTC),
    ),
    Item(
        SOURCE,
        "urn:journal:2",
        "https://journal.example.com/updated",
        "只有更新时间",
        "First. Second.",
        datetime(2026, 4, 9, 8, tzinfo=UTC),
    ),
]
REFUSED: dict[int, str] = {}
