"""The two parties of an acquisition in a text: buyer and target. Pure."""

import re
from collections.abc import Mapping, Sequence

from answers.read.values import NAME
from answers.understand.question import Question, QuestionName

_BY = re.compile(r"\b(?:acquired|bought|purchased|acquisition|taken over|snapped up) by\b", re.IGNORECASE)

_OF = re.compile(r"\b(?:acquisition|purchase|takeover|buyout) of\b", re.IGNORECASE)

_PURPOSE = re.compile(r"^ to [a-z]")

_BUYS = re.compile(
    r"\b(?:acqui(?:re[sd]?|ring)|bought|buy(?:s|ing)?|purchas(?:e[sd]?|ing)|took over|"
    r"pa(?:y|id|ys|ying)\b.{0,40}\bfor)\b",
    re.IGNORECASE,
)


def buyer_and_target(
    text: str, spans: Mapping[QuestionName, Sequence[tuple[int, int]]]
) -> set[tuple[QuestionName | None, QuestionName | None]]:
    """The (buyer, target) pairs in a text; None for a party that is no name of the question."""
    found: set[tuple[QuestionName | None, QuestionName | None]] = set()
    flat = sorted((span, name) for name, some in spans.items() for span in some)
    for pattern, passive in ((_BY, True), (_OF, False), (_BUYS, False)):
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
            before, after = (left[-1] if left else None), (right[0] if right else None)
            found.add((after, before) if passive else (before, after))
    return found


def _plain(between: str, after_name: bool) -> bool:
    """Whether no other name stands between a name and the verb; words that continue the name belong to it."""
    rest = re.sub(r"^ ?[A-Z][\w.]*(?: [A-Z][\w.]*)*", "", between) if after_name else between
    rest = re.sub(r"(?:[A-Z][\w.'’]*[ ,-]+)+$", "", rest) if not after_name else rest
    return not NAME.search(rest)


def roles_match(question: Question, text: str, mentions: Mapping[QuestionName, list[tuple[int, int]]]) -> bool:
    """Whether buyer and target in a text are those of the question."""
    in_question = {
        name: [match.span() for match in re.finditer(re.escape(name.typed or name.text), question.text)]
        for name in question.names
    }
    wanted = buyer_and_target(question.text, in_question)
    if not any(pair != (None, None) for pair in wanted):
        return True
    stated = buyer_and_target(text, mentions)
    for buyer, target in wanted:
        if (
            buyer is None
            and target is not None
            and re.search(rf"{re.escape(target.typed or target.text)}\W+(?:acqui|deal|purchase)", question.text)
        ):
            continue
        if any((buyer is None or one == buyer) and (target is None or other == target) for one, other in stated):
            return True
    return (
        bool(re.search(r"\bacquisition\b|\bdeal\b", text))
        and len(question.names) > 1
        and all(mentions.values())
        and not _BUYS.search(text)
    )
