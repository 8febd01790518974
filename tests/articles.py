"""A few made-up articles for tests of search and answers: names of the gazetteer and others, "
"figures of our own."""

from datetime import UTC, datetime

from sqlalchemy import Engine

from ingest.articles.full_text import index_articles
from ingest.articles.item import Item
from ingest.pipeline import Ingest

TOLD = (
    (
        "n1",
        "Daily summary",
        "2026-01-12",
        "Borealis raised $40 million",
        "Borealis raised a $40 million Series B at a $310M valuation, led by Nordkap and Vesterhav "
        "Capital. The company has 85 employees.",
    ),
    (
        "n2",
        "Daily summary",
        "2026-02-03",
        "Zephyr 2",
        "Anthropic launched Zephyr 2, a 70B-parameter open-weights model with 12B active parameters and "
        "a 256K-token context window. It is priced at $2/M input tokens and $9/M output tokens. Weights "
        "are licensed under Apache 2.0.",
    ),
    (
        "n3",
        "Daily summary",
        "2026-03-10",
        "Quiet",
        "Mistral AI released Tramontane 4, a 120B dense model under the MIT license, scoring 61.5% on "
        "GPQA Diamond, ahead of Zephyr 2.",
    ),
    (
        "n4",
        "Forum",
        "2026-03-11",
        "Rumours",
        "Rumor: Zephyr 3 might get a 1M-token context window and cost $5 per million input tokens.",
    ),
    (
        "n5",
        "Daily summary",
        "2026-04-02",
        "Zephyr 2.5",
        "Anthropic released Zephyr 2.5, an update to Zephyr 2 with better tool use.",
    ),
    (
        "n6",
        "Daily summary",
        "2026-05-20",
        "Deals",
        "NVIDIA acquired Larkspur, a compiler startup from Zurich, for $750 million.",
    ),
    ("n7", "Forum", "2026-05-21", "Deals", "NVIDIA has not acquired Larkspur; it hired the founders instead."),
    (
        "n20",
        "Daily summary",
        "2026-06-02",
        "Sirocco",
        "Mistral AI launched Sirocco 1 with 24 GB of VRAM needed to run it. Sirocco 1 leads the Gregale benchmark with "
        "71.0% on Gregale, 44.5% on Libeccio. Unrelated deals were closed in Europe. Observers praised prices of "
        "$7 per million input tokens elsewhere.",
    ),
    (
        "n22",
        "Daily summary",
        "2026-06-03",
        "Foehn 1",
        "The weights of Foehn 1 are source-available, not MIT-style open source.",
    ),
    (
        "n21",
        "Daily summary",
        "2026-06-01",
        "Leaks",
        "Leak: Sirocco 1 launched in an arena, sightings say, and a release is imminent.",
    ),
    ("n8", "Some Discord recap", "2026-05-22", "general", "Borealis raised $999 million, says a member."),
    (
        "n10",
        "Daily summary",
        "2026-06-01",
        "Two at once",
        "The programme brought Levanter M1 (510B total / 30B active) and Ostro (220B MoE / 21B active).",
    ),
    (
        "n11",
        "Daily summary",
        "2026-06-02",
        "Two sizes",
        "Passat 1 has a context window of 32K tokens. Passat 2 has a context window of 128K tokens.",
    ),
    ("n12", "Daily summary", "2026-03-01", "Users", "Zephyr Chat now has 1 million weekly active users."),
    ("n9", "Daily summary", "2026-06-15", "Users", "Zephyr Chat now has over 3 million weekly active users."),
    (
        "n90",
        "Daily summary",
        "2026-05-12",
        "Rounds",
        "Recent funding rounds include Halcyon AI raising $175M, Kestrel AI raising $420M, and Petrel AI raising "
        "$150M.",
    ),
    (
        "n91",
        "Daily summary",
        "2026-05-13",
        "Scores",
        "Tramontane 5 leads with top scores in MMLU-Pro (86%), GPQA Diamond (83%), and AIME 2024 (88%). It is priced "
        "at $0.13 per 2K image and $0.24 per 4K image.",
    ),
    (
        "n92",
        "Daily summary",
        "2026-05-14",
        "People",
        "Anthropic hired Alexandr Wang as its new Chief Research Officer. Former bank CEO Dan Schulman said that "
        "markets are calm.",
    ),
    (
        "n93",
        "Daily summary",
        "2026-05-15",
        "Protocols",
        "Google announced full support for the Ostro Protocol, working with OpenAI and others.",
    ),
)


def tell_articles(engine: Engine) -> None:
    """Takes the articles in and indexes them."""
    Ingest(engine).add(
        [
            Item(
                source,
                key,
                f"https://example.org/{key}",
                title,
                text,
                datetime.fromisoformat(day).replace(tzinfo=UTC),
                False,
            )
            for key, source, day, title, text in TOLD
        ]
    )
    index_articles(engine)
