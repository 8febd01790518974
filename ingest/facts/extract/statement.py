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
    high: float | None = None
    """The upper end of a range, whose lower end is the value."""
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
    r"(?:\b(?:than|over|versus|vs\.?|like|beat(?:s|ing|en)?|surpass(?:es|ing|ed)?|outperform(?:s|ing|ed)?|exceed(?:s|ing)?|against|behind|leapfrog(?:s|ged|ging)?|overtak(?:es?|ing)|overtook|eclips(?:es|ed|ing)|outpac(?:es|ed|ing)|dwarf(?:s|ed|ing)?|unlike"
    r"|compared (?:to|with)|compet(?:es|ing)(?: closely)? with|(?<!> )rival|rival(?:s|l?ing)|match(?:es|ing)?|approach(?:es|ing)?|trails?|trailing|"
    r"replac(?:es|ing)|similar to|comparable (?:to|with)|on par with|ahead of)" + _MARKS_BEFORE,
    re.IGNORECASE,
)
"""What precedes a name that something is compared with."""

COMPARED = re.compile(
    r"(?:\b(?:than|over|versus|vs\.?|like|beat(?:s|ing|en)?|surpass(?:es|ing|ed)?|outperform(?:s|ing|ed)?|exceed(?:s|ing)?"
    r"|against|behind|leapfrog(?:s|ged|ging)?|overtak(?:es?|ing)|overtook|eclips(?:es|ed|ing)|outpac(?:es|ed|ing)|dwarf(?:s|ed|ing)?|unlike|compared (?:to|with)|competing (?:closely )?with|compet(?:es|ing) with|(?<!> )rival|rival(?:s|l?ing)|match(?:es|ing)?"
    r"|to surpass|approach(?:es|ing)?|above|below|challeng(?:es|ing)|trails?|trailing|replac(?:es|ing)|toppl(?:es|ing)|inspired by"
    r"|similar to|comparable (?:to|with)|on par with|ahead of|of|using|from|on|via|in|through|by|with|and other|alternatives? to)"
    r"(?: (?:the|a|an|its|their|both|even|previous|prior|models?|larger|all))*"
    r"(?: <[a-z]\d+>(?:'s)?(?:,| and|, and|/| or)?)*) ?$",
    re.IGNORECASE,
)
"""What precedes a name that is only compared with, or is the place or means of what happens."""


_DESCRIBES = re.compile(
    r"(?:'s)?-(?:backed|funded|owned|led|linked|founded|supported|incubated|invested|affiliated|like|style|maker|rival)\b"
    r"|(?:'s)?(?: (?:AI|chip|cloud|arch|top|big|former|ex|early|key|main|biggest|search|fellow|longtime))*[- ](?:rivals?|challengers?|competitors?|alternatives?|makers?|creators?"
    r"|owners?|parent|backers?|investors?|shareholders?|suppliers?|partner(?= [A-Z<])|customers?|clones?|killers?|spin-?(?:offs?|outs?)|alum(?:ni|nus|s)?)\b",
    re.IGNORECASE,
)
_EMPLOYS = re.compile(
    r"(?:'s)?(?: (?:AI|former|ex|top|senior|early|lead|chief|star|veteran))*[- ](?:(?:co-?)?founders?|executives?|execs?|veterans?|engineers?|researchers?|scientists?|employees?"
    r"|staffers?|insiders?|chiefs?|boss|heads?|leaders?|CEO|CTO|CFO|COO|president|chair(?:man|woman)?|directors?|designers?|workers?)\b",
    re.IGNORECASE,
)
_RETURNS_TO = re.compile(
    r"\b(?:it|its|(?:the|his|her) (?:[\w-]+ ){0,5}?(?:company|startup|firm|lab|maker|giant))\b", re.IGNORECASE
)
_DESCRIBED_BY = re.compile(
    r"\b(?:investors? in|backers? of|backed by|rivals? (?:to|of|for)|challengers? (?:to|of)|competitors? (?:to|of)|alternatives? to|makers? of|creators? of|owners? of"
    r"|parent of|spun (?:out|off)(?: of| from)?|spin-?(?:off|out) (?:of|from)|former(?:ly)?(?: of| at| known as| called)?|ex|alumni of|veterans of|(?:co-?)?founders? of|co-?founded by|founded by"
    r"|users of|customers of|employees of|shareholders? (?:in|of)|stakes? in|partners? of|owned by|funded by|unlike)[- ](?:the |its )?(?:<[a-z]\d+>(?:,? and | or ))*$",
    re.IGNORECASE,
)


def only_describes(masked: MaskedSentence, name: NameMention, before: int = -1) -> bool:
    """Whether a name only says who somebody else is: "Ostro rival", "Tarn-backed", "investors in Ostro".

    A company behind a person's title is meant again where a pronoun between it and `before` goes back to it.
    """
    place = next((at for at, item in zip(masked.places, masked.items, strict=True) if item is name), None)
    if place is None:
        return False
    end = masked.text.index(">", place) + 1
    if name.text[:3].casefold() == "ex-" or _DESCRIBES.match(masked.text, end):
        return True
    if _DESCRIBED_BY.search(masked.text, 0, place):
        return True
    employs = _EMPLOYS.match(masked.text, end)
    if employs is None:
        return False
    return not _RETURNS_TO.search(masked.text, employs.end(), before if before > 0 else len(masked.text))


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
        if number.low is not None and value is None:
            value = number.low
            fields.update(high=number.value, op=">=")
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
