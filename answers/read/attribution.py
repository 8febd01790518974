"""Whose a value is: the one in a sentence that is asked for, if it belongs to whom is meant. Pure."""

import re
from collections.abc import Mapping, Sequence

from answers.language.cues import CUES, AnswerType
from answers.language.sentences import Sentence, find_words
from answers.read.value_type import has_asked_type
from answers.read.values import NAME, Value, find_values
from answers.understand.question import Question, QuestionName
from gazetteer.spelling import fold
from gazetteer.words import words

_COMPARED = re.compile(
    r"(?:\bthan|\bover|\bfrom|\bvs\.?|\bversus|\bagainst|\bcompar\w+ (?:to|with)|\brival\w*|\blike|\bsurpass\w*|\bbeat\w*|\boutperform\w*|"
    r"\bahead of|\bbehind|\bexceed\w*|\bmatch\w*|\bcompetitive with|\balongside|\bup on|\bon|\bin|\bsince|\bvia|\bwith|\bunder|\busing|\busers? of|\bincluding|\band|,)\s*(?:the |both |about )?$",
    re.IGNORECASE,
)

_BESIDE = re.compile(
    r"\b(?:than|vs\.?|versus|against|compar\w+ (?:to|with)|rival(?:ing|s)?|surpass\w*|beat(?:s|ing)?|outperform\w*|ahead of|behind|exceed\w*|match(?:es|ing)|competitive with|up from|over)\s+(?:the |both )?$",
    re.IGNORECASE,
)
"""Words behind which stands whom something is compared with: what is told there is not told of it."""

_ON = re.compile(r"\s*(?:on|in|for)\s+(?:the )?")
_PER = re.compile(r"\s*(?:per|/|an?|each|for(?: an?)?)\s?(?:[\w-]+ ?){1,3}")

PARTED = re.compile(r"[,;]|\band\b")
"""Between a value and the name behind it: they are of two parts of a list."""

LEVEL = 4.0
"""Characters by which two values are equally near to what they are told by."""

CLAIMING_NOUNS = {cue.name: "|".join(cue.nouns) for cue in CUES if cue.nouns}
"""Nouns that claim the value beside them for their own predicate: a valuation is nobody's price."""

ORGANISATIONS = ("company", "lab", "cloud")


def attributed_value(
    asked: Question,
    sentence: Sentence,
    gives: AnswerType,
    cues: Sequence[tuple[int, int]],
    stands: Mapping[QuestionName, list[tuple[int, int]]],
    carried: Sequence[QuestionName],
    kinds: Mapping[str, str],
) -> Value | None:
    """The value that is asked for, if it is in the sentence and belongs to whom is meant."""
    text = sentence.text
    name = asked.cue.name if asked.cue else ""
    found = [value for value in find_values(text, gives) if has_asked_type(value, sentence, gives, name, asked)]
    if gives is AnswerType.MONEY and name in CLAIMING_NOUNS:
        found = [value for value in found if not _of_another_noun(value, text, name)]
    if not found:
        return None
    near = list(cues)
    tests = [one for one in stands if one.kind == "benchmark"]
    for one in tests or (list(stands)[1:] if name == "benchmark_score" else ()):
        near = stands[one] or near
    forms = [tuple(words(one)) for one in asked.content]
    content = {word for form in forms for word in form}
    beside = [spot for word, spot in zip(sentence.words, sentence.places, strict=True) if word in content]
    if gives is AnswerType.MONEY and not (asked.cue and asked.cue.name in CLAIMING_NOUNS):
        # "from NVIDIA": each giver's value stands beside it.
        beside += [spot for one in asked.names[1:] for spot in stands[one]]
    if gives is AnswerType.SIZE and name == "parameters":
        ranked = sorted(found, key=lambda value: -(value.number or 0))
    else:
        fit = {value: _fit(value, text, gives, name, near, beside, forms) for value in found}
        ranked = sorted(found, key=lambda value: (fit[value], value.start))
        if gives in (AnswerType.MONEY, AnswerType.SCORE, AnswerType.PERCENT):
            # "A raising $175M, B raising $400M": each stands as near to its word as the others.
            ranked = [value for value in ranked if fit[value] <= fit[ranked[0]] + LEVEL]
    spots = [spot for one, some in stands.items() if one.kind != "benchmark" for spot in some]
    for value in ranked:
        if is_attributed(value, asked, sentence, stands, carried, kinds) and not _nearer(value, found, spots):
            return value
    return None


def _nearer(value: Value, found: Sequence[Value], spots: Sequence[tuple[int, int]]) -> bool:
    """Whether another value stands between one and the name behind it: "$3 a month, compared to the $20 Ostro plan"."""
    return bool(spots) and all(
        any(value.end <= other.start and other.end <= start for other in found) for start, _ in spots
    )


