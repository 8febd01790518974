"""Checks that a text of a language model is grounded: it says what the evidence says, and no less than the draft. Pure.

Every number, date and name must be in the evidence; a number must be in the same passage as the name that it is about;
no figure and no doubt of the draft may be lost. Links are never accepted. A rejected text costs nothing: the draft is
shown instead.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from gazetteer.spelling import fold, tidy

MAX_CHARS = 700
"""Characters of a text; a longer one is no answer for a chat."""

MAX_NAME_WORDS = 5
"""Words of the longest name that is searched for in lower case."""

_SCALES = {
    **dict.fromkeys(("k", "thousand"), 1e3),
    **dict.fromkeys(("m", "mn", "million"), 1e6),
    **dict.fromkeys(("b", "bn", "billion"), 1e9),
    **dict.fromkeys(("t", "tn", "trillion"), 1e12),
}
_WORDS = {
    **{
        word: float(value)
        for value, word in enumerate(
            "two three four five six seven eight nine ten eleven twelve".split(),  # noqa: SIM905 - read as words
            2,
        )
    },
    **{
        word: float(value)
        for value, word in zip(
            range(20, 100, 10),
            "twenty thirty forty fifty sixty seventy eighty ninety".split(),  # noqa: SIM905 - read as words
            strict=True,
        )
    },
    "hundred": 100.0,
}
_VAGUE = re.compile(
    r"\b(?:half|halved|double[sd]?|doubling|twice|triple[sd]?|thrice|quadrupled?|dozens?|hundreds|thousands|millions|"
    r"billions|trillions|majority|minority|most|all|none|first|last|only|largest|biggest|smallest|fastest|best|worst)\b",
    re.IGNORECASE,
)
"""Quantities without digits, and superlatives: they must be in the evidence word for word."""

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)\.?"
)
_DATE = re.compile(
    rf"(?P<iso>\b(?:19|20)\d\d-\d\d(?:-\d\d)?\b)"
    rf"|\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<month>{_MONTH})(?:,?\s+(?P<year>(?:19|20)\d\d))?\b"
    rf"|\b(?P<month2>{_MONTH})\s+(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s+(?P<year2>(?:19|20)\d\d))?\b"
    rf"|\b(?P<month3>{_MONTH}),?\s+(?P<year3>(?:19|20)\d\d)\b"
    rf"|\b(?P<quarter>Q[1-4])\s+(?P<year4>(?:19|20)\d\d)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"(?<![\w.])(?P<sign>[$€£¥₩₹]|US\$|CN¥)?\s?(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?:\s?-?(?P<scale>k|m|mn|million|b|bn|billion|t|tn|trillion|thousand)\b)?"
    r"(?P<percent>\s?(?:%|percent\b|per cent\b))?",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+(?:[.\-'’&+/][^\W_]+)*\+*")
_LINK = re.compile(r"https?:|www\.|\w://|\]\(|<[^>\s]+[|>]", re.IGNORECASE)
_DOMAIN = re.compile(r"\b[\w-]+\.(?:com|org|net|io|ai|dev|co|cn|app|me|ly|xyz)\b", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+")
_CASELESS = re.compile(r"[\u0590-\u08ff\u0900-\u0fff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
_NO = re.compile(r"\b(?:not|no|never|neither|nor|without|denie[sd]|deny|refuse[sd]?|cannot)\b|n['’]t\b", re.IGNORECASE)
_DOUBT = {
    "rumour": re.compile(r"rumou?r", re.IGNORECASE),
    "report": re.compile(r"report|\bsaid\b|\bsays\b|accord", re.IGNORECASE),
    "plan": re.compile(r"plan|intend|expect|\bwill\b|to come", re.IGNORECASE),
    "dispute": re.compile(r"disput|disagree|contradict|differ|while|whereas|\bbut\b", re.IGNORECASE),
}
"""Words by which a draft marks a doubt, and expressions that keep it."""

_OPENERS = frozenset(
    """
    a about according additionally after all also although an and another as at both but by compared currently despite
    during each earlier even for from further here however if in instead it its later meanwhile moreover neither no
    not of on one other others overall previously similarly since so that the their then there these they this those
    though thus to together under until when where whereas which while with yes
    """.split()  # noqa: SIM905 - a list of words is read as words
)
"""Words that open a sentence with a capital and are no name."""


@dataclass(frozen=True)
class _Claims:
    """What can be checked in a text; each with its offset in characters."""

    numbers: tuple[tuple[int, str, float], ...]
    """(offset, "$" or "%" or "", value)"""
    dates: tuple[tuple[int, str], ...]
    """(offset, "2026-04-08", "2026-04", "--04-08" or "2026-Q2")"""
    names: tuple[tuple[int, str], ...]
    """(offset, folded)"""


def objections(text: str, evidence: Sequence[str], draft: str, listed: Collection[str] = ()) -> list[str]:
    """The reasons against showing a text instead of the draft; an empty list means that it may be shown.

    `evidence` are the passages that the answer cites. `listed` are folded spellings of known names, which count as
    names in lower case too. Each objection is a few words for the log.
    """
    clean = tidy(text)
    if not clean or len(clean) > MAX_CHARS:
        return ["is empty" if not clean else f"is longer than {MAX_CHARS} characters"]
    if _LINK.search(clean) or _DOMAIN.search(_without(clean, draft)):
        return ["holds an address"]
    passages = [tidy(one) for one in (*evidence, draft)]
    folded = [fold(one) for one in passages]
    passage_claims = [_claims(one, listed) for one in passages]
    found = []
    for sentence in _SENTENCE.split(text):
        claims = _claims(tidy(sentence), listed)
        found += [f"“{name}” is not in the evidence" for _, name in claims.names if not _holds(folded, name)]
        found += [
            f"the date {when} is not in the evidence"
            for _, when in claims.dates
            if not any(_dated(when, other) for one in passage_claims for _, other in one.dates)
        ]
        found += _figures(claims, folded, passage_claims)
    for word in _VAGUE.findall(clean):
        if not _holds(folded, fold(word)):
            found.append(f"“{word}” is not in the evidence")
    return found + _lost(clean, tidy(draft), listed)


def _figures(claims: _Claims, folded: Sequence[str], passage_claims: Sequence[_Claims]) -> list[str]:
    """Objections to the numbers of a sentence: in no passage, or in none that mentions the name they are about."""
    found = []
    for offset, sign, value in claims.numbers:
        holding = [index for index, one in enumerate(passage_claims) if _has(one, sign, value)]
        if not holding:
            found.append(f"the number {sign}{value:g} is not in the evidence")
            continue
        before = [name for at, name in claims.names if at < offset]
        nearest = before[-1] if before else next((name for _, name in claims.names), "")
        if nearest and not any(_holds([folded[index]], nearest) for index in holding):
            found.append(f"the number {sign}{value:g} is not said of “{nearest}”")
    return found


def _lost(clean: str, draft: str, listed: Collection[str]) -> list[str]:
    """Objections to what is lost from the draft: figures, a negation, a doubt."""
    mine, theirs = _claims(clean, listed), _claims(draft, listed)
    found = [
        f"leaves out the number {sign}{value:g}" for _, sign, value in theirs.numbers if not _has(mine, sign, value)
    ]
    if bool(_NO.search(clean)) != bool(_NO.search(draft)):
        found.append("says no where the draft does not, or the other way round")
    found += [
        f"leaves out a doubt ({name})"
        for name, words in _DOUBT.items()
        if name in fold(draft) and not words.search(clean)
    ]
    return found


def _claims(text: str, listed: Collection[str]) -> _Claims:
    """The numbers, dates and names of a tidy text."""
    dates = []
    rest = text
    for match in _DATE.finditer(text):
        dates.append((match.start(), _iso(match)))
        rest = _blank(rest, match.start(), match.end())
    names = list(_names(rest, listed))
    numbers = []
    for at, name in names:
        # A number inside a name ("GPT-5.4") is part of it.
        if any(char.isdigit() for char in name):
            rest = _blank(rest, at, at + len(name))
    for match in _NUMBER.finditer(rest):
        value = float(match["digits"].replace(",", ""))
        scale = (match["scale"] or "").lower()
        sign = "%" if match["percent"] else (match["sign"] or "").upper().removeprefix("US").removeprefix("CN")
        if not sign and not scale and match["digits"].isdigit() and len(match["digits"]) == 4 and 1990 <= value < 2100:
            dates.append((match.start(), match["digits"]))
            continue
        numbers.append((match.start(), sign, value * _SCALES.get(scale, 1.0)))
    for match in _WORD.finditer(rest):
        for word in fold(match[0]).split("-"):
            if word in _WORDS:
                numbers.append((match.start(), "", _WORDS[word]))
    return _Claims(tuple(sorted(numbers)), tuple(sorted(dates)), tuple(sorted(names)))


def _iso(match: re.Match[str]) -> str:
    if match["iso"]:
        return match["iso"]
    year = match["year"] or match["year2"] or match["year3"] or match["year4"] or "-"
    if match["quarter"]:
        return f"{year}-{match['quarter'].upper()}"
    month = _MONTHS.index((match["month"] or match["month2"] or match["month3"])[:3].lower()) + 1
    day = match["day"] or match["day2"]
    return f"{year}-{month:02}" + (f"-{int(day):02}" if day else "")


def _dated(when: str, other: str) -> bool:
    """Whether the evidence holds a date, at least as precisely."""
    if when.startswith("-"):
        return other[4:] == when[1:] or other == when  # a day without its year
    if "Q" in when and len(other) >= 7 and "Q" not in other:
        return other[:4] == when[:4] and (int(other[5:7]) + 2) // 3 == int(when[-1])
    return other == when or other.startswith(f"{when}-")


def _names(text: str, listed: Collection[str]) -> Iterator[tuple[int, str]]:
    """The names in a text, folded: runs of words with capitals or digits, and listed spellings in any case."""
    run: list[re.Match[str]] = []
    start = True
    end = 0
    for match in _WORD.finditer(text):
        between = text[end : match.start()]
        if between.strip() or (run and run[-1][0].endswith(("'s", "’s"))):
            yield from _run(run)
            run = []
        start = start or bool(re.search(r"[.!?;:]", between))
        word = match[0]
        if _named(word) and not (start and fold(word) in _OPENERS):
            run.append(match)
        else:
            yield from _run(run)
            run = []
        start, end = False, match.end()
    yield from _run(run)
    for match in _CASELESS.finditer(text):
        yield match.start(), match[0]
    if listed:
        words = [(match.start(), _plain(match[0])) for match in _WORD.finditer(text)]
        for index, (offset, _) in enumerate(words):
            for size in range(1, MAX_NAME_WORDS + 1):
                spelling = " ".join(word for _, word in words[index : index + size])
                if spelling in listed and spelling not in _OPENERS:
                    yield offset, spelling


def _run(run: Sequence[re.Match[str]]) -> Iterator[tuple[int, str]]:
    if run:
        yield run[0].start(), " ".join(_plain(match[0]) for match in run)


def _plain(word: str) -> str:
    return fold(word).removesuffix("'s").removesuffix("’s")


def _named(word: str) -> bool:
    """Whether a word is written like a name: with a capital, or letters and digits; a scaled number ("21B") is not."""
    letters = any(char.isalpha() for char in word)
    if not letters or re.fullmatch(r"\d[\d.,]*(?:[kKmMbBtT]|bn|mn|tn|st|nd|rd|th|x)", word):
        return False
    return any(char.isupper() for char in word) or any(char.isdigit() for char in word)


def _holds(folded: Sequence[str], name: str) -> bool:
    """Whether one of the passages holds a name as whole words."""
    pattern = re.compile(rf"(?<![^\W_]){re.escape(name)}(?![^\W_])") if not _CASELESS.search(name) else None
    return any(pattern.search(one) if pattern else name in one for one in folded)


def _has(claims: _Claims, sign: str, value: float) -> bool:
    return any(
        other == sign and abs(number - value) <= 1e-9 * max(abs(value), 1.0) for _, other, number in claims.numbers
    )


def _blank(text: str, start: int, end: int) -> str:
    return text[:start] + " " * (end - start) + text[end:]


def _without(text: str, draft: str) -> str:
    """The text without names of the draft that look like domains: "Character.AI", "x.ai"."""
    words = {fold(match[0]) for match in _WORD.finditer(draft)}
    return _WORD.sub(lambda match: "" if fold(match[0]) in words else match[0], text)
