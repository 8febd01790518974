"""Masks the names, licences and numbers of a sentence, so that rules are patterns over kinds."""

import re
from dataclasses import dataclass, field
from typing import cast

from ingest.facts.extract.names import NameMention
from models.measure import Quantity, quantities

LICENCE = re.compile(
    r"\b(?:(?:modified |permissive )?MIT(?=[ -]licen[sc]e|[ -]licen[sc]ed|[ -]style|\b(?=[,.) ]))(?! (?:Technology|researchers?|"
    r"study|and|CSAIL|Media|Press|team|Professor|course))|Apache(?:[ -]licen[sc]e)?[ -]?(?:v?2(?:\.0)?)|A2\.0|"
    r"(?:A|L)?GPL(?:[ -]?v?[23](?:\.0)?)?|BSD(?:-[23]-Clause)?|CC[ -]BY(?:[ -](?:NC|SA|ND))*(?:[ -]\d\.\d)?|CC0|MPL[ -]2\.0"
    r"|OpenRAIL(?:-M)?|Creative Commons)"
)
_RANK = re.compile(
    r"(?:#\s?|\bNo\. ?|\b[Nn]umber )(\d{1,3})(?![\d.,]*\d|[A-Za-z])"
    r"|\b(?:(\d{1,2})(?:st|nd|rd|th)|(first|second|third|fourth|fifth))(?= (?:place|overall|spot|position)\b)"
    r"|(?:(?<=ranks )|(?<=ranked )|(?<=ranking ))(?:(\d{1,2})(?:st|nd|rd|th)|(first|second|third|fourth|fifth))"
)
_FIGURE = re.compile(r"\d|illion")
_LICENSED = re.compile(r"Apache|MIT|GPL|BSD|CC|OpenRAIL|MPL|A2\.0|Creative")
_RANKED = re.compile(r"#|N(?:o\.|umber)|number|place|rank|spot|position|overall")
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5}
_MARKS = {"money": "$", "percent": "%", "bytes": "g", "power": "w", "scaled": "k", "year": "y", "plain": "n"}

Item = NameMention | Quantity
"""What a mark stands for."""

MARK = re.compile(r"<([a-z$%#@])(\d+)>")


@dataclass(slots=True)
class MaskedSentence:
    """A masked sentence: `text` with marks such as <o0>, and what each mark stands for, by number."""

    sentence: str
    start: int
    """Where the sentence begins in the whole text."""
    text: str = ""
    items: list[Item] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    """Where each mark begins in the masked text."""

    def name(self, mark: str) -> NameMention:
        """The name behind a mark such as "<o0>"."""
        return cast(NameMention, self.items[int(mark[2:-1])])

    def number(self, mark: str) -> Quantity:
        """The number behind a mark such as "<k3>"."""
        return cast(Quantity, self.items[int(mark[2:-1])])

    def amount(self, mark: str | None) -> tuple[float | None, str, str]:
        """Value, unit and bound of the number behind a mark, as a Statement takes them; empty without a mark."""
        number = self.number(mark) if mark else None
        if number is None:
            return None, "", ""
        return (number.value, number.unit, number.op) if number.low is None else (number.low, number.unit, ">=")

    def names(self, kinds: str) -> list[tuple[int, NameMention]]:
        """The names of some kinds, with their positions in the masked text."""
        return [
            (place, item)
            for place, kind, item in zip(self.places, self.kinds, self.items, strict=True)
            if kind in kinds and isinstance(item, NameMention)
        ]


def mask_sentence(sentence: str, start: int, names: list[NameMention]) -> MaskedSentence:
    """Masks a sentence. A name takes precedence over numbers inside it, a licence over both."""
    spans: list[tuple[int, int, str, Item]] = []
    for match in LICENCE.finditer(sentence) if _LICENSED.search(sentence) else ():
        spans.append((match.start(), match.end(), "l", NameMention(match[0], match.start(), match.end(), "l")))
    for name in names:
        if not _meets(spans, name.start, name.end):
            spans.append((name.start, name.end, name.kind, name))
    for match in _RANK.finditer(sentence) if _RANKED.search(sentence) else ():
        if not _meets(spans, match.start(), match.end()):
            digits, word = match[1] or match[2] or match[4], match[3] or match[5]
            place = float(digits) if digits else float(_ORDINALS[word])
            quantity = Quantity("rank", place, "rank", match.start(), match.end())
            spans.append((match.start(), match.end(), "#", quantity))
    if _FIGURE.search(sentence):
        for quantity in quantities(sentence):
            if not _meets(spans, quantity.start, quantity.end):
                spans.append((quantity.start, quantity.end, _MARKS[quantity.kind], quantity))
    spans.sort(key=lambda span: span[0])
    done = MaskedSentence(sentence, start)
    parts: list[str] = []
    reached = length = 0
    for number, (first, last, kind, item) in enumerate(spans):
        between = sentence[reached:first].replace("<", "‹")
        mark = f"<{kind}{number}>"
        parts += (between, mark)
        length += len(between)
        done.places.append(length)
        length += len(mark)
        done.items.append(item)
        done.kinds.append(kind)
        reached = last
    parts.append(sentence[reached:].replace("<", "‹"))
    done.text = "".join(parts)
    return done


def _meets(spans: list[tuple[int, int, str, Item]], start: int, end: int) -> bool:
    return any(first < end and last > start for first, last, _, _ in spans)