def _fit(
    value: Value,
    text: str,
    gives: AnswerType,
    name: str,
    near: Sequence[tuple[int, int]],
    beside: Sequence[tuple[int, int]],
    content: Sequence[tuple[str, ...]],
) -> float:
    """How far a value is from what it should belong to, the nearest first."""
    how = _distance(value, near or beside, text if gives is AnswerType.SCORE else "")
    if near and beside:
        how += 0.3 * _distance(value, beside)
        # "$0.24 per 4K image": what stands right behind a value says of what it is.
        own = _PER.match(text, value.end)
        said = tuple(words(own.group())) if own else ()
        how -= 40 * sum(bool(form) and find_words(form, said) >= 0 for form in content)
    if gives is AnswerType.SCORE and near:
        # "57.0% on Terminal Bench": a score that names its own benchmark is no other's.
        own = _ON.match(text, value.end)
        if own and NAME.match(text, own.end()) and not any(abs(start - own.end()) < 4 for start, _ in near):
            how += 60
    if gives is AnswerType.MONEY:
        how += 80 * _of_another_noun(value, text, name)
        before = text[max(0, value.start - 30) : value.start]
        if name == "acquisition" and re.search(
            r"\b(?:for|worth|at|valued at|price of|deal of|totaling)\s+(?:an? )?(?:\w+ )?$", before
        ):
            how -= 30
    return how


def _of_another_noun(value: Value, text: str, name: str) -> bool:
    """Whether a sum is said to be something else: "$183B post-money valuation" was not raised."""
    before, after = text[max(0, value.start - 30) : value.start], text[value.end : value.end + 22]
    return any(
        other != name
        and bool(
            re.match(rf"[-\s]*(?:\w+[-\s]+)?(?:{nouns})\b", after)
            or re.search(rf"\b(?:{nouns})\s+(?:of|at|to|is|was)?\s*$", before)
        )
        for other, nouns in CLAIMING_NOUNS.items()
    )


def _distance(value: Value, spots: Sequence[tuple[int, int]], text: str = "") -> float:
    """How far a value is from the words it should belong to.

    With the text given (scores) a value before the benchmark counts only in "87.6% on SWE-bench" or "87.6% SWE-bench".
    """

    def to(start: int, end: int) -> float:
        if value.end <= start:
            between = text[value.end : start]
            return (
                start
                - value.end
                + (40 if text and not re.fullmatch(r"\s*(?:\w+ )?(?:on|in|for)?\s*(?:the )?", between) else 0)
            )
        return 1.15 * (value.start - end) + (0 if text else 2) if value.start >= end else 0

    return min((to(start, end) for start, end in spots), default=0)


def is_attributed(
    value: Value,
    asked: Question,
    sentence: Sentence,
    stands: Mapping[QuestionName, list[tuple[int, int]]],
    carried: Sequence[QuestionName],
    kinds: Mapping[str, str],
) -> bool:
    """Whether a value belongs to one of the names: between the name and it, no other comes that could own it."""
    makers = [name for name in asked.names if name.kind != "benchmark"]
    if not makers:
        return True
    of_models = asked.cue is not None and asked.cue.of_models
    if (
        asked.unit
        and not of_models
        and set(words(asked.unit)) <= set(words(sentence.text[value.end : value.end + 60])[:5])
    ):
        return True
    versions = [
        name
        for name in makers
        if any(form[-1][:1].isdigit() or form[-1][-1:].isdigit() for form in name.forms)
        or name.kind in ("model", "product", "family")
        or (name.kind == "" and of_models)
    ]
    focus = versions or makers
    text = sentence.text
    own = sorted(spot for name in focus for spot in stands[name] if not _BESIDE.search(text[: spot[0]]))
    everything = sorted(spot for spots in stands.values() for spot in spots)
    others = [
        match.span()
        for match in NAME.finditer(text)
        if (_versioned(match.group()) if versions else kinds.get(fold(match.group())) in ORGANISATIONS)
        and not any(start < match.end() and match.start() < end for start, end in everything)
        and kinds.get(fold(match.group())) != "benchmark"
        and not re.match(r"(?:\.\d+)?\s?%", text[match.end() :])
    ]
    # Whom it is compared with owns nothing, once the one who is meant was named.
    rivals = [spot for spot in others if not _COMPARED.search(text[: spot[0]])]
    if not versions and len(makers) > 1 and all(stands[name] for name in makers):
        return True
    after = re.match(r"[^.;,]{0,45}?\b(?:for|on)\s+", text[value.end :])
    if versions and after:
        at = value.end + after.end()
        if any(start == at for start, _ in own):
            return True
        if any(start == at for start, _ in rivals):
            return False
    before = [spot for spot in own if spot[1] <= value.start]
    if before:
        last = before[-1][1]
        return not any(last <= start and end <= value.start for start, end in rivals)
    if any(name in carried for name in focus):
        return not any(end <= value.start for _, end in others)
    gives_own = bool(value.text)
    behind = [spot for spot in own if spot[0] >= value.end]
    if behind and not any(end <= value.start for _, end in others):
        return (
            behind[0][0] - value.end < 60
            and not any(value.end <= start < behind[0][0] for start, _ in rivals)
            and not (gives_own and PARTED.search(text[value.end : behind[0][0]]))
        )
    return not versions


def _versioned(text: str) -> bool:
    return bool(re.search(r"[A-Za-z][\w.-]*[ -]?\d", text)) and not re.match(
        r"(?:H|A|B|GB|RTX|TPU|M|Q|FP|INT|MLX|T)[ -]?\d", text
    )
