"""The controlled vocabulary of facts. Commands, extraction and imports follow from it.

The predicates are in predicates.toml, one table each, together with the words by which they are asked and stated.
"""

from dataclasses import dataclass
from enum import StrEnum

from models.predicate_table import Entry, one_of, predicate_table


class Succession(StrEnum):
    """What a newer statement does to an older one with the same subject, predicate and separators."""

    ONE = "one"
    """One value at a time: the newer one supersedes the older, which stays in the store."""
    FIXED = "fixed"
    """One value for good, such as a number of parameters: another value is a disagreement, not news."""
    SERIES = "series"
    """A measurement: every dated value is kept, and the newest is current."""
    EVENT = "event"
    """Something that happened: events add up, and are corrected but never superseded."""


@dataclass(frozen=True)
class Predicate:
    """A kind of statement.

    `phrase` reads from the subject ("compute deal with CoreWeave"), `inverse` from the object ("compute deal with
    Meta"). `object` says whether it takes a second entity; `unit` is the class of its number (see models.measure), ""
    for none. `separators` are the qualifiers that make two statements be about different things: a score on another
    benchmark supersedes nothing. `background` marks what describes somebody for years, and is told in passing long
    after it was news. `minimum` and `maximum` bound a believable number in the unit's base. `keywords` are
    what people type for it in commands.
    """

    name: str
    topic: str
    phrase: str
    inverse: str = ""
    holds: Succession = Succession.EVENT
    object: bool = False
    unit: str = ""
    separators: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    symmetric: bool = False
    background: bool = False
    keywords: tuple[str, ...] = ()

    @property
    def single(self) -> bool:
        """Whether there is one current value per subject and separators."""
        return self.holds is not Succession.EVENT

    def believable(self, value: float) -> bool:
        """Whether a number is of a believable size."""
        return (self.minimum is None or value >= self.minimum) and (self.maximum is None or value <= self.maximum)


def _predicate(name: str, entry: Entry) -> Predicate:
    """The store's part of an entry of the table."""
    return Predicate(
        name,
        entry["topic"],
        entry["phrase"],
        entry.get("inverse", ""),
        one_of(Succession, entry.get("holds", "event"), name, "holds"),
        entry.get("object", False),
        entry.get("unit", ""),
        tuple(entry.get("separators", ())),
        entry.get("minimum"),
        entry.get("maximum"),
        entry.get("symmetric", False),
        entry.get("background", False),
        tuple(entry.get("keywords", ())),
    )


PREDICATES = {name: _predicate(name, entry) for name, entry in predicate_table().items() if entry.get("stored", True)}
STATUSES = (
    "announced",
    "reported",
    "rumoured",
    "in talks",
    "planned",
    "conditional",
    "confirmed",
    "denied",
    "disputed",
)
"""How far a statement is said to be true; all but announced, reported and confirmed are shown with their status."""
