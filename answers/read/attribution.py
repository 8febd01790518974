"""Attribution: which value of a sentence is asked for, and whether it belongs to the subject of the question. Pure."""

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

_COMPARED_TO = re.compile(
    r"\b(?:than|vs\.?|versus|against|compar\w+ (?:to|with)|rival(?:ing|s)?|surpass\w*|beat(?:s|ing)?|outperform\w*|ahead of|behind|exceed\w*|match(?:es|ing)|competitive with|up from|over)\s+(?:the |both )?$",
    re.IGNORECASE,
)
"""Before a name that something is compared with: a statement is not about it."""

_ON = re.compile(r"\s*(?:on|in|for)\s+(?:the )?")
_PER = re.compile(r"\s*(?:per|/|an?|each|for(?: an?)?)\s?(?:[\w-]+ ?){1,3}")

LIST_BREAK = re.compile(r"[,;]|\band\b")
"""Between a value and the name after it: they belong to different items of a list."""

TIE_MARGIN = 4.0
"""Characters up to which two values count as equally near to their cue."""

CLAIMING_NOUNS = {cue.name: "|".join(cue.nouns) for cue in CUES if cue.nouns}
"""Nouns that claim the value next to them for their own predicate: a valuation is nobody's price."""

ORGANISATIONS = ("company", "lab", "cloud")
"""Kinds of entities that are organisations."""


def attributed_value(
    question: Question,
    sentence: Sentence,
    answer_type: AnswerType,
    cue_spans: Sequence[tuple[int, int]],
    mentions: Mapping[QuestionName, list[tuple[int, int]]],
    implied: Sequence[QuestionName],
    kinds: Mapping[str, str],
) -> Value | None:
    """The value asked for, if the sentence holds one that belongs to the subject.

    cue_spans, mentions: where the cue and each name stand, characters from and to; implied: names that the sentence
    continues to be about; kinds: kind of other entities by folded name.
    """
    text = sentence.text
    name = question.cue.name if question.cue else ""
    found = [
        value
        for value in find_values(text, answer_type)
        if has_asked_type(value, sentence, answer_type, name, question)
    ]
    if answer_type is AnswerType.MONEY and name in CLAIMING_NOUNS:
        found = [value for value in found if not _of_another_noun(value, text, name)]
    if not found:
        return None
    anchors = list(cue_spans)
    benchmarks = [one for one in mentions if one.kind == "benchmark"]
    for one in benchmarks or (list(mentions)[1:] if name == "benchmark_score" else ()):
        anchors = mentions[one] or anchors
    forms = [tuple(words(one)) for one in question.content]
    content = {word for form in forms for word in form}
    content_spans = [span for word, span in zip(sentence.words, sentence.spans, strict=True) if word in content]
    if answer_type is AnswerType.MONEY and not (question.cue and question.cue.name in CLAIMING_NOUNS):
        # "from NVIDIA": in a list of payers each has its value next to it.
        content_spans += [span for one in question.names[1:] for span in mentions[one]]
    if answer_type is AnswerType.SIZE and name == "parameters":
        ranked = sorted(found, key=lambda value: -(value.number or 0))
    else:
        distances = {
            value: _distance_score(value, text, answer_type, name, anchors, content_spans, forms) for value in found
        }
        ranked = sorted(found, key=lambda value: (distances[value], value.start))
        if answer_type in (AnswerType.MONEY, AnswerType.SCORE, AnswerType.PERCENT):
            # "A raising $175M, B raising $400M": both are near to a cue, attribution decides.
            ranked = [value for value in ranked if distances[value] <= distances[ranked[0]] + TIE_MARGIN]
    spans = [span for one, some in mentions.items() if one.kind != "benchmark" for span in some]
    for value in ranked:
        if is_attributed(value, question, sentence, mentions, implied, kinds) and not _belongs_to_later_mention(
            value, found, spans
        ):
            return value
    return None


def _belongs_to_later_mention(value: Value, found: Sequence[Value], spans: Sequence[tuple[int, int]]) -> bool:
    """Whether another value stands between one and each name after it: "$3 a month, against the $20 Ostro plan"."""
    return bool(spans) and all(
        any(value.end <= other.start and other.end <= start for other in found) for start, _ in spans
    )


