"""Who the parties of a sentence are: whose money it is, and who the sentence begins with."""

import re
from dataclasses import replace

from ingest.facts.extract.mask import MaskedSentence
from ingest.facts.extract.names import NameMention
from ingest.facts.extract.statement import RIVAL, Statement, Topic, list_pattern, marks_in, only_describes

MONEY = r"<\$\d+>"
"""An amount of money in a masked sentence."""

_COMPANY_PRONOUN = re.compile(
    r"\b(?:it|its|they|their|the (?:[\w-]+ )?(?:company|startup|start-up|firm|lab|deal|round|team|maker|giant|unit))\b|^(?:That|This)\b",
    re.IGNORECASE,
)

_OPENING = re.compile(
    r"^(?:Backed|Led|Funded|Founded|Supported|Unlike|Like|Compared|Following|After|With|Amid)\b[^,]*, "
)
"""A phrase before the subject: "Backed by Ostro, Tarn raised ..."."""


def money_owner(
    masked: MaskedSentence, topic: Topic, place: int, kinds: str = "o", loose: bool = True
) -> NameMention | None:
    """The organisation an amount belongs to: the closest one before it that isn't another party's; None if unclear."""
    text = masked.text
    own = re.search(
        r"(<[omx]\d+>)(?:'s (?:[\w-]+ ){0,4}(?:<[#y]\d+> )?| (?:rais|secur|clos|land|nabb|bagg)ing (?:\w+ ){0,2}?)$",
        text[:place],
    )
    if own and not only_describes(masked, masked.name(own[1]), place):
        return masked.name(own[1])
    for kind in (kinds, "x", *("m" if loose else "")):
        before = [
            (at, name)
            for at, name in masked.names(kind)
            if at < place
            and not only_describes(masked, name, place)
            and not RIVAL.search(_OPENING.sub("", text[:at]))
            and not re.search(
                r"\b(?:by|from|in|with|than|like|includ(?:es?|ed|ing)|at|over|of|to|into|against|for|vs\.?|led by)(?: <[a-z]\d+>,?(?: and)?)* ?(?:investors? )?$",
                _OPENING.sub("", text[:at]),
                re.IGNORECASE,
            )
        ]
        if before:
            return before[-1][1]
    return (
        topic.maker
        if _COMPANY_PRONOUN.search(text[:place]) or (not masked.names("omxp") and not text.startswith("A"))
        else None
    )


def opening_name(masked: MaskedSentence, place: int) -> NameMention | None:
    """The organisation or product that begins a sentence, and so is the subject of what follows; None if there is none."""
    found = [(at, name) for at, name in masked.names("omx") if at < place]
    return found[0][1] if found and found[0][0] < 40 else None


_NUMBERS = r"<[$%nkgw]\d+>(?:(?:,? and |, )<[$%nkgw]\d+>)+"
_IN_ORDER = re.compile(
    rf"{list_pattern('omxp', 'names')}[^;]*?(?P<numbers>{_NUMBERS})[^;<>]{{0,40}}\brespectively\b", re.IGNORECASE
)


def in_order(masked: MaskedSentence, found: list[Statement]) -> list[Statement]:
    """The statements with each value given to the name of the same place in its series; none where the series differ."""
    if "respectively" not in masked.sentence.casefold():
        return found
    match = _IN_ORDER.search(masked.text)
    if match is None:
        return found
    names, numbers = marks_in(match["names"]), marks_in(match["numbers"])
    at = [masked.number(mark).start for mark in numbers]
    sorted_out = [statement for statement in found if statement.at not in at]
    if len(names) != len(numbers):
        return sorted_out
    for predicate in dict.fromkeys(statement.predicate for statement in found if statement.at in at):
        like = next(statement for statement in found if statement.at in at and statement.predicate == predicate)
        for name, mark in zip(names, numbers, strict=True):
            number = masked.number(mark)
            sorted_out.append(
                replace(
                    like,
                    subject=masked.name(name),
                    value=number.value,
                    op=number.op,
                    at=number.start,
                    qualifiers=dict(like.qualifiers),
                )
            )
    return sorted_out
