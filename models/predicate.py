"""What can be known: the controlled vocabulary. Commands, extraction and imports follow from it.

The predicates stand in predicates.toml, one table each, with the words by which they are asked and stated.
"""

from dataclasses import dataclass
from enum import StrEnum

from models.predicate_table import Entry, one_of, predicate_table


class Succession(StrEnum):
    """What a newer statement does to an older one with the same subject and the same separators."""

    ONE = "one"
    """One value at a time: the newer supersedes the older, which stays in the store."""
    FIXED = "fixed"
    """One value for good, such as a count of parameters: another value is a disagreement, not news."""
    SERIES = "series"
    """A measurement: every dated one is kept, the newest is the current one."""
    EVENT = "event"
    """Something that happened: it adds to the others and is never superseded, only corrected."""


@dataclass(frozen=True)
class Predicate:
    """A kind of statement.

    `phrase` reads from the subject ("compute deal with CoreWeave"), `inverse` from the object ("compute deal
    with Meta"). `object` says whether there is another entity in it; `unit` is the class of its number (see
    models.measure), "" where it has none. `separators` are the qualifiers that make two statements speak of
    different things: a score on another benchmark supersedes nothing. `least` and `most` bound a believable
    number in the unit's base. `keywords` are what people type for it.
    """

    name: str
    topic: str
    phrase: str
    inverse: str = ""
    holds: Succession = Succession.EVENT
    object: bool = False
    unit: str = ""
    separators: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None
    symmetric: bool = False
    keywords: tuple[str, ...] = ()

    @property
    def single(self) -> bool:
        """Whether there is one current value per subject and separators."""
        return self.holds is not Succession.EVENT

    def believable(self, value: float) -> bool:
        """Whether a number is of the size that such numbers have."""
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)


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
        entry.get("least"),
        entry.get("most"),
        entry.get("symmetric", False),
        tuple(entry.get("keywords", ())),
    )


PREDICATES = {name: _predicate(name, entry) for name, entry in predicate_table().items() if entry.get("stored", True)}
STATUSES = ("announced", "reported", "rumoured", "planned", "confirmed", "denied", "disputed")
"""How far a statement is said to be true. Denied and disputed ones are kept and shown as such."""