def _distance_score(
    value: Value,
    text: str,
    answer_type: AnswerType,
    name: str,
    anchors: Sequence[tuple[int, int]],
    content_spans: Sequence[tuple[int, int]],
    content: Sequence[tuple[str, ...]],
) -> float:
    """Distance in characters from the words a value should belong to, with bonuses; the smallest is the best."""
    score = _distance(value, anchors or content_spans, text if answer_type is AnswerType.SCORE else "")
    if anchors and content_spans:
        score += 0.3 * _distance(value, content_spans)
        # "$0.24 per 4K image": the words right after a value say what it is for.
        unit = _PER.match(text, value.end)
        unit_words = tuple(words(unit.group())) if unit else ()
        score -= 40 * sum(bool(form) and find_words(form, unit_words) >= 0 for form in content)
    if answer_type is AnswerType.SCORE and anchors:
        # "57.0% on Terminal Bench": a score that names its benchmark belongs to no other.
        on = _ON.match(text, value.end)
        if on and NAME.match(text, on.end()) and not any(abs(start - on.end()) < 4 for start, _ in anchors):
            score += 60
    if answer_type is AnswerType.MONEY:
        score += 80 * _of_another_noun(value, text, name)
        before = text[max(0, value.start - 30) : value.start]
        if name == "acquisition" and re.search(
            r"\b(?:for|worth|at|valued at|price of|deal of|totaling)\s+(?:an? )?(?:\w+ )?$", before
        ):
            score -= 30
    return score


def _of_another_noun(value: Value, text: str, name: str) -> bool:
    """Whether a sum is stated to be something else: "$183B post-money valuation" was not raised."""
    before, after = text[max(0, value.start - 30) : value.start], text[value.end : value.end + 22]
    return any(
        other != name
        and bool(
            re.match(rf"[-\s]*(?:\w+[-\s]+)?(?:{nouns})\b", after)
            or re.search(rf"\b(?:{nouns})\s+(?:of|at|to|is|was)?\s*$", before)
        )
        for other, nouns in CLAIMING_NOUNS.items()
    )


def _distance(value: Value, spans: Sequence[tuple[int, int]], text: str = "") -> float:
    """Characters between a value and the nearest of some words; slightly more where they come first.

    With `text` (for scores) a value before the benchmark must be joined to it: "87.6% on SWE-bench", "87.6% SWE-bench".
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

    return min((to(start, end) for start, end in spans), default=0)


def is_attributed(
    value: Value,
    question: Question,
    sentence: Sentence,
    mentions: Mapping[QuestionName, list[tuple[int, int]]],
    implied: Sequence[QuestionName],
    kinds: Mapping[str, str],
) -> bool:
    """Whether a value belongs to the subject: no other name that could claim it stands between the two."""
    makers = [name for name in question.names if name.kind != "benchmark"]
    if not makers:
        return True
    of_models = question.cue is not None and question.cue.of_models
    if (
        question.unit
        and not of_models
        and set(words(question.unit)) <= set(words(sentence.text[value.end : value.end + 60])[:5])
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
    subject_spans = sorted(
        span for name in focus for span in mentions[name] if not _COMPARED_TO.search(text[: span[0]])
    )
    all_mentions = sorted(span for spans in mentions.values() for span in spans)
    others = [
        match.span()
        for match in NAME.finditer(text)
        if (_versioned(match.group()) if versions else kinds.get(fold(match.group())) in ORGANISATIONS)
        and not any(start < match.end() and match.start() < end for start, end in all_mentions)
        and kinds.get(fold(match.group())) != "benchmark"
        and not re.match(r"(?:\.\d+)?\s?%", text[match.end() :])
    ]
    # What the subject is compared with claims no value once the subject was named.
    rivals = [span for span in others if not _COMPARED.search(text[: span[0]])]
    if not versions and len(makers) > 1 and all(mentions[name] for name in makers):
        return True
    after = re.match(r"[^.;,]{0,45}?\b(?:for|on)\s+", text[value.end :])
    if versions and after:
        at = value.end + after.end()
        if any(start == at for start, _ in subject_spans):
            return True
        if any(start == at for start, _ in rivals):
            return False
    before = [span for span in subject_spans if span[1] <= value.start]
    if before:
        last = before[-1][1]
        return not any(last <= start and end <= value.start for start, end in rivals)
    if any(name in implied for name in focus):
        return not any(end <= value.start for _, end in others)
    is_value = bool(value.text)
    after_value = [span for span in subject_spans if span[0] >= value.end]
    if after_value and not any(end <= value.start for _, end in others):
        return (
            after_value[0][0] - value.end < 60
            and not any(value.end <= start < after_value[0][0] for start, _ in rivals)
            and not (is_value and LIST_BREAK.search(text[value.end : after_value[0][0]]))
        )
    return not versions


def _versioned(text: str) -> bool:
    return bool(re.search(r"[A-Za-z][\w.-]*[ -]?\d", text)) and not re.match(
        r"(?:H|A|B|GB|RTX|TPU|M|Q|FP|INT|MLX|T)[ -]?\d", text
    )
