"""Who does it and to whom it is done: the two sides of an acquisition in a text. Pure."""

import re
from collections.abc import Mapping, Sequence

from answers.read.values import NAME
from answers.understand.question import Question, QuestionName

_BY = re.compile(r"\b(?:acquired|bought|purchased|acquisition|taken over|snapped up) by\b", re.IGNORECASE)

_OF = re.compile(r"\b(?:acquisition|purchase|takeover|buyout) of\b", re.IGNORECASE)

_PURPOSE = re.compile(r"^ to [a-z]")

_BUYS = re.compile(
    r"\b(?:acqui(?:re[sd]?|ring)|bought|buy(?:s|ing)?|purchas(?:e[sd]?|ing)|took over|pa(?:y|id|ys|ying)\b.{0,40}\bfor)\b",
    re.IGNORECASE,
)


def buyer_and_target(
    text: str, spots: Mapping[QuestionName, Sequence[tuple[int, int]]]
) -> set[tuple[QuestionName | None, QuestionName | None]]:
    """Who buys whom in a text, as far as the names are known: (buyer, bought) by their sides of it."""
    found: set[tuple[QuestionName | None, QuestionName | None]] = set()
    flat = sorted((spot, name) for name, some in spots.items() for spot in some)
    for pattern, turned in ((_BY, True), (_OF, False), (_BUYS, False)):
        for match in pattern.finditer(text):
            if pattern is _BUYS and _BY.match(text, match.start()):
                continue
            left = [name for (_, end), name in flat if end <= match.start() and _plain(text[end : match.start()], True)]
            right = [
                name
                for (start, _), name in flat
                if match.end() <= start <= match.end() + 90
                and _plain(text[match.end() : start], False)
                and not _PURPOSE.search(text[match.end() : start])
            ]
            before, behind = (left[-1] if left else None), (right[0] if right else None)
            found.add((behind, before) if turned else (before, behind))
    return found


def _plain(between: str, behind_name: bool) -> bool:
    """Whether no other name stands between a name and the words that tell it; what it goes on with is its own."""
    rest = re.sub(r"^ ?[A-Z][\w.]*(?: [A-Z][\w.]*)*", "", between) if behind_name else between
    rest = re.sub(r"(?:[A-Z][\w.'’]*[ ,-]+)+$", "", rest) if not behind_name else rest
    return not NAME.search(rest)


def roles_match(asked: Question, text: str, stands: Mapping[QuestionName, list[tuple[int, int]]]) -> bool:
    """Whether the one who buys and the one who is bought are those of the question."""
    in_question = {
        name: [match.span() for match in re.finditer(re.escape(name.typed or name.text), asked.text)]
        for name in asked.names
    }
    wanted = buyer_and_target(asked.text, in_question)
    if not any(pair != (None, None) for pair in wanted):
        return True
    told = buyer_and_target(text, stands)
    for buyer, bought in wanted:
        if (
            buyer is None
            and bought is not None
            and re.search(rf"{re.escape(bought.typed or bought.text)}\W+(?:acqui|deal|purchase)", asked.text)
        ):
            continue
        if any((buyer is None or one == buyer) and (bought is None or other == bought) for one, other in told):
            return True
    return (
        bool(re.search(r"\bacquisition\b|\bdeal\b", text))
        and len(asked.names) > 1
        and all(stands.values())
        and not _BUYS.search(text)
    )
