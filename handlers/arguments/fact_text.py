"""Parses a typed fact, such as "Meta compute deal with CoreWeave $21B", for `/fact add`."""

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
from handlers.wording import alternatives
from models.entity import Entity, entity_from_fact
from models.fact import OPERATOR, PRESS, Fact, FactSource
from models.predicate import PREDICATES, STATUSES, Predicate

EXAMPLE = "/fact add Meta compute deal with CoreWeave $21B source https://example.com/page"

NAME, WORDS = 80, 300
"""Most characters of a name, and of a text; a quoted sentence may have twice as many."""

LIKE = 70.0
"""Spelling similarity (0 to 100) from which an unknown name may be a misspelt known one."""

_LINK = re.compile(r"(?:^|\s)(?:for|of|on|at|:)$")
"""A word that links a name to its number."""

ALSO = frozenset({"new", "note", "of", "what", "stage", "approx", "investors", "topic", "stake", "period"})
"""Qualifiers that any predicate accepts, besides its own separators."""


@dataclass(frozen=True)
class TypedFact:
    """A parsed fact with its source, neither stored yet, and the names in it that are new."""

    fact: Fact
    source: FactSource
    new: tuple[str, ...] = ()


def parse_fact(session: Session, request: Request, now: datetime) -> TypedFact:
    """Parses `/fact add`. Raises UserError that says what is missing or wrong, and how to write it."""
    words = tidy(request.option("what"))
    if not words:
        raise UserError("Which fact should I add?", f"For example: {EXAMPLE}")
    url = parse_address(request.option("source") or _source_word(words), EXAMPLE)
    statement = split_statement(words)
    if statement is None:
        raise _unknown_predicate(words)
    predicate = statement.predicate
    after, qualifiers = _qualifiers(statement.after, predicate)
    is_new = qualifiers.pop("new", "").lower() in ("yes", "true")
    new: list[str] = []
    other: Entity | None = None
    if statement.inverse:
        after, amount = _split_amount(session, after, predicate)
        subject, other = _entity(session, after, new, is_new), _entity(session, statement.before, new, is_new)
        text = ""
    else:
        subject = _entity(session, statement.before, new, is_new)
        name, amount = _split_amount(session, after, predicate) if predicate.object or predicate.unit else ("", None)
        other = _entity(session, name, new, is_new) if name and predicate.object else None
        text = after if not (predicate.object or predicate.unit) else name if not predicate.object else ""
    if other is None and amount is None and not text and not request.option("starts"):
        raise UserError(f"Something is missing after “{predicate.phrase}”.", f"For example: {EXAMPLE}")
    if len(text) > WORDS or len(request.option("quote")) > WORDS * 2:
        raise UserError("That is too long.", f"A text can have {WORDS} characters, a quote {WORDS * 2}.")
    if amount and amount.token_type:
        qualifiers = {"token_type": amount.token_type, **qualifiers}
    said_on = _parse_said_on(request, now)
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
        said_on=said_on,
        recorded_at=now,
        status=_status(request.option("status")),
        origin=OPERATOR,
    )
    if fact.valid_to and fact.valid_from > fact.valid_to:
        raise UserError(
            f"The end ({fact.valid_to}) is before the start ({fact.valid_from}).", "Check `starts` and `ends`."
        )
    source = FactSource(fact_id=0, url=url, quote=tidy(request.option("quote")), said_on=said_on, tier=PRESS)
    return TypedFact(fact, source, tuple(new))


def parse_address(words: str, example: str) -> str:
    """Checks that a text is an http(s) URL and returns it. Raises UserError otherwise."""
    try:
        parts = urlsplit(words)
        valid = parts.scheme.lower() in ("http", "https") and bool(parts.hostname) and len(words) <= 2000
    except ValueError:
        valid = False
    if valid and not any(char.isspace() for char in words):
        return words
    if not words:
        raise UserError("Which page says so? Every fact needs the address of its source.", f"For example: {example}")
    raise UserError(f"“{words[:SHOWN]}” is not a web address.", "Write it like https://example.com/page")


def _source_word(words: str) -> str:
    """Returns a single word given as `source` that is not a URL: option parsing extracts only URLs."""
    before, given, after = words.rpartition(" source ")
    return after if given and before and " " not in after else ""


def _entity(session: Session, words: str, new: list[str], sure: bool) -> Entity:
    """Returns the entity with exactly this name, or creates one and appends its name to `new`.

    It creates one only if the name resembles no other or `sure` is set; else it raises UserError with the similar ones.
    """
    name = words.strip().strip("\"'“”,;:")
    if not name:
        raise UserError("A name is missing.", f"For example: {EXAMPLE}")
    if len(name) > NAME:
        raise UserError(f"“{name[:SHOWN]}…” is too long for a name.", f"For example: {EXAMPLE}")
    found = resolve_name(session, name)
    if found.entity and found.sure:
        return found.entity
    close = [found.entity] if found.entity else found.near[:4]
    close = [one for one in close if fuzz.ratio(fold(name), fold(one.name)) >= LIKE]
    if close and not sure:
        raise UserError(
            f"I don't know the name “{name[:SHOWN]}”.",
            f"Did you mean {alternatives([one.name for one in close])}? Use that spelling, or add new=yes.",
        )
    # A name known from a fact alone is neither linked nor counted in news.
    entity = entity_from_fact(session, squash(name), name, fold(name), "product")
    new.append(entity.name)
    return entity


