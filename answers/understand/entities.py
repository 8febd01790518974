"""The names in a question: known ones exactly, misspelled ones by similarity, unknown ones as typed."""

import re
from collections.abc import Iterable
from dataclasses import replace

from rapidfuzz import fuzz
from sqlmodel import Session, col, select

from answers.language.cues import CUES
from answers.language.sentences import find_words
from answers.language.spans import STARTERS, VARIANTS, NameSpan, name_spans, question_tokens
from answers.retrieve.query_terms import query_terms
from answers.understand.name_matching import resolve_name
from answers.understand.question import STOP, QuestionName
from gazetteer.spelling import fold, tidy, variants
from gazetteer.words import separate_words, words, words_at
from models.entity import FROM_FACT, Alias, Entity, aliases_of, ancestors, by_id
from models.full_text import articles_with, frequencies, indexed_texts

QUESTION_WORDS = """
    acquired bought purchased raised raise funding launched launch released release announced introduced licence
    license licensed parameters context window valuation revenue founded founder invested investors price pricing
    cost costs users employees headcount layoffs score scored latest newest cheaper larger company model which what
    when much many trained training tokens active benchmark expensive announce acquire employed subscribers
    customers partnership appointed accuracy
    """.split()  # noqa: SIM905 - a list of words is read as words
"""Words that questions are asked with: a word that is not in the index is corrected to one of them."""

_CONCEPT = re.compile(
    r"^(?:what(?:['’]s| is| are)|explain|define|describe|tell me (?:more )?about) (?:the |a |an )?(?!(?:it|its|this|that|they|their|he|she|his|her|we|you|i)\b)(?P<what>[a-z][a-z-]*(?: [a-z-]+){0,2})[?. ]*$",
    re.IGNORECASE,
)
"""Asks for a concept that has no capitals: "what is context engineering?"."""

NEXT_WORD_SIMILARITY = 92.0
"""Similarity (0 to 100) from which a known name with the word after it is read as another, longer name."""

TYPO_ARTICLES = 2
"""Articles that may hold a word that is still taken for a typo."""

QUESTION_WORD_SIMILARITY = 84
"""Similarity from which a typo is corrected to a question word."""

MAX_WORDS = 6
"""Words of the longest name."""


def correct_spelling(session: Session, text: str) -> str:
    """A question with typos in its everyday words corrected: "acquird"."""
    low = [span for span in question_tokens(text) if span.text.isalpha() and span.text.islower() and len(span.text) > 4]
    known = frequencies(session, [word for span in low for word in words(span.text)])
    for span in reversed(low):
        if all(known[word] <= TYPO_ARTICLES for word in words(span.text)):
            best = max(QUESTION_WORDS, key=lambda word: fuzz.ratio(span.text, word))
            if fuzz.ratio(span.text, best) >= QUESTION_WORD_SIMILARITY:
                text = text[: span.start] + best + text[span.end :]
    return text


def find_names(session: Session, text: str, total: int) -> list[QuestionName]:
    """The names in a question, in order; total: articles in the index."""
    spans = question_tokens(text)
    known = _known(session, spans, text)
    capitals = any(char.isupper() for char in text[1:])
    parts: list[tuple[int, int, Entity | None]] = []
    at = 0
    while at < len(spans):
        for size in range(min(MAX_WORDS, len(spans) - at), 0, -1):
            some = spans[at : at + size]
            entity = known.get(fold(text[some[0].start : some[-1].end]))
            if entity is None or not _written_as_name(some, capitals) or (at == 0 and some[0].text.lower() in STARTERS):
                continue
            if entity.origin == FROM_FACT and _is_cue(text[some[0].start : some[-1].end]):
                continue
            at += size - 1
            end = some[-1].end
            if (
                at + 1 < len(spans)
                and text[end : spans[at + 1].start] == " "
                and spans[at + 1].text.lower() not in STOP
            ):
                # "pixtral larg" is most of another entity's name.
                longer = fold(text[some[0].start : spans[at + 1].end])
                whole = _longer_name(session, longer, fold(text[some[0].start : end]), entity)
                if whole is not None:
                    entity, end, at = whole, spans[at + 1].end, at + 1
            parts.append((some[0].start, end, entity))
            break
        at += 1
    if not parts and (match := _CONCEPT.match(text)):
        form = tuple(words(match["what"]))
        if form and (len(form) == 1 or _adjacent(session, form)):
            return [QuestionName(match["what"], (form,))]
    taken = {place for start, end, _ in parts for place in range(start, end)}
    for run in name_spans(text):
        parts += [(some[0].start, some[-1].end, None) for some in _free(run, taken)]
    found: dict[str, QuestionName] = {}
    for start, end, entity in _merged(session, text, sorted(parts, key=lambda part: part[:2])):
        typed = text[start:end]
        name = _entity(session, entity, typed) if entity else _unlisted(session, typed, total)
        if name.forms:
            found.setdefault(name.text, name)
    return list(found.values())


