"""What a rule reads from a sentence, and what it knows of the text so far."""

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
    """One statement as read: names as they are written, with the place of its sentence in the text."""

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
    """Where its number stands in the sentence; -1 where it has none."""
    start: int = 0
    end: int = 0


@dataclass(slots=True)
class Topic:
    """Whom the text speaks of so far: what "it", "the model" and "the company" stand for."""

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
"""What stands before a name that something is compared with."""

COMPARED = re.compile(
    r"(?:\b(?:than|over|versus|vs\.?|like|beat(?:s|ing|en)?|surpass(?:es|ing|ed)?|outperform(?:s|ing|ed)?|exceed(?:s|ing)?"
    r"|against|behind|unlike|compared (?:to|with)|competing (?:closely )?with|compet(?:es|ing) with|rival(?:s|l?ing)?|match(?:es|ing)?"
    r"|to surpass|approach(?:es|ing)?|above|below|challeng(?:es|ing)|trails?|trailing|replac(?:es|ing)|toppl(?:es|ing)|inspired by"
    r"|similar to|comparable (?:to|with)|on par with|ahead of|of|using|from|on|via|in|through|by|with|and other|alternatives? to)"
    r"(?: (?:the|a|an|its|their|both|even|previous|prior|models?|larger|all))*"
    r"(?: <[a-z]\d+>(?:'s)?(?:,| and|, and|/| or)?)*) ?$",
    re.IGNORECASE,
)
"""What stands before a name that is only compared with, or is where and by what something happens."""


def subject_candidates(masked: MaskedSentence, before: int, kinds: str = "mx") -> list[NameMention]:
    """The names of models and products before a place that may be the subject of a value, nearest last."""
    return [
        name
        for place, name in masked.names(kinds)
        if place < before and not COMPARED.search(masked.text, 0, place) and not COMPARED.search(masked.text[:place])
    ]


def statement_subject(masked: MaskedSentence, topic: Topic, before: int, kinds: str = "mx") -> NameMention | None:
    """Whom a value at a place of the sentence speaks of: the nearest name that is not merely compared with."""
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
"""A name with a remark on it: in brackets, or between commas."""


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
    """A statement with a number, if the number is of a believable size."""
    if number is not None:
        value = number.value if value is None else value
        if not PREDICATES[predicate].believable(value):
            return
        fields.setdefault("op", number.op)
        fields.setdefault("at", number.start)
        unit = unit or number.unit
    yield Statement(subject, predicate, value=value, unit=unit, **fields)  # type: ignore[arg-type]


def list_pattern(kinds: str, name: str = "") -> str:
    """A pattern for one name of some kinds or several in a row: "<m0>, <m1> and <m2>"."""
    item = rf"<[{kinds}]\d+>"
    joint = r"(?:,? (?:and|&|or|as well as) |, |/| / |; )(?:the |a |an |its |new )?"
    body = rf"{item}(?:{joint}{item})*"
    return f"(?P<{name}>{body})" if name else body


MARK = re.compile(r"<[a-z$%#@]\d+>")


def marks_in(text: str) -> list[str]:
    """The marks in a piece of a masked sentence, in order."""
    return MARK.findall(text)
