"""Whether a value is of the type that is asked for, by the words around it. Pure."""

import re

from answers.language.cues import AnswerType
from answers.language.sentences import Sentence
from answers.read.mentions import mention_spans
from answers.read.values import Value
from answers.understand.question import Question
from gazetteer.words import words

_TO_MAKE = re.compile(r"\bto (?:pre-?)?train\b|\btraining cost|\bto (?:build|develop|make)\b", re.IGNORECASE)
"""The cost of making a model is no price per token."""


MAX_TOKEN_PRICE = 100.0
"""Dollars from which a price is not that of a million tokens."""

_FOR_SALE = re.compile(
    r"\b(?:at|for|costs?|costing|priced at|price of|starting at|from)\s+(?:only |just |about |around |an? )?$",
    re.IGNORECASE,
)


_DENIED = re.compile(
    r"(?:\bnot|\bno longer|n['’]t|\brather than|\binstead of|\bunlike|\bwithout)(?: \w+){0,2} ?$", re.IGNORECASE
)
_OUT_OF = re.compile(
    r"\b(?:\d+|one|two|three|four|five|six|seven|eight|nine) (?:out )?of (?:the |all )?$", re.IGNORECASE
)
"""Before a number: it is the whole, as in "5 out of 6"."""
_WHOLE = re.compile(r"^\s*(?:out )?of (?:the |all )?\w+")
_STYLED = re.compile(r"(?:/[\w.-]+?)?[- ]style\b", re.IGNORECASE)
"""A licence that is only compared to: "Apache-style"."""


def has_asked_type(value: Value, sentence: Sentence, answer_type: AnswerType, name: str, question: Question) -> bool:
    """Whether a value may answer a question: "12B active" is no total, "$20 a month" no token price.

    name: of the cue, "" where there is none.
    """
    text = sentence.text
    units = {word for noun in question.cue.units for word in words(noun)} if question.cue else set()
    after, before = text[value.end : value.end + 45], text[max(0, value.start - 40) : value.start]
    if answer_type is AnswerType.COUNT and _OUT_OF.search(before):
        return False
    if answer_type is AnswerType.LICENCE and (_DENIED.search(before) or _STYLED.match(after)):
        return False
    if name == "active_parameters":
        return bool(
            re.match(r"[-\s]*(?:\w+[-\s]+){0,2}activ", after, re.IGNORECASE)
            or re.search(r"activ\w*[^.;]{0,18}$|[-‑]A$", before, re.IGNORECASE)
        )
    if answer_type is AnswerType.SIZE:
        if (
            re.match(
                r"[-\s]*(?:active|activated|tokens?|context|users|people|images?)\b|[-\s]*\d*[-\s]*token",
                after,
                re.IGNORECASE,
            )
            or (value.number or 0) < 1e6
        ):
            return False
        return bool(
            re.match(
                r"[-\s/]*(?:\(?total\b|param|dense|sparse|moe|mixture|model|open|multi|tot)|[-\s]+(?:[a-z][\w-]*\s+){0,4}(?:model|moe|llm|vlm)\b",
                after,
                re.IGNORECASE,
            )
            or re.search(
                r"\b(?:parameters?|params|size|total)(?: of| is|:)?(?: about| roughly| up to)?\s*$",
                before,
                re.IGNORECASE,
            )
            or re.match(r"[^.;]{0,12}\bparam", after, re.IGNORECASE)
            or (re.search(r"\bmodels \((?:[\d.]+[BM](?:, | and |/))*$", before) and re.match(r"[^()]*\)", after))
        )
    if answer_type is AnswerType.TOKENS:
        training = name == "training_tokens"
        if (value.number or 0) < (1e9 if training else 1000):
            return False
        if training:
            return bool(re.match(r"[-\s]*(?:\w+\s){0,2}tokens?\b", after, re.IGNORECASE))
        return bool(
            re.match(
                r"[-\s]*(?:tokens?[-\s]*)?(?:\(?input[-\s]*)?(?:context|ctx)|[-\s]*token\b|[-\s]*tokens? (?:of )?context",
                after,
                re.IGNORECASE,
            )
            or re.search(
                r"context (?:window|length|size)?s?(?: of| is| to|:)?(?: about| up to| ~)?\s*$", before, re.IGNORECASE
            )
        )
    if answer_type is AnswerType.AMOUNT:
        # The unit stands right after it or right before: "6.7% training overhead", "VRAM of 24 GB".
        unit = set(words(question.unit))
        return bool(unit & set(words(after)[:4])) or bool(unit & set(words(before)[-3:]))
    if answer_type is AnswerType.COUNT and question.unit:
        head = [*words(question.unit)[-1:], *units]
        near = words(_WHOLE.sub("", after))[: 4 if name else 3]
        if any(word in near for word in head):
            return True
        return name in ("layoffs", "users") and bool(set(head) & set(words(before)[-3:]))
    if answer_type is AnswerType.COUNT and name == "headcount":
        return bool(set(words(after)[:3]) & units)
    if answer_type is AnswerType.SCORE:
        if any(
            start <= value.start and value.end <= end
            for one in question.names
            for start, end in mention_spans(one, sentence)
        ):
            return False
        return not re.match(r"\s?(?:[BTKM]\b|x\b|×|tokens?|days?|hours?|years?|months?|GB)", after) and not re.search(
            r"[-#]$", before[-1:]
        )
    if name == "price":
        per = re.compile(r"\b(?:month|seat|year|user|image|minute|hour|second)\b", re.IGNORECASE)
        if per.search(question.text) or _TO_MAKE.search(question.text):
            return True
        if (value.number or 0) >= MAX_TOKEN_PRICE and _FOR_SALE.search(before) and not _TO_MAKE.search(text):
            return not re.search(r"\btokens?\b|\bmillion\b|\binput\b|\boutput\b", question.text)
        return bool(
            re.match(
                r"\s*(?:/\s*[$€]|/\s?1?\s?M\b|/\s?million|per (?:1M|million|M)\b|(?:per )?(?:million )?(?:input|output|in|out)\b)|[^.;]{0,25}\b(?:per|/)\s?(?:1?M|million)|[^.;]{0,30}tokens",
                after,
            )
            or re.search(r"\$[\d.]+\s*/\s*$|\b(?:input|output)\W*$", before)
        )
    return True
