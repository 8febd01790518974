"""Resolves a typed name to an entity, or to suggestions. Only here may names be misspelled."""

from dataclasses import dataclass

from sqlmodel import Session

from answers.understand.aliases import AliasIndex, alias_index
from gazetteer.spelling import fold, variants
from models.entity import Entity, by_alias, by_id

SURE = 88.0
"""Similarity (0 to 100) from which the only similar name is taken as meant; measured on names with one random typo."""

NEAR = 60.0
"""Similarity below which a name is not worth suggesting."""

ALIKE = 82.0
"""Similarity from which the bot asks "did you mean" for a name that no article holds."""

CLEAR = 4.0
"""Lead of the best entity over the next from which it is taken without asking."""

SHORTLIST = 50
"""Spellings that are compared by both measures of similarity."""


@dataclass(frozen=True)
class Resolved:
    """The entity that is meant, or `near`, those to suggest; `sure` is False for a guess that should be mentioned."""

    entity: Entity | None = None
    near: tuple[Entity, ...] = ()
    sure: bool = True


def resolve_name(session: Session, text: str) -> Resolved:
    """The entity of a typed name: an exact match, else the clearly most similar one, else suggestions."""
    folded = _typed(text.strip().strip("\"'“”"))
    if not folded:
        return Resolved()
    exact = _exact(session, folded)
    if len(exact) == 1:
        return Resolved(exact[0])
    if exact:
        return Resolved(near=tuple(sorted(exact, key=lambda entity: entity.name)))
    ranked = _ranked(folded, alias_index(session), 5)
    entities = by_id(session, [key for key, _ in ranked])
    if ranked and ranked[0][1] >= SURE and (len(ranked) == 1 or ranked[0][1] - ranked[1][1] >= CLEAR):
        return Resolved(entities[ranked[0][0]], sure=False)
    return Resolved(near=tuple(entities[key] for key, similarity in ranked if similarity >= NEAR))


def similar_names(session: Session, text: str) -> list[Entity]:
    """Entities spelled much like a name that no entity has, most similar first."""
    folded = _typed(text)
    ranked = (
        [key for key, similarity in _ranked(folded, alias_index(session), 5) if similarity >= ALIKE] if folded else []
    )
    entities = by_id(session, ranked)
    return [entities[key] for key in ranked]


def resolve_exactly(session: Session, text: str) -> Entity | None:
    """The entity with exactly this name; None for a misspelled name, and for one that several share."""
    found = _exact(session, _typed(text.strip())) if text.strip() else []
    return found[0] if len(found) == 1 else None


def _exact(session: Session, folded: str) -> list[Entity]:
    return by_alias(session, sorted({fold(form) for form in variants(folded)}))


def suggest_names(session: Session, text: str, limit: int = 25) -> list[str]:
    """Displayed names for a prefix that somebody has typed: those that begin with it, then similar ones."""
    folded = _typed(text)
    known = alias_index(session)
    found = known.with_prefix(folded, limit)
    if len(found) < limit and folded:
        found += [key for key, _ in _ranked(folded, known, limit) if key not in found]
    return [known.display_names[key] for key in found[:limit]]


def _typed(text: str) -> str:
    """Typed text, folded as names are, without control characters and lone surrogates, which PostgreSQL refuses."""
    return fold("".join(char for char in text if char.isprintable() or char.isspace()))


def _ranked(folded: str, known: AliasIndex, limit: int) -> list[tuple[int, float]]:
    """Entities by the similarity of their most similar spelling, best first: (id, 0 to 100).

    Numbers must agree, or GLM-5.1 would be taken for GLM-5.2.
    """
    from rapidfuzz import fuzz, process
    from rapidfuzz.distance import JaroWinkler

    aliases, keys = known.with_numbers_of(folded)
    # A fast scan by Jaro-Winkler makes the shortlist; it is ranked by the mean with the edit ratio.
    shortlist = process.extract(
        folded, aliases, scorer=JaroWinkler.normalized_similarity, limit=SHORTLIST, score_cutoff=0.5
    )
    best: dict[int, float] = {}
    for alias, jaro_winkler, row in shortlist:
        similarity = (fuzz.ratio(folded, alias) + 100 * jaro_winkler) / 2
        key = keys[row]
        best[key] = max(best.get(key, 0.0), similarity)
    return sorted(best.items(), key=lambda one: (-one[1], one[0]))[:limit]
