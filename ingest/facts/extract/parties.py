"""Whose money it is: the organisation that a sum belongs to, and who begins a sentence."""

import re

from ingest.facts.extract.mask import MaskedSentence
from ingest.facts.extract.names import NameMention
from ingest.facts.extract.statement import RIVAL, Topic

MONEY = r"<\$\d+>"
"""A sum of money in a masked sentence."""

_COMPANY_PRONOUN = re.compile(
    r"\b(?:it|its|they|their|the (?:[\w-]+ )?(?:company|startup|start-up|firm|lab|deal|round|team|maker|giant|unit))\b|^(?:That|This)\b",
    re.IGNORECASE,
)


def money_owner(
    masked: MaskedSentence, topic: Topic, place: int, kinds: str = "o", loose: bool = True
) -> NameMention | None:
    """The organisation that a sum of money belongs to: the nearest one before it that is not another's party."""
    text = masked.text
    own = re.search(r"(<[omx]\d+>)'s (?:[\w-]+ ){0,4}(?:<[#y]\d+> )?$", text[:place])
    if own:
        return masked.name(own[1])
    for kind in (kinds, "x", *("m" if loose else "")):
        before = [
            (at, name)
            for at, name in masked.names(kind)
            if at < place
            and not RIVAL.search(text[:at])
            and not re.search(
                r"\b(?:by|from|with|than|like|including|at|over|of|to|into|against|for|vs\.?|led by)(?: <[a-z]\d+>,?(?: and)?)* ?(?:investors? )?$",
                text[:at],
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
    """The name that begins the sentence, if it is an organisation or a product: who does what follows."""
    found = [(at, name) for at, name in masked.names("omx") if at < place]
    return found[0][1] if found and found[0][0] < 40 else None
