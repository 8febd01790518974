"""Sentences that state several values of several names in order: "A and B raised $2M and $3M, respectively"."""

import re
from dataclasses import replace

from ingest.facts.extract.mask import MaskedSentence
from ingest.facts.extract.statement import Statement, list_pattern, marks_in

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
