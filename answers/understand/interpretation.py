"""A message becomes an Interpretation: what it wants, of whom, of what, and of which time.

    message -> parts -> time -> names -> predicate -> intent -> what the conversation before adds

Only what a message leaves out is taken from before it: a pronoun without a name, or a message that is hardly more than
a name, a time or a predicate ("and OpenAI?", "in May?", "just the price").
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from rapidfuzz import fuzz
from sqlmodel import Session

from answers.language.cues import chat_predicate
from answers.language.time_range import EVER, Period
from answers.understand.entities import correct_spelling, find_names
from answers.understand.intent import CHANGING, NAME, PREDICATE, TIME, Intent, guess, tokens
from answers.understand.message_time import MessageTime, message_time
from answers.understand.name_matching import resolve_exactly, resolve_name
from answers.understand.question import STOP, QuestionName
from gazetteer.words import words
from models.entity import Entity
from models.full_text import frequencies

BEFORE_CHANGING = 0.75
"""Probability from which a message is taken for a wish to change something."""

SURE = 0.45
"""Probability from which an intent is believed; below it a message that names nobody is asked what it means."""

ALIKE = 75.0
"""Similarity (0 to 100) from which a word may be a slip of a name."""

COMMON_WORD, RARER = 50, 100
"""Articles with a word from which it is no slip; and how many times as many must hold what it is a slip of."""

_PARTS = re.compile(
    r"(?:\s+and|,|;|\s+->)\s+(?=(?:if so|tell (?:me|us)|show|what|whats|what's|why|when|who|how|is it|did they|give me)\b)"
)
"""Where a message goes on with another request."""

_PRONOUN = re.compile(
    r"\b(?:it|its|they|them|their|that one|this one|that|this|those|the (?:company|lab|model|startup|first|second|third|last) ?(?:one)?)\b",
    re.IGNORECASE,
)
_AGREES = re.compile(
    r"^(?:yes|yep|yeah|yup|sure|do it|do that|please do|go ahead|ok do it|sounds good)\b", re.IGNORECASE
)
_OFFER = re.compile(r"\b(?:shall I|should I|do you want me to|watch it)\b", re.IGNORECASE)
_ORDINAL = re.compile(
    r"\b(?:the )?(?P<which>first|second|third|fourth|fifth|last|1st|2nd|3rd)(?: one)?\b", re.IGNORECASE
)
_LISTED = re.compile(r"(?:^|\s)\d+\. (?P<item>.*?)(?= \d+\. |\s*\(|$)")
_ALSO_VERSION = re.compile(
    r"(?P<base>[A-Za-z][\w .-]*?[ -]?)(?P<first>\d+(?:\.\d+)*)\W+(?:and|vs\.?|or|to|,)\s+(?P<second>\d+(?:\.\d+)+)\b"
)
_CLOCK = re.compile(r"\d{1,2}(?::\d\d)? ?(?:am|pm|h|uhr)?", re.IGNORECASE)
_ARTICLE = re.compile(r"\b(?:a|for|for a) $", re.IGNORECASE)

_EMPTY = frozenset(
    [
        "and",
        "or",
        "what",
        "about",
        "how",
        "ok",
        "the",
        "a",
        "an",
        "for",
        "in",
        "on",
        "of",
        "to",
        "too",
        "also",
        "same",
        "now",
        "just",
        "only",
        "please",
        "with",
        "is",
        "are",
        "did",
        "does",
        "do",
        "it",
        "its",
        "that",
        "they",
        "them",
        "then",
        "so",
        "why",
        "?",
        "right",
        "as",
        "well",
        "instead",
        "again",
        "there",
    ]
)
"""Words that add nothing to what was said before."""

NEEDS_NAME = (Intent.TREND, Intent.WHY, Intent.FACTS, Intent.WATCH_REMOVE)
"""Intents that mean nothing without a name."""


@dataclass(frozen=True)
class Interpretation:
    """A message as it was understood."""

    text: str
    intent: Intent
    names: tuple[QuestionName, ...] = ()
    predicate: str = ""
    """One of models.predicate, "" for none."""
    period: Period = EVER
    probability: float = 1.0
    second: Intent = Intent.CLARIFY
    """The likeliest intent but one."""
    inherited: bool = False
    """Whether names, intent or predicate were taken from what was said before."""
    parts: tuple["Interpretation", ...] = ()
    """All requests of a message that makes several, this one first."""


def interpret_message(
    session: Session, text: str, today: date, total: int, context: Sequence[tuple[str, str]] = ()
) -> Interpretation:
    """What a message means after earlier ones of its conversation, each (message, reply), oldest first.

    `total`: articles in the full-text index. Never raises for whatever text.
    """
    # Half a pair of code units is no text, and no store takes it.
    text = text.encode("utf-8", "ignore").decode().replace("\x00", " ")
    last: Interpretation | None = None
    told = ""
    if context:
        *earlier, (asked, told) = context[-3:]
        last = interpret_message(session, asked, today, total, earlier) if asked else None
    pieces = [piece for piece in _PARTS.split(" ".join(text.split())) if piece.strip()]
    first = _read(session, " ".join(text.split()), today, total, last, told)
    if len(pieces) < 2:
        return first
    parts = [_read(session, piece, today, total, last, told) for piece in pieces[:3]]
    parts = [one for one in parts if one.intent is not Intent.SMALLTALK] or parts[:1]
    named = next((one.names for one in parts if one.names), ())
    parts = [one if one.names else replace(one, names=named) for one in parts]
    if first.intent is Intent.SMALLTALK or (first.intent in CHANGING and parts[0].intent not in CHANGING):
        # "Pause for a second, what happened with …": the request is in what follows.
        return parts[0]
    if len({(one.intent, one.predicate) for one in parts}) < 2 or min(one.probability for one in parts) < SURE:
        return first
    return replace(parts[0], parts=tuple(parts))


def _read(
    session: Session, text: str, today: date, total: int, last: Interpretation | None, told: str
) -> Interpretation:
    spelt = correct_spelling(session, text)
    when = message_time(spelt, today)
    names = _names(session, when.rest or spelt, total)
    masked, predicate = _masked(spelt, when, names)
    rated = guess(masked)
    found = Interpretation(text, rated.intent, tuple(names), predicate, when.period, rated.probability, rated.second)
    bare = [word for word in tokens(_outlined(masked)) if word not in _EMPTY and word not in (NAME, TIME, PREDICATE)]
    if last is not None or told:
        found = _continued(session, found, last or Interpretation("", Intent.SMALLTALK), told, bare, total)
    return _settled(found, bare)


def _names(session: Session, text: str, total: int) -> list[QuestionName]:
    """The names in a message: those of a question without everyday words that look like some, and with slips mended."""
    found = []
    for one in find_names(session, text, total):
        name = _narrowed(session, one)
        typed = name.typed or name.text
        low = typed.lower()
        at = text.lower().find(low)
        everyday = all(word in STOP or word in _COMMON for word in low.split())
        article = at > 0 and typed.islower() and len(typed) <= 4 and bool(_ARTICLE.search(text[:at]))
        if everyday or article or _CLOCK.fullmatch(typed) or (name.id is None and typed.islower() and not name.known):
            continue
        found.append(name)
    taken = {word for name in found for word in (name.typed or name.text).lower().split()}
    found += _slips(session, text, taken)
    if match := _ALSO_VERSION.search(text):
        near = [name for name in found if (name.typed or name.text).lower().endswith(match["first"])]
        base = (near[0].text if near else match["base"]).removesuffix(match["first"]).rstrip()
        other = resolve_exactly(session, f"{base} {match['second']}") if near else None
        if other is not None and all(name.id != other.id for name in found):
            found.append(
                QuestionName(other.name, (tuple(words(other.name)),), other.kind, other.id, typed=match["second"])
            )
    return found


def _narrowed(session: Session, name: QuestionName) -> QuestionName:
    """The listed name that ends what was taken for a longer one: "moda claude code" is Claude Code."""
    parts = (name.typed or name.text).split() if name.id is None else []
    for start in range(1, len(parts)):
        entity = resolve_exactly(session, " ".join(parts[start:]))
        if entity is not None:
            said = " ".join(parts[start:])
            return QuestionName(entity.name, (tuple(words(entity.name)),), entity.kind, entity.id, typed=said)
    return name


_COMMON = frozenset(
    [
        "trending",
        "trend",
        "trends",
        "spike",
        "spikes",
        "spiking",
        "hot",
        "channel",
        "off",
        "on",
        "list",
        "alert",
        "alerts",
        "digest",
        "summary",
        "watch",
        "watches",
        "mute",
        "pause",
        "status",
        "news",
        "bot",
        "feed",
        "feeds",
        "source",
        "sources",
        "help",
        "compare",
        "timeline",
        "facts",
        "why",
        "sec",
        "min",
        "minute",
        "hour",
        "daily",
        "weekly",
        "briefing",
        "roundup",
        "case",
        "deal",
        "mentions",
        "normal",
        "buzz",
        "hype",
        "top",
        "ten",
        "everyone",
        "people",
        "anything",
        "thing",
        "stuff",
        "moda",
        "tendencia",
        "did",
        "i",
        "miss",
    ]
)
"""Words of commands and chats, which some product is called by too."""


def _slips(session: Session, text: str, taken: set[str]) -> list[QuestionName]:
    """Listed names that a message misspells: words that no article has, and that one name is clearly meant by."""
    low = [word for word in re.findall(r"[a-z][a-z.-]{3,}", text.lower()) if word not in taken and word not in STOP]
    low = [word for word in low if word not in _COMMON]
    counts = frequencies(session, [one for word in low for one in words(word)])
    found = []
    for word in low:
        often = max((counts.get(one, 0) for one in words(word)), default=0)
        entity = resolve_exactly(session, word.removesuffix("s")) if word.endswith("s") else None
        if entity is None and len(word) > 4 and often <= COMMON_WORD:
            entity = _likeliest(session, word, often)
        if entity is not None:
            found.append(QuestionName(entity.name, (tuple(words(entity.name)),), entity.kind, entity.id, typed=word))
    return found


def _likeliest(session: Session, word: str, often: int) -> Entity | None:
    """Whom a misspelt word means: the one most written about of those that are spelt much like it."""
    resolved = resolve_name(session, word)
    near = [resolved.entity] if resolved.entity is not None else list(resolved.near[:3])
    near = [one for one in near if fuzz.ratio(word, one.name.lower()) >= ALIKE]
    counts = {one.id: max(frequencies(session, words(one.name)).values(), default=0) for one in near}
    best = max(near, key=lambda one: counts[one.id], default=None)
    return best if best is not None and counts[best.id] >= max(often * RARER, 1) else None


def _masked(text: str, when: MessageTime, names: Sequence[QuestionName]) -> tuple[str, str]:
    """The message with marks for its names, its time and its predicate; and the predicate."""
    masked = text
    for name in sorted(names, key=lambda one: -len(one.typed or one.text)):
        masked = re.sub(
            rf"(?<!\w){re.escape(name.typed or name.text)}(?:'s|’s)?(?!\w)",
            f" {NAME} ",
            masked,
            count=1,
            flags=re.IGNORECASE,
        )
    if when.words:
        masked = masked.replace(when.words, f" {TIME} ", 1)
    masked = " ".join(masked.split())
    named = chat_predicate(masked)
    return masked, named[0] if named else ""


def _outlined(masked: str) -> str:
    """The same with a mark for the predicate: for seeing whether anything else is said."""
    named = chat_predicate(masked)
    return f"{masked[: named[1][0]]} {PREDICATE} {masked[named[1][1] :]}" if named else masked


def _continued(
    session: Session, now: Interpretation, last: Interpretation, told: str, bare: Sequence[str], total: int
) -> Interpretation:
    """What a message means after another: with what it leaves out."""
    if _AGREES.match(now.text) and _OFFER.search(told):
        return replace(now, intent=Intent.WATCH_ADD, names=last.names, inherited=True, probability=1.0)
    small = last.intent in (Intent.SMALLTALK, Intent.OUT_OF_SCOPE, Intent.HELP, Intent.CLARIFY)
    elliptic = not bare and not small
    if elliptic and (now.names or now.period.bounded or now.predicate):
        names = now.names or last.names
        predicate = now.predicate or last.predicate
        intent = last.intent
        if now.predicate and intent not in (Intent.COMPARE, Intent.FACTS, Intent.ASK):
            intent = Intent.ASK
        period = now.period if now.period.bounded else (last.period if not now.names else EVER)
        return replace(
            now, intent=intent, names=names, predicate=predicate, period=period, inherited=True, probability=1.0
        )
    if now.names or now.intent in (Intent.SPIKES, Intent.STATUS, Intent.SOURCES, Intent.HELP, Intent.SMALLTALK):
        return now
    wanting = _PRONOUN.search(now.text) or now.intent in NEEDS_NAME or (now.intent is Intent.ASK and len(bare) <= 3)
    wanting = wanting or now.intent in (Intent.WATCH_ADD, Intent.WATCH_REMOVE, Intent.WATCH_PAUSE)
    wanting = wanting or (now.intent is Intent.TIMELINE and not now.period.bounded)
    if not wanting:
        return now
    names = _chosen(session, now.text, told, total) or last.names or _told_of(session, told, total)
    return replace(now, names=tuple(names), inherited=bool(names))


def _told_of(session: Session, told: str, total: int) -> tuple[QuestionName, ...]:
    """Whom the bot spoke of first: a listed name before any other."""
    found = find_names(session, told, total)
    return tuple([name for name in found if name.id is not None][:1] or found[:1])


def _chosen(session: Session, text: str, told: str, total: int) -> tuple[QuestionName, ...]:
    """ "The second one" of a list that the bot gave."""
    match = _ORDINAL.search(text)
    items = [one["item"] for one in _LISTED.finditer(told)]
    if match is None or not items:
        return ()
    which = match["which"].lower()
    places = {"first": 0, "1st": 0, "second": 1, "2nd": 1, "third": 2, "3rd": 2, "fourth": 3, "fifth": 4, "last": -1}
    at = places[which]
    return tuple(find_names(session, items[at], total)[:1]) if at < len(items) else ()


def _settled(found: Interpretation, bare: Sequence[str]) -> Interpretation:
    """An intent that fits what was named: no comparison of one name, no trend of nobody."""
    intent, names = found.intent, found.names
    if (
        intent in CHANGING
        and found.probability < BEFORE_CHANGING
        and found.second not in CHANGING
        and not found.inherited
    ):
        intent = found.second
    if intent is Intent.COMPARE and len(names) < 2:
        intent = Intent.CLARIFY if names and not found.predicate else Intent.ASK if names else Intent.CLARIFY
    elif intent is Intent.TREND and not names:
        intent = Intent.SPIKES
    elif intent is Intent.WHY and not names:
        intent = Intent.CLARIFY if found.probability < SURE else intent
    elif intent is Intent.FACTS and not names:
        intent = Intent.ASK
    elif intent is Intent.SPIKES and names:
        intent = Intent.ASK if found.predicate else Intent.TREND
    elif intent is Intent.SMALLTALK and names and len(bare) > 2:
        intent = Intent.ASK
    if found.probability < SURE and not found.inherited and intent not in (Intent.ASK, Intent.CLARIFY):
        if found.predicate and names:
            intent = Intent.ASK
        elif not names and found.probability < SURE / 2:
            intent = Intent.CLARIFY
    return replace(found, intent=intent)
