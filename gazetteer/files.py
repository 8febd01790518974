"""Where the data files that come with the program are."""

from pathlib import Path

ROOM = Path(__file__).parent


def default_files() -> list[Path]:
    """The files of names: entities, and the rules for words that are names too."""
    return [*sorted((ROOM / "entities").glob("*.toml")), *sorted(ROOM.glob("words-*.toml"))]


def default_facts() -> Path:
    """The facts that come with the program."""
    return ROOM / "facts.toml"


def default_tables() -> list[Path]:
    """The facts from public tables, and those kept by hand in the same form."""
    return [ROOM / "model-facts.csv.gz", ROOM / "other-facts.csv"]


def default_list() -> Path:
    """The list of sources that comes with the program."""
    return ROOM / "sources.opml"


def default_counts() -> Path:
    """The starter data that come with the program."""
    return ROOM / "starter.json.gz"
