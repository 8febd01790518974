"""What tests/data/notes.json holds."""

from datetime import UTC, datetime

from ingest.articles.item import Item

SOURCE = "Notes"
ITEMS = [
    Item(
        SOURCE,
        "7",
        "https://notes.example.com/7",
        "A number for an id",
        "one two",
        datetime(2026, 4, 9, 11, tzinfo=UTC),
    ),
    Item(
        SOURCE,
        "https://notes.example.com/8",
        "https://notes.example.com/8",
        "",
        "A note without a title.",
        datetime(2026, 4, 9, 9, 30, tzinfo=UTC),
    ),
    Item(SOURCE, "9", "", "No zone", "", datetime(2026, 4, 9, tzinfo=UTC), precise=False),
]
REFUSED = {3: "title and summary are both empty"}
