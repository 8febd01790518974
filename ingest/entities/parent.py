"""Guesses the maker of a new name from the texts that mention it: "Meta's Muse Spark", "Muse Spark by Meta". Pure."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from gazetteer.spelling import squash
from ingest.entities.linker import Match

MAKERS = frozenset(["company", "lab"])

OWNED_POINTS, MADE_POINTS, NEAR_POINTS = 4, 3, 1
"""Points for "Meta's Muse Spark" or "Muse Spark by Meta", for "Meta launches Muse Spark", and for one sentence with
both."""

MIN_POINTS = 3
"""A maker is accepted from this many points, and ..."""

MIN_SHARE = 0.3
"""... from this share of the points it would have if every text stated the ownership."""

_BEFORE = re.compile(r"(?:['’]s?|:)? (?:new |latest |upcoming |own |flagship |first |open |proprietary )*$|: $")
_AFTER = re.compile(r"^[\"”’']?,? ?(?:\([^)]{0,20}\) )?(?:from|by|of|developed by|made by|built by|,) (?:the )?$|^ \($")
_MAKES = re.compile(
    r"(?i)\b(?:launch|releas|introduc|announc|unveil|debut|open[- ]?sourc|drop|ship|roll|present|publish|build|built"
    r"|made|call|nam|发布|推出|开源)"
)
_SENTENCE = re.compile(r"[.!?。！？](?=\s|$)|\n")


_PARTS = re.compile(r"[^\W\d_]+|\d[\d.·]*")
_JOINTS = re.compile(r"[ \-]")


def family_of(text: str, families: Collection[str]) -> str:
    """The longest listed family that a name begins with, "" for none: "Qwen9-Coder" -> "qwen"."""
    fronts = {squash(text[: match.start()]) for match in _JOINTS.finditer(text)}
    key = squash(text)
    fronts |= {key[: match.end()] for match in _PARTS.finditer(key)} - {key}
    return max((front for front in fronts if front in families), key=len, default="")


def maker_of(
    texts: Iterable[tuple[str, Sequence[Match]]], spellings: Sequence[str], kinds: Mapping[int, str]
) -> int | None:
    """The company or lab that makes the thing known by `spellings`; None when the texts don't say so clearly.

    `texts` are tidy, each with the listed names in it; `kinds` are the kinds of the listed entities.
    """
    points: Counter[int] = Counter()
    text_count = 0
    for text, places in texts:
        text_count += 1
        best: dict[int, int] = {}
        makers = [place for place in places if kinds.get(place.entity_id) in MAKERS]
        for start, end in _occurrences(text, spellings):
            for place in makers:
                score = _points(text, start, end, place)
                best[place.entity_id] = max(best.get(place.entity_id, 0), score)
        points.update({entity: score for entity, score in best.items() if score})
    if not points:
        return None
    (entity, most), *others = points.most_common(2)
    clear = not others or most > others[0][1]
    return entity if most >= MIN_POINTS and most >= MIN_SHARE * OWNED_POINTS * min(text_count, 10) and clear else None


def _occurrences(text: str, spellings: Sequence[str]) -> list[tuple[int, int]]:
    return [
        (match.start(), match.end())
        for spelling in spellings
        for match in re.finditer(rf"(?<!\w){re.escape(spelling)}(?![\w])", text)
    ][:5]


def _points(text: str, start: int, end: int, place: Match) -> int:
    if place.end <= start:
        between = text[place.end : start]
        if _BEFORE.fullmatch(between):
            return OWNED_POINTS
        if len(between) > 150 or _SENTENCE.search(between):
            return 0
        return MADE_POINTS if _MAKES.search(between) else NEAR_POINTS
    if place.start >= end:
        between = text[end : place.start]
        if _AFTER.match(between):
            return OWNED_POINTS
        return NEAR_POINTS if len(between) < 100 and not _SENTENCE.search(between) else 0
    return 0
