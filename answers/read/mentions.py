"""Where a sentence mentions the names of a question, and where it only seems to. Pure."""

import re

from answers.language.sentences import Sentence, find_words
from answers.understand.question import STOP, QuestionName
from gazetteer.words import words_at

_VERSION = re.compile(
    r"[- ](?:[vV]?\d(?![\d.]*[BMT]\b)|(?:[A-Z]{2,}|[Mm]ini|[Nn]ano|[Pp]ro|[Ff]lash|[Ll]ite|[Ll]arge|[Ss]mall|[Mm]edium|"
    r"[Tt]iny|[Mm]ax)\b)"
)

_FIRST_NAME = re.compile(r"\b([A-Z][a-z]{2,}) $")
"""A capitalised word right before a surname."""

_SIMILAR_TO = re.compile(
    r"[-‑](?:style|like|inspired|level|class|compatible|esque|killer|clone|alternative)s?\b", re.IGNORECASE
)
"""After a name: something similar to it, not the thing itself."""


def continues_subject(name: QuestionName, sentence: Sentence) -> bool:
    """Whether a sentence continues a text that mentions a name."""
    if not is_mentioned(name, sentence.context_words):
        return False
    tokens = words_at(sentence.context)
    stems = tuple(word for word, _, _ in tokens)
    return any(
        (at := find_words(form, stems)) >= 0
        and not _common_word(name, form, sentence.context[tokens[at][1] : tokens[at][2]])
        for form in name.forms
    )


def is_mentioned(name: QuestionName, tokens: tuple[str, ...]) -> bool:
    """Whether some words contain a name in any of its forms."""
    return any(find_words(form, tokens) >= 0 for form in name.forms)


def mention_spans(name: QuestionName, sentence: Sentence) -> list[tuple[int, int]]:
    """Where a sentence mentions a name: characters from and to. Other versions of it do not count."""
    found = []
    for form in name.forms:
        at = find_words(form, sentence.words)
        while at >= 0:
            start, end = sentence.spans[at][0], sentence.spans[at + len(form) - 1][1]
            if (
                not _other_version(form, sentence, end)
                and not _common_word(name, form, sentence.text[start:end])
                and not _SIMILAR_TO.match(sentence.text, end)
                and not _other_person(name, form, sentence.text[:start])
            ):
                found.append((start, end))
            at = find_words(form, sentence.words, at + 1)
    return sorted(set(found))


def _other_person(name: QuestionName, form: tuple[str, ...], before: str) -> bool:
    """Whether a surname follows another person's first name: "Dan Schulman" for "John Schulman"."""
    if name.kind != "person" or len(form) > 1:
        return False
    first = _FIRST_NAME.search(before)
    if first is None or first[1].lower() in STOP:
        return False
    low = name.text.lower()
    return first[1].lower() not in low and not low.startswith(first[1][:3].lower())


def _common_word(name: QuestionName, form: tuple[str, ...], tokens: str) -> bool:
    """Whether a one-word name is a common word here: "raised" for RAISE, "a steep trajectory" for Trajectory."""
    typed = name.typed or name.text
    if len(form) > 1:
        return False
    if name.id is not None:
        return tokens.islower() and name.text[:1].isupper() and name.kind in ("company", "lab", "product")
    if typed.islower():
        return False
    return tokens.islower() or (len(typed) > 1 and typed.isupper() and not tokens.isupper())


def is_other_version(name: QuestionName, sentence: Sentence, end: int) -> bool:
    """Whether the name of a family continues as one of its versions: "Voxtral Mini 4B" for Voxtral."""
    if name.kind not in ("family", "") or any(form[-1][:1].isdigit() for form in name.forms):
        return False
    return bool(_VERSION.match(sentence.text, end))


def _other_version(form: tuple[str, ...], sentence: Sentence, end: int) -> bool:
    """Whether a name continues as another version: "Opus 4" in "Opus 4.7", "GPT-5" in "GPT-5 mini"."""
    rest = sentence.text[end : end + 14]
    if form[-1][0].isdigit() and re.match(
        r"[-‑ ]?(?:mini|nano|pro|flash|lite|max|turbo|codex|air|plus|ultra|vl|v)\b|"
        r"[-‑](?:reasoning|thinking|coder|vision)\b",
        rest,
        re.IGNORECASE,
    ):
        return True
    return bool(re.match(r"\.\d|[a-z]", rest)) if form[-1][0].isdigit() else False