def _split_amount(session: Session, words: str, predicate: Predicate) -> tuple[str, ParsedQuantity | None]:
    """Splits words into a name and the number after it; the name is everything up to the longest text that parses."""
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
            # A text that begins with a digit or a sign was meant as a number: report what is wrong with it.
            reason = str(error) if rest[0].isdigit() or rest[0] in "$€£¥~<>" else reason
            continue
        # "3" alone, or "21B" of "$21B for 21B": take the longest rest that parses as a number.
        longer = " ".join(parts[size - 1 :]) if size else ""
        if longer:
            try:
                parse_quantity(longer, predicate.unit)
                continue
            except QuantityError:
                pass
        if not predicate.believable(amount.value):
            raise UserError(
                f"“{rest[:SHOWN]}” is out of range for {predicate.phrase}.",
                "Check its scale: K, M, B or T.",
            )
        return _LINK.sub("", name), amount
    if reason or not predicate.object:
        raise UserError(
            reason or f"“{words[:SHOWN]}” has no number.",
            f"Write {predicate.phrase} as a number: {_sample(predicate)}.",
        )
    return words, None


def _sample(predicate: Predicate) -> str:
    samples = {"money": "$21B or 2.5 EUR", "tokens": "400K tokens", "parameters": "70B", "power": "5 GW", "%": "12%"}
    return samples.get(predicate.unit, f"12 {predicate.unit}")


def _qualifiers(words: str, predicate: Predicate) -> tuple[str, dict[str, str]]:
    """Splits off the `name=value` qualifiers; a value extends to the next one. Raises UserError for an unknown one."""
    rest: list[str] = []
    found: dict[str, list[str]] = {}
    current = ""
    for word in words.split():
        name, given, value = word.partition("=")
        if given and name.isidentifier():
            if name not in (*predicate.separators, *ALSO):
                known = ", ".join((*predicate.separators, *sorted(ALSO)))
                raise UserError(f"{predicate.name} has no qualifier “{name[:SHOWN]}”.", f"It takes: {known}.")
            current = name
            found[name] = [value] if value else []
        elif current:
            found[current].append(word)
        else:
            rest.append(word)
    return " ".join(rest), {name: " ".join(values)[:NAME] for name, values in found.items() if values}


def _unknown_predicate(words: str) -> UserError:
    """Returns the error for a statement without a known predicate, with similar ones."""
    parts = words.split()
    close = list(
        dict.fromkeys(
            one.name
            for size in (2, 1)
            for at in range(1, len(parts))
            for one in similar_predicates(" ".join(parts[at : at + size]), 1)
        )
    )[:4]
    step = f"Did you mean {alternatives(close)}? " if close else ""
    kinds = ", ".join(name for name in PREDICATES if name != "trend_spike")
    return UserError(
        f"I can't find a kind of fact in “{words[:SHOWN]}”.",
        f"{step}Write name, kind, value: {EXAMPLE}. Kinds: {kinds}.",
        (Action("How", "/help fact"),),
    )


def _parse_said_on(request: Request, now: datetime) -> date:
    words = request.option("said")
    return (parse_moment(words, now) - timedelta(microseconds=1)).date() if words else now.astimezone(UTC).date()


def _period(words: str, name: str) -> str:
    """Checks a year, month or day and returns it. Raises UserError."""
    iso = words.strip()
    filled = iso + "-01-01"[len(iso) - 4 :] if len(iso) in (4, 7) else iso
    try:
        if iso:
            date.fromisoformat(filled)
    except ValueError:
        raise UserError(
            f"“{words[:SHOWN]}” is not a date for `{name}`.", "Write 2027, 2027-03 or 2027-03-31."
        ) from None
    if iso and len(filled) != 10:
        raise UserError(f"“{words[:SHOWN]}” is not a date for `{name}`.", "Write 2027, 2027-03 or 2027-03-31.")
    return iso


def _status(words: str) -> str:
    status = words.strip().lower() or "reported"
    if status not in STATUSES:
        raise UserError(f"“{words[:SHOWN]}” is not a status.", f"Choose one of: {', '.join(STATUSES)}.")
    return status


def _key(request: Request, now: datetime, words: str) -> str:
    """Returns a unique key for each typed statement."""
    typed = "\0".join((request.place.platform, request.author, now.isoformat(), words))
    return f"person/{blake2b(typed.encode(), digest_size=12).hexdigest()}"