def _is_cue(typed: str) -> bool:
    """Whether words in lower case are a cue and no name: "context window"."""
    return typed.islower() and any(cue.question.search(typed) for cue in CUES)


def _longer_name(session: Session, typed: str, prefix: str, entity: Entity) -> Entity | None:
    """Another entity whose name continues the one found, and is almost what was typed."""
    rest = typed[len(prefix) + 1 :]
    if len(rest) < 4:
        return None
    first = f"{prefix} {rest[0]}"
    query = (
        select(Alias.folded, Entity)
        .join(Entity, col(Entity.id) == Alias.entity_id)
        .where(col(Alias.folded) >= first, col(Alias.folded) < f"{first}\uffff", col(Entity.active))
    )
    near = [(fuzz.ratio(typed, folded), one, folded) for folded, one in session.exec(query) if one.id != entity.id]
    similarity, best, folded = max(near, key=lambda row: row[0], default=(0.0, None, ""))
    # A word of the index is no typo: "Lite" is not "Live".
    typo = folded.startswith(typed) or not any(frequencies(session, words(rest)).values())
    return best if similarity >= NEXT_WORD_SIMILARITY and typo else None


def _merged(
    session: Session, text: str, parts: list[tuple[int, int, Entity | None]]
) -> list[tuple[int, int, Entity | None]]:
    """Joins neighbouring parts of which one is unknown: "Claude" + "Fable 5", "Mistral Large" + "5"."""
    found: list[tuple[int, int, Entity | None]] = []
    for start, end, entity in parts:
        if found and text[found[-1][1] : start] == " " and (_loose(found[-1][2]) or _loose(entity)):
            first, _, before = found[-1]
            whole = text[first:end]
            kinds = {one.kind for one in (before, entity) if one is not None and not _loose(one)}
            if (
                text[start:end][:1].isdigit()
                or not kinds & {"company", "lab", "person", "cloud"}
                or _adjacent(session, tuple(words(whole)))
            ):
                found[-1] = (first, end, None)
                continue
        found.append((start, end, entity))
    return found


def _loose(entity: Entity | None) -> bool:
    """Whether a part is no gazetteer name: unknown, or known from a fact only, where it may be part of a name."""
    return entity is None or entity.origin == FROM_FACT


def makers_of(session: Session, name: QuestionName) -> list[QuestionName]:
    """The makers of what is named: its labs, then its companies, each by name."""
    makers = sorted(by_id(session, name.parents).values(), key=lambda one: (one.kind != "lab", one.name))
    return [_entity(session, one, one.name) for one in makers if one.kind in ("lab", "company")]


def _known(session: Session, spans: list[NameSpan], text: str) -> dict[str, Entity]:
    grams: dict[str, set[str]] = {}
    for at in range(len(spans)):
        for size in range(1, min(MAX_WORDS, len(spans) - at) + 1):
            gram = fold(" ".join(span.text for span in spans[at : at + size]))
            closed = [gram.replace(" ", "")] if size > 1 else []
            written = fold(text[spans[at].start : spans[at + size - 1].end])
            if written != gram:
                # "Humanity's Last Exam": an 's may be part of the name.
                grams.setdefault(written, set()).add(written)
            for form in (*variants(gram), *closed):
                grams.setdefault(fold(form), set()).add(gram)
    query = (
        select(Alias.folded, Entity)
        .join(Entity, col(Entity.id) == Alias.entity_id)
        .where(col(Alias.folded).in_(sorted(grams)), col(Entity.active))
    )
    found: dict[str, Entity] = {}
    for folded, entity in session.exec(query):
        for gram in grams[folded]:
            if not (entity.origin == FROM_FACT and gram.isdigit()) and (
                gram not in found or found[gram].origin == FROM_FACT
            ):
                found[gram] = entity
    return found


def _written_as_name(some: list[NameSpan], capitals: bool) -> bool:
    first = some[0].text
    if len(some) == 1 and (first.lower() in STOP or first.lower() in VARIANTS):
        return False
    return not capitals or any(char.isupper() or char.isdigit() for span in some for char in span.text)


def _free(run: list[NameSpan], taken: set[int]) -> Iterable[list[NameSpan]]:
    part: list[NameSpan] = []
    for span in run:
        if span.start in taken:
            if part:
                yield part
            part = []
        else:
            part.append(span)
    if part:
        yield part


