"""A fact as a person types it: "Meta compute deal with CoreWeave $21B", understood or answered with what is missing."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b
from urllib.parse import urlsplit

from rapidfuzz import fuzz
from sqlmodel import Session

from answers.language.predicates import similar_predicates, split_statement
from answers.quantity import ParsedQuantity, QuantityError, parse_quantity
from answers.understand.name_matching import resolve_name
from chat.errors import UserError
from chat.reply import Action
from chat.request import Request
from gazetteer.spelling import fold, squash, tidy
from handlers.arguments.subject import SHOWN, parse_moment
from models.entity import Entity, entity_from_fact
from models.fact import OPERATOR, PRESS, Fact, FactSource
from models.predicate import PREDICATES, STATUSES, Predicate

EXAMPLE = "/fact add Meta compute deal with CoreWeave $21B source https://example.com/page"

NAME, WORDS = 80, 300
"""Characters of a name, and of a text or a sentence."""

LIKE = 70.0
"""Similarity of letters from which a name may be another one misspelt."""

_LINK = re.compile(r"(?:^|\s)(?:for|of|on|at|:)$")
"""Words between a name and its number."""

ALSO = frozenset({"new", "note", "of", "what", "stage", "approx", "investors", "topic", "stake", "period"})
"""Qualifiers that any statement may carry, besides those that set it apart."""


@dataclass(frozen=True)
class TypedFact:
    """A typed fact, not stored yet, with its source, and the names in it that nobody listed."""

    fact: Fact
    source: FactSource
    new: tuple[str, ...] = ()


def parse_fact(session: Session, request: Request, now: datetime) -> TypedFact:
    """The fact of `/fact add`. Raises UserError with what is missing or wrong, and how to write it."""
    words = tidy(request.option("what"))
    if not words:
        raise UserError("What shall I note?", f"For example: {EXAMPLE}")
    url = parse_address(request.option("source") or _said_source(words), EXAMPLE)
    found = split_statement(words)
    if found is None:
        raise _unknown_predicate(words)
    predicate = found.predicate
    after, qualifiers = _qualifiers(found.after, predicate)
    sure = qualifiers.pop("new", "").lower() in ("yes", "true")
    new: list[str] = []
    other: Entity | None = None
    if found.inverse:
        after, amount = _parted(session, after, predicate)
        subject, other = _entity(session, after, new, sure), _entity(session, found.before, new, sure)
        text = ""
    else:
        subject = _entity(session, found.before, new, sure)
        name, amount = _parted(session, after, predicate) if predicate.object or predicate.unit else ("", None)
        other = _entity(session, name, new, sure) if name and predicate.object else None
        text = after if not (predicate.object or predicate.unit) else name if not predicate.object else ""
    if other is None and amount is None and not text and not request.option("starts"):
        raise UserError(
            f"What {predicate.phrase}? The words after “{predicate.phrase}” are missing.", f"For example: {EXAMPLE}"
        )
    if len(text) > WORDS or len(request.option("quote")) > WORDS * 2:
        raise UserError("That is too long.", f"A text may have {WORDS} characters, a sentence {WORDS * 2}.")
    if amount and amount.token_type:
        qualifiers = {"token_type": amount.token_type, **qualifiers}
    said = _said(request, now)
    fact = Fact(
        key=_key(request, now, words),
        subject_id=subject.id or 0,
        predicate=predicate.name,
        object_id=other.id if other else None,
        value=amount.value if amount else None,
        high=amount.high if amount else None,
        op=amount.op if amount else "",
        unit=amount.unit if amount else "",
        text=text,
        qualifiers=qualifiers,
        valid_from=_period(request.option("starts"), "starts"),
        valid_to=_period(request.option("ends"), "ends"),
        said_on=said,
        recorded_at=now,
        status=_status(request.option("status")),
        origin=OPERATOR,
    )
    if fact.valid_to and fact.valid_from > fact.valid_to:
        raise UserError(f"It can't end ({fact.valid_to}) before it starts ({fact.valid_from}).")
    source = FactSource(fact_id=0, url=url, quote=tidy(request.option("quote")), said_on=said, tier=PRESS)
    return TypedFact(fact, source, tuple(new))


def parse_address(words: str, example: str) -> str:
    """An http address. Raises UserError for none, and for what is none."""
    try:
        parts = urlsplit(words)
        good = parts.scheme.lower() in ("http", "https") and bool(parts.hostname) and len(words) <= 2000
    except ValueError:
        good = False
    if good and not any(char.isspace() for char in words):
        return words
    if not words:
        raise UserError("Which page says so? Every fact here has a source: an address.", f"For example: {example}")
    raise UserError(f"“{words[:SHOWN]}” is no address of a page.", "Write it like https://example.com/page")


def _said_source(words: str) -> str:
    """What was given as a source and is no address: only addresses are taken out of the words."""
    before, given, after = words.rpartition(" source ")
    return after if given and before and " " not in after else ""


def _entity(session: Session, words: str, new: list[str], sure: bool) -> Entity:
    """The entity of a typed name, exactly; one that nobody lists is new when it is `sure` or like no other.

    Raises UserError with the near ones when it may be misspelt.
    """
    said = words.strip().strip("\"'“”,;:")
    if not said:
        raise UserError("Of whom? A name is missing.", f"For example: {EXAMPLE}")
    if len(said) > NAME:
        raise UserError(f"“{said[:SHOWN]}…” is too long for a name.", f"For example: {EXAMPLE}")
    found = resolve_name(session, said)
    if found.entity and found.sure:
        return found.entity
    close = [found.entity] if found.entity else found.near[:4]
    close = [one for one in close if fuzz.ratio(fold(said), fold(one.name)) >= LIKE]
    if close and not sure:
        names = " or ".join(one.name for one in close)
        raise UserError(
            f"I know nobody called exactly “{said[:SHOWN]}”.",
            f"Did you mean {names}? Write the name so; or add new=yes to the words if it is somebody new.",
        )
    return _told(session, said, new)


def _parted(session: Session, words: str, predicate: Predicate) -> tuple[str, ParsedQuantity | None]:
    """A name and the number after it: the longest name that is known, else all up to the number."""
    if not words:
        return "", None
    parts = words.split()
    if not predicate.unit:
        return words, None
    reason = ""
    for size in range(len(parts), -1, -1):
        name, rest = " ".join(parts[:size]), " ".join(parts[size:])
        if not rest:
            known = resolve_name(session, name)
            if predicate.object and known.entity and known.sure:
                return name, None
            continue
        try:
            amount = parse_quantity(rest.removeprefix("for ").removeprefix("of ").removeprefix("on "), predicate.unit)
        except QuantityError as error:
            # What begins with a digit or a sign was meant as a number: its mistake is the one to tell.
            reason = str(error) if rest[0].isdigit() or rest[0] in "$€£¥~<>" else reason
            continue
        # "3" alone, or "21B" of "$21B for 21B": take the longest rest that reads as a number.
        longer = " ".join(parts[size - 1 :]) if size else ""
        if longer:
            try:
                parse_quantity(longer, predicate.unit)
                continue
            except QuantityError:
                pass
        if not predicate.believable(amount.value):
            raise UserError(
                f"“{rest[:SHOWN]}” is no believable {predicate.phrase}.",
                "See whether a scale (K, M, B) is missing or too much.",
            )
        return _LINK.sub("", name), amount
    if reason or not predicate.object:
        raise UserError(
            reason or f"“{words[:SHOWN]}” holds no number.", f"{predicate.phrase} is a number: {_sample(predicate)}."
        )
    return words, None


def _sample(predicate: Predicate) -> str:
    samples = {"money": "$21B or 2.5 EUR", "tokens": "400K tokens", "parameters": "70B", "power": "5 GW", "%": "12%"}
    return samples.get(predicate.unit, f"12 {predicate.unit}")


def _qualifiers(words: str, predicate: Predicate) -> tuple[str, dict[str, str]]:
    """The words without their `name=value` parts, and those. A value goes on to the next such part."""
    rest: list[str] = []
    found: dict[str, list[str]] = {}
    current = ""
    for word in words.split():
        name, given, value = word.partition("=")
        if given and name.isidentifier():
            if name not in (*predicate.separators, *ALSO):
                known = ", ".join((*predicate.separators, *sorted(ALSO)))
                raise UserError(f"“{name[:SHOWN]}” is nothing that {predicate.name} can say.", f"It knows: {known}.")
            current = name
            found[name] = [value] if value else []
        elif current:
            found[current].append(word)
        else:
            rest.append(word)
    return " ".join(rest), {name: " ".join(values)[:NAME] for name, values in found.items() if values}


def _unknown_predicate(words: str) -> UserError:
    """Of which kind the fact may be, by the words that stand in the sentence."""
    parts = words.split()
    close = list(
        dict.fromkeys(
            one.name
            for size in (2, 1)
            for at in range(1, len(parts))
            for one in similar_predicates(" ".join(parts[at : at + size]), 1)
        )
    )[:4]
    step = f"Did you mean {' or '.join(close)}? " if close else ""
    kinds = ", ".join(name for name in PREDICATES if name != "trend_spike")
    return UserError(
        f"I find no kind of fact in “{words[:SHOWN]}”.",
        f"{step}Write subject, kind, value: {EXAMPLE}. Kinds: {kinds}.",
        (Action("How", "/help fact"),),
    )


def _said(request: Request, now: datetime) -> date:
    words = request.option("said")
    return (parse_moment(words, now) - timedelta(microseconds=1)).date() if words else now.astimezone(UTC).date()


def _period(words: str, name: str) -> str:
    """A date as far as it is known. Raises UserError."""
    said = words.strip()
    filled = said + "-01-01"[len(said) - 4 :] if len(said) in (4, 7) else said
    try:
        if said:
            date.fromisoformat(filled)
    except ValueError:
        raise UserError(f"“{words[:SHOWN]}” is no date for `{name}`.", "Write 2027, 2027-03 or 2027-03-31.") from None
    if said and len(filled) != 10:
        raise UserError(f"“{words[:SHOWN]}” is no date for `{name}`.", "Write 2027, 2027-03 or 2027-03-31.")
    return said


def _status(words: str) -> str:
    said = words.strip().lower() or "reported"
    if said not in STATUSES:
        raise UserError(f"“{words[:SHOWN]}” is no status.", f"One of: {', '.join(STATUSES)}.")
    return said


def _key(request: Request, now: datetime, words: str) -> str:
    """A key of its own for each statement that is typed."""
    typed = "\0".join((request.place.platform, request.author, now.isoformat(), words))
    return f"person/{blake2b(typed.encode(), digest_size=12).hexdigest()}"


def _told(session: Session, name: str, new: list[str]) -> Entity:
    """A name that nobody lists: noted as told of, neither linked nor counted."""
    entity = entity_from_fact(session, squash(name), name, fold(name), "product")
    new.append(entity.name)
    return entity
