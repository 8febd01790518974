"""The words of a question, and the spans of them that are written like names. Pure."""

import re
from dataclasses import dataclass

from answers.language.time_range import MONTHS

STARTERS = frozenset(
    """
    who whom whose what which when where why how is are was were did does do has have had can could should would
    will compare tell name list give for at in under by of on and or so the a an please show find explain describe
    summarise summarize any what's who's i hey hi about from with whats after before between if as to through via
    during within since until besides among licence license price pricing cost parameters valuation revenue
    headcount founder founders investors size score
    """.split()  # noqa: SIM905 - a list of words is read as words
)
"""Words that begin a question with a capital and are no name."""

_NO_NAMES = frozenset(
    """
    gw mw kw tb gb mb elo wer fps ai api apis ceo cto cfo coo agi ipo llm llms gpu gpus us usa uk eu q1 q2 q3 q4 arr
    tpu vs id ok usd i pr m b k monday tuesday wednesday thursday friday saturday sunday
    """.split()  # noqa: SIM905 - a list of words is read as words
) | frozenset(MONTHS)
"""Words written like names that never are one."""

VARIANTS = frozenset(
    """
    mini nano pro max flash lite turbo plus ultra preview codex thinking instant micro small medium large tiny air
    haiku sonnet opus coder omni high xhigh fast
    """.split()  # noqa: SIM905 - a list of words is read as words
)
"""Words that continue a model's name: "Claude Opus", "GPT-5 mini"."""

_TOKEN = re.compile(r"[^\s,;:?!()\"“”–—]+?(?=(?<=\w\w)/(?=[A-Z][a-z])|[\s,;:?!()\"“”–—]|$)")

_A_YEAR = re.compile(r"20[12]\d")

_SCALED = re.compile(r" (?:thousand|million|billion|trillion|percent)\b", re.IGNORECASE)


@dataclass(frozen=True)
class NameSpan:
    """A word of a question, or several that may be a name, with its characters from and to."""

    text: str
    start: int
    end: int


def question_tokens(text: str) -> list[NameSpan]:
    """The words of a question, without possessive endings and closing punctuation."""
    found = []
    for match in _TOKEN.finditer(text):
        start = match.start() + (match.group()[0] in "/'‘" and len(match.group()) > 1)
        word = re.sub(r"(?:['’]s|['’]|[.…]+)$", "", text[start : match.end()])
        if word:
            found.append(NameSpan(word, start, start + len(word)))
    return found


def name_spans(text: str) -> list[list[NameSpan]]:
    """Runs of words that are written like names: with capitals, or letters and digits, and versions after them."""
    found: list[list[NameSpan]] = []
    run: list[NameSpan] = []
    end = -1
    for at, token in enumerate(question_tokens(text)):
        low = token.text.lower()
        joined = bool(run) and text[end : token.start] == " "
        name_like = (
            (token.text[:1].isupper() or any(char.isupper() for char in token.text[1:]) or _mixed(token.text))
            and low not in _NO_NAMES
            and "@" not in low
            and not re.match(r"[$€£¥~]?\d[\d.,]*(?:[kmbt]n?|%|x|th|st|nd|rd)?$", low)
            and not (at == 0 and low in STARTERS)
            and not (low in STARTERS and not joined and token.text.istitle() and at == 0)
        )
        continues = joined and (
            (
                re.fullmatch(r"\d+(?:\.\d+)*[a-z]?", low)
                and not _A_YEAR.fullmatch(low)
                and not _SCALED.match(text, token.end)
            )
            or low in VARIANTS
        )
        if name_like or continues:
            if not joined and run:
                found.append(run)
                run = []
            run.append(token)
            end = token.end
        elif run:
            found.append(run)
            run = []
        if run and text[token.end : token.end + 1] not in (" ", ""):
            found.append(run)
            run = []
    if run:
        found.append(run)
    return found


def _mixed(text: str) -> bool:
    return bool(re.search(r"[a-z]", text, re.IGNORECASE) and re.search(r"\d", text))