def _entity(session: Session, entity: Entity, typed: str) -> QuestionName:
    forms = {tuple(words(text)) for text in aliases_of(session, [entity.id or 0])} | {tuple(words(entity.name))}
    if entity.kind in ("model", "product"):
        own = tuple(words(typed))
        forms = {form for form in forms if own not in forms or not _less_specific(form, own)}
    elif len(words(typed)) > 1:
        # "Project Genie" is not any Genie.
        forms = {form for form in forms if form != tuple(words(typed))[-1:] or form[0][0].isdigit()}
    forms |= {_short(form) for form in forms}
    if entity.kind == "person":
        forms |= {form[-1:] for form in forms if len(form) > 1 and len(form[-1]) > 3}
    return QuestionName(
        entity.name,
        tuple(sorted(form for form in forms if form)),
        entity.kind,
        entity.id,
        frozenset(ancestors(session, entity)),
        typed,
    )


def _less_specific(form: tuple[str, ...], typed: tuple[str, ...]) -> bool:
    """Whether a spelling is shorter than what was typed, or a sibling.

    "Ling 2.6" is shorter than "Ling 2.6 Flash", and "Ling 2.6 1T" its sibling.
    """
    if form == typed:
        return False
    sibling = bool(set(form) - set(typed) and set(typed) - set(form))
    return form[0] == typed[0] and (typed[: len(form)] == form or sibling)


def _short(form: tuple[str, ...]) -> tuple[str, ...]:
    """A version's name without the first word: "Fable 5" for "Claude Fable 5"."""
    return form[1:] if len(form) > 2 and form[-1][0].isdigit() and len(form[1]) > 2 else form


def _unlisted(session: Session, typed: str, total: int) -> QuestionName:
    form = tuple(words(typed))
    if not form:
        return QuestionName(typed, ())
    if not articles_with(session, form, (), None, 1):
        near = resolve_name(session, typed)
        if near.entity is not None and fuzz.ratio(fold(typed), fold(near.entity.name)) > 70:
            return replace(_entity(session, near.entity, typed))
        corrections = query_terms(session, form, total).corrections
        corrected = tuple(word for one in form for word in corrections.get(one, (one,)))
        if corrected != form and articles_with(session, corrected, (), None, 1):
            return QuestionName(
                _written(session, corrected) or typed, tuple({corrected, _short(corrected)}), typed=typed
            )
        joined = ("".join(form),)
        if len(form) > 1 and articles_with(session, joined, (), None, 1):
            return QuestionName(typed, (joined,), typed=typed)
        return QuestionName(typed, (form,), typed=typed, known=False)
    if len(form) > 1 and not _adjacent(session, form):
        near_by = resolve_name(session, typed)
        if near_by.entity is not None and not near_by.sure and fuzz.ratio(fold(typed), fold(near_by.entity.name)) >= 88:
            return _entity(session, near_by.entity, typed)
        part = _part(session, typed)
        if part is not None:
            return part
    return QuestionName(typed, tuple({form, _short(form)}), typed=typed)


def _part(session: Session, typed: str) -> QuestionName | None:
    """The longest part of a name that articles hold, the rarer of two: "APEX-SWE" of "APEX-SWE Integration"."""
    spans = typed.split()
    for size in range(len(spans) - 1, 0, -1):
        parts = {}
        for some, rest in ((spans[:size], spans[size:]), (spans[-size:], spans[:-size])):
            form = tuple(words(" ".join(some)))
            # A version number belongs to everything before it.
            numbered = re.search(r"\d", "".join(rest if some[0] == spans[0] else spans))
            if form and not numbered and (len(form) == 1 or _adjacent(session, form)):
                parts[form] = " ".join(some)
        if parts:
            known = frequencies(session, [word for form in parts for word in form])
            form = min(parts, key=lambda form: min(known[word] for word in form))
            return QuestionName(parts[form], tuple({form, _short(form)}), typed=parts[form])
    return None


def _written(session: Session, form: tuple[str, ...]) -> str:
    """A name as articles write it; "" where no article holds its words next to each other."""
    for article in indexed_texts(session, articles_with(session, form, (), None, 20)):
        text = tidy(separate_words(f"{article.title} {article.summary}"))
        rows = words_at(text)
        at = find_words(form, tuple(word for word, _, _ in rows))
        if at >= 0:
            return text[rows[at][1] : rows[at + len(form) - 1][2]]
    return ""


def _adjacent(session: Session, form: tuple[str, ...]) -> bool:
    """Whether any article holds the words next to each other."""
    rows = indexed_texts(session, articles_with(session, form, (), None, 60))
    return any(find_words(form, tuple(words(f"{row.title} {row.summary}"))) >= 0 for row in rows)
