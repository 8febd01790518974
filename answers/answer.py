"""An answer: a short text, and the citations that support it."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit


def site_of(url: str) -> str:
    """The site of a URL, for a source without an outlet: "cnbc.com"; "" where it has none."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


@dataclass(frozen=True)
class Citation:
    """A source of an answer: outlet, day and quotation."""

    external_id: str
    """Id of the article in its source; "" when it is no article of the store."""
    url: str
    outlet: str
    said_on: date
    quote: str


@dataclass(frozen=True)
class Answer:
    """An answer with its citations. Without any it says that nothing is known, or asks which is meant."""

    text: str
    citations: tuple[Citation, ...] = ()
    asks: bool = False
    """It is a clarifying question."""
    choices: tuple[str, ...] = ()
    """Complete questions to choose from."""
    measured: bool = False
    """It rests on our own counts instead of a citation."""

    @property
    def known(self) -> bool:
        """Whether it answers the question."""
        return bool(self.citations) or self.measured
