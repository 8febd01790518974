"""What is answered: one or two sentences, and where they stand."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit


def site_of(url: str) -> str:
    """Whose page it is, where no outlet is known: "cnbc.com"."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


@dataclass(frozen=True)
class Citation:
    """Where something stands: who said it, when, and in which words."""

    external_id: str
    """The source's own id; "" when it is not an article of the store."""
    url: str
    outlet: str
    said_on: date
    quote: str


@dataclass(frozen=True)
class Answer:
    """An answer with its sources. Without sources it says that nothing is known, or asks which is meant."""

    text: str
    citations: tuple[Citation, ...] = ()
    asks: bool = False
    """It asks which is meant."""
    choices: tuple[str, ...] = ()
    """Questions that would be understood, to choose from."""
    measured: bool = False
    """It rests on our own counts instead of a sentence."""

    @property
    def known(self) -> bool:
        """Whether it answers."""
        return bool(self.citations) or self.measured
