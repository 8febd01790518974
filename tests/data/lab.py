"""What tests/data/lab.rss holds, read at noon on 9 April 2026."""

from datetime import UTC, datetime

from ingest.articles.item import Item

SOURCE = "Acme Lab & Friends"
ITEMS = [
    Item(
        SOURCE,
        "post-2",
        "https://lab.example.com/road-runner-2?utm_source=rss",
        "Road Runner 2 & its tools",
        "A faster model. It's open.",
        datetime(2026, 4, 9, 8, 30, tzinfo=UTC),
    ),
    Item(
        SOURCE,
        "https://lab.example.com/day",
        "https://lab.example.com/day",
        "Only the day is known",
        "",
        datetime(2026, 4, 8, tzinfo=UTC),
        precise=False,
    ),
    Item(
        SOURCE,
        "https://lab.example.com/undated",
        "https://lab.example.com/undated",
        "No date at all",
        "Seen for the first time now.",
        datetime(2026, 4, 9, 12, tzinfo=UTC),
    ),
]
REFUSED = {4: "published_at “April 2026” is not a date"}
