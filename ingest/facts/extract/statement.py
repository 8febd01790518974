"""What a rule yields, and how the subject of a statement is found."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from ingest.facts.extract.mask import MaskedSentence
from ingest.facts.extract.names import NameMention
from models.measure import Quantity
from models.predicate import PREDICATES


@dataclass(slots=True)
class Statement:
    """One statement as it was read: names as spelt, with the span of the sentence in the text."""

    subject: NameMention
    predicate: str
    object: NameMention | None = None
    value: float | None = None
    unit: str = ""
    op: str = ""
    text: str = ""
    qualifiers: dict[str, str] = field(default_factory=dict)
    status: str = "reported"
    certainty: float = 0.8
    valid_from: str = ""
    valid_to: str = ""
    at: int = -1
    """Where its number stands in the sentence; -1 without a number."""
    start: int = 0
    end: int = 0


@dataclass(slots=True)
class Topic:
    """What the text has been about so far: what "it", "the model" and "the company" refer to."""

    said_on: date
    maker: NameMention | None = None
    thing: NameMention | None = None
    deal: tuple[NameMention, NameMention] | None = None
    """Buyer and seller of the last deal."""


_MARKS_BEFORE = r"(?: (?:the|a|an|its|their|both|even|previous|prior|models?|larger|all))*(?: <[a-z]\d+>(?:'s)?(?:,| and|, and|/| or)?)*) ?$"

RIVAL = re.compile(
    r"(?:\b(?:than|over|versus|vs\.?|like|beat(?:s|ing|en)?|surpass(?:es|ing|ed)?|outperform(?:s|ing|ed)?|exceed(?:s|ing)?|against|behind|unlike"
    r"|compared (?:to|with)|compet(?:es|ing)(?: closely)? with|rival(?:s|l?ing)?|match(?:es|ing)?|approach(?:es|ing)?|trails?|trailing|"
    r"replac(?:es|ing)|similar to|comparable (?:to|with)|on par with|ahead of)" + _MARKS_BEFORE,
    re.IGNORECASE,
)
"""What precedes a name that something is compared with."""

COMPARED = re.compile(
    r"(?:\b(?:than|over|versus|vs\.?|like|beat(?:s|ing|en)?|surpass(?:es|ing|ed)?|outperform(?:s|ing|ed)?|exceed(?:s|ing)?"
    r"|against|behind|unlike|compared (?:to|with)|competing (?:closely )?with|compet(?:es|ing) with|rival(?:s|l?ing)?|match(?:es|ing)?"
    r"|to surpass|approach(?:es|ing)?|above|below|challeng(?:es|ing)|trails?|trailing|replac(?:es|ing)|toppl(?:es|ing)|inspired by"
    r"|similar to|comparable (?:to|with)|on par with|ahead of|of|using|from|on|via|in|through|by|with|and other|alternatives? to)"
    r"(?: (?:the|a|an|its|their|both|even|previous|prior|models?|larger|all))*"
    r"(?: <[a-z]\d+>(?:'s)?(?:,| and|, and|/| or)?)*) ?$",
    re.IGNORECASE,
)
"""What precedes a name that is only compared with, or is the place or means of what happens."""


def subject_candidates(masked: MaskedSentence, before: int, kinds: str = "mx") -> list[NameMention]:
    """The models and products before a position that may be the subject of a value, the closest one last."""
    return [
        name
        for place, name in masked.names(kinds)
        if place < before and not COMPARED.search(masked.text, 0, place) and not COMPARED.search(masked.text[:place])
    ]


def statement_subject(masked: MaskedSentence, topic: Topic, before: int, kinds: str = "mx") -> NameMention | None:
    """The subject of a value at a position: the closest name before it that is not merely compared with; None if
    unclear.
    """
    text = masked.text[:before]
    beside = _WITH_REMARK.search(text)
    mark = beside and (beside[1] or beside[2])
    if mark and (mark[1] in kinds or mark[1] == "x") and not RIVAL.search(text[: text.rindex(mark)]):
        return masked.name(mark)
    found = subject_candidates(masked, before, kinds)
    if found:
        return found[-1]
    if re.match(r"(?:An?|Another|Some|Other|One)\b", text):
        return None
    return topic.thing if PRONOUN.search(text) or not masked.names("omxp") else None


_WITH_REMARK = re.compile(
    r"(<[mxo]\d+>)(?:'s)?(?: [a-z-]+){0,2} \([^()]*$"
    r"|(<[mx]\d+>)(?: \([^()]*\))?, (?:an?|the|its|their) (?:[^<>;:.]|<[lknyg%$#]\d+>)*$"
)
"""A name with a remark: in brackets, or between commas."""


PRONOUN = re.compile(
    r"^(?:It|Its|They|Both|The (?:[\w-]+ ){0,2}?(?:model|models|family|series|release|system|agent|tool|dataset|version|API|benchmark|variant)s?"
    r"|This (?:model|release|system))\b|\b(?:it|its|the model)\b"
)


def make_statement(
    predicate: str,
    subject: NameMention,
    number: Quantity | None = None,
    unit: str = "",
    value: float | None = None,
    **fields: object,
) -> Iterator[Statement]:
    """Yields a statement with a number, if the number is of a believable size (see models.predicate)."""
    if number is not None:
        value = number.value if value is None else value
        if not PREDICATES[predicate].believable(value):
            return
        fields.setdefault("op", number.op)
        fields.setdefault("at", number.start)
        unit = unit or number.unit
    yield Statement(subject, predicate, value=value, unit=unit, **fields)  # type: ignore[arg-type]


def list_pattern(kinds: str, name: str = "") -> str:
    """A pattern for one name of some kinds or several in series: "<m0>, <m1> and <m2>"."""
    item = rf"<[{kinds}]\d+>"
    joint = r"(?:,? (?:and|&|or|as well as) |, |/| / |; )(?:the |a |an |its |new )?"
    body = rf"{item}(?:{joint}{item})*"
    return f"(?P<{name}>{body})" if name else body


MARK = re.compile(r"<[a-z$%#@]\d+>")


def marks_in(text: str) -> list[str]:
    """The marks in a piece of a masked sentence, in order."""
    return MARK.findall(text)
